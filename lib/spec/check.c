/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "spec/check.h"

bool spec_path_climbs(const char *path)
{
	for (const char *p = path; (p = strstr(p, "..")); p += 2)
		if ((p == path || p[-1] == '/') && (!p[2] || p[2] == '/'))
			return true;
	return false;
}

static bool take_number(const char **at, unsigned *number)
{
	const char *first = *at;

	for (*number = 0; **at >= '0' && **at <= '9'; (*at)++) {
		*number = *number * 10 + (unsigned)(**at - '0');
		if (*number > 65535)
			return false;
	}
	return *at > first;
}

/* cpuset(7), "List format". */
bool spec_list_is_valid(const char *list)
{
	unsigned low, high;

	do {
		if (!take_number(&list, &low))
			return false;
		if (*list == '-') {
			list++;
			if (!take_number(&list, &high) || high < low)
				return false;
		}
	} while (*list++ == ',');
	return list[-1] == '\0';
}

/* dev_valid_name() of the kernel. */
bool spec_interface_is_valid(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > 15 || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || *name == '%' || isspace((unsigned char)*name))
			return false;
	return true;
}

bool spec_interface_template_is_valid(const char *name)
{
	const char *percent = strchr(name, '%');
	char plain[16];
	size_t len = strlen(name);

	if (!percent)
		return spec_interface_is_valid(name);
	if (percent[1] != 'd' || len > 15)
		return false;
	memcpy(plain, name, len + 1);
	memcpy(plain + (percent - name), "00", 2);
	return spec_interface_is_valid(plain);
}

unsigned spec_name_distance(const char *a, const char *b, unsigned limit)
{
	unsigned char row[65];
	size_t len_a = strlen(a), len_b = strlen(b);

	if (len_a > 64 || len_b > 64 || len_a > len_b + limit || len_b > len_a + limit)
		return limit + 1;
	for (size_t j = 0; j <= len_b; j++)
		row[j] = (unsigned char)j;
	for (size_t i = 1; i <= len_a; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned char)i;
		for (size_t j = 1; j <= len_b; j++) {
			unsigned change = diagonal + (tolower((unsigned char)a[i - 1]) !=
						      tolower((unsigned char)b[j - 1]));
			unsigned best = row[j] + 1u < row[j - 1] + 1u ? row[j] + 1u : row[j - 1] + 1u;

			diagonal = row[j];
			row[j] = (unsigned char)(change < best ? change : best);
		}
	}
	return row[len_b] > limit ? limit + 1 : row[len_b];
}
