/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/memory.h"
#include "kern/link.h"
#include "kern/link_internal.h"
#include "kern/nl.h"

struct kern_link_moved {
	struct kern_nl *here, *there;
	int netns, own; /* own: the namespace it came from */
	int index;      /* in the namespace where it is now */
	bool was_up;
	char name[IFNAMSIZ]; /* its old name */
	struct kern_link_addresses addresses;
};

int kern_link_loopback(struct err *err)
{
	/* The flags that lo has when it is up: no need to read them first. A socket of any family will do. */
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING };
	auto_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_system(err, "socket", "AF_UNIX");
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0) {
		err_system(err, "set up", "lo");
		if (err->errnum == EPERM)
			err_hint(err, "it needs CAP_NET_ADMIN over the network namespace");
		return -1;
	}
	return 0;
}

void kern_link_moved_free(struct kern_link_moved *moved)
{
	if (!moved)
		return;
	kern_nl_close(moved->here);
	kern_nl_close(moved->there);
	close_keep_errno(moved->netns);
	close_keep_errno(moved->own);
	free(moved->addresses.items);
	free(moved);
}

static void cleanup_moved(struct kern_link_moved **moved)
{
	kern_link_moved_free(*moved);
}

struct found {
	int index;
	unsigned flags;
};

static int read_link(const struct nlmsghdr *message, void *data, struct err *err)
{
	const struct ifinfomsg *header = kern_nl_header(message);
	struct found *found = data;

	(void)err;
	found->index = header->ifi_index;
	found->flags = header->ifi_flags;
	return 0;
}

/* The interface of that name. ENODEV when there is none. */
static int find(struct kern_nl *nl, const char *name, struct found *found, struct err *err)
{
	struct ifinfomsg header = { 0 };

	kern_nl_begin(nl, RTM_GETLINK, 0, &header, sizeof(header));
	kern_nl_put_string(nl, IFLA_IFNAME, name);
	return kern_nl_talk(nl, &(struct kern_nl_reader){ read_link, found }, "find interface", name, err);
}

/* Whether a name is taken there. -1 with err when that cannot be said. */
static int is_taken(struct kern_nl *nl, const char *name, struct err *err)
{
	struct err failure = { 0 };
	struct found found;

	if (find(nl, name, &found, &failure) == 0)
		return 1;
	if (failure.errnum == ENODEV)
		return 0;
	*err = failure;
	return -1;
}

struct change {
	int index;
	int netns;	    /* to move to, or -1 */
	const char *name;   /* to rename to, or NULL */
	const char *object; /* for the error */
};

static int change(struct kern_nl *nl, const struct change *change, struct err *err)
{
	struct ifinfomsg header = { .ifi_index = change->index };
	bool moves = change->netns >= 0;

	kern_nl_begin(nl, RTM_NEWLINK, 0, &header, sizeof(header));
	if (moves)
		kern_nl_put_u32(nl, IFLA_NET_NS_FD, (uint32_t)change->netns);
	if (change->name)
		kern_nl_put_string(nl, IFLA_IFNAME, change->name);
	return kern_nl_talk(nl, NULL, moves ? "move interface" : "rename interface", change->object, err);
}

static int set_up(struct kern_nl *nl, int index, const char *name, struct err *err)
{
	struct ifinfomsg header = { .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };

	kern_nl_begin(nl, RTM_NEWLINK, 0, &header, sizeof(header));
	return kern_nl_talk(nl, NULL, "set up", name, err);
}

/* The name that it arrives under when the one asked for is a pattern: its old one, or one that nobody else has. */
static int choose_arrival(const struct kern_link_moved *moved, char arrival[static IFNAMSIZ], struct err *err)
{
	int taken = is_taken(moved->there, moved->name, err);

	if (taken > 0)
		snprintf(arrival, IFNAMSIZ, "nsi%u.%u", (unsigned)getpid() % 1000000, (unsigned)moved->index % 1000);
	else
		snprintf(arrival, IFNAMSIZ, "%s", moved->name);
	return taken < 0 ? -1 : 0;
}

/*
 * The move itself. The kernel moves and renames in one request: whoever dies
 * before or after it leaves the interface where its name says. A pattern is
 * resolved in the other namespace afterwards. On success moved->index is the
 * number there.
 */
static int carry_over(struct kern_link_moved *moved, const char *name, struct err *err)
{
	char arrival[IFNAMSIZ];
	struct found found;

	if (!strchr(name, '%'))
		snprintf(arrival, sizeof(arrival), "%s", name);
	else if (choose_arrival(moved, arrival, err))
		return -1;
	if (change(moved->here,
		   &(struct change){ moved->index, moved->netns,
				     strcmp(arrival, moved->name) != 0 ? arrival : NULL, moved->name },
		   err) < 0) {
		if (err->errnum == EINVAL || err->errnum == EOPNOTSUPP)
			err_hint(err, "%s cannot leave its network namespace", moved->name);
		return -1;
	}
	if (find(moved->there, arrival, &found, err) < 0)
		return -1;
	moved->index = found.index;
	return 0;
}

/* In the container's namespace: name, addresses, up. */
static int settle(const struct kern_link_moved *moved, const char *name, struct err *err)
{
	if (strchr(name, '%') &&
	    change(moved->there, &(struct change){ moved->index, -1, name, name }, err) < 0)
		return -1;
	if (kern_link_addresses_add(moved->there, moved->index, &moved->addresses, name, err) < 0)
		return -1;
	return set_up(moved->there, moved->index, name, err);
}

static int check_name(const char *name, struct err *err)
{
	const char *percent = strchr(name, '%');
	size_t len = strlen(name);

	if (len == 0 || len >= IFNAMSIZ || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    name[strcspn(name, "/: \t\n")] || (percent && (percent[1] != 'd' || strchr(percent + 1, '%')))) {
		err_set(err, ERR_SPEC, "interface", "not a name for a network interface");
		return err_object(err, "%s", name);
	}
	return 0;
}

static int refuse_taken(struct kern_nl *there, const char *name, struct err *err)
{
	int taken = strchr(name, '%') ? 0 : is_taken(there, name, err);

	if (taken > 0) {
		errno = EEXIST;
		err_system(err, "move interface", "%s", name);
		err_hint(err, "the container's network namespace has an interface of that name");
	}
	return taken ? -1 : 0;
}

int kern_link_move_back(struct kern_link_moved *moved, struct err *err)
{
	struct found found;

	if (change(moved->there, &(struct change){ moved->index, moved->own, moved->name, moved->name }, err) < 0 ||
	    find(moved->here, moved->name, &found, err) < 0)
		return -1;
	moved->index = found.index;
	if (kern_link_addresses_add(moved->here, found.index, &moved->addresses, moved->name, err) < 0)
		return -1;
	return moved->was_up ? set_up(moved->here, found.index, moved->name, err) : 0;
}

static int open_both(struct kern_link_moved *moved, int netns, struct err *err)
{
	moved->netns = fcntl(netns, F_DUPFD_CLOEXEC, 3);
	moved->own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (moved->netns < 0 || moved->own < 0)
		return err_system(err, "open", "network namespace");
	moved->here = kern_nl_open(err);
	moved->there = moved->here ? kern_nl_open_in(netns, err) : NULL;
	return moved->there ? 0 : -1;
}

int kern_link_move(int netns, const char *host_name, const char *name, struct kern_link_moved **result,
		   struct err *err)
{
	__attribute__((cleanup(cleanup_moved))) struct kern_link_moved *moved =
		memory_zalloc(1, sizeof(*moved));
	struct found found;

	moved->netns = moved->own = -1;
	name = name && *name ? name : host_name;
	if (check_name(host_name, err) < 0 || check_name(name, err) < 0 || open_both(moved, netns, err) < 0)
		return -1;
	snprintf(moved->name, sizeof(moved->name), "%s", host_name);
	if (find(moved->here, host_name, &found, err) < 0 || refuse_taken(moved->there, name, err) < 0)
		return -1;
	moved->index = found.index;
	moved->was_up = found.flags & IFF_UP;
	if (kern_link_addresses_get(moved->here, found.index, &moved->addresses, err) < 0 ||
	    carry_over(moved, name, err) < 0)
		return -1;
	if (settle(moved, name, err) < 0) {
		struct err undo = { 0 };

		if (kern_link_move_back(moved, &undo) < 0)
			log_error(&undo);
		return -1;
	}
	if (result)
		*result = take_ptr(moved);
	return 0;
}
