/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes to struct spec and back. Pure: no system call, no /proc, no uid.
 * Whatever is wrong is one error that names the file, the JSON pointer, what
 * was expected and what was found. spec/types.h is what comes out.
 */
#ifndef NSTOOLS_SPEC_SPEC_H
#define NSTOOLS_SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct json;
struct spec;
struct spec_idmaps;
struct spec_mount;
struct spec_net;
struct spec_process;
struct spec_resources;

/* The newest version of the OCI runtime spec that is read, and the oldest. */
#define SPEC_OCI_VERSION "1.3.0"
#define SPEC_OCI_VERSION_MIN "1.0.0"

/*
 * Read a config.json (OCI runtime spec 1.x for Linux, with our own key "nsinit"). `file` is its name for
 * messages, `bundle` the absolute folder that relative paths start from; both are copied. NULL with err.
 * The caller frees with spec_free(). spec->warnings and spec->unknown say what was passed over.
 */
struct spec *spec_read(const char *text, size_t len, const char *file, const char *bundle, struct err *err);

/* The same for parts of one: an OCI process object (exec --process), an OCI resources object (update
 * --resources). Only ->process or ->linux_.resources of the result is filled. */
struct spec *spec_read_process(const char *text, size_t len, const char *file, struct err *err);
struct spec *spec_read_resources(const char *text, size_t len, const char *file, struct err *err);

/*
 * A network configuration (`nsnet apply`): an object of networks, routes and firewall. Only ->own.net of the
 * result is filled, and always. A member that is not known is an error here.
 */
struct spec *spec_read_net(const char *text, size_t len, const char *file, struct err *err);
/* The same of one that was written by spec_write_net(): its interfaces need not go together. */
struct spec *spec_read_net_record(const char *text, size_t len, const char *file, struct err *err);

/* Does it need packet filters or queues, published ports among them, and not only interfaces and routes? */
bool spec_net_has_rules(const struct spec_net *net);

/* A file with a seccomp profile, as linux.seccomp has it, in place of the spec's. A member that is not known is an
 * error here: a profile in another format would filter other than it says. */
int spec_read_seccomp(struct spec *spec, const char *text, size_t len, const char *file, struct err *err);

void spec_free(struct spec *spec); /* accepts NULL */

/* Take mount->options apart into the fields behind it: for a mount made by hand (--bind, another format). */
void spec_mount_split(struct arena *arena, struct spec_mount *mount);

/*
 * Print the struct back as config.json: reading that gives the same struct. What only the file had (unknown
 * members) is gone. The caller frees with json_free().
 */
struct json *spec_write(const struct spec *spec);
struct json *spec_write_process(const struct spec_process *process);
struct json *spec_write_net(const struct spec_net *net);
struct json *spec_write_resources(const struct spec_resources *resources);

/* `nsinit run` without a spec: this host's files under an overlay, sh, every namespace but user and time. */
struct spec *spec_default(const char *bundle);

/* `nsinit spec`: the root is the folder "rootfs", the process sh on a terminal. */
struct spec *spec_example(const char *bundle);

/*
 * Turn a spec into one that a user without privileges can run: a new user namespace with these maps (copied),
 * /sys as a bind mount of the host's where the network is the host's, and without what needs root: cgroup
 * limits, gids that are not mapped. spec_fit_root() comes last, after other changes.
 */
void spec_make_rootless(struct spec *spec, const struct spec_idmaps *uid, const struct spec_idmaps *gid);

/* Does this id of the container stand for one outside? user_namespaces(7). */
bool spec_idmaps_has(const struct spec_idmaps *maps, uint32_t id);

/* Change the mounts that the spec's new user namespace does not allow, as spec_make_rootless() does. */
void spec_fit_mounts(struct spec *spec);
/*
 * An overlay over the host's "/" in a new user namespace, which the kernel does not take, becomes the host's
 * files read-only with empty /tmp, /run and /var/tmp.
 */
void spec_fit_root(struct spec *spec);

#endif
