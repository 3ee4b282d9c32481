/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's attributes, in the order that lets each be set: what needs
 * privileges before they go, labels before no_new_privs, the filter last (but
 * without no_new_privs while CAP_SYS_ADMIN is still there).
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static const char *const no_environment[] = { NULL };

static bool unprivileged_ns(const struct builder *b)
{
	return b->new_user || b->joined_user;
}

static bool is_confined(const char *profile)
{
	return profile && *profile && strcmp(profile, "unconfined") != 0;
}

static int check_security(struct builder *b)
{
	const struct spec_process *process = b->process;

	if (is_confined(process->apparmor_profile) && !b->host->has_apparmor)
		return plan_unsupported(
			b, "/process/apparmorProfile",
			"AppArmor is not active in this kernel, so the profile %s cannot be applied",
			process->apparmor_profile);
	if (process->selinux_label && *process->selinux_label && !b->host->has_selinux)
		return plan_unsupported(
			b, "/process/selinuxLabel",
			"SELinux is not active in this kernel, so the label %s cannot be applied",
			process->selinux_label);
	if (b->spec->linux_.mount_label && *b->spec->linux_.mount_label && !b->host->has_selinux)
		return plan_unsupported(b, "/linux/mountLabel", "SELinux is not active in this kernel");
	if (b->spec->linux_.seccomp.given && !b->host->has_seccomp)
		return plan_unsupported(b, "/linux/seccomp", "this kernel has no seccomp filters");
	if (b->spec->own.landlock.given && !b->spec->own.landlock.best_effort && !b->host->landlock_abi) {
		plan_unsupported(b, "/nsinit/landlock", "Landlock is not active in this kernel");
		return err_hint(b->err, "\"bestEffort\": true runs without it where it is missing");
	}
	return 0;
}

static bool is_mapped(const struct spec_idmaps *maps, uint32_t id)
{
	for (size_t i = 0; i < maps->count; i++)
		if (id >= maps->items[i].container_id &&
		    id - maps->items[i].container_id < maps->items[i].size)
			return true;
	return false;
}

static int check_ids(struct builder *b)
{
	const struct spec_user *user = &b->process->user;
	const struct spec_linux *l = &b->spec->linux_;

	if (!b->new_user)
		return 0;
	if (!is_mapped(&l->uid_mappings, user->uid))
		return plan_refuse(b, "/process/user/uid", "uid %u is not in linux.uidMappings", user->uid);
	if (!is_mapped(&l->gid_mappings, user->gid))
		return plan_refuse(b, "/process/user/gid", "gid %u is not in linux.gidMappings", user->gid);
	for (size_t i = 0; i < user->additional_gid_count; i++)
		if (!is_mapped(&l->gid_mappings, user->additional_gids[i]))
			return plan_refuse(b, plan_text(b, "/process/user/additionalGids/%zu", i),
					   "gid %u is not in linux.gidMappings", user->additional_gids[i]);
	return 0;
}

int plan_process_check(struct builder *b)
{
	return b->process->given && (check_security(b) || check_ids(b)) ? -1 : 0;
}

static void add_scheduling(struct builder *b, int side)
{
	const struct spec_process *process = b->process;

	if (process->scheduler.given)
		plan_add(b, STEP_SCHEDULER, side, "/process/scheduler")->scheduler = &process->scheduler;
	if (process->io_priority.given)
		plan_add(b, STEP_IO_PRIORITY, side, "/process/ioPriority")->io_priority =
			&process->io_priority;
}

static void add_limits(struct builder *b, int kind, int side)
{
	for (size_t i = 0; i < b->process->rlimit_count; i++) {
		const struct spec_rlimit *limit = &b->process->rlimits[i];
		struct step *step = plan_add(b, kind, side, plan_text(b, "/process/rlimits/%zu", i));

		step->limit = (struct step_limit){ limit->resource, limit->soft, limit->hard };
	}
}

/* Inside a user namespace the process has no capability over the host that these need. */
void plan_process_before(struct builder *b)
{
	if (!b->process->given)
		return;
	if (b->process->has_oom_score_adj)
		plan_add(b, STEP_OOM_SCORE, STEP_PARENT, "/process/oomScoreAdj")->number =
			b->process->oom_score_adj;
	if (!unprivileged_ns(b))
		return;
	add_limits(b, STEP_LIMIT_RAISE, STEP_PARENT);
	add_scheduling(b, STEP_PARENT);
}

static void add_surroundings(struct builder *b)
{
	const struct spec_linux *l = &b->spec->linux_;

	/* exec joins the keyring of that name which the container's first process made. */
	if (!b->request->no_new_keyring)
		plan_add(b, STEP_KEYRING, STEP_CHILD, "")->text = plan_text(b, "_ses.%s", b->request->id);
	if (l->has_personality)
		plan_add(b, STEP_PERSONALITY, STEP_CHILD, "/linux/personality")->number =
			(int64_t)l->personality;
	if (!unprivileged_ns(b) || b->exec)
		add_scheduling(b, STEP_CHILD);
	if (l->memory_policy.given)
		plan_add(b, STEP_MEMORY_POLICY, STEP_CHILD, "/linux/memoryPolicy")->memory_policy =
			&l->memory_policy;
	add_limits(b, STEP_LIMIT, STEP_CHILD);
}

static void add_label(struct builder *b)
{
	const struct spec_process *process = b->process;
	bool apparmor = process->apparmor_profile && *process->apparmor_profile && b->host->has_apparmor;
	bool selinux = process->selinux_label && *process->selinux_label;
	struct step *step;

	if (!apparmor && !selinux)
		return;
	step = plan_add(b, STEP_LSM_LABEL, STEP_CHILD,
			apparmor ? "/process/apparmorProfile" : "/process/selinuxLabel");
	step->lsm.apparmor = apparmor ? process->apparmor_profile : NULL;
	step->lsm.selinux = selinux ? process->selinux_label : NULL;
}

void plan_seccomp_compile(struct builder *b)
{
	struct step *step;

	if (!b->process->given || !b->spec->linux_.seccomp.given)
		return;
	step = plan_add(b, STEP_SECCOMP_COMPILE, STEP_PARENT, "/linux/seccomp");
	step->seccomp.seccomp = &b->spec->linux_.seccomp;
	step->seccomp.slot = b->seccomp_slot = ++b->plan->slot_count;
}

static void add_seccomp(struct builder *b)
{
	struct step *step;

	if (!b->spec->linux_.seccomp.given)
		return;
	step = plan_add(b, STEP_SECCOMP_LOAD, STEP_CHILD, "/linux/seccomp");
	step->seccomp.seccomp = &b->spec->linux_.seccomp;
	step->seccomp.slot = b->seccomp_slot;
}

static bool denies_setgroups(const struct builder *b)
{
	const struct spec_idmaps *gids = &b->spec->linux_.gid_mappings;

	return b->new_user && !b->host->privileged && gids->count == 1 && gids->items[0].size == 1;
}

static void add_credentials(struct builder *b)
{
	const struct spec_process *process = b->process;
	const struct spec_user *user = &process->user;
	/* Without "capabilities" the process has none: config.md says nothing of a default. */
	struct spec_capabilities sets = process->capabilities;
	const char *where = process->capabilities.given ? "/process/capabilities" : "";
	uint64_t known =
		b->host->cap_last_cap >= 63 ? UINT64_MAX : (UINT64_C(2) << b->host->cap_last_cap) - 1;
	struct step *step;

	/* What cannot be granted is passed over (spec/process.c has warned of unknown names). */
	sets.bounding &= known & (unprivileged_ns(b) ? UINT64_MAX : b->host->bounding);
	sets.permitted &= sets.bounding;
	sets.effective &= sets.permitted;
	sets.inheritable &= sets.bounding;
	sets.ambient &= sets.permitted & sets.inheritable;
	plan_add(b, STEP_BOUNDING, STEP_CHILD, where)->capabilities.sets = sets;
	step = plan_add(b, STEP_USER, STEP_CHILD, "/process/user");
	step->user = (struct step_user){ .uid = user->uid,
					 .gid = user->gid,
					 .groups = user->additional_gids,
					 .group_count = user->additional_gid_count,
					 .keep_groups = denies_setgroups(b),
					 .has_umask = user->has_umask,
					 .umask = user->umask };
	plan_add(b, STEP_CHDIR, STEP_CHILD, "/process/cwd")->text = process->cwd;
	plan_add(b, STEP_CAPABILITIES, STEP_CHILD, where)->capabilities.sets = sets;
}

void plan_process_add(struct builder *b)
{
	const struct spec_process *process = b->process;
	bool early_filter = !process->no_new_privileges;
	struct step *step;

	add_surroundings(b);
	add_label(b);
	if (b->spec->own.landlock.given)
		plan_add(b, STEP_LANDLOCK, STEP_CHILD, "/nsinit/landlock")->landlock = &b->spec->own.landlock;
	if (early_filter)
		add_seccomp(b);
	add_credentials(b);
	if (process->no_new_privileges)
		plan_add(b, STEP_NO_NEW_PRIVS, STEP_CHILD, "/process/noNewPrivileges");
	if (b->spec->own.parent_death_signal && !b->exec)
		plan_add(b, STEP_DEATH_SIGNAL, STEP_CHILD, "/nsinit/parentDeathSignal")->number =
			b->spec->own.parent_death_signal;
	if (b->spec->own.init && !b->exec)
		plan_add(b, STEP_REAPER, STEP_CHILD, "/nsinit/init");
	if (!early_filter)
		add_seccomp(b);
	step = plan_add(b, STEP_EXEC, STEP_CHILD, "/process/args");
	step->exec.args = process->args.items;
	step->exec.env = process->env.items ? process->env.items : no_environment;
}
