/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/ioprio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/constants.h"
#include "kern/sched.h"

#define LONG_BITS (8 * sizeof(unsigned long))
#define MASK_LONGS (KERN_SCHED_BITS / LONG_BITS)
/* The kernel takes no more node bits than a page holds (get_nodes() in mm/mempolicy.c). */
_Static_assert(KERN_SCHED_BITS <= 8 * 4096, "a node mask is at most one page");

int kern_sched_set(pid_t pid, const struct kern_sched *sched, struct err *err)
{
	struct kern_sched_attr attributes = {
		.size = sizeof(attributes),
		.policy = (uint32_t)sched->policy,
		.flags = sched->flags,
		.nice = sched->nice,
		.priority = (uint32_t)sched->priority,
		.runtime = sched->runtime,
		.deadline = sched->deadline,
		.period = sched->period,
	};

	if (syscall(SYS_sched_setattr, pid, &attributes, 0) == 0)
		return 0;
	err_system(err, "sched_setattr", "policy %d", sched->policy);
	if (err->errnum == EPERM)
		err_hint(err, "real-time and deadline policies and a lower nice value need CAP_SYS_NICE; a "
			      "deadline "
			      "task must be allowed on all CPUs of its root domain");
	if (err->errnum == EBUSY)
		err_hint(err, "the bandwidth for deadline tasks is used up");
	if (err->errnum == EINVAL)
		err_hint(err,
			 "priority is 1 to 99 for SCHED_FIFO and SCHED_RR and 0 for others; a deadline needs "
			 "1024 <= runtime <= deadline <= period; some flags need CONFIG_UCLAMP_TASK");
	return -1;
}

int kern_sched_set_io(pid_t pid, int class, int priority, struct err *err)
{
	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, IOPRIO_PRIO_VALUE(class, priority)) == 0)
		return 0;
	err_system(err, "ioprio_set", "class %d priority %d", class, priority);
	if (err->errnum == EPERM)
		err_hint(err, "the real-time I/O class needs CAP_SYS_ADMIN or CAP_SYS_NICE");
	return -1;
}

static const char *read_number(const char *text, size_t *number)
{
	const char *start = text;

	for (*number = 0; *text >= '0' && *text <= '9'; text++)
		if (*number <= KERN_SCHED_BITS)
			*number = *number * 10 + (size_t)(*text - '0');
	return text == start ? NULL : text;
}

ssize_t kern_sched_list(const char *list, unsigned long *mask, size_t bits)
{
	size_t top = 0;

	memset(mask, 0, bits / 8);
	errno = EINVAL;
	while (*(list += strspn(list, ", \t\n"))) {
		size_t first;
		size_t last;

		list = read_number(list, &first);
		if (!list)
			return -1;
		last = first;
		if (*list == '-')
			list = read_number(list + 1, &last);
		if (!list || last < first || (*list && !strchr(", \t\n", *list)))
			return -1;
		if (last >= bits) {
			errno = ERANGE;
			return -1;
		}
		for (; first <= last; first++)
			mask[first / LONG_BITS] |= 1UL << first % LONG_BITS;
		if (last + 1 > top)
			top = last + 1;
	}
	return (ssize_t)top;
}

int kern_sched_set_affinity(pid_t pid, const char *list, struct err *err)
{
	unsigned long mask[MASK_LONGS];
	ssize_t top = kern_sched_list(list, mask, KERN_SCHED_BITS);

	if (top == 0)
		return 0;
	if (top < 0)
		return err_system(err, "CPU list", "%s", list);
	/* Whole longs; the kernel takes what it has CPUs for and fills up with zeros. */
	if (syscall(SYS_sched_setaffinity, pid, ((size_t)top + LONG_BITS - 1) / LONG_BITS * sizeof(long),
		    mask) == 0)
		return 0;
	err_system(err, "sched_setaffinity", "%s", list);
	if (err->errnum == EINVAL)
		err_hint(err, "none of these CPUs is online and in the cpuset of the process");
	return -1;
}

int kern_sched_set_memory(int mode, unsigned flags, const char *nodes, struct err *err)
{
	unsigned long mask[MASK_LONGS];
	ssize_t top = kern_sched_list(nodes ? nodes : "", mask, KERN_SCHED_BITS);

	if (top < 0)
		return err_system(err, "node list", "%s", nodes);
	/* The kernel reads one bit less than it is told (set_mempolicy(2), BUGS in get_nodes()). */
	if (syscall(SYS_set_mempolicy, mode | (int)flags, top ? mask : NULL, top ? top + 1 : 0) == 0)
		return 0;
	err_system(err, "set_mempolicy", "mode %d nodes \"%s\"", mode, nodes ? nodes : "");
	if (err->errnum == EINVAL)
		err_hint(err, "a node is not there or not in the cpuset, the mode needs nodes or takes none, "
			      "or this "
			      "kernel does not know the mode or the flag");
	if (err->errnum == ENOSYS)
		err_hint(err, "this kernel has no NUMA support");
	return -1;
}
