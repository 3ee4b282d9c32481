/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CRIU's service protocol (criu.org/RPC, images/rpc.proto): what is asked of
 * `criu swrk` and what it answers, protocol buffers in packets of a
 * SOCK_SEQPACKET socket. No library: Debian 12 has none for C.
 */
#ifndef NSTOOLS_KERN_CRIU_H
#define NSTOOLS_KERN_CRIU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct strbuf;

/* enum criu_req_type, the numbers of the protocol. */
enum kern_criu_type { KERN_CRIU_DUMP = 1, KERN_CRIU_RESTORE = 2, KERN_CRIU_PRE_DUMP = 4, KERN_CRIU_NOTIFY = 6 };

/* enum criu_cg_mode; 0 is "ignore". */
enum kern_criu_cgroups { KERN_CRIU_CG_IGNORE = 0, KERN_CRIU_CG_SOFT = 3, KERN_CRIU_CG_FULL, KERN_CRIU_CG_STRICT };

/* A descriptor of ours in the place of something that lies outside of what was dumped: "pipe:[5]", "file[1:2]". */
struct kern_criu_fd {
	const char *key;
	int fd;
};

/* An external resource, criu(8) --external: "mnt[/x]:name"; or a pair: a controller and its group. */
struct kern_criu_pair {
	const char *key, *value;
};

/* criu(8) says what each is; NULL, 0 and false: not sent. Descriptors are the numbers of our process. */
struct kern_criu_request {
	enum kern_criu_type type;
	int images, work; /* directories */
	pid_t pid;
	const char *log_file, *root, *parent_images, *freeze_cgroup, *lsm_profile, *lsm_mount_context;
	unsigned empty_ns; /* CLONE_NEW* */
	enum kern_criu_cgroups cgroups;
	bool leave_running, tcp_established, ext_unix_sk, shell_job, file_locks, auto_dedup, track_mem;
	const struct kern_criu_pair *cgroup_roots; /* controller, or NULL for all, and the group in it */
	size_t cgroup_root_count;
	const char *const *external;
	size_t external_count;
	const struct kern_criu_fd *inherit;
	size_t inherit_count;
};

struct kern_criu_response {
	enum kern_criu_type type;
	bool success;
	pid_t pid;	    /* restored, or that a notification is about; 0: none */
	int errnum;	    /* the first failure's, or 0 */
	char script[64];    /* NOTIFY: "setup-namespaces", ... */
	char message[512];  /* its own words, or "" */
};

/* The program criu: in PATH, or where distributions put it. NULL with err (ERR_UNSUPPORTED). The caller frees it. */
char *kern_criu_find(struct err *err);

void kern_criu_encode(const struct kern_criu_request *request, struct strbuf *out);
/* The answer to a notification. */
void kern_criu_encode_reply(bool success, struct strbuf *out);
/* 0, or -1 with err: these are no words of CRIU's. */
int kern_criu_decode(const void *packet, size_t len, struct kern_criu_response *response, struct err *err);

/*
 * The lines of its log (dump.log, restore.log in the directory) that tell the
 * cause, the first error above all, into buf; "" when there is none.
 */
void kern_criu_log_excerpt(int work, const char *log_file, char *buf, size_t size);

#endif
