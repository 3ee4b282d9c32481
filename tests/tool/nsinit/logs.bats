# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# --log, --log-format, --log-level, --debug: what conmon, containerd's shim and Docker read.
load ../helper

# shellcheck disable=SC2154,SC2016

# logged OPTION... -- COMMAND...: nsinit with --log to ./log.
logged() { nsinit --log log --log-format json "$@"; }

@test "JSON: a line an entry with level, msg and time; the last is the error" {
	container_spec '.process.capabilities.ambient = ["CAP_NO_SUCH"] | .process.args = ["no-such"]'
	run -127 logged run --spec "$ID.json" "$ID"
	# Every line is one object of its own.
	jq -es 'length >= 2 and all(.level and .msg and .time)' log
	[ "$(jq -cs 'map(.level)' log)" = '["warning","error"]' ]
	jq -es '.[0].msg | contains("CAP_NO_SUCH")' log
	jq -es --arg id "$ID" '.[-1] | .msg == "execute no-such: executable file not found in $PATH: no such file or directory (\($id).json: /process/args) (hint: there is no such program in the container\u0027s PATH)"
		and .id == $id' log
	[ "$(jq -s '[.[] | .time | fromdateiso8601? // (sub("\\.[0-9]+"; "") | fromdateiso8601)] | map(. > 1600000000) | all' log)" = true ]
	# Errors are on standard error too, for the person; warnings are not told twice.
	expect_text "nsinit: $ID: execute no-such: executable file not found in \$PATH: No such file or directory"
	expect_no_text CAP_NO_SUCH
	# More goes behind it.
	run -1 logged state no-such
	[ "$(tail -1 log | jq -r .msg)" = "no-such: container does not exist" ]
	[ "$(jq -s length log)" = 3 ]
	[ "$(stat -c %a log)" = 644 ]
}

@test "text: time, level, message" {
	container_spec '.process.capabilities.ambient = ["CAP_NO_SUCH"] | .process.args = ["no-such"]'
	run -127 nsinit --log log run --spec "$ID.json" "$ID"
	[ "$(wc -l <log)" = 2 ]
	[[ $(head -1 log) =~ ^20[0-9-]{8}T[0-9:.]+Z\ warning:\ .*CAP_NO_SUCH ]]
	[[ $(tail -1 log) =~ ^20[0-9-]{8}T[0-9:.]+Z\ error:\ execute\ no-such:\ executable\ file\ not\ found.*\(hint:\ there\ is\ no\ such\ program ]]
	nsinit --log=text2 --log-format=text run --spec "$ID.json" "$ID" 2>/dev/null || :
	[ "$(wc -l <text2)" = 2 ]
}

@test "without --log warnings are on standard error, and nothing else of a run that works" {
	container_spec '.process.capabilities.ambient = ["CAP_NO_SUCH"]' true
	run -0 --separate-stderr nsinit run --spec "$ID.json" "$ID"
	[[ $stderr == "nsinit: $ID: warning: "*CAP_NO_SUCH* ]]
	[ "$(wc -l <<<"$stderr")" = 1 ]
	container_spec . true
	run -0 --separate-stderr nsinit run --spec "$ID.json" "$ID"
	[ -z "$stderr" ] && [ -z "$output" ]
	run -0 logged run --spec "$ID.json" "$ID"
	[ ! -s log ]
}

@test "--log-level: errors alone, or everything; --debug tells each step of both sides" {
	container_spec '.process.capabilities.ambient = ["CAP_NO_SUCH"]' true
	run -0 nsinit --log-level error run --spec "$ID.json" "$ID"
	expect_output ""
	local level
	for level in warning warn info; do
		run -0 nsinit --log-level "$level" run --spec "$ID.json" "$ID"
		[ "${#lines[@]}" = 1 ]
	done
	run -0 nsinit --debug run --spec "$ID.json" "$ID"
	expect_text "nsinit: $ID: runtime: state-create" "nsinit: $ID: runtime: clone" \
		"nsinit: $ID: container: exec" "container: pivot" "CAP_NO_SUCH"
	local steps
	steps=$(nsinit run --dry-run --spec "$ID.json" "$ID" 2>/dev/null | grep -c '^ *[0-9]\+ \(parent\|child\) ')
	[ "$(grep -c ': \(runtime\|container\): ' <<<"$output")" = "$steps" ]
	run -0 nsinit --log-level debug --log log run --spec "$ID.json" "$ID"
	expect_output ""
	[ "$(grep -c ' debug: \(runtime\|container\): ' log)" = "$steps" ]
	# In the order of what is done.
	[ "$(grep -o 'runtime: state-create\|runtime: clone\|container: exec\|runtime: state-save' log | tail -4)" = \
		$'runtime: state-create\nruntime: clone\ncontainer: exec\nruntime: state-save' ]
}

@test "create, start, exec, delete log too: the error of what the container's process could not do" {
	bundle_make b '.process.args = ["no-such"]'
	new_id
	IDS+=("$ID")
	run -1 logged create --bundle b "$ID"
	[[ $(tail -1 log | jq -r '.level + ": " + .msg') == "error: execute no-such: executable file not found in \$PATH: no such file"* ]]
	bundle_make b '.process.args = ["true"] | .process.cwd = "/proc/none"'
	rm log
	logged create --bundle b "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ ! -s log ]
	run -1 logged start "$ID"
	[[ $(tail -1 log | jq -r '.level + ": " + .msg') == "error: chdir /proc/none: no such file or directory"* ]]
	run -1 logged start "$ID"
	[ "$(tail -1 log | jq -r .msg)" = "start $ID: container not running" ]
	logged delete "$ID"
	container_start
	IDS+=("$ID")
	run -1 logged delete "$ID"
	[[ $(tail -1 log | jq -r .msg) == "delete $ID: cannot delete a container that is running (hint: "* ]]
	run -127 logged exec "$ID" no-such
	[[ $(tail -1 log | jq -r .msg) == "execute no-such: executable file not found in \$PATH: no such file"* ]]
	run -125 logged exec --cwd relative "$ID" true
	[[ $(tail -1 log | jq -r .msg) == "--cwd: expected an absolute path, found \"relative\"" ]]
	run -1 logged kill "$ID-other" KILL
	[ "$(tail -1 log | jq -r .msg)" = "$ID-other: container does not exist" ]
	# Wrong command lines behind the command are in the log as well.
	run -2 logged list --no-such
	[[ $(tail -1 log | jq -r .msg) == "unknown option --no-such (hint: "* ]]
}

@test "what input holds is escaped in JSON, and one line in text" {
	container_spec '.process.args = ["two\nlines\t\u001b[31m \"quoted\" ü"]'
	run -127 logged run --spec "$ID.json" "$ID"
	[ "$(wc -l <log)" = 1 ]
	jq -e '.msg | contains("quoted")' log
	! grep -q $'\e' log
	run -127 nsinit --log text run --spec "$ID.json" "$ID"
	[ "$(wc -l <text)" = 1 ]
	! grep -q $'\e' text
	# Bytes that are no UTF-8, on a command line: JSON must not be broken by them.
	run -125 logged run --spec $'\xff\xfe' x
	[ "$(wc -l <log)" = 2 ]
	jq -es 'length == 2' log
	python3 -c 'import json,sys; [json.loads(line) for line in open("log", encoding="utf-8")]'
}

@test "the log's file: a pipe, standard error, a full disk; never the container's" {
	container_spec . sh -c 'ls -l /proc/self/fd; [ ! -e /proc/self/fd/3 ] || readlink /proc/self/fd/3'
	run -0 --separate-stderr logged run --spec "$ID.json" "$ID"
	expect_no_text "$TEST_DIR/log"
	container_spec . no-such
	run -127 --separate-stderr nsinit --log /dev/stderr --log-format json run --spec "$ID.json" "$ID"
	[ "$(head -1 <<<"$stderr" | jq -r .level)" = error ]
	mkfifo fifo
	cat fifo >from-fifo 3>&- &
	run -127 nsinit --log fifo --log-format json run --spec "$ID.json" "$ID"
	wait_until 20 test -s from-fifo
	jq -e '.level == "error"' from-fifo
	# It must not change what the program does.
	run -127 nsinit --log /dev/full --log-format json run --spec "$ID.json" "$ID"
	expect_text "execute no-such"
}

@test "several at once append whole lines" {
	local i jobs=()
	for i in {1..12}; do
		nsinit --log log --log-format json state "no-such-$i" </dev/null >/dev/null 2>&1 3>&- &
		jobs+=($!)
	done
	wait "${jobs[@]}" || :
	[ "$(jq -r .msg log | sort -V)" = "$(printf 'no-such-%d: container does not exist\n' {1..12})" ]
}

@test "--version and --help: what engines look for" {
	run -0 nsinit --version
	[[ ${lines[0]} =~ ^nsinit\ version\ [0-9]+\.[0-9]+ ]]
	[ "${lines[1]}" = "spec: 1.3.0" ]
	run -0 nsinit -v
	[[ ${lines[0]} == "nsinit version "* ]]
	run -0 nsinit --help
	expect_text "Usage: nsinit [OPTIONS] COMMAND" "  create " "  exec " "  run " "--log-format"
	local command
	for command in run create start exec state list kill delete; do
		run -0 nsinit "$command" --help
		[[ ${lines[0]} == "Usage: nsinit $command"* ]]
		run -0 nsinit "$command" -h
	done
	run -1 sh -c '"$1" --help >/dev/full' sh "$NSINIT"
	expect_text "No space left on device"
}

@test "--log-level: the quietest to the loudest; runc's names too; an unknown one is named" {
	local level
	container_spec '.process.capabilities.ambient = ["CAP_NO_SUCH"]' true
	for level in error fatal panic warning warn; do
		run -0 nsinit --log-level "$level" run --spec "$ID.json" "$ID"
		[ "$level" = "${level#warn}" ] || expect_text "warning: " "CAP_NO_SUCH"
		[ "$level" != "${level#warn}" ] || expect_output ""
		run -0 nsinit --log-level "$level" delete --force no-such
		expect_output ""
	done
	for level in "--log-level info" "--log-level debug" "--log-level trace" --debug; do
		# shellcheck disable=SC2086
		run -0 nsinit $level delete --force no-such
		expect_output "nsinit: no-such: container does not exist"
	done
	run nsinit --log-level loud list
	expect_status 2
	expect_text loud error warning info debug
	run nsinit --log-format xml list
	expect_status 2
	expect_text xml text json
}

@test "a log that cannot be opened is an error before anything is done" {
	container_spec . true
	run nsinit --log "$TEST_DIR/none/log" run --keep --spec "$ID.json" "$ID"
	expect_status 125
	expect_text "open $TEST_DIR/none/log: No such file or directory"
	run -1 nsinit state "$ID"
	# A full disk does not change what is done.
	run -0 nsinit --log /dev/full --debug run --spec "$ID.json" "$ID"
}

@test "a failure in the container's half of the work is told once, with where it stands in the spec" {
	container_spec '.process.cwd = "/proc/none"' true
	jq '.root.readonly = true' "$ID.json" >s.json
	run nsinit --log log --log-format json run --spec s.json "$ID"
	expect_status 125
	expect_text "/proc/none" "s.json: /process/cwd"
	[ "$(grep -c '^nsinit: ' <<<"$output")" = 1 ]
	[ "$(jq -s 'map(select(.level == "error")) | length' log)" = 1 ]
	run -1 nsinit state "$ID"
}
