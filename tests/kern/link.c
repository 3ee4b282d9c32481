/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces moved between two network namespaces of the test's own. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/link.h"
#include "help.h"

static int own(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* What `ip` says in a namespace, or that it failed. */
static const char *ip(int netns, const char *format, ...)
{
	static char output[8192];
	auto_close int before = own();
	char command[512];
	va_list ap;
	FILE *pipe;
	size_t n;

	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	setns(netns, CLONE_NEWNET);
	pipe = popen(command, "r");
	n = pipe ? fread(output, 1, sizeof(output) - 1, pipe) : 0;
	output[n] = '\0';
	if (!pipe || pclose(pipe) != 0)
		snprintf(output, sizeof(output), "failed");
	setns(before, CLONE_NEWNET);
	return output;
}

#define RUN(netns, ...) cr_assert_neq(strcmp(ip(netns, __VA_ARGS__), "failed"), 0)

/* Two namespaces: "host", where the test is, with a pair of interfaces, and the container's. */
static void make(int *host, int *container)
{
	test_need_root("network namespaces");
	if (access("/sbin/ip", X_OK) < 0 && access("/usr/sbin/ip", X_OK) < 0 && access("/bin/ip", X_OK) < 0)
		cr_skip("needs ip of iproute2");
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	*container = own();
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	*host = own();
	if (strcmp(ip(*host, "ip link add one type veth peer name two 2>&1"), "failed") == 0)
		cr_skip("this kernel has no veth");
	RUN(*host,
	    "ip addr add 192.0.2.7/24 brd + dev one && ip addr add 198.51.100.1/32 dev one && "
	    "ip addr add 2001:db8::7/64 nodad dev one && ip addr add 169.254.1.1/16 scope link dev one && "
	    "ip addr add 2001:db8::99/64 valid_lft 1000 preferred_lft 1000 dev one && ip link set one up && "
	    "ip link set two up");
}

static void expect_addresses(int netns, const char *name)
{
	const char *text = ip(netns, "ip -o addr show dev %s", name);

	cr_expect(strstr(text, "192.0.2.7/24 brd 192.0.2.255"), "%s", text);
	cr_expect(strstr(text, "198.51.100.1/32"), "%s", text);
	cr_expect(strstr(text, "2001:db8::7/64"), "%s", text);
	cr_expect_not(strstr(text, "169.254.1.1"), "not of global scope: %s", text);
	cr_expect_not(strstr(text, "2001:db8::99"), "not permanent: %s", text);
	text = ip(netns, "ip -o link show dev %s", name);
	cr_expect(strstr(text, ",UP"), "%s", text);
}

static void expect_move(int container, const char *name, const char *becomes)
{
	struct err err = { 0 };

	cr_assert_eq(kern_link_move(container, "one", name, NULL, &err), 0, "%s", test_text(&err));
	expect_addresses(container, becomes);
	cr_expect_eq(if_nametoindex("one"), 0, "it is still in the host's namespace");
}

Test(link, loopback, .timeout = 60)
{
	struct ifreq request = { .ifr_name = "lo" };
	struct err err = { 0 };
	int fd;

	test_need_root("a network namespace");
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	cr_expect_eq(kern_link_loopback(&err), 0, "%s", test_text(&err));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cr_expect_eq(ioctl(fd, SIOCGIFFLAGS, &request), 0);
	cr_expect(request.ifr_flags & IFF_UP);
	cr_expect(request.ifr_flags & IFF_LOOPBACK);
}

Test(link, keeps_its_name, .timeout = 60)
{
	int host;
	int container;

	make(&host, &container);
	expect_move(container, NULL, "one");
}

Test(link, takes_a_new_name, .timeout = 60)
{
	int host;
	int container;

	make(&host, &container);
	expect_move(container, "eth0", "eth0");
}

Test(link, takes_a_number, .timeout = 60)
{
	int host;
	int container;

	make(&host, &container);
	RUN(container, "ip link add eth0 type veth peer name eth1");
	expect_move(container, "eth%d", "eth2");
}

/* Its old name is another's there: that must not stop it from taking the name asked for. */
Test(link, old_name_taken_there, .timeout = 60)
{
	int host;
	int container;

	make(&host, &container);
	RUN(container, "ip link add one type veth peer name other");
	expect_move(container, "eth0", "eth0");
}

static void expect_untouched(int host)
{
	const char *text = ip(host, "ip -o addr show dev one");

	cr_expect(strstr(text, "192.0.2.7/24"), "%s", text);
	cr_expect(strstr(text, "2001:db8::7/64"), "%s", text);
	text = ip(host, "ip -o link show dev one");
	cr_expect(strstr(text, ",UP"), "%s", text);
}

Test(link, a_taken_name_is_an_error, .timeout = 60)
{
	struct err err = { 0 };
	int host;
	int container;

	make(&host, &container);
	RUN(container, "ip link add eth0 type veth peer name one");
	cr_expect_eq(kern_link_move(container, "one", "eth0", NULL, &err), -1);
	cr_expect_eq(err.errnum, EEXIST);
	cr_expect_str_eq(err.object, "eth0");
	cr_expect(strstr(err.hint, "has an interface of that name"), "%s", err.hint);
	expect_untouched(host);
	err = (struct err){ 0 };
	cr_expect_eq(kern_link_move(container, "one", NULL, NULL, &err), -1);
	cr_expect_eq(err.errnum, EEXIST);
	expect_untouched(host);
}

/* IPv6 is off there, so an address cannot be added: the interface comes back as it was. */
Test(link, comes_back_on_failure, .timeout = 60)
{
	struct err err = { 0 };
	int host;
	int container;
	const char *text;

	make(&host, &container);
	RUN(container, "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
	cr_expect_eq(kern_link_move(container, "one", "eth0", NULL, &err), -1);
	cr_expect_str_eq(err.op, "add address");
	cr_expect(strstr(err.object, "2001:db8::7/64 on eth0"), "%s", err.object);
	expect_untouched(host);
	text = ip(container, "ip -o link");
	cr_expect_not(strstr(text, "eth0"), "%s", text);
}

Test(link, moved_back, .timeout = 60)
{
	struct kern_link_moved *moved = NULL;
	struct err err = { 0 };
	int host;
	int container;

	make(&host, &container);
	cr_assert_eq(kern_link_move(container, "one", "eth0", &moved, &err), 0, "%s", test_text(&err));
	cr_assert(moved);
	cr_expect_eq(kern_link_move_back(moved, &err), 0, "%s", test_text(&err));
	expect_untouched(host);
	kern_link_moved_free(moved);
}

Test(link, bad_names, .timeout = 60)
{
	static const char *const names[] = { ".",    "..",  "a/b",
					     "a:b",  "a b", "%s",
					     "%d%d", "a%",  "0123456789abcdef" };
	int host;
	int container;
	size_t i;

	make(&host, &container);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct err err = { 0 };

		cr_expect_eq(kern_link_move(container, "one", names[i], NULL, &err), -1, "%s", names[i]);
		cr_expect_eq(err.kind, ERR_SPEC, "%s: %s", names[i], test_text(&err));
		cr_expect_str_eq(err.object, names[i]);
	}
	expect_untouched(host);
}

Test(link, absent, .timeout = 60)
{
	struct err err = { 0 };
	int host;
	int container;

	make(&host, &container);
	cr_expect_eq(kern_link_move(container, "not-there", NULL, NULL, &err), -1);
	cr_expect_eq(err.errnum, ENODEV);
	cr_expect_str_eq(err.object, "not-there");
	err = (struct err){ 0 };
	cr_expect_eq(kern_link_move(container, "lo", "lo9", NULL, &err), -1);
	cr_expect_str_eq(err.object, "lo");
	cr_expect(err.hint[0], "%s", test_text(&err));
}
