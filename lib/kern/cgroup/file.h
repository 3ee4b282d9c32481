/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control files of a group. A name with "/" or a leading "." is refused. */
#ifndef NSTOOLS_KERN_CGROUP_FILE_H
#define NSTOOLS_KERN_CGROUP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct kern_cgroup;

#define KERN_CGROUP_NO_LIMIT UINT64_MAX /* "max"; v1: the huge numbers that mean it */

/*
 * Write the value in one write(). What the kernel's errno means for this file
 * goes into the hint (a memory limit below the usage names the usage). With
 * `optional` a file that does not exist is passed over.
 */
int kern_cgroup_write(const struct kern_cgroup *group, const char *file, const char *value, bool optional,
		      struct err *err);

/*
 * Read into the caller's buffer, the last newline removed. Returns the length
 * or -1; ENOENT and ENODEV (the group was removed) are in err->errnum. Text
 * that does not fit is cut at a line's end.
 */
ssize_t kern_cgroup_read(const struct kern_cgroup *group, const char *file, char *buf, size_t size,
			 struct err *err);
/* One number, or "max" (v1: -1 and numbers of 2^63 rounded down to pages) as KERN_CGROUP_NO_LIMIT. */
int kern_cgroup_read_number(const struct kern_cgroup *group, const char *file, uint64_t *value,
			    struct err *err);

/*
 * Text of "KEY NUMBER" lines (memory.stat, cgroup.events): the number of a
 * key. False when the key is not there.
 */
bool kern_cgroup_text_key(const char *text, const char *key, uint64_t *value);
/*
 * A nested keyed line ("8:0 rbytes=1 wbytes=2", "some avg10=0.00 total=5"):
 * the number behind "KEY=" in one line. False when it is not there.
 */
bool kern_cgroup_line_key(const char *line, const char *key, uint64_t *value);

#endif
