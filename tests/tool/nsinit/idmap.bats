#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Idmapped mounts, on an ext4 of our own.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

setup() {
	test_begin
	needs_kernel 5.12
	host_begin
	ext4_make data
	host sh -c 'cd data && mkdir sub && echo content >mine && echo content >theirs && chmod 777 . sub
		chown 0:0 mine && chown 1000:1001 theirs && chown 2000:2000 sub'
}

teardown() { host_end; }

user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'

# maps CONTAINER-ID:HOST-ID:SIZE: as uidMappings and gidMappings of a mount
maps() {
	local c h s
	IFS=: read -r c h s <<<"$1"
	echo "uidMappings: [{containerID: $c, hostID: $h, size: $s}], gidMappings: [{containerID: $c, hostID: $h, size: $s}]"
}

# volume DESTINATION OPTIONS [MEMBERS]
volume() { echo ".mounts += [{destination: \"$1\", type: \"bind\", source: (\$dir + \"/data\"), options: [$2]${3:+, $3}}]"; }

owners='cd /tmp; stat -c "%n %u:%g" mine theirs sub; touch new 2>&1 && echo written; cat /proc/self/mountinfo'

@test "idmap: by the mount's own maps, without a user namespace" {
	run -0 container_run "$(volume /tmp '"bind"' "$(maps 0:5000:3000)")" sh -c "$owners"
	expect_text "$(printf '%s\n' 'mine 5000:5000' 'theirs 6000:6001' 'sub 7000:7000')" "touch: new: Value too large for defined data type"
	expect_mount /tmp 'rw,*idmapped* private ext4 *'
	# 0 itself has no id on the disk there; with one it is written as that.
	run -0 container_run "$(volume /tmp '"bind"' "$(maps 0:0:1)")" sh -c 'touch /tmp/by-root; stat -c "%n %u" /tmp/theirs /tmp/mine'
	expect_output "$(printf '%s\n' '/tmp/theirs 65534' '/tmp/mine 0')"
	[ "$(host stat -c %u data/by-root)" = 0 ]
}

@test "idmap: by the container's user namespace: an owner on the host is the same one inside" {
	run -0 container_run "$user | $(volume /tmp '"bind", "idmap"')" sh -c "$owners"
	expect_text "$(printf '%s\n' 'mine 0:0' 'theirs 1000:1001' 'sub 2000:2000' written)"
	expect_mount /tmp 'rw,*idmapped* private ext4 *'
	[ "$(host stat -c %u:%g data/new)" = 0:0 ]
	# Without, they are nobody's.
	run -0 container_run "$user | $(volume /tmp '"bind"')" sh -c "cd /tmp; stat -c '%n %u:%g' mine"
	expect_output "mine 65534:65534"
}

@test "idmap: by the mount's maps inside a user namespace of other maps" {
	run -0 container_run "$user | $(volume /tmp '"bind", "idmap"' "$(maps 0:101000:65536)")" sh -c "$owners"
	expect_text "$(printf '%s\n' 'mine 1000:1000' 'theirs 2000:2001' 'sub 3000:3000')"
}

@test "idmap: maps alone ask for it, and the options are kept" {
	run -0 container_run "$(volume /tmp '"bind", "ro", "nosuid", "noexec"' "$(maps 0:5000:3000)")" sh -c "$owners; true"
	expect_text "mine 5000:5000" "touch: new: Read-only file system"
	expect_mount /tmp 'ro,nosuid,noexec,*idmapped* private ext4 *'
	run -0 host cat /proc/self/mountinfo
	expect_options "$PWD/data" rw,relatime
}

@test "idmap: ridmap reaches what is mounted below, idmap does not" {
	host mount -o loop "$PWD/data.img" data/sub 2>/dev/null || host mount --bind data data/sub
	run -0 container_run "$(volume /tmp '"rbind", "idmap"' "$(maps 0:5000:3000)")" sh -c 'stat -c "%n %u" /tmp/mine /tmp/sub/mine; cat /proc/self/mountinfo'
	expect_text "/tmp/mine 5000" "/tmp/sub/mine 0"
	[[ $(mount_of /tmp 1) == *idmapped* && $(mount_of /tmp/sub 1) != *idmapped* ]]
	run -0 container_run "$(volume /tmp '"rbind", "ridmap"' "$(maps 0:5000:3000)")" sh -c 'stat -c "%n %u" /tmp/mine /tmp/sub/mine; cat /proc/self/mountinfo'
	expect_text "/tmp/mine 5000" "/tmp/sub/mine 5000"
	[[ $(mount_of /tmp 1) == *idmapped* && $(mount_of /tmp/sub 1) == *idmapped* ]]
}

@test "idmap: a file; several maps in one" {
	several='uidMappings: [{containerID: 0, hostID: 50, size: 1}, {containerID: 1000, hostID: 60, size: 1}],
		gidMappings: [{containerID: 0, hostID: 70, size: 1}, {containerID: 1001, hostID: 80, size: 1}]'
	run -0 container_run "$(volume /tmp '"bind"' "$several")
		| .mounts += [{destination: \"/etc/group\", type: \"bind\", source: (\$dir + \"/data/mine\"), options: [\"bind\"], $(maps 0:9:1)}]" \
		stat -c '%n %u:%g' /tmp/mine /tmp/theirs /tmp/sub /etc/group
	expect_output "$(printf '%s\n' '/tmp/mine 50:70' '/tmp/theirs 60:80' '/tmp/sub 65534:65534' '/etc/group 9:9')"
}

@test "R3 idmap: two hundred idmapped mounts, with few descriptors allowed" {
	all=$(for i in {1..200}; do echo "{destination: \"/tmp/$i\", type: \"bind\", source: (\$dir + \"/data\"), options: [\"bind\", \"idmap\"], $(maps "0:$i:3000")}"; done | paste -sd,)
	container_spec ".mounts += [{destination: \"/tmp\", type: \"tmpfs\", source: \"tmpfs\"}, $all]" \
		sh -c 'stat -c "%u" /tmp/1/mine /tmp/200/mine /tmp/77/theirs; grep -c idmapped /proc/self/mountinfo'
	ulimit -Sn 210
	run nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 0
	expect_output "$(printf '%s\n' 1 200 1077 200)"
	# The program has the limit that its spec says.
	run -0 container_run ".process.rlimits = [] | .mounts += [{destination: \"/tmp\", type: \"tmpfs\", source: \"tmpfs\"}, $all]" sh -c 'ulimit -Sn'
	expect_output 210
}

@test "idmap: a refusal names the source and its file system" {
	# procfs has no idmapped mounts on any kernel.
	run container_run ".mounts += [{destination: \"/tmp\", type: \"bind\", source: \"/proc/sys\", options: [\"bind\", \"idmap\"], $(maps 0:1:1)}]" true
	expect_status 125
	expect_text "idmap /proc/sys (proc): Invalid argument" "/mounts/7" \
		"hint: file system proc does not support idmapped mounts on this kernel"
	run container_run "$(volume /tmp '"bind", "idmap"')" true
	expect_status 125
	expect_text "idmap needs uidMappings and gidMappings, or the namespace \"user\"" "/mounts/7"
	run container_run ".mounts += [{destination: \"/tmp\", type: \"tmpfs\", source: \"t\", options: [\"idmap\"], $(maps 0:1:1)}]" true
	expect_status 125
	expect_text "idmap goes with bind mounts alone" "/mounts/7"
	run container_run "$(volume /tmp '"bind"' 'uidMappings: [{containerID: 0, hostID: 1, size: 1}]')" true
	expect_status 125
	expect_text "uidMappings and gidMappings are only valid together" "/mounts/7"
	run container_run "$(volume /tmp '"bind"' 'uidMappings: [{containerID: 0, hostID: 1, size: 0}], gidMappings: [{containerID: 0, hostID: 1, size: 1}]')" true
	expect_status 125
	expect_text "a mapping of size 0" "/mounts/7/uidMappings/0"
}

@test "idmap: a mount that is idmapped already" {
	run container_run "$(volume /tmp '"bind"' "$(maps 0:5000:3000)") | .mounts += [{destination: \"/tmp\", options: [\"remount\", \"ro\"]}]" \
		sh -c 'stat -c %u /tmp/mine; touch /tmp/x 2>&1; true'
	expect_status 0
	expect_text 5000 "touch: /tmp/x: Read-only file system"
}

@test "idmap: not for an unprivileged user" {
	mkdir -p own && run as_user "$NSINIT" spec --rootless
	jq --arg root "$ROOTFS" --arg dir "$PWD" '.root.path = $root | .process.terminal = false | .process.args = ["true"]
		| .mounts += [{destination: "/tmp", type: "bind", source: ($dir + "/own"), options: ["bind", "idmap"]}]' <<<"$output" >spec.json
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/spec.json" rootless-idmap
	expect_status 125
	expect_text "idmapped mounts need root on the host" "/mounts/"
}
