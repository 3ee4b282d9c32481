/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Id maps of a caller without privileges: newuidmap(1), subuid(5). */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "common/subid.h"
#include "kern/exec.h"
#include "nsinit/check.h"
#include "spec/types.h"

/* Its own id alone anybody may map. */
static bool needs_helper(const struct spec_idmaps *maps, uint32_t own)
{
	return maps->count > 1 ||
	       (maps->count == 1 && (maps->items[0].size != 1 || maps->items[0].host_id != own));
}

static void check_helper(struct check_findings *findings, const char *program, const char *where)
{
	char path[PATH_MAX];
	struct err err = { 0 };

	if (kern_exec_find(program, (const char *const *)environ, path, &err))
		check_add(findings, CHECK_ERROR, where,
			  "only %s may write these maps, and it is not installed (package uidmap)", program);
}

static void check_ranges(struct check_findings *findings, const struct spec_idmaps *maps, bool groups)
{
	const char *file = groups ? "/etc/subgid" : "/etc/subuid";
	struct err err = { 0 };
	char where[64];
	size_t place;

	snprintf(where, sizeof(where), "/linux/%cidMappings", groups ? 'g' : 'u');
	if (subid_find_refused(maps, groups, &place, &err)) {
		check_add(findings, CHECK_ERROR, where, "%s cannot be read", file);
		return;
	}
	if (place == maps->count)
		return;
	snprintf(where, sizeof(where), "/linux/%cidMappings/%zu", groups ? 'g' : 'u', place);
	check_add(findings, CHECK_ERROR, where, "%u ids from %u on are not yours by %s",
		  maps->items[place].size, maps->items[place].host_id, file);
}

void check_id_maps(struct check_findings *findings, const struct spec *spec)
{
	const struct spec_linux *linux_ = &spec->linux_;

	/* Either both are written by the helpers or none. */
	if (!needs_helper(&linux_->uid_mappings, geteuid()) &&
	    !needs_helper(&linux_->gid_mappings, getegid()))
		return;
	check_helper(findings, "newuidmap", "/linux/uidMappings");
	check_helper(findings, "newgidmap", "/linux/gidMappings");
	check_ranges(findings, &linux_->uid_mappings, false);
	check_ranges(findings, &linux_->gid_mappings, true);
}
