/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes into the JSON reader: a document that is read is printed and read again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct json *json = json_parse((const char *)data, size, "fuzz", &err);
	auto_strbuf struct strbuf text = { 0 };

	if (!json)
		return 0;
	json_print(json, true, &text);
	json_free(json);
	json = json_parse(text.text, text.len, "printed", &err);
	if (!json)
		abort();
	json_free(json);
	return 0;
}
