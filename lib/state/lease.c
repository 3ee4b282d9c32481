/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lease is a symbolic link leases/SUBNET/ADDRESS -> OWNER/INTERFACE that
 * nobody follows: it is made with its content in one step, and `ls -l` shows
 * who has what. The directory leases is the lock of them all.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "state/lease.h"
#include "state/net.h"

#define LAST ".last" /* the address given last: the next one is sought behind it */
#define HOLDER_MAX 1100

static int open_locked(bool create, struct err *err)
{
	auto_close int fd = state_net_open(STATE_NET_LEASES, create, err);

	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_EX))
		if (errno != EINTR)
			return err_system_at(err, "flock", fd, ".");
	return take_fd(&fd);
}

/* A subnet as a file's name: "/" cannot stand in it. */
static const char *name_of(const struct ip_net *subnet, char *buf, size_t size)
{
	char *slash;

	ip_net_text(subnet, buf, size);
	slash = strchr(buf, '/');
	if (slash)
		*slash = '-';
	return buf;
}

static int parse_name(const char *name, struct ip_net *subnet)
{
	char text[IP_TEXT_MAX];
	char *dash;

	if (snprintf(text, sizeof(text), "%s", name) >= (int)sizeof(text) || !(dash = strrchr(text, '-')))
		return -1;
	*dash = '/';
	return ip_net_parse(text, subnet);
}

static DIR *open_directory(int at, const char *name, struct err *err)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir)
		return dir;
	err_system_at(err, "open", at, name);
	close_keep_errno(fd);
	return NULL;
}

/* "OWNER/INTERFACE" of a lease, taken apart in buf. -1: none. */
static int read_holder(int dir, const char *address, char buf[static HOLDER_MAX], const char **interface)
{
	ssize_t n = readlinkat(dir, address, buf, HOLDER_MAX - 1);
	char *slash;

	if (n <= 0)
		return -1;
	buf[n] = '\0';
	slash = strrchr(buf, '/');
	if (!slash)
		return -1;
	*slash = '\0';
	*interface = slash + 1;
	return 0;
}

/* ---- taking -------------------------------------------------------------------- */

/* Leases of one network must not be given out of another that it overlaps with. */
static int refuse_overlap(int leases, const struct ip_net *subnet, struct err *err)
{
	auto_closedir DIR *dir = open_directory(leases, ".", err);
	const struct dirent *entry;
	char text[IP_TEXT_MAX], other[IP_TEXT_MAX];
	struct ip_net found;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		if (parse_name(entry->d_name, &found) || ip_net_equal(&found, subnet) ||
		    !ip_net_overlaps(&found, subnet))
			continue;
		err_set(err, ERR_STATE, "lease", "overlaps with %s, of which addresses are leased",
			ip_net_text(&found, other, sizeof(other)));
		return err_object(err, "%s", ip_net_text(subnet, text, sizeof(text)));
	}
	return 0;
}

static int open_subnet(int leases, const struct ip_net *subnet, struct err *err)
{
	char name[IP_TEXT_MAX];
	int fd;

	name_of(subnet, name, sizeof(name));
	fd = openat(leases, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (refuse_overlap(leases, subnet, err))
		return -1;
	if (mkdirat(leases, name, 0700))
		return err_system_at(err, "mkdir", leases, name);
	fd = openat(leases, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_system_at(err, "open", leases, name) : fd;
}

static bool is_reserved(const struct state_lease *lease, const struct ip *address)
{
	struct ip base = ip_net_base(&lease->subnet), last = ip_net_last(&lease->subnet);
	bool wide = lease->subnet.prefix + 1u < ip_bits(address);

	/* IPv6 has no broadcast, but its network's own address is every router's. */
	if (wide && (ip_equal(&base, address) || (address->family == AF_INET && ip_equal(&last, address))))
		return true;
	for (size_t i = 0; i < lease->taken_count; i++)
		if (ip_equal(&lease->taken[i], address))
			return true;
	return false;
}

/* 1 and the address that this owner's interface has already, 0, or -1. */
static int find_own(int subnet, const struct state_lease *lease, struct ip *address, struct err *err)
{
	auto_closedir DIR *dir = open_directory(subnet, ".", err);
	const struct dirent *entry;
	char holder[HOLDER_MAX];
	const char *interface;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		if (ip_parse(entry->d_name, address) == 0 &&
		    read_holder(subnet, entry->d_name, holder, &interface) == 0 &&
		    !strcmp(holder, lease->owner) && !strcmp(interface, lease->interface) &&
		    (lease->wanted.family || !is_reserved(lease, address)))
			return 1;
	return 0;
}

/* 1: it is ours now, 0: it is another's, -1 with err. */
static int try_take(int subnet, const struct state_lease *lease, const struct ip *address, struct err *err)
{
	char name[IP_TEXT_MAX], holder[HOLDER_MAX];

	if (is_reserved(lease, address))
		return 0;
	ip_text(address, name, sizeof(name));
	if (snprintf(holder, sizeof(holder), "%s/%s", lease->owner, lease->interface) >= (int)sizeof(holder)) {
		errno = ENAMETOOLONG;
		return err_system(err, "lease", "%s", name);
	}
	if (symlinkat(holder, subnet, name))
		return errno == EEXIST ? 0 : err_system_at(err, "lease", subnet, name);
	return 1;
}

/* Where to begin: behind the address given last, so that one given back is not given again at once. */
static struct ip start(int subnet, const struct ip *first, const struct ip *last)
{
	char text[IP_TEXT_MAX];
	struct ip from;
	ssize_t n = readlinkat(subnet, LAST, text, sizeof(text) - 1);

	if (n <= 0)
		return *first;
	text[n] = '\0';
	if (ip_parse(text, &from) || from.family != first->family)
		return *first;
	from = ip_next(&from);
	return ip_compare(&from, first) < 0 || ip_compare(&from, last) > 0 ? *first : from;
}

static void remember(int subnet, const struct ip *address)
{
	char text[IP_TEXT_MAX];

	/* A help only: without it the search begins at the first address. */
	if (unlinkat(subnet, LAST, 0) == 0 || errno == ENOENT)
		(void)!symlinkat(ip_text(address, text, sizeof(text)), subnet, LAST);
}

static int take_any(int subnet, const struct state_lease *lease, struct ip *address, struct err *err)
{
	struct ip first = lease->first.family ? lease->first : ip_net_base(&lease->subnet);
	struct ip last = lease->last.family ? lease->last : ip_net_last(&lease->subnet);
	struct ip from = start(subnet, &first, &last), at = from;
	char text[IP_TEXT_MAX];

	do {
		int taken = try_take(subnet, lease, &at, err);

		if (taken < 0)
			return -1;
		if (taken) {
			remember(subnet, &at);
			*address = at;
			return 0;
		}
		at = ip_equal(&at, &last) ? first : ip_next(&at);
	} while (!ip_equal(&at, &from));
	errno = ENOSPC;
	err_system(err, "lease", "%s", ip_net_text(&lease->subnet, text, sizeof(text)));
	return err_hint(err, "every address of it is taken");
}

static int take_wanted(int subnet, const struct state_lease *lease, struct err *err)
{
	char text[IP_TEXT_MAX], holder[HOLDER_MAX];
	const char *interface;
	int taken = try_take(subnet, lease, &lease->wanted, err);

	if (taken)
		return taken < 0 ? -1 : 0;
	ip_text(&lease->wanted, text, sizeof(text));
	errno = EADDRINUSE;
	err_system(err, "lease", "%s", text);
	if (read_holder(subnet, text, holder, &interface))
		return err_hint(err, "it is the network's own, its broadcast address or its gateway");
	return err_hint(err, "%s of %s has it", interface, holder);
}

int state_lease_take(const struct state_lease *lease, struct ip_net *address, struct err *err)
{
	auto_close int leases = open_locked(true, err), subnet = -1;
	int own;

	if (leases < 0)
		return -1;
	subnet = open_subnet(leases, &lease->subnet, err);
	if (subnet < 0)
		return -1;
	address->prefix = lease->subnet.prefix;
	own = find_own(subnet, lease, &address->address, err);
	if (own && (own < 0 || !lease->wanted.family || ip_equal(&lease->wanted, &address->address)))
		return own < 0 ? -1 : 0;
	if (!lease->wanted.family)
		return take_any(subnet, lease, &address->address, err);
	address->address = lease->wanted;
	return take_wanted(subnet, lease, err);
}

/* ---- all of them --------------------------------------------------------------- */

typedef int each_function(const struct state_lease_entry *entry, void *data, struct err *err);

static int each_in_subnet(int leases, const char *name, each_function *each, void *data, struct err *err)
{
	auto_closedir DIR *dir = open_directory(leases, name, err);
	struct state_lease_entry entry = { 0 };
	const struct dirent *file;
	char holder[HOLDER_MAX];
	size_t left = 0;

	if (!dir)
		return -1;
	if (parse_name(name, &entry.subnet))
		return 0;
	while ((file = readdir(dir))) {
		int ret;

		if (ip_parse(file->d_name, &entry.address) ||
		    read_holder(dirfd(dir), file->d_name, holder, &entry.interface))
			continue;
		entry.owner = holder;
		ret = each(&entry, data, err);
		if (ret < 0)
			return -1;
		if (ret && unlinkat(dirfd(dir), file->d_name, 0) && errno != ENOENT)
			return err_system_at(err, "unlink", dirfd(dir), file->d_name);
		left += !ret;
	}
	/* A subnet without leases binds nobody any more; where to go on is forgotten with it. */
	if (!left && unlinkat(dirfd(dir), LAST, 0) && errno != ENOENT)
		return err_system_at(err, "unlink", dirfd(dir), LAST);
	if (!left && unlinkat(leases, name, AT_REMOVEDIR))
		return err_system_at(err, "rmdir", leases, name);
	return 0;
}

int state_lease_each(each_function *each, void *data, struct err *err)
{
	struct err absent = { 0 };
	auto_close int leases = open_locked(false, &absent);
	auto_closedir DIR *dir = NULL;
	const struct dirent *entry;

	if (leases < 0 && absent.kind == ERR_NOT_FOUND)
		return 0;
	if (leases < 0) {
		*err = absent;
		return -1;
	}
	dir = open_directory(leases, ".", err);
	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && each_in_subnet(leases, entry->d_name, each, data, err))
			return -1;
	return 0;
}

struct search {
	const char *owner, *interface;
};

static int is_meant(const struct state_lease_entry *entry, void *data, struct err *err)
{
	const struct search *search = data;

	(void)err;
	return !strcmp(entry->owner, search->owner) &&
	       (!search->interface || !strcmp(entry->interface, search->interface));
}

int state_lease_give_back(const char *owner, const char *interface, struct err *err)
{
	return state_lease_each(is_meant, &(struct search){ owner, interface }, err);
}
