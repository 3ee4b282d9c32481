/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache of compiled seccomp programs gives the very same program, and never another's. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "kern/seccomp.h"
#include "help.h"
#include "seccomp_help.h"

/* Everything a program and its fd consist of. */
static char *contents(int program, size_t *len)
{
	char *text;

	cr_assert_geq(program, 0);
	cr_expect_eq(fcntl(program, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	cr_expect_eq(fcntl(program, F_GETFD), FD_CLOEXEC);
	cr_assert_geq(lseek(program, 0, SEEK_SET), 0);
	cr_assert_eq(file_read_fd(program, 1u << 20, &text, len), 0);
	close(program);
	return text;
}

static unsigned entries(int cache)
{
	DIR *dir = fdopendir(openat(cache, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;
	unsigned count = 0;

	cr_assert(dir);
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void expect_same(const struct kern_seccomp *profile, int cache)
{
	struct err err = { 0 };
	size_t fresh_len;
	size_t len;
	auto_free char *fresh = contents(kern_seccomp_compile(profile, -1, &err), &fresh_len);
	auto_free char *cached = contents(kern_seccomp_compile(profile, cache, &err), &len);

	cr_expect_eq(len, fresh_len);
	cr_expect_eq(memcmp(fresh, cached, len), 0);
}

static int open_cache(void)
{
	struct err err = { 0 };
	int cache;

	need_library();
	test_private_directory();
	cache = kern_seccomp_cache_open("/tmp/cache", &err);
	cr_assert_geq(cache, 0, "%s", test_text(&err));
	return cache;
}

static bool has_library_loaded(void)
{
	char *maps;
	bool loaded;

	cr_assert_eq(file_read_at(AT_FDCWD, "/proc/self/maps", 1u << 20, &maps, NULL), 0);
	loaded = strstr(maps, "libseccomp");
	free(maps);
	return loaded;
}

struct cached {
	struct kern_seccomp *profile;
	int cache;
};

/* 1: from the cache, without the library; 0: compiled. */
static int is_hit(void *data, struct err *err)
{
	const struct cached *cached = data;
	auto_close int program = kern_seccomp_compile(cached->profile, cached->cache, err);

	return program < 0 ? -1 : !has_library_loaded();
}

Test(seccomp, cache, .timeout = 60)
{
	static const char *const arches[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86" };
	auto_close int cache = open_cache();
	struct kern_seccomp_arg arg = { 0, KERN_SECCOMP_EQ, 7, 0 };
	struct err err = { 0 };
	struct one one;
	struct cached cached = { &one.profile, cache };

	one_rule(&one, "getppid", KERN_SECCOMP_ERRNO);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 0, "%s", test_text(&err));
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 1);
	expect_same(&one.profile, cache);
	cr_expect_eq(entries(cache), 1);

	/* Every input makes a program of its own. */
	one.rule.has_errno = true;
	one.rule.errno_ret = 2;
	expect_same(&one.profile, cache);
	one.rule.args = &arg;
	one.rule.arg_count = 1;
	expect_same(&one.profile, cache);
	arg.value = 8;
	expect_same(&one.profile, cache);
	one.names[0] = "getpid";
	expect_same(&one.profile, cache);
	one.profile.default_action = KERN_SECCOMP_LOG;
	expect_same(&one.profile, cache);
	one.profile.arches = arches;
	one.profile.arch_count = 1;
	expect_same(&one.profile, cache);
	cr_expect_eq(entries(cache), 7);
	expect_same(&one.profile, cache);
	cr_expect_eq(entries(cache), 7);
}

/* The one entry there is. */
static void only_entry(int cache, char name[300])
{
	DIR *dir = fdopendir(openat(cache, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;

	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(name, 300, "/tmp/cache/%s", entry->d_name);
	closedir(dir);
}

Test(seccomp, a_damaged_entry_is_compiled_again, .timeout = 60)
{
	auto_close int cache = open_cache();
	struct err err = { 0 };
	struct one one;
	struct cached cached = { &one.profile, cache };
	char name[300] = "";
	auto_free char *text = NULL;
	size_t len;
	int fd;

	one_rule(&one, "getppid", KERN_SECCOMP_ERRNO);
	cr_assert_eq(test_in_child(is_hit, &cached, &err), 0);
	only_entry(cache, name);
	cr_assert_eq(file_read_at(AT_FDCWD, name, 1u << 20, &text, &len), 0);

	/* a bit of the program */
	text[len - 1] ^= 1;
	fd = open(name, O_WRONLY | O_CLOEXEC);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 0);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 1);
	/* cut short */
	cr_assert_eq(truncate(name, (off_t)len - 8), 0);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 0);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 1);
	/* of another, or open to others */
	cr_assert_eq(chmod(name, 0622), 0);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 0);
	cr_assert_eq(chown(name, 65534, 0), 0);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 0);
	/* a link */
	cr_assert_eq(rename(name, "/tmp/elsewhere"), 0);
	cr_assert_eq(symlink("/tmp/elsewhere", name), 0);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 0);
	cr_expect_eq(test_in_child(is_hit, &cached, &err), 1);
	cr_expect_eq(entries(cache), 1);
}

Test(seccomp, cache_of_others_is_refused, .timeout = 60)
{
	struct err err = { 0 };

	test_private_directory();
	mkdir("/tmp/open", 0700);
	chmod("/tmp/open", 0755);
	cr_expect_eq(kern_seccomp_cache_open("/tmp/open", &err), -1);
	cr_expect_eq(err.errnum, EPERM);
	err = (struct err){ 0 };
	mkdir("/tmp/other", 0700);
	cr_assert_eq(chown("/tmp/other", 65534, 65534), 0);
	cr_expect_eq(kern_seccomp_cache_open("/tmp/other", &err), -1);
	cr_expect(strstr(err.hint, "must be ours"), "%s", err.hint);
	err = (struct err){ 0 };
	cr_assert_eq(symlink("/tmp/cache", "/tmp/link"), 0);
	cr_expect_eq(kern_seccomp_cache_open("/tmp/link", &err), -1);
}

Test(seccomp, cache_does_not_grow_for_ever, .timeout = 100)
{
	auto_close int cache = open_cache();
	struct one one;
	unsigned i;

	one_rule(&one, "getppid", KERN_SECCOMP_ERRNO);
	one.rule.has_errno = true;
	for (i = 0; i < 300; i++) {
		struct err err = { 0 };

		one.rule.errno_ret = i;
		close(kern_seccomp_compile(&one.profile, cache, &err));
	}
	cr_expect_leq(entries(cache), 256);
}
