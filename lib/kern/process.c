/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/process.h"

int kern_process_session(struct err *err)
{
	if (setsid() < 0 && !(errno == EPERM && getsid(0) == getpid()))
		return err_system(err, "setsid", "new session");
	return 0;
}

int kern_process_personality(unsigned long persona, struct err *err)
{
	if (personality(persona) < 0)
		return err_system(err, "personality", "0x%lx", persona);
	return 0;
}

int kern_process_no_new_privs(struct err *err)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? err_system(err, "prctl", "PR_SET_NO_NEW_PRIVS")
							  : 0;
}

int kern_process_death_signal(int signal, struct err *err)
{
	return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) < 0
		       ? err_system(err, "prctl", "PR_SET_PDEATHSIG %d", signal)
		       : 0;
}

int kern_process_dumpable(bool dumpable, struct err *err)
{
	return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0) < 0 ? err_system(err, "prctl", "PR_SET_DUMPABLE")
							     : 0;
}

int kern_process_subreaper(bool on, struct err *err)
{
	return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0) < 0
		       ? err_system(err, "prctl", "PR_SET_CHILD_SUBREAPER")
		       : 0;
}

/* More than ambient, which a caller that is not root hands on. */
static bool has_file_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (getuid() == 0)
		return false;
	if (syscall(SYS_capget, &header, data) < 0)
		return true;
	for (unsigned i = 0; i < 64; i++)
		if (data[i / 32].permitted >> i % 32 & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) != 1)
			return true;
	return false;
}

bool kern_process_is_elevated(void)
{
	return getauxval(AT_SECURE) &&
	       (getuid() != geteuid() || getgid() != getegid() || has_file_capabilities());
}
