/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rates of an interface in a network namespace of the test's own; tc(8) is the oracle. */
#include <criterion/criterion.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/ip.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "kern/qdisc.h"
#include "help.h"

static const char *shell(const char *command)
{
	static char output[8192];
	FILE *pipe = popen(command, "r");
	size_t n = pipe ? fread(output, 1, sizeof(output) - 1, pipe) : 0;

	output[n] = '\0';
	return pipe && pclose(pipe) == 0 ? output : "failed";
}

static struct kern_qdisc_link begin(void)
{
	struct kern_qdisc_link link = { .name = "up0", .tag = "test up0" };
	struct err err = { 0 };

	test_need_root("a network namespace");
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	if (!strcmp(shell("ip link add try0 type ifb && tc qdisc add dev try0 ingress && "
			  "tc qdisc add dev try0 root tbf rate 8mbit burst 32k latency 50ms && ip link del try0 2>&1"),
		    "failed"))
		cr_skip("needs ip, tc, ifb, sch_tbf and sch_ingress");
	cr_assert_str_eq(shell("ip link add up0 type veth peer name up1 2>&1"), "");
	link.nl = kern_nl_open(&err);
	cr_assert_not_null(link.nl);
	link.index = (int)if_nametoindex("up0");
	return link;
}

static void expect_limit(const struct kern_qdisc_link *link, struct kern_qdisc_limit limit)
{
	struct err err = { 0 };

	cr_expect_eq(kern_qdisc_check(link, &limit, &err), 0);
	cr_expect_eq(kern_qdisc_limit(link, &limit, &err), 0, "%s %s", err.op, err.object);
	cr_expect_eq(kern_qdisc_check(link, &limit, &err), 1);
}

Test(qdisc, comes_changes_and_goes, .timeout = 60)
{
	struct kern_qdisc_link link = begin();

	expect_limit(&link, (struct kern_qdisc_limit){ .send = 8000000, .receive = 4000000 });
	cr_expect(strstr(shell("tc qdisc show dev up0"), "rate 8Mbit burst 50000b"), "%s",
		  shell("tc qdisc show dev up0"));
	cr_expect(strstr(shell("tc qdisc show"), "rate 4Mbit burst 32Kb"), "%s", shell("tc qdisc show"));
	cr_expect(strstr(shell("ip -d link show type ifb"), "alias test up0"));
	expect_limit(&link, (struct kern_qdisc_limit){ .send = 8000000, .receive = 4000000, .burst = 100000 });
	expect_limit(&link, (struct kern_qdisc_limit){ .receive = 4000000 });
	cr_expect_null(strstr(shell("tc qdisc show dev up0"), "tbf"));
	/* more than 32 bits of bytes a second */
	expect_limit(&link, (struct kern_qdisc_limit){ .send = 80000000000 });
	cr_expect(strstr(shell("tc qdisc show dev up0"), "rate 80Gbit"), "%s", shell("tc qdisc show dev up0"));
	cr_expect_str_eq(shell("ip link show type ifb"), "");
	expect_limit(&link, (struct kern_qdisc_limit){ 0 });
	cr_expect_null(strstr(shell("tc qdisc show"), "tbf"));
	kern_nl_close(link.nl);
}

Test(qdisc, another_one_s_queue_is_not_taken_for_ours, .timeout = 60)
{
	struct kern_qdisc_link link = begin();
	struct err err = { 0 };

	cr_assert_str_eq(shell("tc qdisc add dev up0 root tbf rate 8mbit burst 50000 latency 100ms 2>&1"), "");
	cr_expect_eq(kern_qdisc_check(&link, &(struct kern_qdisc_limit){ .send = 8000000 }, &err), 0);
	cr_expect_eq(kern_qdisc_check(&link, &(struct kern_qdisc_limit){ 0 }, &err), 1);
	kern_nl_close(link.nl);
}

Test(qdisc, no_such_interface, .timeout = 60)
{
	struct kern_qdisc_link link = begin();
	struct err err = { 0 };

	link.index = 4711;
	cr_expect_eq(kern_qdisc_limit(&link, &(struct kern_qdisc_limit){ .send = 8000000 }, &err), -1);
	cr_expect_eq(err.errnum, ENODEV);
	kern_nl_close(link.nl);
}
