/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/err.h"
#include "base/json.h"
#include "base/json_internal.h"
#include "base/memory.h"
#include "base/number.h"

/* struct json is cJSON; nobody outside sees that. */
static const cJSON *lib(const struct json *json)
{
	return (const cJSON *)(const void *)json;
}

static struct json *unlib(cJSON *node)
{
	return (struct json *)(void *)node;
}

/* Give every number node its token (cJSON frees valuestring with the node). */
static void attach_numbers(cJSON *node, const struct json_numbers *numbers, size_t *next)
{
	for (; node; node = node->next) {
		if (cJSON_IsNumber(node) && *next < numbers->count) {
			const struct json_number *n = &numbers->items[(*next)++];

			node->valuestring = cJSON_malloc(n->len + 1);
			if (!node->valuestring)
				memory_exhausted();
			memcpy(node->valuestring, n->text, n->len);
			node->valuestring[n->len] = '\0';
		}
		attach_numbers(node->child, numbers, next);
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* Sorting keeps it fast for an object with a million members. */
static int check_duplicates(const struct json_at *at, struct err *err)
{
	size_t count = json_count(at), i = 0;
	const cJSON **members, *node, *child;
	int ret = 0;

	node = lib(at->node);
	if (cJSON_IsObject(node) && count > 1) {
		members = memory_zalloc(count, sizeof(*members));
		cJSON_ArrayForEach(child, node) members[i++] = child;
		qsort(members, count, sizeof(*members), compare_names);
		for (i = 1; i < count && !ret; i++)
			if (!strcmp(members[i - 1]->string, members[i]->string))
				ret = json_error(at, err, "the member \"%.200s\" occurs twice", members[i]->string);
		free(members);
	}
	i = 0;
	cJSON_ArrayForEach(child, node)
	{
		struct json_at below = { (const struct json *)(const void *)child, at, child->string, i++, at->file };

		if (ret)
			break;
		if (child->child)
			ret = check_duplicates(&below, err);
	}
	return ret;
}

struct json *json_parse(const char *text, size_t len, const char *file, struct err *err)
{
	struct json_numbers numbers = { 0 };
	struct json_at root;
	cJSON *node;
	size_t next = 0;

	if (json_scan(text, len, &numbers, err)) {
		free(numbers.items);
		err_where(err, file, NULL);
		return NULL;
	}
	node = cJSON_ParseWithLength(text, len);
	if (!node) {
		free(numbers.items);
		err_set(err, ERR_SPEC, "parse", "not a JSON document, or out of memory");
		err_where(err, file, NULL);
		return NULL;
	}
	attach_numbers(node, &numbers, &next);
	free(numbers.items);
	root = json_root(unlib(node), file);
	if (check_duplicates(&root, err)) {
		cJSON_Delete(node);
		return NULL;
	}
	return unlib(node);
}

void json_free(struct json *json)
{
	cJSON_Delete((cJSON *)(void *)json);
}

struct json_at json_root(const struct json *json, const char *file)
{
	return (struct json_at){ .node = json, .file = file };
}

/* Pointer text grows from the root: recurse first. RFC 6901 escapes ~ and /. */
static void write_pointer(const struct json_at *at, FILE *f)
{
	if (!at->parent)
		return;
	write_pointer(at->parent, f);
	fputc('/', f);
	if (!at->key) {
		fprintf(f, "%zu", at->index);
		return;
	}
	for (const char *p = at->key; *p; p++) {
		if (*p == '~')
			fputs("~0", f);
		else if (*p == '/')
			fputs("~1", f);
		else
			fputc(*p, f);
	}
}

const char *json_pointer(const struct json_at *at, char *buf, size_t size)
{
	FILE *f = fmemopen(buf, size, "w");

	buf[0] = '\0';
	if (!f)
		return buf;
	write_pointer(at, f);
	fclose(f);
	buf[size - 1] = '\0';
	return buf;
}

int json_error(const struct json_at *at, struct err *err, const char *message, ...)
{
	char pointer[sizeof(err->where)], text[sizeof(err->message)];
	va_list ap;

	va_start(ap, message);
	vsnprintf(text, sizeof(text), message, ap);
	va_end(ap);
	err_set(err, ERR_SPEC, "", "%s", text);
	return err_where(err, at->file, json_pointer(at, pointer, sizeof(pointer)));
}

const char *json_found(const struct json_at *at, char *buf, size_t size)
{
	const cJSON *node = lib(at->node);

	if (!node || cJSON_IsNull(node))
		snprintf(buf, size, "nothing");
	else if (cJSON_IsString(node))
		snprintf(buf, size, "the string \"%.40s\"", node->valuestring);
	else if (cJSON_IsNumber(node))
		snprintf(buf, size, "the number %.40s", node->valuestring ? node->valuestring : "?");
	else if (cJSON_IsBool(node))
		snprintf(buf, size, cJSON_IsTrue(node) ? "true" : "false");
	else
		snprintf(buf, size, cJSON_IsArray(node) ? "an array" : "an object");
	return buf;
}

struct json_at json_member(const struct json_at *at, const char *key)
{
	const cJSON *node = lib(at->node);
	struct json_at below = { .parent = at, .key = key, .file = at->file };

	if (cJSON_IsObject(node))
		node = cJSON_GetObjectItemCaseSensitive(node, key);
	else
		node = NULL;
	if (node && !cJSON_IsNull(node))
		below.node = (const struct json *)(const void *)node;
	return below;
}

bool json_next(const struct json_at *at, struct json_at *item)
{
	const cJSON *node = item->node ? lib(item->node)->next : at->node ? lib(at->node)->child : NULL;

	if (!node)
		return false;
	item->index = item->node ? item->index + 1 : 0;
	item->node = (const struct json *)(const void *)node;
	item->parent = at;
	item->key = node->string;
	item->file = at->file;
	return true;
}

struct json_at json_element(const struct json_at *at, size_t index)
{
	const cJSON *node = at->node ? cJSON_GetArrayItem(lib(at->node), (int)index) : NULL;

	return (struct json_at){
		.node = (const struct json *)(const void *)node, .parent = at, .index = index, .file = at->file
	};
}

size_t json_count(const struct json_at *at)
{
	return at->node ? (size_t)cJSON_GetArraySize(lib(at->node)) : 0;
}

bool json_is_object(const struct json_at *at)
{
	return cJSON_IsObject(lib(at->node));
}

bool json_is_array(const struct json_at *at)
{
	return cJSON_IsArray(lib(at->node));
}

bool json_is_string(const struct json_at *at)
{
	return cJSON_IsString(lib(at->node));
}

static int wrong_type(const struct json_at *at, const char *expected, struct err *err)
{
	char found[80];

	return json_error(at, err, "expected %s, found %s", expected, json_found(at, found, sizeof(found)));
}

int json_read_object(const struct json_at *at, struct err *err)
{
	return cJSON_IsObject(lib(at->node)) ? 0 : wrong_type(at, "an object", err);
}

int json_read_array(const struct json_at *at, struct err *err)
{
	return cJSON_IsArray(lib(at->node)) ? 0 : wrong_type(at, "an array", err);
}

int json_read_bool(const struct json_at *at, bool *value, struct err *err)
{
	const cJSON *node = lib(at->node);

	if (!cJSON_IsBool(node))
		return wrong_type(at, "true or false", err);
	*value = cJSON_IsTrue(node);
	return 0;
}

int json_read_string(const struct json_at *at, const char **value, struct err *err)
{
	const cJSON *node = lib(at->node);

	if (!cJSON_IsString(node))
		return wrong_type(at, "a string", err);
	*value = node->valuestring;
	return 0;
}

int json_read_i64(const struct json_at *at, int64_t min, int64_t max, int64_t *value, struct err *err)
{
	const cJSON *node = lib(at->node);
	int64_t n;

	if (!cJSON_IsNumber(node))
		return wrong_type(at, "an integer", err);
	if (number_i64(node->valuestring, &n) || n < min || n > max)
		return json_error(at, err, "expected an integer from %lld to %lld, found %.40s", (long long)min,
				  (long long)max, node->valuestring);
	*value = n;
	return 0;
}

int json_read_u64(const struct json_at *at, uint64_t max, uint64_t *value, struct err *err)
{
	const cJSON *node = lib(at->node);
	uint64_t n;

	if (!cJSON_IsNumber(node))
		return wrong_type(at, "an integer", err);
	if (number_u64(node->valuestring, &n) || n > max)
		return json_error(at, err, "expected an integer from 0 to %llu, found %.40s",
				  (unsigned long long)max, node->valuestring);
	*value = n;
	return 0;
}
