/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options in one line of text, applied to a small spec. */
#ifndef NSTOOLS_TESTS_TOOLS_DESCRIBE_HELP_H
#define NSTOOLS_TESTS_TOOLS_DESCRIBE_HELP_H

struct err;
struct spec;

/*
 * Words are divided by blanks; "^" in a word is a blank. The base is "default" (spec_default()), "bare"
 * (a root alone) or "small". NULL with err; spec_free() the result.
 */
struct spec *describe_spec(const char *base, const char *options, struct err *err);
/* What stands at a place ("/linux/sysctl") of the spec as it is written, without blanks; "" where nothing is.
 * Valid until the next call. */
const char *describe_at(const struct spec *spec, const char *pointer);

#endif
