/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sys/personality.h>
#include <sys/prctl.h>
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
