/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewall: what is let into and out of the target. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/number.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsnet/commands.h"
#include "nsnet/firewall.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "spec/firewall.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"

struct firewall_options {
	const char *policy, *outgoing;
	bool front, inside, first, json;
};

#define AT(member) offsetof(struct firewall_options, member)

static const struct option_entry entries[] = {
	{ "policy", 'p', "accept|drop", "what becomes of what comes in and no rule decides", OPTION_TEXT,
	  AT(policy), NULL },
	{ "outgoing-policy", 0, "accept|drop", "the same of what goes out", OPTION_TEXT, AT(outgoing), NULL },
	{ "front", 0, NULL, "the firewall stands on this host, out of the target's reach", OPTION_FLAG,
	  AT(front), NULL },
	{ "inside", 0, NULL, "the firewall stands in the target's namespace (the default)", OPTION_FLAG,
	  AT(inside), NULL },
	{ "first", 0, NULL, "the rule goes before all others, not behind them", OPTION_FLAG, AT(first),
	  NULL },
	{ "json", 0, NULL, "list: as JSON", OPTION_FLAG, AT(json), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* ---- what to do ------------------------------------------------------------------ */

struct firewall_change {
	const struct firewall_options *options;
	const struct spec_net_firewall *given; /* the policies and the rule, as the reader has them */
	bool flush;
	size_t remove; /* the rule's number; 0: none */
};

static void insert(struct arena *arena, struct spec_net_firewall *firewall, const struct spec_net_rule *rule,
		   bool first)
{
	struct spec_net_rule *rules = arena_array(arena, firewall->rule_count + 1, sizeof(*rules));

	if (firewall->rule_count)
		memcpy(rules + first, firewall->rules, firewall->rule_count * sizeof(*rules));
	rules[first ? 0 : firewall->rule_count] = *rule;
	firewall->rules = rules;
	firewall->rule_count++;
}

static int remove_rule(struct spec_net_firewall *firewall, size_t number, struct err *err)
{
	if (number > firewall->rule_count) {
		err_set(err, ERR_STATE, "firewall", "has no rule of that number");
		err_object(err, "%zu", number);
		return err_hint(err, "nsnet firewall TARGET list numbers them");
	}
	firewall->rule_count--;
	memmove(&firewall->rules[number - 1], &firewall->rules[number],
		(firewall->rule_count - (number - 1)) * sizeof(*firewall->rules));
	return 0;
}

static int change_firewall(struct arena *arena, struct spec_net *net, void *data, struct err *err)
{
	const struct firewall_change *change = data;
	const struct firewall_options *options = change->options;
	struct spec_net_firewall *firewall;

	if (change->flush) {
		net->firewall = NULL;
		return 0;
	}
	firewall = arena_alloc(arena, sizeof(*firewall));
	if (net->firewall)
		*firewall = *net->firewall;
	net->firewall = firewall;
	if (options->front || options->inside)
		firewall->in_front = options->front;
	if (options->policy)
		firewall->drop = change->given->drop;
	if (options->outgoing)
		firewall->drop_outgoing = change->given->drop_outgoing;
	if (change->given->rule_count)
		insert(arena, firewall, &change->given->rules[0], options->first);
	return change->remove ? remove_rule(firewall, change->remove, err) : 0;
}

/* ---- the command line ------------------------------------------------------------ */

/* Policies and rule by the spec's own reader. NULL with err. */
static struct spec *read_words(const struct firewall_options *options, char **words, struct err *err)
{
	struct json *document = json_object(), *firewall = json_set_object(document, "firewall");

	json_set_string(firewall, "policy", options->policy);
	json_set_string(firewall, "outgoingPolicy", options->outgoing);
	if (!words ||
	    firewall_rule_describe(words, json_add_object(json_set_array(firewall, "rules")), err) == 0)
		return nsnet_read_json(document, err);
	json_free(document);
	return NULL;
}

static int apply(const struct nsnet_target *target, const struct firewall_options *options, char **words,
		 struct firewall_change *change, struct err *err)
{
	struct spec *spec = read_words(options, words, err);
	int ret;

	if (!spec)
		return -1;
	change->options = options;
	change->given = spec->own.net->firewall;
	ret = run_net_edit(&target->run, &(struct run_net_edit){ change_firewall, change }, err);
	spec_free(spec);
	return ret;
}

static bool is_action(const char *verb)
{
	return !strcmp(verb, "allow") || !strcmp(verb, "deny") || !strcmp(verb, "reject");
}

static bool sets(const struct firewall_options *options)
{
	return options->policy || options->outgoing || options->front || options->inside;
}

static int read_number(const char *text, size_t *number, struct err *err)
{
	uint32_t value;

	if (!text || number_u32(text, &value) || !value) {
		err_set(err, ERR_USAGE, "", "remove takes the number of one rule");
		return err_object(err, "%s", text ? text : "nothing");
	}
	*number = value;
	return 0;
}

static int check(const struct firewall_options *options, const struct option_operands *operands,
		 struct firewall_change *change, struct err *err)
{
	const char *verb = operands->count > 1 ? operands->items[1] : sets(options) ? "" : "list";
	bool lists = !strcmp(verb, "list"), removes = !strcmp(verb, "remove");

	change->flush = !strcmp(verb, "flush");
	if (*verb && !lists && !removes && !change->flush && !is_action(verb)) {
		err_set(err, ERR_USAGE, "", "expected allow, deny, reject, remove, list or flush");
		return err_object(err, "%s", verb);
	}
	if (options->front && options->inside)
		return err_set(err, ERR_USAGE, "", "--front and --inside exclude each other");
	if ((options->json && !lists) || (options->first && !is_action(verb)) ||
	    ((lists || change->flush) && sets(options)))
		return err_set(err, ERR_USAGE, "",
			       "an option is not for firewall %s (--help says which is for what)",
			       *verb ? verb : "--policy");
	if ((lists || change->flush) && operands->count > 2)
		return err_set(err, ERR_USAGE, "", "%s takes a TARGET alone", verb);
	if (removes && operands->count > 3)
		return err_set(err, ERR_USAGE, "", "remove takes the number of one rule");
	return removes ? read_number(operands->items[2], &change->remove, err) : 0;
}

static int list(const struct nsnet_target *target, bool json, struct err *err)
{
	static const struct spec_net_firewall none = { 0 };
	struct spec *spec;

	if (run_net_recorded(&target->run, &spec, err))
		return -1;
	firewall_print(spec && spec->own.net->firewall ? spec->own.net->firewall : &none, json);
	spec_free(spec);
	return rows_flush(err);
}

static int firewall_command(struct command_call *call, struct err *err)
{
	struct firewall_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };
	struct firewall_change change = { 0 };
	const char *verb;

	if (read)
		return read < 0 ? -1 : 0;
	if (check(&options, &operands, &change, err) ||
	    nsnet_target_open(call, operands.items[0], 0, &target, err))
		return -1;
	verb = operands.count > 1 ? operands.items[1] : sets(&options) ? "" : "list";
	if (!strcmp(verb, "list"))
		return list(&target, options.json, err);
	return apply(&target, &options, is_action(verb) ? &operands.items[1] : NULL, &change, err);
}

const struct command nsnet_firewall = {
	.name = "firewall",
	.synopsis = "[OPTIONS] TARGET [allow|deny|reject RULE...|remove NUMBER|list|flush]",
	.summary = "say what is let into and out of the target",
	.details =
		"RULE is [in|out] [PROTOCOL[/PORT[-LAST]]] [from NETWORK] [to NETWORK]: \"tcp/80\",\n"
		"\"icmp\", \"out udp/53 to 192.0.2.1\". The first rule that fits decides, else the policy;\n"
		"answers always pass.",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = firewall_command,
};
