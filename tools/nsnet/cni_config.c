/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration on standard input. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "nsnet/cni.h"

static const char *const versions[] = { "0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0" };

/* Members of a configuration: CNI's, and ours. */
static const char *const members[] = {
	"cniVersion", "cniVersions", "name", "type",      "capabilities", "runtimeConfig", "prevResult",
	"args",       "dns",         "ipam", "interface", "routes",       "firewall",      "disableCheck",
};

static int find_version(const char *version)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++)
		if (!strcmp(versions[i], version))
			return (int)i;
	return -1;
}

bool cni_version_is_known(const char *version)
{
	return find_version(version) >= 0;
}

bool cni_version_is_least(const char *version, const char *least)
{
	return find_version(version) >= find_version(least);
}

static int read_text(const struct cni *cni, const char *key, const char **text, struct err *err)
{
	struct json_at at = json_member(&cni->root, key);

	*text = NULL;
	return at.node ? json_read_string(&at, text, err) : 0;
}

static int check_version(struct cni *cni, struct err *err)
{
	static const struct {
		const char *command, *least;
	} later[] = { { "CHECK", "0.4.0" }, { "GC", "1.1.0" }, { "STATUS", "1.1.0" } };
	const char *version = NULL;

	if (read_text(cni, "cniVersion", &version, err))
		return -1;
	version = version ? version : "0.1.0";
	if (!cni_version_is_known(version)) {
		cni_fail(cni, CNI_INCOMPATIBLE, err, "incompatible CNI versions");
		return err_hint(err,
				"config is \"%s\", plugin supports [\"0.1.0\" \"0.2.0\" \"0.3.0\" \"0.3.1\" "
				"\"0.4.0\" "
				"\"1.0.0\" \"1.1.0\"]",
				version);
	}
	cni->version = version;
	for (size_t i = 0; i < ARRAY_SIZE(later); i++)
		if (!strcmp(cni->command, later[i].command) && !cni_version_is_least(version, later[i].least))
			return cni_fail(cni, CNI_INCOMPATIBLE, err, "config version does not allow %s",
					cni->command);
	return 0;
}

static int check_name(struct cni *cni, struct err *err)
{
	const char *type = NULL;

	if (read_text(cni, "name", &cni->network, err) || read_text(cni, "type", &type, err))
		return -1;
	if (!cni->network || !*cni->network)
		return cni_fail(cni, CNI_CONFIG, err, "missing network name");
	if (!cni_name_is_valid(cni->network))
		return cni_fail(cni, CNI_CONFIG, err, "invalid characters in network name \"%s\"",
				cni->network);
	if (type && !cni_name_is_valid(type))
		return cni_fail(cni, CNI_CONFIG, err, "invalid plugin type \"%s\"", type);
	return 0;
}

/* What is not known is not passed over: who misspelt "firewall" believes to have one. */
static int check_members(struct cni *cni, struct err *err)
{
	struct json_at item = { 0 };

	while (json_next(&cni->root, &item)) {
		bool known = !strncmp(item.key, "cni.dev/", strlen("cni.dev/"));

		for (size_t i = 0; i < ARRAY_SIZE(members); i++)
			known = known || !strcmp(members[i], item.key);
		if (!known)
			return cni_fail(cni, CNI_CONFIG, err,
					"unknown member \"%s\" in the configuration of nsnet", item.key);
	}
	return 0;
}

/* IgnoreUnknown=1, or there must be nobody who would have to know what is said: the addresses' plugin may. */
static int check_args(struct cni *cni, struct err *err)
{
	auto_free char *copy = cni->args ? memory_strdup(cni->args) : NULL;
	char *rest = copy, *pair, unknown[128] = "";
	bool ignore = false;

	while (rest && (pair = strsep(&rest, ";"))) {
		char *value = strchr(pair, '=');

		if (!value)
			return cni_fail(cni, CNI_ENVIRONMENT, err, "CNI_ARGS: invalid pair \"%s\"", pair);
		*value++ = '\0';
		if (!strcmp(pair, "IgnoreUnknown"))
			ignore = !strcmp(value, "1") || !strcasecmp(value, "true");
		else
			snprintf(unknown, sizeof(unknown), "%s", pair);
	}
	if (!*unknown || ignore || cni_has_ipam(cni))
		return 0;
	return cni_fail(cni, CNI_ENVIRONMENT, err, "CNI_ARGS: unknown args [\"%s\"]", unknown);
}

static int parse(struct cni *cni, struct err *err)
{
	auto_free char *text = NULL;
	struct err bad = { 0 };
	char message[512];
	size_t len;

	if (file_read_fd(STDIN_FILENO, JSON_SIZE_MAX, &text, &len)) {
		cni->code = CNI_IO;
		return err_system(err, "read", "standard input");
	}
	cni->config = json_parse(text, len, "CNI configuration", &bad);
	cni->root = json_root(cni->config, "CNI configuration");
	if (cni->config && json_read_object(&cni->root, &bad) == 0)
		return 0;
	return cni_fail(cni, CNI_DECODE, err, "%s", err_text(&bad, message, sizeof(message)));
}

/* VERSION asks before anything is known to fit: it is answered in whatever version it came. */
static int read_for_version(struct cni *cni, struct err *err)
{
	if (isatty(STDIN_FILENO) || parse(cni, &(struct err){ 0 }))
		cni->code = 0;
	else if (read_text(cni, "cniVersion", &cni->version, err))
		return -1;
	cni->version = cni->version ? cni->version : versions[ARRAY_SIZE(versions) - 1];
	return 0;
}

int cni_read_config(struct cni *cni, struct err *err)
{
	if (!strcmp(cni->command, "VERSION"))
		return read_for_version(cni, err);
	if (parse(cni, err))
		return -1;
	if (check_version(cni, err) || check_name(cni, err) || check_args(cni, err))
		return -1;
	/* What an older configuration made is deleted whatever its members are called now. */
	if (strcmp(cni->command, "DEL") != 0 && strcmp(cni->command, "GC") != 0 && check_members(cni, err))
		return -1;
	if (cni->container && cni->interface)
		cni_owner(cni->network, cni->container, cni->interface, cni->owner);
	return 0;
}
