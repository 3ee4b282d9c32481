/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small program: what it cannot do, nsenter-main does. */
#include <limits.h>

#include "base/err.h"
#include "common/main_program.h"
#include "common/option.h"
#include "kern/self.h"
#include "run/attach.h"
#include "nsenter/nsenter.h"

int nsenter_full(struct nsenter *nsenter, char **argv, int *status, struct err *err)
{
	char path[PATH_MAX];

	(void)nsenter;
	(void)status;
	return main_program_find("nsenter", path, err) ? -1 : kern_self_become(path, argv, err);
}
