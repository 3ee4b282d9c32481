/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/cgroup/systemd_internal.h"
#include "kern/library.h"

/* Never unloaded: it keeps thread-local state. */
int systemd_library_load(struct systemd_library *library, struct err *err)
{
#define SYSTEMD_SYMBOL(name) { #name, &library->name },
	const struct kern_library_symbol symbols[] = { SYSTEMD_FUNCTIONS(SYSTEMD_SYMBOL) };
#undef SYSTEMD_SYMBOL
	struct kern_library file = { .file = "libsystemd.so.0", .subject = "systemd" };
	struct err failure = { 0 };

	if (kern_library_load(&file, symbols, ARRAY_SIZE(symbols), &failure) == 0)
		return 0;
	err_set(err, ERR_UNSUPPORTED, "load", "%s", failure.hint);
	return err_hint(err, "the systemd cgroup manager needs libsystemd (Debian: libsystemd0); without it use the "
			     "cgroupfs manager");
}
