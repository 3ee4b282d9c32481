/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/netns.h"
#include "kern/ns.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* Linux 5.14, asm-generic/socket.h */
#endif

#define OWN "/proc/thread-self/ns/net"

int kern_netns_own(struct err *err)
{
	return kern_ns_open(OWN, CLONE_NEWNET, err);
}

bool kern_netns_same(int a, int b)
{
	struct stat one, other;

	return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

int kern_netns_enter(int netns, int *own, struct err *err)
{
	*own = kern_netns_own(err);
	if (*own < 0)
		return -1;
	if (kern_ns_join(netns, CLONE_NEWNET, err) == 0)
		return 0;
	close_keep_errno(take_fd(own));
	return -1;
}

int kern_netns_leave(int *own, struct err *err)
{
	auto_close int back = take_fd(own);

	return kern_ns_join(back, CLONE_NEWNET, err);
}

int kern_netns_identity(int netns, uint64_t *identity, struct err *err)
{
	socklen_t size = sizeof(*identity);
	auto_close int fd = -1;
	struct stat st;
	int own, found;

	if (kern_netns_enter(netns, &own, err))
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	found = fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, identity, &size) == 0;
	if (kern_netns_leave(&own, err))
		return -1;
	if (found)
		return 0;
	if (fstat(netns, &st))
		return err_system(err, "fstat", "network namespace");
	*identity = st.st_ino;
	return 0;
}

bool kern_netns_name_is_valid(const char *name)
{
	size_t len = strlen(name);

	return len && len < 256 && strcmp(name, ".") && strcmp(name, "..") && !strchr(name, '/');
}

static int check_name(const char *name, struct err *err)
{
	if (kern_netns_name_is_valid(name))
		return 0;
	err_set(err, ERR_USAGE, "network namespace", "not a name for one");
	return err_object(err, "%s", name);
}

static void path_of(const char *name, char path[static 300])
{
	snprintf(path, 300, KERN_NETNS_DIR "/%s", name);
}

int kern_netns_open(const char *name, struct err *err)
{
	char path[300];

	if (check_name(name, err))
		return -1;
	path_of(name, path);
	return kern_ns_open(path, CLONE_NEWNET, err);
}

/*
 * The directory is a mount of its own that is shared: a name that is given or
 * taken away in one mount namespace is so in all, and a namespace really goes.
 */
static int prepare_directory(struct err *err)
{
	if (mkdir(KERN_NETNS_DIR, 0755) && errno != EEXIST)
		return err_system(err, "mkdir", KERN_NETNS_DIR);
	if (mount("", KERN_NETNS_DIR, "none", MS_SHARED | MS_REC, NULL) == 0)
		return 0;
	if (errno != EINVAL)
		return err_system(err, "make shared", KERN_NETNS_DIR);
	if (mount(KERN_NETNS_DIR, KERN_NETNS_DIR, "none", MS_BIND | MS_REC, NULL) ||
	    mount("", KERN_NETNS_DIR, "none", MS_SHARED | MS_REC, NULL))
		return err_system(err, "mount", KERN_NETNS_DIR);
	return 0;
}

/* In the new namespace: give it the name, and open it. */
static int pin(const char *path, struct err *err)
{
	if (mount(OWN, path, "none", MS_BIND, NULL))
		return err_system(err, "mount", "%s", path);
	return kern_netns_own(err);
}

int kern_netns_create(const char *name, struct err *err)
{
	auto_close int file = -1, own = -1, created = -1;
	char path[300];

	if (check_name(name, err) || prepare_directory(err))
		return -1;
	path_of(name, path);
	own = kern_netns_own(err);
	if (own < 0)
		return -1;
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0);
	if (file < 0)
		return err_system(err, "create", "%s", path);
	if (kern_ns_unshare(CLONE_NEWNET, err) == 0) {
		created = pin(path, err);
		if (kern_ns_join(own, CLONE_NEWNET, err) == 0 && created >= 0)
			return take_fd(&created);
		umount2(path, MNT_DETACH);
	}
	unlink(path);
	return -1;
}

int kern_netns_delete(const char *name, struct err *err)
{
	char path[300];

	if (check_name(name, err))
		return -1;
	path_of(name, path);
	/* EINVAL: the name is there, but nothing is mounted on it. */
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) && errno != EINVAL)
		return err_system(err, "umount", "%s", path);
	return unlink(path) ? err_system(err, "unlink", "%s", path) : 0;
}

int kern_netns_pin(int netns, const char *path, struct err *err)
{
	auto_close int file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0);
	char from[32];

	if (file < 0)
		return errno == EEXIST ? 0 : err_system(err, "create", "%s", path);
	snprintf(from, sizeof(from), "/proc/self/fd/%d", netns);
	if (mount(from, path, "none", MS_BIND, NULL) == 0)
		return 0;
	err_system(err, "mount", "%s", path);
	unlink(path);
	return -1;
}

int kern_netns_unpin(const char *path, struct err *err)
{
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) && errno != EINVAL && errno != ENOENT)
		return err_system(err, "umount", "%s", path);
	return unlink(path) && errno != ENOENT ? err_system(err, "unlink", "%s", path) : 0;
}
