/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 *   call NUMBER [ARG]...     a system call by number (of x86_64), and what came of it
 *   call32 NUMBER [ARG]...   the same by int 0x80, as a 32-bit program does
 *   trap NUMBER [ARG]...     ... with a handler for SIGSYS that says what it was told
 *   thread NUMBER [ARG]...   ... in a thread; says whether the other one lives on
 *   trace NUMBER [ARG]...    ... in a child traced by us, which skips the call (SECCOMP_RET_TRACE)
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

static long numbers[7];

static void read_numbers(int argc, char **argv)
{
	for (int i = 1; i < argc && i <= 7; i++)
		numbers[i - 1] = strtol(argv[i], NULL, 0);
}

static long make_call(void)
{
	return syscall(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
}

static int call(int argc, char **argv)
{
	char name[32];

	read_numbers(argc, argv);
	snprintf(name, sizeof(name), "%ld", numbers[0]);
	return inside_say(name, make_call());
}

static int call32(int argc, char **argv)
{
	long result = -ENOSYS;

	read_numbers(argc, argv);
#ifdef __x86_64__
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(numbers[0]), "b"(numbers[1]), "c"(numbers[2]), "d"(numbers[3])
			 : "memory", "r8", "r9", "r10", "r11");
	result = (int)result;
#endif
	if (result < 0) {
		errno = (int)-result;
		result = -1;
	}
	return inside_say("call32", result);
}

static void say_trap(int number, siginfo_t *info, void *context)
{
	char line[128];
	int len;

	(void)context;
	len = snprintf(line, sizeof(line), "signal %d code %d errno %d syscall %d\n", number, info->si_code,
		       info->si_errno, info->si_syscall);
	if (write(1, line, (size_t)len) < 0)
		_exit(1);
	_exit(0);
}

static int trap(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = say_trap, .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &action, NULL);
	return call(argc, argv);
}

static void *call_in_thread(void *unused)
{
	(void)unused;
	make_call();
	return (void *)1;
}

static int thread(int argc, char **argv)
{
	void *result = NULL;
	pthread_t other;

	read_numbers(argc, argv);
	if (pthread_create(&other, NULL, call_in_thread, NULL) || pthread_join(other, &result))
		return 1;
	printf("the first thread lives, the other %s\n", result == (void *)1 ? "too" : "was killed");
	return 0;
}

static int traced(int argc, char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	return call(argc, argv);
}

static int trace(int argc, char **argv)
{
	unsigned long data = 0;
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(traced(argc, argv));
	waitpid(child, &status, 0);
	ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL));
	ptrace(PTRACE_CONT, child, NULL, NULL);
	waitpid(child, &status, 0);
	if (WIFSTOPPED(status) && status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
		ptrace(PTRACE_GETEVENTMSG, child, NULL, &data);
		printf("traced data %lu\n", data);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return 0;
}

const struct inside inside_seccomp[] = {
	{ "call", call },     { "call32", call32 }, { "trap", trap },
	{ "thread", thread }, { "trace", trace },   { NULL, NULL },
};
