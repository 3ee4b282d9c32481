/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.resources.blockIO. v1: cgroup-v1/blkio-controller.rst; v2: cgroup-v2.rst, "IO". */
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/step.h"
#include "plan/builder.h"
#include "plan/build.h"
#include "plan/convert.h"

/* One number for the group, or for a device when major >= 0. */
static void set_weight(struct builder *b, const struct step *cgroup, const struct spec_weight_device *device,
		       unsigned weight)
{
	bool v2 = cgroup->cgroup.v2;
	const char *prefix =
		device ? plan_text(b, "%lld:%lld ", (long long)device->major, (long long)device->minor) : "";
	const char *plain = plan_text(b, "%s%u", prefix, weight);
	struct step *step;

	/* The bfq scheduler's files where it runs; else iocost's (v2) or what cfq left (v1). */
	if (v2) {
		step = plan_cgroup_set(b, cgroup, "io.bfq.weight", plain);
		step->cgroup_set.other_file = "io.weight";
		step->cgroup_set.other_value = plan_text(b, "%s%u", prefix, plan_io_weight(weight));
	} else {
		step = plan_cgroup_set(b, cgroup, device ? "blkio.weight_device" : "blkio.weight", plain);
		step->cgroup_set.other_file = device ? "blkio.bfq.weight_device" : "blkio.bfq.weight";
		step->cgroup_set.other_value = plain;
	}
}

static int set_leaf_weight(struct builder *b, const struct step *cgroup,
			   const struct spec_weight_device *device, unsigned weight)
{
	if (cgroup->cgroup.v2)
		return plan_unsupported(b, b->where, "cgroup v2 has no leaf weights");
	if (device)
		plan_cgroup_set(b, cgroup, "blkio.leaf_weight_device",
				plan_text(b, "%lld:%lld %u", (long long)device->major,
					  (long long)device->minor, weight));
	else
		plan_cgroup_set(b, cgroup, "blkio.leaf_weight", plan_text(b, "%u", weight));
	return 0;
}

static int add_weights(struct builder *b, const struct step *cgroup)
{
	const struct spec_block_io *io = &b->resources->block_io;

	if (io->has_weight && io->weight) {
		plan_cgroup_where(b, "blockIO/weight");
		set_weight(b, cgroup, NULL, io->weight);
	}
	if (io->has_leaf_weight && io->leaf_weight) {
		plan_cgroup_where(b, "blockIO/leafWeight");
		if (set_leaf_weight(b, cgroup, NULL, io->leaf_weight))
			return -1;
	}
	for (size_t i = 0; i < io->weight_device_count; i++) {
		const struct spec_weight_device *device = &io->weight_devices[i];

		plan_cgroup_where(b, plan_text(b, "blockIO/weightDevice/%zu", i));
		if (device->has_weight)
			set_weight(b, cgroup, device, device->weight);
		if (device->has_leaf_weight && set_leaf_weight(b, cgroup, device, device->leaf_weight))
			return -1;
	}
	return 0;
}

static void add_throttles(struct builder *b, const struct step *cgroup)
{
	const struct spec_block_io *io = &b->resources->block_io;
	const struct {
		const struct spec_throttles *list;
		const char *name;
	} kinds[PLAN_IO_LIMITS] = {
		[PLAN_IO_READ_BPS] = { &io->read_bps, "throttleReadBpsDevice" },
		[PLAN_IO_WRITE_BPS] = { &io->write_bps, "throttleWriteBpsDevice" },
		[PLAN_IO_READ_IOPS] = { &io->read_iops, "throttleReadIOPSDevice" },
		[PLAN_IO_WRITE_IOPS] = { &io->write_iops, "throttleWriteIOPSDevice" },
	};

	for (size_t k = 0; k < PLAN_IO_LIMITS; k++)
		for (size_t i = 0; i < kinds[k].list->count; i++) {
			const struct spec_throttle_device *d = &kinds[k].list->items[i];
			long long major = (long long)d->major, minor = (long long)d->minor;
			unsigned long long rate = d->rate;

			plan_cgroup_where(b, plan_text(b, "blockIO/%s/%zu", kinds[k].name, i));
			if (!cgroup->cgroup.v2)
				plan_cgroup_set(b, cgroup, plan_io_limits[k].v1,
						plan_text(b, "%lld:%lld %llu", major, minor, rate));
			else if (rate)
				plan_cgroup_set(b, cgroup, "io.max",
						plan_text(b, "%lld:%lld %s=%llu", major, minor,
							  plan_io_limits[k].v2, rate));
			else /* v1's zero lifts the limit */
				plan_cgroup_set(
					b, cgroup, "io.max",
					plan_text(b, "%lld:%lld %s=max", major, minor, plan_io_limits[k].v2));
		}
}

int plan_cgroup_block_io(struct builder *b)
{
	const struct spec_block_io *io = &b->resources->block_io;
	const struct step *cgroup = plan_cgroup_find(b, "io");

	if (!io->has_weight && !io->has_leaf_weight && !io->weight_device_count && !io->read_bps.count &&
	    !io->write_bps.count && !io->read_iops.count && !io->write_iops.count)
		return 0;
	if (!cgroup && plan_cgroup_need(b, "blkio", plan_cgroup_where(b, "blockIO"), &cgroup))
		return -1;
	if (add_weights(b, cgroup))
		return -1;
	add_throttles(b, cgroup);
	return 0;
}
