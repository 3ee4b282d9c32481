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
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
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

/*
 * Set-uid or set-gid? The program proper refuses that itself (common/elevated.h), but a hard link to this file would
 * have its caller's NAME-main beside it. File capabilities need no look: the execve takes them away.
 */
static int is_elevated(const long *auxiliary)
{
	long ids[AT_EGID + 1] = { 0 };

	for (; auxiliary[0] != AT_NULL; auxiliary += 2)
		if (auxiliary[0] >= AT_UID && auxiliary[0] <= AT_EGID)
			ids[auxiliary[0]] = auxiliary[1];
	return ids[AT_UID] != ids[AT_EUID] || ids[AT_GID] != ids[AT_EGID];
}

static void explain(const char *path, long error)
{
	char number[] = "error 000";

	say(PROGRAM ": execute ");
	say(path);
	say(": ");
	for (size_t i = sizeof(number) - 2, rest = (size_t)error; rest; i--, rest /= 10)
		number[i] = (char)('0' + rest % 10);
	say(error == ENOENT ? "No such file or directory" : error == EACCES ? "Permission denied" : number);
	say("\n");
	if (error == ENOENT)
		say("hint: " PROGRAM " is two files, and this one starts the other: install both (meson install)\n");
}

void launch(long *stack)
{
	char *const *argv = (char *const *)(stack + 1);
	char *const *environment = argv + stack[0] + 1, *const *end = environment;
	char path[PATH_SIZE];

	while (*end)
		end++;
	if (is_elevated((const long *)(end + 1))) {
		say(PROGRAM ": refused: it is set-uid or set-gid, and is not made for that\n"
			    "hint: take the bit away (chmod ug-s); sudo(8) gives a command rights\n");
		for (;;)
			BARE_CALL(__NR_exit_group, 1);
	}
	find_program(path);
	bare_execute_protected(path, argv, environment);
	explain(path, -BARE_CALL(__NR_execve, (long)path, (long)argv, (long)environment));
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
