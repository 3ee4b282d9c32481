/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What nsenter does before its C library has started. That takes longer than
 * all the rest of it, and where nsenter protects its own file it would start
 * twice (kern/self.h says why): so the first time we are gone before.
 *
 * What is not surely a call that enters what could reach the file is left to
 * enter.c, which decides once the command line has been read. Nothing here may
 * need a relocation, for there has been none.
 */
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/prctl.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/bare.h"

/* Called by the entry point below with what the kernel left on the stack: argc, argv, NULL, environment, NULL,
 * auxiliary vector. */
void nsenter_early(long *stack) __attribute__((used));

static bool begins(const char *text, const char *with)
{
	while (*with)
		if (*text++ != *with++)
			return false;
	return true;
}

static bool is_one_of(char letter, const char *letters)
{
	while (*letters && *letters != letter)
		letters++;
	return letter && *letters;
}

/* Ended by "=" or by the end. */
static bool is_name(const char *word, const char *name)
{
	while (*name)
		if (*word++ != *name++)
			return false;
	return !*word || *word == '=';
}

static bool is_digit(const char *text)
{
	return text && *text >= '0' && *text <= '9';
}

/* Letters of one word. Sets what is exposed; the number of words it takes, 0 where that is not sure. */
static int read_letters(const char *letters, const char *next, bool *exposed)
{
	while (is_one_of(*letters, "aFec"))
		*exposed |= *letters++ == 'a';
	if (!*letters)
		return 1;
	*exposed |= is_one_of(*letters, "mpr");
	if (is_one_of(*letters, "muinpCUTrw"))
		return 1;
	if (*letters != 't')
		return 0;
	/* What is no number is a container's id. */
	if (letters[1])
		return is_digit(letters + 1) ? 1 : 0;
	return is_digit(next) ? 2 : 0;
}

static int read_name(const char *name, const char *next, bool *exposed)
{
	const char *value = name + sizeof("target");

	if (is_name(name, "target"))
		return value[-1] ? is_digit(value) : is_digit(next) ? 2 : 0;
	if (is_name(name, "all") || is_name(name, "mount") || is_name(name, "pid") || is_name(name, "root"))
		return (int)(*exposed = true);
	return is_name(name, "uts") || is_name(name, "ipc") || is_name(name, "net") || is_name(name, "cgroup") ||
	       is_name(name, "user") || is_name(name, "time") || is_name(name, "wd");
}

/* See is_exposed() of enter.c. */
static bool is_exposed(char *const *argv)
{
	bool exposed = false;
	int words;

	if (!*argv)
		return false;
	for (argv++; *argv && argv[0][0] == '-' && argv[0][1]; argv += words) {
		const char *word = *argv + 1;

		if (*word == '-' && !word[1])
			break;
		words = *word == '-' ? read_name(word + 1, argv[1], &exposed) : read_letters(word, argv[1], &exposed);
		if (!words)
			return false;
	}
	return exposed;
}

/* By its descriptor, that is: a second time by us, or as somebody else wanted it. */
static bool is_executed_by_fd(char *const *environment)
{
	const unsigned long *vector;

	while (*environment)
		environment++;
	for (vector = (const unsigned long *)environment + 1; vector[0] != AT_NULL; vector += 2)
		if (vector[0] == AT_EXECFN)
			return begins((const char *)vector[1], "/dev/fd/"); // NOLINT(performance-no-int-to-ptr)
	return true;
}

void nsenter_early(long *stack)
{
	char *const *argv = (char *const *)(stack + 1);
	char *const *environment = argv + stack[0] + 1;

	if (is_executed_by_fd(environment) || !is_exposed(argv))
		return;
	BARE_CALL(__NR_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	bare_execute_protected("/proc/self/exe", argv, environment);
}

/* The C library's entry finds the stack and %rdx as the kernel left them. */
__asm__(".globl nsenter_start\n"
	"nsenter_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %r12\n"
	"	mov %rdx, %rbx\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call nsenter_early\n"
	"	mov %r12, %rsp\n"
	"	mov %rbx, %rdx\n"
	"	jmp _start\n");
