/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compiled programs on disk. A file is named by a hash of its key and holds
 * the whole key: two profiles with one hash are told apart, so nobody can craft
 * a profile whose program is taken for another's. The library that compiled it
 * is known by its file's identity: to ask it for its version means to load it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/seccomp.h"
#include "kern/seccomp_internal.h"

#define MAGIC "nstools seccomp 1"
#define ENTRY_MAX (1024u * 1024)
/* When there are as many programs all of them go: profiles made for one container each must not fill a disk.
 */
#define ENTRIES_MAX 256

struct header {
	char magic[24];
	uint64_t checksum; /* of all that follows */
	uint64_t device, inode, size;
	int64_t seconds, nanoseconds; /* the library's mtime */
	uint32_t path_len, key_len, program_len, zero;
	/* path of the library, key, program */
};

static uint64_t hash(const void *data, size_t len)
{
	const unsigned char *at = data;
	uint64_t value = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	while (len--)
		value = (value ^ *at++) * UINT64_C(0x100000001b3);
	return value;
}

static uint64_t checksum(const char *entry, size_t len)
{
	size_t skip = offsetof(struct header, device);

	return hash(entry + skip, len - skip);
}

static void add_number(struct strbuf *key, uint64_t number)
{
	strbuf_add(key, (const char *)&number, sizeof(number));
}

/* With its NUL, so that "ab","c" and "a","bc" differ. */
static void add_text(struct strbuf *key, const char *text)
{
	strbuf_add(key, text, strlen(text) + 1);
}

static void add_rule(struct strbuf *key, const struct kern_seccomp_rule *rule)
{
	size_t i;

	add_number(key, rule->action);
	add_number(key, rule->has_errno ? rule->errno_ret : UINT64_MAX);
	add_number(key, rule->name_count);
	for (i = 0; i < rule->name_count; i++)
		add_text(key, rule->names[i]);
	add_number(key, rule->arg_count);
	for (i = 0; i < rule->arg_count; i++) {
		add_number(key, rule->args[i].index);
		add_number(key, rule->args[i].op);
		add_number(key, rule->args[i].value);
		add_number(key, rule->args[i].value_two);
	}
}

void kern_seccomp_cache_key(const struct kern_seccomp *profile, struct strbuf *key)
{
	struct utsname name = { 0 };
	size_t i;

	/* What libseccomp compiles depends on the kernel's API level: which actions and flags it has. */
	uname(&name);
	add_text(key, NSTOOLS_VERSION);
	add_text(key, name.release);
	add_text(key, name.machine);
	add_number(key, sizeof(long));
	add_number(key, profile->default_action);
	add_number(key, profile->has_default_errno ? profile->default_errno : UINT64_MAX);
	add_number(key, profile->arch_count);
	for (i = 0; i < profile->arch_count; i++)
		add_text(key, profile->arches[i]);
	for (i = 0; i < profile->rule_count; i++)
		add_rule(key, &profile->rules[i]);
}

static void entry_name(const struct strbuf *key, char name[32])
{
	snprintf(name, 32, "%016llx", (unsigned long long)hash(key->text, key->len));
}

/* Whether the library the entry was compiled by is still the file it was. */
static bool is_same_library(const struct header *header, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == header->device && st.st_ino == header->inode &&
	       (uint64_t)st.st_size == header->size && st.st_mtim.tv_sec == header->seconds &&
	       st.st_mtim.tv_nsec == header->nanoseconds;
}

static bool is_valid(const char *entry, size_t len, const struct strbuf *key, const struct header *header)
{
	const char *path = entry + sizeof(*header);

	return memcmp(header->magic, MAGIC, sizeof(MAGIC)) == 0 && header->path_len > 1 &&
	       header->path_len <= ENTRY_MAX && header->program_len <= ENTRY_MAX &&
	       header->key_len == key->len &&
	       len == sizeof(*header) + header->path_len + header->key_len + header->program_len &&
	       header->program_len && header->program_len % 8 == 0 && path[header->path_len - 1] == '\0' &&
	       memcmp(path + header->path_len, key->text, key->len) == 0 &&
	       header->checksum == checksum(entry, len);
}

/* A whole entry: NULL where it is not ours alone to write, or too long. *len is its size. */
static char *read_entry(int cache, const char *name, size_t *len)
{
	auto_close int fd = openat(cache, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	auto_free char *entry = NULL;
	struct stat st;

	if (fd < 0)
		return NULL;
	/* The directory is ours alone (kern_seccomp_cache_open()), so this is a second lock. */
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022) ||
	    st.st_size < (off_t)sizeof(struct header) || st.st_size > ENTRY_MAX) {
		log_debug("seccomp: the cached program %s is not ours or not whole", name);
		return NULL;
	}
	*len = (size_t)st.st_size;
	entry = memory_zalloc(1, *len);
	return read(fd, entry, *len) == (ssize_t)*len ? take_ptr(entry) : NULL;
}

int kern_seccomp_cache_get(int cache, const struct strbuf *key)
{
	auto_close int program = -1;
	auto_free char *entry = NULL;
	struct err ignored = { 0 };
	struct header header;
	char name[32];
	size_t len = 0;

	entry_name(key, name);
	entry = read_entry(cache, name, &len);
	if (!entry)
		return -1;
	memcpy(&header, entry, sizeof(header));
	if (!is_valid(entry, len, key, &header) || !is_same_library(&header, entry + sizeof(header))) {
		log_debug("seccomp: the cached program %s is out of date", name);
		return -1;
	}
	program = kern_seccomp_memfd(&ignored);
	if (program < 0 || file_write_fd(program, entry + len - header.program_len, header.program_len) < 0)
		return -1;
	return take_fd(&program);
}

/* Remove all entries when there are too many. */
static void make_room(int cache)
{
	int copy = fcntl(cache, F_DUPFD_CLOEXEC, 3);
	auto_closedir DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	unsigned count = 0;

	if (!dir) {
		close_keep_errno(copy);
		return;
	}
	rewinddir(dir);
	while (readdir(dir))
		count++;
	if (count < ENTRIES_MAX)
		return;
	rewinddir(dir);
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlinkat(cache, entry->d_name, 0);
}

/* A new file under a name of its own, then renamed: nobody ever reads half an entry. */
static int write_entry(int cache, const char *name, const struct strbuf *entry)
{
	auto_close int fd = -1;
	char temporary[64];

	snprintf(temporary, sizeof(temporary), ".%s.%d", name, (int)getpid());
	unlinkat(cache, temporary, 0); /* of a process of this pid that was killed here */
	fd = openat(cache, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (file_write_fd(fd, entry->text, entry->len) < 0 || renameat(cache, temporary, cache, name) < 0) {
		int errnum = errno;

		unlinkat(cache, temporary, 0);
		errno = errnum;
		return -1;
	}
	return 0;
}

void kern_seccomp_cache_put(int cache, const struct strbuf *key, int program)
{
	auto_strbuf struct strbuf entry = { 0 };
	auto_free char *text = NULL;
	struct header header = { .magic = MAGIC };
	struct err ignored = { 0 };
	const struct kern_seccomp_library *library = kern_seccomp_library(&ignored);
	struct stat st;
	char name[32];
	size_t len;

	if (!library || stat(library->path, &st) < 0)
		return;
	if (lseek(program, 0, SEEK_SET) < 0 || file_read_fd(program, ENTRY_MAX, &text, &len) < 0)
		return;
	header.device = st.st_dev;
	header.inode = st.st_ino;
	header.size = (uint64_t)st.st_size;
	header.seconds = st.st_mtim.tv_sec;
	header.nanoseconds = st.st_mtim.tv_nsec;
	header.path_len = (uint32_t)strlen(library->path) + 1;
	header.key_len = (uint32_t)key->len;
	header.program_len = (uint32_t)len;
	strbuf_add(&entry, (const char *)&header, sizeof(header));
	strbuf_add(&entry, library->path, header.path_len);
	strbuf_add(&entry, key->text, key->len);
	strbuf_add(&entry, text, len);
	header.checksum = checksum(entry.text, entry.len);
	memcpy(entry.text, &header, sizeof(header));
	if (entry.len > ENTRY_MAX)
		return;
	make_room(cache);
	entry_name(key, name);
	if (write_entry(cache, name, &entry) < 0)
		log_debug("seccomp: the compiled program could not be kept: %s", strerror(errno));
}
