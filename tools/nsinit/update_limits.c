/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/number.h"
#include "nsinit/update_limits.h"
#include "spec/types.h"

enum form { FORM_BYTES, FORM_SIGNED, FORM_UNSIGNED, FORM_LIST, FORM_WEIGHT };

#define AT(member) offsetof(struct spec_resources, member)
#define MOST INT64_MAX

/* Ranges are the kernel's: what it would refuse or a zero that would stand for "as it is" is refused by name.
 */
static const struct rule {
	const char *option, *expected;
	enum form form;
	size_t offset; /* in struct spec_resources */
	int64_t min, max;
} rules[UPDATE_LIMIT_COUNT] = {
	[UPDATE_MEMORY] = { "--memory", "bytes (256M) or -1", FORM_BYTES, AT(memory.limit), 1, MOST },
	[UPDATE_MEMORY_RESERVATION] = { "--memory-reservation", "bytes (256M) or -1", FORM_BYTES,
					AT(memory.reservation), 1, MOST },
	[UPDATE_MEMORY_SWAP] = { "--memory-swap", "bytes (256M) or -1", FORM_BYTES, AT(memory.swap), 1,
				 MOST },
	[UPDATE_KERNEL_MEMORY] = { "--kernel-memory", "bytes (256M) or -1", FORM_BYTES, AT(memory.kernel), 1,
				   MOST },
	[UPDATE_KERNEL_MEMORY_TCP] = { "--kernel-memory-tcp", "bytes (256M) or -1", FORM_BYTES,
				       AT(memory.kernel_tcp), 1, MOST },
	[UPDATE_CPU_SHARES] = { "--cpu-share", "a number from 2 to 262144", FORM_UNSIGNED, AT(cpu.shares), 2,
				262144 },
	[UPDATE_CPU_QUOTA] = { "--cpu-quota", "microseconds, 1000 or more, or -1", FORM_SIGNED, AT(cpu.quota),
			       1000, MOST },
	[UPDATE_CPU_PERIOD] = { "--cpu-period", "microseconds from 1000 to 1000000", FORM_UNSIGNED,
				AT(cpu.period), 1000, 1000000 },
	[UPDATE_CPU_BURST] = { "--cpu-burst", "microseconds", FORM_UNSIGNED, AT(cpu.burst), 0, MOST },
	[UPDATE_CPU_RT_RUNTIME] = { "--cpu-rt-runtime", "microseconds or -1", FORM_SIGNED,
				    AT(cpu.realtime_runtime), 0, MOST },
	[UPDATE_CPU_RT_PERIOD] = { "--cpu-rt-period", "microseconds, 1 or more", FORM_UNSIGNED,
				   AT(cpu.realtime_period), 1, MOST },
	[UPDATE_CPU_IDLE] = { "--cpu-idle", "0 or 1", FORM_SIGNED, AT(cpu.idle), 0, 1 },
	[UPDATE_CPUSET_CPUS] = { "--cpuset-cpus", "a list (0-3,8)", FORM_LIST, AT(cpu.cpus), 0, 0 },
	[UPDATE_CPUSET_MEMS] = { "--cpuset-mems", "a list (0-3,8)", FORM_LIST, AT(cpu.mems), 0, 0 },
	[UPDATE_PIDS] = { "--pids-limit", "a number or -1", FORM_SIGNED, AT(pids_limit), 0, MOST },
	[UPDATE_BLKIO_WEIGHT] = { "--blkio-weight", "a number from 10 to 1000", FORM_WEIGHT, AT(block_io), 10,
				  1000 },
};

bool update_limits_are_empty(const struct update_limits *limits)
{
	for (size_t i = 0; i < UPDATE_LIMIT_COUNT; i++)
		if (limits->texts[i])
			return false;
	return true;
}

static int read_number(const struct rule *rule, const char *text, int64_t *number)
{
	bool may_be_unlimited = rule->form == FORM_BYTES || (rule->form == FORM_SIGNED && rule->max == MOST);
	uint64_t bytes;

	if (may_be_unlimited && !strcmp(text, "-1")) {
		*number = -1;
		return 0;
	}
	if (rule->form == FORM_BYTES) {
		if (number_bytes(text, &bytes) || bytes > MOST)
			return -1;
		*number = (int64_t)bytes;
	} else if (number_i64(text, number)) {
		return -1;
	}
	return *number < rule->min || *number > rule->max ? -1 : 0;
}

static int apply(const struct rule *rule, const char *text, struct spec_resources *resources)
{
	void *target = (char *)resources + rule->offset;
	struct spec_block_io *block_io = &resources->block_io;
	int64_t number;

	if (rule->form == FORM_LIST) {
		*(const char **)target = text;
		return *text ? 0 : -1;
	}
	if (read_number(rule, text, &number))
		return -1;
	if (rule->form == FORM_UNSIGNED) {
		*(struct spec_u64 *)target = (struct spec_u64){ true, (uint64_t)number };
	} else if (rule->form == FORM_WEIGHT) {
		block_io->has_weight = true;
		block_io->weight = (uint16_t)number;
	} else {
		*(struct spec_i64 *)target = (struct spec_i64){ true, number };
	}
	return 0;
}

int update_limits_apply(const struct update_limits *limits, struct spec_resources *resources, struct err *err)
{
	resources->given = true;
	for (size_t i = 0; i < UPDATE_LIMIT_COUNT; i++)
		if (limits->texts[i] && apply(&rules[i], limits->texts[i], resources))
			return err_set(err, ERR_USAGE, rules[i].option, "expected %s, found \"%.100s\"",
				       rules[i].expected, limits->texts[i]);
	return 0;
}
