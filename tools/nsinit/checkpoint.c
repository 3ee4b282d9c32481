/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/option.h"
#include "kern/criu.h"
#include "nsinit/checkpoint.h"
#include "nsinit/commands.h"
#include "nsinit/nsinit.h"
#include "run/checkpoint.h"
#include "run/run.h"

#define ENTRY(name, argument, help, kind, field)                                                             \
	{                                                                                                    \
		name, 0, argument, help, kind, offsetof(struct checkpoint_options, field), NULL              \
	}

static const struct option_entry common_entries[] = {
	ENTRY("image-path", "DIR", "where the image files are (default: ./checkpoint)", OPTION_TEXT, image_path),
	ENTRY("work-path", "DIR", "where logs and statistics go (default: the same)", OPTION_TEXT, work_path),
	ENTRY("tcp-established", NULL, "with TCP connections that are established", OPTION_FLAG, tcp_established),
	ENTRY("ext-unix-sk", NULL, "with Unix sockets whose other end is outside", OPTION_FLAG, ext_unix_sk),
	ENTRY("shell-job", NULL, "on the caller's terminal and in its session", OPTION_FLAG, shell_job),
	ENTRY("file-locks", NULL, "with file locks", OPTION_FLAG, file_locks),
	ENTRY("manage-cgroups-mode", "soft|full|strict|ignore", "what becomes of the cgroups (default: soft)",
	      OPTION_CHOICE, cgroups),
	ENTRY("empty-ns", "network", "without what is in the network namespace", OPTION_TEXT, empty_ns),
	ENTRY("auto-dedup", NULL, "free in the images before what is in later ones", OPTION_FLAG, auto_dedup),
};

const struct option_table checkpoint_table = { "What CRIU does", common_entries, ARRAY_SIZE(common_entries) };

int checkpoint_fill(const struct checkpoint_options *options, struct run_checkpoint *checkpoint, struct err *err)
{
	static const enum kern_criu_cgroups modes[] = { KERN_CRIU_CG_SOFT, KERN_CRIU_CG_FULL,
							KERN_CRIU_CG_STRICT, KERN_CRIU_CG_IGNORE };

	if (options->empty_ns && strcmp(options->empty_ns, "network") != 0) {
		err_set(err, ERR_USAGE, "--empty-ns", "expected network, the only one that CRIU can leave empty");
		return err_object(err, "%s", options->empty_ns);
	}
	checkpoint->images = options->image_path ? options->image_path : "checkpoint";
	checkpoint->work = options->work_path;
	checkpoint->cgroups = modes[options->cgroups];
	checkpoint->tcp_established = options->tcp_established;
	checkpoint->ext_unix_sk = options->ext_unix_sk;
	checkpoint->shell_job = options->shell_job;
	checkpoint->file_locks = options->file_locks;
	checkpoint->auto_dedup = options->auto_dedup;
	checkpoint->empty_network = options->empty_ns != NULL;
	return 0;
}

struct dump_options {
	const char *parent_path;
	bool leave_running, pre_dump;
};

static const struct option_entry dump_entries[] = {
	{ "leave-running", 'R', NULL, "the container runs on", OPTION_FLAG,
	  offsetof(struct dump_options, leave_running), NULL },
	{ "pre-dump", 'P', NULL, "only its memory; the container runs on", OPTION_FLAG,
	  offsetof(struct dump_options, pre_dump), NULL },
	{ "parent-path", 0, "DIR", "the images before, relative to --image-path: only what changed is written",
	  OPTION_TEXT, offsetof(struct dump_options, parent_path), NULL },
};

static const struct option_table dump_table = { "Options", dump_entries, ARRAY_SIZE(dump_entries) };
static const struct option_table *const dump_tables[] = { &dump_table, &checkpoint_table, NULL };

static int checkpoint_command(struct command_call *call, struct err *err)
{
	struct dump_options dump = { 0 };
	struct checkpoint_options options = { 0 };
	struct run_checkpoint checkpoint = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &dump, &options }, &operands, err);

	if (read)
		return read < 0 ? -1 : 0;
	log_set_subject(operands.items[0]);
	if (checkpoint_fill(&options, &checkpoint, err))
		return -1;
	checkpoint.parent = dump.parent_path;
	checkpoint.leave_running = dump.leave_running;
	checkpoint.pre_dump = dump.pre_dump;
	return run_checkpoint(nsinit_context(call), operands.items[0], &checkpoint, err);
}

const struct command nsinit_checkpoint = {
	.name = "checkpoint",
	.synopsis = "[OPTIONS] ID",
	.summary = "write a container's processes to files, by CRIU, and end it",
	.details = "nsinit restore makes them again from these files.\n",
	.tables = dump_tables,
	.min_operands = 1,
	.max_operands = 1,
	.run = checkpoint_command,
};
