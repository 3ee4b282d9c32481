/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/check.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "nsinit/source.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "run/run.h"
#include "spec/spec.h"
#include "spec/types.h"

struct check_options {
	const char *spec, *bundle, *config;
	bool json, host;
};

#define ENTRY(name, letter, argument, kind, field, help)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct check_options, field), NULL              \
	}

static const struct option_entry entries[] = {
	ENTRY("spec", 0, "FILE", OPTION_TEXT, spec, "the spec; - is standard input"),
	ENTRY("bundle", 'b', "DIR", OPTION_TEXT, bundle, "an OCI bundle: a directory with config.json"),
	ENTRY("config", 'f', "FILE", OPTION_TEXT, config,
	      "the spec's file in the bundle (default: config.json)"),
	ENTRY("json", 0, NULL, OPTION_FLAG, json, "print JSON"),
	ENTRY("host", 0, NULL, OPTION_FLAG, host, "print what this kernel has, and check no spec"),
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* ---- findings -------------------------------------------------------------------- */

static struct check_finding *add(struct check_findings *findings, enum check_level level, const char *where)
{
	struct check_finding *items = arena_array(findings->arena, findings->count + 1, sizeof(*items));

	if (findings->count)
		memcpy(items, findings->items, findings->count * sizeof(*items));
	findings->items = items;
	items += findings->count++;
	*items = (struct check_finding){ level, "", arena_strdup(findings->arena, where), "" };
	findings->failed |= level == CHECK_ERROR;
	return items;
}

void check_add(struct check_findings *findings, enum check_level level, const char *where, const char *format,
	       ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	add(findings, level, where)->text = arena_strdup(findings->arena, text);
}

static void add_err(struct check_findings *findings, const struct err *err)
{
	struct err bare = *err;
	char text[2048];
	struct check_finding *finding;

	/* The pointer is told apart from the text. */
	bare.file[0] = bare.where[0] = '\0';
	finding = add(findings, CHECK_ERROR, err->where);
	finding->text = arena_strdup(findings->arena, err_text(&bare, text, sizeof(text)));
	finding->hint = arena_strdup(findings->arena, err->hint);
}

/* "TEXT (FILE: POINTER)" of spec->warnings. */
static void add_warning(struct check_findings *findings, const char *warning)
{
	const char *bracket = strrchr(warning, '('), *pointer = bracket ? strrchr(bracket, ' ') : NULL;
	size_t len = strlen(warning);

	if (!pointer || bracket == warning || warning[len - 1] != ')') {
		check_add(findings, CHECK_WARNING, "", "%s", warning);
		return;
	}
	check_add(
		findings, CHECK_WARNING,
		arena_printf(findings->arena, "%.*s", (int)(warning + len - 1 - (pointer + 1)), pointer + 1),
		"%.*s", (int)(bracket - 1 - warning), warning);
}

static void add_notes(struct check_findings *findings, const struct spec *spec)
{
	for (size_t i = 0; i < spec->unknown.count; i++) {
		const char *near = i < spec->unknown_near.count ? spec->unknown_near.items[i] : "";

		if (*near)
			check_add(findings, CHECK_UNKNOWN, spec->unknown.items[i], "not known: \"%s\"?",
				  near);
		else
			check_add(findings, CHECK_UNKNOWN, spec->unknown.items[i], "not known");
	}
	for (size_t i = 0; i < spec->warnings.count; i++)
		add_warning(findings, spec->warnings.items[i]);
}

/* ---- checks ------------------------------------------------------------------------ */

static int check_plan(struct check_findings *findings, const struct spec *spec,
		      const struct run_context *context, struct err *err)
{
	struct plan_request request = { .id = "check",
					.cgroup_manager = (enum plan_cgroup_manager)context->cgroup_manager,
					.rootless = context->rootless };
	struct err unplanned = { 0 };
	struct plan plan = { 0 };
	struct host host;

	if (run_probe(&host, spec, findings->arena, err))
		return -1;
	if (plan_build(&plan, spec, &host, &request, &unplanned))
		add_err(findings, &unplanned);
	for (size_t i = 0; i < plan.warning_count; i++)
		add_warning(findings, plan.warnings[i]);
	if (!host.privileged)
		check_id_maps(findings, spec);
	check_layers(findings, spec, host.privileged);
	plan_free(&plan);
	return 0;
}

/* *spec stays NULL where it could not be read: that is a finding. -1: there is nothing to check. */
static int read_spec(struct check_findings *findings, const struct check_options *options, bool rootless,
		     struct spec **spec, struct err *err)
{
	struct source source = { .spec = options->spec,
				 .bundle = options->bundle,
				 .config = options->config,
				 .rootless_default = rootless };
	struct err unread = { 0 };

	if (!source_read_base(&source, spec, &unread))
		return 0;
	if (unread.kind != ERR_SPEC) {
		*err = unread;
		return -1;
	}
	add_err(findings, &unread);
	return 0;
}

static int check_all(struct check_findings *findings, const struct check_options *options,
		     const struct run_context *context, struct err *err)
{
	struct spec *spec = NULL;
	int ret = read_spec(findings, options, context->rootless, &spec, err);

	if (ret || !spec)
		return ret;
	add_notes(findings, spec);
	ret = check_plan(findings, spec, context, err);
	if (!ret)
		check_against_host(findings, spec);
	spec_free(spec);
	return ret;
}

/* ---- what is printed ----------------------------------------------------------------- */

static const char *const level_names[] = { "error", "warning", "unknown" };

static void print_text(const struct check_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct check_finding *finding = &findings->items[i];

		printf("%s: %s%s%s\n", level_names[finding->level], finding->where,
		       *finding->where ? ": " : "", finding->text);
		if (*finding->hint)
			printf("hint: %s\n", finding->hint);
	}
	if (!findings->failed)
		puts("this host can run it");
}

static void print_json(const struct check_findings *findings)
{
	struct json *result = json_object(), *array;

	json_set_bool(result, "ok", !findings->failed);
	array = json_set_array(result, "findings");
	for (size_t i = 0; i < findings->count; i++) {
		const struct check_finding *finding = &findings->items[i];
		struct json *object = json_add_object(array);

		json_set_string(object, "level", level_names[finding->level]);
		json_set_string(object, "where", finding->where);
		json_set_string(object, "message", finding->text);
		if (*finding->hint)
			json_set_string(object, "hint", finding->hint);
	}
	rows_print_json(result, true);
	json_free(result);
}

static void print_scalar(const struct json_at *at)
{
	struct err other = { 0 };
	const char *text;
	int64_t number;
	bool is;

	if (json_is_object(at) || json_is_array(at))
		return;
	if (json_is_string(at) && !json_read_string(at, &text, &other))
		printf("%s", text);
	else if (!json_read_bool(at, &is, &other))
		printf("%s", is ? "yes" : "no");
	else if (!json_read_i64(at, INT64_MIN, INT64_MAX, &number, &(struct err){ 0 }))
		printf("%lld", (long long)number);
}

static bool is_word_list(const struct json_at *at)
{
	struct json_at item = { 0 };

	if (!json_is_array(at))
		return false;
	while (json_next(at, &item))
		if (!json_is_string(&item))
			return false;
	return true;
}

/* "caller.uid: 0" a line. */
static void print_facts(const struct json_at *at, const char *name)
{
	struct json_at item = { 0 };

	for (size_t i = 0; json_next(at, &item); i++) {
		char below[256];

		if (json_is_array(at))
			snprintf(below, sizeof(below), "%s.%zu", name, i);
		else
			snprintf(below, sizeof(below), "%s%s%s", name, *name ? "." : "", item.key);
		if (json_is_object(&item) || (json_is_array(&item) && !is_word_list(&item))) {
			print_facts(&item, below);
			continue;
		}
		printf("%s:", below);
		for (struct json_at word = { 0 }; json_is_array(&item) && json_next(&item, &word);) {
			putchar(' ');
			print_scalar(&word);
		}
		if (!json_is_array(&item))
			putchar(' ');
		print_scalar(&item);
		putchar('\n');
	}
}

/* Numbers are only read from a document that was parsed. */
static int print_host_text(const struct json *facts, struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };
	struct json_at root;
	struct json *parsed;

	json_print(facts, false, &text);
	parsed = json_parse(text.text, text.len, "facts", err);
	if (!parsed)
		return -1;
	root = json_root(parsed, "facts");
	print_facts(&root, "");
	json_free(parsed);
	return 0;
}

static int print_host(const struct run_context *context, bool as_json, struct err *err)
{
	struct json *facts = check_host_facts(context, err);
	int ret = 0;

	if (!facts)
		return -1;
	if (as_json)
		rows_print_json(facts, true);
	else
		ret = print_host_text(facts, err);
	json_free(facts);
	return ret || rows_flush(err) ? -1 : 0;
}

static int check(struct command_call *call, const struct check_options *options, struct err *err)
{
	struct check_findings findings = { 0 };
	int ret;

	if (options->host && (options->spec || options->bundle || options->config))
		return err_set(err, ERR_USAGE, "", "--host does not go with %s",
			       options->spec     ? "--spec"
			       : options->bundle ? "--bundle"
						 : "--config");
	if (options->host)
		return print_host(nsinit_context(call), options->json, err);
	findings.arena = arena_new();
	ret = check_all(&findings, options, nsinit_context(call), err);
	if (!ret) {
		if (options->json)
			print_json(&findings);
		else
			print_text(&findings);
		call->status = findings.failed ? STATUS_FAILED : 0;
		ret = rows_flush(err);
	}
	arena_free(findings.arena);
	return ret;
}

static int check_command(struct command_call *call, struct err *err)
{
	struct check_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	return check(call, &options, err);
}

const struct command nsinit_check = {
	.name = "check",
	.synopsis = "[OPTIONS]",
	.summary = "check a spec, and whether this host can run it",
	.details = "The spec is found as run finds it: --spec FILE, or config.json of --bundle DIR, or\n"
		   "./config.json, or the built-in default. Nothing is started or changed. The exit status\n"
		   "is 1 where there is an error; warnings and members that are not known are no error.\n",
	.tables = tables,
	.run = check_command,
};
