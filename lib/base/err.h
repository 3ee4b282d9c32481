/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One error, from the system call that failed to the line the user reads.
 *
 * "The primitive knows what, the plan knows why": a primitive fills kind, op,
 * object and errnum in one line and returns -1; the engine stamps step and
 * where; the first failure wins. The struct has no pointers, so it crosses
 * the socket between child and parent as one datagram.
 */
#ifndef NSTOOLS_BASE_ERR_H
#define NSTOOLS_BASE_ERR_H

#include <stddef.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_SYSTEM,	 /* a system call failed; errnum says how */
	ERR_SPEC,	 /* the container spec or another input document is wrong */
	ERR_USAGE,	 /* the command line is wrong */
	ERR_UNSUPPORTED, /* this kernel, build or program cannot do what was asked */
	ERR_STATE,	 /* the container's state does not allow the operation */
	ERR_NOT_FOUND,	 /* no such container */
	ERR_EXISTS,	 /* such a container exists already */
	ERR_EXEC,	 /* the program could not be executed: errnum ENOENT (127) or other (126) */
	ERR_HOOK,	 /* a hook failed */
	ERR_HELPER,	 /* a helper program (newuidmap, criu) or a service (systemd) failed */
};

struct err {
	enum err_kind kind;
	int errnum;	   /* 0 when no system call was involved */
	char op[48];	   /* the call or check that failed: "mount", "openat2", "parse" */
	char object[512];  /* on what: a path, an interface, a value */
	char step[32];	   /* the step of the plan, stamped by the engine */
	char where[256];   /* JSON pointer into the spec, stamped by the engine or the reader */
	char file[256];	   /* the document that `where` points into */
	char message[768]; /* what was expected and found, where errnum does not say it all */
	char hint[768];	   /* the likely cause or the way out */
};

/*
 * Record a failure and return -1. A second failure is ignored: the first one
 * is the cause. `object` is a printf format; over-long text is cut with "...".
 */
int err_system(struct err *err, const char *op, const char *object, ...)
	__attribute__((format(printf, 3, 4), nonnull(1, 2, 3), cold)); /* takes errno */
/* The same, on `name` in an open directory: the object is the whole path, where /proc can tell it. */
int err_system_at(struct err *err, const char *op, int dir, const char *name) __attribute__((nonnull, cold));
int err_set(struct err *err, enum err_kind kind, const char *op, const char *message, ...)
	__attribute__((format(printf, 4, 5), nonnull(1, 3, 4), cold)); /* no errno */

/* Add to an error that is set; no effect when the part is filled already. All return -1. */
int err_object(struct err *err, const char *object, ...)
	__attribute__((format(printf, 2, 3), nonnull, cold));
int err_hint(struct err *err, const char *hint, ...)
	__attribute__((format(printf, 2, 3), nonnull, cold));
int err_where(struct err *err, const char *file, const char *pointer)
	__attribute__((nonnull(1), cold));
int err_step(struct err *err, const char *step, const char *pointer)
	__attribute__((nonnull(1), cold));

/* Static analysis sees one file at a time: it is told here that they fail. */
static inline int err_failed(int ret)
{
	(void)ret;
	return -1;
}
#define err_system(...) err_failed(err_system(__VA_ARGS__))
#define err_system_at(...) err_failed(err_system_at(__VA_ARGS__))
#define err_set(...) err_failed(err_set(__VA_ARGS__))
#define err_object(...) err_failed(err_object(__VA_ARGS__))
#define err_hint(...) err_failed(err_hint(__VA_ARGS__))
#define err_where(...) err_failed(err_where(__VA_ARGS__))
#define err_step(...) err_failed(err_step(__VA_ARGS__))

static inline int err_is_set(const struct err *err)
{
	return err->kind != ERR_NONE;
}

/*
 * The one renderer. Writes "op object: message: strerror (file: pointer)" into
 * buf, without program name or newline; the hint is separate. Returns buf.
 */
const char *err_text(const struct err *err, char *buf, size_t size) __attribute__((nonnull));

#endif
