/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "kern/caps.h"
#include "nscaps/document.h"
#include "nscaps/nscaps.h"
#include "nscaps/set.h"

/* ---- reading -------------------------------------------------------------------------------- */

/* Names as the OCI spec has them: "CAP_NET_RAW"; others are kept, but stand for nothing here. */
static int read_set(const struct json_at *at, const char *name, struct arena *arena, struct document_set *set,
		    struct err *err)
{
	struct json_at array = json_member(at, name), item = { 0 };
	const char *text;

	if (!array.node)
		return 0;
	if (json_read_array(&array, err))
		return -1;
	set->given = true;
	set->unknown = arena_array(arena, json_count(&array) + 1, sizeof(*set->unknown));
	while (json_next(&array, &item)) {
		int number;

		if (json_read_string(&item, &text, err))
			return -1;
		number = strncmp(text, "CAP_", 4) ? -1 : kern_caps_number(text);
		if (number >= 0)
			set->set |= UINT64_C(1) << number;
		else
			set->unknown[set->unknown_count++] = arena_strdup(arena, text);
	}
	return 0;
}

static int read_sets(const struct json_at *capabilities, struct arena *arena, struct document *document,
		     struct err *err)
{
	if (!capabilities->node)
		return 0;
	document->has_capabilities = true;
	if (json_read_object(capabilities, err))
		return -1;
	for (unsigned i = 0; i < NSCAPS_SETS; i++)
		if (read_set(capabilities, nscaps_set_names[i], arena, &document->sets[i], err))
			return -1;
	return 0;
}

/* An object with sets and neither a process nor a version of the OCI spec. */
static bool is_bare(const struct json_at *root)
{
	if (json_member(root, "process").node || json_member(root, "ociVersion").node)
		return false;
	for (unsigned i = 0; i < NSCAPS_SETS; i++)
		if (json_member(root, nscaps_set_names[i]).node)
			return true;
	return false;
}

static int read_places(struct arena *arena, struct document *document, struct err *err)
{
	struct json_at root = json_root(document->json, document->name), process, user, uid, capabilities;
	uint64_t number = 0;

	if (json_read_object(&root, err))
		return -1;
	document->bare = is_bare(&root);
	if (document->bare)
		return read_sets(&root, arena, document, err);
	process = json_member(&root, "process");
	if (!process.node) {
		json_error(&root, err, "is not a container's spec: it has no \"process\"");
		return err_hint(err, "nsinit spec prints one");
	}
	if (json_read_object(&process, err))
		return -1;
	user = json_member(&process, "user");
	uid = json_member(&user, "uid");
	if (uid.node && json_read_u64(&uid, UINT32_MAX - 1, &number, err))
		return -1;
	document->uid = (uint32_t)number;
	capabilities = json_member(&process, "capabilities");
	return read_sets(&capabilities, arena, document, err);
}

int document_read(const char *path, struct arena *arena, struct document *document, struct err *err)
{
	bool input = !strcmp(path, "-");
	auto_free char *text = NULL;
	size_t len;
	int ret;

	*document = (struct document){ .name = input ? "standard input" : path };
	ret = input ? file_read_fd(STDIN_FILENO, JSON_SIZE_MAX, &text, &len) :
		      file_read_at(AT_FDCWD, path, JSON_SIZE_MAX, &text, &len);
	if (ret && errno != EFBIG)
		return err_system(err, "read", "%s", document->name);
	if (ret) {
		err_set(err, ERR_SPEC, "read", "has more than the %u MiB that a JSON document may have",
			JSON_SIZE_MAX / 1024 / 1024);
		return err_object(err, "%s", document->name);
	}
	document->json = json_parse(text, len, document->name, err);
	return document->json ? read_places(arena, document, err) : -1;
}

void document_free(struct document *document)
{
	json_free(document->json);
	*document = (struct document){ 0 };
}

/* ---- writing -------------------------------------------------------------------------------- */

static struct json *write_set(const struct document_set *set)
{
	struct json *array = set_json(set->set);

	for (unsigned i = 0; i < set->unknown_count; i++)
		json_add_string(array, set->unknown[i]);
	return array;
}

static int find_set(const char *name)
{
	for (unsigned i = 0; i < NSCAPS_SETS; i++)
		if (!strcmp(nscaps_set_names[i], name))
			return (int)i;
	return -1;
}

/* Those that were there, in their places, then those that are new. */
static struct json *write_sets(const struct document *document, const struct json_at *at)
{
	struct json *object = json_object();
	struct json_at item = { 0 };

	while (at->node && json_next(at, &item)) {
		int set = find_set(item.key);

		json_set(object, item.key, set < 0 ? json_copy(item.node) : write_set(&document->sets[set]));
	}
	for (unsigned i = 0; i < NSCAPS_SETS; i++)
		if (document->sets[i].given && !json_member(at, nscaps_set_names[i]).node) {
			json_remove(object, nscaps_set_names[i]); /* it was null */
			json_set(object, nscaps_set_names[i], write_set(&document->sets[i]));
		}
	return object;
}

static struct json *write_process(const struct document *document, const struct json_at *process)
{
	struct json_at capabilities = json_member(process, "capabilities"), item = { 0 };
	struct json *object = json_object();

	while (json_next(process, &item))
		if (strcmp(item.key, "capabilities"))
			json_set(object, item.key, json_copy(item.node));
		else if (document->has_capabilities)
			json_set(object, "capabilities", write_sets(document, &capabilities));
	if (document->has_capabilities && !capabilities.node) {
		json_remove(object, "capabilities");
		json_set(object, "capabilities", write_sets(document, &capabilities));
	}
	return object;
}

struct json *document_write(const struct document *document)
{
	struct json_at root = json_root(document->json, document->name), item = { 0 };
	struct json *object;

	if (document->bare)
		return write_sets(document, &root);
	object = json_object();
	while (json_next(&root, &item)) {
		struct json_at process = json_member(&root, "process");

		json_set(object, item.key,
			 strcmp(item.key, "process") ? json_copy(item.node) : write_process(document, &process));
	}
	return object;
}
