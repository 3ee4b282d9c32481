/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/describe.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "nsinit/source.h"
#include "run/run.h"
#include "spec/spec.h"
#include "spec/types.h"

struct spec_options {
	const char *spec, *bundle;
	bool rootless;
};

static const struct option_entry entries[] = {
	{ "bundle", 'b', "DIR", "write DIR/config.json, for a root in DIR/rootfs", OPTION_TEXT,
	  offsetof(struct spec_options, bundle), NULL },
	{ "spec", 0, "FILE", "change this spec; - is standard input", OPTION_TEXT,
	  offsetof(struct spec_options, spec), NULL },
	{ "rootless", 0, NULL, "for a user without privileges (for one, the built-in default is)",
	  OPTION_FLAG, offsetof(struct spec_options, rootless), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, DESCRIBE_TABLES, NULL };

/* A bundle may be moved: what lies in it is named from there. */
static int make_relative(struct spec *spec, const char *bundle, struct err *err)
{
	auto_free char *folder = realpath(bundle, NULL);
	size_t len;

	if (!folder)
		return err_system(err, "open", "%s", bundle);
	len = strlen(folder);
	if (spec->root.path && !strncmp(spec->root.path, folder, len) && spec->root.path[len] == '/' &&
	    spec->root.path[len + 1])
		spec->root.path += len + 1;
	return 0;
}

/* Never over one that is there. */
static int write_file(const char *path, const char *text, size_t len, struct err *err)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0) {
		err_system(err, "create", "%s", path);
		return err->errnum == EEXIST ? err_hint(err, "it is not overwritten: move it away first")
					     : -1;
	}
	if (!file_write_fd(fd, text, len))
		return 0;
	err_system(err, "write", "%s", path);
	unlink(path);
	return -1;
}

static int write_config(struct spec *spec, const char *bundle, struct err *err)
{
	auto_free char *path = memory_printf("%s/config.json", bundle);
	auto_strbuf struct strbuf text = { 0 };
	struct json *json;

	if (make_relative(spec, bundle, err))
		return -1;
	json = spec_write(spec);
	json_print(json, true, &text);
	json_free(json);
	strbuf_puts(&text, "\n");
	return write_file(path, text.text, text.len, err);
}

static int print(const struct spec *spec, struct err *err)
{
	struct json *json = spec_write(spec);

	rows_print_json(json, true);
	json_free(json);
	return rows_flush(err);
}

static int make(const struct spec_options *options, const struct source *given,
		const struct option_operands *operands, struct err *err)
{
	struct source source = *given;
	struct spec *spec = NULL;
	auto_free char *text = NULL;
	size_t len;
	int ret;

	if (operands->dashes > 0 || (operands->dashes < 0 && operands->count > 0)) {
		err_set(err, ERR_USAGE, "", "spec: unexpected \"%.200s\"", operands->items[0]);
		return err_hint(err, "the command to run follows --: nsinit spec [OPTIONS] -- COMMAND");
	}
	if (operands->dashes == 0) {
		source.command = operands->items;
		source.command_count = operands->count;
	}
	if (source_read(&source, &spec, &text, &len, err))
		return -1;
	ret = options->bundle ? write_config(spec, options->bundle, err) : print(spec, err);
	spec_free(spec);
	return ret;
}

static int spec_command(struct command_call *call, struct err *err)
{
	struct spec_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	struct describe *describe = describe_new();
	int ret = command_options(call, (void *[]){ &options, DESCRIBE_TARGETS(describe) }, &operands, err);
	struct source source;

	source = (struct source){ .spec = options.spec,
				  .describe = describe,
				  .rootless = options.rootless,
				  .rootless_default = nsinit_context(call)->rootless && !options.bundle,
				  .example = options.bundle && !options.spec };
	if (!ret)
		ret = make(&options, &source, &operands, err);
	describe_free(describe);
	return ret < 0 ? -1 : 0;
}

const struct command nsinit_spec = {
	.name = "spec",
	.synopsis = "[OPTIONS] [-- COMMAND [ARGUMENT...]]",
	.summary = "print the spec that run would run with these options",
	.details = "Without --bundle the JSON goes to standard output. What the options change is found as\n"
		   "run finds it: --spec FILE, else ./config.json where there is one, else the built-in\n"
		   "default. With --bundle DIR they change an example with its root in DIR/rootfs and a\n"
		   "terminal, which is written to DIR/config.json.\n",
	.tables = tables,
	.max_operands = -1,
	.run = spec_command,
};
