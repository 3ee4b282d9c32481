/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "kern/tracefs.h"
#include "kern/tracefs_internal.h"

#define INSTANCE "nscaps-"
#define INSTANCES_MAX 10000 /* numbers tried */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCU /* its inode: include/linux/proc_ns.h, PROC_PID_INIT_INO */

int tracefs_write(int dir, const char *path, const char *value)
{
	/* O_APPEND: kprobe_events and set_event_pid are emptied by O_TRUNC alone. */
	auto_close int fd = openat(dir, path, O_WRONLY | O_APPEND | O_CLOEXEC);
	size_t length = strlen(value);

	if (fd < 0)
		return -1;
	return write(fd, value, length) == (ssize_t)length ? 0 : -1;
}

/* ---- tracefs itself ------------------------------------------------------------------------- */

static int open_mounted(const char *path)
{
	auto_close int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	return fd >= 0 && !fstatfs(fd, &fs) && (unsigned long)fs.f_type == TRACEFS_MAGIC ? take_fd(&fd) : -1;
}

static int mount_failed(struct err *err)
{
	err_system(err, "mount", "tracefs");
	if (err->errnum == ENODEV)
		err_hint(err, "this kernel was built without tracing (CONFIG_FTRACE)");
	if (err->errnum == EPERM)
		err_hint(err, "watching the kernel's checks needs root on the host: CAP_SYS_ADMIN in the first user "
			      "namespace");
	return -1;
}

/* A mount that is attached nowhere: it needs no mount namespace and ends with its descriptor. */
static int mount_detached(struct err *err)
{
	auto_close int context = fsopen("tracefs", FSOPEN_CLOEXEC);
	int fd;

	if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return mount_failed(err);
	fd = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	return fd < 0 ? mount_failed(err) : fd;
}

/* One that is mounted has options of its own (gid=), which another mount could change. */
static int open_root(struct err *err)
{
	int fd = open_mounted("/sys/kernel/tracing");

	if (fd < 0)
		fd = open_mounted("/sys/kernel/debug/tracing");
	return fd >= 0 ? fd : mount_detached(err);
}

static int check_namespace(struct err *err)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st))
		return err_system(err, "stat", "/proc/self/ns/pid");
	if (st.st_ino == FIRST_PID_NAMESPACE)
		return 0;
	err_set(err, ERR_UNSUPPORTED, "trace", "works in the first pid namespace alone, not in a container");
	return err_hint(err, "the kernel filters by process ids of the host: trace from there");
}

/* ---- instances ------------------------------------------------------------------------------ */

/* The directory of instances, locked until it is closed. */
static int lock_instances(int root, struct err *err)
{
	auto_close int fd = openat(root, "instances", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX)) {
		err_system(err, "open", "instances of tracefs");
		if (err->errnum == EACCES || err->errnum == EPERM)
			err_hint(err, "watching the kernel's checks needs root on the host");
		return -1;
	}
	return take_fd(&fd);
}

static void sweep_locked(int root, int instances)
{
	auto_closedir DIR *dir = NULL;
	const struct dirent *entry;
	int copy = openat(instances, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint32_t number;

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		close_keep_errno(copy);
		return;
	}
	/* EBUSY: its trace_pipe is open, and so its maker alive. */
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, INSTANCE, strlen(INSTANCE)) &&
		    number_u32(entry->d_name + strlen(INSTANCE), &number) == 0)
			unlinkat(instances, entry->d_name, AT_REMOVEDIR);
	tracefs_event_sweep(root, instances);
}

void kern_tracefs_sweep(int root)
{
	struct err ignored = { 0 };
	auto_close int instances = lock_instances(root, &ignored);

	if (instances >= 0)
		sweep_locked(root, instances);
}

/* The first number that is free: those that were swept are again. */
static int make_instance(struct kern_tracefs *trace, int instances, struct err *err)
{
	char name[32];

	for (unsigned number = 1; number < INSTANCES_MAX; number++) {
		snprintf(name, sizeof(name), INSTANCE "%u", number);
		if (mkdirat(instances, name, 0700) == 0) {
			trace->number = number;
			trace->instance = openat(instances, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
			return trace->instance < 0 ? err_system(err, "open", "instances/%s", name) : 0;
		}
		if (errno != EEXIST)
			break;
	}
	err_system(err, "mkdir", "instances/%s of tracefs", name);
	return err->errnum == ENOMEM ? err_hint(err, "each instance has a buffer a processor") : -1;
}

static int open_instance(struct kern_tracefs *trace, const char *file, int flags, struct err *err)
{
	int fd = openat(trace->instance, file, flags | O_CLOEXEC);

	return fd < 0 ? err_system(err, "open", "instances/" INSTANCE "%u/%s", trace->number, file) : fd;
}

static int open_pipes(struct kern_tracefs *trace, struct err *err)
{
	int fd = open_instance(trace, "per_cpu", O_RDONLY | O_DIRECTORY, err);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		char path[300];
		int pipe;

		if (strncmp(entry->d_name, "cpu", 3))
			continue;
		snprintf(path, sizeof(path), "per_cpu/%s/trace_pipe", entry->d_name);
		pipe = open_instance(trace, path, O_RDONLY | O_NONBLOCK, err);
		if (pipe < 0)
			return -1;
		trace->pipes = memory_grow(trace->pipes, trace->pipe_count + 1, sizeof(*trace->pipes));
		trace->pipes[trace->pipe_count++] = pipe;
	}
	return 0;
}

static int set_up(struct kern_tracefs *trace, struct err *err)
{
	trace->pids = open_instance(trace, "set_event_pid", O_WRONLY | O_APPEND, err);
	if (trace->pids < 0 || open_pipes(trace, err))
		return -1;
	/* Children are watched from their first instruction on. */
	if (tracefs_write(trace->instance, "options/event-fork", "1"))
		return err_system(err, "write", "options/event-fork of tracefs");
	/* Neither is vital: not every kernel has the stacks; without the percentage poll(2) tells later. */
	trace->stacks = tracefs_write(trace->instance, "options/stacktrace", "1") == 0;
	(void)tracefs_write(trace->instance, "buffer_percent", "10");
	if (tracefs_event_define(trace, err))
		return -1;
	/* The names of processes are bytes of their own choice; only the kprobes need the number beside them. */
	if (!trace->kprobes && tracefs_write(trace->instance, "options/context-info", "0"))
		return err_system(err, "write", "options/context-info of tracefs");
	return 0;
}

int kern_tracefs_open(struct kern_tracefs *trace, struct err *err)
{
	struct err ignored = { 0 };
	auto_close int instances = -1;

	*trace = (struct kern_tracefs)KERN_TRACEFS_NONE;
	if (check_namespace(err))
		return -1;
	trace->root = open_root(err);
	instances = trace->root < 0 ? -1 : lock_instances(trace->root, err);
	if (instances < 0)
		return -1;
	sweep_locked(trace->root, instances);
	if (make_instance(trace, instances, err))
		return -1;
	if (set_up(trace, err) == 0)
		return 0;
	close_keep_errno(take_fd(&instances));
	kern_tracefs_release(trace);
	(void)kern_tracefs_remove(trace, &ignored);
	return -1;
}

int kern_tracefs_watch(struct kern_tracefs *trace, const pid_t *threads, size_t count, struct err *err)
{
	char number[16];

	for (size_t i = 0; i < count; i++) {
		int length = snprintf(number, sizeof(number), "%d ", (int)threads[i]);

		if (write(trace->pids, number, (size_t)length) != length)
			return err_system(err, "write", "set_event_pid %d", (int)threads[i]);
	}
	return tracefs_event_enable(trace, true, err);
}

int kern_tracefs_stop(struct kern_tracefs *trace, struct err *err)
{
	return tracefs_event_enable(trace, false, err);
}

/* Since it was released a sweeper may have removed it, and made one of the same number. */
static bool is_anothers(const struct kern_tracefs *trace, int instances, const char *name)
{
	struct stat ours, named;

	return fstatat(instances, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (fstat(trace->instance, &ours) || ours.st_ino != named.st_ino);
}

int kern_tracefs_remove(const struct kern_tracefs *trace, struct err *err)
{
	auto_close int instances = lock_instances(trace->root, err);
	char name[32];

	if (instances < 0)
		return -1;
	snprintf(name, sizeof(name), INSTANCE "%u", trace->number);
	if (is_anothers(trace, instances, name))
		return 0;
	if (unlinkat(instances, name, AT_REMOVEDIR) && errno != ENOENT)
		return err_system(err, "rmdir", "instances/%s of tracefs", name);
	if (trace->kprobes && tracefs_event_remove(trace->root, trace->number))
		return err_system(err, "write", "kprobe_events");
	return 0;
}

void kern_tracefs_release(struct kern_tracefs *trace)
{
	for (size_t i = 0; i < trace->pipe_count; i++)
		close_keep_errno(trace->pipes[i]);
	free(trace->pipes);
	trace->pipes = NULL;
	trace->pipe_count = 0;
	close_keep_errno(take_fd(&trace->pids));
}

void kern_tracefs_close(struct kern_tracefs *trace)
{
	kern_tracefs_release(trace);
	close_keep_errno(take_fd(&trace->instance));
	close_keep_errno(take_fd(&trace->root));
}
