/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/rows.h"
#include "nsnet/firewall.h"
#include "spec/firewall.h"
#include "spec/names.h"
#include "spec/net.h"
#include "spec/spec.h"

/* ---- words to JSON ------------------------------------------------------------------ */

static int refuse(const char *word, const char *message, struct err *err)
{
	err_set(err, ERR_USAGE, "firewall", "%s", message);
	err_object(err, "%s", word);
	return err_hint(err, "a rule is [in|out] [PROTOCOL[/PORT[-LAST]]] [from NETWORK] [to NETWORK]");
}

static int set_once(struct json *object, const char *key, const char *value, struct err *err)
{
	struct json_at at = json_root(object, "");

	if (json_member(&at, key).node)
		return refuse(value, "is said a second time", err);
	json_set_string(object, key, value);
	return 0;
}

/* "tcp/80", "icmp", "47". */
static int describe_protocol(const char *word, struct json *object, struct err *err)
{
	struct json_at at = json_root(object, "");
	auto_free char *name = memory_strdup(word);
	char *slash = strchr(name, '/');
	uint64_t number;

	if (slash)
		*slash = '\0';
	if (json_member(&at, "protocol").node)
		return refuse(word, "is a second protocol", err);
	if (spec_names_find(&spec_names_ip_protocol, name, &number) == 0)
		json_set_string(object, "protocol", name);
	else if (number_u64(name, &number) == 0 && number && number < 256)
		json_set_u64(object, "protocol", number);
	else
		return refuse(word, "is no protocol (tcp, udp, icmp, ...) and no other word of a rule", err);
	if (slash)
		json_set_string(object, "port", slash + 1);
	return 0;
}

int firewall_rule_describe(char **words, struct json *object, struct err *err)
{
	json_set_string(object, "action", *words++);
	for (; *words; words++) {
		const char *word = *words;
		bool network = !strcmp(word, "from") || !strcmp(word, "to"),
		     way = !strcmp(word, "in") || !strcmp(word, "out");

		if (network && !words[1])
			return refuse(word, "needs a network behind it", err);
		if (network)
			words++;
		if (network ? set_once(object, word, *words, err)
		    : way   ? set_once(object, "direction", word, err)
			    : describe_protocol(word, object, err))
			return -1;
	}
	return 0;
}

/* ---- the list ------------------------------------------------------------------------- */

static const struct rows_column columns[] = {
	{ "RULE", "rule", ROWS_NUMBER },
	{ "ACTION", "action", ROWS_TEXT },
	{ "DIRECTION", "direction", ROWS_TEXT },
	{ "PROTOCOL", "protocol", ROWS_TEXT },
	{ "PORT", "port", ROWS_TEXT },
	{ "FROM", "from", ROWS_TEXT },
	{ "TO", "to", ROWS_TEXT },
};

static const char *protocol_text(uint8_t protocol, char buf[8])
{
	const char *name = spec_names_of(&spec_names_ip_protocol, protocol);

	snprintf(buf, 8, "%u", protocol);
	return !protocol ? NULL : name ? name : buf;
}

static const char *port_text(const struct spec_net_rule *rule, char buf[16])
{
	if (rule->port_first == rule->port_last)
		snprintf(buf, 16, "%u", rule->port_first);
	else
		snprintf(buf, 16, "%u-%u", rule->port_first, rule->port_last);
	return rule->port_first ? buf : NULL;
}

static const char *network_text(const struct ip_net *net, char buf[IP_TEXT_MAX])
{
	return net->address.family ? ip_net_text(net, buf, IP_TEXT_MAX) : NULL;
}

static void add_row(struct rows *rows, size_t number, const struct spec_net_rule *rule)
{
	char index[24], protocol[8], port[16], from[IP_TEXT_MAX], to[IP_TEXT_MAX];

	snprintf(index, sizeof(index), "%zu", number);
	rows_add(rows, (const char *const[]){ index, spec_names_of(&spec_names_net_action, rule->action),
					      rule->outgoing ? "out" : "in",
					      protocol_text(rule->protocol, protocol), port_text(rule, port),
					      network_text(&rule->from, from), network_text(&rule->to, to) });
}

/* The members of "firewall" in a configuration, so that what is printed can be applied. */
static void print_json(const struct spec_net_firewall *firewall)
{
	struct spec_net net = { .firewall = (struct spec_net_firewall *)firewall };
	struct json *document = spec_write_net(&net);
	struct json_at root = json_root(document, ""), member = json_member(&root, "firewall");

	rows_print_json(member.node, true);
	json_free(document);
}

void firewall_print(const struct spec_net_firewall *firewall, bool json)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };

	if (json) {
		print_json(firewall);
		return;
	}
	printf("%s; policy %s, outgoing policy %s\n",
	       firewall->in_front ? "in front, on this host" : "inside of the namespace",
	       firewall->drop ? "drop" : "accept", firewall->drop_outgoing ? "drop" : "accept");
	for (size_t i = 0; i < firewall->rule_count; i++)
		add_row(&rows, i + 1, &firewall->rules[i]);
	if (firewall->rule_count)
		rows_print(&rows);
}
