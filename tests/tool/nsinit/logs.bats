# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What is told where: standard error, --log, its format and level.
load ../helper

# shellcheck disable=SC2154,SC2016

@test "an error is one line and its hint, whatever it quotes" {
	run -1 nsinit state no-such
	expect_output "nsinit: no-such: container does not exist"
	container_spec . $'no\nsuch\e[31m'
	run -127 nsinit run --spec "$ID.json" "$ID"
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == "nsinit: $ID: execute no?such?[31m: No such file or directory"* ]]
	[ "${lines[1]}" = "hint: there is no such program in the container's PATH" ]
}

@test "--log-format json: each line an object; the last is the error" {
	local option
	for option in "--log-format json" --log-format=json; do
		rm -f log
		# shellcheck disable=SC2086
		run -1 nsinit --log log $option state no-such
		# Standard error has it too.
		expect_output "nsinit: no-such: container does not exist"
		[ "$(wc -l <log)" = 1 ]
		jq -e '.level == "error" and (.msg | test("container does not exist"))
			and (.time | test("^20[0-9-]{8}T[0-9:]{8}(\\.[0-9]+)?(Z|[+-][0-9:]+)$"))' log
	done
	# Appended to; a warning stands before; quotes stay whole.
	container_spec '.process.capabilities.bounding += ["CAP_NONE"]' 'no "such"'
	run -127 nsinit --log log --log-format json run --spec "$ID.json" "$ID"
	[ "$(jq -s length log)" = "$(wc -l <log)" ]
	[ "$(wc -l <log)" = 3 ]
	jq -se 'all(.[]; (.level | IN("error", "warning", "info", "debug")) and (.msg | type == "string")
		and (.time | type == "string")) and .[1].level == "warning" and (.[1].msg | contains("CAP_NONE"))' log
	tail -1 log | jq -e --arg id "$ID" '.level == "error" and .id == $id and (.msg | contains("execute no \"such\""))
		and (.hint | test("PATH"))'
}

@test "--log-format text: time, level and message, a line each" {
	run -1 nsinit --log log state no-such
	run -1 nsinit --log log --log-format text state no-such-either
	[ "$(wc -l <log)" = 2 ]
	[ "$(grep -cE '^20[0-9-]{8}T[0-9:]{8}[^ ]* error: .*container does not exist$' log)" = 2 ]
	[ "$(stat -c %a log)" = 644 ] || [ "$(umask)" != 0022 ]
}

@test "the log's file is not the container's: neither open in it nor written by it" {
	container_spec '.process.capabilities.bounding += ["CAP_NONE"]' sh -c 'echo to-error >&2; ls -l /proc/$$/fd | grep -c -- "->"'
	run -0 nsinit --log "$TEST_DIR/log" --debug run --spec "$ID.json" "$ID"
	expect_text to-error
	# 0, 1, 2.
	[ "${lines[-1]}" = 3 ]
	grep -q 'CAP_NONE' log
	run ! grep -q to-error log
}

@test "--log-level: the quietest to the loudest; runc's names too; an unknown one is named" {
	local level
	for level in error fatal panic; do
		run -0 nsinit --log-level "$level" delete --force no-such
		expect_output ""
	done
	for level in "--log-level warning" "--log-level warn" "--log-level info" "--log-level debug" "--log-level trace" --debug; do
		# shellcheck disable=SC2086
		run -0 nsinit $level delete --force no-such
		expect_output "nsinit: warning: no-such: container does not exist"
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
	container_spec '.process.cwd = "/no/such"' true
	jq '.root.readonly = true' "$ID.json" >s.json
	run nsinit --log log --log-format json run --spec s.json "$ID"
	expect_status 125
	expect_text "/no/such" "s.json: /process/cwd"
	[ "$(grep -c '^nsinit: ' <<<"$output")" = 1 ]
	[ "$(jq -s 'map(select(.level == "error")) | length' log)" = 1 ]
	run -1 nsinit state "$ID"
}
