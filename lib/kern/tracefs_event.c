/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event. Kernels before 6.14 have no tracepoint: two kprobes tell what
 * cap_capable() was asked, and what it answered. Kprobes are defined for all
 * of the machine, but recorded only where they are enabled: in our instance.
 *	nscaps_NUMBER:nscaps_enter	cap=..., options=...
 *	nscaps_NUMBER:nscaps_return	ret=...
 * The compiler puts cap_capable() into its callers of the same file, where no
 * probe sees it: two more tell of the one prctl(2) that needs it there.
 *	nscaps_NUMBER:nscaps_prctl_enter	option=...
 *	nscaps_NUMBER:nscaps_prctl_return	ret=...
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/tracefs.h"
#include "kern/tracefs_internal.h"

#define KPROBES_MAX (1024 * 1024) /* bytes of kprobe_events */
#define GROUP ":nscaps_"

/* cap_task_prctl(option, ...), the hook of prctl(2). What is told without it is told. */
static void define_prctl(const struct kern_tracefs *trace)
{
	char enter[128], back[128];

	snprintf(enter, sizeof(enter), "p" GROUP "%u/nscaps_prctl_enter cap_task_prctl option=$arg1:s32\n",
		 trace->number);
	snprintf(back, sizeof(back), "r" GROUP "%u/nscaps_prctl_return cap_task_prctl ret=$retval:s32\n",
		 trace->number);
	if (tracefs_write(trace->root, "kprobe_events", enter) == 0)
		(void)tracefs_write(trace->root, "kprobe_events", back);
}

static int define_kprobes(struct kern_tracefs *trace, struct err *err)
{
	char enter[128], back[128];

	/* cap_capable(cred, namespace, cap, options): security/commoncap.c's documented hook, the same since 5.1. */
	snprintf(enter, sizeof(enter), "p" GROUP "%u/nscaps_enter cap_capable cap=$arg3:s32 options=$arg4:u32\n",
		 trace->number);
	snprintf(back, sizeof(back), "r" GROUP "%u/nscaps_return cap_capable ret=$retval:s32\n", trace->number);
	trace->kprobes = true;
	if (tracefs_write(trace->root, "kprobe_events", enter) == 0 &&
	    tracefs_write(trace->root, "kprobe_events", back) == 0) {
		define_prctl(trace);
		return 0;
	}
	if (errno != ENOENT && errno != EACCES && errno != EPERM) {
		err_system(err, "write", "kprobe_events");
		return err_hint(err, "this kernel has no tracepoint cap_capable (Linux 6.14), and refused a kprobe");
	}
	err_set(err, ERR_UNSUPPORTED, "trace",
		"this kernel cannot tell of its capability checks: it has neither the tracepoint cap_capable (Linux "
		"6.14) nor kprobe events");
	return err_hint(err, "strace(1) shows the calls that fail with EPERM");
}

int tracefs_event_define(struct kern_tracefs *trace, struct err *err)
{
	if (faccessat(trace->instance, "events/capability/cap_capable/enable", F_OK, 0) == 0)
		return 0;
	return define_kprobes(trace, err);
}

int tracefs_event_enable(const struct kern_tracefs *trace, bool on, struct err *err)
{
	char path[64];

	if (trace->kprobes)
		snprintf(path, sizeof(path), "events/nscaps_%u/enable", trace->number);
	else
		snprintf(path, sizeof(path), "events/capability/cap_capable/enable");
	return tracefs_write(trace->instance, path, on ? "1" : "0") ? err_system(err, "write", "%s", path) : 0;
}

int tracefs_event_remove(int root, unsigned number)
{
	static const char *const names[] = { "nscaps_enter", "nscaps_return", "nscaps_prctl_enter",
					     "nscaps_prctl_return" };
	char line[64];
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(line, sizeof(line), "-" GROUP "%u/%s\n", number, names[i]);
		if (tracefs_write(root, "kprobe_events", line) && errno != ENOENT)
			ret = -1;
	}
	return ret;
}

void tracefs_event_sweep(int root, int instances)
{
	auto_free char *text = NULL;
	struct stat st;
	char name[32];

	if (file_read_at(root, "kprobe_events", KPROBES_MAX, &text, NULL))
		return;
	for (const char *at = strstr(text, GROUP); at; at = strstr(at, GROUP)) {
		unsigned number;

		at += strlen(GROUP);
		if (sscanf(at, "%u/nscaps_", &number) != 1)
			continue;
		snprintf(name, sizeof(name), "nscaps-%u", number);
		if (fstatat(instances, name, &st, 0) && errno == ENOENT)
			(void)tracefs_event_remove(root, number);
	}
}
