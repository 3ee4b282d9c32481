/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into User-Mode Linux: its 6.1 keeps at most 2696 bytes of a
 * task's extended state (XSAVE up to AVX-512), and a host kernel takes back
 * only as many as it has itself, 11008 with AMX (EFAULT else, and the guest
 * panics at its first process). Here a short write becomes a whole one: the
 * rest is what the task has at that moment. No guest uses AMX: its kernel
 * does not offer it.
 */
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long set_whole_state(long pid, const struct iovec *part)
{
	static char state[32768]; /* not on the stack: it is one of the guest kernel's */
	struct iovec whole = { .iov_base = state, .iov_len = sizeof(state) };

	if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, NT_X86_XSTATE, &whole) < 0)
		return -1;
	if (part->iov_len >= whole.iov_len) {
		errno = EFAULT;
		return -1;
	}
	memcpy(state, part->iov_base, part->iov_len);
	return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, NT_X86_XSTATE, &whole);
}

/* As glibc's: the peeking requests return what they read. */
long ptrace(enum __ptrace_request request, ...)
{
	long pid, result, peeked = 0;
	void *address, *data;
	va_list args;

	va_start(args, request);
	pid = va_arg(args, int);
	address = va_arg(args, void *);
	data = va_arg(args, void *);
	va_end(args);
	if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER) {
		result = syscall(SYS_ptrace, request, pid, address, &peeked);
		return result < 0 ? result : peeked;
	}
	result = syscall(SYS_ptrace, request, pid, address, data);
	if (result < 0 && request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE)
		return set_whole_state(pid, data);
	return result;
}
