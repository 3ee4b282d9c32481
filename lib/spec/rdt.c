/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.intelRdt and linux.memoryPolicy. */
#include <linux/mempolicy.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

/* "/" is the default class; else one folder's name below the resctrl mount. */
static int read_clos(struct reader *r, const struct json_at *at, const char **clos_id)
{
	struct json_at member = json_member(at, "closID");
	const char *id;

	if (spec_read_text(r, at, "closID", clos_id))
		return -1;
	id = *clos_id;
	if (!id)
		return 0;
	if (strcmp(id, "/") != 0 && (strpbrk(id, "/\n") || !strcmp(id, ".") || !strcmp(id, "..")))
		return spec_read_expected(r, &member, "\"/\" or a name without \"/\"");
	return 0;
}

static int check_lines(struct reader *r, const struct json_at *at, const struct spec_intel_rdt *rdt)
{
	struct json_at bandwidth = json_member(at, "memBwSchema"), schemata = json_member(at, "schemata");
	const char *mb = rdt->mem_bw_schema;

	if (mb && (strncmp(mb, "MB:", 3) != 0 || strchr(mb, '\n')))
		return spec_read_expected(r, &bandwidth, "one line that begins with \"MB:\"");
	for (size_t i = 0; i < rdt->schemata.count; i++) {
		struct json_at item;

		if (!strchr(rdt->schemata.items[i], '\n'))
			continue;
		item = json_element(&schemata, i);
		return json_error(&item, r->err, "a schema is one line: it holds a newline");
	}
	return 0;
}

int spec_intel_rdt_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct spec_intel_rdt *rdt = &linux_->intel_rdt;
	struct json_at object;

	if (spec_read_object(r, at, "intelRdt", &object))
		return -1;
	if (!object.node)
		return 0;
	rdt->given = true;
	return read_clos(r, &object, &rdt->clos_id) ||
			       spec_read_text(r, &object, "l3CacheSchema", &rdt->l3_cache_schema) ||
			       spec_read_text(r, &object, "memBwSchema", &rdt->mem_bw_schema) ||
			       spec_read_strings(r, &object, "schemata", &rdt->schemata) ||
			       spec_read_bool(r, &object, "enableMonitoring", &rdt->enable_monitoring) ||
			       check_lines(r, &object, rdt) || spec_read_end(r, &object)
		       ? -1
		       : 0;
}

/* set_mempolicy(2): what the kernel would answer with a bare EINVAL. */
static int check_policy(struct reader *r, const struct json_at *at, const struct spec_memory_policy *policy)
{
	const char *mode = spec_names_of(&spec_names_memory_mode, (uint64_t)policy->mode);
	struct json_at nodes = json_member(at, "nodes"), flags = json_member(at, "flags");
	bool none = policy->mode == MPOL_DEFAULT || policy->mode == MPOL_LOCAL;

	if (*policy->nodes && !spec_list_is_valid(policy->nodes))
		return spec_read_expected(r, &nodes, "a list of memory nodes (\"0-1,4\")");
	if (none && *policy->nodes)
		return json_error(&nodes, r->err, "%s takes no nodes", mode);
	if (!none && policy->mode != MPOL_PREFERRED && !*policy->nodes)
		return json_error(at, r->err, "%s needs nodes", mode);
	if ((policy->flags & MPOL_F_STATIC_NODES) && (policy->flags & MPOL_F_RELATIVE_NODES))
		return json_error(&flags, r->err,
				  "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other");
	return 0;
}

int spec_memory_policy_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct spec_memory_policy *policy = &linux_->memory_policy;
	uint64_t mode = 0, flags = 0;
	struct json_at object;

	if (spec_read_object(r, at, "memoryPolicy", &object))
		return -1;
	if (!object.node)
		return 0;
	policy->given = true;
	policy->nodes = "";
	if (spec_read_required(r, &object, "mode") ||
	    spec_read_name(r, &object, "mode", &spec_names_memory_mode, &mode) ||
	    spec_read_string(r, &object, "nodes", &policy->nodes) ||
	    spec_read_flags(r, &object, "flags", &spec_names_memory_flag, &flags) ||
	    spec_read_end(r, &object))
		return -1;
	policy->mode = (int)mode;
	policy->flags = (unsigned)flags;
	return check_policy(r, &object, policy);
}
