/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/device_rule.h"
#include "spec/types.h"

bool device_rule_access(const char *text, struct spec_device_rule *rule)
{
	if (!*text || text[strspn(text, "rwm")])
		return false;
	rule->read = strchr(text, 'r');
	rule->write = strchr(text, 'w');
	rule->mknod = strchr(text, 'm');
	return true;
}

/* A device number or "*". */
static bool read_number(const char *text, int64_t *number)
{
	uint32_t value;

	if (text && !strcmp(text, "*")) {
		*number = -1;
		return true;
	}
	if (!text || number_u32(text, &value))
		return false;
	*number = value;
	return true;
}

bool device_rule_parse(const char *text, struct spec_device_rule *rule)
{
	auto_free char *copy = memory_strdup(text);
	char *rest = copy, *type = strsep(&rest, " "), *numbers = strsep(&rest, " ");
	char *minor_number = numbers, *major_number = numbers ? strsep(&minor_number, ":") : NULL;

	if (strlen(type) != 1 || !strchr("acb", *type) || !read_number(major_number, &rule->major) ||
	    !read_number(minor_number, &rule->minor) || !rest || !device_rule_access(rest, rule))
		return false;
	rule->type = *type;
	return true;
}
