/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CRIU's protocol: the bytes of a request by hand, answers whole, cut and wrong. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "kern/criu.h"

/* Does a request hold these bytes of criu_opts? */
static bool holds(const struct kern_criu_request *request, const char *bytes, size_t len)
{
	auto_strbuf struct strbuf out = { 0 };

	kern_criu_encode(request, &out);
	return memmem(out.text, out.len, bytes, len) != NULL;
}

#define HOLDS(request, bytes) holds(request, bytes, sizeof(bytes) - 1)

Test(kern_criu, request)
{
	static const char *const external[] = { "mnt[/v]:/v" };
	static const struct kern_criu_fd inherit[] = { { "pipe:[5]", 1 } };
	static const struct kern_criu_pair roots[] = { { NULL, "/g" } };
	struct kern_criu_request request = { .type = KERN_CRIU_RESTORE, .images = 5, .work = 300, .pid = 0,
					     .log_file = "restore.log", .cgroups = KERN_CRIU_CG_SOFT,
					     .external = external, .external_count = 1, .inherit = inherit,
					     .inherit_count = 1, .cgroup_roots = roots, .cgroup_root_count = 1 };
	auto_strbuf struct strbuf out = { 0 };

	kern_criu_encode(&request, &out);
	/* type = 2; opts, a message that is the rest */
	cr_assert_eq(memcmp(out.text, "\x08\x02\x12", 3), 0);
	cr_assert(HOLDS(&request, "\x08\x05"));			   /* images_dir_fd = 1 */
	cr_assert(HOLDS(&request, "\x88\x01\xac\x02"));		   /* work_dir_fd = 17: 300 takes two bytes */
	cr_assert(HOLDS(&request, "\x52\x0brestore.log"));	   /* log_file = 10 */
	cr_assert(HOLDS(&request, "\x90\x02\x03"));		   /* manage_cgroups_mode = 34 */
	cr_assert(HOLDS(&request, "\xaa\x02\x0amnt[/v]:/v"));	   /* external = 37 */
	cr_assert(HOLDS(&request, "\xda\x01\x0c\x0a\x08pipe:[5]\x10\x01")); /* inherit_fd = 27 */
	cr_assert(HOLDS(&request, "\xca\x01\x04\x12\x02/g"));	   /* cg_root = 25, without a controller */
	cr_assert(HOLDS(&request, "\xd0\x01\x01"));		   /* rst_sibling = 26 */
	request.type = KERN_CRIU_DUMP;
	cr_assert_not(HOLDS(&request, "\xd0\x01\x01"));
	cr_assert_not(HOLDS(&request, "\x18\x01")); /* leave_running = 3 */
	request.leave_running = true;
	cr_assert(HOLDS(&request, "\x18\x01"));
}

Test(kern_criu, response)
{
	static const char restored[] = "\x08\x02\x10\x01\x22\x03\x08\xac\x02";
	static const char notice[] = "\x08\x06\x10\x01\x2a\x14\x0a\x10setup-namespaces\x10\x07";
	static const char failed[] = "\x08\x01\x10\x00\x38\x02\x4a\x04nope";
	struct kern_criu_response response;
	struct err err = { 0 };

	cr_assert_eq(kern_criu_decode(restored, sizeof(restored) - 1, &response, &err), 0);
	cr_assert(response.type == KERN_CRIU_RESTORE && response.success && response.pid == 300);
	cr_assert_eq(kern_criu_decode(notice, sizeof(notice) - 1, &response, &err), 0);
	cr_assert(response.type == KERN_CRIU_NOTIFY && response.pid == 7);
	cr_assert_str_eq(response.script, "setup-namespaces");
	cr_assert_eq(kern_criu_decode(failed, sizeof(failed) - 1, &response, &err), 0);
	cr_assert(!response.success && response.errnum == 2);
	cr_assert_str_eq(response.message, "nope");
}

Test(kern_criu, hostile)
{
	static const char whole[] = "\x08\x06\x10\x01\x2a\x14\x0a\x10setup-namespaces\x10\x07";
	static const struct {
		const char *bytes;
		size_t len;
	} wrong[] = {
		{ "", 0 },
		{ "\x10\x01", 2 },				 /* no type */
		{ "\x08", 1 },					 /* a number that does not come */
		{ "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 }, /* one that does not end */
		{ "\x08\x02\x4a\xff\xff\xff\xff\x0f", 8 },	 /* a text of 4 GiB */
		{ "\x08\x02\x0b", 3 },				 /* a kind that there is none of */
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct kern_criu_response response;
		struct err err = { 0 };

		cr_assert_eq(kern_criu_decode(wrong[i].bytes, wrong[i].len, &response, &err), -1, "%zu", i);
		cr_assert_str_eq(err.message, "answers what is none of its protocol");
	}
	/* Cut anywhere it is an answer or an error, and reads nothing behind its end. */
	for (size_t len = 0; len < sizeof(whole); len++) {
		struct kern_criu_response response;
		struct err err = { 0 };
		char *copy = malloc(len ? len : 1);

		memcpy(copy, whole, len);
		(void)kern_criu_decode(copy, len, &response, &err);
		free(copy);
	}
}
