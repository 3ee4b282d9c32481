# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# run: the status, the descriptors, the signals, where the spec comes from.
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; JOB=; }
teardown() {
	[ -z "$JOB" ] || kill -KILL "$JOB" 2>/dev/null || :
	kept_delete
}

is_status() { [ "$(nsinit state "$ID" 2>/dev/null | jq -r .status)" = "$1" ]; }
is_gone() { ! nsinit state "$ID" >/dev/null 2>&1; }
is_shown() { grep -q "$1" "$TEST_DIR/out" 2>/dev/null; }
# The state root without containers.
nothing_left() { [ -z "$(ls -A "$STATE" 2>/dev/null)" ]; }

# foreground FILTER COMMAND...: run one in a job of this shell; its output is $TEST_DIR/out.
foreground() {
	container_spec "$@"
	IDS+=("$ID")
	# A shell's background jobs ignore INT and QUIT: those we would not pass on.
	env --default-signal=INT,QUIT "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" \
		</dev/null >"$TEST_DIR/out" 2>&1 3>&- &
	JOB=$!
}
# The job's status into $status; it must end within SECONDS.
job_status() {
	wait_until "$1" job_ended
	status=0
	wait "$JOB" || status=$?
	JOB=
}
job_ended() { ! kill -0 "$JOB" 2>/dev/null || grep -q '^State:.Z' "/proc/$JOB/status"; }

# --- the exit status ------------------------------------------------------------------------------------------

@test "the container's exit status is ours; nothing is left of it" {
	local code
	for code in 0 1 2 42 124 125 126 127 128 200 255; do
		run "-$code" container_run . sh -c "exit $code"
		expect_output ""
		is_gone
	done
	nothing_left
}

@test "a program killed by signal N gives 128+N" {
	local signal
	# As a container's first process it would not see the default action of any but KILL (pid_namespaces(7)).
	for signal in HUP INT ABRT KILL USR1 PIPE ALRM TERM; do
		run container_run '.linux.namespaces |= map(select(.type != "pid"))' sh -c "kill -$signal \$\$"
		expect_status $((128 + $(kill -l "$signal")))
	done
}

@test "what cannot be found gives 127, what cannot be executed 126, and each says why" {
	run -127 container_run . no-such-program
	expect_text "execute no-such-program: executable file not found in \$PATH: No such file or directory" \
		"hint: there is no such program in the container's PATH"
	run -127 container_run . /no/such/program
	expect_text "execute /no/such/program: No such file or directory" "hint: there is no such file in the container"
	run -127 container_run . ""
	expect_text 'execute "": No such file or directory'
	run -126 container_run . /etc/passwd
	expect_text "execute /etc/passwd: Permission denied"
	run -126 container_run . /etc
	expect_text "execute /etc: Permission denied"
	rootfs_make "$TEST_DIR/root"
	printf '#!/no/interpreter\n' >root/bin/script
	printf 'neither ELF nor script' >root/bin/rubbish
	: >root/bin/empty
	chmod 755 root/bin/{script,rubbish,empty}
	run -127 container_run '.root.path = $dir + "/root"' /bin/script
	expect_text "/bin/script: No such file or directory" \
		"hint: the file exists: its interpreter (after \"#!\") or its dynamic loader does not"
	run -126 container_run '.root.path = $dir + "/root"' /bin/rubbish
	expect_text "/bin/rubbish: Exec format error"
	run -126 container_run '.root.path = $dir + "/root"' empty
	expect_text "/bin/empty: Exec format error"
	nothing_left
}

@test "what nsinit itself cannot do gives 125" {
	run -125 container_run '.root.path = "/no/such/root"' true
	expect_text "/no/such/root" "No such file or directory" "/root/path"
	run -125 nsinit run --no-such-option
	expect_text "--no-such-option"
	run -125 nsinit run a b
	expect_text 'one container id is expected, found also "b"' "hint: the command to run follows --"
	nothing_left
}

# --- the id ---------------------------------------------------------------------------------------------------

@test "without an id one is made up, and printed only where it is needed" {
	local made
	mkdir here
	spec_make '.process.args = ["true"]' >here/config.json
	cd here
	run --separate-stderr nsinit run
	expect_status 0
	[ -z "$output" ] && [ -z "$stderr" ]
	nothing_left
	spec_make '.process.args = ["sleep", "300"] | del(.linux.cgroupsPath, .linux.resources)' >config.json
	nsinit run --detach </dev/null >made 2>err 3>&-
	made=$(<made)
	IDS+=("$made")
	[[ $made =~ ^[0-9a-f]{12}$ ]]
	[ ! -s err ]
	[ "$(nsinit list -q)" = "$made" ]
	nsinit run --detach </dev/null >second 2>err 3>&- || { cat err; false; }
	IDS+=("$(<second)")
	[ "$(<second)" != "$made" ]
	# Each with a cgroup of its own, named after it.
	grep -q "/nsinit-$made\$" "/proc/$(nsinit state "$made" | jq .pid)/cgroup"
	# One that was given is not told again.
	new_id
	IDS+=("$ID")
	nsinit run -d "$ID" </dev/null >third 2>err 3>&-
	[ ! -s third ] && [ ! -s err ]
}

# --- where the spec comes from --------------------------------------------------------------------------------

@test "-- COMMAND takes the place of process.args, with every source of a spec" {
	bundle_make bundle '.process.args = ["echo", "of the spec"]'
	cd bundle
	run -0 nsinit run
	expect_output "of the spec"
	run -0 nsinit run -- echo "of the" "command line"
	expect_output "of the command line"
	run -0 nsinit run named -- echo one -- two --spec
	expect_output "one -- two --spec"
	cd ..
	run -0 nsinit run --bundle bundle -- echo from the bundle
	expect_output "from the bundle"
	run -0 nsinit run --spec bundle/config.json x -- echo from a file
	expect_output "from a file"
	run -0 nsinit run --spec - -- echo from standard input <bundle/config.json
	expect_output "from standard input"
	# An engine's --config, in another folder than the bundle's.
	mv bundle/config.json elsewhere.json
	run -0 nsinit run -b bundle -f elsewhere.json -- echo from elsewhere
	expect_output "from elsewhere"
	run -125 nsinit run --bundle bundle
	expect_text "open bundle/config.json: No such file or directory"
	run -125 nsinit run --bundle no-such
	expect_text "no-such: No such file or directory"
	run -125 nsinit run --spec no-such.json
	expect_text "open no-such.json: No such file or directory"
	run -125 nsinit run --spec elsewhere.json --bundle bundle
	expect_text "--spec does not go with --bundle"
	nothing_left
}

@test "root.path is relative to the bundle, to the file of --spec, to where we are for standard input" {
	mkdir -p bundle/deep other
	rootfs_make bundle/deep/root
	echo marked >bundle/deep/root/mark
	spec_make '.root.path = "deep/root" | .process.args = ["cat", "/mark"]' >bundle/config.json
	run -0 nsinit run --bundle bundle
	expect_output marked
	run -0 nsinit run --spec bundle/config.json
	expect_output marked
	cd other
	run -0 nsinit run --bundle ../bundle
	expect_output marked
	run -0 nsinit run --spec ../bundle/config.json
	expect_output marked
	run -125 nsinit run --spec - <../bundle/config.json
	expect_text "No such file or directory" "/root/path"
	cd ../bundle
	run -0 nsinit run --spec - <config.json
	expect_output marked
	run -0 nsinit run
	expect_output marked
	# The bundle's state names it absolutely, without links.
	ln -s bundle ../link
	cd ..
	spec_make '.root.path = "deep/root" | .process.args = ["sleep", "300"]' >bundle/config.json
	new_id
	IDS+=("$ID")
	nsinit run -d --bundle link "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(nsinit state "$ID" | jq -r .bundle)" = "$TEST_DIR/bundle" ]
	[ "$(nsinit state "$ID" | jq -r .rootfs)" = "$TEST_DIR/bundle/deep/root" ]
}

@test "without any spec the built-in one runs on this host's own files" {
	mkdir empty
	cd empty
	run -0 nsinit run -- sh -c 'echo pid $$; id -u; [ -d /usr/bin ] && touch /usr/bin/new && ls /usr/bin/new'
	expect_output $'pid 1\n0\n/usr/bin/new'
	[ ! -e /usr/bin/new ]
	nothing_left
}

# --- standard input, output and error -------------------------------------------------------------------------

@test "input, output and error pass through byte for byte, apart, and through pipes" {
	container_spec . sh -c 'cat; echo to-error >&2'
	head -c 3000000 /dev/urandom >data
	"$NSINIT" --root "$STATE" run --spec "$ID.json" "$ID" <data >out 2>err
	cmp data out
	[ "$(<err)" = to-error ]
	# A pipe on both sides, and a reader that goes away: the program gets SIGPIPE, we its status.
	container_spec . sh -c 'cat | sort -n | tail -1'
	[ "$(seq 20000 | nsinit run --spec "$ID.json" "$ID" | cat)" = 20000 ]
	container_spec '.linux.namespaces |= map(select(.type != "pid"))' yes
	nsinit run --spec "$ID.json" "$ID" 2>err | head -1 >out
	[ "$(<out)" = y ]
	[ "$(nsinit list -q)" = "" ]
	# The very file, with its position and flags.
	container_spec . sh -c 'echo x; readlink /proc/self/fd/1'
	{ echo a; nsinit run --spec "$ID.json" "$ID"; echo b; } >>log
	[ "$(head -2 log)" = $'a\nx' ] && [[ $(sed -n 3p log) == */log ]] && [ "$(tail -1 log)" = b ]
}

@test "closed standard descriptors are /dev/null inside" {
	mkdir out
	container_spec '.mounts += [{destination: "/tmp", type: "bind", source: ($dir + "/out"), options: ["bind"]}]' \
		sh -c '(cd /proc/1/fd; stat -L -c %t:%T 0 1 2; ls) >/tmp/seen & wait'
	nsinit run --spec "$ID.json" "$ID" <&- >&- 2>&-
	[ "$(<out/seen)" = $'1:3\n1:3\n1:3\n0\n1\n2' ]
	nsinit run --spec "$ID.json" "$ID" </dev/zero >&- 2>err
	[ "$(sed -n 1,2p out/seen)" = $'1:5\n1:3' ]
	is_gone
}

@test "descriptors of the caller stay outside, but those of --preserve-fds" {
	container_spec . ls -l /proc/self/fd
	# bats' own too: only 0, 1, 2 and what ls opens for itself.
	run -0 nsinit run --spec "$ID.json" "$ID" 3</etc 4</dev/zero 9</dev/full 20</etc/hostname
	[ "$(grep -c -- '->' <<<"$output")" -le 4 ]
	expect_no_text /etc /dev/zero /dev/full
	container_spec . sh -c 'read line <&3; echo $line; echo out >&4; [ -e /proc/self/fd/5 ] || echo no 5'
	echo from-three >three
	run -0 nsinit run --preserve-fds 2 --spec "$ID.json" "$ID" 3<three 4>four 5</dev/full
	expect_output $'from-three\nno 5'
	[ "$(<four)" = out ]
	run -125 nsinit run --preserve-fds 3 --spec "$ID.json" "$ID" 3<three 4>four 5<&-
	expect_text "5"
	run -125 nsinit run --preserve-fds x --spec "$ID.json" "$ID"
	expect_text "--preserve-fds"
	run -125 nsinit run --preserve-fds 4294967295 --spec "$ID.json" "$ID"
	expect_text "--preserve-fds"
	nothing_left
}

# --- signals --------------------------------------------------------------------------------------------------

@test "signals to nsinit reach the program" {
	foreground . sh -c '
		for s in TERM INT HUP QUIT USR1 USR2 WINCH CONT ALRM; do trap "echo got $s" $s; done
		trap "echo bye; exit 7" IO
		echo ready
		while :; do sleep 0.02; done'
	wait_until 20 is_shown ready
	local signal
	for signal in TERM INT HUP QUIT USR1 USR2 WINCH CONT ALRM; do
		kill "-$signal" "$JOB"
		wait_until 20 is_shown "got $signal"
	done
	kill -IO "$JOB"
	job_status 5
	expect_status 7
	is_shown bye
	is_gone
}

@test "a program that a passed-on signal kills gives 128+N, and is cleaned up after" {
	foreground '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'echo ready; exec sleep 300'
	wait_until 20 is_shown ready
	kill -TERM "$JOB"
	job_status 5
	expect_status 143
	wait_until 20 is_gone
	nothing_left
}

@test "a signal that our caller ignores stays ignored, and is not passed on" {
	container_spec . sh -c 'trap "echo got HUP" HUP; trap "echo got TERM; exit 4" TERM; echo ready; while :; do sleep 0.02; done'
	IDS+=("$ID")
	env --ignore-signal=HUP "$NSINIT" --root "$STATE" run --spec "$ID.json" "$ID" </dev/null >out 2>&1 3>&- &
	JOB=$!
	wait_until 20 is_shown ready
	kill -HUP "$JOB"
	sleep 0.1
	kill -TERM "$JOB"
	job_status 5
	expect_status 4
	[ "$(<out)" = $'ready\ngot TERM' ]
}

@test "a signal while the container is being made stops the making; nothing is left" {
	foreground '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "echo hook; exec sleep 60"]}]' true
	wait_until 20 test -d "$STATE/$ID"
	sleep 0.2
	kill -TERM "$JOB"
	job_status 5
	expect_status 125
	is_shown "interrupted by SIGTERM"
	nothing_left
}

# --- in the background, and after the end ---------------------------------------------------------------------

@test "--detach returns while it runs; at its end it is stopped, not deleted" {
	container_start . sh -c 'trap "exit 3" TERM; while :; do sleep 0.02; done'
	IDS+=("$ID")
	is_status running
	nsinit kill "$ID"
	wait_until 20 is_status stopped
	[ -d "$STATE/$ID" ]
	nsinit delete "$ID"
	is_gone
	# No process of ours stays beside the container's own.
	container_start
	IDS+=("$ID")
	local pid
	pid=$(nsinit state "$ID" | jq .pid)
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 300 " ]
	! grep -q nsinit "/proc/$(sed -n 's/^PPid:\t//p' "/proc/$pid/status")/comm"
}

@test "--keep leaves the stopped container to its owner" {
	container_spec . sh -c 'exit 5'
	IDS+=("$ID")
	run -5 nsinit run --keep --spec "$ID.json" "$ID"
	is_status stopped
	[ "$(nsinit state "$ID" | jq .pid)" = 0 ]
	run -125 nsinit run --spec "$ID.json" "$ID"
	expect_text "$ID: a container with this id exists already"
	nsinit delete "$ID"
	is_gone
}

# --- --pid-file -----------------------------------------------------------------------------------------------

@test "--pid-file: the process id as the host sees it, relative to where we are, replaced in one piece" {
	container_spec . sleep 300
	IDS+=("$ID")
	mkdir sub
	cd sub
	echo old >pid
	ln pid second-name
	nsinit run --detach --pid-file pid --spec "../$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&-
	[ "$(<pid)" = "$(nsinit state "$ID" | jq .pid)" ]
	[ "$(<second-name)" = old ]
	[ "$(ls -A)" = $'pid\nsecond-name' ]
	[ "$(stat -c %a pid)" = 644 ]
	# No newline: some engines parse the whole file as a number.
	[ "$(wc -c <pid)" = "$(tr -d '\n' <pid | wc -c)" ]
	nsinit delete --force "$ID"
	container_spec . true
	run -0 nsinit run --pid-file "$TEST_DIR/absolute" --spec "../$ID.json" "$ID"
	grep -qE '^[0-9]+$' "$TEST_DIR/absolute"
	# Where it cannot be written no container stays.
	run -125 nsinit run --pid-file /no/such/dir/pid --spec "../$ID.json" "$ID"
	expect_text "open /no/such/dir: No such file or directory"
	nothing_left
}
