# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Who outlives whom: the program, the runtime, what hooks leave behind, and what only shares a cgroup.
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; JOB=; }
teardown() {
	[ -z "$JOB" ] || kill -KILL "$JOB" 2>/dev/null || :
	kept_delete
}

is_status() { [ "$(nsinit state "$ID" | jq -r .status)" = "$1" ]; }
is_pid_gone() { ! kill -0 "$1" 2>/dev/null; }

# foreground FILTER COMMAND...: a container of a runtime in the background; $JOB is the runtime, $PID the container's.
foreground() {
	container_spec "$@"
	IDS+=("$ID")
	"$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >"$TEST_DIR/out" 2>&1 3>&- &
	JOB=$!
	wait_until 10 is_status running
	PID=$(nsinit state "$ID" | jq .pid)
}

@test "a detached container with nsinit.init outlives the runtime" {
	for early in true false; do
		container_start ".nsinit.init = true | .process.noNewPrivileges = $early"
		IDS+=("$ID")
		sleep 0.2
		is_status running
		nsinit delete --force "$ID"
	done
}

@test "the program below nsinit.init ends with it, and its status is the container's" {
	run container_run '.nsinit.init = true' sh -c 'exit 7'
	expect_status 7
	run container_run '.nsinit.init = true' sh -c 'kill -TERM $$'
	expect_status 143
}

@test "nsinit.init passes signals on" {
	container_start '.nsinit.init = true' sh -c 'trap "echo got it; exit 3" USR1; echo ready; while :; do sleep 0.05; done'
	IDS+=("$ID")
	wait_until 10 grep -q ready "$TEST_DIR/$ID.out"
	nsinit kill "$ID" USR1
	wait_until 10 grep -q 'got it' "$TEST_DIR/$ID.out"
	wait_until 10 is_status stopped
}

@test "without parentDeathSignal a program outlives the runtime that is killed" {
	foreground . sleep 300
	kill -KILL "$JOB"
	wait "$JOB" || :
	JOB=
	sleep 0.2
	is_status running
}

@test "parentDeathSignal reaches the program when the runtime is killed" {
	local filter
	for filter in . '.process.noNewPrivileges = false' \
		'.process.noNewPrivileges = false | .process.user = {"uid": 1000, "gid": 1000}' \
		'.process.user = {"uid": 1000, "gid": 1000}' '.nsinit.init = true' \
		'.process.noNewPrivileges = false | .process.user = {"uid": 1000, "gid": 1000} |
			.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW"}' \
		'.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW"}'; do
		foreground "$filter | .nsinit.parentDeathSignal = \"SIGKILL\"" sleep 300
		kill -KILL "$JOB"
		wait "$JOB" || :
		JOB=
		wait_until 20 is_pid_gone "$PID" || { echo "with $filter" >&2; return 1; }
		nsinit delete "$ID"
	done
}

@test "a caller that ignores SIGCHLD gets statuses, and hooks that fail are seen" {
	container_spec . sh -c 'exit 4'
	run sh -c 'trap "" CHLD; exec "$@"' sh "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 4
	container_spec '.hooks.createRuntime = [{"path": "/bin/false"}]' true
	run sh -c 'trap "" CHLD; exec "$@"' sh "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 125
	expect_text 'createRuntime[0] /bin/false: exit status 1'
}

@test "signals that nohup had ignored are not passed on" {
	container_spec . sh -c 'trap "exit 9" HUP; trap "exit 5" USR1; echo ready; while :; do sleep 0.05; done'
	IDS+=("$ID")
	(trap '' HUP; exec "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >"$TEST_DIR/out" 2>&1 3>&-) &
	JOB=$!
	wait_until 10 grep -q ready "$TEST_DIR/out"
	kill -HUP "$JOB"
	sleep 0.3
	kill -USR1 "$JOB"
	status=0
	wait "$JOB" || status=$?
	JOB=
	expect_status 5
}

@test "a terminal whose output nobody reads does not end the runtime" {
	container_spec '.process.terminal = true' sh -c 'i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i + 1)); done; exit 6'
	run bash -c '"$@" </dev/null 3>&- | true; exit "${PIPESTATUS[0]}"' sh \
		"$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 6
	[ ! -e "$STATE/$ID" ]
}

@test "hooks inherit no descriptor above 2" {
	container_spec '.hooks.createRuntime = [{"path": "/bin/sh", "args": ["sh", "-c",
		"echo /proc/self/fd/* | tr \" \" \"\\n\" | grep -c /proc > \($dir)/count"]}]' true
	nsinit run --preserve-fds 2 --spec "$TEST_DIR/$ID.json" "$ID" 3</dev/null 4</dev/null
	# 0, 1, 2 and the directory that the shell itself reads
	[ "$(cat "$TEST_DIR/count")" -le 4 ]
}

@test "what a hook leaves running does not hold the container up" {
	container_spec '.hooks.createRuntime = [{"path": "/bin/sh", "args": ["sh", "-c",
		"timeout 20 yes & echo $! > \($dir)/pid"]}]' true
	run timeout 10 "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	kill "$(cat "$TEST_DIR/pid")" 2>/dev/null || :
	expect_status 0
}

@test "a created container holds nothing of its state directory or of the caller while it waits" {
	local pid filter
	for filter in . '.process.noNewPrivileges = false | .linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW"}' \
		'.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW"}'; do
		container_spec "$filter" sh -c 'echo works; ls /proc/self/fd'
		IDS+=("$ID")
		nsinit --debug --log "$TEST_DIR/log" create --config "$TEST_DIR/$ID.json" --bundle "$TEST_DIR" --preserve-fds 1 "$ID" \
			</dev/null >"$TEST_DIR/out" 2>&1 3>"$TEST_DIR/kept" 4>"$TEST_DIR/not-kept" 9>"$TEST_DIR/not-kept-either"
		pid=$(nsinit state "$ID" | jq .pid)
		run ls -l "/proc/$pid/fd"
		expect_text "$TEST_DIR/kept"
		expect_no_text not-kept " $STATE" cgroup
		nsinit start "$ID"
		wait_until 10 is_status stopped
		nsinit delete "$ID"
		# 0, 1, 2, the one preserved, and the directory that ls reads
		[ "$(tr '\n' ' ' <"$TEST_DIR/out")" = "works 0 1 2 3 4 " ]
	done
}

# in_shared COMMAND...: for each hierarchy, in our directory "shared" there.
in_shared() {
	local mount
	cgroup_mounts | while read -r mount; do
		[ -d "$mount/$CGROUP" ] || mkdir "$mount/$CGROUP" 2>/dev/null || continue
		cd "$mount/$CGROUP" && "$@"
	done
}
make_shared() {
	local file
	mkdir shared
	# A new cpuset has neither processors nor memory.
	for file in cpuset.cpus cpuset.mems; do
		[ ! -e $file ] || { cat ../$file >$file && cat $file >shared/$file; } 2>/dev/null || :
	done
}
enter_shared() { echo "$JOB" >shared/cgroup.procs; }
leave_shared() { echo "$JOB" >../cgroup.procs && rmdir shared; }

@test "what joined a cgroup that was there before stays alive when the container ends, or is deleted" {
	local alive
	needs_root
	container_spec '.linux.cgroupsPath |= sub("[^/]*$"; "shared") | .linux.namespaces |= map(select(.type != "pid")) |
		.mounts |= map(select(.type != "proc"))' sleep 300
	IDS+=("$ID")
	sleep 300 3>&- &
	JOB=$!
	in_shared make_shared
	nsinit run --detach --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&-
	in_shared enter_shared
	nsinit delete --force "$ID"
	alive=0
	kill -0 "$JOB" || alive=1
	in_shared leave_shared
	[ $alive -eq 0 ]
}

@test "deleting what was killed in the making takes no cgroup of others" {
	local alive
	needs_root
	grep -q NSINIT_FAULT "${NSINIT}-main" || skip_because "built without fault injection"
	container_spec '.linux.cgroupsPath |= sub("[^/]*$"; "shared")' true
	IDS+=("$ID")
	sleep 300 3>&- &
	JOB=$!
	in_shared make_shared
	in_shared enter_shared
	run env NSINIT_FAULT=cgroup-create:1:kill-parent "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 137
	is_status creating
	run nsinit delete --force "$ID"
	alive=0
	kill -0 "$JOB" || alive=1
	in_shared leave_shared
	expect_status 0
	[ $alive -eq 0 ]
}
