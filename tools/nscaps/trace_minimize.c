/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "common/command.h"
#include "nscaps/set.h"
#include "nscaps/trace_minimize.h"
#include "run/held.h"

/* `nscaps run --keep SET -- COMMAND ARGUMENT...`, in front of the command's own arguments. */
enum { OURS = 5 };

struct rerun {
	const char **args;
	struct run_held_program program;
};

static int run_again(struct rerun *rerun, uint64_t set, int *status, struct err *err)
{
	auto_strbuf struct strbuf keep = { 0 };
	struct run_held held;
	int ret, waited = 0;

	if (set)
		set_print_names(set, &keep);
	rerun->args[3] = set ? keep.text : "none";
	ret = run_held_start(&held, &rerun->program, err) || run_held_go(&held, &rerun->program, err) ? -1 : 0;
	if (!ret) {
		while (waitpid(held.pid, &waited, 0) < 0 && errno == EINTR)
			;
		*status = command_wait_status(waited);
	}
	run_held_close(&held);
	return ret;
}

static int try_each(struct rerun *rerun, int status, uint64_t *set, struct err *err)
{
	uint64_t needed = *set;
	int got = 0;

	if (run_again(rerun, needed, &got, err))
		return -1;
	if (got != status) {
		err_set(err, ERR_STATE, "--minimize",
			"the command ends with status %d when it is run again with the same capabilities, not %d",
			got, status);
		return err_hint(err, "it must do the same each time it is run");
	}
	for (uint64_t rest = needed; rest; rest &= rest - 1) {
		uint64_t without = needed & ~(rest & -rest);

		if (run_again(rerun, without, &got, err))
			return -1;
		if (got == status)
			needed = without;
	}
	*set = needed;
	return 0;
}

int trace_minimize(const char *const *args, int status, uint64_t *set, struct err *err)
{
	auto_close int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct rerun rerun = { 0 };
	auto_free const char **all = NULL;
	sigset_t mask;
	size_t count = 0;

	if (nowhere < 0)
		return err_system(err, "open", "/dev/null");
	while (args[count])
		count++;
	all = memory_zalloc(OURS + count + 1, sizeof(*all));
	all[0] = "nscaps";
	all[1] = "run";
	all[2] = "--keep";
	all[4] = "--";
	for (size_t i = 0; i < count; i++)
		all[OURS + i] = args[i];
	sigprocmask(SIG_SETMASK, NULL, &mask);
	rerun.args = all;
	rerun.program = (struct run_held_program){ .path = "/proc/self/exe", .args = all, .output = nowhere,
						   .errors = nowhere, .mask = &mask };
	return try_each(&rerun, status, set, err);
}
