/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "common/command.h"
#include "kern/fd.h"
#include "nsinit/nsinit.h"

const struct run_context *nsinit_context(const struct command_call *call)
{
	return ((const struct nsinit *)call->globals)->context;
}

int nsinit_inherit_fds(struct nsinit_fds *fds, struct err *err)
{
	const char *number = getenv("LISTEN_FDS");
	unsigned listen = 0;

	if (number && kern_fd_listen_count(number, getenv("LISTEN_PID"), getpid(), &listen, err))
		return -1;
	if (fds->preserved > KERN_FD_PRESERVED_MAX - listen) {
		err_set(err, ERR_USAGE, "--preserve-fds", "at most %u descriptors", KERN_FD_PRESERVED_MAX - listen);
		return err_object(err, "%u", fds->preserved);
	}
	fds->listen = listen;
	fds->listen_names = listen ? getenv("LISTEN_FDNAMES") : NULL;
	/* The sockets come first, then what the option names: as crun and runc have it. */
	fds->preserved += listen;
	return kern_fd_inherit(fds->preserved, err);
}

int nsinit_read_text(const char *path, char **text, size_t *len, struct err *err)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	int ret;

	if (strcmp(path, "-") == 0)
		ret = file_read_fd(STDIN_FILENO, JSON_SIZE_MAX, text, len);
	else
		ret = file_read_at(AT_FDCWD, path, JSON_SIZE_MAX, text, len);
	if (!ret)
		return 0;
	if (errno != EFBIG)
		return err_system(err, "open", "%s", name);
	err_set(err, ERR_SPEC, "read", "has more than the %u MiB that a JSON document may have",
		JSON_SIZE_MAX / 1024 / 1024);
	return err_object(err, "%s", name);
}

int nsinit_absolute(const char *path, char **absolute, struct err *err)
{
	auto_free char *here = NULL;

	*absolute = NULL;
	if (!path)
		return 0;
	if (path[0] == '/' || !strcmp(path, "-")) {
		*absolute = memory_strdup(path);
		return 0;
	}
	here = getcwd(NULL, 0);
	if (!here)
		return err_system(err, "getcwd", "%s", path);
	*absolute = memory_printf("%s/%s", strcmp(here, "/") ? here : "", path);
	return 0;
}
