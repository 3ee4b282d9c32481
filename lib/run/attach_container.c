/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The target by a container's id, and which of its namespaces are not ours. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/ns.h"
#include "run/attach.h"
#include "run/attach_internal.h"
#include "run/find.h"

int run_attach_container(struct run_attach *attach, const struct run_context *context, const char *id,
			 struct err *err)
{
	struct run_found found = RUN_FOUND_NONE;
	int ret = run_find_container(context, id, &found, err);

	if (!ret) {
		attach->pid = found.pid;
		attach->pidfd = take_fd(&found.pidfd);
		attach->process = take_fd(&found.proc);
	}
	run_found_close(&found);
	return ret;
}

int run_attach_compare(struct run_attach *attach, struct run_attach_pair pairs[RUN_ATTACH_NS_COUNT],
		       struct err *err)
{
	struct err gone = { 0 };
	int process = attach_process(attach, &gone);
	char path[48];
	struct stat st;

	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		const char *name = kern_ns_kinds[i].proc_name;

		pairs[i] = (struct run_attach_pair){ 0 };
		snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
		if (stat(path, &st))
			continue;
		pairs[i].own = st.st_ino;
		snprintf(path, sizeof(path), "ns/%s", name);
		if (process < 0)
			errno = gone.errnum == ESRCH ? ENOENT : gone.errnum;
		if (process < 0 || fstatat(process, path, &st, 0))
			return attach_fail(err, "cannot open /proc/%d/ns/%s", (int)attach->pid, name);
		pairs[i].target = st.st_ino;
	}
	return 0;
}
