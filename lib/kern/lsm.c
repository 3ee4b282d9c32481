/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/lsm.h"

bool kern_lsm_has_apparmor(void)
{
	char text[8];

	return HAVE_APPARMOR &&
	       file_read_small(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", text, sizeof(text)) > 0 &&
	       text[0] == 'Y';
}

/*
 * A context has colons. Until a policy is loaded all are "kernel", and a label that is set is taken and
 * forgotten; another module's own label is no context either. Where it cannot be read the write will tell.
 */
static bool has_context(int procfs)
{
	char own[512];

	return file_read_small(procfs, "thread-self/attr/current", own, sizeof(own)) < 0 || strchr(own, ':');
}

bool kern_lsm_has_selinux(void)
{
	auto_close int procfs = -1;
	struct statfs fs;

	/* In a container /sys/fs/selinux may be missing, while its own attributes still have labels. */
	if (!HAVE_SELINUX || statfs("/sys/fs/selinux", &fs) || (unsigned)fs.f_type != SELINUX_MAGIC)
		return false;
	procfs = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return has_context(procfs);
}

bool kern_lsm_is_unconfined(const char *apparmor_profile)
{
	return !apparmor_profile || !*apparmor_profile || strcmp(apparmor_profile, "unconfined") == 0;
}

/*
 * Open an attribute of the calling process; what was opened must be on a
 * procfs itself and not on something mounted over a part of it.
 */
static int open_attribute(int procfs, const char *path)
{
	auto_close int fd = openat(procfs, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	struct statfs fs;

	if (fd < 0)
		return -1;
	if (fstatfs(fd, &fs) < 0)
		return -1;
	if (fs.f_type != PROC_SUPER_MAGIC) {
		errno = EXDEV;
		return -1;
	}
	return take_fd(&fd);
}

/* One write, or the kernel sees a part of the label. */
static int write_label(int fd, const char *label, size_t len)
{
	ssize_t n = write(fd, label, len);

	if (n >= 0 && (size_t)n != len)
		errno = EIO;
	return n >= 0 && (size_t)n == len ? 0 : -1;
}

/* What the kernel says where the module is not there: no such file, or nobody to take the write. */
static int refuse_missing(struct err *err, const char *module, const char *label)
{
	err_set(err, ERR_UNSUPPORTED, module, "this kernel runs without %s", module);
	err_object(err, "%s", label);
	return strcmp(module, "SELinux") ? -1 : err_hint(err, "or it has it, and no policy is loaded");
}

static int set_apparmor(int procfs, const char *profile, struct err *err)
{
	auto_close int fd = -1;
	char command[1024];
	int len = snprintf(command, sizeof(command), "exec %s", profile);
	bool own = true;

	if (len >= (int)sizeof(command))
		return err_set(err, ERR_SPEC, "AppArmor", "the profile's name is too long");
	fd = open_attribute(procfs, "thread-self/attr/apparmor/exec"); /* kernel 5.8: beside other modules */
	if (fd < 0 && errno == ENOENT) {
		own = false;
		fd = open_attribute(procfs, "thread-self/attr/exec");
	}
	if (fd >= 0 && write_label(fd, command, (size_t)len) == 0)
		return 0;
	if ((fd < 0 && errno == ENOENT) || (fd >= 0 && !own && errno == EINVAL))
		return kern_lsm_is_unconfined(profile) ? 0 : refuse_missing(err, "AppArmor", profile);
	err_system(err, "AppArmor", "%s", profile);
	if (err->errnum == ENOENT)
		err_hint(err, "no profile of that name is loaded (apparmor_parser)");
	return -1;
}

/* Of what the process does with a label: the attribute, and what the policy must allow it. */
struct selinux_use {
	const char *attribute, *permission;
};

/* 1: there is no SELinux, or no policy. */
static int set_selinux(int procfs, const struct selinux_use *use, const char *label, struct err *err)
{
	auto_close int fd = open_attribute(procfs, use->attribute);

	if (fd < 0 ? errno == ENOENT : !has_context(procfs))
		return 1;
	if (fd >= 0 && write_label(fd, label, strlen(label) + 1) == 0)
		return 0;
	err_system(err, "SELinux", "%s", label);
	if (err->errnum == EINVAL)
		err_hint(err,
			 "the loaded SELinux policy does not know this label, or this kernel runs without SELinux");
	if (err->errnum == EACCES)
		err_hint(err, "the SELinux policy does not let our own label %s", use->permission);
	return -1;
}

/*
 * What the kernel has is learnt from the attributes alone: this may run where
 * /sys is the container's, and says whatever the container likes.
 */
int kern_lsm_set_exec(int procfs, const char *apparmor, const char *selinux, struct err *err)
{
	if (apparmor && *apparmor) {
		if (!HAVE_APPARMOR && !kern_lsm_is_unconfined(apparmor)) {
			err_set(err, ERR_UNSUPPORTED, "AppArmor", "built without AppArmor");
			return err_object(err, "%s", apparmor);
		}
		if (HAVE_APPARMOR && set_apparmor(procfs, apparmor, err) < 0)
			return -1;
	}
	if (selinux && *selinux) {
		static const struct selinux_use use = { "thread-self/attr/exec",
							"start programs with another (setexec)" };
		int result;

		if (!HAVE_SELINUX) {
			err_set(err, ERR_UNSUPPORTED, "SELinux", "built without SELinux");
			return err_object(err, "%s", selinux);
		}
		result = set_selinux(procfs, &use, selinux, err);
		return result > 0 ? refuse_missing(err, "SELinux", selinux) : result;
	}
	return 0;
}

int kern_lsm_set_keycreate(int procfs, const char *selinux, struct err *err)
{
	static const struct selinux_use use = { "thread-self/attr/keycreate",
						"make keys with another (setkeycreate, create)" };

	return HAVE_SELINUX && set_selinux(procfs, &use, selinux ? selinux : "", err) < 0 ? -1 : 0;
}

int kern_lsm_explain_exec(const char *selinux, struct err *err)
{
	if (!selinux || !*selinux || (err->errnum != EACCES && err->errnum != EPERM))
		return -1;
	return err_hint(err,
			"the SELinux policy may forbid a program here the label %s: transition, the file's "
			"entrypoint, with noNewPrivileges nnp_transition, on a nosuid mount nosuid_transition "
			"(the kernel's audit log says which)",
			selinux);
}

int kern_lsm_get_current(int process, char *buf, size_t size, struct err *err)
{
	ssize_t len = file_read_small(process, "attr/apparmor/current", buf, size);

	/* ENOENT: a kernel without AppArmor; EINVAL: one that runs another module. */
	if (len < 0 && (errno == ENOENT || errno == EINVAL))
		len = file_read_small(process, "attr/current", buf, size);
	/* EINVAL: no security module has labels. */
	if (len < 0 && errno != EINVAL && errno != ENOENT)
		return err_system(err, "read", "attr/current");
	if (len < 0)
		buf[0] = '\0';
	return 0;
}
