#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Sysctls: those of the container's namespaces, and none of the host's.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup() { test_begin; HELD=; }
teardown() { [ -z "$HELD" ] || kill -KILL "$HELD" 2>/dev/null || :; }

sysctls() { cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax /proc/sys/kernel/domainname /proc/sys/fs/mqueue/msg_max; }

@test "sysctl: those of the network, IPC and UTS namespace are set, and the host's stay" {
	before=$(sysctls)
	run -0 container_run '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shmmax": "12345678", "kernel.msgmax": "8000",
		"kernel.domainname": "sys.example", "fs.mqueue.msg_max": "17", "net/ipv4/ip_default_ttl": "77", "kernel.shm_rmid_forced": "1"}' \
		sh -c 'cd /proc/sys; cat net/ipv4/ip_forward kernel/shmmax kernel/msgmax kernel/domainname fs/mqueue/msg_max \
			net/ipv4/ip_default_ttl kernel/shm_rmid_forced'
	expect_output "$(printf '%s\n' 1 12345678 8000 sys.example 17 77 1)"
	[ "$(sysctls)" = "$before" ]
}

@test "sysctl: dots and slashes in a name, as sysctl(8) has them" {
	run -0 container_run '.linux.sysctl = {"net.ipv4.conf.lo.forwarding": "1", "net/ipv4/conf/lo/rp_filter": "2"}' \
		sh -c 'cd /proc/sys/net/ipv4/conf/lo; cat forwarding rp_filter'
	expect_output "$(printf '1\n2')"
	# an interface with a dot in its name: the other separator
	run container_run '.linux.sysctl = {"net/ipv4/conf/eth0.1/forwarding": "1"}' true
	expect_status 125
	expect_text "net/ipv4/conf/eth0.1/forwarding: No such file or directory"
	run container_run '.linux.sysctl = {"net.ipv4.conf.eth0/1.forwarding": "1"}' true
	expect_status 125
	expect_text "net/ipv4/conf/eth0.1/forwarding: No such file or directory"
}

@test "sysctl: those of a namespace that is the host's are refused" {
	before=$(sysctls)
	while IFS='|' read -r key kind; do
		run container_run "del(.hostname) | .linux.namespaces |= map(select(.type != \"$kind\")) | .linux.sysctl = {\"$key\": \"1\"}" true
		expect_status 125
		expect_text "/linux/sysctl/${key//\//~1}" "would change the host: it needs the namespace \"$kind\""
	done <<-'END'
		net.ipv4.ip_forward|network
		kernel.shmmax|ipc
		fs.mqueue.msg_max|ipc
		kernel.domainname|uts
		user.max_user_namespaces|user
	END
	[ "$(sysctls)" = "$before" ]
}

@test "sysctl: those that belong to no namespace are refused" {
	for key in vm.overcommit_memory kernel.panic kernel.core_pattern fs.file-max kernel.yama.ptrace_scope net vm; do
		run container_run ".linux.sysctl = {\"$key\": \"1\"}" true
		expect_status 125
		expect_text "/linux/sysctl/$key" "belongs to no namespace: setting it would change the host"
	done
}

@test "sysctl: names that climb, are absolute or empty are refused (P13)" {
	while read -r key; do
		run container_run ".linux.sysctl = {\"$key\": \"1\"}" true
		expect_status 125
		expect_text "/linux/sysctl/" "not a sysctl name"
	done <<-'END'
		../kernel/core_pattern
		net/../kernel/core_pattern
		net/ipv4/../../kernel/core_pattern
		/proc/sys/net/ipv4/ip_forward
		/net/ipv4/ip_forward
		net//ipv4/ip_forward
		net/ipv4/ip_forward/
		net/./ipv4/ip_forward
		..
		.
		net/ipv4/..
	END
	run container_run '.linux.sysctl = {"": "1"}' true
	expect_status 125
	expect_text "/linux/sysctl"
}

@test "sysctl: one that is not there, and a value that the kernel refuses, are named" {
	run container_run '.linux.sysctl = {"net.ipv4.no_such": "1"}' true
	expect_status 125
	expect_text "net/ipv4/no_such: No such file or directory" "/linux/sysctl"
	run container_run '.linux.sysctl = {"net.ipv4.ip_forward": "word"}' true
	expect_status 125
	expect_text "net/ipv4/ip_forward: Invalid argument" "/linux/sysctl"
	run container_run '.linux.sysctl = {"net.ipv4.ip_forward": 1}' true
	expect_status 125
	expect_text "/linux/sysctl/net.ipv4.ip_forward" "string"
}

@test "sysctl: a volume over /proc/sys is not written to, the true procfs is (P12, CVE-2025-52881)" {
	mkdir -p fake/ipv4
	echo 0 >fake/ipv4/ip_forward
	container_spec '.mounts += [{destination: "/proc/sys/net", type: "bind", source: ($dir + "/fake"), options: ["bind"]}]
		| .linux.sysctl = {"net.ipv4.ip_forward": "1"}' sleep 100
	if nsinit run --detach --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >out 2>&1 3>&-; then
		pid=$(nsinit state "$ID" | jq .pid)
		[ "$(nsenter -t "$pid" -n cat /proc/sys/net/ipv4/ip_forward)" = 1 ]
		nsinit delete --force "$ID"
	else
		grep -q /proc out
	fi
	[ "$(cat fake/ipv4/ip_forward)" = 0 ]
}

@test "sysctl: of a network namespace joined by path; not of the host's by that way" {
	unshare --net sleep 100 3>&- &
	HELD=$!
	disown
	wait_until 20 sh -c "[ \$(readlink /proc/$HELD/ns/net) != \$(readlink /proc/self/ns/net) ]"
	run -0 container_run ".linux.namespaces |= map(if .type == \"network\" then .path = \"/proc/$HELD/ns/net\" else . end)
		| .linux.sysctl = {\"net.ipv4.ip_default_ttl\": \"99\"}" cat /proc/sys/net/ipv4/ip_default_ttl
	expect_output 99
	before=$(cat /proc/sys/net/ipv4/ip_default_ttl)
	run container_run ".linux.namespaces |= map(if .type == \"network\" then .path = \"/proc/$$/ns/net\" else . end)
		| .linux.sysctl = {\"net.ipv4.ip_default_ttl\": \"$before\"}" true
	expect_status 125
	expect_text "/linux/namespaces/1" "/proc/$$/ns/net is the runtime's own namespace: /linux/sysctl would change the host"
	# hostname and domainname likewise
	for name in hostname domainname; do
		run container_run "del(.hostname) | .linux.namespaces |= map(if .type == \"uts\" then .path = \"/proc/$$/ns/uts\" else . end)
			| .$name = \"$(hostname)\"" true
		expect_status 125
		expect_text "/proc/$$/ns/uts is the runtime's own namespace: /$name would change the host"
	done
	# what changes nothing may join it
	run -0 container_run ".linux.namespaces |= map(if .type == \"network\" then .path = \"/proc/$$/ns/net\" else . end)" true
}

@test "sysctl: in a user namespace, also an ordinary user's" {
	chmod -R a+rX "$ROOTFS"
	run -0 container_run '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings | .linux.sysctl = {"net.ipv4.ip_unprivileged_port_start": "80", "user.max_mnt_namespaces": "7"}' \
		cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/user/max_mnt_namespaces
	expect_output "$(printf '80\n7')"
}
