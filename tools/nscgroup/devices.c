/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "common/device_rule.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/cgroup/devices.h"
#include "nscgroup/commands.h"
#include "nscgroup/nscgroup.h"
#include "run/cgroup.h"
#include "run/cgroup_devices.h"
#include "spec/types.h"

struct devices_options {
	bool json;
};

static const struct option_entry entries[] = {
	{ "json", 0, NULL, "list as an array of objects", OPTION_FLAG, offsetof(struct devices_options, json),
	  NULL },
};
static const struct option_table table = { "Options", entries, ARRAY_SIZE(entries) };
static const struct option_table *const tables[] = { &table, NULL };

static const char *number_text(int64_t number, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRId64, number);
	return number < 0 ? "*" : buf;
}

static const char *access_text(const struct kern_cgroup_device_rule *rule, char buf[4])
{
	snprintf(buf, 4, "%s%s%s", rule->read ? "r" : "", rule->write ? "w" : "", rule->mknod ? "m" : "");
	return buf;
}

static void print_rule(const struct kern_cgroup_device_rule *rule)
{
	char major[24], minor[24], access[4];

	printf("%s %c %s:%s %s\n", rule->allow ? "allow" : "deny", rule->type,
	       number_text(rule->major, major, sizeof(major)), number_text(rule->minor, minor, sizeof(minor)),
	       access_text(rule, access));
}

static void set_number(struct json *object, const char *key, int64_t number)
{
	if (number < 0)
		json_set_null(object, key);
	else
		json_set_i64(object, key, number);
}

static void print_json(const struct kern_cgroup_device_rule *rules, size_t count)
{
	struct json *array = json_array();

	for (size_t i = 0; i < count; i++) {
		struct json *object = json_add_object(array);
		char text[4];

		json_set_bool(object, "allow", rules[i].allow);
		json_set_string(object, "type", (char[]){ rules[i].type, '\0' });
		set_number(object, "major", rules[i].major);
		set_number(object, "minor", rules[i].minor);
		json_set_string(object, "access", access_text(&rules[i], text));
	}
	rows_print_json(array, true);
	json_free(array);
}

static int list(struct run_cgroup *cgroup, bool json, struct err *err)
{
	static const struct kern_cgroup_device_rule everything = { .allow = true,
								   .type = 'a',
								   .major = -1,
								   .minor = -1,
								   .read = true,
								   .write = true,
								   .mknod = true };
	struct kern_cgroup_device_list found = { 0 };
	auto_free struct kern_cgroup_device_rule *rules = NULL;
	const struct kern_cgroup_device_rule *shown = &everything;
	size_t count = 1;

	if (run_cgroup_devices_list(cgroup, &found, err))
		return -1;
	rules = found.rules;
	if (found.count) {
		shown = rules;
		count = found.count;
	}
	if (json)
		print_json(shown, count);
	else
		for (size_t i = 0; i < count; i++)
			print_rule(&shown[i]);
	if (found.others)
		log_warning("%s: %zu programs of others must allow an access too", cgroup->name,
			    found.others);
	return rows_flush(err);
}

/* "/dev/null rw" */
static bool read_path(const char *text, struct spec_device_rule *rule, struct err *err)
{
	const char *space = strrchr(text, ' ');
	auto_free char *path = space ? strndup(text, (size_t)(space - text)) : strdup(text);
	struct stat st;

	if (!device_rule_access(space ? space + 1 : "rwm", rule))
		return false;
	if (!path || stat(path, &st))
		return err_system(err, "stat", "%s", path ? path : text) == 0;
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode)) {
		err_set(err, ERR_USAGE, "", "%s is no device", path);
		return false;
	}
	rule->type = S_ISCHR(st.st_mode) ? 'c' : 'b';
	rule->major = major(st.st_rdev);
	rule->minor = minor(st.st_rdev);
	return true;
}

/* The words of a rule, quoted together or not: "c 1:3 rw", "/dev/null r", "a" for everything. */
static int read_rule(char **words, bool allow, struct kern_cgroup_device_rule *result, struct err *err)
{
	struct strbuf auto_strbuf text = { 0 };
	struct spec_device_rule rule = { 0 };
	bool good;

	for (; *words; words++)
		strbuf_printf(&text, "%s%s", text.len ? " " : "", *words);
	if (text.text && text.text[0] == '/')
		good = read_path(text.text, &rule, err);
	else
		good = text.text &&
		       device_rule_parse(!strcmp(text.text, "a") ? "a *:* rwm" : text.text, &rule);
	if (!good && !err_is_set(err)) {
		err_set(err, ERR_USAGE, "", "expected a rule, found \"%.100s\"", text.text ? text.text : "");
		err_hint(err, "\"c 1:3 rwm\", \"b 8:* r\", \"/dev/null rw\", or \"a\" for all devices");
	}
	*result = (struct kern_cgroup_device_rule){ .allow = allow,
						    .type = rule.type,
						    .major = rule.major,
						    .minor = rule.minor,
						    .read = rule.read,
						    .write = rule.write,
						    .mknod = rule.mknod };
	return good ? 0 : -1;
}

static int devices_command(struct command_call *call, struct err *err)
{
	struct devices_options options = { 0 };
	struct option_operands auto_operands operands = { 0 };
	int read = command_options(call, (void *[]){ &options }, &operands, err);
	struct run_cgroup auto_cgroup cgroup = { 0 };
	struct kern_cgroup_device_rule rule;
	const char *verb;
	bool listing;

	if (read)
		return read < 0 ? -1 : 0;
	verb = operands.count > 1 ? operands.items[1] : "list";
	listing = !strcmp(verb, "list");
	if (!listing && strcmp(verb, "allow") != 0 && strcmp(verb, "deny") != 0)
		return err_set(err, ERR_USAGE, "devices", "expected list, allow or deny, found \"%.100s\"",
			       verb);
	if (listing && operands.count > 2)
		return err_set(err, ERR_USAGE, "devices", "unexpected \"%.100s\" behind list",
			       operands.items[2]);
	if (!listing && read_rule(operands.items + 2, *verb == 'a', &rule, err))
		return -1;
	if (nscgroup_open(call, operands.items[0], &cgroup, err))
		return -1;
	return listing ? list(&cgroup, options.json, err) : run_cgroup_devices_add(&cgroup, &rule, err);
}

const struct command nscgroup_devices = {
	.name = "devices",
	.synopsis = "[OPTIONS] TARGET [list|allow|deny] [RULE]",
	.summary = "show or change which devices a group may use",
	.details = NSCGROUP_TARGET_HELP
	"RULE is \"TYPE MAJOR:MINOR ACCESS\" (c 1:3 rwm, b 8:* r), \"/dev/PATH ACCESS\", or \"a\"\n"
	"for all devices. The last rule that matches decides; without rules all is allowed.\n",
	.tables = tables,
	.min_operands = 1,
	.max_operands = -1,
	.run = devices_command,
};
