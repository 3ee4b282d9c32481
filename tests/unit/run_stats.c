/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON of statistics: engines read it, so that each member's name and unit is fixed. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/stats.h"
#include "run/stats.h"

static void expect_json(const struct run_stats *stats, const char *expected)
{
	struct strbuf auto_strbuf text = { 0 };
	struct json *json = run_stats_json(stats);

	json_print(json, false, &text);
	json_free(json);
	cr_expect_str_eq(text.text, expected, "\n%s\ninstead of\n%s", text.text, expected);
}

Test(run_stats, nothing_known)
{
	struct kern_cgroup_stats groups;

	kern_cgroup_stats_init(&groups);
	expect_json(&(struct run_stats){ .groups = &groups },
		    "{\"cpu\":{\"usage\":{},\"throttling\":{}},\"cpuset\":{},"
		    "\"memory\":{\"usage\":{},\"swap\":{},\"kernel\":{},\"kernelTCP\":{}},"
		    "\"pids\":{},\"blkio\":{},\"hugetlb\":{}}");
}

Test(run_stats, every_member)
{
	struct kern_cgroup_stats groups;
	uint64_t per_cpu[] = { 7, 18446744073709551615u };

	kern_cgroup_stats_init(&groups);
	groups.cpu = (struct kern_cgroup_cpu_stats){ 3000, 1000, 2000, 5, 4, 6 };
	groups.memory = (struct kern_cgroup_memory_stats){ .usage = 4096,
							   .limit = 1048576,
							   .peak = 8192,
							   .swap = 100,
							   .swap_limit = 1000,
							   .file = 12,
							   .kernel = 34,
							   .kernel_tcp = 56,
							   .max_events = 78 };
	groups.pids = 3;
	groups.pids_limit = 10;
	groups.io_count = 1;
	groups.io[0] = (struct kern_cgroup_io_device){ 8, 16, 512, 1024, 1, 2 };
	groups.hugetlb_count = 1;
	groups.hugetlb[0] = (struct kern_cgroup_hugetlb_stats){
		.size = "2MB", .usage = 1, .limit = 9, .peak = 2, .max_events = 3
	};
	groups.cpu_pressure = (struct kern_cgroup_pressure){ true, 1, 20, 12345, 99, 0, 0, 0, 5 };
	expect_json(&(struct run_stats){ .groups = &groups,
					 .per_cpu = per_cpu,
					 .per_cpu_count = 2,
					 .memory_stat = "anon 5\nfile 18446744073709551615",
					 .cpus = "0-2,5",
					 .mems = "0" },
		    "{\"cpu\":{\"usage\":{\"total\":3000000,\"percpu\":[7,18446744073709551615],"
		    "\"kernel\":2000000,\"user\":1000000},"
		    "\"throttling\":{\"periods\":5,\"throttledPeriods\":4,\"throttledTime\":6000},"
		    "\"psi\":{\"some\":{\"avg10\":0.01,\"avg60\":0.20,\"avg300\":123.45,\"total\":99},"
		    "\"full\":{\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.00,\"total\":5}}},"
		    "\"cpuset\":{\"cpus\":[0,1,2,5],\"mems\":[0]},"
		    "\"memory\":{\"cache\":12,\"usage\":{\"limit\":1048576,\"usage\":4096,\"max\":8192,"
		    "\"failcnt\":78},"
		    "\"swap\":{\"limit\":1049576,\"usage\":4196},"
		    "\"kernel\":{\"usage\":34},\"kernelTCP\":{\"usage\":56},"
		    "\"raw\":{\"anon\":5,\"file\":18446744073709551615}},"
		    "\"pids\":{\"current\":3,\"limit\":10},"
		    "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":16,\"op\":\"Read\","
		    "\"value\":512},"
		    "{\"major\":8,\"minor\":16,\"op\":\"Write\",\"value\":1024}],"
		    "\"ioServicedRecursive\":[{\"major\":8,\"minor\":16,\"op\":\"Read\",\"value\":1},"
		    "{\"major\":8,\"minor\":16,\"op\":\"Write\",\"value\":2}]},"
		    "\"hugetlb\":{\"2MB\":{\"usage\":1,\"max\":2,\"failcnt\":3}}}");
}

Test(run_stats, no_limits)
{
	struct kern_cgroup_stats groups;

	kern_cgroup_stats_init(&groups);
	groups.memory.limit = KERN_CGROUP_NO_LIMIT;
	groups.memory.swap_limit = 4096;
	groups.pids = 1;
	groups.pids_limit = KERN_CGROUP_NO_LIMIT;
	expect_json(&(struct run_stats){ .groups = &groups },
		    "{\"cpu\":{\"usage\":{},\"throttling\":{}},\"cpuset\":{},"
		    "\"memory\":{\"usage\":{\"limit\":18446744073709551615},\"swap\":{\"limit\":"
		    "18446744073709551615},"
		    "\"kernel\":{},\"kernelTCP\":{}},\"pids\":{\"current\":1},\"blkio\":{},\"hugetlb\":{}}");
}
