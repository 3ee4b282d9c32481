/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --user and --groups: names of the host's user database to ids. */
#ifndef NSTOOLS_NSCAPS_RUN_USER_H
#define NSTOOLS_NSCAPS_RUN_USER_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct run_user {
	bool given; /* ids or groups are to change */
	uint32_t uid, gid;
	uint32_t *groups; /* owned by who reads them */
	unsigned group_count;
	bool keep_groups;
};

/*
 * user: "NAME", "UID", with ":GROUP" behind; NULL: the caller's ids. groups:
 * names and ids with commas, "none", "keep", or "init" (those that the group database gives the
 * user); NULL: none where a user is given, else the caller's. A word of digits
 * is always an id. ERR_USAGE says what is not known.
 */
int run_user_read(const char *user, const char *groups, struct run_user *read, struct err *err);

#endif
