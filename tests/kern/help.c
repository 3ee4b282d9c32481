/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "help.h"

static int last_status;

int test_in_child(int (*run)(void *data, struct err *err), void *data, struct err *err)
{
	struct shared {
		struct err err;
		int result;
	} *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int result;

	cr_assert_neq(shared, MAP_FAILED);
	shared->result = -2;
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		shared->result = run(data, &shared->err);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &last_status, 0), pid);
	*err = shared->err;
	result = shared->result;
	munmap(shared, sizeof(*shared));
	return result;
}

int test_last_status(void)
{
	return last_status;
}

const char *test_status_field(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	char text[8192];
	char *line;
	size_t len = strlen(name);

	buf[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (file_read_small(AT_FDCWD, path, text, sizeof(text)) < 0)
		return buf;
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			snprintf(buf, size, "%s", line + len + 1 + strspn(line + len + 1, " \t"));
	return buf;
}

void test_need_root(const char *what)
{
	if (geteuid() != 0)
		cr_skip("needs root: %s", what);
}

const char *test_text(const struct err *err)
{
	static char text[2048];

	return err_text(err, text, sizeof(text));
}

const char *test_private_directory(void)
{
	static const char path[] = "/tmp";

	test_need_root("a mount namespace");
	cr_assert_eq(unshare(CLONE_NEWNS), 0, "unshare: %s", strerror(errno));
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	cr_assert_eq(mount("tmpfs", path, "tmpfs", 0, "mode=1777"), 0, "mount: %s", strerror(errno));
	cr_assert_eq(chdir(path), 0);
	return path;
}

void test_write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0, "%s: %s", path, strerror(errno));
	cr_assert_eq(file_write_fd(fd, text, strlen(text)), 0);
	cr_assert_eq(fchmod(fd, mode), 0);
	close(fd);
}

int test_user_namespace(struct err *err)
{
	char map[64];
	unsigned uid = geteuid();
	unsigned gid = getegid();

	if (unshare(CLONE_NEWUSER) < 0)
		return err_system(err, "unshare", "CLONE_NEWUSER");
	snprintf(map, sizeof(map), "0 %u 1\n", uid);
	if (file_write_at(AT_FDCWD, "/proc/self/uid_map", map) < 0)
		return err_system(err, "write", "uid_map");
	snprintf(map, sizeof(map), "0 %u 1\n", gid);
	if (file_write_at(AT_FDCWD, "/proc/self/setgroups", "deny") < 0 ||
	    file_write_at(AT_FDCWD, "/proc/self/gid_map", map) < 0)
		return err_system(err, "write", "gid_map");
	return 0;
}
