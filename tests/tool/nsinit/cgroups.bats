#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# linux.cgroupsPath and linux.resources, read back from the files of the host's cgroups: v1, v2 and both.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

# started FILTER: a detached container of that spec that sleeps; its id is $ID.
started() {
	new_id
	spec_make ".process.args = [\"sleep\", \"100\"] | $1" >"$ID.json"
	nsinit run --detach --spec "$ID.json" "$ID"
}

teardown() { [ -z "${ID-}" ] || nsinit delete --force "$ID" 2>/dev/null || :; }

# value CONTROLLER V1-FILE V2-FILE: what it says
value() {
	local dir
	dir=$(cgroup_dir "$1" "$ID")
	if cgroup_is_unified; then cat "$dir/$3"; else cat "$dir/$2"; fi
}

# says EXPECTED-V1 EXPECTED-V2 CONTROLLER V1-FILE V2-FILE
says() {
	local found expected=$1
	! cgroup_is_unified || expected=$2
	found=$(value "$3" "$4" "$5")
	[ "$found" = "$expected" ] || { echo "$4 / $5: \"$found\" instead of \"$expected\"" >&2; return 1; }
}

@test "cgroups: the container is in one group of every hierarchy, and delete removes them" {
	started .
	pid=$(nsinit state "$ID" | jq .pid)
	while IFS=: read -r _ controllers path; do
		[ "$path" = "/$CGROUP/$ID" ] || { echo "$controllers: $path" >&2; false; }
	done <"/proc/$pid/cgroup"
	nsinit delete --force "$ID"
	cgroup_mounts | while read -r mount; do [ ! -e "$mount/$CGROUP/$ID" ]; done
}

@test "cgroups: memory limits" {
	needs_controller memory
	started '.linux.resources.memory = {limit: 67108864, reservation: 33554432, swap: 134217728}'
	says 67108864 67108864 memory memory.limit_in_bytes memory.max
	says 33554432 33554432 memory memory.soft_limit_in_bytes memory.low
	if cgroup_is_unified; then
		[ ! -e "$(cgroup_dir memory "$ID")/memory.swap.max" ] || says '' 67108864 memory '' memory.swap.max
	else
		says 134217728 '' memory memory.memsw.limit_in_bytes ''
	fi
}

@test "cgroups: memory swappiness and the OOM killer, where the kernel has them" {
	needs_v1
	needs_controller memory
	started '.linux.resources.memory = {limit: 67108864, swappiness: 10, disableOOMKiller: true}'
	[ "$(value memory memory.swappiness '')" = 10 ]
	grep -q '^oom_kill_disable 1' "$(cgroup_dir memory "$ID")/memory.oom_control"
}

@test "cgroups: cpu shares, quota, period, burst and idle" {
	needs_controller cpu
	started '.linux.resources.cpu = {shares: 2048, quota: 50000, period: 100000}'
	if cgroup_is_unified; then
		# As systemd and the newer runtimes convert it: 2048 is more than the default of 100.
		weight=$(value cpu '' cpu.weight)
		[ "$weight" -gt 100 ] && [ "$weight" -lt 400 ]
		says '' '50000 100000' cpu '' cpu.max
	else
		says 2048 '' cpu cpu.shares ''
		says 50000 '' cpu cpu.cfs_quota_us ''
		says 100000 '' cpu cpu.cfs_period_us ''
	fi
	nsinit delete --force "$ID"
	started '.linux.resources.cpu = {quota: 50000, period: 100000, burst: 20000}'
	[ ! -e "$(cgroup_dir cpu "$ID")/cpu.cfs_burst_us" ] || says 20000 '' cpu cpu.cfs_burst_us ''
	[ ! -e "$(cgroup_dir cpu "$ID")/cpu.max.burst" ] || says '' 20000 cpu '' cpu.max.burst
}

# bats test_tags=qemu
@test "cgroups: cpusets" {
	needs_controller cpuset
	started '.linux.resources.cpu = {cpus: "0", mems: "0"}'
	says 0 0 cpuset cpuset.cpus cpuset.cpus
	run -0 nsinit exec "$ID" grep Cpus_allowed_list /proc/self/status
	expect_text "	0"
}

@test "cgroups: pids, and that the limit is real" {
	needs_controller pids
	started '.linux.resources.pids = {limit: 7}'
	says 7 7 pids pids.max pids.max
	run nsinit exec "$ID" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 5 & done; wait' 3>&-
	expect_text "fork"
}

@test "cgroups: a program that takes more memory than its limit is killed for it" {
	needs_controller memory
	new_id
	spec_make '.linux.resources.memory = {limit: 16777216, swap: 16777216}
		| .process.args = ["sh", "-c", "dd if=/dev/zero of=/dev/null bs=64M count=1"]' >spec.json
	run nsinit run --spec spec.json "$ID"
	# busybox sh is pid 1 and lives, dd is killed: or both are.
	[ "$status" -eq 137 ] || [ "$status" -eq 125 ] || expect_text Killed
	[ "$status" -ne 0 ]
}

@test "cgroups: the limit is there before the program's first instruction" {
	needs_controller pids
	run -0 container_run '.linux.resources.pids = {limit: 33}
		| .mounts |= map(if .type == "cgroup" then .options -= ["ro"] else . end)' \
		sh -c 'cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max'
	expect_output 33
}

@test "cgroups: block I/O throttles and weights" {
	needs_controller "$(cgroup_is_unified && echo io || echo blkio)"
	device=$(lsblk -dnro MAJ:MIN,TYPE 2>/dev/null | awk '$2 == "disk" { print $1; exit }')
	[ -n "$device" ] || skip_because "no disk to limit"
	major=${device%:*} minor=${device#*:}
	started ".linux.resources.blockIO = {throttleReadBpsDevice: [{major: $major, minor: $minor, rate: 1048576}],
		throttleWriteIOPSDevice: [{major: $major, minor: $minor, rate: 100}]}"
	if cgroup_is_unified; then
		says '' "$device rbps=1048576 wbps=max riops=max wiops=100" io '' io.max
	else
		says "$device 1048576" '' blkio blkio.throttle.read_bps_device ''
		says "$device 100" '' blkio blkio.throttle.write_iops_device ''
	fi
}

# bats test_tags=qemu
@test "cgroups: a block I/O weight where the kernel can, else an error that names it" {
	new_id
	spec_make '.linux.resources.blockIO = {weight: 500} | .process.args = ["sleep", "100"]' >spec.json
	# Not by bats' run, which waits for the end of all that has its pipe.
	status=0
	nsinit run --detach --spec spec.json "$ID" </dev/null >out 2>&1 3>&- || status=$?
	output=$(cat out)
	if [ "$status" -eq 0 ]; then
		cat "$(cgroup_dir blkio "$ID")"/{blkio.weight,blkio.bfq.weight,io.weight,io.bfq.weight} 2>/dev/null | grep -q 500 ||
			cat "$(cgroup_dir blkio "$ID")"/io.weight | grep -q 'default'
	else
		expect_text "/linux/resources/blockIO/weight"
	fi
}

# bats test_tags=qemu
@test "cgroups: huge pages" {
	needs_file /sys/kernel/mm/hugepages/hugepages-2048kB
	needs_controller hugetlb
	started '.linux.resources.hugepageLimits = [{pageSize: "2MB", limit: 4194304}]'
	# config-linux.md: reservations, where the kernel can limit them.
	run -0 sh -c 'for dir in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/hugetlb; do
		cat "$dir/$1"/hugetlb.2MB.rsvd.max "$dir/$1"/hugetlb.2MB.rsvd.limit_in_bytes 2>/dev/null; done; true' sh "$CGROUP/$ID"
	[ -n "$output" ] || output=$(find /sys/fs/cgroup -path "*$CGROUP/$ID/hugetlb.2MB.max" -exec cat {} \;)
	expect_output 4194304
}

@test "cgroups: unified" {
	needs_unified
	started '.linux.resources.unified = {"memory.high": "33554432", "pids.max": "9"}'
	[ "$(cat "$(cgroup_dir x "$ID")/memory.high")" = 33554432 ]
	[ "$(cat "$(cgroup_dir x "$ID")/pids.max")" = 9 ]
}

@test "P14 unified with a slash or dots is refused, and no group is made" {
	for key in '../x' 'a/b' '..' 'cgroup.procs/../x'; do
		new_id
		spec_make --arg key "$key" '.linux.resources.unified = {($key): "1"}' >spec.json
		run nsinit run --spec spec.json "$ID"
		expect_status 125
		expect_text "/linux/resources/unified"
	done
}

@test "P14 cgroupsPath never climbs out" {
	for path in '/../x' '/a/../../x' '..' '../x' 'a/..'; do
		new_id
		spec_make --arg path "$path" '.linux.cgroupsPath = $path' >spec.json
		run nsinit run --spec spec.json "$ID"
		expect_status 125
		expect_text "/linux/cgroupsPath"
	done
}

@test "cgroups: a controller that the host lacks is named with the field that asked for it" {
	needs_v1
	run container_run '.linux.resources.network = {classID: 1048577}'
	if grep -q '^net_cls	.*	1$' /proc/cgroups && mountpoint -q /sys/fs/cgroup/net_cls; then
		expect_status 0
	else
		expect_status 125
		expect_text "net_cls" "/linux/resources/network/classID"
	fi
}

@test "cgroups: rdma without its controller is an error" {
	grep -qw rdma /sys/fs/cgroup/cgroup.controllers 2>/dev/null && skip_because "this kernel has rdma"
	run container_run '.linux.resources.rdma = {mlx5_1: {hcaHandles: 3}}'
	expect_status 125
	expect_text "rdma" "/linux/resources/rdma"
}

# bats test_tags=qemu
@test "cgroups: a value that the kernel refuses: nothing is left" {
	needs_controller cpuset
	new_id
	spec_make '.linux.resources.cpu = {cpus: "4000"}' >spec.json
	run nsinit run --spec spec.json "$ID"
	expect_status 125
	expect_text "/linux/resources/cpu/cpus" "4000"
	run ! nsinit state "$ID"
	[ ! -e "$(cgroup_dir cpuset "$ID")" ]
}

@test "G4 devices: what is not allowed cannot be opened, from the first instruction on" {
	run -0 container_run '.process.capabilities.bounding += ["CAP_MKNOD"] | .process.capabilities.effective += ["CAP_MKNOD"]
		| .process.capabilities.permitted += ["CAP_MKNOD"]
		| (.mounts[] | select(.destination == "/dev/shm") | .options) -= ["nodev"]' \
		sh -c 'mknod /dev/shm/zero c 1 5 && mknod /dev/shm/mem c 1 1;
			head -c 1 /dev/zero | wc -c; cat /dev/shm/mem 2>&1 | head -n 1; echo x >/dev/null && echo written'
	expect_text "1" "written" "Operation not permitted"
	for node in /dev/loop-control /dev/net/tun /dev/fuse /dev/kmsg; do [ ! -c $node ] || break; done
	numbers="c $((16#$(stat -c %t $node))) $((16#$(stat -c %T $node)))"
	run -0 container_run '.linux.resources.devices = [{allow: true, access: "rwm"}] | .process.capabilities.bounding += ["CAP_MKNOD"]
		| .process.capabilities.effective += ["CAP_MKNOD"] | .process.capabilities.permitted += ["CAP_MKNOD"]
		| (.mounts[] | select(.destination == "/dev/shm") | .options) -= ["nodev"]' \
		sh -c "mknod /dev/shm/node $numbers && : </dev/shm/node && echo opened"
	expect_output opened
}

# opens_tun FILTER: can a program that makes the node itself open it?
opens_tun() {
	container_run "$1"' | .process.capabilities[] += ["CAP_MKNOD"]
		| (.mounts[] | select(.destination == "/dev/shm") | .options) -= ["nodev"]' \
		sh -c 'mknod /dev/shm/tun c 10 200 && : <>/dev/shm/tun && echo opened'
}

@test "devices: /dev/net/tun for who has CAP_NET_ADMIN, unless a rule names it" {
	mknod tun c 10 200
	(: <>tun) 2>/dev/null || skip_because "no tun on this kernel"
	run -0 opens_tun '.process.capabilities[] += ["CAP_NET_ADMIN"]'
	expect_output opened
	run -1 opens_tun .
	expect_text "Operation not permitted"
	run -1 opens_tun '.process.capabilities[] += ["CAP_NET_ADMIN"]
		| .linux.resources.devices = [{allow: false, access: "rwm"}, {allow: false, type: "c", major: 10, minor: 200, access: "rwm"}]'
	expect_text "Operation not permitted"
	run -0 opens_tun '.linux.resources.devices = [{allow: true, type: "c", major: 10, minor: 200, access: "rw"}]'
	expect_output opened
}

@test "cgroups: --cgroup-manager disabled makes none" {
	new_id
	spec_make '.process.args = ["sleep", "100"] | del(.linux.resources)' >spec.json
	nsinit --cgroup-manager disabled run --detach --spec spec.json "$ID"
	pid=$(nsinit state "$ID" | jq .pid)
	[ "$(sort "/proc/$pid/cgroup")" = "$(sort /proc/self/cgroup)" ]
	nsinit kill "$ID" KILL
	wait_until 20 sh -c "[ ! -e /proc/$pid ] || grep -q '^State:.Z' /proc/$pid/status"
	nsinit delete "$ID"
	spec_make '.linux.resources.pids = {limit: 7}' >spec.json
	run nsinit --cgroup-manager disabled run --spec spec.json "$ID"
	expect_status 125
	expect_text "/linux/resources"
}

@test "cgroups: a group that was there before stays, with what is in it" {
	new_id
	cgroup_mounts | while read -r mount; do mkdir -p "$mount/$CGROUP/kept-$ID"; done
	spec_make --arg path "/$CGROUP/kept-$ID" '.linux.cgroupsPath = $path' >spec.json
	run nsinit run --spec spec.json "$ID"
	if cgroup_is_unified; then
		expect_status 0
	else
		# a cpuset that was made by hand has no CPUs, and it is not ours to give it some
		expect_status 125
		expect_text "cpuset.cpus of the group is empty: give it a value first"
		cpuset_inherit "$CGROUP" "$CGROUP/kept-$ID"
		run -0 nsinit run --spec spec.json "$ID"
	fi
	cgroup_mounts | while read -r mount; do [ -d "$mount/$CGROUP/kept-$ID" ]; done
	cgroup_mounts | while read -r mount; do rmdir "$mount/$CGROUP/kept-$ID"; done
}

# No group with processes has children with controllers: below the caller's own a limit would be refused.
@test "cgroups: in v2 a relative path starts at the root, where its limits can be; below a group with processes nothing is made" {
	needs_unified
	local own=/sys/fs/cgroup/$CGROUP/own
	enter() { sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' sh "$own" "$NSINIT" --root "$STATE" "$@"; }
	mkdir -p "$own"
	new_id
	spec_make --arg path "$CGROUP/$ID" '.linux.cgroupsPath = $path | .linux.resources.pids.limit = 20
		| .process.args = ["sleep", "100"]' >spec.json
	enter run --detach --spec spec.json "$ID" </dev/null >out 2>&1 3>&- || { cat out; false; }
	[ "$(cat "/sys/fs/cgroup/$CGROUP/$ID/pids.max")" = 20 ]
	nsinit delete --force "$ID"
	[ ! -e "/sys/fs/cgroup/$CGROUP/$ID" ]
	new_id
	spec_make --arg path "/$CGROUP/own/$ID" '.linux.cgroupsPath = $path | .linux.resources.pids.limit = 20' >spec.json
	run -125 enter run --spec spec.json "$ID"
	expect_text "enable controllers" "$own/cgroup.subtree_control" "has processes of its own"
	[ ! -e "$own/$ID" ]
	[ "$(cat "$own/cgroup.type")" = domain ]
	rmdir "$own"
}

@test "cgroups: the systemd manager without systemd is an error that says so" {
	[ ! -d /run/systemd/system ] || skip_because "systemd runs here"
	new_id
	spec_make '.linux.cgroupsPath = "system.slice:nstools:x"' >spec.json
	run nsinit --systemd-cgroup run --spec spec.json "$ID"
	expect_status 125
	expect_text "systemd"
}

@test "cgroups: a scope made by systemd" {
	[ -d /run/systemd/system ] || skip_because "systemd does not run here"
	new_id
	spec_make --arg id "$ID" '.linux.cgroupsPath = "system.slice:nstools-test:\($id)"
		| .linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 50}
		| .process.args = ["sleep", "100"]' >spec.json
	nsinit --systemd-cgroup run --detach --spec spec.json "$ID"
	run -0 systemctl show -p ActiveState -p MemoryMax -p TasksMax "nstools-test-$ID.scope"
	expect_text ActiveState=active MemoryMax=67108864 TasksMax=50
	nsinit delete --force "$ID"
	run systemctl is-active "nstools-test-$ID.scope"
	expect_no_text active$'\n'
	[ "$status" -ne 0 ]
}

# No group of ours is left in any hierarchy.
groups_gone() { [ -n "$ID" ] && ! cgroup_mounts | while read -r mount; do [ ! -d "$mount/$CGROUP/$ID" ] || echo "$mount"; done | grep .; }

# tried FILTER COMMAND...: run such a container, by the id $ID
tried() {
	container_spec "$@"
	run nsinit run --spec "$ID.json" "$ID"
}

@test "G5: a start that fails leaves no frozen and no populated group" {
	local own='.linux.namespaces |= map(select(.type != "pid")) |
		.mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]'
	# its children have a session of their own, and no pid namespace ends them
	tried "$own | .hooks.poststart = [{path: \"/bin/sh\",
		args: [\"sh\", \"-c\", \"until [ -e $TEST_DIR/up ]; do sleep 0.02; done; exit 1\"]}]" \
		sh -c 'for i in 1 2 3; do setsid sleep 300 & echo $! >>/run/pids; done; echo >/run/up; wait'
	expect_status 125
	expect_text "/hooks/poststart/0"
	[ "$(wc -l <pids)" -eq 3 ]
	for pid in $(cat pids); do [ ! -d "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status"; done
	groups_gone
	# before the program runs: each hook, a program that is not there
	for hook in prestart createRuntime createContainer startContainer; do
		tried "$own | .hooks.$hook = [{path: \"/bin/false\"}]" true
		expect_status 125
		groups_gone
	done
	tried "$own" /tmp
	expect_status 126
	groups_gone
	# a paused one cannot be started, and goes with --force
	container_spec "$own" true
	nsinit create --spec "$ID.json" "$ID" </dev/null >out 2>&1 3>&-
	nsinit pause "$ID" || { nsinit delete --force "$ID"; skip_because "no freezer"; }
	run -1 nsinit start "$ID"
	run -0 nsinit delete --force "$ID"
	groups_gone
}
