/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "linux": OCI config-linux.md. Resources, seccomp, devices, sysctl have files of their own. */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

static int read_namespace(struct reader *r, const struct json_at *at, struct spec_namespace *namespaces)
{
	struct json_at type = json_member(at, "type");
	struct spec_namespace *namespace;
	uint64_t kind;

	if (json_read_object(at, r->err) || spec_read_required(r, at, "type") ||
	    spec_read_name(r, at, "type", &spec_names_namespace, &kind))
		return -1;
	namespace = &namespaces[kind];
	if (namespace->given)
		return json_error(&type, r->err, "the namespace \"%s\" is given twice",
				  spec_names_of(&spec_names_namespace, kind));
	namespace->given = true;
	namespace->index = at->index;
	return spec_read_absolute(r, at, "path", &namespace->path) || spec_read_end(r, at) ? -1 : 0;
}

static int read_namespaces(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "namespaces", &array))
		return -1;
	while (json_next(&array, &item))
		if (read_namespace(r, &item, linux_->namespaces))
			return -1;
	return 0;
}

static int read_offset(struct reader *r, const struct json_at *at, const char *clock,
		       struct spec_time_offset *offset)
{
	struct json_at object;

	if (spec_read_object(r, at, clock, &object))
		return -1;
	if (!object.node)
		return 0;
	offset->given = true;
	if (spec_read_i64(r, &object, "secs", &offset->secs) ||
	    spec_read_u32(r, &object, "nanosecs", &offset->nanosecs) || spec_read_end(r, &object))
		return -1;
	return offset->nanosecs < 1000000000
		       ? 0
		       : json_error(&object, r->err, "expected less than 1000000000 nanosecs, found %u",
				    offset->nanosecs);
}

static int read_time_offsets(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at object;

	if (spec_read_object(r, at, "timeOffsets", &object))
		return -1;
	if (!object.node)
		return 0;
	return read_offset(r, &object, "monotonic", &linux_->monotonic) ||
			       read_offset(r, &object, "boottime", &linux_->boottime) ||
			       spec_read_end(r, &object)
		       ? -1
		       : 0;
}

static int read_cgroups_path(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at member = json_member(at, "cgroupsPath");

	if (spec_read_text(r, at, "cgroupsPath", &linux_->cgroups_path))
		return -1;
	if (linux_->cgroups_path && spec_path_climbs(linux_->cgroups_path))
		return spec_read_expected(r, &member, "a cgroup path without \"..\"");
	return 0;
}

static int read_personality(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at object, flags;
	uint64_t domain = 0;

	if (spec_read_object(r, at, "personality", &object))
		return -1;
	if (!object.node)
		return 0;
	if (spec_read_required(r, &object, "domain") ||
	    spec_read_name(r, &object, "domain", &spec_names_personality, &domain) ||
	    spec_read_array(r, &object, "flags", &flags) || spec_read_end(r, &object))
		return -1;
	if (json_count(&flags)) {
		json_error(&flags, r->err,
			   "no personality flag is supported (OCI config-linux.md defines none)");
		r->err->kind = ERR_UNSUPPORTED;
		return -1;
	}
	linux_->has_personality = true;
	linux_->personality = (unsigned long)domain;
	return 0;
}

/* "" is what some engines write for "not given". */
static int read_propagation(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at member = json_member(at, "rootfsPropagation");
	const char *text;

	if (json_is_string(&member) && !json_read_string(&member, &text, r->err) && !*text)
		return spec_read_ignore(r, at, "rootfsPropagation");
	return spec_read_name(r, at, "rootfsPropagation", &spec_names_propagation,
			      &linux_->rootfs_propagation);
}

static int read_objects(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at object;

	if (spec_read_object(r, at, "resources", &object) ||
	    (object.node && spec_resources_read(r, &object, &linux_->resources)))
		return -1;
	if (spec_read_object(r, at, "seccomp", &object) ||
	    (object.node && spec_seccomp_read(r, &object, &linux_->seccomp)))
		return -1;
	return 0;
}

int spec_linux_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	linux_->given = true;
	return read_namespaces(r, at, linux_) ||
			       spec_read_idmaps(r, at, "uidMappings", &linux_->uid_mappings) ||
			       spec_read_idmaps(r, at, "gidMappings", &linux_->gid_mappings) ||
			       read_time_offsets(r, at, linux_) || spec_devices_read(r, at, linux_) ||
			       spec_net_devices_read(r, at, linux_) || read_cgroups_path(r, at, linux_) ||
			       read_objects(r, at, linux_) || spec_intel_rdt_read(r, at, linux_) ||
			       spec_memory_policy_read(r, at, linux_) || spec_sysctl_read(r, at, linux_) ||
			       read_propagation(r, at, linux_) ||
			       spec_read_paths(r, at, "maskedPaths", &linux_->masked_paths) ||
			       spec_read_paths(r, at, "readonlyPaths", &linux_->readonly_paths) ||
			       spec_read_text(r, at, "mountLabel", &linux_->mount_label) ||
			       read_personality(r, at, linux_) || spec_read_end(r, at)
		       ? -1
		       : 0;
}
