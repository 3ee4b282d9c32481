/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state.json and config.json: written whole under another name, then renamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "state/state.h"

struct publication {
	const char *name, *temporary, *text;
	size_t len;
	mode_t mode;
	int flags;
};

static int publish(int dir, const struct publication *file)
{
	auto_close int fd = openat(dir, file->temporary,
				   O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | file->flags, file->mode);

	if (fd < 0)
		return -1;
	if (file_write_fd(fd, file->text, file->len) || renameat(dir, file->temporary, dir, file->name)) {
		int saved = errno;

		unlinkat(dir, file->temporary, 0);
		errno = saved;
		return -1;
	}
	return 0;
}

/* One of our own files: for nobody else. */
static int publish_own(int dir, const char *name, const char *temporary, const char *text, size_t len)
{
	return publish(dir, &(struct publication){ name, temporary, text, len, 0600, O_TRUNC });
}

static void add_cgroups(struct json *root, const struct state *state)
{
	struct json *list = json_set_array(root, "cgroups");

	for (size_t i = 0; i < state->cgroup_count; i++) {
		struct json *item = json_add_object(list);

		json_set_string(item, "mountpoint", state->cgroups[i].mountpoint);
		json_set_string(item, "path", state->cgroups[i].path);
		json_set_bool(item, "v2", state->cgroups[i].v2);
		json_set_u64(item, "created", state->cgroups[i].created);
	}
}

int state_save(int dir, const struct state *state, struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };
	struct json *root = json_object();

	json_set_string(root, "id", state->id);
	json_set_string(root, "phase", state->phase);
	json_set_i64(root, "pid", state->pid);
	json_set_u64(root, "startTime", state->start_time);
	json_set_u64(root, "owner", state->owner);
	json_set_string(root, "bundle", state->bundle);
	json_set_string(root, "rootfs", state->rootfs);
	json_set_string(root, "created", state->created);
	json_set_string(root, "ociVersion", state->oci_version);
	json_set_bool(root, "terminal", state->terminal);
	json_set_string(root, "systemdScope", state->systemd_scope);
	json_set_bool(root, "systemdUser", state->systemd_user);
	json_set_string(root, "rdtRoot", state->rdt_root);
	json_set_string(root, "rdtGroup", state->rdt_group);
	json_set_string(root, "rdtMonitor", state->rdt_monitor);
	add_cgroups(root, state);
	json_print(root, false, &text);
	json_free(root);
	if (publish_own(dir, "state.json", "state.json.new", text.text, text.len))
		return err_system_at(err, "write", dir, "state.json");
	return 0;
}

static int read_text(const struct json_at *root, const char *key, struct arena *arena, const char **value,
		     struct err *err)
{
	struct json_at at = json_member(root, key);
	const char *text;

	if (!at.node)
		return 0;
	if (json_read_string(&at, &text, err))
		return -1;
	*value = arena_strdup(arena, text);
	return 0;
}

static int read_number(const struct json_at *root, const char *key, uint64_t max, uint64_t *value,
		       struct err *err)
{
	struct json_at at = json_member(root, key);

	return at.node ? json_read_u64(&at, max, value, err) : 0;
}

static int read_flag(const struct json_at *root, const char *key, bool *value, struct err *err)
{
	struct json_at at = json_member(root, key);

	return at.node ? json_read_bool(&at, value, err) : 0;
}

static int read_cgroups(const struct json_at *root, struct arena *arena, struct state *state, struct err *err)
{
	struct json_at list = json_member(root, "cgroups"), item = { 0 };
	uint64_t created = 0;

	state->cgroups = arena_array(arena, json_count(&list), sizeof(*state->cgroups));
	while (json_next(&list, &item)) {
		struct state_cgroup *cgroup = &state->cgroups[state->cgroup_count++];

		if (read_text(&item, "mountpoint", arena, &cgroup->mountpoint, err) ||
		    read_text(&item, "path", arena, &cgroup->path, err) ||
		    read_flag(&item, "v2", &cgroup->v2, err) ||
		    read_number(&item, "created", 1024, &created, err))
			return -1;
		if (!cgroup->mountpoint || !cgroup->path)
			return json_error(&item, err, "expected mountpoint and path");
		cgroup->created = (unsigned)created;
	}
	return 0;
}

static int read_state(const struct json_at *root, struct arena *arena, struct state *state, struct err *err)
{
	uint64_t pid = 0, owner = 0;

	if (read_text(root, "phase", arena, &state->phase, err) ||
	    read_text(root, "bundle", arena, &state->bundle, err) ||
	    read_text(root, "rootfs", arena, &state->rootfs, err) ||
	    read_text(root, "created", arena, &state->created, err) ||
	    read_text(root, "ociVersion", arena, &state->oci_version, err) ||
	    read_text(root, "systemdScope", arena, &state->systemd_scope, err) ||
	    read_flag(root, "systemdUser", &state->systemd_user, err) ||
	    read_text(root, "rdtRoot", arena, &state->rdt_root, err) ||
	    read_text(root, "rdtGroup", arena, &state->rdt_group, err) ||
	    read_text(root, "rdtMonitor", arena, &state->rdt_monitor, err) ||
	    read_flag(root, "terminal", &state->terminal, err) ||
	    read_number(root, "pid", INT32_MAX, &pid, err) ||
	    read_number(root, "owner", UINT32_MAX, &owner, err) ||
	    read_number(root, "startTime", UINT64_MAX, &state->start_time, err) ||
	    read_cgroups(root, arena, state, err))
		return -1;
	state->pid = (pid_t)pid;
	state->owner = (uint32_t)owner;
	return 0;
}

int state_load(int dir, const char *id, struct arena *arena, struct state *state, struct err *err)
{
	auto_free char *text = NULL;
	struct json *json;
	const char *name = arena_printf(arena, "%s/state.json", id);
	struct json_at root;
	size_t len;
	int ret;

	*state = (struct state){ .id = arena_strdup(arena, id), .phase = "creating" };
	if (file_read_at(dir, "state.json", JSON_SIZE_MAX, &text, &len))
		return errno == ENOENT ? 0 : err_system_at(err, "read", dir, "state.json");
	json = json_parse(text, len, name, err);
	if (!json)
		return -1;
	root = json_root(json, name);
	ret = read_state(&root, arena, state, err);
	json_free(json);
	return ret;
}

int state_save_config(int dir, const char *text, size_t len, struct err *err)
{
	auto_close int fd = openat(dir, "config.json", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	/* A new container has no state.json yet: nobody reads this one before it is whole. */
	if (fd >= 0)
		return file_write_fd(fd, text, len) ? err_system_at(err, "write", dir, "config.json") : 0;
	if (publish_own(dir, "config.json", "config.json.new", text, len))
		return err_system_at(err, "write", dir, "config.json");
	return 0;
}

int state_load_config(int dir, char **text, size_t *len, struct err *err)
{
	if (file_read_at(dir, "config.json", JSON_SIZE_MAX, text, len))
		return err_system_at(err, "read", dir, "config.json");
	return 0;
}

int state_write_file(const char *path, const char *text, struct err *err)
{
	const char *slash = strrchr(path, '/');
	auto_free char *dir = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	auto_free char *temporary = memory_printf(".%s.%d", slash ? slash + 1 : path, (int)getpid());
	struct publication file;
	auto_close int fd = -1;

	if (!dir)
		memory_exhausted();
	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, "open", "%s", dir);
	file = (struct publication){ slash ? slash + 1 : path, temporary, text, strlen(text), 0644, O_EXCL };
	/* Others may write where it goes: the name must be free, and stays ours. */
	unlinkat(fd, temporary, 0);
	if (publish(fd, &file))
		return err_system(err, "write", "%s", path);
	return 0;
}
