/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.resources: blockIO, hugepageLimits, network, rdma. */
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

static int read_number(struct reader *r, const struct json_at *at, const char *key, int64_t *number)
{
	struct json_at member = spec_read_member(r, at, key);

	return spec_read_required(r, at, key) || json_read_i64(&member, 0, UINT32_MAX, number, r->err);
}

static int read_weight(struct reader *r, const struct json_at *at, const char *key, bool *given,
		       uint16_t *weight)
{
	struct json_at member = json_member(at, key);

	*given = member.node != NULL;
	return spec_read_u16(r, at, key, weight);
}

static int read_weight_device(struct reader *r, const struct json_at *at, struct spec_weight_device *device)
{
	if (json_read_object(at, r->err) || read_number(r, at, "major", &device->major) ||
	    read_number(r, at, "minor", &device->minor) ||
	    read_weight(r, at, "weight", &device->has_weight, &device->weight) ||
	    read_weight(r, at, "leafWeight", &device->has_leaf_weight, &device->leaf_weight) ||
	    spec_read_end(r, at))
		return -1;
	if (!device->has_weight && !device->has_leaf_weight)
		return json_error(at, r->err, "needs a weight or a leafWeight");
	return 0;
}

static int read_weight_devices(struct reader *r, const struct json_at *at, struct spec_block_io *block_io)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "weightDevice", &array))
		return -1;
	block_io->weight_devices =
		arena_array(r->arena, json_count(&array), sizeof(*block_io->weight_devices));
	while (json_next(&array, &item))
		if (read_weight_device(r, &item, &block_io->weight_devices[block_io->weight_device_count++]))
			return -1;
	return 0;
}

static int read_throttles(struct reader *r, const struct json_at *at, const char *key,
			  struct spec_throttles *throttles)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, key, &array))
		return -1;
	throttles->items = arena_array(r->arena, json_count(&array), sizeof(*throttles->items));
	while (json_next(&array, &item)) {
		struct spec_throttle_device *device = &throttles->items[throttles->count++];

		if (json_read_object(&item, r->err) || read_number(r, &item, "major", &device->major) ||
		    read_number(r, &item, "minor", &device->minor) || spec_read_required(r, &item, "rate") ||
		    spec_read_u64(r, &item, "rate", &device->rate) || spec_read_end(r, &item))
			return -1;
	}
	return 0;
}

int spec_block_io_read(struct reader *r, const struct json_at *at, struct spec_block_io *block_io)
{
	return read_weight(r, at, "weight", &block_io->has_weight, &block_io->weight) ||
			       read_weight(r, at, "leafWeight", &block_io->has_leaf_weight,
					   &block_io->leaf_weight) ||
			       read_weight_devices(r, at, block_io) ||
			       read_throttles(r, at, "throttleReadBpsDevice", &block_io->read_bps) ||
			       read_throttles(r, at, "throttleWriteBpsDevice", &block_io->write_bps) ||
			       read_throttles(r, at, "throttleReadIOPSDevice", &block_io->read_iops) ||
			       read_throttles(r, at, "throttleWriteIOPSDevice", &block_io->write_iops) ||
			       spec_read_end(r, at)
		       ? -1
		       : 0;
}

/* "2MB", "64KB", "1GB": how the kernel names the hugetlb files. */
static bool is_page_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && *text != '0' && text[digits] && strchr("KMG", text[digits]) &&
	       !strcmp(text + digits + 1, "B");
}

static int read_hugepages(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "hugepageLimits", &array))
		return -1;
	resources->hugepages = arena_array(r->arena, json_count(&array), sizeof(*resources->hugepages));
	while (json_next(&array, &item)) {
		struct spec_hugepage_limit *limit = &resources->hugepages[resources->hugepage_count++];
		struct json_at size = json_member(&item, "pageSize");

		if (json_read_object(&item, r->err) || spec_read_required(r, &item, "pageSize") ||
		    spec_read_required(r, &item, "limit") ||
		    spec_read_string(r, &item, "pageSize", &limit->page_size) ||
		    spec_read_u64(r, &item, "limit", &limit->limit) || spec_read_end(r, &item))
			return -1;
		if (!is_page_size(limit->page_size))
			return spec_read_expected(r, &size, "a page size (\"64KB\", \"2MB\", \"1GB\")");
	}
	return 0;
}

static int read_priorities(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "priorities", &array))
		return -1;
	resources->network_priorities =
		arena_array(r->arena, json_count(&array), sizeof(*resources->network_priorities));
	while (json_next(&array, &item)) {
		struct spec_network_priority *p =
			&resources->network_priorities[resources->network_priority_count++];
		struct json_at name = json_member(&item, "name");

		if (json_read_object(&item, r->err) || spec_read_required(r, &item, "name") ||
		    spec_read_required(r, &item, "priority") ||
		    spec_read_string(r, &item, "name", &p->name) ||
		    spec_read_u32(r, &item, "priority", &p->priority) || spec_read_end(r, &item))
			return -1;
		if (!spec_interface_is_valid(p->name))
			return spec_read_expected(r, &name, "the name of a network interface");
	}
	return 0;
}

static int read_network(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	struct json_at object, class;

	if (spec_read_object(r, at, "network", &object))
		return -1;
	if (!object.node)
		return 0;
	class = json_member(&object, "classID");
	resources->has_class_id = class.node != NULL;
	return spec_read_u32(r, &object, "classID", &resources->class_id) ||
			       read_priorities(r, &object, resources) || spec_read_end(r, &object)
		       ? -1
		       : 0;
}

static int read_rdma_device(struct reader *r, const struct json_at *at, struct spec_rdma *rdma)
{
	struct json_at handles = json_member(at, "hcaHandles"), objects = json_member(at, "hcaObjects");

	if (!*at->key || strpbrk(at->key, " \t\n/"))
		return json_error(at, r->err, "not the name of an RDMA device");
	rdma->device = arena_strdup(r->arena, at->key);
	rdma->has_hca_handles = handles.node != NULL;
	rdma->has_hca_objects = objects.node != NULL;
	if (json_read_object(at, r->err) || spec_read_u32(r, at, "hcaHandles", &rdma->hca_handles) ||
	    spec_read_u32(r, at, "hcaObjects", &rdma->hca_objects) || spec_read_end(r, at))
		return -1;
	if (!rdma->has_hca_handles && !rdma->has_hca_objects)
		return json_error(at, r->err, "needs hcaHandles or hcaObjects");
	return 0;
}

static int read_rdma(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	struct json_at object, item = { 0 };

	if (spec_read_object(r, at, "rdma", &object))
		return -1;
	resources->rdma = arena_array(r->arena, json_count(&object), sizeof(*resources->rdma));
	while (json_next(&object, &item))
		if (read_rdma_device(r, &item, &resources->rdma[resources->rdma_count++]))
			return -1;
	return 0;
}

int spec_resources_more_read(struct reader *r, const struct json_at *at, struct spec_resources *resources)
{
	return read_hugepages(r, at, resources) || read_network(r, at, resources) ||
			       read_rdma(r, at, resources)
		       ? -1
		       : 0;
}
