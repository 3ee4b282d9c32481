/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options about the container's process: process of the spec, and what nsinit adds about it. */
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/describe.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/names.h"
#include "spec/types.h"

#define ENTRY(name, letter, argument, kind, field, help)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct describe, field), NULL                   \
	}
#define SWITCH(name, letter, field, help)                                                                    \
	{                                                                                                    \
		name, letter, "[BOOL]", help, OPTION_CALL, offsetof(struct describe, field),                 \
			describe_keep_or_true                                                                \
	}

static const struct option_entry entries[] = {
	ENTRY("env", 'e', "NAME[=VALUE]", OPTION_TEXTS, env, "set a variable; without VALUE: the caller's"),
	ENTRY("env-file", 0, "FILE", OPTION_TEXTS, env_files, "read variables from a file, one a line"),
	ENTRY("clear-env", 0, NULL, OPTION_FLAG, clear_env, "start from no variables at all"),
	ENTRY("user", 'u', "UID[:GID]", OPTION_TEXT, user, "run as these ids, in numbers"),
	ENTRY("additional-gids", 0, "GID,...", OPTION_TEXTS, additional_gids, "add supplementary groups"),
	ENTRY("cwd", 0, "DIR", OPTION_TEXT, cwd, "working directory in the container"),
	SWITCH("tty", 't', tty, "give it a terminal of its own"),
	ENTRY("umask", 0, "OCTAL", OPTION_TEXT, umask, "file mode creation mask"),
	ENTRY("rlimit", 0, "NAME=SOFT[:HARD]", OPTION_TEXTS, rlimits, "resource limit: nofile=1024:4096"),
	ENTRY("oom-score-adj", 0, "N", OPTION_TEXT, oom_score_adj,
	      "-1000 (never killed) to 1000 (killed first)"),
	ENTRY("scheduler", 0, "POLICY[:PRIORITY]", OPTION_TEXT, scheduler,
	      "other, batch, idle, fifo:PRIORITY or rr:PRIORITY"),
	ENTRY("nice", 0, "N", OPTION_TEXT, nice, "-20 to 19"),
	ENTRY("io-priority", 0, "CLASS[:LEVEL]", OPTION_TEXT, io_priority,
	      "rt, be or idle, with a level from 0 (first) to 7"),
	SWITCH("init", 0, init, "run it below a small process 1 that reaps orphans"),
	ENTRY("stop-signal", 0, "SIGNAL", OPTION_TEXT, stop_signal, "what nsinit stop sends first"),
	ENTRY("parent-death-signal", 0, "SIGNAL", OPTION_TEXT, parent_death_signal,
	      "sent to it when nsinit ends"),
};
const struct option_table describe_process = { "Process", entries, ARRAY_SIZE(entries) };

static int set_user(struct spec_user *user, const char *text, struct err *err)
{
	char uid[16];
	size_t len = strcspn(text, ":");

	if (len < sizeof(uid)) {
		memcpy(uid, text, len);
		uid[len] = '\0';
		if (!number_id(uid, &user->uid) && (!text[len] || !number_id(text + len + 1, &user->gid)))
			return 0;
	}
	return describe_expected(err, "--user", text,
				 "UID[:GID] in numbers (names are of the container's files)");
}

static int add_gids(struct spec *spec, const char *text, struct err *err)
{
	struct spec_user *user = &spec->process.user;
	auto_free char *copy = memory_strdup(text);
	char *rest = copy, *word;

	while ((word = strsep(&rest, ","))) {
		uint32_t gid;

		if (number_id(word, &gid))
			return describe_expected(err, "--additional-gids", text,
						 "group ids in numbers, with commas");
		user->additional_gids = describe_grow(spec->arena, user->additional_gids,
						      user->additional_gid_count, sizeof(gid));
		user->additional_gids[user->additional_gid_count++] = gid;
	}
	return 0;
}

static int set_user_options(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_user *user = &spec->process.user;

	if (d->user && set_user(user, d->user, err))
		return -1;
	for (size_t i = 0; i < d->additional_gids.count; i++)
		if (add_gids(spec, d->additional_gids.items[i], err))
			return -1;
	if (!d->umask)
		return 0;
	if (number_mode(d->umask, &user->umask) || user->umask > 0777)
		return describe_expected(err, "--umask", d->umask, "an octal number from 0 to 777");
	user->has_umask = true;
	return 0;
}

/* ---- limits, scheduling -------------------------------------------------------------- */

static int read_limit(const char *text, uint64_t *value)
{
	if (!strcmp(text, "unlimited") || !strcmp(text, "infinity") || !strcmp(text, "-1")) {
		*value = UINT64_MAX;
		return 0;
	}
	return number_bytes(text, value);
}

static int add_rlimit(struct spec *spec, const char *text, struct err *err)
{
	struct spec_process *process = &spec->process;
	struct spec_rlimit limit = { 0 };
	auto_free char *copy = memory_strdup(text);
	char *soft = copy, *name = strsep(&soft, "="), *hard = soft;
	uint64_t resource;
	size_t i = 0;

	if (describe_name(&spec_names_rlimit, "RLIMIT_", name, &resource) || !soft)
		return describe_expected(
			err, "--rlimit", text,
			"NAME=SOFT[:HARD], NAME one of as, core, cpu, data, fsize, locks, memlock, "
			"msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack");
	soft = strsep(&hard, ":");
	if (read_limit(soft, &limit.soft) || read_limit(hard ? hard : soft, &limit.hard))
		return describe_expected(err, "--rlimit", text, "SOFT[:HARD] in numbers or \"unlimited\"");
	if (limit.soft > limit.hard)
		return describe_expected(err, "--rlimit", text,
					 "a soft limit that is not above the hard one");
	limit.resource = (int)resource;
	while (i < process->rlimit_count && process->rlimits[i].resource != limit.resource)
		i++;
	if (i == process->rlimit_count) {
		process->rlimits = describe_grow(spec->arena, process->rlimits, i, sizeof(limit));
		process->rlimit_count++;
	}
	process->rlimits[i] = limit;
	return 0;
}

static int set_scheduler(struct spec_scheduler *scheduler, const char *text, struct err *err)
{
	auto_free char *copy = memory_strdup(text);
	char *priority = copy, *name = strsep(&priority, ":");
	int32_t level = 0;
	uint64_t policy;
	bool real_time;

	if (describe_name(&spec_names_scheduler, "SCHED_", name, &policy) || policy == SCHED_DEADLINE ||
	    policy == 4)
		return describe_expected(err, "--scheduler", text,
					 "other, batch, idle, fifo:PRIORITY or rr:PRIORITY");
	real_time = policy == SCHED_FIFO || policy == SCHED_RR;
	if (real_time && (!priority || number_int(priority, &level) || level < 1 || level > 99))
		return describe_expected(err, "--scheduler", text, "%s:PRIORITY from 1 to 99", name);
	if (!real_time && priority)
		return describe_expected(err, "--scheduler", text, "no priority with %s", name);
	*scheduler = (struct spec_scheduler){
		.given = true, .policy = (int)policy, .priority = level, .nice = scheduler->nice
	};
	return 0;
}

static int set_nice(struct spec_scheduler *scheduler, const char *text, struct err *err)
{
	int nice;

	if (number_int(text, &nice) || nice < -20 || nice > 19)
		return describe_expected(err, "--nice", text, "a number from -20 to 19");
	scheduler->given = true; /* the policy's zero is SCHED_OTHER */
	scheduler->nice = nice;
	return 0;
}

static int set_io_priority(struct spec_io_priority *io, const char *text, struct err *err)
{
	auto_free char *copy = memory_strdup(text);
	char *level = copy, *name = strsep(&level, ":");
	uint64_t class;
	uint32_t priority = 0;

	if (describe_name(&spec_names_io_class, "IOPRIO_CLASS_", name, &class) ||
	    (level && (number_u32(level, &priority) || priority > 7)))
		return describe_expected(err, "--io-priority", text,
					 "rt, be or idle, with :LEVEL from 0 to 7");
	*io = (struct spec_io_priority){ .given = true, .class = (int)class, .priority = (int)priority };
	return 0;
}

static int set_scheduling(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_process *process = &spec->process;

	for (size_t i = 0; i < d->rlimits.count; i++)
		if (add_rlimit(spec, d->rlimits.items[i], err))
			return -1;
	if ((d->scheduler && set_scheduler(&process->scheduler, d->scheduler, err)) ||
	    (d->nice && set_nice(&process->scheduler, d->nice, err)) ||
	    (d->io_priority && set_io_priority(&process->io_priority, d->io_priority, err)))
		return -1;
	if (!d->oom_score_adj)
		return 0;
	process->has_oom_score_adj = true;
	if (!number_int(d->oom_score_adj, &process->oom_score_adj) && process->oom_score_adj >= -1000 &&
	    process->oom_score_adj <= 1000)
		return 0;
	return describe_expected(err, "--oom-score-adj", d->oom_score_adj, "a number from -1000 to 1000");
}

/* ---- the whole ------------------------------------------------------------------------- */

static int set_own(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_own *own = &spec->own;

	return (d->init && describe_bool("--init", d->init, &own->init, err)) ||
			       (d->stop_signal &&
				describe_signal("--stop-signal", d->stop_signal, &own->stop_signal, err)) ||
			       (d->parent_death_signal &&
				describe_signal("--parent-death-signal", d->parent_death_signal,
						&own->parent_death_signal, err))
		       ? -1
		       : 0;
}

int describe_apply_process(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_process *process = &spec->process;

	if (d->cwd && d->cwd[0] != '/')
		return describe_expected(err, "--cwd", d->cwd, "a path that begins with \"/\"");
	if (d->cwd)
		process->cwd = arena_strdup(spec->arena, d->cwd);
	if (d->tty && describe_bool("--tty", d->tty, &process->terminal, err))
		return -1;
	if (!process->terminal)
		process->has_console_size = false;
	return set_user_options(d, spec, err) || set_scheduling(d, spec, err) || set_own(d, spec, err) ? -1
												       : 0;
}
