#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nscaps trace: the capabilities that a program needs, by the kernel's own checks; and nothing stays behind.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

setup_file() {
	file_begin
	# Why it cannot trace here, if it cannot.
	"$NSCAPS" trace -- true >/dev/null 2>"$FILE_DIR/cannot" || :
	# A tracefs that nobody else sees, while its holder lives. What is looked for there takes no new process: in an
	# emulated kernel on a busy machine each is most of a second.
	mkdir "$FILE_DIR/tracing"
	# shellcheck disable=SC2016
	unshare --mount --propagation private sh -c 'mount -t tracefs none "$0" && exec sleep 900' "$FILE_DIR/tracing" \
		</dev/null >/dev/null 2>&1 3>&- &
	export HOLDER=$! TRACEFS=/proc/$!/root$FILE_DIR/tracing
	wait_until 60 is_held
}
is_held() { [ -d "$TRACEFS/instances" ] || [ ! -e "/proc/$HOLDER" ]; }
ended() { [ ! -e "/proc/$1" ]; }

teardown_file() {
	kill "$HOLDER" 2>/dev/null || :
	wait "$HOLDER" 2>/dev/null || :
	file_end
}

setup() {
	test_begin
	# A search through a user's own directories would ask for more.
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	PIDS=()
	: >file
}

teardown() {
	local pid
	for pid in "${PIDS[@]}"; do kill -KILL "$pid" 2>/dev/null || :; done
	nsinit list --quiet | xargs -r "$NSINIT" --root "$STATE" delete --force
}

needs_tracing() {
	needs_root
	! grep -qE "cannot tell of its capability checks|built without tracing" "$FILE_DIR/cannot" ||
		skip_because "this kernel tells nobody of its capability checks"
}

# in_tracefs SCRIPT: there.
in_tracefs() (cd "$TRACEFS" && eval "$1")

# start_trace ARGUMENT...: in the background; $TRACE is its pid, its output in trace.out. It is tracing when this returns.
start_trace() {
	"$NSCAPS" trace "$@" >trace.out 2>trace.err 3>&- &
	TRACE=$!
	PIDS+=("$TRACE")
	disown
}

# Both files end without a newline.
children_of() {
	CHILDREN=()
	read -r -a CHILDREN <"/proc/$1/task/$1/children" || :
}
has_children() { children_of "$1" && [ ${#CHILDREN[@]} -ge "$2" ]; }
is_sleep() {
	local name=''
	read -r name <"/proc/$1/comm" && [ "$name" = sleep ]
}

# The instance of a running nscaps trace: what its descriptors are open on.
instance_of() {
	INSTANCE=''
	[[ $(readlink "/proc/$1/fd/"*) =~ instances/(nscaps-[0-9]+) ]] && INSTANCE=${BASH_REMATCH[1]}
}
has_not() { [ ! -e "$TRACEFS/instances/$1" ]; }

# row CAPABILITY RESULT TIMES SYSCALL SITE (patterns): a line of the output's table.
row() {
	grep -qE "^$1 +$2 +$3 +$4 +$5$" <<<"$output" && return
	echo "no line $* in:" "$output" >&2
	return 1
}

# expect_needed NAMES: the last line. Overlayfs, which the root of the test kernels is, asks for CAP_SYS_ADMIN to read
# its own attributes of files.
expect_needed() {
	local line=${lines[-1]}
	if [[ $output == *xattr_permission* ]]; then
		line=${line/,CAP_SYS_ADMIN/} line=${line/CAP_SYS_ADMIN,/} line=${line/%: CAP_SYS_ADMIN/: none}
	fi
	[ "$line" = "needed: $1" ] && return
	echo "needed is not $1 in:" "$output" >&2
	return 1
}

@test "trace: each capability, how often, by which call, whether it was there" {
	needs_tracing
	run -0 "$NSCAPS" trace -- sh -c 'chown 1:1 file && chown 2:2 file && chown 3:3 file && chmod 600 file && mknod null c 1 3'
	[[ ${lines[0]} =~ ^CAPABILITY\ +RESULT\ +TIMES\ +SYSCALL\ +ASKED\ BY$ ]]
	row CAP_CHOWN granted 6 fchownat '[a-z_]+'
	row CAP_FOWNER granted 1 fchmodat '[a-z_]+'
	row CAP_MKNOD granted 1 'mknod(at)?' '[a-z_]+'
	# At each execve and mmap it is asked for, and does not matter.
	# On 6.1 the kprobes do not see that one.
	in_tracefs "[ ! -d events/capability ]" || row CAP_SYS_ADMIN hint '[0-9]+' execve '[a-z_]*vm_enough_memory[a-z_]*'
	# chmod asks for CAP_FSETID whatever the mode.
	expect_needed CAP_CHOWN,CAP_FOWNER,CAP_FSETID,CAP_MKNOD
	run -0 "$NSCAPS" trace --minimize -- sh -c 'rm -f null && chown 3:3 file && chmod 600 file && mknod null c 1 3'
	row CAP_FSETID granted 1 fchmodat '[a-z_]+'
	expect_needed CAP_CHOWN,CAP_FOWNER,CAP_MKNOD
	run -1 "$NSCAPS" trace -- "$NSCAPS" run --drop chown chown 1:1 file
	row CAP_CHOWN denied 1 fchownat '[a-z_]+'
	[[ ${lines[-1]} == "needed: "* && ${lines[-1]} != *CHOWN* ]]
	run -0 "$NSCAPS" trace -- true
	expect_needed none
}

@test "trace: securebits need CAP_SETPCAP, as dropping from the bounding set does" {
	needs_tracing
	run -0 "$NSCAPS" trace -- setpriv --securebits +noroot true
	row CAP_SETPCAP granted 1 prctl cap_task_prctl
	expect_needed CAP_SETPCAP
	run -127 "$NSCAPS" trace -- setpriv --bounding-set -setpcap setpriv --securebits +noroot true
	row CAP_SETPCAP granted '[12]' prctl cap_task_prctl
	row CAP_SETPCAP denied 1 prctl cap_task_prctl
}

# run_with JSON COMMAND...: with exactly these capabilities, by nscaps itself.
run_with() {
	local set
	set=$(jq -r '.bounding | join(",")' <<<"$1")
	shift
	"$NSCAPS" run --keep "${set:-none}" -- "$@"
}

@test "trace: the program runs with exactly the set, and without any one of it fails" {
	needs_tracing
	local caps each
	cat >program <<-'END'
		set -e
		rm -f null
		chown 4321:4321 file
		chmod 640 file
		mknod null c 1 3
		unshare --uts hostname nstools-test
		setpriv --reuid 4321 true
		chroot . /busybox true
		chown 0:0 file
	END
	cp /bin/busybox .
	caps=$("$NSCAPS" trace --json --minimize -- sh program)
	jq -e 'keys == ["ambient", "bounding", "effective", "inheritable", "permitted"] and .permitted == .bounding and
		.effective == .bounding and .inheritable == [] and .ambient == []' <<<"$caps"
	[ "$(jq -c '.bounding' <<<"$caps")" = \
		'["CAP_CHOWN","CAP_FOWNER","CAP_SETUID","CAP_SYS_CHROOT","CAP_SYS_ADMIN","CAP_MKNOD"]' ]
	run_with "$caps" sh program
	for each in $(jq -r '.bounding[]' <<<"$caps"); do
		chown 0:0 file
		if run_with "$(jq -c --arg each "$each" '.bounding -= [$each]' <<<"$caps")" sh program 2>/dev/null; then
			echo "it runs without $each" >&2
			return 1
		fi
	done
	chown 0:0 file
	# All that the kernel asked for is enough too.
	caps=$("$NSCAPS" trace --json -- sh program)
	run_with "$caps" sh program
	# What is not the same each time has no smallest set.
	run -125 "$NSCAPS" trace --minimize -- mknod once c 1 3
	expect_text "--minimize: the command ends with status 1 when it is run again with the same capabilities, not 0"
}

@test "trace: --json is a container's process.capabilities" {
	needs_tracing
	local caps
	caps=$("$NSCAPS" trace --json -- sh -c 'chown 5:5 file && chown 0:0 file')
	cat >"$TEST_DIR/inside.sh" <<-'END'
		touch /tmp/file && chown 5:5 /tmp/file
	END
	run -0 container_run ".process.capabilities = $caps | .mounts += [{destination: \"/tmp\", type: \"tmpfs\", source: \"tmpfs\"}]" \
		sh -c "$(cat inside.sh)"
	run -1 container_run ".process.capabilities = ($caps | map_values(. - [\"CAP_CHOWN\"])) |
		.mounts += [{destination: \"/tmp\", type: \"tmpfs\", source: \"tmpfs\"}]" sh -c "$(cat inside.sh)"
	expect_text "Operation not permitted"
}

@test "trace: the program's process tree, and nobody else" {
	needs_tracing
	local other
	cp /bin/busybox .
	touch other
	# Another process does something else all the time.
	sh -c 'while [ ! -e stop ]; do chown 1:1 other && mknod other.null c 1 3 && rm other.null; done' 3>&- &
	other=$!
	PIDS+=("$other")
	run -0 "$NSCAPS" trace -- sh -c '(setsid sh -c "sh -c \"chown 3:3 file\"; :"; :); sh -c "exec chroot . /busybox true"'
	touch stop
	wait "$other"
	row CAP_CHOWN granted 2 fchownat '[a-z_]+'
	expect_needed CAP_CHOWN,CAP_SYS_CHROOT
}

@test "trace: its output, the command's, and the exit status" {
	needs_tracing
	run -7 --separate-stderr "$NSCAPS" trace -- sh -c 'echo out; echo err >&2; chown 1 file; exit 7'
	[ "$stderr" = $'out\nerr' ]
	expect_text "needed: CAP_CHOWN"
	run -0 --separate-stderr "$NSCAPS" trace --json --output set.json -- sh -c 'echo out; chown 2 file'
	[ "$output" = out ] && [ -z "$stderr" ]
	jq -e '.bounding == ["CAP_CHOWN"]' set.json
	run -143 "$NSCAPS" trace -- sh -c 'kill -TERM $$'
	run -127 "$NSCAPS" trace -- nstools-nothing
	expect_output "nscaps: execute nstools-nothing: executable file not found in \$PATH: No such file or directory"
	run -125 "$NSCAPS" trace --output /dev/full -- true
	expect_output "nscaps: write /dev/full: No space left on device"
	run -126 "$NSCAPS" trace -- ./file
	expect_text "execute ./file: Permission denied"
	printf 'no program' >bad && chmod 755 bad
	run -126 "$NSCAPS" trace -- ./bad
	expect_output "nscaps: execve ./bad: Exec format error"
	"$NSCAPS" trace --checks -- chown 3 file | jq -e 'map(select(.capability == "CAP_CHOWN")) | length == 1 and
		(.[0] | .result == "granted" and .times == 1 and .syscall == "fchownat" and (.site | length > 0))'
	# A signal to nscaps is the command's.
	cat >waits <<-'END'
		trap 'exit 5' TERM
		: >ready
		while :; do sleep 0.1; done
	END
	start_trace -- sh waits
	wait_until 30 test -e ready
	kill -TERM "$TRACE"
	wait_until 30 grep -q needed: trace.out
}

@test "trace: what runs already, with its threads and children, until it ends" {
	needs_tracing
	cat >program <<-'END'
		sh -c 'while [ ! -e go ]; do sleep 0.05; done; chown 1:1 file' &
		: >ready
		while [ ! -e go ]; do sleep 0.05; done
		mknod null c 1 3
		wait
	END
	sh program 3>&- &
	PIDS+=("$!")
	wait_until 30 test -e ready
	start_trace "$!"
	wait_until 30 instance_of "$TRACE"
	# Both are in the list of those watched.
	wait_until 30 watches_two
	touch go
	wait_until 30 grep -q needed: trace.out
	output=$(cat trace.out)
	row CAP_CHOWN granted 2 fchownat '[a-z_]+'
	row CAP_MKNOD granted 1 'mknod(at)?' '[a-z_]+'
}
watches_two() {
	local name
	instance_of "$TRACE" && name=$INSTANCE && [ "$(in_tracefs "wc -l <instances/$name/set_event_pid")" -ge 2 ] &&
		[ "$(in_tracefs "cat instances/$name/events/*/cap_capable/enable instances/$name/events/nscaps_*/enable 2>/dev/null | head -n 1")" = 1 ]
}

@test "trace: a container, for a time or until a signal" {
	needs_tracing
	container_start '.process.capabilities = {bounding: ["CAP_CHOWN"], permitted: ["CAP_CHOWN"], effective: ["CAP_CHOWN"]} |
		.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}]' \
		sh -c 'while :; do chown 1:1 /tmp; chown 0:0 /tmp; sleep 0.1; done'
	run -0 "$NSCAPS" --root "$STATE" trace --duration 1s "$ID"
	row CAP_CHOWN granted '[0-9]+' 'f?chown(at)?' '[a-z_]+'
	expect_needed CAP_CHOWN
	"$NSCAPS" --root "$STATE" trace --json "$ID" >trace.out 2>&1 3>&- &
	TRACE=$!
	PIDS+=("$TRACE")
	wait_until 30 instance_of "$TRACE"
	kill -INT "$TRACE"
	wait "$TRACE"
	jq -e 'has("bounding")' trace.out
	nsinit delete --force "$ID"
}

# A traced sleep: $child, $guard, and $name of the instance.
trace_sleep() {
	start_trace -- sleep 300
	wait_until 30 instance_of "$TRACE"
	name=$INSTANCE
	wait_until 30 has_children "$TRACE" 2
	guard=${CHILDREN[0]} child=${CHILDREN[1]}
	PIDS+=("$child")
	wait_until 30 is_sleep "$child"
}

@test "trace: nothing of it stays, whatever kills it" {
	needs_tracing
	local name child guard
	# In turn: a signal that the guard outlives; SIGKILL; SIGKILL of the guard too, and then the next trace.
	trace_sleep
	kill -TERM "$child"
	wait_until 30 has_not "$name"
	wait_until 30 ended "$guard"

	trace_sleep
	kill -KILL "$TRACE"
	wait_until 30 has_not "$name"
	kill -KILL "$child"
	wait_until 30 ended "$guard"

	trace_sleep
	kill -KILL "$guard"
	kill -KILL "$TRACE"
	wait_until 30 ended "$TRACE"
	kill -KILL "$child"
	# It is there now, unless somebody else traced meanwhile: the sanitizers' tests run beside these.
	run -0 "$NSCAPS" trace -- true
	wait_until 30 has_not "$name"
}
@test "trace: others who use tracefs are left alone" {
	needs_tracing
	local name=nstools-test-$$
	in_tracefs "mkdir instances/$name && echo 1 >instances/$name/events/sched/sched_process_fork/enable"
	run -0 "$NSCAPS" trace -- sh -c 'chown 1 file; true'
	run -0 in_tracefs "cat instances/$name/events/sched/sched_process_fork/enable instances/$name/set_event_pid
		cat events/capability/cap_capable/enable set_event_pid kprobe_events 2>/dev/null | grep -v '^0$'
		grep -c cap_capable instances/$name/trace; rmdir instances/$name"
	expect_output $'1\n0'
	# Two at once have an instance each.
	start_trace -- sh -c ': >ready; while [ ! -e go ]; do sleep 0.05; done; chown 1:1 file'
	wait_until 30 test -e ready
	run -0 "$NSCAPS" trace -- chmod 600 file
	[ "${lines[-1]}" = "needed: CAP_FOWNER" ] || expect_needed none
	touch go
	wait_until 30 grep -q "needed: CAP_CHOWN" trace.out
	! grep -q CAP_FOWNER trace.out
}

@test "trace: its instance was swept when it had ended, and another made of the same number" {
	needs_tracing
	local name
	start_trace -- sh -c ': >ready; while [ ! -e go ]; do sleep 0.05; done; chown 1:1 file'
	wait_until 30 test -e ready
	instance_of "$TRACE"
	name=$INSTANCE
	# It lets its instance go, and waits for the lock to remove it.
	exec 8<"$TRACEFS/instances"
	flock 8
	touch go
	wait_until 30 in_tracefs "rmdir instances/$name"
	in_tracefs "mkdir instances/$name"
	exec 9<"$TRACEFS/instances/$name/trace_pipe" 8<&-
	wait_until 30 ended "$TRACE"
	run -0 cat trace.out trace.err
	expect_needed CAP_CHOWN
	[ -d "$TRACEFS/instances/$name" ]
	exec 9<&-
	run -0 "$NSCAPS" trace -- true
	wait_until 30 has_not "$name"
}

@test "trace: without what it needs it says so, and starts nothing" {
	needs_root
	run -125 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSCAPS" trace -- touch made
	expect_text "nscaps: " "needs root on the host"
	[ ! -e made ]
	run -125 unshare --pid --fork --mount-proc "$NSCAPS" trace -- touch made2
	expect_output "nscaps: trace: works in the first pid namespace alone, not in a container
hint: the kernel filters by process ids of the host: trace from there"
	[ ! -e made2 ]
	run -125 "$NSCAPS" trace --output /nowhere/x -- touch made2
	expect_output "nscaps: open /nowhere/x: No such file or directory"
	[ ! -e made2 ]
}

@test "trace: a kernel that cannot tell says so" {
	needs_root
	grep -qE "cannot tell of its capability checks|built without tracing" "$FILE_DIR/cannot" || return 0
	run -125 "$NSCAPS" trace -- touch made
	expect_text "nscaps: "
	[ ! -e made ]
}

@test "trace: wrong command lines" {
	run -125 "$NSCAPS" trace
	expect_text "something is missing"
	run -125 "$NSCAPS" trace nstools-nothing
	expect_output "nscaps: nstools-nothing: container does not exist
hint: a command to trace stands behind --: nscaps trace -- nstools-nothing"
	run -125 "$NSCAPS" trace 1 -- true
	expect_output "nscaps: trace: a TARGET or a command, not both"
	run -125 "$NSCAPS" trace /bin/true
	expect_text "stands behind --: nscaps trace -- /bin/true"
	run -125 "$NSCAPS" trace 1 2
	expect_text "trace: unexpected \"2\"" "stands behind --"
	run -125 "$NSCAPS" trace --minimize 1
	expect_text "--minimize goes with a command"
	run -125 "$NSCAPS" trace --json --checks -- true
	expect_text "--json and --checks are two forms of one output"
	run -125 "$NSCAPS" trace --duration 1s -- true
	expect_text "--duration goes with a TARGET"
	run -125 "$NSCAPS" trace 99999999
	expect_text "there is no process 99999999"
}
