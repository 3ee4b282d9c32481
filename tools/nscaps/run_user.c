/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "nscaps/run_user.h"

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* 1: a user of the database, 0: an id that it does not have, -1 with err. */
static int find_user(const char *text, uint32_t *uid, const struct passwd **entry, struct err *err)
{
	if (is_number(text)) {
		if (number_id(text, uid))
			return err_set(err, ERR_USAGE, "",
				       "--user: expected an id up to 4294967294, found \"%.64s\"", text);
		*entry = getpwuid(*uid);
		return *entry ? 1 : 0;
	}
	*entry = *text ? getpwnam(text) : NULL;
	if (!*entry) {
		err_set(err, ERR_USAGE, "", "--user: there is no user \"%.64s\"", text);
		return -1;
	}
	*uid = (*entry)->pw_uid;
	return 1;
}

static int find_group(const char *option, const char *text, uint32_t *gid, struct err *err)
{
	const struct group *entry;

	if (is_number(text)) {
		if (number_id(text, gid) == 0)
			return 0;
		return err_set(err, ERR_USAGE, "",
			       "%s: expected an id up to 4294967294, found \"%.64s\"", option, text);
	}
	entry = *text ? getgrnam(text) : NULL;
	if (!entry)
		return err_set(err, ERR_USAGE, "", "%s: there is no group \"%.64s\"", option, text);
	*gid = entry->gr_gid;
	return 0;
}

static void add_group(struct run_user *read, uint32_t gid)
{
	read->groups = memory_grow(read->groups, read->group_count + 1, sizeof(*read->groups));
	read->groups[read->group_count++] = gid;
}

static int read_list(char *list, struct run_user *read, struct err *err)
{
	char *rest = list, *word;
	uint32_t gid;

	while ((word = strsep(&rest, ","))) {
		if (find_group("--groups", word, &gid, err))
			return -1;
		add_group(read, gid);
	}
	return 0;
}

/* As login(1) does it: the database's groups of the user, with the user's own. */
static int read_init(const char *name, uint32_t own, struct run_user *read, struct err *err)
{
	int count = 64;
	gid_t *groups = NULL;

	if (!name) {
		err_set(err, ERR_USAGE, "", "--groups init: the user %u has no name to find groups by", read->uid);
		return err_hint(err, "give the groups: --groups GROUP,...");
	}
	do
		groups = memory_grow(groups, (size_t)count, sizeof(*groups));
	while (getgrouplist(name, own, groups, &count) < 0);
	for (int i = 0; i < count; i++)
		add_group(read, groups[i]);
	free(groups);
	return 0;
}

static int read_groups(const char *groups, const char *name, uint32_t own, struct run_user *read, struct err *err)
{
	auto_free char *copy = NULL;

	if (!groups || !strcmp(groups, "none") || !strcmp(groups, "keep")) {
		read->keep_groups = groups && !strcmp(groups, "keep");
		return 0;
	}
	if (!strcmp(groups, "init"))
		return read_init(name, own, read, err);
	copy = memory_strdup(groups);
	return read_list(copy, read, err);
}

int run_user_read(const char *user, const char *groups, struct run_user *read, struct err *err)
{
	const char *colon = user ? strchr(user, ':') : NULL;
	auto_free char *copy = NULL, *name = NULL;
	const struct passwd *entry;
	uint32_t own = 0;
	int found;

	*read = (struct run_user){ .given = user || groups, .uid = geteuid(), .gid = getegid() };
	if (user) {
		copy = memory_printf("%.*s", colon ? (int)(colon - user) : (int)strlen(user), user);
		found = find_user(copy, &read->uid, &entry, err);
		if (found < 0)
			return -1;
		if (found)
			read->gid = entry->pw_gid;
		if (!found && !colon) {
			err_set(err, ERR_USAGE, "", "--user: the user %u has no entry that tells its group", read->uid);
			return err_hint(err, "give it: --user %u:GROUP", read->uid);
		}
	} else {
		entry = getpwuid(read->uid);
	}
	if (entry) {
		name = memory_strdup(entry->pw_name);
		own = entry->pw_gid;
	}
	if (colon && find_group("--user", colon + 1, &read->gid, err))
		return -1;
	return read_groups(groups, name, own, read, err);
}
