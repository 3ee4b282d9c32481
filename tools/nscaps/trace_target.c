/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "kern/caps.h"
#include "kern/caps_process.h"
#include "nscaps/trace_target.h"

struct process {
	pid_t pid, parent;
	bool belongs;
};

static int read_processes(int proc, struct process **processes, size_t *count, struct err *err)
{
	int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_closedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int pid;

	if (!dir)
		return err_system(err, "open", "/proc");
	while ((entry = readdir(dir))) {
		auto_close int process = -1;
		struct kern_caps_process read;
		struct kern_caps caps;
		struct err gone = { 0 };

		if (number_int(entry->d_name, &pid))
			continue;
		process = openat(proc, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (process < 0 || kern_caps_process_read(process, &read, &caps, &gone))
			continue;
		*processes = memory_grow(*processes, *count + 1, sizeof(**processes));
		(*processes)[(*count)++] = (struct process){ .pid = pid, .parent = read.parent };
	}
	return 0;
}

static bool belongs(const struct process *processes, size_t count, pid_t pid)
{
	for (size_t i = 0; i < count; i++)
		if (processes[i].pid == pid)
			return processes[i].belongs;
	return false;
}

static void mark(struct process *processes, size_t count, const pid_t *pids, size_t pid_count)
{
	bool more = true;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < pid_count; j++)
			processes[i].belongs |= processes[i].pid == pids[j];
	/* A child may have a smaller number than its parent. */
	while (more) {
		more = false;
		for (size_t i = 0; i < count; i++)
			if (!processes[i].belongs && belongs(processes, count, processes[i].parent))
				more = processes[i].belongs = true;
	}
}

static void add_threads(int proc, pid_t pid, struct trace_threads *threads)
{
	auto_closedir DIR *dir = NULL;
	const struct dirent *entry;
	char path[32];
	int fd, thread;

	snprintf(path, sizeof(path), "%d/task", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (entry = readdir(dir)))
		if (number_int(entry->d_name, &thread) == 0) {
			threads->items = memory_grow(threads->items, threads->count + 1, sizeof(*threads->items));
			threads->items[threads->count++] = thread;
		}
}

int trace_target_threads(int proc, const pid_t *pids, size_t count, struct trace_threads *threads,
			 struct err *err)
{
	auto_free struct process *processes = NULL;
	size_t process_count = 0;

	*threads = (struct trace_threads){ 0 };
	if (read_processes(proc, &processes, &process_count, err))
		return -1;
	mark(processes, process_count, pids, count);
	for (size_t i = 0; i < process_count; i++)
		if (processes[i].belongs)
			add_threads(proc, processes[i].pid, threads);
	return 0;
}
