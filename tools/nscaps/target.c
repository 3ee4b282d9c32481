/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "common/command.h"
#include "nscaps/nscaps.h"
#include "nscaps/target.h"
#include "run/run.h"

static int open_self(struct target *target, struct err *err)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)getpid());
	return run_find_process(number, &target->process, err);
}

static int open_container(const struct command_call *call, const char *id, struct target *target,
			  struct err *err)
{
	struct run_context context;

	target->container = id;
	if (nscaps_context(call, &context, err) == 0 &&
	    run_find_container(&context, id, &target->process, err) == 0)
		return 0;
	if (err->kind == ERR_NOT_FOUND)
		err_hint(err, "a target is the number of a process or the id of a container; nsinit list shows those");
	return -1;
}

int target_open(const struct command_call *call, const char *text, struct target *target, struct err *err)
{
	*target = (struct target){ .process = RUN_FOUND_NONE };
	if (!text || !strcmp(text, "self"))
		return open_self(target, err);
	target->name = text;
	return run_find_is_process(text) ? run_find_process(text, &target->process, err) :
					   open_container(call, text, target, err);
}

void target_close(struct target *target)
{
	run_found_close(&target->process);
}
