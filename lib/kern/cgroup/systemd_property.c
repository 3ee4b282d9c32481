/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types: org.freedesktop.systemd1(5), "Properties" of units with a cgroup. */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/number.h"
#include "kern/cgroup/systemd.h"
#include "kern/cgroup/systemd_internal.h"

#define CPU_MAX 65535 /* numbers in a CPU list; also of memory nodes */

enum form {
	FORM_NUMBER,
	FORM_BOOLEAN,
	FORM_TEXT,
	FORM_CPUS,
	FORM_PATH_NUMBER,
	FORM_PATH_TEXT,
};

static const struct {
	const char *name;
	enum form form;
} known[] = {
	{ "AllowedCPUs", FORM_CPUS },
	{ "AllowedMemoryNodes", FORM_CPUS },
	{ "BlockIOAccounting", FORM_BOOLEAN },
	{ "BlockIODeviceWeight", FORM_PATH_NUMBER },
	{ "BlockIOReadBandwidth", FORM_PATH_NUMBER },
	{ "BlockIOWeight", FORM_NUMBER },
	{ "BlockIOWriteBandwidth", FORM_PATH_NUMBER },
	{ "CPUAccounting", FORM_BOOLEAN },
	{ "CPUQuotaPerSecUSec", FORM_NUMBER },
	{ "CPUQuotaPeriodUSec", FORM_NUMBER },
	{ "CPUShares", FORM_NUMBER },
	{ "CPUWeight", FORM_NUMBER },
	{ "CollectMode", FORM_TEXT },
	{ "DefaultDependencies", FORM_BOOLEAN },
	{ "DeviceAllow", FORM_PATH_TEXT },
	{ "DevicePolicy", FORM_TEXT },
	{ "IOAccounting", FORM_BOOLEAN },
	{ "IODeviceWeight", FORM_PATH_NUMBER },
	{ "IOReadBandwidthMax", FORM_PATH_NUMBER },
	{ "IOReadIOPSMax", FORM_PATH_NUMBER },
	{ "IOWeight", FORM_NUMBER },
	{ "IOWriteBandwidthMax", FORM_PATH_NUMBER },
	{ "IOWriteIOPSMax", FORM_PATH_NUMBER },
	{ "MemoryAccounting", FORM_BOOLEAN },
	{ "MemoryHigh", FORM_NUMBER },
	{ "MemoryLimit", FORM_NUMBER },
	{ "MemoryLow", FORM_NUMBER },
	{ "MemoryMax", FORM_NUMBER },
	{ "MemoryMin", FORM_NUMBER },
	{ "MemorySwapMax", FORM_NUMBER },
	{ "RuntimeMaxUSec", FORM_NUMBER },
	{ "TasksAccounting", FORM_BOOLEAN },
	{ "TasksMax", FORM_NUMBER },
	{ "TimeoutStopUSec", FORM_NUMBER },
};

static int wrong(const struct kern_systemd_property *property, const char *expected, struct err *err)
{
	err_set(err, ERR_SPEC, "systemd property", "expected %s, found \"%s\"", expected, property->value);
	return err_object(err, "%s", property->name);
}

/* sd-bus says errors as negative errno; building a message only fails without memory or with bad strings. */
static int built(int result, const struct kern_systemd_property *property, struct err *err)
{
	if (result >= 0)
		return 0;
	errno = -result;
	return err_system(err, "systemd property", "%s", property->name);
}

static int parse_number(const char *text, uint64_t *number)
{
	if (strcmp(text, "max") != 0 && strcmp(text, "infinity") != 0)
		return number_u64(text, number);
	*number = UINT64_MAX;
	return 0;
}

static int append_number(const struct systemd_library *library, sd_bus_message *message,
			 const struct kern_systemd_property *property, struct err *err)
{
	uint64_t number;

	if (parse_number(property->value, &number) != 0)
		return wrong(property, "a number or \"max\"", err);
	return built(library->sd_bus_message_append(message, "(sv)", property->name, "t", number), property, err);
}

static int append_boolean(const struct systemd_library *library, sd_bus_message *message,
			  const struct kern_systemd_property *property, struct err *err)
{
	int value = !strcmp(property->value, "true");

	if (!value && strcmp(property->value, "false") != 0)
		return wrong(property, "true or false", err);
	return built(library->sd_bus_message_append(message, "(sv)", property->name, "b", value), property, err);
}

/* "0-3,7" as bits, lowest first. Returns the bytes used, or -1. */
static int parse_cpus(const char *text, unsigned char *bits, size_t size)
{
	size_t used = 0;

	while (*text) {
		unsigned long first, last;
		char *end;

		if (!isdigit((unsigned char)*text))
			return -1;
		first = last = strtoul(text, &end, 10);
		if (*end == '-') {
			if (!isdigit((unsigned char)end[1]))
				return -1;
			last = strtoul(end + 1, &end, 10);
		}
		if (last < first || last / 8 >= size || (*end && *end != ',') || (*end == ',' && !end[1]))
			return -1;
		for (; first <= last; first++)
			bits[first / 8] |= (unsigned char)(1u << (first % 8));
		used = last / 8 + 1 > used ? last / 8 + 1 : used;
		text = end + (*end == ',');
	}
	return (int)used;
}

/* A "(sv)" whose value needs more than sd_bus_message_append() can say. */
static int open_value(const struct systemd_library *library, sd_bus_message *message, const char *name,
		      const char *type)
{
	int result = library->sd_bus_message_open_container(message, SD_BUS_TYPE_STRUCT, "sv");

	if (result >= 0)
		result = library->sd_bus_message_append(message, "s", name);
	return result < 0 ? result : library->sd_bus_message_open_container(message, SD_BUS_TYPE_VARIANT, type);
}

static int close_value(const struct systemd_library *library, sd_bus_message *message)
{
	int result = library->sd_bus_message_close_container(message);

	return result < 0 ? result : library->sd_bus_message_close_container(message);
}

static int append_cpus(const struct systemd_library *library, sd_bus_message *message,
		       const struct kern_systemd_property *property, struct err *err)
{
	unsigned char bits[CPU_MAX / 8 + 1] = { 0 };
	int used = parse_cpus(property->value, bits, sizeof(bits));
	int result;

	if (used < 0)
		return wrong(property, "a list of numbers like 0-3,7", err);
	result = open_value(library, message, property->name, "ay");
	if (result >= 0)
		result = library->sd_bus_message_append_array(message, 'y', bits, (size_t)used);
	if (result >= 0)
		result = close_value(library, message);
	return built(result, property, err);
}

/* "PATH VALUE", split at the last blank. */
static int append_pair(const struct systemd_library *library, sd_bus_message *message,
		       const struct kern_systemd_property *property, bool number, struct err *err)
{
	auto_free char *path = memory_strdup(property->value);
	char *blank = strrchr(path, ' ');
	uint64_t value = 0;
	int result;

	if (!blank || blank == path || (number && parse_number(blank + 1, &value) != 0))
		return wrong(property, number ? "\"PATH NUMBER\"" : "\"PATH ACCESS\"", err);
	*blank = '\0';
	if (number)
		result = library->sd_bus_message_append(message, "(sv)", property->name, "a(st)", 1, path, value);
	else
		result = library->sd_bus_message_append(message, "(sv)", property->name, "a(ss)", 1, path,
							blank + 1);
	return built(result, property, err);
}

/* A quoted text without escapes; cuts the quotes off in place. NULL when it is none. `end`: behind it. */
static char *quoted(char *text, char **end)
{
	char *close;

	if (*text != '\'' && *text != '"')
		return NULL;
	close = strchr(text + 1, *text);
	if (!close || memchr(text, '\\', (size_t)(close - text)))
		return NULL;
	*close = '\0';
	*end = close + 1;
	return text + 1;
}

/* ['a', 'b'] */
static int append_texts(const struct systemd_library *library, sd_bus_message *message,
			const struct kern_systemd_property *property, struct err *err)
{
	auto_free char *copy = memory_strdup(property->value);
	char *at = copy + 1;
	int result = open_value(library, message, property->name, "as");

	if (result >= 0)
		result = library->sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "s");
	while (result >= 0) {
		char *text;

		at += strspn(at, " ,");
		if (*at == ']' && !at[1])
			break;
		text = quoted(at, &at);
		if (!text)
			return wrong(property, "a list of quoted texts", err);
		result = library->sd_bus_message_append(message, "s", text);
	}
	if (result >= 0)
		result = library->sd_bus_message_close_container(message);
	if (result >= 0)
		result = close_value(library, message);
	return built(result, property, err);
}

/* "uint64 5", "5": the D-Bus type, or 0. */
static char typed_number(const char *text, int64_t *number)
{
	static const struct {
		const char *prefix;
		char type;
		int64_t min, max;
	} types[] = {
		{ "int64 ", 'x', INT64_MIN, INT64_MAX },
		{ "uint32 ", 'u', 0, UINT32_MAX },
		{ "int32 ", 'i', INT32_MIN, INT32_MAX },
		{ "", 'i', INT32_MIN, INT32_MAX },
	};
	uint64_t large;

	if (!strncmp(text, "uint64 ", 7) && number_u64(text + 7, &large) == 0) {
		*number = (int64_t)large; /* the same 64 bits on the wire */
		return 't';
	}

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t len = strlen(types[i].prefix);

		if (strncmp(text, types[i].prefix, len) != 0)
			continue;
		if (number_i64(text + len, number) != 0 || *number < types[i].min || *number > types[i].max)
			return 0;
		return types[i].type;
	}
	return 0;
}

static int append_typed(const struct systemd_library *library, sd_bus_message *message,
			const struct kern_systemd_property *property, struct err *err)
{
	auto_free char *copy = memory_strdup(property->value);
	char *end, *text = quoted(copy, &end);
	int64_t number;
	char type[2] = "";

	if (text && !*end)
		return built(library->sd_bus_message_append(message, "(sv)", property->name, "s", text), property,
			     err);
	if (!strcmp(property->value, "true") || !strcmp(property->value, "false"))
		return append_boolean(library, message, property, err);
	if (property->value[0] == '[')
		return append_texts(library, message, property, err);
	type[0] = typed_number(property->value, &number);
	if (type[0] == 't' || type[0] == 'x')
		return built(library->sd_bus_message_append(message, "(sv)", property->name, type, number),
			     property, err);
	if (type[0])
		return built(library->sd_bus_message_append(message, "(sv)", property->name, type, (int)number),
			     property, err);
	return wrong(property, "'text', true, false, 5, int32 5, uint32 5, int64 5, uint64 5 or ['text']", err);
}

int systemd_property_append(const struct systemd_library *library, sd_bus_message *message,
			    const struct kern_systemd_property *property, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].name, property->name) != 0)
			continue;
		switch (known[i].form) {
		case FORM_NUMBER:
			return append_number(library, message, property, err);
		case FORM_BOOLEAN:
			return append_boolean(library, message, property, err);
		case FORM_TEXT:
			return built(library->sd_bus_message_append(message, "(sv)", property->name, "s",
								    property->value),
				     property, err);
		case FORM_CPUS:
			return append_cpus(library, message, property, err);
		case FORM_PATH_NUMBER:
			return append_pair(library, message, property, true, err);
		case FORM_PATH_TEXT:
			return append_pair(library, message, property, false, err);
		}
	}
	return append_typed(library, message, property, err);
}
