/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target once over each file named, or below each directory named,
 * and prints TAP. A crash ends the program: the last "# file" line names what
 * caused it.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count;

static int replay(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	FILE *file;
	uint8_t *data;
	size_t size;

	(void)ftw;
	if (type != FTW_F)
		return 0;
	printf("# %s\n", path);
	fflush(stdout);
	file = fopen(path, "re");
	data = malloc((size_t)st->st_size + 1);
	if (!file || !data) {
		printf("not ok %d - %s: cannot be read\n", ++count, path);
		exit(1);
	}
	size = fread(data, 1, (size_t)st->st_size, file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %d - %s\n", ++count, path);
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (nftw(argv[i], replay, 16, FTW_PHYS) != 0) {
			printf("not ok %d - %s: cannot be walked\n", ++count, argv[i]);
			return 1;
		}
	printf("1..%d\n", count);
	return 0;
}
