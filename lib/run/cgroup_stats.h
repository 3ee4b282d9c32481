/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a group uses, over all hierarchies. */
#ifndef NSTOOLS_RUN_CGROUP_STATS_H
#define NSTOOLS_RUN_CGROUP_STATS_H

struct err;
struct json;
struct kern_cgroup_pressure;
struct kern_cgroup_stats;
struct run_cgroup;

/* The group must still be there: ERR_NOT_FOUND when it is gone from every hierarchy. */
int run_cgroup_stats(struct run_cgroup *cgroup, struct kern_cgroup_stats *stats, struct err *err);

/*
 * nscgroup(1)'s object: every field on every host; null what is not known,
 * "max" where there is no limit; bytes and microseconds. json_free() it.
 */
struct json *run_cgroup_stats_json(const struct kern_cgroup_stats *stats);

/* Members "some" and "full", of a pressure that is known; `total`: what their sums of microseconds are called. */
void run_cgroup_pressure_json(struct json *object, const struct kern_cgroup_pressure *p, const char *total);

#endif
