/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "kern/caps.h"
#include "kern/caps_process.h"
#include "kern/cred.h"
#include "kern/limits.h"
#include "kern/lsm.h"
#include "kern/process.h"
#include "kern/seccomp.h"
#include "kern/seccomp_read.h"
#include "run/attach.h"
#include "run/attach_internal.h"
#include "run/attach_like.h"

#define STATUS_MAX (1024 * 1024) /* 65536 groups */
#define LIMITS_MAX 4096
#define LIMITS_NAME 25 /* columns of a name in /proc/PID/limits */

/* ---- read ----------------------------------------------------------------------------------- */

static int read_text(struct run_attach *attach, const char *name, size_t limit, char **text, struct err *err)
{
	auto_close int fd = attach_open_file(attach, name, O_RDONLY, err);
	size_t length;

	if (fd < 0)
		return -1;
	if (file_read_fd(fd, limit, text, &length))
		return attach_fail(err, "cannot read /proc/%d/%s", (int)attach->pid, name);
	return 0;
}

static int malformed(const struct run_attach *attach, const char *name, struct err *err)
{
	errno = EPROTO;
	return attach_fail(err, "cannot read /proc/%d/%s", (int)attach->pid, name);
}

/* The value of a line of /proc/PID/status, or "". A process' name has no newline there. */
static const char *find_line(const char *status, const char *name)
{
	size_t length = strlen(name);

	for (; status && *status; status = strchr(status, '\n'), status += status != NULL)
		if (!strncmp(status, name, length) && status[length] == ':')
			return status + length + 1 + strspn(status + length + 1, " \t");
	return "";
}

static int parse_limit(const char *text, uint64_t *value)
{
	*value = UINT64_MAX;
	return strcmp(text, "unlimited") ? number_u64(text, value) : 0;
}

/*
 * The file has them in the order of their numbers, below a line of titles
 * (proc_pid_limits(5)); everybody may read it, but prlimit(2) is for its owner.
 */
static int read_limits(struct run_attach *attach, struct run_attach_like *like, struct err *err)
{
	auto_free char *text = NULL;
	const char *line;

	if (read_text(attach, "limits", LIMITS_MAX, &text, err))
		return -1;
	line = text;
	for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
		char soft[32], hard[32];

		line = strchr(line, '\n');
		if (!line || strcspn(++line, "\n") <= LIMITS_NAME ||
		    sscanf(line + LIMITS_NAME, "%31s %31s", soft, hard) != 2 ||
		    parse_limit(soft, &like->limits[i].soft) || parse_limit(hard, &like->limits[i].hard))
			return malformed(attach, "limits", err);
	}
	return 0;
}

static int read_personality(struct run_attach *attach, struct run_attach_like *like, struct err *err)
{
	auto_free char *text = NULL;
	char *end;

	if (read_text(attach, "personality", 64, &text, err))
		return -1;
	like->personality = strtoul(text, &end, 16);
	return end == text ? malformed(attach, "personality", err) : 0;
}

/* "docker-default (enforce)": an AppArmor profile has its mode behind it. */
static int read_label(struct run_attach *attach, struct run_attach_like *like, struct err *err)
{
	int process = attach_process(attach, err);
	char *mode;

	if (process < 0 || kern_lsm_get_current(process, like->label, sizeof(like->label), err))
		return -1;
	mode = kern_lsm_has_apparmor() ? strstr(like->label, " (") : NULL;
	if (mode)
		*mode = '\0';
	if (kern_lsm_has_apparmor() && kern_lsm_is_unconfined(like->label))
		like->label[0] = '\0';
	if (*like->label && !attach->label && !like->own_label &&
	    (kern_lsm_has_apparmor() || kern_lsm_has_selinux()))
		attach->label = like->label;
	return 0;
}

static int read_filters(struct run_attach *attach, struct run_attach_like *like, struct err *err)
{
	auto_free char *status = NULL;

	if (read_text(attach, "status", STATUS_MAX, &status, err))
		return -1;
	switch (*find_line(status, "Seccomp")) {
	case '1':
		err_set(err, ERR_UNSUPPORTED, "seccomp", "process %d is in strict mode, in which no program can start",
			(int)attach->pid);
		return -1;
	case '2':
		return kern_seccomp_read(attach->pid, &like->filters, err) ? -1 : attach_check(attach, err);
	default:
		return 0;
	}
}

int run_attach_like_read(struct run_attach *attach, struct run_attach_like *like, struct err *err)
{
	if (read_label(attach, like, err) || read_limits(attach, like, err) || read_personality(attach, like, err) ||
	    read_filters(attach, like, err))
		return -1;
	attach->root.given = true;
	attach->wd.given = !attach->wdns;
	return 0;
}

void run_attach_like_free(struct run_attach_like *like)
{
	kern_seccomp_filters_free(&like->filters);
}

/* ---- become --------------------------------------------------------------------------------- */

int run_attach_like_limit(const struct run_attach_like *like, struct err *err)
{
	for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
		const struct run_attach_limit *limit = &like->limits[i];
		uint64_t soft, hard;

		if (kern_limits_get(0, i, &soft, &hard, err))
			return -1;
		if (soft == limit->soft && hard == limit->hard)
			continue;
		if (kern_limits_set(0, i, limit->soft, limit->hard, err))
			return -1;
	}
	return 0;
}

/* The numbers of a line; owned. */
static uint32_t *parse_groups(const char *line, size_t *count)
{
	uint32_t *groups = NULL;
	char *end;

	*count = 0;
	for (; *line && *line != '\n'; line = end + strspn(end, " \t")) {
		unsigned long group = strtoul(line, &end, 10);

		if (end == line)
			break;
		groups = memory_grow(groups, *count + 1, sizeof(*groups));
		groups[(*count)++] = (uint32_t)group;
	}
	return groups;
}

static bool keeps_groups(const struct run_attach *attach)
{
	char text[16];

	return file_read_small(attach->process, "setgroups", text, sizeof(text)) > 0 && !strcmp(text, "deny");
}

/* Read here, the file has the ids as the user namespace that was entered numbers them. */
static int set_ids(struct run_attach *attach, const struct kern_caps_process *process, struct err *err)
{
	const struct run_attach_id *uid = &attach->uid, *gid = &attach->gid;
	bool other = (uid->given && !uid->follow) || (gid->given && !gid->follow);
	auto_free char *status = NULL;
	auto_free uint32_t *groups = NULL;
	struct kern_cred cred = { .uid = uid->given && !uid->follow ? uid->id : process->uid,
				  .gid = gid->given && !gid->follow ? gid->id : process->gid,
				  .keep_groups = keeps_groups(attach),
				  .has_umask = true };

	if (read_text(attach, "status", STATUS_MAX, &status, err))
		return -1;
	cred.umask = (uint32_t)strtoul(find_line(status, "Umask"), NULL, 8);
	groups = parse_groups(find_line(status, "Groups"), &cred.group_count);
	/* Its other groups are those of its own user. */
	if (other)
		cred.group_count = 0;
	cred.groups = groups;
	return kern_caps_keep(err) || kern_cred_set(&cred, err) || kern_caps_raise(err) ? -1 : 0;
}

static int load_filters(const struct run_attach_like *like, struct err *err)
{
	for (size_t i = 0; i < like->filters.count; i++)
		if (kern_seccomp_load(like->filters.programs[i], like->filters.flags[i], NULL, err))
			return -1;
	return 0;
}

/* A filter needs no_new_privs or CAP_SYS_ADMIN: with the former it comes last, for it may refuse all before. */
static int set_privileges(const struct run_attach_like *like, const struct kern_caps_process *process,
			  struct kern_caps *caps, struct err *err)
{
	/* Never more than is inherited anyway (CVE-2022-29162). */
	caps->inheritable &= caps->ambient;
	if (!process->no_new_privs && load_filters(like, err))
		return -1;
	if (!like->own_capabilities && kern_caps_apply(caps, err))
		return -1;
	if (!process->no_new_privs)
		return 0;
	return kern_process_no_new_privs(err) || load_filters(like, err) ? -1 : 0;
}

int run_attach_like_become(struct run_attach *attach, const struct run_attach_like *like, struct err *err)
{
	struct kern_caps_process process = { 0 };
	struct kern_caps caps = { 0 };
	int directory = attach_process(attach, err);

	if (directory < 0 || kern_caps_process_read(directory, &process, &caps, err) ||
	    kern_process_personality(like->personality, err))
		return -1;
	if (!like->own_capabilities && kern_caps_bound(caps.bounding, err))
		return -1;
	return set_ids(attach, &process, err) || set_privileges(like, &process, &caps, err) ? -1 : 0;
}
