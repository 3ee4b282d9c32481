/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "kern/library.h"

static bool find(void *handle, const struct kern_library_symbol *symbol)
{
	void *found = dlsym(handle, symbol->name);

	/* POSIX has a function pointer fit into an object pointer, C does not: copy the bits. */
	if (found)
		memcpy(symbol->function, &found, sizeof(found));
	return found;
}

int kern_library_load(const char *file, const char *subject, const struct kern_library_symbol *symbols,
		      size_t count, struct err *err)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	size_t found = 0;

	while (handle && found < count && find(handle, &symbols[found]))
		found++;
	if (handle && found == count)
		return 0;
	err_set(err, ERR_UNSUPPORTED, subject, "%s cannot be loaded", file);
	return err_hint(err, "%s", dlerror());
}
