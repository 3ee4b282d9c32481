/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that describe a container: what each puts into the spec. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "spec/spec.h"
#include "tools_describe_help.h"

struct describe_case {
	const char *options, *pointer, *json;
	const char *base; /* NULL: the small one */
};

static void check_cases(const struct describe_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct describe_case *c = &cases[i];
		struct err err = { 0 };
		struct spec *spec = describe_spec(c->base ? c->base : "small", c->options, &err);

		cr_expect(spec, "%s: %s", c->options, err.message);
		if (!spec)
			continue;
		cr_expect_str_eq(describe_at(spec, c->pointer), c->json, "%s: %s is %s", c->options,
				 c->pointer, describe_at(spec, c->pointer));
		spec_free(spec);
	}
}
#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))

/* clang-format off */
static const struct describe_case process_cases[] = {
	{ "", "/process/env", "[\"A=1\",\"B=2\"]" },
	{ "--env A=9", "/process/env", "[\"A=9\",\"B=2\"]" },
	{ "-e C= --env A=", "/process/env", "[\"A=\",\"B=2\",\"C=\"]" },
	{ "--env NSTOOLS_TEST", "/process/env", "[\"A=1\",\"B=2\",\"NSTOOLS_TEST=here\"]" },
	{ "--env A --env NSTOOLS_NONE", "/process/env", "[\"B=2\"]" },
	{ "--clear-env", "/process/env", "[]" },
	{ "--clear-env --env C=3", "/process/env", "[\"C=3\"]" },
	{ "--user 1000", "/process/user", "{\"uid\":1000,\"gid\":2}" },
	{ "-u 4294967294:0", "/process/user", "{\"uid\":4294967294,\"gid\":0}" },
	{ "--additional-gids 5,6 --additional-gids 7", "/process/user/additionalGids", "[5,6,7]" },
	{ "--umask 027", "/process/user/umask", "23" },
	{ "--cwd /srv", "/process/cwd", "\"/srv\"" },
	{ "-t", "/process/terminal", "true" },
	{ "--tty=no", "/process/terminal", "false" },
	{ "--rlimit nofile=1024", "/process/rlimits/1",
	  "{\"type\":\"RLIMIT_NOFILE\",\"soft\":1024,\"hard\":1024}" },
	{ "--rlimit RLIMIT_CORE=0:unlimited", "/process/rlimits",
	  "[{\"type\":\"RLIMIT_CORE\",\"soft\":0,\"hard\":18446744073709551615}]" },
	{ "--rlimit memlock=64K:-1", "/process/rlimits/1/soft", "65536" },
	{ "--oom-score-adj -1000", "/process/oomScoreAdj", "-1000" },
	{ "--scheduler fifo:99", "/process/scheduler/policy", "\"SCHED_FIFO\"" },
	{ "--scheduler rr:1 --nice -20", "/process/scheduler/priority", "1" },
	{ "--nice 19", "/process/scheduler/nice", "19" },
	{ "--io-priority be:7", "/process/ioPriority", "{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":7}" },
	{ "--io-priority idle", "/process/ioPriority", "{\"class\":\"IOPRIO_CLASS_IDLE\",\"priority\":0}" },
	{ "--init", "/nsinit", "{\"init\":true}" },
	{ "--stop-signal rtmin+3", "/nsinit/stopSignal", "\"SIGRTMIN+3\"" },
	{ "--parent-death-signal 9", "/nsinit", "{\"parentDeathSignal\":\"SIGKILL\"}" },
	{ "--no-new-privileges", "/process/noNewPrivileges", "true" },
	{ "--no-new-privileges=false", "/process/noNewPrivileges", "false", "default" },
	{ "--apparmor unconfined --selinux-label a:b:c --mount-label d:e:f", "/linux/mountLabel", "\"d:e:f\"" },
	{ "--apparmor unconfined", "/process/apparmorProfile", "\"unconfined\"" },
	{ "--selinux-label a:b:c", "/process/selinuxLabel", "\"a:b:c\"" },
	{ "--cwd /x", "/process/cwd", "\"/x\"", "bare" },
	{ "--env A=1", "/process/cwd", "\"/\"", "bare" },
};

static const struct describe_case file_cases[] = {
	{ "--rootfs /x", "/root", "{\"path\":\"/x\",\"readonly\":false}" },
	{ "--rootfs /x", "/nsinit", "{}", "default" },
	{ "--rootfs ./x", "/root/path", "\"/tmp/x\"" },
	{ "--rootfs .", "/root/path", "\"/tmp\"" },
	{ "--read-only", "/root/readonly", "true" },
	{ "--rootfs /x --overlay", "/nsinit", "{\"root\":{}}" },
	{ "--overlay=/u:w", "/nsinit/root", "{\"upper\":\"/u\",\"work\":\"/tmp/w\"}" },
	{ "--lower /a --lower b", "/nsinit/root", "{\"lower\":[\"/a\",\"/tmp/b\"]}" },
	{ "--propagation rslave", "/linux/rootfsPropagation", "\"rslave\"" },
	{ "--bind /etc", "/mounts/2",
	  "{\"destination\":\"/etc\",\"type\":\"none\",\"source\":\"/etc\",\"options\":[\"rbind\"]}" },
	{ "--bind data:/d:ro,bind", "/mounts/2",
	  "{\"destination\":\"/d\",\"type\":\"none\",\"source\":\"/tmp/data\",\"options\":[\"ro\",\"bind\"]}" },
	{ "--tmpfs /run", "/mounts/2", "{\"destination\":\"/run\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
	  "\"options\":[\"nosuid\",\"nodev\",\"mode=1777\"]}" },
	{ "--tmpfs /tmp:size=1m,mode=700", "/mounts/1/options", "[\"nosuid\",\"nodev\",\"size=1m\",\"mode=700\"]" },
	{ "--tmpfs /tmp:size=1m", "/mounts/2", "" },
	{ "--mount type=bind,src=/a,dst=/b,readonly,bind-propagation=rslave", "/mounts/2",
	  "{\"destination\":\"/b\",\"type\":\"none\",\"source\":\"/a\",\"options\":[\"ro\",\"rslave\",\"rbind\"]}" },
	{ "--mount source=a,destination=/b,bind", "/mounts/2",
	  "{\"destination\":\"/b\",\"source\":\"/tmp/a\",\"options\":[\"bind\"]}" },
	{ "--mount type=overlay,destination=/b,lowerdir=/x,nodev", "/mounts/2",
	  "{\"destination\":\"/b\",\"type\":\"overlay\",\"options\":[\"lowerdir=/x\",\"nodev\"]}" },
	{ "--tmpfs /a --bind /etc:/a/b --tmpfs /a/b/c", "/mounts/3/destination", "\"/a/b\"" },
	{ "--device /dev/null:/dev/zilch:r", "/linux/devices",
	  "[{\"type\":\"c\",\"path\":\"/dev/zilch\",\"major\":1,\"minor\":3,\"fileMode\":438,\"uid\":0,\"gid\":0}]" },
	{ "--device /dev/null:/dev/zilch:r", "/linux/resources/devices",
	  "[{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"r\"}]" },
	{ "--device-rule c^10:*^rw --device-rule a^*:*^m", "/linux/resources/devices/0",
	  "{\"allow\":true,\"type\":\"c\",\"major\":10,\"access\":\"rw\"}" },
	{ "--masked-path /x", "/linux/maskedPaths", "[\"/proc/a\",\"/proc/b\",\"/proc/c\",\"/x\"]" },
	{ "--readonly-path /x --unmask /proc/sys", "/linux/readonlyPaths", "[\"/x\"]" },
	{ "--unmask all --masked-path /x", "/linux/maskedPaths", "[\"/x\"]" },
	{ "--unmask /proc/b", "/linux/maskedPaths", "[\"/proc/a\",\"/proc/c\"]" },
};

static const struct describe_case isolation_cases[] = {
	{ "--hostname web --domainname d", "/hostname", "\"web\"" },
	{ "--domainname d", "/domainname", "\"d\"" },
	{ "--uts host", "/hostname", "" },
	{ "--net host", "/linux/namespaces", "[{\"type\":\"mount\"},{\"type\":\"uts\"}]" },
	{ "--net none", "/linux/namespaces/2", "{\"type\":\"network\"}" },
	{ "--net /run/netns/x", "/linux/namespaces/2", "{\"type\":\"network\",\"path\":\"/run/netns/x\"}" },
	{ "--pid private --ipc private", "/linux/namespaces/4", "{\"type\":\"ipc\"}" },
	{ "--uts host --pid private", "/linux/namespaces/2", "{\"type\":\"pid\"}" },
	{ "--cgroupns /proc/1/ns/cgroup --time private", "/linux/namespaces/3",
	  "{\"type\":\"cgroup\",\"path\":\"/proc/1/ns/cgroup\"}" },
	{ "--time private", "/linux/namespaces/3", "{\"type\":\"time\"}" },
	{ "--userns=0:1000:1,1:2000:50", "/linux/uidMappings",
	  "[{\"containerID\":0,\"hostID\":1000,\"size\":1},{\"containerID\":1,\"hostID\":2000,\"size\":50}]" },
	{ "--userns=0:1000:1", "/linux/gidMappings", "[{\"containerID\":0,\"hostID\":1000,\"size\":1}]" },
	{ "--userns=/proc/1/ns/user", "/linux/namespaces/3", "{\"type\":\"user\",\"path\":\"/proc/1/ns/user\"}" },
	{ "--uid-map 0:1:2 --uid-map 2:9:1 --gid-map 0:5:1", "/linux/uidMappings/1",
	  "{\"containerID\":2,\"hostID\":9,\"size\":1}" },
	{ "--uid-map 0:1:2 --gid-map 0:5:1", "/linux/gidMappings/0", "{\"containerID\":0,\"hostID\":5,\"size\":1}" },
	/* devpts of the default spec has gid=5, which is no id in there; /sys is the host's */
	{ "--userns=0:1000:1", "/mounts/2/options",
	  "[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"]", "default" },
	{ "--userns=0:1000:1 --net host", "/mounts/5/source", "\"/sys\"", "default" },
	{ "--userns=0:1000:1 --userns=host", "/linux/uidMappings", "" },
	{ "--loopback=false", "/nsinit/loopback", "false" },
	{ "--net-device eth0:up%d --net-device eth1", "/linux/netDevices",
	  "{\"eth0\":{\"name\":\"up%d\"},\"eth1\":{}}" },
	{ "--sysctl net.ipv4.ip_forward=1 --sysctl kernel.hostname=x", "/linux/sysctl",
	  "{\"net.ipv4.ip_forward\":\"1\",\"kernel.hostname\":\"x\"}" },
	{ "--annotation a=2 --annotation b.c=", "/annotations", "{\"a\":\"2\",\"b.c\":\"\"}" },
};

static const struct describe_case resource_cases[] = {
	{ "--cgroup /a/b", "/linux/cgroupsPath", "\"/a/b\"" },
	{ "--cgroup a:b:c", "/linux/cgroupsPath", "\"a:b:c\"", "bare" },
	{ "--memory 256M --memory-swap unlimited --memory-reservation 1.5G --memory-swappiness 0",
	  "/linux/resources/memory", "{\"limit\":268435456,\"reservation\":1610612736,\"swap\":-1,\"swappiness\":0}" },
	{ "--cpus 1.5", "/linux/resources/cpu", "{\"quota\":150000,\"period\":100000}" },
	{ "--cpus 0.0129", "/linux/resources/cpu", "{\"quota\":1200,\"period\":100000}" },
	{ "--cpus 2 --cpu-period 50000", "/linux/resources/cpu", "{\"quota\":100000,\"period\":50000}" },
	{ "--cpu-quota unlimited --cpu-idle 1", "/linux/resources/cpu", "{\"quota\":-1,\"idle\":1}" },
	{ "--cpu-shares 512 --cpuset-cpus 0-3,8 --cpuset-mems 0", "/linux/resources/cpu",
	  "{\"shares\":512,\"cpus\":\"0-3,8\",\"mems\":\"0\"}" },
	{ "--cpu-quota 5000 --cpu-burst 5000", "/linux/resources/cpu/burst", "5000" },
	{ "--pids 100", "/linux/resources/pids", "{\"limit\":100}" },
	{ "--pids-limit -1", "/linux/resources/pids", "{\"limit\":-1}" },
	{ "--io-weight 10", "/linux/resources/blockIO", "{\"weight\":10}" },
	{ "--hugetlb 2MB=64M --hugetlb 2MB=0", "/linux/resources/hugepageLimits",
	  "[{\"pageSize\":\"2MB\",\"limit\":0}]" },
	{ "--unified memory.high=1 --unified memory.high=2", "/linux/resources/unified", "{\"memory.high\":\"2\"}" },
};

#define SETS(all) "{\"bounding\":" all ",\"effective\":" all
static const struct describe_case security_cases[] = {
	{ "--cap-drop KILL", "/process/capabilities", SETS("[\"CAP_CHOWN\"]") ",\"permitted\":[\"CAP_CHOWN\"]}" },
	{ "--cap-drop all --cap-add net_raw --user 0", "/process/capabilities",
	  SETS("[\"CAP_NET_RAW\"]") ",\"permitted\":[\"CAP_NET_RAW\"]}" },
	{ "--cap-add 13 --cap-drop ALL --user 5", "/process/capabilities/ambient", "[\"CAP_NET_RAW\"]" },
	{ "--cap-add all --cap-drop cap_chown", "/process/capabilities/bounding/0", "\"CAP_DAC_OVERRIDE\"" },
	{ "--cap-add all --cap-drop cap_chown --user 5", "/process/capabilities/ambient/0", "\"CAP_DAC_OVERRIDE\"" },
	{ "--cap-add all --cap-drop cap_chown --user 5", "/process/capabilities/inheritable/0",
	  "\"CAP_DAC_OVERRIDE\"" },
	{ "--cap-add sys_time", "/process/capabilities/permitted", "[\"CAP_SYS_TIME\"]", "bare" },
	{ "--seccomp default", "/linux/seccomp/defaultAction", "\"SCMP_ACT_ALLOW\"" },
	{ "--seccomp unconfined", "/linux/seccomp", "", "default" },
};
/* clang-format on */

static void begin(void)
{
	cr_assert_eq(chdir("/tmp"), 0);
	setenv("NSTOOLS_TEST", "here", 1);
	unsetenv("NSTOOLS_NONE");
	unsetenv("A");
}

Test(tools_describe, process, .init = begin)
{
	CHECK(process_cases);
}

Test(tools_describe, files, .init = begin)
{
	CHECK(file_cases);
}

Test(tools_describe, isolation, .init = begin)
{
	CHECK(isolation_cases);
}

Test(tools_describe, resources, .init = begin)
{
	CHECK(resource_cases);
}

Test(tools_describe, security, .init = begin)
{
	CHECK(security_cases);
}
