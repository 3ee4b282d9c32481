/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan's cgroup-set steps overwrite: remembered before, and written back after a failure. */
#ifndef NSTOOLS_RUN_VALUES_H
#define NSTOOLS_RUN_VALUES_H

struct engine;

struct value {
	const char *file; /* NULL: cannot be read, and is not taken back */
	const char *text;
};

/* One a step of the engine's plan, in its arena. */
struct value *values_remember(struct engine *engine);
/* Those of the steps done, the last first. Failures are logged. */
void values_take_back(struct engine *engine, const struct value *values);

#endif
