/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limit: how fast an interface sends and receives. */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/number.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"

struct rate {
	bool given;
	uint64_t bits; /* a second; 0: none */
};

struct limit_options {
	struct rate receive, send;
	uint64_t burst;
	bool json;
};

#define AT(member) offsetof(struct limit_options, member)

static const struct {
	const char *suffix;
	uint64_t factor;
} units[] = { { "", 1 }, { "k", 1000 }, { "m", 1000000 }, { "g", 1000000000 } };

static uint64_t unit_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t len = strlen(units[i].suffix);

		if (!strncasecmp(text, units[i].suffix, len) &&
		    (!text[len] || !strcasecmp(text + len, "bit")))
			return units[i].factor;
	}
	return 0;
}

/* As tc(8) has it, in bits: thousands, not 1024. */
static int parse_rate(void *value, const char *text, struct err *err)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t factor = unit_of(text + digits), number = 0;
	struct rate *rate = value;
	char start[24];

	rate->given = true;
	rate->bits = 0;
	if (!strcmp(text, "none"))
		return 0;
	snprintf(start, sizeof(start), "%.*s", (int)(digits < sizeof(start) ? digits : 0), text);
	if (number_u64(start, &number) || !factor || number > UINT64_MAX / factor) {
		err_set(err, ERR_USAGE, "",
			"expected a rate in bits a second (\"500kbit\", \"10mbit\", \"1gbit\") or none");
		return err_object(err, "%s", text);
	}
	rate->bits = number * factor;
	if (rate->bits >= SPEC_NET_RATE_MIN)
		return 0;
	err_set(err, ERR_USAGE, "", "a rate is in bits a second: at least %u", SPEC_NET_RATE_MIN);
	return err_object(err, "%s", text);
}

static const struct option_entry entries[] = {
	{ "rx", 0, "RATE", "what the target receives; \"none\" for no limit", OPTION_CALL, AT(receive),
	  parse_rate },
	{ "tx", 0, "RATE", "what the target sends; \"none\" for no limit", OPTION_CALL, AT(send),
	  parse_rate },
	{ "burst", 0, "BYTES", "how much may pass at once (default: 50 ms of the rate, at least 32K)",
	  OPTION_BYTES, AT(burst), NULL },
	{ "json", 0, NULL, "without --rx and --tx: show the limits as JSON", OPTION_FLAG, AT(json), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static struct spec_net_interface *find(const struct spec_net *net, const char *name, struct err *err)
{
	for (size_t i = 0; net && i < net->interface_count; i++)
		if (net->interfaces[i].name && !strcmp(net->interfaces[i].name, name))
			return &net->interfaces[i];
	err_set(err, ERR_STATE, "limit", "nsnet has not made that interface");
	err_object(err, "%s", name);
	err_hint(err, "nsnet show tells what is there; one of the host's is brought in with nsnet move");
	return NULL;
}

struct change {
	const char *name;
	const struct limit_options *options;
};

static int change_limit(struct arena *arena, struct spec_net *net, void *data, struct err *err)
{
	const struct change *change = data;
	struct spec_net_interface *interface = find(net, change->name, err);

	(void)arena;
	if (!interface)
		return -1;
	if (change->options->receive.given)
		interface->limit.rx = change->options->receive.bits;
	if (change->options->send.given)
		interface->limit.tx = change->options->send.bits;
	interface->limit.burst = change->options->burst;
	return 0;
}

static const struct rows_column columns[] = {
	{ "INTERFACE", "interface", ROWS_TEXT },
	{ "RX", "rx", ROWS_NUMBER },
	{ "TX", "tx", ROWS_NUMBER },
	{ "BURST", "burst", ROWS_NUMBER },
};

static const char *number(uint64_t value, char buf[24])
{
	if (!value)
		return NULL;
	snprintf(buf, 24, "%llu", (unsigned long long)value);
	return buf;
}

static int show(const struct nsnet_target *target, const char *name, bool as_json, struct err *err)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };
	const struct spec_net_interface *interface;
	char rx[24], tx[24], burst[24];
	struct json *json;
	struct spec *spec;

	if (run_net_recorded(&target->run, &spec, err))
		return -1;
	interface = find(spec ? spec->own.net : NULL, name, err);
	if (interface)
		rows_add(&rows, (const char *const[]){ name, number(interface->limit.rx, rx),
						       number(interface->limit.tx, tx),
						       number(interface->limit.burst, burst) });
	spec_free(spec);
	if (!interface)
		return -1;
	json = as_json ? rows_json(&rows) : NULL;
	if (json)
		rows_print_json(json, true);
	else
		rows_print(&rows);
	json_free(json);
	return rows_flush(err);
}

static int limit_command(struct command_call *call, struct err *err)
{
	struct limit_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };
	struct change change = { .options = &options };
	bool sets = options.receive.given || options.send.given;

	if (read)
		return read < 0 ? -1 : 0;
	if (sets ? options.json : options.burst != 0)
		return err_set(err, ERR_USAGE, "",
			       sets ? "--json shows, --rx and --tx set: not both"
				    : "--burst needs --rx or --tx");
	if (options.burst > SPEC_NET_BURST_MAX)
		return err_set(err, ERR_USAGE, "--burst", "at most %u bytes", SPEC_NET_BURST_MAX);
	if (nsnet_target_open(call, operands.items[0], 0, &target, err))
		return -1;
	change.name = operands.items[1];
	return sets ? run_net_edit(&target.run, &(struct run_net_edit){ change_limit, &change }, err)
		    : show(&target, change.name, options.json, err);
}

const struct command nsnet_limit = {
	.name = "limit",
	.synopsis = "[OPTIONS] TARGET INTERFACE",
	.summary = "limit how fast an interface sends and receives",
	.details = "RATE is in bits a second: 500kbit, 10mbit, 1gbit. Without --rx and --tx the limits are "
		   "shown.",
	.tables = tables,
	.min_operands = 2,
	.max_operands = 2,
	.run = limit_command,
};
