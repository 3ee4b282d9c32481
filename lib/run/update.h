/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef NSTOOLS_RUN_UPDATE_H
#define NSTOOLS_RUN_UPDATE_H

struct err;
struct run_context;
struct spec_resources;

struct run_update_request {
	const struct spec_resources *resources;
	const char *l3_cache_schema, *memory_bandwidth_schema; /* of its resctrl group; NULL: as they are */
};

/*
 * New limits for a container that has not ended: only what the request gives
 * changes, and nothing where a part of it is refused. A memory limit of 0,
 * like CPU shares, quotas and periods of 0, stands for "as it is". The spec
 * that the state keeps stays as it was at create.
 */
int run_update(const struct run_context *context, const char *id, const struct run_update_request *request,
	       struct err *err);

#endif
