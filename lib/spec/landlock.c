/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsinit.landlock: landlock(7). */
#include "base/arena.h"
#include "base/json.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

/* The kernel refuses a rule that grants what the ruleset does not handle, and one that grants nothing. */
static int check_access(struct reader *r, const struct json_at *at, uint64_t access, uint64_t handled,
			const char *handled_key)
{
	struct json_at member = json_member(at, "access");

	if (!access)
		return json_error(&member, r->err, "expected at least one access, found none");
	if (access & ~handled)
		return json_error(&member, r->err, "grants an access that %s does not list", handled_key);
	return 0;
}

static int read_rules(struct reader *r, const struct json_at *at, struct spec_landlock *landlock)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "rules", &array))
		return -1;
	landlock->rules = arena_array(r->arena, json_count(&array), sizeof(*landlock->rules));
	while (json_next(&array, &item)) {
		struct spec_landlock_rule *rule = &landlock->rules[landlock->rule_count++];

		if (json_read_object(&item, r->err) || spec_read_required(r, &item, "path") ||
		    spec_read_absolute(r, &item, "path", &rule->path) ||
		    spec_read_flags(r, &item, "access", &spec_names_landlock_fs, &rule->access) ||
		    check_access(r, &item, rule->access, landlock->handled_fs, "handledAccessFs") ||
		    spec_read_end(r, &item))
			return -1;
	}
	return 0;
}

static int read_ports(struct reader *r, const struct json_at *at, struct spec_landlock *landlock)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "ports", &array))
		return -1;
	landlock->ports = arena_array(r->arena, json_count(&array), sizeof(*landlock->ports));
	while (json_next(&array, &item)) {
		struct spec_landlock_port *port = &landlock->ports[landlock->port_count++];

		if (json_read_object(&item, r->err) || spec_read_required(r, &item, "port") ||
		    spec_read_u16(r, &item, "port", &port->port) ||
		    spec_read_flags(r, &item, "access", &spec_names_landlock_net, &port->access) ||
		    check_access(r, &item, port->access, landlock->handled_net, "handledAccessNet") ||
		    spec_read_end(r, &item))
			return -1;
	}
	return 0;
}

int spec_landlock_read(struct reader *r, const struct json_at *at, struct spec_landlock *landlock)
{
	landlock->given = true;
	if (spec_read_bool(r, at, "bestEffort", &landlock->best_effort) ||
	    spec_read_flags(r, at, "handledAccessFs", &spec_names_landlock_fs, &landlock->handled_fs) ||
	    spec_read_flags(r, at, "handledAccessNet", &spec_names_landlock_net, &landlock->handled_net) ||
	    spec_read_flags(r, at, "scoped", &spec_names_landlock_scope, &landlock->scoped) ||
	    read_rules(r, at, landlock) || read_ports(r, at, landlock) || spec_read_end(r, at))
		return -1;
	if (!landlock->handled_fs && !landlock->handled_net && !landlock->scoped)
		return json_error(at, r->err,
				  "restricts nothing: needs handledAccessFs, handledAccessNet or scoped");
	return 0;
}
