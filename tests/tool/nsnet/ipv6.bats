# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# IPv6 where nobody asked for it, and router advertisements (CVE-2020-10749).
load ../helper
load nsnet
load outside

# setting NAME INTERFACE KEY
setting() { in_ns "$1" cat "/proc/sys/net/ipv6/conf/$2/$3"; }

@test "IPv6: off where no address of it is wanted, and router advertisements are not believed" {
	nsnet add new:a veth --address 10.1.0.2/24
	[ "$(setting a eth0 disable_ipv6)" = 1 ]
	[ "$(setting a eth0 accept_ra)" = 0 ]
	nsnet add new:b veth --address fd00:1::2/64
	[ "$(setting b eth0 disable_ipv6)" = 0 ]
	[ "$(setting b eth0 accept_ra)" = 0 ]
	nsnet add new:c veth --address fd00:1::3/64 --accept-ra
	[ "$(setting c eth0 accept_ra)" = 1 ]
}

@test "IPv6: on where an address of it is wanted, though the namespace has it off" {
	host ip netns add a
	in_ns a sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	nsnet add a veth --host-address fd00:1::1/64 --address fd00:1::2/64
	[ "$(addresses a eth0)" = fd00:1::2/64 ]
	expect_reach a fd00:1::1
}

@test "IPv6: a host that begins to forward still believes the router that it has, and no other" {
	needs_nat
	outside_make
	host sh -ec 'ip link add up1 type veth peer name up2
		ip link set up1 up
		ip link set up2 up
		ip -6 route add default via 2001:db8::2 dev up0 proto ra'
	[ "$(host cat /proc/sys/net/ipv6/conf/up0/accept_ra /proc/sys/net/ipv6/conf/up1/accept_ra)" = $'1\n1' ]
	web_make --masquerade
	[ "$(host cat /proc/sys/net/ipv6/conf/all/forwarding)" = 1 ]
	[ "$(host cat /proc/sys/net/ipv6/conf/up0/accept_ra /proc/sys/net/ipv6/conf/up1/accept_ra)" = $'2\n1' ]
}
