/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.resources: OCI config-linux.md, "Control groups". blockIO has a file of its own. */
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

/* -1 is "unlimited"; nothing below that means anything. */
static int read_limit(struct reader *r, const struct json_at *at, const char *key, struct spec_i64 *limit)
{
	struct json_at member = spec_read_member(r, at, key);

	limit->given = member.node != NULL;
	return member.node ? json_read_i64(&member, -1, INT64_MAX, &limit->value, r->err) : 0;
}

static int read_opt_bool(struct reader *r, const struct json_at *at, const char *key, bool *given,
			 bool *value)
{
	struct json_at member = json_member(at, key);

	*given = member.node != NULL;
	return spec_read_bool(r, at, key, value);
}

static int check_memory(struct reader *r, const struct json_at *at, const struct spec_memory *memory)
{
	struct json_at swap = json_member(at, "swap"), swappiness = json_member(at, "swappiness");

	if (memory->swappiness.given && memory->swappiness.value > 100)
		return spec_read_expected(r, &swappiness, "a number from 0 to 100");
	if (memory->limit.given && memory->swap.given && memory->swap.value >= 0 &&
	    memory->swap.value < memory->limit.value)
		return json_error(&swap, r->err,
				  "memory and swap together (%lld) are below the memory limit (%lld)",
				  (long long)memory->swap.value, (long long)memory->limit.value);
	return 0;
}

static int read_memory(struct reader *r, const struct json_at *at, struct spec_memory *memory)
{
	return read_limit(r, at, "limit", &memory->limit) ||
			       read_limit(r, at, "reservation", &memory->reservation) ||
			       read_limit(r, at, "swap", &memory->swap) ||
			       read_limit(r, at, "kernel", &memory->kernel) ||
			       read_limit(r, at, "kernelTCP", &memory->kernel_tcp) ||
			       spec_read_opt_u64(r, at, "swappiness", &memory->swappiness) ||
			       read_opt_bool(r, at, "disableOOMKiller", &memory->has_disable_oom_killer,
					     &memory->disable_oom_killer) ||
			       read_opt_bool(r, at, "useHierarchy", &memory->has_use_hierarchy,
					     &memory->use_hierarchy) ||
			       spec_read_bool(r, at, "checkBeforeUpdate", &memory->check_before_update) ||
			       check_memory(r, at, memory) || spec_read_end(r, at)
		       ? -1
		       : 0;
}

static int read_list(struct reader *r, const struct json_at *at, const char *key, const char **list)
{
	struct json_at member = json_member(at, key);

	if (spec_read_text(r, at, key, list))
		return -1;
	return !*list || spec_list_is_valid(*list) ? 0 : spec_read_expected(r, &member, "a list (\"0-3,8\")");
}

static int check_cpu(struct reader *r, const struct json_at *at, const struct spec_cpu *cpu)
{
	struct json_at idle = json_member(at, "idle"), burst = json_member(at, "burst");

	if (cpu->idle.given && cpu->idle.value != 0 && cpu->idle.value != 1)
		return spec_read_expected(r, &idle, "0 or 1");
	if (cpu->burst.given && cpu->quota.given && cpu->quota.value > 0 &&
	    cpu->burst.value > (uint64_t)cpu->quota.value)
		return json_error(&burst, r->err, "the burst (%llu) is above the quota (%lld)",
				  (unsigned long long)cpu->burst.value, (long long)cpu->quota.value);
	return 0;
}

static int read_cpu(struct reader *r, const struct json_at *at, struct spec_cpu *cpu)
{
	return spec_read_opt_u64(r, at, "shares", &cpu->shares) || read_limit(r, at, "quota", &cpu->quota) ||
			       spec_read_opt_u64(r, at, "burst", &cpu->burst) ||
			       spec_read_opt_u64(r, at, "period", &cpu->period) ||
			       read_limit(r, at, "realtimeRuntime", &cpu->realtime_runtime) ||
			       spec_read_opt_u64(r, at, "realtimePeriod", &cpu->realtime_period) ||
			       spec_read_opt_i64(r, at, "idle", &cpu->idle) ||
			       read_list(r, at, "cpus", &cpu->cpus) || read_list(r, at, "mems", &cpu->mems) ||
			       check_cpu(r, at, cpu) || spec_read_end(r, at)
		       ? -1
		       : 0;
}

/* ---- device rules --------------------------------------------------------- */

static int read_device_number(struct reader *r, const struct json_at *at, const char *key, int64_t *number)
{
	struct json_at member = spec_read_member(r, at, key);

	*number = -1;
	return member.node ? json_read_i64(&member, -1, UINT32_MAX, number, r->err) : 0;
}

static int read_access(struct reader *r, const struct json_at *at, struct spec_device_rule *rule)
{
	struct json_at member = json_member(at, "access");
	const char *access = "rwm";

	if (spec_read_string(r, at, "access", &access))
		return -1;
	if (!*access || access[strspn(access, "rwm")])
		return spec_read_expected(r, &member, "some of \"r\", \"w\", \"m\"");
	rule->read = strchr(access, 'r');
	rule->write = strchr(access, 'w');
	rule->mknod = strchr(access, 'm');
	return 0;
}

static int read_device_rule(struct reader *r, const struct json_at *at, struct spec_device_rule *rule)
{
	struct json_at member = json_member(at, "type");
	const char *type = "a";

	if (json_read_object(at, r->err) || spec_read_required(r, at, "allow") ||
	    spec_read_bool(r, at, "allow", &rule->allow) || spec_read_string(r, at, "type", &type) ||
	    read_device_number(r, at, "major", &rule->major) ||
	    read_device_number(r, at, "minor", &rule->minor) || read_access(r, at, rule) ||
	    spec_read_end(r, at))
		return -1;
	if (strlen(type) != 1 || !strchr("acb", *type))
		return spec_read_expected(r, &member, "\"a\", \"c\" or \"b\"");
	rule->type = *type;
	return 0;
}

static int read_device_rules(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "devices", &array))
		return -1;
	resources->devices = arena_array(r->arena, json_count(&array), sizeof(*resources->devices));
	while (json_next(&array, &item))
		if (read_device_rule(r, &item, &resources->devices[resources->device_count++]))
			return -1;
	return 0;
}

static int read_controllers(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	struct json_at object;

	if (spec_read_object(r, at, "memory", &object) ||
	    (object.node && read_memory(r, &object, &resources->memory)))
		return -1;
	if (spec_read_object(r, at, "cpu", &object) || (object.node && read_cpu(r, &object, &resources->cpu)))
		return -1;
	if (spec_read_object(r, at, "pids", &object) ||
	    (object.node &&
	     (read_limit(r, &object, "limit", &resources->pids_limit) || spec_read_end(r, &object))))
		return -1;
	if (spec_read_object(r, at, "blockIO", &object) ||
	    (object.node && spec_block_io_read(r, &object, &resources->block_io)))
		return -1;
	return 0;
}

/* A key is one file of the container's own cgroup, never a path. */
static int read_unified(struct reader *r, const struct json_at *at, struct spec_pairs *unified)
{
	struct json_at object = json_member(at, "unified"), item = { 0 };

	if (spec_read_pairs(r, at, "unified", unified))
		return -1;
	while (json_next(&object, &item))
		if (strchr(item.key, '/') || !strcmp(item.key, ".") || !strcmp(item.key, ".."))
			return json_error(&item, r->err,
					  "expected the name of a cgroup file (\"memory.high\"), "
					  "not a path");
	return 0;
}

int spec_resources_read(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	resources->given = true;
	return read_device_rules(r, at, resources) || read_controllers(r, at, resources) ||
			       spec_resources_more_read(r, at, resources) ||
			       read_unified(r, at, &resources->unified) || spec_read_end(r, at)
		       ? -1
		       : 0;
}
