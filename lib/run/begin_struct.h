/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the files that hold a struct begin: include plan/host.h, plan/plan.h and run/engine.h before this. */
#ifndef NSTOOLS_RUN_BEGIN_STRUCT_H
#define NSTOOLS_RUN_BEGIN_STRUCT_H

#include <stdbool.h>

struct begin {
	struct arena *arena;
	struct host host;
	struct plan plan;
	struct engine engine;
	bool timing;
	bool last; /* the process ends next: descriptors are left to the kernel */
	bool told; /* start: create has given the plan's warnings */
};

#endif
