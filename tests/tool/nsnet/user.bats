# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# user: the network of a container without root, through pasta.
load ../helper
load nsnet

greeting() { (sleep 1; echo) | timeout 5 nsenter --target "$BOX" --user --net --preserve-credentials -- busybox nc 198.51.100.9 7777 2>/dev/null; }
greeted() { [ "$(greeting)" = hello ]; }

teardown() {
	kill -KILL ${BOX-} ${PASTA-} ${SERVER-} 2>/dev/null || :
	host_remove
}

@test "user: a process of an ordinary user reaches the outside; without it, it does not" {
	needs_program pasta
	needs_file /dev/net/tun
	[[ $NSTOOLS_BUILD != *-sanitize ]] || skip_because "pasta takes nsnet's place, and its sandbox closes what the sanitizer needs"
	host sh -c 'mount -t tmpfs tmpfs /dev/net && mknod /dev/net/tun c 10 200 && chmod 666 /dev/net/tun'
	host ip netns add outside
	host ip link add up0 type veth peer name eth0 netns outside
	host ip address add 192.0.2.1/24 dev up0
	host ip link set up0 up
	host ip route add default via 192.0.2.2
	in_ns outside ip address add 192.0.2.2/24 dev eth0
	in_ns outside ip address add 198.51.100.9/32 dev lo
	in_ns outside ip link set lo up
	in_ns outside ip link set eth0 up
	job_start "$TEST_DIR/server" nsenter --target "$HOST" --net --mount -- nsenter --net=/run/netns/outside -- \
		busybox nc -ll -p 7777 -e echo hello
	SERVER=$JOB
	job_start "$TEST_DIR/box" nsenter --target "$HOST" --net --mount -- setpriv --reuid 4321 --regid 4321 --clear-groups \
		unshare --user --map-root-user --net sleep 300
	BOX=$JOB
	mapped() { [ "$(cat "/proc/$BOX/comm")" = sleep ]; }
	wait_until 20 mapped
	[ -z "$(greeting)" ]
	job_start "$TEST_DIR/pasta" nsenter --target "$HOST" --net --mount -- setpriv --reuid 4321 --regid 4321 --clear-groups \
		env "XDG_RUNTIME_DIR=$TEST_DIR" "$NSNET" user "$BOX"
	PASTA=$JOB
	wait_until 1 greeted || { cat "$TEST_DIR/pasta" >&2; return 1; }
}

@test "user: what has no process, and a machine without pasta" {
	host ip netns add a
	run nsnet user a
	expect_status 2
	expect_text "a: has no process: user is for a container or a PID"
	run host env PATH=/nowhere "$NSNET" user "$HOST"
	expect_status 1
	expect_output "nsnet: execute pasta: No such file or directory
hint: it is in the package passt"
}
