/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nsnet as a CNI 1.1 plugin: CNI_COMMAND is set, the configuration comes on
 * standard input, the result or the error goes as JSON to standard output.
 * The CNI project's SPEC.md.
 */
#ifndef NSTOOLS_NSNET_CNI_H
#define NSTOOLS_NSNET_CNI_H

#include <stdbool.h>

#include "base/json.h"

struct err;
struct spec;
struct spec_net;

/* What its errors are called there. */
enum {
	CNI_INCOMPATIBLE = 1,
	CNI_UNSUPPORTED = 2,
	CNI_UNKNOWN_CONTAINER = 3,
	CNI_ENVIRONMENT = 4,
	CNI_IO = 5,
	CNI_DECODE = 6,
	CNI_CONFIG = 7,
	CNI_NAMESPACE = 8,
	CNI_AGAIN = 11,
	CNI_UNAVAILABLE = 50,
	CNI_INTERNAL = 999,
};

/* "cni+NETWORK+CONTAINER+INTERFACE": none of the three has a "+" in it. */
#define CNI_OWNER_MAX 96

struct cni {
	const char *command, *container, *namespace, *interface, *path, *args;
	struct json *config; /* owned */
	struct json_at root; /* of it */
	const char *version, *network;
	char owner[CNI_OWNER_MAX];
	int netns; /* -1: gone, or not asked for */
	int code;  /* of the error, once there is one */
};

/* Run the command of the environment; the exit status. */
int cni_main(void);

/* Set err with this code; -1. */
int cni_fail(struct cni *cni, int code, struct err *err, const char *message, ...)
	__attribute__((format(printf, 4, 5), cold));

/* ---- cni_environment.c, cni_config.c: what is asked for, checked ---- */
int cni_read_environment(struct cni *cni, struct err *err);
int cni_read_config(struct cni *cni, struct err *err);
bool cni_version_is_known(const char *version);
bool cni_version_is_least(const char *version, const char *least); /* both known */
bool cni_name_is_valid(const char *name);
void cni_owner(const char *network, const char *container, const char *interface, char owner[CNI_OWNER_MAX]);
/* Of all owners of that network the first part: what comes behind it is a container's. */
void cni_owner_prefix(const char *network, char prefix[CNI_OWNER_MAX]);

/* ---- cni_network.c: the configuration as ours ---- */

/* ipam: the result of another plugin, or NULL. spec_free(). */
struct spec *cni_network(struct cni *cni, const struct json *ipam, struct err *err);
/* Behind other plugins: ports, limits and firewall for the interface that prevResult has. */
bool cni_is_chained(const struct cni *cni);
struct spec *cni_network_chained(struct cni *cni, struct err *err);

/* ---- cni_ipam.c: another plugin that gives addresses ---- */

/* Is one asked for? */
bool cni_has_ipam(const struct cni *cni);
/* Call it with the command of the environment, or that one. *result (may be NULL): what it printed;
 * json_free(). */
int cni_ipam(struct cni *cni, const char *command, struct json **result, struct err *err);

/* ---- cni_result.c ---- */
int cni_print_result(struct cni *cni, const struct spec_net *net, const struct json *ipam, struct err *err);
/* CHECK: the interface, the addresses and the routes of prevResult are there. */
int cni_check_result(struct cni *cni, struct err *err);

/* STATUS: what the configuration names is there. cni_status.c */
int cni_check_possible(const struct cni *cni, const struct spec_net *net, struct err *err);

/* ---- cni_commands.c ---- */
int cni_run(struct cni *cni, struct err *err);

#endif
