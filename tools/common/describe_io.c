/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --io-weight, --device-*-bps, --device-*-iops, --hugetlb, --unified. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "common/option.h"
#include "common/describe_parts.h"
#include "spec/types.h"

static int set_weight(struct spec_block_io *block_io, const char *text, struct err *err)
{
	uint32_t weight;

	if (number_u32(text, &weight) || weight < 10 || weight > 1000)
		return describe_expected(err, "--io-weight", text, "a number from 10 to 1000");
	block_io->has_weight = true;
	block_io->weight = (uint16_t)weight;
	return 0;
}

/* "/dev/sda:10M" */
static int read_throttle(const char *option, const char *text, struct spec_throttle_device *device,
			 struct err *err)
{
	auto_free char *path = memory_strdup(text);
	char *rate = strrchr(path, ':');
	struct stat st;

	if (!rate || path[0] != '/' || number_bytes(rate + 1, &device->rate))
		return describe_expected(err, option, text, "DEVICE:RATE (/dev/sda:%s)",
					 strstr(option, "iops") ? "1000" : "10M");
	*rate = '\0';
	if (stat(path, &st))
		return err_system(err, option, "%s", path);
	if (!S_ISBLK(st.st_mode))
		return describe_expected(err, option, path, "a block device");
	device->major = major(st.st_rdev);
	device->minor = minor(st.st_rdev);
	return 0;
}

static int add_throttles(struct arena *arena, struct spec_throttles *throttles, const char *option,
			 const struct option_texts *texts, struct err *err)
{
	for (size_t i = 0; i < texts->count; i++) {
		struct spec_throttle_device device;
		size_t at = 0;

		if (read_throttle(option, texts->items[i], &device, err))
			return -1;
		while (at < throttles->count && (throttles->items[at].major != device.major ||
						 throttles->items[at].minor != device.minor))
			at++;
		if (at == throttles->count) {
			throttles->items = describe_grow(arena, throttles->items, at, sizeof(device));
			throttles->count++;
		}
		throttles->items[at] = device;
	}
	return 0;
}

/* "2MB": how the kernel names the hugetlb files. */
static bool is_page_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && *text != '0' && text[digits] && strchr("KMG", text[digits]) &&
	       !strcmp(text + digits + 1, "B");
}

static int add_hugetlb(struct spec *spec, const char *text, struct err *err)
{
	struct spec_resources *resources = &spec->linux_.resources;
	struct spec_hugepage_limit limit = { 0 };
	const char *value;
	char *size;
	size_t i = 0;

	if (describe_pair(spec->arena, text, &size, &value) || !is_page_size(size) ||
	    number_bytes(value, &limit.limit))
		return describe_expected(err, "--hugetlb", text, "SIZE=BYTES, SIZE such as 64KB, 2MB, 1GB");
	limit.page_size = size;
	while (i < resources->hugepage_count && strcmp(resources->hugepages[i].page_size, size) != 0)
		i++;
	if (i == resources->hugepage_count) {
		resources->hugepages = describe_grow(spec->arena, resources->hugepages, i, sizeof(limit));
		resources->hugepage_count++;
	}
	resources->hugepages[i] = limit;
	return 0;
}

static int add_unified(struct spec *spec, const char *text, struct err *err)
{
	const char *value;
	char *key;

	if (describe_pair(spec->arena, text, &key, &value) || strchr(key, '/') || !strchr(key, '.'))
		return describe_expected(err, "--unified", text, "FILE=VALUE (memory.high=64M)");
	describe_put_pair(spec->arena, &spec->linux_.resources.unified, key, value);
	return 0;
}

int describe_apply_io(const struct describe *d, struct spec *spec, struct err *err)
{
	struct spec_block_io *block_io = &spec->linux_.resources.block_io;
	struct arena *arena = spec->arena;

	if ((d->io_weight && set_weight(block_io, d->io_weight, err)) ||
	    add_throttles(arena, &block_io->read_bps, "--device-read-bps", &d->read_bps, err) ||
	    add_throttles(arena, &block_io->write_bps, "--device-write-bps", &d->write_bps, err) ||
	    add_throttles(arena, &block_io->read_iops, "--device-read-iops", &d->read_iops, err) ||
	    add_throttles(arena, &block_io->write_iops, "--device-write-iops", &d->write_iops, err))
		return -1;
	for (size_t i = 0; i < d->hugetlb.count; i++)
		if (add_hugetlb(spec, d->hugetlb.items[i], err))
			return -1;
	for (size_t i = 0; i < d->unified.count; i++)
		if (add_unified(spec, d->unified.items[i], err))
			return -1;
	return 0;
}
