/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: the declarative form. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "common/rows.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"

struct apply_options {
	const char *file;
	bool dry_run, verbose;
};

static const struct option_entry entries[] = {
	{ "file", 'f', "FILE", "the configuration (default: \"-\", standard input)", OPTION_TEXT,
	  offsetof(struct apply_options, file), NULL },
	{ "dry-run", 'n', NULL, "print what would be changed, and change nothing", OPTION_FLAG,
	  offsetof(struct apply_options, dry_run), NULL },
	{ "verbose", 'v', NULL, "print what is changed", OPTION_FLAG, offsetof(struct apply_options, verbose),
	  NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static int read_text(const char *path, char **text, size_t *len, struct err *err)
{
	bool standard = !strcmp(path, "-");

	if ((standard ? file_read_fd(STDIN_FILENO, JSON_SIZE_MAX, text, len)
		      : file_read_at(AT_FDCWD, path, JSON_SIZE_MAX, text, len)) == 0)
		return 0;
	return err_system(err, "read", "%s", standard ? "standard input" : path);
}

static struct spec *read_file(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	auto_free char *text = NULL;
	size_t len;

	if (read_text(path, &text, &len, err))
		return NULL;
	return spec_read_net(text, len, !strcmp(path, "-") ? "standard input" : slash ? slash + 1 : path, err);
}

/* The host's network is not made by nsnet: in a container spec it means "no namespace". */
static int check(const struct spec_net *net, const char *file, struct err *err)
{
	if (!net->interface_count || net->interfaces[0].type != SPEC_NET_NONE)
		return 0;
	err_set(err, ERR_SPEC, "", "none is for a container that shares the host's network: TARGET has its own");
	return err_where(err, file, "/networks/0/type");
}

static int apply(const struct nsnet_target *target, const struct spec *spec, const struct apply_options *options,
		 struct err *err)
{
	auto_strbuf struct strbuf text = { 0 };
	struct run_net_changes changes = { .text = &text, .dry_run = options->dry_run };

	if (run_net_apply(&target->run, spec->own.net, &changes, err))
		return err->where[0] ? err_where(err, spec->file, NULL) : -1;
	if ((options->dry_run || options->verbose) && text.text)
		fputs(text.text, stdout);
	return rows_flush(err);
}

static int apply_command(struct command_call *call, struct err *err)
{
	struct apply_options options = { .file = "-" };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret = -1;
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };
	struct spec *spec;

	if (read)
		return read < 0 ? -1 : 0;
	spec = read_file(options.file, err);
	if (spec && check(spec->own.net, spec->file, err) == 0 &&
	    nsnet_target_open(call, operands.items[0], options.dry_run ? 0 : NSNET_TARGET_NEW, &target, err) == 0) {
		ret = apply(&target, spec, &options, err);
		if (ret)
			nsnet_target_discard(&target);
	}
	spec_free(spec);
	return ret;
}

const struct command nsnet_apply = {
	.name = "apply",
	.synopsis = "[OPTIONS] TARGET",
	.summary = "bring the network to what a file says",
	.details = "The file has \"networks\", \"routes\" and \"firewall\" as nsinit-spec(5) describes them.\n"
		   "What is as it should be is not touched; what the file has no more is taken away.",
	.tables = tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = apply_command,
};
