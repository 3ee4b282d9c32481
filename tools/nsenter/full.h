/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of nsenter-main. */
#ifndef NSTOOLS_NSENTER_FULL_H
#define NSTOOLS_NSENTER_FULL_H

struct err;
struct nsenter;
struct run_context;

/* --list. */
int nsenter_list(struct nsenter *nsenter, struct err *err);
/* --like-init of a container. *status is wait(2)'s. */
int nsenter_like_init(struct nsenter *nsenter, const struct run_context *context, int *status, struct err *err);
/* What goes with --like-init, whatever the target. */
int nsenter_like_check(const struct nsenter *nsenter, struct err *err);
/* --like-init of a process: read it and say so in `nsenter`, for nsenter_enter(). */
int nsenter_like_process(struct nsenter *nsenter, struct err *err);

#endif
