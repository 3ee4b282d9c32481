/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan's cgroup-set steps overwrite: remembered before, and written back after a failure. */
#ifndef NSTOOLS_RUN_VALUES_H
#define NSTOOLS_RUN_VALUES_H

struct arena;
struct engine;

/*
 * What to write to a cgroup's file to undo the writing of `value`, when the
 * file says `text` before it; NULL where that cannot be told. In the arena.
 */
const char *values_text_now(struct arena *arena, const char *file, const char *value, const char *text);

struct value {
	const char *file; /* NULL: cannot be read, and is not taken back */
	const char *text;
};

/* One a step of the engine's plan, in its arena. */
struct value *values_remember(struct engine *engine);
/* Those of the steps done, the last first. Failures are logged. */
void values_take_back(struct engine *engine, const struct value *values);

#endif
