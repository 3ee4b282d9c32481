/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own top-level key "nsinit": nsinit-spec(5) and man/nsinit-spec.schema.json say what is in it. */
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/names.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

/* A name or a number: "SIGTERM", "TERM", 15. */
static int read_signal(struct reader *r, const struct json_at *at, const char *key, int *signal)
{
	struct json_at member = spec_read_member(r, at, key);
	const char *text;
	int64_t number;

	if (!member.node)
		return 0;
	if (!json_is_string(&member)) {
		if (json_read_i64(&member, 1, 64, &number, r->err))
			return -1;
		*signal = (int)number;
		return 0;
	}
	if (json_read_string(&member, &text, r->err))
		return -1;
	return spec_signal_parse(text, signal) ? spec_read_expected(r, &member, "a signal (\"SIGTERM\", 15)")
					       : 0;
}

static int read_layers(struct reader *r, const struct json_at *at, struct spec_layers *layers)
{
	layers->given = true;
	if (spec_read_strings(r, at, "lower", &layers->lower) ||
	    spec_read_text(r, at, "upper", &layers->upper) || spec_read_text(r, at, "work", &layers->work) ||
	    spec_read_end(r, at))
		return -1;
	if (!layers->upper != !layers->work)
		return json_error(at, r->err, "upper and work are only valid together");
	return 0;
}

static int read_objects(struct reader *r, const struct json_at *at, struct spec_own *own)
{
	struct json_at object;

	if (spec_read_object(r, at, "root", &object) ||
	    (object.node && read_layers(r, &object, &own->layers)))
		return -1;
	if (spec_read_object(r, at, "landlock", &object) ||
	    (object.node && spec_landlock_read(r, &object, &own->landlock)))
		return -1;
	return 0;
}

/* Names that are taken for what is planned: a spec that sets one must not run as if it had not. */
static int refuse_planned(struct reader *r, const struct json_at *at)
{
	static const char *const planned[] = { "images", "console", "logFile", "hookOutput", NULL };

	for (const char *const *key = planned; *key; key++)
		if (spec_read_refuse(r, at, *key))
			return -1;
	return 0;
}

int spec_own_read(struct reader *r, const struct json_at *at, struct spec_own *own)
{
	struct json_at loopback = json_member(at, "loopback");

	own->given = true;
	own->has_loopback = loopback.node != NULL;
	return read_objects(r, at, own) ||
			       read_signal(r, at, "parentDeathSignal", &own->parent_death_signal) ||
			       read_signal(r, at, "stopSignal", &own->stop_signal) ||
			       spec_read_bool(r, at, "init", &own->init) ||
			       spec_read_bool(r, at, "loopback", &own->loopback) ||
			       spec_net_read(r, at, &own->net) || refuse_planned(r, at) ||
			       spec_read_end(r, at)
		       ? -1
		       : 0;
}
