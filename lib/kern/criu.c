/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "kern/criu.h"

#define LOG_SIZE_MAX (64u * 1024 * 1024)

char *kern_criu_find(struct err *err)
{
	/* Engines run us with a PATH that may lack sbin. */
	auto_free char *places =
		memory_printf("%s:/usr/local/sbin:/usr/sbin:/sbin", getenv("PATH") ? getenv("PATH") : "/usr/bin");
	char *rest = places, *place;

	if (!HAVE_CRIU) {
		err_set(err, ERR_UNSUPPORTED, "", "this build has no checkpoint and restore");
		return NULL;
	}
	while ((place = strsep(&rest, ":"))) {
		auto_free char *path = memory_printf("%s/criu", place);

		if (*place == '/' && access(path, X_OK) == 0)
			return take_ptr(path);
	}
	err_set(err, ERR_UNSUPPORTED, "", "checkpoint and restore need the program criu, which is not found");
	err_hint(err, "install the package criu");
	return NULL;
}

/* ---- protocol buffers: a field is a number, what follows it, and a variable-length integer or so many bytes ---- */

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

static void put_varint(struct strbuf *out, uint64_t value)
{
	char byte;

	do {
		byte = (char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
		strbuf_add(out, &byte, 1);
		value >>= 7;
	} while (value);
}

/* Negative numbers are as 64 bits. */
static void put_number(struct strbuf *out, unsigned field, int64_t value)
{
	put_varint(out, field << 3 | WIRE_VARINT);
	put_varint(out, (uint64_t)value);
}

static void put_bytes(struct strbuf *out, unsigned field, const char *text, size_t len)
{
	put_varint(out, field << 3 | WIRE_BYTES);
	put_varint(out, len);
	strbuf_add(out, len ? text : "", len);
}

static void put_text(struct strbuf *out, unsigned field, const char *text)
{
	if (text)
		put_bytes(out, field, text, strlen(text));
}

static void put_flag(struct strbuf *out, unsigned field, bool flag)
{
	if (flag)
		put_number(out, field, 1);
}

/* What is sent with every request: names of deleted files, devices by another path, mounts shared with the host. */
static void put_always(const struct kern_criu_request *request, struct strbuf *out)
{
	put_flag(out, 6, true);	 /* evasive_devices */
	put_number(out, 9, 4);	 /* log_level: all of it, for the excerpt */
	put_flag(out, 12, true); /* notify_scripts: with swrk, NOTIFY packets */
	put_flag(out, 18, true); /* link_remap */
	put_flag(out, 21, true); /* force_irmap */
	put_flag(out, 29, true); /* ext_sharing */
	put_flag(out, 30, true); /* ext_masters */
	put_flag(out, 50, true); /* orphan_pts_master */
	put_flag(out, 26, request->type == KERN_CRIU_RESTORE); /* rst_sibling: our own child */
}

static void put_flags(const struct kern_criu_request *request, struct strbuf *out)
{
	put_flag(out, 3, request->leave_running);
	put_flag(out, 4, request->ext_unix_sk);
	put_flag(out, 5, request->tcp_established);
	put_flag(out, 7, request->shell_job);
	put_flag(out, 8, request->file_locks);
	put_flag(out, 15, request->track_mem);
	put_flag(out, 16, request->auto_dedup);
}

static void put_lists(const struct kern_criu_request *request, struct strbuf *out)
{
	for (size_t i = 0; i < request->cgroup_root_count; i++) {
		auto_strbuf struct strbuf root = { 0 };

		put_text(&root, 1, request->cgroup_roots[i].key);
		put_text(&root, 2, request->cgroup_roots[i].value);
		put_bytes(out, 25, root.text, root.len);
	}
	for (size_t i = 0; i < request->inherit_count; i++) {
		auto_strbuf struct strbuf inherit = { 0 };

		put_text(&inherit, 1, request->inherit[i].key);
		put_number(&inherit, 2, request->inherit[i].fd);
		put_bytes(out, 27, inherit.text, inherit.len);
	}
	for (size_t i = 0; i < request->external_count; i++)
		put_text(out, 37, request->external[i]);
}

/* message criu_opts */
static void put_options(const struct kern_criu_request *request, struct strbuf *out)
{
	put_number(out, 1, request->images);
	if (request->pid)
		put_number(out, 2, request->pid);
	put_always(request, out);
	put_flags(request, out);
	put_text(out, 10, request->log_file);
	put_text(out, 13, request->root);
	put_text(out, 14, request->parent_images);
	put_number(out, 17, request->work);
	put_flag(out, 24, request->cgroups != KERN_CRIU_CG_IGNORE);
	put_number(out, 34, request->cgroups);
	if (request->empty_ns)
		put_number(out, 38, request->empty_ns);
	put_text(out, 44, request->freeze_cgroup);
	put_text(out, 53, request->lsm_profile);
	put_text(out, 63, request->lsm_mount_context);
	put_lists(request, out);
}

void kern_criu_encode(const struct kern_criu_request *request, struct strbuf *out)
{
	auto_strbuf struct strbuf options = { 0 };

	put_options(request, &options);
	put_number(out, 1, request->type);
	put_bytes(out, 2, options.text, options.len);
}

void kern_criu_encode_reply(bool success, struct strbuf *out)
{
	put_number(out, 1, KERN_CRIU_NOTIFY);
	put_number(out, 3, success);
}

struct reader {
	const unsigned char *at, *end;
	bool bad;
};

struct field {
	unsigned number;
	uint64_t value;		    /* of a number */
	struct reader bytes;	    /* of text and messages */
};

static uint64_t get_varint(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		if (reader->at == reader->end)
			break;
		byte = *reader->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	reader->bad = true;
	return 0;
}

static bool get_field(struct reader *reader, struct field *field)
{
	uint64_t tag, len = 0;

	if (reader->bad || reader->at == reader->end)
		return false;
	tag = get_varint(reader);
	*field = (struct field){ .number = (unsigned)(tag >> 3) };
	switch (tag & 7) {
	case WIRE_VARINT:
		field->value = get_varint(reader);
		return !reader->bad;
	case WIRE_BYTES:
		len = get_varint(reader);
		break;
	case WIRE_64:
		len = 8;
		break;
	case WIRE_32:
		len = 4;
		break;
	default:
		reader->bad = true;
	}
	if (reader->bad || len > (uint64_t)(reader->end - reader->at)) {
		reader->bad = true;
		return false;
	}
	field->bytes = (struct reader){ reader->at, reader->at + len, false };
	reader->at += len;
	return true;
}

static void copy_text(char *to, size_t size, const struct reader *from)
{
	size_t len = (size_t)(from->end - from->at);

	len = len < size ? len : size - 1;
	if (len)
		memcpy(to, from->at, len);
	to[len] = '\0';
}

/* message criu_restore_resp has the pid in field 1, criu_notify the script in 1 and the pid in 2. */
static void read_restored(struct reader message, struct kern_criu_response *response)
{
	struct field field;

	while (get_field(&message, &field))
		if (field.number == 1)
			response->pid = (pid_t)field.value;
}

static void read_notify(struct reader message, struct kern_criu_response *response)
{
	struct field field;

	while (get_field(&message, &field)) {
		if (field.number == 1)
			copy_text(response->script, sizeof(response->script), &field.bytes);
		if (field.number == 2)
			response->pid = (pid_t)field.value;
	}
}

int kern_criu_decode(const void *packet, size_t len, struct kern_criu_response *response, struct err *err)
{
	struct reader reader = { packet, (const unsigned char *)packet + len, false };
	struct field field;

	*response = (struct kern_criu_response){ 0 };
	while (get_field(&reader, &field)) {
		if (field.number == 1)
			response->type = (enum kern_criu_type)field.value;
		else if (field.number == 2)
			response->success = field.value != 0;
		else if (field.number == 4)
			read_restored(field.bytes, response);
		else if (field.number == 5)
			read_notify(field.bytes, response);
		else if (field.number == 7)
			response->errnum = (int)field.value;
		else if (field.number == 9)
			copy_text(response->message, sizeof(response->message), &field.bytes);
	}
	if (reader.bad || !response->type)
		return err_set(err, ERR_HELPER, "criu", "answers what is none of its protocol");
	return 0;
}

/* "(00.012345) Error (criu/mount.c:753): mnt: ..." without the time, and the line of its source. */
static const char *line_cause(const char *line)
{
	const char *error = strstr(line, "Error (");
	const char *end = error ? strstr(error, "): ") : NULL;

	return end ? end + 3 : NULL;
}

void kern_criu_log_excerpt(int work, const char *log_file, char *buf, size_t size)
{
	auto_free char *text = NULL;
	char *rest, *line;
	size_t len, used = 0;

	buf[0] = '\0';
	if (file_read_at(work, log_file, LOG_SIZE_MAX, &text, &len))
		return;
	rest = text;
	while ((line = strsep(&rest, "\n")) && used + 1 < size) {
		const char *cause = line_cause(line);
		int n;

		/* It tries what the kernel may lack, and goes on without. */
		if (!cause || strncmp(cause, "tun: ", 5) == 0)
			continue;
		n = snprintf(buf + used, size - used, "%s%s", used ? "; " : "", cause);
		used = n < 0 || (size_t)n >= size - used ? size : used + (size_t)n;
	}
}
