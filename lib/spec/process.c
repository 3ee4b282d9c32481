/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "process": OCI config.md, "Process". */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/memory.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

static int read_console_size(struct reader *r, const struct json_at *at, struct spec_process *process)
{
	struct json_at size;

	if (!process->terminal)
		return spec_read_ignore(r, at, "consoleSize");
	if (spec_read_object(r, at, "consoleSize", &size))
		return -1;
	if (!size.node)
		return 0;
	process->has_console_size = true;
	return spec_read_required(r, &size, "height") || spec_read_required(r, &size, "width") ||
			       spec_read_u16(r, &size, "height", &process->console_height) ||
			       spec_read_u16(r, &size, "width", &process->console_width) ||
			       spec_read_end(r, &size)
		       ? -1
		       : 0;
}

static int read_umask(struct reader *r, const struct json_at *at, struct spec_user *user)
{
	struct json_at umask = spec_read_member(r, at, "umask");
	uint64_t n;

	if (!umask.node)
		return 0;
	if (json_read_u64(&umask, 0777, &n, r->err))
		return -1;
	user->has_umask = true;
	user->umask = (uint32_t)n;
	return 0;
}

static int read_gids(struct reader *r, const struct json_at *at, struct spec_user *user)
{
	struct json_at array, item = { 0 };
	uint64_t gid;

	if (spec_read_array(r, at, "additionalGids", &array))
		return -1;
	user->additional_gids = arena_array(r->arena, json_count(&array), sizeof(*user->additional_gids));
	while (json_next(&array, &item)) {
		if (json_read_u64(&item, UINT32_MAX - 1, &gid, r->err))
			return -1;
		user->additional_gids[user->additional_gid_count++] = (uint32_t)gid;
	}
	return 0;
}

static int read_user(struct reader *r, const struct json_at *at, struct spec_user *user)
{
	struct json_at object;

	if (spec_read_object(r, at, "user", &object))
		return -1;
	if (!object.node)
		return 0;
	return spec_read_id(r, &object, "uid", &user->uid) || spec_read_id(r, &object, "gid", &user->gid) ||
			       read_umask(r, &object, user) || read_gids(r, &object, user) ||
			       spec_read_ignore(r, &object, "username") || spec_read_end(r, &object)
		       ? -1
		       : 0;
}

static int read_args(struct reader *r, const struct json_at *at, struct spec_strings *args)
{
	struct json_at member = json_member(at, "args");

	if (spec_read_required(r, at, "args") || spec_read_strings(r, at, "args", args))
		return -1;
	return args->count ? 0 : json_error(&member, r->err, "expected at least one string, found none");
}

/* ---- env ---------------------------------------------------------------- */

struct variable {
	const char *text;
	size_t name_len, index;
};

static int compare_variables(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;
	int order = strncmp(x->text, y->text, x->name_len > y->name_len ? x->name_len : y->name_len);

	if (order == 0 && x->name_len != y->name_len)
		return x->name_len < y->name_len ? -1 : 1;
	return order ? order : x->index < y->index ? -1 : 1;
}

/* getenv(3) finds the first of two, engines mean the last: keep that one, where it stands. */
static void drop_earlier(struct spec_strings *env)
{
	struct variable *variables = memory_zalloc(env->count + 1, sizeof(*variables));
	size_t kept = 0;

	for (size_t i = 0; i < env->count; i++)
		variables[i] = (struct variable){ env->items[i], strcspn(env->items[i], "="), i };
	qsort(variables, env->count, sizeof(*variables), compare_variables);
	for (size_t i = 1; i < env->count; i++)
		if (variables[i].name_len == variables[i - 1].name_len &&
		    !strncmp(variables[i].text, variables[i - 1].text, variables[i].name_len))
			env->items[variables[i - 1].index] = NULL;
	for (size_t i = 0; i < env->count; i++)
		if (env->items[i])
			env->items[kept++] = env->items[i];
	env->count = kept;
	env->items[kept] = NULL;
	free(variables);
}

int spec_env_read(struct reader *r, const struct json_at *at, const char *key, struct spec_strings *env)
{
	struct json_at array = json_member(at, key), item = { 0 };
	size_t i = 0;

	if (spec_read_strings(r, at, key, env))
		return -1;
	while (array.node && json_next(&array, &item)) {
		const char *text = env->items[i++];

		if (*text == '=' || !strchr(text, '='))
			return spec_read_expected(r, &item, "NAME=VALUE");
	}
	if (env->count > 1)
		drop_earlier(env);
	return 0;
}

/* ---- capabilities, affinity ---------------------------------------------- */

/* An unknown name is a warning: the spec may come from a newer system (OCI config.md). */
static int read_set(struct reader *r, const struct json_at *at, const char *key, uint64_t *set)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, key, &array))
		return -1;
	while (json_next(&array, &item)) {
		const char *name;
		uint64_t number;

		if (json_read_string(&item, &name, r->err))
			return -1;
		if (spec_names_find(&spec_names_capability, name, &number))
			spec_warn(r, &item, "the capability %.64s is not known and left out", name);
		else
			*set |= UINT64_C(1) << number;
	}
	return 0;
}

static int read_capabilities(struct reader *r, const struct json_at *at, struct spec_capabilities *caps)
{
	struct json_at object;

	if (spec_read_object(r, at, "capabilities", &object))
		return -1;
	if (!object.node)
		return 0;
	caps->given = true;
	return read_set(r, &object, "bounding", &caps->bounding) ||
			       read_set(r, &object, "effective", &caps->effective) ||
			       read_set(r, &object, "inheritable", &caps->inheritable) ||
			       read_set(r, &object, "permitted", &caps->permitted) ||
			       read_set(r, &object, "ambient", &caps->ambient) || spec_read_end(r, &object)
		       ? -1
		       : 0;
}

/* The schema allows spaces in the list; they are dropped. "" is no list. */
static int read_cpu_list(struct reader *r, const struct json_at *at, const char *key, const char **value)
{
	struct json_at member = json_member(at, key);
	char *compact, *to;

	if (spec_read_text(r, at, key, value))
		return -1;
	if (!*value)
		return 0;
	to = compact = arena_strdup(r->arena, *value);
	for (const char *from = *value; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	*value = compact;
	return spec_list_is_valid(compact) ? 0 : spec_read_expected(r, &member, "a list of CPUs (\"0-3,8\")");
}

static int read_affinity(struct reader *r, const struct json_at *at, struct spec_process *process)
{
	struct json_at object;

	if (spec_read_object(r, at, "execCPUAffinity", &object))
		return -1;
	if (!object.node)
		return 0;
	return read_cpu_list(r, &object, "initial", &process->affinity_initial) ||
			       read_cpu_list(r, &object, "final", &process->affinity_final) ||
			       spec_read_end(r, &object)
		       ? -1
		       : 0;
}

static int read_oom_score(struct reader *r, const struct json_at *at, struct spec_process *process)
{
	struct json_at member = spec_read_member(r, at, "oomScoreAdj");
	int64_t n;

	if (!member.node)
		return 0;
	if (json_read_i64(&member, -1000, 1000, &n, r->err))
		return -1;
	process->has_oom_score_adj = true;
	process->oom_score_adj = (int)n;
	return 0;
}

int spec_process_read(struct reader *r, const struct json_at *at, struct spec_process *process)
{
	process->given = true;
	return spec_read_bool(r, at, "terminal", &process->terminal) || read_console_size(r, at, process) ||
			       read_user(r, at, &process->user) || read_args(r, at, &process->args) ||
			       spec_env_read(r, at, "env", &process->env) ||
			       spec_read_required(r, at, "cwd") ||
			       spec_read_absolute(r, at, "cwd", &process->cwd) ||
			       spec_rlimits_read(r, at, process) ||
			       read_capabilities(r, at, &process->capabilities) ||
			       spec_read_bool(r, at, "noNewPrivileges", &process->no_new_privileges) ||
			       read_oom_score(r, at, process) ||
			       spec_read_text(r, at, "apparmorProfile", &process->apparmor_profile) ||
			       spec_read_text(r, at, "selinuxLabel", &process->selinux_label) ||
			       spec_scheduler_read(r, at, process) || read_affinity(r, at, process) ||
			       spec_read_ignore(r, at, "commandLine") || spec_read_end(r, at)
		       ? -1
		       : 0;
}
