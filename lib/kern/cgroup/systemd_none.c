/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of systemd*.c in a build without libsystemd's headers. */
#include "base/err.h"
#include "kern/cgroup/systemd.h"

static int unsupported(const char *scope, struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "systemd", "this program was built without systemd support");
	err_object(err, "%s", scope);
	return err_hint(err, "use the cgroupfs manager");
}

int kern_systemd_scope_start(const struct kern_systemd_scope *scope, struct err *err)
{
	return unsupported(scope->scope, err);
}

int kern_systemd_scope_set(const struct kern_systemd_scope *scope, struct err *err)
{
	return unsupported(scope->scope, err);
}

int kern_systemd_scope_stop(const char *scope, bool user, struct err *err)
{
	(void)user;
	return unsupported(scope, err);
}

int kern_systemd_scope_path(const char *scope, bool user, char *path, size_t size, struct err *err)
{
	(void)user;
	(void)path;
	(void)size;
	return unsupported(scope, err);
}
