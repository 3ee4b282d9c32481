/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/freeze.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/stats.h"
#include "kern/cgroup/tree.h"
#include "kern/cgroup/usage.h"
#include "run/cgroup.h"
#include "run/cgroup_tree.h"

/* One hierarchy's walk. */
struct walk {
	struct run_cgroup_tree *tree;
	const struct run_cgroup_place *place;
	unsigned what, bit;
};

/* ---- by path -------------------------------------------------------------------------------- */

/* FNV-1a */
static uint32_t hash(const char *path)
{
	uint32_t value = 2166136261u;

	for (; *path; path++)
		value = (value ^ (unsigned char)*path) * 16777619u;
	return value;
}

static uint32_t *bucket_of(const struct run_cgroup_tree *tree, const char *path)
{
	size_t at = hash(path) % tree->bucket_count;

	while (tree->buckets[at] && strcmp(tree->entries[tree->buckets[at] - 1].path, path) != 0)
		at = (at + 1) % tree->bucket_count;
	return &tree->buckets[at];
}

static void fill_buckets(struct run_cgroup_tree *tree)
{
	free(tree->buckets);
	tree->bucket_count = tree->size * 2;
	tree->buckets = memory_zalloc(tree->bucket_count, sizeof(*tree->buckets));
	for (size_t i = 0; i < tree->count; i++)
		*bucket_of(tree, tree->entries[i].path) = (uint32_t)i + 1;
}

struct run_cgroup_entry *run_cgroup_tree_find(const struct run_cgroup_tree *tree, const char *path)
{
	uint32_t found = tree->bucket_count ? *bucket_of(tree, path) : 0;

	return found ? &tree->entries[found - 1] : NULL;
}

static struct run_cgroup_entry *entry_of(struct run_cgroup_tree *tree, const char *path, unsigned what)
{
	struct run_cgroup_entry *entry = run_cgroup_tree_find(tree, path);

	if (entry)
		return entry;
	if (!tree->entries || tree->count == tree->size) {
		tree->size = tree->size ? tree->size * 2 : 64;
		tree->entries = memory_grow(tree->entries, tree->size, sizeof(*tree->entries));
		fill_buckets(tree);
	}
	entry = &tree->entries[tree->count++];
	*entry = (struct run_cgroup_entry){ .path = memory_strdup(path) };
	*bucket_of(tree, path) = (uint32_t)tree->count;
	if (what & RUN_TREE_USAGE) {
		entry->usage = memory_zalloc(1, sizeof(*entry->usage));
		kern_cgroup_usage_init(entry->usage);
	}
	if (what & RUN_TREE_STATS) {
		entry->stats = memory_zalloc(1, sizeof(*entry->stats));
		kern_cgroup_stats_init(entry->stats);
	}
	if (what & RUN_TREE_CONTROLLERS)
		entry->controllers = memory_strdup(",");
	return entry;
}

/* ---- reading -------------------------------------------------------------------------------- */

static void add_processes(struct run_cgroup_entry *entry, const struct kern_cgroup *group)
{
	struct kern_cgroup_pids pids = { 0 };
	struct err gone = { 0 };

	if (kern_cgroup_pids_list(group, false, &pids, &gone) == 0 && pids.count) {
		entry->pids = memory_grow(entry->pids, entry->pid_count + pids.count, sizeof(*entry->pids));
		memcpy(entry->pids + entry->pid_count, pids.items, pids.count * sizeof(*entry->pids));
		entry->pid_count += pids.count;
	}
	kern_cgroup_pids_free(&pids);
}

/* v2's file has spaces between them. */
static void add_controllers(struct run_cgroup_entry *entry, const struct kern_cgroup *group,
			    const struct kern_cgroup_hierarchy *hierarchy)
{
	struct err gone = { 0 };
	char text[1024], *both;

	if (group->v2) {
		if (kern_cgroup_read(group, "cgroup.controllers", text, sizeof(text), &gone) < 0 || !*text)
			return;
		for (char *p = text; *p; p++)
			*p = *p == ' ' ? ',' : *p;
		both = memory_printf("%s%s,", entry->controllers, text);
	} else {
		both = memory_printf("%s%s", entry->controllers, hierarchy->controllers + 1);
	}
	free((void *)(uintptr_t)entry->controllers);
	entry->controllers = both;
}

static void add_frozen(struct run_cgroup_entry *entry, const struct kern_cgroup *group,
		       const struct kern_cgroup_hierarchy *hierarchy)
{
	enum kern_cgroup_freeze_state state;
	struct err gone = { 0 };

	if (!group->v2 && !kern_cgroup_has_controller(hierarchy->controllers, "freezer"))
		return;
	if (kern_cgroup_freeze_read(group, &state, &gone) == 0 && state != KERN_CGROUP_THAWED)
		entry->frozen = true;
}

static int visit(const struct kern_cgroup *below, void *data)
{
	const struct walk *walk = data;
	const struct kern_cgroup_hierarchy *hierarchy = walk->place->hierarchy;
	struct run_cgroup_entry *entry = entry_of(walk->tree, below->path, walk->what);
	struct err gone = { 0 };

	entry->places |= 1u << walk->bit;
	if (walk->what & RUN_TREE_PROCESSES)
		add_processes(entry, below);
	if (walk->what & RUN_TREE_CONTROLLERS)
		add_controllers(entry, below, hierarchy);
	if (walk->what & RUN_TREE_FROZEN)
		add_frozen(entry, below, hierarchy);
	if (walk->what & RUN_TREE_USAGE)
		kern_cgroup_usage_add(below, hierarchy->controllers, entry->usage);
	if (walk->what & RUN_TREE_STATS)
		kern_cgroup_stats_add(below, hierarchy->controllers, entry->stats, &gone);
	return 0;
}

/* "/a/b" before "/a-b": a slash is less than any other character. */
static int compare_paths(const void *a, const void *b)
{
	const char *one = ((const struct run_cgroup_entry *)a)->path;
	const char *other = ((const struct run_cgroup_entry *)b)->path;

	while (*one && *one == *other) {
		one++;
		other++;
	}
	if (*one == '/' || *other == '/')
		return !*one || !*other ? !!*one - !!*other : (*other == '/') - (*one == '/');
	return (unsigned char)*one - (unsigned char)*other;
}

static int compare_pids(const void *a, const void *b)
{
	pid_t one = *(const pid_t *)a, other = *(const pid_t *)b;

	return (one > other) - (one < other);
}

static void count_processes(struct run_cgroup_entry *entry)
{
	if (entry->pid_count)
		qsort(entry->pids, entry->pid_count, sizeof(*entry->pids), compare_pids);
	for (size_t i = 0; i < entry->pid_count; i++)
		entry->processes += i == 0 || entry->pids[i] != entry->pids[i - 1];
}

int run_cgroup_tree_read(struct run_cgroup *cgroup, unsigned what, struct run_cgroup_tree *tree,
			 struct err *err)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct walk walk = {
			.tree = tree, .place = &cgroup->places[i], .what = what, .bit = (unsigned)i
		};
		struct kern_cgroup alone;

		if (!cgroup->places[i].group)
			continue;
		alone = *cgroup->places[i].group;
		alone.path = "";
		if (what & RUN_TREE_ALONE)
			visit(&alone, &walk);
		else if (kern_cgroup_tree(cgroup->places[i].group, visit, &walk, err))
			return -1;
	}
	for (size_t i = 0; i < tree->count; i++)
		count_processes(&tree->entries[i]);
	if (tree->count)
		qsort(tree->entries, tree->count, sizeof(*tree->entries), compare_paths);
	if (tree->size)
		fill_buckets(tree);
	return 0;
}

void run_cgroup_tree_free(struct run_cgroup_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		struct run_cgroup_entry *entry = &tree->entries[i];

		free((void *)(uintptr_t)entry->path);
		free((void *)(uintptr_t)entry->controllers);
		free(entry->usage);
		free(entry->stats);
		free(entry->pids);
	}
	free(tree->entries);
	free(tree->buckets);
	*tree = (struct run_cgroup_tree){ 0 };
}
