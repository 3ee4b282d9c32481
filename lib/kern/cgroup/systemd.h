/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups made by systemd: a transient scope unit around a process, through
 * sd-bus (libsystemd, loaded on first use). org.freedesktop.systemd1(5).
 */
#ifndef NSTOOLS_KERN_CGROUP_SYSTEMD_H
#define NSTOOLS_KERN_CGROUP_SYSTEMD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

/*
 * A D-Bus property of the unit and its value as text. Of the known names
 * (systemd_property.c) the type comes from the name: numbers ("max",
 * "infinity": no limit), booleans, CPU and node lists ("0-3,7": AllowedCPUs,
 * AllowedMemoryNodes), texts, and "PATH VALUE" pairs (DeviceAllow,
 * IOReadBandwidthMax, ...; given once for each device). Other names take
 * their value in the form that the OCI annotation org.systemd.property.NAME
 * has: 'text', true, 5 (int32), uint64 5, ['a', 'b'].
 */
struct kern_systemd_property {
	const char *name, *value;
};

struct kern_systemd_scope {
	const char *scope; /* "nsinit-web.scope" */
	const char *slice; /* "system.slice"; NULL: systemd's default */
	const char *description;
	bool user; /* the user's manager, at $XDG_RUNTIME_DIR/bus or /run/user/UID/bus */
	pid_t pid; /* the process it is made around */
	const struct kern_systemd_property *properties;
	size_t count;
};

/*
 * Start the scope with Delegate=yes and wait for systemd's job, at most 25 s
 * in all. Errors (ERR_HELPER) name the bus, the unit and what systemd said. A
 * failed unit of that name, left from before, is cleared away.
 */
int kern_systemd_scope_start(const struct kern_systemd_scope *scope, struct err *err);
/* Change properties of a running scope (SetUnitProperties, runtime only). Uses scope, user, properties. */
int kern_systemd_scope_set(const struct kern_systemd_scope *scope, struct err *err);
/* Stop the scope, wait for the job, and clear its failed state. A unit that does not exist is no error. */
int kern_systemd_scope_stop(const char *scope, bool user, struct err *err);
/* The scope's group below the hierarchy's root: "/system.slice/nsinit-web.scope". */
int kern_systemd_scope_path(const char *scope, bool user, char *path, size_t size, struct err *err);

#endif
