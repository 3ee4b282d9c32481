/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ADD, CHECK, DEL, GC, STATUS, VERSION. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "common/rows.h"
#include "kern/netns.h"
#include "kern/ns.h"
#include "nsnet/cni.h"
#include "run/net.h"
#include "run/net_rules.h"
#include "spec/net.h"
#include "spec/spec.h"
#include "spec/types.h"
#include "state/net.h"

/* ---- the namespace --------------------------------------------------------------------- */

static bool is_overridden(void)
{
	const char *text = getenv("CNI_NETNS_OVERRIDE");

	return text && (!strcmp(text, "1") || !strcasecmp(text, "true"));
}

static int open_namespace(struct cni *cni, struct err *err)
{
	auto_close int own = kern_netns_own(err);

	if (own < 0)
		return -1;
	cni->netns = kern_ns_open(cni->namespace, CLONE_NEWNET, err);
	if (cni->netns < 0) {
		cni->code = CNI_NAMESPACE;
		return -1;
	}
	if (!is_overridden() && kern_netns_same(own, cni->netns))
		return cni_fail(cni, CNI_NAMESPACE, err,
				"plugin's netns and netns from CNI_NETNS should not be the same");
	return 0;
}

static struct run_net_target target_of(const struct cni *cni)
{
	return (struct run_net_target){ .owner = cni->owner, .netns = cni->netns, .container = true };
}

/* ---- ADD ------------------------------------------------------------------------------- */

static int print_made(struct cni *cni, const struct json *ipam, struct err *err)
{
	struct run_net_target target = target_of(cni);
	struct spec *spec;
	int ret;

	if (run_net_recorded(&target, &spec, err) || !spec)
		return -1;
	ret = cni_print_result(cni, spec->own.net, ipam, err);
	spec_free(spec);
	return ret;
}

static int make(struct cni *cni, const struct json *ipam, struct err *err)
{
	struct run_net_target target = target_of(cni);
	struct spec *spec = cni_network(cni, ipam, err);
	struct err failure = { 0 };
	int ret;

	if (!spec)
		return -1;
	ret = run_net_add(&target, spec->own.net, err);
	spec_free(spec);
	if (ret)
		return -1;
	if (print_made(cni, ipam, err) == 0)
		return 0;
	if (run_net_take_away(&target, &failure))
		log_error(&failure);
	return -1;
}

/* An address that nobody will use goes back. */
static void give_back(struct cni *cni)
{
	struct err failure = { 0 };
	int code = cni->code;

	if (cni_ipam(cni, "DEL", NULL, &failure))
		log_error(&failure);
	cni->code = code;
}

static int add_chained(struct cni *cni, struct err *err)
{
	struct run_net_target target = target_of(cni);
	struct json_at previous = json_member(&cni->root, "prevResult");
	struct spec *spec = cni_network_chained(cni, err);
	int ret = spec ? run_net_rules_apply(&target, spec->own.net, false, NULL, err) : -1;

	spec_free(spec);
	if (ret)
		return -1;
	rows_print_json(previous.node, false);
	return 0;
}

static int add(struct cni *cni, struct err *err)
{
	struct json *ipam = NULL;
	int ret;

	if (open_namespace(cni, err))
		return -1;
	if (cni_is_chained(cni))
		return add_chained(cni, err);
	if (state_net_exists(STATE_NET_OWNERS, cni->owner))
		return cni_fail(cni, CNI_INTERNAL, err, "container %s has %s of network %s already",
				cni->container, cni->interface, cni->network);
	if (cni_has_ipam(cni) && cni_ipam(cni, "ADD", &ipam, err))
		return -1;
	ret = make(cni, ipam, err);
	if (ret && ipam)
		give_back(cni);
	json_free(ipam);
	return ret;
}

/* ---- DEL, GC: what is gone already is no error ------------------------------------------- */

static int take_away(const char *owner, int netns, struct err *err)
{
	struct run_net_target target = { .owner = owner, .netns = netns, .container = true };

	/* Behind other plugins there are rules alone, and no record of them. */
	return run_net_take_away(&target, err) || run_net_rules_remove(&target, err) ? -1 : 0;
}

static int delete (struct cni *cni, struct err *err)
{
	struct err gone = { 0 };

	if (cni_has_ipam(cni) && cni_ipam(cni, "DEL", NULL, err))
		return -1;
	if (cni->namespace)
		cni->netns = kern_ns_open(cni->namespace, CLONE_NEWNET, &gone);
	if (cni->netns >= 0) {
		auto_close int own = kern_netns_own(err);

		if (own < 0)
			return -1;
		if (!is_overridden() && kern_netns_same(own, cni->netns))
			return cni_fail(cni, CNI_NAMESPACE, err,
					"plugin's netns and netns from CNI_NETNS should not be the same");
	}
	return take_away(cni->owner, cni->netns, err);
}

struct keep {
	const struct cni *cni;
	char prefix[CNI_OWNER_MAX];
	struct json *valid; /* the owners that stay: an object's members */
};

static int read_attachment(struct cni *cni, const struct json_at *at, struct keep *keep, struct err *err)
{
	struct json_at container = json_member(at, "containerID"), interface = json_member(at, "ifname");
	const char *container_text, *interface_text;
	char owner[CNI_OWNER_MAX];

	if (json_read_string(&container, &container_text, err) ||
	    json_read_string(&interface, &interface_text, err))
		return -1;
	cni_owner(cni->network, container_text, interface_text, owner);
	json_set_bool(keep->valid, owner, true);
	return 0;
}

static int read_attachments(struct cni *cni, struct keep *keep, struct err *err)
{
	static const char *const keys[] = { "cni.dev/valid-attachments", "cni.dev/attachments" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct json_at list = json_member(&cni->root, keys[i]), item = { 0 };

		if (list.node && json_read_array(&list, err))
			return -1;
		while (json_next(&list, &item))
			if (read_attachment(cni, &item, keep, err))
				return -1;
	}
	return 0;
}

/* Each is tried; the first failure is told. */
static int collect_one(const char *owner, void *data, struct err *err)
{
	struct keep *keep = data;
	struct json_at valid = json_root(keep->valid, ""), found;
	struct err failure = { 0 };

	if (strncmp(owner, keep->prefix, strlen(keep->prefix)) != 0)
		return 0;
	found = json_member(&valid, owner);
	if (found.node || take_away(owner, -1, &failure) == 0)
		return 0;
	if (err_is_set(err))
		log_error(&failure);
	else
		*err = failure;
	return 0;
}

static int collect(struct cni *cni, struct err *err)
{
	struct keep keep = { .cni = cni, .valid = json_object() };
	int ret = read_attachments(cni, &keep, err);

	cni_owner_prefix(cni->network, keep.prefix);
	if (!ret)
		ret = state_net_each(STATE_NET_OWNERS, collect_one, &keep, err) ||
				      run_net_rules_owners(collect_one, &keep, err) ||
				      (cni_has_ipam(cni) && cni_ipam(cni, "GC", NULL, err)) || err_is_set(err)
			      ? -1
			      : 0;
	json_free(keep.valid);
	return ret;
}

/* ---- CHECK, STATUS, VERSION --------------------------------------------------------------- */

static int differs(struct cni *cni, const char *what, struct err *err)
{
	return cni_fail(cni, CNI_INTERNAL, err, "%s of container %s is not as it was made: %s",
			cni->interface, cni->container, what);
}

static int check_made(struct cni *cni, struct err *err)
{
	struct run_net_target target = target_of(cni);
	auto_strbuf struct strbuf text = { 0 };
	struct run_net_changes changes = { .text = &text, .dry_run = true };
	struct spec *spec;
	int ret;

	if (run_net_recorded(&target, &spec, err))
		return -1;
	if (!spec)
		return differs(cni, "nsnet does not know it", err);
	ret = run_net_apply(&target, spec->own.net, &changes, err);
	spec_free(spec);
	return ret || !changes.count ? ret : differs(cni, text.text, err);
}

static int check_chained(struct cni *cni, struct err *err)
{
	struct run_net_target target = target_of(cni);
	struct spec *spec = cni_network_chained(cni, err);
	bool changed = false;
	int ret = spec ? run_net_rules_apply(&target, spec->own.net, true, &changed, err) : -1;

	spec_free(spec);
	return ret || !changed ? ret : differs(cni, "rules are missing", err);
}

static int check(struct cni *cni, struct err *err)
{
	struct json_at previous = json_member(&cni->root, "prevResult");

	if (!previous.node)
		return cni_fail(cni, CNI_CONFIG, err, "CHECK needs prevResult");
	if (json_read_object(&previous, err) || open_namespace(cni, err))
		return -1;
	if (cni_has_ipam(cni) && cni_ipam(cni, "CHECK", NULL, err))
		return -1;
	if (cni_check_result(cni, err))
		return -1;
	return cni_is_chained(cni) ? check_chained(cni, err) : check_made(cni, err);
}

/* Could an interface be made? What the configuration names must be there. */
static int status(struct cni *cni, struct err *err)
{
	struct spec *spec;
	struct err failure = { 0 };
	char text[512];

	if (cni_has_ipam(cni) && cni_ipam(cni, "STATUS", NULL, err))
		return -1;
	cni->interface = "eth0";
	spec = cni_network(cni, NULL, err);
	if (!spec)
		return -1;
	if (cni_check_possible(cni, spec->own.net, &failure))
		cni_fail(cni, CNI_UNAVAILABLE, err, "%s", err_text(&failure, text, sizeof(text)));
	spec_free(spec);
	return err_is_set(err) ? -1 : 0;
}

static int version(struct cni *cni, struct err *err)
{
	static const char *const supported[] = {
		"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"
	};
	struct json *object = json_object(), *array;

	(void)err;
	json_set_string(object, "cniVersion", cni->version);
	array = json_set_array(object, "supportedVersions");
	for (size_t i = 0; i < ARRAY_SIZE(supported); i++)
		json_add_string(array, supported[i]);
	rows_print_json(object, false);
	json_free(object);
	return 0;
}

int cni_run(struct cni *cni, struct err *err)
{
	static const struct {
		const char *name;
		int (*run)(struct cni *cni, struct err *err);
	} commands[] = { { "ADD", add },    { "CHECK", check },   { "DEL", delete },
			 { "GC", collect }, { "STATUS", status }, { "VERSION", version } };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, cni->command))
			return commands[i].run(cni, err);
	return cni_fail(cni, CNI_ENVIRONMENT, err, "unknown CNI_COMMAND: %s", cni->command);
}
