/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_set.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/engine.h"
#include "run/values.h"

#define VALUE_MAX (16 * 1024)

static struct kern_cgroup *group_of(struct engine *engine, const struct step *step, struct err *err)
{
	return kern_cgroup_set_get(engine->cgroups, step->cgroup_set.mountpoint, step->cgroup_set.path, err);
}

/* What is written goes to one line of the file's table: that of a device or of an interface. */
static bool is_table(const char *file, const char *value)
{
	size_t len = strcspn(value, " ");

	return memchr(value, ':', len) || !strncmp(value, "default ", 8) ||
	       !strcmp(file, "net_prio.ifpriomap") || !strcmp(file, "rdma.max") || !strcmp(file, "misc.max");
}

/* "8:0 rbps=1 wbps=2" as "8:0 rbps=max wbps=max". */
static const char *all_max(struct arena *arena, const char *value)
{
	size_t len = strcspn(value, " ");
	const char *line = arena_printf(arena, "%.*s", (int)len, value);

	for (value += len; *value; value += strcspn(value, " ")) {
		value += strspn(value, " ");
		line = arena_printf(arena, "%s %.*s=max", line, (int)strcspn(value, "= "), value);
	}
	return line;
}

/* A device without a line has no limit: how that is written in this file. */
static const char *no_line(struct arena *arena, const char *file, const char *value)
{
	int len = (int)strcspn(value, " ");

	if (!strcmp(file, "io.max"))
		return all_max(arena, value);
	return arena_printf(arena, "%.*s %s", len, value,
			    !strcmp(file, "io.weight") || strstr(file, ".bfq.") ? "default" : "0");
}

static const char *table_line(struct arena *arena, const char *file, const char *text, const char *value)
{
	size_t len = strcspn(value, " ");

	for (const char *line = text; *line;) {
		size_t line_len = strcspn(line, "\n");

		if (line_len > len && !memcmp(line, value, len) && line[len] == ' ')
			return arena_printf(arena, "%.*s", (int)line_len, line);
		line += line_len + (line[line_len] == '\n');
	}
	return no_line(arena, file, value);
}

/* "+memory -pids" taken back: only what it changes of "cpu pids". */
static const char *controllers_back(struct arena *arena, const char *value, const char *text)
{
	const char *back = "";

	for (; *(value += strspn(value, " ")); value += strcspn(value, " ")) {
		const char *word = arena_printf(arena, " %.*s ", (int)strcspn(value + 1, " "), value + 1);
		bool on = strstr(arena_printf(arena, " %s ", text), word) != NULL;

		if (on == (*value == '-'))
			back = arena_printf(arena, "%s %c%.*s", back, on ? '+' : '-',
					    (int)strcspn(value + 1, " "), value + 1);
	}
	return *back ? back + 1 : NULL;
}

const char *values_text_now(struct arena *arena, const char *file, const char *value, const char *text)
{
	uint64_t disabled;

	if (!strcmp(file, "cgroup.subtree_control"))
		return controllers_back(arena, value, text);

	if (!strcmp(file, "memory.oom_control"))
		return kern_cgroup_text_key(text, "oom_kill_disable", &disabled)
			       ? arena_printf(arena, "%u", (unsigned)disabled)
			       : NULL;
	if (is_table(file, value))
		return table_line(arena, file, text, value);
	if (strchr(text, '\n'))
		return NULL;
	/* An empty list of CPUs: nothing at all would not even be a write. */
	return *text ? arena_strdup(arena, text) : "\n";
}

static struct value read_value(struct engine *engine, const struct step *step)
{
	const struct step_cgroup_set *set = &step->cgroup_set;
	const char *const files[] = { set->file, set->other_file };
	struct err unreadable = { 0 };
	struct kern_cgroup *group = group_of(engine, step, &unreadable);
	char text[VALUE_MAX];

	for (size_t i = 0; group && i < 2 && files[i]; i++) {
		unreadable = (struct err){ 0 };
		if (kern_cgroup_read(group, files[i], text, sizeof(text), &unreadable) >= 0)
			return (struct value){ .file = files[i],
					       .text = values_text_now(engine->arena, files[i], set->value,
								       text) };
	}
	return (struct value){ 0 };
}

struct value *values_remember(struct engine *engine)
{
	const struct plan *plan = engine->plan;
	struct value *values = arena_array(engine->arena, plan->count, sizeof(*values));

	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_CGROUP_SET)
			values[i] = read_value(engine, &plan->steps[i]);
	return values;
}

/* Some files stand twice in a plan, since the order matters: then the last write counts. */
static bool comes_again(const struct plan *plan, const struct value *values, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (values[i].file && !strcmp(values[i].file, values[at].file) &&
		    !strcmp(plan->steps[i].cgroup_set.mountpoint, plan->steps[at].cgroup_set.mountpoint))
			return true;
	return false;
}

void values_take_back(struct engine *engine, const struct value *values)
{
	const struct plan *plan = engine->plan;

	for (size_t i = plan->count; i-- > 0;) {
		struct err failure = { 0 };
		struct kern_cgroup *group;

		if (!engine->done[i] || !values[i].text)
			continue;
		group = group_of(engine, &plan->steps[i], &failure);
		if (group && kern_cgroup_write(group, values[i].file, values[i].text, true, &failure) &&
		    !comes_again(plan, values, i))
			log_error(&failure);
	}
}
