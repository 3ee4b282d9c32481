/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What checkpoint and restore share: the options that go to CRIU either way. */
#ifndef NSTOOLS_NSINIT_CHECKPOINT_H
#define NSTOOLS_NSINIT_CHECKPOINT_H

#include <stdbool.h>

struct err;
struct option_table;
struct run_checkpoint;

struct checkpoint_options {
	const char *image_path, *work_path, *empty_ns;
	int cgroups; /* the place among the words of --manage-cgroups-mode */
	bool tcp_established, ext_unix_sk, shell_job, file_locks, auto_dedup;
};

extern const struct option_table checkpoint_table;

/* 0, or -1 with err: what CRIU does not have. */
int checkpoint_fill(const struct checkpoint_options *options, struct run_checkpoint *checkpoint, struct err *err);

#endif
