/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the files of plan/ alone: how a step says what it holds. Each argument
 * is told once, with the key that it has in JSON, and comes out as text or as
 * a member, whichever is being written. A flag that is false, a NULL string
 * and slot 0 say nothing.
 */
#ifndef NSTOOLS_PLAN_SHOW_H
#define NSTOOLS_PLAN_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;
struct spec_idmaps;
struct spec_name;
struct spec_names;
struct spec_pairs;
struct spec_strings;
struct step;
struct strbuf;

struct show {
	struct json *object; /* JSON: the step; else text: */
	struct strbuf *line; /* behind the step's name */
	struct strbuf *more; /* indented lines below it, for what is long; NULL: left out */
};

/* `key=value`, or (plain) `value`, or (word) `on value`. */
void show_text(struct show *show, const char *key, const char *value);
void show_plain(struct show *show, const char *key, const char *value);
void show_word(struct show *show, const char *word, const char *key, const char *value);
void show_i64(struct show *show, const char *key, int64_t value);
void show_u64(struct show *show, const char *key, uint64_t value);
void show_octal(struct show *show, const char *key, uint32_t value); /* a number in JSON */
void show_flag(struct show *show, const char *key, bool value);      /* `key` */
void show_slot(struct show *show, const char *key, unsigned slot);

enum show_style {
	SHOW_WORDS,  /* `a b c` */
	SHOW_COMMAS, /* `a,b,c` */
	SHOW_KEY,    /* `key=a,b,c` */
	SHOW_ROW,    /* a line of its own, `key a,b,c` */
	SHOW_LINES,  /* each on a line of its own, `key a` */
};

/* A list, item by item. An empty one is "none" in text. */
struct show_list {
	struct show *show;
	const char *key;
	enum show_style style;
	struct json *array;
	size_t count;
};

struct show_list show_list_begin(struct show *show, const char *key, enum show_style style);
void show_list_item(struct show_list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
void show_list_end(struct show_list *list);

/* The lists that several steps have; those without items say nothing. */
void show_strings(struct show *show, const char *key, enum show_style style, const struct spec_strings *list);
void show_pairs(struct show *show, const char *key, const struct spec_pairs *pairs);
void show_idmaps(struct show *show, const char *key, const struct spec_idmaps *maps);
/* The names of the bits that are set; bits without a name as one number in hexadecimal. */
void show_bits(struct show_list *list, const struct spec_names *names, uint64_t bits);
void show_flags(struct show *show, const char *key, const struct spec_names *names, uint64_t bits);

/* One function for each member of struct step's union: print_*.c. */
typedef void show_function(struct show *show, const struct step *step);
show_function show_step_none, show_step_text, show_step_number, show_step_pair;
show_function show_step_cgroup, show_step_cgroup_set, show_step_systemd, show_step_devices, show_step_owner,
	show_step_rdt;
show_function show_step_ns, show_step_clone, show_step_idmap, show_step_unshare, show_step_time,
	show_step_netdev, show_step_net_interface, show_step_net_route, show_step_net_rules;
show_function show_step_propagation, show_step_tree, show_step_tree_idmap, show_step_overlay, show_step_root,
	show_step_mount, show_step_device, show_step_link, show_step_console, show_step_mask,
	show_step_pivot;
show_function show_step_hook, show_step_state, show_step_limit, show_step_keyring, show_step_lsm, show_step_user,
	show_step_capabilities, show_step_seccomp, show_step_exec, show_step_find, show_step_home, show_step_landlock,
	show_step_scheduler,
	show_step_io_priority, show_step_memory_policy;

#endif
