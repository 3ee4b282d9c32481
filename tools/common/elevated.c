/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/err.h"
#include "common/elevated.h"
#include "kern/process.h"

int elevated_refuse(struct err *err)
{
	if (!kern_process_is_elevated())
		return 0;
	err_set(err, ERR_STATE, "",
		"refused: it is set-uid, set-gid or has file capabilities, and is not made for that");
	return err_hint(err, "take them away (chmod ug-s, setcap -r); sudo(8) gives a command rights");
}
