/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "state/state.h"

int nscgroup_open(const struct command_call *call, const char *target, struct run_cgroup *cgroup,
		  struct err *err)
{
	const struct nscgroup *nscgroup = call->globals;
	bool container = *target != '/' && strncmp(target, "pid:", 4) != 0 && strcmp(target, "self") != 0;
	auto_free char *root = NULL;

	*cgroup = (struct run_cgroup){ 0 };
	/* Only containers have their state somewhere. */
	if (container && !nscgroup->root) {
		root = state_root_default(err);
		if (!root)
			return -1;
	}
	return run_cgroup_open(cgroup, nscgroup->root ? nscgroup->root : root, target, err);
}

int nscgroup_msec(uint64_t usec)
{
	return usec / 1000 < INT_MAX / 2 ? (int)(usec / 1000) : INT_MAX / 2;
}
