/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "plan/key.h"
#include "run/cgroup.h"
#include "run/cgroup_key.h"
#include "run/cgroup_make.h"

#define REMOVE_MSEC 2000 /* the kernel may still be taking the last process apart */

static bool has(const char *list, const char *controller)
{
	return kern_cgroup_has_controller(list, controller);
}

/* The controllers of the limits, by their names in the hierarchy that has them; "," for none. */
static const char *needed_by(struct run_cgroup *cgroup, const struct run_cgroup_make *make)
{
	const char *list = ",";

	for (size_t i = 0; i < make->count; i++) {
		struct plan_key_use use = plan_key_find(cgroup->arena, make->items[i].key);
		const char *controller = plan_key_controller(cgroup->arena, use.file);
		struct run_cgroup_place *place = run_cgroup_find(cgroup, controller);

		/* The hierarchy may know it by its other name. */
		if (place && !has(place->hierarchy->controllers, controller))
			controller = place->hierarchy->v2 ? "io" : "blkio";
		if (place && !has(list, controller))
			list = arena_printf(cgroup->arena, "%s%s,", list, controller);
	}
	return list;
}

/* What both lists have. */
static const char *both(struct arena *arena, const char *one, const char *other)
{
	const char *list = ",";

	while (*(one += strspn(one, ","))) {
		const char *word = arena_printf(arena, "%.*s", (int)strcspn(one, ","), one);

		if (has(other, word))
			list = arena_printf(arena, "%s%s,", list, word);
		one += strlen(word);
	}
	return list;
}

/* What either list has. */
static const char *either(struct arena *arena, const char *one, const char *other)
{
	const char *list = one;

	while (*(other += strspn(other, ","))) {
		const char *word = arena_printf(arena, "%.*s", (int)strcspn(other, ","), other);

		if (!has(list, word))
			list = arena_printf(arena, "%s%s,", list, word);
		other += strlen(word);
	}
	return list;
}

/* What the deepest group above that exists has to give: ",cpu,memory,". */
static const char *available(struct arena *arena, const struct run_cgroup_place *place)
{
	char path[PATH_MAX], text[1024], *list;
	size_t len = strlen(place->path);

	do {
		while (len > 1 && place->path[len - 1] != '/')
			len--;
		snprintf(path, sizeof(path), "%s%.*s/cgroup.controllers", place->hierarchy->mountpoint,
			 (int)len - 1, place->path);
		if (file_read_small(AT_FDCWD, path, text, sizeof(text)) >= 0) {
			list = arena_printf(arena, ",%s%s", text, *text ? "," : "");
			for (char *p = list; *p; p++)
				*p = *p == ' ' ? ',' : *p;
			return list;
		}
		len--;
	} while (len > 1);
	return ",";
}

static int make_place(struct run_cgroup *cgroup, struct run_cgroup_place *place, const char *controllers,
		      struct err *err)
{
	struct kern_cgroup *group = arena_alloc(cgroup->arena, sizeof(*group));

	if (kern_cgroup_create(group, place->hierarchy->mountpoint, place->path, controllers, err))
		return -1;
	place->group = group;
	return 0;
}

/* With everything that can be given; where that is not possible ("no internal processes") with what must be.
 */
static int make_v2(struct run_cgroup *cgroup, struct run_cgroup_place *place, const char *needed,
		   const char *wanted, struct err *err)
{
	struct err refused = { 0 };

	if (!wanted)
		wanted = either(cgroup->arena, available(cgroup->arena, place), needed);
	if (make_place(cgroup, place, wanted, &refused) == 0)
		return 0;
	if (!strcmp(wanted, needed)) {
		*err = refused;
		return -1;
	}
	if (make_place(cgroup, place, needed, err))
		return -1;
	log_info("%s%s has no more controllers than it needs: %s %s", place->hierarchy->mountpoint,
		 place->path, refused.op, refused.object);
	return 0;
}

/* A user's hierarchy may be one of many: the others are passed over unless a limit is there. */
static bool may_lack(const struct run_cgroup_place *place, const char *needed, const struct err *err)
{
	if (err->errnum != EACCES && err->errnum != EPERM && err->errnum != EROFS)
		return false;
	for (const char *at = needed; *(at += strspn(at, ","));) {
		char word[64];

		snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, ","), at);
		if (has(place->hierarchy->controllers, word))
			return false;
		at += strcspn(at, ",");
	}
	return geteuid() != 0;
}

static bool is_wanted(struct arena *arena, const struct run_cgroup_place *place, const char *needed,
		      const char *controllers)
{
	if (!controllers || place->hierarchy->v2)
		return true;
	return strlen(both(arena, place->hierarchy->controllers, needed)) > 1 ||
	       strlen(both(arena, place->hierarchy->controllers, controllers)) > 1;
}

static int make_all(struct run_cgroup *cgroup, const struct run_cgroup_make *make, bool *fresh,
		    struct err *err)
{
	const char *needed = needed_by(cgroup, make);
	struct err first = { 0 };
	bool any = false;

	for (size_t i = 0; i < cgroup->count; i++) {
		struct run_cgroup_place *place = &cgroup->places[i];
		const char *own = both(cgroup->arena, needed, place->hierarchy->controllers);
		const char *wanted =
			make->controllers
				? both(cgroup->arena, place->hierarchy->controllers,
				       arena_printf(cgroup->arena, "%s%s", make->controllers, needed))
				: NULL;
		struct err failure = { 0 };

		if (!is_wanted(cgroup->arena, place, needed, make->controllers))
			continue;
		if (place->hierarchy->v2
			    ? make_v2(cgroup, place, own, wanted, &failure)
			    : make_place(cgroup, place, place->hierarchy->controllers, &failure)) {
			/* v2's is what a user can have been given. */
			if (!err_is_set(&first) || place->hierarchy->v2)
				first = failure;
			if (may_lack(place, needed, &failure))
				continue;
			*err = failure;
			return -1;
		}
		any = true;
		*fresh = *fresh || place->group->created;
	}
	if (any)
		return 0;
	*err = first;
	if (!err_is_set(err))
		err_set(err, ERR_UNSUPPORTED, "create",
			"no hierarchy of this host has any of these controllers");
	return -1;
}

int run_cgroup_remove(struct run_cgroup *cgroup, struct err *err)
{
	struct err first = { 0 };

	for (size_t i = cgroup->count; i-- > 0;) {
		struct run_cgroup_place *place = &cgroup->places[i];
		unsigned created = place->group ? place->group->created : 0;
		struct err failure = { 0 };

		if (!created)
			continue;
		if (kern_cgroup_delete(place->hierarchy->mountpoint, place->path, created - 1, REMOVE_MSEC,
				       &failure)) {
			if (!err_is_set(&first))
				first = failure;
			continue;
		}
		place->group->created = 0;
	}
	*err = first;
	return err_is_set(err) ? -1 : 0;
}

int run_cgroup_create(struct run_cgroup *cgroup, const struct run_cgroup_make *make, struct err *err)
{
	struct err ignored = { 0 };
	bool fresh = false;
	int ret;

	if (run_cgroup_check(cgroup, make->items, make->count, err))
		return -1;
	ret = make_all(cgroup, make, &fresh, err);
	if (!ret && !fresh) {
		err_set(err, ERR_EXISTS, "", "the group exists already");
		err_object(err, "%s", cgroup->name);
		ret = err_hint(err, "\"nscgroup set\" changes its limits");
	}
	if (!ret)
		ret = run_cgroup_set(cgroup, make->items, make->count, err);
	if (ret)
		run_cgroup_remove(cgroup, &ignored);
	return ret;
}

/* ---- delete --------------------------------------------------------------------------------- */

static int check_empty(const struct run_cgroup *cgroup, const struct kern_cgroup *group, bool recursive,
		       struct err *err)
{
	struct kern_cgroup_pids pids = { 0 };
	struct stat st;
	int ret = kern_cgroup_pids_list(group, true, &pids, err);

	if (!ret && pids.count) {
		err_set(err, ERR_STATE, "delete", "has %zu processes, the first is %d", pids.count,
			(int)pids.items[0]);
		err_object(err, "%s%s", group->mountpoint, group->path);
		ret = err_hint(err, "\"nscgroup kill %s\" ends them", cgroup->name);
	}
	kern_cgroup_pids_free(&pids);
	/* The kernel counts groups in the links: 2 is none. */
	if (!ret && !recursive && fstat(group->fd, &st) == 0 && st.st_nlink > 2) {
		err_set(err, ERR_STATE, "delete", "has groups below it");
		err_object(err, "%s%s", group->mountpoint, group->path);
		ret = err_hint(err, "-r removes them too");
	}
	return ret;
}

int run_cgroup_delete(struct run_cgroup *cgroup, bool recursive, struct err *err)
{
	if (cgroup->path && !strcmp(cgroup->path, "/")) {
		err_set(err, ERR_USAGE, "delete", "is the root of a hierarchy, which cannot be removed");
		return err_object(err, "%s", cgroup->name);
	}
	for (size_t i = 0; i < cgroup->count; i++)
		if (cgroup->places[i].group && check_empty(cgroup, cgroup->places[i].group, recursive, err))
			return -1;
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct run_cgroup_place *place = &cgroup->places[i];

		if (place->group &&
		    kern_cgroup_delete(place->hierarchy->mountpoint, place->path, 0, REMOVE_MSEC, err))
			return -1;
	}
	return 0;
}
