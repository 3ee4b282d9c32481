/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/number.h"
#include "spec/net.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/spec.h"
#include "spec/types.h"

/* Split "MAJOR.MINOR.PATCH", each without leading zeros, before "-" or "+". */
static bool parse_version(const char *text, uint32_t number[3])
{
	char part[16];

	for (int i = 0; i < 3; i++) {
		size_t len = strspn(text, "0123456789");

		if (!len || len >= sizeof(part) || (len > 1 && *text == '0'))
			return false;
		memcpy(part, text, len);
		part[len] = '\0';
		text += len;
		if (number_u32(part, &number[i]) || (i < 2 && *text++ != '.'))
			return false;
	}
	return !*text || ((*text == '-' || *text == '+') && text[1]);
}

/* The same major version is compatible, whatever the minor one (OCI config.md, "Specification version"). */
static int read_version(struct reader *r, const struct json_at *at, const char **version)
{
	struct json_at member = json_member(at, "ociVersion");
	uint32_t number[3];

	if (spec_read_required(r, at, "ociVersion") || spec_read_string(r, at, "ociVersion", version))
		return -1;
	if (!parse_version(*version, number))
		return spec_read_expected(r, &member, "a semantic version (\"" SPEC_OCI_VERSION "\")");
	if (number[0] != 1)
		return spec_read_expected(r, &member, "a version 1.x of the OCI runtime spec");
	if (number[1] > 3)
		spec_warn(r, &member, "the spec is of version %.64s, this program knows " SPEC_OCI_VERSION,
			  *version);
	return 0;
}

static int read_root(struct reader *r, const struct json_at *at, struct spec_root *root)
{
	struct json_at path = json_member(at, "path");

	root->given = true;
	if (spec_read_required(r, at, "path") || spec_read_string(r, at, "path", &root->path) ||
	    spec_read_bool(r, at, "readonly", &root->readonly) || spec_read_end(r, at))
		return -1;
	return *root->path ? 0 : spec_read_expected(r, &path, "the path of a folder");
}

static int read_mounts(struct reader *r, const struct json_at *at, struct spec *spec)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "mounts", &array))
		return -1;
	spec->mounts = arena_array(r->arena, json_count(&array), sizeof(*spec->mounts));
	while (json_next(&array, &item))
		if (spec_mount_read(r, &item, &spec->mounts[spec->mount_count++]))
			return -1;
	return 0;
}

static int read_objects(struct reader *r, const struct json_at *at, struct spec *spec)
{
	struct json_at object;

	if (spec_read_object(r, at, "root", &object) || (object.node && read_root(r, &object, &spec->root)))
		return -1;
	if (spec_read_object(r, at, "process", &object) ||
	    (object.node && spec_process_read(r, &object, &spec->process)))
		return -1;
	if (spec_read_object(r, at, "hooks", &object) ||
	    (object.node && spec_hooks_read(r, &object, spec->hooks)))
		return -1;
	if (spec_read_object(r, at, "linux", &object) ||
	    (object.node && spec_linux_read(r, &object, &spec->linux_)))
		return -1;
	if (spec_read_object(r, at, "nsinit", &object) ||
	    (object.node && spec_own_read(r, &object, &spec->own)))
		return -1;
	return 0;
}

static int ignore_platforms(struct reader *r, const struct json_at *at)
{
	static const char *const platforms[] = { "solaris", "windows", "vm", "zos", "freebsd", NULL };

	for (const char *const *key = platforms; *key; key++)
		spec_read_ignore(r, at, *key);
	return 0;
}

static int read_config(struct reader *r, const struct json_at *at, struct spec *spec)
{
	return read_version(r, at, &spec->oci_version) || read_objects(r, at, spec) ||
			       read_mounts(r, at, spec) ||
			       spec_read_text(r, at, "hostname", &spec->hostname) ||
			       spec_read_text(r, at, "domainname", &spec->domainname) ||
			       spec_read_pairs(r, at, "annotations", &spec->annotations) ||
			       ignore_platforms(r, at) || spec_whole_check(r, at) || spec_read_end(r, at)
		       ? -1
		       : 0;
}

static int read_process_part(struct reader *r, const struct json_at *at, struct spec *spec)
{
	return spec_process_read(r, at, &spec->process);
}

static int read_resources_part(struct reader *r, const struct json_at *at, struct spec *spec)
{
	return spec_resources_read(r, at, &spec->linux_.resources);
}

typedef int read_document(struct reader *r, const struct json_at *at, struct spec *spec);

static struct spec *new_spec(const char *file, const char *bundle)
{
	struct arena *arena = arena_new();
	struct spec *spec = arena_alloc(arena, sizeof(*spec));

	spec->arena = arena;
	spec->file = arena_strdup(arena, file);
	spec->bundle = bundle ? arena_strdup(arena, bundle) : NULL;
	return spec;
}

/* Parse, read by `document`, and free what only the reading needed. */
static int read_into(struct reader *r, const char *text, size_t len, const char *file, read_document *document)
{
	struct json *json = json_parse(text, len, file, r->err);
	int ret = -1;

	if (json) {
		struct json_at root = json_root(json, file);

		ret = json_read_object(&root, r->err) || document(r, &root, r->spec) ? -1 : 0;
	}
	json_free(json);
	free(r->asked);
	return ret;
}

static struct spec *read_text(const char *text, size_t len, struct spec *spec, read_document *document,
			      struct err *err)
{
	struct reader r = { .spec = spec, .arena = spec->arena, .err = err };

	if (!read_into(&r, text, len, spec->file, document))
		return spec;
	spec_free(spec);
	return NULL;
}

struct spec *spec_read(const char *text, size_t len, const char *file, const char *bundle, struct err *err)
{
	return read_text(text, len, new_spec(file, bundle), read_config, err);
}

struct spec *spec_read_process(const char *text, size_t len, const char *file, struct err *err)
{
	return read_text(text, len, new_spec(file, NULL), read_process_part, err);
}

struct spec *spec_read_resources(const char *text, size_t len, const char *file, struct err *err)
{
	return read_text(text, len, new_spec(file, NULL), read_resources_part, err);
}

static int read_net_part(struct reader *r, const struct json_at *at, struct spec *spec)
{
	spec->own.given = true;
	if (spec_net_read(r, at, &spec->own.net) || spec_read_end(r, at))
		return -1;
	if (!spec->own.net)
		spec->own.net = arena_alloc(r->arena, sizeof(*spec->own.net));
	if (!spec->unknown.count)
		return 0;
	err_set(r->err, ERR_SPEC, "", "not a member of a network configuration");
	err_where(r->err, at->file, spec->unknown.items[0]);
	return *spec->unknown_near.items[0] ? err_hint(r->err, "did you mean %s?", spec->unknown_near.items[0]) : -1;
}

struct spec *spec_read_net(const char *text, size_t len, const char *file, struct err *err)
{
	return read_text(text, len, new_spec(file, NULL), read_net_part, err);
}

static int read_net_record_part(struct reader *r, const struct json_at *at, struct spec *spec)
{
	r->record = true;
	return read_net_part(r, at, spec);
}

struct spec *spec_read_net_record(const char *text, size_t len, const char *file, struct err *err)
{
	return read_text(text, len, new_spec(file, NULL), read_net_record_part, err);
}

static int read_seccomp_part(struct reader *r, const struct json_at *at, struct spec *spec)
{
	size_t before = spec->unknown.count;

	spec->linux_.given = true;
	spec->linux_.seccomp = (struct spec_seccomp){ 0 };
	if (spec_seccomp_read(r, at, &spec->linux_.seccomp))
		return -1;
	if (spec->unknown.count == before)
		return 0;
	err_set(r->err, ERR_SPEC, "", "not a member of an OCI seccomp profile");
	err_where(r->err, at->file, spec->unknown.items[before]);
	return err_hint(r->err, "Docker's format (archMap, includes, excludes) is another one");
}

int spec_read_seccomp(struct spec *spec, const char *text, size_t len, const char *file, struct err *err)
{
	struct reader r = { .spec = spec, .arena = spec->arena, .err = err };

	return read_into(&r, text, len, file, read_seccomp_part);
}

void spec_free(struct spec *spec)
{
	if (spec)
		arena_free(spec->arena);
}
