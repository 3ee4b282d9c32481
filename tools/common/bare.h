/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What runs without a C library, or before it has started: system calls, and the start from a protected mount. */
#ifndef NSTOOLS_COMMON_BARE_H
#define NSTOOLS_COMMON_BARE_H

#define BARE_CALL(number, ...) bare_call(number, (const long[5]){ __VA_ARGS__ })

/* A system call: what the kernel returns, -errno on failure. */
long bare_call(long number, const long arguments[5]);
/*
 * Execute a file from a detached read-only mount of it, which no container can make writable (kern/self.h says how and
 * why). Returns only where that cannot be had: the program then protects itself.
 */
void bare_execute_protected(const char *path, char *const *argv, char *const *environment);

#endif
