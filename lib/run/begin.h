/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What create, run, start and exec have in common: the host's facts, a plan, the engine that walks it. */
#ifndef NSTOOLS_RUN_BEGIN_H
#define NSTOOLS_RUN_BEGIN_H

#include <stdbool.h>

struct begin;
struct container;
struct err;
struct plan_request;
struct run_context;
struct run_listen;
struct run_request;
struct spec;

/* The facts of the host that bear on this spec; NULL: all. */
int begin_init(struct begin *begin, const struct run_context *context, const struct spec *spec, struct err *err);
/* Build the plan of a start; the spec and the request must outlive begin. */
int begin_plan(struct begin *begin, const struct spec *spec, const struct plan_request *request, struct err *err);
/* After begin->plan was filled otherwise. */
int begin_allocate(struct begin *begin, struct err *err);
/* What the state says of it, its config.json, the connection for its terminal, the state's root. */
int begin_state(struct begin *begin, const struct run_context *context, const struct run_request *request,
		struct err *err);
/* In the foreground, of what runs now: until its end, and its deletion. foreground.c. */
int begin_foreground(struct begin *begin, const struct run_request *request, int *status, struct err *err);
/* Without a pid namespace of its own what the container leaves behind would go to the host's init. */
int begin_adopt_orphans(const struct run_request *request, struct err *err);
/* Create a container up to where its request stops; a failure is undone. The state's lock is released. */
int begin_create(struct begin *begin, const struct run_context *context, const struct run_request *request,
		 struct err *err);
/* --console-socket and process.terminal must go together. */
int begin_check_console(const struct run_request *request, bool detach, struct err *err);
/* Tell the program of the sockets passed on: LISTEN_FDS and its like into the plan's environment. listen.c. */
void begin_listen(struct begin *begin, const struct run_listen *listen);
int begin_send_pidfd(struct begin *begin, const char *path, struct err *err);
void begin_report_timing(const struct begin *begin);
void begin_end(struct begin *begin); /* closes everything; the container itself is not touched */

/* Kill what is left, run the poststop hooks, remove what create made. run/delete.c. */
int container_destroy(const struct container *container, struct err *err);
/* The poststop hooks alone: failures are warnings. */
void container_poststop(const struct spec *spec, const struct container *container);

#endif
