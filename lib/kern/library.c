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

int kern_library_load(struct kern_library *library, const struct kern_library_symbol *symbols, size_t count,
		      struct err *err)
{
	void *handle;
	size_t found = 0;

	if (library->loaded)
		return 0;
	handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
	while (handle && found < count && find(handle, &symbols[found]))
		found++;
	library->loaded = handle && found == count;
	if (library->loaded)
		return 0;
	err_set(err, ERR_UNSUPPORTED, library->subject, "%s cannot be loaded", library->file);
	return err_hint(err, "%s", dlerror());
}
