/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default spec's seccomp profile: everything is allowed but what is named.
 *
 * Why a list of what is denied: the capabilities and namespaces of the default
 * spec already refuse most of what reaches the host, so the filter only has to
 * close what they leave open: interfaces that no namespace contains (keyrings,
 * bpf, perf, io_uring, file handles), new user namespaces (which would bring
 * all capabilities back inside), typing into a terminal, and old calls that
 * nobody uses. A list of what is allowed has to be kept up with every kernel
 * and breaks programs where it is not; it also takes longer to compile and to
 * run for every system call. Who wants one gives it in the spec.
 *
 * The rules with arguments: CLONE_NEWUSER (0x10000000) of clone and unshare;
 * clone3 hides its flags behind a pointer, so it does not exist here (ENOSYS:
 * the C library falls back to clone); TIOCSTI (0x5412) and TIOCLINUX (0x541c),
 * the low 32 bits alone, which is what the kernel looks at; AF_VSOCK (40), which
 * no namespace contains.
 *
 * Names that an architecture lacks are passed over. Calls of other ABIs of the
 * same machine (i386, x32) are refused as a whole: no architecture is listed.
 */
#include "spec/default.h"

/* clang-format off */
#define JSON(...) #__VA_ARGS__

const char spec_default_seccomp[] = JSON(
	, "seccomp": {
		"defaultAction": "SCMP_ACT_ALLOW",
		"syscalls": [
			{ "action": "SCMP_ACT_ERRNO", "names": [
		"_sysctl", "acct", "add_key", "bpf",
		"clock_settime", "clock_settime64", "create_module", "delete_module", "finit_module",
		"fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms", "init_module",
		"ioperm", "iopl", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie",
		"mount", "mount_setattr", "move_mount", "nfsservctl", "open_by_handle_at",
		"open_tree", "open_tree_attr", "perf_event_open", "pivot_root", "query_module",
		"quotactl", "quotactl_fd", "reboot", "request_key", "setns", "settimeofday", "stime",
		"swapoff", "swapon", "syslog", "umount", "umount2", "userfaultfd", "uselib",
		"ustat", "vm86", "vm86old"
			] },
			{ "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "names": [
		"clone3", "io_uring_enter", "io_uring_register", "io_uring_setup"
			] },
			{ "action": "SCMP_ACT_ERRNO", "names": ["clone", "unshare"], "args": [
		{ "index": 0, "value": 268435456, "valueTwo": 268435456, "op": "SCMP_CMP_MASKED_EQ" }
			] },
			{ "action": "SCMP_ACT_ERRNO", "names": ["ioctl"], "args": [
		{ "index": 1, "value": 4294967295, "valueTwo": 21522, "op": "SCMP_CMP_MASKED_EQ" }
			] },
			{ "action": "SCMP_ACT_ERRNO", "names": ["ioctl"], "args": [
		{ "index": 1, "value": 4294967295, "valueTwo": 21532, "op": "SCMP_CMP_MASKED_EQ" }
			] },
			{ "action": "SCMP_ACT_ERRNO", "names": ["socket"], "args": [
		{ "index": 0, "value": 4294967295, "valueTwo": 40, "op": "SCMP_CMP_MASKED_EQ" }
			] }
		]
	}
);
/* clang-format on */
