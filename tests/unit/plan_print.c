/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --timing says of a step, and what no golden plan holds: bits and numbers without a name, hostile text.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"

static const struct {
	struct step step;
	const char *text;
} steps[] = {
	{ { .kind = STEP_SESSION }, "" },
	{ { .kind = STEP_HOSTNAME, .text = "web" }, "web" },
	{ { .kind = STEP_HOSTNAME, .text = "a b\x1b[31m\x7f\xc2\x9b" }, "\"a b\\x1b[31m\\x7f\\u009b\"" },
	{ { .kind = STEP_CHDIR, .text = "" }, "\"\"" },
	{ { .kind = STEP_CHDIR, .text = "/a\\b\"c\nd" }, "\"/a\\\\b\\\"c\\nd\"" },
	{ { .kind = STEP_CHDIR, .text = "/\xc3\xa4" }, "/\xc3\xa4" },
	{ { .kind = STEP_MOUNT,
	    .mount = { .destination = "/a",
		       .type = "x",
		       .source = "x",
		       .attr_set = MOUNT_ATTR_RDONLY | UINT64_C(1) << 40,
		       .attr_clear = MOUNT_ATTR_NOEXEC,
		       .super_flags = MS_SYNCHRONOUS | UINT64_C(1) << 41 } },
	  "new x on /a type x exec,ro,0x10000000000/0x0 super=sync,0x20000000000" },
	/* An access time that is set and not cleared first is a mistake of the planner's: it shows. */
	{ { .kind = STEP_MOUNT, .mount = { .destination = "/a", .attr_set_recursive = MOUNT_ATTR_NOATIME } },
	  "new on /a r0x10/0x0" },
	{ { .kind = STEP_PERSONALITY, .number = 8 }, "LINUX32" },
	{ { .kind = STEP_DEATH_SIGNAL, .number = 37 }, "SIGRTMIN+3" },
	{ { .kind = STEP_LIMIT, .limit = { .resource = 4, .soft = 5, .hard = UINT64_MAX } },
	  "RLIMIT_CORE soft=5 hard=unlimited" },
	{ { .kind = STEP_DEVICE,
	    .device = { .path = "/dev/x", .type = 'b', .major = 8, .minor = 1, .mode = 0640 } },
	  "/dev/x b 8:1 mode=0640 uid=0 gid=0" },
};

Test(plan, a_step_as_text)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		auto_strbuf struct strbuf text = { 0 };

		strbuf_puts(&text, "");
		plan_print_step(&steps[i].step, &text);
		cr_expect_str_eq(text.text, steps[i].text, "found %s", text.text);
	}
}

Test(plan, a_capability_without_a_name_is_a_number)
{
	struct step step = { .kind = STEP_BOUNDING, .where = "" };
	struct plan plan = { .steps = &step, .count = 1 };
	auto_strbuf struct strbuf text = { 0 };

	step.capabilities.sets.bounding = UINT64_C(1) << 45 | 1;
	plan_print(&plan, &text);
	cr_expect_str_eq(text.text, "  1 parent bounding\n             bounding CAP_CHOWN,45\n", "found %s",
			 text.text);
}

Test(plan, text_of_any_length)
{
	struct plan plan = { .arena = arena_new() };
	struct builder b = { .plan = &plan, .arena = plan.arena };
	char path[20000];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	cr_expect_eq(strlen(plan_text(&b, "/%s/%d", path, 5)), sizeof(path) + 2);
	plan_free(&plan);
}
