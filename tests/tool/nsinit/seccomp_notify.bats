#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# SCMP_ACT_NOTIFY: the agent behind listenerPath gets the listener and answers for the container's system calls.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup_file() { file_begin_inside; }
setup() {
	# `inside call` takes the numbers of this machine.
	[ "$(uname -m)" = x86_64 ] || skip_because "the system calls are numbered as on x86_64"
	test_begin
	AGENT=
}
teardown() {
	kept_delete
	[ -z "$AGENT" ] || kill "$AGENT" 2>/dev/null || :
}

# alarm() and getpriority() are the agent's, the rest is as it was
NOTIFY='.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: ($dir + "/socket"),
	syscalls: [{names: ["alarm", "getpriority"], action: "SCMP_ACT_NOTIFY"}]}'

# agent ANSWER: listen on ./socket in the background; ./calls and ./message are what it gets
agent() {
	rm -f socket
	"$HELPERS/receive" seccomp "$TEST_DIR/socket" "$TEST_DIR/message" "$1" </dev/null >calls 2>&1 3>&- &
	AGENT=$!
	wait_until 20 test -S socket
}

agent_end() {
	wait "$AGENT"
	AGENT=
}

@test "the agent answers with an errno, a value, or lets the call go on" {
	agent errno:28
	run -0 container_run "$NOTIFY" sh -c 'inside call 37 5; inside call 140 0 0; inside call 102'
	expect_output $'37 errno ENOSPC\n140 errno ENOSPC\n102 ok 0'
	agent_end
	run cat calls
	expect_output $'call 37 arguments 5 0\ncall 140 arguments 0 0'
	agent value:1234
	run -0 container_run "$NOTIFY | .process.user = {uid: 1000, gid: 1000} | .process.noNewPrivileges = false" \
		inside call 37 5
	expect_output "37 ok 1234"
	agent_end
	agent continue
	run -0 container_run "$NOTIFY" inside call 140 0 0
	expect_output "140 ok 20"
	agent_end
}

@test "the message is the container's process state, with the metadata and the state that hooks get" {
	agent value:0
	container_spec "$NOTIFY"' | .linux.seccomp.listenerMetadata = "for the agent: ä \"quoted\""
		| .annotations = {"org.example.key": "value"}' inside call 37 0
	run -0 nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	agent_end
	jq -e --arg id "$ID" '.ociVersion and .fds == ["seccompFd"] and .metadata == "for the agent: ä \"quoted\""
		and (.pid | type == "number") and .state.pid == .pid and .state.id == $id and .state.ociVersion
		and .state.status == "creating" and (.state.bundle | startswith("/"))
		and .state.annotations["org.example.key"] == "value"' message || { cat message >&2; false; }
	# A message of more than a socket's usual buffer comes whole.
	long=$(head -c 300000 /dev/zero | tr '\0' m)
	echo "$long" >long
	container_spec . inside call 37 0
	jq --rawfile long long --arg dir "$TEST_DIR" "$NOTIFY"' | .linux.seccomp.listenerMetadata = $long' \
		"$TEST_DIR/$ID.json" >long.json
	agent value:0
	run -0 nsinit run --spec long.json "$ID"
	agent_end
	[ "$(jq '.metadata | length' message)" -eq 300001 ]
}

@test "create and start: the pid is the one state tells; exec has a listener of its own" {
	agent value:7
	container_spec "$NOTIFY" sh -c 'inside call 37 0 ; sleep 300'
	IDS+=("$ID")
	first=$ID
	nsinit create --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >create.out 2>&1 3>&-
	pid=$(nsinit state "$ID" | jq .pid)
	run -0 nsinit start "$ID"
	wait_until 20 grep -q 'call 37' calls
	[ "$(jq -c '[.pid, .state.pid, .state.status]' message)" = "[$pid,$pid,\"created\"]" ]
	receiver=$AGENT
	agent value:8
	run -0 nsinit exec "$first" inside call 37 0
	expect_output "37 ok 8"
	wait "$AGENT"
	[ "$(jq -c '[.state.pid, .state.status]' message)" = "[$pid,\"running\"]" ]
	[ "$(jq .pid message)" != "$pid" ]
	AGENT=$receiver
	nsinit delete --force "$first"
	agent_end
}

@test "the program has no descriptor of the listener or the socket (F9)" {
	agent continue
	run -0 container_run "$NOTIFY" sh -c 'inside call 37 0; inside fds'
	agent_end
	expect_no_text "seccomp notify" "socket:"
	[ "$(grep -cE '^[0-9]+ ' <<<"$output")" -eq 4 ] || { echo "$output" >&2; false; }
}

@test "calls that nsinit itself makes before the program may be notified too" {
	agent continue
	run -0 timeout 20 "$NSINIT" --root "$STATE" run --spec <(container_spec "$NOTIFY"' |
		.linux.seccomp.syscalls[0].names = ["execve", "close", "write", "getpid", "chdir", "fcntl", "sendmsg"]' \
		echo hello; cat "$TEST_DIR/$ID.json") notified
	expect_text "hello"
	agent_end
	grep -q 'call 59' calls
}

@test "without an agent, or with one that goes away, nothing hangs" {
	run -125 container_run "$NOTIFY" true
	expect_text "$TEST_DIR/socket" "No such file"
	: >socket
	run -125 container_run "$NOTIFY" true
	expect_text "$TEST_DIR/socket" "Connection refused"
	# An agent that takes the listener and ends: the kernel answers ENOSYS.
	agent continue
	container_spec "$NOTIFY" sh -c 'inside call 37 0; read -r x; inside call 37 0; :'
	mkfifo input
	"$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" <input >out 2>&1 3>&- &
	local running=$!
	exec 9>input
	wait_until 20 grep -q '37 ' out
	kill "$AGENT"
	wait "$AGENT" || :
	AGENT=
	echo >&9
	exec 9>&-
	wait "$running"
	[ "$(tail -n 1 out)" = "37 errno ENOSYS" ]
	run -0 nsinit list --quiet
	expect_output ""
}

@test "refused: NOTIFY without listenerPath, metadata without it; a path that is not used is no error" {
	run -125 container_run "$NOTIFY | del(.linux.seccomp.listenerPath)" true
	expect_text "/linux/seccomp" "SCMP_ACT_NOTIFY needs a listenerPath"
	run -125 container_run '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "x"}' true
	expect_text "/linux/seccomp/listenerMetadata" "only valid together with listenerPath"
	run -0 container_run "$NOTIFY"' | .linux.seccomp.syscalls = []' true
}
