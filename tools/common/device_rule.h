/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_COMMON_DEVICE_RULE_H
#define NSTOOLS_COMMON_DEVICE_RULE_H

#include <stdbool.h>

struct spec_device_rule;

/* "rwm", "r": at least one, each once. */
bool device_rule_access(const char *text, struct spec_device_rule *rule);
/* "c 10:200 rwm", "b 8:* r", as in a cgroup's devices.allow; `allow` stays as it is. False when it is none such. */
bool device_rule_parse(const char *text, struct spec_device_rule *rule);

#endif
