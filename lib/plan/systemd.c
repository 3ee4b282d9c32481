/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --systemd-cgroup: cgroupsPath is "SLICE:PREFIX:NAME", and systemd makes the scope PREFIX-NAME.scope. */
#include <string.h>

#include "base/arena.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "plan/convert.h"

/* systemd.slice(5): "a-b.slice" lies in "a.slice". */
static const char *slice_path(struct builder *b, const char *slice)
{
	const char *path = "";
	size_t len = strlen(slice);

	if (len < 7 || strcmp(slice + len - 6, ".slice") != 0 || strchr(slice, '/') || strstr(slice, "--"))
		return NULL;
	if (!strcmp(slice, "-.slice"))
		return "";
	if (slice[0] == '-' || slice[len - 7] == '-')
		return NULL;
	for (size_t i = 1; i <= len - 6; i++)
		if (slice[i] == '-' || i == len - 6)
			path = plan_text(b, "%s/%.*s.slice", path, (int)i, slice);
	return path;
}

/* Three parts with colons between; empty ones have defaults. */
static int split(struct builder *b, const char *text, const char *parts[3])
{
	for (int i = 0; i < 3; i++) {
		const char *colon = strchr(text, ':');

		if ((i < 2) != (colon != NULL))
			return plan_refuse(
				b, "/linux/cgroupsPath",
				"expected \"slice:prefix:name\" for the systemd cgroup manager, found \"%s\"",
				b->spec->linux_.cgroups_path);
		parts[i] = plan_text(b, "%.*s", colon ? (int)(colon - text) : (int)strlen(text), text);
		text = colon ? colon + 1 : "";
	}
	return 0;
}

/* systemd.unit(5): "ASCII letters, digits, ":", "-", "_", ".", and "\\"", and at most 255 of them. */
static bool is_unit_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:-_.\\@";

	return strlen(name) < 256 && name[strspn(name, allowed)] == '\0';
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text), end = strlen(suffix);

	return len > end && !strcmp(text + len - end, suffix);
}

const char *plan_systemd_place(struct builder *b)
{
	bool user = !b->host->privileged || b->host->in_user_ns || b->host->uid != 0;
	const char *parts[3] = { "", "nsinit", b->request->id }, *path;

	if (b->spec->linux_.cgroups_path && *b->spec->linux_.cgroups_path &&
	    split(b, b->spec->linux_.cgroups_path, parts))
		return NULL;
	b->slice = *parts[0] ? parts[0] : user ? "user.slice" : "system.slice";
	b->scope = has_suffix(parts[2], ".scope") ? parts[2]
		   : *parts[1]                    ? plan_text(b, "%s-%s.scope", parts[1], parts[2])
						  : plan_text(b, "%s.scope", parts[2]);
	b->user_manager = user;
	path = slice_path(b, b->slice);
	if (!path) {
		plan_refuse(b, "/linux/cgroupsPath", "\"%s\" is not the name of a slice", b->slice);
		return NULL;
	}
	if (!is_unit_name(b->scope)) {
		plan_refuse(b, "/linux/cgroupsPath", "\"%s\" is not the name of a scope", b->scope);
		return NULL;
	}
	if (!user)
		return plan_text(b, "%s/%s", path, b->scope);
	/* The user's manager has its tree below user@UID.service, which we are in. */
	for (size_t i = 0; i < b->host->hierarchy_count; i++) {
		const char *own = b->host->hierarchies[i].own, *service = strstr(own, "user@");
		const char *end = service ? strchr(service, '/') : NULL;

		if (end)
			return plan_text(b, "%.*s%s/%s", (int)(end - own), own, path, b->scope);
	}
	return plan_text(b, "/user.slice/user-%u.slice/user@%u.service%s/%s", b->host->uid, b->host->uid,
			 path, b->scope);
}

/* -1 is no limit. */
static void add_limit(struct builder *b, struct spec_pairs *pairs, const char *name,
		      const struct spec_i64 *limit)
{
	if (limit->given)
		pairs->items[pairs->count++] = (struct spec_pair){
			name, limit->value < 0 ? "infinity" : plan_text(b, "%lld", (long long)limit->value)
		};
}

static void add_number(struct builder *b, struct spec_pairs *pairs, const char *name, uint64_t value)
{
	pairs->items[pairs->count++] =
		(struct spec_pair){ name, plan_text(b, "%llu", (unsigned long long)value) };
}

static bool is_v2(const struct builder *b, const char *controller)
{
	const struct step *cgroup = plan_cgroup_find(b, controller);

	return cgroup && cgroup->cgroup.v2;
}

static void add_memory(struct builder *b, struct spec_pairs *pairs)
{
	const struct spec_memory *m = &b->resources->memory;
	struct spec_i64 low = m->reservation, swap = m->swap;

	add_limit(b, pairs, "MemoryMax", &m->limit);
	if (!is_v2(b, "memory"))
		return;
	/* As in the cgroup's own files: no protection where none was asked for, and swap alone. */
	low.value = low.value < 0 ? 0 : low.value;
	add_limit(b, pairs, "MemoryLow", &low);
	if (swap.value >= 0)
		swap.value -= m->limit.value;
	add_limit(b, pairs, "MemorySwapMax", &swap);
}

static void add_cpu(struct builder *b, struct spec_pairs *pairs)
{
	const struct spec_cpu *c = &b->resources->cpu;
	bool has_period = c->period.given && c->period.value;

	if (c->shares.given && c->shares.value) {
		if (is_v2(b, "cpu"))
			add_number(b, pairs, "CPUWeight", plan_cpu_weight(c->shares.value));
		else
			add_number(b, pairs, "CPUShares", c->shares.value);
	}
	if (c->quota.given && c->quota.value < 0 && b->update)
		add_limit(b, pairs, "CPUQuotaPerSecUSec", &c->quota);
	if (c->quota.given && c->quota.value > 0)
		add_number(b, pairs, "CPUQuotaPerSecUSec",
			   (uint64_t)c->quota.value * 1000000 / (has_period ? c->period.value : 100000));
	if (has_period)
		add_number(b, pairs, "CPUQuotaPeriodUSec", c->period.value);
	if (c->cpus && *c->cpus)
		pairs->items[pairs->count++] = (struct spec_pair){ "AllowedCPUs", c->cpus };
	if (c->mems && *c->mems)
		pairs->items[pairs->count++] = (struct spec_pair){ "AllowedMemoryNodes", c->mems };
}

/* systemd writes its own idea of a limit again at a daemon-reload: so it is told the same ones. */
static struct spec_pairs properties(struct builder *b)
{
	const struct spec_block_io *io = &b->resources->block_io;
	struct spec_pairs pairs = { .items = arena_array(b->arena, 16, sizeof(*pairs.items)) };

	add_memory(b, &pairs);
	add_limit(b, &pairs, "TasksMax", &b->resources->pids_limit);
	add_cpu(b, &pairs);
	if (io->has_weight && io->weight && is_v2(b, "io"))
		add_number(b, &pairs, "IOWeight", plan_io_weight(io->weight));
	else if (io->has_weight && io->weight)
		add_number(b, &pairs, "BlockIOWeight", io->weight);
	return pairs;
}

void plan_systemd_add(struct builder *b)
{
	struct step *step =
		plan_add(b, STEP_CGROUP_SYSTEMD, STEP_PARENT, b->cgroup_count ? b->cgroups[0].where : "");

	step->systemd.slice = b->slice;
	step->systemd.scope = b->scope;
	step->systemd.description = plan_text(b, "nsinit container %s", b->request->id);
	step->systemd.properties = properties(b);
	step->systemd.user = b->user_manager;
}

bool plan_systemd_update(struct builder *b)
{
	struct spec_pairs pairs = properties(b);
	struct step *step;

	if (pairs.count == 0)
		return false;
	step = plan_add(b, STEP_CGROUP_SYSTEMD, STEP_PARENT, "");
	step->systemd.scope = b->scope;
	step->systemd.properties = pairs;
	step->systemd.user = b->user_manager;
	step->systemd.update = true;
	return true;
}
