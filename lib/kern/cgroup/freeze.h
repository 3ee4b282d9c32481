/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freezing: v2 cgroup.freeze, or v1's freezer (then the group must be of the
 * freezer hierarchy). Both reach all groups below. cgroup-v2.rst "Core
 * Interface Files", cgroup-v1/freezer-subsystem.rst.
 */
#ifndef NSTOOLS_KERN_CGROUP_FREEZE_H
#define NSTOOLS_KERN_CGROUP_FREEZE_H

struct err;
struct kern_cgroup;

enum kern_cgroup_freeze_state {
	KERN_CGROUP_THAWED,
	KERN_CGROUP_FREEZING, /* asked for, not all processes have stopped */
	KERN_CGROUP_FROZEN,
};

/*
 * Freeze and wait until all processes have stopped; v2 waits by poll on
 * cgroup.events, v1 has nothing to wait on and is read again in growing steps.
 * After timeout_ms the group is thawed again and the error names a process
 * that did not stop (state D). A frozen group stays frozen: no error.
 */
int kern_cgroup_freeze(const struct kern_cgroup *group, int timeout_ms, struct err *err);
/* Thaw and wait as above. A group frozen through one above it cannot be thawed here: the error says so. */
int kern_cgroup_thaw(const struct kern_cgroup *group, int timeout_ms, struct err *err);
/* The same where there is something to thaw: another group is not written to, and may have no freezer. */
int kern_cgroup_thaw_frozen(const struct kern_cgroup *group, int timeout_ms, struct err *err);
/*
 * The state by the group itself or one above it. Groups of a v1 hierarchy
 * without the freezer, and kernels without cgroup.freeze, are KERN_CGROUP_THAWED.
 */
int kern_cgroup_freeze_read(const struct kern_cgroup *group, enum kern_cgroup_freeze_state *state,
			    struct err *err);

#endif
