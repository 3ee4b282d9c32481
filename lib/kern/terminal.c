/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/mount.h"
#include "kern/path.h"
#include "kern/terminal.h"

enum { PTMX_MAJOR = 5, PTMX_MINOR = 2 };

static int open_ptmx(int root, struct err *err)
{
	/* devpts's own ptmx: /dev/ptmx may be a link to anywhere. */
	const char *path = "/dev/pts/ptmx";
	auto_close int fd = -1;
	struct statfs fs;
	struct stat st;

	if (root < 0) {
		/* The caller's own devpts may give its ptmx no permissions (ptmxmode=000): the node in /dev
		 * finds it. */
		fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
		return fd < 0 ? err_system(err, "open", "/dev/ptmx") : take_fd(&fd);
	}
	fd = kern_path_open(root, path, O_RDWR | O_NOCTTY, err);
	if (fd < 0)
		return err_hint(err, "a terminal needs a devpts mounted on /dev/pts");
	if (fstatfs(fd, &fs) || fstat(fd, &st))
		return err_system(err, "stat", "%s", path);
	if (fs.f_type != DEVPTS_SUPER_MAGIC || st.st_rdev != makedev(PTMX_MAJOR, PTMX_MINOR)) {
		err_set(err, ERR_UNSUPPORTED, "terminal", "is not the ptmx of a devpts");
		return err_object(err, "%s", path);
	}
	return take_fd(&fd);
}

int kern_terminal_open(int root, int *master, int *slave, struct err *err)
{
	auto_close int ptmx = open_ptmx(root, err);
	int unlock = 0;

	if (ptmx < 0)
		return -1;
	if (ioctl(ptmx, TIOCSPTLCK, &unlock))
		return err_system(err, "TIOCSPTLCK", "terminal");
	*slave = ioctl(ptmx, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*slave < 0)
		return err_system(err, "TIOCGPTPEER", "terminal");
	*master = take_fd(&ptmx);
	return 0;
}

int kern_terminal_set_size(int tty, uint16_t height, uint16_t width, struct err *err)
{
	struct winsize size;

	if (!height && !width)
		return 0;
	if (ioctl(tty, TIOCGWINSZ, &size))
		return err_system(err, "TIOCGWINSZ", "terminal");
	if (height)
		size.ws_row = height;
	if (width)
		size.ws_col = width;
	return ioctl(tty, TIOCSWINSZ, &size) ? err_system(err, "TIOCSWINSZ", "terminal") : 0;
}

int kern_terminal_copy_size(int from, int to, struct err *err)
{
	struct winsize size;

	if (ioctl(from, TIOCGWINSZ, &size))
		return err_system(err, "TIOCGWINSZ", "terminal");
	/* A serial line does not know its size. */
	if (!size.ws_row && !size.ws_col)
		return 0;
	return ioctl(to, TIOCSWINSZ, &size) ? err_system(err, "TIOCSWINSZ", "terminal") : 0;
}

int kern_terminal_bind_console(int root, int slave, struct err *err)
{
	auto_close int target = -1, tree = -1;
	struct statfs fs;

	if (fstatfs(slave, &fs))
		return err_system(err, "statfs", "terminal");
	if (fs.f_type != DEVPTS_SUPER_MAGIC || !isatty(slave))
		return err_set(err, ERR_UNSUPPORTED, "terminal", "it is not a terminal of a devpts");
	tree = kern_mount_tree_open(slave, "", 0, err);
	if (tree < 0)
		return err_object(err, "terminal");
	/* Over a link of the image's, not over what it leads to. */
	target = kern_path_make(root, "/dev/console", KERN_PATH_FILE | KERN_PATH_NOFOLLOW, NULL, err);
	if (target < 0)
		return -1;
	return kern_mount_attach(tree, target, "/dev/console", NULL, err);
}

int kern_terminal_chown(int slave, uint32_t uid, uint32_t gid, struct err *err)
{
	return fchown(slave, uid, gid) ? err_system(err, "chown", "terminal") : 0;
}

int kern_terminal_take(int slave, struct err *err)
{
	if (ioctl(slave, TIOCSCTTY, 0))
		return err_system(err, "TIOCSCTTY", "terminal");
	/* What is 0, 1 or 2 by chance must lose its close-on-exec, and dup2 onto itself leaves it. */
	if (slave <= STDERR_FILENO && fcntl(slave, F_SETFD, 0))
		return err_system(err, "fcntl", "terminal");
	if (dup2(slave, STDIN_FILENO) < 0 || dup2(slave, STDOUT_FILENO) < 0 || dup2(slave, STDERR_FILENO) < 0)
		return err_system(err, "dup2", "terminal");
	return 0;
}

int kern_terminal_raw(int tty, struct termios *saved, struct err *err)
{
	struct termios raw;

	if (tcgetattr(tty, saved))
		return err_system(err, "tcgetattr", "terminal");
	raw = *saved;
	cfmakeraw(&raw);
	return tcsetattr(tty, TCSANOW, &raw) ? err_system(err, "tcsetattr", "terminal") : 0;
}

int kern_terminal_restore(int tty, const struct termios *saved, struct err *err)
{
	int result;

	do
		result = tcsetattr(tty, TCSADRAIN, saved);
	while (result && errno == EINTR);
	return result ? err_system(err, "tcsetattr", "terminal") : 0;
}

int kern_terminal_find(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (isatty(fd))
			return fd;
	return -1;
}
