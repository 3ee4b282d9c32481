/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small program: what it cannot do, nsenter-main does. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "common/option.h"
#include "kern/self.h"
#include "run/attach.h"
#include "nsenter/nsenter.h"

/* BINDIR/nsenter -> LIBEXECDIR/nsenter-main; else the file beside this one. */
static int find_main(char path[PATH_MAX], struct err *err)
{
	static const char installed[] = BINDIR "/nsenter", main_suffix[] = "-main";
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof(main_suffix));

	if (length <= 0)
		return err_system(err, "readlink", "/proc/self/exe");
	path[length] = '\0';
	if (!strcmp(path, installed))
		snprintf(path, PATH_MAX, "%s", LIBEXECDIR "/nsenter-main");
	else
		memcpy(path + length, main_suffix, sizeof(main_suffix));
	return 0;
}

int nsenter_full(struct nsenter *nsenter, char **argv, int *status, struct err *err)
{
	char path[PATH_MAX];

	(void)nsenter;
	(void)status;
	return find_main(path, err) ? -1 : kern_self_become(path, argv, err);
}
