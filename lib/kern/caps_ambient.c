/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart from caps.c: a program that needs no more than this does not link libcap. */
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/caps.h"

int kern_caps_hand_on(struct err *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return err_system(err, "capget", "own capabilities");
	for (unsigned i = 0; i < 2; i++)
		data[i].inheritable = data[i].permitted;
	if (syscall(SYS_capset, &header, data) < 0)
		return err_system(err, "capset", "own capabilities");
	for (unsigned i = 0; i < 64; i++)
		if (data[i / 32].effective >> i % 32 & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return err_system(err, "prctl", "PR_CAP_AMBIENT_RAISE %u", i);
	return 0;
}
