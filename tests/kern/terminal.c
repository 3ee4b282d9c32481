/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/mount.h"
#include "kern/terminal.h"
#include "fs_help.h"

static void mount_devpts(struct fs_test test)
{
	static const struct kern_fs fs = { .type = "devpts", .data = "newinstance,ptmxmode=0666,mode=0620" };
	const struct kern_mount mount = { .destination = "/dev/pts", .fs = &fs };

	fs_ok(test, kern_mount_at(test.root, &mount, test.err));
}

Test(terminal, pair_of_the_containers_devpts)
{
	struct fs_test test = fs_test_begin();
	struct winsize size;
	char text[8] = "";
	int master, slave;
	size_t len = 0;

	mount_devpts(test);
	fs_ok(test, kern_terminal_open(test.root, &master, &slave, test.err));
	cr_assert(S_ISCHR(fs_test_mode(FS_ROOT "/dev/pts/0")));
	fs_ok(test, kern_terminal_set_size(slave, 50, 132, test.err));
	cr_assert_eq(ioctl(master, TIOCGWINSZ, &size), 0);
	cr_assert(size.ws_row == 50 && size.ws_col == 132);
	cr_assert_eq(write(slave, "hi\n", 3), 3);
	/* It comes in as many pieces as the terminal likes. */
	while (len < 4) {
		ssize_t n = read(master, text + len, sizeof(text) - 1 - len);

		cr_assert(n > 0);
		len += (size_t)n;
	}
	cr_assert_str_eq(text, "hi\r\n");
	cr_assert(fcntl(master, F_GETFD) & FD_CLOEXEC && fcntl(slave, F_GETFD) & FD_CLOEXEC);
	fs_ok(test, kern_terminal_chown(slave, 7, 5, test.err));
}

Test(terminal, ptmx_of_no_devpts_is_refused)
{
	struct fs_test test = fs_test_begin();
	struct err err = { 0 };
	int master, slave;

	cr_assert(kern_terminal_open(test.root, &master, &slave, &err) < 0);
	cr_assert(strstr(err.hint, "devpts"));
	fs_test_mkdir(FS_ROOT "/dev");
	fs_test_mkdir(FS_ROOT "/dev/pts");
	fs_test_file(FS_ROOT "/dev/pts/ptmx", "");
	err = (struct err){ 0 };
	cr_assert(kern_terminal_open(test.root, &master, &slave, &err) < 0);
	cr_assert_str_eq(err.message, "is not the ptmx of a devpts");
}

static void bind_console(struct fs_test test)
{
	int master, slave;

	mount_devpts(test);
	fs_ok(test, kern_terminal_open(test.root, &master, &slave, test.err));
	/* P10: what stands at /dev/pts/0 is never looked at. */
	cr_assert_eq(mount(FS_OUTSIDE "/marker", FS_ROOT "/dev/pts/0", NULL, MS_BIND, NULL), 0);
	fs_ok(test, kern_terminal_bind_console(test.root, slave, test.err));
}

Test(terminal, P10_console_is_the_slave)
{
	struct fs_test test = fs_test_begin();

	bind_console(test);
	cr_assert(S_ISCHR(fs_test_mode(FS_ROOT "/dev/console")));
	cr_assert_eq(fs_test_magic(FS_ROOT "/dev/console"), DEVPTS_SUPER_MAGIC);
	fs_test_outside_untouched();
}

Test(terminal, P4_console_that_is_a_link)
{
	struct fs_test test = fs_test_begin();

	fs_test_mkdir(FS_ROOT "/dev");
	fs_test_symlink(FS_OUTSIDE "/marker", FS_ROOT "/dev/console");
	bind_console(test);
	fs_test_outside_untouched();
	cr_assert_str_eq(fs_test_mount_options(FS_OUTSIDE "/marker"), "");
}

Test(terminal, R5_console_on_a_read_only_root)
{
	struct fs_test test = fs_test_begin();
	int master, slave, root;

	fs_test_mkdir(FS_ROOT "/dev");
	fs_test_file(FS_ROOT "/dev/console", "");
	mount_devpts(test);
	fs_ok(test, kern_terminal_open(test.root, &master, &slave, test.err));
	cr_assert_eq(mount(FS_ROOT, FS_ROOT, NULL, MS_BIND | MS_REC, NULL), 0);
	cr_assert_eq(mount(NULL, FS_ROOT, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
	root = open(FS_ROOT, O_PATH | O_CLOEXEC);
	fs_ok(test, kern_terminal_bind_console(root, slave, test.err));
	cr_assert_eq(fs_test_magic(FS_ROOT "/dev/console"), DEVPTS_SUPER_MAGIC);
}

Test(terminal, taken_as_the_controlling_terminal)
{
	struct fs_test test = fs_test_begin();
	int master, slave, status;
	pid_t pid;

	mount_devpts(test);
	fs_ok(test, kern_terminal_open(test.root, &master, &slave, test.err));
	pid = fork();
	if (pid == 0) {
		if (setsid() < 0 || kern_terminal_take(slave, test.err))
			_exit(1);
		_exit(!isatty(0) || !isatty(2) || tcgetpgrp(0) != getpid() ||
		      (fcntl(1, F_GETFD) & FD_CLOEXEC));
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(status, 0);
}

static void send_over(struct fs_test test, const char *path, const char *bind_path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int pipes[2], client, peer, received;
	char text[4] = "";

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", bind_path);
	cr_assert_eq(bind(server, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	cr_assert_eq(listen(server, 1), 0);
	client = fs_fd(test, kern_terminal_connect(path, test.err));
	peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	cr_assert_eq(pipe2(pipes, O_CLOEXEC), 0);
	fs_ok(test, kern_terminal_send_fd(client, pipes[1], "/dev/ptmx", test.err));
	received = fs_fd(test, kern_terminal_receive_fd(peer, test.err));
	cr_assert(fcntl(received, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(write(received, "ok", 2), 2);
	cr_assert_eq(read(pipes[0], text, sizeof(text)), 2);
}

Test(terminal, sent_over_a_socket)
{
	struct fs_test test = fs_test_begin();
	char path[300];

	send_over(test, "/mnt/socket", "/mnt/socket");
	/* A path longer than sun_path. */
	cr_assert_eq(chdir("/mnt"), 0);
	memset(path, 'd', sizeof(path));
	memcpy(path, "/mnt/", 5);
	path[200] = '\0';
	fs_test_mkdir(path);
	cr_assert_eq(chdir(path), 0);
	strcpy(path + 200, "/s");
	send_over(test, path, "s");
	cr_assert(kern_terminal_connect("/mnt/nobody", test.err) < 0);
	cr_assert_eq(test.err->errnum, ENOENT);
}

Test(terminal, raw_and_back)
{
	struct fs_test test = fs_test_begin();
	struct termios saved, now;
	int master, slave;

	fs_ok(test, kern_terminal_open(-1, &master, &slave, test.err));
	fs_ok(test, kern_terminal_raw(slave, &saved, test.err));
	cr_assert_eq(tcgetattr(slave, &now), 0);
	cr_assert(!(now.c_lflag & (ECHO | ICANON | ISIG)) && !(now.c_oflag & OPOST));
	fs_ok(test, kern_terminal_restore(slave, &saved, test.err));
	cr_assert_eq(tcgetattr(slave, &now), 0);
	cr_assert(now.c_lflag & ECHO);
}
