/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/option.h"
#include "nsinit/exec_process.h"
#include "nsinit/nsinit.h"
#include "run/run.h"
#include "spec/names.h"
#include "spec/spec.h"
#include "spec/types.h"

struct user {
	bool has_uid, has_gid;
	uint32_t uid, gid;
};

struct exec_process {
	const char *file, *cwd, *apparmor, *selinux;
	struct user user;
	struct option_texts gids, env, caps;
	bool tty, no_new_privileges;

	struct arena *arena;
	struct spec *given, *own; /* of --process, of the container */
	struct spec_process process;
};

/* "UID", "UID:GID", "UID:", ":GID": numbers alone, for a name would be looked up in the container's files. */
static int parse_user(void *value, const char *text, struct err *err)
{
	struct user *user = value, read = { 0 };
	const char *colon = strchr(text, ':');
	auto_free char *uid = colon ? strndup(text, (size_t)(colon - text)) : memory_strdup(text);

	read.has_uid = uid && *uid;
	read.has_gid = colon && colon[1];
	if ((!read.has_uid && !read.has_gid) || (read.has_uid && number_id(uid, &read.uid)) ||
	    (read.has_gid && number_id(colon + 1, &read.gid))) {
		err_set(err, ERR_USAGE, "--user",
			"expected UID[:GID], numbers up to 4294967294, found \"%.100s\"", text);
		return -1;
	}
	*user = read;
	return 0;
}

#define ENTRY(name, letter, argument, help, kind, field)                                                     \
	{                                                                                                    \
		name, letter, argument, help, kind, offsetof(struct exec_process, field), NULL               \
	}

static const struct option_entry entries[] = {
	ENTRY("process", 'p', "FILE",
	      "an OCI process object, in place of the options here; - is standard input", OPTION_TEXT, file),
	ENTRY("tty", 't', NULL, "give it a terminal", OPTION_FLAG, tty),
	{ "user", 'u', "UID[:GID]", "run as these numbers (default: as the container's process)", OPTION_CALL,
	  offsetof(struct exec_process, user), parse_user },
	ENTRY("additional-gids", 'g', "GID", "another group; may be given again", OPTION_TEXTS, gids),
	ENTRY("cwd", 0, "DIR", "its working directory", OPTION_TEXT, cwd),
	ENTRY("env", 'e', "NAME=VALUE", "set a variable beside the container's own; may be given again",
	      OPTION_TEXTS, env),
	ENTRY("cap", 'c', "CAPABILITY", "add one; may be given again", OPTION_TEXTS, caps),
	ENTRY("no-new-privs", 0, NULL, "no gain of privileges by execve", OPTION_FLAG, no_new_privileges),
	ENTRY("apparmor", 0, "PROFILE", "its AppArmor profile", OPTION_TEXT, apparmor),
	ENTRY("process-label", 0, "LABEL", "its SELinux label", OPTION_TEXT, selinux),
};

const struct option_table exec_process_table = { "The process", entries, ARRAY_SIZE(entries) };

struct exec_process *exec_process_new(void)
{
	struct exec_process *options = memory_zalloc(1, sizeof(*options));

	options->arena = arena_new();
	return options;
}

void exec_process_free(struct exec_process *options)
{
	if (!options)
		return;
	option_texts_free(&options->gids);
	option_texts_free(&options->env);
	option_texts_free(&options->caps);
	spec_free(options->given);
	spec_free(options->own);
	arena_free(options->arena);
	free(options);
}

static int read_file(struct exec_process *options, struct err *err)
{
	auto_free char *text = NULL;
	size_t len;

	if (nsinit_read_text(options->file, &text, &len, err))
		return -1;
	options->given = spec_read_process(
		text, len, strcmp(options->file, "-") ? options->file : "standard input", err);
	if (!options->given)
		return -1;
	for (size_t i = 0; i < options->given->warnings.count; i++)
		log_warning("%s", options->given->warnings.items[i]);
	options->process = options->given->process;
	return 0;
}

static int read_groups(struct exec_process *options, struct err *err)
{
	struct spec_user *user = &options->process.user;

	if (!options->gids.count)
		return 0;
	user->additional_gids =
		arena_array(options->arena, options->gids.count, sizeof(*user->additional_gids));
	user->additional_gid_count = options->gids.count;
	for (size_t i = 0; i < options->gids.count; i++)
		if (number_id(options->gids.items[i], &user->additional_gids[i]))
			return err_set(err, ERR_USAGE, "--additional-gids",
				       "expected a number up to 4294967294, found \"%.100s\"",
				       options->gids.items[i]);
	return 0;
}

static int read_user(struct exec_process *options, struct err *err)
{
	struct spec_user *user = &options->process.user;

	if (options->user.has_uid || options->user.has_gid) {
		/* The container's other groups are those of its own user. */
		user->additional_gids = NULL;
		user->additional_gid_count = 0;
	}
	if (options->user.has_uid)
		user->uid = options->user.uid;
	if (options->user.has_gid)
		user->gid = options->user.gid;
	return read_groups(options, err);
}

/* The index of the variable among the first count, or count. */
static size_t find_variable(const char *const *env, size_t count, const char *variable)
{
	size_t len = (size_t)(strchr(variable, '=') - variable) + 1, i;

	for (i = 0; i < count; i++)
		if (!strncmp(env[i], variable, len))
			break;
	return i;
}

/* The container's environment, each of ours in the place of its namesake or behind. */
static int read_environment(struct exec_process *options, struct err *err)
{
	struct spec_strings *env = &options->process.env;
	const char **items = arena_array(options->arena, env->count + options->env.count + 1, sizeof(*items));
	size_t count = env->count;

	if (count)
		memcpy(items, env->items, count * sizeof(*items));
	for (size_t i = 0; i < options->env.count; i++) {
		const char *variable = options->env.items[i];
		size_t at;

		if (!strchr(variable, '=') || variable[0] == '=')
			return err_set(err, ERR_USAGE, "--env", "expected NAME=VALUE, found \"%.100s\"",
				       variable);
		at = find_variable(items, count, variable);
		items[at] = variable;
		count += at == count;
	}
	*env = (struct spec_strings){ .items = items, .count = count, .given = true };
	return 0;
}

/* Never into the inheritable set (CVE-2022-29162). */
static int read_capabilities(struct exec_process *options, struct err *err)
{
	struct spec_capabilities *capabilities = &options->process.capabilities;

	capabilities->inheritable &= capabilities->ambient;
	for (size_t i = 0; i < options->caps.count; i++) {
		unsigned number;

		if (spec_capability_parse(options->caps.items[i], &number))
			return err_set(err, ERR_USAGE, "--cap", "unknown capability \"%.100s\"",
				       options->caps.items[i]);
		capabilities->given = true;
		capabilities->bounding |= UINT64_C(1) << number;
		capabilities->permitted |= UINT64_C(1) << number;
		capabilities->effective |= UINT64_C(1) << number;
	}
	return 0;
}

static int check_alone(const struct exec_process *options, char *const *operands, struct err *err)
{
	if (options->cwd || options->apparmor || options->selinux || options->no_new_privileges ||
	    options->gids.count || options->env.count || options->caps.count || options->user.has_uid ||
	    options->user.has_gid)
		return err_set(err, ERR_USAGE, "--process",
			       "the process object says all: no other option goes with it");
	if (operands[1])
		return err_set(err, ERR_USAGE, "--process",
			       "the process object has the command: found also \"%.100s\"", operands[1]);
	return 0;
}

static int change(struct exec_process *options, char *const *command, struct err *err)
{
	struct spec_process *process = &options->process;
	size_t count = 0;

	while (command[count])
		count++;
	if (!count)
		return err_set(err, ERR_USAGE, "", "no command to execute");
	process->given = true;
	process->args =
		(struct spec_strings){ .items = (const char **)command, .count = count, .given = true };
	process->terminal = options->tty;
	if (!options->tty)
		process->has_console_size = false;
	if (options->cwd && options->cwd[0] != '/')
		return err_set(err, ERR_USAGE, "--cwd", "expected an absolute path, found \"%.100s\"",
			       options->cwd);
	if (options->cwd)
		process->cwd = options->cwd;
	if (options->apparmor)
		process->apparmor_profile = options->apparmor;
	if (options->selinux)
		process->selinux_label = options->selinux;
	process->no_new_privileges |= options->no_new_privileges;
	return read_user(options, err) || read_environment(options, err) || read_capabilities(options, err)
		       ? -1
		       : 0;
}

const struct spec_process *exec_process_read(struct exec_process *options, const struct run_context *context,
					     char *const *operands, struct err *err)
{
	char *const *command = operands + 1;

	if (options->file) {
		if (check_alone(options, operands, err) || read_file(options, err))
			return NULL;
		/* As for the container itself: engines give it with every exec of a terminal, true or not. */
		options->process.terminal |= options->tty;
		return &options->process;
	}
	options->own = run_spec(context, operands[0], err);
	if (!options->own)
		return NULL;
	options->process = options->own->process;
	if (*command && !strcmp(*command, "--"))
		command++;
	return change(options, command, err) ? NULL : &options->process;
}
