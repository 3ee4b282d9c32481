/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writer's "linux" and "nsinit". */
#include "base/cleanup.h"
#include "base/json.h"
#include "base/memory.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/spec.h"
#include "spec/types.h"

static void write_namespace(struct json *object, struct json **array, const struct spec_namespace *namespaces,
			    size_t kind)
{
	struct json *item;

	if (!*array)
		*array = json_set_array(object, "namespaces");
	item = json_add_object(*array);
	json_set_string(item, "type", spec_names_of(&spec_names_namespace, kind));
	json_set_string(item, "path", namespaces[kind].path);
}

static void write_sysctl(struct json *object, const struct spec_pairs *sysctl)
{
	struct json *member = sysctl->count ? json_set_object(object, "sysctl") : NULL;

	for (size_t i = 0; i < sysctl->count; i++) {
		auto_free char *name = memory_strdup(sysctl->items[i].key);

		spec_sysctl_name(name);
		json_set_string(member, name, sysctl->items[i].value);
	}
}

/* In the order they were listed, so that messages about the written spec point at the same places. */
static void write_namespaces(struct json *object, const struct spec_namespace *namespaces)
{
	struct json *array = NULL;

	for (size_t place = 0; place < SPEC_NS_COUNT; place++)
		for (size_t kind = 0; kind < SPEC_NS_COUNT; kind++)
			if (namespaces[kind].given && namespaces[kind].index == place)
				write_namespace(object, &array, namespaces, kind);
}

static void write_offset(struct json *object, const char *clock, const struct spec_time_offset *offset)
{
	struct json *member;

	if (!offset->given)
		return;
	member = json_set_object(object, clock);
	json_set_i64(member, "secs", offset->secs);
	json_set_u64(member, "nanosecs", offset->nanosecs);
}

static void write_time_offsets(struct json *object, const struct spec_linux *linux_)
{
	struct json *member;

	if (!linux_->monotonic.given && !linux_->boottime.given)
		return;
	member = json_set_object(object, "timeOffsets");
	write_offset(member, "monotonic", &linux_->monotonic);
	write_offset(member, "boottime", &linux_->boottime);
}

static void write_device(struct json *item, const struct spec_device *device)
{
	char type[2] = { device->type, '\0' };

	json_set_string(item, "type", type);
	json_set_string(item, "path", device->path);
	if (device->type != 'p') {
		json_set_i64(item, "major", device->major);
		json_set_i64(item, "minor", device->minor);
	}
	if (device->has_file_mode)
		json_set_u64(item, "fileMode", device->file_mode);
	if (device->has_uid)
		json_set_u64(item, "uid", device->uid);
	if (device->has_gid)
		json_set_u64(item, "gid", device->gid);
}

static void write_devices(struct json *object, const struct spec_linux *linux_)
{
	struct json *array, *devices;

	if (linux_->device_count) {
		array = json_set_array(object, "devices");
		for (size_t i = 0; i < linux_->device_count; i++)
			write_device(json_add_object(array), &linux_->devices[i]);
	}
	if (!linux_->net_device_count)
		return;
	devices = json_set_object(object, "netDevices");
	for (size_t i = 0; i < linux_->net_device_count; i++)
		json_set_string(json_set_object(devices, linux_->net_devices[i].host_name), "name",
				linux_->net_devices[i].name);
}

static void write_intel_rdt(struct json *object, const struct spec_intel_rdt *rdt)
{
	struct json *member;

	if (!rdt->given)
		return;
	member = json_set_object(object, "intelRdt");
	json_set_string(member, "closID", rdt->clos_id);
	json_set_string(member, "l3CacheSchema", rdt->l3_cache_schema);
	json_set_string(member, "memBwSchema", rdt->mem_bw_schema);
	spec_strings_write(member, "schemata", &rdt->schemata);
	if (rdt->enable_monitoring)
		json_set_bool(member, "enableMonitoring", true);
}

static void write_rest(struct json *object, const struct spec_linux *linux_)
{
	struct json *member;

	if (linux_->memory_policy.given) {
		member = json_set_object(object, "memoryPolicy");
		json_set_string(member, "mode",
				spec_names_of(&spec_names_memory_mode, (uint64_t)linux_->memory_policy.mode));
		json_set_string(member, "nodes", linux_->memory_policy.nodes);
		spec_flags_write(member, "flags", &spec_names_memory_flag, linux_->memory_policy.flags);
	}
	if (linux_->rootfs_propagation)
		json_set_string(object, "rootfsPropagation",
				spec_names_of(&spec_names_propagation, linux_->rootfs_propagation));
	spec_strings_write(object, "maskedPaths", &linux_->masked_paths);
	spec_strings_write(object, "readonlyPaths", &linux_->readonly_paths);
	json_set_string(object, "mountLabel", linux_->mount_label);
	if (linux_->has_personality)
		json_set_string(json_set_object(object, "personality"), "domain",
				spec_names_of(&spec_names_personality, linux_->personality));
}

void spec_linux_write(struct json *config, const struct spec_linux *linux_)
{
	struct json *object;

	if (!linux_->given)
		return;
	object = json_set_object(config, "linux");
	write_namespaces(object, linux_->namespaces);
	spec_idmaps_write(object, "uidMappings", &linux_->uid_mappings);
	spec_idmaps_write(object, "gidMappings", &linux_->gid_mappings);
	write_time_offsets(object, linux_);
	write_devices(object, linux_);
	json_set_string(object, "cgroupsPath", linux_->cgroups_path);
	if (linux_->resources.given)
		json_set(object, "resources", spec_write_resources(&linux_->resources));
	write_intel_rdt(object, &linux_->intel_rdt);
	write_sysctl(object, &linux_->sysctl);
	spec_seccomp_write(object, &linux_->seccomp);
	write_rest(object, linux_);
}

/* ---- nsinit -------------------------------------------------------------------- */

static void write_landlock(struct json *object, const struct spec_landlock *landlock)
{
	struct json *member, *array, *item;

	if (!landlock->given)
		return;
	member = json_set_object(object, "landlock");
	json_set_bool(member, "bestEffort", landlock->best_effort);
	spec_flags_write(member, "handledAccessFs", &spec_names_landlock_fs, landlock->handled_fs);
	spec_flags_write(member, "handledAccessNet", &spec_names_landlock_net, landlock->handled_net);
	spec_flags_write(member, "scoped", &spec_names_landlock_scope, landlock->scoped);
	array = json_set_array(member, "rules");
	for (size_t i = 0; i < landlock->rule_count; i++) {
		item = json_add_object(array);
		json_set_string(item, "path", landlock->rules[i].path);
		spec_flags_write(item, "access", &spec_names_landlock_fs, landlock->rules[i].access);
	}
	array = json_set_array(member, "ports");
	for (size_t i = 0; i < landlock->port_count; i++) {
		item = json_add_object(array);
		json_set_u64(item, "port", landlock->ports[i].port);
		spec_flags_write(item, "access", &spec_names_landlock_net, landlock->ports[i].access);
	}
}

static void write_signal(struct json *object, const char *key, int signal)
{
	char name[16];

	if (signal)
		json_set_string(object, key, spec_signal_name(signal, name, sizeof(name)));
}

void spec_own_write(struct json *config, const struct spec_own *own)
{
	struct json *object, *root;

	if (!own->given)
		return;
	object = json_set_object(config, "nsinit");
	if (own->layers.given) {
		root = json_set_object(object, "root");
		spec_strings_write(root, "lower", &own->layers.lower);
		json_set_string(root, "upper", own->layers.upper);
		json_set_string(root, "work", own->layers.work);
	}
	write_landlock(object, &own->landlock);
	write_signal(object, "parentDeathSignal", own->parent_death_signal);
	write_signal(object, "stopSignal", own->stop_signal);
	if (own->init)
		json_set_bool(object, "init", true);
	if (own->has_loopback)
		json_set_bool(object, "loopback", own->loopback);
	spec_net_write(object, own->net);
}
