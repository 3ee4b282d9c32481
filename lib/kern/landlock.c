/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/landlock.h"

/* The number of rights of each kind that an ABI version knows: they are bits from 0 on. */
static const struct {
	unsigned char fs, net, scoped;
} known[] = {
	{ 0, 0, 0 },  /* no Landlock */
	{ 13, 0, 0 }, /* 5.13 */
	{ 14, 0, 0 }, /* 5.19: refer */
	{ 15, 0, 0 }, /* 6.2: truncate */
	{ 15, 2, 0 }, /* 6.7: bind and connect of TCP */
	{ 16, 2, 0 }, /* 6.10: ioctl of devices */
	{ 16, 2, 2 }, /* 6.12: abstract sockets, signals */
};

/* What a rule on something that is no directory may allow: execute, write, read, truncate, ioctl. */
#define FILE_RIGHTS                                                                                          \
	(UINT64_C(1) << 0 | UINT64_C(1) << 1 | UINT64_C(1) << 2 | UINT64_C(1) << 14 | UINT64_C(1) << 15)

unsigned kern_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (unsigned)abi : 0;
}

static uint64_t bits(unsigned count)
{
	return (UINT64_C(1) << count) - 1;
}

struct kern_landlock kern_landlock_known(unsigned abi)
{
	size_t i = abi < ARRAY_SIZE(known) ? abi : ARRAY_SIZE(known) - 1;

	return (struct kern_landlock){ bits(known[i].fs), bits(known[i].net), bits(known[i].scoped) };
}

static int refuse_unknown(const struct kern_landlock *access, const struct kern_landlock *can, unsigned abi,
			  struct err *err)
{
	if (abi == 0) {
		err_set(err, ERR_UNSUPPORTED, "landlock", "this kernel has no Landlock");
		return err_hint(err,
				"it needs CONFIG_SECURITY_LANDLOCK and \"landlock\" in the lsm= boot option");
	}
	if (access->fs & ~can->fs)
		return err_set(err, ERR_UNSUPPORTED, "landlock",
			       "this kernel (Landlock ABI %u) does not know the file access rights 0x%llx",
			       abi, (unsigned long long)(access->fs & ~can->fs));
	if (access->net & ~can->net)
		return err_set(err, ERR_UNSUPPORTED, "landlock",
			       "this kernel (Landlock ABI %u) does not know the network access rights 0x%llx",
			       abi, (unsigned long long)(access->net & ~can->net));
	if (access->scoped & ~can->scoped)
		return err_set(err, ERR_UNSUPPORTED, "landlock",
			       "this kernel (Landlock ABI %u) does not know the scopes 0x%llx", abi,
			       (unsigned long long)(access->scoped & ~can->scoped));
	return 0;
}

int kern_landlock_create(struct kern_landlock *access, bool best_effort, struct err *err)
{
	struct kern_landlock_ruleset_attr attr;
	unsigned abi = kern_landlock_abi();
	struct kern_landlock can = kern_landlock_known(abi);
	long fd;

	if (!best_effort && refuse_unknown(access, &can, abi, err) < 0)
		return -1;
	access->fs &= can.fs;
	access->net &= can.net;
	access->scoped &= can.scoped;
	if (!access->fs && !access->net && !access->scoped)
		return -2;
	attr = (struct kern_landlock_ruleset_attr){ access->fs, access->net, access->scoped };
	/* An older kernel takes a longer struct as long as the rest of it is zero. The descriptor is
	 * close-on-exec. */
	fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	return fd < 0 ? err_system(err, "landlock_create_ruleset", "ABI %u", abi) : (int)fd;
}

int kern_landlock_add_path(int ruleset, int path_fd, uint64_t access, struct err *err)
{
	struct landlock_path_beneath_attr attr = { .parent_fd = path_fd };
	struct stat st;

	if (fstat(path_fd, &st) < 0)
		return err_system(err, "fstat", "path of a Landlock rule");
	attr.allowed_access = S_ISDIR(st.st_mode) ? access : access & FILE_RIGHTS;
	if (!attr.allowed_access)
		return 0;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) == 0)
		return 0;
	err_system(err, "landlock_add_rule", "access 0x%llx", (unsigned long long)attr.allowed_access);
	if (err->errnum == EINVAL)
		err_hint(err, "a rule can only allow what the ruleset handles");
	if (err->errnum == EBADFD)
		err_hint(err, "Landlock has no rules for this file system");
	return -1;
}

int kern_landlock_add_port(int ruleset, uint16_t port, uint64_t access, struct err *err)
{
	struct kern_landlock_net_port_attr attr = { .allowed_access = access, .port = port };

	if (!access || syscall(SYS_landlock_add_rule, ruleset, KERN_LANDLOCK_RULE_NET_PORT, &attr, 0) == 0)
		return 0;
	err_system(err, "landlock_add_rule", "port %u access 0x%llx", port, (unsigned long long)access);
	if (err->errnum == EINVAL)
		err_hint(err, "a rule can only allow what the ruleset handles");
	if (err->errnum == EAFNOSUPPORT)
		err_hint(err, "this kernel has no TCP");
	return -1;
}

int kern_landlock_restrict(int ruleset, struct err *err)
{
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) == 0)
		return 0;
	err_system(err, "landlock_restrict_self", "this process");
	if (err->errnum == EPERM)
		err_hint(err, "it needs no_new_privs or CAP_SYS_ADMIN");
	if (err->errnum == E2BIG)
		err_hint(err, "at most 16 Landlock rulesets can be stacked");
	return -1;
}
