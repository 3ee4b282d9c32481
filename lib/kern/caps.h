/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capabilities (capabilities(7)): plain system calls on 64-bit masks, bit n
 * is capability n. libcap is not needed for it: it asks the kernel six times
 * at every start of a program that has it.
 *
 * The order around a change of the user id:
 *	kern_caps_bound()	needs CAP_SETPCAP, so first
 *	kern_caps_keep()	permitted survives the next set-uid
 *	kern_cred_set()
 *	kern_caps_apply()	the other four sets; KEEPCAPS is cleared
 *	no_new_privs, execve
 */
#ifndef NSTOOLS_KERN_CAPS_H
#define NSTOOLS_KERN_CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct kern_caps {
	uint64_t bounding, effective, inheritable, permitted, ambient;
};

/* The five sets in the text of /proc/PID/status; false when one is not there. */
bool kern_caps_parse(struct kern_caps *caps, const char *status);

/* The calling process' own five sets. */
int kern_caps_get(struct kern_caps *caps, struct err *err);

/* The highest capability this kernel knows (at run time; not the headers'). */
unsigned kern_caps_last(void);

/* All capabilities this kernel knows. */
uint64_t kern_caps_all(void);

/* Drop everything but `keep` from the bounding set, and check that it is gone. */
int kern_caps_bound(uint64_t keep, struct err *err);

/* Keep the permitted set over the next change of user id. */
int kern_caps_keep(struct err *err);

/* Make effective what is permitted: after a change of user id with kern_caps_keep() nothing is. */
int kern_caps_raise(struct err *err);

/*
 * What is permitted becomes inheritable, and what is effective ambient: execve
 * leaves it to a program of a user that is not root. Without libcap: caps_ambient.c.
 */
int kern_caps_hand_on(struct err *err);

/* Give up what execve would take: a user other than root keeps the ambient ones alone. */
int kern_caps_settle(struct err *err);

/* Take from permitted and effective (and so from ambient) all that is not in `keep`. */
int kern_caps_lower(uint64_t keep, struct err *err);

/*
 * Set permitted, effective, inheritable and ambient to exactly those of `caps`
 * (its bounding set is not looked at), clear KEEPCAPS, read all back. Asking
 * for what the process does not have is EPERM, and the error names the first
 * such capability. Ambient ones must be permitted and inheritable (EINVAL).
 */
int kern_caps_apply(const struct kern_caps *caps, struct err *err);

/*
 * Number of a name, "CAP_NET_RAW", "cap_net_raw" or "net_raw"; -1 when there
 * is none. Capabilities that this kernel has and we do not know are
 * "CAP_41" and so on.
 */
int kern_caps_number(const char *name);

/* The name in capitals ("CAP_NET_RAW", "CAP_41") into buf; returns buf. 32 bytes are always enough. */
const char *kern_caps_name(unsigned number, char *buf, size_t size);

/*
 * libcap's text form (cap_text_formats(7)), as getpcaps(8) and getcap(8) have it: "cap_net_raw=ep", "=ep", "=".
 * Of permitted, effective and inheritable alone. The caller frees it.
 */
char *kern_caps_text(const struct kern_caps *caps);
/* 0, or -1 where the text is not of that form. */
int kern_caps_parse_text(const char *text, struct kern_caps *caps);

#endif
