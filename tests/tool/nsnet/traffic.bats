# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Who reaches whom, by real packets.
load ../helper
load nsnet
load outside

# on_bridge NAME ADDRESS [OPTION...]: a namespace plugged into br0.
on_bridge() {
	nsnet add "new:$1" veth --bridge br0 --address "10.1.0.$2/24" --gateway 10.1.0.1 --address "fd00:1::$2/64" \
		--gateway fd00:1::1 "${@:3}"
}

@test "three namespaces on a bridge reach each other and the host, over IPv4 and IPv6" {
	local from to
	nsnet bridge create br0 --address 10.1.0.1/24 --address fd00:1::1/64
	on_bridge a 2
	on_bridge b 3
	on_bridge c 4
	for from in a b c; do
		for to in 1 2 3 4; do
			expect_reach "$from" "10.1.0.$to"
			expect_reach "$from" "fd00:1::$to"
		done
	done
	nsnet del c eth0
	expect_no_reach a 10.1.0.4
}

@test "isolated ports reach the host and what is not isolated, and not each other" {
	nsnet bridge create br0 --address 10.1.0.1/24 --address fd00:1::1/64
	on_bridge a 2 --isolated
	on_bridge b 3 --isolated
	on_bridge c 4
	expect_reach a 10.1.0.1
	expect_reach b fd00:1::1
	expect_reach a 10.1.0.4
	expect_reach c 10.1.0.3
	expect_no_reach a 10.1.0.3
	expect_no_reach b fd00:1::2
}

@test "a bridge with masquerade: the outside sees the host's address, until the bridge goes" {
	needs_nat
	host ip netns add outside
	host ip link add up0 type veth peer name eth0 netns outside
	host ip address add 192.0.2.1/24 dev up0
	host ip link set up0 up
	in_ns outside ip address add 192.0.2.2/24 dev eth0
	in_ns outside ip link set eth0 up
	nsnet bridge create br0 --address 10.1.0.1/24 --masquerade
	nsnet add new:a veth --bridge br0 --address auto --subnet 10.1.0.0/24 --gateway 10.1.0.1
	# The outside has no route to 10.1.0.0/24: an answer is one to 192.0.2.1.
	expect_reach a 192.0.2.2
	nsnet bridge delete --force br0
	run nsnet bridge list
	expect_no_text br0
	[ "$(host nft list ruleset | grep -c masquerade)" -eq 0 ]
}

@test "a pair without a bridge: the two ends reach each other" {
	nsnet add new:a veth --host-name to-a --host-address 10.3.0.1/30 --address 10.3.0.2/30 --gateway 10.3.0.1
	expect_reach a 10.3.0.1
	host busybox ping -c 1 -W 5 10.3.0.2
	[ "$(links)" = to-a ]
}

@test "macvlan: two on one parent reach each other, in private mode they do not" {
	needs_link macvlan
	host ip link add up0 type veth peer name up1
	host ip link set up0 up
	host ip link set up1 up
	nsnet add new:a macvlan --parent up0 --address 10.4.0.2/24
	nsnet add new:b macvlan --parent up0 --address 10.4.0.3/24
	expect_reach a 10.4.0.3
	nsnet add new:c macvlan --parent up0 --mode private --address 10.4.0.4/24
	nsnet add new:d macvlan --parent up0 --mode private --address 10.4.0.5/24
	expect_no_reach c 10.4.0.5
	in_ns c ip -d -j link show eth0 | jq -e '.[0].linkinfo.info_data.mode == "private"'
}

@test "ipvlan: two on one parent reach each other" {
	needs_link ipvlan
	host ip link add up0 type veth peer name up1
	host ip link set up0 up
	host ip link set up1 up
	nsnet add new:a ipvlan --parent up0 --address 10.4.0.2/24
	nsnet add new:c ipvlan --parent up0 --address 10.4.0.4/24
	expect_reach a 10.4.0.4
}

@test "vlan: the same number reaches, another does not" {
	needs_link vlan
	host ip link add up0 type veth peer name up1
	host ip link set up0 up
	host ip link set up1 up
	nsnet add new:a vlan --parent up0 --vlan 7 --address 10.5.0.2/24
	nsnet add new:b vlan --parent up1 --vlan 7 --address 10.5.0.3/24
	nsnet add new:c vlan --parent up1 --vlan 8 --address 10.5.0.4/24
	expect_reach a 10.5.0.3
	expect_no_reach a 10.5.0.4
}
