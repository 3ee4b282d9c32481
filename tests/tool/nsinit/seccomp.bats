#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Filters of system calls: what they do to a program, what is refused, and the programs kept in the cache.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

CACHE=/run/nsinit-seccomp

setup_file() { file_begin_inside; }
setup() {
	# `inside call` takes the numbers of this machine.
	[ "$(uname -m)" = x86_64 ] || skip_because "the system calls are numbered as on x86_64"
	test_begin
}

# filtered RULES COMMAND...: a container that may do all but what the array of rules says
filtered() {
	local rules=$1
	shift
	container_run ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: $rules}" "$@"
}

# listed DEFAULT COMMAND...: a container in which what `inside call` needs is allowed, and DEFAULT (the members
# of linux.seccomp) says what becomes of the rest
listed() {
	local default=$1
	shift
	container_run '.linux.seccomp = ({syscalls: [{action: "SCMP_ACT_ALLOW", names: ["execve", "execveat", "brk",
		"exit", "exit_group", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64",
		"readlink", "readlinkat", "getrandom", "mprotect", "mmap", "munmap", "write", "writev", "fstat",
		"newfstatat", "ioctl", "rt_sigaction", "rt_sigprocmask", "futex", "close"]}]} + '"$default)" "$@"
}

# in_cache COMMAND...: with an empty cache of its own
in_cache() {
	[ -d "$CACHE" ] || mkdir -m 700 "$CACHE"
	unshare --mount --propagation private bash -c 'mount -t tmpfs -o mode=700 tmpfs "$1" && shift && "$@"' \
		bash "$CACHE" "$@"
}

# --- actions ------------------------------------------------------------------------------------------------

@test "actions: errno with and without a number, log, allow, trace without a tracer" {
	run -0 filtered '[{names: ["alarm"], action: "SCMP_ACT_ERRNO"},
			{names: ["umask"], action: "SCMP_ACT_ERRNO", errnoRet: 28},
			{names: ["getpgid"], action: "SCMP_ACT_ERRNO", errnoRet: 0},
			{names: ["getsid"], action: "SCMP_ACT_ERRNO", errnoRet: 4094},
			{names: ["dup"], action: "SCMP_ACT_LOG"},
			{names: ["getppid"], action: "SCMP_ACT_TRACE", errnoRet: 7},
			{names: ["sync"], action: "SCMP_ACT_ALLOW"}]' \
		sh -c 'for call in "37 0" 95 "121 1" 124 "32 2" 110 102; do inside call $call; done; inside trace 110; :'
	expect_text "37 errno EPERM" "95 errno ENOSPC" "121 ok 0" "124 errno (null)" "32 ok 3" "110 errno ENOSYS" "102 ok 0" \
		"traced data 7"
}

@test "actions: trap is a signal that says which call; kill ends the thread or the process" {
	run -0 filtered '[{names: ["alarm"], action: "SCMP_ACT_TRAP"},
			{names: ["umask"], action: "SCMP_ACT_KILL_THREAD"},
			{names: ["getpgid"], action: "SCMP_ACT_KILL"},
			{names: ["getsid"], action: "SCMP_ACT_KILL_PROCESS"}]' \
		sh -c 'inside trap 37; inside thread 95; inside thread 121; inside thread 124; echo "status $?"'
	expect_text "signal 31 code 1 errno 0 syscall 37" "status 159"
	[ "$(grep -c 'the first thread lives, the other was killed' <<<"$output")" -eq 2 ]
	run -159 filtered '[{names: ["getsid"], action: "SCMP_ACT_KILL_PROCESS"}]' inside call 124
	run -159 listed '{defaultAction: "SCMP_ACT_KILL_PROCESS"}' inside call 124
	run -0 listed '{defaultAction: "SCMP_ACT_LOG"}' inside call 124 0
}

@test "default action: its errno; calls newer than libseccomp do not exist rather than being refused" {
	run -1 listed '{defaultAction: "SCMP_ACT_ERRNO"}' inside call 124
	expect_output "124 errno EPERM"
	run -1 listed '{defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 28}' inside call 124
	expect_output "124 errno ENOSPC"
	# 340 is a hole below the newest call, where nothing will ever be.
	run -1 listed '{defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 28}' inside call 340
	expect_output "340 errno ENOSPC"
	for call in 1000 2047; do
		run -1 listed '{defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 28}' inside call "$call"
		expect_output "$call errno ENOSYS"
	done
	# That is not for profiles that kill.
	run -159 listed '{defaultAction: "SCMP_ACT_KILL_PROCESS"}' inside call 1000
}

# --- arguments ----------------------------------------------------------------------------------------------

@test "arguments: every operator, all of a rule together, one of two for the same argument, 64 bits" {
	run -0 filtered '(def rule($name; $args): {names: [$name], action: "SCMP_ACT_ERRNO", errnoRet: 28,
			args: ($args | map({index: .[0], op: ("SCMP_CMP_" + .[1]), value: .[2], valueTwo: (.[3] // 0)}))};
		[rule("close"; [[0, "EQ", 1000]]), rule("alarm"; [[0, "GT", 5]]), rule("umask"; [[0, "LT", 5]]),
		rule("getpgid"; [[0, "NE", 0]]), rule("getsid"; [[0, "LE", 0]]),
		rule("sched_getscheduler"; [[0, "GE", 7]]), rule("dup"; [[0, "MASKED_EQ", 65280, 4608]]),
		rule("getpriority"; [[0, "EQ", 0], [1, "EQ", 1]]),
		rule("sched_get_priority_max"; [[0, "EQ", 0], [0, "EQ", 1]]),
		rule("lseek"; [[1, "EQ", 4294967301]])])' \
		sh -c 'while read -r call; do echo "$call: $(inside call $call)"; done' <<-'END'
		3 1000
		3 1001
		37 6
		37 5
		95 4
		95 5
		121 1
		121 0
		124 0
		124 1
		145 7
		145 0
		32 0x12ff
		32 0x1302
		140 0 1
		140 0 0
		146 0
		146 1
		146 2
		8 0 0x100000005 0
		8 0 5 0
	END
	expect_output "$(cat <<-'END'
		3 1000: 3 errno ENOSPC
		3 1001: 3 errno EBADF
		37 6: 37 errno ENOSPC
		37 5: 37 ok 0
		95 4: 95 errno ENOSPC
		95 5: 95 ok 18
		121 1: 121 errno ENOSPC
		121 0: 121 ok 1
		124 0: 124 errno ENOSPC
		124 1: 124 ok 1
		145 7: 145 errno ENOSPC
		145 0: 145 ok 0
		32 0x12ff: 32 errno ENOSPC
		32 0x1302: 32 errno EBADF
		140 0 1: 140 errno ENOSPC
		140 0 0: 140 ok 20
		146 0: 146 errno ENOSPC
		146 1: 146 errno ENOSPC
		146 2: 146 ok 99
		8 0 0x100000005 0: 8 errno ENOSPC
		8 0 5 0: 8 errno ESPIPE
	END
	)"
}

# --- architectures ------------------------------------------------------------------------------------------

@test "architectures: a rule is for those named, a call of another kills" {
	run container_run . inside call32 20
	[ "$status" -eq 0 ] || skip_because "no 32-bit system calls on this kernel"
	local rule='{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getpid"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]}'
	local all='{architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]}'
	run -0 container_run ".linux.seccomp = $rule + $all" \
		sh -c 'inside call 39; inside call32 20; inside call32 64; inside call $((0x40000000 + 39)); :'
	expect_text "39 errno ENOSPC" "call32 errno ENOSPC" "call32 ok" "1073741863 errno"
	run -159 container_run ".linux.seccomp = $rule" inside call32 20
	run -159 container_run ".linux.seccomp = $rule + {architectures: [\"SCMP_ARCH_X86_64\"]}" inside call32 64
	# The machine's own need not be named.
	run -1 container_run ".linux.seccomp = $rule + {architectures: [\"SCMP_ARCH_X86\"]}" inside call 39
	expect_output "39 errno ENOSPC"
}

# --- what is taken and what is refused ----------------------------------------------------------------------

@test "names that libseccomp does not know are left out, the rest of the rule stands; double rules are one" {
	run -1 filtered '[{names: ["no_such_call", "alarm", "alarm"], action: "SCMP_ACT_ERRNO", errnoRet: 28},
		{names: ["alarm"], action: "SCMP_ACT_ERRNO", errnoRet: 28},
		{names: ["of_a_later_kernel"], action: "SCMP_ACT_KILL_PROCESS"}]' inside call 37 0
	expect_output "37 errno ENOSPC"
}

@test "refused, with the place: actions, operators, architectures, flags, numbers" {
	while IFS='|' read -r filter where what; do
		run -125 container_run ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\",
			syscalls: [{names: [\"alarm\"], action: \"SCMP_ACT_ERRNO\"}]} | .linux.seccomp.$filter" true
		expect_text "/linux/seccomp$where" "$what"
	done <<-'END'
		defaultAction = "SCMP_ACT_NONE"|/defaultAction|SCMP_ACT_NONE
		defaultErrnoRet = 1|/defaultErrnoRet|SCMP_ACT_ALLOW
		architectures = ["SCMP_ARCH_PDP11"]|/architectures/0|SCMP_ARCH_PDP11
		flags = ["SECCOMP_FILTER_FLAG_NONE"]|/flags/0|SECCOMP_FILTER_FLAG_NONE
		syscalls[0].action = "ERRNO"|/syscalls/0/action|ERRNO
		syscalls[0].errnoRet = 4095|/syscalls/0/errnoRet|4095
		syscalls[0].errnoRet = -1|/syscalls/0/errnoRet|-1
		syscalls[0].names = []|/syscalls/0/names|
		syscalls[0].args = [{index: 6, value: 1, op: "SCMP_CMP_EQ"}]|/syscalls/0/args/0/index|6
		syscalls[0].args = [{index: 0, value: 1, op: "EQ"}]|/syscalls/0/args/0/op|EQ
		syscalls[0].args = [{index: 0, value: -1, op: "SCMP_CMP_EQ"}]|/syscalls/0/args/0/value|-1
	END
}

# --- as the kernel says -------------------------------------------------------------------------------------

@test "read back: NoNewPrivs, Seccomp and the capabilities, for run and for exec, root and not (C5)" {
	local filter='.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_LOG"],
		syscalls: [{names: ["alarm"], action: "SCMP_ACT_ERRNO"}]} | .process.noNewPrivileges = '
	for new in true false; do
		for user in 0 1000; do
			container_start "$filter$new | .process.user = {uid: $user, gid: $user}"
			IDS+=("$ID")
			pid=$(nsinit state "$ID" | jq .pid)
			run -0 grep -E '^(NoNewPrivs|Seccomp|Seccomp_filters|CapEff|CapAmb):' "/proc/$pid/status"
			first=$output
			expect_text $'Seccomp:\t2' $'Seccomp_filters:\t1'
			[ $new = true ] && expect_text $'NoNewPrivs:\t1' || expect_text $'NoNewPrivs:\t0'
			[ "$user" -eq 0 ] || expect_text $'CapEff:\t0000000000000000' $'CapAmb:\t0000000000000000'
			run -0 nsinit exec "$ID" grep -E '^(NoNewPrivs|Seccomp|Seccomp_filters|CapEff|CapAmb):' /proc/self/status
			expect_output "$first"
			run nsinit exec "$ID" inside call 37 0
			expect_output "37 errno EPERM"
			run -0 nsinit exec "$ID" inside state
			expect_text "keepcaps 0" "securebits 0"
		done
	done
}

# --- the cache ----------------------------------------------------------------------------------------------

PROFILE='[{names: ["alarm"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]'
OTHER='[{names: ["alarm"], action: "SCMP_ACT_ERRNO", errnoRet: 0}]'

# refuses: our profile does what it says
refuses() {
	[ "$(filtered "$PROFILE" inside call 37 0)" = "37 errno ENOSPC" ] || { echo "the wrong program" >&2; return 1; }
}

@test "a filter that refuses what the start has still to do: the hint says so, where the errno can be the filter's" {
	local early='.process.noNewPrivileges = false | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["chdir"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]}'
	run -125 container_run "$early" true
	expect_text "chdir /: No space left on device" "the seccomp filter is in place by now and may be what refuses this"
	run -125 container_run "$early | .linux.seccomp.syscalls[0].names = [\"alarm\"] | .process.cwd = \"/proc/none\"" true
	expect_text "chdir /proc/none: No such file or directory" "must exist in the container"
	expect_no_text "seccomp filter"
	run -0 container_run "$early | .process.noNewPrivileges = true | .linux.seccomp.syscalls[0].names = [\"alarm\"]" true
}

@test "cache: a program is kept and used again, a different profile gets another" {
	keeps() {
		refuses && [ "$(ls "$CACHE" | wc -l)" -eq 1 ] || return 1
		before=$(stat -c '%n %i %Y %a %u' "$CACHE"/*)
		refuses && [ "$(stat -c '%n %i %Y %a %u' "$CACHE"/*)" = "$before" ] || return 1
		[[ $before == *" 600 0" ]] || return 1
		filtered "$OTHER" inside call 37 0 && [ "$(ls "$CACHE" | wc -l)" -eq 2 ]
	}
	export -f keeps refuses filtered container_run container_spec new_id spec_make nsinit
	export NSINIT ROOTFS CACHE PROFILE OTHER
	run -0 in_cache keeps
	expect_output "37 ok 0"
}

@test "cache: a false entry is not used: another profile's, cut, changed, a link, a fifo, writable by all" {
	poisoned() {
		local ours others
		refuses && ours=$(ls "$CACHE") && filtered "$OTHER" inside call 37 0 || return 1
		others=$(ls "$CACHE" | grep -v "$ours")
		cp "$CACHE/$others" "$CACHE/$ours" && refuses || return 1
		rm "$CACHE/$ours" && ln -s "$others" "$CACHE/$ours" && refuses || return 1
		rm "$CACHE/$ours" && mkfifo "$CACHE/$ours" && refuses || return 1
		rm "$CACHE/$ours" && mkdir "$CACHE/$ours" && refuses && rmdir "$CACHE/$ours" || return 1
		refuses && truncate -s -8 "$CACHE/$ours" && refuses || return 1
		printf '\377' | dd of="$CACHE/$ours" bs=1 seek=$(($(stat -c %s "$CACHE/$ours") - 4)) conv=notrunc status=none
		refuses || return 1
		: >"$CACHE/$ours" && refuses || return 1
		chmod 666 "$CACHE/$ours" && cp "$CACHE/$others" "$CACHE/$ours" && refuses || return 1
		# and afterwards it is a good one again
		[ "$(stat -c '%a %F' "$CACHE/$ours")" = "600 regular file" ]
	}
	export -f poisoned refuses filtered container_run container_spec new_id spec_make nsinit
	export NSINIT ROOTFS CACHE PROFILE OTHER
	run -0 in_cache poisoned
	expect_output "37 ok 0"
}

@test "cache: a directory that others may write is not used, one that cannot be written does no harm" {
	unusable() {
		chmod 777 "$CACHE" && refuses && [ -z "$(ls "$CACHE")" ] || return 1
		chmod 700 "$CACHE" && chown 1000 "$CACHE" && refuses && [ -z "$(ls "$CACHE")" ] || return 1
		chown 0 "$CACHE" && mount -o remount,ro "$CACHE" && refuses && [ -z "$(ls "$CACHE")" ] || return 1
		umount "$CACHE" && mount -t tmpfs -o mode=700,size=4k,nr_inodes=1 tmpfs "$CACHE" && refuses
	}
	export -f unusable refuses filtered container_run container_spec new_id spec_make nsinit
	export NSINIT ROOTFS CACHE PROFILE OTHER
	run -0 in_cache unusable
	expect_output ""
}
