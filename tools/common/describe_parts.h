/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside tools/common/describe*.c: what the options were, as text, and the
 * parts that put it into a spec, one a table. Include common/option.h first.
 *
 * Values are read when they are applied: then the spec's arena is there to
 * put them into, and each is read once.
 */
#ifndef NSTOOLS_COMMON_DESCRIBE_PARTS_H
#define NSTOOLS_COMMON_DESCRIBE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct spec;
struct spec_names;
struct spec_pairs;
struct spec_strings;

/* --bind, --tmpfs and --mount keep their order among each other: a mount may stand on another. */
struct describe_mounts {
	struct describe_mount {
		const char *option; /* "--bind" */
		const char *text;
	} * items;
	size_t count;
};

/* Texts are argv's own. NULL or empty: not given. */
struct describe {
	/* process */
	struct option_texts env, env_files, additional_gids, rlimits;
	bool clear_env;
	const char *user, *cwd, *tty, *umask, *oom_score_adj, *no_new_privileges, *init, *stop_signal,
		*parent_death_signal, *scheduler, *nice, *io_priority;
	/* files */
	const char *rootfs, *read_only, *overlay, *propagation;
	struct option_texts lower, devices, masked_paths, readonly_paths, unmask;
	struct describe_mounts mounts;
	/* isolation */
	const char *hostname, *domainname, *userns, *net, *pid, *ipc, *uts, *cgroupns, *time, *loopback;
	struct option_texts uid_maps, gid_maps, sysctl, net_devices, annotations;
	/* resources */
	const char *cgroup, *memory, *memory_swap, *memory_reservation, *memory_swappiness, *cpus,
		*cpu_shares, *cpu_quota, *cpu_period, *cpu_burst, *cpu_idle, *cpuset_cpus, *cpuset_mems,
		*pids, *io_weight;
	struct option_texts read_bps, write_bps, read_iops, write_iops, hugetlb, unified, device_rules;
	/* security */
	struct option_texts cap_add, cap_drop;
	const char *seccomp, *apparmor, *selinux_label, *mount_label;
};

int describe_apply_process(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_environment(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_files(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_mounts(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_devices(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_isolation(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_userns(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_resources(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_io(const struct describe *d, struct spec *spec, struct err *err);
int describe_apply_security(const struct describe *d, struct spec *spec, struct err *err);

/* ---- OPTION_CALL functions for "[...]" arguments -------------------------------- */

int describe_keep_or_true(void *value, const char *text, struct err *err);

/* ---- what the parts share -------------------------------------------------------- */

/* "--user: expected UID[:GID] ..., found "alice"", as common/option_value.c says it. Returns -1. */
int describe_expected(struct err *err, const char *option, const char *value, const char *what, ...)
	__attribute__((format(printf, 4, 5), cold));
#define describe_expected(...) err_failed(describe_expected(__VA_ARGS__))
int describe_bool(const char *option, const char *text, bool *value, struct err *err);
int describe_signal(const char *option, const char *text, int *signal, struct err *err);
/* A table's value by its name, which may be written in small letters and without `prefix`. */
int describe_name(const struct spec_names *names, const char *prefix, const char *text, uint64_t *value);
/* The table's name that is nearest to text, or NULL. */
const char *describe_near(const struct spec_names *names, const char *prefix, const char *text);
/* A path of this host, made absolute from the working directory; in the arena. */
int describe_path(struct arena *arena, const char *path, const char **absolute, struct err *err);
/* A copy of the list with room for one more, which is zero. */
void *describe_grow(struct arena *arena, const void *items, size_t count, size_t size);
/* Behind a list that may be as long as its array. */
void describe_add_string(struct arena *arena, struct spec_strings *list, const char *text);
/* "NAME=VALUE" into two strings of the arena; NAME must not be empty. */
int describe_pair(struct arena *arena, const char *text, char **key, const char **value);
/* In the place of one with the same key. */
void describe_put_pair(struct arena *arena, struct spec_pairs *pairs, const char *key, const char *value);
/* Behind the namespaces that are there; path NULL: a new one. */
void describe_add_namespace(struct spec *spec, int kind, const char *path);

#endif
