/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The writer's linux.resources and linux.seccomp. */
#include "base/json.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/spec.h"
#include "spec/types.h"

static void write_i64(struct json *object, const char *key, struct spec_i64 number)
{
	if (number.given)
		json_set_i64(object, key, number.value);
}

static void write_u64(struct json *object, const char *key, struct spec_u64 number)
{
	if (number.given)
		json_set_u64(object, key, number.value);
}

/* An object that got no member says nothing. */
static void drop_empty(struct json *object, const char *key)
{
	struct json_at root = json_root(object, NULL), member = json_member(&root, key);

	if (!json_count(&member))
		json_remove(object, key);
}

static void write_device_rules(struct json *object, const struct spec_resources *resources)
{
	struct json *array;

	if (!resources->device_count)
		return;
	array = json_set_array(object, "devices");
	for (size_t i = 0; i < resources->device_count; i++) {
		const struct spec_device_rule *rule = &resources->devices[i];
		struct json *item = json_add_object(array);
		char type[2] = { rule->type, '\0' }, access[4] = "";
		size_t n = 0;

		if (rule->read)
			access[n++] = 'r';
		if (rule->write)
			access[n++] = 'w';
		if (rule->mknod)
			access[n++] = 'm';
		access[n] = '\0';
		json_set_bool(item, "allow", rule->allow);
		json_set_string(item, "type", type);
		if (rule->major >= 0)
			json_set_i64(item, "major", rule->major);
		if (rule->minor >= 0)
			json_set_i64(item, "minor", rule->minor);
		json_set_string(item, "access", access);
	}
}

static void write_memory(struct json *object, const struct spec_memory *memory)
{
	struct json *member = json_set_object(object, "memory");

	write_i64(member, "limit", memory->limit);
	write_i64(member, "reservation", memory->reservation);
	write_i64(member, "swap", memory->swap);
	write_i64(member, "kernel", memory->kernel);
	write_i64(member, "kernelTCP", memory->kernel_tcp);
	write_u64(member, "swappiness", memory->swappiness);
	if (memory->has_disable_oom_killer)
		json_set_bool(member, "disableOOMKiller", memory->disable_oom_killer);
	if (memory->has_use_hierarchy)
		json_set_bool(member, "useHierarchy", memory->use_hierarchy);
	if (memory->check_before_update)
		json_set_bool(member, "checkBeforeUpdate", true);
}

static void write_cpu(struct json *object, const struct spec_cpu *cpu)
{
	struct json *member = json_set_object(object, "cpu");

	write_u64(member, "shares", cpu->shares);
	write_i64(member, "quota", cpu->quota);
	write_u64(member, "burst", cpu->burst);
	write_u64(member, "period", cpu->period);
	write_i64(member, "realtimeRuntime", cpu->realtime_runtime);
	write_u64(member, "realtimePeriod", cpu->realtime_period);
	write_i64(member, "idle", cpu->idle);
	json_set_string(member, "cpus", cpu->cpus);
	json_set_string(member, "mems", cpu->mems);
}

static void write_weight_devices(struct json *object, const struct spec_block_io *block_io)
{
	struct json *array;

	if (!block_io->weight_device_count)
		return;
	array = json_set_array(object, "weightDevice");
	for (size_t i = 0; i < block_io->weight_device_count; i++) {
		const struct spec_weight_device *device = &block_io->weight_devices[i];
		struct json *item = json_add_object(array);

		json_set_i64(item, "major", device->major);
		json_set_i64(item, "minor", device->minor);
		if (device->has_weight)
			json_set_u64(item, "weight", device->weight);
		if (device->has_leaf_weight)
			json_set_u64(item, "leafWeight", device->leaf_weight);
	}
}

static void write_throttles(struct json *object, const char *key, const struct spec_throttles *throttles)
{
	struct json *array;

	if (!throttles->count)
		return;
	array = json_set_array(object, key);
	for (size_t i = 0; i < throttles->count; i++) {
		struct json *item = json_add_object(array);

		json_set_i64(item, "major", throttles->items[i].major);
		json_set_i64(item, "minor", throttles->items[i].minor);
		json_set_u64(item, "rate", throttles->items[i].rate);
	}
}

static void write_block_io(struct json *object, const struct spec_block_io *block_io)
{
	struct json *member = json_set_object(object, "blockIO");

	if (block_io->has_weight)
		json_set_u64(member, "weight", block_io->weight);
	if (block_io->has_leaf_weight)
		json_set_u64(member, "leafWeight", block_io->leaf_weight);
	write_weight_devices(member, block_io);
	write_throttles(member, "throttleReadBpsDevice", &block_io->read_bps);
	write_throttles(member, "throttleWriteBpsDevice", &block_io->write_bps);
	write_throttles(member, "throttleReadIOPSDevice", &block_io->read_iops);
	write_throttles(member, "throttleWriteIOPSDevice", &block_io->write_iops);
}

static void write_hugepages(struct json *object, const struct spec_resources *resources)
{
	struct json *array;

	if (!resources->hugepage_count)
		return;
	array = json_set_array(object, "hugepageLimits");
	for (size_t i = 0; i < resources->hugepage_count; i++) {
		struct json *item = json_add_object(array);

		json_set_string(item, "pageSize", resources->hugepages[i].page_size);
		json_set_u64(item, "limit", resources->hugepages[i].limit);
	}
}

static void write_network(struct json *object, const struct spec_resources *resources)
{
	struct json *member, *array;

	if (!resources->has_class_id && !resources->network_priority_count)
		return;
	member = json_set_object(object, "network");
	if (resources->has_class_id)
		json_set_u64(member, "classID", resources->class_id);
	if (!resources->network_priority_count)
		return;
	array = json_set_array(member, "priorities");
	for (size_t i = 0; i < resources->network_priority_count; i++) {
		struct json *item = json_add_object(array);

		json_set_string(item, "name", resources->network_priorities[i].name);
		json_set_u64(item, "priority", resources->network_priorities[i].priority);
	}
}

static void write_rdma(struct json *object, const struct spec_resources *resources)
{
	struct json *member;

	if (!resources->rdma_count)
		return;
	member = json_set_object(object, "rdma");
	for (size_t i = 0; i < resources->rdma_count; i++) {
		struct json *item = json_set_object(member, resources->rdma[i].device);

		if (resources->rdma[i].has_hca_handles)
			json_set_u64(item, "hcaHandles", resources->rdma[i].hca_handles);
		if (resources->rdma[i].has_hca_objects)
			json_set_u64(item, "hcaObjects", resources->rdma[i].hca_objects);
	}
}

struct json *spec_write_resources(const struct spec_resources *resources)
{
	struct json *object = json_object();

	write_device_rules(object, resources);
	write_memory(object, &resources->memory);
	write_cpu(object, &resources->cpu);
	if (resources->pids_limit.given)
		write_i64(json_set_object(object, "pids"), "limit", resources->pids_limit);
	write_block_io(object, &resources->block_io);
	drop_empty(object, "memory");
	drop_empty(object, "cpu");
	drop_empty(object, "blockIO");
	write_hugepages(object, resources);
	write_network(object, resources);
	write_rdma(object, resources);
	spec_pairs_write(object, "unified", &resources->unified);
	return object;
}

static void write_rule(struct json *array, const struct spec_seccomp_rule *rule)
{
	struct json *item = json_add_object(array), *args;

	spec_strings_write(item, "names", &rule->names);
	json_set_string(item, "action", spec_names_of(&spec_names_seccomp_action, rule->action));
	if (rule->has_errno)
		json_set_u64(item, "errnoRet", rule->errno_ret);
	if (!rule->arg_count)
		return;
	args = json_set_array(item, "args");
	for (size_t i = 0; i < rule->arg_count; i++) {
		struct json *arg = json_add_object(args);

		json_set_u64(arg, "index", rule->args[i].index);
		json_set_u64(arg, "value", rule->args[i].value);
		json_set_u64(arg, "valueTwo", rule->args[i].value_two);
		json_set_string(arg, "op", spec_names_of(&spec_names_seccomp_op, rule->args[i].op));
	}
}

void spec_seccomp_write(struct json *linux_, const struct spec_seccomp *seccomp)
{
	struct json *object, *array;

	if (!seccomp->given)
		return;
	object = json_set_object(linux_, "seccomp");
	json_set_string(object, "defaultAction",
			spec_names_of(&spec_names_seccomp_action, seccomp->default_action));
	if (seccomp->has_default_errno)
		json_set_u64(object, "defaultErrnoRet", seccomp->default_errno);
	spec_strings_write(object, "architectures", &seccomp->architectures);
	spec_flags_write(object, "flags", &spec_names_seccomp_flag, seccomp->flags);
	json_set_string(object, "listenerPath", seccomp->listener_path);
	json_set_string(object, "listenerMetadata", seccomp->listener_metadata);
	array = json_set_array(object, "syscalls");
	for (size_t i = 0; i < seccomp->rule_count; i++)
		write_rule(array, &seccomp->rules[i]);
}
