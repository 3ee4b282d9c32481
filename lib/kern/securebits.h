/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The securebits of the calling process (capabilities(7), prctl(2)). Those of others cannot be read. */
#ifndef NSTOOLS_KERN_SECUREBITS_H
#define NSTOOLS_KERN_SECUREBITS_H

#include <stddef.h>
#include <stdint.h>

struct err;

/* The names as libcap and setpriv(1) have them, bit by bit: "noroot", "noroot_locked", ... */
struct kern_securebit {
	const char *name;
	uint32_t bit;
};
extern const struct kern_securebit kern_securebits[];
extern const size_t kern_securebit_count;

/* Those of a kernel that we have no name for are bits here all the same. */
int kern_securebits_get(uint32_t *bits, struct err *err);

/* Needs CAP_SETPCAP, effective. EPERM also where a bit is locked. */
int kern_securebits_set(uint32_t bits, struct err *err);

#endif
