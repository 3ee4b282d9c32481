/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the nft*.c files alone. */
#ifndef NSTOOLS_KERN_NFT_INTERNAL_H
#define NSTOOLS_KERN_NFT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct json;
struct json_at;
struct kern_nft_scope;
struct nft_ctx;
struct strbuf;

struct kern_nft_library { /* what is used of libnftables: its names, without the prefix */
	struct nft_ctx *(*ctx_new)(uint32_t flags);
	void (*ctx_free)(struct nft_ctx *context);
	void (*ctx_output_set_flags)(struct nft_ctx *context, unsigned flags);
	int (*ctx_buffer_output)(struct nft_ctx *context);
	int (*ctx_buffer_error)(struct nft_ctx *context);
	const char *(*ctx_get_output_buffer)(struct nft_ctx *context);
	const char *(*ctx_get_error_buffer)(struct nft_ctx *context);
	int (*run_cmd_from_buffer)(struct nft_ctx *context, const char *commands);
};

/* Load libnftables.so.1 on first use. NULL with err (ERR_UNSUPPORTED) where it is missing. */
const struct kern_nft_library *kern_nft_library(struct err *err);

/* ---- talking to the kernel: nft_run.c ---------------------------------------------- */

/* One transaction in the caller's namespace. On failure err has the errno that the kernel gave. */
int kern_nft_run(const char *commands, struct err *err);
/* Our table as libnftables lists it; *list is NULL where there is none. json_free(). */
int kern_nft_list(struct json **list, struct err *err);
/* The "map", "set", "chain" or "rule" objects of a list, one after the other; start with *item = {0}. */
bool kern_nft_next(const struct json_at *list, struct json_at *item, const char *kind,
		   struct json_at *object);

/* ---- our table: nft_table.c ---------------------------------------------------------- */

enum kern_nft_part { /* each is made when something first needs it */
	KERN_NFT_NAT = 1 << 0,    /* published ports and masquerade */
	KERN_NFT_FRONT = 1 << 1,  /* firewalls in front of other namespaces */
	KERN_NFT_INSIDE = 1 << 2, /* the firewall inside of this one */
};

/* Of `parts` those that the list (NULL: no table) lacks. */
unsigned kern_nft_table_missing(const struct json *list, unsigned parts);
/* The commands that make them, with the table itself where there is none. */
void kern_nft_table_build(struct strbuf *commands, unsigned parts, bool table);
/* ---- rules: nft_rules.c ---------------------------------------------------------------- */

struct kern_nft_item {
	const char *set, *key, *data; /* as the library prints them; data NULL: of a set */
	const char *interface;        /* or NULL: of the owner as a whole */
};

struct kern_nft_line {
	char *expression; /* NULL: nobody knows */
	char *comment;    /* says all that the expression does; the first line's is the owner's tag */
};

struct kern_nft_lines {
	char *chain;
	struct kern_nft_line *items;
	size_t count;
};

struct kern_nft_rules {
	struct kern_nft_item *items;
	size_t count;
	struct kern_nft_lines *chains;
	size_t chain_count;
	unsigned parts;
};

void kern_nft_rules_put(struct kern_nft_rules *rules, const struct kern_nft_item *item);
const struct kern_nft_item *kern_nft_rules_find(const struct kern_nft_rules *rules,
						const struct kern_nft_item *item);
struct kern_nft_lines *kern_nft_rules_chain(struct kern_nft_rules *rules, const char *name);
void kern_nft_lines_read(struct kern_nft_lines *lines, const char *comment);
void kern_nft_lines_add(struct kern_nft_lines *lines, const char *expression, const char *comment);

/* "OWNER" or "OWNER INTERFACE", short enough for a comment; a long owner is cut, with a hash of the whole. */
enum { KERN_NFT_TAG_SIZE = 128, KERN_NFT_CHAIN_SIZE = 64 };
void kern_nft_tag(const char *owner, const char *interface, char tag[KERN_NFT_TAG_SIZE]);
void kern_nft_chain_name(const char *owner, bool front, bool outgoing, char name[KERN_NFT_CHAIN_SIZE]);

/* Everything in the list that the scope has. */
struct kern_nft_rules *kern_nft_rules_collect(const struct json *list, const struct kern_nft_scope *scope);
/* Who has an element of that set and key, or one that means the same port; NULL: nobody. In tag. */
const char *kern_nft_taken_by(const struct json *list, const struct kern_nft_item *item,
			      char tag[KERN_NFT_TAG_SIZE]);
bool kern_nft_is_used(const struct json *list); /* is anybody's rule in it? */
int kern_nft_each_owner(const struct json *list, int (*each)(const char *owner, void *data, struct err *err),
			void *data, struct err *err);

#endif
