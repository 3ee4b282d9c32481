/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's root: the host's own files under a tmpfs that vanishes, and the usual mounts. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

#define NEW "/mnt/new"

static const struct guest_mount {
	const char *source, *target, *type;
	unsigned long flags;
	const char *data;
	int optional; /* kernels differ */
} guest_mounts[] = {
	{ "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 0 },
	{ "sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 0 },
	{ "dev", "/dev", "devtmpfs", MS_NOSUID, "mode=755", 0 },
	{ "devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "ptmxmode=0666,mode=620,gid=5", 0 },
	{ "shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777", 0 },
	{ "mqueue", "/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 1 },
	{ "cgroup2", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, "nsdelegate", 0 },
	{ "securityfs", "/sys/kernel/security", "securityfs", 0, NULL, 1 },
	{ "bpf", "/sys/fs/bpf", "bpf", 0, "mode=700", 1 },
	{ "tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL, 1 },
	{ "tmpfs", "/tmp", "tmpfs", 0, "mode=1777", 0 },
	{ "tmpfs", "/var/tmp", "tmpfs", 0, "mode=1777", 0 },
	{ "tmpfs", "/run", "tmpfs", 0, "mode=755", 0 },
};

/* Like mkdir -p; what cannot be made shows when it is mounted on. */
static void make_dirs(const char *path)
{
	char part[4096];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			mkdir(part, 0755);
			*p = '/';
		}
	mkdir(part, 0755);
}

/* The path below the new root, in one of two buffers in turn. */
static const char *in_new(const char *path)
{
	static char paths[2][4096];
	static int turn;

	turn = !turn;
	snprintf(paths[turn], sizeof(paths[turn]), NEW "%s", path);
	return paths[turn];
}

static void mount_on(const char *source, const char *target, const char *type, unsigned long flags,
		     const char *data)
{
	make_dirs(target);
	if (mount(source, target, type, flags, data))
		die("mount on %s", target);
}

static void load_module(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
		die("module %s", file);
	close(fd);
}

static void switch_to(const char *root)
{
	if (chdir(root) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		die("change to %s", root);
}

void put_file(const char *path, const char *format, ...)
{
	FILE *file = fopen(path, "we");
	va_list args;

	if (!file)
		die("%s", path);
	va_start(args, format);
	vfprintf(file, format, args);
	va_end(args);
	if (fclose(file))
		die("%s", path);
}

/*
 * Every controller enabled for what the tests make below the root, and
 * ourselves in a leaf, where a session's processes would be. The root is
 * exempt from "no internal processes".
 */
static void cgroup_setup(void)
{
	char controllers[256] = "", *word, *rest = controllers;
	FILE *file = fopen("/sys/fs/cgroup/cgroup.controllers", "re");

	if (!file || !fgets(controllers, sizeof(controllers), file))
		die("cgroup.controllers");
	fclose(file);
	while ((word = strsep(&rest, " \n")))
		if (*word)
			put_file("/sys/fs/cgroup/cgroup.subtree_control", "+%s", word);
	make_dirs("/sys/fs/cgroup/session");
	put_file("/sys/fs/cgroup/session/cgroup.procs", "0");
}

static void bind_shares(const struct settings *settings)
{
	char from[4096];

	/* The tmpfs mounts may hide where the command is to run. */
	if (access(in_new(settings->directory), X_OK)) {
		snprintf(from, sizeof(from), "/mnt/host%s", settings->directory);
		mount_on(from, in_new(settings->directory), NULL, MS_BIND, NULL);
		mount_on(NULL, in_new(settings->directory), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
	}
	for (size_t i = 0; settings->shares[i]; i++) {
		snprintf(from, sizeof(from), "/mnt/host%s", settings->shares[i]);
		mount_on(from, in_new(settings->shares[i]), NULL, MS_BIND, NULL);
	}
}

void root_reach(const struct settings *settings)
{
	const struct file_system *boot = &settings->boot;

	for (size_t i = 0; settings->modules[i]; i++)
		load_module(settings->modules[i]);
	if (boot->type) {
		mount_on(boot->source, "/root", boot->type, 0, boot->data);
		switch_to("/root");
	}
}

void root_make(const struct settings *settings)
{
	const struct file_system *host = &settings->host;

	/* The host has a /mnt; all that is ours alone goes below it. */
	if (mount("vm", "/mnt", "tmpfs", 0, "mode=755"))
		die("tmpfs on /mnt");
	make_dirs("/mnt/upper");
	make_dirs("/mnt/work");
	mount_on("root", NEW, "overlay", 0, "lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work");
	mount_on(host->source, "/mnt/host", host->type, 0, host->data);
	if (settings->module_dir)
		mount_on(in_new(settings->module_dir), in_new("/lib/modules"), NULL, MS_BIND, NULL);
	for (size_t i = 0; i < sizeof(guest_mounts) / sizeof(guest_mounts[0]); i++) {
		const struct guest_mount *m = &guest_mounts[i];

		make_dirs(in_new(m->target));
		if (mount(m->source, in_new(m->target), m->type, m->flags, m->data) && !m->optional)
			die("mount %s", m->target);
	}
	if (symlink("/proc/self/fd", in_new("/dev/fd")) || symlink("fd/0", in_new("/dev/stdin")) ||
	    symlink("fd/1", in_new("/dev/stdout")) || symlink("fd/2", in_new("/dev/stderr")))
		die("links in /dev");
	/* What the kernel runs to load a module; where kmod is not installed busybox has one too. */
	if (access(in_new("/sbin/modprobe"), X_OK) && symlink("/bin/busybox", in_new("/sbin/modprobe")))
		die("/sbin/modprobe");
	make_dirs(in_new("/run/lock"));
	bind_shares(settings);
	switch_to(NEW);
	if (!settings->systemd) /* which does it itself */
		cgroup_setup();
}
