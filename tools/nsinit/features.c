/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * features.md and features-linux.md of the OCI runtime spec: what this program
 * knows, whatever the host has. The names come from the tables that the
 * readers use, so the document cannot say other than what is accepted.
 */
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/seccomp.h"
#include "nsinit/commands.h"
#include "spec/names.h"
#include "spec/spec.h"

static void set_names(struct json *object, const char *key, const struct spec_names *names)
{
	struct json *array = json_set_array(object, key);

	for (size_t i = 0; i < names->count; i++)
		json_add_string(array, names->items[i].name);
}

static void set_enabled(struct json *object, const char *key, bool enabled)
{
	json_set_bool(json_set_object(object, key), "enabled", enabled);
}

/* "This array SHOULD NOT contain filesystem-specific mount options" (features.md). */
static void set_mount_options(struct json *features)
{
	struct json *array = json_set_array(features, "mountOptions");

	for (size_t i = 0; i < spec_mount_option_count; i++)
		if (spec_mount_options[i].kind != SPEC_OPTION_DATA)
			json_add_string(array, spec_mount_options[i].name);
}

static void set_cgroup(struct json *linux_)
{
	struct json *cgroup = json_set_object(linux_, "cgroup");

	json_set_bool(cgroup, "v1", true);
	json_set_bool(cgroup, "v2", true);
	json_set_bool(cgroup, "systemd", HAVE_SYSTEMD);
	json_set_bool(cgroup, "systemdUser", HAVE_SYSTEMD);
	json_set_bool(cgroup, "rdma", true);
}

static void set_seccomp(struct json *linux_)
{
	struct json *seccomp = json_set_object(linux_, "seccomp"), *supported;
	uint64_t flags = kern_seccomp_flags();

	json_set_bool(seccomp, "enabled", HAVE_SECCOMP);
	if (!HAVE_SECCOMP)
		return;
	set_names(seccomp, "actions", &spec_names_seccomp_action);
	set_names(seccomp, "operators", &spec_names_seccomp_op);
	set_names(seccomp, "archs", &spec_names_seccomp_arch);
	set_names(seccomp, "knownFlags", &spec_names_seccomp_flag);
	supported = json_set_array(seccomp, "supportedFlags");
	for (size_t i = 0; i < spec_names_seccomp_flag.count; i++)
		if (flags & spec_names_seccomp_flag.items[i].value)
			json_add_string(supported, spec_names_seccomp_flag.items[i].name);
}

static void set_linux(struct json *features)
{
	struct json *linux_ = json_set_object(features, "linux"), *object;

	set_names(linux_, "namespaces", &spec_names_namespace);
	set_names(linux_, "capabilities", &spec_names_capability);
	set_cgroup(linux_);
	set_seccomp(linux_);
	set_enabled(linux_, "apparmor", HAVE_APPARMOR);
	set_enabled(linux_, "selinux", HAVE_SELINUX);
	object = json_set_object(linux_, "intelRdt");
	json_set_bool(object, "enabled", true);
	json_set_bool(object, "schemata", true);
	json_set_bool(object, "monitoring", true);
	object = json_set_object(linux_, "memoryPolicy");
	set_names(object, "modes", &spec_names_memory_mode);
	set_names(object, "flags", &spec_names_memory_flag);
	set_enabled(json_set_object(linux_, "mountExtensions"), "idmap", true);
	set_enabled(linux_, "netDevices", true);
}

static struct json *make_features(void)
{
	struct json *features = json_object(), *annotations;

	json_set_string(features, "ociVersionMin", SPEC_OCI_VERSION_MIN);
	json_set_string(features, "ociVersionMax", SPEC_OCI_VERSION);
	set_names(features, "hooks", &spec_names_hook);
	set_mount_options(features);
	set_linux(features);
	annotations = json_set_object(features, "annotations");
	json_set_string(annotations, "nstools.nsinit.version", NSTOOLS_VERSION);
	/* As runc has it: engines look there. */
	json_set_string(annotations, "org.opencontainers.runc.checkpoint.enabled", HAVE_CRIU ? "true" : "false");
	/* No annotation changes what a container is or may do. */
	json_set_array(features, "potentiallyUnsafeConfigAnnotations");
	return features;
}

static int features_command(struct command_call *call, struct err *err)
{
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, NULL, &operands, err);
	struct json *features;

	if (read)
		return read < 0 ? -1 : 0;
	features = make_features();
	rows_print_json(features, true);
	json_free(features);
	return rows_flush(err);
}

const struct command nsinit_features = {
	.name = "features",
	.synopsis = "",
	.summary = "print what nsinit knows, as the OCI runtime spec's features document",
	.run = features_command,
};
