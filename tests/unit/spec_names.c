/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <signal.h>

#include "base/cleanup.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/types.h"

static const struct spec_names *const tables[] = {
	&spec_names_namespace,      &spec_names_capability,     &spec_names_rlimit,
	&spec_names_signal,         &spec_names_seccomp_action, &spec_names_seccomp_op,
	&spec_names_seccomp_flag,   &spec_names_seccomp_arch,   &spec_names_scheduler,
	&spec_names_scheduler_flag, &spec_names_io_class,       &spec_names_memory_mode,
	&spec_names_memory_flag,    &spec_names_personality,    &spec_names_hook,
	&spec_names_propagation,    &spec_names_landlock_fs,    &spec_names_landlock_net,
	&spec_names_landlock_scope,
};

/* Every name is found, and its value gives a name of the same value. */
Test(names, there_and_back)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			uint64_t value = 0, again = 0;
			const char *name = tables[t]->items[i].name;

			cr_expect_eq(spec_names_find(tables[t], name, &value), 0, "%s", name);
			cr_expect_eq(spec_names_find(tables[t], spec_names_of(tables[t], value), &again), 0);
			cr_expect_eq(value, again, "%s", name);
		}
	}
}

Test(names, counts)
{
	cr_expect_eq(spec_names_capability.count, 41);
	cr_expect_eq(spec_names_namespace.count, SPEC_NS_COUNT);
	cr_expect_eq(spec_names_hook.count, SPEC_HOOK_COUNT);
	cr_expect_eq(spec_names_rlimit.count, 16);
	cr_expect_eq(spec_names_seccomp_arch.count, 23);
}

static const struct signal_case {
	const char *text;
	int signal; /* 0: not a signal */
} signal_cases[] = {
	{ "TERM", SIGTERM },
	{ "SIGTERM", SIGTERM },
	{ "sigkill", SIGKILL },
	{ "9", 9 },
	{ "64", 64 },
	{ "RTMIN", 34 },
	{ "SIGRTMIN+3", 37 },
	{ "RTMAX", 64 },
	{ "RTMAX-1", 63 },
	{ "0", 0 },
	{ "65", 0 },
	{ "-1", 0 },
	{ "", 0 },
	{ "SIG", 0 },
	{ "FOO", 0 },
	{ "RTMIN+31", 0 },
	{ "RTMIN-1", 0 },
	{ "RTMAX+1", 0 },
	{ "9x", 0 },
	{ "SIGSIGTERM", 0 },
};

Test(names, signals)
{
	for (size_t i = 0; i < ARRAY_SIZE(signal_cases); i++) {
		int signal = 0;

		spec_signal_parse(signal_cases[i].text, &signal);
		cr_expect_eq(signal, signal_cases[i].signal, "\"%s\" gives %d", signal_cases[i].text, signal);
	}
	for (int signal = 1; signal <= 64; signal++) {
		char name[16];
		int again = 0;

		spec_signal_parse(spec_signal_name(signal, name, sizeof(name)), &again);
		cr_expect_eq(signal, again, "%d is %s is %d", signal, name, again);
	}
}

Test(names, capabilities)
{
	unsigned number = 0;

	cr_expect_eq(spec_capability_parse("net_raw", &number), 0);
	cr_expect_eq(number, 13);
	cr_expect_eq(spec_capability_parse("CAP_CHECKPOINT_RESTORE", &number), 0);
	cr_expect_eq(number, 40);
	cr_expect_eq(spec_capability_parse("CAP_", &number), -1);
	cr_expect_eq(spec_capability_parse("", &number), -1);
}

static const struct text_case {
	const char *text;
	bool valid;
} list_cases[] = {
	{ "0", true }, { "0-3", true }, { "0-3,8", true },
	{ "1,1", true }, { "", false }, { "3-1", false },
	{ "0-", false }, { "-1", false }, { "0,", false },
	{ ",0", false }, { "0 1", false }, { "65536", false },
	{ "0x1", false },
}, interface_cases[] = {
	{ "eth0", true }, { "abcdefghijklmno", true },
	{ "abcdefghijklmnop", false }, { "", false }, { ".", false },
	{ "..", false }, { "a/b", false }, { "a:b", false },
	{ "a b", false }, { "net%d", true }, { "a%d%d", false },
	{ "a%s", false }, { "%", false },
}, climb_cases[] = {
	{ "..", true }, { "/..", true }, { "a/../b", true },
	{ "../a", true }, { "a/..", true }, { "a..b", false },
	{ "...", false }, { "/a/b", false }, { "", false }, { "..a/b..", false },
};

Test(names, checks)
{
	for (size_t i = 0; i < ARRAY_SIZE(list_cases); i++)
		cr_expect_eq(spec_list_is_valid(list_cases[i].text), list_cases[i].valid, "\"%s\"",
			     list_cases[i].text);
	for (size_t i = 0; i < ARRAY_SIZE(interface_cases); i++)
		cr_expect_eq(spec_interface_template_is_valid(interface_cases[i].text),
			     interface_cases[i].valid, "\"%s\"", interface_cases[i].text);
	for (size_t i = 0; i < ARRAY_SIZE(climb_cases); i++)
		cr_expect_eq(spec_path_climbs(climb_cases[i].text), climb_cases[i].valid, "\"%s\"",
			     climb_cases[i].text);
}
