# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

# keep_start FILTER COMMAND...: a container that is deleted at the end. $TEST_DIR/out is /out in it.
keep_start() {
	mkdir -p "$TEST_DIR/out"
	container_start '.mounts += [{destination: "/out", type: "bind", source: ($dir + "/out"), options: ["bind"]}] | '"$1" "${@:2}"
	IDS+=("$ID")
}

is_ready() { [ -e "$TEST_DIR/out/ready" ]; }

# start_trap SIGNAL [FILTER]: says in /out which signal it got.
start_trap() {
	rm -f "$TEST_DIR/out/ready"
	keep_start "${2-.}" sh -c "trap 'echo $1 >/out/got; exit 7' $1; touch /out/ready; while :; do sleep 0.05; done"
	wait_until 20 is_ready
}

# start_deaf: pid 1 of a pid namespace ignores what it does not handle.
start_deaf() { keep_start . sleep 300; }

status_of() { nsinit state "$1" | jq -r .status; }

seconds() { date +%s%N | sed 's/.\{8\}$//'; } # tenths

@test "stop asks by TERM, and waits for the end" {
	start_trap TERM
	run -0 nsinit stop "$ID"
	expect_output ""
	[ "$(cat out/got)" = TERM ]
	[ "$(status_of "$ID")" = stopped ]
}

@test "stop asks by the stop signal of the spec" {
	start_trap USR1 '.nsinit.stopSignal = "SIGUSR1"'
	nsinit stop "$ID"
	[ "$(cat out/got)" = USR1 ]
}

@test "stop --signal asks by that one, by name or number" {
	start_trap USR2 '.nsinit.stopSignal = "SIGUSR1"'
	nsinit stop --signal USR2 "$ID"
	[ "$(cat out/got)" = USR2 ]
	rm out/got
	start_trap HUP
	nsinit stop -s 1 "$ID"
	[ "$(cat out/got)" = HUP ]
}

@test "stop kills what does not listen, when the timeout has passed and not before" {
	start_deaf
	local began=$(seconds) took
	run -0 nsinit stop --timeout 1.5s "$ID"
	took=$(($(seconds) - began))
	[ "$(status_of "$ID")" = stopped ]
	[ "$took" -ge 14 ] && [ "$took" -lt 60 ]
}

@test "stop --timeout 0 kills at once" {
	start_deaf
	local began=$(seconds)
	nsinit stop -t 0 "$ID"
	[ "$(status_of "$ID")" = stopped ]
	[ $(($(seconds) - began)) -lt 50 ]
}

@test "a container that was not started is not asked and not waited for" {
	container_spec . sleep 300
	IDS+=("$ID")
	bundle_make "$TEST_DIR/b" '.process.args = ["sleep", "300"]'
	nsinit create --bundle "$TEST_DIR/b" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(status_of "$ID")" = created ]
	local began=$(seconds)
	nsinit stop "$ID"
	[ "$(status_of "$ID")" = stopped ]
	[ $(($(seconds) - began)) -lt 50 ]
}

@test "a paused container goes on and ends by its own" {
	start_trap TERM
	nsinit pause "$ID"
	nsinit stop "$ID"
	[ "$(cat out/got)" = TERM ]
	[ "$(status_of "$ID")" = stopped ]
}

@test "a paused container that does not listen is killed" {
	start_deaf
	nsinit pause "$ID"
	nsinit stop -t 0.2s "$ID"
	[ "$(status_of "$ID")" = stopped ]
}

@test "stopping twice is no error" {
	start_deaf
	nsinit stop -t 0 "$ID"
	run -0 nsinit stop "$ID"
	expect_output ""
}

@test "what the first process left in a shared pid namespace is killed" {
	keep_start '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'sleep 300 & touch /out/ready; exec sleep 301'
	wait_until 20 is_ready
	run -0 nsinit stop "$ID"
	run -0 nsinit ps --format json "$ID"
	expect_output "[]"
}

@test "several containers share one timeout" {
	local first began took
	start_deaf
	first=$ID
	start_deaf
	began=$(seconds)
	nsinit stop -t 2s "$first" "$ID"
	took=$(($(seconds) - began))
	[ "$(status_of "$first")" = stopped ]
	[ "$(status_of "$ID")" = stopped ]
	[ "$took" -ge 19 ] && [ "$took" -lt 38 ]
}

@test "an unknown container is an error and keeps none of the others from stopping" {
	start_deaf
	run -1 nsinit stop -t 0 no-such "$ID" nor-this
	expect_text "nsinit: no-such: container does not exist" "nsinit: nor-this: container does not exist"
	[ "$(grep -c "does not exist" <<<"$output")" -eq 2 ]
	[ "$(status_of "$ID")" = stopped ]
}

@test "a wrong signal, a wrong time, no container at all" {
	run -2 nsinit stop --signal NOSUCH x
	expect_text 'unknown signal "NOSUCH"' "a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64"
	run -2 nsinit stop --timeout soon x
	expect_text "--timeout" "soon"
	run -2 nsinit stop
	expect_text "nsinit: stop:"
}
