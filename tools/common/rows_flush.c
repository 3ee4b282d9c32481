/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart from rows.c, which needs JSON. */
#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "common/rows.h"

int rows_flush(struct err *err)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	if (!errno)
		errno = EIO;
	return err_system(err, "write", "standard output");
}
