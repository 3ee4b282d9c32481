/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of keys, and what a name stands for. */
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "plan/convert.h"
#include "plan/key.h"
#include "plan/key_internal.h"
#include "plan/key_v1.h"

#define PID_MAX 4194304 /* the kernel's PID_MAX_LIMIT on 64 bits */

static const struct plan_key keys[] = {
	{ "cpu.max", "cpu.cfs_quota_us", PLAN_KEY_CPU_MAX, 1000, 1000000, "max 100000", false, false },
	{ "cpu.max.burst", "cpu.cfs_burst_us", PLAN_KEY_TIME, 0, INT64_MAX, "0", false, false },
	{ "cpu.weight", "cpu.shares", PLAN_KEY_NUMBER, 1, 10000, "100", false, false },
	{ "cpu.weight.nice", NULL, PLAN_KEY_NUMBER, -20, 19, NULL, false, false },
	{ "cpu.idle", "cpu.idle", PLAN_KEY_NUMBER, 0, 1, "0", false, false },
	{ "cpu.uclamp.min", "cpu.uclamp.min", PLAN_KEY_TEXT, 0, 0, "0.00", false, false },
	{ "cpu.uclamp.max", "cpu.uclamp.max", PLAN_KEY_TEXT, 0, 0, "max", false, false },
	{ "memory.max", "memory.limit_in_bytes", PLAN_KEY_BYTES, 0, INT64_MAX, "max", false, false },
	{ "memory.high", "memory.soft_limit_in_bytes", PLAN_KEY_BYTES, 0, INT64_MAX, "max", false, true },
	{ "memory.low", "memory.soft_limit_in_bytes", PLAN_KEY_BYTES, 0, INT64_MAX, "0", false, false },
	{ "memory.min", NULL, PLAN_KEY_BYTES, 0, INT64_MAX, "0", false, false },
	{ "memory.swap.max", "memory.memsw.limit_in_bytes", PLAN_KEY_BYTES, 0, INT64_MAX, "max", false,
	  false },
	{ "memory.swap.high", NULL, PLAN_KEY_BYTES, 0, INT64_MAX, "max", false, false },
	{ "memory.zswap.max", NULL, PLAN_KEY_BYTES, 0, INT64_MAX, "max", false, false },
	{ "memory.oom.group", NULL, PLAN_KEY_NUMBER, 0, 1, "0", false, false },
	{ "memory.current", "memory.usage_in_bytes", PLAN_KEY_BYTES, 0, 0, NULL, true, false },
	{ "memory.peak", "memory.max_usage_in_bytes", PLAN_KEY_BYTES, 0, 0, NULL, true, false },
	{ "memory.swap.current", "memory.memsw.usage_in_bytes", PLAN_KEY_BYTES, 0, 0, NULL, true, false },
	{ "pids.max", "pids.max", PLAN_KEY_COUNT, 0, PID_MAX, "max", false, false },
	{ "pids.current", "pids.current", PLAN_KEY_COUNT, 0, 0, NULL, true, false },
	{ "pids.peak", "pids.peak", PLAN_KEY_COUNT, 0, 0, NULL, true, false },
	{ "cpuset.cpus", "cpuset.cpus", PLAN_KEY_LIST, 0, 0, "", false, false },
	{ "cpuset.mems", "cpuset.mems", PLAN_KEY_LIST, 0, 0, "", false, false },
	{ "cpuset.cpus.effective", "cpuset.effective_cpus", PLAN_KEY_LIST, 0, 0, NULL, true, false },
	{ "cpuset.mems.effective", "cpuset.effective_mems", PLAN_KEY_LIST, 0, 0, NULL, true, false },
	{ "cpuset.cpus.partition", NULL, PLAN_KEY_TEXT, 0, 0, "member", false, false },
	{ "io.max", "blkio.throttle.read_bps_device", PLAN_KEY_IO_MAX, 0, 0, "", false, false },
	{ "io.weight", "blkio.weight", PLAN_KEY_IO_WEIGHT, 1, 10000, "default 100", false, false },
	{ "io.bfq.weight", "blkio.bfq.weight", PLAN_KEY_IO_WEIGHT, 1, 1000, "default 100", false, false },
	{ "io.latency", NULL, PLAN_KEY_TABLE, 0, 0, "", false, false },
	{ "hugetlb.*.max", "hugetlb.*.limit_in_bytes", PLAN_KEY_BYTES, 0, INT64_MAX, "max", false, false },
	{ "hugetlb.*.rsvd.max", "hugetlb.*.rsvd.limit_in_bytes", PLAN_KEY_BYTES, 0, INT64_MAX, "max", false,
	  false },
	{ "hugetlb.*.current", "hugetlb.*.usage_in_bytes", PLAN_KEY_BYTES, 0, 0, NULL, true, false },
	{ "hugetlb.*.rsvd.current", "hugetlb.*.rsvd.usage_in_bytes", PLAN_KEY_BYTES, 0, 0, NULL, true,
	  false },
	{ "rdma.max", "rdma.max", PLAN_KEY_TABLE, 0, 0, NULL, false, false },
	{ "misc.max", "misc.max", PLAN_KEY_TABLE, 0, 0, NULL, false, false },
	{ "cgroup.max.depth", NULL, PLAN_KEY_COUNT, 0, INT32_MAX, "max", false, false },
	{ "cgroup.max.descendants", NULL, PLAN_KEY_COUNT, 0, INT32_MAX, "max", false, false },
	{ "cgroup.freeze", "freezer.state", PLAN_KEY_NUMBER, 0, 1, "0", false, false },
	{ "cgroup.type", NULL, PLAN_KEY_TEXT, 0, 0, NULL, false, false },
	{ "cgroup.subtree_control", NULL, PLAN_KEY_TEXT, 0, 0, NULL, false, false },
};

const struct plan_key *plan_key_at(size_t n)
{
	return n < ARRAY_SIZE(keys) ? &keys[n] : NULL;
}

/* Does the name fit the pattern? *part and *len are what its "*" stands for. */
static bool matches(const char *pattern, const char *name, const char **part, size_t *len)
{
	size_t before = strcspn(pattern, "*");

	*part = NULL;
	if (!pattern[before])
		return !strcmp(pattern, name);
	if (strncmp(pattern, name, before) != 0)
		return false;
	*part = name + before;
	*len = strcspn(*part, ".");
	return *len > 0 && !strcmp(*part + *len, pattern + before + 1);
}

/* The pattern with the part put in for its "*". */
static const char *with_part(struct arena *arena, const char *pattern, const char *part)
{
	size_t before = strcspn(pattern, "*");

	if (!part || !pattern[before])
		return pattern;
	return arena_printf(arena, "%.*s%s%s", (int)before, pattern, part, pattern + before + 1);
}

const char *plan_key_v1_file(struct arena *arena, const struct plan_key_use *use)
{
	return use->key->v1 ? with_part(arena, use->key->v1, use->part) : NULL;
}

static bool find_by(struct arena *arena, bool v1, struct plan_key_use *use)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *pattern = v1 ? keys[i].v1 : keys[i].name, *part;
		size_t len;

		/* v1's soft limit is memory.low's; memory.high only borrows it. */
		if (!pattern || (v1 && keys[i].approximate) || !matches(pattern, use->name, &part, &len))
			continue;
		use->key = &keys[i];
		use->part = part ? arena_printf(arena, "%.*s", (int)len, part) : NULL;
		use->file = with_part(arena, keys[i].name, use->part);
		return true;
	}
	return false;
}

/* Names that are no file of v2: what they stand for, and how their values are written. */
static const struct {
	const char *name, *key;
	int form;
	bool is_v1;
} aliases[] = {
	{ "cpus", "cpu.max", PLAN_FORM_CPUS, false },
	{ "memory", "memory.max", PLAN_FORM_V2, false },
	{ "swap", "memory.swap.max", PLAN_FORM_V2, false },
	{ "pids", "pids.max", PLAN_FORM_V2, false },
	{ "memory.limit_in_bytes", "memory.max", PLAN_FORM_LIMIT, true },
	{ "memory.soft_limit_in_bytes", "memory.low", PLAN_FORM_SOFT, true },
	{ "memory.memsw.limit_in_bytes", "memory.swap.max", PLAN_FORM_MEMSW, true },
	{ "memory.memsw.usage_in_bytes", "memory.swap.current", PLAN_FORM_MEMSW, true },
	{ "cpu.shares", "cpu.weight", PLAN_FORM_SHARES, true },
	{ "cpu.cfs_quota_us", "cpu.max", PLAN_FORM_QUOTA, true },
	{ "cpu.cfs_period_us", "cpu.max", PLAN_FORM_PERIOD, true },
	{ "blkio.weight", "io.weight", PLAN_FORM_BLKIO, true },
	{ "blkio.throttle.read_bps_device", "io.max", PLAN_FORM_THROTTLE + PLAN_IO_READ_BPS, true },
	{ "blkio.throttle.write_bps_device", "io.max", PLAN_FORM_THROTTLE + PLAN_IO_WRITE_BPS, true },
	{ "blkio.throttle.read_iops_device", "io.max", PLAN_FORM_THROTTLE + PLAN_IO_READ_IOPS, true },
	{ "blkio.throttle.write_iops_device", "io.max", PLAN_FORM_THROTTLE + PLAN_IO_WRITE_IOPS, true },
	{ "freezer.state", "cgroup.freeze", PLAN_FORM_FREEZER, true },
};

const char *plan_key_alias_at(size_t n)
{
	return n < ARRAY_SIZE(aliases) ? aliases[n].name : NULL;
}

struct plan_key_use plan_key_find(struct arena *arena, const char *name)
{
	struct plan_key_use use = { .name = name, .file = name };

	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(aliases[i].name, name)) {
			use.name = aliases[i].key;
			find_by(arena, false, &use);
			use.name = name;
			use.form = aliases[i].form;
			use.is_v1 = aliases[i].is_v1;
			return use;
		}
	if (find_by(arena, false, &use))
		return use;
	if (find_by(arena, true, &use)) {
		use.is_v1 = true;
		use.form = use.key->kind == PLAN_KEY_BYTES ? PLAN_FORM_LIMIT : PLAN_FORM_V2;
	}
	return use;
}

const char *plan_key_controller(struct arena *arena, const char *name)
{
	return arena_printf(arena, "%.*s", (int)strcspn(name, "."), name);
}

/* Files of v1 that nothing of v2 says the same as, and what comes near. */
const char *plan_key_v1_only(const char *name)
{
	static const char *const files[][2] = {
		{ "memory.swappiness", "memory.swap.max limits swap" },
		{ "memory.oom_control", "memory.oom.group kills all or none; wait --oom and events tell of it" },
		{ "memory.use_hierarchy", "cgroup v2 is always hierarchical" },
		{ "memory.kmem.limit_in_bytes", "memory.max counts the kernel's memory too" },
		{ "memory.kmem.tcp.limit_in_bytes", "memory.max counts the buffers of TCP too" },
		{ "memory.move_charge_at_immigrate", "memory stays with the group that took it" },
		{ "cpu.rt_runtime_us", "cgroup v2 has no real-time bandwidth" },
		{ "cpu.rt_period_us", "cgroup v2 has no real-time bandwidth" },
		{ "cpuset.cpu_exclusive", "cpuset.cpus.partition comes near" },
		{ "blkio.leaf_weight", "io.weight is that of the whole group" },
		{ "net_cls.classid", "a filter by the group itself comes near: \"cgroup\" of nftables" },
		{ "net_prio.ifpriomap", "a filter by the group itself comes near: \"cgroup\" of nftables" },
		{ "devices.allow", "nscgroup devices" },
		{ "devices.deny", "nscgroup devices" },
		{ "devices.list", "nscgroup devices" },
		{ "notify_on_release", "nscgroup wait and events tell when a group is empty" },
		{ "tasks", "cgroup.threads" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(files[i][0], name))
			return files[i][1];
	return NULL;
}
