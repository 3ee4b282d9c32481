/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/keyctl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/keyring.h"

/*
 * keyctl_setperm(3): everything for who possesses the key; view, read, search
 * and link for the same user (the kernel gives a new session keyring all but
 * search).
 */
#define POSSESSOR_ALL 0x3f000000U
#define USER_VIEW_READ_SEARCH_LINK 0x001b0000U

int kern_keyring_join(const char *name, struct err *err)
{
	long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);

	if (keyring < 0) {
		err_system(err, "keyctl", "session keyring %s", name);
		if (err->errnum == EDQUOT)
			err_hint(
				err,
				"the user's key quota is used up (kernel.keys.maxkeys, kernel.keys.maxbytes, "
				"root_maxkeys for root)");
		if (err->errnum == ENOSYS)
			err_hint(err, "this kernel has no keyrings, or a seccomp filter refuses keyctl");
		return -1;
	}
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, keyring, POSSESSOR_ALL | USER_VIEW_READ_SEARCH_LINK) < 0)
		return err_system(err, "keyctl", "permissions of session keyring %s", name);
	return 0;
}
