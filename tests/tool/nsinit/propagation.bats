#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Mount propagation: which mounts of the host show in a container, and which of a container on the host.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

# Our host has one shared mount, shared/, with the root of containers in it and a volume on a mount of its own.
setup() {
	test_begin
	host_begin
	mkdir shared
	host mount -t tmpfs tmpfs shared
	host mount --make-shared shared
	host chmod 755 shared
	host mkdir -p shared/root shared/volume
	host cp -a "$ROOTFS/." shared/root
	host mkdir -p shared/root/{from-host,from-container,volume} shared/volume/{from-host,from-container}
	host mount -t tmpfs tmpfs shared/volume
	host mkdir -p shared/volume/{from-host,from-container}
	host chmod 755 shared/volume
}

teardown() {
	[ -z "${ID-}" ] || nsinit delete --force "$ID" 2>/dev/null || :
	host_end
}

on_host() { host cat /proc/self/mountinfo; }

# begin [FILTER]: a container that sleeps; its pid is $PID
begin() {
	container_start ".root.path = \$dir + \"/shared/root\" | .root.readonly = false | ${1:-.}"
	PID=$(nsinit state "$ID" | jq .pid)
}

inside() { nsenter --target "$PID" --mount --root --wd -- /bin/busybox "$@"; }

# saw: in which of host and container a mount made after the start of the other showed below directory $1 and $2.
saw() {
	local told=
	host mount -t tmpfs tmpfs "shared/$1/from-host"
	inside mount -t tmpfs tmpfs "$2/from-container"
	output=$(cat "/proc/$PID/mountinfo")
	[ -z "$(mount_of "${2%/}/from-host")" ] || told+=" from-host"
	[ -n "$(mount_of "${2%/}/from-container")" ] || told+=" not-even-there"
	output=$(on_host)
	[ -z "$(mount_of "$PWD/shared/$1/from-container")" ] || told+=" from-container"
	echo "${told# }"
}

expect_saw() {
	local told
	told=$(saw "$1" "$2")
	[ "$told" = "$3" ] || { echo "seen: '$told', expected '$3'" >&2; return 1; }
}

# expect_root PROPAGATION: of the container's root mount
expect_root() {
	output=$(cat "/proc/$PID/mountinfo")
	[[ $(mount_of / 2) == "$1" ]] || { echo "the root is $(mount_of / 2), expected $1" >&2; return 1; }
}

@test "propagation: by default the host's mounts come in and none goes out" {
	begin
	expect_root master
	expect_saw root / from-host
}

@test "propagation: a private root sees nothing of the host's new mounts" {
	for value in private rprivate; do
		begin ".linux.rootfsPropagation = \"$value\""
		expect_root private
		expect_saw root / ""
		nsinit delete --force "$ID"
		host umount shared/root/from-host
	done
}

@test "propagation: a slave root sees them, and gives none" {
	for value in slave rslave; do
		begin ".linux.rootfsPropagation = \"$value\""
		expect_root master
		expect_saw root / from-host
		nsinit delete --force "$ID"
		host umount shared/root/from-host
	done
}

@test "propagation: a shared root is, and what was mounted below it stays shared with the host" {
	host mount -t tmpfs tmpfs shared/root/volume
	host mkdir -p shared/root/volume/{from-host,from-container}
	for value in shared rshared; do
		begin ".linux.rootfsPropagation = \"$value\""
		expect_root shared,master
		expect_saw root / from-host
		expect_saw root/volume /volume "from-host from-container"
		nsinit delete --force "$ID"
		host umount shared/root/from-host shared/root/volume/from-host shared/root/volume/from-container
	done
}

@test "propagation: an unbindable root cannot be bound" {
	for value in unbindable runbindable; do
		begin ".linux.rootfsPropagation = \"$value\""
		expect_root unbindable
		run ! inside mount -o bind / /from-container
		expect_text "Invalid argument"
		nsinit delete --force "$ID"
	done
}

@test "propagation: an unknown value is refused" {
	run container_run '.linux.rootfsPropagation = "public"' true
	expect_status 125
	expect_text "/linux/rootfsPropagation" '"public"'
}

volume='{destination: "/volume", type: "bind", source: ($dir + "/shared/volume")}'

@test "propagation: a volume is private, slave or shared as its options say" {
	while read -r options seen propagation; do
		begin ".mounts += [$volume + {options: [\"rbind\"$options]}]"
		output=$(cat "/proc/$PID/mountinfo")
		[[ $(mount_of /volume 2) == $propagation ]] || { echo "$options: $(mount_of /volume)" >&2; false; }
		expect_saw volume /volume "$(tr -d '"' <<<"${seen//_/ }")"
		nsinit delete --force "$ID"
		host umount shared/volume/from-host
		[[ $seen != *from-container ]] || host umount shared/volume/from-container
	done <<-'E'
		,"private"             ""                       private
		,"rprivate"            ""                       private
		,"slave"               from-host                master
		,"rslave"              from-host                master
		,"shared"              from-host_from-container shared
		,"rshared"             from-host_from-container shared
		,"unbindable"          ""                       unbindable
		,"runbindable"         ""                       unbindable
		,"slave","shared"      from-host                shared,master
	E
}

@test "propagation: a volume without options takes the host's new mounts and gives none" {
	begin ".mounts += [$volume + {options: [\"bind\"]}]"
	output=$(cat "/proc/$PID/mountinfo")
	[ "$(mount_of /volume 2)" = master ]
	expect_saw volume /volume from-host
}

@test "propagation: the recursive forms reach what is mounted below" {
	host mkdir shared/volume/sub
	host mount -t tmpfs tmpfs shared/volume/sub
	begin ".mounts += [$volume + {options: [\"rbind\", \"rprivate\"]}, $volume + {destination: \"/var/tmp\", options: [\"rbind\", \"private\"]},
		$volume + {destination: \"/run\", options: [\"rbind\", \"rshared\"]}]"
	output=$(cat "/proc/$PID/mountinfo")
	[ "$(mount_of /volume 2) $(mount_of /volume/sub 2)" = "private private" ]
	[ "$(mount_of /var/tmp 2) $(mount_of /var/tmp/sub 2)" = "private master" ]
	[ "$(mount_of /run 2) $(mount_of /run/sub 2)" = "shared shared" ]
}

@test "propagation: an entry without a type changes the propagation of what is there" {
	begin ".mounts += [$volume + {options: [\"rbind\"]}, {destination: \"/volume\", options: [\"rprivate\"]}]"
	output=$(cat "/proc/$PID/mountinfo")
	[ "$(mount_of /volume 2)" = private ]
}

@test "propagation: nothing of the container's own mounts shows on a shared host" {
	before=$(on_host)
	for root in '.' '.linux.rootfsPropagation = "shared"' '.linux.rootfsPropagation = "rslave"' '.linux.rootfsPropagation = "private"'; do
		begin "$root | .mounts += [$volume + {options: [\"rbind\", \"rslave\"]}, {destination: \"/volume/from-container\",
			type: \"tmpfs\", source: \"leak\"}, {destination: \"/from-container\", type: \"tmpfs\", source: \"leak\"}]"
		[ "$(on_host)" = "$before" ] || { diff <(echo "$before") <(on_host) >&2; false; }
		nsinit delete --force "$ID"
		[ "$(on_host)" = "$before" ]
	done
}

@test "propagation: the same from an overlay, and with --no-pivot" {
	before=$(on_host)
	begin '.nsinit.root = {} | .mounts += [{destination: "/from-container", type: "tmpfs", source: "leak"}]'
	[ "$(on_host)" = "$before" ]
	nsinit delete --force "$ID"
	container_spec '.root.path = $dir + "/shared/root" | .mounts += [{destination: "/from-container", type: "tmpfs", source: "leak"}]' \
		cat /proc/self/mountinfo
	run -0 nsinit run --no-pivot --spec "$TEST_DIR/$ID.json" "$ID"
	expect_mount /from-container 'rw,relatime *'
	[ "$(on_host)" = "$before" ]
}
