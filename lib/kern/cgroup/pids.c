/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes a group has. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"

#define PROCS_MAX (64u * 1024 * 1024) /* more than 4,194,304 pids of 8 characters are not possible */

static void add_pid(struct kern_cgroup_pids *pids, pid_t pid)
{
	if (pids->count == pids->size) {
		pids->size = pids->size ? pids->size * 2 : 64;
		pids->items = memory_grow(pids->items, pids->size, sizeof(*pids->items));
	}
	pids->items[pids->count++] = pid;
}

/* Of a threaded v2 group the kernel only tells the threads: EOPNOTSUPP on cgroup.procs. */
static int read_procs(int fd, char **text)
{
	if (file_read_at(fd, "cgroup.procs", PROCS_MAX, text, NULL) == 0)
		return 0;
	return errno == EOPNOTSUPP ? file_read_at(fd, "cgroup.threads", PROCS_MAX, text, NULL) : -1;
}

static int enter_list(int fd, const char *name, void *arg)
{
	auto_free char *text = NULL;
	char *at, *end;

	(void)name;
	if (read_procs(fd, &text) != 0)
		return cgroup_errno_gone(errno) ? 0 : -1;
	for (at = text; *at; at = end + (*end == '\n')) {
		pid_t pid = (pid_t)strtol(at, &end, 10);

		if (end == at)
			break;
		add_pid(arg, pid);
	}
	return 0;
}

int kern_cgroup_pids_list(const struct kern_cgroup *group, bool recursive, struct kern_cgroup_pids *pids,
			  struct err *err)
{
	struct cgroup_walk walk = { .enter = enter_list, .arg = pids };
	int result;

	pids->count = 0;
	result = recursive ? cgroup_walk(group->fd, &walk) : enter_list(group->fd, NULL, pids);
	if (result != 0)
		return err_system(err, "read", "%s%s/cgroup.procs", group->mountpoint, group->path);
	return 0;
}

void kern_cgroup_pids_free(struct kern_cgroup_pids *pids)
{
	free(pids->items);
	*pids = (struct kern_cgroup_pids){ 0 };
}

/* 1 ends the walk at the first process. */
static int enter_populated(int fd, const char *name, void *arg)
{
	auto_close int procs = openat(fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	char byte;
	ssize_t n;

	(void)name;
	(void)arg;
	if (procs < 0)
		return cgroup_errno_gone(errno) ? 0 : -1;
	n = read(procs, &byte, 1);
	return n < 0 && !cgroup_errno_gone(errno) ? -1 : n > 0;
}

int kern_cgroup_is_populated(const struct kern_cgroup *group, struct err *err)
{
	struct cgroup_walk walk = { .enter = enter_populated };
	char text[256];
	uint64_t populated;
	int result;

	if (group->v2 && file_read_small(group->fd, "cgroup.events", text, sizeof(text)) >= 0 &&
	    kern_cgroup_text_key(text, "populated", &populated))
		return populated != 0;
	/* v1, and v2's root, which has no cgroup.events */
	result = cgroup_walk(group->fd, &walk);
	if (result < 0)
		return cgroup_errno_gone(errno) ? 0 : err_system(err, "read", "%s%s/cgroup.procs",
								 group->mountpoint, group->path);
	return result;
}
