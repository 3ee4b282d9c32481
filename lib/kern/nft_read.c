/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library's list of our table (libnftables-json(5)) back into rules of an owner. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/netns.h"
#include "kern/nft.h"
#include "kern/nft_internal.h"

#define ALL_PARTS (KERN_NFT_NAT | KERN_NFT_FRONT | KERN_NFT_INSIDE)

/* A member that is a string, or NULL. */
static const char *text_of(const struct json_at *object, const char *key)
{
	struct json_at member = json_member(object, key);
	struct err ignored = { 0 };
	const char *text = NULL;

	if (!member.node || !json_is_string(&member) || json_read_string(&member, &text, &ignored))
		return NULL;
	return text;
}

/* "10.0.0.0/8", 80, "tcp", {"jump": {"target": "x"}}, or {"concat": [...]} of those with " . " between. */
static void add_value(struct strbuf *out, const struct json_at *value)
{
	struct json_at concat = json_member(value, "concat"), prefix = json_member(value, "prefix"),
		       jump = json_member(value, "jump"), item = { 0 };
	struct err ignored = { 0 };
	uint64_t number;
	const char *text;

	if (concat.node) {
		while (json_next(&concat, &item)) {
			strbuf_puts(out, item.index ? " . " : "");
			add_value(out, &item);
		}
	} else if (prefix.node) {
		struct json_at len = json_member(&prefix, "len");

		text = text_of(&prefix, "addr");
		if (text && json_read_u64(&len, 128, &number, &ignored) == 0)
			strbuf_printf(out, "%s/%" PRIu64, text, number);
	} else if (jump.node) {
		text = text_of(&jump, "target");
		strbuf_printf(out, "jump %s", text ? text : "");
	} else if (json_is_string(value)) {
		if (json_read_string(value, &text, &ignored) == 0)
			strbuf_puts(out, text);
	} else if (json_read_u64(value, UINT64_MAX, &number, &ignored) == 0) {
		strbuf_printf(out, "%" PRIu64, number);
	}
}

/* One element of a list, with the tag that it bears. */
struct element {
	const char *set, *tag;
	struct strbuf key, data; /* data: empty in a set */
};

static void free_element(struct element *element)
{
	strbuf_free(&element->key);
	strbuf_free(&element->data);
}

/* In a set {"elem": {"val": KEY, "comment": TAG}}, in a map [that, DATA]. False when it has no comment: not
 * ours. */
static bool read_element(const struct json_at *item, const char *set, struct element *element)
{
	bool map = json_is_array(item);
	struct json_at first = map ? json_element(item, 0) : *item;
	struct json_at elem = json_member(&first, "elem");
	struct json_at key = json_member(&elem, "val"), data = json_element(item, 1);

	*element = (struct element){ .set = set, .tag = text_of(&elem, "comment") };
	if (!element->tag)
		return false;
	add_value(&element->key, &key);
	if (map)
		add_value(&element->data, &data);
	return true;
}

/* Each element with a tag; each() returns false to stop. */
static void walk_elements(const struct json *list, bool (*each)(const struct element *element, void *data),
			  void *data)
{
	static const char *const kinds[] = { "map", "set" };
	struct json_at root = json_root(list, "nftables"), all = json_member(&root, "nftables"), object;
	bool go_on = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct json_at item = { 0 };

		while (go_on && kern_nft_next(&all, &item, kinds[i], &object)) {
			struct json_at elements = json_member(&object, "elem"), at = { 0 };
			const char *set = text_of(&object, "name");

			while (go_on && set && elements.node && json_next(&elements, &at)) {
				struct element element;

				if (read_element(&at, set, &element))
					go_on = each(&element, data);
				free_element(&element);
			}
		}
	}
}

struct collection {
	const struct kern_nft_scope *scope;
	char tag[KERN_NFT_TAG_SIZE];
	struct kern_nft_rules *rules;
};

/* "OWNER" or "OWNER INTERFACE": is it in the scope? *interface points into the tag. */
static bool in_scope(const struct collection *collection, const char *tag, const char **interface)
{
	size_t len = strlen(collection->tag);

	if (strncmp(tag, collection->tag, len) != 0 || (tag[len] && tag[len] != ' '))
		return false;
	*interface = tag[len] ? tag + len + 1 : NULL;
	return !collection->scope->interface ||
	       (*interface && strcmp(*interface, collection->scope->interface) == 0);
}

static bool collect_element(const struct element *element, void *data)
{
	struct collection *collection = data;
	struct kern_nft_item item = { .set = element->set,
				      .key = element->key.text,
				      .data = element->data.text };

	if (in_scope(collection, element->tag, &item.interface))
		kern_nft_rules_put(collection->rules, &item);
	return true;
}

/* The lines of a chain that there is, if only empty; its first line bears the owner's tag. */
static void collect_chain(struct collection *collection, const struct json *list, const char *name)
{
	struct json_at root = json_root(list, "nftables"), all = json_member(&root, "nftables"), object,
		       item = { 0 };
	struct kern_nft_lines *lines = NULL;
	const char *text;

	while (kern_nft_next(&all, &item, "rule", &object)) {
		text = text_of(&object, "chain");
		if (!text || strcmp(text, name) != 0)
			continue;
		text = text_of(&object, "comment");
		if (!lines && (!text || strcmp(text, collection->tag) != 0))
			return;
		if (!lines)
			lines = kern_nft_rules_chain(collection->rules, name);
		kern_nft_lines_read(lines, text ? text : "");
	}
}

struct kern_nft_rules *kern_nft_rules_collect(const struct json *list, const struct kern_nft_scope *scope)
{
	struct collection collection = { .scope = scope, .rules = kern_nft_rules_new() };
	char name[KERN_NFT_CHAIN_SIZE];
	int i;

	kern_nft_tag(scope->owner, NULL, collection.tag);
	if (!list)
		return collection.rules;
	walk_elements(list, collect_element, &collection);
	for (i = 0; !scope->interface && i < 4; i++) {
		kern_nft_chain_name(scope->owner, i & 1, i & 2, name);
		collect_chain(&collection, list, name);
	}
	/* what it needs is there: should it be applied again, it is made again */
	collection.rules->parts = ALL_PARTS & ~kern_nft_table_missing(list, ALL_PARTS);
	return collection.rules;
}

/* ---- who has a port ------------------------------------------------------------------------ */

struct search {
	const struct kern_nft_item *item;
	char *tag;
	bool found;
};

/*
 * The set's own order decides which of two elements is found where one has all
 * addresses and the other one of them; the kernel refuses only the second of
 * the two when it is the smaller.
 */
static bool same_port(const char *a, const char *b)
{
	const char *rest_a = strstr(a, " . "), *rest_b = strstr(b, " . ");

	return rest_a && rest_b && strcmp(rest_a, rest_b) == 0 &&
	       (strstr(a, "/0 . ") || strstr(b, "/0 . ") || strcmp(a, b) == 0);
}

static bool search_element(const struct element *element, void *data)
{
	struct search *search = data;

	if (strcmp(element->set, search->item->set) != 0)
		return true;
	if (strncmp(element->set, "published", strlen("published")) == 0)
		search->found = same_port(element->key.text, search->item->key);
	else
		search->found = strcmp(element->key.text, search->item->key) == 0;
	if (search->found)
		snprintf(search->tag, KERN_NFT_TAG_SIZE, "%s", element->tag);
	return !search->found;
}

const char *kern_nft_taken_by(const struct json *list, const struct kern_nft_item *item,
			      char tag[KERN_NFT_TAG_SIZE])
{
	struct search search = { item, tag, false };

	if (list)
		walk_elements(list, search_element, &search);
	return search.found ? tag : NULL;
}

/* ---- all owners ------------------------------------------------------------------------------ */

struct owners {
	char **names;
	size_t count;
};

static void add_owner(struct owners *owners, const char *tag)
{
	size_t i, len = strcspn(tag, " ");

	for (i = 0; i < owners->count; i++)
		if (strncmp(owners->names[i], tag, len) == 0 && !owners->names[i][len])
			return;
	owners->names = memory_grow(owners->names, owners->count + 1, sizeof(*owners->names));
	owners->names[owners->count++] = memory_printf("%.*s", (int)len, tag);
}

static bool note_element(const struct element *element, void *data)
{
	add_owner(data, element->tag);
	return true;
}

/* The firewall inside has no element; its chains' first lines have the tag. */
static void note_inside(struct owners *owners, const struct json *list)
{
	struct json_at root = json_root(list, "nftables"), all = json_member(&root, "nftables"), object,
		       item = { 0 };
	bool first[2] = { true, true };

	while (kern_nft_next(&all, &item, "rule", &object)) {
		const char *chain = text_of(&object, "chain"), *comment = text_of(&object, "comment");
		bool out = chain && strcmp(chain, "inside_out") == 0;

		if (!chain || (!out && strcmp(chain, "inside_in") != 0))
			continue;
		if (first[out] && comment)
			add_owner(owners, comment);
		first[out] = false;
	}
}

static struct owners collect_owners(const struct json *list)
{
	struct owners owners = { 0 };

	walk_elements(list, note_element, &owners);
	note_inside(&owners, list);
	return owners;
}

static void free_owners(struct owners *owners)
{
	while (owners->count)
		free(owners->names[--owners->count]);
	free(owners->names);
}

bool kern_nft_is_used(const struct json *list)
{
	struct owners owners = collect_owners(list);
	bool used = owners.count > 0;

	free_owners(&owners);
	return used;
}

int kern_nft_each_owner(const struct json *list, int (*each)(const char *owner, void *data, struct err *err),
			void *data, struct err *err)
{
	struct owners owners = { 0 };
	size_t i;
	int ret = 0;

	if (list)
		owners = collect_owners(list);
	for (i = 0; ret == 0 && i < owners.count; i++)
		ret = each(owners.names[i], data, err);
	free_owners(&owners);
	return ret;
}
