/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/number.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/group_internal.h"

int cgroup_file_check(const char *file, struct err *err)
{
	if (file[0] && file[0] != '.' && !strchr(file, '/'))
		return 0;
	err_set(err, ERR_SPEC, "cgroup file", "a file's name is not empty, has no \"/\" and no leading \".\"");
	return err_object(err, "%s", file);
}

/* Which file tells the usage that a limit may not go below; NULL: none. */
static const char *usage_file(const char *file)
{
	static const struct {
		const char *limit, *usage;
	} files[] = {
		{ "memory.limit_in_bytes", "memory.usage_in_bytes" },
		{ "memory.memsw.limit_in_bytes", "memory.memsw.usage_in_bytes" },
		{ "memory.kmem.limit_in_bytes", "memory.kmem.usage_in_bytes" },
		{ "memory.max", "memory.current" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(files[i].limit, file))
			return files[i].usage;
	return NULL;
}

static int busy_hint(const struct kern_cgroup *group, const char *file, struct err *err)
{
	const char *usage = usage_file(file);
	char text[32];

	if (usage && file_read_small(group->fd, usage, text, sizeof(text)) > 0)
		return err_hint(err, "the group uses %s bytes now, and not enough of it can be reclaimed", text);
	if (!strncmp(file, "cpuset.", 7))
		return err_hint(err, "processes of the group or groups below it use what would be taken away");
	if (!strcmp(file, "cgroup.subtree_control"))
		return err_hint(err, "the group has processes of its own, or a group below uses the controller");
	return -1;
}

static int invalid_hint(const struct kern_cgroup *group, const char *file, struct err *err)
{
	char text[256];

	if (!strcmp(file, "memory.memsw.limit_in_bytes") &&
	    file_read_small(group->fd, "memory.limit_in_bytes", text, sizeof(text)) > 0)
		return err_hint(err, "memory and swap together must not be less than the memory limit, %s", text);
	if (!strcmp(file, "memory.limit_in_bytes") &&
	    file_read_small(group->fd, "memory.memsw.limit_in_bytes", text, sizeof(text)) > 0)
		return err_hint(err, "the memory limit must not be more than memory and swap together, %s", text);
	if (!strcmp(file, "cpu.cfs_burst_us") || !strcmp(file, "cpu.max.burst"))
		return err_hint(err, "a burst may not be more than the quota");
	if (!strncmp(file, "cpu.cfs_", 8) || !strcmp(file, "cpu.max"))
		return err_hint(err, "a period is 1000 to 1000000 us and a quota at least 1000 us; on v1 a group may "
				     "not get more than the one above it");
	if (!strncmp(file, "cpu.rt_", 7))
		return err_hint(err, "the group above must have real-time runtime to give");
	if (!strcmp(file, "cpuset.mems") || !strcmp(file, "cpuset.cpus"))
		return err_hint(err, "CPUs and memory nodes must exist and be online");
	if (!strcmp(file, "cpu.shares") || !strcmp(file, "cpu.weight"))
		return err_hint(err, "a group with cpu.idle takes no weight");
	return -1;
}

static int missing_hint(const struct kern_cgroup *group, const char *file, struct err *err)
{
	char text[256];

	if (!strncmp(file, "memory.memsw.", 13))
		return err_hint(err, "this kernel does not account swap: boot it with swapaccount=1");
	if (!strncmp(file, "memory.swap.", 12))
		return err_hint(err, "this kernel was built without swap");
	if (group->v2 && file_read_small(group->fd, "cgroup.controllers", text, sizeof(text)) >= 0)
		return err_hint(err, "the group has these controllers: %s", text[0] ? text : "(none)");
	return err_hint(err, "this kernel's hierarchy at %s has no such file", group->mountpoint);
}

static int write_error(const struct kern_cgroup *group, const char *file, const char *value, struct err *err)
{
	err_system(err, "write", "\"%.200s\" to %s%s/%s", value, group->mountpoint, group->path, file);
	switch (err->errnum) {
	case EBUSY:
		return busy_hint(group, file, err);
	case EINVAL:
		return invalid_hint(group, file, err);
	case ENOENT:
		return missing_hint(group, file, err);
	case ERANGE:
		return !strncmp(file, "cpuset.", 7)
			       ? err_hint(err, "CPUs and memory nodes must exist and be online")
			       : err_hint(err, "the kernel takes no such number for this file");
	case EACCES:
		if (!strcmp(file, "cpuset.cpus") || !strcmp(file, "cpuset.mems"))
			return err_hint(err, "the group above does not have all of these");
		return err_hint(err, "the group is not delegated to this user, or not for this file");
	case EPERM:
		return err_hint(err, "this file may only be written from the initial user namespace, or not at all "
				     "while the group has children");
	case ENODEV:
		return err_hint(err, "there is no such device, or the group is gone");
	case EROFS:
		return err_hint(err, "the cgroup file system is mounted read-only");
	default:
		return -1;
	}
}

int kern_cgroup_write(const struct kern_cgroup *group, const char *file, const char *value, bool optional,
		      struct err *err)
{
	if (cgroup_file_check(file, err) != 0)
		return -1;
	if (file_write_at(group->fd, file, value) == 0)
		return 0;
	if (optional && errno == ENOENT)
		return 0;
	return write_error(group, file, value, err);
}

ssize_t kern_cgroup_read(const struct kern_cgroup *group, const char *file, char *buf, size_t size,
			 struct err *err)
{
	ssize_t len;
	char *end;

	if (cgroup_file_check(file, err) != 0)
		return -1;
	len = file_read_small(group->fd, file, buf, size);
	if (len < 0)
		return err_system(err, "read", "%s%s/%s", group->mountpoint, group->path, file);
	if ((size_t)len == size - 1) {
		end = strrchr(buf, '\n');
		if (end) {
			*end = '\0';
			len = end - buf;
		}
	}
	return len;
}

/* v1 says "no limit" as -1 or as the largest number of whole pages in a signed 64-bit byte count. */
static uint64_t limit_of(uint64_t number)
{
	return number >= (uint64_t)INT64_MAX - 0xffff ? KERN_CGROUP_NO_LIMIT : number;
}

int kern_cgroup_read_number(const struct kern_cgroup *group, const char *file, uint64_t *value,
			    struct err *err)
{
	char text[64];
	uint64_t number;

	if (kern_cgroup_read(group, file, text, sizeof(text), err) < 0)
		return -1;
	if (!strcmp(text, "max") || !strcmp(text, "-1")) {
		*value = KERN_CGROUP_NO_LIMIT;
		return 0;
	}
	if (number_u64(text, &number) != 0) {
		err_set(err, ERR_SYSTEM, "read", "expected a number, found \"%s\"", text);
		return err_object(err, "%s%s/%s", group->mountpoint, group->path, file);
	}
	*value = limit_of(number);
	return 0;
}

/* The number that begins here; false when there is none. */
static bool number_at(const char *text, uint64_t *value)
{
	char *end;

	if (!strncmp(text, "max", 3)) {
		*value = KERN_CGROUP_NO_LIMIT;
		return true;
	}
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && end > text;
}

bool kern_cgroup_text_key(const char *text, const char *key, uint64_t *value)
{
	size_t len = strlen(key);

	while (*text) {
		if (!strncmp(text, key, len) && text[len] == ' ')
			return number_at(text + len + 1, value);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return false;
}

bool kern_cgroup_line_key(const char *line, const char *key, uint64_t *value)
{
	size_t len = strlen(key);

	while (*line && *line != '\n') {
		size_t n = strcspn(line, " \n");

		if (n > len && !memcmp(line, key, len) && line[len] == '=')
			return number_at(line + len + 1, value);
		line += n + (line[n] == ' ');
	}
	return false;
}
