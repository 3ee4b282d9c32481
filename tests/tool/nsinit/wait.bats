# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; JOB=; }
teardown() {
	[ -z "$JOB" ] || kill "$JOB" 2>/dev/null || :
	kept_delete
}

# make ID: created, not started.
make() {
	new_id
	IDS+=("$ID")
	bundle_make "$TEST_DIR/$ID" '.process.args = ["sleep", "300"]'
	nsinit create --bundle "$TEST_DIR/$ID" "$ID" </dev/null >/dev/null 2>&1 3>&-
}

# waits ARGUMENT...: nsinit wait in the background, until it waits; its output is $TEST_DIR/job.out.
waits() {
	job_start job.out "$NSINIT" --root "$STATE" wait "$@"
	wait_until 20 job_is_blocked
}

# until_told STATUS: a running container whose program ends with that status when it gets USR1.
until_told() {
	keep_start . sh -c "trap 'exit $1' USR1; echo ready; while :; do sleep 0.02; done"
	wait_until 20 grep -q ready "$TEST_DIR/$ID.out"
}

# told STATUS: what wait prints, on this kernel.
told() {
	if printf '%s\n' 6.15 "$(uname -r)" | sort -VC; then echo "$1"; else echo unknown; fi
}

@test "wait prints the exit status of a container that ends" {
	until_told 3
	waits "$ID"
	nsinit kill "$ID" USR1
	job_join
	[ "$(cat job.out)" = "$(told 3)" ]
	[ "$(nsinit state "$ID" | jq -r .status)" = stopped ]
}

@test "a container that a signal killed has 128 and its number" {
	keep_start . sleep 300
	waits "$ID"
	nsinit kill "$ID" KILL
	job_join
	[ "$(cat job.out)" = "$(told 137)" ]
}

@test "several containers have a line each, in the order of the command line" {
	local first
	until_told 4
	first=$ID
	until_told 5
	waits "$ID" "$first"
	nsinit kill "$first" USR1
	wait_until 20 has_status "$first" stopped
	nsinit kill "$ID" USR1
	job_join
	mapfile -t lines <job.out
	[ "${lines[0]}" = "$(told 5)" ]
	# The other ended while the first was waited for: nobody kept its status.
	[[ ${lines[1]} == 4 || ${lines[1]} == unknown ]]
	[ ${#lines[@]} -eq 2 ]
}

@test "of a container that has ended before the status is unknown" {
	keep_start . true
	wait_until 20 has_status "$ID" stopped
	run -0 nsinit wait "$ID"
	expect_output unknown
}

@test "wait blocks: nothing is looked at again and again" {
	keep_start . sleep 300
	waits "$ID"
	job_is_idle
	nsinit stop -t 0 "$ID"
	job_join
}

@test "wait --state running blocks until start, without looking again and again" {
	make
	waits --state running "$ID"
	job_is_idle
	nsinit start "$ID"
	job_join
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
	waits --state paused --timeout 60 "$ID"
	nsinit pause "$ID"
	job_join
	nsinit resume "$ID"
	run -0 nsinit wait --state running "$ID"
}

@test "a container that ends before it was what is waited for is an error" {
	make
	waits --state running "$ID"
	nsinit kill "$ID" KILL
	local status=0
	job_join || status=$?
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
	wait_until 20 has_status "$ID" stopped
	run -1 --separate-stderr nsinit wait -t 1s "$first" "$ID"
	expect_output unknown
	[[ $stderr == *"wait $first: it is not stopped yet: the time is up"* ]]
}

@test "unknown containers are errors, the others are waited for" {
	until_told 6
	waits no-such "$ID" nor-this
	nsinit kill "$ID" USR1
	status=0
	job_join || status=$?
	[ "$status" -eq 1 ]
	grep -Fx "$(told 6)" job.out
	grep -F "no-such: container does not exist" job.out
	grep -F "nor-this: container does not exist" job.out
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
	wait_until 20 test -e "$STATE/$ID/state.json"
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
