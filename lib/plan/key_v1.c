/* SPDX-License-Identifier: GPL-2.0-or-later */
/* v2's values to v1's files. cgroup-v1/memory.rst, scheduler/sched-bwc.rst, cgroup-v1/blkio-controller.rst.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/number.h"
#include "plan/convert.h"
#include "plan/key.h"
#include "plan/key_internal.h"
#include "plan/key_v1.h"

static void add(struct plan_key_writes *writes, const char *file, const char *value)
{
	if (writes->count < PLAN_KEY_WRITES_MAX)
		writes->items[writes->count++] = (struct plan_key_write){ file, value };
}

uint64_t plan_key_v1_number(const struct plan_key_context *context, const char *file)
{
	const char *text = context->read(context->data, file);
	uint64_t number;

	if (!text)
		return PLAN_KEY_V1_UNKNOWN;
	if (!strcmp(text, "-1") || number_u64(text, &number) || number >= PLAN_V1_NO_LIMIT)
		return PLAN_KEY_V1_NONE;
	return number;
}

static int no_swap(const struct plan_key_use *use, struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "",
		"cgroup v1 limits memory and swap together: a limit of swap needs one of memory");
	err_object(err, "%s", use->name);
	return err_hint(err, "set memory.max too, or memory.swap.max=max");
}

/* The limit of swap stays what it is: on v1 it is in the sum. */
static int set_memory(const struct plan_key_context *context, const struct plan_key_use *use,
		      const char *value, struct plan_key_writes *writes, struct err *err)
{
	uint64_t both = plan_key_v1_number(context, "memory.memsw.limit_in_bytes"), limit;
	uint64_t before = plan_key_v1_number(context, "memory.limit_in_bytes");

	add(writes, "memory.limit_in_bytes", strcmp(value, "max") ? value : "-1");
	if (both >= PLAN_KEY_V1_UNKNOWN || before >= PLAN_KEY_V1_UNKNOWN)
		return 0;
	if (number_u64(value, &limit))
		return no_swap(use, err);
	add(writes, "memory.memsw.limit_in_bytes",
	    arena_printf(context->arena, "%" PRIu64, limit + (both > before ? both - before : 0)));
	return 0;
}

static int set_swap(const struct plan_key_context *context, const struct plan_key_use *use, const char *value,
		    struct plan_key_writes *writes, struct err *err)
{
	uint64_t limit = plan_key_v1_number(context, "memory.limit_in_bytes"), swap;

	if (!strcmp(value, "max")) {
		add(writes, "memory.memsw.limit_in_bytes", "-1");
		return 0;
	}
	if (number_u64(value, &swap) || limit >= PLAN_KEY_V1_UNKNOWN || limit + swap < limit)
		return no_swap(use, err);
	add(writes, "memory.memsw.limit_in_bytes", arena_printf(context->arena, "%" PRIu64, limit + swap));
	return 0;
}

static int set_low(const struct plan_key_use *use, const char *value, struct plan_key_writes *writes)
{
	bool low = !use->key->approximate;

	if (!strcmp(value, low ? "0" : "max"))
		value = "-1";
	else if (!strcmp(value, "max"))
		value = PLAN_V1_SOFT_MAX;
	add(writes, "memory.soft_limit_in_bytes", value);
	return 0;
}

static int set_cpu_max(const struct plan_key_context *context, const char *value,
		       struct plan_key_writes *writes)
{
	size_t len = strcspn(value, " ");

	if (value[len])
		add(writes, "cpu.cfs_period_us", value + len + 1);
	add(writes, "cpu.cfs_quota_us",
	    !strncmp(value, "max", len) ? "-1" : arena_printf(context->arena, "%.*s", (int)len, value));
	return 0;
}

static int set_io_max(const struct plan_key_context *context, const char *value,
		      struct plan_key_writes *writes)
{
	size_t len = strcspn(value, " ");

	for (size_t i = 0; i < PLAN_IO_LIMITS; i++) {
		const char *word =
			strstr(value + len, arena_printf(context->arena, " %s=", plan_io_limits[i].v2));

		if (!word)
			continue;
		word = strchr(word, '=') + 1;
		add(writes, plan_io_limits[i].v1,
		    arena_printf(context->arena, "%.*s %.*s", (int)len, value,
				 !strncmp(word, "max", 3) ? 1 : (int)strcspn(word, " "),
				 !strncmp(word, "max", 3) ? "0" : word));
	}
	return 0;
}

const char *plan_key_v1_weight_file(const struct plan_key_context *context, bool bfq_only)
{
	if (!bfq_only && context->read(context->data, "blkio.weight"))
		return "blkio.weight";
	return "blkio.bfq.weight";
}

/* "default 200", "8:0 200": what cfq left, or bfq's, has 10 to 1000. */
static int set_weight(const struct plan_key_context *context, const struct plan_key_use *use,
		      const char *value, struct plan_key_writes *writes)
{
	bool bfq = !strcmp(use->key->name, "io.bfq.weight");
	const char *file = plan_key_v1_weight_file(context, bfq), *space = strchr(value, ' ');
	const char *number = space ? space + 1 : value;

	if (!bfq && strcmp(number, "default") != 0)
		number = arena_printf(context->arena, "%u",
				      plan_blkio_weight((unsigned)strtoul(number, NULL, 10)));
	if (!strncmp(value, "default", 7)) {
		add(writes, file, number);
	} else {
		file = arena_printf(context->arena, "%s_device", file);
		add(writes, file,
		    arena_printf(context->arena, "%.*s %s", (int)strcspn(value, " "), value,
				 strcmp(number, "default") != 0 || strstr(file, ".bfq.") ? number : "0"));
	}
	return 0;
}

int plan_key_no_equal(struct arena *arena, const struct plan_key_use *use, struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "",
		"the %s controller is on a cgroup v1 hierarchy here, where %s has no equal",
		plan_key_controller(arena, use->file), use->name);
	err_object(err, "%s", use->name);
	if (!strcmp(use->file, "memory.min"))
		return err_hint(err, "memory.low, which v1 has as its soft limit, is the nearest");
	return -1;
}

int plan_key_to_v1(const struct plan_key_context *context, const struct plan_key_use *use, const char *value,
		   struct plan_key_writes *writes, struct err *err)
{
	const char *name = use->key->name, *file;

	writes->count = 0;
	if (!strcmp(name, "memory.max"))
		return set_memory(context, use, value, writes, err);
	if (!strcmp(name, "memory.swap.max"))
		return set_swap(context, use, value, writes, err);
	if (!strcmp(name, "memory.low") || !strcmp(name, "memory.high"))
		return set_low(use, value, writes);
	if (!strcmp(name, "cpu.max"))
		return set_cpu_max(context, value, writes);
	if (use->key->kind == PLAN_KEY_IO_MAX)
		return set_io_max(context, value, writes);
	if (use->key->kind == PLAN_KEY_IO_WEIGHT)
		return set_weight(context, use, value, writes);
	if (!strcmp(name, "cpu.weight")) {
		value = arena_printf(context->arena, "%" PRIu64, plan_cpu_shares(strtoull(value, NULL, 10)));
		add(writes, "cpu.shares", value);
		return 0;
	}
	if (!strcmp(name, "cgroup.freeze"))
		value = *value == '1' ? "FROZEN" : "THAWED";
	file = plan_key_v1_file(context->arena, use);
	if (!file)
		return plan_key_no_equal(context->arena, use, err);
	add(writes, file, use->key->kind == PLAN_KEY_BYTES && !strcmp(value, "max") ? "-1" : value);
	return 0;
}
