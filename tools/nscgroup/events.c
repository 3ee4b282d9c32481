/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One JSON object a line for what happens in a group. */
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/cgroup/events.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_watch.h"

struct events_options {
	uint64_t count;
};

static const struct option_entry entries[] = {
	{ "count", 'n', "N", "end after N events (default: when the group is removed)", OPTION_U64,
	  offsetof(struct events_options, count), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

struct printer {
	const char *target;
	uint64_t left; /* 0: any number */
	bool done;
};

static struct json *begin(const struct printer *printer, const char *type)
{
	struct json *event = json_object();
	char time[TIMESTAMP_SIZE];

	json_set_string(event, "type", type);
	json_set_string(event, "target", printer->target);
	json_set_string(event, "time", timestamp_now(time));
	return event;
}

static int end(struct printer *printer, struct json *event, struct err *err)
{
	rows_print_json(event, false);
	json_free(event);
	if (printer->left && --printer->left == 0)
		printer->done = true;
	return rows_flush(err);
}

static int print_count(struct printer *printer, const char *type, uint64_t before, uint64_t now,
		       struct err *err)
{
	struct json *event;

	if (now == before || printer->done)
		return 0;
	event = begin(printer, type);
	json_set_u64(event, "count", now);
	return end(printer, event, err);
}

static int print_state(struct printer *printer, const char *type, bool before, bool now, struct err *err)
{
	struct json *event;

	if (now == before || printer->done)
		return 0;
	event = begin(printer, type);
	json_set_bool(event, "value", now);
	return end(printer, event, err);
}

static int print_changes(struct printer *printer, const struct kern_cgroup_event_counts *before,
			 const struct kern_cgroup_event_counts *now, struct err *err)
{
	if (print_count(printer, "low", before->low, now->low, err) ||
	    print_count(printer, "high", before->high, now->high, err) ||
	    print_count(printer, "max", before->max, now->max, err) ||
	    print_count(printer, "oom", before->oom, now->oom, err) ||
	    print_count(printer, "oom_kill", before->oom_kill, now->oom_kill, err) ||
	    print_state(printer, "frozen", before->frozen, now->frozen, err) ||
	    print_state(printer, "populated", before->populated, now->populated, err))
		return -1;
	if (!now->gone || printer->done)
		return 0;
	printer->done = true;
	return end(printer, begin(printer, "removed"), err);
}

static int follow(struct run_cgroup_watch *watch, struct printer *printer, struct err *err)
{
	struct kern_cgroup_event_counts before, now;
	enum run_cgroup_event event;

	run_cgroup_watch_counts(watch, &before);
	while (!printer->done) {
		if (run_cgroup_watch_next(watch, -1, &event, err) < 0)
			return -1;
		run_cgroup_watch_counts(watch, &now);
		if (print_changes(printer, &before, &now, err))
			return -1;
		before = now;
	}
	return 0;
}

static bool is_in_v2(struct run_cgroup *cgroup)
{
	const struct run_cgroup_place *v2 = run_cgroup_unified(cgroup);

	return v2 && v2->group;
}

static int events_command(struct command_call *call, struct err *err)
{
	struct events_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct printer printer = { .left = options.count };
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct run_cgroup_watch *watch;

	if (read)
		return read < 0 ? -1 : 0;
	if (nscgroup_open(call, operands.items[0], &cgroup, err))
		return -1;
	watch = run_cgroup_watch_open(&cgroup, 0, err);
	if (!watch)
		return -1;
	printer.target = cgroup.name;
	if (!is_in_v2(&cgroup))
		log_warning("%s is in no cgroup v2 hierarchy: of a v1 group the kernel tells an OOM, and low, high, "
			    "populated and frozen never",
			    cgroup.name);
	ret = follow(watch, &printer, err);
	run_cgroup_watch_close(watch);
	return ret;
}

const struct command nscgroup_events = {
	.name = "events",
	.synopsis = "[OPTIONS] TARGET",
	.summary = "print what happens to a group, as JSON lines",
	.details = NSCGROUP_TARGET_HELP
	"Types: \"low\", \"high\", \"max\", \"oom\", \"oom_kill\" with the kernel's count; \"populated\",\n"
	"\"frozen\" with the new value; \"removed\": the last.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = events_command,
};
