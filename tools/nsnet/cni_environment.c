/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CNI's variables, and who the owner of what is made for them is. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "nsnet/cni.h"

/* Which variables a command needs. */
enum { CONTAINER = 1, NAMESPACE = 2, INTERFACE = 4, PATH = 8 };

static const struct {
	const char *name;
	unsigned needs;
} commands[] = {
	{ "ADD", CONTAINER | NAMESPACE | INTERFACE | PATH },
	{ "CHECK", CONTAINER | NAMESPACE | INTERFACE | PATH },
	{ "DEL", CONTAINER | INTERFACE | PATH },
	{ "GC", PATH },
	{ "STATUS", PATH },
	{ "VERSION", 0 },
};

/* "[a-zA-Z0-9][a-zA-Z0-9_.-]*" */
bool cni_name_is_valid(const char *name)
{
	return isalnum((unsigned char)name[0]) && isascii((unsigned char)name[0]) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
		       strlen(name);
}

static bool interface_is_valid(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > 15 || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == ':' || isspace((unsigned char)*p))
			return false;
	return true;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int find_needs(struct cni *cni, unsigned *needs, struct err *err)
{
	const char *command = cni->command ? cni->command : "";

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, command)) {
			*needs = commands[i].needs;
			return 0;
		}
	return cni_fail(cni, CNI_ENVIRONMENT, err, "unknown CNI_COMMAND: %s", command);
}

static int check_missing(struct cni *cni, unsigned needs, struct err *err)
{
	const struct {
		unsigned bit;
		const char *name, *value;
	} all[] = {
		{ CONTAINER, "CNI_CONTAINERID", cni->container },
		{ NAMESPACE, "CNI_NETNS", cni->namespace },
		{ INTERFACE, "CNI_IFNAME", cni->interface },
		{ PATH, "CNI_PATH", cni->path },
	};
	auto_strbuf struct strbuf missing = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if ((needs & all[i].bit) && !all[i].value)
			strbuf_printf(&missing, "%s%s", missing.len ? "," : "", all[i].name);
	return missing.len ? cni_fail(cni, CNI_ENVIRONMENT, err, "required env variables [%s] missing",
				      missing.text)
			   : 0;
}

int cni_read_environment(struct cni *cni, struct err *err)
{
	unsigned needs = 0;

	cni->command = getenv("CNI_COMMAND");
	cni->container = variable("CNI_CONTAINERID");
	cni->namespace = variable("CNI_NETNS");
	cni->interface = variable("CNI_IFNAME");
	cni->path = variable("CNI_PATH");
	cni->args = variable("CNI_ARGS");
	if (find_needs(cni, &needs, err) || check_missing(cni, needs, err))
		return -1;
	if ((needs & CONTAINER) && !cni_name_is_valid(cni->container))
		return cni_fail(cni, CNI_ENVIRONMENT, err,
				"CNI_CONTAINERID \"%s\" is not of letters, digits and _ . - (at first "
				"letters and digits)",
				cni->container);
	if ((needs & INTERFACE) && !interface_is_valid(cni->interface))
		return cni_fail(
			cni, CNI_ENVIRONMENT, err,
			"CNI_IFNAME \"%s\" is not an interface's name (1 to 15 bytes, no /, : or space)",
			cni->interface);
	return 0;
}

/* ---- owners -------------------------------------------------------------------------- */

/* FNV-1a. */
static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return value;
}

/* As it is, or, where it is long or has other characters than ids have, the beginning and a hash of the
 * whole. */
static void add_part(char *owner, const char *part, size_t max)
{
	size_t len = strlen(owner);

	if (strlen(part) <= max && cni_name_is_valid(part))
		snprintf(owner + len, CNI_OWNER_MAX - len, "+%s", part);
	else
		snprintf(owner + len, CNI_OWNER_MAX - len, "+%.*s_%016" PRIx64,
			 cni_name_is_valid(part) ? (int)max - 17 : 0, part, hash(part));
}

void cni_owner_prefix(const char *network, char prefix[CNI_OWNER_MAX])
{
	snprintf(prefix, CNI_OWNER_MAX, "cni");
	add_part(prefix, network, 22);
	snprintf(prefix + strlen(prefix), CNI_OWNER_MAX - strlen(prefix), "+");
}

void cni_owner(const char *network, const char *container, const char *interface, char owner[CNI_OWNER_MAX])
{
	cni_owner_prefix(network, owner);
	owner[strlen(owner) - 1] = '\0';
	add_part(owner, container, 34);
	add_part(owner, interface, 17);
}
