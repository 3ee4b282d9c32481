/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "kern/link_info.h"
#include "kern/link_make.h"
#include "kern/nl.h"
#include "kern/qdisc.h"

#define BURST_MIN 32768u
#define OUR_HANDLE TC_H_MAKE(0x4e53u << 16, 0) /* "NS": what has another is not ours */
#define INGRESS_HANDLE 0xffff0000u
#define TICK_NS 64u /* the kernel's PSCHED_SHIFT */
#define NS 1000000000u

static uint64_t bytes_of(uint64_t bits)
{
	return bits / 8;
}

static uint32_t burst_of(uint64_t bits, uint64_t given)
{
	uint64_t burst = given ? given : bytes_of(bits) / 20;

	if (burst < BURST_MIN && !given)
		burst = BURST_MIN;
	return burst > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)burst;
}

/* ---- reading --------------------------------------------------------------------------- */

struct found {
	int index;
	uint64_t rate;   /* bytes a second of the tbf at its root; 0: none */
	uint32_t buffer; /* in ticks */
	bool ingress;
};

static void read_tbf(const struct nlattr *options, struct found *found)
{
	const struct nlattr *table[TCA_TBF_MAX + 1];
	struct tc_tbf_qopt parameters;

	kern_nl_nested(options, table, TCA_TBF_MAX);
	if (!table[TCA_TBF_PARMS] || kern_nl_size(table[TCA_TBF_PARMS]) < sizeof(parameters))
		return;
	memcpy(&parameters, kern_nl_data(table[TCA_TBF_PARMS]), sizeof(parameters));
	found->rate = parameters.rate.rate;
	found->buffer = parameters.buffer;
	if (table[TCA_TBF_RATE64] && kern_nl_size(table[TCA_TBF_RATE64]) == sizeof(found->rate))
		memcpy(&found->rate, kern_nl_data(table[TCA_TBF_RATE64]), sizeof(found->rate));
}

static int read_qdisc(const struct nlmsghdr *message, void *data, struct err *err)
{
	const struct nlattr *table[TCA_MAX + 1];
	const struct tcmsg *header = kern_nl_header(message);
	struct found *found = data;
	char kind[16];

	(void)err;
	if (message->nlmsg_type != RTM_NEWQDISC || header->tcm_ifindex != found->index)
		return 0;
	kern_nl_attributes(message, sizeof(*header), table, TCA_MAX);
	kern_nl_text(table[TCA_KIND], kind, sizeof(kind));
	if (!strcmp(kind, "tbf") && header->tcm_parent == TC_H_ROOT && header->tcm_handle == OUR_HANDLE)
		read_tbf(table[TCA_OPTIONS], found);
	if (!strcmp(kind, "ingress"))
		found->ingress = true;
	return 0;
}

static int read_qdiscs(struct kern_nl *nl, int index, struct found *found, struct err *err)
{
	struct tcmsg header = { .tcm_family = AF_UNSPEC, .tcm_ifindex = index };
	struct kern_nl_reader reader = { read_qdisc, found };

	*found = (struct found){ .index = index };
	kern_nl_begin(nl, RTM_GETQDISC, NLM_F_DUMP, &header, sizeof(header));
	return kern_nl_talk(nl, &reader, "list queues", "netlink", err);
}

/* The kernel keeps the burst as the time that it takes. */
static bool has_rate(const struct found *found, uint64_t bits, uint64_t burst)
{
	uint64_t rate = bytes_of(bits), ticks;

	if (found->rate != rate || !rate)
		return found->rate == rate;
	ticks = (uint64_t)burst_of(bits, burst) * NS / rate / TICK_NS;
	return found->buffer + 2ull >= ticks && found->buffer <= ticks + 2ull;
}

static void name_ifb(const struct kern_qdisc_link *link, char name[IFNAMSIZ])
{
	snprintf(name, IFNAMSIZ, "nsq%d", link->index);
}

int kern_qdisc_check(const struct kern_qdisc_link *link, const struct kern_qdisc_limit *limit,
		     struct err *err)
{
	struct kern_link_info ifb;
	struct found found;
	char name[IFNAMSIZ];
	int there;

	name_ifb(link, name);
	there = kern_link_find(link->nl, name, &ifb, err);
	if (there < 0 || read_qdiscs(link->nl, link->index, &found, err))
		return -1;
	if (!has_rate(&found, limit->send, limit->burst) || there != (limit->receive != 0))
		return 0;
	if (!there)
		return 1;
	if (!found.ingress || strcmp(ifb.alias, link->tag) != 0)
		return 0;
	if (read_qdiscs(link->nl, ifb.index, &found, err))
		return -1;
	return has_rate(&found, limit->receive, limit->burst);
}

/* ---- writing ---------------------------------------------------------------------------- */

static int too_old(struct err *err, const char *what)
{
	if (err->errnum == ENOENT || err->errnum == EOPNOTSUPP)
		err_hint(err, "this kernel has no %s", what);
	return -1;
}

/* The root: all that the interface sends. */
static int set_root(struct kern_nl *nl, int index, uint64_t bits, uint64_t given, struct err *err)
{
	struct tcmsg header = { .tcm_family = AF_UNSPEC,
				.tcm_ifindex = index,
				.tcm_parent = TC_H_ROOT,
				.tcm_handle = OUR_HANDLE };
	uint64_t rate = bytes_of(bits), queue = rate / 10;
	uint32_t burst = burst_of(bits, given);
	struct tc_tbf_qopt parameters = { .rate = { .linklayer = TC_LINKLAYER_ETHERNET,
						    .rate = rate > UINT32_MAX ? UINT32_MAX
									      : (uint32_t)rate } };
	struct nlattr *options;
	char object[32];

	/* 100 ms of it may wait behind the burst */
	parameters.limit = queue + burst > UINT32_MAX ? UINT32_MAX : (uint32_t)queue + burst;
	kern_nl_begin(nl, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, &header, sizeof(header));
	kern_nl_put_string(nl, TCA_KIND, "tbf");
	options = kern_nl_nest(nl, TCA_OPTIONS);
	kern_nl_put(nl, TCA_TBF_PARMS, &parameters, sizeof(parameters));
	kern_nl_put_u32(nl, TCA_TBF_BURST, burst);
	if (rate > UINT32_MAX)
		kern_nl_put(nl, TCA_TBF_RATE64, &rate, sizeof(rate));
	kern_nl_nest_end(nl, options);
	snprintf(object, sizeof(object), "interface %d", index);
	return kern_nl_talk(nl, NULL, "limit", object, err) ? too_old(err, "token bucket (sch_tbf)") : 0;
}

/* parent: TC_H_ROOT or TC_H_INGRESS. None there is fine. */
static int clear(const struct kern_qdisc_link *link, uint32_t parent, struct err *err)
{
	struct tcmsg header = { .tcm_family = AF_UNSPEC,
				.tcm_ifindex = link->index,
				.tcm_parent = parent,
				.tcm_handle = parent == TC_H_INGRESS ? INGRESS_HANDLE : 0 };
	struct err failure = { 0 };

	kern_nl_begin(link->nl, RTM_DELQDISC, 0, &header, sizeof(header));
	if (kern_nl_talk(link->nl, NULL, "unlimit", link->name, &failure) == 0 || failure.errnum == ENOENT ||
	    failure.errnum == EINVAL)
		return 0;
	*err = failure;
	return -1;
}

static int add_ingress(const struct kern_qdisc_link *link, struct err *err)
{
	struct tcmsg header = { .tcm_family = AF_UNSPEC,
				.tcm_ifindex = link->index,
				.tcm_parent = TC_H_INGRESS,
				.tcm_handle = INGRESS_HANDLE };

	kern_nl_begin(link->nl, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	kern_nl_put_string(link->nl, TCA_KIND, "ingress");
	return kern_nl_talk(link->nl, NULL, "limit", link->name, err)
		       ? too_old(err, "ingress queue (sch_ingress)")
		       : 0;
}

static void put_redirect(struct kern_nl *nl, int to)
{
	struct tc_mirred mirred = { .action = TC_ACT_STOLEN,
				    .eaction = TCA_EGRESS_REDIR,
				    .ifindex = (uint32_t)to };
	struct nlattr *actions = kern_nl_nest(nl, TCA_U32_ACT), *first = kern_nl_nest(nl, 1), *options;

	kern_nl_put_string(nl, TCA_ACT_KIND, "mirred");
	options = kern_nl_nest(nl, TCA_ACT_OPTIONS);
	kern_nl_put(nl, TCA_MIRRED_PARMS, &mirred, sizeof(mirred));
	kern_nl_nest_end(nl, options);
	kern_nl_nest_end(nl, first);
	kern_nl_nest_end(nl, actions);
}

/* All that arrives goes out by the ifb, waits in its queue, and comes back to where it arrived. tc-mirred(8).
 */
static int redirect(const struct kern_qdisc_link *link, int to, struct err *err)
{
	struct tcmsg header = { .tcm_family = AF_UNSPEC,
				.tcm_ifindex = link->index,
				.tcm_parent = INGRESS_HANDLE,
				.tcm_info = TC_H_MAKE(1u << 16, htons(ETH_P_ALL)) };
	/* one key of no bits behind the selector: it fits all */
	_Alignas(struct tc_u32_sel) char match[sizeof(struct tc_u32_sel) + sizeof(struct tc_u32_key)] = { 0 };
	struct nlattr *options;

	memcpy(match, &(struct tc_u32_sel){ .flags = TC_U32_TERMINAL, .nkeys = 1 },
	       sizeof(struct tc_u32_sel));
	kern_nl_begin(link->nl, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	kern_nl_put_string(link->nl, TCA_KIND, "u32");
	options = kern_nl_nest(link->nl, TCA_OPTIONS);
	kern_nl_put(link->nl, TCA_U32_SEL, match, sizeof(match));
	put_redirect(link->nl, to);
	kern_nl_nest_end(link->nl, options);
	return kern_nl_talk(link->nl, NULL, "limit", link->name, err)
		       ? too_old(err, "redirection of packets (cls_u32, act_mirred)")
		       : 0;
}

static int make_ifb(const struct kern_qdisc_link *link, const char *name, int *index, struct err *err)
{
	struct kern_link_new new = { .kind = "ifb", .name = name, .alias = link->tag, .up = true };
	struct kern_link_info info;
	int found;

	if (kern_link_make(link->nl, &new, err))
		return -1;
	found = kern_link_find(link->nl, name, &info, err);
	if (found > 0)
		*index = info.index;
	return found > 0 ? 0 : -1;
}

static int limit_received(const struct kern_qdisc_link *link, const struct kern_qdisc_limit *limit,
			  struct err *err)
{
	char name[IFNAMSIZ];
	int index;

	name_ifb(link, name);
	return make_ifb(link, name, &index, err) ||
			       set_root(link->nl, index, limit->receive, limit->burst, err) ||
			       add_ingress(link, err) || redirect(link, index, err)
		       ? -1
		       : 0;
}

/* The ifb of that interface, whatever it was before. */
static int delete_ifb(const struct kern_qdisc_link *link, struct err *err)
{
	struct kern_link_info info;
	char name[IFNAMSIZ];
	int found;

	name_ifb(link, name);
	found = kern_link_find(link->nl, name, &info, err);
	return found > 0 ? kern_link_delete(link->nl, info.index, name, err) : found;
}

static int take_away(const struct kern_qdisc_link *link, struct err *err)
{
	return clear(link, TC_H_INGRESS, err) || delete_ifb(link, err) || clear(link, TC_H_ROOT, err) ? -1
												      : 0;
}

int kern_qdisc_limit(const struct kern_qdisc_link *link, const struct kern_qdisc_limit *limit,
		     struct err *err)
{
	if (take_away(link, err))
		return -1;
	if ((!limit->send || set_root(link->nl, link->index, limit->send, limit->burst, err) == 0) &&
	    (!limit->receive || limit_received(link, limit, err) == 0))
		return 0;
	take_away(link, &(struct err){ 0 });
	return -1;
}
