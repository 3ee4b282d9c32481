/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Landlock: what a restricted process is refused. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "kern/landlock.h"
#include "kern/process.h"
#include "help.h"

#define NET_BIND_TCP (UINT64_C(1) << 0) /* LANDLOCK_ACCESS_NET_BIND_TCP, kernel 6.7 */
#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

static void need_abi(unsigned abi)
{
	if (kern_landlock_abi() < abi)
		cr_skip("this kernel has Landlock ABI %u, the test needs %u", kern_landlock_abi(), abi);
}

static int try_open(const char *path)
{
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

static int restrict_files(void *data, struct err *err)
{
	struct kern_landlock access = { .fs = READ };
	auto_close int ruleset = kern_landlock_create(&access, false, err);
	auto_close int directory = open("/tmp/allowed", O_PATH | O_CLOEXEC);
	auto_close int file = open("/tmp/one-file", O_PATH | O_CLOEXEC);

	(void)data;
	/* The rights of directories are left out for a file. */
	if (ruleset < 0 || kern_landlock_add_path(ruleset, directory, READ, err) < 0 ||
	    kern_landlock_add_path(ruleset, file, READ, err) < 0 || kern_process_no_new_privs(err) < 0 ||
	    kern_landlock_restrict(ruleset, err) < 0)
		return -1;
	if (try_open("/tmp/allowed/file") || try_open("/tmp/one-file"))
		return err_set(err, ERR_SYSTEM, "open", "what is allowed is refused");
	if (try_open("/tmp/other") != EACCES || try_open("/etc/passwd") != EACCES || try_open("/") != EACCES)
		return err_set(err, ERR_SYSTEM, "open", "what is not allowed is not refused");
	return 0;
}

Test(landlock, files, .timeout = 60)
{
	struct err err = { 0 };

	need_abi(1);
	test_private_directory();
	mkdir("allowed", 0755);
	test_write_file("allowed/file", "x", 0644);
	test_write_file("one-file", "x", 0644);
	test_write_file("other", "x", 0644);
	cr_expect_eq(test_in_child(restrict_files, NULL, &err), 0, "%s", test_text(&err));
}

static int try_bind(uint16_t port)
{
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? errno : 0;
}

static int restrict_ports(void *data, struct err *err)
{
	struct kern_landlock access = { .net = NET_BIND_TCP };
	auto_close int ruleset = kern_landlock_create(&access, false, err);

	(void)data;
	if (ruleset < 0 || kern_landlock_add_port(ruleset, 40123, NET_BIND_TCP, err) < 0 ||
	    kern_process_no_new_privs(err) < 0 || kern_landlock_restrict(ruleset, err) < 0)
		return -1;
	if (try_bind(40123) == EACCES || try_bind(40124) != EACCES)
		return err_set(err, ERR_SYSTEM, "bind", "not as the rules say");
	return 0;
}

Test(landlock, ports, .timeout = 60)
{
	struct err err = { 0 };

	need_abi(4);
	cr_expect_eq(test_in_child(restrict_ports, NULL, &err), 0, "%s", test_text(&err));
}

Test(landlock, rights_this_kernel_does_not_know, .timeout = 60)
{
	struct kern_landlock access = { .fs = UINT64_C(1) << 40 | LANDLOCK_ACCESS_FS_READ_FILE };
	struct err err = { 0 };
	int ruleset;

	need_abi(1);
	cr_expect_eq(kern_landlock_create(&access, false, &err), -1);
	cr_expect_eq(err.kind, ERR_UNSUPPORTED);
	cr_expect(strstr(err.message, "0x10000000000"), "%s", test_text(&err));
	err = (struct err){ 0 };
	ruleset = kern_landlock_create(&access, true, &err);
	cr_expect_geq(ruleset, 0, "%s", test_text(&err));
	cr_expect_eq(access.fs, LANDLOCK_ACCESS_FS_READ_FILE);
	cr_expect_eq(fcntl(ruleset, F_GETFD), FD_CLOEXEC);
	close(ruleset);
	access = (struct kern_landlock){ .fs = UINT64_C(1) << 40 };
	cr_expect_eq(kern_landlock_create(&access, true, &err), -2);
	cr_expect_not(err_is_set(&err));
}

Test(landlock, known_rights, .timeout = 60)
{
	cr_expect_eq(kern_landlock_known(0).fs, 0);
	cr_expect_eq(kern_landlock_known(1).fs, 0x1fff);
	cr_expect_eq(kern_landlock_known(3).fs, 0x7fff);
	cr_expect_eq(kern_landlock_known(4).net, 3);
	cr_expect_eq(kern_landlock_known(5).fs, 0xffff);
	cr_expect_eq(kern_landlock_known(6).scoped, 3);
	cr_expect_eq(kern_landlock_known(99).fs, 0xffff);
}

/* What the table says this kernel knows it does take. */
Test(landlock, the_table_is_true_here, .timeout = 60)
{
	struct kern_landlock access = kern_landlock_known(kern_landlock_abi());
	struct err err = { 0 };
	int ruleset;

	need_abi(1);
	ruleset = kern_landlock_create(&access, false, &err);
	cr_expect_geq(ruleset, 0, "%s", test_text(&err));
	close(ruleset);
}

static int restrict_unprivileged(void *data, struct err *err)
{
	struct kern_landlock access = { .fs = READ };
	auto_close int ruleset = kern_landlock_create(&access, false, err);

	(void)data;
	if (geteuid() == 0 && setuid(65534) < 0)
		return err_system(err, "setuid", "65534");
	return kern_landlock_restrict(ruleset, err);
}

Test(landlock, needs_no_new_privs, .timeout = 60)
{
	struct err err = { 0 };

	need_abi(1);
	cr_expect_eq(test_in_child(restrict_unprivileged, NULL, &err), -1);
	cr_expect_eq(err.errnum, EPERM);
	cr_expect(strstr(err.hint, "no_new_privs"), "%s", err.hint);
}
