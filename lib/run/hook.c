/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "run/hook.h"
#include "run/run.h"
#include "run/spawn.h"
#include "spec/types.h"
#include "state/state.h"

char *hook_state_json(const struct state *state, const struct spec *spec, const char *status, pid_t pid)
{
	struct strbuf text = { 0 };
	struct state seen = *state;
	struct json *json;

	seen.pid = pid;
	json = run_state_json(&seen, status, spec);
	json_print(json, false, &text);
	json_free(json);
	return text.text;
}

static int describe(struct err *err, const char *kind, size_t index, const struct spawn *spawn)
{
	char output[sizeof(spawn->output)];
	size_t len;

	snprintf(output, sizeof(output), "%s", spawn->output);
	for (len = strlen(output); len && output[len - 1] == '\n'; len--)
		output[len - 1] = '\0';
	err_object(err, "%s[%zu] %s", kind, index, spawn->path);
	if (output[0])
		err_hint(err, "the hook wrote: %s", output);
	return -1;
}

int hook_run(const struct spec_hook *hook, const char *kind, size_t index, const char *state_json,
	     struct err *err)
{
	/* Without args the path is argv[0]; without env the hook has the runtime's, as with other runtimes. */
	const char *const only_path[] = { hook->path, NULL };
	struct spawn spawn = { .path = hook->path,
			       .args = hook->args.count ? hook->args.items : only_path,
			       .env = hook->env.given ? hook->env.items : NULL,
			       .input = state_json,
			       .input_len = strlen(state_json),
			       .timeout_usec = (uint64_t)hook->timeout * 1000000 };

	if (run_spawn(&spawn, err)) {
		err->kind = ERR_HOOK;
		return err_hint(err, "hook %s[%zu]: the path is looked up in the runtime's namespaces", kind, index);
	}
	if (spawn.timed_out) {
		err_set(err, ERR_HOOK, "hook", "killed: it ran longer than its timeout of %u s", hook->timeout);
		return describe(err, kind, index, &spawn);
	}
	if (WIFSIGNALED(spawn.status)) {
		err_set(err, ERR_HOOK, "hook", "killed by signal %d", WTERMSIG(spawn.status));
		return describe(err, kind, index, &spawn);
	}
	if (WEXITSTATUS(spawn.status)) {
		err_set(err, ERR_HOOK, "hook", "exit status %d", WEXITSTATUS(spawn.status));
		return describe(err, kind, index, &spawn);
	}
	return 0;
}
