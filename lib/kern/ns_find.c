/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces that have no path: by number, by what they own, by a socket. */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/ns.h"

#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif

int kern_ns_open_id(uint64_t id, int flag, struct err *err)
{
	union {
		struct file_handle head;
		unsigned char bytes[sizeof(struct file_handle) + sizeof(struct kern_nsfs_handle)];
	} handle = { .head = { .handle_bytes = sizeof(struct kern_nsfs_handle), .handle_type = KERN_FILEID_NSFS } };
	/* The kernel takes either both the kind and the inode number, or neither. */
	const struct kern_nsfs_handle ns = { .ns_id = id };
	auto_close int fd = -1;

	memcpy(handle.head.f_handle, &ns, sizeof(ns));
	fd = open_by_handle_at(KERN_FD_NSFS_ROOT, &handle.head, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && (!flag || ioctl(fd, NS_GET_NSTYPE) == flag))
		return take_fd(&fd);
	if (fd >= 0)
		errno = EINVAL;
	err_system(err, "open_by_handle_at", "namespace %llu", (unsigned long long)id);
	if (err->errnum == EBADF || err->errnum == ESTALE)
		err_hint(err, "there is none of that number, or this kernel is older than Linux 6.19");
	else if (err->errnum == EINVAL)
		err_hint(err, "it is a namespace of another kind");
	return -1;
}

int kern_ns_owner(int ns, struct err *err)
{
	int fd = ioctl(ns, NS_GET_USERNS);

	/* The kernel makes it close-on-exec. */
	return fd < 0 ? err_system(err, "NS_GET_USERNS", "namespace") : fd;
}

int kern_ns_of_socket(int pidfd, int fd, struct err *err)
{
	auto_close int socket = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0); /* close-on-exec */
	int ns;

	if (socket < 0)
		return err_system(err, "pidfd_getfd", "descriptor %d", fd);
	ns = ioctl(socket, SIOCGSKNS);
	return ns < 0 ? err_system(err, "SIOCGSKNS", "descriptor %d", fd) : ns;
}
