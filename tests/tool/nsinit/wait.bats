# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; IDS=(); JOB=; }
teardown() {
	local id
	[ -z "$JOB" ] || kill "$JOB" 2>/dev/null || :
	for id in "${IDS[@]}"; do nsinit delete --force "$id" 2>/dev/null || :; done
}

keep_start() {
	container_start "$@"
	IDS+=("$ID")
}

# make ID: created, not started.
make() {
	new_id
	IDS+=("$ID")
	bundle_make "$TEST_DIR/$ID" '.process.args = ["sleep", "300"]'
	nsinit create --bundle "$TEST_DIR/$ID" "$ID" </dev/null >/dev/null 2>&1 3>&-
}

# in_background COMMAND...: its output is $TEST_DIR/job.out; $JOB. join_job: its status.
in_background() {
	"$@" >"$TEST_DIR/job.out" 2>&1 3>&- &
	JOB=$!
}
join_job() {
	local status=0
	wait "$JOB" || status=$?
	JOB=
	return $status
}
# A process that has got to where it blocks: no CPU is used, and it is not woken.
is_blocked() { grep -q '^State:.S' "/proc/$JOB/status"; }
switches() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$JOB/status"; }

# told STATUS: what wait prints, on this kernel.
told() {
	if printf '%s\n' 6.15 "$(uname -r)" | sort -VC; then echo "$1"; else echo unknown; fi
}

@test "wait prints the exit status of a container that ends" {
	keep_start . sh -c 'sleep 0.5; exit 3'
	run -0 nsinit wait "$ID"
	expect_output "$(told 3)"
	[ "$(nsinit state "$ID" | jq -r .status)" = stopped ]
}

@test "a container that a signal killed has 128 and its number" {
	keep_start . sleep 300
	in_background nsinit wait "$ID"
	wait_until 5 is_blocked
	sleep 0.1
	nsinit kill "$ID" KILL
	join_job
	[ "$(cat job.out)" = "$(told 137)" ]
}

@test "several containers have a line each, in the order of the command line" {
	local first
	keep_start . sh -c 'sleep 1; exit 4'
	first=$ID
	keep_start . sh -c 'sleep 1.5; exit 5'
	run -0 nsinit wait "$ID" "$first"
	[ "${lines[0]}" = "$(told 5)" ]
	# The other ended while the first was waited for: nobody kept its status.
	[[ ${lines[1]} == 4 || ${lines[1]} == unknown ]]
	[ ${#lines[@]} -eq 2 ]
}

@test "of a container that has ended before the status is unknown" {
	keep_start . true
	wait_until 5 has_stopped
	run -0 nsinit wait "$ID"
	expect_output unknown
}
has_stopped() { [ "$(nsinit state "$ID" | jq -r .status)" = stopped ]; }

@test "wait blocks: nothing is looked at again and again" {
	keep_start . sleep 300
	in_background nsinit wait "$ID"
	wait_until 5 is_blocked
	sleep 0.3
	local before
	before=$(switches)
	sleep 1
	[ "$(switches)" = "$before" ]
	nsinit stop -t 0 "$ID"
	join_job
}

@test "wait --state running blocks until start, without looking again and again" {
	make
	in_background nsinit wait --state running "$ID"
	wait_until 5 is_blocked
	sleep 0.3
	local before
	before=$(switches)
	sleep 1
	[ "$(switches)" = "$before" ]
	nsinit start "$ID"
	join_job
	[ ! -s job.out ]
}

@test "a state that is there already is not waited for" {
	make
	run -0 nsinit wait --state created "$ID"
	expect_output ""
	nsinit start "$ID"
	run -0 nsinit wait --state running "$ID"
	expect_output ""
}

@test "wait --state paused sees a container being paused" {
	keep_start . sleep 300
	in_background nsinit wait --state paused --timeout 20 "$ID"
	wait_until 5 is_blocked
	sleep 0.1
	nsinit pause "$ID"
	join_job
	nsinit resume "$ID"
	run -0 nsinit wait --state running "$ID"
}

@test "a container that ends before it was what is waited for is an error" {
	make
	in_background nsinit wait --state running "$ID"
	wait_until 5 is_blocked
	sleep 0.1
	nsinit kill "$ID" KILL
	local status=0
	join_job || status=$?
	[ "$status" -eq 1 ]
	grep -F "wait $ID: it ended before it was running" job.out
}

@test "the time is up" {
	keep_start . sleep 300
	run -1 nsinit wait --timeout 300ms "$ID"
	expect_text "nsinit: wait $ID: it is not stopped yet: the time is up"
	run -1 nsinit wait -t 300ms --state paused "$ID"
	expect_text "nsinit: wait $ID: it is not paused yet: the time is up"
}

@test "one timeout for all, and what has ended has ended in time" {
	local first
	keep_start . sleep 300
	first=$ID
	keep_start . true
	run -1 --separate-stderr nsinit wait -t 1s "$first" "$ID"
	expect_output unknown
	[[ $stderr == *"wait $first: it is not stopped yet: the time is up"* ]]
}

@test "unknown containers are errors, the others are waited for" {
	keep_start . sh -c 'sleep 0.5; exit 6'
	run -1 --separate-stderr nsinit wait no-such "$ID" nor-this
	expect_output "$(told 6)"
	[[ $stderr == *"no-such: container does not exist"* ]]
	[[ $stderr == *"nor-this: container does not exist"* ]]
}

@test "a wrong state, a wrong time, no container at all" {
	run -2 nsinit wait --state sleeping x
	expect_text "--state" "sleeping" "stopped"
	run -2 nsinit wait --timeout soon x
	expect_text "--timeout" "soon"
	run -2 nsinit wait
	expect_text "nsinit: wait:"
}

# making STATUS: in the background, a container whose making takes a second and then goes well (0) or not.
making() {
	new_id
	IDS+=("$ID")
	bundle_make "$TEST_DIR/$ID" --arg status "$1" '.process.args = ["sleep", "300"] |
		.hooks.createRuntime = [{"path": "/bin/sh", "args": ["sh", "-c", "sleep 1; exit " + $status]}]'
	"$NSINIT" --root "$STATE" create --bundle "$TEST_DIR/$ID" "$ID" </dev/null >/dev/null 2>&1 3>&- &
	MAKER=$!
	wait_until 5 test -e "$STATE/$ID/state.json"
}

@test "a container in the making has not ended" {
	making 0
	run nsinit wait --timeout 0.2 "$ID"
	expect_status 1
	expect_text "it is not stopped yet: the time is up"
	run -0 nsinit wait --timeout 10 --state created "$ID"
	wait "$MAKER" || :
}

@test "a container whose making failed was deleted" {
	making 1
	run nsinit wait --timeout 10 --state running "$ID"
	wait "$MAKER" || :
	expect_status 1
	expect_text "it was deleted before it was running"
	making 1
	run nsinit wait --timeout 10 "$ID"
	wait "$MAKER" || :
	expect_status 0
}
