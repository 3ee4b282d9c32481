/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A transaction over keys and hierarchies: check, write in an order that can succeed, undo. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "plan/key.h"
#include "plan/key_v1.h"
#include "run/cgroup.h"
#include "run/cgroup_key.h"
#include "run/cgroup_key_internal.h"
#include "run/values.h"

struct transaction {
	struct run_cgroup *cgroup;
	struct cgroup_change *changes; /* in the group's arena */
	size_t count;
};

/* ---- what is to be written ------------------------------------------------------------------ */

static bool is_line_of(const struct cgroup_change *change, const char *file, const char *value)
{
	size_t len = strcspn(value, " ");

	if (strcmp(change->file, file) != 0)
		return false;
	/* Lines of different devices stand beside each other. */
	return !memchr(value, ':', len) || !strncmp(change->value, value, len + 1);
}

/* A file that is there already gets the new value in its place: memory and swap are in one file of v1. */
static int add_change(struct transaction *set, const struct run_cgroup_place *place, const char *key,
		      struct plan_key_write write, struct err *err)
{
	struct kern_cgroup *group = place->group;
	struct cgroup_change *change = &set->changes[set->count];
	const char *now;

	for (size_t i = 0; i < set->count; i++)
		if (set->changes[i].group == group && is_line_of(&set->changes[i], write.file, write.value)) {
			set->changes[i].value = write.value;
			return 0;
		}
	*change = (struct cgroup_change){ .group = group, .file = write.file, .value = write.value };
	if (group) {
		struct err unreadable = { 0 };

		if (faccessat(group->fd, write.file, F_OK, 0) != 0)
			return cgroup_key_missing(set->cgroup, place, key, write.file, err);
		if (faccessat(group->fd, write.file, W_OK, AT_EACCESS) != 0) {
			err_system(err, "write", "%s%s/%s", group->mountpoint, group->path, write.file);
			return err_hint(err, "the group is not delegated to this user, or not for this file");
		}
		now = cgroup_key_read(set->cgroup, group, write.file, &unreadable);
		change->old = now ? values_text_now(set->cgroup->arena, write.file, write.value, now) : NULL;
	}
	set->count++;
	return 0;
}

/* "/dev/sda rbps=1M" as "8:0 rbps=1M". */
static const char *by_number(struct transaction *set, const char *key, const char *value, struct err *err)
{
	size_t len = strcspn(value, " ");
	const char *path = arena_printf(set->cgroup->arena, "%.*s", (int)len, value);
	struct stat st;

	if (stat(path, &st) != 0) {
		err_system(err, "stat", "%s", path);
		return NULL;
	}
	if (!S_ISBLK(st.st_mode)) {
		err_set(err, ERR_USAGE, "", "%s is no block device", path);
		err_object(err, "%s", key);
		return NULL;
	}
	return arena_printf(set->cgroup->arena, "%u:%u%s", major(st.st_rdev), minor(st.st_rdev), value + len);
}

/* A file's own name on v1: as it is, but with units where it is bytes. */
static int add_raw(struct transaction *set, const struct run_cgroup_place *place, struct plan_key_use use,
		   const char *value, struct err *err)
{
	struct cgroup_reader reader = { set->cgroup, place, set->changes, set->count };
	struct plan_key_context context = cgroup_key_context(&reader);
	struct plan_key_write write = { use.name, value };

	if (use.key && use.key->kind == PLAN_KEY_BYTES) {
		use.form = PLAN_FORM_LIMIT;
		if (plan_key_parse(&context, &use, value, &write.value, err))
			return -1;
		if (!strcmp(write.value, "max"))
			write.value = "-1";
	}
	if (strchr(value, '\n'))
		return plan_key_parse(&context, &use, value, &write.value, err);
	return add_change(set, place, use.name, write, err);
}

static int add_converted(struct transaction *set, const struct run_cgroup_place *place,
			 const struct plan_key_use *use, const char *value, struct err *err)
{
	struct cgroup_reader reader = { set->cgroup, place, set->changes, set->count };
	struct plan_key_context context = cgroup_key_context(&reader);
	struct plan_key_writes writes;

	if (plan_key_to_v1(&context, use, value, &writes, err))
		return -1;
	if (use->key->approximate)
		log_warning("%s: cgroup v1 has no such limit; its soft limit is set, which holds while the "
			    "host is "
			    "short of memory",
			    use->name);
	for (size_t i = 0; i < writes.count; i++)
		if (add_change(set, place, use->name, writes.items[i], err))
			return -1;
	return 0;
}

static int add_assignment(struct transaction *set, const struct run_cgroup_assignment *item, bool existing,
			  struct err *err)
{
	struct plan_key_use use = plan_key_find(set->cgroup->arena, item->key);
	struct run_cgroup_place *place = cgroup_key_place(set->cgroup, &use, existing, err);
	struct cgroup_reader reader = { set->cgroup, place, set->changes, set->count };
	struct plan_key_context context;
	const char *value = item->value;

	if (!place)
		return -1;
	context = cgroup_key_context(&reader);
	if (*value == '/' && use.key && !strncmp(use.file, "io.", 3))
		value = by_number(set, item->key, value, err);
	if (!value)
		return -1;
	if (use.is_v1 && !place->hierarchy->v2)
		return add_raw(set, place, use, value, err);
	if (plan_key_parse(&context, &use, value, &value, err))
		return -1;
	if (use.key && !place->hierarchy->v2)
		return add_converted(set, place, &use, value, err);
	return add_change(set, place, item->key, (struct plan_key_write){ use.file, value }, err);
}

/*
 * On v1 swap is counted with memory: a limit of memory is needed for one of
 * swap, and none of swap for no limit of memory. So swap=max is the first and
 * another limit of swap the last.
 */
static int round_of(const struct run_cgroup_assignment *item)
{
	if (strcmp(item->key, "memory.swap.max") != 0 && strcmp(item->key, "swap") != 0)
		return 1;
	return !strcmp(item->value, "max") ? 0 : 2;
}

static int collect(struct transaction *set, const struct run_cgroup_assignment *items, size_t count,
		   bool existing, struct err *err)
{
	set->changes =
		arena_array(set->cgroup->arena, count * PLAN_KEY_WRITES_MAX + 1, sizeof(*set->changes));
	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < count; i++)
			if (round_of(&items[i]) == round && add_assignment(set, &items[i], existing, err))
				return -1;
	return 0;
}

/* ---- writing it ----------------------------------------------------------------------------- */

/* The value may be right and only too early: memory before swap when it shrinks, after it when it grows. */
static bool may_come_later(const struct err *err)
{
	return err->errnum == EINVAL || err->errnum == EBUSY || err->errnum == ERANGE ||
	       err->errnum == EACCES || err->errnum == EPERM;
}

static void undo(struct cgroup_change *const *done, size_t count)
{
	while (count-- > 0) {
		struct err failure = { 0 };

		if (!done[count]->old)
			log_warning("%s: what it was before cannot be written back", done[count]->file);
		else if (kern_cgroup_write(done[count]->group, done[count]->file, done[count]->old, true,
					   &failure))
			log_error(&failure);
	}
}

/*
 * Until all are written: what is refused is tried again when others have
 * changed something. When a round changes nothing, the first refusal is the error.
 */
static int apply(struct transaction *set, struct err *err)
{
	struct cgroup_change **done =
		arena_array(set->cgroup->arena, set->count + 1, sizeof(struct cgroup_change *));
	size_t count = 0, before;

	do {
		struct err first = { 0 };

		before = count;
		for (size_t i = 0; i < set->count; i++) {
			struct cgroup_change *change = &set->changes[i];
			struct err failure = { 0 };

			if (change->done)
				continue;
			if (kern_cgroup_write(change->group, change->file, change->value, false, &failure) ==
			    0) {
				change->done = true;
				done[count++] = change;
				continue;
			}
			if (!err_is_set(&first))
				first = failure;
			if (may_come_later(&failure))
				continue;
			first = failure;
			before = count;
			break;
		}
		*err = first;
	} while (err_is_set(err) && count > before);
	if (!err_is_set(err))
		return 0;
	undo(done, count);
	return -1;
}

int run_cgroup_set(struct run_cgroup *cgroup, const struct run_cgroup_assignment *items, size_t count,
		   struct err *err)
{
	struct transaction set = { .cgroup = cgroup };

	return collect(&set, items, count, true, err) ? -1 : apply(&set, err);
}

int run_cgroup_check(struct run_cgroup *cgroup, const struct run_cgroup_assignment *items, size_t count,
		     struct err *err)
{
	struct transaction set = { .cgroup = cgroup };

	return collect(&set, items, count, false, err);
}
