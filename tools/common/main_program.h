/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Some programs are two: what is installed as NAME is small and static and does what has to be fast, and becomes
 * NAME-main for the rest.
 */
#ifndef NSTOOLS_COMMON_MAIN_PROGRAM_H
#define NSTOOLS_COMMON_MAIN_PROGRAM_H

#include <limits.h>

struct err;

/* Installed, LIBEXECDIR/nstools/NAME-main; else the file beside this one. */
int main_program_find(const char *name, char path[PATH_MAX], struct err *err);
/* Execute that; it returns only with an error. */
int main_program_become(const char *name, char *const argv[], struct err *err);

#endif
