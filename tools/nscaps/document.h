/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A JSON spec of which only process.capabilities matters: all else stays as it is. */
#ifndef NSTOOLS_NSCAPS_DOCUMENT_H
#define NSTOOLS_NSCAPS_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct json;

/* A set of a document: names that this program does not know are kept. */
struct document_set {
	bool given;
	uint64_t set;
	const char **unknown;
	unsigned unknown_count;
};

struct document {
	struct json *json;
	const char *name;      /* of the file, for messages */
	bool bare;	       /* the document is a capabilities object itself, as nscaps trace --json prints it */
	bool has_capabilities; /* process.capabilities is there */
	uint32_t uid;	       /* process.user.uid */
	struct document_set sets[5]; /* in the order of nscaps_set_names */
};

/* Read a file, "-" is standard input. Strings live in the arena. document_free() also after an error. */
int document_read(const char *path, struct arena *arena, struct document *document, struct err *err);
/* A copy of the document with the sets in their places; json_free() it. */
struct json *document_write(const struct document *document);
void document_free(struct document *document);

#endif
