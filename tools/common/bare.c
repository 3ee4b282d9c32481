/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mount.h>

#include "common/bare.h"

#ifndef __x86_64__
#error "other architectures start with their C library"
#endif

#define OWN_FD 200 /* as in kern/self.c: the mark of a protected start */
#define NR_OPEN_TREE_ATTR 467 /* Linux 6.15 */
#define O_CLOEXEC 02000000

long bare_call(long number, const long arguments[5])
{
	register long r10 __asm__("r10") = arguments[3];
	register long r8 __asm__("r8") = arguments[4];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return result;
}

void bare_execute_protected(const char *path, char *const *argv, char *const *environment)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		.propagation = MS_PRIVATE,
	};
	long tree = BARE_CALL(NR_OPEN_TREE_ATTR, AT_FDCWD, (long)path, OPEN_TREE_CLONE | O_CLOEXEC, (long)&attr,
			      sizeof(attr));
	long own;

	if (tree < 0) {
		tree = BARE_CALL(__NR_open_tree, AT_FDCWD, (long)path, OPEN_TREE_CLONE | O_CLOEXEC);
		if (tree < 0)
			return;
		if (BARE_CALL(__NR_mount_setattr, tree, (long)"", AT_EMPTY_PATH, (long)&attr, sizeof(attr)) < 0) {
			BARE_CALL(__NR_close, tree);
			return;
		}
	}
	own = BARE_CALL(__NR_fcntl, tree, F_DUPFD_CLOEXEC, OWN_FD);
	if (own >= 0)
		BARE_CALL(__NR_execveat, own, (long)"", (long)argv, (long)environment, AT_EMPTY_PATH);
	/* Both numbers free again for who goes on. */
	BARE_CALL(__NR_close, tree);
	if (own >= 0)
		BARE_CALL(__NR_close, own);
}
