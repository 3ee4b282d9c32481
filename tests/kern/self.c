/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's binary out of reach: security.md F4 and F5 (CVE-2019-5736), as root with all capabilities. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "help.h"

#define PROGRAM TEST_BUILD_DIR "/self-program"
#define COPY "/tmp/program"

/* A running program: what it said, and the pipe that ends it. */
struct running {
	pid_t pid;
	int input, output;
	char said[512];
};

static void copy_program(mode_t mode, uid_t owner)
{
	char *text;
	size_t len;
	int fd;

	/* Before /tmp is covered: the build directory may lie in it. */
	cr_assert_eq(file_read_at(AT_FDCWD, PROGRAM, 64u << 20, &text, &len), 0, "%s", PROGRAM);
	test_private_directory();
	fd = open(COPY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	cr_assert_geq(fd, 0);
	cr_assert_eq(file_write_fd(fd, text, len), 0);
	cr_assert_eq(fchown(fd, owner, owner), 0);
	cr_assert_eq(fchmod(fd, mode), 0);
	close(fd);
	free(text);
}

static unsigned long checksum(void)
{
	unsigned long sum = 5381;
	char *text;
	size_t len;
	size_t i;

	cr_assert_eq(file_read_at(AT_FDCWD, COPY, 64u << 20, &text, &len), 0);
	for (i = 0; i < len; i++)
		sum = sum * 33 + (unsigned char)text[i];
	free(text);
	return sum;
}

static struct running start(uid_t uid, const char *const *args)
{
	struct running run = { 0 };
	int in[2];
	int out[2];
	ssize_t n;

	cr_assert_eq(pipe2(in, O_CLOEXEC), 0);
	cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
	run.pid = fork();
	if (run.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		if (uid && (setgid(uid) < 0 || setuid(uid) < 0))
			_exit(99);
		execv(COPY, (char *const *)args);
		_exit(98);
	}
	close(in[0]);
	close(out[1]);
	run.input = in[1];
	run.output = out[0];
	n = read(run.output, run.said, sizeof(run.said) - 1);
	cr_assert_gt(n, 0, "the program said nothing");
	return run;
}

static int end(const struct running *run)
{
	char rest[256];
	int status;

	close(run->input);
	while (read(run->output, rest, sizeof(rest)) > 0)
		;
	close(run->output);
	cr_assert_eq(waitpid(run->pid, &status, 0), run->pid);
	return status;
}

static const char *const show_args[] = { "the-name", NULL };
static const char *const wait_args[] = { "the-name", "wait", NULL };

Test(self, mount_of_root, .timeout = 60)
{
	struct running run;

	copy_program(0755, 0);
	run = start(0, show_args);
	cr_expect_str_eq(run.said, "mount the-name the-name 0 /\n");
	cr_expect_eq(end(&run), 0);
}

/* Every way to make the copy of the mount writable, or to attach it, is refused. */
static void attack_mount(const char *path, int fd)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };
	char by_fd[64];

	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
	cr_expect_eq(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL), -1);
	cr_expect_eq(mount(NULL, by_fd, NULL, MS_REMOUNT | MS_BIND, NULL), -1);
	cr_expect_eq(mount(NULL, path, NULL, MS_REMOUNT, NULL), -1);
	cr_expect_eq(mount_setattr(AT_FDCWD, path, 0, &attr, sizeof(attr)), -1);
	cr_expect_eq(mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)), -1);
	cr_expect_eq(open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), -1);
	cr_expect_eq(open_tree(fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), -1);
	cr_expect_eq(syscall(467 /* open_tree_attr, Linux 6.15 */, fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE,
			     &attr, sizeof(attr)),
		     -1);
	cr_expect_eq(mount(path, "/tmp/target", NULL, MS_BIND, NULL), -1);
	cr_expect_eq(move_mount(fd, "", AT_FDCWD, "/tmp/target", MOVE_MOUNT_F_EMPTY_PATH), -1);
	cr_expect_eq(umount2(path, 0), -1);
	cr_expect_eq(link(path, "/tmp/hard-link"), -1);
	cr_expect_eq(linkat(fd, "", AT_FDCWD, "/tmp/hard-link", AT_EMPTY_PATH), -1);
}

/* fspick reaches the file system behind the mount, which is writable already; the mount stays read-only. */
static void attack_superblock(const char *path)
{
	int context = fspick(AT_FDCWD, path, FSPICK_CLOEXEC);

	if (context < 0)
		return;
	fsconfig(context, FSCONFIG_SET_FLAG, "rw", NULL, 0);
	fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
	cr_expect_eq(fsmount(context, FSMOUNT_CLOEXEC, 0), -1);
	close(context);
}

static void attack_file(const char *path)
{
	cr_expect_eq(open(path, O_WRONLY | O_CLOEXEC), -1);
	cr_expect_eq(open(path, O_RDWR | O_CLOEXEC), -1);
	cr_expect_eq(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), -1);
	cr_expect_eq(truncate(path, 0), -1);
	cr_expect_eq(chmod(path, 06777), -1);
	cr_expect_eq(chown(path, 1, 1), -1);
}

/* F4 and F5: while it runs, and by a descriptor kept until it has ended (no "text file busy" any more). */
static void attack(uid_t uid, const char *protection)
{
	struct running run = start(uid, wait_args);
	unsigned long before = checksum();
	char path[64];
	char by_fd[64];
	int fd;

	cr_assert_eq(strncmp(run.said, protection, strlen(protection)), 0, "%s", run.said);
	test_write_file("/tmp/target", "", 0600);
	snprintf(path, sizeof(path), "/proc/%d/exe", (int)run.pid);
	fd = open(path, O_PATH | O_CLOEXEC);
	cr_assert_geq(fd, 0, "%s", strerror(errno));
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
	cr_expect_eq(open(path, O_WRONLY | O_CLOEXEC), -1);
	cr_expect_eq(open(by_fd, O_WRONLY | O_CLOEXEC), -1);
	if (strcmp(protection, "mount") == 0) {
		attack_mount(path, fd);
		attack_superblock(path);
		attack_file(path);
	}
	cr_expect_eq(end(&run), 0);
	if (strcmp(protection, "mount") == 0) {
		attack_mount(by_fd, fd);
		attack_superblock(by_fd);
		attack_file(by_fd);
		cr_expect_eq(open(by_fd, O_WRONLY | O_CLOEXEC), -1);
		cr_expect_eq(errno, EROFS);
	}
	/* A memfd's seals: what can be opened cannot be written. */
	fd = open(by_fd, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		cr_expect_eq(write(fd, "#", 1), -1);
	cr_expect_eq(checksum(), before);
}

Test(self, attacks_on_mount, .timeout = 60)
{
	copy_program(0755, 0);
	attack(0, "mount");
}

Test(self, attacks_on_memfd, .timeout = 60)
{
	copy_program(0755, 65534);
	attack(65534, "memfd");
}

/* A root-owned file is out of an unprivileged caller's reach: nothing is copied, nothing executed again. */
Test(self, not_writable, .timeout = 60)
{
	struct running run;

	copy_program(0755, 0);
	run = start(65534, show_args);
	cr_expect_str_eq(run.said, "not-writable the-name program 0 /tmp/program\n");
	cr_expect_eq(end(&run), 0);
}

/* F4: the container's entry point is a script whose interpreter is the runtime itself. */
Test(self, script_of_self, .timeout = 60)
{
	static const char *const args[] = { "the-name", "exec", "/tmp/script", NULL };
	struct running run;
	unsigned long before;

	copy_program(0755, 0);
	before = checksum();
	test_write_file("/tmp/script", "#!/proc/self/exe\n", 0755);
	run = start(0, args);
	cr_expect_eq(strncmp(run.said, "mount ", 6), 0, "%s", run.said);
	cr_expect_eq(end(&run), 0, "the script could write to its interpreter");
	cr_expect_eq(checksum(), before);
}

/* The program started by the launcher beside it needs no second start of its own. */
Test(self, launcher, .timeout = 60)
{
	static const char *const args[] = { "the-name", "an argument", NULL };
	const char *launcher = TEST_BUILD_DIR "/launcher";
	auto_free char *text = NULL;
	struct running run;
	size_t len;
	int fd;

	if (file_read_at(AT_FDCWD, launcher, 1u << 20, &text, &len) < 0)
		cr_skip("there is no launcher for this architecture");
	copy_program(0755, 0);
	cr_assert_eq(rename(COPY, COPY "-main"), 0);
	fd = open(COPY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	cr_assert_eq(file_write_fd(fd, text, len), 0);
	close(fd);
	run = start(0, args);
	cr_expect_str_eq(run.said, "mount the-name the-name 0 /\n");
	cr_expect_eq(end(&run), 0);
	run = start(65534, args);
	cr_expect_str_eq(run.said, "not-writable the-name program-main 0 /tmp/program-main\n");
	cr_expect_eq(end(&run), 0);
	cr_assert_eq(unlink(COPY "-main"), 0);
	cr_assert_eq(fork() == 0 ? execv(COPY, (char *const *)args) : 0, 0);
	wait(&fd);
	cr_expect_eq(WEXITSTATUS(fd), 125);
}

/* Closed standard descriptors are not taken by the copy's descriptor. */
Test(self, closed_standard_input, .timeout = 60)
{
	pid_t pid;
	int status;

	copy_program(0755, 0);
	pid = fork();
	if (pid == 0) {
		close(0);
		close(1);
		close(2);
		execv(COPY, (char *const *)show_args);
		_exit(98);
	}
	waitpid(pid, &status, 0);
	cr_expect_eq(status, 0);
}
