/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PID 1 of the throw-away guests that tests/vm/run starts; init.c says how. */
#ifndef NSTOOLS_TESTS_VM_INIT_H
#define NSTOOLS_TESTS_VM_INIT_H

#include <sys/types.h>

#define SETTING_LIST 64

struct file_system {
	char *type, *source, *data;
};

/* The settings file: lines of "key value". Lists end in NULL. */
struct settings {
	char *out, *err, *status;	      /* character devices: the three channels */
	struct file_system boot;	      /* from an initramfs: move to this first; type NULL: no */
	struct file_system host;	      /* the host's root, read-write: what shares are bound from */
	char *modules[SETTING_LIST + 1];      /* module files to load, in order */
	char *module_dir;		      /* what to show as /lib/modules, or NULL */
	char *shares[SETTING_LIST + 1];	      /* directories that the guest may change */
	char *directory, *command, *systemd;  /* cwd; a bash script; systemd's path, or NULL */
};

/* Say why, and power off: without a status the host reports that the guest died. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void power_off(void) __attribute__((noreturn));

/* root.c: load the modules and, from an initramfs, move to the host's root. */
void root_reach(const struct settings *settings);
/* Mount the guest's file systems, make its cgroups: "/" is the guest's own root then. */
void root_make(const struct settings *settings);
void put_file(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
