# SPDX-License-Identifier: GPL-2.0-or-later
# get and set: one set of names and units on every host, conversions, ranges, and a transaction that is undone.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

setup() {
	test_begin
	needs_root
	needs_controller memory
	needs_controller pids
	new_group
}

# check KEY=VALUE EXPECTED: what it says when it was set.
check() {
	nscgroup set "$G" "$1" || return 1
	run -0 nscgroup get -n "$G" "${3:-${1%%=*}}"
	[ "$output" = "$2" ] || { echo "$1: says \"$output\" instead of \"$2\"" >&2; return 1; }
}

# bats test_tags=qemu
@test "keys: units in, and out what set takes again" {
	nscgroup create "$G"
	check memory.max=64M 64M
	check memory.max=1.5G 1.5G
	check memory.max=67108864 64M
	check memory.max=8196K 8196K
	check memory=32M 32M memory.max
	check memory.max=max max
	check memory.low=8M 8M
	check memory.low=max max
	check memory.low=0 0
	check pids.max=17 17
	check pids=18 18 pids.max
	check pids.max=max max
	check cpu.max=50000 "50000 100000"
	check cpu.max="20ms 50ms" "20000 50000"
	check cpu.max=max "max 50000"
	check cpu.max=50% "50000 100000"
	check cpus=1.5 1.5
	check cpus=0.25 "25000 100000" cpu.max
	check cpus=max max
	for weight in 1 2 99 100 101 9999 10000; do
		check cpu.weight=$weight $weight
	done
	nscgroup set "$G" memory.max=10%
	run -0 nscgroup get -b -n "$G" memory.max
	[ "$output" -eq $(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 1024 / 10 / 4096 * 4096)) ]
}

@test "keys: get prints lines that set takes back" {
	nscgroup create "$G" memory.max=96M pids.max=44 cpus=0.5 cpu.weight=77
	run -0 nscgroup get "$G" memory.max pids.max cpu.max cpu.weight
	expect_output $'memory.max=96M\npids.max=44\ncpu.max=50000 100000\ncpu.weight=77'
	mapfile -t lines <<<"$output"
	nscgroup set "$G" memory.max=max pids.max=max cpu.max=max cpu.weight=100
	nscgroup set "$G" "${lines[@]}"
	run -0 nscgroup get --json "$G" memory.max pids.max cpu.max cpu.weight memory.low
	jq -e '. == {"memory.max": 100663296, "pids.max": 44, "cpu.max": "50000 100000", "cpu.weight": 77,
		"memory.low": 0}' <<<"$output"
	nscgroup set "$G" memory.max=max
	run -0 nscgroup get --json "$G" memory.max
	jq -e '."memory.max" == "max"' <<<"$output"
	run -0 nscgroup get --bytes "$G" memory.low memory.max
	expect_output $'memory.low=0\nmemory.max=max'
}

@test "keys: v2's names in v1's files" {
	needs_v1
	nscgroup create "$G" memory.max=64M memory.low=16M cpu.weight=100 cpu.max="20000 50000" pids.max=9 cpuset.cpus=0
	[ "$(<"$(group_dir memory)/memory.limit_in_bytes")" -eq $((64 * 1024 * 1024)) ]
	[ "$(<"$(group_dir memory)/memory.soft_limit_in_bytes")" -eq $((16 * 1024 * 1024)) ]
	[ "$(<"$(group_dir cpu)/cpu.shares")" -eq 1024 ]
	[ "$(<"$(group_dir cpu)/cpu.cfs_quota_us")" -eq 20000 ]
	[ "$(<"$(group_dir cpu)/cpu.cfs_period_us")" -eq 50000 ]
	[ "$(<"$(group_dir pids)/pids.max")" -eq 9 ]
	[ "$(<"$(group_dir cpuset)/cpuset.cpus")" = 0 ]
	# v1's own names are its files as they are.
	nscgroup set "$G" cpu.shares=1000 memory.limit_in_bytes=32M memory.swappiness=10
	[ "$(<"$(group_dir cpu)/cpu.shares")" -eq 1000 ]
	[ "$(<"$(group_dir memory)/memory.limit_in_bytes")" -eq $((32 * 1024 * 1024)) ]
	run -0 nscgroup get "$G" memory.max cpu.shares memory.limit_in_bytes memory.swappiness
	expect_output $'memory.max=32M\ncpu.shares=1000\nmemory.limit_in_bytes=32M\nmemory.swappiness=10'
	nscgroup set "$G" memory.limit_in_bytes=-1
	run -0 nscgroup get "$G" memory.max memory.limit_in_bytes
	expect_output $'memory.max=max\nmemory.limit_in_bytes=max'
	# What only borrows its neighbour's place says so.
	run -0 --separate-stderr nscgroup set "$G" memory.high=20M
	expect_text "memory.high: cgroup v1 has no such limit; its soft limit is set"
	[ "$(<"$(group_dir memory)/memory.soft_limit_in_bytes")" -eq $((20 * 1024 * 1024)) ]
	run -1 nscgroup set "$G" memory.min=1M
	expect_text "memory.min: the memory controller is on a cgroup v1 hierarchy here, where memory.min has no equal"
}

@test "keys: v1's names in v2's files" {
	needs_unified
	nscgroup create "$G" memory.max=64M
	nscgroup set "$G" cpu.shares=1024 cpu.cfs_quota_us=20000 cpu.cfs_period_us=50000 memory.soft_limit_in_bytes=16M
	[ "$(<"$(group_dir cpu)/cpu.weight")" -eq 100 ]
	[ "$(<"$(group_dir cpu)/cpu.max")" = "20000 50000" ]
	[ "$(<"$(group_dir memory)/memory.low")" -eq $((16 * 1024 * 1024)) ]
	run -0 nscgroup get "$G" cpu.shares cpu.cfs_quota_us cpu.cfs_period_us memory.limit_in_bytes \
		memory.soft_limit_in_bytes
	expect_output "cpu.shares=1024
cpu.cfs_quota_us=20000
cpu.cfs_period_us=50000
memory.limit_in_bytes=64M
memory.soft_limit_in_bytes=16M"
	nscgroup set "$G" memory.limit_in_bytes=-1 cpu.cfs_quota_us=-1 memory.soft_limit_in_bytes=-1
	run -0 nscgroup get "$G" memory.max cpu.max memory.low
	expect_output $'memory.max=max\ncpu.max=max 50000\nmemory.low=0'
	run -2 nscgroup set "$G" cpu.shares=1
	expect_text "cpu.shares: expected 2 to 262144, found \"1\""
	run -1 nscgroup set "$G" memory.swappiness=10
	expect_text "memory.swappiness: is a file of cgroup v1, which cgroup v2 has no equal of"
}

@test "keys: swap beside memory, growing and shrinking" {
	nscgroup create "$G"
	[ -e "$(group_dir memory)/memory.swap.max" ] || [ -e "$(group_dir memory)/memory.memsw.limit_in_bytes" ] ||
		skip_because "this kernel does not account swap"
	local step
	for step in "32M 8M" "512M 256M" "16M 0" "64M 1G" "96M 1M" "max max" "64M max"; do
		# In either order on the command line.
		nscgroup set "$G" memory.swap.max="${step#* }" memory.max="${step% *}"
		run -0 nscgroup get -n "$G" memory.max memory.swap.max
		expect_output "${step/ /$'\n'}"
	done
	nscgroup set "$G" memory.max=64M memory.swap.max=16M
	# Swap is what it was when memory alone changes.
	nscgroup set "$G" memory.max=128M
	run -0 nscgroup get -n "$G" memory.max memory.swap.max
	expect_output $'128M\n16M'
	nscgroup set "$G" memory.max=32M
	run -0 nscgroup get -n "$G" memory.max memory.swap.max
	expect_output $'32M\n16M'
	cgroup_is_unified || {
		run -1 nscgroup set "$G" memory.max=max
		expect_text "memory.max: cgroup v1 limits memory and swap together" "set memory.max too, or memory.swap.max=max"
	}
}

@test "keys: io.max by device, as v2 has it" {
	local disk device=''
	if cgroup_is_unified; then needs_controller io; else needs_controller blkio; fi
	for disk in /sys/block/*; do
		[ ! -e "$disk/dev" ] || { device=$(<"$disk/dev"); break; }
	done
	[ "$device" ] || skip_because "there is no block device here"
	nscgroup create "$G"
	nscgroup set "$G" "io.max=$device rbps=1M wiops=100"
	run -0 nscgroup get "$G" io.max
	expect_output "io.max=$device rbps=1048576 wbps=max riops=max wiops=100"
	nscgroup set "$G" "io.max=$device rbps=max wbps=2M"
	run -0 nscgroup get "$G" io.max
	expect_output "io.max=$device rbps=max wbps=2097152 riops=max wiops=100"
	run -0 nscgroup get "$G" blkio.throttle.write_bps_device
	expect_output "blkio.throttle.write_bps_device=$device 2097152"
	nscgroup set "$G" "blkio.throttle.write_bps_device=$device 0" "io.max=$device wiops=max"
	run -0 nscgroup get "$G" io.max
	[[ $output == io.max= || $output == "io.max=$device rbps=max wbps=max riops=max wiops=max" ]]
	run -2 nscgroup set "$G" "io.max=/dev/null rbps=1"
	expect_text "/dev/null is no block device"
}

# bats test_tags=qemu
@test "keys: wrong ones and wrong values change nothing" {
	nscgroup create "$G" memory.max=64M pids.max=50
	local row
	while IFS='|' read -r row text; do
		[ "$row" ] || continue
		run nscgroup set "$G" memory.max=32M "$row"
		[ "$status" -ne 0 ] || { echo "$row was taken" >&2; return 1; }
		expect_text "$text"
	done <<-'END'
		memry.max=3|did you mean memory.max?
		xyz.abc=3|xyz.abc: unknown key
		../memory.max=3|../memory.max: unknown key
		memory.max=12X|memory.max: expected bytes (4096, 512M, 1.5G), a percentage (10%) or max, found "12X"
		memory.max=-5|memory.max: expected bytes
		memory.max=101%|memory.max: expected at most 100%
		memory.max=99999999999999999999|memory.max: expected bytes
		memory.max=|memory.max: expected bytes
		cpu.weight=0|cpu.weight: expected 1 to 10000, found "0"
		cpu.weight=10001|cpu.weight: expected 1 to 10000
		cpu.weight=max|cpu.weight: expected a number
		cpu.idle=2|cpu.idle: expected 0 to 1
		pids.max=4194305|pids.max: expected 0 to 4194304
		pids.max=ten|pids.max: expected a number or max, found "ten"
		cpu.max=10|cpu.max: expected a quota of at least 1000 us
		cpu.max=5000 10|cpu.max: expected a period of 1000 to 1000000 us
		cpu.max=often|cpu.max: expected a time in each period
		cpus=0|cpus: expected 0.01 to 100000 CPUs
		cpus=1.5.2|cpus: expected a number of CPUs (1.5) or max
		io.max=8:0|io.max: expected rbps=, wbps=, riops= or wiops= behind the device
		io.max=sda rbps=1|io.max: expected "DEVICE rbps=10M wiops=max", DEVICE as 8:0 or /dev/sda
		io.max=8:0 bps=1|io.max: expected rbps=, wbps= (bytes a second)
		memory.current=5|memory.current: is a figure that cannot be set
		cpuset.cpus=0-|cpuset.cpus:
		pids.max|expected KEY=VALUE, found "pids.max"
		=5|expected KEY=VALUE, found "=5"
	END
	run -0 nscgroup get -n "$G" memory.max pids.max
	expect_output $'64M\n50'
	run -2 nscgroup set "$G"
	expect_text "set: something is missing" "nscgroup set TARGET KEY=VALUE..."
	run -2 nscgroup get "$G" memory.maxx
	expect_text "did you mean memory.max?"
	run -2 nscgroup get "$G" nothing.here
	expect_text "nothing.here: unknown key"
}

@test "keys: what one write refuses takes back those before it" {
	needs_strace
	nscgroup create "$G" memory.max=64M cpu.weight=200 pids.max=50
	local file
	file=$(group_dir pids)/pids.max
	run unshare --mount --propagation private sh -c '
		mount --bind /dev/full "$1" && shift && exec strace -f -e trace=write -o trace "$@"
	' sh "$file" "$NSCGROUP" set "$G" memory.max=32M cpu.weight=50 pids.max=7
	expect_status 1
	expect_text "write \"7\" to $file: No space left on device"
	# They had been written.
	grep -q 'write(.*"33554432"' trace
	run -0 nscgroup get -n "$G" memory.max cpu.weight pids.max
	expect_output $'64M\n200\n50'
	# Of a device's line, and of an order that needs a second round.
	run nscgroup set "$G" cpu.max="20000 40000" memory.max=16M cpu.max.burst=1h
	expect_status 1
	expect_text "Invalid argument" "hint: a burst may not be more than the quota"
	run -0 nscgroup get -n "$G" memory.max cpu.max
	expect_output $'64M\nmax 100000'
}

@test "keys: a file that may not be written is named before anything changes" {
	nscgroup create "$G" memory.max=64M pids.max=50
	local file
	file=$(group_dir pids)/pids.max
	run unshare --mount --propagation private sh -c '
		mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"
	' sh "$file" "$NSCGROUP" set "$G" memory.max=32M pids.max=7
	expect_status 1
	expect_text "write $file: Read-only file system"
	run -0 nscgroup get -n "$G" memory.max pids.max
	expect_output $'64M\n50'
}

@test "keys: a controller that is missing, and why" {
	run -0 nscgroup create "$G"
	if cgroup_is_unified; then
		nscgroup create -c pids "$G/a"
		mkdir "/sys/fs/cgroup$G/b" "/sys/fs/cgroup$G/b/c"
		run -1 nscgroup set "$G/b/c" memory.max=1M
		expect_text "memory.max: the group does not have the memory controller" \
			"it is not enabled in /sys/fs/cgroup$G/cgroup.subtree_control"
		nscgroup create "$G/b/d" memory.max=1M
		nscgroup set "$G/b/c" memory.max=1M
	else
		rmdir "$(group_dir pids)"
		run -1 nscgroup set "$G" pids.max=1
		expect_text "pids.max: the group is not in the hierarchy at /sys/fs/cgroup/pids" "\"nscgroup create\""
		nscgroup create "$G"
		nscgroup set "$G" pids.max=1
	fi
	has_controller misc || {
		run -1 nscgroup set "$G" "misc.max=sgx 3"
		expect_text "misc.max: no cgroup hierarchy of this host has the misc controller"
	}
	run -2 nscgroup get / memory.max.x
	run nscgroup get / memory.low
	[[ $status -eq 0 || $output == *"the root group has no file"* ]]
}
