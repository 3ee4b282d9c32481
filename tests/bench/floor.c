/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor: floor ROOTFS COMMAND [ARG]... gives COMMAND the isolation of
 * tests/tool/standard.json with the same kernel calls, all hard-coded and
 * nothing around them: no spec, no state, no checks beyond "it worked". What a
 * runtime takes beyond this is its own.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <net/if.h>
#include <signal.h>
#include <unistd.h>

#define CAPABILITIES (1u << CAP_AUDIT_WRITE | 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE)

static const char *const hierarchies[] = { "/sys/fs/cgroup/devices/nstools-floor",
					   "/sys/fs/cgroup/freezer/nstools-floor",
					   "/sys/fs/cgroup/nstools-floor" };

static const struct mounting {
	const char *type, *target, *data;
	unsigned long flags;
} mountings[] = {
	{ "proc", "proc", NULL, 0 },
	{ "tmpfs", "dev", "mode=755,size=65536k", MS_NOSUID | MS_STRICTATIME },
	{ "devpts", "dev/pts", "newinstance,ptmxmode=0666,mode=0620,gid=5", MS_NOSUID | MS_NOEXEC },
	{ "tmpfs", "dev/shm", "mode=1777,size=65536k", MS_NOSUID | MS_NOEXEC | MS_NODEV },
	{ "mqueue", "dev/mqueue", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV },
	{ "sysfs", "sys", NULL, MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY },
};

static const struct node {
	const char *path;
	unsigned minor, major;
} nodes[] = { { "dev/null", 3, 1 },   { "dev/zero", 5, 1 },    { "dev/full", 7, 1 },
	      { "dev/random", 8, 1 }, { "dev/urandom", 9, 1 }, { "dev/tty", 0, 5 } };

static const char *const links[][2] = { { "/proc/self/fd", "dev/fd" },
					{ "/proc/self/fd/0", "dev/stdin" },
					{ "/proc/self/fd/1", "dev/stdout" },
					{ "/proc/self/fd/2", "dev/stderr" },
					{ "pts/ptmx", "dev/ptmx" } };

static const char *const read_only[] = { "proc/bus", "proc/fs", "proc/irq", "proc/sys",
					 "proc/sysrq-trigger" };
static const char *const masked[] = { "proc/acpi", "proc/asound", "proc/scsi", "sys/firmware" };
static const char *const masked_files[] = { "proc/kcore",      "proc/keys",        "proc/latency_stats",
					    "proc/timer_list", "proc/timer_stats", "proc/sched_debug" };

/* The devices that every container has; making nodes is harmless. */
static const char *const allowed[] = { "c *:* m",   "b *:* m",   "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",
				       "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		_exit(125);
	}
}

static void put(const char *directory, const char *file, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		check((int)write(fd, text, strlen(text)), path);
		close(fd);
	}
}

static void make_mounts(void)
{
	for (size_t i = 0; i < COUNT(mountings); i++) {
		if (i > 1)
			mkdir(mountings[i].target, 0755);
		check(mount(mountings[i].type, mountings[i].target, mountings[i].type, mountings[i].flags,
			    mountings[i].data),
		      mountings[i].target);
	}
	for (size_t i = 0; i < COUNT(nodes); i++)
		check(mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)),
		      nodes[i].path);
	for (size_t i = 0; i < COUNT(links); i++)
		check(symlink(links[i][0], links[i][1]), links[i][1]);
	for (size_t i = 0; i < COUNT(read_only); i++)
		if (mount(read_only[i], read_only[i], NULL, MS_BIND | MS_REC, NULL) == 0)
			check(mount(NULL, read_only[i], NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL),
			      read_only[i]);
	/* What is absent is not masked. */
	for (size_t i = 0; i < COUNT(masked); i++)
		(void)mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, "size=0k");
	for (size_t i = 0; i < COUNT(masked_files); i++)
		(void)mount("dev/null", masked_files[i], NULL, MS_BIND, NULL);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	check(fd < 0 ? fd : ioctl(fd, SIOCSIFFLAGS, &request), "lo");
	close(fd);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = CAPABILITIES, .permitted = CAPABILITIES } };

	for (int i = 0; i <= CAP_LAST_CAP; i++)
		if (i > 31 || !(CAPABILITIES >> i & 1))
			(void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	check((int)syscall(SYS_capset, &header, data), "capset");
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void child(const char *rootfs, char **command)
{
	const struct rlimit limit = { .rlim_cur = 1024, .rlim_max = 1024 };
	char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", NULL };

	setsid();
	check(sethostname("standard", 8), "sethostname");
	loopback_up();
	check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "/");
	check(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL), rootfs);
	check(chdir(rootfs), rootfs);
	make_mounts();
	check(mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), "read-only root");
	check((int)syscall(SYS_pivot_root, ".", "."), "pivot_root");
	check(umount2(".", MNT_DETACH), "umount");
	check(chdir("/"), "/");
	check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
	drop_capabilities();
	execve(command[0], command, environment);
	check(-1, command[0]);
}

int main(int argc, char **argv)
{
	struct clone_args args = { .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
					    CLONE_NEWUTS | CLONE_NEWCGROUP,
				   .exit_signal = SIGCHLD };
	int status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: floor ROOTFS COMMAND [ARG]...\n");
		return 2;
	}
	/* A cgroup where this host has one of the three; the child inherits it. */
	for (size_t i = 0; i < COUNT(hierarchies); i++)
		if (mkdir(hierarchies[i], 0755) == 0) {
			put(hierarchies[i], "devices.deny", "a");
			for (size_t j = 0; j < COUNT(allowed); j++)
				put(hierarchies[i], "devices.allow", allowed[j]);
			put(hierarchies[i], "cgroup.procs", "0");
		}
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	check(pid, "clone3");
	if (pid == 0)
		child(argv[1], argv + 2);
	check(waitpid(pid, &status, 0), "waitpid");
	put("/sys/fs/cgroup/devices", "cgroup.procs", "0");
	put("/sys/fs/cgroup/freezer", "cgroup.procs", "0");
	for (size_t i = 0; i < COUNT(hierarchies); i++)
		rmdir(hierarchies[i]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
