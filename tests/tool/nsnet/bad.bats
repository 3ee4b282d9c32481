# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# What is refused: the error names the value, and nothing is made.
load ../helper
load nsnet
load outside

@test "bad input: add" {
	local arguments expected
	nsnet bridge create br0
	while IFS='|' read -r arguments expected; do
		# shellcheck disable=SC2086 # several
		run nsnet add new:a $arguments
		[ "$status" -ne 0 ] || { echo "accepted: $arguments" >&2; return 1; }
		expect_text "$expected"
		[ -z "$(host ls /run/netns)" ]
		[ "$(links)" = br0 ]
		! is_left
	done <<-'END'
		veth --address 10.0.0.2|expected an address with a prefix
		veth --address 10.0.0.256/24|expected an address with a prefix
		veth --address 10.0.0.2/33|expected an address with a prefix
		veth --address 10.0.0.2/-1|expected an address with a prefix
		veth --address 10.0.0.02/24|expected an address with a prefix
		veth --address fd00::g/64|expected an address with a prefix
		veth --address fd00::2/129|expected an address with a prefix
		veth --address 10.0.0.0/24|and not of its whole network
		veth --address 10.0.0.255/24|and not its network's for broadcasts
		veth --address 224.0.0.1/24|the address of one interface
		veth --address 0.0.0.0/0|the address of one interface
		veth --address 10.0.0.2/24 --address 10.0.0.2/16|each address once
		veth --address auto|the address "auto" needs "subnets"
		veth --subnet 10.0.0.0/24|which is not there
		veth --address auto --subnet 10.0.0.1/24|has bits behind its prefix: the network is 10.0.0.0/24
		veth --address auto --subnet 10.0.0.0/24 --subnet 10.0.0.0/16|subnets that do not overlap
		veth --address 10.0.0.2/24 --gateway 10.0.0.2|a gateway that is not the interface itself
		veth --address 10.0.0.2/24 --gateway fd00::1|a gateway of the family
		veth --address 10.0.0.2/24 --gateway 10.0.0.1 --gateway 10.0.0.3|one gateway of each family
		veth --gateway nonsense|expected an address
		veth --name longer-than-15-bytes|1 to 15 characters
		veth --name a/b|1 to 15 characters
		veth --name eth%d|1 to 15 characters
		veth --name ..|1 to 15 characters
		veth --name a:b|1 to 15 characters
		veth --bridge none0|find bridge none0: No such device
		veth --bridge lo|find bridge lo: is a device, not a bridge
		veth --bridge br0 --host-address 10.0.0.1/24|with "bridge" it is the bridge that has addresses
		veth --isolated|needs "bridge"
		veth --hairpin|needs "bridge"
		veth --create|needs "bridge"
		veth --mac 01:00:00:00:00:01|no multicast
		veth --mac 00:00:00:00:00:00|not zero
		veth --mac 02:00:00:00:00|expected a MAC address
		veth --mtu 10|expected an MTU
		veth --mtu 70000|expected an MTU
		veth --mtu many|expected a number
		veth --mtu 1000 --address fd00::2/64|an MTU of at least 1280
		veth --parent br0|is for macvlan, ipvlan, vlan and phys, not for veth
		veth --vlan 5|is for vlan, not for veth
		veth --up --down|--up and --down exclude each other
		macvlan|parent
		macvlan --parent none0|find interface none0: No such device
		macvlan --parent br0 --mode sideways|sideways
		macvlan --parent br0 --bridge br0|is for veth, not for macvlan
		ipvlan --parent br0 --mac 02:00:00:00:00:01|not for ipvlan
		vlan --parent br0|vlan
		vlan --parent br0 --vlan 4095|a VLAN's number (1 to 4094)
		phys|parent
		phys --parent none0|none0
		phys --parent lo|lo
		wireguard|wireguard
	END
}

@test "N9: a name that a shell would run is a name" {
	needs_nat
	# shellcheck disable=SC2016
	nsnet add new:a veth --name '$(touch${IFS}x)' --host-name '`>y`;|&<>' --address 10.0.0.2/24 --masquerade
	[ "$(links)" = '`>y`;|&<>' ]
	nsnet del a '$(touch${IFS}x)'
	[ ! -e x ] && [ ! -e y ]
	expect_nothing
}

@test "bad input: the names of namespaces" {
	local name
	for name in . .. a/b "" "$(printf 'x%.0s' {1..300})"; do
		run nsnet add "new:$name" veth
		[ "$status" -ne 0 ]
		expect_text "nsnet: "
	done
	[ -z "$(host ls /run/netns)" ]
	expect_nothing
}

@test "bad input: bridges" {
	local arguments expected
	host ip link add up0 type veth peer name up1
	host ip address add 10.9.0.1/24 dev up0
	while IFS='|' read -r arguments expected; do
		# shellcheck disable=SC2086 # several
		run nsnet bridge $arguments
		[ "$status" -ne 0 ] || { echo "accepted: $arguments" >&2; return 1; }
		expect_text "$expected"
		[ "$(links)" = "up0 up1" ]
	done <<-'END'
		create br0 --address 10.0.0.1|expected an address with a prefix
		create br0 --address 10.0.0.0/24|its network's own or broadcast address
		create br0 --address 10.9.0.7/16|10.9.0.7/16 on br0: overlaps with 10.9.0.1/24 of up0
		create up0|File exists
		create longer-than-15-bytes|longer-than-15-bytes
		create a/b|a/b
		create br0 --masquerade|needs an --address
		create br0 --mtu 10|mtu
		delete br0|find bridge br0: No such device
		delete up0|find bridge up0: is a veth, not a bridge
		delete|name
		paint br0|expected create, delete or list
	END
}

@test "bad input: files" {
	local text expected
	host ip netns add a
	while IFS='|' read -r text expected; do
		run nsnet apply a <<<"$text"
		[ "$status" -ne 0 ] || { echo "accepted: $text" >&2; return 1; }
		expect_text "$expected"
		[ -z "$(links a)" ]
		expect_nothing
	done <<-'END'
		{|standard input
		[]|standard input
		{"networks": {}}|/networks
		{"network": []}|/network
		{"networks": [{"type": "none"}]}|none is for a container that shares the host's network
		{"networks": [{"name": "a"}, {"name": "a"}]}|a second interface called a
		{"networks": [{"hostName": "a"}, {"hostName": "a"}]}|a second host's end called a
		{"networks": [{"type": "phys", "parent": "lo"}, {"type": "phys", "parent": "lo"}]}|lo can move in once only
		{"routes": [{"destination": "default", "gateway": "10.0.0.1"}]}|Network is unreachable
		{"routes": [{"destination": "10.0.0.1/8", "interface": "lo"}]}|the network is 10.0.0.0/8
		{"routes": [{"destination": "10.0.0.0/8", "gateway": "fd00::1"}]}|a gateway of the destination's family
		{"routes": [{"destination": "10.0.0.0/8", "interface": "lo", "onLink": true}]}|needs a gateway and an interface
		{"routes": [{"destination": "::/0", "interface": "lo"}, {"destination": "::/0", "interface": "lo"}]}|a second route to the same destination
	END
	run nsnet apply a -f /nonexistent.json
	expect_status 1
	expect_text "read /nonexistent.json: No such file or directory"
	run nsnet apply nobody <<<'{}'
	expect_text "nobody: no such container"
}

@test "bridges: list, those with ports stay unless --force" {
	nsnet bridge create br0 --address 10.1.0.1/24 --mtu 1400
	nsnet add new:a veth --bridge br0 --host-name to-a
	run nsnet bridge list
	expect_text "br0   up     1400  10.1.0.1/24" to-a
	nsnet bridge list --json | jq -e '.[0] | .name == "br0" and .mtu == 1400 and .ports == ["to-a"] and
		(.addresses | index("10.1.0.1/24"))'
	run nsnet bridge delete br0
	expect_status 1
	expect_text "delete bridge br0: 1 interfaces are plugged into it" "use --force"
	nsnet bridge delete --force br0
	[ "$(links)" = to-a ]
}

@test "bad input: what is wrong with the words does not even make the place for namespaces" {
	host sh -c '[ ! -e /run/netns ]' || host sh -c 'umount /run/netns; rmdir /run/netns'
	run -1 nsnet add new:x veth --address 10.9.0.999/24
	expect_text "10.9.0.999/24"
	host sh -c '[ ! -e /run/netns ]'
}
