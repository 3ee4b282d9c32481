/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options as tables, and their values. Files are opened as they are read: so are errors told in order. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/number.h"
#include "common/option.h"
#include "run/attach.h"
#include "nsenter/nsenter.h"

static int fail_target(const char *text, int errnum, struct err *err)
{
	err_set(err, ERR_USAGE, "", "failed to parse pid: '%s'", text);
	err->errnum = errnum;
	return err_hint(err, "-t takes a PID, PID:INODE or the id of a container");
}

/* "PID" or "PID:INODE", as util-linux reads it: leading blanks and a sign go. False where it is something else. */
static bool is_number(const char *text)
{
	text += strspn(text, " \t\n\v\f\r");
	text += *text == '+' || *text == '-';
	return isdigit((unsigned char)*text) && text[strspn(text, "0123456789:")] == '\0';
}

static int parse_target(void *value, const char *text, struct err *err)
{
	struct nsenter *nsenter = value;
	uint64_t inode = 0;
	intmax_t pid;
	char *end;

	if (nsenter->attach.pid || nsenter->container)
		return err_set(err, ERR_USAGE, "", "option --target may be given only once");
	if (!is_number(text)) {
		if (!*text)
			return fail_target(text, 0, err);
		nsenter->container = text;
		return 0;
	}
	errno = 0;
	pid = strtoimax(text, &end, 10);
	if (errno || pid <= 0 || pid > INT_MAX)
		return fail_target(text, ERANGE, err);
	if (*end && (number_u64(end + 1, &inode) || !inode))
		return fail_target(text, end[1] ? ERANGE : 0, err);
	return run_attach_target(&nsenter->attach, (pid_t)pid, inode, err);
}

/* util-linux strips one "=" in -n=FILE. */
static const char *without_equals(const char *text)
{
	return text && *text == '=' ? text + 1 : text;
}

static int parse_namespace(struct run_attach_ns *ns, const char *text, int flag, struct err *err)
{
	ns->given = true;
	if (!text)
		return 0;
	close_keep_errno(ns->fd);
	ns->fd = run_attach_file(without_equals(text), flag, err);
	return ns->fd < 0 ? -1 : 0;
}

#define NAMESPACE_PARSER(name, flag)                                                       \
	static int parse_##name(void *value, const char *text, struct err *err)           \
	{                                                                                  \
		return parse_namespace(value, text, flag, err);                            \
	}
NAMESPACE_PARSER(user, CLONE_NEWUSER)
NAMESPACE_PARSER(cgroup, CLONE_NEWCGROUP)
NAMESPACE_PARSER(ipc, CLONE_NEWIPC)
NAMESPACE_PARSER(uts, CLONE_NEWUTS)
NAMESPACE_PARSER(net, CLONE_NEWNET)
NAMESPACE_PARSER(pid, CLONE_NEWPID)
NAMESPACE_PARSER(mount, CLONE_NEWNS)
NAMESPACE_PARSER(time, CLONE_NEWTIME)

static int open_directory(struct run_attach_dir *directory, const char *path, struct err *err)
{
	directory->given = true;
	directory->path = path;
	close_keep_errno(take_fd(&directory->fd));
	if (!path)
		return 0;
	directory->fd = open(path, O_PATH | O_CLOEXEC);
	if (directory->fd >= 0)
		return 0;
	err_set(err, ERR_SYSTEM, "", "cannot open %s", path);
	err->errnum = errno;
	return -1;
}

static int parse_root(void *value, const char *text, struct err *err)
{
	return open_directory(value, text, err);
}

static int parse_wd(void *value, const char *text, struct err *err)
{
	return open_directory(value, without_equals(text), err);
}

static int parse_wdns(void *value, const char *text, struct err *err)
{
	(void)err;
	*(const char **)value = without_equals(text);
	return 0;
}

/* Digits alone, in range: what wraps would be another's id, root's at worst (CVE-2026-30892). */
static int parse_id(struct run_attach_id *id, const char *text, const char *what, struct err *err)
{
	const char *digits = text + strspn(text, "+");

	*id = (struct run_attach_id){ .given = true, .follow = !strcmp(text, "follow") };
	if (id->follow || (digits - text <= 1 && number_id(digits, &id->id) == 0))
		return 0;
	return err_set(err, ERR_USAGE, "", "failed to parse %s: '%s'", what, text);
}

static int parse_uid(void *value, const char *text, struct err *err)
{
	return parse_id(value, text, "uid", err);
}

static int parse_gid(void *value, const char *text, struct err *err)
{
	return parse_id(value, text, "gid", err);
}

static int parse_elevated(void *value, const char *text, struct err *err)
{
	struct nsenter *nsenter = value;
	struct nsenter_elevated *elevated = &nsenter->elevated;

	nsenter->has_elevated = true;
	if (!text) {
		*elevated = (struct nsenter_elevated){ true, true, true };
		return 0;
	}
	do {
		size_t length = strcspn(text, ",|");

		if (length == 6 && !strncasecmp(text, "cgroup", length))
			elevated->cgroup = true;
		else if (length == 3 && !strncasecmp(text, "cap", length))
			elevated->capabilities = true;
		else if (length == 3 && !strncasecmp(text, "lsm", length))
			elevated->label = true;
		else
			return err_set(err, ERR_USAGE, "",
				       "--elevated: expected cgroup, cap or lsm, found \"%.100s\"", text);
		text += length + (text[length] != '\0');
	} while (*text);
	return 0;
}

#define AT(member) offsetof(struct nsenter, member)
#define NS(place) AT(attach.ns[place])

/* Of util-linux 2.38, Debian 12's. */
static const struct option_entry first_entries[] = {
	{ "all", 'a', NULL, "enter all namespaces of the target", OPTION_FLAG, AT(attach.all), NULL },
	{ "target", 't', "TARGET", "a PID, PID:INODE, or the id of a container", OPTION_CALL, 0, parse_target },
	{ "mount", 'm', "[FILE]", "enter the mount namespace", OPTION_CALL, NS(NSENTER_MOUNT), parse_mount },
	{ "uts", 'u', "[FILE]", "enter the UTS namespace (hostname)", OPTION_CALL, NS(NSENTER_UTS), parse_uts },
	{ "ipc", 'i', "[FILE]", "enter the IPC namespace", OPTION_CALL, NS(NSENTER_IPC), parse_ipc },
	{ "net", 'n', "[FILE]", "enter the network namespace", OPTION_CALL, NS(NSENTER_NET), parse_net },
	{ "pid", 'p', "[FILE]", "enter the pid namespace", OPTION_CALL, NS(NSENTER_PID), parse_pid },
	{ "cgroup", 'C', "[FILE]", "enter the cgroup namespace", OPTION_CALL, NS(NSENTER_CGROUP), parse_cgroup },
	{ "user", 'U', "[FILE]", "enter the user namespace", OPTION_CALL, NS(NSENTER_USER), parse_user },
	{ "time", 'T', "[FILE]", "enter the time namespace", OPTION_CALL, NS(NSENTER_TIME), parse_time },
	{ "setuid", 'S', "UID|follow", "run as UID; follow: as the target's owner", OPTION_CALL, AT(attach.uid),
	  parse_uid },
	{ "setgid", 'G', "GID|follow", "run as GID, without other groups", OPTION_CALL, AT(attach.gid), parse_gid },
	{ "preserve-credentials", 0, NULL, "with --user: leave uid, gid and groups alone", OPTION_FLAG,
	  AT(attach.preserve_credentials), NULL },
	{ "root", 'r', "[DIR]", "change the root directory, to the target's", OPTION_CALL, AT(attach.root),
	  parse_root },
	{ "wd", 'w', "[DIR]", "change the working directory, to the target's", OPTION_CALL, AT(attach.wd), parse_wd },
	{ "wdns", 'W', "[DIR]", "change the working directory, to DIR in what was entered", OPTION_CALL,
	  AT(attach.wdns), parse_wdns },
	{ "no-fork", 'F', NULL, "do not fork, though a pid namespace is entered", OPTION_FLAG, AT(attach.no_fork),
	  NULL },
	{ "follow-context", 'Z', NULL, "take the target's SELinux context", OPTION_FLAG, AT(attach.follow_context),
	  NULL },
	{ "help", 'h', NULL, NULL, OPTION_FLAG, AT(help), NULL },
	{ "version", 'V', NULL, "print the version", OPTION_FLAG, AT(version), NULL },
};

/* What came up to 2.42. */
static const struct option_entry later_entries[] = {
	{ "net-socket", 'N', "FD", "enter the network namespace of the target's socket FD", OPTION_TEXT,
	  AT(attach.net_socket), NULL },
	{ "user-parent", 0, NULL, "enter the parent of the user namespace instead", OPTION_FLAG,
	  AT(attach.user_parent), NULL },
	{ "keep-caps", 0, NULL, "with --user: keep the capabilities over the start of the program", OPTION_FLAG,
	  AT(attach.keep_caps), NULL },
	{ "env", 'e', NULL, "take the target's environment", OPTION_FLAG, AT(attach.environment), NULL },
	{ "join-cgroup", 'c', NULL, "join the target's cgroup", OPTION_FLAG, AT(attach.join_cgroup), NULL },
};

static const struct option_entry own_entries[] = {
	{ "like-init", 0, NULL, "be in all what the target is: cgroup, user, capabilities, filters, limits",
	  OPTION_FLAG, AT(like_init), NULL },
	{ "elevated", 0, "[PARTS]", "with --like-init: but keep ours of cgroup,cap,lsm", OPTION_CALL, 0,
	  parse_elevated },
	{ "context", 0, "LABEL", "run with this AppArmor profile or SELinux label", OPTION_TEXT, AT(attach.label),
	  NULL },
	{ "clear-env", 0, NULL, "start with an empty environment, but for PATH", OPTION_FLAG, AT(clear_env), NULL },
	{ "keep-var", 0, "NAME", "with --clear-env: keep this variable", OPTION_TEXTS, AT(keep_variables), NULL },
	{ "set-var", 0, "NAME=VALUE", "set a variable", OPTION_TEXTS, AT(set_variables), NULL },
	{ "remount-sys-proc", 0, NULL, "without --mount: see /proc and /sys of what was entered", OPTION_FLAG,
	  AT(remount), NULL },
	{ "pty", 0, NULL, "give the program a terminal of its own", OPTION_FLAG, AT(pty), NULL },
	{ "pty-log", 0, "FILE", "append what is written to that terminal to FILE", OPTION_TEXT, AT(pty_log), NULL },
	{ "preserve-fds", 0, "N", "pass on descriptors 3 to N+2, and no others", OPTION_UNSIGNED, AT(preserve_fds),
	  NULL },
	{ "list", 0, NULL, "show the target's namespaces, and enter none", OPTION_FLAG, AT(list), NULL },
	{ "json", 0, NULL, "with --list: as JSON", OPTION_FLAG, AT(json), NULL },
	{ "state-root", 0, "DIR", "where nsinit keeps its containers (default: /run/nsinit)", OPTION_TEXT,
	  AT(state_root), NULL },
	/* for tools/completion and tests/check/help */
	{ "list-options", 0, NULL, NULL, OPTION_FLAG, AT(list_options), NULL },
};

static const struct option_table first = { "Options", first_entries, ARRAY_SIZE(first_entries) };
static const struct option_table later = { "Later ones of util-linux", later_entries, ARRAY_SIZE(later_entries) };
static const struct option_table own = { "Beyond util-linux", own_entries, ARRAY_SIZE(own_entries) };
const struct option_table *const nsenter_tables[] = { &first, &later, &own, NULL };
