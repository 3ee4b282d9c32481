/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program with other capabilities, ids and securebits: what setpriv(1) and capsh(8) do. */
#include <limits.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "common/command.h"
#include "common/option.h"
#include "kern/caps.h"
#include "kern/cred.h"
#include "kern/exec.h"
#include "kern/process.h"
#include "kern/securebits.h"
#include "nscaps/commands.h"
#include "nscaps/run_sets.h"
#include "nscaps/run_user.h"

struct run_options {
	struct run_sets_request sets;
	const char *user, *groups, *securebits;
	bool no_new_privs;
};

#define ENTRY(name, letter, argument, help, kind, field)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct run_options, field), NULL                \
	}

static const struct option_entry entries[] = {
	ENTRY("keep", 'k', "SET", "the program has these and no others", OPTION_TEXT, sets.keep),
	ENTRY("drop", 'd', "SET", "the program has not these, in no set", OPTION_TEXT, sets.drop),
	ENTRY("bounding", 'b', "SET", "the bounding set", OPTION_TEXT, sets.bounding),
	ENTRY("inheritable", 'i', "SET", "the inheritable set", OPTION_TEXT, sets.inheritable),
	ENTRY("ambient", 'a', "SET", "the ambient set; what is in it becomes inheritable too", OPTION_TEXT,
	      sets.ambient),
	ENTRY("user", 'u', "USER[:GROUP]", "run as this user, without other groups", OPTION_TEXT, user),
	ENTRY("groups", 'g', "GROUP,...|none|keep|init", "the supplementary groups; init: the user's own", OPTION_TEXT,
	      groups),
	ENTRY("no-new-privs", 'n', NULL, "execve gives no privileges from now on", OPTION_FLAG, no_new_privs),
	ENTRY("securebits", 's', "BIT,...", "the securebits: noroot, keep_caps_locked, ...", OPTION_TEXT, securebits),
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* All of it is known before anything is changed. */
struct run {
	struct run_user user;
	struct kern_caps have, want;
	bool changes_securebits, no_new_privs;
	uint32_t securebits;
};

static int prepare(const struct run_options *options, struct run *run, struct err *err)
{
	uint32_t bits;

	if (run_user_read(options->user, options->groups, &run->user, err) ||
	    kern_securebits_get(&bits, err) || kern_caps_get(&run->have, err))
		return -1;
	run->securebits = bits;
	if (options->securebits && run_sets_securebits(options->securebits, bits, &run->securebits, err))
		return -1;
	run->changes_securebits = run->securebits != bits;
	run->no_new_privs = options->no_new_privs;
	return run_sets_make(&options->sets, &run->have, run->user.uid == 0 && !(run->securebits & SECBIT_NOROOT),
			     &run->want, err);
}

static int change_ids(const struct run_user *user, struct err *err)
{
	const struct kern_cred cred = { .uid = user->uid, .gid = user->gid, .groups = user->groups,
					.group_count = user->group_count, .keep_groups = user->keep_groups };

	/* Of the permitted set something is needed behind it. */
	return kern_caps_keep(err) || kern_cred_set(&cred, err) || kern_caps_raise(err) ? -1 : 0;
}

/*
 * Inheritable before bounding: what is no longer bounding cannot be made
 * inheritable. Ambient behind the ids, whose change may clear it, and before
 * the securebits, which may forbid it.
 */
static int change(const struct run *run, struct err *err)
{
	struct kern_caps now = run->have;
	bool sets = run->want.inheritable != run->have.inheritable || run->want.ambient != run->have.ambient ||
		    run->user.given;

	now.effective = now.permitted;
	now.inheritable = run->want.inheritable;
	now.ambient = 0;
	if (sets && kern_caps_apply(&now, err))
		return -1;
	if (run->want.bounding != run->have.bounding && kern_caps_bound(run->want.bounding, err))
		return -1;
	if (run->user.given && change_ids(&run->user, err))
		return -1;
	now.ambient = run->want.ambient;
	if (sets && kern_caps_apply(&now, err))
		return -1;
	if (run->changes_securebits && kern_securebits_set(run->securebits, err))
		return -1;
	if (run->no_new_privs && kern_process_no_new_privs(err))
		return -1;
	/* The program is looked for with what it will have itself. */
	return kern_caps_lower(run->want.permitted, err);
}

static int execute(char *const *args, struct err *err)
{
	char path[PATH_MAX];

	if (kern_exec_find(args[0], (const char *const *)environ, path, err)) {
		err->hint[0] = '\0';
		return -1;
	}
	return kern_exec(path, (const char *const *)args, (const char *const *)environ, err);
}

static int run_command(struct command_call *call, struct err *err)
{
	struct run_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret;
	struct run run = { 0 };

	if (read)
		return read < 0 ? -1 : 0;
	ret = prepare(&options, &run, err) || change(&run, err) || execute(operands.items, err) ? -1 : 0;
	free(run.user.groups);
	return ret;
}

const struct command nscaps_run = {
	.name = "run",
	.synopsis = "[OPTIONS] COMMAND [ARGUMENT...]",
	.summary = "run a program with other capabilities",
	.details = "A SET is names and numbers with commas, masks (0x3000), all, none, default;\n"
		   "\"-NAME\" and \"+NAME\" change: all,-sys_admin, or, at its beginning, what there is:\n"
		   "-net_raw. First comes --keep, then --drop, then the single sets. For a user other\n"
		   "than root what is kept is ambient, which is how it gets past execve.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.stop_at_operand = true,
	.hands_on_status = true,
	.run = run_command,
};
