/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/err.h"
#include "kern/caps_file.h"

#define ATTRIBUTE "security.capability"

/* fgetxattr(2) refuses an O_PATH descriptor; its link in /proc is the same file and cannot be exchanged. */
static const char *link_of(int file, char buf[static 32])
{
	snprintf(buf, 32, "/proc/self/fd/%d", file);
	return buf;
}

static int bad(const char *path, struct err *err, const char *what)
{
	err_set(err, ERR_UNSUPPORTED, "read", "the capabilities of the file %s", what);
	return err_object(err, "%s", path);
}

/* Little-endian on every machine; version 3 is version 2 with the id of a root behind it. */
static int parse(const char *bytes, size_t size, const char *path, struct kern_caps_file *caps, struct err *err)
{
	struct vfs_ns_cap_data data = { 0 };
	uint32_t magic, version;

	if (size < XATTR_CAPS_SZ_1 || size > sizeof(data))
		return bad(path, err, "are damaged: the attribute " ATTRIBUTE " has an odd size");
	memcpy(&data, bytes, size);
	magic = le32toh(data.magic_etc);
	version = magic & VFS_CAP_REVISION_MASK;
	if (!((version == VFS_CAP_REVISION_1 && size == XATTR_CAPS_SZ_1) ||
	      (version == VFS_CAP_REVISION_2 && size == XATTR_CAPS_SZ_2) ||
	      (version == VFS_CAP_REVISION_3 && size == XATTR_CAPS_SZ_3)))
		return bad(path, err, "are damaged, or of a newer version than 3");
	*caps = (struct kern_caps_file){ .effective = magic & VFS_CAP_FLAGS_EFFECTIVE };
	for (unsigned i = 0; i < 2; i++) {
		caps->permitted |= (uint64_t)le32toh(data.data[i].permitted) << (32 * i);
		caps->inheritable |= (uint64_t)le32toh(data.data[i].inheritable) << (32 * i);
	}
	if (version == VFS_CAP_REVISION_1) {
		/* It ends behind the first half. */
		caps->permitted = le32toh(data.data[0].permitted);
		caps->inheritable = le32toh(data.data[0].inheritable);
	}
	caps->has_root = version == VFS_CAP_REVISION_3;
	caps->root = caps->has_root ? le32toh(data.rootid) : 0;
	return 0;
}

int kern_caps_file_get(int file, const char *path, struct kern_caps_file *caps, struct err *err)
{
	char bytes[64], link[32];
	ssize_t size = getxattr(link_of(file, link), ATTRIBUTE, bytes, sizeof(bytes));

	*caps = (struct kern_caps_file){ 0 };
	if (size < 0 && (errno == ENODATA || errno == EOPNOTSUPP))
		return 0;
	if (size < 0) {
		err_system(err, "getxattr", "%s", path);
		/* An id that the reader's user namespace has no name for. */
		if (err->errnum == EOVERFLOW)
			err_hint(err, "its capabilities belong to the root of another user namespace");
		return -1;
	}
	return parse(bytes, (size_t)size, path, caps, err) ? -1 : 1;
}

int kern_caps_file_set(int file, const char *path, const struct kern_caps_file *caps, struct err *err)
{
	struct vfs_ns_cap_data data = { 0 };
	size_t size = caps->has_root ? XATTR_CAPS_SZ_3 : XATTR_CAPS_SZ_2;
	char link[32];

	data.magic_etc = htole32((caps->has_root ? VFS_CAP_REVISION_3 : VFS_CAP_REVISION_2) |
				 (caps->effective ? VFS_CAP_FLAGS_EFFECTIVE : 0));
	for (unsigned i = 0; i < 2; i++) {
		data.data[i].permitted = htole32((uint32_t)(caps->permitted >> (32 * i)));
		data.data[i].inheritable = htole32((uint32_t)(caps->inheritable >> (32 * i)));
	}
	data.rootid = htole32(caps->root);
	if (setxattr(link_of(file, link), ATTRIBUTE, &data, size, 0) == 0)
		return 0;
	err_system(err, "setxattr", "%s", path);
	if (err->errnum == EPERM)
		err_hint(err, "it needs CAP_SETFCAP over the file: its owner must be mapped in this user namespace");
	if (err->errnum == EOPNOTSUPP)
		err_hint(err, "the file system has no extended attributes");
	if (err->errnum == EINVAL && caps->has_root)
		err_hint(err, "the user %u is not mapped in this user namespace", caps->root);
	return -1;
}

int kern_caps_file_remove(int file, const char *path, struct err *err)
{
	char link[32];

	if (removexattr(link_of(file, link), ATTRIBUTE) == 0 || errno == ENODATA || errno == EOPNOTSUPP)
		return 0;
	err_system(err, "removexattr", "%s", path);
	return err->errnum == EPERM ? err_hint(err, "it needs CAP_SETFCAP over the file") : -1;
}
