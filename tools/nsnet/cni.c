/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "common/elevated.h"
#include "common/rows.h"
#include "kern/fd.h"
#include "nsnet/cni.h"

int cni_fail(struct cni *cni, int code, struct err *err, const char *message, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, message);
	vsnprintf(text, sizeof(text), message, ap);
	va_end(ap);
	if (!err_is_set(err))
		cni->code = code;
	return err_set(err, ERR_SPEC, "", "%s", text);
}

/* An error that no step gave a code: by its kind. */
static int code_of(const struct cni *cni, const struct err *err)
{
	if (cni->code)
		return cni->code;
	if (err->kind == ERR_SPEC)
		return CNI_CONFIG;
	return err->kind == ERR_UNSUPPORTED ? CNI_UNSUPPORTED : CNI_INTERNAL;
}

static int print_error(const struct cni *cni, const struct err *err)
{
	struct json *object = json_object();
	struct err lost = { 0 };
	char text[2048];

	if (cni->version)
		json_set_string(object, "cniVersion", cni->version);
	json_set_u64(object, "code", (unsigned)code_of(cni, err));
	json_set_string(object, "msg", err_text(err, text, sizeof(text)));
	json_set_string(object, "details", err->hint[0] ? err->hint : NULL);
	rows_print_json(object, false);
	json_free(object);
	rows_flush(&lost);
	return 1;
}

static int run(struct cni *cni, struct err *err)
{
	return elevated_refuse(err) || kern_fd_open_standard(err) || cni_read_environment(cni, err) ||
			       cni_read_config(cni, err) || cni_run(cni, err)
		       ? -1
		       : 0;
}

int cni_main(void)
{
	struct cni cni = { .netns = -1 };
	struct err err = { 0 };
	int status;

	log_init("nsnet", LOG_LEVEL_WARNING);
	status = run(&cni, &err) || rows_flush(&err) ? print_error(&cni, &err) : 0;
	json_free(cni.config);
	close_keep_errno(cni.netns);
	return status;
}
