/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "common/rows.h"
#include "kern/exec.h"
#include "nsinit/ps_table.h"
#include "run/run.h"
#include "run/spawn.h"

static const struct rows_column columns[] = {
	{ "PID", "pid", ROWS_NUMBER },   { "INSIDE", "inside", ROWS_NUMBER },
	{ "USER", "user", ROWS_TEXT },   { "STATE", "state", ROWS_TEXT },
	{ "TIME", "time", ROWS_NUMBER }, { "COMMAND", "command", ROWS_TEXT },
};

/* A file of /proc/PID in the arena; NULL when the process has ended. */
static char *read_file(struct arena *arena, pid_t pid, const char *file, size_t *len)
{
	char path[64], text[4096];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	n = file_read_small(AT_FDCWD, path, text, sizeof(text));
	if (n < 0)
		return NULL;
	*len = (size_t)n;
	/* NULs stand between the words of cmdline, and behind the last. */
	while (*len && !text[*len - 1])
		--*len;
	for (size_t i = 0; i < *len; i++)
		if (!text[i])
			text[i] = ' ';
	return arena_strdup(arena, text);
}

/* What stands behind "KEY:" in /proc/PID/status, up to the line's end. */
static const char *status_value(struct arena *arena, const char *status, const char *key)
{
	const char *line = strstr(status, key);

	return line ? arena_printf(arena, "%.*s", (int)strcspn(line + strlen(key), "\n"), line + strlen(key))
		    : "";
}

static const char *user_name(struct arena *arena, const char *status)
{
	unsigned uid = (unsigned)strtoul(status_value(arena, status, "\nUid:"), NULL, 10);
	const struct passwd *entry = getpwuid(uid);

	return entry ? arena_strdup(arena, entry->pw_name) : arena_printf(arena, "%u", uid);
}

/* "1:02:03", as ps(1) counts. */
static const char *time_text(struct arena *arena, unsigned long long ticks)
{
	unsigned long long seconds = ticks / (unsigned long long)sysconf(_SC_CLK_TCK);

	return arena_printf(arena, "%02llu:%02llu:%02llu", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

static void add_row(struct rows *rows, struct arena *arena, pid_t pid)
{
	size_t len, command_len;
	const char *stat = read_file(arena, pid, "stat", &len),
		   *status = read_file(arena, pid, "status", &len);
	const char *command = read_file(arena, pid, "cmdline", &command_len);
	const char *name = stat ? strchr(stat, '(') : NULL, *name_end = stat ? strrchr(stat, ')') : NULL,
		   *inside;
	unsigned long long user, system;
	char state[2] = "";

	if (!name || !name_end || !status || !command ||
	    sscanf(name_end, ") %1s %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", state, &user,
		   &system) != 3)
		return;
	inside = strrchr(status_value(arena, status, "\nNSpid:"), '\t');
	/* A zombie has no command line any more. */
	if (!command_len)
		command = arena_printf(arena, "[%.*s]", (int)(name_end - name - 1), name + 1);
	rows_add(rows, (const char *const[]){ arena_printf(arena, "%d", (int)pid), inside ? inside + 1 : NULL,
					      user_name(arena, status), state,
					      time_text(arena, user + system), command });
}

void ps_table_print(const struct run_process_list *list)
{
	struct rows rows = { .columns = columns, .column_count = ARRAY_SIZE(columns) };
	struct arena *arena = arena_new();

	for (size_t i = 0; i < list->count; i++)
		add_row(&rows, arena, list->pids[i]);
	rows_print(&rows);
	rows_free(&rows);
	arena_free(arena);
}

/* The word at this place in a line of len bytes; word_len 0: there is none. */
static const char *word_at(const char *line, size_t len, size_t place, size_t *word_len)
{
	const char *end = line + len;

	for (;; place--) {
		while (line < end && (*line == ' ' || *line == '\t'))
			line++;
		*word_len = 0;
		while (line + *word_len < end && line[*word_len] != ' ' && line[*word_len] != '\t')
			++*word_len;
		if (!place || !*word_len)
			return line;
		line += *word_len;
	}
}

/* Which of the title's words is PID; -1: none. */
static int pid_place(const char *title, size_t len)
{
	size_t word_len;

	for (size_t place = 0;; place++) {
		const char *word = word_at(title, len, place, &word_len);

		if (!word_len)
			return -1;
		if (word_len == 3 && !memcmp(word, "PID", 3))
			return (int)place;
	}
}

static bool is_listed(const struct run_process_list *list, const char *text)
{
	long pid = strtol(text, NULL, 10);

	for (size_t i = 0; i < list->count; i++)
		if (list->pids[i] == pid)
			return true;
	return false;
}

static int print_lines(const struct run_process_list *list, const char *text, struct err *err)
{
	size_t len = strcspn(text, "\n"), word_len;
	int place = pid_place(text, len);

	if (place < 0) {
		err_set(err, ERR_USAGE, "ps",
			"its output has no column PID to find the container's processes by");
		return err_hint(err, "give options that print one: -ef, aux, -eo pid,comm");
	}
	printf("%.*s\n", (int)len, text);
	for (const char *line = text + len; *line; line += len) {
		const char *word;

		line++;
		len = strcspn(line, "\n");
		word = word_at(line, len, (size_t)place, &word_len);
		if (word_len && is_listed(list, word))
			printf("%.*s\n", (int)len, line);
	}
	return 0;
}

int ps_table_run(const struct run_process_list *list, const char *const *arguments, struct err *err)
{
	struct strbuf auto_strbuf output = { 0 };
	struct spawn spawn = { .all = &output };
	char path[PATH_MAX];
	auto_free const char **args = NULL;
	size_t count = 0;

	while (arguments[count])
		count++;
	args = calloc(count + 2, sizeof(*args));
	if (!args)
		return err_system(err, "calloc", "ps");
	args[0] = "ps";
	memcpy(args + 1, arguments, count * sizeof(*args));
	spawn.path = path;
	spawn.args = args;
	if (kern_exec_find("ps", (const char *const *)environ, path, err)) {
		err->kind = ERR_HELPER;
		return err_hint(err, "without options of ps(1) nsinit prints a table of its own");
	}
	if (run_spawn(&spawn, err))
		return -1;
	if (WIFEXITED(spawn.status) && WEXITSTATUS(spawn.status) == 0)
		return print_lines(list, output.text ? output.text : "", err);
	err_set(err, ERR_HELPER, "ps", "exit status %d",
		WIFEXITED(spawn.status) ? WEXITSTATUS(spawn.status) : 255);
	return err_hint(err, "it wrote: %.*s", (int)strcspn(spawn.output, "\n"), spawn.output);
}
