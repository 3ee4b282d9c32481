/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsinit check --host. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "kern/seccomp.h"
#include "nsinit/check.h"
#include "plan/host.h"
#include "run/run.h"
#include "spec/names.h"

/* Those that decide what an ordinary user may do, and what containers run into. */
static const char *const sysctls[] = {
	"fs/mount-max",
	"fs/nr_open",
	"kernel/apparmor_restrict_unprivileged_userns",
	"kernel/io_uring_disabled",
	"kernel/keys/maxkeys",
	"kernel/pid_max",
	"kernel/seccomp/actions_avail",
	"kernel/unprivileged_bpf_disabled",
	"kernel/unprivileged_userns_clone",
	"kernel/yama/ptrace_scope",
	"net/ipv4/ip_unprivileged_port_start",
	"user/max_cgroup_namespaces",
	"user/max_ipc_namespaces",
	"user/max_mnt_namespaces",
	"user/max_net_namespaces",
	"user/max_pid_namespaces",
	"user/max_time_namespaces",
	"user/max_user_namespaces",
	"user/max_uts_namespaces",
};

static void add_words(struct json *object, const char *key, const char *text, const char *separators)
{
	auto_free char *copy = memory_strdup(text);
	struct json *array = json_set_array(object, key);
	char *save = NULL;

	for (char *word = strtok_r(copy, separators, &save); word; word = strtok_r(NULL, separators, &save))
		json_add_string(array, word);
}

static void add_kernel(struct json *facts)
{
	struct utsname uts;

	if (uname(&uts))
		return;
	json_set_string(facts, "kernel", uts.release);
	json_set_string(facts, "machine", uts.machine);
}

static void add_caller(struct json *facts, const struct host *host, const struct run_context *context)
{
	struct json *caller = json_set_object(facts, "caller"), *capabilities;

	json_set_u64(caller, "uid", host->uid);
	json_set_u64(caller, "gid", host->gid);
	json_set_bool(caller, "privileged", host->privileged);
	json_set_bool(caller, "rootless", context->rootless);
	json_set_bool(caller, "inUserNamespace", host->in_user_ns);
	capabilities = json_set_array(caller, "bounding");
	for (size_t i = 0; i < spec_names_capability.count; i++)
		if (host->bounding >> spec_names_capability.items[i].value & 1)
			json_add_string(capabilities, spec_names_capability.items[i].name);
}

static void add_cgroups(struct json *facts, const struct host *host)
{
	struct json *array = json_set_array(facts, "cgroups");

	for (size_t i = 0; i < host->hierarchy_count; i++) {
		const struct host_hierarchy *hierarchy = &host->hierarchies[i];
		struct json *object = json_add_object(array);

		json_set_string(object, "mountpoint", hierarchy->mountpoint);
		json_set_i64(object, "version", hierarchy->v2 ? 2 : 1);
		json_set_string(object, "name", hierarchy->name);
		add_words(object, "controllers", hierarchy->controllers, ",");
		json_set_string(object, "own", hierarchy->own);
	}
}

static void add_namespaces(struct json *facts)
{
	static const char *const files[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
	struct json *object = json_set_object(facts, "namespaces");

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[32];

		snprintf(path, sizeof(path), "/proc/self/ns/%s", files[i]);
		json_set_bool(object, files[i], access(path, F_OK) == 0);
	}
}

static void add_files(struct json *facts, const struct host *host)
{
	struct json *object = json_set_object(facts, "mounts");
	auto_free char *list = NULL;
	size_t len;

	json_set_bool(object, "mountSetattr", host->has_mount_setattr);
	json_set_bool(object, "idmapped", host->has_idmapped_mounts);
	if (file_read_at(AT_FDCWD, "/proc/filesystems", 65536, &list, &len))
		return;
	json_set_bool(object, "overlay", strstr(list, "\toverlay\n"));
	json_set_bool(object, "fuse", strstr(list, "\tfuse\n"));
	json_set_bool(object, "mqueue", strstr(list, "\tmqueue\n"));
}

static void add_security(struct json *facts, const struct host *host)
{
	struct json *object = json_set_object(facts, "security"), *array;
	unsigned actions = kern_seccomp_actions();
	uint64_t flags = kern_seccomp_flags();
	char lsm[256];

	if (file_read_small(AT_FDCWD, "/sys/kernel/security/lsm", lsm, sizeof(lsm)) >= 0)
		add_words(object, "lsm", lsm, ",");
	json_set_bool(object, "apparmor", host->has_apparmor);
	json_set_bool(object, "selinux", host->has_selinux);
	json_set_u64(object, "landlockABI", host->landlock_abi);
	json_set_bool(object, "seccomp", host->has_seccomp);
	array = json_set_array(object, "seccompActions");
	for (size_t i = 0; i < spec_names_seccomp_action.count; i++)
		if (actions >> spec_names_seccomp_action.items[i].value & 1)
			json_add_string(array, spec_names_seccomp_action.items[i].name);
	array = json_set_array(object, "seccompFlags");
	for (size_t i = 0; i < spec_names_seccomp_flag.count; i++)
		if (flags & spec_names_seccomp_flag.items[i].value)
			json_add_string(array, spec_names_seccomp_flag.items[i].name);
}

static void add_sysctls(struct json *facts)
{
	struct json *object = json_set_object(facts, "sysctl");

	for (size_t i = 0; i < ARRAY_SIZE(sysctls); i++) {
		char path[128], value[256];

		snprintf(path, sizeof(path), "/proc/sys/%s", sysctls[i]);
		if (file_read_small(AT_FDCWD, path, value, sizeof(value)) >= 0)
			json_set_string(object, sysctls[i], value);
	}
}

struct json *check_host_facts(const struct run_context *context, struct err *err)
{
	struct arena *arena = arena_new();
	struct json *facts = NULL;
	struct host host;

	if (!run_probe(&host, NULL, arena, err)) {
		facts = json_object();
		add_kernel(facts);
		add_caller(facts, &host, context);
		add_namespaces(facts);
		add_cgroups(facts, &host);
		add_files(facts, &host);
		add_security(facts, &host);
		json_set_string(facts, "resctrl", host.resctrl);
		add_sysctls(facts);
	}
	arena_free(arena);
	return facts;
}
