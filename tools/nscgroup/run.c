/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command in a new group with limits, and what it used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/memory.h"
#include "common/amount.h"
#include "common/command.h"
#include "common/main_program.h"
#include "common/option.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/stats.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "nscgroup/run_stats.h"
#include "run/cgroup.h"
#include "run/cgroup_command.h"
#include "run/cgroup_key.h"
#include "run/cgroup_make.h"
#include "run/cgroup_stats.h"

struct run_options {
	bool stats, json;
	const char *name, *output;
	int (*print)(struct run_cgroup *cgroup, const struct run_stats_report *report, struct err *err);
};

static const struct option_entry entries[] = {
	{ "name", 'n', "PATH", "the group (default: one of its own name)", OPTION_TEXT,
	  offsetof(struct run_options, name), NULL },
	{ "stats", 's', NULL, "print what the command used, on standard error", OPTION_FLAG,
	  offsetof(struct run_options, stats), NULL },
	{ "json", 0, NULL, "--stats as an object", OPTION_FLAG, offsetof(struct run_options, json), NULL },
	{ "output", 'o', "FILE", "write --stats to FILE", OPTION_TEXT, offsetof(struct run_options, output),
	  NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* The operands: assignments up to the first that is none, or to "--". */
static size_t count_assignments(const struct option_operands *operands)
{
	size_t count = 0;

	if (operands->dashes == 0)
		return 0;
	while (count < (size_t)operands->count && strcmp(operands->items[count], "--") != 0) {
		const char *equal = strchr(operands->items[count], '='),
			   *slash = strchr(operands->items[count], '/');

		if (!equal || (slash && slash < equal))
			break;
		count++;
	}
	return count;
}

static char **command_of(const struct option_operands *operands, size_t assignments, struct err *err)
{
	char **command = operands->items + assignments;

	if (*command && operands->dashes != 0 && !strcmp(*command, "--")) {
		command++;
	} else if (*command && operands->dashes != 0 && **command == '-') {
		err_set(err, ERR_USAGE, "", "unexpected \"%.100s\": options stand before KEY=VALUE",
			*command);
		return NULL;
	}
	if (*command)
		return command;
	err_set(err, ERR_USAGE, "", "run: no command");
	return NULL;
}

/* Where root's would be for root; below their own group for others, who may not write elsewhere. */
static int name_group(const char *name, struct run_cgroup *cgroup, struct err *err)
{
	struct run_cgroup own = { 0 };
	auto_free char *path = NULL;
	int ret = 0;

	if (name)
		return run_cgroup_name(cgroup, name, err);
	if (geteuid() != 0) {
		const struct run_cgroup_place *v2;

		ret = run_cgroup_open_own(&own, err);
		v2 = ret ? NULL : run_cgroup_unified(&own);
		if (v2 && v2->path)
			path = memory_printf("%s/nscgroup-%d", strcmp(v2->path, "/") ? v2->path : "",
					     (int)getpid());
	}
	if (!ret && !path)
		path = memory_printf("/nscgroup-%d", (int)getpid());
	if (!ret)
		ret = run_cgroup_name(cgroup, path, err);
	run_cgroup_close(&own);
	return ret;
}

/* Those that count something, and on a host without v2 the freezer, by which a group is killed. */
static const char *controllers(struct run_cgroup *cgroup, const struct run_options *options)
{
	const char *list = run_cgroup_unified(cgroup) ? "," : ",freezer,";

	return options->stats ? arena_printf(cgroup->arena, "%smemory,cpu,cpuacct,pids,io,blkio,", list)
			      : list;
}

/* The kernel killed it for its memory limit: who only sees a 137 looks for another cause. */
static void tell_oom(struct run_cgroup *cgroup, int status)
{
	struct kern_cgroup_stats stats;
	struct err ignored = { 0 };
	const char *limit;

	if (!status || run_cgroup_stats(cgroup, &stats, &ignored) || !stats.memory.oom_kill ||
	    stats.memory.oom_kill == KERN_CGROUP_UNKNOWN)
		return;
	limit = amount_bytes(cgroup->arena, stats.memory.limit);
	log_warning("out of memory: the kernel killed %llu of its processes; the limit is %s",
		    (unsigned long long)stats.memory.oom_kill, limit ? limit : "that of a group above");
}

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* In the group that is there: run, and report before the group goes. */
static int run_in(struct run_cgroup *cgroup, char **command, const struct run_options *options, int *status,
		  struct err *err)
{
	uint64_t start = now_usec();

	if (run_cgroup_command(cgroup, command, status, err))
		return -1;
	tell_oom(cgroup, *status);
	return options->stats ? options->print(cgroup,
					       &(struct run_stats_report){ .elapsed_usec = now_usec() - start,
									   .status = command_wait_status(*status),
									   .json = options->json,
									   .output = options->output },
					       err)
			      : 0;
}

static int run(struct run_cgroup *cgroup, const struct run_cgroup_make *make, char **command,
	       const struct run_options *options, struct err *err)
{
	struct run_cgroup_guard guard;
	struct err failure = { 0 };
	int status = 0, ret;

	/* Before there is anything to clean up. */
	if (run_cgroup_check(cgroup, make->items, make->count, err))
		return nscgroup_hint_key(err);
	if (run_cgroup_guard_start(&guard, cgroup, err))
		return -1;
	ret = run_cgroup_create(cgroup, make, err);
	if (!ret)
		ret = run_cgroup_guard_tell(&guard, cgroup, err);
	if (!ret)
		ret = run_in(cgroup, command, options, &status, err);
	if (run_cgroup_guard_end(&guard, cgroup, &failure) && !ret) {
		*err = failure;
		ret = -1;
	}
	return ret ? -1 : status;
}

static int run_command(struct command_call *call, struct err *err)
{
	const struct nscgroup *nscgroup = call->globals;
	struct run_options options = { .print = nscgroup->print_stats };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), status;
	auto_free struct run_cgroup_assignment *items = NULL;
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct run_cgroup_make make = { 0 };
	char **command;

	if (read)
		return read < 0 ? -1 : 0;
	if ((options.json || options.output) && !options.stats)
		return err_set(err, ERR_USAGE, options.json ? "--json" : "--output", "needs --stats");
	if (options.stats && !options.print)
		return main_program_become("nscgroup", nscgroup->argv, err);
	make.count = count_assignments(&operands);
	command = command_of(&operands, make.count, err);
	if (!command || nscgroup_assignments(operands.items, make.count, &items, err) ||
	    name_group(options.name, &cgroup, err))
		return -1;
	make.items = items;
	make.controllers = controllers(&cgroup, &options);
	status = run(&cgroup, &make, command, &options, err);
	if (status < 0)
		return -1;
	call->status = command_wait_status(status);
	return 0;
}

const struct command nscgroup_run = {
	.name = "run",
	.synopsis = "[OPTIONS] [KEY=VALUE...] [--] COMMAND [ARGUMENT...]",
	.summary = "run a command in a new group, which goes with it",
	.details = NSCGROUP_KEYS_HELP
	"The command starts in the group. The group is removed when its last process is\n"
	"gone, also when nscgroup is killed. The exit status is the command's.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.stop_at_operand = true,
	.hands_on_status = true,
	.run = run_command,
};
