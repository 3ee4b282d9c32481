/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "common/main_program.h"

int main_program_find(const char *name, char path[PATH_MAX], struct err *err)
{
	static const char bindir[] = NSTOOLS_BINDIR "/", suffix[] = "-main";
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof(suffix));

	if (length <= 0)
		return err_system(err, "readlink", "/proc/self/exe");
	path[length] = '\0';
	if (!strncmp(path, bindir, strlen(bindir)) && !strcmp(path + strlen(bindir), name))
		snprintf(path, PATH_MAX, "%s/%s%s", NSTOOLS_LIBEXECDIR, name, suffix);
	else
		memcpy(path + length, suffix, sizeof(suffix));
	return 0;
}

int main_program_become(const char *name, char *const argv[], struct err *err)
{
	char path[PATH_MAX];

	if (main_program_find(name, path, err))
		return -1;
	execv(path, argv);
	return err_system(err, "execve", "%s", path);
}
