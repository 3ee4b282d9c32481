/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps of cgroups, resctrl, namespaces and ids say of themselves. */
#include <stdio.h>
#include <string.h>

#include "plan/host.h"
#include "plan/plan.h"
#include "plan/show.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "spec/names.h"

static void show_place(struct show *show, const char *mountpoint, const char *path)
{
	show_word(show, "in", "mountpoint", mountpoint);
	show_word(show, "at", "path", path);
}

/* ",cpu,memory," as a list. */
static void show_controllers(struct show *show, const char *key, const char *controllers)
{
	struct show_list list;

	if (!controllers || !strcmp(controllers, ","))
		return;
	list = show_list_begin(show, key, SHOW_KEY);
	while (*controllers) {
		size_t len = strcspn(controllers, ",");

		if (len)
			show_list_item(&list, "%.*s", (int)len, controllers);
		controllers += len + (controllers[len] == ',');
	}
	show_list_end(&list);
}

void show_step_cgroup(struct show *show, const struct step *step)
{
	const struct step_cgroup *cgroup = &step->cgroup;

	show_plain(show, "path", cgroup->path);
	show_word(show, "in", "mountpoint", cgroup->mountpoint);
	if (step->kind == STEP_CGROUP_CREATE) {
		show_controllers(show, "controllers", cgroup->controllers);
		show_controllers(show, "needed", cgroup->needed);
		show_text(show, "own", cgroup->own);
	}
	show_flag(show, "v2", cgroup->v2);
	show_flag(show, "optional", cgroup->optional);
}

void show_step_cgroup_set(struct show *show, const struct step *step)
{
	const struct step_cgroup_set *set = &step->cgroup_set;

	show_plain(show, "file", set->file);
	show_word(show, "=", "value", set->value);
	show_word(show, "else", "otherFile", set->other_file);
	show_word(show, "=", "otherValue", set->other_value);
	show_flag(show, "optional", set->optional);
	show_flag(show, "tryOnly", set->try_only);
	show_flag(show, "checkUsage", set->check_usage);
	show_place(show, set->mountpoint, set->path);
}

void show_step_systemd(struct show *show, const struct step *step)
{
	const struct step_systemd *systemd = &step->systemd;

	show_plain(show, "scope", systemd->scope);
	show_word(show, "in", "slice", systemd->slice);
	show_flag(show, "user", systemd->user);
	show_flag(show, "update", systemd->update);
	show_text(show, "description", systemd->description);
	show_pairs(show, "properties", &systemd->properties);
}

static const char *number_or_any(int64_t number, char *buf, size_t size)
{
	if (number < 0)
		return "*";
	snprintf(buf, size, "%lld", (long long)number);
	return buf;
}

void show_step_devices(struct show *show, const struct step *step)
{
	const struct step_devices *devices = &step->devices;
	struct show_list list;

	show_plain(show, "path", devices->path);
	show_word(show, "in", "mountpoint", devices->mountpoint);
	show_flag(show, "v2", devices->v2);
	list = show_list_begin(show, "rules", SHOW_LINES);
	for (size_t i = 0; i < devices->count; i++) {
		const struct spec_device_rule *rule = &devices->rules[i];
		char major[24], minor[24];

		show_list_item(&list, "%s %c %s:%s %s%s%s", rule->allow ? "allow" : "deny", rule->type,
			       number_or_any(rule->major, major, sizeof(major)),
			       number_or_any(rule->minor, minor, sizeof(minor)), rule->read ? "r" : "",
			       rule->write ? "w" : "", rule->mknod ? "m" : "");
	}
	show_list_end(&list);
}

void show_step_owner(struct show *show, const struct step *step)
{
	show_plain(show, "path", step->owner.path);
	show_word(show, "in", "mountpoint", step->owner.mountpoint);
	show_u64(show, "uid", step->owner.uid);
}

void show_step_rdt(struct show *show, const struct step *step)
{
	const struct step_rdt *rdt = &step->rdt;

	show_plain(show, "group", rdt->group);
	show_word(show, "in", "root", rdt->root);
	show_text(show, "monitor", rdt->monitor);
	show_flag(show, "create", rdt->create);
	show_flag(show, "mustExist", rdt->must_exist);
	show_text(show, "l3Cache", rdt->l3_cache);
	show_text(show, "memoryBandwidth", rdt->memory_bandwidth);
	show_strings(show, "schemata", SHOW_LINES, &rdt->schemata);
}

/* ---- namespaces and ids -------------------------------------------------------- */

static void show_namespaces(struct show *show, uint64_t flags)
{
	struct show_list list = show_list_begin(show, "new", SHOW_KEY);

	for (int kind = 0; kind < SPEC_NS_COUNT; kind++)
		if (flags & plan_namespace_flag(kind))
			show_list_item(&list, "%s", spec_names_of(&spec_names_namespace, (uint64_t)kind));
	show_list_end(&list);
}

void show_step_ns(struct show *show, const struct step *step)
{
	show_plain(show, "type", spec_names_of(&spec_names_namespace, step->ns.kind));
	show_plain(show, "path", step->ns.path);
	show_word(show, "changed by", "changedBy", step->ns.changed_by);
	show_slot(show, "slot", step->ns.slot);
}

void show_step_clone(struct show *show, const struct step *step)
{
	show_namespaces(show, step->clone.flags);
	show_word(show, "into", "cgroup", step->clone.cgroup);
	show_flag(show, "stage", step->clone.stage);
	show_slot(show, "userNamespaceSlot", step->clone.user_ns);
}

void show_step_idmap(struct show *show, const struct step *step)
{
	show_idmaps(show, "uid", &step->idmap.uid);
	show_idmaps(show, "gid", &step->idmap.gid);
	show_flag(show, "helper", step->idmap.helper);
	show_flag(show, "denySetgroups", step->idmap.deny_setgroups);
}

void show_step_unshare(struct show *show, const struct step *step)
{
	show_namespaces(show, step->unshare.flags);
}

/* The nanoseconds are added to the seconds, whatever the sign of those. */
static void show_offset(struct show *show, const char *key, const struct spec_time_offset *offset)
{
	char text[64];

	snprintf(text, sizeof(text), "%llds+%uns", (long long)offset->secs, offset->nanosecs);
	show_text(show, key, offset->given ? text : NULL);
}

void show_step_time(struct show *show, const struct step *step)
{
	show_offset(show, "monotonic", &step->time.monotonic);
	show_offset(show, "boottime", &step->time.boottime);
}

void show_step_netdev(struct show *show, const struct step *step)
{
	show_plain(show, "device", step->netdev.host_name);
	show_word(show, "as", "name", step->netdev.name);
}
