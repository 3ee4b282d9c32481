/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One case: the words of NAME.on, the spec, and the plan that comes of it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "golden.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "spec/spec.h"

#define DEFAULT_HOST "unified-6.1"

enum what { START, EXEC, UPDATE };

struct run {
	const char *path;
	struct arena *arena;
	struct host host;
	struct plan_request request;
	enum what what;
	bool json;
	struct spec *spec, *part; /* part: exec's process, update's resources */
	struct plan plan, other;  /* other: of the container that exec and update work on */
	struct err err;
};

static bool flag(struct run *run, const char *word)
{
	const struct {
		const char *word;
		bool *value;
	} flags[] = {
		{ "create", &run->request.detach_start },
		{ "no-pivot", &run->request.no_pivot },
		{ "no-new-keyring", &run->request.no_new_keyring },
		{ "rootless", &run->request.rootless },
		{ "json", &run->json },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(word, flags[i].word)) {
			*flags[i].value = true;
			return true;
		}
	return false;
}

static void take_word(struct run *run, const char *word)
{
	if (flag(run, word))
		return;
	if (!strcmp(word, "systemd"))
		run->request.cgroup_manager = PLAN_SYSTEMD;
	else if (!strcmp(word, "no-cgroup"))
		run->request.cgroup_manager = PLAN_NO_CGROUP;
	else if (!strcmp(word, "exec"))
		run->what = EXEC;
	else if (!strcmp(word, "update"))
		run->what = UPDATE;
	else if (!strncmp(word, "id=", 3))
		run->request.id = arena_strdup(run->arena, word + 3);
	else if (!strncmp(word, "pid-file=", 9))
		run->request.pid_file = arena_strdup(run->arena, word + 9);
	else
		golden_host_read(word, run->arena, &run->host);
}

/* NAME.on: the host's name and what the command line says, in any order. */
static void read_on(struct run *run)
{
	size_t len;
	auto_free char *text = golden_read(arena_printf(run->arena, "%s.on", run->path), &len);
	char *rest = text;

	run->request.id = "box";
	golden_host_read(DEFAULT_HOST, run->arena, &run->host);
	for (char *word; (word = strsep(&rest, " \n"));)
		if (*word)
			take_word(run, word);
}

static int read_specs(struct run *run)
{
	const char *file = strrchr(run->path, '/') + 1;
	const char *kind = run->what == EXEC ? "process" : "resources";
	const char *part_file = arena_printf(run->arena, "%s.%s", file, kind);
	size_t len, part_len;
	auto_free char *text = golden_read(arena_printf(run->arena, "%s.json", run->path), &len);
	auto_free char *part = NULL;

	run->spec = spec_read(text, len, arena_printf(run->arena, "%s.json", file), "/bundle", &run->err);
	if (!run->spec || run->what == START)
		return run->spec ? 0 : -1;
	part = golden_read(arena_printf(run->arena, "%s.%s", run->path, kind), &part_len);
	cr_assert(part, "there is no %s.%s", run->path, kind);
	run->part = (run->what == EXEC ? spec_read_process : spec_read_resources)(part, part_len, part_file,
										  &run->err);
	return run->part ? 0 : -1;
}

/* The container's cgroups, as the state file would have them. */
static struct step *attached(struct run *run)
{
	struct step *steps = arena_array(run->arena, run->other.cgroup_count, sizeof(*steps));

	for (size_t i = 0; i < run->other.cgroup_count; i++) {
		steps[i] = *run->other.cgroups[i];
		steps[i].kind = STEP_CGROUP_ATTACH;
		steps[i].where = "";
	}
	return steps;
}

static const char *scope_of(const struct run *run)
{
	for (size_t i = 0; i < run->other.count; i++)
		if (run->other.steps[i].kind == STEP_CGROUP_SYSTEMD)
			return run->other.steps[i].systemd.scope;
	return NULL;
}

static int build(struct run *run)
{
	struct plan_exec_request exec = { .id = run->request.id,
					  .container = run->spec,
					  .no_new_keyring = run->request.no_new_keyring,
					  .pid_file = run->request.pid_file };
	struct plan_update_request update = { 0 };

	if (run->what == START)
		return plan_build(&run->plan, run->spec, &run->host, &run->request, &run->err);
	if (plan_build(&run->other, run->spec, &run->host, &run->request, &run->err))
		return -1;
	if (run->what == UPDATE) {
		update.resources = &run->part->linux_.resources;
		update.cgroups = attached(run);
		update.cgroup_count = run->other.cgroup_count;
		update.systemd_scope = scope_of(run);
		update.systemd_user = !run->host.privileged;
		return plan_build_update(&run->plan, &run->host, &update, &run->err);
	}
	exec.process = &run->part->process;
	exec.cgroups = attached(run);
	exec.cgroup_count = run->other.cgroup_count;
	return plan_build_exec(&run->plan, &run->host, &exec, &run->err);
}

static void print_warnings(const struct spec *spec, struct strbuf *out)
{
	for (size_t i = 0; spec && i < spec->warnings.count; i++)
		strbuf_printf(out, "warning: %s\n", spec->warnings.items[i]);
	for (size_t i = 0; spec && i < spec->unknown.count; i++)
		strbuf_printf(out, "unknown: %s\n", spec->unknown.items[i]);
}

static void print_all_warnings(const struct run *run, struct strbuf *out)
{
	print_warnings(run->spec, out);
	print_warnings(run->part, out);
	for (size_t i = 0; i < run->plan.warning_count; i++)
		strbuf_printf(out, "warning: %s\n", run->plan.warnings[i]);
}

static void print_error(const struct err *err, struct strbuf *out)
{
	char text[2048];

	strbuf_printf(out, "%s\n", err_text(err, text, sizeof(text)));
	if (*err->hint)
		strbuf_printf(out, "hint: %s\n", err->hint);
}

static void print_plan(const struct run *run, struct strbuf *out)
{
	struct json *json;

	if (!run->json) {
		plan_print(&run->plan, out);
		return;
	}
	json = plan_json(&run->plan);
	json_print(json, true, out);
	strbuf_puts(out, "\n");
	json_free(json);
}

bool golden_make(const char *path, bool as_json, struct strbuf *out)
{
	struct run run = { .path = path, .arena = arena_new() };
	bool failed;

	strbuf_puts(out, "");
	read_on(&run);
	failed = read_specs(&run) || build(&run);
	run.json = run.json || as_json;
	if (!as_json)
		print_all_warnings(&run, out);
	if (failed)
		print_error(&run.err, out);
	else
		print_plan(&run, out);
	if (run.plan.arena)
		plan_free(&run.plan);
	if (run.other.arena)
		plan_free(&run.other);
	spec_free(run.part);
	spec_free(run.spec);
	arena_free(run.arena);
	return failed;
}
