/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Socket activation (sd_listen_fds(3)): what a service manager told us, told to the container's program. */
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "kern/fd.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/begin.h"
#include "run/engine.h"
#include "run/begin_struct.h"
#include "run/run.h"

/* Ours replace what the spec's environment says of it. */
static bool is_ours(const char *variable)
{
	static const char *const names[] = { "LISTEN_FDS=", "LISTEN_PID=", "LISTEN_FDNAMES=" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(variable, names[i], strlen(names[i])))
			return true;
	return false;
}

/* home: the step that adds one more behind, or NULL. */
static const char *const *extend(struct begin *begin, const char *const *env, const struct run_listen *listen,
				 struct step *home)
{
	const char **items;
	size_t count = 0, n = 0;

	while (env[count])
		count++;
	items = arena_array(begin->arena, count + 5, sizeof(*items));
	for (size_t i = 0; i < count; i++)
		if (!is_ours(env[i]))
			items[n++] = env[i];
	begin->engine.listen_pid = arena_alloc(begin->arena, KERN_FD_LISTEN_PID_SIZE);
	kern_fd_listen_pid(begin->engine.listen_pid, 0);
	items[n++] = arena_printf(begin->arena, "LISTEN_FDS=%u", listen->count);
	items[n++] = begin->engine.listen_pid;
	if (listen->names)
		items[n++] = arena_printf(begin->arena, "LISTEN_FDNAMES=%s", listen->names);
	if (home)
		home->home.place = items + n;
	return items;
}

void begin_listen(struct begin *begin, const struct run_listen *listen)
{
	struct step *home = NULL;

	for (size_t i = 0; listen->count && i < begin->plan.count; i++) {
		struct step *step = &begin->plan.steps[i];

		if (step->kind == STEP_HOME)
			home = step;
		if (step->kind == STEP_EXEC)
			step->exec.env = extend(begin, step->exec.env, listen, home);
	}
}
