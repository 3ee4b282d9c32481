/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process.rlimits, process.scheduler, process.ioPriority. */
#include <linux/sched.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

static int read_rlimit(struct reader *r, const struct json_at *at, struct spec_rlimit *limit)
{
	uint64_t resource = 0;

	if (json_read_object(at, r->err) || spec_read_required(r, at, "type") ||
	    spec_read_required(r, at, "soft") || spec_read_required(r, at, "hard") ||
	    spec_read_name(r, at, "type", &spec_names_rlimit, &resource) ||
	    spec_read_u64(r, at, "soft", &limit->soft) || spec_read_u64(r, at, "hard", &limit->hard) ||
	    spec_read_end(r, at))
		return -1;
	limit->resource = (int)resource;
	if (limit->soft > limit->hard)
		return json_error(at, r->err, "the soft limit %llu is above the hard limit %llu",
				  (unsigned long long)limit->soft, (unsigned long long)limit->hard);
	return 0;
}

int spec_rlimits_read(struct reader *r, const struct json_at *at, struct spec_process *process)
{
	struct json_at array, item = { 0 };
	uint64_t seen = 0;

	if (spec_read_array(r, at, "rlimits", &array))
		return -1;
	process->rlimits = arena_array(r->arena, json_count(&array), sizeof(*process->rlimits));
	while (json_next(&array, &item)) {
		struct spec_rlimit *limit = &process->rlimits[process->rlimit_count++];

		if (read_rlimit(r, &item, limit))
			return -1;
		if (seen & UINT64_C(1) << limit->resource)
			return json_error(&item, r->err, "%s is given twice",
					  spec_names_of(&spec_names_rlimit, (uint64_t)limit->resource));
		seen |= UINT64_C(1) << limit->resource;
	}
	return 0;
}

/* sched(7), sched_setattr(2): what the kernel would answer with a bare EINVAL. */
static int check_scheduler(struct reader *r, const struct json_at *at, const struct spec_scheduler *s)
{
	bool real_time = s->policy == SCHED_FIFO || s->policy == SCHED_RR;
	const char *policy = spec_names_of(&spec_names_scheduler, (uint64_t)s->policy);

	if (s->nice < -20 || s->nice > 19)
		return json_error(at, r->err, "expected a nice value from -20 to 19, found %d", s->nice);
	if (real_time && (s->priority < 1 || s->priority > 99))
		return json_error(at, r->err, "%s: expected a priority from 1 to 99, found %d", policy,
				  s->priority);
	if (!real_time && s->priority)
		return json_error(at, r->err, "%s takes no priority", policy);
	if (s->policy != SCHED_DEADLINE && (s->runtime || s->deadline || s->period))
		return json_error(at, r->err, "%s takes no runtime, deadline and period", policy);
	if (s->policy == SCHED_DEADLINE &&
	    (!s->runtime || s->runtime > s->deadline || (s->period && s->deadline > s->period)))
		return json_error(at, r->err, "expected 0 < runtime <= deadline <= period");
	return 0;
}

static int read_scheduler(struct reader *r, const struct json_at *at, struct spec_scheduler *s)
{
	struct json_at policy_at = json_member(at, "policy");
	uint64_t policy = 0;
	int nice = 0, priority = 0;

	s->given = true;
	if (spec_read_required(r, at, "policy") ||
	    spec_read_name(r, at, "policy", &spec_names_scheduler, &policy) ||
	    spec_read_int(r, at, "nice", &nice) || spec_read_int(r, at, "priority", &priority) ||
	    spec_read_flags(r, at, "flags", &spec_names_scheduler_flag, &s->flags) ||
	    spec_read_u64(r, at, "runtime", &s->runtime) || spec_read_u64(r, at, "deadline", &s->deadline) ||
	    spec_read_u64(r, at, "period", &s->period) || spec_read_end(r, at))
		return -1;
	s->policy = (int)policy;
	s->nice = nice;
	s->priority = priority;
	if (policy == 4)
		return json_error(&policy_at, r->err,
				  "SCHED_ISO is reserved by the kernel, which never had it");
	return check_scheduler(r, at, s);
}

static int read_io_priority(struct reader *r, const struct json_at *at, struct spec_io_priority *io)
{
	struct json_at priority = spec_read_member(r, at, "priority");
	uint64_t class = 0, level = 0;

	io->given = true;
	if (spec_read_required(r, at, "class") ||
	    spec_read_name(r, at, "class", &spec_names_io_class, &class) ||
	    (priority.node && json_read_u64(&priority, 7, &level, r->err)) || spec_read_end(r, at))
		return -1;
	io->class = (int)class;
	io->priority = (int)level;
	return 0;
}

int spec_scheduler_read(struct reader *r, const struct json_at *at, struct spec_process *process)
{
	struct json_at object;

	if (spec_read_object(r, at, "scheduler", &object) ||
	    (object.node && read_scheduler(r, &object, &process->scheduler)))
		return -1;
	if (spec_read_object(r, at, "ioPriority", &object) ||
	    (object.node && read_io_priority(r, &object, &process->io_priority)))
		return -1;
	return 0;
}
