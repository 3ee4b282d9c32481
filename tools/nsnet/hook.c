/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hook: the container's network by an OCI runtime's hooks (config.md, "POSIX-platform Hooks"): createRuntime
 * makes it, poststop takes it away. Which one is called the state on standard input says.
 *
 * The network's owner is the namespace, as for all that have no name here; by the container's id alone
 * poststop finds it, when the namespace is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/option.h"
#include "nsnet/commands.h"
#include "run/net.h"
#include "nsnet/nsnet.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/net.h"
#include "state/state.h"

#define ANNOTATION "nsnet.network"

struct hook_options {
	const char *file;
};

static const struct option_entry entries[] = {
	{ "file", 'f', "FILE",
	  "the network (default: the annotation " ANNOTATION ", or \"nsinit\" in config.json)", OPTION_TEXT,
	  offsetof(struct hook_options, file), NULL },
};

static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

/* What the runtime says. The texts live in json. */
struct hook_state {
	struct json *json;
	struct json_at root;
	const char *id, *status, *bundle;
	int pid;
};

static int read_text(const struct hook_state *state, const char *key, const char **text, struct err *err)
{
	struct json_at at = json_member(&state->root, key);

	return json_read_string(&at, text, err);
}

static int read_state(struct hook_state *state, struct err *err)
{
	auto_free char *text = NULL;
	struct json_at pid;
	uint64_t number = 0;
	size_t len;

	if (file_read_fd(STDIN_FILENO, JSON_SIZE_MAX, &text, &len))
		return err_system(err, "read", "standard input");
	state->json = json_parse(text, len, "state", err);
	if (!state->json)
		return err_hint(err, "nsnet hook is called by an OCI runtime, with the container's state on "
				     "standard input");
	state->root = json_root(state->json, "state");
	pid = json_member(&state->root, "pid");
	if (json_read_object(&state->root, err) || read_text(state, "id", &state->id, err) ||
	    read_text(state, "status", &state->status, err) ||
	    read_text(state, "bundle", &state->bundle, err) ||
	    (pid.node && json_read_u64(&pid, INT32_MAX, &number, err)))
		return -1;
	state->pid = (int)number;
	return state_id_check(state->id, err);
}

/* ---- the network ------------------------------------------------------------------- */

static struct spec *read_file(const char *path, struct err *err)
{
	auto_free char *text = NULL;
	size_t len;

	if (file_read_at(AT_FDCWD, path, JSON_SIZE_MAX, &text, &len)) {
		err_system(err, "read", "%s", path);
		return NULL;
	}
	return spec_read_net(text, len, path, err);
}

/* The three members of "nsinit" that are the network's. */
static struct spec *read_extension(const struct json *config, const char *path, struct err *err)
{
	static const char *const keys[] = { "networks", "routes", "firewall" };
	struct json_at root = json_root(config, path), nsinit = json_member(&root, "nsinit");
	struct json *document = json_object();
	auto_strbuf struct strbuf text = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct json_at member = json_member(&nsinit, keys[i]);

		if (member.node)
			json_set(document, keys[i], json_copy(member.node));
		count += member.node != NULL;
	}
	json_print(document, false, &text);
	json_free(document);
	if (count)
		return spec_read_net(text.text, text.len, path, err);
	err_set(err, ERR_SPEC, "hook", "nobody says which network");
	err_object(err, "%s", path);
	err_hint(err,
		 "give --file, the annotation " ANNOTATION ", or \"networks\" in \"nsinit\" of config.json");
	return NULL;
}

static struct spec *read_bundle(const struct hook_state *state, struct err *err)
{
	auto_free char *path = memory_printf("%s/config.json", state->bundle), *text = NULL;
	struct json *json;
	struct spec *spec;
	size_t len;

	if (file_read_at(AT_FDCWD, path, JSON_SIZE_MAX, &text, &len)) {
		err_system(err, "read", "%s", path);
		return NULL;
	}
	json = json_parse(text, len, path, err);
	spec = json ? read_extension(json, path, err) : NULL;
	json_free(json);
	return spec;
}

static struct spec *read_network(const struct hook_state *state, const struct hook_options *options,
				 struct err *err)
{
	struct json_at annotations = json_member(&state->root, "annotations"),
		       at = json_member(&annotations, ANNOTATION);
	const char *text;

	if (options->file)
		return read_file(options->file, err);
	if (!at.node)
		return read_bundle(state, err);
	return json_read_string(&at, &text, err)
		       ? NULL
		       : spec_read_net(text, strlen(text), "annotation " ANNOTATION, err);
}

/* ---- who has it: hooks/ID -------------------------------------------------------------- */

static int remember(int dir, const char *owner, struct err *err)
{
	struct json *json = json_object();
	auto_strbuf struct strbuf text = { 0 };

	json_set_string(json, "owner", owner);
	json_print(json, false, &text);
	json_free(json);
	return state_net_save(dir, text.text, text.len, err);
}

/* memory_*; NULL without err when there is none. */
static char *recall(int dir, struct err *err)
{
	auto_free char *text = NULL;
	struct json *json;
	struct json_at root, at;
	const char *owner = NULL;
	char *copy;
	size_t len;

	if (state_net_load(dir, &text, &len, err) || !text)
		return NULL;
	json = json_parse(text, len, "net.json", err);
	root = json_root(json, "net.json");
	at = json_member(&root, "owner");
	copy = json && json_read_string(&at, &owner, err) == 0 ? memory_strdup(owner) : NULL;
	json_free(json);
	return copy;
}

static int take_away(const char *owner, struct err *err)
{
	struct run_net_target target = { .owner = owner, .netns = -1, .container = true };

	return run_net_take_away(&target, err);
}

static int forget(const struct hook_state *state, struct err *err)
{
	struct err absent = { 0 };
	auto_close int dir = state_net_lock(STATE_NET_HOOKS, state->id, false, &absent);
	auto_free char *owner = dir < 0 ? NULL : recall(dir, err);

	if (dir < 0 && absent.kind != ERR_NOT_FOUND && absent.errnum != ENOENT)
		*err = absent;
	if (dir < 0 || err_is_set(err))
		return err_is_set(err) ? -1 : 0;
	return (owner && take_away(owner, err)) || state_net_remove(STATE_NET_HOOKS, state->id, err) ? -1 : 0;
}

/* ---- createRuntime ------------------------------------------------------------------------ */

static int apply(struct command_call *call, const struct hook_state *state, const struct spec_net *net,
		 int dir, struct err *err)
{
	auto_free char *before = recall(dir, err);
	struct nsnet_target auto_target target = { .run = { .netns = -1 } };
	struct run_net_changes changes = { 0 };
	struct err failure = { 0 };
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", state->pid);
	if (err_is_set(err) || nsnet_target_open(call, pid, 0, &target, err))
		return -1;
	target.run.container = true;
	/* One of that id whose poststop nobody called. */
	if (before && strcmp(before, target.run.owner) != 0 && take_away(before, err))
		return -1;
	if (remember(dir, target.run.owner, err))
		return -1;
	if (run_net_apply(&target.run, net, &changes, err) == 0)
		return 0;
	if (run_net_take_away(&target.run, &failure))
		log_error(&failure);
	return -1;
}

static int make(struct command_call *call, const struct hook_state *state, const struct hook_options *options,
		struct err *err)
{
	struct spec *spec = read_network(state, options, err);
	struct err failure = { 0 };
	int dir = -1, ret = -1;

	if (spec && state->pid <= 0)
		err_set(err, ERR_SPEC, "hook", "the state has no \"pid\": there is no network namespace");
	else if (spec)
		dir = state_net_lock(STATE_NET_HOOKS, state->id, true, err);
	if (dir >= 0)
		ret = apply(call, state, spec->own.net, dir, err);
	if (dir >= 0 && ret && state_net_remove(STATE_NET_HOOKS, state->id, &failure))
		log_error(&failure);
	close_keep_errno(dir);
	spec_free(spec);
	return ret;
}

static int hook_command(struct command_call *call, struct err *err)
{
	struct hook_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err), ret = -1;
	struct hook_state state = { 0 };

	if (read)
		return read < 0 ? -1 : 0;
	if (read_state(&state, err) == 0)
		ret = !strcmp(state.status, "stopped") ? forget(&state, err)
						       : make(call, &state, &options, err);
	json_free(state.json);
	return ret;
}

const struct command nsnet_hook = {
	.name = "hook",
	.synopsis = "[OPTIONS]",
	.summary = "make and take away a container's network as a hook of its runtime",
	.details =
		"As createRuntime hook it makes the network, as poststop hook it takes it away: the state\n"
		"on standard input says which.",
	.tables = tables,
	.run = hook_command,
};
