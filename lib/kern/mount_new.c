/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New file systems: fsopen(2), fsconfig(2), fsmount(2), fspick(2). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"

/* fsconfig copies at most this much of a value, the NUL included (fs/fsopen.c). */
enum { VALUE_SIZE = 256 };

static const struct {
	uint64_t flag;
	const char *name;
} super_names[] = {
	/* the names that vfs_parse_sb_flag() knows for every file system */
	{ MS_RDONLY, "ro" },     { MS_SYNCHRONOUS, "sync" },  { MS_DIRSYNC, "dirsync" },
	{ MS_MANDLOCK, "mand" }, { MS_LAZYTIME, "lazytime" },
};

/* MS_SILENT only keeps the kernel's log quiet. */
#define SUPER_KNOWN (MS_RDONLY | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_LAZYTIME | MS_SILENT)

/* One option of a comma list; a comma in double quotes (SELinux contexts) is part of the value. */
struct option {
	const char *text;
	size_t length;
};

static bool next_option(const char **rest, struct option *option)
{
	bool quoted = false;
	const char *p;

	while (**rest == ',')
		(*rest)++;
	option->text = *rest;
	for (p = *rest; *p && (quoted || *p != ','); p++)
		if (*p == '"')
			quoted = !quoted;
	option->length = (size_t)(p - *rest);
	*rest = p;
	return option->length > 0;
}

/* Whether fsopen can do all that is asked: not iversion, nor values the kernel cuts at 255 bytes. */
static bool fits(const struct kern_fs *fs)
{
	const char *rest = fs->data ? fs->data : "";
	struct option option;

	while (next_option(&rest, &option))
		if (option.length >= VALUE_SIZE)
			return false;
	return !(fs->super_flags & ~(uint64_t)SUPER_KNOWN) &&
	       (!fs->source || strlen(fs->source) < VALUE_SIZE);
}

static int set_option(int context, const struct option *option, struct err *err)
{
	char key[VALUE_SIZE], *value;
	size_t length;

	if (option->length >= sizeof(key)) {
		errno = ENAMETOOLONG;
		return err_system(err, "fsconfig", "%.*s", (int)option->length, option->text);
	}
	memcpy(key, option->text, option->length);
	key[option->length] = '\0';
	value = strchr(key, '=');
	if (value) {
		*value++ = '\0';
		length = strlen(value);
		if (length > 1 && value[0] == '"' && value[length - 1] == '"') {
			value[length - 1] = '\0';
			value++;
		}
	}
	if (fsconfig(context, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0))
		return err_system(err, "fsconfig", "%.*s", (int)option->length, option->text);
	return 0;
}

int kern_mount_configure(int context, const struct kern_fs *fs, struct err *err)
{
	const char *rest = fs->data ? fs->data : "";
	struct option option;

	for (size_t i = 0; i < ARRAY_SIZE(super_names); i++)
		if ((fs->super_flags & super_names[i].flag) &&
		    fsconfig(context, FSCONFIG_SET_FLAG, super_names[i].name, NULL, 0))
			return err_system(err, "fsconfig", "%s", super_names[i].name);
	while (next_option(&rest, &option))
		if (set_option(context, &option, err))
			return -1;
	if (fs->label && fsconfig(context, FSCONFIG_SET_STRING, "context", fs->label, 0)) {
		err_system(err, "fsconfig", "context=%s", fs->label);
		return kern_mount_explain_label(fs->label, err);
	}
	return 0;
}

int kern_mount_explain_label(const char *label, struct err *err)
{
	int errnum = errno;

	if (err->errnum == EINVAL && strcmp(err->op, "mount") == 0)
		err_hint(err,
			 "this file system is mounted elsewhere with another label than %s (linux.mountLabel)", label);
	else if (err->errnum == EINVAL)
		err_hint(err,
			 "the loaded SELinux policy does not know this label, or this kernel runs without SELinux");
	else if (err->errnum == EACCES)
		err_hint(err,
			 "the SELinux policy does not let us give a mount the label %s (linux.mountLabel; the kernel's "
			 "audit log says why)",
			 label);
	errno = errnum;
	return -1;
}

/* Causes that the errno alone hides, by type of file system. */
static void hint_by_type(const struct kern_fs *fs, int errnum, struct err *err)
{
	if (errnum == ENODEV && (strcmp(fs->type, "bind") == 0 || strcmp(fs->type, "none") == 0))
		err_hint(err, "a bind mount has the option \"bind\" or \"rbind\"");
	else if (errnum == ENODEV)
		err_hint(err, "this kernel has no file system \"%s\" (/proc/filesystems lists those it has)",
			 fs->type);
	else if (errnum == EPERM && strcmp(fs->type, "proc") == 0)
		err_hint(err, "a new proc needs a new pid namespace, and in a user namespace a /proc outside "
			      "that has nothing mounted over it");
	else if (errnum == EPERM && strcmp(fs->type, "sysfs") == 0)
		err_hint(err,
			 "in a user namespace a new sysfs needs a new network namespace, and a /sys outside "
			 "that has nothing mounted over it");
	else if (errnum == EPERM && strcmp(fs->type, "mqueue") == 0)
		err_hint(err, "in a user namespace mqueue needs a new ipc namespace");
	else if (errnum == EPERM && strncmp(fs->type, "cgroup", 6) == 0)
		err_hint(err, "in a user namespace %s needs a new cgroup namespace", fs->type);
	else if (errnum == EPERM)
		err_hint(err,
			 "mounting %s needs CAP_SYS_ADMIN, and in a user namespace a file system that allows "
			 "it",
			 fs->type);
	else if (errnum == EINVAL && strcmp(fs->type, "devpts") == 0)
		err_hint(err, "a uid= or gid= of devpts must be mapped in the container's user namespace");
}

int kern_mount_explain(int context, const struct kern_fs *fs, struct err *err)
{
	int errnum = err->errnum;
	char line[512], last[512] = "";
	ssize_t n;

	/* Each read gives one message: a letter for its level, a space, the text. */
	while (context >= 0 && (n = read(context, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		if (line[strlen(line) - 1] == '\n')
			line[strlen(line) - 1] = '\0';
		if (n > 2 && (line[0] == 'e' || !last[0]))
			snprintf(last, sizeof(last), "%s", line + 2);
	}
	/* In a container's cgroup already: its device rules hold for the mount too. */
	if (last[0])
		err_hint(err, "the kernel says: %s%s", last,
			 errnum == EPERM && fs->source && fs->source[0] == '/'
				 ? " (linux.resources.devices must allow the device)"
				 : "");
	hint_by_type(fs, errnum, err);
	if (fs->label)
		kern_mount_explain_label(fs->label, err);
	errno = errnum;
	return -1;
}

static int create(int context, const struct kern_fs *fs, mode_t mode, struct err *err)
{
	char octal[16];

	if (fsconfig(context, FSCONFIG_SET_STRING, "source", fs->source ? fs->source : fs->type, 0))
		return err_system(err, "fsconfig", "source=%s", fs->source ? fs->source : fs->type);
	snprintf(octal, sizeof(octal), "%o", mode & 07777);
	if (mode && fsconfig(context, FSCONFIG_SET_STRING, "mode", octal, 0))
		return err_system(err, "fsconfig", "mode=%s", octal);
	if (kern_mount_configure(context, fs, err))
		return -1;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return err_system(err, "mount", "%s", fs->type);
	return 0;
}

int kern_mount_create(const struct kern_fs *fs, const struct kern_mount_attr *attr, mode_t mode,
		      struct err *err)
{
	uint64_t set = attr ? attr->set | attr->set_recursive : 0;
	auto_leave int context = -1;
	int mount;

	if (!fits(fs))
		return kern_mount_stage_fs(fs, set, mode, err);
	context = fsopen(fs->type, FSOPEN_CLOEXEC);
	if (context < 0 && kern_mount_stage_may_help(errno))
		return kern_mount_stage_fs(fs, set, mode, err);
	if (context < 0) {
		err_system(err, "fsopen", "%s", fs->type);
		return kern_mount_explain(-1, fs, err);
	}
	if (create(context, fs, mode, err))
		return kern_mount_explain(context, fs, err);
	mount = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)set);
	if (mount < 0) {
		err_system(err, "fsmount", "%s", fs->type);
		return kern_mount_explain(context, fs, err);
	}
	return mount;
}

int kern_mount_new(const struct kern_fs *fs, const struct kern_mount_attr *attr, struct err *err)
{
	return kern_mount_create(fs, attr, 0, err);
}
