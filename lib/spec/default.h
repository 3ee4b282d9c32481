/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside lib/spec: the default spec's seccomp profile, as the JSON text `, "seccomp": {...}`. */
#ifndef NSTOOLS_SPEC_DEFAULT_H
#define NSTOOLS_SPEC_DEFAULT_H

extern const char spec_default_seccomp[];

#endif
