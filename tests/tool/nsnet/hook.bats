# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# nsnet hook, as createRuntime and poststop hook of OCI runtimes.
load ../helper
load nsnet
load outside

NETWORK='{networks: [{bridge: "br0", createBridge: true, addresses: ["10.1.0.2/24"], gateways: ["10.1.0.1"],
	ports: [{hostPort: 8080, port: 80}]}]}'

setup() {
	needs_root
	needs_nat
	test_begin
	host_make
	outside_make
}
teardown() {
	runtime_end
	serve_end
	host_remove
}

# runtime COMMAND...: $RUNTIME with its state in this test's directory, on the test's host.
runtime() {
	case $RUNTIME in
	runc) host runc --root "$TEST_DIR/runc" "$@" ;;
	crun) host crun --root "$TEST_DIR/crun" --cgroup-manager=disabled "$@" ;;
	nsinit) nsinit "$@" ;;
	esac
}
runtime_end() { [ -z "${RUNTIME-}" ] || [ -z "${ID-}" ] || runtime delete --force "$ID" >/dev/null 2>&1 || :; }

# bundle FILTER: a container of its own network whose hooks are ours; $network is NETWORK.
bundle() {
	new_id
	bundle_make "$TEST_DIR/$ID" --arg nsnet "$NSNET" --argjson network "$(jq -nc "$NETWORK")" "
		.process.args = [\"sleep\", \"300\"] | .process.terminal = false |
		.ociVersion = \"1.0.2\" | del(.linux.seccomp, .process.apparmorProfile, .linux.resources, .nsinit) |
		.hooks = {createRuntime: [{path: \$nsnet, args: [\"nsnet\", \"hook\"]}],
			poststop: [{path: \$nsnet, args: [\"nsnet\", \"hook\"]}]} | $1"
}
start() {
	runtime run --detach --bundle "$TEST_DIR/$ID" "$ID" </dev/null >"$TEST_DIR/$ID.out" 2>&1 3>&- || {
		cat "$TEST_DIR/$ID.out" >&2
		return 1
	}
	PID=$(runtime state "$ID" | jq .pid)
}
serve_inside() {
	host nsenter --net="/proc/$PID/ns/net" -- "$TRAFFIC" serve 80 box "$TEST_DIR/inside.ready" </dev/null >/dev/null 2>&1 3>&- &
	wait_until 20 test -s "$TEST_DIR/inside.ready"
	SERVERS+=("$(<"$TEST_DIR/inside.ready")")
}

# works FILTER: the network is there while the container runs, and gone when it is deleted.
works() {
	RUNTIME=$1
	needs_program "$RUNTIME"
	bundle "$2"
	start
	[ "$(host nsenter --net="/proc/$PID/ns/net" -- ip -j address show eth0 | jq -r '.[0].addr_info[0].local')" = 10.1.0.2 ]
	serve_inside
	expect_answer "box from 192.0.2.2" outside tcp 192.0.2.1 8080
	# By its PID the other commands know what the hook made.
	nsnet publish "$PID" 8081:80
	expect_answer box outside tcp 192.0.2.1 8081
	serve_end
	runtime delete --force "$ID"
	wait_until 10 test -z "$(links | sed 's/up0//')"
	[ -z "$(our_rules)" ]
	! is_left
	ID=
}

@test "hook: under runc, with the network in an annotation" {
	works runc '.annotations["nsnet.network"] = ($network | tojson)'
}

@test "hook: under crun, with the network in config.json" {
	# crun refuses hybrid cgroups; on this test's host they are not.
	host mount -t cgroup2 cgroup2 /sys/fs/cgroup
	works crun '.nsinit = $network'
}

@test "hook: under nsinit, with the network in a file" {
	jq -n "$NETWORK" >"$TEST_DIR/net.json"
	works nsinit '.hooks.createRuntime[0].args += ["--file", "'"$TEST_DIR"'/net.json"]'
}

# call STATUS PID [ANNOTATION]: the hook itself, for the container "c1".
call() {
	jq -nc --arg status "$1" --argjson pid "$2" --arg network "${3-}" --arg bundle "$TEST_DIR" '
		{ociVersion: "1.2.0", id: "c1", status: $status, pid: $pid, bundle: $bundle,
		 annotations: (if $network != "" then {"nsnet.network": $network} else {} end)}' | nsnet hook
}
process_in() { host ip netns exec "$1" sh -c 'sleep 600 </dev/null >/dev/null 2>&1 3>&- & echo $!'; }

@test "hook: called twice, without poststop before, and poststop twice" {
	local network a b
	network=$(jq -nc "$NETWORK")
	host ip netns add a
	host ip netns add b
	a=$(process_in a)
	b=$(process_in b)
	call creating "$a" "$network"
	call created "$a" "$network"
	[ "$(links a)" = eth0 ]
	# The runtime crashed, and the id is used again.
	call creating "$b" "$network"
	[ -z "$(links a)" ]
	[ "$(links b)" = eth0 ]
	kill -KILL "$a" "$b"
	call stopped 0
	call stopped 0
	[ "$(links)" = up0 ]
	[ -z "$(our_rules)" ]
	! is_left
}

@test "hook: what is wrong is named, and nothing is left" {
	local a
	host ip netns add a
	a=$(process_in a)
	run call creating "$a" '{"networks": [{"bridge": "nobridge"}]}'
	expect_status 1
	expect_text nobridge
	run call creating "$a" '{"networks": [{"brigde": "br0"}]}'
	expect_status 1
	expect_text brigde "annotation nsnet.network"
	run call creating "$a"
	expect_status 1
	expect_text "config.json: No such file"
	echo '{"nsinit": {}}' >config.json
	run call creating "$a"
	expect_status 1
	expect_text "nobody says which network" "--file"
	run call creating 0 '{"networks": []}'
	expect_status 1
	expect_text 'no "pid"'
	run bash -c "echo '{\"id\": \"../x\", \"status\": \"stopped\", \"bundle\": \"/\"}' | '$NSNET' hook"
	[ "$status" -ne 0 ]
	expect_text "../x"
	run bash -c "echo hello | '$NSNET' hook"
	expect_status 1
	expect_text "called by an OCI runtime"
	kill -KILL "$a"
	[ "$(links)" = up0 ]
	! is_left
}
