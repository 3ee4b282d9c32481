# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; LOOP=; }
teardown() {
	kept_delete
	[ -z "$LOOP" ] || losetup --detach "$LOOP"
}
# Everything that an update can change, in every hierarchy.
LIMITS=(memory.{max,low,high,swap.max,swappiness,{,memsw.,soft_,kmem.,kmem.tcp.}limit_in_bytes}
	cpu.{max,max.burst,weight,idle,shares,cfs_{quota,period,burst}_us} cpuset.{cpus,mems} pids.max
	io.{weight,bfq.weight,max} blkio.{,bfq.}weight blkio.throttle.{read,write}_{bps,iops}_device
	hugetlb.2MB.{,rsvd.}{max,limit_in_bytes})
limits() {
	local mount file
	cgroup_mounts | while read -r mount; do
		for file in "${LIMITS[@]}"; do
			[ ! -e "$mount/$CGROUP/$ID/$file" ] || echo "$file: $(paste -sd' ' "$mount/$CGROUP/$ID/$file")"
		done
		[ ! -e "$mount/$CGROUP/$ID/memory.oom_control" ] || head -n 1 "$mount/$CGROUP/$ID/memory.oom_control"
	done
}

# limit CONTROLLER V1-FILE V2-FILE: what it says.
limit() {
	local file=$2
	! cgroup_is_unified || file=$3
	cat "$(cgroup_dir "$1" "$ID")/$file"
}

# has_limit CONTROLLER V1-FILE V2-FILE: or the test is skipped.
needs_limit() {
	local file=$2
	! cgroup_is_unified || file=$3
	[ "$file" != - ] || skip_because "cgroups here have no such limit"
	needs_file "$(cgroup_dir "$1" "$ID")/$file"
}

# refused TEXT... -- ARGS...: an update that fails with these texts, and changes nothing.
refused() {
	local texts=() before
	while [ "$1" != -- ]; do texts+=("$1"); shift; done
	shift
	before=$(limits)
	[ "$(wc -l <<<"$before")" -ge 5 ]
	run -1 nsinit update "$@" "$ID"
	expect_text "${texts[@]}"
	diff <(echo "$before") <(limits)
}

is() { [ "$1" = "$2" ] || { echo "\"$1\" instead of \"$2\""; return 1; }; }

@test "update --memory, in bytes or with a unit, and without a limit again" {
	needs_controller memory
	keep_start
	run -0 nsinit update --memory 64M "$ID"
	expect_output ""
	is "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	nsinit update --memory 33554432 "$ID"
	is "$(limit memory memory.limit_in_bytes memory.max)" 33554432
	nsinit update --memory -1 "$ID"
	[[ $(limit memory memory.limit_in_bytes memory.max) =~ ^(max|9223372036854771712)$ ]]
}

@test "update --memory-reservation" {
	needs_controller memory
	keep_start
	nsinit update --memory-reservation 16M "$ID"
	is "$(limit memory memory.soft_limit_in_bytes memory.low)" 16777216
}

@test "update --memory with --memory-swap, up and down again" {
	needs_controller memory
	keep_start
	needs_limit memory memory.memsw.limit_in_bytes memory.swap.max
	local size bytes swap
	for size in 64 256 32; do
		bytes=$((size << 20))
		nsinit update --memory ${size}M --memory-swap $((size * 2))M "$ID"
		is "$(limit memory memory.limit_in_bytes memory.max)" "$bytes"
		swap=$bytes
		cgroup_is_unified || swap=$((2 * bytes))
		is "$(limit memory memory.memsw.limit_in_bytes memory.swap.max)" "$swap"
	done
	# The sum alone: the memory limit stays.
	nsinit update --memory-swap 96M "$ID"
	is "$(limit memory memory.limit_in_bytes memory.max)" 33554432
	swap=67108864
	cgroup_is_unified || swap=100663296
	is "$(limit memory memory.memsw.limit_in_bytes memory.swap.max)" "$swap"
	nsinit update --memory-swap -1 "$ID"
	[[ $(limit memory memory.memsw.limit_in_bytes memory.swap.max) =~ ^(max|9223372036854771712)$ ]]
}

@test "update --pids-limit" {
	needs_controller pids
	keep_start
	nsinit update --pids-limit 17 "$ID"
	is "$(limit pids pids.max pids.max)" 17
	nsinit update --pids-limit -1 "$ID"
	is "$(limit pids pids.max pids.max)" max
}

@test "update --cpu-share" {
	needs_controller cpu
	keep_start
	nsinit update --cpu-share 2048 "$ID"
	if cgroup_is_unified; then
		is "$(limit cpu - cpu.weight)" "$(jq -n '2048 | log2 as $l | pow(10; (($l * $l + 125 * $l) / 612 - 7 / 34)) | ceil')"
	else
		is "$(limit cpu cpu.shares -)" 2048
	fi
}

@test "update --cpu-quota and --cpu-period: the one that is not given stays" {
	needs_controller cpu
	keep_start
	bandwidth() {
		if cgroup_is_unified; then
			limit cpu - cpu.max
		else
			echo "$(limit cpu cpu.cfs_quota_us -) $(limit cpu cpu.cfs_period_us -)" | sed 's/^-1 /max /'
		fi
	}
	nsinit update --cpu-quota 30000 --cpu-period 60000 "$ID"
	is "$(bandwidth)" "30000 60000"
	nsinit update --cpu-quota 40000 "$ID"
	is "$(bandwidth)" "40000 60000"
	nsinit update --cpu-period 80000 "$ID"
	is "$(bandwidth)" "40000 80000"
	nsinit update --cpu-quota -1 "$ID"
	is "$(bandwidth)" "max 80000"
	nsinit update --cpu-period 90000 "$ID"
	is "$(bandwidth)" "max 90000"
}

@test "update --cpu-burst, also below a quota that becomes smaller" {
	needs_controller cpu
	keep_start
	needs_limit cpu cpu.cfs_burst_us cpu.max.burst
	nsinit update --cpu-quota 50000 --cpu-burst 40000 "$ID"
	is "$(limit cpu cpu.cfs_burst_us cpu.max.burst)" 40000
	nsinit update --cpu-quota 20000 --cpu-burst 10000 "$ID"
	is "$(limit cpu cpu.cfs_burst_us cpu.max.burst)" 10000
	refused "the burst (30000) is above the quota (20000)" "command line: /cpu/burst" -- --cpu-quota 20000 --cpu-burst 30000
}

@test "update --cpu-idle, and back to a weight" {
	needs_controller cpu
	keep_start
	needs_limit cpu cpu.idle cpu.idle
	nsinit update --cpu-idle 1 "$ID"
	is "$(limit cpu cpu.idle cpu.idle)" 1
	nsinit update --cpu-idle 0 --cpu-share 1024 "$ID"
	is "$(limit cpu cpu.idle cpu.idle)" 0
	is "$(limit cpu cpu.shares cpu.weight)" "$(cgroup_is_unified && echo 100 || echo 1024)"
}

# bats test_tags=qemu
@test "update --cpuset-cpus and --cpuset-mems" {
	needs_controller cpuset
	keep_start
	nsinit update --cpuset-cpus 0 --cpuset-mems 0 "$ID"
	is "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	is "$(limit cpuset cpuset.mems cpuset.mems)" 0
}

# bats test_tags=qemu
@test "update --blkio-weight" {
	keep_start
	local dir file
	dir=$(cgroup_dir blkio "$ID")
	for file in io.bfq.weight io.weight blkio.weight blkio.bfq.weight; do
		[ ! -e "$dir/$file" ] || break
	done
	[ -e "$dir/$file" ] || skip_because "no weights of I/O on this kernel"
	nsinit update --blkio-weight 505 "$ID"
	case $file in
	io.weight) grep -qx 'default 5000' "$dir/$file" ;;
	io.bfq.weight) grep -qx 'default 505' "$dir/$file" ;;
	*) is "$(cat "$dir/$file")" 505 ;;
	esac
}

@test "what cgroup v2 does not have is refused by name" {
	needs_unified
	keep_start
	refused "cgroup v2 has no limit for kernel memory alone" "command line: /memory/kernel" -- --kernel-memory 64M
	refused "cgroup v2 has no limit for TCP buffers alone" -- --kernel-memory-tcp 64M
	refused "cgroup v2 has no real-time bandwidth" -- --cpu-rt-runtime 1000
	refused "cgroup v2 has no real-time bandwidth" -- --cpu-rt-period 1000
}

@test "update --kernel-memory-tcp on v1, and what v1 refuses" {
	needs_v1
	keep_start
	needs_limit memory memory.kmem.tcp.limit_in_bytes -
	nsinit update --kernel-memory-tcp 16M "$ID"
	is "$(limit memory memory.kmem.tcp.limit_in_bytes -)" 16777216
	if printf '%s\n' 5.16 "$(uname -r)" | sort -VC; then
		refused "this kernel (5.16 and later) has no limit for kernel memory alone" "command line: /memory/kernel" \
			-- --kernel-memory 16M
	else
		nsinit update --kernel-memory 16M "$ID"
		is "$(limit memory memory.kmem.limit_in_bytes -)" 16777216
	fi
	[ -e "$(cgroup_dir cpu "$ID")/cpu.rt_runtime_us" ] ||
		refused "cpu.rt_runtime_us" "No such file" "/cpu/realtimeRuntime" -- --cpu-rt-runtime 1000
}

@test "a container without a resctrl group is told so" {
	keep_start
	refused "nsinit: update $ID: the container has no resctrl group of its own" "linux.intelRdt without closID" \
		-- --l3-cache-schema 'L3:0=f'
	refused "the container has no resctrl group of its own" -- --mem-bw-schema 'MB:0=20' --pids-limit 5
}

@test "resources as JSON, from a file or standard input" {
	needs_controller memory
	needs_controller pids
	keep_start
	echo '{"memory": {"limit": 67108864}, "pids": {"limit": 33}}' >resources.json
	nsinit update --resources resources.json "$ID"
	is "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	is "$(limit pids pids.max pids.max)" 33
	nsinit update -r - "$ID" <<<'{"pids": {"limit": 34}}'
	is "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	is "$(limit pids pids.max pids.max)" 34
}

@test "zeros of the engines' JSON stand for \"as it is\"" {
	needs_controller memory
	keep_start '.linux.resources = {memory: {limit: 67108864}, cpu: {shares: 512}, devices: .linux.resources.devices}'
	local before
	before=$(limits)
	nsinit update -r - "$ID" <<<'{"memory": {"limit": 0, "reservation": 0, "swap": 0, "kernel": 0, "kernelTCP": 0},
		"cpu": {"shares": 0, "quota": 0, "period": 0, "realtimeRuntime": 0, "realtimePeriod": 0, "cpus": "", "mems": ""},
		"blockIO": {"weight": 0}}'
	diff <(echo "$before") <(limits)
	run -0 nsinit update -r - "$ID" <<<'{}'
	diff <(echo "$before") <(limits)
}

@test "files of cgroup v2 by name" {
	needs_unified
	keep_start
	nsinit update -r - "$ID" <<<'{"unified": {"memory.high": "50331648", "pids.max": "12"}}'
	is "$(limit - - memory.high)" 50331648
	is "$(limit - - pids.max)" 12
	refused "no.such" "/unified/memory.no.such" -- -r - <<<'{"unified": {"pids.max": "13", "memory.no.such": "1"}}'
}

@test "rules for devices" {
	keep_start . sh -c 'trap "cat /dev/zero >/dev/null 2>/tmp/no & exit 0" TERM; sleep 300 & wait'
	nsinit exec "$ID" dd if=/dev/full of=/dev/null count=1
	nsinit update -r - "$ID" <<<'{"devices": [{"allow": true, "type": "c", "major": 1, "minor": 5, "access": "r"}]}'
	nsinit exec "$ID" dd if=/dev/zero of=/dev/null count=1
	# Those that the OCI spec wants stay.
	nsinit exec "$ID" dd if=/dev/full of=/dev/null count=1
}

# bats test_tags=qemu
@test "a value that the kernel refuses leaves all others as they were" {
	needs_controller memory
	needs_controller cpuset
	keep_start '.linux.resources.memory = {limit: 134217728, reservation: 67108864}
		| .linux.resources.cpu = {shares: 512, quota: 30000, period: 60000, cpus: "0"} | .linux.resources.pids.limit = 99'
	refused 'write "4000"' "cpuset.cpus" "/cpu/cpus" "CPUs and memory nodes must exist and be online" -- \
		--memory 64M --memory-reservation 32M --memory-swap 128M --cpu-share 100 --cpu-quota 20000 \
		--cpu-period 50000 --pids-limit 7 --cpuset-cpus 4000
	# Also when limits grow: the sum of memory and swap is in the way then.
	refused 'write "4000"' -- --memory 256M --memory-swap 512M --cpuset-cpus 4000
	# The container is what it was: the next one is taken.
	nsinit update --memory 64M "$ID"
}

# bats test_tags=qemu
@test "lines of tables are taken back, too" {
	needs_root
	needs_controller cpuset
	truncate -s 4M data
	[ -e /dev/loop-control ] || busybox modprobe loop 2>/dev/null || :
	LOOP=$(losetup --find --show data) || skip_because "no loop device to be had"
	local minor=$((16#$(stat -c %T "$LOOP"))) device
	device='{"major": 7, "minor": '$minor', "rate": '
	keep_start
	throttle() { echo '{"blockIO": {"throttleReadBpsDevice": ['"$device$1"'}]}, "cpu": {"cpus": "'"$2"'"}}'; }
	refused 'write "4000"' -- -r - < <(throttle 1000000 4000)
	nsinit update -r - "$ID" < <(throttle 2000000 0)
	limits | grep -E "7:$minor (2000000|rbps=2000000)"
	refused 'write "4000"' -- -r - < <(throttle 3000000 4000)
	limits | grep -E "7:$minor (2000000|rbps=2000000)"
}

@test "conflicts and wrong numbers are refused before anything is written" {
	needs_controller memory
	keep_start
	refused "memory and swap together (33554432) are below the memory limit (67108864)" "command line: /memory/swap" \
		-- --memory 64M --memory-swap 32M
	refused "memory and swap together (1) are below the memory limit (2)" "standard input: /memory/swap" \
		-- -r - <<<'{"pids": {"limit": 5}, "memory": {"limit": 2, "swap": 1}}'
	if ! cgroup_is_unified && [ -e "$(cgroup_dir memory "$ID")/memory.memsw.limit_in_bytes" ]; then
		nsinit update --memory 32M --memory-swap 32M "$ID"
		refused "the memory limit must not be more than memory and swap together, 33554432" -- --memory 64M
	fi
}

@test "a limit below what is used, when that is to be checked" {
	needs_controller memory
	keep_start
	refused "is below what is used now" "/memory/limit" -- -r - <<<'{"memory": {"limit": 4096, "checkBeforeUpdate": true}}'
	[ "$(nsinit state "$ID" | jq -r .status)" = running ]
}

@test "JSON that is none, is of the wrong type, is not there" {
	keep_start
	refused "nsinit: parse" "standard input" "line 1, column 2" -- -r - <<<'{memory: 5}'
	refused "standard input: /memory/limit" "the string \"64M\"" -- -r - <<<'{"memory": {"limit": "64M"}}'
	refused "standard input" "found the end" -- -r - </dev/null
	refused "open no-such.json: No such file or directory" -- -r no-such.json
	echo '[]' >list.json
	refused "list.json" "an array" -- -r list.json
}

@test "wrong command lines" {
	run -2 nsinit update x
	expect_text "nsinit: update: nothing to change" "hint: --resources FILE, or limits as options"
	run -2 nsinit update --resources - --memory 64M x
	expect_text "--resources and single limits do not go together"
	run -2 nsinit update --memory lots x
	expect_text 'nsinit: --memory: expected bytes (256M) or -1, found "lots"'
	run -2 nsinit update --cpu-share 1 x
	expect_text 'nsinit: --cpu-share: expected a number from 2 to 262144, found "1"'
	run -2 nsinit update --blkio-weight 1001 x
	expect_text 'nsinit: --blkio-weight: expected a number from 10 to 1000, found "1001"'
	run -1 nsinit update --cpuset-cpus 3-1 x
	expect_text "command line: /cpu/cpus" 'a list ("0-3,8")'
	run -2 nsinit update --memory 64M
	expect_text "nsinit: update:"
}

@test "created and paused containers can be updated, stopped and unknown ones not" {
	needs_controller pids
	container_spec . sleep 300
	IDS+=("$ID")
	nsinit create --config "$ID.json" --bundle "$TEST_DIR" "$ID" </dev/null >/dev/null 2>&1 3>&-
	nsinit update --pids-limit 11 "$ID"
	is "$(limit pids pids.max pids.max)" 11
	nsinit start "$ID"
	is "$(limit pids pids.max pids.max)" 11
	nsinit pause "$ID"
	nsinit update --pids-limit 12 "$ID"
	is "$(limit pids pids.max pids.max)" 12
	[ "$(nsinit state "$ID" | jq -r .status)" = paused ]
	nsinit stop -t 0 "$ID"
	run -1 nsinit update --pids-limit 13 "$ID"
	expect_text "nsinit: update $ID: container not running"
	run -1 nsinit update --pids-limit 13 no-such
	expect_text "nsinit: no-such: container does not exist"
}

@test "the spec that the state keeps does not change" {
	needs_controller pids
	keep_start '.linux.resources.pids.limit = 10' sleep 300
	cp "$STATE/$ID/config.json" before.json
	nsinit update --pids-limit 11 "$ID"
	cmp before.json "$STATE/$ID/config.json"
}

@test "a container without a cgroup has no limits to change" {
	new_id
	IDS+=("$ID")
	spec_make '.process.args = ["sleep", "300"] | del(.linux.cgroupsPath)' >"$ID.json"
	nsinit --cgroup-manager disabled run --detach --spec "$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run -1 nsinit update --pids-limit 5 "$ID"
	expect_text "nsinit: update $ID: the container has no cgroup to limit it by"
}

@test "two updates at the same time: each is whole" {
	needs_controller memory
	needs_controller pids
	keep_start
	local i pids=()
	for i in 1 2 3 4 5 6 7 8; do
		nsinit update --memory $((i + 30))M --pids-limit $((i + 30)) "$ID" 3>&- &
		pids+=($!)
	done
	# The container is a job of this shell too.
	wait "${pids[@]}"
	is "$(($(limit memory memory.limit_in_bytes memory.max) >> 20))" "$(limit pids pids.max pids.max)"
}

@test "update under systemd: the unit knows the limits, and they outlive a reload" {
	[ -d /run/systemd/system ] || skip_because "systemd does not run here"
	new_id
	IDS+=("$ID")
	spec_make '.process.args = ["sleep", "300"] | .linux.cgroupsPath = "system.slice:nstools:'"$ID"'"
		| .linux.resources.memory.limit = 134217728' >"$ID.json"
	nsinit --systemd-cgroup run --detach --spec "$ID.json" "$ID" </dev/null >out 2>&1 3>&- || { cat out; false; }
	local unit=nstools-$ID.scope dir=/sys/fs/cgroup/system.slice/nstools-$ID.scope
	is "$(cat "$dir/memory.max")" 134217728
	nsinit --systemd-cgroup update --memory 64M --pids-limit 44 --cpu-quota 30000 --cpu-period 60000 --cpu-share 2048 "$ID"
	systemctl daemon-reload
	is "$(cat "$dir/memory.max")" 67108864
	is "$(cat "$dir/pids.max")" 44
	is "$(systemctl show -P MemoryMax "$unit")" 67108864
	is "$(systemctl show -P TasksMax "$unit")" 44
	is "$(systemctl show -P CPUQuotaPerSecUSec "$unit")" 500ms
	nsinit update --cpu-quota -1 --memory -1 "$ID"
	is "$(systemctl show -P CPUQuotaPerSecUSec "$unit")" infinity
	is "$(systemctl show -P MemoryMax "$unit")" infinity
	is "$(cat "$dir/cpu.max")" "max 60000"
	# What the kernel refuses systemd does not hear of.
	run -1 nsinit update --memory 32M --cpuset-cpus 4000 "$ID"
	is "$(systemctl show -P MemoryMax "$unit")" infinity
}
