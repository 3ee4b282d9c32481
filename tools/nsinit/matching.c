/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <regex.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "nsinit/matching.h"
#include "run/run.h"
#include "state/state.h"

static int compile(regex_t *compiled, const char *regex, struct err *err)
{
	int code = regcomp(compiled, regex, REG_EXTENDED | REG_NOSUB);
	char text[256];

	if (!code)
		return 0;
	regerror(code, compiled, text, sizeof(text));
	err_set(err, ERR_USAGE, "--regex", "%s", text);
	return err_object(err, "%s", regex);
}

static int list_all(const struct run_context *context, struct arena *arena, const char ***ids, size_t *count,
		    struct err *err)
{
	struct err absent = { 0 };
	auto_close int root = state_root_open(context->root_path, false, &absent);

	*count = 0;
	if (root >= 0)
		return state_list(root, arena, ids, count, err);
	if (absent.kind == ERR_NOT_FOUND)
		return 0;
	*err = absent;
	return -1;
}

int matching_ids(const struct run_context *context, const char *regex, struct arena *arena, const char ***ids,
		 struct err *err)
{
	const char **all = NULL, **matching;
	size_t count, found = 0;
	regex_t compiled;

	if (compile(&compiled, regex, err))
		return -1;
	if (list_all(context, arena, &all, &count, err)) {
		regfree(&compiled);
		return -1;
	}
	matching = arena_array(arena, count + 1, sizeof(*matching));
	for (size_t i = 0; i < count; i++)
		if (regexec(&compiled, all[i], 0, NULL, 0) == 0)
			matching[found++] = all[i];
	regfree(&compiled);
	*ids = matching;
	return 0;
}

int matching_each(const struct run_context *context, const char *const *ids, matching_function *function,
		  void *data, struct err *err)
{
	for (; *ids; ids++) {
		struct err failure = { 0 };

		if (function(context, *ids, data, &failure) == 0)
			continue;
		/* The first is the caller's to report; the others are told here. */
		if (err_is_set(err))
			log_error(&failure);
		else
			*err = failure;
	}
	return err_is_set(err) ? -1 : 0;
}
