#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Mounts: binds of files and directories, new file systems, where they go and what a refusal says.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

setup() {
	test_begin
	MOUNTS=
	mount_add /m tmpfs tmpfs
}

teardown() { host_end; }

# --- binds --------------------------------------------------------------------------------------------------

@test "mounts: a directory and a file are bound, where nothing was and where something was" {
	mkdir -p source/sub && echo one >source/file && echo two >single
	mount_add /m/new/deep/dir bind "$PWD/source" bind
	mount_add /m/new/deep/file bind "$PWD/single" bind
	mount_add /etc/passwd bind "$PWD/single" bind,ro
	mount_add /etc bind "$PWD/source" bind
	mount_add /etc/file bind "$PWD/single" bind
	run -0 container_run ".mounts += [$MOUNTS]" sh -c 'cat /m/new/deep/dir/file /m/new/deep/file /etc/file
		ls /etc; stat -c "%A %u" /m/new /m/new/deep; echo changed >/m/new/deep/file; ls /m/new/deep'
	expect_output "$(printf '%s\n' one two two file sub 'drwxr-xr-x 0' 'drwxr-xr-x 0' dir file)"
	[ "$(cat single)" = changed ]
	[ "$(cat source/file)" = one ]
}

@test "mounts: bind shows the directory alone, rbind what is mounted below too" {
	host_begin
	mkdir source
	host mount -t tmpfs tmpfs source
	host sh -c 'mkdir source/sub && mount -t tmpfs tmpfs source/sub && touch source/sub/below && chmod 755 source'
	mount_add /m/bind bind "$PWD/source" bind
	mount_add /m/rbind none "$PWD/source" rbind
	run -0 container_run ".mounts += [$MOUNTS]" sh -c 'echo /m/*/sub/*; cat /proc/self/mountinfo'
	expect_text "/m/rbind/sub/below"
	expect_no_text "/m/bind/sub/below"
	expect_no_mount /m/bind/sub
	expect_mount /m/rbind/sub 'rw,relatime *'
}

@test "mounts: a relative source starts at the bundle" {
	mkdir -p bundle/data elsewhere && echo here >bundle/data/file
	new_id
	bundle_make bundle '.mounts += [{destination: "/tmp", type: "bind", source: "data", options: ["bind"]}]
		| .process.args = ["cat", "/tmp/file"]'
	cd elsewhere
	run -0 nsinit run --bundle ../bundle "$ID"
	expect_output here
}

@test "mounts: sources and destinations with odd names" {
	odd='a b	c\d,e:f"gü'
	mkdir "$odd" && echo odd >"$odd/file"
	new_id
	spec_make --arg odd "$odd" '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"},
		{destination: ("/tmp/" + $odd + "//x/./y/../"), type: "bind", source: ($dir + "/" + $odd), options: ["bind"]}]
		| .process.args = ["cat", "/tmp/" + $odd + "/x/file"]' >spec.json
	run -0 nsinit run --spec spec.json "$ID"
	expect_output odd
}

@test "mounts: what cannot be bound says so, and where in the spec it stands" {
	mkdir dir && touch file
	refused() {
		run container_run ".mounts += [{destination: \"$1\", type: \"bind\", source: \"$2\", options: [\"bind\"]}]" true
		expect_status 125
		expect_text "${@:3}"
	}
	refused /tmp "$PWD/absent" "open_tree $PWD/absent: No such file or directory" "/mounts/7"
	refused /etc/passwd "$PWD/dir" "move_mount /etc/passwd: Not a directory" "/mounts/7" "hint: the source is a directory, the target a file"
	refused /tmp "$PWD/file" "move_mount /tmp: Not a directory" "hint: the source is a file, the target a directory"
	refused /etc/passwd/x "$PWD/dir" "make mount point /etc/passwd/x: Not a directory" "/mounts/7"
	refused /proc/nothing/here "$PWD/dir" "make mount point /proc/nothing/here: No such file or directory" "nothing can be made in proc"
	refused /sys/nothing "$PWD/dir" "make mount point /sys/nothing: "
	run container_run '.mounts += [{destination: "/tmp", type: "bind", options: ["bind"]}]' true
	expect_status 125
	expect_text "a bind mount needs a source" "/mounts/7"
}

@test "mounts: a mount point missing on a read-only file system says which directory to make" {
	host_begin
	mkdir dir root
	rootfs_make root
	host mount --bind root root
	host mount -o remount,bind,ro root
	run container_run '.root.path = $dir + "/root" | .mounts += [{destination: "/absent", type: "bind", source: ($dir + "/dir"),
		options: ["bind"]}]' true
	expect_status 125
	expect_text "make mount point /absent: Read-only file system" "/mounts/7" \
		"hint: the file system below it is read-only: make /absent in the root file system beforehand"
	run container_run '.root.path = $dir + "/root" | .mounts += [{destination: "/tmp", type: "bind", source: ($dir + "/dir"),
		options: ["bind"]}]' sh -c 'touch /tmp/written && echo done'
	expect_status 0
	expect_output done
}

@test "mounts: a mount of type bind without the option says what is missing" {
	run container_run '.mounts += [{destination: "/tmp", type: "bind", source: "/usr"}]' true
	expect_status 125
	expect_text "/mounts/7" 'hint: a bind mount has the option "bind" or "rbind"'
	run container_run '.mounts += [{destination: "/tmp", source: "/usr"}]' true
	expect_status 125
	expect_text "needs a type, or the option bind, rbind, remount or a propagation" "/mounts/7"
}

# --- links at source and destination -------------------------------------------------------------------------

@test "mounts: src-nofollow and copy-symlink take the link itself, otherwise it is followed" {
	echo content >target && ln -s target link
	mount_add /m/followed bind "$PWD/link" bind
	mount_add /m/copied bind "$PWD/link" bind,copy-symlink
	mount_add /m/plain bind "$PWD/target" bind,copy-symlink
	mount_add /m/plain-too bind "$PWD/target" bind,src-nofollow
	run -0 container_run ".mounts += [$MOUNTS]" sh -c 'cat /m/followed /m/plain /m/plain-too; readlink /m/copied'
	expect_output "$(printf '%s\n' content content content target)"
}

@test "mounts: a link bound by src-nofollow on a link with dest-nofollow" {
	mkdir root
	rootfs_make root
	echo host >target && ln -s target link
	echo image >root/etc/image-file && ln -s image-file root/etc/image-link
	run container_run '.root.path = $dir + "/root" | .mounts += [{destination: "/etc/image-link", type: "bind",
		source: ($dir + "/link"), options: ["bind", "src-nofollow", "dest-nofollow"]}]' \
		sh -c 'readlink /etc/image-link; cat /etc/image-file'
	expect_status 0
	expect_output "$(printf '%s\n' target image)"
}

@test "mounts: dest-nofollow does not follow the last link" {
	mkdir root && rootfs_make root
	echo host >file
	echo image >root/etc/real && ln -s real root/etc/link
	run -0 container_run '.root.path = $dir + "/root" | .mounts += [{destination: "/etc/link", type: "bind", source: ($dir + "/file"),
		options: ["bind"]}]' sh -c 'readlink /etc/link; cat /etc/link /etc/real'
	expect_output "$(printf '%s\n' real host host)"
	run container_run '.root.path = $dir + "/root" | .mounts += [{destination: "/etc/link", type: "bind", source: ($dir + "/file"),
		options: ["bind", "dest-nofollow"]}]' sh -c 'cat /etc/link /etc/real'
	expect_status 0
	expect_output "$(printf '%s\n' host image)"
	[ "$(cat root/etc/real)" = image ]
}

@test "mounts: copy-symlink at a link that is there" {
	mkdir root && rootfs_make root
	ln -s target link
	ln -s target root/etc/same && ln -s other root/etc/different
	mount='{type: "bind", source: ($dir + "/link"), options: ["bind", "copy-symlink"]}'
	run -0 container_run ".root.path = \$dir + \"/root\" | .mounts += [$mount + {destination: \"/etc/same\"}]" readlink /etc/same
	expect_output target
	run container_run ".root.path = \$dir + \"/root\" | .mounts += [$mount + {destination: \"/etc/different\"}]" readlink /etc/different
	expect_status 125
	expect_text "/etc/different" "File exists" "/mounts/7"
}

# --- tmpfs --------------------------------------------------------------------------------------------------

@test "mounts: a tmpfs has the mode of the directory it covers, or the mode, owner and size asked for" {
	mkdir root && rootfs_make root
	mkdir -m 2750 root/kept && chown 5:6 root/kept
	mkdir -m 1777 root/sticky && ln -s sticky root/link
	mount_add /kept tmpfs tmpfs nosuid
	mount_add /sticky tmpfs tmpfs
	mount_add /new/here tmpfs tmpfs
	mount_add /var/tmp tmpfs tmpfs mode=717,uid=7,gid=8,size=64k,nr_inodes=5
	run -0 container_run ".root.path = \$dir + \"/root\" | .mounts += [$MOUNTS]" sh -c 'stat -c "%n %a" /kept /sticky /new/here /m
		stat -c "%n %a %u %g" /var/tmp; cd /var/tmp; head -c 100000 /dev/zero >/var/tmp/big; ls -l big | tr -s " " | cut -d" " -f5
		touch a b c d e 2>&1; true'
	expect_text "/kept 2750" "/sticky 1777" "/new/here 1777" "/m 1777" "/var/tmp 717 7 8" "65536" "touch: e: No space left on device"
}

@test "mounts: tmpcopyup fills a tmpfs with what it covers" {
	mkdir root && rootfs_make root
	mkdir -p root/data/sub
	echo content >root/data/file && chmod 4755 root/data/file && chown 11:12 root/data/file
	chown 11:12 root/data/sub && chmod 2775 root/data/sub && echo deep >root/data/sub/file
	ln -s sub/file root/data/link && mknod root/data/fifo p && chmod 1775 root/data
	touch -d 2001-02-03T04:05:06 root/data/file
	chmod 4755 root/data/file
	before=$(state_of root/data)
	run -0 container_run '.root.path = $dir + "/root" | .mounts += [
		{destination: "/data", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "size=1m"]}]' \
		sh -c 'cd /data; stat -c "%n %A %u %g" . file sub fifo; stat -c %Y file; cat file link; echo new >new; cat /proc/self/mountinfo'
	expect_text ". drwxrwxr-t 0 0" "file -rwsr-xr-x 11 12" "sub drwxrwsr-x 11 12" "fifo p" 981173106 content deep
	expect_mount /data 'rw,relatime private tmpfs tmpfs *size=1024k*'
	[ "$(state_of root/data)" = "$before" ]
	run -0 container_run '.root.path = $dir + "/root" | .mounts += [
		{destination: "/data", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "ro", "noexec"]}]' \
		sh -c 'cat /data/file; touch /data/x 2>&1; cat /proc/self/mountinfo'
	expect_text content "touch: /data/x: Read-only file system"
	expect_options /data ro,noexec,relatime
	run container_run '.root.path = $dir + "/root" | .mounts += [
		{destination: "/data", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "size=4k"]}]' true
	expect_status 125
	expect_text "/data" "(copying up)" "No space left on device" "/mounts/7"
	run container_run '.mounts += [{destination: "/tmp", type: "bind", source: "/usr", options: ["bind", "tmpcopyup"]}]' true
	expect_status 125
	expect_text "tmpcopyup is only valid for a tmpfs" "/mounts/7/options"
}

# --- the kernel's own file systems -----------------------------------------------------------------------------

@test "mounts: proc, sysfs, mqueue and devpts are the container's own" {
	run -0 container_run '.mounts |= map(if .type == "devpts" then .options = ["newinstance", "ptmxmode=0600", "mode=0640", "gid=7", "max=3"] else . end)
		| .mounts[0].options = ["nosuid", "nodev", "noexec", "hidepid=2"]' \
		sh -c 'cat /proc/self/mountinfo; stat -c "%n %a" /dev/pts/ptmx /dev/mqueue /dev/shm /proc; ls /dev/mqueue /dev/pts; readlink /dev/ptmx'
	expect_mount /proc 'rw,nosuid,nodev,noexec,relatime private proc proc rw,hidepid=*'
	expect_mount /dev/pts 'rw,relatime private devpts devpts rw,gid=7,mode=640,ptmxmode=600,max=3*'
	expect_mount /dev/mqueue 'rw,nosuid,nodev,noexec,relatime private mqueue mqueue rw*'
	expect_mount /sys 'ro,nosuid,nodev,noexec,relatime private sysfs sysfs *'
	expect_text "/dev/pts/ptmx 600" "/dev/mqueue 1777" "/dev/shm 1777" "/proc 555" "pts/ptmx"
}

@test "mounts: an unknown file system is told from one that is refused" {
	run container_run '.mounts += [{destination: "/tmp", type: "nosuchfs", source: "x"}]' true
	expect_status 125
	expect_text "fsopen nosuchfs on /tmp: No such device" "/mounts/7" \
		'hint: this kernel has no file system "nosuchfs" (/proc/filesystems lists those it has)'
}

# --- a user namespace ------------------------------------------------------------------------------------------

user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'

@test "mounts: in a user namespace everything the standard spec mounts is there, with its flags" {
	run -0 container_run "$user" sh -c 'cat /proc/self/mountinfo; touch /sys/x 2>&1; touch /dev/shm/x && echo shm
		stat -c "%n %u" /dev/shm /dev/pts /proc/1'
	expect_mount /proc 'rw,relatime private proc proc *'
	expect_mount /dev 'rw,nosuid private tmpfs tmpfs *'
	expect_mount /dev/pts 'rw,nosuid,noexec,relatime private devpts devpts *gid=*,mode=620,ptmxmode=666*'
	expect_mount /sys 'ro,nosuid,nodev,noexec,relatime private sysfs sysfs *'
	expect_text "/dev/shm 0" "/dev/pts 0" "shm"
}

@test "mounts: sysfs in a user namespace without a network of its own is the host's, read-only throughout" {
	run -0 container_run "$user | .linux.namespaces |= map(select(.type != \"network\"))
		| .mounts |= map(select(.type != \"cgroup\"))
		| .mounts |= map(if .type == \"sysfs\" then .options = [\"nosuid\", \"noexec\", \"nodev\", \"rw\"] else . end)" \
		sh -c 'cat /proc/self/mountinfo; touch /sys/fs/cgroup/x 2>&1; ls -d /sys/kernel'
	expect_options /sys ro,nosuid,nodev,noexec,relatime
	# And whatever the host has mounted below.
	! awk '$5 ~ "^/sys/" && $6 !~ "^ro," { print; bad = 1 } END { exit !bad }' <<<"$output"
	expect_text "/sys/kernel" "Read-only file system"
}

@test "mounts: an unprivileged user mounts what the standard spec does" {
	run as_user "$NSTOOLS_BUILD/tools/nsinit/nsinit" spec --rootless
	expect_status 0
	jq --arg root "$ROOTFS" '.root.path = $root | .process.args = ["sh", "-c", "cat /proc/self/mountinfo; touch /tmp/t /dev/shm/s && ls /dev/shm"]
		| .mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=1777"]}]
		| .process.terminal = false | .root.readonly = true' <<<"$output" >spec.json
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/spec.json" rootless-mounts
	expect_status 0
	expect_mount /proc '* private proc proc *'
	expect_mount /tmp '* private tmpfs tmpfs *'
	expect_text "s"
}
