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

/* Descriptors beyond the three that a program is given. */
static void look_at_descriptors(int process, const char *exe)
{
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char target[4096];
		ssize_t len;

		if (entry->d_name[0] == '.' || atoi(entry->d_name) <= 2)
			continue;
		len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		printf("descriptor %s %.*s of %s\n", entry->d_name, (int)(len < 0 ? 0 : len), target, exe);
	}
	if (dir)
		closedir(dir);
}

/*
 * The kernel asks the same of whoever reads the link to the executable and of who opens the memory, the root
 * or a descriptor. The link names the program from the moment on that the old one's memory and descriptors
 * are gone.
 */
static void try_process(const char *pid, char **programs)
{
	char path[300], exe[4096];
	int process, memory, own;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%.200s", pid);
	process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	len = readlinkat(process, "exe", exe, sizeof(exe) - 1);
	if (process >= 0 && len > 0) {
		exe[len] = '\0';
		for (own = 0; programs[own] && strcmp(programs[own], exe) != 0; own++)
			;
		memory = openat(process, "mem", O_RDONLY | O_CLOEXEC);
		if (!programs[own])
			printf("opened %s%s\n", exe, memory < 0 ? "" : " and its memory");
		look_at_descriptors(process, exe);
		close(memory);
	}
	close(process);
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
				try_process(entry->d_name, argv + 2);
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
