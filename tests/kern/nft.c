/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our nftables table in a network namespace of the test's own; nft(8) is the oracle. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "kern/nft.h"
#include "help.h"

/* What a command prints; "failed" when it does. */
static const char *shell(const char *format, ...)
{
	static char output[65536];
	char command[2048];
	va_list ap;
	FILE *pipe;
	size_t n;

	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	pipe = popen(command, "r");
	n = pipe ? fread(output, 1, sizeof(output) - 1, pipe) : 0;
	output[n] = '\0';
	return pipe && pclose(pipe) == 0 ? output : "failed";
}

static const char *listed(void)
{
	return shell("nft -s list table inet nsnet 2>&1");
}

static void begin(void)
{
	test_need_root("a network namespace");
	if (strcmp(shell("nft --version 2>&1"), "failed") == 0)
		cr_skip("needs nft of nftables");
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	if (strcmp(shell("nft 'add table inet probe; add chain inet probe c { type nat hook output priority "
			 "0; }; "
			 "delete table inet probe' 2>&1"),
		   "failed") == 0)
		cr_skip("this kernel has no nftables for inet with nat");
}

static struct kern_nft_port port(const char *address, uint16_t host_port, uint16_t to)
{
	struct kern_nft_port port = {
		.interface = "eth0", .protocol = IPPROTO_TCP, .host_port = host_port, .port = to
	};

	cr_assert_eq(ip_net_parse(address, &port.address), 0);
	return port;
}

static void expect_apply(const char *owner, const struct kern_nft_rules *rules, bool keep, bool changed)
{
	struct kern_nft_scope scope = { .netns = -1, .owner = owner };
	struct kern_nft_change change = { .keep = keep };
	struct err err = { 0 };

	cr_assert_eq(kern_nft_apply(&scope, rules, &change, &err), 0, "%s", test_text(&err));
	cr_expect_eq(change.changed, changed);
}

/* The owner has this one port. */
static void publish(const char *owner, struct kern_nft_port one, bool changed)
{
	struct kern_nft_rules *rules = kern_nft_rules_new();
	struct err err = { 0 };

	cr_assert_eq(kern_nft_rules_port(rules, &one, &err), 0, "%s", test_text(&err));
	expect_apply(owner, rules, false, changed);
	kern_nft_rules_free(rules);
}

static void refuse(const char *owner, struct kern_nft_port one, int errnum, const char *hint)
{
	struct kern_nft_scope scope = { .netns = -1, .owner = owner };
	struct kern_nft_rules *rules = kern_nft_rules_new();
	struct kern_nft_change change = { 0 };
	struct err err = { 0 };

	cr_assert_eq(kern_nft_rules_port(rules, &one, &err), 0, "%s", test_text(&err));
	cr_expect_eq(kern_nft_apply(&scope, rules, &change, &err), -1);
	cr_expect_eq(err.errnum, errnum, "%s", test_text(&err));
	cr_expect(strstr(err.hint, hint), "%s", err.hint);
	kern_nft_rules_free(rules);
}

static void remove_all(const char *owner, const char *interface)
{
	struct kern_nft_scope scope = { .netns = -1, .owner = owner, .interface = interface };
	struct err err = { 0 };

	cr_expect_eq(kern_nft_remove(&scope, &err), 0, "%s", test_text(&err));
}

Test(nft, port_comes_and_goes, .timeout = 60)
{
	begin();
	publish("web", port("10.88.0.5/24", 8080, 80), true);
	cr_expect(strstr(listed(), "0.0.0.0/0 . tcp . 8080 comment \"web eth0\" : 10.88.0.5 . 80"), "%s",
		  listed());
	cr_expect(strstr(listed(), "0.0.0.0/0 . tcp . 8080 . 10.88.0.0/24 comment \"web eth0\""), "%s",
		  listed());
	publish("web", port("10.88.0.5/24", 8080, 80), false);
	publish("web", port("10.88.0.5/24", 8080, 81), true);
	cr_expect(strstr(listed(), ": 10.88.0.5 . 81"), "%s", listed());
	cr_expect_not(strstr(listed(), ": 10.88.0.5 . 80"), "%s", listed());
	publish("web", port("fd00::5/64", 8080, 80), true);
	cr_expect(strstr(listed(), "::/0 . tcp . 8080 comment \"web eth0\" : fd00::5 . 80"), "%s", listed());
	cr_expect_not(strstr(listed(), "10.88.0.5"), "%s", listed());
	remove_all("web", NULL);
	cr_expect_str_eq(shell("nft list ruleset"), "", "the table stays behind");
	remove_all("web", NULL);
}

Test(nft, a_port_has_one_owner, .timeout = 60)
{
	struct kern_nft_port one = port("10.88.0.6/24", 8080, 80);

	begin();
	publish("web", port("10.88.0.5/24", 8080, 80), true);
	refuse("web2", one, EADDRINUSE, "\"web eth0\" has it");
	ip_parse("192.0.2.1", &one.host_address);
	refuse("web2", one, EADDRINUSE, "\"web eth0\" has it");
	one.protocol = IPPROTO_UDP;
	publish("web2", one, true);
	/* all addresses, of which web2 has one */
	one.host_address = (struct ip){ 0 };
	refuse("web3", one, EADDRINUSE, "\"web2 eth0\" has it");
	remove_all("web2", NULL);
	publish("web3", one, true);
	cr_expect(strstr(listed(), "0.0.0.0/0 . tcp . 8080 comment \"web eth0\""), "%s", listed());
}

/* An owner whose name begins with another's, and interfaces likewise. */
Test(nft, removes_what_is_its_own_alone, .timeout = 60)
{
	struct kern_nft_rules *rules = kern_nft_rules_new();
	struct kern_nft_port one = port("10.88.0.5/24", 1, 1), other = port("10.89.0.5/24", 2, 1);
	struct err err = { 0 };

	begin();
	other.interface = "eth01";
	cr_assert_eq(kern_nft_rules_port(rules, &one, &err), 0);
	cr_assert_eq(kern_nft_rules_port(rules, &other, &err), 0);
	expect_apply("web", rules, false, true);
	publish("web2", port("10.88.0.6/24", 3, 1), true);
	remove_all("we", NULL);
	remove_all("web", "eth0");
	cr_expect_not(strstr(listed(), "tcp . 1 "), "%s", listed());
	cr_expect(strstr(listed(), "tcp . 2 comment \"web eth01\""), "%s", listed());
	remove_all("web", NULL);
	cr_expect_not(strstr(listed(), "tcp . 2 "), "%s", listed());
	cr_expect(strstr(listed(), "tcp . 3 comment \"web2 eth0\""), "%s", listed());
	kern_nft_rules_free(rules);
}

Test(nft, adds_to_what_is_there, .timeout = 60)
{
	struct kern_nft_rules *rules = kern_nft_rules_new(), *found;
	struct kern_nft_port one = port("10.88.0.5/24", 1, 1), other = port("10.88.0.5/24", 2, 1);
	struct kern_nft_scope scope = { .netns = -1, .owner = "web" };
	struct err err = { 0 };

	begin();
	publish("web", one, true);
	cr_assert_eq(kern_nft_rules_port(rules, &other, &err), 0);
	expect_apply("web", rules, true, true);
	expect_apply("web", rules, true, false);
	cr_assert_eq(kern_nft_read(&scope, &found, &err), 0, "%s", test_text(&err));
	cr_expect(kern_nft_rules_have(found, &one));
	cr_expect(kern_nft_rules_have(found, &other));
	other.port = 2;
	cr_expect_not(kern_nft_rules_have(found, &other));
	kern_nft_rules_free(found);
	kern_nft_rules_free(rules);
}

Test(nft, long_owners_are_told_apart, .timeout = 60)
{
	char one[301], other[301];

	begin();
	memset(one, 'a', 300);
	one[300] = '\0';
	memcpy(other, one, sizeof(one));
	other[299] = 'b';
	publish(one, port("10.88.0.5/24", 1, 1), true);
	publish(other, port("10.88.0.5/24", 2, 1), true);
	remove_all(one, NULL);
	cr_expect_not(strstr(listed(), "tcp . 1 "), "%s", listed());
	cr_expect(strstr(listed(), "tcp . 2 "), "%s", listed());
}

static void masquerade(const char *owner, const char *bridge, const char *subnet, int expected)
{
	struct kern_nft_scope scope = { .netns = -1, .owner = owner };
	struct kern_nft_rules *rules = kern_nft_rules_new();
	struct kern_nft_change change = { 0 };
	struct err err = { 0 };
	struct ip_net net;

	cr_assert_eq(ip_net_parse(subnet, &net), 0);
	cr_assert_eq(kern_nft_rules_masquerade(rules, NULL, bridge, &net, &err), 0, "%s", test_text(&err));
	cr_expect_eq(kern_nft_apply(&scope, rules, &change, &err), expected ? -1 : 0, "%s", test_text(&err));
	cr_expect_eq(err.errnum, expected, "%s", test_text(&err));
	kern_nft_rules_free(rules);
}

Test(nft, masquerade, .timeout = 60)
{
	begin();
	masquerade("bridge:br0", "br0", "10.88.0.1/24", 0);
	cr_expect(strstr(listed(), "\"br0\" . 10.88.0.0/24 comment \"bridge:br0\""), "%s", listed());
	cr_expect(strstr(listed(), "10.88.0.0/24 . 0.0.0.0/0 comment \"bridge:br0\""), "%s", listed());
	masquerade("bridge:br1", "br1", "10.88.0.128/25", EEXIST);
	masquerade("bridge:br1", "br1", "fd00:1::/64", 0);
	masquerade("bridge:br2", "br2", "10.88.0.0/24", EADDRINUSE);
	remove_all("bridge:br0", NULL);
	cr_expect_not(strstr(listed(), "br0"), "%s", listed());
	remove_all("bridge:br1", NULL);
	cr_expect_str_eq(shell("nft list ruleset"), "");
}

static void firewall(const char *owner, bool drop, const char *front, bool changed)
{
	struct kern_nft_rules *rules = kern_nft_rules_new();
	struct kern_nft_filter filters[] = {
		{ .action = KERN_NFT_ALLOW, .protocol = IPPROTO_TCP, .port_first = 80, .port_last = 90 },
		{ .action = KERN_NFT_REJECT, .protocol = IPPROTO_ICMP },
		{ .action = KERN_NFT_DENY },
	};
	struct kern_nft_chain chain = { .drop = drop, .filters = filters, .count = 3 };
	struct err err = { 0 };
	struct ip address;

	cr_assert_eq(ip_net_parse("10.0.0.1/8", &filters[0].from), 0);
	cr_assert_eq(ip_net_parse("2001:db8::1/128", &filters[2].to), 0);
	if (front) {
		cr_assert_eq(ip_parse(front, &address), 0);
		chain.addresses = &address;
		chain.address_count = 1;
	}
	cr_assert_eq(kern_nft_rules_firewall(rules, owner, &chain, &err), 0, "%s", test_text(&err));
	chain.outgoing = true;
	chain.count = 0;
	chain.drop = false;
	cr_assert_eq(kern_nft_rules_firewall(rules, owner, &chain, &err), 0, "%s", test_text(&err));
	expect_apply(owner, rules, false, changed);
	kern_nft_rules_free(rules);
}

Test(nft, firewall_inside, .timeout = 60)
{
	begin();
	firewall("web", true, NULL, true);
	firewall("web", true, NULL, false);
	cr_expect(strstr(listed(), "ip saddr 10.0.0.0/8 tcp dport 80-90 return comment "
				   "\"allow from 10.0.0.0/8 protocol 6 port 80-90\""),
		  "%s", listed());
	cr_expect(strstr(listed(), "drop comment \"policy drop\""), "%s", listed());
	firewall("web", false, NULL, true);
	cr_expect_not(strstr(listed(), "policy drop\""), "%s", listed());
	/* the namespace has one firewall, whatever name it goes by */
	firewall("ns-17", true, NULL, true);
	cr_expect_not(strstr(listed(), "\"web\""), "%s", listed());
	remove_all("web", NULL);
	cr_expect(strstr(listed(), "policy drop\""), "%s", listed());
	remove_all("ns-17", NULL);
	cr_expect_str_eq(shell("nft list ruleset"), "");
}

Test(nft, firewall_in_front, .timeout = 60)
{
	begin();
	firewall("web", true, "10.88.0.5", true);
	firewall("web", true, "10.88.0.5", false);
	firewall("web2", true, "fd00::6", true);
	cr_expect(strstr(listed(), "10.88.0.5 comment \"web\" : jump front_"), "%s", listed());
	/* another address, the same rules */
	firewall("web", true, "10.88.0.7", true);
	cr_expect_not(strstr(listed(), "10.88.0.5"), "%s", listed());
	remove_all("web", NULL);
	cr_expect_not(strstr(listed(), "\"web\""), "%s", listed());
	cr_expect(strstr(listed(), "\"web2\""), "%s", listed());
	remove_all("web2", NULL);
	cr_expect_str_eq(shell("nft list ruleset"), "");
}

static int count_owner(const char *owner, void *data, struct err *err)
{
	(void)err;
	cr_expect(strcmp(owner, "web") == 0 || strcmp(owner, "db") == 0, "%s", owner);
	++*(int *)data;
	return 0;
}

Test(nft, owners, .timeout = 60)
{
	struct err err = { 0 };
	int count = 0;

	begin();
	cr_expect_eq(kern_nft_owners(-1, count_owner, &count, &err), 0, "%s", test_text(&err));
	cr_expect_eq(count, 0);
	publish("db", port("10.88.0.5/24", 1, 1), true);
	firewall("web", true, NULL, true);
	cr_expect_eq(kern_nft_owners(-1, count_owner, &count, &err), 0, "%s", test_text(&err));
	cr_expect_eq(count, 2);
}

Test(nft, as_json, .timeout = 60)
{
	struct kern_nft_scope scope = { .netns = -1, .owner = "web" };
	struct kern_nft_rules *found;
	struct strbuf text = { 0 };
	struct err err = { 0 };
	struct json *json;

	begin();
	firewall("web", true, NULL, true);
	cr_assert_eq(kern_nft_read(&scope, &found, &err), 0, "%s", test_text(&err));
	json = kern_nft_rules_json(found);
	json_print(json, false, &text);
	cr_expect_str_eq(text.text, "{\"ports\":[],\"masquerade\":[],\"firewall\":{\"front\":false,\"in\":["
				    "\"allow from 10.0.0.0/8 "
				    "protocol 6 port 80-90\",\"reject protocol 1\",\"deny to "
				    "2001:db8::1/128\"],\"policy\":\"drop\","
				    "\"out\":[],\"outgoingPolicy\":\"accept\"}}");
	json_free(json);
	strbuf_free(&text);
	kern_nft_rules_free(found);
}

Test(nft, bad_rules, .timeout = 60)
{
	struct kern_nft_rules *rules = kern_nft_rules_new();
	struct kern_nft_port one = port("10.88.0.5/24", 1, 1);
	struct kern_nft_filter filter = { .protocol = IPPROTO_ICMP, .port_first = 1, .port_last = 2 };
	struct kern_nft_chain chain = { .filters = &filter, .count = 1 };
	struct err err = { 0 };

	ip_parse("2001:db8::1", &one.host_address);
	cr_expect_eq(kern_nft_rules_port(rules, &one, &err), -1);
	cr_expect(strstr(test_text(&err),
			 "2001:db8::1: the port's address here and the one there are not of one family"),
		  "%s", test_text(&err));
	one = port("10.88.0.5/24", 1, 1);
	one.interface = "a\"; flush ruleset; #";
	err = (struct err){ 0 };
	cr_expect_eq(kern_nft_rules_port(rules, &one, &err), -1);
	cr_expect(strstr(test_text(&err), "an interface of that name cannot stand in a rule"), "%s",
		  test_text(&err));
	err = (struct err){ 0 };
	cr_expect_eq(kern_nft_rules_firewall(rules, "web", &chain, &err), -1);
	cr_expect(strstr(test_text(&err), "needs a protocol that has ports"), "%s", test_text(&err));
	kern_nft_rules_free(rules);
}

static int without_rights(void *data, struct err *err)
{
	struct kern_nft_scope scope = { .netns = -1, .owner = "web" };
	struct kern_nft_change change = { 0 };

	return setuid(65534) ? -3 : kern_nft_apply(&scope, data, &change, err);
}

Test(nft, without_rights, .timeout = 60)
{
	struct kern_nft_rules *rules = kern_nft_rules_new();
	struct kern_nft_port one = port("10.88.0.5/24", 1, 1);
	struct err err = { 0 };

	begin();
	cr_assert_eq(kern_nft_rules_port(rules, &one, &err), 0);
	cr_expect_eq(test_in_child(without_rights, rules, &err), -1);
	cr_expect_eq(err.errnum, EPERM, "%s", test_text(&err));
	cr_expect(strstr(err.hint, "CAP_NET_ADMIN"), "%s", err.hint);
	kern_nft_rules_free(rules);
}
