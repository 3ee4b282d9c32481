/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults on demand, in debug builds: every step of every plan is made to fail in turn by the tests. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/engine.h"

static const struct {
	const char *name;
	int value;
} errnos[] = { { "EPERM", EPERM },   { "ENOSPC", ENOSPC }, { "EINTR", EINTR }, { "EACCES", EACCES },
	       { "ENOMEM", ENOMEM }, { "EINVAL", EINVAL }, { "EMFILE", EMFILE }, { "EIO", EIO } };

/* The first process of a pid namespace is immune to its own signals. */
static void die(void)
{
	kill(getpid(), SIGKILL);
	_exit(128 + SIGKILL);
}

static int deaths(const struct engine *engine, const char *what)
{
	bool parent = engine->side == STEP_PARENT;
	pid_t other = parent ? engine->pid : getppid();

	/* From inside a new pid namespace the parent has no number: its death is then asked for on its own side. */
	if (!strcmp(what, "kill-both") && other > 0)
		kill(other, SIGKILL);
	if (!strcmp(what, parent ? "kill-parent" : "kill-child") || !strcmp(what, "kill-both"))
		die();
	if (!strcmp(what, parent ? "kill-child" : "kill-parent") && other > 0)
		kill(other, SIGKILL);
	return 0;
}

/* The how-manieth step of its name this is, from 1. */
static uint64_t occurrence(const struct engine *engine, const char *name)
{
	uint64_t n = 0;

	for (size_t i = 0; i <= engine->next; i++)
		if (!strcmp(plan_step_name(&engine->plan->steps[i]), name))
			n++;
	return n;
}

int engine_fault(struct engine *engine, const struct step *step, struct err *err)
{
	const char *wish = getenv("NSINIT_FAULT");
	auto_free char *copy = memory_strdup(wish ? wish : "");
	char *rest = copy, *name = strsep(&rest, ":"), *number = strsep(&rest, ":");
	uint64_t n;

	if (!rest || number_u64(number, &n) || strcmp(name, plan_step_name(step)) != 0 ||
	    n != occurrence(engine, name))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++)
		if (!strcmp(rest, errnos[i].name)) {
			errno = errnos[i].value;
			return err_system(err, "fault", "%s", wish);
		}
	return deaths(engine, rest);
}
