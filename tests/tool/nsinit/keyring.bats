#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The session keyring: the container's own, so that the caller's keys stay the caller's.
load ../helper

setup_file() { file_begin_inside; }

@test "keyring: a new session keyring, named after the container" {
	host=$("$HELPERS/inside" keyring)
	container_spec . inside keyring
	run -0 nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	[[ $output == *"keyring;0;0;3f1b0000;_ses.$ID" ]]
	[ "${output%% *}" != "${host%% *}" ]
	[ "$("$HELPERS/inside" keyring)" = "$host" ]
}

@test "keyring: the caller's keys are not found in it" {
	container_spec . inside findkey secret
	run "$HELPERS/inside" withkey secret "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_output "search errno ENOKEY"
	# with the caller's keyring they are
	run "$HELPERS/inside" withkey secret "$NSINIT" --root "$STATE" run --no-new-keyring --spec "$TEST_DIR/$ID.json" "$ID"
	expect_output "search ok 0"
}

@test "keyring: exec joins the container's, or keeps the caller's" {
	container_start . sleep 100
	IDS+=("$ID")
	run -0 nsinit exec "$ID" inside keyring
	[[ $output == *"_ses.$ID" ]]
	first=$output
	run -0 nsinit exec "$ID" inside keyring
	expect_output "$first"
	run "$HELPERS/inside" withkey secret "$NSINIT" --root "$STATE" exec "$ID" inside findkey secret
	expect_output "search errno ENOKEY"
	run "$HELPERS/inside" withkey secret "$NSINIT" --root "$STATE" exec --no-new-keyring "$ID" inside findkey secret
	expect_output "search ok 0"
}

@test "keyring: two containers have two" {
	run -0 container_run . inside keyring
	first=${output%% *}
	container_start . sleep 100
	IDS+=("$ID")
	run -0 nsinit exec "$ID" inside keyring
	[ "${output%% *}" != "$first" ]
}

@test "keyring: of a user in a user namespace" {
	chmod -R a+rX "$ROOTFS"
	container_spec '.process.user = {uid: 5, gid: 5} | .linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings' inside keyring
	run -0 nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	[[ $output == *"_ses.$ID" ]]
}
