/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kern/path_internal.h"

enum {
	WALK_DEPTH = 128, /* directories held open at once */
	WALK_LINKS = 40,  /* as the kernel's own limit */
};

struct walk {
	int root;
	int held[WALK_DEPTH];
	unsigned depth;
	unsigned links;
	const char *next; /* the part of `text` not walked yet */
	char text[PATH_MAX];
	char name[NAME_MAX + 1];
};

static void walk_up_to(struct walk *walk, unsigned depth)
{
	while (walk->depth > depth)
		close_keep_errno(walk->held[--walk->depth]);
}

static void walk_close(struct walk *walk)
{
	walk_up_to(walk, 0);
}

static int walk_here(const struct walk *walk)
{
	return walk->depth ? walk->held[walk->depth - 1] : walk->root;
}

static int walk_push(struct walk *walk, int fd)
{
	if (walk->depth == WALK_DEPTH) {
		close(fd);
		errno = ENAMETOOLONG;
		return -1;
	}
	walk->held[walk->depth++] = fd;
	return 0;
}

/* Take the next component into walk->name: 1, 0 at the end, -1 when it is too long. */
static int walk_next(struct walk *walk)
{
	size_t length;

	walk->next += strspn(walk->next, "/");
	length = strcspn(walk->next, "/");
	if (length > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(walk->name, walk->next, length);
	walk->name[length] = '\0';
	walk->next += length;
	return length > 0;
}

static bool walk_at_last(const struct walk *walk)
{
	return !walk->next[strspn(walk->next, "/")];
}

/* Put a link's target before what is left to walk. */
static int walk_link(struct walk *walk, const char *target, size_t length)
{
	size_t left = strlen(walk->next);

	if (++walk->links > WALK_LINKS) {
		errno = ELOOP;
		return -1;
	}
	if (length + left >= sizeof(walk->text)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memmove(walk->text + length, walk->next, left + 1);
	memcpy(walk->text, target, length);
	walk->next = walk->text;
	if (target[0] == '/')
		walk_up_to(walk, 0);
	return 0;
}

/* Open walk->name here, making it first when it is missing and `create` says what. */
static int walk_open(const struct walk *walk, enum kern_path_create create, bool *made)
{
	int here = walk_here(walk);
	int fd = openat(here, walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	bool last = walk_at_last(walk);

	if (fd >= 0 || errno != ENOENT || create == KERN_PATH_CREATE_NOTHING)
		return fd;
	if (last && create == KERN_PATH_CREATE_FILE) {
		if (mknodat(here, walk->name, S_IFREG | 0644, 0) && errno != EEXIST)
			return -1;
	} else if (mkdirat(here, walk->name, 0755) && errno != EEXIST) {
		return -1;
	}
	if (last && made)
		*made = true;
	return openat(here, walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* The last component stands open as `fd` (no link, or one that is wanted as such): as the caller wants it. */
static int walk_finish(const struct walk *walk, int fd, int flags)
{
	if ((flags & (O_PATH | O_DIRECTORY)) == O_PATH)
		return fd;
	close(fd);
	return openat(walk_here(walk), walk->name, flags | O_NOFOLLOW | O_CLOEXEC);
}

static int walk_all(struct walk *walk, int flags, enum kern_path_create create, bool *made)
{
	char target[PATH_MAX];
	ssize_t length;
	int more, fd;

	while ((more = walk_next(walk)) > 0) {
		if (strcmp(walk->name, ".") == 0)
			continue;
		if (strcmp(walk->name, "..") == 0) {
			if (walk->depth)
				walk_up_to(walk, walk->depth - 1);
			continue;
		}
		fd = walk_open(walk, create, made);
		if (fd < 0)
			return -1;
		if (walk_at_last(walk) && (flags & O_NOFOLLOW))
			return walk_finish(walk, fd, flags);
		length = readlinkat(fd, "", target, sizeof(target));
		if (length > 0) {
			close(fd);
			if (walk_link(walk, target, (size_t)length))
				return -1;
		} else if (walk_at_last(walk)) {
			return walk_finish(walk, fd, flags);
		} else if (walk_push(walk, fd)) {
			return -1;
		}
	}
	/* "/", or a path that ends in "." or "..": a directory that is held already. */
	return more < 0 ? -1 : openat(walk_here(walk), ".", flags | O_CLOEXEC);
}

int kern_path_walk(int root, const char *path, int flags, enum kern_path_create create, bool *made)
{
	__attribute__((cleanup(walk_close))) struct walk walk = { .root = root };
	size_t length = strlen(path);

	if (!length || length >= sizeof(walk.text)) {
		errno = length ? ENAMETOOLONG : ENOENT;
		return -1;
	}
	memcpy(walk.text, path, length + 1);
	walk.next = walk.text;
	return walk_all(&walk, flags, create, made);
}
