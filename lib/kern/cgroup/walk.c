/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going through a tree of groups. A container that was given its group can
 * nest groups thousands deep: the way back is "..", so that one fd is enough
 * whatever the depth. Each directory is read once.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/cgroup/group_internal.h"

struct level {
	struct strbuf names; /* of the children, each with its NUL */
	size_t next;	     /* where the next name begins */
	size_t current;	     /* the name of the child we are in */
};

struct walk_state {
	struct level *levels;
	size_t depth, size;
	int fd; /* the group we are in */
};

static void free_state(struct walk_state *state)
{
	for (size_t i = 0; i < state->depth; i++)
		strbuf_free(&state->levels[i].names);
	free(state->levels);
	close_keep_errno(state->fd);
}

/* The names of the groups right below. The kernel counts them in st_nlink: 2 means none. */
static int read_children(int fd, struct strbuf *names)
{
	auto_closedir DIR *dir = NULL;
	const struct dirent *entry;
	struct stat st;
	int list;

	if (fstat(fd, &st) == 0 && st.st_nlink == 2)
		return 0;
	list = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (list < 0)
		return cgroup_errno_gone(errno) ? 0 : -1;
	dir = fdopendir(list);
	if (!dir) {
		close_keep_errno(list);
		return -1;
	}
	while ((entry = readdir(dir)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			strbuf_add(names, entry->d_name, strlen(entry->d_name) + 1);
	return 0;
}

/* Visit the group at state->fd and stand ready to go through its children. */
static int enter_group(struct walk_state *state, const struct cgroup_walk *walk, const char *name)
{
	struct level *level;
	int result = walk->enter ? walk->enter(state->fd, name, walk->arg) : 0;

	if (result != 0)
		return result;
	if (state->depth == state->size) {
		state->size = state->size ? state->size * 2 : 16;
		state->levels = memory_grow(state->levels, state->size, sizeof(*state->levels));
	}
	level = &state->levels[state->depth++];
	*level = (struct level){ 0 };
	return read_children(state->fd, &level->names);
}

/* All children are done: back to the parent. */
static int leave_group(struct walk_state *state, const struct cgroup_walk *walk)
{
	const struct level *up;
	int parent;

	strbuf_free(&state->levels[--state->depth].names);
	if (state->depth == 0)
		return 0;
	parent = openat(state->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return -1;
	close(state->fd);
	state->fd = parent;
	up = &state->levels[state->depth - 1];
	return walk->leave ? walk->leave(parent, up->names.text + up->current, walk->arg) : 0;
}

int cgroup_walk(int dirfd, const struct cgroup_walk *walk)
{
	__attribute__((cleanup(free_state))) struct walk_state state = { .fd = -1 };
	int result;

	state.fd = openat(dirfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (state.fd < 0)
		return -1;
	result = enter_group(&state, walk, NULL);
	while (result == 0 && state.depth > 0) {
		struct level *level = &state.levels[state.depth - 1];
		int child;

		if (level->next >= level->names.len) {
			result = leave_group(&state, walk);
			continue;
		}
		level->current = level->next;
		level->next += strlen(level->names.text + level->next) + 1;
		child = openat(state.fd, level->names.text + level->current,
			       O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0 && cgroup_errno_gone(errno))
			continue;
		if (child < 0)
			return -1;
		close(state.fd);
		state.fd = child;
		result = enter_group(&state, walk, level->names.text + level->current);
	}
	return result;
}
