#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Terminals: run's and exec's own, those of a console socket, and what the caller's is after it.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup_file() { file_begin_inside; }
teardown() {
	kept_delete
	[ -z "${RECEIVER-}" ] || wait "$RECEIVER" || :
}

# on_terminal ACTION... -- FILTER [COMMAND...]: container_run on a terminal (tests/tool/pty.c), without its \r
on_terminal() {
	local actions=()
	while [ "$1" != -- ]; do actions+=("$1"); shift; done
	shift
	container_spec ".process.terminal = true | $1" "${@:2}"
	"$HELPERS/pty" "${actions[@]}" -- "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" | tr -d '\r'
}

# receive_console FILE: listen on ./socket in the background; what the terminal says goes to FILE
receive_console() {
	rm -f socket
	"$HELPERS/receive" console "$TEST_DIR/socket" </dev/null >"$1" 2>&1 3>&- &
	RECEIVER=$!
	wait_until 20 test -S socket
}

# --- what the program sees ----------------------------------------------------------------------------------

@test "terminal: of the container's own devpts, on 0, 1, 2, /dev/tty and /dev/console (T2)" {
	run -0 on_terminal size:31x97 -- . inside terminal
	expect_text "isatty 0 1" "isatty 1 1" "isatty 2 1" "size 31 97" "/dev/tty is descriptor 0" \
		"session controlled by descriptor 0" "descriptor 0 char devpts 136:0 mode 620 uid 0 gid 5" \
		"/dev/console char devpts 136:0 mode 620 uid 0 gid 5" "pty: status 0" "pty: settings restored"
	# A user's terminal is his: he can open it again.
	run -0 on_terminal -- '.process.user = {uid: 1000, gid: 1000}' sh -c 'inside terminal; echo again >/dev/console'
	expect_text "descriptor 0 char devpts 136:0 mode 620 uid 1000 gid 5" "/dev/tty is descriptor 0" "again" \
		"pty: status 0"
}

@test "terminal: with a read-only root, also where /dev is the image's (R5)" {
	run -0 on_terminal -- '.root.readonly = true' sh -c 'inside terminal; touch /x'
	expect_text "/dev/console char devpts 136:0" "touch: /x: Read-only" "pty: status 1"
	rootfs_make "$TEST_DIR/root"
	mkdir -p root/dev/pts
	run -0 on_terminal -- '.mounts |= map(select(.destination == "/proc" or .destination == "/dev/pts"))
		| .root = {path: ($dir + "/root"), readonly: true}' sh -c 'stat -c "%t:%T %F" /dev/console; touch /dev/x'
	expect_text "88:0 character special file" "touch: /dev/x: Read-only" "pty: status 1"
}

@test "terminal: without a devpts, and with a false ptmx in the image, is an error" {
	run on_terminal -- '.mounts |= map(select(.destination != "/dev/pts"))' true
	expect_text "/dev/pts/ptmx" "a terminal needs a devpts mounted on /dev/pts" "pty: status 125"
	rootfs_make "$TEST_DIR/root"
	mkdir -p root/dev/pts && touch root/dev/pts/ptmx
	run on_terminal -- '.mounts |= map(select(.destination | startswith("/dev") | not))
		| .root = {path: ($dir + "/root")}' true
	expect_text "/dev/pts/ptmx" "is not the ptmx of a devpts" "pty: status 125"
	rm root/dev/pts/ptmx && ln -s /dev/null root/dev/pts/ptmx
	run on_terminal -- '.mounts |= map(select(.destination | startswith("/dev") | not))
		| .root = {path: ($dir + "/root")}' true
	expect_text "/dev/pts/ptmx" "pty: status 125"
}

@test "terminal: /dev/console that the image made a link leads nowhere outside (CVE-2025-52565)" {
	rootfs_make "$TEST_DIR/root"
	mkdir -p root/dev/pts && ln -s /etc/passwd root/dev/console
	# Resolved in the container's root: there the terminal covers the file, which stays what it was.
	run -0 on_terminal -- '.mounts |= map(select(.destination != "/dev")) | .root = {path: ($dir + "/root")}' \
		sh -c 'echo written >/dev/console'
	expect_text "written" "pty: status 0"
	run -1 grep written root/etc/passwd /etc/passwd
}

# --- the window's size --------------------------------------------------------------------------------------

@test "size: the caller's window, which the spec's does not override; a change gets through" {
	run -0 on_terminal size:20x70 -- '.process.consoleSize = {height: 11, width: 33}' stty size
	expect_text "20 70" "pty: status 0"
	run -0 on_terminal size:20x70 expect:ready size:44x155 expect:changed -- . \
		sh -c 'trap "stty size; echo changed; exit 0" WINCH; echo ready; while :; do sleep 0.05; done'
	expect_text "44 155" "pty: status 0"
}

@test "size: consoleSize where the caller has no terminal" {
	run -0 container_run '.process.terminal = true | .process.consoleSize = {height: 11, width: 33}' \
		stty size </dev/null
	expect_output $'11 33\r'
}

# --- input and output ---------------------------------------------------------------------------------------

@test "output: every line of a long one arrives, also at a slow reader's" {
	container_spec '.process.terminal = true' seq 1 20000
	for reader in cat 'sleep 0.3; cat'; do
		nsinit run --spec "$TEST_DIR/$ID.json" "$ID" </dev/null | sh -c "$reader" | tr -d '\r' >lines
		seq 1 20000 | cmp - lines
	done
}

@test "output: nobody reads it, the program ends all the same" {
	container_spec '.process.terminal = true' sh -c 'seq 1 20000; exit 3'
	set +e
	nsinit run --spec "$TEST_DIR/$ID.json" "$ID" </dev/null | true
	[ "${PIPESTATUS[0]}" -eq 3 ]
}

@test "input: what is typed arrives, keys are signals, and its end is the program's" {
	run -0 on_terminal 'expect:ready' 'send:hello\n' 'expect:<hello>' 'send:\003' 'expect:int' 'send:\004' \
		'expect:end' -- . sh -c 'trap "echo int; over=1" INT; echo ready; read -r x; echo "<$x>"
			while [ ! "$over" ]; do sleep 0.05; done; cat; echo end; exit 4'
	expect_text "pty: status 4" "pty: settings restored"
	# From a pipe, whether or not the last line ends in a newline.
	container_spec '.process.terminal = true' sh -c 'stty -echo; echo "<$(cat)>"'
	for text in 'one\n' 'one\ntwo' 'x' ''; do
		run -0 timeout 10 "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" < <(sleep 0.2; printf %b "$text")
		expect_text "<$(printf %b "$text" | sed 's/$/\r/' | sed '$s/\r$//')>"
	done
}

# --- the caller's terminal ----------------------------------------------------------------------------------

@test "caller: no TIOCSTI reaches his terminal, with one of the container's own or without (T1)" {
	run -0 on_terminal -- . inside sti 'id\n'
	expect_text "pty: queued 0"
	# The caller's own as standard input: in another session, and without CAP_SYS_ADMIN.
	container_spec . sh -c 'inside sti "id\n"; inside terminal'
	run -0 "$HELPERS/pty" -- "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "TIOCSTI errno E" "/dev/tty errno E" "session not of descriptor 0" "pty: queued 0"
	keep_start
	run -0 "$HELPERS/pty" -- "$NSINIT" --root "$STATE" exec --tty "$ID" inside sti 'id\n'
	expect_text "TIOCSTI" "pty: queued 0" "pty: settings restored"
	run "$HELPERS/pty" -- "$NSINIT" --root "$STATE" exec "$ID" inside sti 'id\n'
	expect_text "TIOCSTI errno E" "pty: queued 0"
}

@test "caller: his settings are restored, however the program or nsinit ends (T3)" {
	local program='stty raw -echo; echo ready; while :; do sleep 0.05; done'
	# SIGTERM goes to the program, which as process 1 needs a handler.
	run -0 on_terminal expect:ready signal:15 -- . sh -c "trap 'exit 7' TERM; $program"
	expect_text "pty: status 7" "pty: settings restored"
	# SIGKILL to the program
	container_spec '.process.terminal = true' sh -c "$program"
	IDS+=("$ID")
	"$HELPERS/pty" -- "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" >out 3>&- &
	wait_until 20 grep -q ready out
	nsinit kill "$ID" KILL
	wait $!
	run cat out
	expect_text "pty: status 137" "pty: settings restored"
	# an error before there is a program
	run on_terminal -- . /no/program
	expect_text "pty: status 127" "/no/program" "pty: settings restored"
}

# --- exec ---------------------------------------------------------------------------------------------------

@test "exec: --tty gives a terminal, a process file says its size" {
	keep_start
	run -0 "$HELPERS/pty" size:13x57 expect:ready size:14x58 'send:\n' -- "$NSINIT" --root "$STATE" \
		exec --tty "$ID" sh -c 'inside terminal; echo ready; read -r x; stty size; exit 9'
	expect_text "size 13 57" "14 58" "/dev/tty is descriptor 0" "descriptor 0 char devpts 136:" \
		"session controlled by descriptor 0" "pty: status 9" "pty: settings restored"
	jq -n '{terminal: true, consoleSize: {height: 15, width: 44}, user: {uid: 5, gid: 5}, cwd: "/",
		env: ["PATH=/bin"], args: ["inside", "terminal"]}' >process.json
	run -0 nsinit exec --process process.json "$ID" </dev/null
	expect_text "size 15 44" "uid 5 gid 5" "isatty 2 1"
}

# --- console sockets ----------------------------------------------------------------------------------------

@test "console socket: create, start and exec send the master" {
	receive_console out
	container_spec '.process.terminal = true | .process.consoleSize = {height: 17, width: 55}' \
		sh -c 'inside terminal; sleep 300'
	IDS+=("$ID")
	nsinit create --console-socket "$TEST_DIR/socket" --spec "$TEST_DIR/$ID.json" "$ID" 3>&-
	run -0 nsinit start "$ID"
	wait_until 20 grep -q /dev/console out
	run cat out
	expect_text "name /dev/ptmx" "isatty 0 1" "size 17 55" "/dev/console char devpts 136:0" \
		"/dev/tty is descriptor 0" "session controlled by descriptor 0"
	first=$RECEIVER
	receive_console exec.out
	run -0 nsinit exec --detach --tty --console-socket "$TEST_DIR/socket" "$ID" sh -c 'stty size; exit 0'
	wait "$RECEIVER"
	run cat exec.out
	expect_text "name /dev/ptmx" "17 55"
	nsinit delete --force "$ID"
	wait "$first"
}

@test "console socket: run --detach; a path longer than an address" {
	local deep=$TEST_DIR
	for part in {1..6}; do deep+=/$part-a-name-of-thirty-characters-; done
	mkdir -p "$deep"
	receive_console out
	mv socket "$deep/socket"
	container_spec '.process.terminal = true' sh -c 'echo started; exit 0'
	IDS+=("$ID")
	run -0 nsinit run --detach --console-socket "$deep/socket" --spec "$TEST_DIR/$ID.json" "$ID" 3>&-
	wait "$RECEIVER"
	run cat out
	expect_text "name /dev/ptmx" "started"
}

@test "console socket: what does not go together, and nobody there" {
	container_spec '.process.terminal = true' true
	run -125 nsinit run --detach --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "/process/terminal" "needs --console-socket"
	run -2 nsinit create --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "/process/terminal" "needs --console-socket"
	run -1 nsinit create --console-socket "$TEST_DIR/nobody" --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "$TEST_DIR/nobody" "something must be listening"
	container_spec . true
	run -2 nsinit create --console-socket "$TEST_DIR/nobody" --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "--console-socket" "process.terminal is not true"
	run -0 nsinit list --quiet
	expect_output ""
}
