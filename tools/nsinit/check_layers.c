/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An overlay in a user namespace. Mounts that come from outside are locked
 * there (mount_namespaces(7)), so that none can be taken off to see what it
 * hides; an overlay of the folder below would show it, and is refused.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/memory.h"
#include "nsinit/check.h"
#include "spec/types.h"

#define MOUNTINFO_MAX (16u * 1024 * 1024)

/* The fifth field of a line of mountinfo (proc_pid_mountinfo(5)). */
static const char *mountpoint_of(const char *line)
{
	for (int field = 1; line && field < 5; field++) {
		line = strchr(line, ' ');
		if (line)
			line++;
	}
	return line;
}

static bool has_mount_below(const char *mountinfo, const char *folder)
{
	size_t len = strcmp(folder, "/") ? strlen(folder) : 0;

	for (const char *line = mountinfo; line && *line;) {
		const char *point = mountpoint_of(line);

		if (point && !strncmp(point, folder, len) && point[len] == '/' && point[len + 1] != ' ')
			return true;
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return false;
}

static void check_layer(struct check_findings *findings, const struct spec *spec, const char *path,
			const char *where)
{
	auto_free char *whole =
		path[0] == '/' ? memory_strdup(path) : memory_printf("%s/%s", spec->bundle, path);
	auto_free char *mountinfo = NULL;
	char real[PATH_MAX];
	size_t len;

	/* A folder that is not there is said elsewhere. */
	if (!realpath(whole, real) ||
	    file_read_at(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX, &mountinfo, &len))
		return;
	if (has_mount_below(mountinfo, real))
		check_add(findings, CHECK_ERROR, where,
			  "%s has mounts below it, which no overlay in a user namespace may be of: name "
			  "another root",
			  real);
}

void check_layers(struct check_findings *findings, const struct spec *spec, bool privileged)
{
	const struct spec_layers *layers = &spec->own.layers;
	const struct spec_namespace *user = &spec->linux_.namespaces[SPEC_NS_USER];
	char where[64];

	/* A parent with privileges puts one with an upper folder together before the clone: plan/root.c. */
	if (!layers->given || !user->given || (privileged && layers->upper))
		return;
	if (spec->root.given)
		check_layer(findings, spec, spec->root.path, "/root/path");
	for (size_t i = 0; i < layers->lower.count; i++) {
		snprintf(where, sizeof(where), "/nsinit/root/lower/%zu", i);
		check_layer(findings, spec, layers->lower.items[i], where);
	}
}
