/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "state/net.h"
#include "state/state.h"

#define RECORD "net.json"
#define TEMPORARY "net.json.new"

static const char *const names[] = { [STATE_NET_OWNERS] = "owners",
				     [STATE_NET_BRIDGES] = "bridges",
				     [STATE_NET_LEASES] = "leases",
				     [STATE_NET_RULES] = "rules",
				     [STATE_NET_HOOKS] = "hooks" };

int state_net_open(enum state_net_kind kind, bool create, struct err *err)
{
	auto_free char *root = state_runtime_path("nsnet", err), *path = NULL;
	auto_close int above = -1;

	if (!root)
		return -1;
	/* Both are checked: who may write into the upper one can put another in the lower one's place. */
	above = state_root_open(root, create, err);
	if (above < 0)
		return -1;
	path = memory_printf("%s/%s", root, names[kind]);
	return state_root_open(path, create, err);
}

static int open_one(int root, const char *name, bool create, struct err *err)
{
	struct err absent = { 0 };
	int fd = state_open(root, name, &absent);

	if (fd >= 0)
		return fd;
	if (!create || absent.kind != ERR_NOT_FOUND) {
		*err = absent;
		return -1;
	}
	if (mkdirat(root, name, 0700) && errno != EEXIST)
		return err_system_at(err, "mkdir", root, name);
	return state_open(root, name, err);
}

int state_net_lock(enum state_net_kind kind, const char *name, bool create, struct err *err)
{
	auto_close int root = state_net_open(kind, create, err);

	if (root < 0)
		return -1;
	for (;;) {
		auto_close int fd = open_one(root, name, create, err);
		struct err gone = { 0 };

		if (fd < 0) {
			/* Removed between our mkdir and our open. */
			if (!create || err->kind != ERR_NOT_FOUND)
				return -1;
			*err = (struct err){ 0 };
			continue;
		}
		if (state_lock(root, name, fd, &gone) == 0)
			return take_fd(&fd);
		/* Removed by the one that we waited for. */
		if (!create || gone.kind != ERR_NOT_FOUND) {
			*err = gone;
			return -1;
		}
	}
}

bool state_net_is_used(void)
{
	struct err none = { 0 };
	auto_free char *root = state_runtime_path("nsnet", &none);

	return root && access(root, F_OK) == 0;
}

bool state_net_exists(enum state_net_kind kind, const char *name)
{
	struct err none = { 0 };
	auto_close int root = state_net_open(kind, false, &none);
	struct stat st;

	return root >= 0 && fstatat(root, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int each_entry(DIR *dir, int (*each)(const char *name, void *data, struct err *err), void *data, struct err *err)
{
	const struct dirent *entry;
	int ret = 0;

	while (ret == 0 && (errno = 0, entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			ret = each(entry->d_name, data, err);
	return ret == 0 && errno ? err_system(err, "readdir", "what nsnet keeps") : ret;
}

int state_net_each(enum state_net_kind kind, int (*each)(const char *name, void *data, struct err *err), void *data,
		   struct err *err)
{
	struct err absent = { 0 };
	int fd = state_net_open(kind, false, &absent), ret;
	DIR *dir;

	if (fd < 0 && absent.kind != ERR_NOT_FOUND && absent.errnum != ENOENT)
		*err = absent;
	if (fd < 0)
		return err_is_set(err) ? -1 : 0;
	dir = fdopendir(fd);
	if (!dir) {
		err_system(err, "fdopendir", "%s", names[kind]);
		close_keep_errno(fd);
		return -1;
	}
	ret = each_entry(dir, each, data, err);
	closedir(dir);
	return ret;
}

int state_net_remove(enum state_net_kind kind, const char *name, struct err *err)
{
	static const char *const files[] = { RECORD, TEMPORARY };
	auto_close int root = state_net_open(kind, false, err), dir = -1;

	if (root < 0)
		return -1;
	dir = state_open(root, name, err);
	if (dir < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (unlinkat(dir, files[i], 0) && errno != ENOENT)
			return err_system_at(err, "unlink", dir, files[i]);
	return unlinkat(root, name, AT_REMOVEDIR) ? err_system_at(err, "rmdir", root, name) : 0;
}

char *state_net_pin(const char *owner, struct err *err)
{
	auto_free char *root = state_runtime_path("nsnet", err);

	return root ? memory_printf("%s/%s/%s/netns", root, names[STATE_NET_OWNERS], owner) : NULL;
}

int state_net_save(int dir, const char *text, size_t len, struct err *err)
{
	auto_close int fd =
		openat(dir, TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || file_write_fd(fd, text, len) || renameat(dir, TEMPORARY, dir, RECORD)) {
		err_system_at(err, "write", dir, RECORD);
		unlinkat(dir, TEMPORARY, 0);
		return -1;
	}
	return 0;
}

int state_net_load(int dir, char **text, size_t *len, struct err *err)
{
	*text = NULL;
	if (file_read_at(dir, RECORD, JSON_SIZE_MAX, text, len) == 0 || errno == ENOENT)
		return 0;
	return err_system_at(err, "read", dir, RECORD);
}
