/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deny ERRNO CALL[,CALL]... COMMAND [ARG]...: execute COMMAND where those
 * system calls fail with that error, as on an older kernel (ENOSYS) or below
 * the seccomp profile of another container runtime (EPERM).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { CALLS_MAX = 32 };

static const struct {
	const char *name;
	unsigned number;
} calls[] = {
	{ "openat2", 437 },        { "open_tree", 428 },
	{ "move_mount", 429 },     { "fsopen", 430 },
	{ "fsconfig", 431 },       { "fsmount", 432 },
	{ "fspick", 433 },         { "mount_setattr", 442 },
	{ "open_tree_attr", 467 }, { "clone3", 435 },
	{ "close_range", 436 },    { "fchmodat2", 452 },
	{ "mount", SYS_mount },    { "pivot_root", SYS_pivot_root },
	{ "landlock_create_ruleset", 444 },
};

static const struct {
	const char *name;
	unsigned number;
} errors[] = { { "ENOSYS", ENOSYS }, { "EPERM", EPERM }, { "EAGAIN", EAGAIN }, { "EINVAL", EINVAL } };

static int find_call(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		if (strlen(calls[i].name) == length && memcmp(calls[i].name, name, length) == 0)
			return (int)calls[i].number;
	return -1;
}

static int find_error(const char *name)
{
	for (size_t i = 0; i < COUNT(errors); i++)
		if (strcmp(errors[i].name, name) == 0)
			return (int)errors[i].number;
	return -1;
}

/* Two instructions a call, before them the load of its number, behind them what is allowed. */
static int build(struct sock_filter *filter, const char *names, int error)
{
	unsigned short n = 0;

	filter[n++] =
		(struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (const char *p = names; *p; p += *p == ',') {
		size_t length = strcspn(p, ",");
		int number = find_call(p, length);

		if (number < 0 || n >= 2 * CALLS_MAX)
			return -1;
		filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1);
		filter[n++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error);
		p += length;
	}
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return n;
}

int main(int argc, char **argv)
{
	struct sock_filter filter[2 * CALLS_MAX + 4];
	struct sock_fprog program = { .filter = filter };
	int error = argc > 3 ? find_error(argv[1]) : -1;
	int n = error < 0 ? -1 : build(filter, argv[2], error);

	if (n < 0) {
		fprintf(stderr, "usage: deny ERRNO CALL[,CALL]... COMMAND [ARG]...\n");
		return 2;
	}
	program.len = (unsigned short)n;
	/* Root needs no no_new_privs for it, and set-uid helpers must stay what they are. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	     prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))) {
		perror("deny: seccomp");
		return 125;
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 127;
}
