/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules between the parts of a spec, which no part can see alone. */
#include <string.h>

#include "base/json.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

static int check_root(struct reader *r, const struct json_at *root)
{
	struct json_at own = json_member(root, "nsinit"), layers = json_member(&own, "root");
	const struct spec *spec = r->spec;

	if (spec->root.given || spec->own.layers.lower.count)
		return 0;
	if (spec->own.layers.given)
		return json_error(&layers, r->err, "needs a folder in lower, or the spec's root.path");
	return spec_read_required(r, root, "root");
}

/* uname(2): __NEW_UTS_LEN. */
#define NAME_LEN_MAX 64

static int check_names(struct reader *r, const struct json_at *root)
{
	struct json_at hostname = json_member(root, "hostname"), domainname = json_member(root, "domainname");
	const struct spec *spec = r->spec;

	if (spec->hostname && strlen(spec->hostname) > NAME_LEN_MAX)
		return json_error(&hostname, r->err, "expected at most %d bytes, found %zu", NAME_LEN_MAX,
				  strlen(spec->hostname));
	if (spec->domainname && strlen(spec->domainname) > NAME_LEN_MAX)
		return json_error(&domainname, r->err, "expected at most %d bytes, found %zu", NAME_LEN_MAX,
				  strlen(spec->domainname));
	if (spec->linux_.namespaces[SPEC_NS_UTS].given || (!spec->hostname && !spec->domainname))
		return 0;
	return json_error(spec->hostname ? &hostname : &domainname, r->err,
			  "would rename the host: it needs the namespace \"uts\"");
}

static int check_maps(struct reader *r, const struct json_at *linux_at)
{
	const struct spec_linux *linux_ = &r->spec->linux_;
	struct json_at uid = json_member(linux_at, "uidMappings"), gid = json_member(linux_at, "gidMappings");
	bool user = linux_->namespaces[SPEC_NS_USER].given;

	if (!user && linux_->uid_mappings.count)
		return json_error(&uid, r->err, "needs the namespace \"user\"");
	if (!user && linux_->gid_mappings.count)
		return json_error(&gid, r->err, "needs the namespace \"user\"");
	if (!linux_->uid_mappings.count != !linux_->gid_mappings.count)
		return json_error(linux_at, r->err, "uidMappings and gidMappings are only valid together");
	return 0;
}

static int check_time(struct reader *r, const struct json_at *linux_at)
{
	const struct spec_linux *linux_ = &r->spec->linux_;
	const struct spec_namespace *time = &linux_->namespaces[SPEC_NS_TIME];
	struct json_at offsets = json_member(linux_at, "timeOffsets");

	if ((!linux_->monotonic.given && !linux_->boottime.given) || (time->given && !time->path))
		return 0;
	return json_error(&offsets, r->err, "needs a new namespace \"time\"");
}

static int check_network(struct reader *r, const struct json_at *linux_at)
{
	const struct spec_linux *linux_ = &r->spec->linux_;
	struct json_at devices = json_member(linux_at, "netDevices");

	if (!linux_->net_device_count || linux_->namespaces[SPEC_NS_NETWORK].given)
		return 0;
	return json_error(&devices, r->err, "needs the namespace \"network\"");
}

/* OCI config.md: "If no mappings are specified and the container has no user namespace, MUST error". */
static int check_idmapped_mounts(struct reader *r, const struct json_at *root)
{
	struct json_at mounts = json_member(root, "mounts"), item = { 0 };
	const struct spec *spec = r->spec;

	if (spec->linux_.namespaces[SPEC_NS_USER].given)
		return 0;
	for (size_t i = 0; i < spec->mount_count && json_next(&mounts, &item); i++)
		if (spec->mounts[i].idmap && !spec->mounts[i].uid_mappings.count)
			return json_error(&item, r->err,
					  "idmap needs uidMappings and gidMappings, or the "
					  "namespace \"user\"");
	return 0;
}

int spec_whole_check(struct reader *r, const struct json_at *root)
{
	struct json_at linux_at = json_member(root, "linux");

	return check_root(r, root) || check_names(r, root) || check_maps(r, &linux_at) ||
			       check_time(r, &linux_at) || check_network(r, &linux_at) ||
			       check_idmapped_mounts(r, root)
		       ? -1
		       : 0;
}
