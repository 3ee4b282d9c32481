/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/securebits.h>
#include <sys/prctl.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/securebits.h"

/* include/uapi/linux/securebits.h, Linux 6.14 */
#ifndef SECBIT_EXEC_RESTRICT_FILE
#define SECBIT_EXEC_RESTRICT_FILE (1U << 8)
#define SECBIT_EXEC_RESTRICT_FILE_LOCKED (1U << 9)
#define SECBIT_EXEC_DENY_INTERACTIVE (1U << 10)
#define SECBIT_EXEC_DENY_INTERACTIVE_LOCKED (1U << 11)
#endif

const struct kern_securebit kern_securebits[] = {
	{ "noroot", SECBIT_NOROOT },
	{ "noroot_locked", SECBIT_NOROOT_LOCKED },
	{ "no_setuid_fixup", SECBIT_NO_SETUID_FIXUP },
	{ "no_setuid_fixup_locked", SECBIT_NO_SETUID_FIXUP_LOCKED },
	{ "keep_caps", SECBIT_KEEP_CAPS },
	{ "keep_caps_locked", SECBIT_KEEP_CAPS_LOCKED },
	{ "no_cap_ambient_raise", SECBIT_NO_CAP_AMBIENT_RAISE },
	{ "no_cap_ambient_raise_locked", SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED },
	{ "exec_restrict_file", SECBIT_EXEC_RESTRICT_FILE },
	{ "exec_restrict_file_locked", SECBIT_EXEC_RESTRICT_FILE_LOCKED },
	{ "exec_deny_interactive", SECBIT_EXEC_DENY_INTERACTIVE },
	{ "exec_deny_interactive_locked", SECBIT_EXEC_DENY_INTERACTIVE_LOCKED },
};
const size_t kern_securebit_count = ARRAY_SIZE(kern_securebits);

int kern_securebits_get(uint32_t *bits, struct err *err)
{
	int got = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);

	if (got < 0)
		return err_system(err, "prctl", "PR_GET_SECUREBITS");
	*bits = (uint32_t)got;
	return 0;
}

int kern_securebits_set(uint32_t bits, struct err *err)
{
	if (prctl(PR_SET_SECUREBITS, (unsigned long)bits, 0, 0, 0) == 0)
		return 0;
	err_system(err, "prctl", "PR_SET_SECUREBITS 0x%x", bits);
	return err_hint(err, "it needs CAP_SETPCAP, bits that are not locked, and a kernel that knows them "
			     "(exec_*: Linux 6.14)");
}
