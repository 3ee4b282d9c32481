/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"

static cJSON *lib(struct json *json)
{
	return (cJSON *)(void *)json;
}

static struct json *unlib(cJSON *node)
{
	if (!node)
		memory_exhausted();
	return (struct json *)(void *)node;
}

struct json *json_object(void)
{
	return unlib(cJSON_CreateObject());
}

struct json *json_array(void)
{
	return unlib(cJSON_CreateArray());
}

struct json *json_set(struct json *object, const char *key, struct json *value)
{
	if (!cJSON_AddItemToObject(lib(object), key, lib(value)))
		memory_exhausted();
	return value;
}

struct json *json_add(struct json *array, struct json *value)
{
	if (!cJSON_AddItemToArray(lib(array), lib(value)))
		memory_exhausted();
	return value;
}

struct json *json_set_object(struct json *object, const char *key)
{
	return json_set(object, key, json_object());
}

struct json *json_set_array(struct json *object, const char *key)
{
	return json_set(object, key, json_array());
}

struct json *json_add_object(struct json *array)
{
	return json_add(array, json_object());
}

void json_set_string(struct json *object, const char *key, const char *value)
{
	if (value)
		json_set(object, key, unlib(cJSON_CreateString(value)));
}

/* Bytes of the character at p in UTF-8 (RFC 3629); 0: it is none. */
static size_t character_size(const unsigned char *p)
{
	size_t size = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < size; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* longer than need be, surrogates, above U+10FFFF */
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] >= 0xa0) || (*p == 0xf0 && p[1] < 0x90) ||
	    (*p == 0xf4 && p[1] >= 0x90))
		return 0;
	return size;
}

/* JSON is UTF-8, paths and arguments are bytes: a reader must not fail on them. */
void json_set_text(struct json *object, const char *key, const char *bytes)
{
	auto_strbuf struct strbuf valid = { 0 };

	if (!bytes)
		return;
	for (const unsigned char *p = (const unsigned char *)bytes; *p;) {
		size_t size = character_size(p);

		if (size)
			strbuf_add(&valid, (const char *)p, size);
		else
			strbuf_puts(&valid, "\xef\xbf\xbd");
		p += size ? size : 1;
	}
	json_set_string(object, key, valid.text ? valid.text : "");
}

void json_set_null(struct json *object, const char *key)
{
	json_set(object, key, unlib(cJSON_CreateNull()));
}

void json_set_bool(struct json *object, const char *key, bool value)
{
	json_set(object, key, unlib(cJSON_CreateBool(value)));
}

/* Raw nodes: a double would lose the low bits above 2^53. */
static struct json *raw_i64(int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return unlib(cJSON_CreateRaw(text));
}

static struct json *raw_u64(uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return unlib(cJSON_CreateRaw(text));
}

void json_set_i64(struct json *object, const char *key, int64_t value)
{
	json_set(object, key, raw_i64(value));
}

void json_set_u64(struct json *object, const char *key, uint64_t value)
{
	json_set(object, key, raw_u64(value));
}

void json_set_hundredths(struct json *object, const char *key, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 ".%02u", value / 100, (unsigned)(value % 100));
	json_set(object, key, unlib(cJSON_CreateRaw(text)));
}

void json_add_string(struct json *array, const char *value)
{
	json_add(array, unlib(cJSON_CreateString(value)));
}

void json_add_u64(struct json *array, uint64_t value)
{
	json_add(array, raw_u64(value));
}

/* Parsed numbers carry their token; printing must use it, so they become raw nodes in the copy. */
static void numbers_to_raw(cJSON *node)
{
	for (; node; node = node->next) {
		if (cJSON_IsNumber(node) && node->valuestring)
			node->type = (node->type & ~0xff) | cJSON_Raw;
		numbers_to_raw(node->child);
	}
}

struct json *json_copy(const struct json *node)
{
	cJSON *copy = cJSON_Duplicate((const cJSON *)(const void *)node, 1);

	numbers_to_raw(copy);
	return unlib(copy);
}

void json_remove(struct json *object, const char *key)
{
	cJSON_DeleteItemFromObjectCaseSensitive(lib(object), key);
}

void json_print(const struct json *json, bool pretty, struct strbuf *out)
{
	const cJSON *node = (const cJSON *)(const void *)json;
	char *text = pretty ? cJSON_Print(node) : cJSON_PrintUnformatted(node);

	if (!text)
		memory_exhausted();
	strbuf_puts(out, text);
	cJSON_free(text);
}
