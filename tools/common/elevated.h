/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No program of ours is made to be set-uid: each refuses before it reads its command line. */
#ifndef NSTOOLS_COMMON_ELEVATED_H
#define NSTOOLS_COMMON_ELEVATED_H

struct err;

/* ERR_STATE where this program has been given rights that its caller has not. */
int elevated_refuse(struct err *err);

#endif
