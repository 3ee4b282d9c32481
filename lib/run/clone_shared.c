/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/clone.h"

#define STACK_SIZE (256 * 1024) /* most of it is never touched */

static char stack[STACK_SIZE] __attribute__((aligned(16)));

#ifdef __x86_64__
/* clone(3) has no CLONE_INTO_CGROUP, and syscall(2) would have the child return on the new stack, which is empty. */
static long clone3_call(struct clone_args *args, int (*child)(void *), void *data)
{
	long result;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[data], %%rdi\n\t"
			 "call *%[child]\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(result)
			 : "a"((long)SYS_clone3), "D"(args), "S"(sizeof(*args)), [child] "r"(child), [data] "r"(data)
			 : "rcx", "r11", "memory");
	return result;
}
#else
static long clone3_call(struct clone_args *args, int (*child)(void *), void *data)
{
	(void)args;
	(void)child;
	(void)data;
	return -ENOSYS;
}
#endif

pid_t run_clone_shared(int cgroup, int *pidfd, int (*child)(void *), void *data)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_INTO_CGROUP,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
		.stack = (uintptr_t)stack,
		.stack_size = sizeof(stack),
		.cgroup = (uint64_t)cgroup,
	};
	long result;

	if (cgroup < 0)
		return clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, data,
			     pidfd);
	result = clone3_call(&args, child, data);
	if (result < 0) {
		errno = (int)-result;
		return -1;
	}
	return (pid_t)result;
}
