/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 *   overwrite PATH...   try to open for writing what PATH leads to, in every way known, and write; a line
 * each poll FILE           until FILE exists: try to open the descriptors, the memory, the root and the
 * executable of every other process; names what could be opened
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "inside.h"

static const char junk[] = "#!/bin/false written by the container\n";

static void try_write(const char *what, int fd)
{
	if (fd < 0) {
		inside_say(what, -1);
		return;
	}
	inside_say(what, write(fd, junk, sizeof(junk) - 1));
	close(fd);
}

/* The mount that holds it made writable: by remounting, by clearing the attribute, by a clone of the mount.
 */
static void try_remount(int held, const char *path)
{
	struct mount_attr clear = { .attr_clr = MOUNT_ATTR_RDONLY };
	char clone_path[64];
	long clone;

	inside_say("remount", mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL));
	inside_say("mount_setattr",
		   syscall(SYS_mount_setattr, held, "", AT_EMPTY_PATH, &clear, sizeof(clear)));
	try_write("open after it", open(path, O_WRONLY | O_CLOEXEC));
	clone = syscall(SYS_open_tree, held, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	inside_say("open_tree", clone < 0 ? -1 : 0);
	if (clone < 0)
		return;
	inside_say("mount_setattr of the clone",
		   syscall(SYS_mount_setattr, clone, "", AT_EMPTY_PATH, &clear, sizeof(clear)));
	snprintf(clone_path, sizeof(clone_path), "/proc/self/fd/%ld", clone);
	try_write("open of the clone", open(clone_path, O_WRONLY | O_CLOEXEC));
	close((int)clone);
}

static int overwrite(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int held = open(argv[i], O_PATH | O_CLOEXEC), reader = open(argv[i], O_RDONLY | O_CLOEXEC);
		char path[64];

		inside_say(argv[i], held < 0 ? -1 : 0);
		try_write("O_WRONLY", open(argv[i], O_WRONLY | O_CLOEXEC));
		try_write("O_TRUNC", open(argv[i], O_RDWR | O_TRUNC | O_CLOEXEC));
		if (held < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
		try_write("O_PATH again", open(path, O_WRONLY | O_CLOEXEC));
		snprintf(path, sizeof(path), "/proc/self/fd/%d", reader);
		try_write("O_RDONLY again", open(path, O_RDWR | O_CLOEXEC));
		inside_say("chmod", chmod(path, 0777));
		try_remount(held, path);
		close(held);
		close(reader);
	}
	return 0;
}

static void try_process(const char *pid)
{
	static const char *const parts[] = { "fd", "mem", "root", "cwd", "exe", "environ", "maps", "ns/mnt" };
	char path[300], comm[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%.200s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, comm, sizeof(comm) - 1) <= 0) {
		close(fd);
		return;
	}
	close(fd);
	comm[strcspn(comm, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		snprintf(path, sizeof(path), "/proc/%.200s/%s", pid, parts[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			printf("opened %s of %s\n", parts[i], comm);
		close(fd);
	}
}

static int poll_processes(int argc, char **argv)
{
	char self[16];
	long rounds = 0;

	snprintf(self, sizeof(self), "%d", (int)getpid());
	for (; argc > 1 && access(argv[1], F_OK) < 0; rounds++) {
		DIR *proc = opendir("/proc");
		const struct dirent *entry;

		while (proc && (entry = readdir(proc)))
			if (strcmp(entry->d_name, "1") > 0 && entry->d_name[0] <= '9' &&
			    strcmp(entry->d_name, self) != 0)
				try_process(entry->d_name);
		if (proc)
			closedir(proc);
	}
	printf("rounds %ld\n", rounds);
	return 0;
}

const struct inside inside_attacks[] = {
	{ "overwrite", overwrite },
	{ "poll", poll_processes },
	{ NULL, NULL },
};
