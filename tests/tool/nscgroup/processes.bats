# SPDX-License-Identifier: GPL-2.0-or-later
# attach, freeze, thaw and kill: v2's way, and v1's where it is alone.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

# group_of PID CONTROLLER: where the process is, by /proc.
group_of() {
	if cgroup_is_unified; then
		sed -n 's/^0:://p' "/proc/$1/cgroup"
	else
		sed -nE "s/^[0-9]+:$2://p" "/proc/$1/cgroup"
	fi
}

state_of() { sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null; }
is_gone() { [ ! -e "/proc/$1" ] || [ "$(state_of "$1")" = Z ]; }
processes() { nscgroup list --json "$1" | jq '[.[].processes] | add'; }
has_processes() { [ "$(processes "$1")" -eq "$2" ]; }

@test "attach: in every hierarchy where the group is" {
	nscgroup create "$G"
	sleep 300 3>&- &
	local first=$!
	sleep 300 3>&- &
	nscgroup attach "$G" "$first" "$!"
	[ "$(group_of "$first" pids)" = "$G" ]
	[ "$(group_of "$!" memory)" = "$G" ]
	cgroup_is_unified || [ "$(sed -n 's/^0:://p' "/proc/$!/cgroup")" = "$G" ]
	run -0 nscgroup show --json "$G"
	jq -e '.processes == 2' <<<"$output"
	nscgroup kill "$G"
}

@test "attach: one that is refused sends those before it back" {
	nscgroup create "$G/from"
	nscgroup create "$G/to"
	sleep_in "$G/from"
	# A kernel thread cannot be moved.
	run -1 nscgroup attach "$G/to" "$SLEEPER" 2
	expect_text "attach process 2 to " "kernel threads"
	[ "$(group_of "$SLEEPER" pids)" = "$G/from" ]
	run -1 nscgroup attach "$G/to" "$SLEEPER" 4194304
	expect_text "4194304: there is no such process"
	[ "$(group_of "$SLEEPER" pids)" = "$G/from" ]
	run -2 nscgroup attach "$G/to" "$SLEEPER" x
	expect_text "expected the number of a process, found \"x\""
	nscgroup kill "$G"
}

@test "attach: a thread alone" {
	# A domain's controllers would keep v2's groups below it from having processes.
	nscgroup create -c "" "$G/t"
	cgroup_is_unified || nscgroup create -c pids "$G/t"
	python3 -c '
import os, threading, time
def thread():
    with open("thread", "w") as f: f.write(str(threading.get_native_id()))
    os.rename("thread", "tid")
    time.sleep(300)
threading.Thread(target=thread, daemon=True).start()
time.sleep(300)' </dev/null 3>&- &
	local pid=$! tid
	wait_until 60 test -e tid
	tid=$(<tid)
	nscgroup attach "$G" "$pid"
	if cgroup_is_unified; then
		run -1 nscgroup attach -T "$G/t" "$tid"
		expect_text "attach process $tid" "threaded"
		nscgroup set "$G/t" cgroup.type=threaded
		nscgroup attach -T "$G/t" "$tid"
		grep -qx "$tid" "$(group_dir pids)/t/cgroup.threads"
	else
		nscgroup attach -T "$G/t" "$tid"
		grep -qx "$tid" "$(group_dir pids)/t/tasks"
		! grep -qx "$pid" "$(group_dir pids)/t/tasks"
	fi
	kill -9 "$pid"
	wait_until 20 is_gone "$pid"
}

@test "freeze and thaw: they stop, and run again" {
	nscgroup create "$G/below"
	sleep_in "$G/below" sh -c 'while :; do date +%s%N >tick; sleep 0.01; done'
	wait_until 20 test -s tick
	nscgroup freeze "$G"
	run -0 nscgroup show --json "$G/below"
	jq -e .frozen <<<"$output"
	nscgroup freeze "$G"
	local before
	before=$(<tick)
	sleep 0.2
	[ "$(<tick)" = "$before" ]
	run -1 nscgroup thaw -t 100ms "$G/below"
	expect_text "a group above it is frozen"
	nscgroup thaw "$G"
	ticks_on() { [ "$(<tick)" != "$before" ] && [ "$(<tick)" ]; }
	wait_until 20 ticks_on
	run -0 nscgroup show "$G"
	expect_text frozen=no
	run -0 nscgroup get "$G" cgroup.freeze
	expect_output cgroup.freeze=0
	nscgroup kill "$G"
	run -1 nscgroup freeze "$G/none"
	expect_text "no hierarchy has such a group"
}

@test "kill: groups below, frozen or not, and nothing is left" {
	nscgroup create "$G/a/b"
	nscgroup create "$G/c"
	sleep_in "$G/a/b"
	local first=$SLEEPER
	sleep_in "$G/c"
	nscgroup freeze "$G/a"
	nscgroup kill "$G"
	is_gone "$first"
	is_gone "$SLEEPER"
	run -0 processes "$G"
	expect_output 0
	# Nothing to do is no error.
	nscgroup kill "$G"
	nscgroup thaw "$G/a"
}

@test "kill: another signal, once to each process" {
	nscgroup create "$G"
	sleep_in "$G" sh -c 'trap "echo got it >>told" USR1; echo ready >>told; while :; do sleep 0.02; done'
	wait_until 20 test -s told
	nscgroup kill -s USR1 "$G"
	wait_until 20 grep -q "got it" told
	run -2 nscgroup kill -s NOSIG "$G"
	expect_text "unknown signal \"NOSIG\""
	nscgroup kill "$G"
}

@test "kill: not this program's own group" {
	nscgroup create "$G"
	run -1 sh -c 'echo $$ >"$1/cgroup.procs" && shift && "$@"' sh "$(group_dir unified)" "$NSCGROUP" kill "$G"
	expect_text "$G: this program is itself in the group"
}

@test "kill: a fork bomb under pids.max" {
	needs_controller pids
	nscgroup create "$G" pids.max=30
	run -1 "$HELPERS/bomb" "$(group_dir memory)/.."
	mapfile -t groups < <(cgroup_mounts | sed "s|\$|$G|")
	"$HELPERS/bomb" "${groups[@]}" 3>&- &
	wait_until 20 has_processes "$G" 30
	nscgroup kill "$G"
	run -0 processes "$G"
	expect_output 0
}

@test "kill: a frozen fork bomb, and on v1 alone" {
	needs_v1
	needs_controller pids
	# As on an old host: in v1's hierarchies only.
	nscgroup create "$G" pids.max=30
	mapfile -t groups < <(cgroup_mounts | grep -v unified | sed "s|\$|$G|")
	"$HELPERS/bomb" "${groups[@]}" 3>&- &
	wait_until 20 has_processes "$G" 30
	without_v2 "$NSCGROUP" kill "$G"
	run -0 processes "$G"
	expect_output 0
	"$HELPERS/bomb" "${groups[@]}" 3>&- &
	wait_until 20 has_processes "$G" 30
	without_v2 "$NSCGROUP" freeze "$G"
	run -0 without_v2 "$NSCGROUP" get "$G" freezer.state cgroup.freeze
	expect_output $'freezer.state=FROZEN\ncgroup.freeze=1'
	# v2's kill does not reach what v1 holds: it is thawed on the way.
	nscgroup kill "$G"
	run -0 processes "$G"
	expect_output 0
}
