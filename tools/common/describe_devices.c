/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --device and --device-rule: a device node in the container, and the cgroup's leave to use it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "common/device_rule.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/types.h"

static void add_rule(struct spec *spec, const struct spec_device_rule *rule)
{
	struct spec_resources *resources = &spec->linux_.resources;

	resources->devices =
		describe_grow(spec->arena, resources->devices, resources->device_count, sizeof(*rule));
	resources->devices[resources->device_count++] = *rule;
	resources->given = true;
}

/* In the place of one with the same path. */
static void add_node(struct spec *spec, const struct spec_device *device)
{
	struct spec_linux *linux_ = &spec->linux_;
	size_t i = 0;

	while (i < linux_->device_count && strcmp(linux_->devices[i].path, device->path) != 0)
		i++;
	if (i == linux_->device_count) {
		linux_->devices = describe_grow(spec->arena, linux_->devices, i, sizeof(*device));
		linux_->device_count++;
	}
	linux_->devices[i] = *device;
}

static int stat_device(const char *path, struct stat *st, struct err *err)
{
	if (stat(path, st))
		return err_system(err, "--device", "%s", path);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		return 0;
	return describe_expected(err, "--device", path, "a device");
}

/* PATH[:DEST[:rwm]] */
static int add_device(struct spec *spec, const char *text, struct err *err)
{
	auto_free char *copy = memory_strdup(text);
	char *rest = copy, *path = strsep(&rest, ":"), *destination = strsep(&rest, ":");
	struct spec_device_rule rule = { .allow = true };
	struct spec_device device = { 0 };
	struct stat st;

	if (*path != '/' || (destination && *destination != '/') || !device_rule_access(rest ? rest : "rwm", &rule))
		return describe_expected(err, "--device", text,
					 "PATH[:DEST[:ACCESS]], ACCESS some of r, w, m");
	if (stat_device(path, &st, err))
		return -1;
	device.type = rule.type = S_ISCHR(st.st_mode) ? 'c' : 'b';
	device.major = rule.major = major(st.st_rdev);
	device.minor = rule.minor = minor(st.st_rdev);
	device.path = arena_strdup(spec->arena, destination ? destination : path);
	device.has_file_mode = true;
	device.file_mode = st.st_mode & 0777;
	device.has_uid = device.has_gid = true;
	device.uid = st.st_uid;
	device.gid = st.st_gid;
	add_node(spec, &device);
	add_rule(spec, &rule);
	return 0;
}

/* "c 10:200 rwm", as in the cgroup's devices.allow. */
static int add_device_rule(struct spec *spec, const char *text, struct err *err)
{
	struct spec_device_rule rule = { .allow = true };

	if (!device_rule_parse(text, &rule))
		return describe_expected(err, "--device-rule", text,
					 "\"TYPE MAJOR:MINOR ACCESS\" (\"c 10:200 rwm\", \"b 8:* r\")");
	add_rule(spec, &rule);
	return 0;
}

int describe_apply_devices(const struct describe *d, struct spec *spec, struct err *err)
{
	for (size_t i = 0; i < d->devices.count; i++)
		if (add_device(spec, d->devices.items[i], err))
			return -1;
	for (size_t i = 0; i < d->device_rules.count; i++)
		if (add_device_rule(spec, d->device_rules.items[i], err))
			return -1;
	return 0;
}
