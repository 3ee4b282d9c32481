# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What a file of cases (tests/engines/cases/*.bash) uses, in the room. A case is a function case_NAME: what it prints is
# its transcript, which must be the same with runc and with nsinit once ids, times and the like are taken out; besides
# that it says itself what a user must see. It fails at the first command that fails.
#
#   RUNTIME         runc, crun or nsinit; RUNTIME_PATH: the program
#   WORK            the case's own directory
#   show COMMAND    runs it; prints the command, its output (both channels) and its status: $output, $status
#   quiet COMMAND   runs it and keeps it out of the transcript: $output, $status
#   expect TEXT...  each stands in $output; expect_status N; expect_is TEXT: $output is TEXT
#   differs REASON  the transcripts are not compared: what must differ, and why
#   skip REASON     the engine, or this kernel, cannot
set -eu
shopt -s inherit_errexit

show() {
	printf '$ %s\n' "$*"
	quiet "$@"
	[ -z "$output" ] || printf '%s\n' "$output"
	printf '[%s]\n' "$status"
}

quiet() {
	status=0
	output=$("$@" 2>&1) || status=$?
}

# must COMMAND: quiet, and it succeeds.
must() {
	quiet "$@"
	[ "$status" -eq 0 ] || wrong "$* failed with status $status: $output"
}

wrong() {
	printf 'WRONG: %s\n' "$*" >&2
	exit 1
}

expect() {
	local text
	for text; do
		[[ $output == *"$text"* ]] || wrong "the output lacks: $text; it is: $output"
	done
}

expect_no() {
	local text
	for text; do
		[[ $output != *"$text"* ]] || wrong "the output must not have: $text; it is: $output"
	done
}

expect_is() { [ "$output" = "$1" ] || wrong "the output is: $output; not: $1"; }
expect_status() { [ "$status" -eq "$1" ] || wrong "the status is $status, not $1; the output: $output"; }

skip() {
	printf 'SKIP: %s\n' "$*"
	exit 77
}

differs() { printf 'DIFFERS: %s\n' "$*"; }

# wait_until SECONDS COMMAND...: try until it succeeds; its output is in $output. Where all is slow it has longer.
wait_until() {
	local end=$((SECONDS + $1 * ${NSTOOLS_SLOW:-1}))
	shift
	while :; do
		quiet "$@"
		[ "$status" -ne 0 ] || return 0
		[ $SECONDS -lt $end ] || wrong "did not come true: $*: $output"
		sleep 0.1
	done
}

# is TEXT COMMAND...: its output is TEXT.
is() {
	local text=$1
	shift
	[ "$("$@" 2>&1)" = "$text" ]
}

# says TEXT COMMAND...: its output has TEXT.
says() {
	local text=$1
	shift
	[[ $("$@" 2>&1) == *"$text"* ]]
}

# terminal ACTION... -- COMMAND: on a terminal of its own (tests/tool/pty.c). All of the output is in $output; in the
# transcript are only the last lines: prompts and echoes come when they find time.
terminal() {
	printf '$ terminal %s\n' "$*"
	quiet "$HELPERS/pty" "$@"
	output=${output//$'\r'/}
	grep -E '^pty: (status|settings)' <<<"$output"
}

unified() { [ -e /sys/fs/cgroup/cgroup.controllers ]; }

# podman_configure DIR: podman's configuration as README.md has it, and what a test needs beside it.
podman_configure() {
	cat >"$1/containers.conf" <<-X
		[engine]
		runtime = "$RUNTIME"
		runtime_supports_json = ["$RUNTIME"]
		$([ "$RUNTIME" = runc ] || echo "runtime_supports_nocgroup = [\"$RUNTIME\"]")
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		[engine.runtimes]
		$RUNTIME = ["$RUNTIME_PATH"]
	X
}
