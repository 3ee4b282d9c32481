/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --like-init: everything that the target's process has. */
#include "base/err.h"
#include "common/option.h"
#include "run/attach.h"
#include "run/run.h"
#include "nsenter/full.h"
#include "nsenter/nsenter.h"

int nsenter_like_init(struct nsenter *nsenter, const struct run_context *context, int *status, struct err *err)
{
	(void)nsenter; (void)context; (void)status;
	return err_set(err, ERR_UNSUPPORTED, "", "--like-init is not there yet");
}
