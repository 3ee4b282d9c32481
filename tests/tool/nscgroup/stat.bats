# SPDX-License-Identifier: GPL-2.0-or-later
# stat and top: the same figures on every host, and no more system calls than groups ask for.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

# The members of an object by their paths, whatever their values.
fields() { jq -c '[paths | map(tostring) | join(".")] | map(select(test("^(hugetlb|io|pressure)\\..") | not))' "$1"; }

# bats test_tags=qemu
@test "stat: the same fields on every host" {
	nscgroup create "$G" memory.max=64M pids.max=20
	nscgroup stat --json "$G" >stat.json
	run -0 fields stat.json
	expect_output '["target","path","memory","memory.current","memory.max","memory.peak","memory.swapCurrent",'$(
		)'"memory.swapMax","memory.anon","memory.file","memory.inactiveFile","memory.kernel","memory.slab",'$(
		)'"memory.sock","memory.pageFaults","memory.majorFaults","memory.maxEvents","memory.oomEvents",'$(
		)'"memory.oomKills","cpu","cpu.usageUsec","cpu.userUsec","cpu.systemUsec","cpu.periods",'$(
		)'"cpu.throttledPeriods","cpu.throttledUsec","pids","pids.current","pids.max","pids.peak",'$(
		)'"pids.maxEvents","io","hugetlb","pressure"]'
	jq -e --arg g "$G" '.path == $g and .memory.max == 67108864 and .pids.max == 20 and .pids.current == 0 and
		(.pressure | keys == ["cpu", "io", "memory"])' stat.json
}

# bats test_tags=qemu
@test "stat: what was used" {
	needs_controller memory
	nscgroup create "$G"
	sleep_in "$G" sh -c 'while [ ! -e go ]; do sleep 0.01; done
		x=$(head -c 8000000 /dev/zero | tr "\0" x); echo ${#x} >used; exec sleep 300'
	: >go
	wait_until 30 test -s used
	nscgroup stat --json "$G" >stat.json
	jq -e '.memory.current > 1000 and .pids.current == 1 and .cpu.usageUsec > 0 and
		(.memory.peak == null or .memory.peak > 8000000) and .memory.max == "max" and .pids.max == "max"' stat.json
	run -0 nscgroup stat "$G"
	[[ $output == *memory.max*max*pids.current*1* ]]
	run -0 nscgroup stat --bytes "$G"
	[[ $output =~ memory.current\ +[0-9]+$'\n' && $output =~ cpu.usageUsec\ +[0-9]+$'\n' ]]
	run -0 nscgroup stat "$G" "pid:$SLEEPER"
	[[ ${lines[0]} == GROUP*CPU*MEMORY*LIMIT*PIDS*READ*WRITTEN ]]
	[ ${#lines[@]} -eq 3 ]
	nscgroup kill "$G"
	run -1 nscgroup stat "$G/none"
	expect_text "no hierarchy has such a group"
}

@test "stat: --recursive, and system calls by the number of groups" {
	needs_strace
	local dir n calls=() tops=()
	dir=$(group_dir memory)
	nscgroup create -c memory "$G"
	! cgroup_is_unified || nscgroup set "$G" cgroup.subtree_control=+memory
	for n in 0 20 40; do
		[ $n -eq 0 ] || mkdir "$dir"/g-$n-{1..20}
		strace -o trace "$NSCGROUP" stat -r --json "$G" >out
		jq -e --argjson n $n 'length == $n + 1 and all(.memory.current != null)' out
		calls+=("$(grep -c . trace)")
		strace -o trace "$NSCGROUP" top --batch -n 1 "$G" >out
		[ "$(grep -c . out)" -eq $((n + 2)) ]
		tops+=("$(grep -c . trace)")
	done
	echo "stat: ${calls[*]}, top: ${tops[*]}"
	[ $((calls[2] - calls[1])) -le $((calls[1] - calls[0] + 50)) ]
	[ $((tops[2] - tops[1])) -le $((tops[1] - tops[0] + 50)) ]
	# top asks for less.
	[ $((tops[2] - tops[1])) -lt $((calls[2] - calls[1])) ]
}

@test "stat: --watch is a line an interval, and ends with the group" {
	nscgroup create "$G"
	nscgroup stat --watch -i 50ms "$G" >lines 3>&- &
	local pid=$!
	has_lines() { [ "$(grep -c . lines)" -ge 3 ]; }
	wait_until 20 has_lines
	nscgroup delete "$G"
	wait $pid
	jq -es --arg g "$G" 'length >= 3 and all(.path == $g and (.time | test("^20..-.*Z$")) and has("memory"))' lines
	run -2 nscgroup stat --watch -r /
	expect_text "--watch: one group at a time"
	run -2 nscgroup stat --watch -i 0 /
	expect_text "--interval: expected more than 0"
}

@test "top: tables one after the other for a pipe" {
	nscgroup create "$G/busy"
	sleep_in "$G/busy" sh -c 'while :; do :; done'
	run -0 nscgroup top --batch -n 2 -i 300ms "$G"
	[[ ${lines[0]} == *CPU%*MEMORY*PIDS*READ/s*WRITE/s*GROUP ]]
	[[ ${lines[1]} == *"-"*"$G" || ${lines[1]} == *"-"*"$G/busy" ]]
	# The second has rates: the busy one burns a CPU, or what it gets of one.
	[[ $output =~ [1-9][0-9]*\.[0-9][^$'\n']*"$G/busy" ]]
	nscgroup kill "$G"
	run -0 nscgroup top -n 1 --sort name --tree "$G"
	[[ ${lines[1]} == *" $G" ]]
	[[ ${lines[2]} == *"   busy" ]]
	run -2 nscgroup top --sort size
	expect_text "--sort"
	run -2 nscgroup top -i 1ms
	expect_text "--interval: expected at least 100ms"
	run -2 nscgroup top -c "$G"
	expect_text "--containers: does not go with a TARGET"
}

@test "top: containers by their ids" {
	container_start
	run -0 nscgroup top --batch -n 1 --containers
	[[ $output == *GROUP*" $ID"* ]]
	[ ${#lines[@]} -eq 2 ]
	nsinit delete --force "$ID"
	run -0 nscgroup top --batch -n 1 --containers
	[ ${#lines[@]} -eq 1 ]
}

@test "top: the live table sorts, shows a tree, follows the size, and restores the terminal" {
	nscgroup create "$G/a"
	nscgroup create "$G/b"
	run -0 "$HELPERS/pty" size:12x100 expect:"by CPU" send:m expect:"by memory" send:n expect:"by name" send:t \
		expect:"by tree" expect:"  a" send:+ expect:"every 4.0 s" send:- expect:"every 2.0 s" size:6x40 \
		expect:"1-3 of 3" send:'\e[B' expect:"of 3" send:q -- "$NSCGROUP" top "$G"
	expect_text $'\e[?1049h' $'\e[?1049l' "pty: status 0" "pty: settings restored"
	# A smaller screen shows no more than fits.
	run -0 "$HELPERS/pty" size:4x30 expect:"1-2 of 3" send:'\e[B' expect:"2-3 of 3" send:'\003' -- "$NSCGROUP" top "$G"
	expect_text "pty: status 0" "pty: settings restored"
	run -0 "$HELPERS/pty" size:10x60 expect:"by CPU" signal:15 -- "$NSCGROUP" top "$G"
	expect_text "pty: status 0" "pty: settings restored"
	run -0 "$HELPERS/pty" size:10x60 -- "$NSCGROUP" top -n 1 "$G"
	expect_text "pty: status 0" "pty: settings restored"
}

@test "top: a group's name cannot write on the terminal" {
	local dir
	nscgroup create "$G"
	dir=$(group_dir memory)/$'evil\e[31m'
	mkdir "$dir"
	run -0 nscgroup top --batch -n 1 "$G"
	expect_text 'evil?[31m'
	run -0 "$HELPERS/pty" size:10x100 expect:'evil?[31m' send:q -- "$NSCGROUP" top "$G"
	expect_no_text $'\e[31m'
	run -0 nscgroup list "$G"
	expect_no_text $'\e[31m'
	rmdir "$dir"
}
