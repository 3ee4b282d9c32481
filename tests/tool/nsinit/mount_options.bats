#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Mount options: those of OCI config.md and mount(8), each seen from inside in /proc/self/mountinfo.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

setup() {
	test_begin
	MOUNTS=
	mount_add /m tmpfs tmpfs
}

teardown() { host_end; }

# Reads NAME OPTIONS EXPECTED from standard input and adds a mount on /m/NAME for each: add TYPE SOURCE.
add_table() {
	local name options expected
	TABLE=$(cat)
	while read -r name options expected; do
		[ -n "$expected" ] || { echo "table: $name $options" >&2; return 1; }
		mount_add "/m/$name" "$1" "$2" "$options"
	done <<<"$TABLE"
}

expect_table() {
	local name options expected bad=0
	while read -r name options expected; do
		expect_mount "/m/$name${1-}" "$expected" || bad=1
	done <<<"$TABLE"
	return $bad
}

@test "mount options: each option of a new file system" {
	add_table tmpfs tmpfs <<-'E'
		ro            ro             ro,relatime *
		rw            rw             rw,relatime *
		nosuid        nosuid         rw,nosuid,relatime *
		suid          suid           rw,relatime *
		nodev         nodev          rw,nodev,relatime *
		dev           dev            rw,relatime *
		noexec        noexec         rw,noexec,relatime *
		exec          exec           rw,relatime *
		noatime       noatime        rw,noatime *
		atime         atime          rw,relatime *
		nodiratime    nodiratime     rw,nodiratime,relatime *
		diratime      diratime       rw,relatime *
		relatime      relatime       rw,relatime *
		norelatime    norelatime     rw,relatime *
		strictatime   strictatime    rw *
		nostrictatime nostrictatime  rw,relatime *
		sync          sync           rw,relatime private tmpfs tmpfs rw,sync*
		async         async          rw,relatime private tmpfs tmpfs rw*
		dirsync       dirsync        rw,relatime private tmpfs tmpfs rw,dirsync*
		lazytime      lazytime       rw,relatime private tmpfs tmpfs rw,lazytime*
		nolazytime    nolazytime     rw,relatime private tmpfs tmpfs rw*
		iversion      iversion       rw,relatime private tmpfs tmpfs rw*
		noiversion    noiversion     rw,relatime private tmpfs tmpfs rw*
		mand          mand           rw,relatime private tmpfs tmpfs rw*
		nomand        nomand         rw,relatime private tmpfs tmpfs rw*
		silent        silent         rw,relatime private tmpfs tmpfs rw*
		loud          loud           rw,relatime private tmpfs tmpfs rw*
		defaults      defaults       rw,relatime private tmpfs tmpfs rw*
		all           ro,nosuid,nodev,noexec,noatime,nodiratime,sync ro,nosuid,nodev,noexec,noatime,nodiratime private tmpfs tmpfs *sync*
		all-iversion  ro,nosuid,nodev,noexec,iversion ro,nosuid,nodev,noexec,relatime *
		data          mode=711,size=64k,uid=3,gid=4,nr_inodes=9 rw,relatime private tmpfs tmpfs rw,size=64k,nr_inodes=9,mode=711,uid=3,gid=4*
	E
	run -0 container_run ".mounts += [$MOUNTS]" cat /proc/self/mountinfo
	expect_table
	expect_mount /m/sync '* *,sync*'
	[[ $(mount_of /m/async 5) != *sync* && $(mount_of /m/nolazytime 5) != *lazytime* ]]
}

@test "mount options: the later of two wins" {
	add_table tmpfs tmpfs <<-'E'
		1  ro,rw                     rw,relatime *
		2  rw,ro                     ro,relatime *
		3  nosuid,suid               rw,relatime *
		4  nodev,dev                 rw,relatime *
		5  noexec,exec               rw,relatime *
		6  noatime,atime             rw,relatime *
		7  noatime,relatime          rw,relatime *
		8  noatime,strictatime       rw *
		9  strictatime,noatime       rw,noatime *
		10 strictatime,nostrictatime rw,relatime *
		11 strictatime,relatime      rw,relatime *
		12 nodiratime,diratime       rw,relatime *
		13 sync,async                rw,relatime private tmpfs tmpfs rw*
		14 lazytime,nolazytime       rw,relatime private tmpfs tmpfs rw*
		15 iversion,noiversion       rw,relatime private tmpfs tmpfs rw*
		16 ro,ro,ro                  ro,relatime *
	E
	run -0 container_run ".mounts += [$MOUNTS]" cat /proc/self/mountinfo
	expect_table
	[[ $(mount_of /m/13 5) != *sync* && $(mount_of /m/14 5) != *lazytime* ]]
}

@test "mount options: a bind keeps its source's flags, and options set and clear them" {
	host_begin
	mkdir flags plain
	host mount -t tmpfs -o ro,nosuid,nodev,noexec,noatime,nodiratime tmpfs flags
	host mount -t tmpfs tmpfs plain
	add_table bind "$PWD/flags" <<-'E'
		same        bind            ro,nosuid,nodev,noexec,noatime,nodiratime *
		rw          bind,rw         rw,nosuid,nodev,noexec,noatime,nodiratime *
		suid        bind,suid       ro,nodev,noexec,noatime,nodiratime *
		dev         bind,dev        ro,nosuid,noexec,noatime,nodiratime *
		exec        bind,exec       ro,nosuid,nodev,noatime,nodiratime *
		atime       bind,atime      ro,nosuid,nodev,noexec,nodiratime,relatime *
		relatime    bind,relatime   ro,nosuid,nodev,noexec,nodiratime,relatime *
		strictatime bind,strictatime ro,nosuid,nodev,noexec,nodiratime *
		diratime    bind,diratime   ro,nosuid,nodev,noexec,noatime *
		none        bind,rw,suid,dev,exec,relatime,diratime rw,relatime *
	E
	one=$TABLE
	add_table bind "$PWD/plain" <<-'E'
		p-same       bind            rw,relatime *
		p-ro         bind,ro         ro,relatime *
		p-nosuid     bind,nosuid     rw,nosuid,relatime *
		p-nodev      bind,nodev      rw,nodev,relatime *
		p-noexec     bind,noexec     rw,noexec,relatime *
		p-noatime    bind,noatime    rw,noatime *
		p-nodiratime bind,nodiratime rw,nodiratime,relatime *
		p-type-none  ro,bind         ro,relatime *
	E
	run -0 container_run ".mounts += [$MOUNTS]" cat /proc/self/mountinfo
	expect_table
	TABLE=$one
	expect_table
	run -0 host cat /proc/self/mountinfo
	expect_options "$PWD/flags" ro,nosuid,nodev,noexec,noatime,nodiratime
	expect_options "$PWD/plain" rw,relatime
}

@test "mount options: the recursive ones reach what is mounted below, the others do not" {
	needs_kernel 5.12
	host_begin
	mkdir set clear
	host mount -t tmpfs tmpfs set
	host mount -t tmpfs -o ro,nosuid,nodev,noexec,noatime,nodiratime tmpfs clear
	host sh -c 'mkdir set/sub && mount -t tmpfs tmpfs set/sub
		mount -o remount,rw clear && mkdir clear/sub && mount -o remount,ro clear
		mount -t tmpfs -o ro,nosuid,nodev,noexec,noatime,nodiratime tmpfs clear/sub'
	add_table bind "$PWD/set" <<-'E'
		rro           rbind,rro           ro,relatime *
		rnosuid       rbind,rnosuid       rw,nosuid,relatime *
		rnodev        rbind,rnodev        rw,nodev,relatime *
		rnoexec       rbind,rnoexec       rw,noexec,relatime *
		rnoatime      rbind,rnoatime      rw,noatime *
		rstrictatime  rbind,rstrictatime  rw *
		rnodiratime   rbind,rnodiratime   rw,nodiratime,relatime *
		rro-rrw       rbind,rro,rrw       rw,relatime *
		every         rbind,rro,rnosuid,rnodev,rnoexec,rnoatime ro,nosuid,nodev,noexec,noatime *
		not-recursive rbind               rw,relatime *
	E
	set=$TABLE
	add_table bind "$PWD/clear" <<-'E'
		rrw           rbind,rrw           rw,nosuid,nodev,noexec,noatime,nodiratime *
		rsuid         rbind,rsuid         ro,nodev,noexec,noatime,nodiratime *
		rdev          rbind,rdev          ro,nosuid,noexec,noatime,nodiratime *
		rexec         rbind,rexec         ro,nosuid,nodev,noatime,nodiratime *
		ratime        rbind,ratime        ro,nosuid,nodev,noexec,nodiratime,relatime *
		rrelatime     rbind,rrelatime     ro,nosuid,nodev,noexec,nodiratime,relatime *
		rnorelatime   rbind,rnorelatime   ro,nosuid,nodev,noexec,nodiratime,relatime *
		rnostrictatime rbind,rnostrictatime ro,nosuid,nodev,noexec,nodiratime,relatime *
		rdiratime     rbind,rdiratime     ro,nosuid,nodev,noexec,noatime *
	E
	mount_add /m/top-only bind "$PWD/set" rbind,ro,nosuid,noexec
	run -0 container_run ".mounts += [$MOUNTS]" cat /proc/self/mountinfo
	expect_table
	expect_table /sub
	TABLE=$set
	expect_table
	expect_table /sub
	expect_options /m/top-only ro,nosuid,noexec,relatime
	expect_options /m/top-only/sub rw,relatime
}

@test "mount options: nosymfollow and its kin" {
	needs_kernel 5.14
	mkdir -p source
	echo content >source/file && ln -s file source/link
	mount_add /m/on bind "$PWD/source" bind,nosymfollow
	mount_add /m/off bind "$PWD/source" bind,nosymfollow,symfollow
	mount_add /m/new tmpfs tmpfs nosymfollow
	mount_add /m/r-on bind "$PWD/source" rbind,rnosymfollow
	mount_add /m/r-off bind "$PWD/source" rbind,rnosymfollow,rsymfollow
	run -0 container_run ".mounts += [$MOUNTS]" sh -c 'cat /proc/self/mountinfo
		for d in on off r-on r-off; do echo "$d: $(cat /m/$d/link 2>&1)"; done'
	expect_mount /m/on '*nosymfollow*'
	expect_mount /m/new '*nosymfollow*'
	expect_mount /m/r-on '*nosymfollow*'
	expect_text 'on: cat: can'\''t open '\''/m/on/link'\'': Too many levels of symbolic links' 'off: content' \
		'r-on: cat: can'\''t open '\''/m/r-on/link'\'': Too many levels of symbolic links' 'r-off: content'
}

@test "mount options: what they forbid cannot be done" {
	mkdir source && chmod 777 source
	cp /bin/busybox source/busybox
	mknod -m 666 source/null c 1 3
	for option in ro rro nodev noexec rw; do
		mount_add "/m/$option" bind "$PWD/source" "rbind,$option"
	done
	run -0 container_run ".mounts += [$MOUNTS]" sh -c 'for d in ro rro nodev noexec rw; do
		cd /m/$d
		touch new && echo "$d: written"
		cat null && echo "$d: read"
		./busybox true && echo "$d: executed"
		done 2>&1'
	expect_output "$(
		cat <<-'E'
			touch: new: Read-only file system
			ro: read
			ro: executed
			touch: new: Read-only file system
			rro: read
			rro: executed
			nodev: written
			cat: can't open 'null': Permission denied
			nodev: executed
			noexec: written
			noexec: read
			sh: ./busybox: Permission denied
			rw: written
			rw: read
			rw: executed
		E
	)"
}

@test "mount options: remount changes a mount, and leaves unsaid what is unsaid" {
	host_begin
	mkdir source
	mount_add /m/a tmpfs tmpfs nosuid,nodev
	mount_add /m/a '' '' remount,ro
	mount_add /m/b tmpfs tmpfs ro,noexec
	mount_add /m/b tmpfs tmpfs remount,rw,size=128k
	mount_add /m/c bind "$PWD/source" bind,nosuid
	mount_add /m/c '' '' bind,remount,ro
	mount_add /m/d bind "$PWD/source" bind,ro
	mount_add /m/d none none remount,rw,bind
	filter=".mounts += [$MOUNTS] | .mounts |= map(if .type == \"\" then del(.type, .source) else . end)"
	run -0 container_run "$filter" cat /proc/self/mountinfo
	expect_options /m/a ro,nosuid,nodev,relatime
	expect_mount /m/b 'rw,noexec,relatime private tmpfs tmpfs rw,size=128k*'
	expect_options /m/c ro,nosuid,relatime
	expect_options /m/d rw,relatime
}

@test "mount options: a remount where nothing is mounted is refused" {
	run container_run '.mounts += [{destination: "/etc", options: ["remount", "ro"]}]' true
	expect_status 125
	expect_text "/etc: Invalid argument" "/mounts/7" "hint: it is not a mount point"
	run container_run '.mounts += [{destination: "/absent", options: ["remount", "ro"]}]' true
	expect_status 125
	expect_text "open /absent: No such file or directory" "/mounts/7"
}

@test "mount options: a block device is mounted where the device rules allow it, and ro is the device's too" {
	host_begin
	ext4_make source
	host sh -c 'echo content >source/file; umount source'
	loop=$(host losetup --find --show "$PWD/source.img")
	number=$(stat -c '%Hr %Lr' "$loop")
	mount_add /m/ro ext4 "$loop" ro,noload
	allow=".linux.resources.devices += [{allow: true, type: \"b\", major: ${number% *}, minor: ${number#* }, access: \"rwm\"}]"
	run container_run ".mounts += [$MOUNTS] | $allow" \
		sh -c 'cat /proc/self/mountinfo /m/ro/file; touch /m/ro/x 2>&1; true'
	allowed=$output
	run container_run ".mounts += [$MOUNTS]" true
	host losetup --detach "$loop"
	expect_status 125
	expect_text "mount ext4 on /m/ro: Operation not permitted" "/mounts/8" "linux.resources.devices must allow the device"
	output=$allowed
	expect_mount /m/ro "ro,relatime private ext4 $loop ro*"
	expect_text content 'touch: /m/ro/x: Read-only file system'
}

@test "mount options: an unknown one is the file system's to judge, and its words are told" {
	run container_run '.mounts += [{destination: "/tmp", type: "tmpfs", source: "t", options: ["nosuid", "colour=red"]}]' true
	expect_status 125
	expect_text "fsconfig colour=red" "on /tmp: Invalid argument" "/mounts/7" \
		"hint: the kernel says: tmpfs: Unknown parameter 'colour'"
	run container_run '.mounts += [{destination: "/tmp", type: "tmpfs", source: "t", options: ["size=many"]}]' true
	expect_status 125
	expect_text "size=many" "on /tmp: Invalid argument" "hint: the kernel says: tmpfs: Bad value for 'size'"
}

@test "mount options: options longer than fsconfig takes still arrive" {
	needs_file /sys/module/overlay
	long=$PWD/$(printf 'x%.0s' {1..200})
	mkdir -p "$long"/{lower,upper,work}
	echo found >"$long/lower/file"
	# The paths are the container's: the host's directory is bound there.
	mount_add "$long" bind "$long" bind
	mount_add /m/o overlay overlay "lowerdir=$long/lower,upperdir=$long/upper,workdir=$long/work,nosuid,ro"
	run -0 container_run ".mounts += [$MOUNTS]" sh -c 'cat /m/o/file /proc/self/mountinfo'
	expect_text found
	expect_mount /m/o 'ro,nosuid,relatime private overlay overlay *'
}

@test "mount options: a bind mount is told what it cannot take" {
	mkdir source
	mount_add /m/x bind "$PWD/source" bind,size=5
	run -0 container_run ".mounts += [$MOUNTS]" true
	expect_text 'a bind mount has no file system to give "size=5" to'
}
