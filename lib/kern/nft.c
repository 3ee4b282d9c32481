/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an owner is to have against what it has: the difference is one transaction. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "kern/netns.h"
#include "kern/nft.h"
#include "kern/nft_internal.h"

/* Others write between our list and our transaction: it is refused then, and made anew. */
#define TRIES 8

static void free_rules(struct kern_nft_rules **rules)
{
	kern_nft_rules_free(*rules);
}

static void free_list(struct json **list)
{
	json_free(*list);
}

#define auto_rules __attribute__((cleanup(free_rules)))
#define auto_list __attribute__((cleanup(free_list)))

/* ---- the commands -------------------------------------------------------------------------- */

/* The key, with its first part in quotes where that is an interface's name. */
static void add_key(struct strbuf *commands, const struct kern_nft_item *item)
{
	size_t name = strncmp(item->set, "inside", strlen("inside")) == 0 ? strcspn(item->key, " ") : 0;

	if (name)
		strbuf_printf(commands, "\"%.*s\"%s", (int)name, item->key, item->key + name);
	else
		strbuf_puts(commands, item->key);
}

static void create_item(struct strbuf *commands, const struct kern_nft_item *item, const char *owner)
{
	char tag[KERN_NFT_TAG_SIZE];

	kern_nft_tag(owner, item->interface, tag);
	strbuf_printf(commands, "create element inet nsnet %s { ", item->set);
	add_key(commands, item);
	strbuf_printf(commands, " comment \"%s\"", tag);
	if (item->data)
		strbuf_printf(commands, " : %s", item->data);
	strbuf_puts(commands, " }\n");
}

static void delete_item(struct strbuf *commands, const struct kern_nft_item *item)
{
	strbuf_printf(commands, "delete element inet nsnet %s { ", item->set);
	add_key(commands, item);
	strbuf_puts(commands, " }\n");
}

static bool same_lines(const struct kern_nft_lines *a, const struct kern_nft_lines *b)
{
	size_t i;

	if (!a || !b || a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->items[i].comment, b->items[i].comment) != 0)
			return false;
	return true;
}

static const struct kern_nft_lines *find_chain(const struct kern_nft_rules *rules, const char *name)
{
	size_t i;

	for (i = 0; i < rules->chain_count; i++)
		if (strcmp(rules->chains[i].chain, name) == 0)
			return &rules->chains[i];
	return NULL;
}

static bool is_front(const struct kern_nft_lines *lines)
{
	return strncmp(lines->chain, "front_", strlen("front_")) == 0;
}

/* Before the elements that lead to them. */
static void write_chains(struct strbuf *commands, const struct kern_nft_rules *have,
			 const struct kern_nft_rules *want)
{
	size_t i, j;

	for (i = 0; i < want->chain_count; i++) {
		const struct kern_nft_lines *lines = &want->chains[i];

		if (same_lines(find_chain(have, lines->chain), lines))
			continue;
		if (is_front(lines))
			strbuf_printf(commands, "add chain inet nsnet %s\n", lines->chain);
		/* the one inside may be another owner's: the namespace has one firewall */
		strbuf_printf(commands, "flush chain inet nsnet %s\n", lines->chain);
		for (j = 0; j < lines->count; j++)
			if (lines->items[j].expression)
				strbuf_printf(commands, "add rule inet nsnet %s %s comment \"%s\"\n",
					      lines->chain, lines->items[j].expression,
					      lines->items[j].comment);
	}
}

/* Behind the elements that led to them. */
static void delete_chains(struct strbuf *commands, const struct kern_nft_rules *have,
			  const struct kern_nft_rules *want)
{
	size_t i;

	for (i = 0; i < have->chain_count; i++) {
		if (find_chain(want, have->chains[i].chain))
			continue;
		strbuf_printf(commands, "flush chain inet nsnet %s\n", have->chains[i].chain);
		if (is_front(&have->chains[i]))
			strbuf_printf(commands, "delete chain inet nsnet %s\n", have->chains[i].chain);
	}
}

static void write_difference(struct strbuf *commands, const struct kern_nft_scope *scope,
			     const struct kern_nft_rules *have, const struct kern_nft_rules *want, bool keep)
{
	size_t i;

	for (i = 0; !keep && i < have->count; i++)
		if (!kern_nft_rules_find(want, &have->items[i]))
			delete_item(commands, &have->items[i]);
	if (!keep)
		delete_chains(commands, have, want);
	write_chains(commands, have, want);
	for (i = 0; i < want->count; i++)
		if (!kern_nft_rules_find(have, &want->items[i]))
			create_item(commands, &want->items[i], scope->owner);
}

/* ---- applying them --------------------------------------------------------------------------- */

/* A port or subnet that somebody else has; an element of our own that goes away is in nobody's way. */
static int check_taken(const struct json *list, const struct kern_nft_scope *scope,
		       const struct kern_nft_rules *have, const struct kern_nft_rules *want, struct err *err)
{
	char tag[KERN_NFT_TAG_SIZE], own[KERN_NFT_TAG_SIZE];
	size_t i;

	kern_nft_tag(scope->owner, NULL, own);
	for (i = 0; i < want->count; i++) {
		const struct kern_nft_item *item = &want->items[i];

		if (kern_nft_rules_find(have, item) || !kern_nft_taken_by(list, item, tag))
			continue;
		if (!strncmp(tag, own, strlen(own)) && (!tag[strlen(own)] || tag[strlen(own)] == ' '))
			continue; /* what is still wanted of it the kernel refuses */
		errno = EADDRINUSE;
		err_system(err, strncmp(item->set, "published", 9) ? "firewall" : "publish", "%s", item->key);
		return err_hint(err, "\"%s\" has it", tag);
	}
	return 0;
}

static bool is_race(const struct err *failure)
{
	return failure->errnum == ENOENT || failure->errnum == EEXIST || failure->errnum == EBUSY ||
	       failure->errnum == EINTR || failure->errnum == EAGAIN;
}

static int apply_once(const struct kern_nft_scope *scope, const struct kern_nft_rules *want,
		      struct kern_nft_change *change, struct err *err)
{
	struct strbuf auto_strbuf commands = { 0 };
	auto_rules struct kern_nft_rules *have = NULL;
	auto_list struct json *list = NULL;
	unsigned missing;

	if (kern_nft_list(&list, err))
		return -1;
	have = kern_nft_rules_collect(list, scope);
	if (check_taken(list, scope, have, want, err))
		return -1;
	missing = kern_nft_table_missing(list, want->parts);
	write_difference(&commands, scope, have, want, change->keep);
	change->changed = commands.len > 0;
	if (!change->changed || change->dry_run)
		return 0;
	if (missing) {
		struct strbuf auto_strbuf whole = { 0 };

		kern_nft_table_build(&whole, missing, !list);
		strbuf_puts(&whole, commands.text);
		return kern_nft_run(whole.text, err);
	}
	return kern_nft_run(commands.text, err);
}

static int apply_here(const struct kern_nft_scope *scope, const struct kern_nft_rules *want,
		      struct kern_nft_change *change, struct err *err)
{
	struct err failure = { 0 };
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		failure = (struct err){ 0 };
		if (apply_once(scope, want, change, &failure) == 0)
			return 0;
		if (!is_race(&failure))
			break;
	}
	*err = failure;
	return -1;
}

/* Enter the scope's namespace; *own is what kern_netns_leave() takes, or -1. */
static int enter(int netns, int *own, struct err *err)
{
	*own = -1;
	return netns < 0 ? 0 : kern_netns_enter(netns, own, err);
}

static int leave(int *own, int result, struct err *err)
{
	return *own >= 0 && kern_netns_leave(own, err) ? -1 : result;
}

int kern_nft_apply(const struct kern_nft_scope *scope, const struct kern_nft_rules *rules,
		   struct kern_nft_change *change, struct err *err)
{
	int own;

	if (enter(scope->netns, &own, err))
		return -1;
	return leave(&own, apply_here(scope, rules, change, err), err);
}

int kern_nft_read(const struct kern_nft_scope *scope, struct kern_nft_rules **rules, struct err *err)
{
	auto_list struct json *list = NULL;
	int own;

	*rules = NULL;
	if (enter(scope->netns, &own, err) || leave(&own, kern_nft_list(&list, err), err))
		return -1;
	*rules = kern_nft_rules_collect(list, scope);
	return 0;
}

static int tidy_here(struct err *err)
{
	auto_list struct json *list = NULL;
	struct err failure = { 0 };

	if (kern_nft_list(&list, err))
		return -1;
	if (!list || kern_nft_is_used(list))
		return 0;
	if (kern_nft_run("delete table inet nsnet", &failure) == 0 || failure.errnum == ENOENT)
		return 0;
	*err = failure;
	return -1;
}

int kern_nft_tidy(int netns, struct err *err)
{
	int own;

	return enter(netns, &own, err) ? -1 : leave(&own, tidy_here(err), err);
}

int kern_nft_remove(const struct kern_nft_scope *scope, struct err *err)
{
	struct kern_nft_change change = { 0 };
	struct kern_nft_rules none = { 0 };
	int own, ret;

	if (enter(scope->netns, &own, err))
		return -1;
	ret = apply_here(scope, &none, &change, err);
	if (ret == 0)
		ret = tidy_here(err);
	return leave(&own, ret, err);
}

int kern_nft_owners(int netns, int (*each)(const char *owner, void *data, struct err *err), void *data,
		    struct err *err)
{
	auto_list struct json *list = NULL;
	int own;

	if (enter(netns, &own, err) || leave(&own, kern_nft_list(&list, err), err))
		return -1;
	return kern_nft_each_owner(list, each, data, err);
}
