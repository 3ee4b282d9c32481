/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --list: which namespaces of the target are not ours. */
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "common/option.h"
#include "common/rows.h"
#include "kern/ns.h"
#include "run/attach.h"
#include "nsenter/full.h"
#include "nsenter/nsenter.h"

static const struct rows_column columns[] = {
	{ "NAMESPACE", "namespace", ROWS_TEXT },
	{ "TARGET", "target", ROWS_NUMBER },
	{ "OWN", "own", ROWS_NUMBER },
	{ "DIFFERS", "differs", ROWS_TEXT },
};

static void print_table(const struct run_attach_pair *pairs)
{
	struct rows auto_rows rows = { .columns = columns, .column_count = 4 };
	char target[24], own[24];

	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		if (!pairs[i].own)
			continue;
		snprintf(target, sizeof(target), "%" PRIu64, pairs[i].target);
		snprintf(own, sizeof(own), "%" PRIu64, pairs[i].own);
		rows_add(&rows, (const char *[]){ kern_ns_kinds[i].proc_name, target, own,
						  pairs[i].own != pairs[i].target ? "yes" : "no" });
	}
	rows_print(&rows);
}

static void print_json(const struct run_attach *attach, const struct run_attach_pair *pairs)
{
	struct json *root = json_object(), *list;

	json_set_i64(root, "pid", attach->pid);
	list = json_set_array(root, "namespaces");
	for (size_t i = 0; i < KERN_NS_COUNT; i++) {
		struct json *item;

		if (!pairs[i].own)
			continue;
		item = json_add_object(list);
		json_set_string(item, "namespace", kern_ns_kinds[i].proc_name);
		json_set_u64(item, "target", pairs[i].target);
		json_set_u64(item, "own", pairs[i].own);
		json_set_bool(item, "differs", pairs[i].own != pairs[i].target);
	}
	rows_print_json(root, true);
	json_free(root);
}

int nsenter_list(struct nsenter *nsenter, struct err *err)
{
	struct run_attach_pair pairs[RUN_ATTACH_NS_COUNT];

	if (!nsenter->attach.pid)
		return err_set(err, ERR_USAGE, "", "no target PID specified for --list");
	if (*nsenter->program)
		return err_set(err, ERR_USAGE, "", "--list runs no program, found \"%.100s\"", *nsenter->program);
	if (run_attach_compare(&nsenter->attach, pairs, err))
		return -1;
	if (nsenter->json)
		print_json(&nsenter->attach, pairs);
	else
		print_table(pairs);
	return rows_flush(err);
}
