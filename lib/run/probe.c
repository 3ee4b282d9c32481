/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of this host that plans depend on. On the path of every start: one look at each. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/caps.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/landlock.h"
#include "kern/lsm.h"
#include "kern/mount_stage.h"
#include "kern/seccomp.h"
#include "plan/host.h"
#include "run/run.h"
#include "spec/types.h"

/* linux/capability.h conflicts with libcap's header in other files: the three that matter here. */
enum { CAPABILITY_SYS_ADMIN = 21, CAPABILITY_SYS_RESOURCE = 24, CAPABILITY_MKNOD = 27 };

/* include/linux/proc_ns.h: PROC_USER_INIT_INO, ABI since Linux 3.8. */
#define INITIAL_USER_NS "user:[4026531837]"
#define RESCTRL "/sys/fs/resctrl"

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int probe_kernel(struct host *host, struct err *err)
{
	struct utsname uts;

	if (uname(&uts))
		return err_system(err, "uname", "kernel version");
	if (sscanf(uts.release, "%u.%u", &host->kernel_major, &host->kernel_minor) != 2)
		return err_set(err, ERR_UNSUPPORTED, "uname", "no version in \"%s\"", uts.release);
	return 0;
}

/* The initial user namespace has a number of its own; without it, it maps the whole range onto itself. */
static bool in_user_ns(void)
{
	char map[64];
	unsigned inside, outside, count;
	ssize_t len = readlink("/proc/self/ns/user", map, sizeof(map));

	if (len > 0 && len < (ssize_t)sizeof(map)) {
		map[len] = '\0';
		return strcmp(map, INITIAL_USER_NS) != 0;
	}
	if (file_read_small(AT_FDCWD, "/proc/self/uid_map", map, sizeof(map)) < 0)
		return false;
	return sscanf(map, "%u %u %u", &inside, &outside, &count) != 3 || inside || outside ||
	       count != 0xffffffff;
}

static bool setgroups_denied(void)
{
	char text[16];

	return file_read_small(AT_FDCWD, "/proc/self/setgroups", text, sizeof(text)) > 0 &&
	       strncmp(text, "deny", 4) == 0;
}

/* Shells (nohup, trap, jobs in the background) and Python ignore some. Unknown: all are set to the default. */
static uint64_t ignored_signals(const char *status)
{
	const char *line = strstr(status, "\nSigIgn:\t");

	return line ? strtoull(line + strlen("\nSigIgn:\t"), NULL, 16) : UINT64_MAX;
}

static int probe_caller(struct host *host, struct err *err)
{
	struct kern_caps caps;
	char status[4096];

	if (file_read_small(AT_FDCWD, "/proc/thread-self/status", status, sizeof(status)) < 0)
		status[0] = '\0';
	if (!kern_caps_parse(&caps, status) && kern_caps_get(&caps, err))
		return -1;
	host->ignored_signals = ignored_signals(status);
	host->uid = geteuid();
	host->gid = getegid();
	host->in_user_ns = in_user_ns();
	host->setgroups_denied = host->in_user_ns && setgroups_denied();
	host->privileged = caps.effective >> CAPABILITY_SYS_ADMIN & 1;
	host->cap_sys_resource = caps.effective >> CAPABILITY_SYS_RESOURCE & 1;
	host->cap_mknod = (caps.effective >> CAPABILITY_MKNOD & 1) && !host->in_user_ns;
	host->bounding = caps.bounding;
	host->cap_last_cap = kern_caps_last();
	return 0;
}

static int probe_cgroups(struct host *host, struct arena *arena, struct err *err)
{
	struct kern_cgroup_hierarchies list = { 0 };

	if (kern_cgroup_hierarchies_list(&list, err))
		return -1;
	host->hierarchies = arena_array(arena, list.count, sizeof(*host->hierarchies));
	for (size_t i = 0; i < list.count; i++) {
		const struct kern_cgroup_hierarchy *from = &list.items[i];
		struct host_hierarchy *to = &host->hierarchies[host->hierarchy_count++];

		to->mountpoint = arena_strdup(arena, from->mountpoint);
		to->controllers = arena_strdup(arena, from->controllers);
		to->name = from->name ? arena_strdup(arena, from->name) : NULL;
		to->own = arena_strdup(arena, from->own);
		to->v2 = from->v2;
	}
	kern_cgroup_hierarchies_free(&list);
	return 0;
}

/* A system call or two each: looked for where somebody asks. */
static void probe_security(struct host *host, const struct spec *spec)
{
	if (!spec || spec->linux_.seccomp.given)
		host->has_seccomp = exists("/proc/sys/kernel/seccomp");
	if (!spec || spec->process.apparmor_profile)
		host->has_apparmor = kern_lsm_has_apparmor();
	if (!spec || spec->process.selinux_label || spec->linux_.mount_label)
		host->has_selinux = kern_lsm_has_selinux();
	if (!spec || spec->own.landlock.given)
		host->landlock_abi = kern_landlock_abi();
}

int run_probe(struct host *host, const struct spec *spec, struct arena *arena, struct err *err)
{
	*host = (struct host){ 0 };
	if (probe_kernel(host, err) || probe_caller(host, err) || probe_cgroups(host, arena, err))
		return -1;
	probe_security(host, spec);
	host->has_time_ns =
		(!spec || spec->linux_.namespaces[SPEC_NS_TIME].given) && exists("/proc/self/ns/time");
	/* What has hierarchies has the namespace (Linux 4.6). */
	host->has_cgroup_ns = host->hierarchy_count || exists("/proc/self/ns/cgroup");
	host->has_mount_setattr = host->has_idmapped_mounts =
		host->kernel_major > 5 || (host->kernel_major == 5 && host->kernel_minor >= 12);
	host->lacks_detached_mounts = !kern_mount_has_detached();
	host->has_resctrl = (!spec || spec->linux_.intel_rdt.given) && exists(RESCTRL "/schemata");
	host->resctrl = host->has_resctrl ? RESCTRL : NULL;
	return 0;
}
