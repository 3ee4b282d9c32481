/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters: compiled by the parent, loaded by the child; with SCMP_ACT_NOTIFY the agent gets the listener. */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/exec.h"
#include "kern/seccomp.h"
#include "kern/terminal.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/engine.h"
#include "run/notify.h"
#include "run/perform.h"
#include "run/run.h"
#include "spec/spec.h"
#include "state/state.h"

static struct kern_seccomp_rule *convert_rules(struct arena *arena, const struct spec_seccomp *seccomp)
{
	struct kern_seccomp_rule *rules = arena_array(arena, seccomp->rule_count, sizeof(*rules));

	for (size_t i = 0; i < seccomp->rule_count; i++) {
		const struct spec_seccomp_rule *rule = &seccomp->rules[i];
		struct kern_seccomp_arg *args = arena_array(arena, rule->arg_count, sizeof(*args));

		for (size_t j = 0; j < rule->arg_count; j++)
			args[j] = (struct kern_seccomp_arg){ .index = rule->args[j].index,
							     .op = (enum kern_seccomp_op)rule->args[j].op,
							     .value = rule->args[j].value,
							     .value_two = rule->args[j].value_two };
		rules[i] = (struct kern_seccomp_rule){ .names = rule->names.items,
						       .name_count = rule->names.count,
						       .action = (enum kern_seccomp_action)rule->action,
						       .has_errno = rule->has_errno,
						       .errno_ret = rule->errno_ret,
						       .args = args,
						       .arg_count = rule->arg_count };
	}
	return rules;
}

static bool notifies(const struct spec_seccomp *seccomp)
{
	for (size_t i = 0; i < seccomp->rule_count; i++)
		if (seccomp->rules[i].action == SPEC_SECCOMP_NOTIFY)
			return true;
	return seccomp->default_action == SPEC_SECCOMP_NOTIFY;
}

int perform_seccomp_compile(struct engine *engine, const struct step *step, struct err *err)
{
	const struct spec_seccomp *seccomp = step->seccomp.seccomp;
	struct kern_seccomp profile = { .default_action = (enum kern_seccomp_action)seccomp->default_action,
					.has_default_errno = seccomp->has_default_errno,
					.default_errno = seccomp->default_errno,
					.arches = seccomp->architectures.items,
					.arch_count = seccomp->architectures.count,
					.rules = convert_rules(engine->arena, seccomp),
					.rule_count = seccomp->rule_count };
	struct err no_cache = { 0 };
	auto_close int cache = geteuid() == 0 ? kern_seccomp_cache_open(STATE_SECCOMP_CACHE, &no_cache) : -1;

	if (seccomp->listener_path && notifies(seccomp)) {
		/* Also for `start` of what another process created: the child holds it meanwhile. */
		engine->seccomp_socket = kern_terminal_connect(seccomp->listener_path, err);
		if (engine->seccomp_socket < 0)
			return -1;
	}
	engine->slots[step->seccomp.slot] = kern_seccomp_compile(&profile, cache, err);
	return engine->slots[step->seccomp.slot] < 0 ? -1 : 0;
}

/* config-linux.md, "The container process state". */
static char *process_state(const struct engine *engine, const struct spec_seccomp *seccomp)
{
	struct json *root = json_object(), *fds;
	struct state seen = *engine->state;
	struct strbuf text = { 0 };
	const char *status = engine->request->detach_start ? "created" : "creating";

	if (seen.pid) /* exec: the container has its process */
		status = seen.phase;
	else
		seen.pid = engine->host_pid;
	json_set_string(root, "ociVersion", SPEC_OCI_VERSION);
	fds = json_set_array(root, "fds");
	json_add_string(fds, "seccompFd");
	json_set_i64(root, "pid", engine->host_pid);
	json_set_string(root, "metadata", seccomp->listener_metadata ? seccomp->listener_metadata : "");
	json_set(root, "state", run_state_json(&seen, status, engine->spec));
	json_print(root, false, &text);
	json_free(root);
	return text.text;
}

int perform_seccomp_load(struct engine *engine, const struct step *step, struct err *err)
{
	const struct spec_seccomp *seccomp = step->seccomp.seccomp;
	const struct step *last = &engine->plan->steps[engine->plan->count - 1];
	int program = engine->slots[step->seccomp.slot];
	auto_free char *message = NULL;

	/* What the filter may refuse is done before: finding the program, telling the parent. */
	while (last->kind != STEP_EXEC)
		last--;
	if (kern_exec_find(last->exec.args[0], last->exec.env, engine->program, err))
		return err_step(err, plan_step_name(last), last->where);
	if (engine_commit(engine, err))
		return -1;
	if (engine->seccomp_socket < 0)
		return kern_seccomp_load(program, seccomp->flags, NULL, err);
	message = process_state(engine, seccomp);
	return notify_load(&(struct notify){ .program = program, .flags = seccomp->flags,
					     .socket = take_fd(&engine->seccomp_socket), .message = message,
					     .message_len = strlen(message) }, err);
}
