/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --like-init of a container: everything that the container's process has, as `nsinit exec`
 * gives it: namespaces, cgroup, capabilities, no_new_privs, seccomp filter,
 * label, ids, groups, limits, environment, personality, working directory.
 */
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "common/option.h"
#include "kern/caps.h"
#include "kern/lsm.h"
#include "kern/path.h"
#include "run/attach.h"
#include "run/attach_more.h"
#include "run/run.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "nsenter/full.h"
#include "nsenter/nsenter.h"

struct like {
	struct nsenter *nsenter;
	struct arena *arena;
	struct spec_process process;
};

int nsenter_like_check(const struct nsenter *nsenter, struct err *err)
{
	const struct run_attach *attach = &nsenter->attach;

	if (!attach->pid)
		return err_set(err, ERR_USAGE, "", "no target PID specified for --like-init");
	for (int i = 0; i < RUN_ATTACH_NS_COUNT; i++)
		if (attach->ns[i].given)
			return err_set(err, ERR_USAGE, "",
				       "--like-init enters all namespaces of the target, not single ones");
	if (attach->root.given || attach->wd.given || attach->net_socket || attach->user_parent ||
	    attach->keep_caps || attach->preserve_credentials || attach->no_fork || nsenter->remount)
		return err_set(err, ERR_USAGE, "",
			       "--root, --wd, --net-socket, --user-parent, --keep-caps, --preserve-credentials, "
			       "--no-fork and --remount-sys-proc do not go with --like-init");
	if (attach->join_cgroup && nsenter->elevated.cgroup)
		return err_set(err, ERR_USAGE, "", "--join-cgroup and --elevated=cgroup are two cgroups");
	if (attach->wdns && attach->wdns[0] != '/')
		return err_set(err, ERR_USAGE, "",
			       "--wdns with --like-init: expected an absolute path, found \"%.100s\"", attach->wdns);
	return 0;
}

/* "follow" is what it does anyway. */
static void set_user(struct like *like)
{
	const struct run_attach *attach = &like->nsenter->attach;
	struct spec_user *user = &like->process.user;

	if (attach->uid.given && !attach->uid.follow)
		user->uid = attach->uid.id;
	if (attach->gid.given && !attach->gid.follow)
		user->gid = attach->gid.id;
	if ((attach->uid.given && !attach->uid.follow) || (attach->gid.given && !attach->gid.follow)) {
		/* The container's other groups are those of its own user. */
		user->additional_gids = NULL;
		user->additional_gid_count = 0;
	}
}

static int set_security(struct like *like, struct err *err)
{
	const struct nsenter *nsenter = like->nsenter;
	struct spec_capabilities *capabilities = &like->process.capabilities;
	struct kern_caps own;

	if (nsenter->attach.label) {
		bool apparmor = kern_lsm_has_apparmor();

		like->process.apparmor_profile = apparmor ? nsenter->attach.label : NULL;
		like->process.selinux_label = apparmor ? NULL : nsenter->attach.label;
	} else if (nsenter->elevated.label) {
		like->process.apparmor_profile = like->process.selinux_label = NULL;
	}
	/* Never more than is inherited anyway (CVE-2022-29162). */
	capabilities->inheritable &= capabilities->ambient;
	if (!nsenter->elevated.capabilities)
		return 0;
	if (kern_caps_get(&own, err))
		return -1;
	*capabilities = (struct spec_capabilities){ .given = true, .bounding = own.bounding,
						    .effective = own.bounding, .permitted = own.bounding };
	return 0;
}

/* In the place of its namesake, or behind. */
static void put(struct like *like, const char *variable)
{
	struct spec_strings *env = &like->process.env;
	size_t length = (size_t)(strchr(variable, '=') - variable) + 1, i = 0;
	const char **items = arena_array(like->arena, env->count + 1, sizeof(*items));

	if (env->count)
		memcpy(items, env->items, env->count * sizeof(*items));
	while (i < env->count && strncmp(items[i], variable, length))
		i++;
	items[i] = variable;
	*env = (struct spec_strings){ .items = items, .count = env->count + (i == env->count), .given = true };
}

static void set_environment(struct like *like)
{
	const struct nsenter *nsenter = like->nsenter;

	if (nsenter->clear_env) {
		like->process.env = (struct spec_strings){ .given = true };
		put(like, "PATH=" NSENTER_DEFAULT_PATH);
	}
	for (size_t i = 0; i < nsenter->keep_variables.count; i++) {
		const char *name = nsenter->keep_variables.items[i], *value = getenv(name);

		if (value)
			put(like, arena_printf(like->arena, "%s=%s", name, value));
	}
	for (size_t i = 0; i < nsenter->set_variables.count; i++)
		put(like, nsenter->set_variables.items[i]);
}

/* The login shell of the uid, by the container's own /etc/passwd: opened within its root, and read as text alone. */
static const char *find_shell(struct like *like)
{
	char path[32];
	auto_close int root = -1, fd = -1;
	auto_fclose FILE *file = NULL;
	const struct passwd *entry;

	snprintf(path, sizeof(path), "/proc/%d/root", (int)like->nsenter->attach.pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = root < 0 ? -1 : kern_path_try(root, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY);
	file = fd < 0 ? NULL : fdopen(take_fd(&fd), "re");
	while (file && (entry = fgetpwent(file)))
		if (entry->pw_uid == like->process.user.uid && *entry->pw_shell)
			return arena_strdup(like->arena, entry->pw_shell);
	return "/bin/sh";
}

static void set_program(struct like *like)
{
	struct spec_strings *args = &like->process.args;
	size_t count = 0;

	while (like->nsenter->program[count])
		count++;
	*args = (struct spec_strings){ .items = (const char **)like->nsenter->program, .count = count, .given = true };
	if (count)
		return;
	args->items = arena_array(like->arena, 2 + 1, sizeof(*args->items)); /* NULL behind them, for execve */
	args->items[0] = find_shell(like);
	args->items[1] = "-l";
	args->count = 2;
}

static int execute(struct like *like, const struct run_context *context, int *status, struct err *err)
{
	const struct nsenter *nsenter = like->nsenter;
	struct run_exec_request request = { .id = nsenter->container,
					    .process = &like->process,
					    .preserve_fds = nsenter->preserve_fds,
					    .own_cgroup = nsenter->elevated.cgroup,
					    .own_label = nsenter->elevated.label && !nsenter->attach.label };
	auto_close int log = nsenter->pty_log ? run_attach_log(nsenter->pty_log, err) : -1;

	if (nsenter->pty_log && log < 0)
		return -1;
	request.terminal_log = log < 0 ? 0 : log;
	return run_exec(context, &request, status, err);
}

static int prepare(struct like *like, struct err *err)
{
	like->process.given = true;
	like->process.terminal = like->nsenter->pty;
	if (!like->nsenter->pty)
		like->process.has_console_size = false;
	if (like->nsenter->attach.wdns)
		like->process.cwd = like->nsenter->attach.wdns;
	set_user(like);
	set_environment(like);
	set_program(like);
	return set_security(like, err);
}

int nsenter_like_init(struct nsenter *nsenter, const struct run_context *context, int *status, struct err *err)
{
	struct like like = { .nsenter = nsenter };
	struct spec *spec;
	int ret;

	spec = run_spec(context, nsenter->container, err);
	if (!spec)
		return -1;
	like.arena = arena_new();
	like.process = spec->process;
	ret = prepare(&like, err) || execute(&like, context, status, err);
	arena_free(like.arena);
	spec_free(spec);
	return ret ? -1 : 0;
}
