/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The home directory that passwd(5) gives a user. */
#ifndef NSTOOLS_KERN_HOME_H
#define NSTOOLS_KERN_HOME_H

#include <limits.h>
#include <stdint.h>

/* "HOME=" and a path. */
#define KERN_HOME_SIZE (PATH_MAX + 5)

/*
 * "HOME=" and the sixth field of the first line of /etc/passwd (in our own root)
 * whose third is `uid`; "HOME=/" where there is none, and where the file cannot
 * be read, is no regular file, or gives no absolute path. Lines of more than
 * 4 KiB are passed over. Runs in the child: allocates nothing.
 */
void kern_home_find(uint32_t uid, char variable[KERN_HOME_SIZE]);

#endif
