/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "state/state.h"

static bool id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("_+.-", c));
}

int state_id_check(const char *id, struct err *err)
{
	size_t len = strlen(id);

	if (len == 0)
		return err_set(err, ERR_USAGE, "container id", "must not be empty");
	if (len > STATE_ID_MAX)
		return err_set(err, ERR_USAGE, "container id", "has %zu characters, the limit is %d", len,
			       STATE_ID_MAX);
	if (id[0] == '.')
		return err_set(err, ERR_USAGE, "container id", "\"%.200s\" begins with a dot", id);
	for (const char *p = id; *p; p++)
		if (!id_char(*p))
			return err_set(err, ERR_USAGE, "container id",
				       "\"%.200s\" has a character other than letters, digits and _ + - .", id);
	return 0;
}
