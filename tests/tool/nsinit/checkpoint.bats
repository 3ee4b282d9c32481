# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bats file_tags=qemu
load ../helper

# shellcheck disable=SC2154,SC2016

criu_works() { command -v criu >/dev/null && criu check >"$FILE_DIR/criu" 2>&1; }
needs_criu() { criu_works || skip_because "CRIU does not work on this kernel"; }

# counter_start [FILTER]: counts into /out/count, in a shell variable that only its memory has.
counter_start() {
	mkdir -p "$TEST_DIR/out"
	container_start '.mounts += [{destination: "/out", type: "bind", source: ($dir + "/out"), options: ["bind"]}] | '"${1:-.}" \
		sh -c 'i=0; while :; do i=$((i+1)); echo $i >>/out/count; sleep 0.1; done'
	IDS+=("$ID")
	wait_until 20 test -s "$TEST_DIR/out/count"
}
# Every number once, and in order: nothing began anew and nothing was lost.
counted() {
	local n
	n=$(numbers)
	seq "$n" | cmp - <(head -n "$n" "$TEST_DIR/out/count")
}
numbers() { wc -l <"$TEST_DIR/out/count"; }
counts_on() { [ "$(numbers)" -gt "$1" ]; }
# restore ARGUMENT...: detached, as an engine does it.
restore() {
	nsinit restore --config "$TEST_DIR/$ID.json" --image-path "$TEST_DIR/images" --detach "$@" "$ID" \
		</dev/null >"$TEST_DIR/restored" 2>&1 3>&-
}
checkpoint() { nsinit checkpoint --image-path "$TEST_DIR/images" "$@" "$ID"; }

@test "checkpoint: what cannot be done is refused, and the container runs on" {
	run -1 nsinit checkpoint none
	expect_text "nsinit: none: container does not exist"
	run -2 nsinit checkpoint
	container_start '.linux.namespaces |= map(if .type == "ipc" then .path = "/proc/self/ns/ipc" else . end)'
	IDS+=("$ID")
	run -1 checkpoint
	expect_text "a container that joined a ipc namespace cannot be checkpointed and restored" "/linux/namespaces/"
	run -2 checkpoint --empty-ns pid
	expect_text "--empty-ns pid: expected network, the only one that CRIU can leave empty"
	run -2 checkpoint --parent-path /absolute
	expect_text "--parent-path /absolute: expected a path relative to --image-path"
	run -2 checkpoint --manage-cgroups-mode none
	expect_text "--manage-cgroups-mode"
	run -2 checkpoint --lazy-pages
	expect_text "--lazy-pages"
	[ ! -e "$TEST_DIR/images" ]
	has_status "$ID" running
	nsinit kill "$ID" KILL
	wait_until 20 has_status "$ID" stopped
	run -1 checkpoint
	expect_text "container not running"
}

@test "checkpoint and restore: without criu, or with one that breaks off, nothing is lost" {
	local before
	counter_start
	mkdir "$TEST_DIR/bin"
	printf '#!/bin/sh\nexit 3\n' >"$TEST_DIR/bin/criu"
	chmod +x "$TEST_DIR/bin/criu"
	PATH=$TEST_DIR/bin:$PATH run -1 checkpoint
	expect_text "nsinit: $ID: criu: ended without an answer" "hint: its log is $TEST_DIR/images/dump.log"
	has_status "$ID" running
	before=$(numbers)
	wait_until 20 counts_on "$before"
	nsinit delete --force "$ID"
	PATH=$TEST_DIR/bin:$PATH run -125 restore
	grep -q "criu: ended without an answer" "$TEST_DIR/restored"
	run -1 nsinit state "$ID"
	expect_text "container does not exist"
	[ -z "$(find /sys/fs/cgroup -type d -name "$ID")" ]
	rm -r "$TEST_DIR/images"
	run -125 restore
	grep -q "open $TEST_DIR/images: No such file or directory" "$TEST_DIR/restored"
	run -1 nsinit state "$ID"
}

@test "restore goes on where checkpoint stopped: memory, mounts, limits, the state" {
	local before pid length
	needs_criu
	counter_start '.linux.resources.pids.limit = 20 | .hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "cat >" + $dir + "/hook"]}]'
	before=$(grep -E '^(Cap|NoNewPrivs|Seccomp:)' "/proc/$(nsinit state "$ID" | jq .pid)/status")
	run -0 checkpoint --work-path "$TEST_DIR/work"
	expect_output ""
	[ -e "$TEST_DIR/work/dump.log" ]
	run -1 nsinit state "$ID"
	expect_text "container does not exist"
	rm "$TEST_DIR/hook"
	length=$(numbers)
	run -0 restore --work-path "$TEST_DIR/work" --pid-file "$TEST_DIR/pid"
	has_status "$ID" running
	pid=$(nsinit state "$ID" | jq .pid)
	[ "$pid" = "$(<"$TEST_DIR/pid")" ]
	[ "$(jq .pid "$TEST_DIR/hook")" = "$pid" ]
	wait_until 20 counts_on "$length"
	counted
	diff <(echo "$before") <(grep -E '^(Cap|NoNewPrivs|Seccomp:)' "/proc/$pid/status")
	run -0 nsinit exec "$ID" sh -c 'cat /proc/self/cgroup | tail -n 1; grep -c . /proc/1/mountinfo'
	[ "$(cat "$(find /sys/fs/cgroup -path "*/$ID/pids.max")")" = 20 ]
	run -125 restore
	grep -q "a container with this id exists already" "$TEST_DIR/restored"
	nsinit pause "$ID"
	nsinit resume "$ID"
	nsinit kill "$ID" KILL
	wait_until 20 has_status "$ID" stopped
	nsinit delete "$ID"
	[ -z "$(find /sys/fs/cgroup -type d -name "$ID")" ]
}

@test "checkpoint --leave-running, and --pre-dump with what changed since" {
	local length
	needs_criu
	counter_start
	nsinit checkpoint --image-path "$TEST_DIR/before" --pre-dump "$ID"
	has_status "$ID" running
	checkpoint --leave-running --parent-path ../before
	has_status "$ID" running
	length=$(numbers)
	wait_until 20 counts_on "$length"
	counted
	checkpoint --parent-path ../before
	[ -L "$TEST_DIR/images/parent" ]
	length=$(numbers)
	restore
	wait_until 20 counts_on "$length"
	counted
}

@test "restore in the foreground: its output is ours, its status too; a terminal goes to the console socket" {
	needs_criu
	container_spec . sh -c 'until [ -e /tmp/end ]; do sleep 0.1; done; echo the end; exit 7'
	nsinit run --detach --spec "$TEST_DIR/$ID.json" "$ID" </dev/null 2>&1 3>&- | cat >"$TEST_DIR/first" &
	IDS+=("$ID")
	wait_until 20 has_status "$ID" running
	checkpoint
	touch "$ROOTFS/tmp/end"
	status=0
	nsinit restore --config "$TEST_DIR/$ID.json" --image-path "$TEST_DIR/images" "$ID" </dev/null 2>&1 3>&- | cat >"$TEST_DIR/second" || status=$?
	rm "$ROOTFS/tmp/end"
	[ "$(<"$TEST_DIR/second")" = "the end" ]
	run -1 nsinit state "$ID"

	container_spec '.process.terminal = true' sh -c 'while read -r line; do echo "got $line"; done'
	"$HELPERS/receive" console "$TEST_DIR/console" </dev/null >"$TEST_DIR/terminal" 2>&1 3>&- &
	wait_until 20 test -S "$TEST_DIR/console"
	nsinit run --detach --console-socket "$TEST_DIR/console" --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&-
	IDS+=("$ID")
	rm -r "$TEST_DIR/images"
	checkpoint
	"$HELPERS/receive" console "$TEST_DIR/other" < <(echo typed; sleep 3) >"$TEST_DIR/terminal" 2>&1 3>&- &
	wait_until 20 test -S "$TEST_DIR/other"
	restore --console-socket "$TEST_DIR/other"
	wait_until 20 grep -q 'got typed' "$TEST_DIR/terminal"
}
