/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux.devices and linux.netDevices. */
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/check.h"
#include "spec/parts.h"
#include "spec/read.h"
#include "spec/types.h"

/* The kernel keeps 12 bits of major and 20 of minor (linux/kdev_t.h). */
#define MAJOR_MAX 0xfff
#define MINOR_MAX 0xfffff

static int read_type(struct reader *r, const struct json_at *at, struct spec_device *device)
{
	struct json_at member = json_member(at, "type");
	const char *type;

	if (spec_read_required(r, at, "type") || spec_read_string(r, at, "type", &type))
		return -1;
	if (strlen(type) != 1 || !strchr("cbup", *type))
		return spec_read_expected(r, &member, "\"c\", \"b\", \"u\" or \"p\"");
	device->type = *type == 'u' ? 'c' : *type;
	return 0;
}

static int read_number(struct reader *r, const struct json_at *at, const char *key, int64_t max,
		       int64_t *number)
{
	struct json_at member = spec_read_member(r, at, key);

	return json_read_i64(&member, 0, max, number, r->err);
}

static int read_numbers(struct reader *r, const struct json_at *at, struct spec_device *device)
{
	if (device->type == 'p')
		return spec_read_ignore(r, at, "major") || spec_read_ignore(r, at, "minor");
	if (spec_read_required(r, at, "major") || spec_read_required(r, at, "minor"))
		return -1;
	return read_number(r, at, "major", MAJOR_MAX, &device->major) ||
			       read_number(r, at, "minor", MINOR_MAX, &device->minor)
		       ? -1
		       : 0;
}

/* Docker before 20.10 left the file's type in the mode: it is taken off where it agrees. */
static int read_mode(struct reader *r, const struct json_at *at, struct spec_device *device)
{
	struct json_at member = json_member(at, "fileMode");
	mode_t type = device->type == 'c' ? S_IFCHR : device->type == 'b' ? S_IFBLK : S_IFIFO;

	if (spec_read_u32(r, at, "fileMode", &device->file_mode))
		return -1;
	if ((device->file_mode & S_IFMT) == type)
		device->file_mode &= ~(uint32_t)S_IFMT;
	if (device->file_mode > 0777)
		return spec_read_expected(r, &member, "a file mode from 0 to 511 (octal 777)");
	device->has_file_mode = member.node != NULL;
	return 0;
}

static int read_device(struct reader *r, const struct json_at *at, struct spec_device *device)
{
	struct json_at uid = json_member(at, "uid"), gid = json_member(at, "gid");

	device->has_uid = uid.node != NULL;
	device->has_gid = gid.node != NULL;
	return json_read_object(at, r->err) || read_type(r, at, device) ||
			       spec_read_required(r, at, "path") ||
			       spec_read_absolute(r, at, "path", &device->path) ||
			       read_numbers(r, at, device) || read_mode(r, at, device) ||
			       spec_read_id(r, at, "uid", &device->uid) ||
			       spec_read_id(r, at, "gid", &device->gid) || spec_read_end(r, at)
		       ? -1
		       : 0;
}

int spec_devices_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at array, item = { 0 };

	if (spec_read_array(r, at, "devices", &array))
		return -1;
	linux_->devices = arena_array(r->arena, json_count(&array), sizeof(*linux_->devices));
	while (json_next(&array, &item))
		if (read_device(r, &item, &linux_->devices[linux_->device_count++]))
			return -1;
	return 0;
}

static int read_net_device(struct reader *r, const struct json_at *at, struct spec_net_device *device)
{
	struct json_at name = json_member(at, "name");

	if (!spec_interface_is_valid(at->key))
		return json_error(at, r->err, "\"%.64s\" is not the name of a network interface", at->key);
	device->host_name = arena_strdup(r->arena, at->key);
	if (json_read_object(at, r->err) || spec_read_text(r, at, "name", &device->name) ||
	    spec_read_end(r, at))
		return -1;
	if (device->name && !spec_interface_template_is_valid(device->name))
		return spec_read_expected(r, &name,
					  "the name of a network interface (at most 15 "
					  "characters, one %d)");
	return 0;
}

int spec_net_devices_read(struct reader *r, const struct json_at *at, struct spec_linux *linux_)
{
	struct json_at object, item = { 0 };

	if (spec_read_object(r, at, "netDevices", &object))
		return -1;
	linux_->net_devices = arena_array(r->arena, json_count(&object), sizeof(*linux_->net_devices));
	while (json_next(&object, &item))
		if (read_net_device(r, &item, &linux_->net_devices[linux_->net_device_count++]))
			return -1;
	return 0;
}
