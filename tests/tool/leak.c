/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leak COMMAND [ARG]...: run COMMAND with descriptors 3 to 20 open, as a careless
 * caller has them: the host's root with O_PATH and for reading, a cgroup, /etc/passwd, a
 * socket, /proc.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		int flags;
	} files[] = {
		{ "/", O_PATH },
		{ "/", O_RDONLY | O_DIRECTORY },
		{ "/etc/passwd", O_RDONLY },
		{ "/sys/fs/cgroup", O_RDONLY | O_DIRECTORY },
		{ "/proc", O_PATH },
		{ "/proc/self/ns/mnt", O_RDONLY },
	};

	for (int fd = 3; fd <= 20; fd++) {
		size_t i = (size_t)(fd - 3) % (sizeof(files) / sizeof(*files) + 1);
		/* cloexec: that they are inherited is the point */
		int opened = i < sizeof(files) / sizeof(*files) ? open(files[i].path, files[i].flags)
								: socket(AF_UNIX, SOCK_STREAM, 0);

		if (opened < 0 || (opened != fd && dup2(opened, fd) != fd)) {
			perror("leak");
			return 125;
		}
		if (opened != fd)
			close(opened);
	}
	if (argc < 2)
		return 125;
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
