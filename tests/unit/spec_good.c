/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Good specs: what comes of the fields, and that what is written reads back the same. */
#include <criterion/criterion.h>
#include <linux/mount.h>
#include <signal.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "spec/names.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "spec_files.h"

static struct spec *read_good(const char *name, const char *text, size_t len)
{
	struct err err = { 0 };
	struct spec *spec = spec_read(text, len, name, "/bundle", &err);
	char found[2048];

	cr_assert(spec, "%s", err_text(&err, found, sizeof(found)));
	return spec;
}

static struct spec *read_text(const char *text)
{
	return read_good("config.json", text, strlen(text));
}

static void write_text(const struct spec *spec, struct strbuf *text)
{
	struct json *json = spec_write(spec);

	json_print(json, true, text);
	json_free(json);
}

static void round_trip(const char *name, const char *text, size_t len)
{
	auto_strbuf struct strbuf first = { 0 }, second = { 0 };
	struct spec *spec = read_good(name, text, len), *again;

	write_text(spec, &first);
	again = read_good(name, first.text, first.len);
	write_text(again, &second);
	cr_expect_str_eq(first.text, second.text, "%s changes when it is written and read", name);
	spec_free(spec);
	spec_free(again);
}

Test(spec, round_trip)
{
	cr_expect_geq(spec_files_each("spec-good", round_trip), 6);
}

/* everything.json sets every field, in the writer's own order: nothing may be lost or changed. */
Test(spec, writes_everything)
{
	size_t len;
	auto_free char *text = spec_files_read("spec-good", "everything.json", &len);
	auto_strbuf struct strbuf written = { 0 }, original = { 0 };
	struct spec *spec = read_good("everything.json", text, len);
	struct err err = { 0 };
	struct json *json = json_parse(text, len, "everything.json", &err), *copy = json_copy(json);

	write_text(spec, &written);
	json_print(copy, true, &original);
	cr_expect_str_eq(written.text, original.text);
	cr_expect_eq(spec->unknown.count, 0);
	cr_expect_eq(spec->warnings.count, 0);
	json_free(json);
	json_free(copy);
	spec_free(spec);
}

Test(spec, fields)
{
	size_t len;
	auto_free char *text = spec_files_read("spec-good", "everything.json", &len);
	struct spec *spec = read_good("everything.json", text, len);

	cr_expect_eq(spec->process.user.gid, 4294967294u);
	cr_expect_eq(spec->process.user.umask, 022);
	cr_expect_eq(spec->process.rlimits[0].hard, UINT64_MAX);
	cr_expect_eq(spec->process.capabilities.bounding, UINT64_C(1) << 40 | 1);
	cr_expect(spec->process.has_oom_score_adj);
	cr_expect_null(spec->process.args.items[spec->process.args.count]);
	cr_expect_eq(spec->linux_.boottime.secs, INT64_MAX);
	cr_expect_eq(spec->linux_.resources.hugepages[0].limit, UINT64_C(9223372036854775809));
	cr_expect_eq(spec->linux_.resources.devices[2].minor, -1);
	cr_expect(spec->linux_.resources.pids_limit.given && spec->linux_.resources.pids_limit.value == 0);
	cr_expect_str_eq(spec->linux_.namespaces[SPEC_NS_PID].path, "/proc/1/ns/pid");
	cr_expect_eq(spec->linux_.namespaces[SPEC_NS_TIME].index, 7);
	cr_expect_eq(spec->own.stop_signal, 37);
	cr_expect(spec->own.has_loopback && !spec->own.loopback);
	cr_expect(spec->linux_.readonly_paths.given && !spec->linux_.readonly_paths.count);
	spec_free(spec);
}

#define TOP "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},"

Test(spec, unknown_members_are_noted_with_what_they_look_like)
{
	struct spec *spec = read_text(TOP "\"hostnme\":\"x\",\"zzz\":1,\"windows\":{\"a\":1},"
					  "\"process\":{\"arg\":[],\"args\":[\"sh\"],\"cwd\":\"/\"}}");

	cr_assert_eq(spec->unknown.count, 3);
	cr_expect_str_eq(spec->unknown.items[0], "/process/arg");
	cr_expect_str_eq(spec->unknown_near.items[0], "args");
	cr_expect_str_eq(spec->unknown.items[1], "/hostnme");
	cr_expect_str_eq(spec->unknown_near.items[1], "hostname");
	cr_expect_str_eq(spec->unknown.items[2], "/zzz");
	cr_expect_str_eq(spec->unknown_near.items[2], "");
	spec_free(spec);
}

/* C6: an unknown capability is a warning. */
Test(spec, warnings)
{
	struct spec *spec =
		read_text("{\"ociVersion\":\"1.9.0\",\"root\":{\"path\":\"r\"},"
			  "\"mounts\":[{\"destination\":\"data\",\"type\":\"tmpfs\"},"
			  "{\"destination\":\"/b\",\"source\":\"b\",\"options\":[\"bind\",\"size=5k\"]}],"
			  "\"process\":{\"args\":[\"sh\"],\"cwd\":\"/\",\"capabilities\":"
			  "{\"bounding\":[\"CAP_NEW\",\"CAP_KILL\"]}}}");

	cr_assert_eq(spec->warnings.count, 4);
	cr_expect_str_eq(spec->warnings.items[0], "the spec is of version 1.9.0, this program knows 1.3.0 "
						  "(config.json: /ociVersion)");
	cr_expect_str_eq(spec->warnings.items[1], "the capability CAP_NEW is not known and left out "
						  "(config.json: /process/capabilities/bounding/0)");
	cr_expect_str_eq(spec->warnings.items[3], "a bind mount has no file system to give \"size=5k\" to "
						  "(config.json: /mounts/1/options)");
	cr_expect_str_eq(spec->mounts[0].destination, "/data");
	cr_expect_eq(spec->process.capabilities.bounding, UINT64_C(1) << 5);
	spec_free(spec);
}

Test(spec, what_others_write_is_taken)
{
	struct spec *spec = read_text(
		TOP "\"hostname\":\"\",\"linux\":{\"rootfsPropagation\":\"\",\"cgroupsPath\":\"\","
		    "\"seccomp\":null,\"devices\":[{\"type\":\"u\",\"path\":\"/dev/x\",\"major\":1,"
		    "\"minor\":2,\"fileMode\":8630}],\"namespaces\":[{\"type\":\"network\"}],"
		    "\"sysctl\":{\"net.ipv4.conf.eth0/100.forwarding\":\"1\"}},"
		    "\"process\":{\"args\":[\"sh\"],\"cwd\":\"/\",\"env\":[\"A=1\",\"B=2\",\"A=3\"],"
		    "\"consoleSize\":{\"height\":-1},\"user\":{\"uid\":0,\"gid\":0,\"username\":\"x\"}}}");

	cr_expect_null(spec->hostname);
	cr_expect_null(spec->linux_.cgroups_path);
	cr_expect_not(spec->linux_.seccomp.given);
	cr_expect_eq(spec->linux_.devices[0].type, 'c');
	cr_expect_eq(spec->linux_.devices[0].file_mode, 0666);
	cr_expect_str_eq(spec->linux_.sysctl.items[0].key, "net/ipv4/conf/eth0.100/forwarding");
	cr_assert_eq(spec->process.env.count, 2);
	cr_expect_str_eq(spec->process.env.items[0], "B=2");
	cr_expect_str_eq(spec->process.env.items[1], "A=3");
	cr_expect_not(spec->process.has_console_size);
	cr_expect_eq(spec->unknown.count, 0);
	spec_free(spec);
}

/* ---- mount options ------------------------------------------------------------ */

static const struct option_case {
	const char *options;
	uint64_t flags, cleared, attr_set, attr_clear;
	const char *data;
	bool bind, recursive;
	size_t propagations;
} option_cases[] = {
	{ .options = "ro,nosuid,size=5k,mode=755",
	  .flags = MS_RDONLY | MS_NOSUID,
	  .data = "size=5k,mode=755" },
	{ .options = "ro,rw", .cleared = MS_RDONLY },
	{ .options = "rw,ro", .flags = MS_RDONLY },
	{ .options = "noatime,strictatime", .flags = MS_STRICTATIME, .cleared = MS_NOATIME | MS_RELATIME },
	{ .options = "rbind,rro,rnosuid",
	  .bind = true,
	  .recursive = true,
	  .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID },
	{ .options = "bind,rro,rrw", .bind = true, .attr_clear = MOUNT_ATTR_RDONLY },
	{ .options = "bind,rnoatime",
	  .bind = true,
	  .attr_set = MOUNT_ATTR_NOATIME,
	  .attr_clear = MOUNT_ATTR__ATIME },
	{ .options = "bind,rnoatime,ratime", .bind = true, .attr_clear = MOUNT_ATTR__ATIME },
	{ .options = "bind,rslave,shared", .bind = true, .propagations = 2 },
	{ .options = "defaults,acl", .data = "acl" },
};

Test(spec, mount_options)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_cases); i++) {
		const struct option_case *c = &option_cases[i];
		struct arena *arena = arena_new();
		struct spec_mount mount = { 0 };
		const char *items[8];
		char text[128];

		strcpy(text, c->options);
		for (char *word = strtok(text, ","); word; word = strtok(NULL, ","))
			items[mount.options.count++] = word;
		mount.options.items = items;
		spec_mount_split(arena, &mount);
		cr_expect_eq(mount.flags, c->flags, "%s", c->options);
		cr_expect_eq(mount.flags_cleared, c->cleared, "%s", c->options);
		cr_expect_eq(mount.attr_set_recursive, c->attr_set, "%s", c->options);
		cr_expect_eq(mount.attr_clear_recursive, c->attr_clear, "%s", c->options);
		cr_expect_eq(mount.bind, c->bind, "%s", c->options);
		cr_expect_eq(mount.recursive, c->recursive, "%s", c->options);
		cr_expect_eq(mount.propagation_count, c->propagations, "%s", c->options);
		cr_expect_str_eq(mount.data ? mount.data : "", c->data ? c->data : "", "%s", c->options);
		arena_free(arena);
	}
}

/* A mount is a bind mount by its options alone (OCI config.md), never by its type. */
Test(spec, bind_is_an_option)
{
	struct spec *spec =
		read_text(TOP "\"mounts\":[{\"destination\":\"/a\",\"type\":\"bind\",\"source\":\"/b\"}]}");

	cr_expect_not(spec->mounts[0].bind);
	spec_free(spec);
}

/* C1: what a spec does not name as inheritable is not, and the writer does not add it. */
Test(spec, inheritable_stays_empty)
{
	auto_strbuf struct strbuf text = { 0 };
	struct spec *spec =
		read_text(TOP "\"process\":{\"args\":[\"sh\"],\"cwd\":\"/\",\"capabilities\":"
			      "{\"bounding\":[\"CAP_NET_RAW\"],\"effective\":[\"CAP_NET_RAW\"]}}}");

	write_text(spec, &text);
	cr_expect_eq(spec->process.capabilities.inheritable, 0);
	cr_expect_null(strstr(text.text, "inheritable"));
	spec_free(spec);
}
