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
 * A D-Bus property of the unit and its value as text. The type comes from the
 * name: numbers ("max", "infinity": no limit), booleans ("true", "false"),
 * CPU and node lists ("0-3,7"; AllowedCPUs, AllowedMemoryNodes), texts, and for
 * DeviceAllow and IO*Max* "PATH VALUE" pairs. Names that are not in the table
 * are taken in D-Bus text form, as the OCI annotation
 * org.systemd.property.NAME writes them: 'text', true, uint64 5, [...].
 */
struct kern_systemd_property {
	const char *name, *value;
};

struct kern_systemd_scope {
	const char *scope; /* "nsinit-web.scope" */
	const char *slice; /* "system.slice"; NULL: systemd's default */
	const char *description;
	bool user; /* the user's manager, at $XDG_RUNTIME_DIR/bus or /run/user/UID */
	pid_t pid; /* the process it is made around */
	const struct kern_systemd_property *properties;
	size_t count;
};

/*
 * Start the scope with Delegate=yes and wait for systemd's job, at most 25 s.
 * Errors name the bus, the unit and the job's result.
 */
int kern_systemd_scope_start(const struct kern_systemd_scope *scope, struct err *err);
/* Change properties of a running scope (SetUnitProperties, runtime only). Uses scope, user, properties. */
int kern_systemd_scope_set(const struct kern_systemd_scope *scope, struct err *err);
/* Stop the scope, wait for the job, and clear its failed state. A unit that does not exist is no error. */
int kern_systemd_scope_stop(const char *scope, bool user, struct err *err);
/*
 * "SLICE" as its path below the hierarchy's root: "a-b.slice" is
 * "/a.slice/a-b.slice" (systemd.slice(5)); "-.slice" is "". -1 when the name is no slice's.
 */
int kern_systemd_slice_path(const char *slice, char *path, size_t size, struct err *err);

#endif
