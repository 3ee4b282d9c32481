/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules for people and programs. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/number.h"
#include "kern/nft.h"
#include "kern/nft_internal.h"

#define PARTS_MAX 4

/* "a . b . c" into its parts, which point into `text`; it is cut. How many there are. */
static size_t split(char *text, char *parts[PARTS_MAX])
{
	size_t count = 0;

	while (text && count < PARTS_MAX) {
		char *end = strstr(text, " . ");

		parts[count++] = text;
		if (end)
			*end = '\0';
		text = end ? end + strlen(" . ") : NULL;
	}
	return count;
}

static void set_number(struct json *object, const char *key, const char *text)
{
	uint64_t number;

	if (number_u64(text, &number) == 0)
		json_set_u64(object, key, number);
}

static void add_port(struct json *ports, const struct kern_nft_item *item)
{
	char key[256], data[128], *keys[PARTS_MAX], *to[PARTS_MAX];
	struct json *object;

	snprintf(key, sizeof(key), "%s", item->key);
	snprintf(data, sizeof(data), "%s", item->data ? item->data : "");
	if (split(key, keys) != 3 || split(data, to) != 2)
		return;
	object = json_add_object(ports);
	json_set_string(object, "interface", item->interface);
	json_set_string(object, "protocol", keys[1]);
	if (!strchr(keys[0], '/'))
		json_set_string(object, "hostAddress", keys[0]);
	set_number(object, "hostPort", keys[2]);
	json_set_string(object, "address", to[0]);
	set_number(object, "port", to[1]);
}

static void add_masquerade(struct json *masquerade, const struct kern_nft_item *item)
{
	char key[128], *keys[PARTS_MAX];
	struct json *object;

	snprintf(key, sizeof(key), "%s", item->key);
	if (split(key, keys) != 2)
		return;
	object = json_add_object(masquerade);
	json_set_string(object, "interface", item->interface);
	json_set_string(object, "bridge", keys[0]);
	json_set_string(object, "subnet", keys[1]);
}

/* The filters and the policy: behind the two lines that every chain has. */
static void add_chain(struct json *firewall, const struct kern_nft_lines *lines)
{
	bool out = strstr(lines->chain, "_out") != NULL, drop = false;
	struct json *filters;
	size_t i;

	filters = json_set_array(firewall, out ? "out" : "in");
	for (i = 2; i < lines->count; i++) {
		if (strcmp(lines->items[i].comment, "policy drop") == 0)
			drop = true;
		else
			json_add_string(filters, lines->items[i].comment);
	}
	json_set_string(firewall, out ? "outgoingPolicy" : "policy", drop ? "drop" : "accept");
}

struct json *kern_nft_rules_json(const struct kern_nft_rules *rules)
{
	struct json *json = json_object(), *ports = json_set_array(json, "ports"),
		    *masquerade = json_set_array(json, "masquerade"), *firewall;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (strncmp(rules->items[i].set, "published", strlen("published")) == 0)
			add_port(ports, &rules->items[i]);
		else if (strncmp(rules->items[i].set, "inside", strlen("inside")) == 0)
			add_masquerade(masquerade, &rules->items[i]);
	}
	if (!rules->chain_count)
		return json;
	firewall = json_set_object(json, "firewall");
	json_set_bool(firewall, "front", strncmp(rules->chains[0].chain, "front", strlen("front")) == 0);
	for (i = 0; i < rules->chain_count; i++)
		add_chain(firewall, &rules->chains[i]);
	return json;
}
