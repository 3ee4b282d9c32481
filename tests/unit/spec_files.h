/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The specs beside the spec tests: TEST_DIR/unit/spec-good and TEST_DIR/unit/spec-bad. */
#ifndef NSTOOLS_TESTS_SPEC_FILES_H
#define NSTOOLS_TESTS_SPEC_FILES_H

#include <stddef.h>

/* Call `test` with every file of the folder that ends in .json: its name without that, its text. Returns how
 * many. */
size_t spec_files_each(const char *folder, void (*test)(const char *name, const char *text, size_t len));
/* One file, for the caller to free; the test fails when it is not there. */
char *spec_files_read(const char *folder, const char *name, size_t *len);

#endif
