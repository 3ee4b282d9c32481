/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/caps.h"
#include "nscaps/commands.h"
#include "nscaps/set.h"

enum { FORMAT_TABLE, FORMAT_JSON };

struct list_options {
	int format;
	bool json, quiet;
};

static const struct option_entry entries[] = {
	{ "format", 'f', "table|json", "how to print it", OPTION_CHOICE, offsetof(struct list_options, format),
	  NULL },
	{ "json", 0, NULL, "the same as --format json", OPTION_FLAG, offsetof(struct list_options, json),
	  NULL },
	{ "quiet", 'q', NULL, "only the names", OPTION_FLAG, offsetof(struct list_options, quiet), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* By number; after capabilities(7) and include/uapi/linux/capability.h. */
static const char *const allows[] = {
	"give files to other users and groups",
	"pass over the permissions to read, write and execute files",
	"pass over the permissions to read files and to search directories",
	"do what only a file's owner may: chmod, utimes, attributes, sticky directories",
	"keep the set-uid and set-gid bits of a file that is written to",
	"send signals to other users' processes",
	"take other group ids, set the supplementary groups, write gid maps",
	"take other user ids, write uid maps",
	"change the bounding and inheritable sets and the securebits",
	"change the immutable and append-only attributes of files",
	"bind to ports below 1024",
	"send broadcasts, listen to multicasts (nothing asks for it today)",
	"configure interfaces, routes, firewalls, and other parts of the network",
	"use raw and packet sockets, bind to any address for transparent proxying",
	"lock memory beyond the limit",
	"pass over the permissions of System V IPC objects",
	"load and unload kernel modules",
	"use I/O ports, /dev/mem, raw disk commands",
	"chroot, and change the mount namespace by setns",
	"trace and look into processes of other users",
	"switch process accounting on and off",
	"mount, set the host name, make namespaces and most of what has no capability of its own",
	"reboot, load a new kernel by kexec",
	"raise priorities, set real-time scheduling and CPU affinity of others' processes",
	"exceed quotas, reserved space and resource limits, raise hard limits",
	"set the clocks",
	"configure and hang up terminals",
	"make device nodes",
	"take leases on files of others",
	"write to the kernel's audit log",
	"switch auditing on and off, change its rules",
	"give capabilities to files, map user 0 of the parent in a uid map",
	"pass over the rules of a mandatory access control module (Smack)",
	"change the rules of a mandatory access control module",
	"read and clear the kernel's log, see its addresses",
	"set alarms that wake the machine",
	"keep the machine from sleeping",
	"read the audit log by netlink",
	"watch performance, perf events",
	"load BPF programs, make maps",
	"what checkpoint and restore need: choose pids, read map_files",
};

static const struct rows_column columns[] = {
	{ "NR", "number", ROWS_NUMBER },
	{ "NAME", "name", ROWS_TEXT },
	{ "DEFAULT", "default", ROWS_TEXT },
	{ "ALLOWS TO", "allows", ROWS_TEXT },
};

static void print_json(uint64_t in_default)
{
	struct json *array = json_array();
	char name[32];

	for (unsigned i = 0; i <= kern_caps_last(); i++) {
		struct json *object = json_add_object(array);

		json_set_u64(object, "number", i);
		json_set_string(object, "name", kern_caps_name(i, name, sizeof(name)));
		json_set_bool(object, "default", in_default >> i & 1);
		json_set_string(object, "allows", i < ARRAY_SIZE(allows) ? allows[i] : NULL);
	}
	rows_print_json(array, true);
	json_free(array);
}

static void print_table(uint64_t in_default)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };

	for (unsigned i = 0; i <= kern_caps_last(); i++) {
		char name[32], number[8];

		snprintf(number, sizeof(number), "%u", i);
		rows_add(&rows, (const char *const[]){ number, kern_caps_name(i, name, sizeof(name)),
						       in_default >> i & 1 ? "yes" : NULL,
						       i < ARRAY_SIZE(allows) ? allows[i] : NULL });
	}
	rows_print(&rows);
}

static void print_names(void)
{
	char name[32];

	for (unsigned i = 0; i <= kern_caps_last(); i++)
		puts(kern_caps_name(i, name, sizeof(name)));
}

static int list_command(struct command_call *call, struct err *err)
{
	struct list_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	if (options.quiet)
		print_names();
	else if (options.json || options.format == FORMAT_JSON)
		print_json(set_default());
	else
		print_table(set_default());
	return rows_flush(err);
}

const struct command nscaps_list = {
	.name = "list",
	.synopsis = "[OPTIONS]",
	.summary = "list the capabilities that this kernel has",
	.details = "DEFAULT: a container has it that is started without a spec.\n",
	.tables = tables,
	.run = list_command,
};
