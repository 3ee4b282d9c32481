# SPDX-License-Identifier: GPL-2.0-or-later
# The program as a process: signals, stops, its end, terminals and their log.
# shellcheck disable=SC2154 # the helper's variables
# shellcheck disable=SC2016 # what the inner shell expands
load ../helper
load nsenter

setup() {
	test_begin
	needs_root
	TARGETS=()
	target_start --mount --pid --net --ipc
}
teardown() { target_stop; }

on_terminal() { "$HELPERS/pty" "$@" | tr -d '\r'; }
has_state() { [[ $(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status") == $2* ]]; }

@test "without a pid namespace the program takes nsenter's place" {
	"$NSENTER" -t "$TARGET" -n sleep 300 </dev/null >/dev/null 2>&1 3>&- &
	TARGETS+=($!)
	wait_until 20 runs $! sleep
	[ -z "$(cat "/proc/$!/task/$!/children")" ]
	[ "$(readlink "/proc/$!/ns/net")" = "$(readlink "/proc/$TARGET/ns/net")" ]
}

@test "with one it has a parent, which stops, goes on and ends as it does" {
	"$NSENTER" -t "$TARGET" -p sleep 300 </dev/null >/dev/null 2>&1 3>&- &
	local front=$!
	TARGETS+=($!)
	wait_until 20 has_child $front
	local program=$CHILD
	wait_until 20 runs "$program" sleep
	kill -STOP "$program"
	wait_until 20 has_state $front T
	kill -CONT $front
	wait_until 20 has_state "$program" S
	wait_until 20 has_state $front S
	kill -USR1 "$program"
	local status=0
	wait $front || status=$?
	[ $status -eq $((128 + $(kill -l USR1))) ]
}

@test "a caller that ignores SIGCHLD gets the status all the same" {
	run -42 sh -c 'trap "" CHLD; exec "$@"' - "$NSENTER" -t "$TARGET" -p sh -c 'exit 42'
}

@test "no core file of nsenter's own for a program that crashed" {
	ulimit -c unlimited 2>/dev/null || :
	run -139 bash -c 'ulimit -c 0; exec "$0" -t "$1" -p sh -c "kill -SEGV \$\$"' "$NSENTER" "$TARGET"
	[ -z "$(find . -name 'core*')" ]
}

@test "pty: keys are signals, windows are resized, statuses come through" {
	run -0 on_terminal size:20x70 expect:ready 'send:\003' expect:int size:44x155 expect:changed -- \
		"$NSENTER" -t "$TARGET" -p --pty sh -c 'trap "echo int" INT; trap "stty size; echo changed; exit 7" WINCH
			echo ready; while :; do sleep 0.05; done'
	expect_text "44 155" "pty: status 7" "pty: settings restored"
	run -0 on_terminal -- "$NSENTER" -t "$TARGET" -p -n --pty sh -c 'kill -KILL $$'
	expect_text "pty: status 137"
	run -0 on_terminal -- "$NSENTER" -t "$TARGET" -n --pty nonesuch
	expect_text "nsenter: failed to execute nonesuch: No such file or directory" "pty: status 127"
	# not for a process, unless asked for: as util-linux's, the terminal is the caller's
	run -0 on_terminal size:20x70 -- "$NSENTER" -t "$TARGET" -n sh -c 'stty size; stty cols 71'
	expect_text "20 70"
	run -0 on_terminal -- "$NSENTER" -t "$TARGET" -n tty
	[ "$(head -n 1 <<<"$output")" != "" ]
}

@test "pty: without a terminal of the caller's; its signals are passed on" {
	run -0 nsenter -t "$TARGET" -n --pty sh -c 'read -r x; echo "<$x>"; tty' <<<typed
	expect_text "<typed>" "/dev/pts/"
	"$NSENTER" -t "$TARGET" -p --pty sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done' \
		</dev/null >out 2>&1 3>&- &
	local front=$! status=0
	TARGETS+=($!)
	wait_until 20 grep -q ready out
	kill -TERM $front
	wait $front || status=$?
	[ $status -eq 9 ]
}

@test "pty-log: what is written, appended to a file of the owner's alone" {
	local old
	old=$(umask)
	umask 0
	run -0 nsenter -t "$TARGET" -n --pty-log log sh -c 'echo one' </dev/null
	umask "$old"
	run -0 nsenter -t "$TARGET" -n --pty-log log sh -c 'echo two' </dev/null
	[ "$(tr -d '\r' <log)" = $'one\ntwo' ]
	[ "$(stat -c %a log)" = 600 ]
	ln -s /etc/hostname link
	run -1 nsenter -t "$TARGET" -n --pty-log link echo ran </dev/null
	expect_text "nsenter: open link: Too many levels of symbolic links"
	mkfifo fifo
	run -1 nsenter -t "$TARGET" -n --pty-log fifo echo ran </dev/null
	expect_text "nsenter: open fifo: No such device or address"
	run -1 nsenter -t "$TARGET" -n --pty-log none/log echo ran </dev/null
	expect_text "nsenter: open none/log: No such file or directory"
	expect_no_text ran
	# a full disk does not stop the program
	run -0 nsenter -t "$TARGET" -n --pty-log /dev/full sh -c 'echo three; exit 0' </dev/null
	expect_text three
}

@test "help and version; what cannot be printed is an error" {
	run -0 nsenter --help
	expect_text "Usage: nsenter [OPTIONS] [PROGRAM [ARGUMENT...]]" "--like-init" "-t, --target TARGET"
	run -0 nsenter -V
	[[ $output == "nsenter from nstools "* ]]
	run -0 nsenter --help -n/nonesuch
	run -1 nsenter -n/nonesuch --help
	run -1 sh -c '"$0" --help >/dev/full' "$NSENTER"
	expect_text "nsenter: write error: No space left on device"
}
