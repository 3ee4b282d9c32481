/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runtime's own steps: what outlives the child, and what is done to it from outside. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "base/memory.h"
#include "base/number.h"
#include "kern/cgroup/devices.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_set.h"
#include "kern/cgroup/systemd.h"
#include "kern/limits.h"
#include "kern/link.h"
#include "kern/ns.h"
#include "kern/pidfd.h"
#include "kern/procfs.h"
#include "kern/rdt.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "run/engine.h"
#include "run/hook.h"
#include "run/perform.h"
#include "state/state.h"

/* The socket a created process waits on. Bound below the directory's fd: sun_path is too short for some roots. */
static int listen_for_start(struct engine *engine, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/start.sock", engine->state_dir);
	engine->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (engine->listener < 0 || bind(engine->listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(engine->listener, 1))
		return err_system(err, "bind", "start.sock");
	return 0;
}

static bool exists(const struct step_cgroup *cgroup)
{
	char path[PATH_MAX];

	return (size_t)snprintf(path, sizeof(path), "%s%s", cgroup->mountpoint, cgroup->path) < sizeof(path) &&
	       access(path, F_OK) == 0;
}

static void list_cgroups(struct engine *engine)
{
	const struct plan *plan = engine->plan;
	/* Else the group has the container's name, of which there is one. */
	bool named = engine->spec->linux_.cgroups_path != NULL;

	engine->state->cgroups = arena_array(engine->arena, plan->cgroup_count, sizeof(*engine->state->cgroups));
	for (size_t i = 0; i < plan->cgroup_count; i++) {
		const struct step_cgroup *cgroup = &plan->cgroups[i]->cgroup;

		/*
		 * Until it is made: should we die before the next save, delete removes the last part only, and
		 * nothing of what others have made.
		 */
		engine->state->cgroups[engine->state->cgroup_count++] = (struct state_cgroup){
			.mountpoint = cgroup->mountpoint, .path = cgroup->path, .v2 = cgroup->v2,
			.created = named && exists(cgroup) ? 0 : 1
		};
	}
}

static const char *time_now(struct arena *arena)
{
	char now[TIMESTAMP_SIZE];

	return arena_strdup(arena, timestamp_now(now));
}

int perform_state_create(struct engine *engine, const struct step *step, struct err *err)
{
	struct state *state = engine->state;

	(void)step;
	engine->state_dir = state_create(engine->state_root, engine->request->id, err);
	if (engine->state_dir < 0)
		return -1;
	/* From here on undo removes it, also when the rest of this step fails. */
	engine->done[engine->next] = true;
	state->phase = "creating";
	state->created = time_now(engine->arena);
	list_cgroups(engine);
	if (state_save_config(engine->state_dir, engine->config, engine->config_len, err) ||
	    state_save(engine->state_dir, state, err))
		return -1;
	return engine->request->detach_start ? listen_for_start(engine, err) : 0;
}

int perform_state_save(struct engine *engine, const struct step *step, struct err *err)
{
	struct state *state = engine->state;
	struct err gone = { 0 };

	state->phase = step->state.status;
	if (!state->pid) {
		state->pid = engine->pid;
		/* A program that is over already has no start time any more. */
		(void)kern_pidfd_start_time(AT_FDCWD, engine->pid, &state->start_time, &gone);
	}
	return state_save(engine->state_dir, state, err);
}

int perform_pid_file(struct engine *engine, const struct step *step, struct err *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)engine->pid);
	return state_write_file(step->text, text, err);
}

static struct state_cgroup *find_cgroup(struct engine *engine, const char *mountpoint)
{
	for (size_t i = 0; i < engine->state->cgroup_count; i++)
		if (!strcmp(engine->state->cgroups[i].mountpoint, mountpoint))
			return &engine->state->cgroups[i];
	return NULL;
}

/* With all controllers there are, for limits to come and for statistics; else with what the limits need. */
static struct kern_cgroup *create_group(struct engine *engine, const struct step_cgroup *cgroup, struct err *err)
{
	struct err refused = { 0 };
	struct kern_cgroup_place place = { cgroup->mountpoint, cgroup->path, cgroup->controllers, cgroup->v2 };
	struct kern_cgroup *group = kern_cgroup_set_create(engine->cgroups, &place, &refused);

	if (!group && cgroup->needed && strcmp(cgroup->needed, cgroup->controllers) != 0) {
		place.controllers = cgroup->needed;
		return kern_cgroup_set_create(engine->cgroups, &place, err);
	}
	if (!group)
		*err = refused;
	return group;
}

/* It was not made: neither exec nor delete are to look for it. */
static void forget_cgroup(struct state *state, struct state_cgroup *saved)
{
	if (!saved)
		return;
	state->cgroup_count--;
	memmove(saved, saved + 1, (size_t)(state->cgroups + state->cgroup_count - saved) * sizeof(*saved));
}

int perform_cgroup_create(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_cgroup *cgroup = &step->cgroup;
	struct state_cgroup *saved = find_cgroup(engine, cgroup->mountpoint);
	struct err refused = { 0 };
	struct kern_cgroup *group = create_group(engine, cgroup, &refused);

	if (!group && cgroup->optional) {
		log_debug("cgroup %s%s: %s: going on without it", cgroup->mountpoint, cgroup->path,
			  strerror(refused.errnum));
		forget_cgroup(engine->state, saved);
		return 0;
	}
	if (!group) {
		*err = refused;
		return -1;
	}
	if (saved)
		saved->created = group->created;
	engine->done[engine->next] = true;
	/* systemd has made its scope anew, around our own child. */
	return engine->state->systemd_scope ? 0 : kern_cgroup_check_fit(group, err);
}

static bool is_made(const struct engine *engine, const char *mountpoint, const char *path)
{
	for (size_t i = 0; i < engine->cgroups->count; i++)
		if (!strcmp(engine->cgroups->items[i].mountpoint, mountpoint) &&
		    !strcmp(engine->cgroups->items[i].path, path))
			return true;
	return false;
}

int perform_cgroup_attach(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_cgroup *cgroup = &step->cgroup;

	if (cgroup->optional && !is_made(engine, cgroup->mountpoint, cgroup->path))
		return 0;
	return kern_cgroup_set_attach(engine->cgroups, cgroup->mountpoint, cgroup->path, engine->pid, err);
}

/* memory.checkBeforeUpdate (config-linux.md): the kernel would rather kill than refuse. */
static int check_usage(const struct kern_cgroup *group, const struct step_cgroup_set *set, struct err *err)
{
	uint64_t used = 0, limit = 0;

	if (kern_cgroup_read_number(group, group->v2 ? "memory.current" : "memory.usage_in_bytes", &used, err))
		return -1;
	if (number_u64(set->value, &limit) || used <= limit)
		return 0;
	err_set(err, ERR_STATE, "write", "%s is below what is used now, %llu bytes", set->value,
		(unsigned long long)used);
	return err_object(err, "%s%s/%s", set->mountpoint, set->path, set->file);
}

int perform_cgroup_set(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_cgroup_set *set = &step->cgroup_set;
	struct kern_cgroup *group = kern_cgroup_set_get(engine->cgroups, set->mountpoint, set->path, err);
	struct err refused = { 0 };

	if (!group || (set->check_usage && check_usage(group, set, err)))
		return -1;
	if (kern_cgroup_write(group, set->file, set->value, set->optional, &refused) == 0 || set->try_only)
		return 0;
	if (set->other_file && refused.errnum == ENOENT)
		return kern_cgroup_write(group, set->other_file, set->other_value, false, err);
	*err = refused;
	return -1;
}

int perform_cgroup_devices(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_devices *devices = &step->devices;
	auto_free struct kern_cgroup_device_rule *rules = memory_zalloc(devices->count, sizeof(*rules));
	struct kern_cgroup *group = kern_cgroup_set_get(engine->cgroups, devices->mountpoint, devices->path, err);

	for (size_t i = 0; i < devices->count; i++) {
		const struct spec_device_rule *rule = &devices->rules[i];

		rules[i] = (struct kern_cgroup_device_rule){ .allow = rule->allow, .type = rule->type,
							     .major = rule->major, .minor = rule->minor,
							     .read = rule->read, .write = rule->write,
							     .mknod = rule->mknod };
	}
	return group ? kern_cgroup_devices_set(group, rules, devices->count, err) : -1;
}

int perform_cgroup_owner(struct engine *engine, const struct step *step, struct err *err)
{
	struct kern_cgroup *group =
		kern_cgroup_set_get(engine->cgroups, step->owner.mountpoint, step->owner.path, err);

	return group ? kern_cgroup_set_owner(group, step->owner.uid, err) : -1;
}

int perform_cgroup_systemd(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_systemd *systemd = &step->systemd;
	auto_free struct kern_systemd_property *properties =
		memory_zalloc(systemd->properties.count, sizeof(*properties));
	struct kern_systemd_scope scope = { .scope = systemd->scope, .slice = systemd->slice,
					    .description = systemd->description, .user = systemd->user,
					    .pid = engine->pid, .properties = properties,
					    .count = systemd->properties.count };

	for (size_t i = 0; i < scope.count; i++)
		properties[i] = (struct kern_systemd_property){ systemd->properties.items[i].key,
								systemd->properties.items[i].value };
	if (systemd->update)
		return kern_systemd_scope_set(&scope, err);
	if (kern_systemd_scope_start(&scope, err))
		return -1;
	engine->state->systemd_scope = systemd->scope;
	engine->state->systemd_user = systemd->user;
	return 0;
}

static struct kern_rdt_schemata rdt_schemata(const struct step_rdt *rdt)
{
	return (struct kern_rdt_schemata){ .l3_cache = rdt->l3_cache,
					   .memory_bandwidth = rdt->memory_bandwidth,
					   .lines = rdt->schemata.items,
					   .line_count = rdt->schemata.count };
}

int perform_rdt_create(struct engine *engine, const struct step *step, struct err *err)
{
	const struct step_rdt *rdt = &step->rdt;
	struct kern_rdt_schemata schemata = rdt_schemata(rdt);
	auto_close int root = kern_rdt_open(rdt->root, err), group = -1;
	bool created = false;

	group = root < 0 ? -1 : kern_rdt_group(root, rdt->group, rdt->must_exist, &created, err);
	if (group < 0)
		return -1;
	engine->state->rdt_root = rdt->root;
	/* A group that the spec names stays (config-linux.md, "IntelRdt"); one of ours goes with the container. */
	engine->state->rdt_group = created && rdt->create ? rdt->group : NULL;
	engine->done[engine->next] = true;
	if (created || !*rdt->group ? kern_rdt_write(root, group, &schemata, err)
				    : kern_rdt_compare(group, &schemata, err))
		return -1;
	if (!rdt->monitor)
		return 0;
	if (kern_rdt_monitor(group, rdt->monitor, err))
		return -1;
	engine->state->rdt_monitor = rdt->monitor;
	return 0;
}

int perform_rdt_attach(struct engine *engine, const struct step *step, struct err *err)
{
	auto_close int root = kern_rdt_open(step->rdt.root, err), group = -1;

	group = root < 0 ? -1 : kern_rdt_group(root, step->rdt.group, true, NULL, err);
	return group < 0 ? -1 : kern_rdt_attach(group, step->rdt.monitor, engine->pid, err);
}

int perform_netdev_move(struct engine *engine, const struct step *step, struct err *err)
{
	auto_close int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), process = -1, netns = -1;

	if (proc < 0)
		return err_system(err, "open", "/proc");
	process = kern_pidfd_proc(proc, engine->pidfd, err);
	netns = process < 0 ? -1 : kern_ns_open_pid(process, CLONE_NEWNET, err);
	if (netns < 0)
		return -1;
	if (!engine->moved)
		engine->moved = arena_array(engine->arena, engine->plan->count, sizeof(*engine->moved));
	return kern_link_move(netns, step->netdev.host_name, step->netdev.name, &engine->moved[engine->next], err);
}

/* A process in a user namespace may not raise hard limits itself: do it for it, and leave the soft one to it. */
int perform_limit_raise(struct engine *engine, const struct step *step, struct err *err)
{
	uint64_t soft, hard;

	if (kern_limits_get(engine->pid, step->limit.resource, &soft, &hard, err))
		return -1;
	if (step->limit.hard <= hard)
		return 0;
	return kern_limits_set(engine->pid, step->limit.resource, soft, step->limit.hard, err);
}

int perform_oom_score(struct engine *engine, const struct step *step, struct err *err)
{
	int procfs = perform_procfs(engine, err);
	char text[16];

	if (procfs < 0)
		return -1;
	snprintf(text, sizeof(text), "%lld", (long long)step->number);
	if (kern_procfs_write_pid(procfs, engine->pid, "oom_score_adj", text, err) == 0)
		return 0;
	return err->errnum == EACCES ? err_hint(err, "lowering it needs CAP_SYS_RESOURCE") : -1;
}
