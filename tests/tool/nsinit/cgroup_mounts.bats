#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Mounts of type cgroup and cgroup2: what of the host's hierarchies a container sees, and what it may write.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'
shared='.linux.namespaces |= map(select(.type != "cgroup"))'

# mount_options '"rw", "nosuid"': of the mount on /sys/fs/cgroup
mount_options() { echo ".mounts |= map(if .type == \"cgroup\" then .options = [$1] else . end)"; }

# The script that the containers run: every hierarchy they see, with its processes; and what they may write.
look='cat /proc/self/mountinfo; cd /sys/fs/cgroup
	if [ -e cgroup.procs ]; then set .; else set */; fi
	for d; do
		[ ! -L "${d%/}" ] || continue
		grep -qx $$ $d/cgroup.procs && echo "sees itself in $d"
		mkdir $d/made 2>/dev/null && echo "writes to $d" && rmdir $d/made
	done; ls -d /sys/fs/cgroup/../kernel; true'

# expect_each PATTERN WHERE: the mount of each hierarchy of the host matches.
expect_each() {
	local mount
	if cgroup_is_unified; then
		expect_mount /sys/fs/cgroup "$1"
		return
	fi
	for mount in $(cgroup_mounts); do
		expect_mount "/sys/fs/cgroup/${mount##*/}" "$1" || return
	done
}

hierarchies() { cgroup_mounts | wc -l; }

@test "cgroup mounts: read-only, with the container's own group as the root of each hierarchy" {
	run -0 container_run . sh -c "$look"
	expect_each "ro,nosuid,nodev,noexec,relatime private cgroup* cgroup* rw* /"
	[ "$(grep -c 'sees itself' <<<"$output")" -eq "$(hierarchies)" ]
	expect_no_text "writes to"
	run -0 container_run . sh -c 'mkdir /sys/fs/cgroup/made 2>&1 || rmdir /sys/fs/cgroup/*/absent 2>&1; true'
	expect_text "Read-only file system"
}

@test "G2 cgroup mounts: writable, and of the host's groups only the own one is there" {
	run -0 container_run "$(mount_options '"rw", "nosuid", "nodev", "noexec"')" sh -c "$look; find /sys/fs/cgroup -type d | wc -l"
	expect_each "rw,nosuid,nodev,noexec,relatime private cgroup* cgroup* rw* /"
	[ "$(grep -c 'sees itself' <<<"$output")" -eq "$(hierarchies)" ]
	[ "$(grep -c 'writes to' <<<"$output")" -eq "$(hierarchies)" ]
	expect_text /sys/fs/cgroup/../kernel
	# One directory a hierarchy, and the one they are in: no group but the container's.
	cgroup_is_unified && directories=1 || directories=$(($(hierarchies) + 1))
	[ "$(tail -n 1 <<<"$output")" -eq $directories ]
}

@test "cgroup mounts: limits are the host's to set: those of the own group are the container's to read alone" {
	needs_controller pids
	script='cd /sys/fs/cgroup; [ -d pids ] && cd pids; cat pids.max; (echo 7 >pids.max) 2>/dev/null && echo written; true'
	run -0 container_run ".linux.resources.pids = {limit: 33}" sh -c "$script"
	expect_output 33
}

@test "G1 cgroup mounts: without a cgroup namespace they are read-only, whatever the options say" {
	run -0 container_run "$shared | $(mount_options '"rw", "nosuid"')" sh -c "$look; find /sys/fs/cgroup -type d | wc -l"
	expect_each "ro,nosuid,* private cgroup* cgroup* rw* */$CGROUP/*"
	[ "$(grep -c 'sees itself' <<<"$output")" -eq "$(hierarchies)" ]
	expect_no_text "writes to"
	run -0 container_run "$shared | $(mount_options '"rrw", "nosuid"')" sh -c "$look"
	expect_each "ro,nosuid,* private cgroup* cgroup* rw* */$CGROUP/*"
	expect_no_text "writes to"
}

@test "cgroup mounts: merged controllers have a link each" {
	needs_v1
	run -0 container_run . sh -c 'cd /sys/fs/cgroup; for l in *; do [ ! -L $l ] || echo "$l $(readlink $l)"; done'
	expect_output "$(cgroup_mounts | sed -n 's,.*/,,p' | grep , | while read -r name; do
		tr , '\n' <<<"$name" | sed "s/\$/ $name/"; done | sort)"
}

@test "cgroup mounts: type cgroup2 is the unified hierarchy alone" {
	grep -q ' - cgroup2 ' /proc/self/mountinfo || skip_because "no unified hierarchy is mounted here"
	run -0 container_run '.mounts |= map(if .type == "cgroup" then .type = "cgroup2" else . end)' \
		sh -c 'cat /proc/self/mountinfo; cat /sys/fs/cgroup/cgroup.procs | head -n 1; mkdir /sys/fs/cgroup/x 2>&1; true'
	expect_mount /sys/fs/cgroup 'ro,nosuid,nodev,noexec,relatime private cgroup2 cgroup* rw* /'
	expect_text "$(printf '\n1\n')" "Read-only file system"
	run -0 container_run "$shared | .mounts |= map(if .type == \"cgroup\" then .type = \"cgroup2\" else . end)" cat /proc/self/mountinfo
	expect_mount /sys/fs/cgroup "ro,* private cgroup2 cgroup* rw* */$CGROUP/*"
}

@test "cgroup mounts: somewhere else, and twice" {
	run -0 container_run '.mounts += [{destination: "/tmp", type: "cgroup", source: "cgroup", options: ["ro"]}]' \
		sh -c 'cd /tmp; [ -e cgroup.procs ] || cd memory; cat cgroup.procs | head -n 1'
	expect_output 1
}

@test "G2 cgroup mounts: in a user namespace the own group is writable when the mount is, the rest is not there" {
	run -0 container_run "$user | $(mount_options '"rw", "nosuid", "nodev", "noexec"')" sh -c "$look"
	expect_each "rw,nosuid,nodev,noexec,relatime private cgroup* cgroup* rw* /"
	[ "$(grep -c 'sees itself' <<<"$output")" -eq "$(hierarchies)" ]
	if cgroup_is_unified; then
		expect_text "writes to ."
	else
		expect_text "writes to unified"
	fi
	run -0 container_run "$user" sh -c "$look"
	expect_each "ro,nosuid,nodev,noexec,relatime private cgroup* cgroup* rw* /"
	expect_no_text "writes to"
}

@test "G1 cgroup mounts: in a user namespace without a cgroup namespace they are read-only" {
	run -0 container_run "$user | $shared | $(mount_options '"rw", "nosuid"')" sh -c "$look"
	expect_each "ro,nosuid,* private cgroup* cgroup* rw* */$CGROUP/*"
	expect_no_text "writes to"
}

@test "G1 cgroup mounts: an unprivileged user's are read-only without a cgroup namespace" {
	run as_user "$NSINIT" spec --rootless
	jq --arg root "$ROOTFS" --arg look "$look" ".root.path = \$root | .process.terminal = false | .process.args = [\"sh\", \"-c\", \$look]
		| .mounts |= map(select(.type != \"cgroup\" and .destination != \"/sys/fs/cgroup\")) | $shared
		| .mounts += [{destination: \"/sys/fs/cgroup\", type: \"cgroup\", source: \"cgroup\", options: [\"rw\", \"nosuid\"]}]" \
		<<<"$output" >spec.json
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/spec.json" rootless-cgroups
	expect_status 0
	expect_each "ro,nosuid,* private cgroup* cgroup* *"
	expect_no_text "writes to"
}

@test "cgroup mounts: the directory of v1 hierarchies is not put together behind a link" {
	needs_v1
	mkdir root && rootfs_make root
	ln -s /etc root/cgroups
	run container_run '.root.path = $dir + "/root" | .mounts += [{destination: "/cgroups", type: "cgroup", source: "cgroup"}]' true
	expect_status 125
	expect_text "mount /cgroups: must be mounted on a directory that is not a symbolic link" "/mounts/7"
}
