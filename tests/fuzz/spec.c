/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes into the spec reader: a spec that is read is written, read again, and written the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct spec *spec, struct strbuf *text)
{
	struct json *json = spec_write(spec);

	json_print(json, false, text);
	json_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_strbuf struct strbuf first = { 0 }, second = { 0 };
	struct err err = { 0 };
	struct spec *spec = spec_read((const char *)data, size, "fuzz", "/", &err), *again;

	if (!spec) {
		if (!err_is_set(&err))
			abort();
		return 0;
	}
	print(spec, &first);
	again = spec_read(first.text, first.len, "written", "/", &err);
	if (!again)
		abort();
	print(again, &second);
	if (strcmp(first.text, second.text) != 0)
		abort();
	spec_free(spec);
	spec_free(again);
	return 0;
}
