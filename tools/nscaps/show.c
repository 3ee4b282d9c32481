/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/caps.h"
#include "kern/caps_process.h"
#include "kern/securebits.h"
#include "nscaps/commands.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"
#include "nscaps/target.h"

enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_LIBCAP };

struct show_options {
	int format;
	bool json, hex, threads;
};

static const struct option_entry entries[] = {
	{ "format", 'f', "text|json|libcap", "how to print it; libcap: as getpcaps(8) does", OPTION_CHOICE,
	  offsetof(struct show_options, format), NULL },
	{ "json", 0, NULL, "the same as --format json", OPTION_FLAG, offsetof(struct show_options, json),
	  NULL },
	{ "hex", 'x', NULL, "the sets as masks", OPTION_FLAG, offsetof(struct show_options, hex), NULL },
	{ "threads", 'T', NULL, "every thread: each has capabilities of its own", OPTION_FLAG,
	  offsetof(struct show_options, threads), NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

struct shown {
	const struct show_options *options;
	const struct target *target;
	struct kern_caps_process process;
	struct kern_caps caps;
	bool has_securebits; /* one's own alone can be read */
	uint32_t securebits;
	struct json *json; /* the array, or NULL */
	bool first;
};

/* ---- text ----------------------------------------------------------------------------------- */

static void print_set(const struct shown *shown, uint64_t set)
{
	auto_strbuf struct strbuf text = { 0 };

	if (shown->options->hex)
		strbuf_printf(&text, "%016" PRIx64, set);
	else
		set_print(set, &text);
	printf("%s\n", text.text);
}

static void print_securebits(const struct shown *shown)
{
	const char *comma = "";

	printf("  %-14s", "securebits");
	if (!shown->has_securebits || !shown->securebits)
		fputs(shown->has_securebits ? "none" : "unknown", stdout);
	else if (shown->options->hex)
		printf("0x%x", shown->securebits);
	for (size_t i = 0; !shown->options->hex && i < kern_securebit_count; i++)
		if (shown->securebits & kern_securebits[i].bit) {
			printf("%s%s", comma, kern_securebits[i].name);
			comma = ",";
		}
	putchar('\n');
}

static void print_text(struct shown *shown)
{
	const struct kern_caps_process *process = &shown->process;

	if (!shown->first)
		putchar('\n');
	/* The kernel escapes a newline in the name, but not what else moves a cursor. */
	printf("%d (", (int)process->pid);
	rows_put(process->command);
	printf("), user %s", nscaps_user_name(process->uid));
	printf(shown->target->container ? ", container %s\n" : "\n", shown->target->container);
	for (unsigned i = 0; i < NSCAPS_SETS; i++) {
		printf("  %-14s", nscaps_set_names[i]);
		print_set(shown, *nscaps_set_of(&shown->caps, i));
	}
	printf("  %-14s%s\n", "no_new_privs", process->no_new_privs ? "yes" : "no");
	print_securebits(shown);
}

static void print_libcap(const struct shown *shown)
{
	auto_free char *text = kern_caps_text(&shown->caps);

	printf("%d: %s\n", (int)shown->process.pid, text);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void add_json(const struct shown *shown)
{
	struct json *object = json_add_object(shown->json), *bits;

	json_set_i64(object, "pid", shown->process.pid);
	json_set_i64(object, "parent", shown->process.parent);
	json_set_text(object, "command", shown->process.command);
	json_set_string(object, "container", shown->target->container);
	json_set_u64(object, "uid", shown->process.uid);
	json_set_u64(object, "gid", shown->process.gid);
	json_set(object, "capabilities", nscaps_caps_json(&shown->caps));
	json_set_bool(object, "noNewPrivileges", shown->process.no_new_privs);
	if (!shown->has_securebits)
		return;
	bits = json_set_array(object, "securebits");
	for (size_t i = 0; i < kern_securebit_count; i++)
		if (shown->securebits & kern_securebits[i].bit)
			json_add_string(bits, kern_securebits[i].name);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static int show_one(struct shown *shown, int dir, struct err *err)
{
	if (kern_caps_process_read(dir, &shown->process, &shown->caps, err)) {
		err_object(err, "/proc/%d/status", (int)shown->target->process.pid);
		return -1;
	}
	if (shown->json)
		add_json(shown);
	else if (shown->options->format == FORMAT_LIBCAP)
		print_libcap(shown);
	else
		print_text(shown);
	shown->first = false;
	return 0;
}

static int show_threads(struct shown *shown, struct err *err)
{
	int fd = openat(shown->target->process.proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int number;

	if (!dir)
		return err_system(err, "open", "/proc/%d/task", (int)shown->target->process.pid);
	while ((entry = readdir(dir))) {
		struct err gone = { 0 };
		auto_close int task = -1;

		if (number_int(entry->d_name, &number))
			continue;
		task = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		/* A thread that has ended meanwhile is none. */
		if (task >= 0 && show_one(shown, task, &gone) && gone.errnum != ESRCH) {
			*err = gone;
			return -1;
		}
	}
	return 0;
}

static int show_target(const struct command_call *call, const char *text, struct shown *shown, struct err *err)
{
	struct target target;
	int ret = target_open(call, text, &target, err);

	shown->target = &target;
	shown->has_securebits = !target.name;
	if (!ret && shown->has_securebits)
		ret = kern_securebits_get(&shown->securebits, err);
	if (!ret)
		ret = shown->options->threads ? show_threads(shown, err) : show_one(shown, target.process.proc, err);
	shown->target = NULL;
	target_close(&target);
	return ret;
}

static int show_command(struct command_call *call, struct err *err)
{
	struct show_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret = 0;
	struct shown shown = { .options = &options, .first = true };

	if (read)
		return read < 0 ? -1 : 0;
	if (options.json)
		options.format = FORMAT_JSON;
	if (options.hex && options.format != FORMAT_TEXT)
		return err_set(err, ERR_USAGE, "", "--hex goes with the text alone: JSON has names");
	shown.json = options.format == FORMAT_JSON ? json_array() : NULL;
	for (int i = 0; !ret && (i < operands.count || i == 0); i++)
		ret = show_target(call, operands.count ? operands.items[i] : NULL, &shown, err);
	if (shown.json && !ret)
		rows_print_json(shown.json, true);
	json_free(shown.json);
	return rows_flush(err) || ret ? -1 : 0;
}

const struct command nscaps_show = {
	.name = "show",
	.synopsis = "[OPTIONS] [TARGET...]",
	.summary = "show the capabilities of processes and containers",
	.details = "A TARGET is the number of a process, the id of a container (its first process), or\n"
		   "\"self\": what is started from here has that. Without one: self. The securebits of\n"
		   "another process cannot be read.\n",
	.tables = tables,
	.max_operands = -1,
	.run = show_command,
};
