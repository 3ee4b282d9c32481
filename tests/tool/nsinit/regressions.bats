#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What other runtimes broke while they made mounts faster or safer (what-users-ask.md, F; security.md, R): each must work.
# Elsewhere: mounts that leak to the host and hot-plugged ones (propagation.bats), tmpfs modes (R2, mounts.bats), many
# idmapped mounts (R3, idmap.bats), 0711 directories and dangling links (R4, P6, paths_security.bats), hooks (hooks.bats).
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

setup() {
	test_begin
	DENY=()
}

teardown() {
	[ -z "${ID-}" ] || nsinit delete --force "$ID" 2>/dev/null || :
	host_end
}

user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'

@test "F a mount that the host makes later comes in, one of the container's never goes out" {
	host_begin
	mkdir shared && host mount -t tmpfs tmpfs shared && host mount --make-shared shared && host chmod 755 shared
	host mkdir shared/hot
	container_start '.mounts += [{destination: "/tmp", type: "bind", source: ($dir + "/shared"), options: ["rbind", "rslave"]}]'
	host mount -t tmpfs hot-plugged shared/hot
	pid=$(nsinit state "$ID" | jq .pid)
	output=$(cat "/proc/$pid/mountinfo")
	expect_mount /tmp/hot '* tmpfs hot-plugged *'
	output=$(host cat /proc/self/mountinfo)
	[ "$(grep -c "$PWD/shared" <<<"$output")" -eq 2 ]
}

@test "F /dev/null is a device in every way of starting, and no output is lost" {
	for filter in . "$user" '.nsinit.root = {}' '.mounts |= map(select(.destination != "/dev/shm"))'; do
		run -0 container_run "$filter" sh -c 'stat -c "%F %t:%T" /dev/null; echo lost >/dev/null; stat -c %s /dev/null; echo out; echo err >&2'
		expect_output "$(printf '%s\n' 'character special file 1:3' 0 out err)"
	done
	mkdir root && rootfs_make root
	no_dev='.mounts |= map(select(.destination | startswith("/dev") | not))'
	run -0 container_run ".root.path = \$dir + \"/root\" | $no_dev" sh -c 'stat -c "%F %t:%T" /dev/null; echo out'
	expect_output "$(printf '%s\n' 'character special file 1:3' out)"
	[ -c root/dev/null ]
}

@test "F rootless within a user namespace" {
	run as_user "$NSINIT" spec --rootless
	jq --arg root "$ROOTFS" '.root.path = $root | .process.terminal = false | .process.args = ["sh", "-c", "echo inner; cat /proc/self/uid_map"]
		| .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings
		| .mounts |= map(if .type == "devpts" then .options |= map(select(startswith("gid=") | not)) else . end)' <<<"$output" >spec.json
	# Its state is the user's: /run is not this root's own. As rootless podman calls it.
	run as_user unshare --user --map-root-user --mount "$NSINIT" run --spec "$PWD/spec.json" nested
	expect_status 0
	expect_text inner "0          0          1"
	[ -d "$FILE_DIR/home/run/nsinit" ]
	run -2 as_user unshare --user --map-root-user env -u XDG_RUNTIME_DIR "$NSINIT" list
	expect_text "nsinit: state directory: XDG_RUNTIME_DIR is not set"
}

@test "F rootless within a user namespace whose other namespaces are the host's" {
	# Who joined a network or pid namespace for the clone alone is not let back into the host's.
	as_user "$NSINIT" spec --rootless >made.json
	jq --arg root "$ROOTFS" --arg net "$FILE_DIR/home/run/net" '.root.path = $root | .process.terminal = false
		| .process.args = ["sh", "-c", "echo outer; exec sleep 60"]
		| .linux.namespaces |= map(select(.type != "user" and .type != "cgroup") | if .type == "network" then .path = $net else . end)
		| del(.linux.uidMappings, .linux.gidMappings)
		| .mounts |= map(if .type == "devpts" then .options |= map(select(startswith("gid=") | not)) else . end)' made.json >spec.json
	run as_user unshare --user --map-root-user --mount sh -ec '
		: >"$XDG_RUNTIME_DIR/net"
		unshare --net="$XDG_RUNTIME_DIR/net" ip link set lo mtu 4321
		"$1" run --detach --spec "$2" joins >"$XDG_RUNTIME_DIR/out" 2>&1 || { cat "$XDG_RUNTIME_DIR/out"; exit 1; }
		"$1" exec joins sh -c "cat /sys/class/net/lo/mtu; echo \$\$" || :
		"$1" delete --force joins; cat "$XDG_RUNTIME_DIR/out"' sh "$NSINIT" "$PWD/spec.json"
	expect_status 0
	expect_output "$(printf '%s\n' 4321 2 outer)"
}

@test "F R2 modes of mount roots: /proc 0555, /sys 0555, /dev 0755, /dev/shm 1777" {
	for filter in . "$user"; do
		run -0 container_run "$filter" stat -c '%n %a' /proc /sys /dev /dev/pts /dev/shm /dev/mqueue
		expect_output "$(printf '%s\n' '/proc 555' '/sys 555' '/dev 755' '/dev/pts 755' '/dev/shm 1777' '/dev/mqueue 1777')"
	done
}

@test "R6 /sys stays read-only in a user namespace without its own network" {
	for options in '"nosuid", "noexec", "nodev", "ro"' '"rw"'; do
		run -0 container_run "$user | .linux.namespaces |= map(select(.type != \"network\"))
			| .mounts |= map(if .type == \"sysfs\" then .options = [$options] else . end)" \
			sh -c 'exec 2>&1; touch /sys/kernel/x; mkdir /sys/fs/x; cat /proc/self/mountinfo'
		expect_text "touch: /sys/kernel/x: Read-only file system"
		expect_options /sys ro,nosuid,nodev,noexec,relatime
	done
}

@test "R6 devices that an image has already are bound nosuid and noexec" {
	mkdir root && rootfs_make root
	touch root/dev/{null,zero,full,random,urandom,tty} && chown -R 100000:100000 root/dev
	run -0 container_run "$user | .root.path = \$dir + \"/root\" | .mounts |= map(select(.destination | startswith(\"/dev\") | not))" cat /proc/self/mountinfo
	for name in null zero full random urandom tty; do
		expect_mount "/dev/$name" '*nosuid*noexec*'
	done
}

@test "F delete takes cgroups that the container made below its own" {
	container_start '.mounts |= map(if .type == "cgroup" then .options = ["rw"] else . end)' sh -c \
		'for d in /sys/fs/cgroup /sys/fs/cgroup/*; do [ ! -e $d/cgroup.procs ] || mkdir -p $d/inner/most; done; sleep 300'
	wait_until 20 test -d "$(cgroup_dir pids "$ID")/inner/most"
	run -0 nsinit delete --force "$ID"
	[ ! -d "$(cgroup_dir pids "$ID")" ]
	expect_output ""
}

@test "F slashes in the state's JSON are not escaped" {
	container_start '.annotations = {"org/x": "a/b"}'
	run -0 nsinit state "$ID"
	expect_text '"org/x"' '"a/b"' "\"$ROOTFS\""
	expect_no_text '\/'
}

@test "F mount points below a setgid directory" {
	mkdir root && rootfs_make root
	mkdir root/group && chown 0:7 root/group && chmod 2775 root/group
	run -0 container_run '.root.path = $dir + "/root" | .mounts += [{destination: "/group/made/here", type: "tmpfs", source: "t"},
		{destination: "/group/file", type: "bind", source: "/etc/hostname", options: ["bind"]}]' \
		sh -c 'stat -c "%n %a %g" /group/made; cat /group/file >/dev/null; cat /proc/self/mountinfo'
	expect_text "/group/made 2755 7"
	expect_mount /group/made/here 'rw,* tmpfs t *'
}

@test "F three hundred binds with few descriptors allowed" {
	mkdir source && echo content >source/file
	container_spec '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}] + [range(300) |
		{destination: "/tmp/\(.)", type: "bind", source: ($dir + "/source"), options: ["rbind", "ro"]}]' \
		sh -c 'cat /tmp/0/file /tmp/299/file; ulimit -n'
	ulimit -Sn 210
	run -0 nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_output "$(printf 'content\ncontent\n1024')"
}

# --- R7: older kernels, and seccomp profiles that know less than this one --------------------------------------------

# Everything that mounts, in one spec; with WHO=user without what only root may.
all_mounts() {
	mkdir -p root volume/sub upper work && rootfs_make root
	echo content >volume/file && echo deep >volume/sub/file && chmod -R a+rX volume
	mkdir -p root/{data,ro,masked,private,volume} root/new/{strict,sync} && echo covered >root/data/kept && echo secret >root/masked/file && echo secret >root/secret
	ln -s /volume root/link
	echo '.root.path = $dir + "/root" | .root.readonly = true | .mounts += [
		{destination: "/volume", type: "bind", source: ($dir + "/volume"), options: ["rbind", "nosuid", "nodev"]},
		{destination: "/ro", type: "bind", source: ($dir + "/volume"), options: ["bind", "ro", "noexec"]},
		{destination: "/etc/one", type: "bind", source: ($dir + "/volume/file"), options: ["bind", "ro"]},
		{destination: "/link/sub", type: "tmpfs", source: "behind-link", options: ["size=1m", "mode=700", "noexec"]},
		{destination: "/new/strict", type: "tmpfs", source: "strict", options: ["strictatime", "nosuid"]},
		{destination: "/new/sync", type: "tmpfs", source: "sync", options: ["sync", "ro"]},
		{destination: "/new/sync", options: ["remount", "noexec"]},
		{destination: "/data", type: "tmpfs", source: "copied", options: ["tmpcopyup", "ro"]},
		{destination: "/private", type: "tmpfs", source: "private", options: ["rprivate", "ro", "noatime"]}]
		| .linux.maskedPaths += ["/masked", "/secret", "/proc/self/absent"] | .linux.readonlyPaths += ["/etc"]'
}

# What is mounted where, with what flags; and that the flags are true.
show_all='awk "{ split(\$0, part, \" - \"); print \$5, \$6, part[2] }" /proc/self/mountinfo |
	sed "s,/proc/self/fd/[0-9]*,FD,g; s/,uuid=on//" | sort; cat /data/kept /etc/one /secret
	ls -A /masked /ro; exec 2>&1; touch /ro/x /etc/x /data/x /new/sync/x /x /private/x; touch /dev/shm/x && echo shm; readlink /dev/ptmx
	stat -c "%n %a %t:%T" /dev/null /link/sub /new/strict'

# same_denied FILTER: with the newer calls and without, by every error that a kernel or a filter gives.
same_denied() {
	local filter=$1 plain error
	container_spec "$filter" sh -c "$show_all; true"
	run -0 nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	plain=$output
	shift
	for error in ENOSYS EPERM; do
		for calls; do
			run ${HOLDER:+host} "$HELPERS/deny" $error "$calls" "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
			echo "$error $calls"
			expect_status 0
			expect_output "$plain"
		done
	done
	[ -z "$(grep -F " $TEST_DIR" /proc/self/mountinfo)" ]
}

every=openat2,mount_setattr,open_tree,move_mount,fsopen,fsconfig,fsmount,fspick,close_range,fchmodat2,open_tree_attr

@test "R7 without mount_setattr, openat2, fsopen, open_tree, each and all: the same mounts with the same flags" {
	same_denied "$(all_mounts)" mount_setattr openat2 fsopen,fspick open_tree,move_mount $every
}

@test "R7 the same in a user namespace" {
	filter=$(all_mounts)
	chown -R 100000:100000 root
	same_denied "$filter | $user" mount_setattr fsopen,fspick $every
}

@test "R7 the same on an overlay, whose layers vanish or are kept" {
	filter=$(all_mounts)
	same_denied "$filter | .nsinit.root = {}" fsopen,fspick $every
	same_denied "$filter | .nsinit.root = {upper: (\$dir + \"/upper\"), work: (\$dir + \"/work\")}" $every
}

@test "R7 the same for an unprivileged user" {
	filter=$(all_mounts)
	chown -hR 4321:4321 root
	rootless='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 4321, size: 1},
		{containerID: 1, hostID: 700000, size: 65536}] | .linux.gidMappings = .linux.uidMappings
		| del(.linux.cgroupsPath, .linux.resources) | .mounts |= map(select(.type != "cgroup"))'
	container_spec "$filter | $rootless" sh -c "$show_all; true"
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 0
	plain=$output
	for error in ENOSYS EPERM; do
		DENY=("$HELPERS/deny" $error $every)
		run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$TEST_DIR/$ID.json" "$ID"
		expect_status 0
		expect_output "$plain"
	done
}

@test "R7 what an older kernel cannot do is refused, and said" {
	mkdir -p volume
	container_spec '.mounts += [{destination: "/tmp", type: "bind", source: ($dir + "/volume"), options: ["rbind", "rro"]}]' true
	run "$HELPERS/deny" ENOSYS mount_setattr "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 125
	expect_text "recursive mount options need Linux 5.12" "/mounts/7"
	container_spec '.mounts += [{destination: "/tmp", type: "bind", source: ($dir + "/volume"), options: ["bind"],
		uidMappings: [{containerID: 0, hostID: 1, size: 1}], gidMappings: [{containerID: 0, hostID: 1, size: 1}]}]' true
	run "$HELPERS/deny" ENOSYS mount_setattr "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 125
	expect_text "idmap $PWD/volume" "Function not implemented" "hint: idmapped mounts need Linux 5.12"
	run "$HELPERS/deny" ENOSYS $every "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 125
	expect_text "idmapped mounts need open_tree, which a seccomp filter refuses here" "/mounts/7"
}

@test "R7 clone3 and execveat's check missing, with a terminal and a hook" {
	container_spec '.process.terminal = true | .hooks = {createContainer: [{path: "/bin/true"}]}' sh -c 'tty; stat -c %F /dev/console'
	run "$HELPERS/pty" -- "$HELPERS/deny" ENOSYS "$every,clone3" "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "/dev/pts/0" "character special file" "pty: status 0"
}
