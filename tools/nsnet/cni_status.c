/* SPDX-License-Identifier: GPL-2.0-or-later */
/* STATUS: could an interface be made now? */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "base/err.h"
#include "base/ip.h"
#include "base/json.h"
#include "kern/link_info.h"
#include "kern/nl.h"
#include "nsnet/cni.h"
#include "run/net.h"
#include "run/net_rules.h"
#include "spec/net.h"

static int find(struct kern_nl *nl, const char *name, const char *kind, struct err *err)
{
	struct kern_link_info info;
	int found = kern_link_find(nl, name, &info, err);

	if (found == 0) {
		errno = ENODEV;
		return err_system(err, "find interface", "%s", name);
	}
	if (found > 0 && *kind && strcmp(info.kind, kind) != 0) {
		err_set(err, ERR_STATE, "find bridge", "is not a bridge");
		return err_object(err, "%s", name);
	}
	return found < 0 ? -1 : 0;
}

/* nftables can be asked, if it will be needed. */
static int check_rules(const struct cni *cni, const struct spec_net *net, struct err *err)
{
	struct run_net_target target = { .owner = "cni+status", .netns = -1 };
	struct json_at capabilities = json_member(&cni->root, "capabilities"),
		       ports = json_member(&capabilities, "portMappings");
	struct json *json;

	if (!net->firewall && !net->interfaces[0].masquerade && !ports.node)
		return 0;
	json = run_net_rules_json(&target, err);
	json_free(json);
	return json ? 0 : -1;
}

int cni_check_possible(const struct cni *cni, const struct spec_net *net, struct err *err)
{
	const struct spec_net_interface *interface = &net->interfaces[0];
	struct kern_nl *nl = kern_nl_open(err);
	int ret = nl ? 0 : -1;

	if (!ret && interface->bridge && !interface->create_bridge)
		ret = find(nl, interface->bridge, "bridge", err);
	if (!ret && interface->parent)
		ret = find(nl, interface->parent, "", err);
	kern_nl_close(nl);
	return ret ? -1 : check_rules(cni, net, err);
}
