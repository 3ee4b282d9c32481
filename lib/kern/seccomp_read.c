/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filters of another process, by ptrace(2). */
#include <errno.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/seccomp_internal.h"
#include "kern/seccomp_read.h"

/* The C library's ptrace() takes names of an enumeration that lacks some. */
static long trace(int request, pid_t pid, unsigned long address, const void *data)
{
	return syscall(SYS_ptrace, request, pid, address, data);
}

static int fail(const char *what, pid_t pid, struct err *err)
{
	err_system(err, what, "seccomp filter of process %d", (int)pid);
	if (err->errnum == EACCES)
		return err_hint(err, "it takes CAP_SYS_ADMIN in the first user namespace, and no filter of our own");
	if (err->errnum == EPERM)
		return err_hint(err, "we may not trace that process, or another traces it");
	/* What the kernel answers in its place: it has a filter, that was seen. */
	if (err->errnum == EINVAL || err->errnum == EIO)
		return err_hint(err, "this kernel was built without CONFIG_CHECKPOINT_RESTORE");
	return -1;
}

/* One, by its number from the newest. 1: there is none of that number. */
static int read_filter(pid_t pid, unsigned long number, int *program, uint64_t *flags, struct err *err)
{
	struct seccomp_metadata metadata = { .filter_off = number };
	long count = trace(PTRACE_SECCOMP_GET_FILTER, pid, number, NULL);
	auto_free struct sock_filter *instructions = NULL;
	auto_close int fd = -1;
	size_t size;

	if (count < 0)
		return errno == ENOENT ? 1 : fail("ptrace", pid, err);
	instructions = memory_zalloc((size_t)count, sizeof(*instructions));
	size = (size_t)count * sizeof(*instructions);
	if (trace(PTRACE_SECCOMP_GET_FILTER, pid, number, instructions) != count ||
	    trace(PTRACE_SECCOMP_GET_METADATA, pid, sizeof(metadata), &metadata) < 0)
		return fail("ptrace", pid, err);
	fd = kern_seccomp_memfd(err);
	if (fd < 0)
		return -1;
	if (write(fd, instructions, size) != (ssize_t)size)
		return fail("write", pid, err);
	*flags = metadata.flags;
	*program = take_fd(&fd);
	return 0;
}

static int read_filters(pid_t pid, struct kern_seccomp_filters *filters, struct err *err)
{
	for (;;) {
		size_t n = filters->count;
		uint64_t flags = 0;
		int program = -1, ret = read_filter(pid, n, &program, &flags, err);

		if (ret)
			break;
		filters->programs = memory_grow(filters->programs, n + 1, sizeof(*filters->programs));
		filters->flags = memory_grow(filters->flags, n + 1, sizeof(*filters->flags));
		filters->programs[n] = program;
		filters->flags[n] = flags;
		filters->count++;
	}
	for (size_t i = 0; i < filters->count / 2; i++) {
		size_t j = filters->count - 1 - i;
		int program = filters->programs[i];
		uint64_t flags = filters->flags[i];

		filters->programs[i] = filters->programs[j];
		filters->flags[i] = filters->flags[j];
		filters->programs[j] = program;
		filters->flags[j] = flags;
	}
	return err_is_set(err) ? -1 : 0;
}

/* Stopped by us, or by a signal that came first: that one it gets when it goes on. */
static int stop(pid_t pid, unsigned long *signal_number, struct err *err)
{
	int status;

	if (trace(PTRACE_SEIZE, pid, 0, NULL) < 0 || trace(PTRACE_INTERRUPT, pid, 0, NULL) < 0)
		return fail("ptrace", pid, err);
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return fail("waitpid", pid, err);
	if (!WIFSTOPPED(status)) {
		errno = ESRCH;
		return fail("ptrace", pid, err);
	}
	*signal_number = status >> 16 ? 0 : (unsigned long)WSTOPSIG(status);
	return 0;
}

int kern_seccomp_read(pid_t pid, struct kern_seccomp_filters *filters, struct err *err)
{
	unsigned long signal_number = 0;
	int ret;

	*filters = (struct kern_seccomp_filters){ 0 };
	if (stop(pid, &signal_number, err))
		return -1;
	ret = read_filters(pid, filters, err);
	trace(PTRACE_DETACH, pid, 0, (void *)signal_number); // NOLINT(performance-no-int-to-ptr)
	if (ret)
		kern_seccomp_filters_free(filters);
	return ret;
}

void kern_seccomp_filters_free(struct kern_seccomp_filters *filters)
{
	for (size_t i = 0; i < filters->count; i++)
		close_keep_errno(filters->programs[i]);
	free(filters->programs);
	free(filters->flags);
	*filters = (struct kern_seccomp_filters){ 0 };
}
