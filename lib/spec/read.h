/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside lib/spec: the typed readers that make each field one line.
 *
 * Every reader takes the object `at` and the member's name. An absent member
 * leaves the target alone (its zero is the default); a wrong type or range is
 * an error at that member. Each returns 0 or -1, so that an object reads as
 * one chain of ||. Strings are copied into the arena.
 *
 * The reader notes every name it was asked for: spec_read_end() then knows
 * which members of the object nobody wanted.
 */
#ifndef NSTOOLS_SPEC_READ_H
#define NSTOOLS_SPEC_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct json;
struct json_at;
struct spec;
struct spec_idmaps;
struct spec_i64;
struct spec_u64;
struct spec_names;
struct spec_pairs;
struct spec_strings;

#define READER_NOTES_MAX 1000 /* unknown members and warnings kept; a hostile file has millions */

struct reader {
	struct spec *spec; /* for unknown members and warnings */
	struct arena *arena;
	struct err *err;
	struct reader_asked *asked;
	size_t asked_count, asked_size;
	bool record; /* what was read before and written again, perhaps half-way from one network to the next */
};

/* The member itself, for what has no typed reader. node is NULL when absent; an object or array is checked.
 */
struct json_at spec_read_member(struct reader *r, const struct json_at *at, const char *key);
int spec_read_object(struct reader *r, const struct json_at *at, const char *key, struct json_at *member);
int spec_read_array(struct reader *r, const struct json_at *at, const char *key, struct json_at *member);
/* Known, but for another platform: the OCI spec lets us pass over it. */
int spec_read_ignore(struct reader *r, const struct json_at *at, const char *key);
/* Known, but nothing acts on it yet: an error when it is there. */
int spec_read_refuse(struct reader *r, const struct json_at *at, const char *key);
/* The object is done: members that no reader asked for go to spec->unknown. */
int spec_read_end(struct reader *r, const struct json_at *at);

int spec_read_bool(struct reader *r, const struct json_at *at, const char *key, bool *value);
int spec_read_string(struct reader *r, const struct json_at *at, const char *key, const char **value);
/* The same where "" means absent too. */
int spec_read_text(struct reader *r, const struct json_at *at, const char *key, const char **value);
/* "expected PATH, found ..." unless it begins with "/". */
int spec_read_absolute(struct reader *r, const struct json_at *at, const char *key, const char **value);
int spec_read_u16(struct reader *r, const struct json_at *at, const char *key, uint16_t *value);
int spec_read_u32(struct reader *r, const struct json_at *at, const char *key, uint32_t *value);
int spec_read_u64(struct reader *r, const struct json_at *at, const char *key, uint64_t *value);
int spec_read_i64(struct reader *r, const struct json_at *at, const char *key, int64_t *value);
int spec_read_int(struct reader *r, const struct json_at *at, const char *key, int *value);
int spec_read_opt_i64(struct reader *r, const struct json_at *at, const char *key, struct spec_i64 *value);
int spec_read_opt_u64(struct reader *r, const struct json_at *at, const char *key, struct spec_u64 *value);
/* A uid or gid: 0 to 4294967294. */
int spec_read_id(struct reader *r, const struct json_at *at, const char *key, uint32_t *value);
int spec_read_strings(struct reader *r, const struct json_at *at, const char *key,
		      struct spec_strings *value);
/* Like spec_read_strings; every item must begin with "/". */
int spec_read_paths(struct reader *r, const struct json_at *at, const char *key, struct spec_strings *value);
int spec_read_pairs(struct reader *r, const struct json_at *at, const char *key, struct spec_pairs *value);
int spec_read_idmaps(struct reader *r, const struct json_at *at, const char *key, struct spec_idmaps *value);

/* One of a table's names, or an array of names as bits or'ed together. */
int spec_read_name(struct reader *r, const struct json_at *at, const char *key,
		   const struct spec_names *names, uint64_t *value);
int spec_read_flags(struct reader *r, const struct json_at *at, const char *key,
		    const struct spec_names *names, uint64_t *value);
/* The name at this very place (an array's element). */
int spec_read_name_at(struct reader *r, const struct json_at *at, const struct spec_names *names,
		      uint64_t *value);

/* The member must be there. */
int spec_read_required(struct reader *r, const struct json_at *at, const char *key);
/* The error for a member's value: "expected WHAT, found ...". Returns -1. */
int spec_read_expected(struct reader *r, const struct json_at *at, const char *what);

void spec_add_string(struct arena *arena, struct spec_strings *list, const char *text);
void spec_warn(struct reader *r, const struct json_at *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
