/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program, or a login shell, in what was entered. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "run/attach.h"

/*
 * Of our uid in the /etc/passwd we see now; owned, NULL where it names none.
 * Not getpwuid(3): that would load the C library's modules from what was
 * entered into a process with our privileges (CVE-2019-14271).
 */
static char *shell_of_user(void)
{
	auto_fclose FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry;

	while (file && (entry = fgetpwent(file)))
		if (entry->pw_uid == getuid())
			return *entry->pw_shell ? memory_strdup(entry->pw_shell) : NULL;
	return NULL;
}

static int fail(const char *name, struct err *err)
{
	int errnum = errno;

	err_set(err, ERR_EXEC, "", "failed to execute %s", name);
	err->errnum = errnum;
	return -1;
}

static int execute_shell(struct err *err)
{
	const char *shell = getenv("SHELL"), *slash;
	auto_free char *found = NULL, *name = NULL;

	if (!shell || !*shell)
		shell = found = shell_of_user();
	if (!shell)
		shell = "/bin/sh";
	slash = strrchr(shell, '/');
	name = memory_printf("-%s", slash ? slash + 1 : shell);
	execl(shell, name, (char *)NULL);
	return fail(shell, err);
}

int run_attach_execute(char *const *program, struct err *err)
{
	if (!program || !*program)
		return execute_shell(err);
	execvp(*program, program);
	return fail(*program, err);
}
