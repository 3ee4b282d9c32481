/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/caps.h"
#include "kern/caps_process.h"

/* The list of groups can have 65536 of them. */
#define STATUS_MAX (1024 * 1024)

/*
 * The value of a line, or NULL. The name of a process cannot pretend to be a
 * line: the kernel writes its newlines as "\n".
 */
static const char *find_line(const char *text, const char *name)
{
	size_t len = strlen(name);

	while (text) {
		if (!strncmp(text, name, len) && text[len] == ':')
			return text + len + 1 + strspn(text + len + 1, " \t");
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	return NULL;
}

static int malformed(struct err *err, const char *name)
{
	errno = EPROTO;
	return err_system(err, "read", "%s of /proc/PID/status", name);
}

static int read_sets(const char *text, struct kern_caps *caps, struct err *err)
{
	const struct {
		const char *name;
		uint64_t *set;
	} lines[] = {
		{ "CapInh", &caps->inheritable }, { "CapPrm", &caps->permitted },
		{ "CapEff", &caps->effective },	  { "CapBnd", &caps->bounding },
		{ "CapAmb", &caps->ambient },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *value = find_line(text, lines[i].name);

		if (!value)
			return malformed(err, lines[i].name);
		*lines[i].set = strtoull(value, NULL, 16);
	}
	return 0;
}

static int read_process(const char *text, struct kern_caps_process *process, struct err *err)
{
	const char *name = find_line(text, "Name"), *uid = find_line(text, "Uid"),
		   *gid = find_line(text, "Gid"), *pid = find_line(text, "Pid"),
		   *parent = find_line(text, "PPid"), *no_new_privs = find_line(text, "NoNewPrivs");

	if (!name || !pid || !parent)
		return malformed(err, "Name, Pid or PPid");
	if (!uid || sscanf(uid, "%u %u", &process->real_uid, &process->uid) != 2 || !gid ||
	    sscanf(gid, "%u %u", &process->real_gid, &process->gid) != 2)
		return malformed(err, "Uid or Gid");
	process->pid = (pid_t)strtol(pid, NULL, 10);
	process->parent = (pid_t)strtol(parent, NULL, 10);
	process->no_new_privs = no_new_privs && *no_new_privs == '1';
	snprintf(process->command, sizeof(process->command), "%.*s", (int)strcspn(name, "\n"), name);
	return 0;
}

int kern_caps_process_read(int dir, struct kern_caps_process *process, struct kern_caps *caps,
			   struct err *err)
{
	auto_free char *text = NULL;

	*process = (struct kern_caps_process){ 0 };
	*caps = (struct kern_caps){ 0 };
	if (file_read_at(dir, "status", STATUS_MAX, &text, NULL) < 0) {
		if (errno == ENOENT)
			errno = ESRCH;
		return err_system(err, "read", "/proc/PID/status");
	}
	return read_process(text, process, err) || read_sets(text, caps, err) ? -1 : 0;
}
