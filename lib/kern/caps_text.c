/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcap's own words for three sets: what getpcaps(8), getcap(8) and setcap(8) print and read. */
#include <string.h>
#include <sys/capability.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "kern/caps.h"

static void set_flags(cap_t caps, cap_flag_t flag, uint64_t set)
{
	while (set) {
		cap_value_t value = __builtin_ctzll(set);

		/* What libcap cannot hold does not come from this kernel: cap_max_bits(). */
		cap_set_flag(caps, flag, 1, &value, CAP_SET);
		set &= set - 1;
	}
}

static uint64_t get_flags(cap_t caps, cap_flag_t flag)
{
	uint64_t set = 0;

	for (cap_value_t i = 0; i < 64; i++) {
		cap_flag_value_t is = CAP_CLEAR;

		if (cap_get_flag(caps, i, flag, &is) == 0 && is == CAP_SET)
			set |= UINT64_C(1) << i;
	}
	return set;
}

char *kern_caps_text(const struct kern_caps *caps)
{
	cap_t lib = cap_init();
	char *text, *copy;

	if (!lib)
		memory_exhausted();
	set_flags(lib, CAP_PERMITTED, caps->permitted);
	set_flags(lib, CAP_EFFECTIVE, caps->effective);
	set_flags(lib, CAP_INHERITABLE, caps->inheritable);
	text = cap_to_text(lib, NULL);
	if (!text)
		memory_exhausted();
	copy = memory_strdup(text);
	cap_free(text);
	cap_free(lib);
	return copy;
}

int kern_caps_parse_text(const char *text, struct kern_caps *caps)
{
	cap_t lib = cap_from_text(text);

	if (!lib)
		return -1;
	*caps = (struct kern_caps){ .permitted = get_flags(lib, CAP_PERMITTED),
				    .effective = get_flags(lib, CAP_EFFECTIVE),
				    .inheritable = get_flags(lib, CAP_INHERITABLE) };
	cap_free(lib);
	return 0;
}
