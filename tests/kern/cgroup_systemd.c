/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scopes: with systemd where it runs (the test kernel, --systemd); without it, the error that says so. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "kern/cgroup/file.h"
#include "kern/cgroup/group.h"
#include "kern/cgroup/hierarchy.h"
#include "kern/cgroup/systemd.h"
#include "cgroup_help.h"

static bool systemd_runs(void)
{
	return access("/run/systemd/private", F_OK) == 0 && geteuid() == 0;
}

static const struct kern_systemd_property properties[] = {
	{ "TasksMax", "50" },
	{ "MemoryMax", "67108864" },
	{ "CPUWeight", "200" },
	{ "CPUQuotaPerSecUSec", "500000" },
	{ "AllowedCPUs", "0" },
	{ "DeviceAllow", "/dev/null rwm" },
	{ "DevicePolicy", "closed" },
	{ "TimeoutStopUSec", "infinity" },
	{ "SendSIGHUP", "true" },
	{ "KillSignal", "15" },
	{ "After", "['sysinit.target', 'basic.target']" },
	{ "Documentation", "['man:nsinit(8)']" },
};

static struct kern_systemd_scope make_scope(char *name, size_t size, const char *what, pid_t pid)
{
	snprintf(name, size, "nstools-test-%s-%d.scope", what, (int)getpid());
	return (struct kern_systemd_scope){
		.scope = name,
		.slice = "system.slice",
		.description = "nstools test",
		.pid = pid,
		.properties = properties,
		.count = sizeof(properties) / sizeof(properties[0]),
	};
}

static void expect_number(const char *path, const char *controller, const char *file, uint64_t expected)
{
	struct kern_cgroup_hierarchies list = { 0 };
	const struct kern_cgroup_hierarchy *hierarchy;
	struct kern_cgroup group = { 0 };
	struct err err = { 0 };
	uint64_t value = 0;

	cr_assert_eq(kern_cgroup_hierarchies_list(&list, &err), 0);
	hierarchy = kern_cgroup_hierarchies_find(&list, controller);
	if (hierarchy) {
		cr_expect_eq(kern_cgroup_open(&group, hierarchy->mountpoint, path, &err), 0, "%s",
			     test_error_text(&err));
		cr_expect_eq(kern_cgroup_read_number(&group, file, &value, &err), 0, "%s", test_error_text(&err));
		cr_expect_eq(value, expected, "%s of %s is %lu", file, path, value);
	}
	kern_cgroup_close(&group);
	kern_cgroup_hierarchies_free(&list);
}

Test(cgroup_systemd, life, .timeout = 120)
{
	char name[128], path[512];
	pid_t child, other;
	struct kern_systemd_property change = { "TasksMax", "77" };
	struct kern_systemd_scope scope, second;
	struct err err = { 0 };

	if (!systemd_runs())
		cr_skip_test("systemd does not run here");
	child = test_child(NULL, NULL);
	other = test_child(NULL, NULL);
	scope = make_scope(name, sizeof(name), "life", child);
	cr_assert_eq(kern_systemd_scope_start(&scope, &err), 0, "%s", test_error_text(&err));
	cr_assert_eq(kern_systemd_scope_path(name, false, path, sizeof(path), &err), 0, "%s",
		     test_error_text(&err));
	cr_expect(strstr(path, "/system.slice/nstools-test-life"), "%s", path);
	expect_number(path, "pids", "pids.max", 50);

	/* A running unit of that name is in the way. */
	second = scope;
	second.pid = other;
	cr_expect_eq(kern_systemd_scope_start(&second, &err), -1);
	cr_expect(strstr(test_error_text(&err), "on the system bus: Unit nstools-test-life"), "%s",
		  test_error_text(&err));

	err = (struct err){ 0 };
	scope.properties = &change;
	scope.count = 1;
	cr_expect_eq(kern_systemd_scope_set(&scope, &err), 0, "%s", test_error_text(&err));
	expect_number(path, "pids", "pids.max", 77);

	cr_expect_eq(kern_systemd_scope_stop(name, false, &err), 0, "%s", test_error_text(&err));
	test_child_status(child);
	cr_expect_eq(kern_systemd_scope_stop(name, false, &err), 0, "%s", test_error_text(&err));
	kill(other, SIGKILL);
	test_child_status(other);
}

Test(cgroup_systemd, bad_values, .timeout = 120)
{
	static const struct kern_systemd_property bad[] = {
		{ "MemoryMax", "12x" },	     { "AllowedCPUs", "3-1" },	 { "AllowedCPUs", "a" },
		{ "AllowedCPUs", "1," },     { "DeviceAllow", "rwm" },	 { "IOReadBandwidthMax", "/dev/null x" },
		{ "Delegate", "maybe" },     { "Unknown", "no quotes" }, { "Unknown", "uint64 -1" },
		{ "Unknown", "['a', b]" }, { "Unknown", "int32 99999999999" }, { "CPUAccounting", "yes" },
	};
	char name[128];

	if (!systemd_runs())
		cr_skip_test("systemd does not run here");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct kern_systemd_scope scope = make_scope(name, sizeof(name), "bad", getpid());
		struct err err = { 0 };

		scope.properties = &bad[i];
		scope.count = 1;
		cr_expect_eq(kern_systemd_scope_start(&scope, &err), -1, "%s=%s", bad[i].name, bad[i].value);
		cr_expect_eq(err.kind, ERR_SPEC, "%s", test_error_text(&err));
		cr_expect(strstr(test_error_text(&err), bad[i].name), "%s", test_error_text(&err));
	}
}

Test(cgroup_systemd, missing)
{
	char name[128];
	struct kern_systemd_scope scope = make_scope(name, sizeof(name), "missing", getpid());
	struct err err = { 0 };

	if (access("/run/systemd/private", F_OK) == 0 || access("/run/dbus/system_bus_socket", F_OK) == 0)
		cr_skip_test("systemd or a message bus runs here");
	cr_expect_eq(kern_systemd_scope_start(&scope, &err), -1);
	cr_expect(strstr(err.hint, "use the cgroupfs manager"), "%s", test_error_text(&err));
	if (err.kind == ERR_SYSTEM)
		cr_expect(strstr(test_error_text(&err), "on the system bus, unix:path=/run/dbus"), "%s",
			  test_error_text(&err));
	else
		cr_expect_eq(err.kind, ERR_UNSUPPORTED); /* no libsystemd in the build or on the machine */
}
