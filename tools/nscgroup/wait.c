/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "kern/cgroup/events.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_watch.h"

struct wait_options {
	bool empty, oom;
	uint64_t timeout_usec;
};

static const struct option_entry entries[] = {
	{ "empty", 0, NULL, "until it has no processes (the default)", OPTION_FLAG,
	  offsetof(struct wait_options, empty), NULL },
	{ "oom", 0, NULL, "until the kernel kills for its memory limit", OPTION_FLAG,
	  offsetof(struct wait_options, oom), NULL },
	{ "timeout", 't', "TIME", "fail when that has not happened after this time", OPTION_TIME,
	  offsetof(struct wait_options, timeout_usec), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int timed_out(const char *target, struct err *err)
{
	errno = ETIMEDOUT;
	*err = (struct err){ 0 };
	return err_system(err, "wait for", "%s", target);
}

static int wait_empty(struct run_cgroup *cgroup, int timeout_ms, struct err *err)
{
	int ret = run_cgroup_wait_empty(cgroup, timeout_ms, err);

	/* What is left is in err. */
	return ret > 0 ? 0 : -1;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_oom(struct run_cgroup *cgroup, int timeout_ms, struct err *err)
{
	struct run_cgroup_watch *watch = run_cgroup_watch_open(cgroup, 0, err);
	struct kern_cgroup_event_counts first, counts;
	int64_t deadline = now_ms() + timeout_ms;
	enum run_cgroup_event event;
	int ret = 1;

	if (!watch)
		return -1;
	run_cgroup_watch_counts(watch, &first);
	for (counts = first; ret > 0 && counts.oom_kill == first.oom_kill && counts.oom == first.oom;) {
		int64_t left = deadline - now_ms();

		if (counts.gone) {
			err_set(err, ERR_STATE, "wait", "the group was removed");
			ret = err_object(err, "%s", cgroup->name);
			break;
		}
		ret = run_cgroup_watch_next(watch,
					    timeout_ms < 0 ? -1
					    : left > 0     ? (int)left
							   : 0,
					    &event, err);
		run_cgroup_watch_counts(watch, &counts);
	}
	run_cgroup_watch_close(watch);
	if (ret == 0)
		return timed_out(cgroup->name, err);
	return ret < 0 ? -1 : 0;
}

static int wait_command(struct command_call *call, struct err *err)
{
	struct wait_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), timeout_ms;
	struct run_cgroup auto_cgroup cgroup = { 0 };

	if (read)
		return read < 0 ? -1 : 0;
	if (options.empty && options.oom)
		return err_set(err, ERR_USAGE, "wait", "--empty and --oom do not go together");
	if (nscgroup_open(call, operands.items[0], &cgroup, err))
		return -1;
	timeout_ms = options.timeout_usec ? nscgroup_msec(options.timeout_usec) : -1;
	return options.oom ? wait_oom(&cgroup, timeout_ms, err) : wait_empty(&cgroup, timeout_ms, err);
}

const struct command nscgroup_wait = {
	.name = "wait",
	.synopsis = "[OPTIONS] TARGET",
	.summary = "wait until a group is empty, or out of memory",
	.details = NSCGROUP_TARGET_HELP,
	.tables = tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = wait_command,
};
