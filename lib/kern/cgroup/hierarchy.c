/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "kern/cgroup/hierarchy.h"

#define TEXT_MAX (64u * 1024 * 1024)
/* include/linux/proc_ns.h: PROC_CGROUP_INIT_INO. The initial cgroup namespace's inode number, ABI since 4.6. */
#define INITIAL_CGROUP_NS 0xEFFFFFFBu

/* One line of mountinfo that is a cgroup mount; the strings are in its text. proc_pid_mountinfo(5). */
struct mount_line {
	char *root, *mountpoint, *super_options;
	bool v2;
};

/* Everything found goes into one block, measured first: the two files and cgroup.controllers. */
struct pool {
	char *at;
};

static char *pool_add(struct pool *pool, const char *text, size_t len)
{
	char *copy = pool->at;

	memcpy(copy, text, len);
	copy[len] = '\0';
	pool->at += len + 1;
	return copy;
}

bool kern_cgroup_has_controller(const char *controllers, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = controllers; *at; at++)
		if (*at == ',' && !strncmp(at + 1, name, len) && at[1 + len] == ',')
			return true;
	return false;
}

const struct kern_cgroup_hierarchy *kern_cgroup_hierarchies_find(const struct kern_cgroup_hierarchies *list,
								 const char *controller)
{
	bool named = !strncmp(controller, "name=", 5);

	for (size_t i = 0; i < list->count; i++) {
		const struct kern_cgroup_hierarchy *item = &list->items[i];

		if (named ? item->name && !strcmp(item->name, controller + 5)
			  : kern_cgroup_has_controller(item->controllers, controller))
			return item;
	}
	return NULL;
}

/* "\040" and the like, which the kernel writes for blanks. In place. */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] && text[3]) {
			*out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

/* The next word of a line, cut off; NULL at its end. */
static char *next_word(char **line)
{
	char *word = *line;

	if (!word || !*word)
		return NULL;
	*line = strchr(word, ' ');
	if (*line)
		*(*line)++ = '\0';
	return word;
}

/* "ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [FIELDS] - TYPE SOURCE SUPER_OPTIONS" */
static bool parse_mount(char *line, struct mount_line *mount)
{
	char *dash = strstr(line, " - cgroup");
	char *tail;

	if (!dash)
		return false;
	tail = dash + 3;
	mount->v2 = !strncmp(tail, "cgroup2 ", 8);
	if (!mount->v2 && strncmp(tail, "cgroup ", 7) != 0)
		return false;
	*dash = '\0';
	next_word(&tail);
	next_word(&tail);
	mount->super_options = next_word(&tail);
	for (int i = 0; i < 3; i++)
		next_word(&line);
	mount->root = next_word(&line);
	mount->mountpoint = next_word(&line);
	if (!mount->super_options || !mount->mountpoint)
		return false;
	unescape(mount->root);
	unescape(mount->mountpoint);
	return true;
}

/* Is the first of "cpu,cpuacct" (or "name=systemd") one of the mount's super options? */
static bool mount_has(const struct mount_line *mount, const char *controllers)
{
	size_t len = strcspn(controllers, ",");
	const char *at = mount->super_options;

	while (*at) {
		size_t n = strcspn(at, ",");

		if (n == len && !memcmp(at, controllers, len))
			return true;
		at += n + (at[n] == ',');
	}
	return false;
}

/*
 * The group's place below the mount point. A mount may show only a part of
 * the hierarchy (a container without a cgroup namespace): its root is then
 * the beginning of the path. A root of "/.." is above our cgroup namespace:
 * the names between are not told, so take the mount's own root. NULL: the
 * group is not visible through this mount.
 */
static const char *below_mount(const char *root, const char *own)
{
	size_t len = strlen(root);

	if (!strcmp(root, "/"))
		return own;
	if (!strncmp(root, "/..", 3) && (!root[3] || root[3] == '/'))
		return "/";
	if (strncmp(own, root, len) != 0 || (own[len] && own[len] != '/'))
		return NULL;
	return own[len] ? own + len : "/";
}

/* ",cpu,memory," of "cpu memory" or "cpu,memory". */
static const char *pool_controllers(struct pool *pool, const char *text)
{
	char *start = pool->at;

	*pool->at++ = ',';
	for (; *text; text++)
		*pool->at++ = *text == ' ' ? ',' : *text;
	if (pool->at[-1] != ',')
		*pool->at++ = ',';
	*pool->at++ = '\0';
	return start;
}

static const char *root_controllers(struct pool *pool, const char *mountpoint)
{
	auto_close int fd = open(mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[1024];

	if (fd < 0 || file_read_small(fd, "cgroup.controllers", text, sizeof(text)) < 0)
		text[0] = '\0';
	return pool_controllers(pool, text);
}

static void add(struct kern_cgroup_hierarchies *list, struct pool *pool, const char *mountpoint,
		const char *controllers, const char *own)
{
	struct kern_cgroup_hierarchy *item = &list->items[list->count];

	if (list->count == KERN_CGROUP_HIERARCHIES_MAX)
		return;
	*item = (struct kern_cgroup_hierarchy){
		.mountpoint = pool_add(pool, mountpoint, strlen(mountpoint)),
		.own = pool_add(pool, own, strlen(own)),
		.v2 = !controllers[0],
	};
	if (item->v2) {
		item->controllers = root_controllers(pool, mountpoint);
	} else if (!strncmp(controllers, "name=", 5)) {
		item->name = pool_add(pool, controllers + 5, strlen(controllers + 5));
		item->controllers = ",";
	} else {
		item->controllers = pool_controllers(pool, controllers);
	}
	list->count++;
}

/* "4:memory:/path", v2 "0::/path": its controllers and path. */
static bool parse_own(char *line, char **controllers, char **path)
{
	*controllers = strchr(line, ':');
	if (!*controllers)
		return false;
	*path = strchr(++*controllers, ':');
	if (!*path)
		return false;
	*(*path)++ = '\0';
	return **path == '/';
}

static void match(struct kern_cgroup_hierarchies *list, struct pool *pool, const struct mount_line *mounts,
		  size_t count, char *groups)
{
	char *line, *save, *controllers, *path;

	for (line = strtok_r(groups, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!parse_own(line, &controllers, &path))
			continue;
		for (size_t i = 0; i < count; i++) {
			const struct mount_line *mount = &mounts[i];
			const char *own = below_mount(mount->root, path);

			if (!own || mount->v2 != !controllers[0] ||
			    (!mount->v2 && !mount_has(mount, controllers)))
				continue;
			add(list, pool, mount->mountpoint, controllers, own);
			break;
		}
	}
}

/* Room for what match() copies: at most both texts again, with commas and NULs, and v2's controllers. */
static struct pool new_pool(struct kern_cgroup_hierarchies *list, size_t len)
{
	list->text = memory_zalloc(1, len + 64 * KERN_CGROUP_HIERARCHIES_MAX + 2 * 1024);
	return (struct pool){ .at = list->text };
}

static int list_by_mountinfo(struct kern_cgroup_hierarchies *list, char *groups, size_t groups_len,
			     struct err *err)
{
	struct mount_line mounts[2 * KERN_CGROUP_HIERARCHIES_MAX];
	auto_free char *text = NULL;
	char *line, *save;
	size_t count = 0, used = 0;
	struct pool pool;

	if (file_read_at(AT_FDCWD, "/proc/self/mountinfo", TEXT_MAX, &text, NULL) != 0)
		return err_system(err, "read", "/proc/self/mountinfo");
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (count < ARRAY_SIZE(mounts) && parse_mount(line, &mounts[count]))
			used += strlen(mounts[count++].mountpoint);
	pool = new_pool(list, 2 * groups_len + used);
	match(list, &pool, mounts, count, groups);
	return 0;
}

/*
 * The usual place of a unified host: v2's real root (inode 1) seen from the
 * initial cgroup namespace. Then the paths in /proc/PID/cgroup are those
 * below the mount point, and mountinfo need not be read.
 */
static bool is_plain_unified(const char *groups)
{
	struct statfs fs;
	struct stat st;

	return !strncmp(groups, "0::/", 4) && statfs("/sys/fs/cgroup", &fs) == 0 &&
	       fs.f_type == CGROUP2_SUPER_MAGIC && stat("/sys/fs/cgroup", &st) == 0 && st.st_ino == 1 &&
	       stat("/proc/self/ns/cgroup", &st) == 0 && st.st_ino == INITIAL_CGROUP_NS;
}

static int list_of(const char *file, struct kern_cgroup_hierarchies *list, struct err *err)
{
	auto_free char *groups = NULL;
	struct pool pool;
	size_t len;

	list->count = 0;
	list->text = NULL;
	if (file_read_whole(file, &groups, &len) != 0)
		return errno == ENOENT && !strcmp(file, "/proc/self/cgroup")
			       ? 0 /* a kernel without cgroups */
			       : err_system(err, "read", "%s", file);
	if (!is_plain_unified(groups))
		return list_by_mountinfo(list, groups, len, err);
	groups[strcspn(groups, "\n")] = '\0';
	pool = new_pool(list, len);
	add(list, &pool, "/sys/fs/cgroup", "", groups + 3);
	return 0;
}

int kern_cgroup_hierarchies_list(struct kern_cgroup_hierarchies *list, struct err *err)
{
	return list_of("/proc/self/cgroup", list, err);
}

int kern_cgroup_hierarchies_of(int pid, struct kern_cgroup_hierarchies *list, struct err *err)
{
	char file[32];

	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	return list_of(file, list, err);
}

void kern_cgroup_hierarchies_free(struct kern_cgroup_hierarchies *list)
{
	free(list->text);
	*list = (struct kern_cgroup_hierarchies){ 0 };
}
