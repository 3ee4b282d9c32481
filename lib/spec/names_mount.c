/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mount options: the table of the OCI config.md, and crun's three. A later
 * option wins over an earlier one: `clear` is what it takes back.
 */
#include <linux/mount.h>
#include <string.h>

#include "base/cleanup.h"
#include "spec/names.h"

#define ATIME_MODES (MS_NOATIME | MS_RELATIME | MS_STRICTATIME)

#define SET(bits) SPEC_OPTION_FLAG, (bits), 0
#define CLEAR(bits) SPEC_OPTION_FLAG, 0, (bits)
#define ATIME_MODE(bit) SPEC_OPTION_FLAG, (bit), ATIME_MODES & ~(bit)
#define RSET(bits) SPEC_OPTION_RECURSIVE, (bits), 0
#define RCLEAR(bits) SPEC_OPTION_RECURSIVE, 0, (bits)
/* mount_setattr(2): the atime modes are one field, to be cleared whole whenever it changes. 0 is relatime. */
#define RATIME(mode) SPEC_OPTION_RECURSIVE, (mode), MOUNT_ATTR__ATIME
#define PROPAGATE(bits) SPEC_OPTION_PROPAGATION, (bits), 0

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000 /* Linux 5.14, linux/mount.h */
#endif

const struct spec_mount_option spec_mount_options[] = {
	{ "acl", SPEC_OPTION_DATA, 0, 0 },
	{ "async", CLEAR(MS_SYNCHRONOUS) },
	{ "atime", CLEAR(MS_NOATIME) },
	{ "bind", SPEC_OPTION_BIND, 0, 0 },
	{ "copy-symlink", SPEC_OPTION_COPY_SYMLINK, 0, 0 },
	{ "defaults", SPEC_OPTION_NOTHING, 0, 0 },
	{ "dest-nofollow", SPEC_OPTION_DEST_NOFOLLOW, 0, 0 },
	{ "dev", CLEAR(MS_NODEV) },
	{ "diratime", CLEAR(MS_NODIRATIME) },
	{ "dirsync", SET(MS_DIRSYNC) },
	{ "exec", CLEAR(MS_NOEXEC) },
	{ "idmap", SPEC_OPTION_IDMAP, 0, 0 },
	{ "iversion", SET(MS_I_VERSION) },
	{ "lazytime", SET(MS_LAZYTIME) },
	{ "loud", CLEAR(MS_SILENT) },
	{ "mand", SET(MS_MANDLOCK) },
	{ "noacl", SPEC_OPTION_DATA, 0, 0 },
	{ "noatime", ATIME_MODE(MS_NOATIME) },
	{ "nodev", SET(MS_NODEV) },
	{ "nodiratime", SET(MS_NODIRATIME) },
	{ "noexec", SET(MS_NOEXEC) },
	{ "noiversion", CLEAR(MS_I_VERSION) },
	{ "nolazytime", CLEAR(MS_LAZYTIME) },
	{ "nomand", CLEAR(MS_MANDLOCK) },
	{ "norelatime", CLEAR(MS_RELATIME) },
	{ "nostrictatime", CLEAR(MS_STRICTATIME) },
	{ "nosuid", SET(MS_NOSUID) },
	{ "nosymfollow", SET(MS_NOSYMFOLLOW) },
	{ "private", PROPAGATE(MS_PRIVATE) },
	{ "ratime", RATIME(0) },
	{ "rbind", SPEC_OPTION_BIND, MS_REC, 0 },
	{ "rdev", RCLEAR(MOUNT_ATTR_NODEV) },
	{ "rdiratime", RCLEAR(MOUNT_ATTR_NODIRATIME) },
	{ "relatime", ATIME_MODE(MS_RELATIME) },
	{ "remount", SPEC_OPTION_REMOUNT, 0, 0 },
	{ "rexec", RCLEAR(MOUNT_ATTR_NOEXEC) },
	{ "ridmap", SPEC_OPTION_IDMAP, MS_REC, 0 },
	{ "rnoatime", RATIME(MOUNT_ATTR_NOATIME) },
	{ "rnodev", RSET(MOUNT_ATTR_NODEV) },
	{ "rnodiratime", RSET(MOUNT_ATTR_NODIRATIME) },
	{ "rnoexec", RSET(MOUNT_ATTR_NOEXEC) },
	{ "rnorelatime", RATIME(0) },
	{ "rnostrictatime", RATIME(0) },
	{ "rnosuid", RSET(MOUNT_ATTR_NOSUID) },
	{ "rnosymfollow", RSET(MOUNT_ATTR_NOSYMFOLLOW) },
	{ "ro", SET(MS_RDONLY) },
	{ "rprivate", PROPAGATE(MS_PRIVATE | MS_REC) },
	{ "rrelatime", RATIME(0) },
	{ "rro", RSET(MOUNT_ATTR_RDONLY) },
	{ "rrw", RCLEAR(MOUNT_ATTR_RDONLY) },
	{ "rshared", PROPAGATE(MS_SHARED | MS_REC) },
	{ "rslave", PROPAGATE(MS_SLAVE | MS_REC) },
	{ "rstrictatime", RATIME(MOUNT_ATTR_STRICTATIME) },
	{ "rsuid", RCLEAR(MOUNT_ATTR_NOSUID) },
	{ "rsymfollow", RCLEAR(MOUNT_ATTR_NOSYMFOLLOW) },
	{ "runbindable", PROPAGATE(MS_UNBINDABLE | MS_REC) },
	{ "rw", CLEAR(MS_RDONLY) },
	{ "shared", PROPAGATE(MS_SHARED) },
	{ "silent", SET(MS_SILENT) },
	{ "slave", PROPAGATE(MS_SLAVE) },
	{ "src-nofollow", SPEC_OPTION_SRC_NOFOLLOW, 0, 0 },
	{ "strictatime", ATIME_MODE(MS_STRICTATIME) },
	{ "suid", CLEAR(MS_NOSUID) },
	{ "symfollow", CLEAR(MS_NOSYMFOLLOW) },
	{ "sync", SET(MS_SYNCHRONOUS) },
	{ "tmpcopyup", SPEC_OPTION_COPY_UP, 0, 0 },
	{ "unbindable", PROPAGATE(MS_UNBINDABLE) },
};
const size_t spec_mount_option_count = ARRAY_SIZE(spec_mount_options);

const struct spec_mount_option *spec_mount_option_find(const char *name)
{
	for (size_t i = 0; i < spec_mount_option_count; i++)
		if (!strcmp(spec_mount_options[i].name, name))
			return &spec_mount_options[i];
	return NULL;
}
