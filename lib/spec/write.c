/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct spec back to config.json. The order is the one people write: process, root, mounts, ..., linux. */
#include "base/json.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/spec.h"
#include "spec/types.h"

void spec_strings_write(struct json *object, const char *key, const struct spec_strings *list)
{
	struct json *array;

	if (!list->given)
		return;
	array = json_set_array(object, key);
	for (size_t i = 0; i < list->count; i++)
		json_add_string(array, list->items[i]);
}

void spec_pairs_write(struct json *object, const char *key, const struct spec_pairs *pairs)
{
	struct json *member;

	if (!pairs->count)
		return;
	member = json_set_object(object, key);
	for (size_t i = 0; i < pairs->count; i++)
		json_set_string(member, pairs->items[i].key, pairs->items[i].value);
}

void spec_idmaps_write(struct json *object, const char *key, const struct spec_idmaps *maps)
{
	struct json *array;

	if (!maps->count)
		return;
	array = json_set_array(object, key);
	for (size_t i = 0; i < maps->count; i++) {
		struct json *map = json_add_object(array);

		json_set_u64(map, "containerID", maps->items[i].container_id);
		json_set_u64(map, "hostID", maps->items[i].host_id);
		json_set_u64(map, "size", maps->items[i].size);
	}
}

/* Or'ed bits as an array of their names, in the table's order. */
void spec_flags_write(struct json *object, const char *key, const struct spec_names *names, uint64_t flags)
{
	struct json *array;

	if (!flags)
		return;
	array = json_set_array(object, key);
	for (size_t i = 0; i < names->count; i++)
		if (flags & names->items[i].value)
			json_add_string(array, names->items[i].name);
}

/* ---- process --------------------------------------------------------------- */

static void write_user(struct json *process, const struct spec_user *user)
{
	struct json *object = json_set_object(process, "user"), *gids;

	json_set_u64(object, "uid", user->uid);
	json_set_u64(object, "gid", user->gid);
	if (user->has_umask)
		json_set_u64(object, "umask", user->umask);
	if (!user->additional_gid_count)
		return;
	gids = json_set_array(object, "additionalGids");
	for (size_t i = 0; i < user->additional_gid_count; i++)
		json_add_u64(gids, user->additional_gids[i]);
}

static void write_set(struct json *object, const char *key, uint64_t set)
{
	struct json *array = json_set_array(object, key);

	for (size_t i = 0; i < spec_names_capability.count; i++)
		if (set & UINT64_C(1) << spec_names_capability.items[i].value)
			json_add_string(array, spec_names_capability.items[i].name);
}

static void write_capabilities(struct json *process, const struct spec_capabilities *caps)
{
	struct json *object;

	if (!caps->given)
		return;
	object = json_set_object(process, "capabilities");
	write_set(object, "bounding", caps->bounding);
	write_set(object, "effective", caps->effective);
	if (caps->inheritable)
		write_set(object, "inheritable", caps->inheritable);
	write_set(object, "permitted", caps->permitted);
	if (caps->ambient)
		write_set(object, "ambient", caps->ambient);
}

static void write_rlimits(struct json *process, const struct spec_process *p)
{
	struct json *array;

	if (!p->rlimit_count)
		return;
	array = json_set_array(process, "rlimits");
	for (size_t i = 0; i < p->rlimit_count; i++) {
		const struct spec_rlimit *limit = &p->rlimits[i];
		struct json *object = json_add_object(array);

		json_set_string(object, "type", spec_names_of(&spec_names_rlimit, (uint64_t)limit->resource));
		json_set_u64(object, "soft", limit->soft);
		json_set_u64(object, "hard", limit->hard);
	}
}

static void write_scheduler(struct json *process, const struct spec_scheduler *s)
{
	struct json *object;

	if (!s->given)
		return;
	object = json_set_object(process, "scheduler");
	json_set_string(object, "policy", spec_names_of(&spec_names_scheduler, (uint64_t)s->policy));
	json_set_i64(object, "nice", s->nice);
	json_set_i64(object, "priority", s->priority);
	spec_flags_write(object, "flags", &spec_names_scheduler_flag, s->flags);
	json_set_u64(object, "runtime", s->runtime);
	json_set_u64(object, "deadline", s->deadline);
	json_set_u64(object, "period", s->period);
}

static void write_rest_of_process(struct json *process, const struct spec_process *p)
{
	struct json *object;

	if (p->io_priority.given) {
		object = json_set_object(process, "ioPriority");
		json_set_string(object, "class",
				spec_names_of(&spec_names_io_class, (uint64_t)p->io_priority.class));
		json_set_i64(object, "priority", p->io_priority.priority);
	}
	if (p->affinity_initial || p->affinity_final) {
		object = json_set_object(process, "execCPUAffinity");
		json_set_string(object, "initial", p->affinity_initial);
		json_set_string(object, "final", p->affinity_final);
	}
	if (p->has_oom_score_adj)
		json_set_i64(process, "oomScoreAdj", p->oom_score_adj);
	json_set_string(process, "apparmorProfile", p->apparmor_profile);
	json_set_string(process, "selinuxLabel", p->selinux_label);
	json_set_bool(process, "noNewPrivileges", p->no_new_privileges);
}

struct json *spec_write_process(const struct spec_process *p)
{
	struct json *process = json_object(), *size;

	json_set_bool(process, "terminal", p->terminal);
	if (p->has_console_size) {
		size = json_set_object(process, "consoleSize");
		json_set_u64(size, "height", p->console_height);
		json_set_u64(size, "width", p->console_width);
	}
	write_user(process, &p->user);
	spec_strings_write(process, "args", &p->args);
	spec_strings_write(process, "env", &p->env);
	json_set_string(process, "cwd", p->cwd);
	write_capabilities(process, &p->capabilities);
	write_rlimits(process, p);
	write_scheduler(process, &p->scheduler);
	write_rest_of_process(process, p);
	return process;
}

/* ---- mounts, hooks ----------------------------------------------------------- */

static void write_mounts(struct json *config, const struct spec *spec)
{
	struct json *array;

	if (!spec->mount_count)
		return;
	array = json_set_array(config, "mounts");
	for (size_t i = 0; i < spec->mount_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];
		struct json *object = json_add_object(array);

		json_set_string(object, "destination", mount->destination);
		json_set_string(object, "type", mount->type);
		json_set_string(object, "source", mount->source);
		spec_strings_write(object, "options", &mount->options);
		spec_idmaps_write(object, "uidMappings", &mount->uid_mappings);
		spec_idmaps_write(object, "gidMappings", &mount->gid_mappings);
	}
}

static void write_hook(struct json *array, const struct spec_hook *hook)
{
	struct json *object = json_add_object(array);

	json_set_string(object, "path", hook->path);
	spec_strings_write(object, "args", &hook->args);
	spec_strings_write(object, "env", &hook->env);
	if (hook->timeout)
		json_set_u64(object, "timeout", hook->timeout);
}

static void write_hooks(struct json *config, const struct spec *spec)
{
	struct json *hooks = NULL, *array;

	for (size_t i = 0; i < spec_names_hook.count; i++) {
		const struct spec_hooks *kind = &spec->hooks[spec_names_hook.items[i].value];

		if (!kind->count)
			continue;
		if (!hooks)
			hooks = json_set_object(config, "hooks");
		array = json_set_array(hooks, spec_names_hook.items[i].name);
		for (size_t j = 0; j < kind->count; j++)
			write_hook(array, &kind->items[j]);
	}
}

struct json *spec_write(const struct spec *spec)
{
	struct json *config = json_object(), *root;

	json_set_string(config, "ociVersion", spec->oci_version);
	if (spec->process.given)
		json_set(config, "process", spec_write_process(&spec->process));
	if (spec->root.given) {
		root = json_set_object(config, "root");
		json_set_string(root, "path", spec->root.path);
		json_set_bool(root, "readonly", spec->root.readonly);
	}
	json_set_string(config, "hostname", spec->hostname);
	json_set_string(config, "domainname", spec->domainname);
	write_mounts(config, spec);
	write_hooks(config, spec);
	spec_pairs_write(config, "annotations", &spec->annotations);
	spec_linux_write(config, &spec->linux_);
	spec_own_write(config, &spec->own);
	return config;
}
