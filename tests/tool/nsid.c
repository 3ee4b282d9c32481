/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nsid FILE: the number of a namespace (name_to_handle_at(2) of nsfs, Linux 6.18). */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifndef AT_HANDLE_FID
#define AT_HANDLE_FID 0x200
#endif

int main(int argc, char **argv)
{
	union {
		struct file_handle head;
		unsigned char bytes[sizeof(struct file_handle) + 128];
	} handle = { .head.handle_bytes = 128 };
	uint64_t id;
	int mount, fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0 || name_to_handle_at(fd, "", &handle.head, &mount, AT_EMPTY_PATH | AT_HANDLE_FID) < 0)
		return 1;
	memcpy(&id, handle.head.f_handle, sizeof(id));
	printf("%llu\n", (unsigned long long)id);
	return 0;
}
