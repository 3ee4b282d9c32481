# SPDX-License-Identifier: GPL-2.0-or-later
# events and wait: told by the kernel, and not asleep in between.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

# events in the background, listening; $EVENTS. strace tells that it waits, and how often it woke up.
events_begin() {
	: >trace
	strace -f -o trace -e trace=poll,nanosleep,clock_nanosleep "${@:-$NSCGROUP}" events "$G" >events 2>errors 3>&- &
	EVENTS=$!
	wait_until 30 grep -q 'poll(' trace
}

types() { jq -sr '[.[] | .type + (if has("value") then "=\(.value)" else "" end)] | join(" ")' events; }
has_types() { [ "$(types)" = "$1" ]; }

@test "events: populated, frozen and removed, without a wake-up in between" {
	needs_strace
	nscgroup create "$G"
	events_begin
	sleep_in "$G"
	wait_until 20 has_types "populated=true"
	nscgroup freeze "$G"
	wait_until 20 has_types "populated=true frozen=true"
	nscgroup thaw "$G"
	wait_until 20 has_types "populated=true frozen=true frozen=false"
	nscgroup kill "$G"
	wait_until 20 has_types "populated=true frozen=true frozen=false populated=false"
	nscgroup delete "$G"
	wait $EVENTS
	run -0 types
	expect_output "populated=true frozen=true frozen=false populated=false removed"
	jq -es --arg g "$G" 'all(.target == $g and (.time | test("Z$")))' events
	# Each event is at most two writes of the kernel's and the removal of one group in two hierarchies.
	[ "$(grep -c 'poll(.* = ' trace)" -le 14 ]
	! grep -q nanosleep trace
}

@test "events: out of memory" {
	needs_controller memory
	needs_strace
	nscgroup create "$G" memory.max=16M
	[ -n "$(nscgroup get -n "$G" memory.swap.max 2>/dev/null)" ] && nscgroup set "$G" memory.max=16M memory.swap.max=0
	events_begin
	sleep_in "$G" sh -c 'while [ ! -e go ]; do sleep 0.01; done; tail /dev/zero; sleep 300'
	: >go
	told() { [[ " $(types) " == *" oom "* && " $(types) " == *" oom_kill "* ]]; }
	wait_until 30 told
	jq -es 'any(.type == "oom_kill" and .count == 1)' events
	nscgroup kill "$G"
	nscgroup delete "$G"
	wait $EVENTS
}

@test "events: v1 alone tells of its memory" {
	needs_v1
	nscgroup create "$G" memory.max=16M memory.swap.max=0
	unshare --mount --propagation private sh -c 'umount /sys/fs/cgroup/unified && exec "$@"' sh "$NSCGROUP" events -n 2 \
		"$G" >events 2>warning 3>&- &
	local pid=$!
	listens() { grep -q eventfd <(readlink "/proc/$pid/fd/"*); }
	wait_until 20 listens
	sleep_in "$G" sh -c 'while [ ! -e go ]; do sleep 0.01; done; tail /dev/zero; sleep 300'
	: >go
	wait $pid
	run -0 types
	[[ $output == *oom* ]]
	grep -q "warning: $G is in no cgroup v2 hierarchy: .* populated and frozen never" warning
	nscgroup kill "$G"
	rmdir "$(group_dir memory)"
	run -1 without_v2 "$NSCGROUP" events "$G"
	expect_text "the kernel tells nothing of this group"
}

@test "wait: --empty, asleep until the last process is gone" {
	needs_strace
	nscgroup create "$G"
	run -0 nscgroup wait "$G"
	sleep_in "$G"
	run -1 nscgroup wait -t 100ms "$G"
	expect_text "wait for the processes of " "1 left, the first is process $SLEEPER"
	: >trace
	strace -f -o trace -e trace=poll,nanosleep,clock_nanosleep "$NSCGROUP" wait "$G" 3>&- &
	local pid=$!
	wait_until 30 grep -q 'poll(' trace
	kill "$SLEEPER"
	wait $pid
	[ "$(grep -c 'poll(.* = ' trace)" -le 3 ]
	! grep -q nanosleep trace
	run -2 nscgroup wait --empty --oom "$G"
	expect_text "--empty and --oom do not go together"
}

@test "wait: --empty on v1 alone, by the processes themselves" {
	needs_v1
	needs_strace
	nscgroup create "$G"
	sleep_in "$G"
	local first=$SLEEPER
	sleep_in "$G"
	: >trace
	unshare --mount --propagation private sh -c 'umount /sys/fs/cgroup/unified && exec "$@"' sh \
		strace -f -o trace -e trace=poll "$NSCGROUP" wait "$G" 3>&- &
	local pid=$!
	wait_until 30 grep -q 'poll(' trace
	kill "$first"
	kill "$SLEEPER"
	wait $pid
	[ "$(grep -c 'poll(.* = ' trace)" -le 40 ]
}

@test "wait: --oom" {
	needs_controller memory
	needs_strace
	nscgroup create "$G" memory.max=16M
	[ -n "$(nscgroup get -n "$G" memory.swap.max 2>/dev/null)" ] && nscgroup set "$G" memory.max=16M memory.swap.max=0
	run -1 nscgroup wait --oom -t 100ms "$G"
	expect_text "wait for $G: Connection timed out"
	: >trace
	strace -f -o trace -e trace=poll "$NSCGROUP" wait --oom "$G" 3>&- &
	local pid=$!
	wait_until 30 grep -q 'poll(' trace
	sleep_in "$G" sh -c 'while [ ! -e go ]; do sleep 0.01; done; exec tail /dev/zero'
	: >go
	wait $pid
	: >trace2
	strace -f -o trace2 -e trace=poll "$NSCGROUP" wait --oom "$G" 2>errors 3>&- &
	pid=$!
	wait_until 30 grep -q 'poll(' trace2
	nscgroup kill "$G"
	nscgroup delete "$G"
	status=0
	wait $pid || status=$?
	expect_status 1
	grep -q "the group was removed" errors
}
