# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; LOOP=; }
teardown() {
	kept_delete
	[ -z "$LOOP" ] || losetup --detach "$LOOP"
}
has_stopped() { [ "$(nsinit state "$ID" | jq -r .status)" = stopped ]; }

@test "stats shows CPU time, memory and its limit, processes and I/O of a container" {
	needs_controller memory
	keep_start '.linux.resources.memory.limit = 67108864 | .linux.resources.pids.limit = 20' sh -c 'sleep 300 & sleep 300 & wait'
	wait_until 20 has_processes 3
	run -0 --separate-stderr nsinit stats "$ID"
	[ "$stderr" = "" ]
	[[ ${lines[0]} =~ ^ID\ +CPU\ +MEMORY\ +LIMIT\ +PIDS\ +READ\ +WRITTEN$ ]]
	[[ ${lines[1]} =~ ^$ID\ +[0-9]+\.[0-9]{3}s\ +[0-9.]+[KM]\ +64\.0M\ +3\ +[0-9.]+[BKM]\ +[0-9.]+[BKM]$ ]]
	[ ${#lines[@]} -eq 2 ]
}

has_processes() { [ "$(nsinit ps -q "$ID" | wc -l)" -eq "$1" ]; }

# bats test_tags=qemu
@test "stats --json has the exact numbers" {
	needs_controller memory
	keep_start '.linux.resources.memory.limit = 67112960 | .linux.resources.pids.limit = 23' \
		sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; exec tail -f /dev/null'
	wait_until 20 runs_tail
	nsinit stats --json "$ID" >stats.json
	jq -e --arg id "$ID" 'length == 1 and .[0].id == $id' stats.json
	jq -e '.[0].data | .memory.usage.limit == 67112960 and .pids.limit == 23 and .pids.current == 1' stats.json
	jq -e '.[0].data.memory.usage | .usage > 0 and .usage < .limit' stats.json
	# More than a millisecond was used, and user and kernel time are parts of the total.
	jq -e '.[0].data.cpu.usage | .total > 1000000 and .user + .kernel <= .total + 20000000' stats.json
	jq -e '.[0].data.memory.raw | has("pgfault")' stats.json
	! has_controller cpuset || jq -e '.[0].data.cpuset.cpus | length > 0' stats.json
}
@test "what has no limit says so" {
	needs_controller memory
	keep_start
	run -0 nsinit stats "$ID"
	[[ ${lines[1]} =~ \ max\ +1\  ]]
	nsinit stats --json "$ID" | grep -F '"limit":	18446744073709551615'
	nsinit stats --json "$ID" | jq -e '.[0].data.pids | has("limit") | not'
}

# A loop device that the container may read and write; v1 counts only what it also throttles.
@test "what was read and written is counted for each device" {
	needs_root
	truncate -s 4M data
	[ -e /dev/loop-control ] || busybox modprobe loop 2>/dev/null || :
	LOOP=$(losetup --find --show data) || skip_because "no loop device to be had"
	local minor=$((16#$(stat -c %T "$LOOP")))
	keep_start '{major: 7, minor: '"$minor"'} as $loop
		| .linux.devices = [$loop + {path: "/dev/disk", type: "b"}]
		| .linux.resources.devices += [$loop + {allow: true, type: "b", access: "rw"}]
		| .linux.resources.blockIO.throttleReadBpsDevice = [$loop + {rate: 1000000000}]' sh -c '
			dd if=/dev/zero of=/dev/disk bs=1M count=2 oflag=direct conv=notrunc
			dd if=/dev/disk of=/dev/null bs=1M count=3 iflag=direct
			exec tail -f /dev/null'
	wait_until 10 runs_tail
	nsinit stats --json "$ID" >stats.json
	jq -e --argjson minor "$minor" '[.[0].data.blkio.ioServiceBytesRecursive[] | select(.major == 7 and .minor == $minor)
		| {(.op): .value}] | add == {Read: 3145728, Write: 2097152}' stats.json
	run -0 nsinit stats "$ID"
	[[ ${lines[1]} =~ \ 3\.0M\ +2\.0M$ ]]
}
runs_tail() { nsinit ps "$ID" | grep -q '[0-9]  tail -f /dev/null$'; }

@test "without an id all that run are shown, and no other" {
	local first
	keep_start
	first=$ID
	keep_start . true
	wait_until 20 has_stopped
	local stopped=$ID
	keep_start
	run -0 --separate-stderr nsinit stats
	[ "$stderr" = "" ]
	expect_text "$first " "$ID "
	expect_no_text "$stopped"
	[ "$(nsinit stats --json | jq -r '.[].id' | sort)" = "$(printf '%s\n' "$first" "$ID" | sort)" ]
}

@test "nothing runs: a title, an empty array" {
	run -0 nsinit stats
	[ ${#lines[@]} -eq 1 ]
	run -0 nsinit stats --json
	expect_output "[]"
}

@test "stopped, unknown, without a cgroup: errors, and the others are shown" {
	keep_start . true
	wait_until 20 has_stopped
	local stopped=$ID
	keep_start
	run -1 --separate-stderr nsinit stats "$stopped" no-such "$ID"
	[[ ${lines[1]} == "$ID "* ]]
	[[ $stderr == *"nsinit: stats $stopped: container not running"* ]]
	[[ $stderr == *"nsinit: no-such: container does not exist"* ]]
	new_id
	IDS+=("$ID")
	spec_make '.process.args = ["sleep", "300"] | del(.linux.cgroupsPath)' >"$TEST_DIR/$ID.json"
	nsinit --cgroup-manager disabled run --detach --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run -1 nsinit stats "$ID"
	expect_text "nsinit: stats $ID: the container has no cgroup: nothing counts what it uses"
	run -1 nsinit events --stats "$ID"
	expect_text "nsinit: stats $ID: the container has no cgroup: nothing counts what it uses"
}
