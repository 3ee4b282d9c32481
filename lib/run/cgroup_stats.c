/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/err.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/stats.h"
#include "run/cgroup.h"
#include "run/cgroup_stats.h"

int run_cgroup_stats(struct run_cgroup *cgroup, struct kern_cgroup_stats *stats, struct err *err)
{
	bool found = false;

	kern_cgroup_stats_init(stats);
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct run_cgroup_place *place = &cgroup->places[i];
		struct err gone = { 0 };

		if (!place->group)
			continue;
		if (kern_cgroup_stats_add(place->group, place->hierarchy->controllers, stats, &gone) == 0) {
			found = true;
		} else if (gone.errnum != ENOENT && gone.errnum != ENODEV) {
			*err = gone;
			return -1;
		}
	}
	if (found)
		return 0;
	err_set(err, ERR_NOT_FOUND, "", "the group is gone");
	return err_object(err, "%s", cgroup->name);
}
