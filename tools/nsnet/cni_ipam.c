/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses from another plugin ("ipam": {"type": "host-local", ...}): found in CNI_PATH, and asked as we
 * were. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "nsnet/cni.h"
#include "run/spawn.h"

bool cni_has_ipam(const struct cni *cni)
{
	struct json_at ipam = json_member(&cni->root, "ipam");

	return ipam.node && json_count(&ipam) > 0;
}

static int read_type(struct cni *cni, const char **type, struct err *err)
{
	struct json_at ipam = json_member(&cni->root, "ipam"), at;

	if (json_read_object(&ipam, err))
		return -1;
	at = json_member(&ipam, "type");
	if (!at.node)
		return cni_fail(cni, CNI_CONFIG, err, "\"ipam\" has no \"type\"");
	if (json_read_string(&at, type, err))
		return -1;
	/* A name in CNI_PATH, and no way to somewhere else. */
	return cni_name_is_valid(*type)
		       ? 0
		       : cni_fail(cni, CNI_CONFIG, err, "invalid plugin type \"%s\" in \"ipam\"", *type);
}

/* memory_*; NULL with err. */
static char *find(struct cni *cni, const char *type, struct err *err)
{
	auto_free char *copy = memory_strdup(cni->path);
	char *rest = copy, *dir;
	struct stat st;

	while ((dir = strsep(&rest, ":"))) {
		auto_free char *path = *dir == '/' ? memory_printf("%s/%s", dir, type) : NULL;

		if (path && stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0)
			return take_ptr(path);
	}
	cni_fail(cni, CNI_INTERNAL, err, "failed to find plugin \"%s\" in path [%s]", type, cni->path);
	return NULL;
}

/* The environment that we have, with this command. Ends in NULL; the first one is owned. */
static const char **environment(const char *command)
{
	const char **env;
	size_t count = 0;

	while (environ[count])
		count++;
	env = memory_zalloc(count + 2, sizeof(*env));
	env[0] = memory_printf("CNI_COMMAND=%s", command);
	for (size_t i = 0, n = 1; i < count; i++)
		if (strncmp(environ[i], "CNI_COMMAND=", strlen("CNI_COMMAND=")) != 0)
			env[n++] = environ[i];
	return env;
}

/* Its error is ours, with its code. */
static int hand_on(struct cni *cni, const char *type, const struct strbuf *output, struct err *err)
{
	struct err bad = { 0 };
	struct json *json = output->text ? json_parse(output->text, output->len, type, &bad) : NULL;
	struct json_at root = json_root(json, type), code = json_member(&root, "code"),
		       message = json_member(&root, "msg"), details = json_member(&root, "details");
	const char *text = NULL, *more = NULL;
	uint64_t number = CNI_INTERNAL;

	if (code.node)
		json_read_u64(&code, INT32_MAX, &number, &bad);
	if (message.node)
		json_read_string(&message, &text, &bad);
	if (details.node)
		json_read_string(&details, &more, &bad);
	cni_fail(cni, number ? (int)number : CNI_INTERNAL, err, "%s: %s", type,
		 text ? text : "the plugin failed and did not say why");
	if (more && *more)
		err_hint(err, "%s", more);
	json_free(json);
	return -1;
}

static int call(struct cni *cni, const char *path, const char *command, struct strbuf *output,
		struct err *err)
{
	auto_strbuf struct strbuf input = { 0 };
	const char **env = environment(command);
	struct spawn spawn = { .path = path,
			       .args = (const char *const[]){ path, NULL },
			       .env = env,
			       .all = output,
			       .own_error = 1 };
	int ret;

	json_print(cni->config, false, &input);
	spawn.input = input.text;
	spawn.input_len = input.len;
	ret = run_spawn(&spawn, err);
	free((char *)(uintptr_t)env[0]);
	free(env);
	if (ret)
		return -1;
	return WIFEXITED(spawn.status) && WEXITSTATUS(spawn.status) == 0
		       ? 0
		       : hand_on(cni, strrchr(path, '/') + 1, output, err);
}

int cni_ipam(struct cni *cni, const char *command, struct json **result, struct err *err)
{
	auto_strbuf struct strbuf output = { 0 };
	auto_free char *path = NULL;
	struct err bad = { 0 };
	const char *type = NULL;
	char text[512];

	if (read_type(cni, &type, err))
		return -1;
	path = find(cni, type, err);
	if (!path || call(cni, path, command, &output, err))
		return -1;
	if (!result)
		return 0;
	*result = json_parse(output.text ? output.text : "", output.len, type, &bad);
	return *result ? 0 : cni_fail(cni, CNI_DECODE, err, "%s", err_text(&bad, text, sizeof(text)));
}
