# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; JOB=; }
teardown() {
	[ -z "$JOB" ] || kill "$JOB" 2>/dev/null || :
	kept_delete
}
# make FILTER COMMAND...: created, not started.
make() {
	container_spec "$@"
	IDS+=("$ID")
	nsinit create --config "$TEST_DIR/$ID.json" --bundle "$TEST_DIR" "$ID" </dev/null >/dev/null 2>&1 3>&-
}

# events ARGS...: in the background, into events.json; $JOB. It watches when the first line is there.
events() {
	"$NSINIT" --root "$STATE" events "$@" >"$TEST_DIR/events.json" 2>"$TEST_DIR/events.err" 3>&- &
	JOB=$!
	wait_until 20 test -s "$TEST_DIR/events.json"
}
types() { jq -r .type "$TEST_DIR/events.json" | uniq | paste -sd' '; }

# Our own subreaper or init reaps what ends, and only since 6.15 does the kernel tell how it was: or nobody was faster.
exit_status_is() {
	local got
	got=$(jq -s 'last | .data.status' "$TEST_DIR/events.json")
	[ "$got" = "$1" ] && return
	printf '%s\n' 6.15 "$(uname -r)" | sort -VC && { echo "status $got"; return 1; }
	[ "$got" = null ]
}

@test "events --stats prints what is used as one line of JSON, and ends" {
	needs_controller memory
	keep_start '.linux.resources.memory.limit = 67108864 | .linux.resources.pids.limit = 20' sleep 300
	run -0 nsinit events --stats "$ID"
	[ ${#lines[@]} -eq 1 ]
	jq -e --arg id "$ID" '.type == "stats" and .id == $id' <<<"$output"
	jq -e '.data | .memory.usage.limit == 67108864 and .pids == {current: 1, limit: 20}' <<<"$output"
	jq -e '.data | has("cpu") and has("memory") and has("pids") and has("blkio") and has("hugetlb")' <<<"$output"
	jq -e '.data.cpu | .usage.total > 0 and (.throttling | has("periods"))' <<<"$output"
}

@test "events of a paused and of a created container" {
	make . sleep 300
	nsinit events --stats "$ID" | jq -e '.data.pids.current == 1'
	nsinit start "$ID"
	nsinit pause "$ID"
	nsinit events --stats "$ID" | jq -e '.data.pids.current == 1'
}

@test "statistics come at the start and after each interval, and the exit last" {
	keep_start . sh -c 'sleep 1; exit 9'
	run -0 --separate-stderr nsinit events --interval 100ms "$ID"
	[ "$stderr" = "" ]
	printf '%s\n' "$output" >events.json
	[ "$(types)" = "stats exit" ]
	local n
	n=$(jq -s 'map(select(.type == "stats")) | length' events.json)
	[ "$n" -ge 2 ] && [ "$n" -le 12 ]
	exit_status_is 9
	jq -se --arg id "$ID" 'all(.id == $id)' events.json
}

@test "events blocks: between intervals nothing is looked at" {
	keep_start . sleep 300
	events --interval 1h "$ID"
	job_is_idle
	nsinit kill "$ID" KILL
	job_join
	[ "$(types)" = "stats exit" ]
	exit_status_is 137
	[ ! -s events.err ]
}

@test "without an interval there is the end alone" {
	keep_start . sleep 300
	job_start events.json "$NSINIT" --root "$STATE" events --interval 0 "$ID"
	wait_until 20 job_is_blocked
	nsinit kill "$ID" KILL
	job_join
	[ "$(wc -l <events.json)" -eq 1 ]
	exit_status_is 137
}

@test "a container over its memory limit: an oom event, then the exit with 137" {
	needs_controller memory
	make '.linux.resources.memory = {limit: 16777216, swap: 16777216}' tail /dev/zero
	events --interval 1h "$ID"
	nsinit start "$ID"
	job_join
	[ "$(types)" = "stats oom exit" ]
	jq -se '.[1] | keys == ["id", "type"]' events.json
	exit_status_is 137
}

@test "a child that is killed for memory is told while the container lives on" {
	needs_controller memory
	make '.linux.resources.memory = {limit: 16777216, swap: 16777216}' sh -c 'tail /dev/zero; exec tail -f /dev/null'
	events --interval 1h "$ID"
	nsinit start "$ID"
	wait_until 10 grep -q '"oom"' events.json
	[ "$(nsinit state "$ID" | jq -r .status)" = running ]
	nsinit kill "$ID" KILL
	job_join
	[ "$(types)" = "stats oom exit" ]
	exit_status_is 137
}

@test "memory kills from before the watch are not told" {
	needs_controller memory
	keep_start '.linux.resources.memory = {limit: 16777216, swap: 16777216}' sh -c 'tail /dev/zero; exec tail -f /dev/null'
	wait_until 10 runs_tail
	events --interval 1h "$ID"
	nsinit stop -t 0 "$ID"
	job_join
	[ "$(types)" = "stats exit" ]
}
runs_tail() { nsinit ps "$ID" | grep -q '[0-9]  tail -f /dev/null$'; }

@test "a container that is deleted while it is watched ends the events" {
	keep_start . sleep 300
	events --interval 50ms "$ID"
	nsinit delete --force "$ID"
	job_join
	[ "$(types)" = "stats exit" ]
	[ ! -s events.err ]
}

@test "a container paused and killed ends the events" {
	keep_start . sleep 300
	events --interval 50ms "$ID"
	nsinit pause "$ID"
	nsinit kill "$ID" KILL
	job_join
	[ "$(types)" = "stats exit" ]
	exit_status_is 137
}

@test "stopped and unknown containers, a wrong interval, none at all" {
	keep_start . true
	wait_until 20 has_stopped
	run -1 nsinit events "$ID"
	expect_text "nsinit: watch $ID: container not running"
	run -1 nsinit events --stats "$ID"
	expect_text "nsinit: stats $ID: container not running"
	run -1 nsinit events no-such
	expect_text "nsinit: no-such: container does not exist"
	run -2 nsinit events --interval often "$ID"
	expect_text "--interval" "often"
	run -2 nsinit events
	expect_text "nsinit: events:"
}
has_stopped() { [ "$(nsinit state "$ID" | jq -r .status)" = stopped ]; }

@test "a reader that goes away ends the events" {
	keep_start . sleep 300
	timeout 20 bash -c '"$0" --root "$1" events --interval 50ms "$2" | head -n 2 | jq -se "length == 2"' \
		"$NSINIT" "$STATE" "$ID"
}
