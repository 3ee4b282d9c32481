/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program with commands (nsinit run ...) or with one only (nsenter ...):
 * its tables, its dispatch and its exit statuses.
 */
#ifndef NSTOOLS_COMMON_COMMAND_H
#define NSTOOLS_COMMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct option_operands;
struct option_table;
struct program;

/* Exit statuses, as nstools(7) has them. */
enum {
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_OWN_FAILURE = 125, /* of a command that hands on another program's status */
	STATUS_CANNOT_EXECUTE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128, /* + the signal that ended the program */
};

/* One call of a command. */
struct command_call {
	const struct program *program;
	const struct command *command;
	void *globals; /* what the program's own options were read into: struct nsinit * */
	int argc;
	char **argv; /* argv[0] is the command's name */
	int status;  /* the exit status when the command returns 0 */
};

struct command {
	const char *name;
	const char *synopsis; /* "[OPTIONS] ID [SIGNAL]" */
	const char *summary;  /* one line, no full stop */
	const char *details;  /* more for --help, lines of at most 80, or NULL */
	const struct option_table *const *tables; /* NULL at the end, or NULL */
	int min_operands, max_operands;		  /* max -1: any number */
	bool stop_at_operand;			  /* the first operand ends the options */
	bool starts_process;	/* what it starts may reach our program file: see kern/self.h */
	bool hands_on_status;	/* own failures are 125, 126, 127 */
	bool answers;		/* status 1 is an answer, no: failures are 2 */
	bool hidden;		/* not in --help */
	int (*run)(struct command_call *call, struct err *err);
};

struct program {
	const char *name;
	const char *summary;
	const struct option_table *const *tables;
	const struct command *const *commands; /* NULL at the end */
	const char *version_lines;	       /* behind the first line of --version, or NULL */
	/* Before a command, once the globals are read, or NULL. 0, or -1 with err. */
	int (*begin)(const struct command_call *call, char **argv, struct err *err);
};

/*
 * Read the command's options into targets (one a table of command->tables) and
 * check the number of operands. 1 when --help was printed: return 0 then.
 * 0, or -1 with err.
 *
 *	static int kill_run(struct command_call *call, struct err *err)
 *	{
 *		struct kill_options options = { 0 };
 *		struct option_operands auto_operands operands = { 0 };
 *		int read = command_options(call, (void *[]){ &options }, &operands, err);
 *
 *		if (read)
 *			return read < 0 ? -1 : 0;
 */
int command_options(struct command_call *call, void *const *targets, struct option_operands *operands,
		    struct err *err);
#define auto_operands __attribute__((cleanup(option_operands_free)))

/* The command of that name, or NULL with err (ERR_USAGE, with the nearest name as hint). */
const struct command *command_find(const struct program *program, const char *name, struct err *err);
/* Run it: logs the error and returns the exit status. */
int command_run(struct command_call *call);
/* The status that an error means. command NULL: before there was one. */
int command_status(const struct command *command, const struct err *err);
/* wait(2)'s status as an exit status: 128 + N by signal N. */
int command_wait_status(int status);

void command_print_help(const struct program *program, const struct command *command);
/*
 * For completion and checks: "COMMAND\tSYNOPSIS\t+\tsummary" a line ("+" where
 * the first operand ends the options) and the program's own options; with a
 * command, its options (option_print_list).
 */
void command_print_list(const struct program *program, const struct command *command);

#endif
