/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KEY=VALUE on the command line. */
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "common/nearest.h"
#include "nscgroup/nscgroup.h"
#include "plan/key.h"
#include "run/cgroup_key.h"

int nscgroup_assignments(char **operands, size_t count, struct run_cgroup_assignment **items, struct err *err)
{
	*items = memory_zalloc(count + 1, sizeof(**items));
	for (size_t i = 0; i < count; i++) {
		char *equal = strchr(operands[i], '=');

		if (!equal || equal == operands[i]) {
			err_set(err, ERR_USAGE, "", "expected KEY=VALUE, found \"%.200s\"", operands[i]);
			return -1;
		}
		*equal = '\0';
		(*items)[i] = (struct run_cgroup_assignment){ operands[i], equal + 1 };
	}
	return 0;
}

static void consider(const char *typed, const char *name, size_t *least, const char **nearest)
{
	size_t distance = nearest_distance(typed, strlen(typed), name);

	if (distance < *least) {
		*least = distance;
		*nearest = name;
	}
}

int nscgroup_hint_key(struct err *err)
{
	size_t length = strlen(err->object), least = NEAREST_MAX(length) + 1;
	const struct plan_key *key;
	const char *nearest = NULL, *alias;

	if (err->kind != ERR_USAGE || strcmp(err->message, "unknown key") != 0)
		return -1;
	for (size_t i = 0; (key = plan_key_at(i)); i++)
		consider(err->object, key->name, &least, &nearest);
	for (size_t i = 0; (alias = plan_key_alias_at(i)); i++)
		consider(err->object, alias, &least, &nearest);
	if (nearest)
		return err_hint(err, "did you mean %s?", nearest);
	return err_hint(err, "nscgroup(1) lists the keys; \"nscgroup show\" tells those that are set");
}
