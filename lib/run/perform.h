/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps to kern calls, one function a kind; the table is in perform.c. For run/perform*.c alone. */
#ifndef NSTOOLS_RUN_PERFORM_H
#define NSTOOLS_RUN_PERFORM_H

struct engine;
struct err;
struct step;

/* One step: run/perform*.c are the only place that maps steps to kern calls. */
int perform_step(struct engine *engine, const struct step *step, struct err *err);
void perform_undo(struct engine *engine, const struct step *step);

typedef int perform_function(struct engine *engine, const struct step *step, struct err *err);

/* A private procfs of this side's pid namespace, opened on first use. Borrowed. */
int perform_procfs(struct engine *engine, struct err *err);

/* perform_host.c: what outlives the child, and what the runtime does to it */
perform_function perform_state_create, perform_state_save, perform_pid_file, perform_cgroup_create,
	perform_cgroup_systemd, perform_cgroup_set, perform_cgroup_devices, perform_cgroup_attach,
	perform_cgroup_owner, perform_rdt_create, perform_rdt_attach, perform_netdev_move,
	perform_limit_raise, perform_oom_score, perform_hook;

/* perform_net.c: nsinit.networks, routes, firewall */
perform_function perform_net_interface, perform_net_route, perform_net_rules;
void perform_net_undo(struct engine *engine);

/* engine_clone.c: the clone step; in the new process it does not return */
perform_function engine_clone;

/* restore.c: CRIU in the place of the clone */
perform_function perform_restore;

/* perform_ns.c: namespaces and ids */
perform_function perform_ns_open, perform_ns_join, perform_idmap_write, perform_become_root, perform_unshare,
	perform_time_offsets, perform_session, perform_hostname, perform_domainname, perform_loopback,
	perform_sysctl, perform_tree_idmap;

/* perform_fs.c: the file system */
perform_function perform_root_propagation, perform_tree_open, perform_overlay_open, perform_root_attach,
	perform_mount, perform_device, perform_link, perform_console, perform_mask, perform_readonly_path,
	perform_cwd_create, perform_root_readonly, perform_pivot;

/* perform_process.c: the program's attributes, and its start */

/* The child's descriptors, but what its steps to come need; the channel too unless the start is to be waited for. */
void perform_close_unneeded(struct engine *engine, bool keep_channel);
perform_function perform_wait_start, perform_scheduler, perform_io_priority, perform_memory_policy,
	perform_affinity, perform_keyring, perform_personality, perform_limit, perform_lsm_label,
	perform_landlock, perform_seccomp_compile, perform_seccomp_load, perform_chdir,
	perform_find_program, perform_home, perform_user,
	perform_capabilities, perform_bounding, perform_no_new_privs, perform_death_signal, perform_reaper,
	perform_exec;

#endif
