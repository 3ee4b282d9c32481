/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the seccomp tests: a profile of one rule beside a default of "allow". */
#ifndef NSTOOLS_TESTS_KERN_SECCOMP_HELP_H
#define NSTOOLS_TESTS_KERN_SECCOMP_HELP_H

#include <criterion/criterion.h>

#include "kern/seccomp.h"

struct one {
	struct kern_seccomp profile;
	struct kern_seccomp_rule rule;
	const char *names[4];
};

static inline void one_rule(struct one *one, const char *name, enum kern_seccomp_action action)
{
	*one = (struct one){ 0 };
	one->names[0] = name;
	one->rule.names = one->names;
	one->rule.name_count = 1;
	one->rule.action = action;
	one->profile.default_action = KERN_SECCOMP_ALLOW;
	one->profile.rules = &one->rule;
	one->profile.rule_count = 1;
}

static inline void need_library(void)
{
	if (!HAVE_SECCOMP)
		cr_skip("built without libseccomp");
	if (!kern_seccomp_actions())
		cr_skip("this kernel has no seccomp filters");
}

#endif
