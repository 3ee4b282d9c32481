/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets as they are typed and shown; what `nscaps run` makes of them. Numbers fit every kernel from 5.9 on. */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "kern/caps.h"
#include "nscaps/run_sets.h"
#include "nscaps/set.h"

#define BIT(n) (UINT64_C(1) << (n))

static const struct {
	const char *text;
	uint64_t from, all, named;
} sets[] = {
	{ "CAP_NET_RAW", 0, BIT(13), BIT(13) },
	{ "net_raw,Cap_Kill,0", 0, BIT(13) | BIT(5) | 1, BIT(13) | BIT(5) | 1 },
	{ "net_raw", BIT(3), BIT(13), BIT(13) },
	{ "+net_raw", BIT(3), BIT(13) | BIT(3), BIT(13) },
	{ "-3,+4", BIT(3) | 1, BIT(4) | 1, BIT(4) },
	{ "net_raw,-net_raw", 0, 0, 0 },
	{ "none", BIT(3), 0, 0 },
	{ "0x3000", 0, 0x3000, 0x3000 },
	{ "-0x3000", 0x7000, 0x4000, 0 },
	{ "-all,+1", UINT64_MAX, UINT64_MAX, 2 }, /* adjusted below: what this kernel lacks stays */
};

Test(nscaps_set, parse)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		uint64_t all = sets[i].from == UINT64_MAX ? (~kern_caps_all() | 2) : sets[i].all;
		struct err err = { 0 };
		struct set set;

		cr_expect_eq(set_parse("--x", sets[i].text, sets[i].from, &set, &err), 0, "%s", sets[i].text);
		cr_expect_eq(set.all, all, "%s: %llx", sets[i].text, (unsigned long long)set.all);
		cr_expect_eq(set.named, sets[i].named, "%s", sets[i].text);
	}
}

Test(nscaps_set, all_and_default)
{
	struct err err = { 0 };
	struct set set;

	cr_expect_eq(set_parse("x", "all,-13", 0, &set, &err), 0);
	cr_expect_eq(set.all, kern_caps_all() & ~BIT(13));
	cr_expect_eq(set.named, 0);
	cr_expect_eq(set_parse("x", "default", 0, &set, &err), 0);
	cr_expect_eq(set.all, set_default());
	cr_expect(set.all && set.all != kern_caps_all());
}

static const struct {
	const char *text, *message, *hint;
} bad[] = {
	{ "", "--x: expected capabilities, found \"\"", "such as net_raw" },
	{ ",", "--x: expected capabilities, found \",\"", "such as" },
	{ "kill,", "--x: expected capabilities, found \"\"", "such as" },
	{ "+", "--x: expected capabilities, found \"+\"", "such as" },
	{ "+-kill", "--x: expected a capability, found \"-kill\"", "" },
	{ "kil", "--x: expected a capability, found \"kil\"", "did you mean CAP_KILL?" },
	{ "CAP_SYS_ADMON", "--x: expected a capability, found \"CAP_SYS_ADMON\"", "did you mean CAP_SYS_ADMIN?" },
	{ "netraw", "--x: expected a capability, found \"netraw\"", "did you mean CAP_NET_RAW?" },
	{ "checkpoint", "--x: expected a capability, found \"checkpoint\"", "did you mean CAP_CHECKPOINT_RESTORE?" },
	{ "zzzzzz", "--x: expected a capability, found \"zzzzzz\"", "nscaps list shows them" },
	{ "kill chown", "--x: expected a capability, found \"kill chown\"", "" },
	{ " kill", "--x: expected a capability, found \" kill\"", "" },
	{ "63", "--x: expected a capability, found \"63\"", "" },
	{ "0x", "--x: expected a mask of this kernel's capabilities, found \"0x\"", "all of them are 0x" },
	{ "0x8000000000000000", "--x: expected a mask of this kernel's capabilities", "all of them are 0x" },
	{ "none,kill", "--x: none stands alone", "" },
};

Test(nscaps_set, mistakes)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = { 0 };
		struct set set;
		char text[512];

		cr_expect_eq(set_parse("--x", bad[i].text, 0, &set, &err), -1, "%s", bad[i].text);
		err_text(&err, text, sizeof(text));
		cr_expect(!strncmp(text, bad[i].message, strlen(bad[i].message)), "%s: %s", bad[i].text, text);
		cr_expect(!strncmp(err.hint, bad[i].hint, strlen(bad[i].hint)), "%s: %s", bad[i].text, err.hint);
	}
}

Test(nscaps_set, print)
{
	static const struct {
		uint64_t set;
		const char *text, *brief;
	} table[] = {
		{ 0, "none", "none" },
		{ BIT(13) | 1, "CAP_CHOWN,CAP_NET_RAW", "chown,net_raw" },
		{ BIT(63), "CAP_63", "63" },
	};
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		auto_strbuf struct strbuf text = { 0 }, brief = { 0 };

		set_print(table[i].set, &text);
		set_print_short(table[i].set, &brief);
		cr_expect_str_eq(text.text, table[i].text);
		cr_expect_str_eq(brief.text, table[i].brief);
	}
	/* What is short is read as the same set. */
	for (unsigned i = 0; i <= kern_caps_last(); i++) {
		uint64_t set = kern_caps_all() & ~(BIT(i) | BIT(i / 2));
		auto_strbuf struct strbuf brief = { 0 };
		struct set read;

		set_print_short(set, &brief);
		cr_expect_eq(set_parse("x", brief.text, 0, &read, &err), 0, "%s", brief.text);
		cr_expect_eq(read.all, set, "%s", brief.text);
	}
}

/* ---- run ------------------------------------------------------------------------------------ */

#define ALL (BIT(0) | BIT(1) | BIT(5) | BIT(13)) /* chown, dac_override, kill, net_raw */

static const struct {
	struct run_sets_request request;
	struct kern_caps have;
	bool root;
	struct kern_caps want; /* bounding, effective, inheritable, permitted, ambient */
} requests[] = {
	{ { 0 }, { ALL, ALL, 0, ALL, 0 }, true, { ALL, ALL, 0, ALL, 0 } },
	{ { .keep = "kill" }, { ALL, ALL, BIT(0), ALL, 0 }, true, { BIT(5), BIT(5), 0, BIT(5), 0 } },
	{ { .keep = "kill" }, { ALL, ALL, 0, ALL, 0 }, false, { BIT(5), BIT(5), BIT(5), BIT(5), BIT(5) } },
	{ { .keep = "-kill" }, { ALL, ALL, 0, ALL, 0 }, true, { ALL - BIT(5), ALL - BIT(5), 0, ALL - BIT(5), 0 } },
	{ { .keep = "all" }, { ALL, ALL, 0, ALL, 0 }, true, { ALL, ALL, 0, ALL, 0 } },
	/* gone from bounding: by inheritable */
	{ { .keep = "kill" }, { BIT(0), ALL, 0, ALL, 0 }, true, { 0, BIT(5), BIT(5), BIT(5), 0 } },
	{ { .drop = "kill" }, { ALL, ALL, BIT(5), ALL, 0 }, true, { ALL - BIT(5), ALL - BIT(5), 0, ALL - BIT(5), 0 } },
	{ { .drop = "kill" }, { ALL, 33, 33, 33, 33 }, false, { ALL - BIT(5), 1, 1, 1, 1 } },
	{ { .ambient = "kill" }, { ALL, ALL, 0, ALL, 0 }, false, { ALL, BIT(5), BIT(5), BIT(5), BIT(5) } },
	{ { .ambient = "-kill" }, { ALL, 33, 33, 33, 33 }, false, { ALL, 1, 33, 1, 1 } },
	{ { .inheritable = "none" }, { ALL, 33, 33, 33, 33 }, false, { ALL, 0, 0, 0, 0 } },
	{ { .inheritable = "all" }, { ALL, ALL, 0, ALL, 0 }, true, { ALL, ALL, ALL, ALL, 0 } },
	{ { .bounding = "none", .inheritable = "kill" },
	  { ALL, ALL, 0, ALL, 0 },
	  true,
	  { 0, BIT(5), BIT(5), BIT(5), 0 } },
	{ { .keep = "kill", .bounding = "+chown" }, { ALL, ALL, 0, ALL, 0 }, true, { 33, 33, 0, 33, 0 } },
};

Test(nscaps_run, sets)
{
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		const struct kern_caps *wanted = &requests[i].want;
		struct err err = { 0 };
		struct kern_caps want;

		cr_expect_eq(run_sets_make(&requests[i].request, &requests[i].have, requests[i].root, &want, &err), 0);
		cr_expect(!memcmp(&want, wanted, sizeof(want)), "row %zu: b %llx e %llx i %llx p %llx a %llx", i,
			  (unsigned long long)want.bounding, (unsigned long long)want.effective,
			  (unsigned long long)want.inheritable, (unsigned long long)want.permitted,
			  (unsigned long long)want.ambient);
	}
}

Test(nscaps_run, securebits)
{
	static const struct {
		const char *text;
		uint32_t from;
		int ret;
		uint32_t bits;
	} table[] = {
		{ "noroot", 4, 0, 1 },		    { "+noroot", 4, 0, 5 },	   { "-no_setuid_fixup", 5, 0, 1 },
		{ "noroot,noroot_locked", 0, 0, 3 }, { "0x2f", 0, 0, 0x2f },	   { "47", 1, 0, 47 },
		{ "none", 7, 0, 0 },		    { "exec_restrict_file", 0, 0, 256 }, { "+0x10,-1", 1, 0, 16 },
		{ "", 0, -1, 0 },		    { "nonroot", 0, -1, 0 },	   { "noroot,", 0, -1, 0 },
		{ "0x1ffffffff", 0, -1, 0 },	    { "+", 0, -1, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct err err = { 0 };
		uint32_t bits = 0;

		cr_expect_eq(run_sets_securebits(table[i].text, table[i].from, &bits, &err), table[i].ret, "%s",
			     table[i].text);
		if (!table[i].ret)
			cr_expect_eq(bits, table[i].bits, "%s: %x", table[i].text, bits);
	}
}
