/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/procfs.h"
#include "plan/step.h"
#include "run/engine.h"
#include "run/perform.h"

static perform_function *const functions[STEP_KIND_COUNT] = {
	[STEP_STATE_CREATE] = perform_state_create,
	[STEP_CGROUP_CREATE] = perform_cgroup_create,
	[STEP_CGROUP_SYSTEMD] = perform_cgroup_systemd,
	[STEP_RDT_CREATE] = perform_rdt_create,
	[STEP_CGROUP_SET] = perform_cgroup_set,
	[STEP_CGROUP_DEVICES] = perform_cgroup_devices,
	[STEP_CGROUP_ATTACH] = perform_cgroup_attach,
	[STEP_CGROUP_OWNER] = perform_cgroup_owner,
	[STEP_RDT_ATTACH] = perform_rdt_attach,
	[STEP_NS_OPEN] = perform_ns_open,
	[STEP_NS_JOIN] = perform_ns_join,
	[STEP_CLONE] = engine_clone,
	[STEP_RESTORE] = perform_restore,
	[STEP_IDMAP_WRITE] = perform_idmap_write,
	[STEP_BECOME_ROOT] = perform_become_root,
	[STEP_UNSHARE] = perform_unshare,
	[STEP_TIME_OFFSETS] = perform_time_offsets,
	[STEP_SESSION] = perform_session,
	[STEP_HOSTNAME] = perform_hostname,
	[STEP_DOMAINNAME] = perform_domainname,
	[STEP_LOOPBACK] = perform_loopback,
	[STEP_NETDEV_MOVE] = perform_netdev_move,
	[STEP_NET_INTERFACE] = perform_net_interface,
	[STEP_NET_ROUTE] = perform_net_route,
	[STEP_NET_RULES] = perform_net_rules,
	[STEP_ROOT_PROPAGATION] = perform_root_propagation,
	[STEP_TREE_OPEN] = perform_tree_open,
	[STEP_TREE_IDMAP] = perform_tree_idmap,
	[STEP_OVERLAY_OPEN] = perform_overlay_open,
	[STEP_ROOT_ATTACH] = perform_root_attach,
	[STEP_MOUNT] = perform_mount,
	[STEP_DEVICE] = perform_device,
	[STEP_LINK] = perform_link,
	[STEP_CONSOLE] = perform_console,
	[STEP_SYSCTL] = perform_sysctl,
	[STEP_MASK] = perform_mask,
	[STEP_READONLY_PATH] = perform_readonly_path,
	[STEP_CWD_CREATE] = perform_cwd_create,
	[STEP_ROOT_READONLY] = perform_root_readonly,
	[STEP_PIVOT] = perform_pivot,
	[STEP_HOOK] = perform_hook,
	[STEP_FIND_PROGRAM] = perform_find_program,
	[STEP_STATE_SAVE] = perform_state_save,
	[STEP_PID_FILE] = perform_pid_file,
	[STEP_WAIT_START] = perform_wait_start,
	[STEP_HOME] = perform_home,
	[STEP_LIMIT_RAISE] = perform_limit_raise,
	[STEP_OOM_SCORE] = perform_oom_score,
	[STEP_SCHEDULER] = perform_scheduler,
	[STEP_IO_PRIORITY] = perform_io_priority,
	[STEP_MEMORY_POLICY] = perform_memory_policy,
	[STEP_AFFINITY] = perform_affinity,
	[STEP_KEYRING] = perform_keyring,
	[STEP_PERSONALITY] = perform_personality,
	[STEP_LIMIT] = perform_limit,
	[STEP_LSM_LABEL] = perform_lsm_label,
	[STEP_LANDLOCK] = perform_landlock,
	[STEP_SECCOMP_COMPILE] = perform_seccomp_compile,
	[STEP_SECCOMP_LOAD] = perform_seccomp_load,
	[STEP_CHDIR] = perform_chdir,
	[STEP_USER] = perform_user,
	[STEP_CAPABILITIES] = perform_capabilities,
	[STEP_BOUNDING] = perform_bounding,
	[STEP_NO_NEW_PRIVS] = perform_no_new_privs,
	[STEP_DEATH_SIGNAL] = perform_death_signal,
	[STEP_REAPER] = perform_reaper,
	[STEP_EXEC] = perform_exec,
};

int perform_step(struct engine *engine, const struct step *step, struct err *err)
{
	return functions[step->kind](engine, step, err);
}

int perform_procfs(struct engine *engine, struct err *err)
{
	if (engine->procfs < 0)
		engine->procfs = kern_procfs_open(err);
	return engine->procfs;
}
