# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# nsnet as a CNI plugin: what the contract says (the CNI project's SPEC.md), command by command.
load ../helper
load nsnet
load outside

setup() {
	needs_root
	test_begin
	host_make
	host ip netns add box
	mkdir "$TEST_DIR/plugins"
	jq -n '{cniVersion: "1.1.0", name: "net", type: "nsnet",
		interface: {bridge: "br0", createBridge: true, addresses: ["auto"], subnets: ["10.1.0.0/24", "fd00:1::/64"],
			gateways: ["10.1.0.1", "fd00:1::1"]}}' >"$TEST_DIR/conf"
}
teardown() {
	serve_end
	host_remove
}

# cni COMMAND [FILTER [VARIABLE=VALUE...]]: the plugin with the configuration changed by the filter.
cni() {
	local command=$1 filter=${2:-.}
	shift $(($# > 1 ? 2 : 1))
	jq -c "$filter" "$TEST_DIR/conf" | host env CNI_COMMAND="$command" CNI_CONTAINERID=box1 CNI_NETNS=/run/netns/box \
		CNI_IFNAME=eth0 CNI_PATH="$TEST_DIR/plugins" "$@" "$NSNET"
}

# expect_error CODE TEXT COMMAND [FILTER [VARIABLE=VALUE...]]
expect_error() {
	run --separate-stderr cni "${@:3}"
	expect_status 1
	local error
	error=$(jq -r '"\(.code) \(.msg) \(.details)"' <<<"$output")
	[[ $error == "$1 "*"$2"* ]] || { echo "${*:3}: expected code $1, \"$2\": $output" >&2; return 1; }
}

# With the result of ADD as prevResult.
with_result() { jq -c '. as $config | input as $result | $config + {prevResult: $result}' "$TEST_DIR/conf" "$TEST_DIR/result" |
	sponge_to "$TEST_DIR/conf"; }
sponge_to() { cat >"$1.new" && mv "$1.new" "$1"; }

@test "cni: ADD makes the interface and prints it, CHECK finds it, DEL takes it away, twice and without a namespace" {
	cni ADD >"$TEST_DIR/result"
	jq -e '.cniVersion == "1.1.0" and [.interfaces[].name][0] == "br0" and .interfaces[2].name == "eth0" and
		.interfaces[2].sandbox == "/run/netns/box" and .interfaces[2].mtu == 1500 and
		[.ips[].address] == ["10.1.0.2/24", "fd00:1::2/64"] and [.ips[].interface] == [2, 2] and
		.ips[0].gateway == "10.1.0.1" and .routes[0] == {"dst": "0.0.0.0/0", "gw": "10.1.0.1"} and .dns == {}' \
		"$TEST_DIR/result" || { cat "$TEST_DIR/result"; return 1; }
	[ "$(addresses box eth0)" = "10.1.0.2/24 fd00:1::2/64" ]
	[ "$(in_ns box ip -j link show eth0 | jq -r '.[0].address')" = "$(jq -r '.interfaces[2].mac' "$TEST_DIR/result")" ]
	expect_reach box 10.1.0.1
	expect_error 999 "already" ADD
	[ "$(addresses box eth0)" = "10.1.0.2/24 fd00:1::2/64" ]
	expect_error 7 "CHECK needs prevResult" CHECK
	with_result
	[ -z "$(cni CHECK)" ]
	[ -z "$(cni DEL)" ]
	expect_nothing
	expect_error 999 "" CHECK
	[ -z "$(cni DEL)" ]
	[ -z "$(cni DEL . CNI_NETNS=)" ]
	[ -z "$(cni DEL . CNI_NETNS=/run/netns/none)" ]
}

@test "cni: CHECK sees what was changed" {
	cni ADD >"$TEST_DIR/result"
	with_result
	cni CHECK
	in_ns box ip route del default via 10.1.0.1
	expect_error 999 "route to 0.0.0.0/0" CHECK
	in_ns box ip route add default via 10.1.0.1
	cni CHECK
	in_ns box ip address del 10.1.0.2/24 dev eth0
	expect_error 999 "address 10.1.0.2/24" CHECK
	in_ns box ip link delete eth0
	expect_error 999 "interface eth0" CHECK
	cni DEL
	expect_nothing
}

@test "cni: DEL when the namespace has gone, with its interface" {
	cni ADD >/dev/null
	host ip netns del box
	cni DEL
	expect_nothing
}

@test "cni: each version's form of the result" {
	local version
	for version in 0.1.0 0.2.0 0.3.0 0.3.1 0.4.0 1.0.0 1.1.0; do
		cni ADD ".cniVersion = \"$version\"" >"$TEST_DIR/result"
		jq -e --arg version "$version" '.cniVersion == $version and
			if $version < "0.3" then .ip4.ip == "10.1.0.2/24" and .ip4.gateway == "10.1.0.1" and
				.ip4.routes[0].dst == "0.0.0.0/0" and .ip6.ip == "fd00:1::2/64" and (has("ips") | not)
			else (.ips[0].version == if $version < "1" then "4" else null end) and
				(.interfaces[2] | has("mtu")) == ($version == "1.1.0") end' "$TEST_DIR/result" ||
			{ cat "$TEST_DIR/result"; return 1; }
		cni DEL ".cniVersion = \"$version\""
	done
	run cni VERSION '{cniVersion: "0.4.0"}'
	[ "$(jq -c . <<<"$output")" = '{"cniVersion":"0.4.0","supportedVersions":["0.1.0","0.2.0","0.3.0","0.3.1","0.4.0","1.0.0","1.1.0"]}' ]
}

@test "cni: what is wrong has its code, and nothing is made" {
	expect_error 4 "unknown CNI_COMMAND: add" add
	expect_error 4 "required env variables [CNI_CONTAINERID,CNI_NETNS] missing" ADD . CNI_CONTAINERID= CNI_NETNS=
	expect_error 4 "required env variables [CNI_PATH] missing" GC . CNI_PATH=
	local name
	for name in ../x 'a b' -x 'ä'; do
		expect_error 4 "CNI_CONTAINERID" ADD . "CNI_CONTAINERID=$name"
		expect_error 7 "network name" ADD ".name = \"$name\""
		expect_error 7 "plugin type" ADD ".type = \"$name\""
		expect_error 7 "plugin type" ADD ".ipam.type = \"$name\""
	done
	for name in . .. a/b a:b 'a b' 0123456789abcdef; do
		expect_error 4 "CNI_IFNAME" ADD . "CNI_IFNAME=$name"
	done
	expect_error 7 "plugin type" ADD '.ipam.type = "../../../bin/sh"'
	expect_error 4 "CNI_ARGS: unknown args" ADD . CNI_ARGS=IP=10.1.0.7
	expect_error 4 "CNI_ARGS: invalid pair" ADD . CNI_ARGS=IP
	expect_error 7 "missing network name" ADD 'del(.name)'
	expect_error 1 "incompatible CNI versions" ADD '.cniVersion = "2.0.0"'
	expect_error 1 'config is "0.9"' ADD '.cniVersion = "0.9"'
	expect_error 1 "does not allow CHECK" CHECK '.cniVersion = "0.3.1"'
	expect_error 1 "does not allow GC" GC '.cniVersion = "1.0.0"'
	expect_error 1 "does not allow STATUS" STATUS '.cniVersion = "1.0.0"'
	expect_error 7 'unknown member "firewal"' ADD '.firewal = {}'
	expect_error 7 "10.1.0.0/33" ADD '.interface.subnets[0] = "10.1.0.0/33"'
	expect_error 7 "CNI_IFNAME" ADD '.interface.name = "eth1"'
	expect_error 8 "/run/netns/none" ADD . CNI_NETNS=/run/netns/none
	expect_error 8 "" ADD . CNI_NETNS=/etc/passwd
	expect_error 8 "should not be the same" ADD . CNI_NETNS=/proc/self/ns/net
	expect_error 999 "no-bridge" ADD '.interface.createBridge = false | .interface.bridge = "no-bridge"'
	run bash -c "echo '{\"name\": ' | nsenter --target $HOST --net --mount env CNI_COMMAND=STATUS CNI_PATH=/ '$NSNET'"
	expect_status 1
	[ "$(jq .code <<<"$output")" = 6 ]
	expect_nothing
	[ -z "$(links box)" ]
}

@test "cni: ports, rates, addresses and MAC come with the run time data of capabilities that were declared" {
	needs_nat
	outside_make
	serve box 80
	local runtime='.runtimeConfig = {portMappings: [{hostPort: 8080, containerPort: 80, protocol: "TCP"},
			{hostPort: 8081, containerPort: 80, protocol: "udp", hostIP: "192.0.2.1"}, {containerPort: 9}],
		bandwidth: {ingressRate: 8000000, ingressBurst: 2147483647, egressRate: 4000000, egressBurst: 2147483647},
		ips: ["10.1.0.77/24"], mac: "02:00:00:00:00:77"}'
	cni ADD "$runtime" >"$TEST_DIR/result"
	[ "$(addresses box eth0)" = "10.1.0.2/24 fd00:1::2/64" ]
	expect_no_answer outside tcp 192.0.2.1 8080
	cni DEL "$runtime"
	runtime="$runtime | .capabilities = {portMappings: true, bandwidth: true, ips: true, mac: true}
		| .interface.gateways = [\"10.1.0.1\"]"
	cni ADD "$runtime" >"$TEST_DIR/result"
	[ "$(addresses box eth0)" = 10.1.0.77/24 ]
	[ "$(jq -r '.interfaces[2].mac' "$TEST_DIR/result")" = 02:00:00:00:00:77 ]
	expect_answer "box from 192.0.2.2" outside tcp 192.0.2.1 8080
	expect_answer box outside udp 192.0.2.1 8081
	[ "$(host tc qdisc show | grep -c tbf)" -eq 2 ]
	jq -c "$runtime" "$TEST_DIR/conf" | sponge_to "$TEST_DIR/conf"
	with_result
	cni CHECK
	cni DEL . CNI_NETNS=
	[ "$(links)" = up0 ]
	[ -z "$(our_rules)" ]
}

@test "cni: behind another plugin it publishes ports, and passes the result on" {
	needs_nat
	outside_make
	serve box 80
	host ip link add br7 type bridge
	host ip address add 10.7.0.1/24 dev br7
	host ip link set br7 up
	host ip link add v7 type veth peer name eth0 netns box
	host ip link set v7 up master br7
	in_ns box ip address add 10.7.0.2/24 dev eth0
	in_ns box ip link set eth0 up
	in_ns box ip route add default via 10.7.0.1
	jq -n '{cniVersion: "1.0.0", name: "chain", type: "nsnet", capabilities: {portMappings: true},
		runtimeConfig: {portMappings: [{hostPort: 8080, containerPort: 80, protocol: "tcp"}]},
		prevResult: {cniVersion: "1.0.0", interfaces: [{name: "eth0", sandbox: "/run/netns/box"}],
			ips: [{address: "10.7.0.2/24", interface: 0}]}}' >"$TEST_DIR/conf"
	cni ADD >"$TEST_DIR/result"
	jq -e --slurpfile conf "$TEST_DIR/conf" '. == $conf[0].prevResult' "$TEST_DIR/result"
	expect_answer "box from 192.0.2.2" outside tcp 192.0.2.1 8080
	expect_answer box host tcp 127.0.0.1 8080
	cni CHECK
	host nft flush ruleset
	expect_error 999 "rules are missing" CHECK
	cni ADD >/dev/null
	cni DEL
	[ -z "$(our_rules)" ]
	[ "$(links box)" = eth0 ]
}

@test "cni: addresses from another plugin, which is told to take them back when ADD fails" {
	cat >"$TEST_DIR/plugins/fake" <<-END
		#!/bin/sh
		cat >"$TEST_DIR/fake.\$CNI_COMMAND.in"
		echo "\$CNI_COMMAND \$CNI_CONTAINERID \$CNI_IFNAME" >>"$TEST_DIR/fake.log"
		echo noise >&2
		[ ! -e "$TEST_DIR/fake.error" ] || { cat "$TEST_DIR/fake.error"; exit 1; }
		[ \$CNI_COMMAND != ADD ] || echo '{"cniVersion": "1.1.0", "ips": [{"address": "10.8.0.5/24", "gateway": "10.8.0.1"}],
			"routes": [{"dst": "0.0.0.0/0"}, {"dst": "10.99.0.0/16", "gw": "10.8.0.9"}], "dns": {"nameservers": ["10.8.0.1"]}}'
	END
	chmod +x "$TEST_DIR/plugins/fake"
	jq -n '{cniVersion: "1.1.0", name: "net", type: "nsnet", ipam: {type: "fake", of: "net"},
		interface: {bridge: "br8", createBridge: true}}' >"$TEST_DIR/conf"
	cni ADD . CNI_ARGS=IP=10.8.0.5 2>/dev/null >"$TEST_DIR/result"
	jq -e '.ips[0] == {"interface": 2, "address": "10.8.0.5/24", "gateway": "10.8.0.1"} and
		.dns.nameservers == ["10.8.0.1"] and [.routes[].dst] == ["0.0.0.0/0", "10.99.0.0/16"]' "$TEST_DIR/result" ||
		{ cat "$TEST_DIR/result"; return 1; }
	[ "$(jq .ipam.of "$TEST_DIR/fake.ADD.in")" = '"net"' ]
	with_result
	cni CHECK 2>/dev/null
	cni STATUS 'del(.prevResult)' 2>/dev/null
	cni DEL 2>/dev/null
	cni GC '. + {"cni.dev/valid-attachments": []}' 2>/dev/null
	expect_nothing
	# The bridge cannot be made: a device has its name.
	host ip link add br8 type veth peer name br9
	expect_error 7 "br8: is a veth, not a bridge" ADD 'del(.prevResult)'
	[ "$(tr '\n' ' ' <"$TEST_DIR/fake.log" | sed 's/ box1 eth0//g; s/ *$//')" = 'ADD CHECK STATUS DEL GC ADD DEL' ] ||
		{ cat "$TEST_DIR/fake.log"; return 1; }
	host ip link del br8
	echo '{"code": 11, "msg": "busy", "details": "later"}' >"$TEST_DIR/fake.error"
	expect_error 11 "fake: busy" ADD 'del(.prevResult)'
	expect_error 11 "later" DEL
	expect_error 999 'failed to find plugin "other"' ADD '.ipam.type = "other"'
	expect_nothing
}

@test "cni: GC takes away what is not in the list, of that network alone" {
	local n
	for n in 1 2 3; do
		host ip netns add "box$n"
		cni ADD '.interface.gateways = []' "CNI_CONTAINERID=box$n" "CNI_NETNS=/run/netns/box$n" >/dev/null
	done
	host ip netns add elsewhere
	cni ADD '.name = "net2" | .interface = {addresses: ["10.2.0.2/24"]}' CNI_CONTAINERID=box1 \
		CNI_NETNS=/run/netns/elsewhere >/dev/null
	host ip netns del box3
	cni GC '. + {"cni.dev/valid-attachments": [{containerID: "box2", ifname: "eth0"}]}'
	[ -z "$(links box1)" ]
	[ "$(links box2)" = eth0 ]
	[ "$(links elsewhere)" = eth0 ]
	[ "$(host find /run/nsnet/owners -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)" = $'cni+net+box2+eth0\ncni+net2+box1+eth0' ]
	cni GC '. + {"cni.dev/attachments": []}'
	[ -z "$(links box2)" ]
	[ "$(links elsewhere)" = eth0 ]
}

@test "cni: STATUS is silent when an interface can be made, and says what is missing" {
	[ -z "$(cni STATUS)" ]
	expect_error 50 "no-bridge" STATUS '.interface.createBridge = false | .interface.bridge = "no-bridge"'
	expect_error 50 "up7" STATUS '.interface = {type: "macvlan", parent: "up7"}'
	host ip link add br0 type veth peer name br1
	expect_error 50 "not a bridge" STATUS '.interface.createBridge = false'
	expect_error 7 "mode" STATUS '.interface.mode = "bridge"'
}

@test "cni: kill -9 in ADD at any moment: DEL without the namespace leaves nothing" {
	local n
	needs_nat
	for n in 1 2 3 4 5 6 7 8; do
		jq -c '.interface.masquerade = true' "$TEST_DIR/conf" | host sh -c '
			CNI_COMMAND=ADD CNI_CONTAINERID=box1 CNI_NETNS=/run/netns/box CNI_IFNAME=eth0 CNI_PATH=/ "$1" >/dev/null <&0 &
			p=$!; sleep "$0"; kill -KILL $p; wait $p' "0.0$((n * 3))" "$NSNET" 2>/dev/null || :
		cni DEL . CNI_NETNS=
		expect_nothing
		[ -z "$(our_rules)" ]
		[ -z "$(links box)" ]
	done
}
