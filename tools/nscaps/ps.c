/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/caps.h"
#include "kern/caps_process.h"
#include "kern/procfs.h"
#include "nscaps/commands.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"
#include "run/run.h"
#include "state/state.h"

enum { FORMAT_TABLE, FORMAT_JSON };

struct ps_options {
	int format;
	bool json, quiet, all;
};

static const struct option_entry entries[] = {
	{ "all", 'a', NULL, "processes without any capability too", OPTION_FLAG, offsetof(struct ps_options, all),
	  NULL },
	{ "format", 'f', "table|json", "how to print it", OPTION_CHOICE, offsetof(struct ps_options, format),
	  NULL },
	{ "json", 0, NULL, "the same as --format json", OPTION_FLAG, offsetof(struct ps_options, json), NULL },
	{ "quiet", 'q', NULL, "only the pids", OPTION_FLAG, offsetof(struct ps_options, quiet), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const struct rows_column columns[] = {
	{ "PID", "pid", ROWS_NUMBER },		 { "USER", "user", ROWS_TEXT },
	{ "CONTAINER", "container", ROWS_TEXT }, { "COMMAND", "command", ROWS_TEXT },
	{ "EFFECTIVE", "effective", ROWS_TEXT }, { "MORE", "more", ROWS_TEXT },
};

/* A process of a container, by its number. */
struct member {
	pid_t pid;
	const char *container;
};

struct listing {
	const struct ps_options *options;
	struct arena *arena;
	struct member *members;
	size_t member_count;
	bool members_only; /* containers were named */
	struct rows rows;
	struct json *json;
};

/* ---- containers ----------------------------------------------------------------------------- */

static int add_container(struct listing *listing, const struct run_context *context, const char *id,
			 struct err *err)
{
	struct run_process_list list = { 0 };

	if (run_processes(context, id, listing->arena, &list, err))
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		listing->members = memory_grow(listing->members, listing->member_count + 1,
					       sizeof(*listing->members));
		listing->members[listing->member_count++] = (struct member){ list.pids[i], id };
	}
	return 0;
}

/* What cannot be found out of containers hides no process. */
static void add_all_containers(struct listing *listing, const struct run_context *context)
{
	struct err ignored = { 0 };
	auto_close int root = state_root_open(context->root_path, false, &ignored);
	const char **ids = NULL;
	size_t count = 0;

	if (root < 0 || state_list(root, listing->arena, &ids, &count, &ignored))
		return;
	for (size_t i = 0; i < count; i++) {
		struct err gone = { 0 };

		(void)add_container(listing, context, ids[i], &gone);
	}
}

static int find_containers(struct listing *listing, const struct command_call *call,
			   const struct option_operands *operands, struct err *err)
{
	struct err without = { 0 };
	struct run_context context;

	/* Who has no directory for containers has none. */
	if (nscaps_context(call, &context, operands->count ? err : &without))
		return operands->count ? -1 : 0;
	listing->members_only = operands->count > 0;
	for (int i = 0; i < operands->count; i++)
		if (add_container(listing, &context, operands->items[i], err))
			return -1;
	if (!operands->count)
		add_all_containers(listing, &context);
	return 0;
}

static const struct member *find_member(const struct listing *listing, pid_t pid)
{
	for (size_t i = 0; i < listing->member_count; i++)
		if (listing->members[i].pid == pid)
			return &listing->members[i];
	return NULL;
}

/* ---- processes ------------------------------------------------------------------------------ */

static void add_json(struct listing *listing, const struct kern_caps_process *process,
		     const struct kern_caps *caps, const char *container)
{
	struct json *object = json_add_object(listing->json);

	json_set_i64(object, "pid", process->pid);
	json_set_i64(object, "parent", process->parent);
	json_set_u64(object, "uid", process->uid);
	json_set_text(object, "user", nscaps_user_name(process->uid));
	json_set_string(object, "container", container);
	json_set_text(object, "command", process->command);
	json_set(object, "capabilities", nscaps_caps_json(caps));
	json_set_bool(object, "noNewPrivileges", process->no_new_privs);
}

/* Sets that say more than the effective one. */
static void print_more(const struct kern_caps *caps, struct strbuf *out)
{
	struct kern_caps copy = *caps;

	for (unsigned i = 0; i < NSCAPS_SETS; i++) {
		uint64_t set = *nscaps_set_of(&copy, i);

		if (!strcmp(nscaps_set_names[i], "effective") || !strcmp(nscaps_set_names[i], "bounding") || !set ||
		    (!strcmp(nscaps_set_names[i], "permitted") && set == caps->effective))
			continue;
		strbuf_printf(out, "%s%s=", out->len ? " " : "", nscaps_set_names[i]);
		set_print_short(set, out);
	}
}

static void add_row(struct listing *listing, const struct kern_caps_process *process,
		    const struct kern_caps *caps, const char *container)
{
	auto_strbuf struct strbuf effective = { 0 }, more = { 0 };
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)process->pid);
	set_print_short(caps->effective, &effective);
	print_more(caps, &more);
	rows_add(&listing->rows, (const char *const[]){ number, nscaps_user_name(process->uid), container,
							process->command, effective.text, more.text });
}

static void add_process(struct listing *listing, int proc, const char *name)
{
	auto_close int dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kern_caps_process process;
	struct kern_caps caps;
	struct err gone = { 0 };
	const struct member *member;

	/* One that has ended meanwhile is none. */
	if (dir < 0 || kern_caps_process_read(dir, &process, &caps, &gone))
		return;
	member = find_member(listing, process.pid);
	if (listing->members_only && !member)
		return;
	if (!listing->options->all && !(caps.permitted | caps.effective | caps.inheritable | caps.ambient))
		return;
	if (listing->options->quiet)
		printf("%d\n", (int)process.pid);
	else if (listing->json)
		add_json(listing, &process, &caps, member ? member->container : NULL);
	else
		add_row(listing, &process, &caps, member ? member->container : NULL);
}

static int by_number(const void *a, const void *b)
{
	const int *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

static int list(struct listing *listing, struct err *err)
{
	auto_close int proc = kern_procfs_open(err);
	int fd = proc < 0 ? -1 : openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	auto_free int *pids = NULL;
	const struct dirent *entry;
	size_t count = 0;
	int pid;

	if (proc < 0)
		return -1;
	if (!dir) {
		close_keep_errno(fd);
		return err_system(err, "open", "/proc");
	}
	while ((entry = readdir(dir)))
		if (number_int(entry->d_name, &pid) == 0) {
			pids = memory_grow(pids, count + 1, sizeof(*pids));
			pids[count++] = pid;
		}
	if (count)
		qsort(pids, count, sizeof(*pids), by_number);
	for (size_t i = 0; i < count; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", pids[i]);
		add_process(listing, proc, name);
	}
	return 0;
}

static int ps_command(struct command_call *call, struct err *err)
{
	struct ps_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct listing listing = { .options = &options,
				   .rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) } };

	if (read)
		return read < 0 ? -1 : 0;
	listing.arena = arena_new();
	if (!options.quiet && (options.json || options.format == FORMAT_JSON))
		listing.json = json_array();
	ret = find_containers(&listing, call, &operands, err) || list(&listing, err) ? -1 : 0;
	if (!ret && listing.json)
		rows_print_json(listing.json, true);
	else if (!ret && !options.quiet)
		rows_print(&listing.rows);
	json_free(listing.json);
	rows_free(&listing.rows);
	free(listing.members);
	arena_free(listing.arena);
	return rows_flush(err) || ret ? -1 : 0;
}

const struct command nscaps_ps = {
	.name = "ps",
	.synopsis = "[OPTIONS] [ID...]",
	.summary = "list the processes that have capabilities",
	.details = "Of all, or of the containers named. EFFECTIVE and MORE name capabilities as SETs\n"
		   "do: \"all,-sys_admin\" is all but one. MORE has the sets that are not empty and\n"
		   "differ.\n",
	.tables = tables,
	.max_operands = -1,
	.run = ps_command,
};
