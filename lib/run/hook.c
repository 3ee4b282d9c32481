/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
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

static int describe(struct err *err, const struct hook_call *call, const struct spawn *spawn)
{
	char text[sizeof(spawn->output)], *output = text;
	size_t len = strlen(spawn->output);

	snprintf(text, sizeof(text), "%s", spawn->output);
	/* What is full was cut: it begins somewhere in a line. */
	if (len == sizeof(text) - 1 && strchr(text, '\n'))
		output = strchr(text, '\n') + 1;
	for (len = strlen(output); len && output[len - 1] == '\n'; len--)
		output[len - 1] = '\0';
	err_object(err, "%s[%zu] %s", call->kind, call->index, call->hook->path);
	if (*output)
		err_hint(err, "the hook wrote: %s", output);
	return -1;
}

/* It never ran: name the hook as in every other failure, not the system call. */
static int not_started(struct err *err, const struct hook_call *call)
{
	int errnum = err->errnum;

	if (!errnum)
		return -1;
	*err = (struct err){ 0 };
	errno = errnum;
	err_system(err, "hook", "%s[%zu] %s", call->kind, call->index, call->hook->path);
	err->kind = ERR_HOOK;
	return errnum == ENOENT ? err_hint(err, "the path, or the interpreter it names, is not there") : -1;
}

int hook_run(const struct hook_call *call, struct err *err)
{
	const struct spec_hook *hook = call->hook;
	/* Without args the path is argv[0]. */
	const char *const only_path[] = { hook->path, NULL }, *const none[] = { NULL };
	const char *const *env = hook->env.count ? hook->env.items : none;
	struct spawn spawn = { .path = hook->path,
			       .args = hook->args.count ? hook->args.items : only_path,
			       .env = hook->env.given ? env : call->env,
			       .input = call->state,
			       .input_len = strlen(call->state),
			       .signals = call->signals,
			       .timeout_usec = (uint64_t)hook->timeout * 1000000 };

	if (run_spawn(&spawn, err))
		return not_started(err, call);
	if (spawn.timed_out)
		err_set(err, ERR_HOOK, "hook", "killed: it ran longer than its timeout of %u s", hook->timeout);
	else if (WIFSIGNALED(spawn.status))
		err_set(err, ERR_HOOK, "hook", "killed by signal %d", WTERMSIG(spawn.status));
	else if (WEXITSTATUS(spawn.status))
		err_set(err, ERR_HOOK, "hook", "exit status %d", WEXITSTATUS(spawn.status));
	else
		return 0;
	return describe(err, call, &spawn);
}
