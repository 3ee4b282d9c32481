/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For run/net*.c and run/perform_net.c: one owner's network, opened and locked.
 * Include base/ip.h, spec/net.h and plan/net.h before.
 */
#ifndef NSTOOLS_RUN_NET_SESSION_H
#define NSTOOLS_RUN_NET_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct kern_link_info;
struct kern_nl;
struct run_net_target;
struct spec;

struct net_session {
	const struct run_net_target *target;
	struct arena *arena;
	int netns;  /* the target's, or the pinned one (owned then); -1: it is gone */
	bool pinned;
	int own;    /* the caller's network namespace: "the host" */
	int record; /* the owner's directory, locked; -1: there is none yet */
	int procfs; /* opened on first use */
	int bridge; /* the lock of a bridge that is made on demand, while a port is added; or -1 */
	struct kern_nl *host, *inside; /* inside: NULL when the namespace is gone */
	struct spec_net *recorded;     /* what was made before; never NULL */
	struct spec *recorded_spec;    /* that it lives in, or NULL */
	char *saved;                   /* the text of the record as it is now, or NULL */
};
#define NET_SESSION_NONE { .netns = -1, .own = -1, .record = -1, .procfs = -1, .bridge = -1 }

/* create: the owner's directory is made where it is missing; else its absence is an empty record. */
int net_session_open(struct net_session *session, const struct run_net_target *target, bool create,
		     struct err *err);
void net_session_close(struct net_session *session);
/* Remember this as what was made; an empty one removes the record. */
int net_session_save(struct net_session *session, const struct spec_net *net, struct err *err);

/* a with what is in b: an interface of the same name is b's, a route to the same destination too. */
struct spec_net *net_merge(struct arena *arena, const struct spec_net *a, const struct spec_net *b);
struct spec_net_interface *net_find(const struct spec_net *net, const char *name);

/* run_net_rules_apply(), but where neither `net` nor the record has a rule nftables is not even asked. */
int net_rules_apply(struct net_session *session, const struct spec_net *net, bool dry_run, bool *changed,
		    struct err *err);

/* ---- net_lease.c ---- */

/* A copy without "auto": addresses are leased, or with dry_run those of the record. */
int net_lease_all(struct net_session *session, const struct spec_net *wanted, bool dry_run,
		  struct spec_net **resolved, struct err *err);
/* Leases of this owner that `net` does not use go back. */
int net_lease_settle(struct net_session *session, const struct spec_net *net, struct err *err);

/* ---- net_facts.c ---- */
int net_facts(struct net_session *session, struct plan_net_facts *facts, struct err *err);

/* ---- net_link.c: one interface ---- */

/* Fill in what only the host knows and what must be remembered: the host's end's name, what a device had. */
int net_link_complete(struct net_session *session, struct spec_net_interface *interface, struct err *err);
/* Make it with its addresses and bring it up. A failure leaves nothing of it. */
int net_link_add(struct net_session *session, const struct spec_net_interface *interface, struct err *err);
/* Take it away (phys: back to the host); one that is gone is no error. */
int net_link_delete(struct net_session *session, const struct spec_net_interface *interface, struct err *err);
int net_link_set(struct net_session *session, const struct spec_net_interface *interface, struct err *err);
int net_link_port(struct net_session *session, const struct spec_net_interface *interface, struct err *err);
int net_link_address(struct net_session *session, const char *name, const struct ip_net *net, bool add,
		     struct err *err);
int net_link_route(struct net_session *session, const struct spec_net_route *route, bool add, struct err *err);
/* IPv6 and router advertisements, in the namespace, for an interface with these addresses. */
int net_link_ipv6(struct net_session *session, const struct spec_net_interface *interface, struct err *err);

/* ---- net_parent.c: what stands on an interface of the host ---- */
/* The same for the same owner and interface, and unlikely for any other: FNV-1a, 48 bits of it. */
const char *net_link_chosen_name(struct net_session *session, const char *name);
int net_link_inside(struct net_session *session, const char *name, struct kern_link_info *info, struct err *err);
int net_parent_make(struct net_session *session, const struct spec_net_interface *interface, struct err *err);
/* What one of us that was killed had made and not renamed yet; of another type: nothing. */
int net_parent_delete_half_made(struct net_session *session, const struct spec_net_interface *interface,
				struct err *err);

/* ---- net_phys.c: what is moved and not made ---- */
int net_phys_complete(struct net_session *session, struct spec_net_interface *interface, struct err *err);
int net_phys_move(struct net_session *session, const struct spec_net_interface *interface, struct err *err);
int net_phys_return(struct net_session *session, const struct spec_net_interface *interface, struct err *err);

/* ---- net_bridge.c ---- */

/* The bridge; made where it is missing and the interface says so: it is locked then, so that it stays. */
int net_bridge_find(struct net_session *session, const struct spec_net_interface *interface,
		    struct kern_link_info *bridge, struct err *err);
void net_bridge_unlock(struct net_session *session);
/* A bridge that was made on demand goes with its last port. */
int net_bridge_release(struct net_session *session, const char *bridge, struct err *err);

#endif
