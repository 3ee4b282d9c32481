/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits and figures of cgroups by name: one set of names everywhere, those
 * of v2. The table says what each takes and which file of v1 says the same.
 * Pure: what files hold is told by the caller. admin-guide/cgroup-v2.rst,
 * admin-guide/cgroup-v1/.
 */
#ifndef NSTOOLS_PLAN_KEY_H
#define NSTOOLS_PLAN_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

enum plan_key_kind {
	PLAN_KEY_TEXT,      /* as it is */
	PLAN_KEY_BYTES,     /* bytes or "max" */
	PLAN_KEY_COUNT,     /* a number or "max" */
	PLAN_KEY_NUMBER,    /* a number of the range */
	PLAN_KEY_TIME,      /* microseconds */
	PLAN_KEY_LIST,      /* "0-3,8" */
	PLAN_KEY_CPU_MAX,   /* "QUOTA PERIOD" */
	PLAN_KEY_IO_MAX,    /* a line a device: "8:0 rbps=1 wbps=max" */
	PLAN_KEY_IO_WEIGHT, /* "default 100", and a line a device: "8:0 200" */
	PLAN_KEY_TABLE,     /* a line a device: "mlx4_0 hca_handle=2", "sgx 4" */
};

struct plan_key {
	const char *name; /* of v2; a "*" stands for what has no dot */
	const char *v1;   /* the file of v1 that says the same, or the first of several; NULL: none */
	enum plan_key_kind kind;
	int64_t min, max;
	const char *initial; /* in a new group; NULL: not a limit */
	bool read_only;
	bool approximate; /* v1's does not mean quite the same */
};

/* How a name's values are written, where they are not v2's. */
enum plan_key_form {
	PLAN_FORM_V2,
	PLAN_FORM_CPUS,  /* cpus=1.5: cpu.max. The others are v1's */
	PLAN_FORM_LIMIT, /* -1 is "max" */
	PLAN_FORM_SOFT,  /* memory.soft_limit_in_bytes */
	PLAN_FORM_MEMSW, /* memory and swap together */
	PLAN_FORM_SHARES,
	PLAN_FORM_QUOTA,
	PLAN_FORM_PERIOD,
	PLAN_FORM_BLKIO, /* blkio.weight */
	PLAN_FORM_FREEZER,
	PLAN_FORM_THROTTLE, /* blkio.throttle.*: + the index in plan_io_limits */
};

/* A name that was asked for; the strings are in an arena. */
struct plan_key_use {
	const char *name;           /* as asked for */
	const struct plan_key *key; /* NULL: a file's own name that the table does not have */
	int form;
	const char *file; /* of v2 */
	const char *part; /* what "*" stands for, or NULL */
	bool is_v1;       /* the name is a file of v1 */
};

struct plan_key_context {
	struct arena *arena;
	/* The group's file as text, with what this transaction has already decided; NULL: there is none such.
	 */
	const char *(*read)(void *data, const char *file);
	void *data;
	uint64_t memory, swap, pids; /* what 100% is; 0: not known */
};

/* The table, n from 0; NULL at its end. */
const struct plan_key *plan_key_at(size_t n);
/* The names that are no v2 names: short ones (cpus) and v1's; NULL at the end. */
const char *plan_key_alias_at(size_t n);
/* What a name stands for. A name that is in no table is a file's own: key NULL. */
struct plan_key_use plan_key_find(struct arena *arena, const char *name);
/* The controller of a name: "memory". */
const char *plan_key_controller(struct arena *arena, const char *name);

/* The text a user gave as v2's file takes it: units, percent, ranges. 0, or -1 with err (ERR_USAGE). */
int plan_key_parse(const struct plan_key_context *context, const struct plan_key_use *use, const char *text,
		   const char **value, struct err *err);
/* v2's value in the form of the name asked for, exact numbers; NULL: it cannot be told. */
const char *plan_key_form(const struct plan_key_context *context, const struct plan_key_use *use,
			  const char *value);
/* For people: 536870912 as 512M, where that is the same number. `value` is of one line. */
const char *plan_key_human(struct arena *arena, const struct plan_key_use *use, const char *value);

#endif
