#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The working directory: runtime-spec's config.md ("Process", cwd), and chdir(2).
load ../helper

# shellcheck disable=SC2154,SC2016

@test "cwd: the directory, and PWD is not made up" {
	run -0 container_run '.process.cwd = "/usr/bin"' sh -c 'pwd; readlink /proc/self/cwd'
	expect_output "$(printf '/usr/bin\n/usr/bin')"
	# bind mount of a directory that only the container has
	run -0 container_run '.process.cwd = "/dev/shm"' readlink /proc/self/cwd
	expect_output /dev/shm
}

# cwd_made FILTER COMMAND...: in the root r, whose cwd is not there.
cwd_made() {
	local filter=$1
	shift
	run container_run ".root = {path: (\$dir + \"/r\"), readonly: true} | $filter" "$@"
}

@test "cwd: what is missing of it is made, root's, in a read-only root and for any user; as crun and runc have it" {
	rootfs_make r
	cwd_made '.process.cwd = "/made/../made/here" | .process.user = {uid: 1000, gid: 1000}' readlink /proc/self/cwd
	expect_status 0
	expect_output /made/here
	[ "$(stat -c '%u:%g %a' r/made r/made/here | sort -u)" = "0:0 755" ]
	# On a volume and on a tmpfs, not below them.
	mkdir volume
	cwd_made '.process.cwd = "/v/new" | .mounts += [{destination: "/v", type: "bind", source: ($dir + "/volume"), options: ["bind"]}]' pwd
	expect_output /v/new
	[ -d volume/new ] && [ ! -e r/v/new ]
	cwd_made '.process.cwd = "/dev/shm/new"' pwd
	expect_output /dev/shm/new
	# Links of the image stay inside, and those of /proc lead nowhere.
	ln -s "$TEST_DIR/outside" r/absolute
	ln -s "../../../../../../../..$TEST_DIR/outside" r/relative
	local link
	for link in absolute relative; do
		cwd_made ".process.cwd = \"/$link/$link\"" readlink /proc/self/cwd
		expect_output "$TEST_DIR/outside/$link"
	done
	[ ! -e outside ] && [ -d "r$TEST_DIR/outside/absolute" ]
	ln -s /proc/1/root r/magic
	cwd_made ".process.cwd = \"/magic$TEST_DIR/other\"" true
	expect_status 125
	[ ! -e outside ] && [ ! -e other ]
	# exec makes none.
	keep_start
	run -125 nsinit exec --cwd /tmp/none "$ID" true
	expect_text "chdir /tmp/none: No such file or directory" "must exist in the container"
	[ ! -e "$ROOTFS/tmp/none" ]
}

@test "cwd: why one was not made is told" {
	rootfs_make r
	cwd_made '.process.cwd = "/t/x" | .mounts += [{destination: "/t", type: "tmpfs", source: "t", options: ["nr_inodes=1"]}]' true
	expect_status 125
	expect_text "chdir /t/x: No such file or directory" "/process/cwd" "could not be made: No space left on device"
	cwd_made '.process.cwd = "/t/x" | .mounts += [{destination: "/t", type: "tmpfs", source: "t", options: ["ro"]}]' true
	expect_status 125
	expect_text "could not be made: Read-only file system"
}

@test "cwd: absent and not to be made, no directory, relative, none" {
	run container_run '.process.cwd = "/proc/none"' true
	expect_status 125
	expect_text "chdir" "/proc/none: No such file or directory" "/process/cwd" "must exist in the container"
	run container_run '.process.cwd = "/etc/passwd"' true
	expect_status 125
	expect_text "chdir" "/etc/passwd: Not a directory" "/process/cwd"
	run container_run '.process.cwd = "usr"' true
	expect_status 125
	expect_text "/process/cwd" "absolute"
	run container_run 'del(.process.cwd)' true
	expect_status 125
	expect_text "/process/cwd"
}

@test "cwd: one that its user cannot search, but root can: as crun and runc have it" {
	rootfs_make r
	mkdir -m 700 r/private
	run -0 container_run '.root.path = $dir + "/r" | .process.cwd = "/private" | .process.user = {uid: 1000, gid: 1000}' \
		sh -c 'id -u; readlink /proc/self/cwd; ls /private 2>&1 || :'
	expect_text 1000 /private "Permission denied"
	# and one that only the user can search: a directory of its own where root may not (no CAP_DAC_OVERRIDE needed)
	mkdir -m 700 r/home && chown 1000:1000 r/home
	run -0 container_run '.root.path = $dir + "/r" | .process.cwd = "/home" | .process.user = {uid: 1000, gid: 1000}' \
		sh -c 'cd . && pwd'
	expect_output /home
}

@test "cwd: exec takes the container's, or --cwd" {
	keep_start '.process.cwd = "/usr"'
	run -0 nsinit exec "$ID" pwd
	expect_output /usr
	run -0 nsinit exec --cwd /etc "$ID" pwd
	expect_output /etc
	run nsinit exec --cwd etc "$ID" pwd
	expect_status 125
	expect_text '--cwd: expected an absolute path, found "etc"'
	run nsinit exec --cwd /no/such "$ID" pwd
	expect_status 125
	expect_text "/no/such: No such file or directory"
}
