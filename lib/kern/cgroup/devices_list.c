/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device rules in force: v1's devices.list, and a map beside v2's program. */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "kern/cgroup/devices.h"
#include "kern/cgroup/devices_internal.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"

#define MAP_NAME "nstools_rules"
#define RULES_MAX 4096
#define FORMAT 1u

/* The map's one value. */
struct stored {
	uint32_t format, count;
	struct stored_rule {
		int64_t major, minor;
		uint8_t allow, type, read, write, mknod, unused[3];
	} rules[];
};

static size_t stored_size(size_t count)
{
	return sizeof(struct stored) + count * sizeof(struct stored_rule);
}

static int make_map(size_t size)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(uint32_t);
	attr.value_size = (uint32_t)size;
	attr.max_entries = 1;
	memcpy(attr.map_name, MAP_NAME, sizeof(MAP_NAME));
	return devices_bpf(BPF_MAP_CREATE, &attr);
}

/* The one value, to or from `value`. */
static int access_map(int command, int map, void *value)
{
	union bpf_attr attr;
	uint32_t key = 0;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)map;
	attr.key = devices_address(&key);
	attr.value = devices_address(value);
	return devices_bpf(command, &attr);
}

void devices_rules_bind(int program, const struct kern_cgroup_device_rule *rules, size_t count)
{
	auto_free struct stored *stored = memory_zalloc(1, stored_size(count));
	auto_close int map = make_map(stored_size(count));
	union bpf_attr attr;

	if (map < 0 || count > RULES_MAX)
		return;
	stored->format = FORMAT;
	stored->count = (uint32_t)count;
	for (size_t i = 0; i < count; i++)
		stored->rules[i] = (struct stored_rule){ .major = rules[i].major,
							 .minor = rules[i].minor,
							 .allow = rules[i].allow,
							 .type = (uint8_t)rules[i].type,
							 .read = rules[i].read,
							 .write = rules[i].write,
							 .mknod = rules[i].mknod };
	if (access_map(BPF_MAP_UPDATE_ELEM, map, stored) != 0)
		return;
	memset(&attr, 0, sizeof(attr));
	attr.prog_bind_map.prog_fd = (uint32_t)program;
	attr.prog_bind_map.map_fd = (uint32_t)map;
	devices_bpf(BPF_PROG_BIND_MAP, &attr);
}

/* The first of the program's maps; our program has one. */
static int open_map(int program, struct bpf_map_info *info)
{
	struct bpf_prog_info program_info = { 0 };
	uint32_t id = 0;
	union bpf_attr attr;
	int map;

	program_info.nr_map_ids = 1;
	program_info.map_ids = devices_address(&id);
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)program;
	attr.info.info_len = sizeof(program_info);
	attr.info.info = devices_address(&program_info);
	if (devices_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) != 0)
		return -1;
	if (program_info.nr_map_ids == 0 || id == 0) {
		errno = ENOENT;
		return -1;
	}
	memset(&attr, 0, sizeof(attr));
	attr.map_id = id;
	map = devices_bpf(BPF_MAP_GET_FD_BY_ID, &attr);
	if (map < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)map;
	attr.info.info_len = sizeof(*info);
	attr.info.info = devices_address(info);
	if (devices_bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 && !strcmp(info->name, MAP_NAME))
		return map;
	close_keep_errno(map);
	return -1;
}

int devices_rules_read(int program, struct kern_cgroup_device_list *list)
{
	struct bpf_map_info info = { 0 };
	auto_close int map = open_map(program, &info);
	auto_free struct stored *stored = NULL;

	if (map < 0)
		return -1;
	stored = memory_zalloc(1, info.value_size + sizeof(*stored));
	if (access_map(BPF_MAP_LOOKUP_ELEM, map, stored) != 0)
		return -1;
	if (stored->format != FORMAT || stored->count > RULES_MAX ||
	    stored_size(stored->count) > info.value_size) {
		errno = ENOENT;
		return -1;
	}
	list->rules = memory_zalloc(stored->count + 1, sizeof(*list->rules));
	list->count = stored->count;
	for (size_t i = 0; i < list->count; i++) {
		const struct stored_rule *rule = &stored->rules[i];

		list->rules[i] = (struct kern_cgroup_device_rule){ .allow = rule->allow,
								   .type = (char)rule->type,
								   .major = rule->major,
								   .minor = rule->minor,
								   .read = rule->read,
								   .write = rule->write,
								   .mknod = rule->mknod };
	}
	return 0;
}

static int64_t number_of(const char *text)
{
	return *text == '*' ? -1 : strtoll(text, NULL, 10);
}

/* "c 1:3 rwm", a line of devices.list. */
static bool parse_line(const char *line, struct kern_cgroup_device_rule *rule)
{
	char type, major[24], minor[24], access[8];

	if (sscanf(line, "%c %23[0-9*]:%23[0-9*] %7s", &type, major, minor, access) != 4)
		return false;
	*rule = (struct kern_cgroup_device_rule){ .allow = true,
						  .type = type,
						  .major = number_of(major),
						  .minor = number_of(minor),
						  .read = strchr(access, 'r'),
						  .write = strchr(access, 'w'),
						  .mknod = strchr(access, 'm') };
	return true;
}

/* One line "a *:* rwm" is everything; else what is not listed is denied. */
static int list_v1(const struct kern_cgroup *group, struct kern_cgroup_device_list *list, struct err *err)
{
	char text[64 * 1024], *line, *save;

	if (kern_cgroup_read(group, "devices.list", text, sizeof(text), err) < 0)
		return -1;
	if (text[0] == 'a')
		return 0;
	list->rules = memory_zalloc(sizeof(text) / 8, sizeof(*list->rules));
	list->rules[list->count++] = (struct kern_cgroup_device_rule){
		.type = 'a', .major = -1, .minor = -1, .read = true, .write = true, .mknod = true
	};
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (parse_line(line, &list->rules[list->count]))
			list->count++;
	return 0;
}

int kern_cgroup_devices_list(const struct kern_cgroup *group, struct kern_cgroup_device_list *list,
			     struct err *err)
{
	*list = (struct kern_cgroup_device_list){ 0 };
	return (group->v2 ? cgroup_devices_attached : list_v1)(group, list, err);
}
