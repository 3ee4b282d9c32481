# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Errors: one line on standard error that names step, object and place, a hint below it, and nothing changed.
load ../helper

# shellcheck disable=SC2154,SC2016

# failed STATUS TEXT [HINT] -- COMMAND...: its standard error is this line, and this hint, and no more.
failed() {
	local want=$1 text=$2 hint=
	[ "$3" = -- ] || { hint=$3; shift; }
	shift 3
	run --separate-stderr "$@"
	stdout=$output
	expect_status "$want"
	[ -z "$stdout" ] || { echo "on standard output: $stdout" >&2; return 1; }
	diff <(printf '%s\n' "nsinit: $text" ${hint:+"hint: $hint"}) <(printf '%s\n' "$stderr") >&2
}
nothing_made() {
	[ -z "$(ls -A "$STATE" 2>/dev/null)" ]
	[ -z "$(ls -d /sys/fs/cgroup/{,*/}"$CGROUP"/*/ 2>/dev/null)" ]
}

@test "the command line: no command, unknown ones, unknown options; status 2, for run and exec 125" {
	failed 2 "no command" "nsinit --help lists the commands" -- nsinit
	failed 2 'unknown command "nosuch"' "nsinit --help lists the commands" -- nsinit nosuch
	failed 2 'unknown command "strat"' "did you mean start?" -- nsinit strat x
	failed 2 "unknown option --nosuch" "--help lists the options" -- nsinit --nosuch list
	failed 2 "unknown option --nosuch" "--help lists the options" -- nsinit list --nosuch
	failed 125 "unknown option --nosuch" "--help lists the options" -- nsinit run --nosuch
	failed 125 "unknown option --nosuch" "--help lists the options" -- nsinit exec --nosuch x true
	failed 125 "exec: something is missing on the command line" \
		"nsinit exec [OPTIONS] ID COMMAND [ARGUMENT...]" -- nsinit exec
	failed 125 "--json: only goes with --dry-run" -- nsinit run --json
	failed 2 '--log-level foo: expected error, warning, info or debug' -- nsinit --log-level foo list
	failed 2 '--log-format: expected text|json, found "xml"' -- nsinit --log-format xml list
	failed 2 '--rootless: expected true, false or auto, found "maybe"' -- nsinit --rootless=maybe list
	failed 1 'open /no/such/log: No such file or directory' -- nsinit --log /no/such/log list
	failed 125 'open /no/such/log: No such file or directory' -- nsinit --log /no/such/log run
	nothing_made
}

@test "JSON that is none: file, line, column, what was expected and found" {
	printf '{"ociVersion": "1.3.0",\n  "root": {"path": "r",}\n}' >comma.json
	failed 125 'x: parse: line 2, column 24: expected a member name in double quotes, found "}" (comma.json)' -- \
		nsinit run --spec comma.json x ||
		[[ $stderr == "nsinit: x: parse: line 2, column "*"(comma.json)" ]]
	: >empty.json
	run -125 nsinit run --spec empty.json x
	expect_text "nsinit: x: parse: line 1, column 1: expected a value, found the end (empty.json)"
	[ "${#lines[@]}" -le 2 ]
	printf '{"ociVersion": "1.3.0", "root": {"path": "r"}, "root": {"path": "s"}}' >twice.json
	run -125 nsinit run --spec twice.json x
	expect_text "(twice.json" "root"
	printf '{"a": "x\0y"}' >nul.json
	run -125 nsinit run --spec nul.json x
	expect_text "nul.json"
	printf '{"ociVersion": "1.3.0", "hostname": "a\\u0000b"}' >nul.json
	run -125 nsinit run --spec nul.json x
	expect_text "nul.json"
	run -125 nsinit run --spec "$TEST_DIR" x
	expect_text "$TEST_DIR: Is a directory"
	run -125 nsinit run --spec - x </dev/null
	expect_text "(standard input)"
	mkfifo fifo
	printf '{' >fifo &
	run -125 nsinit run --spec fifo x
	expect_text "(fifo)"
	nothing_made
}

@test "the spec: file, JSON pointer, what was expected, what was found" {
	local rows row filter text
	rows=(
		'.process.args = "sh"' '(x.json: /process/args)'
		'.process.args = []' '(x.json: /process/args)'
		'.process.args = [1]' '(x.json: /process/args/0)'
		'.process.cwd = "relative"' '(x.json: /process/cwd)'
		'del(.process.cwd)' '(x.json: /process'
		'.process.user.uid = -1' '(x.json: /process/user/uid)'
		'.process.user.uid = 4294967295' '(x.json: /process/user/uid)'
		'.process.rlimits[0].type = "RLIMIT_NOSUCH"' '(x.json: /process/rlimits/0/type)'
		'.process.env = ["a", "=b"]' '(x.json: /process/env'
		'.mounts[0].destination = 7' '(x.json: /mounts/0/destination)'
		'.linux.namespaces[0].type = "nosuch"' '(x.json: /linux/namespaces/0/type)'
		'.linux.namespaces += [.linux.namespaces[0]]' '(x.json: /linux/namespaces/'
		'.linux.resources.memory.limit = "1G"' '(x.json: /linux/resources/memory/limit)'
		'del(.ociVersion)' 'ociVersion'
		'.ociVersion = "9.0.0"' '(x.json: /ociVersion)'
		'del(.root)' '/root'
		'.hostname = ("x" * 65)' '/hostname'
	)
	for ((row = 0; row < ${#rows[@]}; row += 2)); do
		filter=${rows[row]} text=${rows[row + 1]}
		spec_make "$filter" >x.json
		run --separate-stderr nsinit run --spec x.json x
		expect_status 125
		[[ ${stderr%%$'\n'*} == "nsinit: x: "*"$text"* ]] || { echo "$filter: $stderr" >&2; false; }
		[ "$(grep -vc '^hint: ' <<<"$stderr")" = 1 ] || { echo "$filter: $stderr" >&2; false; }
	done
	nothing_made
}

@test "a step that fails is named with its object, its place and the system's words, and undone" {
	container_spec '.mounts += [{destination: "/mnt", type: "bind", source: "/no/such/source", options: ["bind"]}]' true
	failed 125 "$ID: open_tree /no/such/source: No such file or directory ($ID.json: /mounts/7)" -- \
		nsinit run --spec "$ID.json" "$ID" ||
		[[ $stderr == "nsinit: $ID: "*"/no/such/source: No such file or directory ($ID.json: /mounts/7"* ]]
	container_spec '.mounts += [{destination: "/mnt", type: "nosuchfs", source: "x"}]' true
	run -125 nsinit run --spec "$ID.json" "$ID"
	expect_text "nsinit: $ID: " "nosuchfs" "No such device" "($ID.json: /mounts/7"
	container_spec '.process.cwd = "/proc/no/dir"' true
	failed 125 "$ID: chdir /proc/no/dir: No such file or directory ($ID.json: /process/cwd)" \
		"the working directory must exist in the container, and could not be made: No such file or directory" -- nsinit run --spec "$ID.json" "$ID"
	container_spec '.linux.sysctl = {"net.nosuch": "1"}' true
	run -125 nsinit run --spec "$ID.json" "$ID"
	expect_text "net" "nosuch" "No such file or directory" "/linux/sysctl/net"
	container_spec '.linux.namespaces |= map(if .type == "network" then .path = "/no/such/ns" else . end)' true
	run -125 nsinit run --spec "$ID.json" "$ID"
	expect_text "open /no/such/ns: No such file or directory" "/linux/namespaces/1"
	nothing_made
	# create's is 1, and the same words.
	mkdir b
	spec_make '.mounts += [{destination: "/mnt", type: "nosuchfs", source: "x"}]' >b/config.json
	run -1 nsinit create --bundle b "$ID"
	expect_text "nsinit: $ID: " "nosuchfs" "(b/config.json: /mounts/7"
	nothing_made
}

@test "what input holds cannot make two lines of an error, nor speak to the terminal" {
	local bad=$'two\nlines\e[31m\a\x7f'
	container_spec '.process.args = ["two\nlines\u001b[31m\u0007\u007f\u009b"]'
	run -127 --separate-stderr nsinit run --spec "$ID.json" "$ID"
	[[ $stderr != *$'\e'* && $stderr != *$'\a'* && $stderr != *$'\xc2\x9b'* ]]
	[ "$(wc -l <<<"$stderr")" = 2 ]
	[[ ${stderr%%$'\n'*} == *"two?lines?[31m?"* || ${stderr%%$'\n'*} == *"two; lines?[31m?"* ]]
	run --separate-stderr nsinit run --spec "$bad" x
	[ "$(wc -l <<<"$stderr")" = 1 ]
	run --separate-stderr nsinit "$bad"
	[[ $stderr != *$'\e'* ]]
	[ "$(wc -l <<<"$stderr")" = 2 ]
	run --separate-stderr nsinit list "--$bad"
	[[ $stderr != *$'\e'* ]]
	run --separate-stderr nsinit kill x "$bad"
	[[ $stderr != *$'\e'* ]]
	nothing_made
}

@test "what is long is cut, and says so" {
	local long
	long=/$(printf 'x%.0s' {1..3000})
	container_spec . "$long"
	run -126 nsinit run --spec "$ID.json" "$ID"
	expect_text "xxx...: File name too long"
	[ "${#output}" -lt 1200 ]
	run -125 nsinit run --spec "$long" x
	expect_text "xxx...: File name too long"
	[ "${#output}" -lt 1200 ]
}

@test "an error is told also where standard error is closed or full" {
	container_spec . no-such
	run -127 sh -c '"$1" --root "$2" run --spec "$3" x 2>&-' sh "$NSINIT" "$STATE" "$ID.json"
	run -127 sh -c '"$1" --root "$2" run --spec "$3" x 2>/dev/full' sh "$NSINIT" "$STATE" "$ID.json"
	run -127 sh -c '"$1" --root "$2" --log log run --spec "$3" x 2>&-' sh "$NSINIT" "$STATE" "$ID.json"
	grep -q "execute no-such: executable file not found in \$PATH: No such file or directory" log
	nothing_made
}

@test "others than root need a state directory of theirs" {
	run -2 setpriv --reuid 4321 --regid 4321 --clear-groups env -u XDG_RUNTIME_DIR "$NSINIT" list
	expect_text "nsinit: state directory: XDG_RUNTIME_DIR is not set" \
		"hint: set it to a directory of yours, or name one with --root"
	run -1 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSINIT" --root "$STATE" list
	expect_text "$STATE"
}

@test "a root that is no directory, that cannot be made, that is full" {
	touch file
	container_spec . true
	failed 125 "$ID: open $TEST_DIR/file/state: Not a directory" \
		"the state directory must be a directory and not a symbolic link" -- \
		"$NSINIT" --root "$TEST_DIR/file/state" run --spec "$ID.json" "$ID" ||
		[[ $stderr == *"$TEST_DIR/file/state: Not a directory"* ]]
	failed 125 "$ID: mkdir /proc/no/such: No such file or directory" -- \
		"$NSINIT" --root /proc/no/such run --spec "$ID.json" "$ID"
	# A file system without room for the state.
	run -125 unshare --mount sh -c 'mkdir small && mount -t tmpfs -o size=4k,nr_inodes=4 small small &&
		exec "$1" --root "$PWD/small/state" run --spec "$2" "$3"' sh "$NSINIT" "$ID.json" "$ID"
	expect_text "$TEST_DIR/small/state/$ID" "No space left on device"
	[ -z "$(ls -d /sys/fs/cgroup/{,*/}"$CGROUP"/*/ 2>/dev/null)" ]
}

@test "few descriptors: one error, and nothing is left" {
	local most
	container_spec . true
	for most in 10 12 14 16 18; do
		run sh -c 'ulimit -n "$1"; shift; exec "$@"' sh "$most" "$NSINIT" --root "$STATE" run --spec "$ID.json" "$ID"
		[ "$status" -eq 0 ] || { expect_status 125; expect_text "Too many open files"; }
		[ "$(grep -c "^nsinit: " <<<"$output")" -le 1 ]
		nothing_made
	done
}
