/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "kern/cgroup/superblock.h"

#define TEXT_MAX (16u * 1024 * 1024)

/* "ID PARENT DEV ROOT TARGET ... - cgroup2 SOURCE OPTIONS" (proc_pid_mountinfo(5)) */
void kern_cgroup_superblock_read(struct kern_cgroup_superblock *superblock)
{
	auto_free char *text = NULL;
	char *rest, *line;
	size_t len;

	*superblock = (struct kern_cgroup_superblock){ 0 };
	if (file_read_at(AT_FDCWD, "/proc/self/mountinfo", TEXT_MAX, &text, &len))
		return;
	rest = text;
	while ((line = strsep(&rest, "\n")) && *line) {
		char *type = strstr(line, " - cgroup2 ");
		char *target = NULL;

		if (!type)
			continue;
		superblock->options = memory_strdup(strrchr(type, ' ') + 1);
		for (int i = 0; i < 5; i++)
			target = strsep(&line, " ");
		superblock->mountpoint = memory_strdup(target ? target : "");
		return;
	}
}

static int reconfigure(const struct kern_cgroup_superblock *superblock)
{
	auto_close int context = fspick(AT_FDCWD, superblock->mountpoint, FSPICK_CLOEXEC | FSPICK_NO_AUTOMOUNT);
	auto_free char *options = memory_strdup(superblock->options);
	char *rest = options, *option;

	if (context < 0)
		return -1;
	while ((option = strsep(&rest, ",")))
		if (*option && fsconfig(context, FSCONFIG_SET_FLAG, option, NULL, 0))
			return -1;
	return fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
}

void kern_cgroup_superblock_keep(const struct kern_cgroup_superblock *superblock)
{
	struct kern_cgroup_superblock now;

	if (!superblock->options)
		return;
	kern_cgroup_superblock_read(&now);
	if (now.options && strcmp(now.options, superblock->options) != 0 && reconfigure(superblock))
		log_warning("the options of %s were changed from %s to %s by criu, and stay so: %s",
			    superblock->mountpoint, superblock->options, now.options, strerror(errno));
	kern_cgroup_superblock_free(&now);
}

void kern_cgroup_superblock_free(struct kern_cgroup_superblock *superblock)
{
	free(superblock->mountpoint);
	free(superblock->options);
	*superblock = (struct kern_cgroup_superblock){ 0 };
}
