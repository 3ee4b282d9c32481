/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the steps of hooks and of the process say of themselves. */
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "plan/show.h"
#include "plan/step.h"
#include "spec/names.h"

void show_step_none(struct show *show, const struct step *step)
{
	(void)show;
	(void)step;
}

void show_step_text(struct show *show, const struct step *step)
{
	static const char *const keys[STEP_KIND_COUNT] = {
		[STEP_HOSTNAME] = "name",
		[STEP_DOMAINNAME] = "name",
		[STEP_AFFINITY] = "cpus",
	};

	show_plain(show, keys[step->kind] ? keys[step->kind] : "path", step->text);
}

void show_step_number(struct show *show, const struct step *step)
{
	char name[16];

	if (step->kind == STEP_PERSONALITY)
		show_plain(show, "domain", spec_names_of(&spec_names_personality, (uint64_t)step->number));
	else if (step->kind == STEP_DEATH_SIGNAL)
		show_plain(show, "signal", spec_signal_name((int)step->number, name, sizeof(name)));
	else
		show_i64(show, "value", step->number);
}

void show_step_pair(struct show *show, const struct step *step)
{
	show_plain(show, "key", step->pair->key);
	show_word(show, "=", "value", step->pair->value);
}

static void show_words(struct show *show, const char *key, const char *const *words, enum show_style style)
{
	struct show_list list = show_list_begin(show, key, style);

	for (; words && *words; words++)
		show_list_item(&list, "%s", *words);
	show_list_end(&list);
}

void show_step_hook(struct show *show, const struct step *step)
{
	const struct spec_hook *hook = step->hook.hook;

	show_plain(show, "kind", spec_names_of(&spec_names_hook, step->hook.kind));
	show_u64(show, "index", step->hook.index);
	show_text(show, "path", hook->path);
	if (hook->timeout)
		show_u64(show, "timeout", hook->timeout);
	show_strings(show, "args", SHOW_ROW, &hook->args);
	show_strings(show, "env", SHOW_LINES, &hook->env);
}

void show_step_state(struct show *show, const struct step *step)
{
	show_plain(show, "status", step->state.status);
}

static void show_limit(struct show *show, const char *key, uint64_t value)
{
	if (value == RLIM_INFINITY && !show->object)
		show_text(show, key, "unlimited");
	else
		show_u64(show, key, value);
}

void show_step_limit(struct show *show, const struct step *step)
{
	show_plain(show, "type", spec_names_of(&spec_names_rlimit, (uint64_t)step->limit.resource));
	show_limit(show, "soft", step->limit.soft);
	show_limit(show, "hard", step->limit.hard);
}

void show_step_keyring(struct show *show, const struct step *step)
{
	show_plain(show, "name", step->keyring.name);
	show_text(show, "selinux", step->keyring.selinux);
}

void show_step_lsm(struct show *show, const struct step *step)
{
	show_text(show, "apparmor", step->lsm.apparmor);
	show_text(show, "selinux", step->lsm.selinux);
}

void show_step_user(struct show *show, const struct step *step)
{
	const struct step_user *user = &step->user;
	struct show_list list;

	show_u64(show, "uid", user->uid);
	show_u64(show, "gid", user->gid);
	list = show_list_begin(show, "groups", SHOW_KEY);
	for (size_t i = 0; i < user->group_count; i++)
		show_list_item(&list, "%u", user->groups[i]);
	show_list_end(&list);
	show_flag(show, "keepGroups", user->keep_groups);
	if (user->has_umask)
		show_octal(show, "umask", user->umask);
}

static void show_set(struct show *show, const char *key, uint64_t set)
{
	struct show_list list = show_list_begin(show, key, SHOW_ROW);

	for (size_t i = 0; i < 64; i++) {
		const char *name = spec_names_of(&spec_names_capability, i);

		if (!(set >> i & 1))
			continue;
		if (name)
			show_list_item(&list, "%s", name);
		else
			show_list_item(&list, "%zu", i);
	}
	show_list_end(&list);
}

void show_step_capabilities(struct show *show, const struct step *step)
{
	const struct spec_capabilities *sets = &step->capabilities.sets;

	if (step->kind == STEP_BOUNDING) {
		show_set(show, "bounding", sets->bounding);
		return;
	}
	show_set(show, "permitted", sets->permitted);
	show_set(show, "effective", sets->effective);
	show_set(show, "inheritable", sets->inheritable);
	show_set(show, "ambient", sets->ambient);
}

static void add_argument(struct strbuf *out, const struct spec_seccomp_arg *arg)
{
	strbuf_printf(out, " arg%u %s %llu", arg->index, spec_names_of(&spec_names_seccomp_op, arg->op),
		      (unsigned long long)arg->value);
	if (arg->op == SPEC_SECCOMP_MASKED_EQ)
		strbuf_printf(out, " %llu", (unsigned long long)arg->value_two);
}

/* "SCMP_ACT_ERRNO(38) mount,umount2 arg0 SCMP_CMP_EQ 1". */
static void show_rule(struct show_list *list, const struct spec_seccomp_rule *rule)
{
	auto_strbuf struct strbuf text = { 0 };

	strbuf_puts(&text, spec_names_of(&spec_names_seccomp_action, rule->action));
	if (rule->has_errno)
		strbuf_printf(&text, "(%u)", rule->errno_ret);
	for (size_t i = 0; i < rule->names.count; i++)
		strbuf_printf(&text, "%s%s", i ? "," : " ", rule->names.items[i]);
	for (size_t i = 0; i < rule->arg_count; i++)
		add_argument(&text, &rule->args[i]);
	show_list_item(list, "%s", text.text);
}

void show_step_seccomp(struct show *show, const struct step *step)
{
	const struct spec_seccomp *seccomp = step->seccomp.seccomp;
	struct show_list list;

	show_slot(show, "slot", step->seccomp.slot);
	if (step->kind == STEP_SECCOMP_LOAD) {
		show_flags(show, "flags", &spec_names_seccomp_flag, seccomp->flags);
		show_text(show, "listenerPath", seccomp->listener_path);
		show_text(show, "listenerMetadata", seccomp->listener_metadata);
		return;
	}
	show_text(show, "defaultAction", spec_names_of(&spec_names_seccomp_action, seccomp->default_action));
	if (seccomp->has_default_errno)
		show_u64(show, "defaultErrnoRet", seccomp->default_errno);
	show_strings(show, "architectures", SHOW_ROW, &seccomp->architectures);
	list = show_list_begin(show, "rules", SHOW_LINES);
	for (size_t i = 0; i < seccomp->rule_count; i++)
		show_rule(&list, &seccomp->rules[i]);
	show_list_end(&list);
}

void show_step_find(struct show *show, const struct step *step)
{
	show_text(show, "cwd", step->find.cwd);
	show_text(show, "program", step->find.args[0]);
}

void show_step_home(struct show *show, const struct step *step)
{
	show_u64(show, "uid", step->home.uid);
}

void show_step_exec(struct show *show, const struct step *step)
{
	show_words(show, "args", step->exec.args, SHOW_WORDS);
	show_words(show, "env", step->exec.env, SHOW_LINES);
}

/* ---- Landlock and scheduling --------------------------------------------------- */

static void show_access(struct show_list *list, const char *object, const struct spec_names *names,
			uint64_t access)
{
	auto_strbuf struct strbuf text = { 0 };

	strbuf_printf(&text, "%s ", object);
	for (size_t i = 0; i < names->count; i++)
		if (access & names->items[i].value)
			strbuf_printf(&text, "%s%s", text.text[text.len - 1] == ' ' ? "" : ",",
				      names->items[i].name);
	show_list_item(list, "%s", text.text);
}

void show_step_landlock(struct show *show, const struct step *step)
{
	const struct spec_landlock *landlock = step->landlock;
	struct show_list list;
	char port[16];

	show_flag(show, "bestEffort", landlock->best_effort);
	show_flags(show, "handledAccessFs", &spec_names_landlock_fs, landlock->handled_fs);
	show_flags(show, "handledAccessNet", &spec_names_landlock_net, landlock->handled_net);
	show_flags(show, "scoped", &spec_names_landlock_scope, landlock->scoped);
	list = show_list_begin(show, "rules", SHOW_LINES);
	for (size_t i = 0; i < landlock->rule_count; i++)
		show_access(&list, landlock->rules[i].path, &spec_names_landlock_fs,
			    landlock->rules[i].access);
	show_list_end(&list);
	list = show_list_begin(show, "ports", SHOW_LINES);
	for (size_t i = 0; i < landlock->port_count; i++) {
		snprintf(port, sizeof(port), "%u", landlock->ports[i].port);
		show_access(&list, port, &spec_names_landlock_net, landlock->ports[i].access);
	}
	show_list_end(&list);
}

void show_step_scheduler(struct show *show, const struct step *step)
{
	const struct spec_scheduler *scheduler = step->scheduler;

	show_plain(show, "policy", spec_names_of(&spec_names_scheduler, (uint64_t)scheduler->policy));
	show_i64(show, "nice", scheduler->nice);
	show_i64(show, "priority", scheduler->priority);
	show_flags(show, "flags", &spec_names_scheduler_flag, scheduler->flags);
	show_u64(show, "runtime", scheduler->runtime);
	show_u64(show, "deadline", scheduler->deadline);
	show_u64(show, "period", scheduler->period);
}

void show_step_io_priority(struct show *show, const struct step *step)
{
	show_plain(show, "class", spec_names_of(&spec_names_io_class, (uint64_t)step->io_priority->class));
	show_i64(show, "priority", step->io_priority->priority);
}

void show_step_memory_policy(struct show *show, const struct step *step)
{
	const struct spec_memory_policy *policy = step->memory_policy;

	show_plain(show, "mode", spec_names_of(&spec_names_memory_mode, (uint64_t)policy->mode));
	show_text(show, "nodes", policy->nodes);
	show_flags(show, "flags", &spec_names_memory_flag, policy->flags);
}
