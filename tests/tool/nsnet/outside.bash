# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests of ports, firewalls and limits: the host of nsnet.bash with an uplink to a namespace "outside", and
# programs that answer (tests/tool/traffic.c).
# shellcheck disable=SC2154 # status, output and stderr are bats' own

TRAFFIC=$NSTOOLS_BUILD/tests/tool/traffic

# outside_make: the host is 192.0.2.1 and 2001:db8::1, the outside .2 and ::2, and another host behind it, .3 of a
# network that the outside reaches through our host: 198.51.100.3.
outside_make() {
	host sh -ec '
		ip netns add outside
		ip link add up0 type veth peer name eth0 netns outside
		ip address add 192.0.2.1/24 dev up0
		ip address add 2001:db8::1/64 dev up0 nodad
		ip link set up0 up
		ip -n outside address add 192.0.2.2/24 dev eth0
		ip -n outside address add 2001:db8::2/64 dev eth0 nodad
		ip -n outside link set eth0 up
		ip -n outside link set lo up
		# see nsnet(8): answers to ::1 would be turned too early
		file=/proc/sys/net/bridge/bridge-nf-call-ip6tables
		[ ! -e $file ] || echo 0 >$file'
}

# setup and teardown of what is tested from the outside.
outside_begin() {
	needs_root
	needs_nat
	test_begin
	host_make
	outside_make
}
outside_end() {
	serve_end
	host_remove
}

# web_make [OPTION...]: a namespace "web" on br0, 10.1.0.2 and fd00:1::2, with a default route.
web_make() {
	nsnet add new:web veth --bridge br0 --create --address 10.1.0.2/24 --gateway 10.1.0.1 \
		--address fd00:1::2/64 --gateway fd00:1::1 "$@"
}

# serve NAME PORT: a program in that namespace ("host": on the host) that answers "NAME from ADDRESS".
serve() {
	local ready=$TEST_DIR/$1.$2.ready at=host
	[ "$1" = host ] || at="in_ns $1"
	$at "$TRAFFIC" serve "$2" "$1" "$ready" </dev/null >"$ready.out" 2>&1 3>&- &
	wait_until 20 test -s "$ready"
	SERVERS+=("$(<"$ready")")
}

serve_end() {
	[ -z "${SERVERS-}" ] || kill -KILL "${SERVERS[@]}" 2>/dev/null || :
	SERVERS=()
}

# ask NAME PROTOCOL ADDRESS PORT [MS]: what answers there, asked from NAME.
ask() {
	local at=host
	[ "$1" = host ] || at="in_ns $1"
	$at "$TRAFFIC" ask "${@:2}"
}

# expect_answer TEXT NAME PROTOCOL ADDRESS PORT: the answer begins with TEXT. Generous: the machine may be busy.
expect_answer() {
	local answer
	answer=$(ask "${@:2}" 10000 2>&1) && [[ $answer == "$1"* ]] && return
	echo "asked ${*:2}, expected \"$1\", got: $answer" >&2
	return 1
}

# expect_no_answer NAME PROTOCOL ADDRESS PORT: nobody answers.
expect_no_answer() {
	local answer
	answer=$(ask "$@" 700 2>/dev/null) || return 0
	echo "asked $*, and got: $answer" >&2
	return 1
}

# needs_nat: nftables with NAT in the inet family (not on every test kernel).
needs_nat() {
	unshare --net nft "add table inet t; add chain inet t c { type nat hook prerouting priority -100; }" 2>/dev/null ||
		skip_because "no nftables NAT in the inet family on this kernel"
}

# The rules that are ours, or nothing.
our_rules() { host nft list table inet nsnet 2>/dev/null || :; }
