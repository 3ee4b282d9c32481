/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <limits.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/exec.h"
#include "kern/ns.h"
#include "kern/procfs.h"
#include "plan/step.h"
#include "run/spawn.h"
#include "run/userns.h"

static void format_map(const struct spec_idmaps *maps, struct strbuf *text)
{
	for (size_t i = 0; i < maps->count; i++)
		strbuf_printf(text, "%u %u %u\n", maps->items[i].container_id, maps->items[i].host_id,
			      maps->items[i].size);
}

static int write_map(int procfs, pid_t pid, const char *file, const struct spec_idmaps *maps, struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };

	if (maps->count == 0)
		return 0;
	format_map(maps, &text);
	if (kern_procfs_write_pid(procfs, pid, file, text.text, err) == 0)
		return 0;
	if (err->errnum == EINVAL)
		err_hint(err, "the kernel refuses maps that overlap, are empty, or have over 340 lines");
	else if (err->errnum == EPERM)
		err_hint(err, "without privileges only one's own id may be mapped here; ranges need newuidmap and "
			      "newgidmap (package uidmap), and AppArmor may forbid user namespaces "
			      "(kernel.apparmor_restrict_unprivileged_userns)");
	return -1;
}

/* newuidmap(1), newgidmap(1): set-uid programs that check /etc/subuid and /etc/subgid for us. */
static int write_by_helper(const char *program, pid_t pid, const struct spec_idmaps *maps, struct err *err)
{
	auto_free const char **args = memory_zalloc(maps->count * 3 + 3, sizeof(*args));
	auto_free char *numbers = memory_zalloc(maps->count * 3 + 1, 16);
	struct spawn spawn = { .args = args };
	char path[PATH_MAX];
	size_t n = 0;

	if (kern_exec_find(program, (const char *const *)environ, path, err)) {
		err->kind = ERR_HELPER;
		return err_hint(err, "more than one's own id can only be mapped by newuidmap and newgidmap: "
				     "install the package uidmap");
	}
	spawn.path = path;
	args[n++] = program;
	for (size_t i = 0; i <= maps->count * 3; i++) {
		const struct spec_idmap *map = i ? &maps->items[(i - 1) / 3] : NULL;
		unsigned value = !map ? (unsigned)pid : (i - 1) % 3 == 0 ? map->container_id
					: (i - 1) % 3 == 1		   ? map->host_id
									   : map->size;

		snprintf(numbers + i * 16, 16, "%u", value);
		args[n++] = numbers + i * 16;
	}
	if (run_spawn(&spawn, err))
		return -1;
	if (spawn.status == 0)
		return 0;
	err_set(err, ERR_HELPER, program, "failed: %s", spawn.output);
	return err_hint(err, "the ranges must be listed for you in /etc/subuid and /etc/subgid");
}

int userns_write_maps(int procfs, pid_t pid, const struct step_idmap *maps, struct err *err)
{
	if (maps->deny_setgroups && kern_procfs_write_pid(procfs, pid, "setgroups", "deny", err))
		return -1;
	if (maps->helper)
		return write_by_helper("newuidmap", pid, &maps->uid, err) ||
				       write_by_helper("newgidmap", pid, &maps->gid, err)
			       ? -1
			       : 0;
	return write_map(procfs, pid, "uid_map", &maps->uid, err) || write_map(procfs, pid, "gid_map", &maps->gid, err)
		       ? -1
		       : 0;
}

int userns_open(int procfs, const struct spec_idmaps *uid, const struct spec_idmaps *gid, struct err *err)
{
	auto_strbuf struct strbuf uid_map = { 0 }, gid_map = { 0 };

	format_map(uid, &uid_map);
	format_map(gid, &gid_map);
	return kern_ns_user_create(procfs, uid_map.text, gid_map.text, err);
}
