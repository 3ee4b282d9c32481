/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON documents, over cJSON (only json.c and json_write.c see its header).
 *
 * Reading is strict (RFC 8259 and more): errors name line and column;
 * duplicate keys, NUL in strings, depth over 100, more than a million values
 * and documents over 16 MiB are refused. Integers keep all 64 bits: they are
 * read from the text, never through a double.
 *
 * A `struct json_at` is a place in a document: the node and how one came to
 * it. It lives on the reader's stack; the JSON pointer (RFC 6901) is only
 * put together when an error needs it.
 */
#ifndef NSTOOLS_BASE_JSON_H
#define NSTOOLS_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct json;
struct strbuf;

#define JSON_SIZE_MAX (16u * 1024 * 1024)
#define JSON_DEPTH_MAX 100
#define JSON_VALUES_MAX 1000000 /* a tree of more takes seconds to build */

struct json_at {
	const struct json *node; /* NULL: absent */
	const struct json_at *parent;
	const char *key; /* or, in an array, the index */
	size_t index;
	const char *file; /* of the root, for messages */
};

/* Parse text (need not end in NUL). NULL with err (file, "line L, column C"). json_free() when done. */
struct json *json_parse(const char *text, size_t len, const char *file, struct err *err);
void json_free(struct json *json);
struct json_at json_root(const struct json *json, const char *file);

/* The pointer of a place ("" for the root), written into buf; returns buf. */
const char *json_pointer(const struct json_at *at, char *buf, size_t size);
/* Fill err as an ERR_SPEC at this place: message says what was expected and found. Returns -1. */
int json_error(const struct json_at *at, struct err *err, const char *message, ...)
	__attribute__((format(printf, 3, 4), cold));
/* "a string", "the number 5", "an object": what stands at a place, for messages. buf holds at least 64. */
const char *json_found(const struct json_at *at, char *buf, size_t size);

/* Members. node is NULL when absent or JSON null; that is not an error here. */
struct json_at json_member(const struct json_at *at, const char *key);
struct json_at json_element(const struct json_at *at, size_t index);
size_t json_count(const struct json_at *at); /* of an array or object; 0 when absent */
/*
 * Walk an array's elements or an object's members in order:
 *	struct json_at item = { 0 };
 *	while (json_next(at, &item)) ...
 * In an object item.key is the member's name.
 */
bool json_next(const struct json_at *at, struct json_at *item);
bool json_is_object(const struct json_at *at);
bool json_is_array(const struct json_at *at);
bool json_is_string(const struct json_at *at);

/* Values: 0, or -1 with err when the type or the range is wrong. Absent places are an error here. */
int json_read_object(const struct json_at *at, struct err *err);
int json_read_array(const struct json_at *at, struct err *err);
int json_read_bool(const struct json_at *at, bool *value, struct err *err);
int json_read_string(const struct json_at *at, const char **value, struct err *err); /* lives as long as the document */
int json_read_i64(const struct json_at *at, int64_t min, int64_t max, int64_t *value, struct err *err);
int json_read_u64(const struct json_at *at, uint64_t max, uint64_t *value, struct err *err);

/* Writing. Objects keep the order of insertion. A NULL string is left out. */
struct json *json_object(void);
struct json *json_array(void);
struct json *json_set(struct json *object, const char *key, struct json *value); /* owns value; returns it */
struct json *json_set_object(struct json *object, const char *key);
struct json *json_set_array(struct json *object, const char *key);
void json_set_string(struct json *object, const char *key, const char *value);
void json_set_text(struct json *object, const char *key, const char *bytes); /* what is no UTF-8: U+FFFD */
void json_set_bool(struct json *object, const char *key, bool value);
void json_set_null(struct json *object, const char *key);
void json_set_i64(struct json *object, const char *key, int64_t value);
void json_set_u64(struct json *object, const char *key, uint64_t value);
void json_set_hundredths(struct json *object, const char *key, uint64_t value); /* 1234: 12.34 */
struct json *json_add(struct json *array, struct json *value);
struct json *json_add_object(struct json *array);
void json_add_string(struct json *array, const char *value);
void json_add_u64(struct json *array, uint64_t value);
struct json *json_copy(const struct json *node);
/* Remove the member; no effect when it is absent. */
void json_remove(struct json *object, const char *key);
void json_print(const struct json *json, bool pretty, struct strbuf *out);

#endif
