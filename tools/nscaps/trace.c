/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which capabilities a program needs, by the kernel's own checks. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/caps.h"
#include "kern/caps_process.h"
#include "kern/exec.h"
#include "kern/pidfd.h"
#include "kern/procfs.h"
#include "nscaps/commands.h"
#include "nscaps/nscaps.h"
#include "nscaps/target.h"
#include "nscaps/trace_minimize.h"
#include "nscaps/trace_parse.h"
#include "nscaps/trace_report.h"
#include "nscaps/trace_target.h"
#include "nscaps/trace_watch.h"
#include "run/held.h"
#include "run/run.h"

struct trace_options {
	bool json, checks, minimize;
	const char *output;
	uint64_t duration;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "print the set that is needed, as a spec's process.capabilities", OPTION_FLAG,
	  offsetof(struct trace_options, json), NULL },
	{ "checks", 'c', NULL, "print the checks as JSON", OPTION_FLAG, offsetof(struct trace_options, checks),
	  NULL },
	{ "minimize", 'm', NULL, "run the command again without each, and leave out what it can do without",
	  OPTION_FLAG, offsetof(struct trace_options, minimize), NULL },
	{ "output", 'o', "FILE", "print to FILE; else the command's output goes to standard error", OPTION_TEXT,
	  offsetof(struct trace_options, output), NULL },
	{ "duration", 'd', "TIME", "trace a TARGET for so long (default: until it ends, or ctrl-c)", OPTION_TIME,
	  offsetof(struct trace_options, duration), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

struct trace {
	const struct trace_options *options;
	struct trace_report report;
	struct trace_sink sink;
	int output;   /* the file's descriptor, or -1 */
	bool root;    /* what is traced runs as root */
	uint64_t needed;
	int status;   /* of the command */
};

/* ---- a command ------------------------------------------------------------------------------ */

static int wait_status(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return command_wait_status(status);
}

static int watch_command(struct trace *trace, struct trace_watch *watch, const struct run_held_program *program,
			 struct err *err)
{
	struct run_held held;
	int ret = run_held_start(&held, program, err);

	if (!ret)
		ret = trace_watch_add(watch, &held.pid, 1, err);
	if (!ret)
		ret = run_held_go(&held, program, err);
	if (!ret) {
		ret = trace_watch_read(watch, &(struct trace_until){ .pidfd = held.pidfd, .forward = true }, err);
		trace->status = wait_status(held.pid);
	} else if (held.pid > 0) {
		/* It waits for a word of ours, and ends when there is none. */
		close_keep_errno(take_fd(&held.go));
		(void)wait_status(held.pid);
	}
	run_held_close(&held);
	return ret;
}

static int trace_command_line(struct trace *trace, const struct option_operands *operands, struct err *err)
{
	char path[PATH_MAX];
	struct run_held_program program = { .path = path,
					    .args = (const char *const *)operands->items,
					    .output = trace->output < 0 ? STDERR_FILENO : -1,
					    .errors = -1 };
	struct trace_watch *watch;
	int ret;

	if (kern_exec_find(operands->items[0], (const char *const *)environ, path, err)) {
		err->hint[0] = '\0';
		return -1;
	}
	trace->root = geteuid() == 0;
	watch = trace_watch_begin(&trace->sink, err);
	if (!watch)
		return -1;
	program.mask = trace_watch_mask(watch);
	ret = watch_command(trace, watch, &program, err);
	if (trace_watch_end(watch, err) || ret)
		return -1;
	trace->needed = trace_report_needed(&trace->report);
	return trace->options->minimize ? trace_minimize(program.args, trace->status, &trace->needed, err) : 0;
}

/* ---- what runs already ---------------------------------------------------------------------- */

/* Twice: what was forked between the look and the watch has a parent that was not watched yet. */
static int watch_threads(struct trace_watch *watch, const pid_t *pids, size_t count, struct err *err)
{
	auto_close int proc = kern_procfs_open(err);

	for (int i = 0; i < 2; i++) {
		struct trace_threads threads = { 0 };
		int ret = proc < 0 ? -1 : trace_target_threads(proc, pids, count, &threads, err);

		if (!ret)
			ret = trace_watch_add(watch, threads.items, threads.count, err);
		free(threads.items);
		if (ret)
			return -1;
	}
	return 0;
}

static int watch_target(struct trace *trace, const struct run_process_list *list, int pidfd, struct err *err)
{
	struct trace_watch *watch = trace_watch_begin(&trace->sink, err);
	int ret;

	if (!watch)
		return -1;
	ret = watch_threads(watch, list->pids, list->count, err);
	if (!ret)
		ret = trace_watch_read(watch, &(struct trace_until){ .pidfd = pidfd, .usec = trace->options->duration },
				       err);
	if (trace_watch_end(watch, err) || ret)
		return -1;
	trace->needed = trace_report_needed(&trace->report);
	return 0;
}

/* Of a container all processes, whoever their parents are. */
static int list_processes(const struct command_call *call, const struct target *target, struct arena *arena,
			  struct run_process_list *list, struct err *err)
{
	struct run_context context;

	if (target->container)
		return nscaps_context(call, &context, err) ||
				       run_processes(&context, target->container, arena, list, err) ?
			       -1 :
			       0;
	list->pids = arena_alloc(arena, sizeof(*list->pids));
	list->pids[0] = target->process.pid;
	list->count = 1;
	return 0;
}

static int trace_target(const struct command_call *call, struct trace *trace, const char *text, struct err *err)
{
	struct arena *arena = arena_new();
	struct run_process_list list = { 0 };
	struct kern_caps_process process = { 0 };
	struct kern_caps caps;
	struct target target;
	int ret = target_open(call, text, &target, err);

	/* What was meant is a command rather than the id of a container, such as "/bin/true". */
	if (ret && (err->kind == ERR_NOT_FOUND || err->kind == ERR_USAGE) && !run_find_is_process(text)) {
		err->hint[0] = '\0';
		err_hint(err, "a command to trace stands behind --: nscaps trace -- %.200s", text);
	}
	if (!ret && target.process.pidfd < 0)
		ret = err_set(err, ERR_USAGE, "", "%s is a thread, not a process", text);
	if (!ret)
		ret = kern_caps_process_read(target.process.proc, &process, &caps, err) ||
				      list_processes(call, &target, arena, &list, err) ?
			      -1 :
			      0;
	trace->root = process.uid == 0;
	if (!ret)
		ret = watch_target(trace, &list, target.process.pidfd, err);
	target_close(&target);
	arena_free(arena);
	return ret;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int print(struct trace *trace, struct err *err)
{
	struct json *json = NULL;
	struct err failed = { 0 };

	if (trace->sink.lost)
		log_warning("%llu checks went by faster than they were read: the set may be too small",
			    (unsigned long long)trace->sink.lost);
	if (trace->output >= 0 && dup2(trace->output, STDOUT_FILENO) < 0)
		return err_system(err, "dup2", "%s", trace->options->output);
	if (trace->options->json)
		json = trace_report_capabilities(trace->needed, trace->root);
	else if (trace->options->checks)
		json = trace_report_checks(&trace->report);
	else
		trace_report_print(&trace->report, trace->needed);
	if (json)
		rows_print_json(json, true);
	json_free(json);
	if (trace->output < 0 || rows_flush(&failed) == 0)
		return rows_flush(err);
	errno = failed.errnum;
	return err_system(err, "write", "%s", trace->options->output);
}

static int check_options(const struct trace_options *options, const struct option_operands *operands,
			 struct err *err)
{
	if (options->json && options->checks)
		return err_set(err, ERR_USAGE, "", "--json and --checks are two forms of one output");
	if (operands->dashes == 0 && options->duration)
		return err_set(err, ERR_USAGE, "", "--duration goes with a TARGET; a command is traced to its end");
	if (operands->dashes != 0 && options->minimize)
		return err_set(err, ERR_USAGE, "", "--minimize goes with a command, which can be run again");
	if (operands->dashes == 0 || operands->count == 1)
		return 0;
	if (operands->dashes > 0)
		return err_set(err, ERR_USAGE, "", "trace: a TARGET or a command, not both");
	err_set(err, ERR_USAGE, "", "trace: unexpected \"%.200s\"", operands->items[1]);
	return err_hint(err, "a command stands behind --: nscaps trace -- COMMAND");
}

static int trace_command(struct command_call *call, struct err *err)
{
	struct trace_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct trace trace = { .options = &options, .output = -1 };

	if (read || check_options(&options, &operands, err))
		return read > 0 ? 0 : -1;
	trace.sink = (struct trace_sink){ .check = trace_report_add, .data = &trace.report };
	if (options.output) {
		trace.output = open(options.output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (trace.output < 0)
			return err_system(err, "open", "%s", options.output);
	}
	ret = operands.dashes == 0 ? trace_command_line(&trace, &operands, err) :
				     trace_target(call, &trace, operands.items[0], err);
	if (!ret)
		ret = print(&trace, err);
	call->status = trace.status;
	trace_sink_free(&trace.sink);
	trace_report_free(&trace.report);
	close_keep_errno(trace.output);
	return ret;
}

const struct command nscaps_trace = {
	.name = "trace",
	.synopsis = "[OPTIONS] [TARGET] [-- COMMAND [ARGUMENT...]]",
	.summary = "watch the kernel's capability checks, and find the smallest set",
	.details = "Of a command and all that it starts, or of a process or container that runs.\n"
		   "RESULT granted: the capability was asked for and there, denied: it was not there,\n"
		   "hint: the answer changes nothing that the program would notice.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.hands_on_status = true,
	.run = trace_command,
};
