/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/number.h"
#include "common/nearest.h"
#include "kern/caps.h"
#include "kern/securebits.h"
#include "nscaps/run_sets.h"
#include "nscaps/set.h"

#define WORD_SIZE 64

static int lacks(const char *option, uint64_t missing, const char *why, struct err *err)
{
	char name[32];

	errno = EPERM;
	err_system(err, option, "%s", kern_caps_name((unsigned)__builtin_ctzll(missing), name, sizeof(name)));
	return err_hint(err, "%s", why);
}

static int keep(const char *text, const struct kern_caps *have, bool root, struct kern_caps *want, struct err *err)
{
	struct set set;

	if (set_parse("--keep", text, have->permitted, &set, err))
		return -1;
	if (set.named & ~have->permitted)
		return lacks("--keep", set.named & ~have->permitted,
			     "the caller itself does not have it in its permitted set", err);
	set.all &= have->permitted;
	want->bounding &= set.all;
	want->inheritable &= set.all;
	want->ambient &= set.all;
	/* What the bounding set lost before us comes to root by the inheritable one. */
	if (root)
		want->inheritable |= set.all & ~want->bounding;
	else
		want->inheritable = want->ambient = set.all;
	return 0;
}

static int drop(const char *text, struct kern_caps *want, struct err *err)
{
	struct set set;

	if (text[0] == '-' || text[0] == '+')
		return err_set(err, ERR_USAGE, "",
			       "--drop: expected what to drop, without a sign, found \"%.64s\"", text);
	if (set_parse("--drop", text, 0, &set, err))
		return -1;
	want->bounding &= ~set.all;
	want->inheritable &= ~set.all;
	want->ambient &= ~set.all;
	return 0;
}

static int bounding(const char *text, const struct kern_caps *have, struct kern_caps *want, struct err *err)
{
	struct set set;

	if (set_parse("--bounding", text, want->bounding, &set, err))
		return -1;
	if (set.named & ~have->bounding)
		return lacks("--bounding", set.named & ~have->bounding,
			     "what is gone from the bounding set cannot come back", err);
	want->bounding = set.all & have->bounding;
	return 0;
}

static int inheritable(const char *text, const struct kern_caps *have, struct kern_caps *want, struct err *err)
{
	struct set set;
	uint64_t possible = have->inheritable | have->bounding;

	if (set_parse("--inheritable", text, want->inheritable, &set, err))
		return -1;
	if (set.named & ~possible)
		return lacks("--inheritable", set.named & ~possible, "it is not in the caller's bounding set", err);
	want->inheritable = set.all & possible;
	return 0;
}

static int ambient(const char *text, const struct kern_caps *have, struct kern_caps *want, struct err *err)
{
	struct set set;

	if (set_parse("--ambient", text, want->ambient, &set, err))
		return -1;
	if (set.named & ~have->permitted)
		return lacks("--ambient", set.named & ~have->permitted,
			     "the caller itself does not have it in its permitted set", err);
	want->ambient = set.all & have->permitted;
	want->inheritable |= want->ambient;
	return 0;
}

int run_sets_make(const struct run_sets_request *request, const struct kern_caps *have, bool root,
		  struct kern_caps *want, struct err *err)
{
	*want = *have;
	if ((request->keep && keep(request->keep, have, root, want, err)) ||
	    (request->drop && drop(request->drop, want, err)) ||
	    (request->bounding && bounding(request->bounding, have, want, err)) ||
	    (request->inheritable && inheritable(request->inheritable, have, want, err)) ||
	    (request->ambient && ambient(request->ambient, have, want, err)))
		return -1;
	/* The kernel takes from the ambient set what is no longer inheritable. */
	want->ambient &= want->inheritable;
	want->permitted = want->effective = root ? want->bounding | want->inheritable : want->ambient;
	return 0;
}

/* ---- securebits ----------------------------------------------------------------------------- */

static int unknown_bit(const char *word, struct err *err)
{
	size_t length = strlen(word), least = NEAREST_MAX(length) + 1;
	const char *near = NULL;

	for (size_t i = 0; i < kern_securebit_count; i++) {
		size_t distance = nearest_distance(word, length, kern_securebits[i].name);

		if (distance < least) {
			least = distance;
			near = kern_securebits[i].name;
		}
	}
	err_set(err, ERR_USAGE, "", "--securebits: expected a securebit, found \"%.64s\"", word);
	return near ? err_hint(err, "did you mean %s?", near) :
		      err_hint(err, "noroot, no_setuid_fixup, keep_caps, no_cap_ambient_raise, each with _locked, ...");
}

static int parse_bit(const char *word, uint32_t *bit, struct err *err)
{
	uint64_t mask;

	if (number_u32(word, bit) == 0)
		return 0;
	if (!strncmp(word, "0x", 2) && !set_parse_mask(word, &mask) && mask <= UINT32_MAX) {
		*bit = (uint32_t)mask;
		return 0;
	}
	for (size_t i = 0; i < kern_securebit_count; i++)
		if (!strcmp(word, kern_securebits[i].name)) {
			*bit = kern_securebits[i].bit;
			return 0;
		}
	return unknown_bit(word, err);
}

int run_sets_securebits(const char *text, uint32_t from, uint32_t *bits, struct err *err)
{
	*bits = text[0] == '+' || text[0] == '-' ? from : 0;
	if (!strcmp(text, "none"))
		return 0;
	for (;; text++) {
		char sign = text[0] == '+' || text[0] == '-' ? text[0] : 0, word[WORD_SIZE];
		size_t length;
		uint32_t bit;

		text += sign != 0;
		length = strcspn(text, ",");
		if (length >= sizeof(word))
			return unknown_bit(text, err);
		memcpy(word, text, length);
		word[length] = '\0';
		if (parse_bit(word, &bit, err))
			return -1;
		*bits = sign == '-' ? *bits & ~bit : *bits | bit;
		text += length;
		if (!*text)
			return 0;
	}
}
