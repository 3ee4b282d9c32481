/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "kern/rdt.h"

#define SCHEMATA_MAX (256u * 1024)

int kern_rdt_open(const char *mountpoint, struct err *err)
{
	auto_close int fd = -1;
	struct statfs fs;

	if (mountpoint) {
		fd = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return err_system(err, "open", "%s", mountpoint);
		if (fstatfs(fd, &fs) == 0 && fs.f_type == RDTGROUP_SUPER_MAGIC)
			return take_fd(&fd);
	}
	err_set(err, ERR_UNSUPPORTED, "resctrl", "the resctrl file system is not mounted");
	return err_hint(
		err,
		"mount -t resctrl resctrl /sys/fs/resctrl, on a machine that has Intel RDT, AMD QoS or MPAM");
}

/* A group is one directory below the mount; anything else would lead elsewhere. */
static int check_group(const char *group, struct err *err)
{
	if (!strchr(group, '/') && strcmp(group, ".") != 0 && strcmp(group, "..") != 0 &&
	    strcmp(group, "info") != 0 && strcmp(group, "mon_groups") != 0 && strcmp(group, "mon_data") != 0)
		return 0;
	err_set(err, ERR_SPEC, "resctrl", "not a name for a group");
	return err_object(err, "%s", group);
}

int kern_rdt_group(int root, const char *group, bool must_exist, bool *created, struct err *err)
{
	bool made = false;
	int fd;

	if (created)
		*created = false;
	if (!*group)
		group = ".";
	else if (check_group(group, err) < 0)
		return -1;
	if (!must_exist && strcmp(group, ".") != 0) {
		made = mkdirat(root, group, 0755) == 0;
		if (!made && errno != EEXIST) {
			err_system(err, "resctrl", "group %s", group);
			return err->errnum == ENOSPC
				       ? err_hint(err, "the hardware has no class of service left")
				       : -1;
		}
	}
	fd = openat(root, group, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		err_system(err, "resctrl", "group %s", group);
		if (made)
			unlinkat(root, group, AT_REMOVEDIR);
		return err->errnum == ENOENT
			       ? err_hint(err, "a group that is named without schemata must exist")
			       : -1;
	}
	if (created)
		*created = made;
	return fd;
}

/* Why the kernel refused, in its own words. */
static int hint_status(int root, struct err *err)
{
	char text[512];

	if (file_read_small(root, "info/last_cmd_status", text, sizeof(text)) > 0 && strcmp(text, "ok") != 0)
		err_hint(err, "the kernel says: %s", text);
	return -1;
}

static int write_part(int root, int group, const char *text, struct err *err)
{
	auto_strbuf struct strbuf line = { 0 };

	if (!text || !*text)
		return 0;
	strbuf_puts(&line, text);
	if (line.text[line.len - 1] != '\n')
		strbuf_puts(&line, "\n");
	if (file_write_at(group, "schemata", line.text) < 0) {
		err_system(err, "write", "schemata %s", text);
		return hint_status(root, err);
	}
	return 0;
}

int kern_rdt_write(int root, int group, const struct kern_rdt_schemata *schemata, struct err *err)
{
	size_t i;

	if (write_part(root, group, schemata->l3_cache, err) < 0 ||
	    write_part(root, group, schemata->memory_bandwidth, err) < 0)
		return -1;
	for (i = 0; i < schemata->line_count; i++)
		if (write_part(root, group, schemata->lines[i], err) < 0)
			return -1;
	return 0;
}

/* The name before ":" of a schemata line; len of it, 0 where there is none. */
static const char *resource(const char *line, size_t *len)
{
	line += strspn(line, " \t");
	*len = strcspn(line, ":\n");
	if (line[*len] != ':')
		*len = 0;
	return line;
}

/* Behind the next newline; NULL where there is none. */
static const char *next_line(const char *text)
{
	const char *newline = strchr(text, '\n');

	return newline ? newline + 1 : NULL;
}

/* The line of that resource in a schemata file. */
static const char *find_line(const char *schemata, const char *name, size_t name_len)
{
	while (schemata && *schemata) {
		size_t len;
		const char *found = resource(schemata, &len);

		if (len == name_len && memcmp(found, name, len) == 0)
			return found;
		schemata = next_line(schemata);
	}
	return NULL;
}

/* The value of a domain ("0=ff;1=f" has 0 and 1). Bit masks are hexadecimal, bandwidths decimal: both compare
 * as text. */
static const char *find_domain(const char *line, unsigned long domain, size_t *len)
{
	line += strcspn(line, ":");
	while (*line && *line != '\n') {
		char *end;
		unsigned long number = strtoul(line + 1, &end, 10);

		if (*end != '=')
			return NULL;
		*len = strcspn(end + 1, ";\n");
		if (number == domain)
			return end + 1;
		line = end + 1 + *len;
	}
	return NULL;
}

static void trim(const char **text, size_t *len)
{
	while (*len > 1 && (**text == '0' || **text == ' ')) {
		++*text;
		--*len;
	}
	while (*len && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
		--*len;
}

/* Whether every domain that `wanted` names has that value in `line`. */
static bool line_has(const char *line, const char *wanted)
{
	wanted += strcspn(wanted, ":");
	while (*wanted && *wanted != '\n') {
		char *end;
		unsigned long domain = strtoul(wanted + 1, &end, 10);
		const char *value = end + 1;
		const char *have;
		size_t have_len;
		size_t len;

		if (*end != '=')
			return *(wanted + 1) == '\0' || *(wanted + 1) == '\n'; /* a ";" at the end */
		len = strcspn(value, ";\n");
		wanted = value + len;
		have = find_domain(line, domain, &have_len);
		if (!have)
			return false;
		trim(&have, &have_len);
		trim(&value, &len);
		if (len != have_len || memcmp(value, have, len) != 0)
			return false;
	}
	return true;
}

/* One part may have several lines. */
static int compare_part(const char *schemata, const char *wanted, struct err *err)
{
	while (wanted && *wanted) {
		size_t len;
		const char *name = resource(wanted, &len);
		const char *line = len ? find_line(schemata, name, len) : NULL;

		if (len && (!line || !line_has(line, name))) {
			err_set(err, ERR_STATE, "resctrl", "the group exists with other schemata");
			err_object(err, "%.*s", (int)strcspn(name, "\n"), name);
			return line ? err_hint(err, "it has %.*s", (int)strcspn(line, "\n"), line) : -1;
		}
		wanted = next_line(wanted);
	}
	return 0;
}

int kern_rdt_compare(int group, const struct kern_rdt_schemata *schemata, struct err *err)
{
	auto_free char *text = NULL;
	size_t i;

	if (file_read_at(group, "schemata", SCHEMATA_MAX, &text, NULL) < 0)
		return err_system(err, "read", "schemata");
	if (compare_part(text, schemata->l3_cache, err) < 0 ||
	    compare_part(text, schemata->memory_bandwidth, err) < 0)
		return -1;
	for (i = 0; i < schemata->line_count; i++)
		if (compare_part(text, schemata->lines[i], err) < 0)
			return -1;
	return 0;
}

static int open_monitors(int group, struct err *err)
{
	int fd = openat(group, "mon_groups", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	err_system(err, "resctrl", "mon_groups");
	return err->errnum == ENOENT ? err_hint(err, "this machine has no monitoring (CMT, MBM)") : -1;
}

int kern_rdt_monitor(int group, const char *name, struct err *err)
{
	auto_close int monitors = -1;

	if (check_group(name, err) < 0)
		return -1;
	monitors = open_monitors(group, err);
	if (monitors < 0)
		return -1;
	if (mkdirat(monitors, name, 0755) < 0) {
		err_system(err, "resctrl", "mon_groups/%s", name);
		return err->errnum == ENOSPC ? err_hint(err, "the hardware has no monitoring id left") : -1;
	}
	return 0;
}

int kern_rdt_attach(int group, const char *monitor, pid_t pid, struct err *err)
{
	auto_close int monitors = -1;
	auto_close int own = -1;
	char text[16];

	snprintf(text, sizeof(text), "%d\n", (int)pid);
	if (file_write_at(group, "tasks", text) < 0)
		return err_system(err, "resctrl", "tasks");
	if (!monitor)
		return 0;
	monitors = open_monitors(group, err);
	if (monitors < 0)
		return -1;
	own = openat(monitors, monitor, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (own < 0 || file_write_at(own, "tasks", text) < 0)
		return err_system(err, "resctrl", "mon_groups/%s/tasks", monitor);
	return 0;
}

int kern_rdt_remove(int root, const char *group, const char *monitor, bool with_group, struct err *err)
{
	const char *name = *group ? group : ".";
	auto_close int fd = -1;
	auto_close int monitors = -1;

	if (*group && check_group(group, err) < 0)
		return -1;
	if (monitor) {
		if (check_group(monitor, err) < 0)
			return -1;
		fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		monitors = fd < 0 ? -1
				  : openat(fd, "mon_groups", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if ((monitors < 0 || unlinkat(monitors, monitor, AT_REMOVEDIR) < 0) && errno != ENOENT)
			return err_system(err, "rmdir", "mon_groups/%s", monitor);
	}
	if (with_group && *group && unlinkat(root, group, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_system(err, "rmdir", "resctrl group %s", group);
	return 0;
}
