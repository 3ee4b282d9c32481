#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Masked and read-only paths, and the read-only root.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

setup() {
	test_begin
	rootfs_make root
	mkdir -p root/data/sub root/empty
	echo secret >root/data/file && echo deep >root/data/sub/file && chmod 666 root/data/file
	ln -s file root/data/link && ln -s sub root/data/sublink
	ln -s /data/file root/data/absolute && ln -s /absent root/data/dangling && mkfifo root/data/fifo
}

root='.root.path = $dir + "/root" | .linux.maskedPaths = [] | .linux.readonlyPaths = [] | .root.readonly = false'

# --- masked ---------------------------------------------------------------------------------------------------

@test "masks: a masked file reads as nothing, a masked directory is empty and stays so" {
	run -0 container_run "$root | .linux.maskedPaths = [\"/data/file\", \"/data/sub\", \"/data/fifo\", \"/empty\"]" \
		sh -c 'cd /data; wc -c <file; echo x >file; wc -c <file; stat -c "%n %F %t:%T" file fifo; ls -A sub /empty
			touch sub/x 2>&1; rm -f file 2>&1; umount sub 2>&1; cat /proc/self/mountinfo'
	expect_text "$(printf '0\n0\nfile character special file 1:3\nfifo character special file 1:3\n')" \
		"touch: sub/x: Read-only file system" "can't remove 'file': Device or resource busy" "umount: can't unmount /data/sub: Operation not permitted"
	expect_mount /data/sub 'ro,nosuid,nodev,noexec,relatime private tmpfs tmpfs ro,*'
	[ "$(cat root/data/file root/data/sub/file)" = "$(printf 'secret\ndeep')" ]
}

@test "masks: a path that is absent, or below a file, is passed over" {
	run -0 container_run "$root | .linux.maskedPaths = [\"/absent\", \"/data/absent/deep\", \"/data/file/below\", \"/proc/absent\"]
		| .linux.readonlyPaths = .linux.maskedPaths" cat /data/file
	expect_output secret
}

@test "masks: through a link it is the link's target that is masked" {
	run -0 container_run "$root | .linux.maskedPaths = [\"/data/link\", \"/data/sublink\", \"/data/dangling\"]" \
		sh -c 'cd /data; cat file; ls -A sub; for l in link sublink dangling; do readlink $l; done; ls -ld /absent 2>&1; true'
	expect_output "$(printf '%s\n' file sub /absent "ls: /absent: No such file or directory")"
}

@test "masks: a path named twice, and one below a masked one" {
	run -0 container_run "$root | .linux.maskedPaths = [\"/data/sub\", \"/data/sub\", \"/data/sub/file\", \"/data/file\", \"/data/file\"]" \
		sh -c 'cat /data/file; ls -A /data/sub; echo done'
	expect_output done
}

@test "masks: many directories share one empty file system" {
	mkdir root/many
	for i in {1..60}; do mkdir "root/many/$i" && touch "root/many/$i/file"; done
	run -0 container_run "$root | .linux.maskedPaths = [range(1; 61) | \"/many/\\(.)\"]" \
		sh -c 'ls /many/*/; cat /proc/self/mountinfo'
	expect_no_text "file:"
	[ "$(awk '$5 ~ "^/many/" { print $3 }' <<<"$output" | sort | uniq -c | awk '{ print $1 }')" = 60 ]
}

@test "masks: the standard ones hide the kernel's" {
	run -0 container_run . sh -c 'cat /proc/keys /proc/timer_list; ls -A /proc/acpi /proc/scsi /sys/firmware 2>/dev/null; true'
	expect_no_text clock dsdt
	! grep -v ":" <<<"$output" | grep .
}

@test "masks: a relative path is refused" {
	for kind in maskedPaths readonlyPaths; do
		run container_run ".linux.$kind = [\"proc/keys\"]" true
		expect_status 125
		expect_text "/linux/$kind/0" "absolute path"
	done
}

# --- read-only ------------------------------------------------------------------------------------------------

@test "masks: read-only paths over a directory, a file, and what is mounted below" {
	mkdir volume && echo volume >volume/file
	run -0 container_run "$root | .mounts += [{destination: \"/data/sub\", type: \"bind\", source: (\$dir + \"/volume\"), options: [\"rbind\"]}]
		| .linux.readonlyPaths = [\"/data\", \"/etc/passwd\", \"/proc/sys\"]" \
		sh -c 'exec 2>&1; echo x >/data/file; touch /data/sub/new; echo x >/etc/passwd; echo y >/etc/group && echo written
			echo x >/proc/sys/kernel/domainname; cat /proc/self/mountinfo'
	expect_text "can't create /data/file: Read-only file system" "touch: /data/sub/new: Read-only file system" \
		"can't create /etc/passwd: Read-only file system" written "can't create /proc/sys/kernel/domainname: Read-only file system"
	expect_mount /data 'ro,relatime *'
	expect_mount /data/sub 'ro,relatime *'
	[ ! -e volume/new ]
}

@test "masks: a read-only path keeps the other flags of its mount" {
	run -0 container_run "$root | .mounts += [{destination: \"/data\", type: \"tmpfs\", source: \"tmpfs\", options: [\"nosuid\", \"nodev\", \"noexec\", \"noatime\"]}]
		| .linux.readonlyPaths = [\"/data\"]" cat /proc/self/mountinfo
	expect_options /data ro,nosuid,nodev,noexec,noatime
}

@test "masks: a read-only root with writable mounts below" {
	mkdir volume && chmod 777 volume
	mount='{type: "tmpfs", source: "tmpfs"}'
	run -0 container_run "$root | .root.readonly = true | .mounts += [$mount + {destination: \"/tmp\"}, {destination: \"/var/tmp\",
		type: \"bind\", source: (\$dir + \"/volume\"), options: [\"bind\"]}, $mount + {destination: \"/run\", options: [\"ro\"]}]" \
		sh -c 'exec 2>&1; touch /x /etc/x; touch /run/x; touch /tmp/x /var/tmp/x /dev/shm/x && echo written; cat /proc/self/mountinfo'
	expect_text "touch: /x: Read-only file system" "touch: /etc/x: Read-only file system" "touch: /run/x: Read-only file system" written
	expect_mount / 'ro,relatime *'
	[ -e volume/x ] && [ ! -e root/x ]
	# The host's own mount stays writable.
	touch root/host
}

@test "masks: a root that is not read-only is written to" {
	run -0 container_run "$root" sh -c 'echo made >/etc/new; cat /proc/self/mountinfo'
	expect_mount / 'rw,relatime *'
	[ "$(cat root/etc/new)" = made ]
}

# --- who may undo it ------------------------------------------------------------------------------------------

@test "masks: in a user namespace of its own a process cannot take masks and read-only paths off" {
	user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings | .process.user = {uid: 1000, gid: 1000}'
	run container_run "$root | $user | .linux.maskedPaths = [\"/data/sub\"] | .linux.readonlyPaths = [\"/etc\"] | .root.readonly = true" \
		unshare -U -r -m sh -c 'exec 2>&1; umount /data/sub; umount /etc; mount -o remount,bind,rw /etc; mount -o remount,bind,rw /; touch /x /etc/x; true'
	expect_status 0
	expect_text "umount: can't unmount /data/sub: Invalid argument" "umount: can't unmount /etc: Invalid argument" \
		"touch: /x: Read-only file system" "touch: /etc/x: Read-only file system"
}
