/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of cgroup v1 as those of v2, and back. Each formula stands here alone. */
#ifndef NSTOOLS_PLAN_CONVERT_H
#define NSTOOLS_PLAN_CONVERT_H

#include <stdint.h>

/*
 * cpu.shares (2 to 262144, 1024 is the default) to cpu.weight (1 to 10000,
 * 100 is the default): ceil(10^((l^2 + 125 l) / 612 - 7/34)) with l = log2(shares).
 */
unsigned long long plan_cpu_weight(uint64_t shares);
/* The most shares that have no more than this weight: plan_cpu_weight() of them is the weight again. */
uint64_t plan_cpu_shares(uint64_t weight);

/* blkio.weight is 10 to 1000, io.weight 1 to 10000. */
unsigned plan_io_weight(unsigned weight);
/* The nearest from above: blkio.weight to io.weight and back is what it was. */
unsigned plan_blkio_weight(unsigned weight);

/* The four limits of a device in v2's io.max, and v1's files for them: 0 there is "max" here. */
struct plan_io_limit {
	const char *v2, *v1; /* "rbps", "blkio.throttle.read_bps_device" */
};
enum { PLAN_IO_READ_BPS, PLAN_IO_WRITE_BPS, PLAN_IO_READ_IOPS, PLAN_IO_WRITE_IOPS, PLAN_IO_LIMITS };
extern const struct plan_io_limit plan_io_limits[PLAN_IO_LIMITS];

/* A v1 limit that is no limit: -1 is read back as the largest number of pages. cgroup-v1/memory.rst. */
#define PLAN_V1_NO_LIMIT ((uint64_t)INT64_MAX - 0xffff)
/* v1's soft limit for v2's memory.low=max: all there is, and yet not v1's "none", which is memory.low=0. */
#define PLAN_V1_SOFT_MAX "4611686018427387904"

#endif
