/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options about what the container's process may do. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "common/describe.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/default.h"
#include "spec/names.h"
#include "spec/spec.h"
#include "spec/types.h"

#define ENTRY(name, argument, kind, field, help)                                                             \
	{                                                                                                    \
		name, 0, argument, help, kind, offsetof(struct describe, field), NULL                        \
	}

static const struct option_entry entries[] = {
	ENTRY("cap-add", "CAPABILITY|all", OPTION_TEXTS, cap_add,
	      "add a capability: net_admin, CAP_NET_ADMIN, 12"),
	ENTRY("cap-drop", "CAPABILITY|all", OPTION_TEXTS, cap_drop,
	      "take one; \"all\" comes before what is added"),
	{ "no-new-privileges", 0, "[BOOL]", "execve gives no privileges: set-uid, file capabilities",
	  OPTION_CALL, offsetof(struct describe, no_new_privileges), describe_keep_or_true },
	ENTRY("seccomp", "default|unconfined|FILE", OPTION_TEXT, seccomp,
	      "the built-in system call filter, none, or that of a file (OCI's linux.seccomp)"),
	ENTRY("apparmor", "PROFILE", OPTION_TEXT, apparmor, "AppArmor profile, or \"unconfined\""),
	ENTRY("selinux-label", "LABEL", OPTION_TEXT, selinux_label, "SELinux label of the process"),
	ENTRY("mount-label", "LABEL", OPTION_TEXT, mount_label, "SELinux label of its mounts"),
};
const struct option_table describe_security = { "Security", entries, ARRAY_SIZE(entries) };

/* ---- capabilities -------------------------------------------------------------------------- */

static uint64_t all_capabilities(void)
{
	uint64_t all = 0;

	for (size_t i = 0; i < spec_names_capability.count; i++)
		all |= UINT64_C(1) << spec_names_capability.items[i].value;
	return all;
}

static int read_capability(const char *option, const char *text, uint64_t *set, struct err *err)
{
	uint64_t all = all_capabilities();
	const char *near;
	unsigned number;

	if (!strcmp(text, "all") || !strcmp(text, "ALL")) {
		*set |= all;
		return 0;
	}
	if (!spec_capability_parse(text, &number) ||
	    (!number_u32(text, &number) && number < 64 && all >> number & 1)) {
		*set |= UINT64_C(1) << number;
		return 0;
	}
	describe_expected(err, option, text, "a capability (CAP_NET_RAW, net_raw, 13) or \"all\"");
	near = describe_near(&spec_names_capability, "CAP_", text);
	return near ? err_hint(err, "did you mean %s?", near) : err_hint(err, "capabilities(7) has the list");
}

static int read_capabilities(const char *option, const struct option_texts *texts, uint64_t *set,
			     struct err *err)
{
	for (size_t i = 0; i < texts->count; i++)
		if (read_capability(option, texts->items[i], set, err))
			return -1;
	return 0;
}

static int set_capabilities(const struct describe *d, struct spec_process *process, struct err *err)
{
	struct spec_capabilities *caps = &process->capabilities;
	uint64_t add = 0, drop = 0, all = all_capabilities();

	if (!d->cap_add.count && !d->cap_drop.count)
		return 0;
	if (read_capabilities("--cap-add", &d->cap_add, &add, err) ||
	    read_capabilities("--cap-drop", &d->cap_drop, &drop, err))
		return -1;
	if ((add & drop) && (add == all) == (drop == all))
		return err_set(err, ERR_USAGE, "", "%s is given to both --cap-add and --cap-drop",
			       spec_names_of(&spec_names_capability, (uint64_t)__builtin_ctzll(add & drop)));
	caps->given = true;
	/* "all" is where the other one starts from. */
	if (add == all) {
		caps->bounding = caps->permitted = caps->effective = all & ~drop;
	} else {
		caps->bounding = (caps->bounding & ~drop) | add;
		caps->permitted = (caps->permitted & ~drop) | add;
		caps->effective = (caps->effective & ~drop) | add;
	}
	caps->inheritable &= ~drop;
	caps->ambient &= ~drop;
	/* Who is not root keeps across execve what is ambient, and nothing else: capabilities(7). */
	if (process->user.uid != 0) {
		caps->inheritable |= add & caps->permitted;
		caps->ambient |= add & caps->permitted;
	}
	return 0;
}

/* ---- seccomp -------------------------------------------------------------------------------- */

static int read_profile(struct spec *spec, const char *path, struct err *err)
{
	auto_free char *text = NULL;
	size_t len;

	if (file_read_at(AT_FDCWD, path, JSON_SIZE_MAX, &text, &len))
		return err_system(err, "--seccomp", "%s", path);
	return spec_read_seccomp(spec, text, len, path, err);
}

static int set_seccomp(struct spec *spec, const char *text, struct err *err)
{
	if (!strcmp(text, "unconfined")) {
		spec->linux_.seccomp = (struct spec_seccomp){ 0 };
		return 0;
	}
	if (!strcmp(text, "default")) {
		/* It stands there as a member of the spec: `, "seccomp": {...}`. */
		const char *profile = spec_default_seccomp + strcspn(spec_default_seccomp, "{");

		return spec_read_seccomp(spec, profile, strlen(profile), "built-in default", err);
	}
	return read_profile(spec, text, err);
}

/* Nothing given leaves what the spec says; an empty text is no label. */
static void set_label(struct spec *spec, const char *text, const char **label)
{
	if (text)
		*label = *text ? arena_strdup(spec->arena, text) : NULL;
}

int describe_apply_security(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_process *process = &spec->process;

	if (set_capabilities(d, process, err) || (d->seccomp && set_seccomp(spec, d->seccomp, err)))
		return -1;
	set_label(spec, d->apparmor, &process->apparmor_profile);
	set_label(spec, d->selinux_label, &process->selinux_label);
	set_label(spec, d->mount_label, &spec->linux_.mount_label);
	if (!d->no_new_privileges)
		return 0;
	return describe_bool("--no-new-privileges", d->no_new_privileges, &process->no_new_privileges, err);
}
