/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "common/command.h"
#include "kern/caps.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"
#include "run/run.h"
#include "state/state.h"

int nscaps_context(const struct command_call *call, struct run_context *context, struct err *err)
{
	struct nscaps *nscaps = call->globals;

	if (!nscaps->root && !nscaps->root_default)
		nscaps->root_default = state_root_default(err);
	*context = (struct run_context){ .root_path = nscaps->root ? nscaps->root : nscaps->root_default,
					 .rootless = geteuid() != 0 };
	return context->root_path ? 0 : -1;
}

const char *const nscaps_set_names[NSCAPS_SETS] = { "permitted", "effective", "inheritable", "bounding",
						    "ambient" };

uint64_t *nscaps_set_of(struct kern_caps *caps, unsigned set)
{
	uint64_t *const sets[NSCAPS_SETS] = { &caps->permitted, &caps->effective, &caps->inheritable,
					      &caps->bounding, &caps->ambient };

	return sets[set];
}

struct json *nscaps_caps_json(const struct kern_caps *caps)
{
	struct kern_caps copy = *caps;
	struct json *object = json_object();

	for (unsigned i = 0; i < NSCAPS_SETS; i++)
		json_set(object, nscaps_set_names[i], set_json(*nscaps_set_of(&copy, i)));
	return object;
}

const char *nscaps_user_name(uint32_t uid)
{
	static char number[16];
	const struct passwd *entry = getpwuid(uid);

	if (entry)
		return entry->pw_name;
	snprintf(number, sizeof(number), "#%u", uid);
	return number;
}
