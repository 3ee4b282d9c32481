#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The default devices and links, and linux.devices. (Which may be used is cgroups' matter.)
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'

# What stat says of the default devices.
defaults='/dev/null character special file 1:3 666 0:0
/dev/zero character special file 1:5 666 0:0
/dev/full character special file 1:7 666 0:0
/dev/random character special file 1:8 666 0:0
/dev/urandom character special file 1:9 666 0:0
/dev/tty character special file 5:0 666 0:0'
stat_defaults='stat -c "%n %F %t:%T %a %u:%g" /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty'

# add_device JSON-MEMBERS
device() { echo ".linux.devices += [{$1}]"; }

@test "devices: the default ones, with type, number, mode and owner, and nothing else" {
	umask 077
	run -0 container_run . sh -c "$stat_defaults; cd /dev; echo *"
	[ "$(head -n 6 <<<"$output")" = "$defaults" ]
	run -0 container_run . sh -c 'cd /dev; echo *'
	expect_output "$([ -e /proc/kcore ] && echo 'core ')fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero"
	run -0 container_run . sh -c 'head -c 3 /dev/zero | wc -c; echo x >/dev/null; head -c 3 /dev/urandom | wc -c; echo x 2>&1 >/dev/full; true'
	expect_output "$(printf '%s\n' 3 3 'sh: write error: No space left on device')"
}

@test "devices: the default links, where what they point to is there" {
	run -0 container_run . sh -c 'cd /dev; for l in fd stdin stdout stderr ptmx; do echo "$l $(readlink $l)"; done; echo out >/dev/stdout; stat -c %a pts/ptmx'
	expect_output "$(printf '%s\n' 'fd /proc/self/fd' 'stdin /proc/self/fd/0' 'stdout /proc/self/fd/1' 'stderr /proc/self/fd/2' 'ptmx pts/ptmx' out 666)"
	run -0 container_run '.mounts |= map(select(.destination != "/proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []' \
		sh -c 'ls -d /dev/fd /dev/stdin /dev/stdout /dev/stderr /dev/core 2>/dev/null; echo done'
	expect_output done
}

@test "devices: in a user namespace they are the host's, bound nosuid and noexec" {
	run -0 container_run "$user" sh -c 'stat -c "%n %F %t:%T %a" /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty
		echo x >/dev/null && head -c 2 /dev/zero | wc -c; ls -A /dev; cat /proc/self/mountinfo'
	expect_text "/dev/null character special file 1:3 666" "/dev/tty character special file 5:0 666" "$(printf '\n2\n')"
	for name in null zero full random urandom tty; do
		expect_mount "/dev/$name" "rw,nosuid,noexec,relatime *"
	done
}

@test "devices: linux.devices of each type, with mode and owner" {
	all="$(device 'path: "/dev/char", type: "c", major: 1, minor: 3, fileMode: 416, uid: 5, gid: 6')
		| $(device 'path: "/dev/deep/er/block", type: "b", major: 7, minor: 200, fileMode: 384')
		| $(device 'path: "/dev/unbuffered", type: "u", major: 1, minor: 5')
		| $(device 'path: "/dev/pipe", type: "p", fileMode: 438, gid: 9')
		| $(device 'path: "/dev/docker", type: "c", major: 1, minor: 3, fileMode: 8630')
		| $(device 'path: "/elsewhere", type: "c", major: 10, minor: 200')"
	umask 077
	run -0 container_run "$all" sh -c 'stat -c "%n %F %t:%T %a %u:%g" /dev/char /dev/deep/er/block /dev/unbuffered /dev/pipe /dev/docker /elsewhere
		stat -c %a /dev/deep /dev/deep/er; echo x >/dev/docker && echo allowed'
	rm -f "$ROOTFS/elsewhere"
	expect_output "$(
		cat <<-'E'
			/dev/char character special file 1:3 640 5:6
			/dev/deep/er/block block special file 7:c8 600 0:0
			/dev/unbuffered character special file 1:5 666 0:0
			/dev/pipe fifo 0:0 666 0:9
			/dev/docker character special file 1:3 666 0:0
			/elsewhere character special file a:c8 666 0:0
			755
			755
			allowed
		E
	)"
}

@test "devices: a default that the spec names again is the spec's" {
	run -0 container_run "$(device 'path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 384, uid: 3')
		| $(device 'path: "/dev/zero", type: "c", major: 1, minor: 7')" \
		sh -c 'stat -c "%n %t:%T %a %u" /dev/null /dev/zero /dev/full'
	expect_output "$(printf '%s\n' '/dev/null 1:3 600 3' '/dev/zero 1:7 666 0' '/dev/full 1:7 666 0')"
}

@test "devices: a node that is there already is taken when it is the same, else refused" {
	mkdir root && rootfs_make root
	mknod -m 600 root/dev/null c 1 3
	mknod -m 600 root/dev/same c 1 5
	no_dev='.root.path = $dir + "/root" | .mounts |= map(select(.destination | startswith("/dev") | not))'
	run -0 container_run "$no_dev | $(device 'path: "/dev/same", type: "c", major: 1, minor: 5, fileMode: 432, gid: 7')" \
		stat -c '%n %t:%T %a %u:%g' /dev/null /dev/same /dev/full
	expect_output "$(printf '%s\n' '/dev/null 1:3 666 0:0' '/dev/same 1:5 660 0:7' '/dev/full 1:7 666 0:0')"
	# Links into a dev of the image stay what the image made of them.
	run -0 container_run "$no_dev" readlink /dev/ptmx
	expect_output pts/ptmx
	run container_run "$no_dev | $(device 'path: "/dev/same", type: "c", major: 1, minor: 3')" true
	expect_status 125
	expect_text "/dev/same" "there is a character device 1:5 already, not 1:3" "/linux/devices/0"
	rm root/dev/full && echo file >root/dev/full
	run container_run "$no_dev" true
	expect_status 125
	expect_text "/dev/full: there is something else already"
	[ "$(cat root/dev/full)" = file ]
}

@test "devices: a bind over /dev leaves its content to the caller" {
	mkdir -p dev/pts dev/shm && mknod -m 666 dev/mine c 1 3
	before=$(state_of dev)
	run -0 container_run '.mounts |= map(select(.destination | startswith("/dev/") | not))
		| .mounts |= map(if .destination == "/dev" then {destination: "/dev", type: "bind", source: ($dir + "/dev"), options: ["rbind"]} else . end)' \
		sh -c 'cd /dev; echo *'
	expect_output "mine pts shm"
	[ "$(state_of dev)" = "$before" ]
}

@test "devices: a mount over a default device is the mount's" {
	echo content >file
	run -0 container_run '.mounts += [{destination: "/dev/full", type: "bind", source: ($dir + "/file"), options: ["bind", "ro"]}]' cat /dev/full
	expect_output content
}

@test "devices: in a user namespace linux.devices binds the host's node of that number, or says that it cannot" {
	run -0 container_run "$user | $(device 'path: "/dev/null", type: "c", major: 1, minor: 3') | $(device 'path: "/dev/pipe", type: "p"')" \
		sh -c 'stat -c "%n %F %t:%T" /dev/null /dev/pipe'
	expect_output "$(printf '%s\n' '/dev/null character special file 1:3' '/dev/pipe fifo 0:0')"
	run container_run "$user | $(device 'path: "/dev/null", type: "c", major: 1, minor: 5')" true
	expect_status 125
	expect_text "/dev/null" "there is a character device 1:3 already, not 1:5" "/linux/devices/0" \
		"hint: here devices are bound from the host, and the host's /dev/null is not this one"
	run container_run "$user | $(device 'path: "/dev/absent", type: "c", major: 1, minor: 5')" true
	expect_status 125
	expect_text "open_tree /dev/absent: No such file or directory" "/linux/devices/0"
}

@test "devices: an unprivileged user has the default ones" {
	run as_user "$NSINIT" spec --rootless
	jq --arg root "$ROOTFS" '.root.path = $root | .process.terminal = false | .process.args = ["sh", "-c",
		"stat -c \"%n %F %t:%T\" /dev/null /dev/full; echo x >/dev/null && readlink /dev/ptmx; cat /proc/self/mountinfo"]' <<<"$output" >spec.json
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/spec.json" rootless-devices
	expect_status 0
	expect_text "/dev/null character special file 1:3" "/dev/full character special file 1:7" pts/ptmx
	expect_mount /dev/null "rw,nosuid,*noexec,*"
}

@test "devices: wrong ones are refused before anything is made" {
	while IFS='|' read -r members where message; do
		run container_run "$(device "$members")" true </dev/null
		[ "$status" -eq 125 ] || echo "$members" >&2
		expect_status 125
		expect_text "/linux/devices/0$where" "$message"
	done <<-'E'
		path: "/dev/x", type: "x", major: 1, minor: 3|/type|"c", "b", "u" or "p"
		path: "/dev/x", type: "c", minor: 3||major
		path: "/dev/x", type: "b", major: 4096, minor: 3|/major|4095
		path: "/dev/x", type: "b", major: 1, minor: -1|/minor|0
		path: "dev/x", type: "p"|/path|absolute
		path: "/dev/x", type: "p", fileMode: 2048|/fileMode|octal 777
		type: "p"||path
	E
	run container_run "$(device 'path: "/dev/..", type: "p"')" true
	expect_status 125
	expect_text "/dev/.." "/linux/devices/0"
}
