/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "spec/names.h"

#define SIGNAL(name)                                                                                         \
	{                                                                                                    \
#name, SIG##name                                                                             \
	}

/* Where two names mean the same, the usual one stands first. */
static const struct spec_name signal_items[] = {
	SIGNAL(HUP),    SIGNAL(INT),  SIGNAL(QUIT), SIGNAL(ILL),  SIGNAL(TRAP), SIGNAL(ABRT),   SIGNAL(IOT),
	SIGNAL(BUS),    SIGNAL(FPE),  SIGNAL(KILL), SIGNAL(USR1), SIGNAL(SEGV), SIGNAL(USR2),   SIGNAL(PIPE),
	SIGNAL(ALRM),   SIGNAL(TERM), SIGNAL(CHLD), SIGNAL(CLD),  SIGNAL(CONT), SIGNAL(STOP),   SIGNAL(TSTP),
	SIGNAL(TTIN),   SIGNAL(TTOU), SIGNAL(URG),  SIGNAL(XCPU), SIGNAL(XFSZ), SIGNAL(VTALRM), SIGNAL(PROF),
	SIGNAL(WINCH),  SIGNAL(IO),   SIGNAL(POLL), SIGNAL(PWR),  SIGNAL(SYS),
#ifdef SIGSTKFLT
	SIGNAL(STKFLT),
#endif
};
const struct spec_names spec_names_signal = { .what = "a signal",
					      .items = signal_items,
					      .count = ARRAY_SIZE(signal_items) };

/* What a program sees: glibc keeps the first two of the kernel's real-time signals for itself. */
#define RTMIN 34
#define RTMAX 64

/* "RTMIN", "RTMIN+3", "RTMAX-1". */
static int parse_real_time(const char *text, int *signal)
{
	int base = !strncasecmp(text, "RTMIN", 5) ? RTMIN : !strncasecmp(text, "RTMAX", 5) ? RTMAX : 0;
	int offset = 0;

	if (!base)
		return -1;
	text += 5;
	if (*text) {
		if (*text != (base == RTMIN ? '+' : '-') || number_int(text + 1, &offset) || offset < 0 ||
		    offset > RTMAX - RTMIN)
			return -1;
	}
	*signal = base == RTMIN ? base + offset : base - offset;
	return 0;
}

int spec_signal_parse(const char *text, int *signal)
{
	int number;

	if (!number_int(text, &number)) {
		if (number < 1 || number > RTMAX)
			return -1;
		*signal = number;
		return 0;
	}
	if (!strncasecmp(text, "SIG", 3))
		text += 3;
	for (size_t i = 0; i < ARRAY_SIZE(signal_items); i++) {
		if (!strcasecmp(text, signal_items[i].name)) {
			*signal = (int)signal_items[i].value;
			return 0;
		}
	}
	return parse_real_time(text, signal);
}

const char *spec_signal_name(int signal, char *buf, size_t size)
{
	const char *name = spec_names_of(&spec_names_signal, (uint64_t)signal);

	if (name)
		snprintf(buf, size, "SIG%s", name);
	else if (signal > RTMIN && signal <= RTMAX)
		snprintf(buf, size, "SIGRTMIN+%d", signal - RTMIN);
	else
		snprintf(buf, size, signal == RTMIN ? "SIGRTMIN" : "%d", signal);
	return buf;
}
