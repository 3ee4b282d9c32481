/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's attributes, in the order that lets each be set: what needs
 * privileges before they go, labels before no_new_privs, the filter last (but
 * without no_new_privs while CAP_SYS_ADMIN is still there).
 */
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "spec/names.h"
#include "spec/spec.h"

static const char *const no_environment[] = { NULL };

static bool unprivileged_ns(const struct builder *b)
{
	return b->new_user || b->joined_user;
}

static bool is_confined(const char *profile)
{
	return profile && strcmp(profile, "unconfined") != 0;
}

/* By ABI version: how many of the rights, from bit 0 on, the kernel knows. linux/landlock.h. */
static const struct {
	unsigned fs, net, scopes;
} landlock_known[] = { { 0, 0, 0 },  { 13, 0, 0 }, { 14, 0, 0 }, { 15, 0, 0 },
		       { 15, 2, 0 }, { 16, 2, 0 }, { 16, 2, 2 } };

static int check_landlock(struct builder *b)
{
	const struct spec_landlock *landlock = &b->spec->own.landlock;
	unsigned abi = b->host->landlock_abi, newest = ARRAY_SIZE(landlock_known) - 1, known;
	const char *what;

	if (!landlock->given || landlock->best_effort)
		return 0;
	known = abi < newest ? abi : newest;
	what = landlock->handled_fs >> landlock_known[known].fs     ? "handledAccessFs"
	       : landlock->handled_net >> landlock_known[known].net ? "handledAccessNet"
	       : landlock->scoped >> landlock_known[known].scopes   ? "scoped"
								    : NULL;
	if (!what)
		return 0;
	if (abi)
		plan_unsupported(b, plan_text(b, "/nsinit/landlock/%s", what),
				 "this kernel's Landlock (ABI %u) does not know all of them", abi);
	else
		plan_unsupported(b, "/nsinit/landlock", "Landlock is not active in this kernel");
	return err_hint(b->err, "\"bestEffort\": true leaves out what is missing here");
}

static int check_security(struct builder *b)
{
	const struct spec_process *process = b->process;

	if (is_confined(process->apparmor_profile) && !b->host->has_apparmor)
		return plan_unsupported(
			b, "/process/apparmorProfile",
			"AppArmor is not active in this kernel, so the profile %s cannot be applied",
			process->apparmor_profile);
	if (process->selinux_label && !b->host->has_selinux)
		return plan_unsupported(
			b, "/process/selinuxLabel",
			"SELinux is not active in this kernel, so the label %s cannot be applied",
			process->selinux_label);
	if (b->spec->linux_.mount_label && !b->host->has_selinux)
		return plan_unsupported(b, "/linux/mountLabel", "SELinux is not active in this kernel");
	if (b->spec->linux_.seccomp.given && !b->host->has_seccomp)
		return plan_unsupported(b, "/linux/seccomp", "this kernel has no seccomp filters");
	return check_landlock(b);
}

static int check_uid(struct builder *b)
{
	const struct spec_idmaps *uids = &b->spec->linux_.uid_mappings;
	uint32_t uid = b->process->user.uid;

	if (!uids->count || spec_idmaps_has(uids, uid))
		return 0;
	return plan_refuse(b, "/process/user/uid", "uid %u is not in linux.uidMappings", uid);
}

static int check_gids(struct builder *b)
{
	const struct spec_user *user = &b->process->user;
	const struct spec_idmaps *gids = &b->spec->linux_.gid_mappings;

	if (!gids->count)
		return 0;
	if (!spec_idmaps_has(gids, user->gid))
		return plan_refuse(b, "/process/user/gid", "gid %u is not in linux.gidMappings", user->gid);
	for (size_t i = 0; i < user->additional_gid_count; i++)
		if (!spec_idmaps_has(gids, user->additional_gids[i]))
			return plan_refuse(b, plan_text(b, "/process/user/additionalGids/%zu", i),
					   "gid %u is not in linux.gidMappings", user->additional_gids[i]);
	if (user->additional_gid_count && plan_namespace_denies_setgroups(b)) {
		plan_unsupported(
			b, "/process/user/additionalGids",
			"a user namespace whose gid map was written without privileges has no additional "
			"groups (user_namespaces(7))");
		return err_hint(b->err,
				"more than one gid in linux.gidMappings, by newgidmap and /etc/subgid, "
				"allows them");
	}
	return 0;
}

int plan_process_check(struct builder *b)
{
	return b->process->given && (check_security(b) || check_uid(b) || check_gids(b)) ? -1 : 0;
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
	const char *selinux = b->process->selinux_label;

	/* exec joins the keyring of that name which the container's first process made. */
	if (!b->request->no_new_keyring)
		plan_add(b, STEP_KEYRING, STEP_CHILD, selinux ? "/process/selinuxLabel" : "")->keyring =
			(struct step_keyring){ .name = plan_text(b, "_ses.%s", b->request->id),
					       .selinux = selinux };
	if (l->has_personality)
		plan_add(b, STEP_PERSONALITY, STEP_CHILD, "/linux/personality")->number =
			(int64_t)l->personality;
	if (!unprivileged_ns(b))
		add_scheduling(b, STEP_CHILD);
	if (l->memory_policy.given)
		plan_add(b, STEP_MEMORY_POLICY, STEP_CHILD, "/linux/memoryPolicy")->memory_policy =
			&l->memory_policy;
}

static void add_label(struct builder *b)
{
	const struct spec_process *process = b->process;
	bool apparmor = process->apparmor_profile && b->host->has_apparmor;
	struct step *step;

	if (!apparmor && !process->selinux_label)
		return;
	step = plan_add(b, STEP_LSM_LABEL, STEP_CHILD,
			apparmor ? "/process/apparmorProfile" : "/process/selinuxLabel");
	step->lsm.apparmor = apparmor ? process->apparmor_profile : NULL;
	step->lsm.selinux = process->selinux_label;
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

struct capability_set {
	uint64_t *set, allowed;
	const char *name, *allowing; /* what the allowed ones are called */
};

/*
 * config.md: what cannot be granted "MUST be logged as a warning", and is no error. In one line: buildah asks for a
 * dozen ambient ones that are not inheritable, in each RUN.
 */
static void limit_set(struct builder *b, const struct capability_set *set)
{
	uint64_t missing = *set->set & ~set->allowed;
	bool several = missing & (missing - 1);
	const char *names = "";

	if (!missing)
		return;
	*set->set &= set->allowed;
	for (; missing; missing &= missing - 1) {
		const char *name = spec_names_of(&spec_names_capability, (uint64_t)__builtin_ctzll(missing));

		names = plan_text(b, "%s%s%s", names, *names ? ", " : "", name ? name : "a capability");
	}
	plan_warn(b, plan_text(b, "/process/capabilities/%s", set->name),
		  "%s cannot be granted and %s left out: not in %s", names, several ? "are" : "is", set->allowing);
}

/* Without "capabilities" the process has none: config.md says nothing of a default. */
static struct spec_capabilities granted(struct builder *b)
{
	struct spec_capabilities sets = b->process->capabilities;
	uint64_t known =
		b->host->cap_last_cap >= 63 ? UINT64_MAX : (UINT64_C(2) << b->host->cap_last_cap) - 1;

	limit_set(b, &(struct capability_set){ &sets.bounding,
					       known & (unprivileged_ns(b) ? UINT64_MAX : b->host->bounding),
					       "bounding", "the caller's bounding set" });
	limit_set(b, &(struct capability_set){ &sets.permitted, sets.bounding, "permitted", "bounding" });
	limit_set(b, &(struct capability_set){ &sets.effective, sets.permitted, "effective", "permitted" });
	limit_set(b, &(struct capability_set){ &sets.inheritable, sets.bounding, "inheritable", "bounding" });
	limit_set(b, &(struct capability_set){ &sets.ambient, sets.permitted & sets.inheritable, "ambient",
					       "permitted and inheritable" });
	return sets;
}

static void add_credentials(struct builder *b)
{
	const struct spec_process *process = b->process;
	const struct spec_user *user = &process->user;
	struct spec_capabilities sets = granted(b);
	const char *where = process->capabilities.given ? "/process/capabilities" : "";
	struct step *step;

	plan_add(b, STEP_BOUNDING, STEP_CHILD, where)->capabilities.sets = sets;
	step = plan_add(b, STEP_USER, STEP_CHILD, "/process/user");
	step->user = (struct step_user){ .uid = user->uid,
					 .gid = user->gid,
					 .groups = user->additional_gids,
					 .group_count = user->additional_gid_count,
					 .keep_groups = plan_namespace_denies_setgroups(b),
					 .has_umask = user->has_umask,
					 .umask = user->umask };
	plan_add(b, STEP_CHDIR, STEP_CHILD, "/process/cwd")->text = process->cwd;
	plan_add(b, STEP_CAPABILITIES, STEP_CHILD, where)->capabilities.sets = sets;
}

const char *const *plan_process_environment(const struct builder *b)
{
	return b->process->env.items ? b->process->env.items : no_environment;
}

/* A user expects a HOME, as login(1) sets it. Docker and containerd leave it to the runtime. */
static const char *const *environment_with_home(struct builder *b)
{
	const struct spec_process *process = b->process;
	const char *const *env = plan_process_environment(b);
	const char **items;
	size_t count = 0;
	struct step *step;

	for (; env[count]; count++)
		if (!strncmp(env[count], "HOME=", 5))
			return env;
	items = arena_array(b->arena, count + 2, sizeof(*items));
	memcpy(items, env, count * sizeof(*items));
	step = plan_add(b, STEP_HOME, STEP_CHILD, "/process/env");
	step->home = (struct step_home){ .uid = process->user.uid,
					 .place = items + count,
					 .variable = arena_alloc(b->arena, STEP_HOME_SIZE) };
	return items;
}

void plan_process_add(struct builder *b)
{
	const char *const *env = environment_with_home(b);
	const struct spec_process *process = b->process;
	bool early_filter = !process->no_new_privileges;
	struct step *step;

	add_surroundings(b);
	add_label(b);
	if (b->spec->own.landlock.given)
		plan_add(b, STEP_LANDLOCK, STEP_CHILD, "/nsinit/landlock")->landlock = &b->spec->own.landlock;
	/* Behind what opens files, RLIMIT_NOFILE may be 0. */
	add_limits(b, STEP_LIMIT, STEP_CHILD);
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
	step->exec.env = env;
}
