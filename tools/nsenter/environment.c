/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --clear-env, --keep-var and --set-var. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/memory.h"
#include "common/option.h"
#include "run/attach.h"
#include "nsenter/nsenter.h"

/* What putenv(3) is given stays until execve. */
static int put(char *entry, struct err *err)
{
	return putenv(entry) ? err_system(err, "putenv", "%s", entry) : 0;
}

static int clear(const struct option_texts *keep, struct err *err)
{
	char **kept = memory_zalloc(keep->count + 1, sizeof(*kept));
	int ret = 0;

	for (size_t i = 0; i < keep->count; i++) {
		const char *value = getenv(keep->items[i]);

		kept[i] = value ? memory_printf("%s=%s", keep->items[i], value) : NULL;
	}
	clearenv();
	for (size_t i = 0; !ret && i < keep->count; i++)
		if (kept[i])
			ret = put(kept[i], err);
	free(kept);
	if (!ret && !getenv("PATH"))
		ret = put(memory_strdup("PATH=" NSENTER_DEFAULT_PATH), err);
	return ret;
}

int nsenter_environment(const struct nsenter *nsenter, struct err *err)
{
	if (nsenter->clear_env && clear(&nsenter->keep_variables, err))
		return -1;
	for (size_t i = 0; i < nsenter->set_variables.count; i++)
		if (put(memory_strdup(nsenter->set_variables.items[i]), err))
			return -1;
	return 0;
}
