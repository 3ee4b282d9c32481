/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two specs that need no file, as JSON that the reader reads like any
 * other: what `nsinit run` does without a spec, and what `nsinit spec` prints.
 *
 * Capabilities: the default has what a root shell needs for ordinary work on
 * files and users, and none that reaches devices, raw packets or the audit
 * log. The example has the three of the OCI spec's own example.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "spec/default.h"
#include "spec/spec.h"

/* clang-format off */
#define JSON(...) #__VA_ARGS__

#define VERSION "{\"ociVersion\": \"" SPEC_OCI_VERSION "\","

static const char default_head[] = VERSION JSON(
	"process": {
		"terminal": false,
		"user": { "uid": 0, "gid": 0 },
		"args": ["sh"],
		"env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
		"cwd": "/",
		"noNewPrivileges": true,
		"capabilities": {
			"bounding": [DEFAULT_CAPABILITIES],
			"effective": [DEFAULT_CAPABILITIES],
			"permitted": [DEFAULT_CAPABILITIES]
		}
	},
	"root": { "path": "/" },
	"nsinit": { "root": {} },
	"hostname": "nsinit",
);

static const char default_capabilities[] = JSON(
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE",
	"CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"
);

static const char example_head[] = VERSION JSON(
	"process": {
		"terminal": true,
		"user": { "uid": 0, "gid": 0 },
		"args": ["sh"],
		"env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
		"cwd": "/",
		"noNewPrivileges": true,
		"capabilities": {
			"bounding": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
			"effective": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
			"permitted": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
		},
		"rlimits": [{ "type": "RLIMIT_NOFILE", "soft": 1024, "hard": 1024 }]
	},
	"root": { "path": "rootfs", "readonly": true },
	"hostname": "nsinit",
);

static const char mounts[] = JSON(
	"mounts": [
		{ "destination": "/proc", "type": "proc", "source": "proc",
		  "options": ["nosuid", "noexec", "nodev"] },
		{ "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
		  "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
		{ "destination": "/dev/pts", "type": "devpts", "source": "devpts",
		  "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
		{ "destination": "/dev/shm", "type": "tmpfs", "source": "shm",
		  "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"] },
		{ "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
		  "options": ["nosuid", "noexec", "nodev"] },
		{ "destination": "/sys", "type": "sysfs", "source": "sysfs",
		  "options": ["nosuid", "noexec", "nodev", "ro"] },
		{ "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
		  "options": ["nosuid", "noexec", "nodev", "relatime", "ro"] }
	],
);

static const char linux_head[] = JSON(
	"linux": {
		"namespaces": [
			{ "type": "pid" }, { "type": "network" }, { "type": "ipc" }, { "type": "uts" },
			{ "type": "mount" }, { "type": "cgroup" }
		],
		"resources": { "devices": [{ "allow": false, "access": "rwm" }] },
		"maskedPaths": [
			"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
			"/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
			"/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
			"/sys/kernel/debug"
		],
		"readonlyPaths": [
			"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"
		]
);
/* clang-format stays off: it takes the braces of the JSON above for those of the code. */

static struct spec *read_parts(const char *const *parts, const char *bundle)
{
	auto_strbuf struct strbuf text = { 0 };
	struct err err = { 0 };
	struct spec *spec;

	for (; *parts; parts++)
		strbuf_puts(&text, *parts);
	spec = spec_read(text.text, text.len, "built-in default", bundle, &err);
	/* The text is ours and a unit test reads it: only the memory can be short. */
	if (!spec)
		memory_exhausted();
	return spec;
}

struct spec *spec_default(const char *bundle)
{
	static const char marker[] = "DEFAULT_CAPABILITIES";
	auto_strbuf struct strbuf head = { 0 };
	const char *from = default_head;

	for (const char *at; (at = strstr(from, marker)); from = at + strlen(marker)) {
		strbuf_add(&head, from, (size_t)(at - from));
		strbuf_puts(&head, default_capabilities);
	}
	strbuf_puts(&head, from);
	return read_parts((const char *const[]){ head.text, mounts, linux_head,
						 spec_default_seccomp, "}}", NULL },
			  bundle);
}

struct spec *spec_example(const char *bundle)
{
	return read_parts(
		(const char *const[]){ example_head, mounts, linux_head, "}}", NULL },
		bundle);
}
