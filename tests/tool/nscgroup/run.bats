# SPDX-License-Identifier: GPL-2.0-or-later
# run: a command in a group with limits, which goes with it, and what it used.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

is_removed() { [ -z "$(cgroup_mounts | while read -r mount; do [ ! -d "$mount$G" ] || echo there; done)" ]; }
# The guard has nobody to be a child of when it is alone.
guards() { ps -eo pid,comm,args | awk '$2 == "nscgroup-guard" && $3 != "[nscgroup-guard]"'; }

@test "run: in a group of its own, with its limits, and the group goes" {
	run -0 --separate-stderr nscgroup run --name "$G" memory.max=64M pids.max=20 -- sh -c '
		cat /proc/self/cgroup; "$0" get "$1" memory.max pids.max; "$0" show --json "$1" | jq .processes
	' "$NSCGROUP" "$G"
	cgroup_is_unified || expect_text "memory:$G" "pids:$G"
	expect_text "0::$G" memory.max=64M pids.max=20
	[ "$stderr" = "" ]
	is_removed
	run -0 nscgroup run sh -c 'sed -n "s/^0:://p" /proc/self/cgroup'
	[[ $output == /nscgroup-* ]]
	[ ! -e "$(group_dir unified "$output")" ]
}

@test "run: the exit status is the command's, and ours keep out of its way" {
	run -7 nscgroup run --name "$G" -- sh -c 'exit 7'
	run -143 nscgroup run --name "$G" -- sh -c 'kill -TERM $$'
	run -127 nscgroup run --name "$G" nothing-here
	expect_text "execute nothing-here: executable file not found in \$PATH: No such file or directory"
	run -126 nscgroup run --name "$G" /etc/passwd
	expect_text "execute /etc/passwd: Permission denied"
	run -125 nscgroup run --name "$G" memory.max=x -- true
	expect_text "memory.max: expected bytes"
	run -125 nscgroup run --name "$G" memry.max=5M -- true
	expect_text "did you mean memory.max?"
	run -125 nscgroup run --name "$G" memory.max=5M
	expect_text "run: no command"
	run -125 nscgroup run --name "$G" memory.max=5M --stats -- true
	expect_text "unexpected \"--stats\": options stand before KEY=VALUE"
	run -125 nscgroup run --json true
	expect_text "--json: needs --stats"
	is_removed
	nscgroup create "$G"
	run -125 nscgroup run --name "$G" true
	expect_text "$G: the group exists already"
	[ -d "$(group_dir unified)" ]
	# What looks like a key is part of the command behind it.
	nscgroup delete "$G"
	run -0 nscgroup run --name "$G" echo a=b -x
	expect_output "a=b -x"
	run -0 nscgroup run --name "$G" -- env A=b sh -c 'echo $A'
	expect_output b
}

@test "run: descriptors, input and signals reach the command" {
	run -0 bash -c 'echo input | "$1" run --name "$2" cat /dev/fd/0 /dev/fd/7 7<<<"seven"' bash "$NSCGROUP" "$G"
	expect_output $'input\nseven'
	# What we have open ourselves is not among them.
	run -0 ls /proc/self/fd
	local open=$output
	run -0 nscgroup run --name "$G" ls /proc/self/fd
	expect_output "$open"
	"$NSCGROUP" run --name "$G" -- sh -c 'trap "exit 9" TERM; echo ready >ready; while :; do sleep 0.02; done' 3>&- &
	local pid=$! status=0
	wait_until 20 test -s ready
	kill -TERM $pid
	wait $pid || status=$?
	[ $status -eq 9 ]
	is_removed
}

@test "run: cloned into v2's group, never outside" {
	needs_strace
	strace -f -o trace -e trace=clone,clone3,execve,write "$NSCGROUP" run --name "$G" pids.max=10 -- true
	grep -q 'clone3({flags=.*CLONE_INTO_CGROUP' trace
	# A call that another process' interrupts ends with "<unfinished ...>" in place of its result.
	! cgroup_is_unified || ! grep -q 'write([0-9]*, "0", 1' trace
	cgroup_is_unified || [ "$(grep -c 'write([0-9]*, "0", 1' trace)" -eq 1 ]
}

@test "run: where clone3 is refused it joins v2's group as v1's" {
	run -0 "$HELPERS/deny" ENOSYS clone3 "$NSCGROUP" run --name "$G" -- cat /proc/self/cgroup
	expect_text "0::$G"
	is_removed
}

@test "run: --stats, as text and as JSON, on standard error or in a file" {
	run -0 --separate-stderr nscgroup run --stats --name "$G" -- sh -c \
		'x=$(head -c 20000000 /dev/zero | tr "\0" x); echo ${#x}'
	expect_output 20000000
	[[ $stderr == *elapsed*"cpu user"*"cpu system"*"memory peak"*"pids peak"*read*written*"oom kills"*"exit status    0"* ]]
	run -5 --separate-stderr nscgroup run --stats --json -o stats.json --name "$G" -- sh -c \
		'x=$(head -c 20000000 /dev/zero | tr "\0" x); exit 5'
	[ "$stderr" = "" ]
	jq -e '.status == 5 and .elapsedUsec > 0 and .cpu.usageUsec > 0 and .memory.oomKills == 0 and
		(.memory.peak == null or .memory.peak > 20000000) and has("pressure") and
		(.pids.peak == null or .pids.peak >= 2)' stats.json
	run -125 nscgroup run --stats -o /nowhere/file --name "$G" true
	expect_text "open /nowhere/file: No such file or directory"
	is_removed
}

@test "run: an OOM kill is told" {
	needs_controller memory
	local limits=(memory.max=16M)
	nscgroup create "$G"
	[ ! -e "$(group_dir memory)/memory.swap.max" ] && [ ! -e "$(group_dir memory)/memory.memsw.limit_in_bytes" ] ||
		limits+=(memory.swap.max=0)
	nscgroup delete "$G"
	run -137 nscgroup run --name "$G" "${limits[@]}" -- tail /dev/zero
	expect_text "warning: out of memory: the kernel killed 1 of its processes; the limit is 16.0M"
	is_removed
}

@test "run: processes left behind keep the group until the last is gone" {
	run -0 nscgroup run --name "$G" -- sh -c 'sleep 300 </dev/null >/dev/null 2>&1 3>&- & echo $! >pid'
	run -0 nscgroup show --json "$G"
	jq -e '.processes == 1' <<<"$output"
	[ "$(guards | wc -l)" -ge 1 ]
	kill "$(<pid)"
	wait_until 20 is_removed
}

@test "run: killed, it leaves neither a group nor a guard behind the command" {
	"$NSCGROUP" run --name "$G" memory.max=64M -- sh -c 'echo $$ >pid; exec sleep 300' </dev/null >/dev/null 2>&1 3>&- &
	local pid=$!
	wait_until 20 test -s pid
	kill -KILL $pid
	wait $pid || :
	# The command goes on in its group.
	kill -0 "$(<pid)"
	run -0 nscgroup get "$G" memory.max
	expect_output memory.max=64M
	kill "$(<pid)"
	wait_until 20 is_removed
	# On v1 nothing tells that a group is empty but its processes.
	cgroup_is_unified || {
		unshare --mount --propagation private sh -c 'umount /sys/fs/cgroup/unified && exec "$@"' sh "$NSCGROUP" run \
			--name "$G" memory.max=64M -- sh -c 'echo $$ >pid2; exec sleep 300' </dev/null >/dev/null 2>&1 3>&- &
		pid=$!
		wait_until 20 test -s pid2
		kill -KILL $pid
		wait $pid || :
		kill "$(<pid2)"
		wait_until 20 is_removed
	}
}

@test "run: v1 alone" {
	needs_v1
	run -3 without_v2 "$NSCGROUP" run --name "$G" memory.max=64M pids.max=20 -- sh -c 'cat /proc/self/cgroup; exit 3'
	expect_text "memory:$G" "pids:$G" "freezer:$G"
	expect_no_text "cpu:$G" "devices:$G"
	is_removed
}
