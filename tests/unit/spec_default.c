/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The built-in specs. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "base/err.h"
#include "spec/spec.h"
#include "spec/types.h"

static void expect_round_trip(const struct spec *spec)
{
	auto_strbuf struct strbuf first = { 0 }, second = { 0 };
	struct json *json = spec_write(spec);
	struct err err = { 0 };
	struct spec *again;

	json_print(json, true, &first);
	json_free(json);
	again = spec_read(first.text, first.len, "written", "/b", &err);
	cr_assert(again, "%s %s", err.message, err.where);
	json = spec_write(again);
	json_print(json, true, &second);
	json_free(json);
	cr_expect_str_eq(first.text, second.text);
	cr_expect_eq(spec->unknown.count, 0);
	cr_expect_eq(spec->warnings.count, 0);
	spec_free(again);
}

Test(spec_default, is_what_the_man_page_says)
{
	struct spec *spec = spec_default("/b");

	cr_expect_str_eq(spec->root.path, "/");
	cr_expect(spec->own.layers.given && !spec->own.layers.upper);
	cr_expect_str_eq(spec->process.args.items[0], "sh");
	cr_expect_not(spec->process.terminal);
	cr_expect(spec->process.no_new_privileges);
	cr_expect_eq(__builtin_popcountll(spec->process.capabilities.bounding), 11);
	cr_expect_eq(spec->process.capabilities.inheritable, 0);
	for (size_t kind = 0; kind < SPEC_NS_COUNT; kind++)
		cr_expect_eq(spec->linux_.namespaces[kind].given,
			     kind != SPEC_NS_USER && kind != SPEC_NS_TIME);
	cr_expect_eq(spec->mount_count, 7);
	cr_expect(spec->linux_.seccomp.given && spec->linux_.seccomp.rule_count == 6);
	expect_round_trip(spec);
	spec_free(spec);
}

Test(spec_default, example)
{
	struct spec *spec = spec_example("/b");

	cr_expect_str_eq(spec->root.path, "rootfs");
	cr_expect(spec->process.terminal);
	cr_expect_eq(__builtin_popcountll(spec->process.capabilities.effective), 3);
	expect_round_trip(spec);
	spec_free(spec);
}

static const struct spec_mount *find_mount(const struct spec *spec, const char *destination)
{
	for (size_t i = 0; i < spec->mount_count; i++)
		if (!strcmp(spec->mounts[i].destination, destination))
			return &spec->mounts[i];
	cr_assert_fail("no mount on %s", destination);
	return NULL;
}

Test(spec_default, rootless)
{
	struct spec_idmap map = { .container_id = 0, .host_id = 1000, .size = 1 };
	struct spec_idmaps maps = { &map, 1 };
	struct spec *spec = spec_example("/b");

	spec->linux_.namespaces[SPEC_NS_NETWORK].given = false;
	spec_make_rootless(spec, &maps, &maps);
	cr_expect(spec->linux_.namespaces[SPEC_NS_USER].given);
	cr_expect_eq(spec->linux_.uid_mappings.items[0].host_id, 1000);
	cr_expect_not(spec->linux_.resources.given);
	cr_expect_str_eq(find_mount(spec, "/dev/pts")->data, "newinstance,ptmxmode=0666,mode=0620");
	cr_expect(find_mount(spec, "/sys")->bind);
	cr_expect_str_eq(find_mount(spec, "/sys")->source, "/sys");
	spec_free(spec);
}

Test(spec_default, fitted_into_a_user_namespace)
{
	struct spec_idmap map = { .container_id = 0, .host_id = 1000, .size = 1 };
	struct spec_idmaps maps = { &map, 1 };
	struct spec *spec = spec_default("/b");
	size_t before = spec->mount_count;

	/* Nothing to do without a new user namespace. */
	spec_fit_root(spec);
	cr_expect(spec->own.layers.given);
	cr_expect_eq(spec->mount_count, before);
	spec->mounts[3].destination = "/tmp";
	spec_make_rootless(spec, &maps, &maps);
	spec_fit_root(spec);
	cr_expect_not(spec->own.layers.given);
	/* The remount, /run and /var/tmp before the others; /tmp is the spec's own. */
	cr_expect_eq(spec->mount_count, before + 3);
	cr_expect_str_eq(spec->mounts[0].destination, "/");
	cr_expect(spec->mounts[0].remount && spec->mounts[0].attr_set_recursive);
	cr_expect_str_eq(spec->mounts[1].destination, "/run");
	cr_expect_str_eq(spec->mounts[2].destination, "/var/tmp");
	cr_expect_str_eq(spec->mounts[6].destination, "/tmp");
	expect_round_trip(spec);
	spec_free(spec);
}
