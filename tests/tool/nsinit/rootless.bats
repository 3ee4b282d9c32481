#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Containers of ordinary users, and user namespaces made by root.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

teardown() { [ -z "${ID-}" ] || nsinit delete --force "$ID" 2>/dev/null || :; }

# user_nsinit ARGS: as the user of as_user, with a state root of its own
user_nsinit() { as_user "$NSINIT" --root "$FILE_DIR/home/run/state" "$@"; }

maps='.linux.uidMappings = [{containerID: 0, hostID: 4321, size: 1}, {containerID: 1, hostID: 700000, size: 65535}]
	| .linux.gidMappings = .linux.uidMappings | .linux.namespaces += [{type: "user"}] | del(.linux.resources, .linux.cgroupsPath)'
single='.linux.uidMappings = [{containerID: 0, hostID: 4321, size: 1}] | .linux.gidMappings = .linux.uidMappings
	| .linux.namespaces += [{type: "user"}] | del(.linux.resources, .linux.cgroupsPath) | .mounts[2].options -= ["gid=5"]'

# user_spec FILTER COMMAND...: spec.json, which the user may read
user_spec() {
	local filter=$1 args
	shift
	args=$(jq -nc '$ARGS.positional' --args -- "$@")
	spec_make --argjson args "$args" ".process.args = \$args | $filter" >"$TEST_DIR/spec.json"
	chmod a+r "$TEST_DIR/spec.json"
	chmod -R a+rX "$ROOTFS"
}

@test "rootless: a container with the ids of /etc/subuid" {
	user_spec "$maps" sh -c 'id -u; cat /proc/self/uid_map; stat -c %u /proc/self/'
	run -0 --separate-stderr user_nsinit run --spec "$TEST_DIR/spec.json" r1
	[ "$(head -n 1 <<<"$output")" = 0 ]
	[ "$(sed -n 2p <<<"$output" | tr -s ' ')" = " 0 4321 1" ]
	[ "$(sed -n 3p <<<"$output" | tr -s ' ')" = " 1 700000 65535" ]
	[ "$(tail -n 1 <<<"$output")" = 0 ]
}

@test "rootless: a working directory that is not there is made where the user may" {
	rootfs_make "$TEST_DIR/own"
	chown -R 4321 "$TEST_DIR/own"
	user_spec "$maps | .root.path = \"$TEST_DIR/own\" | .process.cwd = \"/made/here\"" sh -c 'pwd; stat -c %u .'
	run -0 --separate-stderr user_nsinit run --spec "$TEST_DIR/spec.json" r1
	expect_output $'/made/here\n0'
	[ "$(stat -c %u "$TEST_DIR/own/made/here")" = 4321 ]
	user_spec "$maps | .process.cwd = \"/made/here\"" true
	run -125 user_nsinit run --spec "$TEST_DIR/spec.json" r1
	expect_text "chdir /made/here: No such file or directory" "must exist in the container"
	[ ! -e "$ROOTFS/made" ]
}

@test "C4 rootless: with its own id alone, setgroups is denied before the gid map is written" {
	user_spec "$single" sh -c 'id -u; cat /proc/self/setgroups; tr -s " " </proc/self/gid_map'
	run -0 --separate-stderr user_nsinit run --spec "$TEST_DIR/spec.json" r2
	expect_output "$(printf '0\ndeny\n 0 4321 1')"
}

@test "rootless: create, start, exec, kill, delete, all as the user" {
	user_spec "$single" sleep 100
	user_nsinit create --bundle "$TEST_DIR" --config "$TEST_DIR/spec.json" r3
	run -0 user_nsinit state r3
	[ "$(jq -r .status <<<"$output")" = created ]
	user_nsinit start r3
	run -0 --separate-stderr user_nsinit exec r3 sh -c 'id -u; cat /proc/1/comm'
	expect_output "$(printf '0\nsleep')"
	user_nsinit kill r3 KILL
	run -0 user_nsinit wait r3
	user_nsinit delete r3
	run -0 user_nsinit list -q
	expect_output ""
}

@test "rootless: the built-in default spec" {
	run -0 --separate-stderr as_user sh -c 'cd / && exec "$@"' sh "$NSINIT" --root "$FILE_DIR/home/run/state" \
		run -- sh -c 'id -u; touch /usr/x || touch /tmp/y && ls /tmp'
	expect_output "$(printf '0\ny')"
	[ ! -e /usr/x ]
}

@test "rootless: ids beyond /etc/subuid are an error that says whose" {
	user_spec '.linux.uidMappings = [{containerID: 0, hostID: 4321, size: 1}, {containerID: 1, hostID: 5, size: 10}]
		| .linux.gidMappings = .linux.uidMappings | .linux.namespaces += [{type: "user"}] | del(.linux.resources, .linux.cgroupsPath)' true
	run user_nsinit run --spec "$TEST_DIR/spec.json" r4
	expect_status 125
	expect_text "newuidmap" "/linux/uidMappings"
}

@test "rootless: without a user namespace the hint names the way" {
	user_spec 'del(.linux.resources, .linux.cgroupsPath)' true
	run user_nsinit run --spec "$TEST_DIR/spec.json" r5
	expect_status 125
	expect_text "user namespace"
}

@test "rootless: limits that the user may not set are an error, not passed over" {
	user_spec "$single | .linux.resources = {memory: {limit: 67108864}}" true
	run user_nsinit run --spec "$TEST_DIR/spec.json" r6
	expect_status 125
	expect_text "cgroup"
	run user_nsinit state r6
	expect_text "does not exist"
}

@test "G1 rootless: cgroup mounts without a cgroup namespace are read-only" {
	user_spec "$single | .linux.namespaces -= [{type: \"cgroup\"}]
		| .mounts |= map(if .type == \"cgroup\" then .options = [\"rw\"] else . end)" \
		sh -c 'grep " /sys/fs/cgroup" /proc/self/mountinfo | awk "{ print \$6 }" | grep -v "^ro" ;
			for dir in /sys/fs/cgroup /sys/fs/cgroup/*/; do [ ! -d "$dir" ] || mkdir "$dir/x" 2>&1; done'
	run --separate-stderr user_nsinit run --spec "$TEST_DIR/spec.json" r7
	expect_text "Read-only file system"
	expect_no_text "rw,"
	! grep -v "Read-only file system" <<<"$output"
}

@test "rootless: nothing of the caller's other groups is left inside" {
	user_spec "$maps" sh -c 'id -G'
	run -0 --separate-stderr user_nsinit run --spec "$TEST_DIR/spec.json" r8
	expect_output 0
}

@test "user namespace by root: maps, ownership of what is inside, no power outside" {
	new_id
	chmod -R a+rX "$ROOTFS"
	spec_make --arg id "$ID" '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings
		| .process.args = ["sh", "-c", "tr -s \" \" </proc/self/uid_map; stat -c %u /proc/self/ /dev /dev/shm; stat -c %u /bin/busybox; sleep 100"]' >spec.json
	nsinit run --detach --spec spec.json "$ID" >out
	wait_until 20 sh -c '[ "$(wc -l <out)" -ge 5 ]'
	[ "$(tr '\n' ' ' <out)" = " 0 100000 65536 0 0 0 65534 " ]
	pid=$(nsinit state "$ID" | jq .pid)
	[ "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" = 100000 ]
	nsinit delete --force "$ID"
}

@test "user namespace: overlapping maps, empty ones, and too many are errors before anything is made" {
	for map in '[{containerID: 0, hostID: 100000, size: 10}, {containerID: 5, hostID: 200000, size: 10}]' \
		'[{containerID: 0, hostID: 100000, size: 0}]' \
		'[range(400) | {containerID: ., hostID: (. + 100000), size: 1}]'; do
		new_id
		spec_make ".linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = $map
			| .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 1000}]" >spec.json
		run nsinit run --spec spec.json "$ID"
		expect_status 125
		expect_text "/linux/uidMappings"
		run ! nsinit state "$ID"
	done
}

@test "T6 the state directory: 0700, ours, no link, and nobody else may write to it" {
	state=$TEST_DIR/new/state
	"$NSINIT" --root "$state" run --spec <(spec_make 'del(.linux.cgroupsPath)') --keep t6-$$
	[ "$(stat -c '%a %u' "$state")" = "700 0" ]
	[ "$(stat -c '%a' "$state/t6-$$")" = 700 ]
	"$NSINIT" --root "$state" delete t6-$$
	ln -s "$state" "$TEST_DIR/link"
	run "$NSINIT" --root "$TEST_DIR/link" run --spec <(spec_make 'del(.linux.cgroupsPath)') t6-$$
	expect_status 125
	expect_text "symbolic link"
	mkdir -m 777 "$TEST_DIR/open"
	run "$NSINIT" --root "$TEST_DIR/open" run --spec <(spec_make 'del(.linux.cgroupsPath)') t6-$$
	expect_status 125
	expect_text "others may write" "0777"
	mkdir -m 700 "$TEST_DIR/foreign" && chown 4321 "$TEST_DIR/foreign"
	run "$NSINIT" --root "$TEST_DIR/foreign" run --spec <(spec_make 'del(.linux.cgroupsPath)') t6-$$
	expect_status 125
	expect_text "$TEST_DIR/foreign" "belongs to uid 4321"
	[ -z "$(ls -A "$TEST_DIR/open" "$TEST_DIR/foreign" | grep -v :)" ]
}
