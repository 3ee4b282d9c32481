# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# add, del, move, return: one interface.
load ../helper
load nsnet

# link NAME INTERFACE FILTER: what the kernel says of it.
link() { in_ns "$1" ip -d -j address show dev "$2" | jq -e ".[0] | $3" >/dev/null; }

@test "add veth: every option, as the kernel shows it" {
	nsnet bridge create br0 --mtu 1400
	nsnet add new:a veth --name lan0 --host-name lan-a --bridge br0 --address 10.1.0.2/24 --address fd00:1::2/64 \
		--gateway 10.1.0.1 --gateway fd00:1::1 --mtu 1300 --mac 02:00:00:00:00:05 --txqueuelen 77 --hairpin --isolated
	link a lan0 '.mtu == 1300 and .txqlen == 77 and .address == "02:00:00:00:00:05" and (.flags | index("UP"))'
	[ "$(addresses a lan0)" = "10.1.0.2/24 fd00:1::2/64" ]
	host ip -d -j link show lan-a | jq -e '.[0] | .master == "br0" and .linkinfo.info_slave_data.hairpin and
		.linkinfo.info_slave_data.isolated and .num_tx_queues == 1 and .num_rx_queues == 1'
	link a lan0 '.num_tx_queues == 1 and .num_rx_queues == 1'
	run routes a
	expect_text "default via 10.1.0.1 dev lan0" "default via fd00:1::1 dev lan0"
	run nsnet show a
	expect_text "lan-a on br0" "02:00:00:00:00:05" "10.1.0.2/24 fd00:1::2/64"
	nsnet del a lan0
	nsnet bridge delete br0
	expect_nothing
}

@test "add: the bridge's MTU, names that are free, --down, --json" {
	nsnet bridge create br0 --mtu 1400
	nsnet add new:a veth --bridge br0
	nsnet add a veth --bridge br0 --down
	[ "$(links a)" = "eth0 eth1" ]
	link a eth0 '.mtu == 1400'
	link a eth1 '.flags | index("UP") | not'
	run -0 nsnet add a veth --bridge br0 --address auto --subnet 10.9.0.0/24 --json
	jq -e '.name == "eth2" and .addresses == ["10.9.0.1/24"] and (.hostName | startswith("ns"))' <<<"$output"
	# The host's end has the same name for the same owner and interface.
	local name
	name=$(jq -r .hostName <<<"$output")
	nsnet del a eth2
	nsnet add a veth --name eth2
	run links
	expect_text "$name"
}

@test "add: overlaps with what the namespace has, and a name that is taken, change nothing" {
	nsnet bridge create br0
	nsnet add new:a veth --bridge br0 --address 10.1.0.2/24 --address fd00::2/64
	for address in 10.1.0.2/24 10.1.0.9/16 fd00::7/48; do
		run nsnet add a veth --bridge br0 --address "$address"
		expect_status 1
		expect_output "nsnet: add interface eth1: $address overlaps with a network of eth0"
	done
	run nsnet add a veth --name eth0
	expect_status 1
	expect_output "nsnet: add interface eth0: File exists
hint: the namespace has an interface of that name"
	run nsnet add new:b veth --host-name br0
	expect_status 1
	expect_text "add veth br0: File exists" "the host has an interface of that name"
	[ "$(host ls /run/netns)" = a ]
	[ "$(links a)" = eth0 ]
	# A single address is in nobody's way.
	nsnet add a veth --bridge br0 --address 10.1.0.7/32
	[ "$(links a)" = "eth0 eth1" ]
	[ "$(addresses a eth0)" = "10.1.0.2/24 fd00::2/64" ]
}

@test "add --create: the bridge comes with its first port and goes with its last" {
	nsnet add new:a veth --bridge br9 --create --address 10.1.0.2/24 --gateway 10.1.0.1
	nsnet add new:b veth --bridge br9 --create --address 10.1.0.3/24 --gateway 10.1.0.1
	run nsnet bridge list
	expect_text br9 10.1.0.1/24
	expect_reach a 10.1.0.3
	expect_reach a 10.1.0.1
	nsnet del a eth0
	run links
	expect_text br9
	nsnet del b eth0
	expect_nothing
}

@test "add --create leaves a bridge that somebody made" {
	nsnet bridge create br9 --address 10.1.0.1/24
	nsnet add new:a veth --bridge br9 --create --address 10.1.0.2/24 --gateway 10.1.0.1
	nsnet del a eth0
	[ "$(links)" = br9 ]
}

@test "add macvlan, dummy, vlan, ipvlan: those that the kernel has" {
	local type options made=0
	declare -A options=([macvlan]="--mode passthru --mac 02:00:00:00:00:09" [vlan]="--vlan 9 --mac 02:00:00:00:00:09"
		[ipvlan]="--mode l3" [dummy]="--mac 02:00:00:00:00:09")
	host ip link add up0 type veth peer name up1
	host ip link set up0 up
	for type in macvlan vlan ipvlan dummy; do
		local parent=(--parent up0)
		[ "$type" != dummy ] || parent=()
		# shellcheck disable=SC2086 # several options
		run nsnet add "new:$type" "$type" "${parent[@]}" ${options[$type]} --name x0 --mtu 1280 --address 10.4.0.2/24
		if [ "$status" -eq 0 ]; then
			link "$type" x0 ".linkinfo.info_kind == \"$type\" and .mtu == 1280 and (.flags | index(\"UP\"))"
			[ "$(addresses "$type" x0)" = 10.4.0.2/24 ]
			nsnet del "$type" x0
			made=$((made + 1))
		else
			expect_status 1
			expect_output "nsnet: add $type x0: Operation not supported
hint: this kernel has no $type interfaces (a module that is not loaded, or not built)"
		fi
		[ "$(links)" = "up0 up1" ]
		! is_left
	done
	[ "$made" -gt 0 ]
	# One on an interface that is down cannot be brought up.
	host ip link set up0 down
	run -1 nsnet add new:vlan vlan --parent up0 --vlan 9
	[[ $output == *"this kernel has no vlan interfaces"* ]] || expect_text "Network is down" "hint: up0, which it is on, is down"
	[ "$(links)" = "up0 up1" ]
}

@test "move and return: an interface of the host, with its name and addresses" {
	host ip link add up0 address 02:00:00:00:00:07 type veth peer name up1
	host ip address add 192.0.2.1/24 dev up0
	host ip address add 2001:db8::1/64 dev up0
	host ip link set up0 up mtu 1400
	nsnet move new:a up0
	[ "$(links)" = up1 ]
	[ "$(addresses a up0)" = "192.0.2.1/24 2001:db8::1/64" ]
	link a up0 '(.flags | index("UP")) and .mtu == 1400'
	nsnet return a up0
	[ "$(links)" = "up0 up1" ]
	host ip -j address show up0 | jq -e '[.[0].addr_info[].local] | index("192.0.2.1") and index("2001:db8::1")'
	host ip -j link show up0 | jq -e '.[0] | .mtu == 1400 and .address == "02:00:00:00:00:07" and (.flags | index("UP"))'
	! is_left
}

@test "move under another name and with other addresses; del brings it back too" {
	host ip link add up0 type veth peer name up1
	host ip address add 192.0.2.1/24 dev up0
	nsnet add new:a phys --parent up0 --name wan0 --address 192.0.2.9/24 --gateway 192.0.2.2 --mtu 1300
	[ "$(links a)" = wan0 ]
	[ "$(addresses a wan0)" = 192.0.2.9/24 ]
	nsnet del a wan0
	[ "$(links)" = "up0 up1" ]
	host ip -j address show up0 | jq -e '.[0] | .mtu == 1500 and ([.addr_info[].local] | index("192.0.2.1"))'
	run nsnet return a wan0
	expect_status 1
	expect_text "return interface wan0: nsnet has not moved it there"
}

@test "a moved interface comes back when its namespace was deleted by another" {
	host ip link add up0 type veth peer name up1
	nsnet move new:a up0
	[ "$(links)" = up1 ]
	host sh -c '"$1" show a >/dev/null; "$1" del --all a' sh "$NSNET"
	[ "$(links)" = "up0 up1" ]
}

@test "del: what nsnet did not make, what is not there, lo" {
	host ip netns add a
	host ip link add other type veth peer name eth5 netns a
	nsnet del a eth5
	[ -z "$(links)" ]
	run nsnet del a eth5
	expect_status 1
	expect_output "nsnet: find interface eth5: No such device
hint: the namespace has no interface of that name"
	run nsnet del a lo
	expect_status 2
	expect_text "delete interface lo: every network namespace has it"
	nsnet del --all a
	run nsnet del a
	expect_status 2
	expect_text "no interface given (or --all)"
}

@test "TARGET: a container, a PID, a file, a name, new:NAME; and what is none" {
	host ip netns add a
	nsnet add /run/netns/a veth --name one
	nsnet add new:a veth --name two
	nsenter --target "$HOST" --net --mount -- nsenter --net=/run/netns/a -- sleep 60 </dev/null >/dev/null 2>&1 3>&- &
	JOB=$!
	there() { [ "$(readlink "/proc/$JOB/ns/net")" = "$(in_ns a readlink /proc/self/ns/net)" ]; }
	wait_until 10 there
	nsnet add "$JOB" veth --name three
	[ "$(links a)" = "one three two" ]
	kill "$JOB"
	wait "$JOB" || :
	container_start
	nsnet add "$ID" veth --name four
	run in_container "$ID" ip link
	expect_text "four@"
	nsinit delete --force "$ID"
	run nsnet add "$ID" veth
	expect_status 1
	expect_text "$ID: no such container, and no namespace of that name in /run/netns" "new:NAME"
	run nsnet add 999999999 veth
	expect_status 1
	expect_text "999999999"
	run nsnet show new:a
	expect_text "new:a: this command makes no namespace"
	run nsnet add "" veth
	expect_status 2
	run nsnet add /proc/self/ns/net veth
	expect_text "is the caller's own"
	run nsnet add /proc/self/ns/mnt veth
	expect_status 1
	expect_text "/proc/self/ns/mnt"
	run nsnet add /dev/null veth
	expect_status 1
	expect_text "/dev/null"
	nsnet del --all a
	expect_nothing
}
