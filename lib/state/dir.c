/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories: ROOT and ROOT/ID, their owner, mode and lock. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "state/state.h"

#define ROOT "root" /* of restore alone */
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

uid_t state_euid(void)
{
	return (uid_t)getauxval(AT_EUID);
}

/* Root of a user namespace, as rootless podman runs us, finds the machine's /run, where it cannot make anything. */
static bool is_ours(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_uid == state_euid();
}

char *state_runtime_path(const char *name, struct err *err)
{
	const char *runtime_dir;

	if (state_euid() == 0 && is_ours("/run"))
		return memory_printf("/run/%s", name);
	runtime_dir = getenv("XDG_RUNTIME_DIR");
	if (runtime_dir && runtime_dir[0] == '/')
		return memory_printf("%s/%s", runtime_dir, name);
	err_set(err, ERR_USAGE, "state directory", "XDG_RUNTIME_DIR is not set");
	err_hint(err, "set it to a directory of yours, or name one with --root");
	return NULL;
}

char *state_root_default(struct err *err)
{
	return state_runtime_path("nsinit", err);
}

const char *state_owner(int root, const char *id, char buf[STATE_OWNER_MAX])
{
	struct err none = { 0 };
	auto_free char *path = state_root_default(&none);
	struct stat ours, usual;

	if (fstat(root, &ours))
		ours.st_ino = 0;
	if (path && stat(path, &usual) == 0 && ours.st_dev == usual.st_dev && ours.st_ino == usual.st_ino)
		snprintf(buf, STATE_OWNER_MAX, "%s", id);
	else
		snprintf(buf, STATE_OWNER_MAX, "%s-%llx", id, (unsigned long long)ours.st_ino);
	return buf;
}

/* mkdir -p: the parents as mkdir(1) makes them, the last one 0700. */
static int make_dirs(const char *path)
{
	auto_free char *copy = memory_strdup(path);

	for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			return -1;
		*p = '/';
	}
	return mkdir(copy, 0700) && errno != EEXIST ? -1 : 0;
}

/* Others must not be able to put files there (CVE-2015-1331). */
static int check_owner(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_system(err, "fstat", "%s", path);
	if (st.st_uid != state_euid()) {
		err_set(err, ERR_STATE, "state directory", "it belongs to uid %u, not to %u", st.st_uid,
			state_euid());
		return err_object(err, "%s", path);
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH)) {
		err_set(err, ERR_STATE, "state directory", "others may write to it (mode %04o)",
			st.st_mode & 07777);
		err_object(err, "%s", path);
		return err_hint(err, "chmod 0700 it, or name another one with --root");
	}
	return 0;
}

int state_root_open(const char *path, bool create, struct err *err)
{
	auto_close int fd = open(path, DIR_FLAGS);

	if (fd < 0 && errno == ENOENT && create) {
		if (make_dirs(path))
			return err_system(err, "mkdir", "%s", path);
		fd = open(path, DIR_FLAGS);
	}
	if (fd < 0) {
		err_system(err, "open", "%s", path);
		if (err->errnum == ENOENT)
			err->kind = ERR_NOT_FOUND;
		else if (err->errnum == ENOTDIR || err->errnum == ELOOP)
			err_hint(err, "the state directory must be a directory and not a symbolic link");
		return -1;
	}
	if (check_owner(fd, path, err))
		return -1;
	return take_fd(&fd);
}

static int not_found(const char *id, struct err *err)
{
	err_set(err, ERR_NOT_FOUND, "", "container does not exist");
	return err_object(err, "%s", id);
}

/* A concurrent delete may have removed what we waited for: the lock must be on the directory that stands
 * there. */
int state_check(int root, const char *id, int fd, struct err *err)
{
	struct stat held, named;

	if (fstat(fd, &held) || fstatat(root, id, &named, AT_SYMLINK_NOFOLLOW) ||
	    held.st_ino != named.st_ino || held.st_dev != named.st_dev)
		return not_found(id, err);
	return 0;
}

int state_lock(int root, const char *id, int dir, struct err *err)
{
	while (flock(dir, LOCK_EX))
		if (errno != EINTR)
			return err_system_at(err, "flock", root, id);
	return state_check(root, id, dir, err);
}

int state_try_lock(int root, const char *id, int dir, struct err *err)
{
	if (flock(dir, LOCK_EX | LOCK_NB) == 0)
		return state_check(root, id, dir, err) ? -1 : 1;
	return errno == EWOULDBLOCK || errno == EINTR ? 0 : err_system_at(err, "flock", root, id);
}

int state_create(int root, const char *id, struct err *err)
{
	auto_close int fd = -1;

	if (state_id_check(id, err))
		return -1;
	if (mkdirat(root, id, 0700)) {
		if (errno != EEXIST)
			return err_system_at(err, "mkdir", root, id);
		err_set(err, ERR_EXISTS, "", "a container with this id exists already");
		return err_object(err, "%s", id);
	}
	fd = openat(root, id, DIR_FLAGS);
	if (fd < 0)
		return err_system_at(err, "open", root, id);
	if (state_lock(root, id, fd, err))
		return -1;
	return take_fd(&fd);
}

int state_open(int root, const char *id, struct err *err)
{
	auto_close int fd = -1;

	if (state_id_check(id, err))
		return -1;
	fd = openat(root, id, DIR_FLAGS);
	if (fd < 0)
		return errno == ENOENT ? not_found(id, err) : err_system_at(err, "open", root, id);
	if (check_owner(fd, id, err))
		return -1;
	return take_fd(&fd);
}

int state_unlock(int dir, struct err *err)
{
	return flock(dir, LOCK_UN) ? err_system(err, "flock", "unlock") : 0;
}

int state_remove(int root, const char *id, int dir, struct err *err)
{
	/* Most have the first two alone. */
	static const char *const files[] = { "state.json", "config.json", "start.sock", "state.json.new",
					     "config.json.new" };
	const size_t usual = 2;
	auto_close int opened = dir < 0 ? openat(root, id, DIR_FLAGS) : -1;

	if (dir < 0)
		dir = opened;
	if (dir < 0)
		return errno == ENOENT ? 0 : err_system_at(err, "open", root, id);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (i == usual && (unlinkat(root, id, AT_REMOVEDIR) == 0 || errno == ENOENT))
			return 0;
		if (unlinkat(dir, files[i], 0) && errno != ENOENT)
			return err_system_at(err, "unlink", dir, files[i]);
	}
	if (unlinkat(dir, ROOT, AT_REMOVEDIR) && errno != ENOENT)
		return err_system_at(err, "rmdir", dir, ROOT);
	if (unlinkat(root, id, AT_REMOVEDIR) && errno != ENOENT)
		return err_system_at(err, "rmdir", root, id);
	return 0;
}

int state_make_root(int dir, struct err *err)
{
	return mkdirat(dir, ROOT, 0700) && errno != EEXIST ? err_system_at(err, "mkdir", dir, ROOT) : 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int state_list(int root, struct arena *arena, const char ***ids, size_t *count, struct err *err)
{
	auto_closedir DIR *dir = NULL;
	auto_free const char **list = NULL;
	struct err ignored = { 0 };
	struct dirent *entry;
	size_t n = 0;
	int fd = openat(root, ".", DIR_FLAGS);

	if (fd < 0 || !(dir = fdopendir(fd))) {
		close_keep_errno(fd);
		return err_system_at(err, "open", root, ".");
	}
	while ((entry = readdir(dir))) {
		if (entry->d_type == DT_REG || state_id_check(entry->d_name, &ignored)) {
			ignored = (struct err){ 0 };
			continue;
		}
		list = memory_grow(list, n + 1, sizeof(*list));
		list[n++] = arena_strdup(arena, entry->d_name);
	}
	if (n)
		qsort(list, n, sizeof(*list), compare);
	*ids = arena_array(arena, n, sizeof(**ids));
	if (n)
		memcpy(*ids, list, n * sizeof(*list));
	*count = n;
	return 0;
}
