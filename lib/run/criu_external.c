/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a container has and CRIU is not to write down, since it is the host's:
 * bind mounts, namespaces that were joined. Each has a name, the same at
 * checkpoint and restore: of a mount its place in the container. criu.org/External_resources.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/criu.h"
#include "kern/ns.h"
#include "run/criu.h"
#include "spec/names.h"
#include "spec/spec.h"
#include "spec/types.h"

#define MOUNTS_MAX (16u * 1024 * 1024)

static int refuse(const struct spec *spec, const char *where, const char *what, struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "", "%s cannot be checkpointed and restored", what);
	return err_where(err, spec->file, where);
}

/* Of these two kinds alone CRIU leaves out what was joined. */
static int check_namespaces(const struct spec *spec, struct err *err)
{
	for (int kind = 0; kind < SPEC_NS_COUNT; kind++) {
		const struct spec_namespace *ns = &spec->linux_.namespaces[kind];
		char where[64];

		if (!ns->path || kind == SPEC_NS_NETWORK || kind == SPEC_NS_PID)
			continue;
		snprintf(where, sizeof(where), "/linux/namespaces/%zu", ns->index);
		err_set(err, ERR_UNSUPPORTED, "",
			"a container that joined a %s namespace cannot be checkpointed and restored",
			spec_names_of(&spec_names_namespace, (uint64_t)kind));
		return err_where(err, spec->file, where);
	}
	return 0;
}

int criu_check_spec(const struct spec *spec, struct err *err)
{
	if (check_namespaces(spec, err))
		return -1;
	for (size_t i = 0; i < spec->mount_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];

		if (mount->idmap || mount->uid_mappings.count)
			return refuse(spec, "/mounts", "idmapped mounts", err);
	}
	if (spec->own.layers.given)
		return refuse(spec, "/nsinit/root", "a root that nsinit puts together", err);
	if (spec->own.net)
		return refuse(spec, "/nsinit/networks", "networks that nsinit makes", err);
	if (spec->linux_.net_device_count)
		return refuse(spec, "/linux/netDevices", "interfaces of the host", err);
	return 0;
}

struct list {
	struct arena *arena;
	const char **items;
	size_t count, room;
};

static void list_add(struct list *list, const char *item)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 16;
		const char **items = arena_array(list->arena, room, sizeof(*items));

		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = item;
}

/* path is prefix or lies below it: what follows the prefix, or NULL. */
static const char *below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	while (len > 1 && prefix[len - 1] == '/')
		len--;
	if (len == 1)
		return path;
	return strncmp(path, prefix, len) == 0 && (!path[len] || path[len] == '/') ? path + len : NULL;
}

/* Of a path of the spec: relative ones start at the bundle. */
static const char *host_path(const struct spec *spec, const char *path, struct arena *arena)
{
	return path[0] == '/' ? path : arena_printf(arena, "%s/%s", spec->bundle, path);
}

static bool names(const struct spec_strings *paths, const char *path)
{
	for (size_t i = 0; i < paths->count; i++)
		if (strcmp(paths->items[i], path) == 0)
			return true;
	return false;
}

/* Where on the host a mount of the container comes from; NULL: it is the container's own. The last mount wins. */
static const char *source_of(const struct spec *spec, const char *target, const char *root, struct arena *arena)
{
	const char *rest;

	if (names(&spec->linux_.masked_paths, target) && strcmp(root, "/null") == 0)
		return "/dev/null";
	for (size_t i = 0; i < spec->linux_.device_count; i++)
		if (strcmp(spec->linux_.devices[i].path, target) == 0)
			return target;
	for (size_t i = spec->mount_count; i-- > 0;) {
		const struct spec_mount *mount = &spec->mounts[i];

		rest = below(target, mount->destination);
		if (rest && mount->bind && mount->source)
			return arena_printf(arena, "%s%s", host_path(spec, mount->source, arena), rest);
		/* A file system of its own: what is bound there is of itself. */
		if (rest && !mount->remount && mount->type)
			break;
	}
	return NULL;
}

/* mountinfo writes space, tab, newline and backslash as \ooo. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned value;

		if (*text == '\\' && sscanf(text + 1, "%3o", &value) == 1) {
			*to++ = (char)value;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

char *criu_mounts(pid_t pid)
{
	char path[64], *text;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", (int)pid);
	return file_read_at(AT_FDCWD, path, MOUNTS_MAX, &text, &len) ? NULL : text;
}

static void add_pair(struct list *list, const char *target, const char *source)
{
	list_add(list, arena_printf(list->arena, "mnt[%s]:%s", target, source));
}

/* The mounts of a process, as source_of() judges them: dumped ones are named, restored ones are also found. */
static int add_mounts(struct list *list, const struct spec *spec, pid_t pid, struct err *err)
{
	auto_free char *text = criu_mounts(pid);
	char *rest = text, *line;

	if (!text)
		return err_system(err, "read", "/proc/%d/mountinfo", (int)pid);
	while ((line = strsep(&rest, "\n")) && *line) {
		/* ID PARENT MAJOR:MINOR ROOT TARGET ... (proc_pid_mountinfo(5)) */
		char *field[5];

		for (size_t i = 0; i < ARRAY_SIZE(field); i++)
			field[i] = strsep(&line, " ");
		if (!field[4] || strcmp(field[4], "/") == 0)
			continue;
		unescape(field[3]);
		unescape(field[4]);
		if (source_of(spec, field[4], field[3], list->arena))
			add_pair(list, field[4], field[4]);
	}
	return 0;
}

/* What is mounted on the host below a source that was bound with all below it. */
static int add_below(struct list *list, const struct spec_mount *mount, const char *source, const char *mounts,
		     struct arena *arena)
{
	char *rest = arena_strdup(arena, mounts), *line;

	while ((line = strsep(&rest, "\n")) && *line) {
		char *field = NULL;
		const char *more;

		for (int i = 0; i < 5; i++)
			field = strsep(&line, " ");
		if (!field)
			continue;
		unescape(field);
		more = below(field, source);
		if (more && *more)
			add_pair(list, arena_printf(arena, "%s%s", mount->destination, more), field);
	}
	return 0;
}

/* The names that checkpoint may have given, each with its place on this host. */
static int add_sources(struct list *list, const struct spec *spec, struct err *err)
{
	auto_free char *mounts = criu_mounts(getpid());

	if (!mounts)
		return err_system(err, "read", "/proc/self/mountinfo");
	for (size_t i = 0; i < spec->mount_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];
		const char *source;

		if (!mount->bind || mount->remount || !mount->source)
			continue;
		source = host_path(spec, mount->source, list->arena);
		add_pair(list, mount->destination, source);
		if (mount->recursive)
			add_below(list, mount, source, mounts, list->arena);
	}
	for (size_t i = 0; i < spec->linux_.masked_paths.count; i++)
		add_pair(list, spec->linux_.masked_paths.items[i], "/dev/null");
	for (size_t i = 0; i < spec->linux_.device_count; i++)
		add_pair(list, spec->linux_.devices[i].path, spec->linux_.devices[i].path);
	return 0;
}

/* The names that runc gives them: its image files can be restored here, and ours there. */
static const struct {
	int kind;
	const char *type, *name, *file;
} joined[] = {
	{ SPEC_NS_NETWORK, "net", "extRootNetNS", "net" },
	{ SPEC_NS_PID, "pid", "extRootPidNS", "pid" },
};

static int add_namespaces(struct list *list, const struct spec *spec, pid_t pid, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(joined); i++) {
		char path[64];
		struct stat st;

		if (!spec->linux_.namespaces[joined[i].kind].path)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, joined[i].file);
		if (stat(path, &st))
			return err_system(err, "stat", "%s", path);
		list_add(list, arena_printf(list->arena, "%s[%lu]:%s", joined[i].type, (unsigned long)st.st_ino,
					    joined[i].name));
	}
	return 0;
}

static int open_namespaces(struct kern_criu_request *request, const struct spec *spec, struct arena *arena,
			   struct err *err)
{
	struct kern_criu_fd *fds = arena_array(arena, request->inherit_count + ARRAY_SIZE(joined), sizeof(*fds));

	if (request->inherit_count)
		memcpy(fds, request->inherit, request->inherit_count * sizeof(*fds));
	for (size_t i = 0; i < ARRAY_SIZE(joined); i++) {
		const char *path = spec->linux_.namespaces[joined[i].kind].path;
		int fd = path ? kern_ns_open(path, 0, err) : -1;

		if (path && fd < 0)
			return -1;
		if (path)
			fds[request->inherit_count++] = (struct kern_criu_fd){ joined[i].name, fd };
	}
	request->inherit = fds;
	return 0;
}

int criu_external(struct kern_criu_request *request, const struct spec *spec, pid_t pid, struct arena *arena,
		  struct err *err)
{
	struct list list = { .arena = arena };

	for (size_t i = 0; i < request->external_count; i++)
		list_add(&list, request->external[i]);
	if (pid ? add_mounts(&list, spec, pid, err) || add_namespaces(&list, spec, pid, err)
		: add_sources(&list, spec, err) || open_namespaces(request, spec, arena, err))
		return -1;
	request->external = list.items;
	request->external_count = list.count;
	return 0;
}
