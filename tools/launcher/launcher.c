/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is installed as nsinit: it starts the program proper from a detached
 * read-only mount of it, so that the container cannot reach the host's file
 * (kern/self.h says how and why), and is gone.
 *
 * The program can do the same for itself by executing itself again, and does
 * where this did not; but then the dynamic loader and the C library start
 * twice, half a millisecond on some virtual machines. This has neither: it is
 * a few system calls without a libc.
 *
 * The program proper stands beside this one in the build directory, as
 * NAME-main, and in LIBEXECDIR once installed in BINDIR.
 */
#include <asm/unistd.h>
#include <stddef.h>

#include "common/bare.h"

#define PATH_SIZE 4096

/* Called by the entry point below with what the kernel left on the stack: argc, argv, NULL, environment,
 * NULL. */
void launch(long *stack) __attribute__((noreturn, used));

static size_t length(const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	return len;
}

/* Append at *len; what does not fit leaves the path empty. */
static void append(char path[PATH_SIZE], size_t *len, const char *text)
{
	size_t i;

	for (i = 0; text[i] && *len < PATH_SIZE - 1; i++)
		path[(*len)++] = text[i];
	path[*len] = '\0';
	if (text[i])
		path[0] = '\0';
}

/* BINDIR/NAME -> LIBEXECDIR/NAME-main; else the file beside this one, SELF-main. */
static void find_program(char path[PATH_SIZE])
{
	static const char bindir[] = BINDIR "/";
	long got = BARE_CALL(__NR_readlink, (long)"/proc/self/exe", (long)path, PATH_SIZE - 1);
	size_t len = got > 0 ? (size_t)got : 0;
	size_t i;

	path[len] = '\0';
	for (i = 0; bindir[i] && bindir[i] == path[i]; i++)
		;
	if (!bindir[i] || len == 0) {
		len = 0;
		append(path, &len, LIBEXECDIR "/" PROGRAM);
	}
	append(path, &len, "-main");
}

static void say(const char *text)
{
	BARE_CALL(__NR_write, 2, (long)text, (long)length(text));
}

void launch(long *stack)
{
	char *const *argv = (char *const *)(stack + 1);
	char *const *environment = argv + stack[0] + 1;
	char path[PATH_SIZE];

	find_program(path);
	bare_execute_protected(path, argv, environment);
	BARE_CALL(__NR_execve, (long)path, (long)argv, (long)environment);
	say(PROGRAM ": cannot execute ");
	say(path);
	say("\n");
	for (;;)
		BARE_CALL(__NR_exit_group, 125);
}

/* The stack pointer, as it is at the very first instruction, becomes the argument. */
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call launch\n");
