/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard input, output and error of a container lead out of it: pipes of an
 * engine, files of the host. CRIU calls them pipe:[INODE], file[MOUNT:INODE];
 * the names are kept in descriptors.json beside the image files (an array of
 * three strings, as runc keeps them), and restored ones get ours in their place.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "kern/criu.h"
#include "run/criu.h"

#define FILE_NAME "descriptors.json"
#define TEXT_MAX (16u * 1024 * 1024)

/* The mount that a descriptor's file was opened on: fdinfo's mnt_id; -1: not known. */
static int mount_of(pid_t pid, int fd)
{
	char path[64], text[1024];
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)pid, fd);
	if (file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0)
		return -1;
	line = strstr(text, "mnt_id:");
	return line ? atoi(line + strlen("mnt_id:")) : -1;
}

/* Is it a mount that the container sees? Then the file is the container's own. */
static bool is_inside(pid_t pid, int mount)
{
	auto_free char *text = criu_mounts(pid);
	char *rest = text, *line;

	if (!text)
		return true;
	while ((line = strsep(&rest, "\n")) && *line)
		if (atoi(line) == mount)
			return true;
	return false;
}

/* The name of descriptor fd: of a file outside as CRIU's --external has it, of others as /proc shows them. */
static const char *name_of(pid_t pid, int fd, struct arena *arena)
{
	char path[64], target[PATH_MAX];
	int mount = mount_of(pid, fd);
	struct stat st;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return "";
	target[len] = '\0';
	/* A terminal is dumped with the shell job, or comes from the container's devpts. */
	if (target[0] != '/' || stat(path, &st) || strncmp(target, "/dev/pts/", 9) == 0 ||
	    strncmp(target, "/dev/tty", 8) == 0 || mount < 0 || is_inside(pid, mount))
		return arena_strdup(arena, target);
	return arena_printf(arena, "file[%x:%lx]", (unsigned)mount, (unsigned long)st.st_ino);
}

int criu_descriptors_save(struct kern_criu_request *request, pid_t pid, struct arena *arena, struct err *err)
{
	const char **external = arena_array(arena, request->external_count + 3, sizeof(*external));
	auto_strbuf struct strbuf text = { 0 };
	struct json *array = json_array();
	auto_close int file = -1;

	if (request->external_count)
		memcpy(external, request->external, request->external_count * sizeof(*external));
	for (int fd = 0; fd < 3; fd++) {
		const char *name = name_of(pid, fd, arena);

		json_add_string(array, name);
		if (strncmp(name, "file[", 5) == 0)
			external[request->external_count++] = name;
	}
	request->external = external;
	json_print(array, false, &text);
	json_free(array);
	file = openat(request->images, FILE_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file < 0 || file_write_fd(file, text.text, text.len))
		return err_system(err, "write", FILE_NAME);
	return 0;
}

int criu_descriptors_load(struct kern_criu_request *request, struct arena *arena, struct err *err)
{
	struct kern_criu_fd *fds = arena_array(arena, request->inherit_count + 3, sizeof(*fds));
	auto_free char *text = NULL;
	struct json *document;
	struct json_at root, item = { 0 };
	size_t len;
	int fd = 0, ret = 0;

	if (file_read_at(request->images, FILE_NAME, TEXT_MAX, &text, &len)) {
		err_system(err, "open", FILE_NAME);
		return err_hint(err, "nsinit checkpoint writes it beside the image files");
	}
	document = json_parse(text, len, FILE_NAME, err);
	if (!document)
		return -1;
	if (request->inherit_count)
		memcpy(fds, request->inherit, request->inherit_count * sizeof(*fds));
	root = json_root(document, FILE_NAME);
	while (!ret && json_next(&root, &item) && fd < 3) {
		const char *name;

		ret = json_read_string(&item, &name, err);
		if (!ret && (strncmp(name, "pipe:[", 6) == 0 || strncmp(name, "file[", 5) == 0))
			fds[request->inherit_count++] = (struct kern_criu_fd){ arena_strdup(arena, name), fd };
		fd++;
	}
	json_free(document);
	request->inherit = fds;
	return ret;
}
