/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

struct builder plan_builder(struct plan *plan, const struct spec *spec, const struct host *host,
			    const struct plan_request *request, struct err *err)
{
	*plan = (struct plan){ .arena = arena_new() };
	return (struct builder){ .plan = plan,
				 .spec = spec,
				 .process = &spec->process,
				 .resources = &spec->linux_.resources,
				 .host = host,
				 .request = request,
				 .arena = plan->arena,
				 .err = err };
}

struct step *plan_add(struct builder *b, int kind, int side, const char *where)
{
	struct plan *plan = b->plan;
	struct step *step;

	if (plan->count == b->room) {
		struct step *old = plan->steps;

		b->room = b->room ? 2 * b->room : 128;
		plan->steps = arena_array(b->arena, b->room, sizeof(*plan->steps));
		if (plan->count)
			memcpy(plan->steps, old, plan->count * sizeof(*old));
	}
	step = &plan->steps[plan->count++];
	step->kind = (enum step_kind)kind;
	step->side = (enum step_side)side;
	step->where = where ? where : "";
	return step;
}

const char *plan_text(struct builder *b, const char *format, ...)
{
	char text[8192];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(text))
		return arena_strdup(b->arena, text);
	/* Longer than any path: again, at its length. */
	{
		char *whole = arena_alloc(b->arena, (size_t)n + 1);

		va_start(ap, format);
		vsnprintf(whole, (size_t)n + 1, format, ap);
		va_end(ap);
		return whole;
	}
}

const char *plan_path(struct builder *b, const char *path)
{
	if (path[0] == '/')
		return path;
	return plan_text(b, "%s/%s", strcmp(b->spec->bundle, "/") ? b->spec->bundle : "", path);
}

static int fail(struct builder *b, enum err_kind kind, const char *where, const char *message, va_list ap)
{
	char text[sizeof(b->err->message)];

	vsnprintf(text, sizeof(text), message, ap);
	err_set(b->err, kind, "", "%s", text);
	return err_where(b->err, b->spec ? b->spec->file : NULL, where);
}

int plan_refuse(struct builder *b, const char *where, const char *message, ...)
{
	va_list ap;

	va_start(ap, message);
	fail(b, ERR_SPEC, where, message, ap);
	va_end(ap);
	return -1;
}

int plan_unsupported(struct builder *b, const char *where, const char *message, ...)
{
	va_list ap;

	va_start(ap, message);
	fail(b, ERR_UNSUPPORTED, where, message, ap);
	va_end(ap);
	return -1;
}

void plan_warn(struct builder *b, const char *where, const char *message, ...)
{
	struct plan *plan = b->plan;
	const char **old = plan->warnings;
	auto_free char *text = NULL;
	va_list ap;

	va_start(ap, message);
	if (vasprintf(&text, message, ap) < 0)
		memory_exhausted();
	va_end(ap);
	plan->warnings = arena_array(b->arena, plan->warning_count + 1, sizeof(*plan->warnings));
	if (plan->warning_count)
		memcpy(plan->warnings, old, plan->warning_count * sizeof(*old));
	plan->warnings[plan->warning_count++] = plan_text(b, "%s (%s: %s)", text, b->spec->file, where);
}

int plan_opener(const struct builder *b)
{
	return b->host->privileged && !b->host->lacks_detached_mounts ? STEP_PARENT : STEP_CHILD;
}
