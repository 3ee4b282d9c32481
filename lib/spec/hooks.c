/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "hooks": OCI config.md, "POSIX-platform Hooks". */
#include "base/arena.h"
#include "base/json.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

static int read_hook(struct reader *r, const struct json_at *at, struct spec_hook *hook)
{
	struct json_at timeout = json_member(at, "timeout");

	if (json_read_object(at, r->err) || spec_read_required(r, at, "path") ||
	    spec_read_absolute(r, at, "path", &hook->path) || spec_read_strings(r, at, "args", &hook->args) ||
	    spec_env_read(r, at, "env", &hook->env) || spec_read_u32(r, at, "timeout", &hook->timeout) ||
	    spec_read_end(r, at))
		return -1;
	return !timeout.node || hook->timeout ? 0 : spec_read_expected(r, &timeout, "seconds, at least 1");
}

static int read_kind(struct reader *r, const struct json_at *array, struct spec_hooks *hooks)
{
	struct json_at item = { 0 };

	hooks->items = arena_array(r->arena, json_count(array), sizeof(*hooks->items));
	while (json_next(array, &item))
		if (read_hook(r, &item, &hooks->items[hooks->count++]))
			return -1;
	return 0;
}

int spec_hooks_read(struct reader *r, const struct json_at *at, struct spec_hooks *hooks)
{
	for (size_t i = 0; i < spec_names_hook.count; i++) {
		const struct spec_name *kind = &spec_names_hook.items[i];
		struct json_at array;

		if (spec_read_array(r, at, kind->name, &array) ||
		    (array.node && read_kind(r, &array, &hooks[kind->value])))
			return -1;
	}
	return spec_read_end(r, at);
}
