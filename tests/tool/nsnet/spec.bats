# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2016
# nsinit.networks, routes and firewall of a container's spec.
load ../helper
load nsnet

NETWORKS='.nsinit.networks = [
		{ type: "veth", bridge: "br0", createBridge: true, addresses: ["auto", "fd00:1::2/64"], subnets: ["10.1.0.0/24"],
		  gateways: ["10.1.0.1", "fd00:1::1"], ports: [{ hostPort: 8080, port: 80 }] },
		{ type: "macvlan", name: "mac0", parent: "up0", addresses: ["10.4.0.2/24"] },
		{ type: "phys", parent: "up1", name: "wan0" }
	] |
	.nsinit.routes = [{ destination: "10.99.0.0/16", gateway: "10.1.0.9" }, { destination: "fd99::/32", gateway: "fd00:1::9" }] |
	.nsinit.firewall = { policy: "drop", rules: [{ action: "allow", protocol: "icmp" }] }'

devices() {
	host ip link add up0 type veth peer name up1
	host ip address add 192.0.2.1/24 dev up1
	host ip link set up0 up
	host ip link set up1 up
}
# expect_clean: as after devices().
expect_clean() {
	[ "$(links)" = "up0 up1" ] || { echo "interfaces: $(links)" >&2; return 1; }
	[ "$(host ip -j address show up1 | jq -r '.[].addr_info[0].local')" = 192.0.2.1 ]
	! is_left || { host find /run/nsnet >&2; return 1; }
	[ "$(host nft list ruleset | grep -cE 'dnat|8080|drop')" -eq 0 ] || { host nft list ruleset >&2; return 1; }
}
devices_are_back() { [ "$(links)" = "up0 up1" ]; }

@test "run: interfaces, addresses, routes and rules are there before the process starts, and gone after it" {
	devices
	container_spec "$NETWORKS"' | .process.capabilities |= map_values(. + ["CAP_NET_RAW"])' sh -c 'ip -o link | sort; ip -o -4 address; ip -o -6 address; ip route; ip -6 route
		ping -c 1 -W 5 10.1.0.1 >/dev/null && echo reached'
	run nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 0
	expect_text eth0 mac0 wan0 10.1.0.2/24 fd00:1::2/64 10.4.0.2/24 192.0.2.1/24 "default via 10.1.0.1 dev eth0" \
		"default via fd00:1::1 dev eth0" "10.99.0.0/16 via 10.1.0.9 dev eth0" "fd99::/32 via fd00:1::9 dev eth0" reached
	expect_clean
}

@test "create, start, delete: all is there from create on; nsnet shows it" {
	devices
	container_spec "$NETWORKS" sleep 300
	bundle=$TEST_DIR/bundle
	mkdir "$bundle"
	cp "$TEST_DIR/$ID.json" "$bundle/config.json"
	nsinit create --bundle "$bundle" "$ID" </dev/null >"$TEST_DIR/out" 2>&1 3>&-
	run nsnet show "$ID"
	expect_text "on br0" mac0 wan0
	[ "$(host nft list ruleset | grep -c 8080)" -gt 0 ]
	run in_container "$ID" nft list ruleset
	expect_text drop
	run nsnet apply --dry-run "$ID" <<<'{"networks": []}'
	expect_text "- interface veth eth0" "- interface macvlan mac0" wan0
	nsinit start "$ID"
	nsinit delete --force "$ID"
	expect_clean
}

@test "a process that ends by itself: its devices come back with delete" {
	devices
	container_start "$NETWORKS" true
	wait_until 20 has_status "$ID" stopped
	nsinit delete "$ID"
	expect_clean
}

@test "kill -9 of the runtime, at any moment: delete --force takes away all" {
	local i
	devices
	# The parent of their cgroups is there, whole, before the first is killed.
	container_run . true
	for i in $(seq 10); do
		container_spec "$NETWORKS" sleep 300
		job_killed $((i * 5000)) "$NSINIT" --root "$STATE" run --detach --spec "$TEST_DIR/$ID.json" "$ID"
		nsinit delete --force "$ID" >"$TEST_DIR/said" 2>&1 || grep -q 'no such container\|does not exist' "$TEST_DIR/said" ||
			{ cat "$TEST_DIR/said" >&2; return 1; }
		wait_until 20 devices_are_back
		expect_clean || { echo "killed after $((i * 5)) ms" >&2; return 1; }
	done
}

@test "a failure at any network or route: the error says where, and nothing is left" {
	local filter expected
	devices
	while IFS='|' read -r filter expected; do
		container_spec "$NETWORKS | ${filter//_/|}" true
		run nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
		[ "$status" -gt 124 ]
		expect_text "$expected"
		run nsinit state "$ID"
		expect_status 1
		expect_clean
	done <<-'END'
		.nsinit.networks[0].createBridge = false|find bridge br0: No such device
		.nsinit.networks[1].parent = "nodev0"|find interface nodev0: No such device
		.nsinit.networks[1].mtu = 60000|mac0
		.nsinit.networks[2].parent = "nodev0"|nodev0
		.nsinit.networks[0].hostName = "up0"|add veth up0: File exists
		.nsinit.routes[0].gateway = "10.123.0.1"|add route 10.99.0.0/16 via 10.123.0.1: Network is unreachable
		.nsinit.routes[1].interface = "eth9"|find interface eth9: No such device
	END
	container_spec "$NETWORKS | .process.args = [\"/nothing\"]"
	run -127 nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text /nothing
	expect_clean
}

@test "what cannot be is refused before anything is made" {
	local filter expected
	while IFS='|' read -r filter expected; do
		container_spec "${filter//_/|}" true
		run nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
		[ "$status" -ne 0 ]
		expect_text "$expected"
		expect_nothing
	done <<-'END'
		.nsinit.networks = [{type: "veth"}] _ .linux.namespaces _= map(select(.type != "network"))|expected a network namespace: without one the host's network would be changed
		.nsinit.networks = [{type: "none"}]|none shares the host's network, but linux.namespaces lists a network namespace
		.nsinit.networks = [{type: "empty"}, {type: "veth"}]|empty excludes all other networks
		.nsinit.networks = [{type: "tun"}]|/nsinit/networks/0/type
		.nsinit.networks = [{type: "veth", name: "longer-than-15-bytes"}]|expected the name of an interface (1 to 15 characters
		.nsinit.networks = [{addresses: ["10.0.0.2/24"]}, {addresses: ["10.0.0.3/16"]}]|10.0.0.3/16 overlaps with a network of eth0
		.nsinit.routes = [{destination: "default"}]|/nsinit/routes/0
	END
}

@test "types empty and none; a namespace that is joined" {
	run container_run '.nsinit.networks = [{type: "empty"}]' ip -o link
	expect_status 0
	[ "${#lines[@]}" -eq 1 ]
	run container_run '.nsinit.networks = [{type: "none"}] | .linux.namespaces |= map(select(.type != "network"))' ip -o link
	expect_status 0
	expect_text "lo:"
	host ip netns add a
	run container_run '.nsinit.networks = [{type: "veth"}] | .linux.namespaces |= map(if .type == "network" then .path = "/run/netns/a" else . end)' true
	[ "$status" -ne 0 ]
	expect_text "a network namespace that is joined is used as it is" "nsnet apply changes a namespace that exists already"
	expect_nothing
}

@test "three containers on one bridge: each has an address and reaches the others; the bridge goes with the last" {
	local ids=() id
	for id in 1 2 3; do
		container_start '.nsinit.networks = [{bridge: "br0", createBridge: true, addresses: ["auto"], subnets: ["10.1.0.0/24"],
			gateways: ["10.1.0.1"]}]'
		ids+=("$ID")
	done
	for id in "${ids[@]}"; do
		for last in 1 2 3 4; do
			wait_until 10 in_container "$id" busybox ping -c 1 -W 1 "10.1.0.$last" >/dev/null
		done
	done
	nsinit delete --force "${ids[0]}"
	nsinit delete --force "${ids[2]}"
	[[ $(links) == *br0* ]]
	nsinit delete --force "${ids[1]}"
	expect_nothing
}
