/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.seccomp: OCI config-linux.md, "Seccomp". */
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

#define ARGUMENTS 6
#define ERRNO_MAX 4094   /* libseccomp takes what is below MAX_ERRNO of the kernel */
#define TRACE_MAX 0xffff /* SECCOMP_RET_DATA: PTRACE_GETEVENTMSG's 16 bits */

static int read_action(struct reader *r, const struct json_at *at, const char *key,
		       enum spec_seccomp_action *action)
{
	uint64_t value = 0;

	if (spec_read_required(r, at, key) || spec_read_name(r, at, key, &spec_names_seccomp_action, &value))
		return -1;
	*action = (enum spec_seccomp_action)value;
	return 0;
}

static int read_errno(struct reader *r, const struct json_at *at, const char *key,
		      enum spec_seccomp_action action, struct spec_u64 *number)
{
	struct json_at member = spec_read_member(r, at, key);

	number->given = member.node != NULL;
	if (!member.node)
		return 0;
	if (action != SPEC_SECCOMP_ERRNO && action != SPEC_SECCOMP_TRACE)
		return json_error(&member, r->err, "%s takes no error number",
				  spec_names_of(&spec_names_seccomp_action, action));
	return json_read_u64(&member, action == SPEC_SECCOMP_ERRNO ? ERRNO_MAX : TRACE_MAX, &number->value,
			     r->err);
}

static int read_argument(struct reader *r, const struct json_at *at, struct spec_seccomp_arg *arg)
{
	struct json_at index = spec_read_member(r, at, "index");
	uint64_t n = 0, op = 0;

	if (json_read_object(at, r->err) || spec_read_required(r, at, "index") ||
	    spec_read_required(r, at, "value") || spec_read_required(r, at, "op") ||
	    json_read_u64(&index, ARGUMENTS - 1, &n, r->err) || spec_read_u64(r, at, "value", &arg->value) ||
	    spec_read_u64(r, at, "valueTwo", &arg->value_two) ||
	    spec_read_name(r, at, "op", &spec_names_seccomp_op, &op) || spec_read_end(r, at))
		return -1;
	arg->index = (unsigned)n;
	arg->op = (enum spec_seccomp_op)op;
	return 0;
}

static int read_arguments(struct reader *r, const struct json_at *at, struct spec_seccomp_rule *rule)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "args", &array))
		return -1;
	rule->args = arena_array(r->arena, json_count(&array), sizeof(*rule->args));
	while (json_next(&array, &item))
		if (read_argument(r, &item, &rule->args[rule->arg_count++]))
			return -1;
	return 0;
}

static int read_names(struct reader *r, const struct json_at *at, struct spec_strings *names)
{
	struct json_at array = json_member(at, "names");

	if (spec_read_required(r, at, "names") || spec_read_strings(r, at, "names", names))
		return -1;
	if (!names->count)
		return json_error(&array, r->err, "expected at least one system call");
	for (size_t i = 0; i < names->count; i++) {
		struct json_at item;

		if (*names->items[i])
			continue;
		item = json_element(&array, i);
		return spec_read_expected(r, &item, "a system call's name");
	}
	return 0;
}

static int read_rule(struct reader *r, const struct json_at *at, struct spec_seccomp_rule *rule)
{
	struct spec_u64 number = { 0 };

	if (json_read_object(at, r->err) || read_names(r, at, &rule->names) ||
	    read_action(r, at, "action", &rule->action) ||
	    read_errno(r, at, "errnoRet", rule->action, &number) || read_arguments(r, at, rule) ||
	    spec_read_end(r, at))
		return -1;
	rule->has_errno = number.given;
	rule->errno_ret = (uint32_t)number.value;
	return 0;
}

static int read_rules(struct reader *r, const struct json_at *at, struct spec_seccomp *seccomp)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "syscalls", &array))
		return -1;
	seccomp->rules = arena_array(r->arena, json_count(&array), sizeof(*seccomp->rules));
	while (json_next(&array, &item))
		if (read_rule(r, &item, &seccomp->rules[seccomp->rule_count++]))
			return -1;
	return 0;
}

static int read_architectures(struct reader *r, const struct json_at *at, struct spec_seccomp *seccomp)
{
	struct json_at array = json_member(at, "architectures"), item = { 0 };
	uint64_t ignored;

	if (spec_read_strings(r, at, "architectures", &seccomp->architectures))
		return -1;
	while (json_next(&array, &item))
		if (spec_read_name_at(r, &item, &spec_names_seccomp_arch, &ignored))
			return -1;
	return 0;
}

/* A rule that notifies nobody would hang the process for ever. */
static int check_listener(struct reader *r, const struct json_at *at, const struct spec_seccomp *seccomp)
{
	struct json_at metadata = json_member(at, "listenerMetadata");
	bool notify = seccomp->default_action == SPEC_SECCOMP_NOTIFY;

	if (seccomp->listener_path)
		return 0;
	if (seccomp->listener_metadata)
		return json_error(&metadata, r->err, "only valid together with listenerPath");
	for (size_t i = 0; i < seccomp->rule_count; i++)
		notify = notify || seccomp->rules[i].action == SPEC_SECCOMP_NOTIFY;
	return notify ? json_error(at, r->err, "SCMP_ACT_NOTIFY needs a listenerPath") : 0;
}

int spec_seccomp_read(struct reader *r, const struct json_at *at, struct spec_seccomp *seccomp)
{
	struct spec_u64 number = { 0 };

	seccomp->given = true;
	if (read_action(r, at, "defaultAction", &seccomp->default_action) ||
	    read_errno(r, at, "defaultErrnoRet", seccomp->default_action, &number) ||
	    read_architectures(r, at, seccomp) ||
	    spec_read_flags(r, at, "flags", &spec_names_seccomp_flag, &seccomp->flags) ||
	    spec_read_text(r, at, "listenerPath", &seccomp->listener_path) ||
	    spec_read_text(r, at, "listenerMetadata", &seccomp->listener_metadata) ||
	    read_rules(r, at, seccomp) || check_listener(r, at, seccomp) || spec_read_end(r, at))
		return -1;
	seccomp->has_default_errno = number.given;
	seccomp->default_errno = (uint32_t)number.value;
	return 0;
}
