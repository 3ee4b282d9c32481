/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsenter: a program in the namespaces of others. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "common/command.h"
#include "common/elevated.h"
#include "common/option.h"
#include "kern/fd.h"
#include "run/attach.h"
#include "nsenter/nsenter.h"

static void print_help(void)
{
	printf("Usage: nsenter [OPTIONS] [PROGRAM [ARGUMENT...]]\n\nRun a program in namespaces of other processes.\n");
	option_print_help(nsenter_tables, stdout);
}

/* --help, --version: 1 when one of them was given. */
static int print(const struct nsenter *nsenter, struct err *err)
{
	if (nsenter->list_options)
		option_print_list(nsenter_tables, stdout);
	else if (nsenter->help)
		print_help();
	else if (nsenter->version)
		printf("nsenter from nstools %s\n", NSTOOLS_VERSION);
	else
		return 0;
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 1;
	err_set(err, ERR_SYSTEM, "", "write error");
	err->errnum = errno;
	return -1;
}

/* util-linux's: 1 for everything of our own. */
static int failure_status(const struct err *err)
{
	if (err->kind != ERR_EXEC)
		return STATUS_FAILED;
	return err->errnum == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

/* As the program ended: with its status, or by its signal. */
static int end_like(int status)
{
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	run_attach_raise(WTERMSIG(status));
	return STATUS_FAILED;
}

static int run(struct nsenter *nsenter, char **argv, int *status, struct err *err)
{
	if (nsenter_check(nsenter, err))
		return -1;
	if (nsenter_is_full(nsenter))
		return nsenter_full(nsenter, argv, status, err);
	return nsenter_enter(nsenter, argv, status, err);
}

int main(int argc, char **argv)
{
	struct nsenter nsenter = { .terminal = -1 };
	struct err err = { 0 };
	int status = 0, ret;

	log_init(program_invocation_short_name, LOG_LEVEL_WARNING);
	run_attach_init(&nsenter.attach);
	ret = elevated_refuse(&err) || kern_fd_open_standard(&err) ? -1 : 0;
	if (!ret)
		ret = nsenter_read(&nsenter, argc, argv, &err);
	if (ret > 0)
		return STATUS_FAILED;
	if (!ret)
		ret = print(&nsenter, &err);
	if (ret > 0)
		return 0;
	if (!ret)
		ret = run(&nsenter, argv, &status, &err);
	if (!ret)
		return end_like(status);
	log_error(&err);
	return failure_status(&err);
}
