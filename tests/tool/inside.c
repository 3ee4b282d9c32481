/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inside COMMAND [ARG]...: what a test asks for in a container and busybox does
 * not answer. Static, so that it runs in any root; prints lines of plain text.
 *
 *   fds            the open descriptors: number, what it is
 *   args ARG...    argv, one a line in brackets
 *   state          ids, groups, what prctl(2) tells, capabilities
 *   sched          scheduler, I/O priority, memory policy, personality
 *   keyring        the session keyring: number and description
 *   withkey NAME COMMAND...   execute COMMAND in a session keyring with a key of that name
 *   findkey NAME   search the session keyring for it
 *   terminal       of descriptor 0: device, size, controlling; and /dev/console
 *   sti TEXT       TIOCSTI on descriptor 0
 *   orphans N      leave N zombies to the reaper, and say how many stay
 *   lock BYTES     mlock(2) that much
 *   connect PORT, bind PORT, abstract NAME, kill PID   what Landlock may refuse
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/sched/types.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "inside.h"

#define DEVPTS_MAGIC 0x1cd1

int inside_say(const char *what, long result)
{
	if (result < 0)
		printf("%s errno %s\n", what, strerrorname_np(errno));
	else
		printf("%s ok %ld\n", what, result);
	return result < 0;
}

static int fds(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int fd = 0; fd < 1024; fd++) {
		char path[64], target[4096];
		ssize_t len;

		if (fcntl(fd, F_GETFD) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, target, sizeof(target) - 1);
		target[len < 0 ? 0 : len] = '\0';
		printf("%d %s\n", fd, target);
	}
	return 0;
}

static int args(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("[%s]\n", argv[i]);
	return 0;
}

static void say_capabilities(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "Cap", 3))
			fputs(line, stdout);
}

static int state(int argc, char **argv)
{
	gid_t groups[64];
	int signal_number = 0, count = getgroups(64, groups);
	uid_t uid[3];
	gid_t gid[3];

	(void)argc;
	(void)argv;
	getresuid(&uid[0], &uid[1], &uid[2]);
	getresgid(&gid[0], &gid[1], &gid[2]);
	prctl(PR_GET_PDEATHSIG, &signal_number);
	printf("uid %u %u %u\ngid %u %u %u\ngroups", uid[0], uid[1], uid[2], gid[0], gid[1], gid[2]);
	for (int i = 0; i < count; i++)
		printf(" %u", groups[i]);
	printf("\nsecurebits %#x\nkeepcaps %d\nno_new_privs %d\ndeath_signal %d\ndumpable %d\n",
	       (unsigned)prctl(PR_GET_SECUREBITS), prctl(PR_GET_KEEPCAPS),
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), signal_number, prctl(PR_GET_DUMPABLE));
	say_capabilities();
	return 0;
}

static int sched(int argc, char **argv)
{
	struct sched_attr attr = { 0 };
	unsigned long nodes[16] = { 0 };
	int mode = -1, io;

	(void)argc;
	(void)argv;
	if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) < 0)
		return inside_say("sched_getattr", -1);
	printf("policy %u nice %d priority %u flags %#llx runtime %llu deadline %llu period %llu\n",
	       attr.sched_policy, attr.sched_nice, attr.sched_priority, (unsigned long long)attr.sched_flags,
	       (unsigned long long)attr.sched_runtime, (unsigned long long)attr.sched_deadline,
	       (unsigned long long)attr.sched_period);
	io = (int)syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
	printf("io class %d level %d\n", (int)IOPRIO_PRIO_CLASS(io), (int)IOPRIO_PRIO_DATA(io));
	if (syscall(SYS_get_mempolicy, &mode, nodes, sizeof(nodes) * 8, NULL, 0) == 0)
		printf("memory mode %#x nodes %#lx\n", (unsigned)mode, nodes[0]);
	else
		inside_say("memory", -1);
	printf("personality %#x\n", (unsigned)personality(0xffffffff));
	return 0;
}

static int keyring(int argc, char **argv)
{
	char text[512] = "";
	long len = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, text, sizeof(text) - 1);

	(void)argc;
	(void)argv;
	if (len < 0)
		return inside_say("keyctl", -1);
	printf("%ld %s\n", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0), text);
	return 0;
}

static int withkey(int argc, char **argv)
{
	if (argc < 3 || syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    syscall(SYS_add_key, "user", argv[1], "x", 1, KEY_SPEC_SESSION_KEYRING) < 0)
		return inside_say("add_key", -1);
	execv(argv[2], argv + 2);
	return inside_say(argv[2], -1);
}

static int findkey(int argc, char **argv)
{
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user",
			   argc > 1 ? argv[1] : "", 0);

	return inside_say("search", key < 0 ? -1 : 0);
}

static void say_device(const char *name, const char *path)
{
	struct statfs fs = { 0 };
	struct stat st = { 0 };

	if (stat(path, &st) < 0 || statfs(path, &fs) < 0) {
		inside_say(name, -1);
		return;
	}
	printf("%s %s%s %u:%u mode %o uid %u gid %u\n", name, S_ISCHR(st.st_mode) ? "char" : "other",
	       fs.f_type == DEVPTS_MAGIC ? " devpts" : "", major(st.st_rdev), minor(st.st_rdev),
	       st.st_mode & 07777u, st.st_uid, st.st_gid);
}

static int terminal(int argc, char **argv)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct winsize size = { 0 };
	unsigned device = 0;
	struct stat st = { 0 };

	(void)argc;
	(void)argv;
	for (int fd = 0; fd < 3; fd++)
		printf("isatty %d %d\n", fd, isatty(fd));
	if (ioctl(0, TIOCGWINSZ, &size) == 0)
		printf("size %u %u\n", size.ws_row, size.ws_col);
	fstat(0, &st);
	if (tty < 0)
		inside_say("/dev/tty", -1);
	else if (ioctl(tty, TIOCGDEV, &device) == 0)
		printf("/dev/tty %s\n", device == st.st_rdev ? "is descriptor 0" : "is another terminal");
	printf("session %s\n",
	       tcgetsid(0) == getsid(0) ? "controlled by descriptor 0" : "not of descriptor 0");
	say_device("descriptor 0", "/proc/self/fd/0");
	say_device("/dev/console", "/dev/console");
	return 0;
}

static int sti(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "x\n";
	int result = 0;

	for (; *text && result == 0; text++)
		result = ioctl(0, TIOCSTI, text);
	return inside_say("TIOCSTI", result);
}

static int count_zombies(void)
{
	int count = 0;

	for (int pid = 1; pid < 2000; pid++) {
		char path[64], line[512] = "", *end;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		file = fopen(path, "re");
		if (!file)
			continue;
		end = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
		count += end && end[2] == 'Z';
		fclose(file);
	}
	return count;
}

static int orphans(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1, left = 0;

	for (int i = 0; i < count; i++) {
		pid_t middle = fork();

		if (middle == 0) {
			siginfo_t info;
			pid_t child = fork();

			if (child == 0)
				_exit(0);
			/* It has ended, and is not taken: or nobody would be counted yet. */
			waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
			_exit(0);
		}
		waitpid(middle, NULL, 0);
	}
	for (int tries = 0; tries < 50 && (left = count_zombies()) > 0; tries++)
		nanosleep(&(struct timespec){ 0, 20 * 1000 * 1000 }, NULL);
	printf("zombies %d\n", left);
	return left > 0;
}

static int lock(int argc, char **argv)
{
	size_t size = argc > 1 ? strtoul(argv[1], NULL, 10) : 4096;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return inside_say("mlock", memory == MAP_FAILED ? -1 : mlock(memory, size));
}

static int port(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				       .sin_port = htons((uint16_t)atoi(argc > 1 ? argv[1] : "0")) };
	const struct sockaddr *to = (const struct sockaddr *)&address;

	return inside_say(argv[0], !strcmp(argv[0], "bind") ? bind(fd, to, sizeof(address))
							    : connect(fd, to, sizeof(address)));
}

static int abstract(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), len;

	len = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", argc > 1 ? argv[1] : "");
	return inside_say(argv[0],
			  connect(fd, (const struct sockaddr *)&address,
				  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)));
}

static int send_signal(int argc, char **argv)
{
	return inside_say("kill", kill(argc > 1 ? atoi(argv[1]) : 1, 0));
}

static const struct inside own[] = {
	{ "fds", fds },         { "args", args },         { "state", state },      { "sched", sched },
	{ "keyring", keyring }, { "withkey", withkey },   { "findkey", findkey },  { "terminal", terminal },
	{ "sti", sti },         { "orphans", orphans },   { "lock", lock },        { "connect", port },
	{ "bind", port },       { "abstract", abstract }, { "kill", send_signal }, { NULL, NULL },
};

int main(int argc, char **argv)
{
	const struct inside *const lists[] = { own, inside_seccomp, inside_attacks };

	for (size_t i = 0; argc > 1 && i < sizeof(lists) / sizeof(*lists); i++)
		for (const struct inside *entry = lists[i]; entry->name; entry++)
			if (!strcmp(entry->name, argv[1]))
				return entry->run(argc - 1, argv + 1);
	fprintf(stderr, "inside: which command?\n");
	return 125;
}
