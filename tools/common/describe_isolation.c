/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options about namespaces and what belongs to one. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "common/describe.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/types.h"

#define ENTRY(name, argument, kind, field, help)                                                             \
	{                                                                                                    \
		name, 0, argument, help, kind, offsetof(struct describe, field), NULL                        \
	}
#define SWITCH(name, argument, field, help)                                                                  \
	{                                                                                                    \
		name, 0, argument, help, OPTION_CALL, offsetof(struct describe, field),                      \
			describe_keep_or_true                                                                \
	}
#define MODES "private|host|PATH"

static const struct option_entry entries[] = {
	ENTRY("hostname", "NAME", OPTION_TEXT, hostname, "host name in the container"),
	ENTRY("domainname", "NAME", OPTION_TEXT, domainname, "NIS domain name in the container"),
	ENTRY("net", "none|private|host|PATH", OPTION_TEXT, net,
	      "network namespace: none and private have lo alone; or join that at PATH"),
	ENTRY("pid", MODES, OPTION_TEXT, pid, "pid namespace: a new one, the host's, or that at PATH"),
	ENTRY("ipc", MODES, OPTION_TEXT, ipc, "IPC namespace"),
	ENTRY("uts", MODES, OPTION_TEXT, uts, "UTS namespace: host and domain name"),
	ENTRY("cgroupns", MODES, OPTION_TEXT, cgroupns, "cgroup namespace"),
	ENTRY("time", MODES, OPTION_TEXT, time, "time namespace"),
	SWITCH("userns", "[auto|host|PATH|MAP,...]", userns,
	       "user namespace; MAP is CONTAINER:HOST:SIZE, auto the caller's subordinate ids"),
	ENTRY("uid-map", "MAP,...", OPTION_TEXTS, uid_maps, "users of a new user namespace"),
	ENTRY("gid-map", "MAP,...", OPTION_TEXTS, gid_maps, "groups of a new user namespace"),
	SWITCH("loopback", "[BOOL]", loopback, "bring lo up in a new network namespace (default)"),
	ENTRY("net-device", "NAME[:NEW]", OPTION_TEXTS, net_devices, "move an interface of the host into it"),
	ENTRY("sysctl", "KEY=VALUE", OPTION_TEXTS, sysctl, "set a sysctl of a namespace of its own"),
	ENTRY("annotation", "KEY=VALUE", OPTION_TEXTS, annotations, "note something in the spec"),
};
const struct option_table describe_isolation = { "Isolation", entries, ARRAY_SIZE(entries) };

/* ---- namespaces ------------------------------------------------------------------------ */

void describe_add_namespace(struct spec *spec, int kind, const char *path)
{
	struct spec_namespace *all = spec->linux_.namespaces;
	bool used[SPEC_NS_COUNT] = { false };
	size_t place = 0;

	if (!all[kind].given) {
		for (size_t i = 0; i < SPEC_NS_COUNT; i++)
			if (all[i].given && all[i].index < SPEC_NS_COUNT)
				used[all[i].index] = true;
		while (used[place])
			place++;
		all[kind].index = place;
	}
	all[kind].given = true;
	all[kind].path = path;
}

static int set_namespace(struct spec *spec, enum spec_namespace_kind kind, const char *option,
			 const char *text, struct err *err)
{
	if (!text)
		return 0;
	if (!strcmp(text, "host"))
		spec->linux_.namespaces[kind] = (struct spec_namespace){ 0 };
	else if (!strcmp(text, "private") || (kind == SPEC_NS_NETWORK && !strcmp(text, "none")))
		describe_add_namespace(spec, kind, NULL);
	else if (text[0] == '/')
		describe_add_namespace(spec, kind, arena_strdup(spec->arena, text));
	else
		return describe_expected(err, option, text, "%sprivate, host or the path of a namespace",
					 kind == SPEC_NS_NETWORK ? "none, " : "");
	return 0;
}

static int set_namespaces(const struct describe *d, struct spec *spec, struct err *err)
{
	return set_namespace(spec, SPEC_NS_NETWORK, "--net", d->net, err) ||
			       set_namespace(spec, SPEC_NS_PID, "--pid", d->pid, err) ||
			       set_namespace(spec, SPEC_NS_IPC, "--ipc", d->ipc, err) ||
			       set_namespace(spec, SPEC_NS_UTS, "--uts", d->uts, err) ||
			       set_namespace(spec, SPEC_NS_CGROUP, "--cgroupns", d->cgroupns, err) ||
			       set_namespace(spec, SPEC_NS_TIME, "--time", d->time, err)
		       ? -1
		       : 0;
}

/* sethostname(2): __NEW_UTS_LEN. */
#define NAME_LEN_MAX 64

static int set_name(struct spec *spec, const char **name, const char *option, const char *text,
		    struct err *err)
{
	if (!text)
		return 0;
	if (!*text || strlen(text) > NAME_LEN_MAX)
		return describe_expected(err, option, text, "a name of 1 to %d bytes", NAME_LEN_MAX);
	if (!spec->linux_.namespaces[SPEC_NS_UTS].given) {
		describe_expected(err, option, text,
				  "a UTS namespace in the spec: this would rename the host");
		return err_hint(err, "--uts private makes one");
	}
	*name = arena_strdup(spec->arena, text);
	return 0;
}

static int set_names(const struct describe *d, struct spec *spec, struct err *err)
{
	/* The spec's own names were for the namespace that is not to be. */
	if (d->uts && !spec->linux_.namespaces[SPEC_NS_UTS].given)
		spec->hostname = spec->domainname = NULL;
	return set_name(spec, &spec->hostname, "--hostname", d->hostname, err) ||
			       set_name(spec, &spec->domainname, "--domainname", d->domainname, err)
		       ? -1
		       : 0;
}

/* ---- the network ----------------------------------------------------------------------- */

static int add_net_device(struct spec *spec, const char *text, struct err *err)
{
	auto_free char *copy = memory_strdup(text);
	char *name = copy, *host_name = strsep(&name, ":");
	struct spec_linux *linux_ = &spec->linux_;
	struct spec_net_device *device;

	if (!spec_interface_is_valid(host_name) || (name && !spec_interface_template_is_valid(name)))
		return describe_expected(err, "--net-device", text,
					 "NAME[:NEW], names of network interfaces (at most 15 characters)");
	if (!linux_->namespaces[SPEC_NS_NETWORK].given) {
		describe_expected(err, "--net-device", text, "a network namespace in the spec");
		return err_hint(err, "--net private makes one");
	}
	linux_->net_devices =
		describe_grow(spec->arena, linux_->net_devices, linux_->net_device_count, sizeof(*device));
	device = &linux_->net_devices[linux_->net_device_count++];
	device->host_name = arena_strdup(spec->arena, host_name);
	device->name = name ? arena_strdup(spec->arena, name) : NULL;
	return 0;
}

static int set_network(const struct describe *d, struct spec *spec, struct err *err)
{
	for (size_t i = 0; i < d->net_devices.count; i++)
		if (add_net_device(spec, d->net_devices.items[i], err))
			return -1;
	if (!d->loopback)
		return 0;
	spec->own.has_loopback = true;
	return describe_bool("--loopback", d->loopback, &spec->own.loopback, err);
}

/* ---- pairs ------------------------------------------------------------------------------ */

static int add_sysctl(struct spec *spec, const char *text, struct err *err)
{
	const char *value;
	char *key;
	int owner;

	if (describe_pair(spec->arena, text, &key, &value) || spec_sysctl_path(key, &owner))
		return describe_expected(err, "--sysctl", text, "KEY=VALUE (net.ipv4.ip_forward=1)");
	if (owner < 0)
		return describe_expected(err, "--sysctl", text,
					 "a sysctl of a namespace: this one would change the host");
	if (!spec->linux_.namespaces[owner].given)
		return describe_expected(
			err, "--sysctl", text,
			"the namespace \"%s\" in the spec: without it this would change the host",
			spec_names_of(&spec_names_namespace, (uint64_t)owner));
	describe_put_pair(spec->arena, &spec->linux_.sysctl, key, value);
	return 0;
}

int describe_apply_isolation(const struct describe *d, struct spec *spec, struct err *err)
{
	const char *value;
	char *key;

	if (set_namespaces(d, spec, err) || set_names(d, spec, err) || set_network(d, spec, err))
		return -1;
	for (size_t i = 0; i < d->annotations.count; i++) {
		if (describe_pair(spec->arena, d->annotations.items[i], &key, &value))
			return describe_expected(err, "--annotation", d->annotations.items[i], "KEY=VALUE");
		describe_put_pair(spec->arena, &spec->annotations, key, value);
	}
	/* After --userns, which brings a namespace that owns sysctls. */
	if (describe_apply_userns(d, spec, err))
		return -1;
	for (size_t i = 0; i < d->sysctl.count; i++)
		if (add_sysctl(spec, d->sysctl.items[i], err))
			return -1;
	return 0;
}
