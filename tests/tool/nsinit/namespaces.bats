#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Namespaces: new, the host's, joined by path.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

# ns_of KIND: of this shell
ns_of() { readlink "/proc/self/ns/$1"; }

# ns_of_pid PID KIND
ns_of_pid() { readlink "/proc/$1/ns/$2"; }

# hold_namespaces OPTION...: a process in new namespaces; its pid is $HELD.
hold_namespaces() {
	unshare "$@" --fork --kill-child sleep 100 3>&- &
	UNSHARE=$!
	disown
	wait_until 20 sh -c "[ -n \"\$(cat /proc/$UNSHARE/task/$UNSHARE/children)\" ]"
	HELD=$(tr -d " " <"/proc/$UNSHARE/task/$UNSHARE/children")
	wait_until 20 sh -c "[ \"\$(cat /proc/$HELD/comm)\" = sleep ]"
}

teardown() {
	[ -z "${UNSHARE-}" ] || kill -KILL "$UNSHARE" 2>/dev/null || :
}

@test "namespaces: every kind listed is a new one, and what is not listed is the host's" {
	for kind in pid network mount ipc uts cgroup; do
		run -0 container_run ".linux.namespaces = ([{type: \"mount\"}, {type: \"$kind\"}] | unique)
			| if \"$kind\" == \"uts\" then . else del(.hostname) end" \
			sh -c 'for n in pid net ipc uts cgroup mnt; do echo $n $(readlink /proc/self/ns/$n); done'
		for n in pid net ipc uts cgroup mnt; do
			inside=$(sed -n "s/^$n //p" <<<"$output")
			[ -n "$inside" ]
			case $n:$kind in
			net:network | mnt:* | pid:pid | ipc:ipc | uts:uts | cgroup:cgroup) [ "$inside" != "$(ns_of $n)" ] ;;
			*) [ "$inside" = "$(ns_of $n)" ] || { echo "$kind: $n is not the host's" >&2; false; } ;;
			esac
		done
	done
}

@test "namespaces: the program is pid 1 in a new pid namespace, and sees no process of the host" {
	run -0 container_run . sh -c 'echo $$; echo /proc/[0-9]*'
	expect_output "$(printf '1\n/proc/1')"
}

@test "namespaces: lo is up in a new network namespace, and may stay down" {
	run -0 container_run . sh -c 'cat /sys/class/net/lo/flags; ls /sys/class/net'
	expect_output "$(printf '0x9\nlo')"
	run -0 container_run '.nsinit.loopback = false' cat /sys/class/net/lo/flags
	expect_output 0x8
}

@test "namespaces: host name and domain name are the container's alone" {
	before=$(hostname)
	run -0 container_run '.hostname = "inner" | .domainname = "example.org"' \
		sh -c 'hostname; cat /proc/sys/kernel/domainname'
	expect_output "$(printf 'inner\nexample.org')"
	[ "$(hostname)" = "$before" ]
}

@test "namespaces: network, ipc and uts are joined by path" {
	hold_namespaces --net --ipc --uts
	nsenter -t "$HELD" -u hostname joined-name
	run -0 container_run "del(.hostname) | .linux.namespaces = [{type: \"mount\"}, {type: \"pid\"},
		{type: \"network\", path: \"/proc/$HELD/ns/net\"}, {type: \"ipc\", path: \"/proc/$HELD/ns/ipc\"},
		{type: \"uts\", path: \"/proc/$HELD/ns/uts\"}]" \
		sh -c 'for n in net ipc uts; do readlink /proc/self/ns/$n; done; hostname'
	expect_output "$(for n in net ipc uts; do ns_of_pid "$HELD" $n; done; echo joined-name)"
	kill -KILL "$UNSHARE"
}

@test "namespaces: the pid namespace of another process is joined, and it lives on" {
	hold_namespaces --pid --mount-proc
	run -0 container_run "del(.hostname) | .linux.namespaces = [{type: \"mount\"},
		{type: \"pid\", path: \"/proc/$HELD/ns/pid\"}]" sh -c '[ $$ != 1 ] && cat /proc/1/comm'
	expect_output sleep
	kill -0 "$HELD"
	kill -KILL "$UNSHARE"
}

@test "namespaces: a user namespace and those it owns are joined" {
	hold_namespaces --user --net --uts
	echo "0 100000 65536" >"/proc/$HELD/uid_map"
	echo "0 100000 65536" >"/proc/$HELD/gid_map"
	chmod -R a+rX "$ROOTFS"
	run -0 container_run "del(.hostname, .linux.resources)
		| .linux.namespaces = [{type: \"mount\"}, {type: \"pid\"},
		{type: \"ipc\"}, {type: \"user\", path: \"/proc/$HELD/ns/user\"}, {type: \"network\", path: \"/proc/$HELD/ns/net\"}]" \
		sh -c 'readlink /proc/self/ns/user; readlink /proc/self/ns/net; id -u'
	expect_output "$(ns_of_pid "$HELD" user; ns_of_pid "$HELD" net; echo 0)"
	kill -KILL "$UNSHARE"
}

@test "namespaces: a mount namespace is joined as it is, and nothing is mounted in it" {
	hold_namespaces --mount
	nsenter -t "$HELD" -m sh -c "mount -t tmpfs marker '$ROOTFS/tmp' && touch '$ROOTFS/tmp/joined'"
	before=$(nsenter -t "$HELD" -m cat /proc/self/mountinfo)
	local as_it_is='del(.mounts, .linux.maskedPaths, .linux.readonlyPaths, .linux.rootfsPropagation, .root.readonly)
		| .linux.namespaces = [{type: "pid"}, {type: "uts"}, {type: "mount", path: "/proc/'$HELD'/ns/mnt"}]'
	run -0 container_run "$as_it_is" sh -c 'pwd; ls /tmp'
	expect_output "$(printf '/\njoined')"
	[ "$(nsenter -t "$HELD" -m cat /proc/self/mountinfo)" = "$before" ]
	new_id
	spec_make "$as_it_is | .process.args = [\"sleep\", \"100\"]" >"$ID.json"
	nsinit run --detach --spec "$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run -0 nsinit exec "$ID" ls /tmp
	expect_output joined
	nsinit delete --force "$ID"
	run -125 container_run "$as_it_is | .mounts = [{destination: \"/proc\", type: \"proc\"}]" true
	expect_text "a mount namespace that is joined is used as it is: nothing is mounted in it"
	kill -KILL "$UNSHARE"
}

@test "namespaces: a path that is no namespace, or one of another kind, is named" {
	run container_run '.linux.namespaces = [{type: "mount"}, {type: "network", path: "/dev/null"}] | del(.hostname)'
	expect_status 125
	expect_text "/dev/null" "/linux/namespaces/1"
	run container_run '.linux.namespaces = [{type: "mount"}, {type: "network", path: "/proc/self/ns/ipc"}] | del(.hostname)'
	expect_status 125
	expect_text "/proc/self/ns/ipc" "/linux/namespaces/1"
	run container_run '.linux.namespaces = [{type: "mount"}, {type: "network", path: "/no/such"}] | del(.hostname)'
	expect_status 125
	expect_text "/no/such: No such file or directory" "/linux/namespaces/1"
}

@test "namespaces: a container without a mount namespace is refused, for the root would be the host's" {
	run container_run '.linux.namespaces = [{type: "pid"}] | del(.hostname)'
	expect_status 125
	expect_text "mount"
}

# bats test_tags=qemu
@test "namespaces: time offsets are seen inside" {
	needs_ns time
	run -0 container_run '.linux.namespaces += [{type: "time"}]
		| .linux.timeOffsets = {boottime: {secs: 1000000, nanosecs: 5}, monotonic: {secs: 2000000}}' \
		sh -c 'cat /proc/self/timens_offsets; cut -d. -f1 /proc/uptime'
	expect_text "monotonic" "2000000" "1000000"
	inside=$(tail -n 1 <<<"$output")
	[ "$inside" -gt 1000000 ]
	run -0 container_run '.linux.namespaces += [{type: "time"}]' cat /proc/self/timens_offsets
	expect_no_text 1000000
}

@test "namespaces: a time offset that would make a clock negative is an error that names it" {
	needs_ns time
	run container_run '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: -1000000000}}'
	expect_status 125
	expect_text "/linux/timeOffsets"
}

@test "namespaces: exec enters all of them" {
	new_id
	hold='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings'
	[ ! -e /proc/self/ns/time ] || hold+='| .linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 500000}}'
	spec_make "$hold | .process.args = [\"sleep\", \"100\"]" >spec.json
	chmod -R a+rX "$ROOTFS"
	nsinit run --detach --spec spec.json "$ID"
	pid=$(nsinit state "$ID" | jq .pid)
	run -0 nsinit exec "$ID" sh -c 'for n in /proc/self/ns/*; do echo ${n##*/} $(readlink $n); done'
	for n in pid net ipc uts cgroup mnt user time; do
		[ -e "/proc/$pid/ns/$n" ] || continue
		expect_text "$n $(readlink "/proc/$pid/ns/$n")"
	done
	nsinit delete --force "$ID"
}
