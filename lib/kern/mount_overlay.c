/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/constants.h"
#include "kern/mount.h"
#include "kern/mount_internal.h"
#include "kern/mount_special.h"

enum {
	VALUE_SIZE = 256, /* of fsconfig: see mount_new.c */
	DATA_SIZE = 4096, /* of mount(2): a page */
};

/* What an id that the user namespace does not map looks like: /proc/sys/kernel/overflowuid, never changed. */
enum { ID_UNMAPPED = 65534 };

#define USER_NS_INITIAL 0xEFFFFFFDU /* PROC_USER_INIT_INO, include/linux/proc_ns.h */

/*
 * A directory as an option's value: its path, or, where that is too long or
 * has characters that overlayfs takes for its own, the fd it is held by.
 */
struct layer {
	int fd;
	char value[VALUE_SIZE];
};

static void close_layer(struct layer *layer)
{
	close_keep_errno(layer->fd);
}

#define auto_layer __attribute__((cleanup(close_layer)))

static int open_layer(struct layer *layer, const char *path, struct err *err)
{
	layer->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (layer->fd < 0)
		return err_system(err, "open", "%s", path);
	if (strlen(path) >= sizeof(layer->value) || strpbrk(path, "\\:,"))
		snprintf(layer->value, sizeof(layer->value), "/proc/self/fd/%d", layer->fd);
	else
		memcpy(layer->value, path, strlen(path) + 1);
	return 0;
}

/* One by one: Linux 6.7. */
static int add_lower_each(int context, const char *const *lower, struct err *err)
{
	for (size_t i = 0; lower[i]; i++) {
		auto_layer struct layer layer = { .fd = -1 };

		if (open_layer(&layer, lower[i], err))
			return -1;
		if (fsconfig(context, FSCONFIG_SET_STRING, "lowerdir+", layer.value, 0))
			return err_system(err, "fsconfig", "lowerdir+=%s", lower[i]);
	}
	return 0;
}

/* As many as fit into one value. */
struct held {
	int fds[VALUE_SIZE / 2];
	size_t count;
};

static void close_held(struct held *held)
{
	while (held->count)
		close_keep_errno(held->fds[--held->count]);
}

/* All in one value, as every kernel takes it: 1; 0 when they do not fit; -1 with err. Held until creation. */
static int join_lower(char joined[static VALUE_SIZE], struct held *held, const char *const *lower,
		      struct err *err)
{
	size_t length = 0;

	for (size_t i = 0; lower[i]; i++) {
		struct layer layer = { .fd = -1 };

		if (held->count == ARRAY_SIZE(held->fds))
			return 0;
		if (open_layer(&layer, lower[i], err))
			return -1;
		held->fds[held->count++] = layer.fd;
		length += (size_t)snprintf(joined + length, VALUE_SIZE - length, "%s%s", i ? ":" : "",
					   layer.value);
		if (length >= VALUE_SIZE)
			return 0;
	}
	return 1;
}

static bool in_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) == 0 && st.st_ino != USER_NS_INITIAL;
}

/* What overlayfs tells the kernel's log alone. */
static void explain(int errnum, bool fits, struct err *err)
{
	if (errnum == ELOOP)
		err_hint(err, "a layer must not lie in another one");
	else if (errnum == EINVAL && !fits)
		err_hint(err, "layers whose paths are together longer than %d bytes need Linux 6.7",
			 VALUE_SIZE - 1);
	else if (errnum == EINVAL && in_user_namespace())
		err_hint(err,
			 "in a user namespace no layer may have mounts below it that come from outside, as / "
			 "has: name another root");
}

static int create_of(int context, const char *const *lower, struct err *err)
{
	__attribute__((cleanup(close_held))) struct held held = { .count = 0 };
	char joined[VALUE_SIZE];
	int fits = join_lower(joined, &held, lower, err);
	int errnum;

	if (fits < 0 || (fits ? fsconfig(context, FSCONFIG_SET_STRING, "lowerdir", joined, 0) &&
					 err_system(err, "fsconfig", "lowerdir=%s", joined)
			      : add_lower_each(context, lower, err)))
		return -1;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		return 0;
	errnum = errno;
	err_system(err, "mount", "overlay");
	explain(errnum, fits, err);
	errno = errnum;
	return -1;
}

static int add_directory(int context, const char *key, const char *value, struct err *err)
{
	return fsconfig(context, FSCONFIG_SET_STRING, key, value, 0)
		       ? err_system(err, "fsconfig", "%s=%s", key, value)
		       : 0;
}

/* As lower's, but for an owner that the user namespace does not map: then it stays ours. */
static int copy_owner(int tmpfs, const struct stat *lower)
{
	bool inside = in_user_namespace();
	uid_t uid = inside && lower->st_uid == ID_UNMAPPED ? (uid_t)-1 : lower->st_uid;
	gid_t gid = inside && lower->st_gid == ID_UNMAPPED ? (gid_t)-1 : lower->st_gid;

	if (!uid && !gid)
		return 0;
	return fchownat(tmpfs, "upper", uid, gid, 0) && errno != EINVAL ? -1 : 0;
}

/* The merged root looks as the topmost layer does. */
static int make_upper(int tmpfs, const char *lower, struct err *err)
{
	struct stat st;

	if (stat(lower, &st))
		return err_system(err, "stat", "%s", lower);
	if (mkdirat(tmpfs, "upper", st.st_mode & 07777) || mkdirat(tmpfs, "work", 0700))
		return err_system(err, "mkdir", "upper directory of the overlay");
	if (copy_owner(tmpfs, &st))
		return err_system(err, "chown", "upper directory of the overlay");
	/* Behind the owner, whose change clears setgid. */
	if (fchmodat(tmpfs, "upper", st.st_mode & 07777, 0))
		return err_system(err, "chmod", "upper directory of the overlay");
	return 0;
}

static int open_tmpfs(const char *lower, struct err *err)
{
	static const struct kern_fs fs = { .type = "tmpfs", .source = "overlay", .data = "mode=700" };
	auto_close int tmpfs = kern_mount_new(&fs, NULL, err);

	if (tmpfs < 0 || make_upper(tmpfs, lower, err))
		return -1;
	return take_fd(&tmpfs);
}

/* lower, upper and work into a context and create it; -1 with err. */
static int create(int context, const char *const *lower, const char *upper, const char *work, struct err *err)
{
	if (fsconfig(context, FSCONFIG_SET_STRING, "source", "overlay", 0))
		return err_system(err, "fsconfig", "source=overlay");
	/* trusted.* attributes are not for user namespaces; user.* are (Linux 5.11). */
	if (in_user_namespace() && fsconfig(context, FSCONFIG_SET_FLAG, "userxattr", NULL, 0))
		return err_system(err, "fsconfig", "userxattr");
	if (add_directory(context, "upperdir", upper, err) || add_directory(context, "workdir", work, err))
		return -1;
	return create_of(context, lower, err);
}

/* The same in the words of mount(2). The layers are held until then. */
static int stage_overlay(const char *const *lower, const char *upper, const char *work, struct err *err)
{
	__attribute__((cleanup(close_held))) struct held held = { .count = 0 };
	struct kern_fs fs = { .type = "overlay" };
	char data[DATA_SIZE];
	size_t n;

	n = (size_t)snprintf(data, sizeof(data),
			     "%supperdir=%s,workdir=%s,lowerdir=", in_user_namespace() ? "userxattr," : "",
			     upper, work);
	for (size_t i = 0; lower[i] && held.count < ARRAY_SIZE(held.fds) && n < sizeof(data); i++) {
		struct layer layer = { .fd = -1 };

		if (open_layer(&layer, lower[i], err))
			return -1;
		held.fds[held.count++] = layer.fd;
		n += (size_t)snprintf(data + n, sizeof(data) - n, "%s%s", i ? ":" : "", layer.value);
	}
	if (n >= sizeof(data) || lower[held.count])
		return err_set(err, ERR_UNSUPPORTED, "overlay", "too many layers for mount(2)");
	fs.data = data;
	return kern_mount_stage_fs(&fs, 0, 0, err);
}

static int open_overlay(const char *const *lower, const char *upper, const char *work, struct err *err)
{
	static const struct kern_fs fs = { .type = "overlay" };
	auto_close int context = fsopen("overlay", FSOPEN_CLOEXEC);
	int mount;

	if (context < 0 && kern_mount_stage_may_help(errno))
		return stage_overlay(lower, upper, work, err);
	if (context < 0) {
		err_system(err, "fsopen", "overlay");
		return kern_mount_explain(-1, &fs, err);
	}
	if (create(context, lower, upper, work, err))
		return kern_mount_explain(context, &fs, err);
	mount = fsmount(context, FSMOUNT_CLOEXEC, 0);
	return mount < 0 ? err_system(err, "fsmount", "overlay") : mount;
}

/* Whether this is the mount namespace of pid 1, where nothing may be mounted for a moment. */
static bool in_first_mount_namespace(void)
{
	struct stat own, first;

	if (stat("/proc/self/ns/mnt", &own) || stat("/proc/1/ns/mnt", &first))
		return !in_user_namespace();
	return own.st_ino == first.st_ino && own.st_dev == first.st_dev;
}

/*
 * Before Linux 6.15 overlayfs takes no directory of a detached mount: then the
 * tmpfs lies over "/" for the moment. Nothing is looked up through it, and it
 * goes at once.
 */
static int open_attached(int tmpfs, const char *const *lower, const char *upper, const char *work,
			 struct err *err)
{
	static const struct kern_mount_attr attr = { .keep_peers = true };
	auto_close int top = -1;
	int fd;

	if (in_first_mount_namespace())
		return err_set(
			err, ERR_UNSUPPORTED, "overlay",
			"without an upper directory it needs Linux 6.15, or a mount namespace of its own");
	top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return err_system(err, "open", "/");
	if (kern_mount_attach(tmpfs, top, "/", &attr, err))
		return -1;
	fd = open_overlay(lower, upper, work, err);
	if (umount2("/", MNT_DETACH) && fd >= 0) {
		close_keep_errno(fd);
		return err_system(err, "umount", "temporary tmpfs of the overlay");
	}
	return fd;
}

int kern_mount_overlay(const char *const *lower, const char *upper, const char *work, struct err *err)
{
	auto_layer struct layer upper_layer = { .fd = -1 }, work_layer = { .fd = -1 };
	auto_close int tmpfs = -1;
	int fd;

	if (!lower[0])
		return err_set(err, ERR_SPEC, "overlay", "at least one lower directory is needed");
	if (upper) {
		if (!work)
			return err_set(err, ERR_SPEC, "overlay", "an upper directory needs a work directory");
		if (open_layer(&upper_layer, upper, err) || open_layer(&work_layer, work, err))
			return -1;
		return open_overlay(lower, upper_layer.value, work_layer.value, err);
	}
	tmpfs = open_tmpfs(lower[0], err);
	if (tmpfs < 0)
		return -1;
	snprintf(upper_layer.value, VALUE_SIZE, "/proc/self/fd/%d/upper", tmpfs);
	snprintf(work_layer.value, VALUE_SIZE, "/proc/self/fd/%d/work", tmpfs);
	fd = open_overlay(lower, upper_layer.value, work_layer.value, err);
	if (fd >= 0 || err->errnum != EINVAL)
		return fd;
	*err = (struct err){ 0 };
	return open_attached(tmpfs, lower, upper_layer.value, work_layer.value, err);
}
