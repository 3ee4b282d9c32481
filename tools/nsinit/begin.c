/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/describe.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/begin.h"
#include "nsinit/nsinit.h"
#include "nsinit/source.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "run/run.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/state.h"

#define ID_BYTES 6 /* of an id made up by us: 12 hexadecimal digits */

struct begin_options {
	const char *bundle, *config, *spec, *pid_file, *console_socket, *pidfd_socket;
	uint32_t preserve_fds;
	bool no_pivot, no_new_keyring, no_subreaper, dry_run, json, timing;
};

struct run_options {
	bool detach, keep;
};

struct begin {
	struct begin_options options;
	struct run_options run;
	struct describe *describe;
	struct option_operands operands;
	struct run_context context;
	struct spec *spec;
	char *text, *pid_file, *made_up;
	const char *id;
	struct plan_request plan;
	struct run_request request;
};

#define ENTRY(name, letter, argument, help, kind, field)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct begin_options, field), NULL              \
	}

static const struct option_entry begin_entries[] = {
	ENTRY("spec", 0, "FILE", "the container's JSON spec; - is standard input", OPTION_TEXT, spec),
	ENTRY("bundle", 'b', "DIR", "an OCI bundle: a directory with config.json", OPTION_TEXT, bundle),
	ENTRY("config", 'f', "FILE", "the spec's file in the bundle (default: config.json)", OPTION_TEXT,
	      config),
	ENTRY("pid-file", 0, "FILE", "write the process id there", OPTION_TEXT, pid_file),
	ENTRY("console-socket", 0, "PATH", "send the terminal's master to this AF_UNIX socket", OPTION_TEXT,
	      console_socket),
	ENTRY("pidfd-socket", 0, "PATH", "send a pidfd of the process to this AF_UNIX socket", OPTION_TEXT,
	      pidfd_socket),
	ENTRY("preserve-fds", 0, "N", "pass on N descriptors after standard error", OPTION_UNSIGNED,
	      preserve_fds),
	ENTRY("no-pivot", 0, NULL, "move the root and chroot instead of pivot_root: for a root on ramfs",
	      OPTION_FLAG, no_pivot),
	ENTRY("no-new-keyring", 0, NULL, "keep the caller's session keyring", OPTION_FLAG, no_new_keyring),
	ENTRY("no-subreaper", 0, NULL, "do not adopt what the container leaves behind", OPTION_FLAG,
	      no_subreaper),
	ENTRY("dry-run", 'n', NULL, "print the steps and do nothing", OPTION_FLAG, dry_run),
	ENTRY("json", 0, NULL, "with --dry-run: as JSON", OPTION_FLAG, json),
	ENTRY("timing", 0, NULL, "print to standard error how long each step took", OPTION_FLAG, timing),
};

static const struct option_entry run_entries[] = {
	{ "detach", 'd', NULL, "return when the container runs, and print an id that was made up",
	  OPTION_FLAG, offsetof(struct run_options, detach), NULL },
	{ "keep", 0, NULL, "do not delete the container when it ends", OPTION_FLAG,
	  offsetof(struct run_options, keep), NULL },
};

static const struct option_table begin_table = { "Options", begin_entries, ARRAY_SIZE(begin_entries) };
static const struct option_table run_table = { "In the foreground and not", run_entries,
					       ARRAY_SIZE(run_entries) };

const struct option_table *const begin_create_tables[] = { &begin_table, DESCRIBE_TABLES, NULL };
const struct option_table *const begin_run_tables[] = { &begin_table, &run_table, DESCRIBE_TABLES, NULL };

static int read_options(struct begin *begin, struct command_call *call, bool create, struct err *err)
{
	struct describe *d = begin->describe;

	if (create)
		return command_options(call, (void *[]){ &begin->options, DESCRIBE_TARGETS(d) },
				       &begin->operands, err);
	return command_options(call, (void *[]){ &begin->options, &begin->run, DESCRIBE_TARGETS(d) },
			       &begin->operands, err);
}

/* [ID] [-- COMMAND...] */
static int read_operands(struct begin *begin, bool create, struct err *err)
{
	const struct option_operands *operands = &begin->operands;
	int before = operands->dashes < 0 ? operands->count : operands->dashes;
	unsigned char bytes[ID_BYTES];

	if (before > 1) {
		err_set(err, ERR_USAGE, "", "one container id is expected, found also \"%.100s\"",
			operands->items[1]);
		return err_hint(err, "the command to run follows --: nsinit run [ID] -- COMMAND");
	}
	if (before == 0 && create)
		return err_set(err, ERR_USAGE, "", "no container id");
	if (before == 1) {
		begin->id = operands->items[0];
		return state_id_check(begin->id, err);
	}
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return err_system(err, "getrandom", "a container id");
	begin->made_up = memory_printf("%02x%02x%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3],
				       bytes[4], bytes[5]);
	begin->id = begin->made_up;
	return 0;
}

static int read_spec(struct begin *begin, bool create, struct err *err)
{
	const struct begin_options *options = &begin->options;
	int dashes = begin->operands.dashes;
	struct source source = { .spec = options->spec,
				 .bundle = options->bundle,
				 .config = options->config,
				 .describe = begin->describe,
				 .engine = create,
				 .rootless_default = begin->context.rootless };

	if (dashes >= 0) {
		source.command = begin->operands.items + dashes;
		source.command_count = begin->operands.count - dashes;
	}
	return source_read(&source, &begin->spec, &begin->text, &begin->request.config_len, err);
}

static int check_options(const struct begin_options *options, struct err *err)
{
	if (options->json && !options->dry_run)
		return err_set(err, ERR_USAGE, "--json", "only goes with --dry-run");
	return 0;
}

static void fill_request(struct begin *begin, const struct nsinit_fds *fds, bool create)
{
	const struct begin_options *options = &begin->options;

	begin->context.timing = options->timing;
	begin->plan = (struct plan_request){
		.id = begin->id,
		.detach_start = create,
		.no_pivot = options->no_pivot,
		.no_new_keyring = options->no_new_keyring,
		.cgroup_manager = (enum plan_cgroup_manager)begin->context.cgroup_manager,
		.rootless = begin->context.rootless,
		.pid_file = begin->pid_file,
	};
	begin->request.spec = begin->spec;
	begin->request.config = begin->text;
	begin->request.plan = &begin->plan;
	begin->request.console_socket = options->console_socket;
	begin->request.pidfd_socket = options->pidfd_socket;
	begin->request.preserve_fds = fds->preserved;
	begin->request.listen = (struct run_listen){ fds->listen, fds->listen_names };
	begin->request.detach = begin->run.detach;
	begin->request.keep = begin->run.keep;
	begin->request.last = !create;
	begin->request.no_subreaper = options->no_subreaper;
}

static int read_all(struct begin *begin, bool create, struct err *err)
{
	struct nsinit_fds fds = { .preserved = begin->options.preserve_fds };

	if (check_options(&begin->options, err) || read_operands(begin, create, err) ||
	    nsinit_inherit_fds(&fds, err) || nsinit_absolute(begin->options.pid_file, &begin->pid_file, err))
		return -1;
	/* One that we made up would tell nobody anything. */
	if (!begin->made_up)
		log_set_subject(begin->id);
	if (read_spec(begin, create, err))
		return -1;
	fill_request(begin, &fds, create);
	return 0;
}

int begin_read(struct begin **result, struct command_call *call, bool create, struct err *err)
{
	struct begin *begin = memory_zalloc(1, sizeof(*begin));
	int ret;

	begin->context = *nsinit_context(call);
	begin->describe = describe_new();
	ret = read_options(begin, call, create, err);
	*result = begin;
	if (ret > 0) {
		begin_free(begin);
		*result = NULL;
		return 0;
	}
	return ret < 0 ? -1 : read_all(begin, create, err);
}

void begin_free(struct begin *begin)
{
	if (!begin)
		return;
	spec_free(begin->spec);
	describe_free(begin->describe);
	option_operands_free(&begin->operands);
	free(begin->text);
	free(begin->pid_file);
	free(begin->made_up);
	free(begin);
}

const struct run_context *begin_context(const struct begin *begin)
{
	return &begin->context;
}

const struct run_request *begin_request(const struct begin *begin)
{
	return &begin->request;
}

const char *begin_id(const struct begin *begin)
{
	return begin->id;
}

bool begin_id_is_made_up(const struct begin *begin)
{
	return begin->made_up != NULL;
}

bool begin_is_dry(const struct begin *begin)
{
	return begin->options.dry_run;
}

int begin_print_plan(const struct begin *begin, struct err *err)
{
	struct arena *arena = arena_new();
	struct host host = { 0 };
	struct plan plan = { 0 };
	auto_strbuf struct strbuf text = { 0 };
	struct json *json;
	int ret = run_probe(&host, begin->spec, arena, err);

	if (!ret)
		ret = plan_build(&plan, begin->spec, &host, &begin->plan, err);
	for (size_t i = 0; i < plan.warning_count; i++)
		log_warning("%s", plan.warnings[i]);
	if (!ret && begin->options.json) {
		json = plan_json(&plan);
		rows_print_json(json, true);
		json_free(json);
	} else if (!ret) {
		plan_print(&plan, &text);
		fputs(text.text ? text.text : "", stdout);
	}
	plan_free(&plan);
	arena_free(arena);
	return ret;
}
