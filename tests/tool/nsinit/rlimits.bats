#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Resource limits, as /proc/PID/limits has them.
load ../helper

setup_file() { file_begin_inside; }

may_raise() { (((16#$(sed -n 's/^CapEff:\t//p' /proc/self/status)) >> 24 & 1)); } # CAP_SYS_RESOURCE

# limit NAME: soft and hard of $output, which is a limits file
limit() { sed -n "s/^$1  *\([^ ]*\)  *\([^ ]*\) .*/\1 \2/p" <<<"$output"; }

# Our name of it, the kernel's, and numbers below the defaults of most systems.
LIMITS='AS|Max address space|1000000000|2000000000
CORE|Max core file size|4096|8192
CPU|Max cpu time|100|200
DATA|Max data size|1000000000|2000000000
FSIZE|Max file size|1000000|2000000
LOCKS|Max file locks|100|200
MEMLOCK|Max locked memory|4096|8192
MSGQUEUE|Max msgqueue size|4096|8192
NICE|Max nice priority|0|0
NOFILE|Max open files|100|200
NPROC|Max processes|500|600
RSS|Max resident set|1000000|2000000
RTPRIO|Max realtime priority|0|0
RTTIME|Max realtime timeout|1000|2000
SIGPENDING|Max pending signals|100|200
STACK|Max stack size|1048576|2097152'

limits_json() {
	while IFS='|' read -r name _ soft hard; do
		echo "{\"type\": \"RLIMIT_$name\", \"soft\": $soft, \"hard\": $hard}"
	done <<<"$LIMITS" | jq -sc .
}

@test "rlimits: each of the sixteen, soft and hard, in run and exec, and on the host" {
	keep_start ".process.rlimits = $(limits_json)"
	pid=$(nsinit state "$ID" | jq .pid)
	from_host=$(cat "/proc/$pid/limits")
	run -0 nsinit exec "$ID" cat /proc/self/limits
	while IFS='|' read -r name text soft hard; do
		[ "$(limit "$text")" = "$soft $hard" ] || { echo "$name: $(limit "$text")" >&2; false; }
		[ "$(output=$from_host limit "$text")" = "$soft $hard" ] || { echo "$name on the host" >&2; false; }
	done <<<"$LIMITS"
}

@test "rlimits: what the spec does not name is the caller's" {
	container_spec '.process.rlimits = []' cat /proc/self/limits
	run -0 prlimit --nofile=123:456 --core=7:8 "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	[ "$(limit "Max open files")" = "123 456" ]
	[ "$(limit "Max core file size")" = "7 8" ]
}

@test "rlimits: nsinit runs with few descriptors of its own" {
	for files in 64 200 201; do
		run -0 prlimit --nofile=$files:$files "$NSINIT" --root "$STATE" run --rootfs "$ROOTFS" -- echo lives
		expect_output lives
	done
}

@test "rlimits: a limit holds" {
	# shellcheck disable=SC2016
	run container_run '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 5, hard: 5}]' sh -c 'exec 3</dev/null; exec 4</dev/null; : 5</etc/passwd; echo no'
	expect_no_text "no"
	expect_text "Too many open files"
}

@test "rlimits: the largest number is no limit; soft above hard is an error" {
	# jq would round the number.
	container_spec '.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 77777}]' cat /proc/self/limits
	sed -i 's/77777/18446744073709551615/' "$TEST_DIR/$ID.json"
	run nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	if may_raise || [ "$(ulimit -Hc)" = unlimited ]; then
		expect_status 0
		[ "$(limit "Max core file size")" = "1 unlimited" ]
	else
		expect_status 125
		expect_text "prlimit RLIMIT_CORE: Operation not permitted"
	fi
	run container_run '.process.rlimits = [{type: "RLIMIT_CORE", soft: 2, hard: 1}]' true
	expect_status 125
	expect_text "/process/rlimits/0" "the soft limit 2 is above the hard limit 1"
}

@test "rlimits: raising a hard limit needs CAP_SYS_RESOURCE, and says so" {
	local filter='.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 64, hard: 64}, {type: "RLIMIT_CORE", soft: 9, hard: 9}]'
	container_spec "$filter" cat /proc/self/limits
	run prlimit --core=5:5 "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	if may_raise; then
		expect_status 0
		[ "$(limit "Max core file size")" = "9 9" ]
		[ "$(limit "Max open files")" = "64 64" ]
	else
		expect_status 125
		expect_text "prlimit RLIMIT_CORE: Operation not permitted" "/process/rlimits/1" "raising a hard limit needs CAP_SYS_RESOURCE"
	fi
}

@test "rlimits: in a user namespace root raises them before it is entered" {
	may_raise || skip_because "root lacks CAP_SYS_RESOURCE here"
	chmod -R a+rX "$ROOTFS"
	container_spec '.process.rlimits = [{type: "RLIMIT_CORE", soft: 9, hard: 9}] | .linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings' cat /proc/self/limits
	run -0 prlimit --core=5:5 "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	[ "$(limit "Max core file size")" = "9 9" ]
}

@test "rlimits: wrong names, one given twice, a number that is none" {
	while IFS='|' read -r value where text; do
		run container_run ".process.rlimits = [$value]" true
		expect_status 125
		expect_text "$where" "$text"
	done <<-'END'
		{"type": "RLIMIT_NO_SUCH", "soft": 1, "hard": 1}|/process/rlimits/0/type|RLIMIT_NO_SUCH
		{"type": "nofile", "soft": 1, "hard": 1}|/process/rlimits/0/type|nofile
		{"type": "RLIMIT_CORE", "soft": 1}|/process/rlimits/0|hard
		{"type": "RLIMIT_CORE", "soft": -1, "hard": 1}|/process/rlimits/0/soft|-1
		{"type": "RLIMIT_CORE", "soft": 1, "hard": 18446744073709551616}|/process/rlimits/0/hard|expected
		{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}, {"type": "RLIMIT_CORE", "soft": 2, "hard": 2}|/process/rlimits/1|RLIMIT_CORE is given twice
	END
}

@test "rlimits: RLIMIT_NPROC and RLIMIT_AS do not keep the program itself from starting" {
	run -0 container_run '.process.user = {uid: 1000, gid: 1000} | .process.rlimits = [{type: "RLIMIT_NPROC", soft: 1, hard: 1}]' echo lives
	expect_output lives
	run -0 container_run '.process.rlimits = [{type: "RLIMIT_FSIZE", soft: 0, hard: 0}, {type: "RLIMIT_MEMLOCK", soft: 0, hard: 0}]' echo lives
	expect_output lives
}

@test "rlimits: a process object of exec has its own, else the container's" {
	keep_start '.process.rlimits = [{type: "RLIMIT_CORE", soft: 10, hard: 20}]'
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["cat", "/proc/self/limits"], "cwd": "/", "env": ["PATH=/bin"],
		"rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 2}]}'
	[ "$(limit "Max core file size")" = "1 2" ]
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["cat", "/proc/self/limits"], "cwd": "/", "env": ["PATH=/bin"]}'
	[ "$(limit "Max core file size")" = "10 20" ]
}
