/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/err.h"
#include "kern/cgroup/systemd_internal.h"

#define LIBRARY "libsystemd.so.0"

/* ISO C has no cast from an object pointer to a function's; POSIX says that they have one form. */
static int find(void *handle, const char *name, void *pointer, struct err *err)
{
	void *found = dlsym(handle, name);

	if (!found) {
		err_set(err, ERR_UNSUPPORTED, "load", "%s has no %s: it is too old", LIBRARY, name);
		return -1;
	}
	memcpy(pointer, &found, sizeof(found));
	return 0;
}

int systemd_library_load(struct systemd_library *library, struct err *err)
{
	/* Never unloaded: it keeps thread-local state. */
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (!handle) {
		err_set(err, ERR_UNSUPPORTED, "load", "%s", dlerror());
		return err_hint(err, "the systemd cgroup manager needs libsystemd (Debian: libsystemd0); without it "
				     "use the cgroupfs manager");
	}
#define SYSTEMD_FIND(name)                                 \
	if (find(handle, #name, &library->name, err) != 0)            \
		return -1;
	SYSTEMD_FUNCTIONS(SYSTEMD_FIND)
#undef SYSTEMD_FIND
	return 0;
}
