/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options about the container's cgroup: memory, CPUs, processes. Disks and the rest: describe_io.c. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/describe.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/check.h"
#include "spec/types.h"

#define ENTRY(name, argument, field, help)                                                                   \
	{                                                                                                    \
		name, 0, argument, help, OPTION_TEXT, offsetof(struct describe, field), NULL                 \
	}
#define LIST(name, argument, field, help)                                                                    \
	{                                                                                                    \
		name, 0, argument, help, OPTION_TEXTS, offsetof(struct describe, field), NULL                \
	}

static const struct option_entry entries[] = {
	ENTRY("cgroup", "PATH", cgroup, "the container's cgroup; absolute: from the hierarchy's root"),
	ENTRY("memory", "BYTES", memory, "limit (256M, 1.5G), or \"unlimited\""),
	ENTRY("memory-swap", "BYTES", memory_swap, "limit of memory and swap together"),
	ENTRY("memory-reservation", "BYTES", memory_reservation, "what is kept for it when memory is short"),
	ENTRY("memory-swappiness", "0-100", memory_swappiness, "how readily its memory is swapped (v1)"),
	ENTRY("cpus", "NUMBER", cpus, "how many CPUs' time it may use: 1.5"),
	ENTRY("cpu-shares", "N", cpu_shares, "share of the time when CPUs are short (1024: ordinary)"),
	ENTRY("cpu-quota", "MICROSECONDS", cpu_quota, "CPU time a period, or \"unlimited\""),
	ENTRY("cpu-period", "MICROSECONDS", cpu_period, "length of a period (100000)"),
	ENTRY("cpu-burst", "MICROSECONDS", cpu_burst, "unused time that may be saved up"),
	ENTRY("cpu-idle", "0|1", cpu_idle, "1: only what nobody else wants"),
	ENTRY("cpuset-cpus", "LIST", cpuset_cpus, "CPUs it may run on: 0-3,8"),
	ENTRY("cpuset-mems", "LIST", cpuset_mems, "memory nodes it may use"),
	ENTRY("pids", "N", pids, "how many tasks, or \"unlimited\""),
	ENTRY("pids-limit", "N", pids, NULL),
	ENTRY("io-weight", "10-1000", io_weight, "share of the disks when they are busy"),
	ENTRY("blkio-weight", "10-1000", io_weight, NULL),
	LIST("device-read-bps", "DEVICE:RATE", read_bps, "bytes read from a disk a second: /dev/sda:10M"),
	LIST("device-write-bps", "DEVICE:RATE", write_bps, "bytes written"),
	LIST("device-read-iops", "DEVICE:N", read_iops, "reads a second"),
	LIST("device-write-iops", "DEVICE:N", write_iops, "writes a second"),
	LIST("hugetlb", "SIZE=BYTES", hugetlb, "limit of huge pages of a size: 2MB=64M"),
	LIST("device-rule", "'TYPE MAJOR:MINOR rwm'", device_rules,
	     "allow access to devices: 'c 10:200 rwm'"),
	LIST("unified", "FILE=VALUE", unified, "write a file of the cgroup (v2): memory.high=64M"),
};
const struct option_table describe_resources = { "Resources", entries, ARRAY_SIZE(entries) };

static bool is_unlimited(const char *text)
{
	return !strcmp(text, "unlimited") || !strcmp(text, "max") || !strcmp(text, "-1");
}

/* ---- memory ----------------------------------------------------------------------------- */

static int set_bytes(struct spec_i64 *limit, const char *option, const char *text, struct err *err)
{
	uint64_t bytes = 0;

	if (!text)
		return 0;
	if (!is_unlimited(text) && (number_bytes(text, &bytes) || !bytes || bytes > INT64_MAX))
		return describe_expected(err, option, text,
					 "bytes, such as 4096, 512K, 256M, 1.5G, or \"unlimited\"");
	limit->given = true;
	limit->value = is_unlimited(text) ? -1 : (int64_t)bytes;
	return 0;
}

static int set_memory(const struct describe *d, struct spec_memory *memory, struct err *err)
{
	if (set_bytes(&memory->limit, "--memory", d->memory, err) ||
	    set_bytes(&memory->swap, "--memory-swap", d->memory_swap, err) ||
	    set_bytes(&memory->reservation, "--memory-reservation", d->memory_reservation, err))
		return -1;
	if (d->memory_swap && memory->limit.given && memory->swap.value >= 0 &&
	    memory->swap.value < memory->limit.value)
		return describe_expected(
			err, "--memory-swap", d->memory_swap,
			"memory and swap together, which are not below the memory limit (%lld)",
			(long long)memory->limit.value);
	if (!d->memory_swappiness)
		return 0;
	memory->swappiness.given = true;
	if (number_u64(d->memory_swappiness, &memory->swappiness.value) || memory->swappiness.value > 100)
		return describe_expected(err, "--memory-swappiness", d->memory_swappiness,
					 "a number from 0 to 100");
	return 0;
}

/* ---- CPUs ------------------------------------------------------------------------------- */

#define PERIOD 100000  /* the kernel's default, microseconds */
#define QUOTA_MIN 1000 /* the kernel's least (sched/core.c: min_cfs_quota_period) */
#define CPUS_MAX 65536

/* "1.5": a decimal number into thousandths, cut behind the third digit. */
static int read_thousandths(const char *text, uint64_t *thousandths)
{
	size_t whole = strspn(text, "0123456789"), digits;
	uint64_t number = 0, part = 0;
	char copy[8];

	if (!whole || whole >= sizeof(copy))
		return -1;
	memcpy(copy, text, whole);
	copy[whole] = '\0';
	if (number_u64(copy, &number))
		return -1;
	if (text[whole] == '.') {
		digits = strspn(text + whole + 1, "0123456789");
		if (!digits || text[whole + 1 + digits])
			return -1;
		for (size_t i = 0; i < 3; i++)
			part = part * 10 + (i < digits ? (uint64_t)(text[whole + 1 + i] - '0') : 0);
	} else if (text[whole]) {
		return -1;
	}
	*thousandths = number * 1000 + part;
	return 0;
}

static int set_cpus(struct spec_cpu *cpu, const char *text, struct err *err)
{
	uint64_t period = cpu->period.given && cpu->period.value ? cpu->period.value : PERIOD, thousandths;

	if (read_thousandths(text, &thousandths) || thousandths > CPUS_MAX * UINT64_C(1000) ||
	    period > 1000000 || thousandths * period / 1000 < QUOTA_MIN)
		return describe_expected(err, "--cpus", text, "a number of CPUs from 0.01 up, such as 1.5");
	cpu->period = (struct spec_u64){ true, period };
	cpu->quota = (struct spec_i64){ true, (int64_t)(thousandths * period / 1000) };
	return 0;
}

static int set_u64(struct spec_u64 *number, const char *option, const char *text, struct err *err)
{
	if (!text)
		return 0;
	number->given = true;
	if (!number_u64(text, &number->value))
		return 0;
	return describe_expected(err, option, text, "a number from 0 up");
}

static int set_limit(struct spec_i64 *limit, const char *option, const char *text, struct err *err)
{
	if (!text)
		return 0;
	limit->given = true;
	limit->value = -1;
	if (is_unlimited(text) || (!number_i64(text, &limit->value) && limit->value >= 0))
		return 0;
	return describe_expected(err, option, text, "a number or \"unlimited\"");
}

static int set_list(struct arena *arena, const char **list, const char *option, const char *text,
		    struct err *err)
{
	if (!text)
		return 0;
	*list = arena_strdup(arena, text);
	return spec_list_is_valid(text) ? 0 : describe_expected(err, option, text, "a list (0-3,8)");
}

static int set_cpu(const struct describe *d, struct arena *arena, struct spec_cpu *cpu, struct err *err)
{
	if (d->cpus && d->cpu_quota)
		return err_set(err, ERR_USAGE, "", "--cpus does not go with --cpu-quota: it sets the quota");
	if (set_u64(&cpu->period, "--cpu-period", d->cpu_period, err) ||
	    (d->cpus && set_cpus(cpu, d->cpus, err)) ||
	    set_limit(&cpu->quota, "--cpu-quota", d->cpu_quota, err) ||
	    set_u64(&cpu->shares, "--cpu-shares", d->cpu_shares, err) ||
	    set_u64(&cpu->burst, "--cpu-burst", d->cpu_burst, err) ||
	    set_list(arena, &cpu->cpus, "--cpuset-cpus", d->cpuset_cpus, err) ||
	    set_list(arena, &cpu->mems, "--cpuset-mems", d->cpuset_mems, err))
		return -1;
	if (d->cpu_burst && cpu->quota.given && cpu->quota.value > 0 &&
	    cpu->burst.value > (uint64_t)cpu->quota.value)
		return describe_expected(err, "--cpu-burst", d->cpu_burst,
					 "a time that is not above the quota (%lld)",
					 (long long)cpu->quota.value);
	if (!d->cpu_idle)
		return 0;
	cpu->idle.given = true;
	if (!number_i64(d->cpu_idle, &cpu->idle.value) && (cpu->idle.value == 0 || cpu->idle.value == 1))
		return 0;
	return describe_expected(err, "--cpu-idle", d->cpu_idle, "0 or 1");
}

/* ---- the whole ---------------------------------------------------------------------------- */

int describe_apply_resources(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_linux *linux_ = &spec->linux_;
	struct spec_resources *resources = &linux_->resources;

	if (d->cgroup) {
		if (!*d->cgroup || spec_path_climbs(d->cgroup))
			return describe_expected(err, "--cgroup", d->cgroup, "a cgroup path without \"..\"");
		linux_->cgroups_path = arena_strdup(spec->arena, d->cgroup);
	}
	if (set_memory(d, &resources->memory, err) || set_cpu(d, spec->arena, &resources->cpu, err) ||
	    set_limit(&resources->pids_limit, "--pids", d->pids, err) || describe_apply_io(d, spec, err))
		return -1;
	if (!memory_is_zero(resources, sizeof(*resources)))
		resources->given = true;
	return 0;
}
