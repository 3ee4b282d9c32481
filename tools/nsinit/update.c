/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "nsinit/update_limits.h"
#include "run/update.h"
#include "spec/spec.h"
#include "spec/types.h"

struct update_options {
	const char *resources, *l3_cache, *memory_bandwidth;
	struct update_limits limits;
};

#define LIMIT(name, argument, help, place)                                                                   \
	{                                                                                                    \
		name, 0, argument, help, OPTION_TEXT, offsetof(struct update_options, limits.texts[place]),  \
			NULL                                                                                 \
	}

static const struct option_entry entries[] = {
	{ "resources", 'r', "FILE", "linux.resources of a spec as JSON, - is standard input", OPTION_TEXT,
	  offsetof(struct update_options, resources), NULL },
	LIMIT("memory", "BYTES", "memory; 256M, -1 is unlimited, as below", UPDATE_MEMORY),
	LIMIT("memory-reservation", "BYTES", "memory that is left to it as long as possible",
	      UPDATE_MEMORY_RESERVATION),
	LIMIT("memory-swap", "BYTES", "memory and swap together", UPDATE_MEMORY_SWAP),
	LIMIT("kernel-memory", "BYTES", "kernel memory (cgroup v1)", UPDATE_KERNEL_MEMORY),
	LIMIT("kernel-memory-tcp", "BYTES", "TCP buffers (cgroup v1)", UPDATE_KERNEL_MEMORY_TCP),
	LIMIT("cpu-share", "N", "weight among its neighbours, 2 to 262144", UPDATE_CPU_SHARES),
	LIMIT("cpu-quota", "USEC", "CPU time in each period, -1 is unlimited", UPDATE_CPU_QUOTA),
	LIMIT("cpu-period", "USEC", "the period, 1000 to 1000000", UPDATE_CPU_PERIOD),
	LIMIT("cpu-burst", "USEC", "unused time that may be saved up", UPDATE_CPU_BURST),
	LIMIT("cpu-rt-runtime", "USEC", "real-time CPU time in each period (cgroup v1)",
	      UPDATE_CPU_RT_RUNTIME),
	LIMIT("cpu-rt-period", "USEC", "that period (cgroup v1)", UPDATE_CPU_RT_PERIOD),
	LIMIT("cpu-idle", "0|1", "run only when nothing else wants to", UPDATE_CPU_IDLE),
	LIMIT("cpuset-cpus", "LIST", "CPUs to run on: 0-3,8", UPDATE_CPUSET_CPUS),
	LIMIT("cpuset-mems", "LIST", "memory nodes to use", UPDATE_CPUSET_MEMS),
	LIMIT("pids-limit", "N", "processes and threads, -1 is unlimited", UPDATE_PIDS),
	LIMIT("blkio-weight", "N", "weight of its I/O, 10 to 1000", UPDATE_BLKIO_WEIGHT),
	{ "l3-cache-schema", 0, "SCHEMA", "resctrl's L3 line: L3:0=ff;1=ff", OPTION_TEXT,
	  offsetof(struct update_options, l3_cache), NULL },
	{ "mem-bw-schema", 0, "SCHEMA", "resctrl's MB line: MB:0=20;1=70", OPTION_TEXT,
	  offsetof(struct update_options, memory_bandwidth), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

#define COMMAND_LINE "command line"

/* As if the options were a file: what must fit together is checked in one place. */
static struct spec *read_limits(const struct update_limits *limits, struct err *err)
{
	struct strbuf auto_strbuf text = { 0 };
	struct spec_resources resources = { 0 };
	struct json *json;

	if (update_limits_apply(limits, &resources, err))
		return NULL;
	json = spec_write_resources(&resources);
	json_print(json, false, &text);
	json_free(json);
	return spec_read_resources(text.text, text.len, COMMAND_LINE, err);
}

static struct spec *read_file(const char *path, struct err *err)
{
	auto_free char *text = NULL;
	size_t len;

	if (nsinit_read_text(path, &text, &len, err))
		return NULL;
	return spec_read_resources(text, len, strcmp(path, "-") ? path : "standard input", err);
}

/* Nothing is passed over: what one source says the other cannot. */
static int check(const struct update_options *options, struct err *err)
{
	bool has_limits = !update_limits_are_empty(&options->limits);

	if (options->resources && has_limits) {
		err_set(err, ERR_USAGE, "update", "--resources and single limits do not go together");
		return -1;
	}
	if (options->resources || has_limits || options->l3_cache || options->memory_bandwidth)
		return 0;
	err_set(err, ERR_USAGE, "update", "nothing to change");
	return err_hint(err, "--resources FILE, or limits as options");
}

static int update(const struct run_context *context, const char *id, const struct update_options *options,
		  struct err *err)
{
	struct spec *spec =
		options->resources ? read_file(options->resources, err) : read_limits(&options->limits, err);
	struct run_update_request request = { .l3_cache_schema = options->l3_cache,
					      .memory_bandwidth_schema = options->memory_bandwidth };
	int ret = -1;

	if (spec) {
		request.resources = &spec->linux_.resources;
		ret = run_update(context, id, &request, err);
		/* The planner knows the place, not the file. */
		if (ret && err->where[0])
			err_where(err, spec->file, NULL);
	}
	spec_free(spec);
	return ret;
}

static int update_command(struct command_call *call, struct err *err)
{
	struct update_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	if (check(&options, err))
		return -1;
	return update(nsinit_context(call), operands.items[0], &options, err);
}

const struct command nsinit_update = {
	.name = "update",
	.synopsis = "[OPTIONS] ID",
	.summary = "change the limits of a container",
	.details = "Only what is given changes, and nothing where a part is refused. A file's memory\n"
		   "limits, shares, quota and period of 0 stand for \"as it is\". The container's spec,\n"
		   "as it was at create, does not change.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = update_command,
};
