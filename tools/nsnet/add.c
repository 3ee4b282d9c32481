/* SPDX-License-Identifier: GPL-2.0-or-later */
/* add and move: one interface more. */
#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsnet/commands.h"
#include "nsnet/describe.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"

struct add_options {
	bool json;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "print the interface as it was made, with its leased addresses", OPTION_FLAG,
	  offsetof(struct add_options, json), NULL },
};

static const struct option_table table = { "Output", entries, ARRAY_SIZE(entries) };
static const struct option_table *const add_tables[] = { &describe_interface_table, &table, NULL };
static const struct option_table *const move_tables[] = { &describe_move_table, &table, NULL };

/* As it stands in the record. */
static int print(const struct nsnet_target *target, const char *name, struct err *err)
{
	struct json *json = NULL;
	struct json_at root, list, item = { 0 };
	struct spec *spec;

	if (run_net_recorded(&target->run, &spec, err) || !spec)
		return -1;
	json = spec_write_net(spec->own.net);
	root = json_root(json, "");
	list = json_member(&root, "networks");
	while (json_next(&list, &item)) {
		struct json_at at = json_member(&item, "name");
		const char *found;

		if (at.node && json_read_string(&at, &found, err) == 0 && !strcmp(found, name))
			rows_print_json(item.node, true);
	}
	json_free(json);
	spec_free(spec);
	return rows_flush(err);
}

struct addition {
	const char *target, *type;
	struct describe_interface interface;
	struct add_options options;
	char name[IFNAMSIZ]; /* where none was given */
};

static struct spec *read_interface(const char *type, struct describe_interface *interface, struct err *err)
{
	struct json *element = describe_interface_json(type, interface, err), *document;

	if (!element)
		return NULL;
	document = json_object();
	json_add(json_set_array(document, "networks"), element);
	return nsnet_read_json(document, err);
}

/* Before a namespace is made: what is wrong with the words. A name still to be found has a stand-in. */
static int check_words(const struct addition *addition, struct err *err)
{
	struct describe_interface interface = addition->interface;
	struct spec *spec;

	if (!interface.name)
		interface.name = "eth0";
	spec = read_interface(addition->type, &interface, err);
	spec_free(spec);
	return spec ? 0 : -1;
}

/* A failed command leaves nothing behind. */
static int print_or_delete(const struct nsnet_target *target, const char *name, struct err *err)
{
	struct err failure = { 0 };

	if (print(target, name, err) == 0)
		return 0;
	if (run_net_delete(&target->run, name, &failure))
		log_error(&failure);
	return -1;
}

static int add_named(const struct nsnet_target *target, const struct addition *addition,
		     struct describe_interface *interface, struct err *err)
{
	struct spec *spec = read_interface(addition->type, interface, err);
	int ret = spec ? run_net_add(&target->run, spec->own.net, err) : -1;

	spec_free(spec);
	return ret || (addition->options.json && print_or_delete(target, interface->name, err)) ? -1 : 0;
}

/* Without a name it is eth0, which mostly is free, else the next that is. */
static int add_to(const struct nsnet_target *target, struct addition *addition, struct err *err)
{
	struct describe_interface interface = addition->interface;
	struct err taken = { 0 };

	if (interface.name)
		return add_named(target, addition, &interface, err);
	interface.name = "eth0";
	if (add_named(target, addition, &interface, &taken) == 0)
		return 0;
	if (taken.errnum == EEXIST && describe_free_name(target->run.netns, addition->name, err))
		return -1;
	if (taken.errnum != EEXIST || !strcmp(addition->name, "eth0")) {
		*err = taken;
		return -1;
	}
	interface.name = addition->name;
	return add_named(target, addition, &interface, err);
}

static int add(struct command_call *call, struct addition *addition, struct err *err)
{
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };
	int ret;

	if (check_words(addition, err) || nsnet_target_open(call, addition->target, NSNET_TARGET_NEW, &target, err))
		return -1;
	ret = add_to(&target, addition, err);
	if (ret)
		nsnet_target_discard(&target);
	return ret;
}

static int add_command(struct command_call *call, struct err *err)
{
	struct addition addition = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &addition.interface, &addition.options }, &operands, err);

	if (read == 0) {
		addition.target = operands.items[0];
		addition.type = operands.items[1];
		read = add(call, &addition, err);
	}
	describe_interface_free(&addition.interface);
	return read < 0 ? -1 : 0;
}

/* The name stays, unless another is given. */
static int move_command(struct command_call *call, struct err *err)
{
	struct addition addition = { .type = "phys" };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &addition.interface, &addition.options }, &operands, err);

	if (read == 0) {
		addition.target = operands.items[0];
		addition.interface.parent = operands.items[1];
		if (!addition.interface.name)
			addition.interface.name = operands.items[1];
		read = add(call, &addition, err);
	}
	describe_interface_free(&addition.interface);
	return read < 0 ? -1 : 0;
}

const struct command nsnet_add = {
	.name = "add",
	.synopsis = "[OPTIONS] TARGET TYPE",
	.summary = "add an interface",
	.details = "TYPE is veth, macvlan, ipvlan, vlan, dummy or phys.\n"
		   "TARGET is a container's id, a PID, a namespace file, or new:NAME.",
	.tables = add_tables,
	.min_operands = 2,
	.max_operands = 2,
	.run = add_command,
};

const struct command nsnet_move = {
	.name = "move",
	.synopsis = "[OPTIONS] TARGET INTERFACE",
	.summary = "move an interface of the host in",
	.details = "It keeps its name and its addresses, unless others are given.",
	.tables = move_tables,
	.min_operands = 2,
	.max_operands = 2,
	.run = move_command,
};
