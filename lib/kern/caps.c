/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/capability.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/number.h"
#include "kern/caps.h"

#define NAME(name) "CAP_" #name,
static const char *const names[] = { CAPABILITY_LIST(NAME) };

/* Two 32-bit halves, as the kernel has it (capget(2), version 3). */
struct halves {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[2];
};

static int get_three(struct kern_caps *caps, struct err *err)
{
	struct halves h = { .header.version = _LINUX_CAPABILITY_VERSION_3 };

	if (syscall(SYS_capget, &h.header, h.data) < 0)
		return err_system(err, "capget", "own capabilities");
	caps->effective = (uint64_t)h.data[1].effective << 32 | h.data[0].effective;
	caps->permitted = (uint64_t)h.data[1].permitted << 32 | h.data[0].permitted;
	caps->inheritable = (uint64_t)h.data[1].inheritable << 32 | h.data[0].inheritable;
	return 0;
}

static int set_three(const struct kern_caps *caps)
{
	struct halves h = { .header.version = _LINUX_CAPABILITY_VERSION_3 };
	unsigned i;

	for (i = 0; i < 2; i++) {
		h.data[i].effective = (uint32_t)(caps->effective >> (32 * i));
		h.data[i].permitted = (uint32_t)(caps->permitted >> (32 * i));
		h.data[i].inheritable = (uint32_t)(caps->inheritable >> (32 * i));
	}
	return (int)syscall(SYS_capset, &h.header, h.data);
}

static bool is_known(unsigned number)
{
	return prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0;
}

unsigned kern_caps_last(void)
{
	static unsigned last; /* asked once: two calls where the kernel knows those that we know */

	if (!last) {
		last = ARRAY_SIZE(names) - 1;
		while (last > 0 && !is_known(last))
			last--;
		while (last < 63 && is_known(last + 1))
			last++;
	}
	return last;
}

uint64_t kern_caps_all(void)
{
	return UINT64_MAX >> (63 - kern_caps_last());
}

/* Without /proc: two system calls a capability. */
static int get_by_prctl(struct kern_caps *caps, struct err *err)
{
	unsigned last = kern_caps_last();
	unsigned i;

	if (get_three(caps, err) < 0)
		return -1;
	for (i = 0; i <= last; i++) {
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) > 0)
			caps->bounding |= UINT64_C(1) << i;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) > 0)
			caps->ambient |= UINT64_C(1) << i;
	}
	return 0;
}

bool kern_caps_parse(struct kern_caps *caps, const char *status)
{
	const struct {
		const char *name;
		uint64_t *set;
	} lines[] = {
		{ "\nCapInh:\t", &caps->inheritable }, { "\nCapPrm:\t", &caps->permitted },
		{ "\nCapEff:\t", &caps->effective },   { "\nCapBnd:\t", &caps->bounding },
		{ "\nCapAmb:\t", &caps->ambient },
	};
	size_t i;

	*caps = (struct kern_caps){ 0 };
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *line = strstr(status, lines[i].name);

		if (!line)
			return false;
		*lines[i].set = strtoull(line + strlen(lines[i].name), NULL, 16);
	}
	return true;
}

int kern_caps_get(struct kern_caps *caps, struct err *err)
{
	char text[4096];

	if (file_read_small(AT_FDCWD, "/proc/thread-self/status", text, sizeof(text)) >= 0 &&
	    kern_caps_parse(caps, text))
		return 0;
	*caps = (struct kern_caps){ 0 };
	return get_by_prctl(caps, err);
}

int kern_caps_bound(uint64_t keep, struct err *err)
{
	unsigned i;

	for (i = 0; i <= kern_caps_last(); i++) {
		char name[32];

		if (keep & UINT64_C(1) << i)
			continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == 0)
			continue;
		/* Without CAP_SETPCAP one may still "drop" what is not there. */
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 0)
			continue;
		errno = EPERM;
		err_system(err, "prctl", "PR_CAPBSET_DROP %s", kern_caps_name(i, name, sizeof(name)));
		return err_hint(err, "changing the bounding set needs CAP_SETPCAP");
	}
	return 0;
}

int kern_caps_keep(struct err *err)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) {
		err_system(err, "prctl", "PR_SET_KEEPCAPS");
		if (err->errnum == EPERM)
			err_hint(err, "the caller locked SECBIT_KEEP_CAPS");
		return -1;
	}
	return 0;
}

int kern_caps_raise(struct err *err)
{
	struct kern_caps caps;

	if (get_three(&caps, err) < 0)
		return -1;
	caps.effective = caps.permitted;
	return set_three(&caps) < 0 ? err_system(err, "capset", "own capabilities") : 0;
}

int kern_caps_settle(struct err *err)
{
	struct kern_caps caps;
	uint64_t ambient = 0;

	if (geteuid() == 0)
		return 0;
	if (get_three(&caps, err) < 0)
		return -1;
	for (unsigned i = 0; i < 64; i++)
		if (caps.permitted & UINT64_C(1) << i && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
			ambient |= UINT64_C(1) << i;
	caps.permitted = caps.effective = ambient;
	return set_three(&caps) < 0 ? err_system(err, "capset", "own capabilities") : 0;
}

int kern_caps_lower(uint64_t keep, struct err *err)
{
	struct kern_caps caps;

	if (get_three(&caps, err) < 0)
		return -1;
	caps.permitted &= keep;
	caps.effective &= keep;
	return set_three(&caps) < 0 ? err_system(err, "capset", "own capabilities") : 0;
}

/* The first capability of a set, for messages. */
static const char *first_of(uint64_t set, char *buf, size_t size)
{
	return kern_caps_name((unsigned)__builtin_ctzll(set), buf, size);
}

static int check_permitted(const struct kern_caps *want, uint64_t permitted, struct err *err)
{
	uint64_t beyond = (want->permitted | want->effective) & ~permitted;
	char name[32];

	if (!beyond)
		return 0;
	errno = EPERM;
	err_system(err, "capset", "%s", first_of(beyond, name, sizeof(name)));
	return err_hint(err, "the capability is not in the permitted set of the process that starts this one");
}

/* The kernel refused: which one, and why. */
static int explain_refusal(const struct kern_caps *want, struct err *err)
{
	struct kern_caps have = { 0 };
	int errnum = errno;

	if (errnum == EPERM && (get_three(&have, err) < 0 || check_permitted(want, have.permitted, err) < 0))
		return -1;
	errno = errnum;
	err_system(err, "capset", "own capabilities");
	if (errnum != EPERM)
		return -1;
	return err_hint(err, "inheritable capabilities must lie in the bounding set, or be inheritable already");
}

/* What no process could have. */
static int check_sets(const struct kern_caps *want, struct err *err)
{
	uint64_t beyond = want->effective & ~want->permitted;
	char name[32];

	if (beyond) {
		errno = EPERM;
		err_system(err, "capset", "%s", first_of(beyond, name, sizeof(name)));
		return err_hint(err, "an effective capability must be permitted too");
	}
	beyond = want->ambient & ~(want->permitted & want->inheritable);
	if (beyond) {
		errno = EINVAL;
		err_system(err, "prctl", "PR_CAP_AMBIENT_RAISE %s", first_of(beyond, name, sizeof(name)));
		return err_hint(err, "an ambient capability must be permitted and inheritable too");
	}
	return 0;
}

/* possible: those that are permitted and inheritable. */
static int raise_ambient(uint64_t set, uint64_t possible, struct err *err)
{
	/* capset lowered already what is no longer permitted and inheritable; this lowers the rest. */
	if (!possible)
		return 0;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return err_system(err, "prctl", "PR_CAP_AMBIENT_CLEAR_ALL");
	while (set) {
		unsigned i = (unsigned)__builtin_ctzll(set);
		char name[32];

		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
			return err_system(err, "prctl", "PR_CAP_AMBIENT_RAISE %s",
					  kern_caps_name(i, name, sizeof(name)));
		set &= set - 1;
	}
	return 0;
}

int kern_caps_apply(const struct kern_caps *caps, struct err *err)
{
	struct kern_caps have;

	/* Those that it does not know the kernel passes over; the others it checks itself. */
	if (check_permitted(caps, kern_caps_all(), err) < 0 || check_sets(caps, err) < 0)
		return -1;
	/* Locked (SECBIT_KEEP_CAPS_LOCKED) and off is as it shall be. */
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0 && prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0) != 0)
		return err_system(err, "prctl", "PR_SET_KEEPCAPS");
	if (set_three(caps) < 0)
		return explain_refusal(caps, err);
	if (raise_ambient(caps->ambient, caps->permitted & caps->inheritable, err) < 0 || get_three(&have, err) < 0)
		return -1;
	if (have.effective != caps->effective || have.permitted != caps->permitted ||
	    have.inheritable != caps->inheritable)
		return err_set(err, ERR_SYSTEM, "capset",
			       "the kernel did not take the capabilities as given");
	return 0;
}

int kern_caps_number(const char *name)
{
	uint32_t number;

	if (strncasecmp(name, "cap_", 4) == 0)
		name += 4;
	if (number_u32(name, &number) == 0)
		return number <= kern_caps_last() ? (int)number : -1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcasecmp(name, names[i] + 4) == 0)
			return (int)i;
	return -1;
}

const char *kern_caps_name(unsigned number, char *buf, size_t size)
{
	if (number < ARRAY_SIZE(names))
		snprintf(buf, size, "%s", names[number]);
	else
		snprintf(buf, size, "CAP_%u", number);
	return buf;
}
