/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that describe a container: what is refused, word for word. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "spec/spec.h"
#include "tools_describe_help.h"

struct bad_case {
	const char *options, *text, *hint;
};

/* clang-format off */
static const struct bad_case bad_cases[] = {
	/* process */
	{ "--env =x", "--env: expected NAME=VALUE or NAME, found \"=x\"" },
	{ "--user alice",
	  "--user: expected UID[:GID] in numbers (names are of the container's files), found \"alice\"" },
	{ "--user 4294967295",
	  "--user: expected UID[:GID] in numbers (names are of the container's files), found \"4294967295\"" },
	{ "--user 1:", "--user: expected UID[:GID] in numbers (names are of the container's files), found \"1:\"" },
	{ "--user 1:2:3",
	  "--user: expected UID[:GID] in numbers (names are of the container's files), found \"1:2:3\"" },
	{ "--additional-gids 1,,2", "--additional-gids: expected group ids in numbers, with commas, found \"1,,2\"" },
	{ "--umask 1000", "--umask: expected an octal number from 0 to 777, found \"1000\"" },
	{ "--umask 8", "--umask: expected an octal number from 0 to 777, found \"8\"" },
	{ "--cwd srv", "--cwd: expected a path that begins with \"/\", found \"srv\"" },
	{ "--tty=maybe", "--tty: expected true or false, found \"maybe\"" },
	{ "--rlimit files=1",
	  "--rlimit: expected NAME=SOFT[:HARD], NAME one of as, core, cpu, data, fsize, locks, memlock, "
	  "msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack, found \"files=1\"" },
	{ "--rlimit core",
	  "--rlimit: expected NAME=SOFT[:HARD], NAME one of as, core, cpu, data, fsize, locks, memlock, "
	  "msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack, found \"core\"" },
	{ "--rlimit core=x", "--rlimit: expected SOFT[:HARD] in numbers or \"unlimited\", found \"core=x\"" },
	{ "--rlimit core=1:", "--rlimit: expected SOFT[:HARD] in numbers or \"unlimited\", found \"core=1:\"" },
	{ "--rlimit core=2:1", "--rlimit: expected a soft limit that is not above the hard one, found \"core=2:1\"" },
	{ "--oom-score-adj 1001", "--oom-score-adj: expected a number from -1000 to 1000, found \"1001\"" },
	{ "--scheduler fifo", "--scheduler: expected fifo:PRIORITY from 1 to 99, found \"fifo\"" },
	{ "--scheduler rr:100", "--scheduler: expected rr:PRIORITY from 1 to 99, found \"rr:100\"" },
	{ "--scheduler batch:1", "--scheduler: expected no priority with batch, found \"batch:1\"" },
	{ "--scheduler deadline",
	  "--scheduler: expected other, batch, idle, fifo:PRIORITY or rr:PRIORITY, found \"deadline\"" },
	{ "--nice 20", "--nice: expected a number from -20 to 19, found \"20\"" },
	{ "--io-priority be:8", "--io-priority: expected rt, be or idle, with :LEVEL from 0 to 7, found \"be:8\"" },
	{ "--stop-signal TERMINATE",
	  "--stop-signal: expected a signal (TERM, SIGTERM, 15, RTMIN+3), found \"TERMINATE\"" },
	{ "--parent-death-signal 65",
	  "--parent-death-signal: expected a signal (TERM, SIGTERM, 15, RTMIN+3), found \"65\"" },
	{ "--env-file /nonexistent", "--env-file /nonexistent: No such file or directory" },
	/* files */
	{ "--read-only=x", "--read-only: expected true or false, found \"x\"" },
	{ "--overlay=/u", "--overlay: expected UPPER:WORK, two folders on one file system, found \"/u\"" },
	{ "--overlay=:w", "--overlay: expected UPPER:WORK, two folders on one file system, found \":w\"" },
	{ "--propagation srlave",
	  "--propagation: expected private, shared, slave, unbindable, or one of these after \"r\", found "
	  "\"srlave\"" },
	{ "--bind :/x", "--bind: expected SOURCE[:DEST[:OPTIONS]], found \":/x\"" },
	{ "--bind /a:b", "--bind: expected a destination that is a path below \"/\", found \"/a:b\"" },
	{ "--bind /:/", "--bind: expected a destination that is a path below \"/\", found \"/:/\"" },
	{ "--bind /a:/b:r0",
	  "--bind: expected options of a bind mount, found \"r0\" in \"/a:/b:r0\"", "did you mean ro?" },
	{ "--bind /a:/b:size=1", "--bind: expected options of a bind mount, found \"size=1\" in \"/a:/b:size=1\"" },
	{ "--tmpfs tmp", "--tmpfs: expected a destination that is a path below \"/\", found \"tmp\"" },
	{ "--mount type=bind,dst=/b",
	  "--mount: expected type=TYPE,source=SOURCE,destination=DEST[,OPTION...], found \"type=bind,dst=/b\"" },
	{ "--mount dst=/b",
	  "--mount: expected type=TYPE,source=SOURCE,destination=DEST[,OPTION...], found \"dst=/b\"" },
	{ "--mount type=proc",
	  "--mount: expected type=TYPE,source=SOURCE,destination=DEST[,OPTION...], found \"type=proc\"" },
	{ "--device null", "--device: expected PATH[:DEST[:ACCESS]], ACCESS some of r, w, m, found \"null\"" },
	{ "--device /dev/null:/x:rx",
	  "--device: expected PATH[:DEST[:ACCESS]], ACCESS some of r, w, m, found \"/dev/null:/x:rx\"" },
	{ "--device /etc", "--device: expected a device, found \"/etc\"" },
	{ "--device /dev/nonexistent", "--device /dev/nonexistent: No such file or directory" },
	{ "--device-rule c^1:3",
	  "--device-rule: expected \"TYPE MAJOR:MINOR ACCESS\" (\"c 10:200 rwm\", \"b 8:* r\"), found \"c 1:3\"" },
	{ "--device-rule x^1:3^r",
	  "--device-rule: expected \"TYPE MAJOR:MINOR ACCESS\" (\"c 10:200 rwm\", \"b 8:* r\"), found \"x "
	  "1:3 r\"" },
	{ "--masked-path x", "--masked-path: expected a path that begins with \"/\", found \"x\"" },
	{ "--unmask /x", "--unmask: expected \"all\" or one of the spec's masked or read-only paths, found \"/x\"" },
	/* isolation */
	{ "--uts host --hostname x",
	  "--hostname: expected a UTS namespace in the spec: this would rename the host, found \"x\"",
	  "--uts private makes one" },
	{ "--pid shared", "--pid: expected private, host or the path of a namespace, found \"shared\"" },
	{ "--net bridge", "--net: expected none, private, host or the path of a namespace, found \"bridge\"" },
	{ "--userns=1000",
	  "--userns: expected CONTAINER:HOST:SIZE in numbers, auto, host or the path of a namespace, found "
	  "\"1000\"" },
	{ "--userns=0:1:0",
	  "--userns: expected CONTAINER:HOST:SIZE in numbers, auto, host or the path of a namespace, found "
	  "\"0:1:0\"" },
	{ "--uid-map 0:4294967294:2 --gid-map 0:0:1",
	  "--uid-map: expected CONTAINER:HOST:SIZE in numbers, found \"0:4294967294:2\"" },
	{ "--uid-map 0:1:1", "--uid-map needs --gid-map too" },
	{ "--userns=host --gid-map 0:1:1", "--userns host does not go with --gid-map" },
	{ "--net host --net-device eth0",
	  "--net-device: expected a network namespace in the spec, found \"eth0\"", "--net private makes one" },
	{ "--net-device a/b",
	  "--net-device: expected NAME[:NEW], names of network interfaces (at most 15 characters), found \"a/b\"" },
	{ "--sysctl kernel.pid.max",
	  "--sysctl: expected KEY=VALUE (net.ipv4.ip_forward=1), found \"kernel.pid.max\"" },
	{ "--sysctl ../x=1", "--sysctl: expected KEY=VALUE (net.ipv4.ip_forward=1), found \"../x=1\"" },
	{ "--sysctl kernel.panic=1",
	  "--sysctl: expected a sysctl of a namespace: this one would change the host, found \"kernel.panic=1\"" },
	{ "--sysctl kernel.sem=1",
	  "--sysctl: expected the namespace \"ipc\" in the spec: without it this would change the host, "
	  "found \"kernel.sem=1\"" },
	{ "--annotation x", "--annotation: expected KEY=VALUE, found \"x\"" },
	/* resources */
	{ "--cgroup a/../../b", "--cgroup: expected a cgroup path without \"..\", found \"a/../../b\"" },
	{ "--memory 1Q", "--memory: expected bytes, such as 4096, 512K, 256M, 1.5G, or \"unlimited\", found \"1Q\"" },
	{ "--memory 0", "--memory: expected bytes, such as 4096, 512K, 256M, 1.5G, or \"unlimited\", found \"0\"" },
	{ "--memory 2M --memory-swap 1M",
	  "--memory-swap: expected memory and swap together, which are not below the memory limit "
	  "(2097152), found \"1M\"" },
	{ "--memory-swappiness 101", "--memory-swappiness: expected a number from 0 to 100, found \"101\"" },
	{ "--cpus 0", "--cpus: expected a number of CPUs from 0.01 up, such as 1.5, found \"0\"" },
	{ "--cpus 1.", "--cpus: expected a number of CPUs from 0.01 up, such as 1.5, found \"1.\"" },
	{ "--cpus 1,5", "--cpus: expected a number of CPUs from 0.01 up, such as 1.5, found \"1,5\"" },
	{ "--cpus 1 --cpu-quota 5000", "--cpus does not go with --cpu-quota: it sets the quota" },
	{ "--cpu-quota -2", "--cpu-quota: expected a number or \"unlimited\", found \"-2\"" },
	{ "--cpu-quota 1000 --cpu-burst 1001",
	  "--cpu-burst: expected a time that is not above the quota (1000), found \"1001\"" },
	{ "--cpu-idle 2", "--cpu-idle: expected 0 or 1, found \"2\"" },
	{ "--cpu-shares -1", "--cpu-shares: expected a number from 0 up, found \"-1\"" },
	{ "--cpuset-cpus 3-1", "--cpuset-cpus: expected a list (0-3,8), found \"3-1\"" },
	{ "--pids many", "--pids: expected a number or \"unlimited\", found \"many\"" },
	{ "--io-weight 1001", "--io-weight: expected a number from 10 to 1000, found \"1001\"" },
	{ "--device-read-bps sda:1M", "--device-read-bps: expected DEVICE:RATE (/dev/sda:10M), found \"sda:1M\"" },
	{ "--device-write-iops /dev/null:5", "--device-write-iops: expected a block device, found \"/dev/null\"" },
	{ "--hugetlb 2M=1", "--hugetlb: expected SIZE=BYTES, SIZE such as 64KB, 2MB, 1GB, found \"2M=1\"" },
	{ "--unified ../x=1", "--unified: expected FILE=VALUE (memory.high=64M), found \"../x=1\"" },
	/* security */
	{ "--cap-add net_rwa",
	  "--cap-add: expected a capability (CAP_NET_RAW, net_raw, 13) or \"all\", found \"net_rwa\"",
	  "did you mean CAP_NET_RAW?" },
	{ "--cap-drop CAP_SYS_ADMN",
	  "--cap-drop: expected a capability (CAP_NET_RAW, net_raw, 13) or \"all\", found \"CAP_SYS_ADMN\"",
	  "did you mean CAP_SYS_ADMIN?" },
	{ "--cap-add 64",
	  "--cap-add: expected a capability (CAP_NET_RAW, net_raw, 13) or \"all\", found \"64\"",
	  "capabilities(7) has the list" },
	{ "--cap-add kill --cap-drop kill", "CAP_KILL is given to both --cap-add and --cap-drop" },
	{ "--cap-add all --cap-drop all", "CAP_CHOWN is given to both --cap-add and --cap-drop" },
	{ "--no-new-privileges=2", "--no-new-privileges: expected true or false, found \"2\"" },
	{ "--seccomp /nonexistent", "--seccomp /nonexistent: No such file or directory" },
};
/* clang-format on */

Test(tools_describe, refuses)
{
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(bad_cases[0]); i++) {
		const struct bad_case *c = &bad_cases[i];
		struct err err = { 0 };
		struct spec *spec = describe_spec("small", c->options, &err);
		char text[2048];

		cr_expect_not(spec, "%s: accepted", c->options);
		cr_expect_str_eq(err_text(&err, text, sizeof(text)), c->text);
		cr_expect_str_eq(err.hint, c->hint ? c->hint : "", "%s", c->options);
		spec_free(spec);
	}
}

static char file_path[] = "/tmp/nsinit-describe-XXXXXX";

static void write_file(const char *text, size_t len)
{
	int fd = mkostemp(file_path, O_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
}

/* The options in a file: an environment, or a seccomp profile. "" or the error. */
static const char *with_file(const char *option, const char *text, size_t len, const char *pointer,
			     const char **json)
{
	static char line[64], message[2048], found[2048];
	struct err err = { 0 };
	struct spec *spec;

	strcpy(file_path + strlen(file_path) - 6, "XXXXXX");
	write_file(text, len);
	snprintf(line, sizeof(line), "%s %s", option, file_path);
	spec = describe_spec("small", line, &err);
	unlink(file_path);
	if (spec) {
		snprintf(found, sizeof(found), "%s", describe_at(spec, pointer));
		*json = found;
		spec_free(spec);
		return "";
	}
	/* The file has another name each time. */
	err_text(&err, message, sizeof(message));
	for (char *at; (at = strstr(message, file_path));)
		memmove(at, at + strlen(file_path), strlen(at + strlen(file_path)) + 1);
	return message;
}

#define WITH(option, text, pointer, json) with_file(option, text, sizeof(text) - 1, pointer, &(json))

Test(tools_describe, reads_files)
{
	const char *json = NULL;

	cr_expect_str_eq(
		WITH("--env-file", "# a comment\n\nA=x y\nC=#1\nNO_SUCH_NAME\n", "/process/env", json), "");
	cr_expect_str_eq(json, "[\"A=x y\",\"B=2\",\"C=#1\"]");
	cr_expect_str_eq(WITH("--env-file", "C=1", "/process/env", json), "");
	cr_expect_str_eq(json, "[\"A=1\",\"B=2\",\"C=1\"]");
	cr_expect_str_eq(WITH("--env-file", "A=1\n=2\n", "", json),
			 "--env-file : line 2: expected NAME=VALUE or NAME");
	cr_expect_str_eq(WITH("--env-file", "A=1\0B\n", "", json),
			 "--env-file : expected lines of text, found a NUL");
	cr_expect_str_eq(WITH("--seccomp", "{\"defaultAction\": \"SCMP_ACT_LOG\"}", "/linux/seccomp", json),
			 "");
	cr_expect_str_eq(json, "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[]}");
	cr_expect_str_eq(
		WITH("--seccomp", "{\"defaultAction\": \"LOG\"}", "", json),
		"expected a seccomp action (SCMP_ACT_KILL_THREAD, SCMP_ACT_KILL, SCMP_ACT_KILL_PROCESS, "
		"SCMP_ACT_TRAP, SCMP_ACT_ERRNO, SCMP_ACT_TRACE, SCMP_ACT_ALLOW, SCMP_ACT_LOG, "
		"SCMP_ACT_NOTIFY), "
		"found the string \"LOG\" (: /defaultAction)");
	cr_expect_str_eq(
		WITH("--seccomp", "{\"defaultAction\": \"SCMP_ACT_LOG\", \"archMap\": []}", "", json),
		"not a member of an OCI seccomp profile (: /archMap)");
}
