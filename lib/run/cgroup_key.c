/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a key is, and what it says. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/number.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "plan/convert.h"
#include "plan/key.h"
#include "plan/key_v1.h"
#include "run/cgroup.h"
#include "run/cgroup_key.h"
#include "run/cgroup_key_internal.h"

#define FILE_MAX (64 * 1024)

const char *cgroup_key_read(struct run_cgroup *cgroup, const struct kern_cgroup *group, const char *file,
			    struct err *err)
{
	char text[FILE_MAX];

	return kern_cgroup_read(group, file, text, sizeof(text), err) < 0 ? NULL
									  : arena_strdup(cgroup->arena, text);
}

static const char *read_file(void *data, const char *file)
{
	const struct cgroup_reader *reader = data;
	const struct kern_cgroup *group = reader->place->group;
	struct err absent = { 0 };

	for (size_t i = reader->count; i-- > 0;)
		if (reader->changes[i].group == group && !strcmp(reader->changes[i].file, file))
			return reader->changes[i].value;
	return group ? cgroup_key_read(reader->cgroup, group, file, &absent) : NULL;
}

struct plan_key_context cgroup_key_context(struct cgroup_reader *reader)
{
	struct plan_key_context context = { .arena = reader->cgroup->arena,
					    .read = read_file,
					    .data = reader };
	struct sysinfo info;
	char text[32];

	if (sysinfo(&info) == 0) {
		context.memory = (uint64_t)info.totalram * info.mem_unit;
		context.swap = (uint64_t)info.totalswap * info.mem_unit;
	}
	if (file_read_small(AT_FDCWD, "/proc/sys/kernel/pid_max", text, sizeof(text)) > 0)
		number_u64(text, &context.pids);
	return context;
}

int cgroup_key_unknown(const char *key, struct err *err)
{
	const char *near = plan_key_v1_only(key);

	if (near) {
		err_set(err, ERR_UNSUPPORTED, "", "is a file of cgroup v1, which cgroup v2 has no equal of");
		err_object(err, "%s", key);
		return err_hint(err, "%s", near);
	}
	err_set(err, ERR_USAGE, "", "unknown key");
	return err_object(err, "%s", key);
}

/* Who keeps the controller from the group: the first above it that does not hand it on. */
static int not_enabled(struct run_cgroup *cgroup, const struct run_cgroup_place *place, const char *key,
		       const char *controller, struct err *err)
{
	const char *path = place->path + 1;
	char file[PATH_MAX], text[1024];

	err_set(err, ERR_UNSUPPORTED, "", "the group does not have the %s controller", controller);
	err_object(err, "%s", key);
	for (size_t len = 0;; len += strcspn(path + len, "/")) {
		snprintf(file, sizeof(file), "%s/%.*s%scgroup.subtree_control", place->hierarchy->mountpoint,
			 (int)len, path, len ? "/" : "");
		if (file_read_small(AT_FDCWD, file, text, sizeof(text)) >= 0 &&
		    !strstr(arena_printf(cgroup->arena, " %s ", text),
			    arena_printf(cgroup->arena, " %s ", controller)))
			return err_hint(
				err,
				"it is not enabled in %s: \"nscgroup set\" that group's "
				"cgroup.subtree_control=+%s, or \"nscgroup create\" the group with the key",
				file, controller);
		if (!path[len])
			return -1;
		len += len > 0;
	}
}

int cgroup_key_missing(struct run_cgroup *cgroup, const struct run_cgroup_place *place, const char *key,
		       const char *file, struct err *err)
{
	const char *controller = plan_key_controller(cgroup->arena, file);
	char text[1024] = "";

	if (place->hierarchy->v2 && strcmp(controller, "cgroup") != 0 &&
	    file_read_small(place->group->fd, "cgroup.controllers", text, sizeof(text)) >= 0 &&
	    !strstr(arena_printf(cgroup->arena, " %s ", text),
		    arena_printf(cgroup->arena, " %s ", controller)))
		return not_enabled(cgroup, place, key, controller, err);
	err_set(err, ERR_UNSUPPORTED, "",
		!strcmp(place->path, "/") ? "the root group has no file %s" : "this kernel has no file %s",
		file);
	err_object(err, "%s", key);
	if (!strncmp(file, "memory.memsw.", 13))
		return err_hint(err, "it does not account swap: boot it with swapaccount=1");
	return -1;
}

/* A name of no table: in the hierarchy of its controller, else wherever there is such a file. */
static struct run_cgroup_place *raw_place(struct run_cgroup *cgroup, const struct plan_key_use *use,
					  struct err *err)
{
	struct run_cgroup_place *place =
		run_cgroup_find(cgroup, plan_key_controller(cgroup->arena, use->name));
	bool looked = false;

	if (strchr(use->name, '/') || *use->name == '.' || !*use->name) {
		cgroup_key_unknown(use->name, err);
		return NULL;
	}
	if (place && place->group && faccessat(place->group->fd, use->name, F_OK, 0) == 0)
		return place;
	for (size_t i = cgroup->count; i-- > 0;) {
		looked = looked || cgroup->places[i].group;
		if (cgroup->places[i].group &&
		    faccessat(cgroup->places[i].group->fd, use->name, F_OK, 0) == 0)
			return &cgroup->places[i];
	}
	/* A group that is yet to be made: what its controller knows is told then. */
	if (!looked && place && strchr(use->name, '.'))
		return place;
	cgroup_key_unknown(use->name, err);
	return NULL;
}

struct run_cgroup_place *cgroup_key_place(struct run_cgroup *cgroup, const struct plan_key_use *use,
					  bool existing, struct err *err)
{
	const char *controller = plan_key_controller(cgroup->arena, use->file);
	struct run_cgroup_place *place;

	if (!use->key)
		return raw_place(cgroup, use, err);
	if (!strcmp(controller, "cgroup")) {
		place = run_cgroup_unified(cgroup);
		if (place && (place->group || !existing) &&
		    (!use->is_v1 || !run_cgroup_find(cgroup, "freezer")))
			return place;
		if (!strcmp(use->key->name, "cgroup.freeze"))
			place = run_cgroup_find(cgroup, "freezer");
	} else {
		place = run_cgroup_find(cgroup, controller);
	}
	if (!place) {
		err_set(err, ERR_UNSUPPORTED, "",
			!strcmp(controller, "cgroup")
				? "this host has no cgroup v2 hierarchy, where it is a file"
				: "no cgroup hierarchy of this host has the %s controller",
			controller);
		err_object(err, "%s", use->name);
		return NULL;
	}
	if (place->group || !existing)
		return place;
	err_set(err, ERR_UNSUPPORTED, "", "the group is not in the hierarchy at %s",
		place->hierarchy->mountpoint);
	err_object(err, "%s", use->name);
	err_hint(err, "\"nscgroup create\" makes it in every hierarchy where it is missing");
	return NULL;
}

/* v1's own: as it is, but a "no limit" of the memory controller's is not shown as a number. */
static const char *raw_value(struct run_cgroup *cgroup, const struct plan_key_use *use, const char *text)
{
	uint64_t number;

	if (use->key && use->key->kind == PLAN_KEY_BYTES && number_u64(text, &number) == 0 &&
	    number >= PLAN_V1_NO_LIMIT)
		return "max";
	return arena_strdup(cgroup->arena, text);
}

static const char *get_raw(struct run_cgroup *cgroup, const struct run_cgroup_place *place,
			   const struct plan_key_use *use, struct err *err)
{
	const char *file = place->hierarchy->v2 ? use->file : use->name, *text;
	struct err failure = { 0 };

	text = cgroup_key_read(cgroup, place->group, file, &failure);
	if (text)
		return raw_value(cgroup, use, text);
	if (failure.errnum == ENOENT)
		cgroup_key_missing(cgroup, place, use->name, file, err);
	else
		*err = failure;
	return NULL;
}

const char *run_cgroup_get(struct run_cgroup *cgroup, const char *key, struct plan_key_use *used,
			   struct err *err)
{
	struct plan_key_use use = plan_key_find(cgroup->arena, key);
	struct run_cgroup_place *place = cgroup_key_place(cgroup, &use, true, err);
	struct cgroup_reader reader = { .cgroup = cgroup, .place = place };
	struct plan_key_context context;
	const char *value;

	if (used)
		*used = use;
	if (!place)
		return NULL;
	if (!use.key || (use.is_v1 && !place->hierarchy->v2))
		return get_raw(cgroup, place, &use, err);
	context = cgroup_key_context(&reader);
	if (place->hierarchy->v2) {
		value = get_raw(cgroup, place, &use, err);
	} else {
		value = plan_key_from_v1(&context, &use);
		if (!value && !plan_key_v1_file(cgroup->arena, &use))
			plan_key_no_equal(cgroup->arena, &use, err);
		else if (!value)
			cgroup_key_missing(cgroup, place, key, plan_key_v1_file(cgroup->arena, &use), err);
	}
	return value ? plan_key_form(&context, &use, value) : NULL;
}
