#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The container's root: where it is, how it is entered, what of the host is left.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

teardown() {
	[ -z "${ID-}" ] || nsinit delete --force "$ID" 2>/dev/null || :
	host_end
}

@test "rootfs: the root is the directory that the spec names, and no mount of the host is left" {
	mkdir root && rootfs_make root && echo mine >root/etc/mine
	run -0 container_run '.root.path = $dir + "/root"' sh -c 'cat /etc/mine; ls /..; cat /proc/self/mountinfo; pwd; stat -c "%m %n" /'
	expect_text mine "/ /"
	[ "$(awk '$5 == "/"' <<<"$output" | wc -l)" -eq 1 ]
	# Everything is on or below the one root; nothing is outside it, nothing on top.
	! awk '$5 ~ "^(" ENVIRON["BATS_RUN_TMPDIR"] ")"' <<<"$output" | grep .
	before=$(grep -c . /proc/self/mountinfo)
	[ "$(awk '$5 != ""' <<<"$output" | grep -c ' - ')" -lt "$((before + 40))" ]
}

@test "rootfs: a relative path starts at the bundle, or at the spec file" {
	mkdir -p bundle/inner && rootfs_make bundle/inner && echo inner >bundle/inner/etc/mine
	new_id
	bundle_make bundle '.root.path = "inner" | .process.args = ["cat", "/etc/mine"]'
	cd /
	run -0 nsinit run --bundle "$TEST_DIR/bundle" "$ID"
	expect_output inner
	run -0 nsinit run --spec "$TEST_DIR/bundle/config.json" "$ID"
	expect_output inner
	cd "$TEST_DIR/bundle"
	run -0 nsinit run "$ID"
	expect_output inner
}

@test "rootfs: a path that is none, a file, or absent" {
	touch file
	refused() {
		run container_run ".root.path = $1" true
		expect_status 125
		expect_text "${@:2}"
	}
	refused '$dir + "/absent"' "open_tree $PWD/absent: No such file or directory" "/root/path"
	refused '$dir + "/file"' "$PWD/file" "/root/path" "directory"
	refused '""' "/root/path"
	refused '3' "/root/path" string
}

@test "rootfs: with mounts below it on the host they come along" {
	host_begin
	mkdir root && rootfs_make root && mkdir root/extra
	host mount -t tmpfs tmpfs root/extra
	host touch root/extra/file
	run -0 container_run '.root.path = $dir + "/root"' sh -c 'ls /extra; cat /proc/self/mountinfo'
	expect_text file
	expect_mount /extra 'rw,relatime *'
}

@test "rootfs: pivot_root and --no-pivot give the same view" {
	for pivot in "" --no-pivot; do
		container_spec . sh -c 'ls -a / /..; ls /proc/1/root/; cut -d" " -f5- /proc/self/mountinfo | sed -n 1p; pwd; ls -d /tmp/w 2>&1; true'
		run -0 nsinit run $pivot --spec "$TEST_DIR/$ID.json" "$ID"
		views+=("$output")
	done
	expect_text "No such file"
	[ "${views[0]}" = "${views[1]}" ] || diff <(echo "${views[0]}") <(echo "${views[1]}") >&2
}

@test "rootfs: with --no-pivot the host's root cannot be reached" {
	container_spec '.process.capabilities.bounding += ["CAP_SYS_CHROOT", "CAP_SYS_ADMIN"] | .process.capabilities.effective += ["CAP_SYS_CHROOT", "CAP_SYS_ADMIN"]
		| .process.capabilities.permitted += ["CAP_SYS_CHROOT", "CAP_SYS_ADMIN"] | .root.readonly = false' \
		sh -c 'mkdir -p /tmp/jail; cd /; chroot /tmp/jail /../../../bin/true 2>&1; cd ..; cd ..; pwd; ls -d etc/passwd; cat /proc/self/mountinfo'
	run nsinit run --no-pivot --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "$(printf '/\netc/passwd')"
	[ "$(awk '$5 == "/"' <<<"$output" | wc -l)" -le 2 ]
}

# host_copy DIR: the host's directories that the runtime needs, bound into DIR, and "outside", which no container has.
host_copy() {
	local tops
	tops=$(printf '%s\n' bin sbin lib lib64 usr etc proc dev sys tmp "$(cut -d/ -f2 <<<"$NSTOOLS_BUILD")" \
		"$(cut -d/ -f2 <<<"$BATS_RUN_TMPDIR")" | sort -u)
	host sh -c 'cd "$1"; shift; for d; do
		[ ! -d "/$d" ] || [ -L "/$d" ] || { mkdir "$d" && mount --rbind "/$d" "$d"; }
		[ ! -L "/$d" ] || cp -P "/$d" "$d"
	done; mkdir -p outside' sh "$1" $tops
}

@test "rootfs: from below a root that is a ramfs, with --no-pivot" {
	host_begin
	mkdir ram
	# The runtime's own root is a ramfs with the host's directories bound into it, entered by chroot.
	host mount -t ramfs ramfs ram
	host_copy ram
	container_spec . sh -c 'ls /; cat /proc/self/mountinfo'
	[ -x "$NSINIT" ]
	run host chroot "$PWD/ram" "$NSINIT" --root "$STATE" run --no-pivot --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 0
	expect_text "$(printf 'bin\ndev\netc\n')"
	expect_no_text outside
	# pivot_root wants its old root to be a mount; a ramfs in a chroot it may be.
	container_spec . cat /proc/self/mountinfo
	run host chroot "$PWD/ram" "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 0
	[ "$(awk '$5 == "/"' <<<"$output" | wc -l)" -eq 1 ]
}

@test "rootfs: on a ramfs itself" {
	host_begin
	mkdir ram
	host mount -t ramfs ramfs ram
	host cp -a "$ROOTFS" ram/root
	host chmod 755 ram
	for pivot in "" --no-pivot; do
		container_spec '.root.path = $dir + "/ram/root"' cat /proc/self/mountinfo
		run -0 nsinit run $pivot --spec "$TEST_DIR/$ID.json" "$ID"
		expect_mount / 'ro,relatime * ramfs ramfs *'
	done
}

@test "rootfs: from within a chroot that is no mount point" {
	host_begin
	mkdir jail
	host_copy jail
	container_spec . ls /
	run host chroot "$PWD/jail" "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 125
	expect_text "mount propagation of /: Invalid argument" "hint: the root that nsinit itself runs in is not a mount point, as in a chroot: mount it on itself (mount --bind)"
	host mount --rbind jail jail
	run host chroot "$PWD/jail" "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 0
	expect_text bin
	expect_no_text outside
}

@test "rootfs: from within another container, a container" {
	mkdir -p nested && rootfs_make nested
	mount='{type: "bind", options: ["rbind"]}'
	container_spec '.root.path = $dir + "/nested" | .root.readonly = false | .linux.readonlyPaths = [] | .linux.maskedPaths = []
		| .linux.resources.devices = [{allow: true, access: "rwm"}] | .process.noNewPrivileges = false
		| .mounts |= map(if .type == "cgroup" then .options = ["rw"] else . end)' true
	jq --arg source "$NSTOOLS_SOURCE" --arg build "$NSTOOLS_BUILD" --arg run "$BATS_RUN_TMPDIR" --arg nsinit "$NSINIT" '
		["CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SETUID", "CAP_SETGID", "CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_SETPCAP", "CAP_NET_ADMIN",
			"CAP_SYS_RESOURCE", "CAP_FOWNER", "CAP_CHOWN", "CAP_KILL", "CAP_AUDIT_WRITE", "CAP_NET_BIND_SERVICE"] as $caps
		| .process.capabilities |= map_values($caps)
		| .mounts += [{destination: "/run", type: "tmpfs", source: "tmpfs", options: ["mode=755"]}, {destination: "/tmp", type: "tmpfs", source: "tmpfs"}]
		| .mounts += ["/usr", "/lib", "/lib64", $build | {destination: ., source: ., type: "bind", options: ["rbind", "ro"]}]
		| .process.args = ["sh", "-c", ("mkdir -p /tmp/r/bin /tmp/r/proc /tmp/r/dev && cp /bin/busybox /tmp/r/bin/sh && " + $nsinit
			+ " --cgroup-manager disabled run --rootfs /tmp/r -- /bin/sh -c \"echo inner \\$\\$\"")]' \
		"$TEST_DIR/$ID.json" >nested.json
	run nsinit run --spec nested.json "$ID"
	expect_status 0
	expect_text "inner 1"
}
