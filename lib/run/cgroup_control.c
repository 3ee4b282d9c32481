/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/kill.h"
#include "run/cgroup.h"
#include "run/cgroup_control.h"

/* ---- attach --------------------------------------------------------------------------------- */

/* One move that was made: back to `from`. */
struct move {
	const struct run_cgroup_place *place;
	const char *from;
	pid_t pid;
};

struct moves {
	struct move *items;
	size_t count;
	bool threads;
};

static int attach_one(struct kern_cgroup *group, pid_t pid, bool threads, struct err *err)
{
	return threads ? kern_cgroup_attach_thread(group, pid, err) : kern_cgroup_attach(group, pid, err);
}

static void move_back(const struct moves *moves)
{
	for (size_t i = moves->count; i-- > 0;) {
		const struct move *move = &moves->items[i];
		struct kern_cgroup group = { 0 };
		struct err failure = { 0 };

		if (kern_cgroup_open(&group, move->place->hierarchy->mountpoint, move->from, &failure) == 0)
			attach_one(&group, move->pid, moves->threads, &failure);
		kern_cgroup_close(&group);
	}
}

/* A thread alone moves on v1, and on v2 within a threaded subtree: on a hybrid host v2's domain keeps it. */
static bool keeps_threads(const struct run_cgroup *cgroup, const struct run_cgroup_place *place)
{
	char type[64] = "";
	struct err ignored = { 0 };

	if (!place->group->v2 || cgroup->count == 1)
		return false;
	return kern_cgroup_read(place->group, "cgroup.type", type, sizeof(type), &ignored) < 0 ||
	       strstr(type, "threaded") == NULL;
}

static int attach_everywhere(struct run_cgroup *cgroup, pid_t pid, struct moves *moves, struct err *err)
{
	struct kern_cgroup_hierarchies before = { 0 };
	int ret = kern_cgroup_hierarchies_of(pid, &before, err);

	if (ret && err->errnum == ENOENT) {
		*err = (struct err){ 0 };
		err_set(err, ERR_STATE, "attach", "there is no such process");
		err_object(err, "%d", (int)pid);
	}
	for (size_t i = 0; !ret && i < cgroup->count; i++) {
		struct run_cgroup_place *place = &cgroup->places[i];
		const char *from = NULL;

		if (!place->group || (moves->threads && keeps_threads(cgroup, place)))
			continue;
		for (size_t j = 0; j < before.count; j++)
			if (!strcmp(before.items[j].mountpoint, place->hierarchy->mountpoint))
				from = arena_strdup(cgroup->arena, before.items[j].own);
		/* Writing costs a grace period even where nothing moves. */
		if (from && !strcmp(from, place->path) && !moves->threads)
			continue;
		ret = attach_one(place->group, pid, moves->threads, err);
		if (!ret && from)
			moves->items[moves->count++] = (struct move){ place, from, pid };
	}
	kern_cgroup_hierarchies_free(&before);
	return ret;
}

int run_cgroup_attach(struct run_cgroup *cgroup, const pid_t *pids, size_t count, bool threads,
		      struct err *err)
{
	struct moves moves = { .items = arena_array(cgroup->arena, count * cgroup->count + 1,
						    sizeof(struct move)),
			       .threads = threads };

	for (size_t i = 0; i < count; i++)
		if (attach_everywhere(cgroup, pids[i], &moves, err)) {
			move_back(&moves);
			return -1;
		}
	return 0;
}

/* ---- freeze and thaw ------------------------------------------------------------------------ */

static struct kern_cgroup *v1_freezer(struct run_cgroup *cgroup)
{
	struct run_cgroup_place *place = run_cgroup_find(cgroup, "freezer");

	return place ? place->group : NULL;
}

static struct kern_cgroup *v2_group(struct run_cgroup *cgroup)
{
	struct run_cgroup_place *place = run_cgroup_unified(cgroup);

	return place ? place->group : NULL;
}

/* Who holds the processes: a group that others made may be in one of the two hierarchies only. */
static struct kern_cgroup *find_freezer(struct run_cgroup *cgroup, struct err *err)
{
	struct kern_cgroup *v2 = v2_group(cgroup), *v1 = v1_freezer(cgroup);
	struct err ignored = { 0 };

	if (!v1 && !v2) {
		err_set(err, ERR_UNSUPPORTED, "freeze",
			"the group is neither in the cgroup v2 hierarchy nor in one with v1's freezer");
		err_object(err, "%s", cgroup->name);
		return NULL;
	}
	if (!v2 ||
	    (v1 && kern_cgroup_is_populated(v2, &ignored) <= 0 && kern_cgroup_is_populated(v1, &ignored) > 0))
		return v1;
	return v2;
}

int run_cgroup_freeze(struct run_cgroup *cgroup, int timeout_ms, struct err *err)
{
	const struct kern_cgroup *group = find_freezer(cgroup, err);

	return group ? kern_cgroup_freeze(group, timeout_ms, err) : -1;
}

/* Whichever of the two froze it. */
int run_cgroup_thaw(struct run_cgroup *cgroup, int timeout_ms, struct err *err)
{
	struct kern_cgroup *v1 = v1_freezer(cgroup), *v2 = v2_group(cgroup);

	if (!find_freezer(cgroup, err) || (v1 && kern_cgroup_thaw_frozen(v1, timeout_ms, err)))
		return -1;
	return v2 ? kern_cgroup_thaw(v2, timeout_ms, err) : 0;
}

/* ---- kill ----------------------------------------------------------------------------------- */

static int compare_pids(const void *a, const void *b)
{
	pid_t one = *(const pid_t *)a, other = *(const pid_t *)b;

	return (one > other) - (one < other);
}

int run_cgroup_pids(struct run_cgroup *cgroup, bool recursive, pid_t **pids, size_t *count, struct err *err)
{
	size_t unique = 0;

	*pids = NULL;
	*count = 0;
	for (size_t i = 0; i < cgroup->count; i++) {
		struct kern_cgroup_pids found = { 0 };

		if (!cgroup->places[i].group)
			continue;
		if (kern_cgroup_pids_list(cgroup->places[i].group, recursive, &found, err)) {
			free(*pids);
			*pids = NULL;
			return -1;
		}
		if (found.count) {
			*pids = memory_grow(*pids, *count + found.count, sizeof(**pids));
			memcpy(*pids + *count, found.items, found.count * sizeof(**pids));
			*count += found.count;
		}
		kern_cgroup_pids_free(&found);
	}
	if (*count)
		qsort(*pids, *count, sizeof(**pids), compare_pids);
	for (size_t i = 0; i < *count; i++)
		if (unique == 0 || (*pids)[unique - 1] != (*pids)[i])
			(*pids)[unique++] = (*pids)[i];
	*count = unique;
	return 0;
}

static int refuse_self(struct run_cgroup *cgroup, struct err *err)
{
	pid_t *pids, self = getpid();
	size_t count;
	bool found;

	if (run_cgroup_pids(cgroup, true, &pids, &count, err))
		return -1;
	found = count && bsearch(&self, pids, count, sizeof(*pids), compare_pids);
	free(pids);
	if (!found)
		return 0;
	err_set(err, ERR_STATE, "kill", "this program is itself in the group");
	return err_object(err, "%s", cgroup->name);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int left(int64_t deadline)
{
	int64_t ms = deadline - now_ms();

	return ms > 0 ? (int)ms : 0;
}

/*
 * v2's file reaches all at once; what v1's freezer holds dies when that lets
 * go. Then every other hierarchy, for processes that are in the group there only.
 */
int run_cgroup_kill(struct run_cgroup *cgroup, int timeout_ms, struct err *err)
{
	struct kern_cgroup *v1 = v1_freezer(cgroup), *v2 = v2_group(cgroup);
	int64_t deadline = now_ms() + timeout_ms;

	if (refuse_self(cgroup, err))
		return -1;
	if (v1 && v2 && kern_cgroup_signal(v2, SIGKILL, NULL, err))
		return -1;
	if (v1 && kern_cgroup_kill(v1, left(deadline), err))
		return -1;
	if (v2 && kern_cgroup_kill(v2, left(deadline), err))
		return -1;
	for (size_t i = 0; i < cgroup->count; i++) {
		struct kern_cgroup *group = cgroup->places[i].group;

		if (group && group != v1 && group != v2 && kern_cgroup_kill(group, left(deadline), err))
			return -1;
	}
	return 0;
}

int run_cgroup_signal(struct run_cgroup *cgroup, int signal, size_t *sent, struct err *err)
{
	pid_t *pids;
	size_t count, done = 0;
	int ret = run_cgroup_pids(cgroup, true, &pids, &count, err);

	for (size_t i = 0; !ret && i < count; i++) {
		if (pids[i] <= 0 || pids[i] == getpid())
			continue;
		if (kill(pids[i], signal) == 0)
			done++;
		else if (errno != ESRCH)
			ret = err_system(err, "kill", "process %d in %s", (int)pids[i], cgroup->name);
	}
	free(pids);
	if (sent)
		*sent = done;
	return ret;
}
