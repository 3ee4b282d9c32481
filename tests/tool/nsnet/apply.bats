# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2016
# apply: the declarative form.
load ../helper
load nsnet

# apply TARGET JSON [OPTION...]
apply() { nsnet apply "${@:3}" "$1" <<<"$2"; }
# What does not change by itself: packets are counted, neighbours found out.
picture() { nsnet show --json "$1" | jq 'del(.. | .traffic?, .neighbours?) | .interfaces |= sort_by(.name)'; }

leases() { host find /run/nsnet/leases -type l -not -name '.*' -printf '%f %l\n' | sort; }

WHOLE='{
	"networks": [
		{ "type": "loopback", "addresses": ["10.255.0.1/32"] },
		{ "type": "veth", "name": "eth0", "bridge": "br0", "addresses": ["auto", "fd00:1::2/64"], "subnets": ["10.1.0.0/24"],
		  "gateways": ["10.1.0.1", "fd00:1::1"], "mtu": 1400, "mac": "02:00:00:00:00:05", "txQueueLength": 99, "isolated": true,
		  "ports": [{ "hostPort": 8080, "port": 80 }], "masquerade": true },
		{ "type": "veth", "name": "eth1", "hostAddresses": ["10.2.0.1/30"], "addresses": ["10.2.0.2/30"] },
		{ "type": "macvlan", "name": "mac0", "parent": "up0", "addresses": ["10.4.0.2/24"] },
		{ "type": "phys", "name": "wan0", "parent": "up1", "mtu": 1300 }
	],
	"routes": [
		{ "destination": "10.99.0.0/16", "gateway": "10.2.0.1" },
		{ "destination": "10.98.0.0/16", "gateway": "10.2.0.1", "metric": 50, "mtu": 1000, "source": "10.2.0.2" },
		{ "destination": "fd00:99::/48", "gateway": "fd00:1::9", "table": 100 },
		{ "destination": "2001:db8::/32", "interface": "eth0" }
	],
	"firewall": { "policy": "drop", "rules": [{ "action": "allow", "protocol": "tcp", "port": 80 }] }
}'

prepare() {
	host ip link add up0 type veth peer name up1
	host ip link set up0 up
	nsnet bridge create br0 --address 10.1.0.1/24 --address fd00:1::1/64
}

@test "apply: all of it; twice changes nothing and sends no request that changes anything" {
	prepare
	apply new:a "$WHOLE"
	[ "$(links a)" = "eth0 eth1 mac0 wan0" ]
	[ "$(addresses a eth0)" = "10.1.0.2/24 fd00:1::2/64" ]
	run routes a
	expect_text "default via 10.1.0.1 dev eth0" "default via fd00:1::1 dev eth0" "10.99.0.0/16 via 10.2.0.1 dev eth1" \
		"10.98.0.0/16 via 10.2.0.1 dev eth1 proto static src 10.2.0.2 metric 50 mtu 1000" "2001:db8::/32 dev eth0"
	[[ $(in_ns a ip -6 route show table 100) == "fd00:99::/48 via fd00:1::9"* ]]
	local before
	before=$(picture a)
	printf '%s' "$WHOLE" >file.json
	[ "$(writes "$NSNET" apply a --file "$TEST_DIR/file.json")" -eq 0 ]
	[ -z "$(<"$TEST_DIR/out")" ]
	[ "$before" = "$(picture a)" ]
	run nsnet apply a -nf "$TEST_DIR/file.json"
	expect_status 0
	expect_output ""
	# The counter counts: one address more is one request.
	jq '.networks[2].addresses += ["10.2.1.2/30"]' file.json >more.json
	[ "$(writes "$NSNET" apply a --file "$TEST_DIR/more.json")" -eq 1 ]
	apply a '{"networks": [], "routes": [], "firewall": {"policy": "accept"}}'
	[ -z "$(links a)" ]
	[ "$(links)" = "br0 up0 up1" ]
	nsnet del --all a
	! is_left
}

@test "apply: only the difference is changed, and --dry-run says it before" {
	prepare
	apply new:a "$WHOLE"
	local index said
	index=$(in_ns a cat /sys/class/net/eth0/ifindex)
	jq '.networks[1] |= (.mtu = 1450 | .isolated = false | .addresses = ["auto", "fd00:1::3/64"]) |
		.networks |= map(select(.name != "mac0")) |
		.networks += [{type: "veth", name: "eth2", bridge: "br0", addresses: ["10.7.0.2/24"]}] |
		.routes |= .[1:] + [{destination: "10.97.0.0/16", gateway: "10.7.0.1"}]' <<<"$WHOLE" >new.json
	run nsnet apply --dry-run a -f "$TEST_DIR/new.json"
	expect_status 0
	said=$output
	expect_text "+ interface veth eth2, host's end ns" "+ address fd00:1::3/64 on eth0" "- address fd00:1::2/64 on eth0" "mac0" \
		"- route 10.99.0.0/16" "+ route 10.97.0.0/16"
	expect_no_text "interface eth1" wan0 10.98.0.0
	[ "$(links a)" = "eth0 eth1 mac0 wan0" ]
	run nsnet apply --verbose a -f "$TEST_DIR/new.json"
	expect_output "$said"
	[ "$(links a)" = "eth0 eth1 eth2 wan0" ]
	# The same interface, with the same lease: not one made anew.
	[ "$(in_ns a cat /sys/class/net/eth0/ifindex)" = "$index" ]
	[ "$(addresses a eth0)" = "10.1.0.2/24 fd00:1::3/64" ]
	in_ns a ip -j link show eth0 | jq -e '.[0].mtu == 1450'
	run routes a
	expect_text "10.97.0.0/16 via 10.7.0.1" "10.98.0.0/16"
	expect_no_text "10.99.0.0/16"
	run nsnet apply a -nf "$TEST_DIR/new.json"
	expect_output ""
}

@test "apply: a member that is not given is left alone" {
	prepare
	apply new:a "$WHOLE"
	apply a '{"routes": [{"destination": "10.96.0.0/16", "gateway": "10.2.0.1"}]}'
	[ "$(links a)" = "eth0 eth1 mac0 wan0" ]
	run routes a
	expect_text "10.96.0.0/16" "default via 10.1.0.1"
	expect_no_text "10.99.0.0"
	apply a "$(jq 'del(.routes)' <<<"$WHOLE")"
	run routes a
	expect_text "10.96.0.0/16"
	nsnet show --json a | jq -e '.rules | tostring | test("drop")'
}

@test "apply: a failure in the middle leaves what was there before" {
	prepare
	apply new:a "$WHOLE"
	local before rules leases
	before=$(picture a)
	leases=$(leases)
	rules=$(host nft -a list ruleset)
	# The last route cannot be: all else is done and taken back.
	jq '.networks[1] |= (.mtu = 1450 | .mac = "02:00:00:00:00:06" | .isolated = false | .addresses = ["10.8.0.2/24"] |
			del(.subnets) | .gateways = [] | .ports[0].port = 81) |
		.networks |= map(select(.name != "mac0" and .name != "wan0")) |
		.networks += [{type: "veth", name: "eth2", bridge: "br7", createBridge: true, addresses: ["10.7.0.2/24"]}] |
		.routes |= .[1:] + [{destination: "10.97.0.0/16", gateway: "10.123.0.1"}]' <<<"$WHOLE" |
		jq 'del(.routes[] | select(.gateway == "fd00:1::9" or .destination == "2001:db8::/32"))' >bad.json
	run nsnet apply a -f "$TEST_DIR/bad.json"
	expect_status 1
	expect_text "add route 10.97.0.0/16 via 10.123.0.1: Network is unreachable" "bad.json: /routes/1"
	# Interfaces that went and came back have new numbers.
	diff <(jq 'del(.. | .index?)' <<<"$before") <(picture a | jq 'del(.. | .index?)')
	[ "$rules" = "$(host nft -a list ruleset)" ]
	[ "$(links)" = "$(links | sed 's/ br7//')" ]
	# The record is as it was too.
	run nsnet apply a -n <<<"$WHOLE"
	expect_output ""
	[ "$leases" = "$(leases)" ]
}

@test "apply: a failure in a new namespace leaves none" {
	run apply new:b '{"networks": [{"type": "veth", "bridge": "br0"}]}'
	expect_status 1
	expect_text "find bridge br0: No such device (standard input: /networks/0)" "nsnet bridge create br0" createBridge
	[ -z "$(host ls /run/netns)" ]
	expect_nothing
}

@test "apply: what somebody took away is put back, what somebody added stays" {
	prepare
	apply new:a "$WHOLE"
	in_ns a ip address delete 10.2.0.2/30 dev eth1
	in_ns a ip link delete eth0
	in_ns a ip address add 10.77.0.1/24 dev eth1
	in_ns a ip link add other type veth peer name other1
	apply a "$WHOLE"
	[ "$(addresses a eth0)" = "10.1.0.2/24 fd00:1::2/64" ]
	[ "$(addresses a eth1)" = "10.2.0.2/30 10.77.0.1/24" ]
	[ "$(links a)" = "eth0 eth1 mac0 other other1 wan0" ]
}

@test "apply: an interface that another made is not replaced" {
	host ip netns add a
	host ip link add other type veth peer name eth0 netns a
	run apply a '{"networks": [{"type": "macvlan", "name": "eth0", "parent": "other"}]}'
	expect_status 1
	expect_text "add interface eth0: there is one of that name, of the type veth, that nsnet did not make"
	[ "$(links)" = other ]
}

# killed_at N ARGUMENT...: nsnet is killed before its N-th request to the kernel. Succeeds when there were fewer.
killed_at() {
	host env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=sendto -e "inject=sendto:signal=KILL:when=$1" \
		"$NSNET" --root "$STATE" "${@:2}" >/dev/null 2>&1
}

@test "apply: killed before each of its requests, del --all and the next apply find what there is" {
	strace -qq -o /dev/null -e trace=sendto -e inject=sendto:signal=KILL:when=99 true || skip_because "strace cannot trace here"
	prepare
	printf '%s' '{"networks": [
		{"type": "macvlan", "name": "mac0", "parent": "up0", "addresses": ["10.4.0.2/24"]},
		{"type": "veth", "name": "eth1", "hostAddresses": ["10.2.0.1/30"], "addresses": ["10.2.0.2/30"]}]}' >two.json
	host ip netns add a
	for ((n = 1; n < 100; n++)); do
		! killed_at "$n" apply a --file "$TEST_DIR/two.json" || break
		nsnet del --all a
		[ -z "$(links a)" ] || { echo "killed at $n: $(links a)" >&2; return 1; }
		killed_at "$n" apply a --file "$TEST_DIR/two.json" || :
		nsnet apply a --file "$TEST_DIR/two.json"
		[ "$(links a)" = "eth1 mac0" ] || { echo "killed at $n: $(links a)" >&2; return 1; }
		nsnet del --all a
	done
	[ "$n" -gt 5 ] && [ "$n" -lt 100 ]
	[ "$(links a)" = "eth1 mac0" ]
	nsnet del --all a
	! is_left
}

@test "apply: killed at any moment, the next apply and del --all find what there is" {
	local i
	prepare
	printf '%s' "$WHOLE" >whole.json
	host ip netns add a
	for i in $(seq 12); do
		job_killed $((i * 3000)) "$NSNET" apply a --file "$TEST_DIR/whole.json"
		[ $((i % 3)) -ne 0 ] || nsnet del --all a
	done
	apply a "$WHOLE"
	[ "$(links a)" = "eth0 eth1 mac0 wan0" ]
	apply a "$WHOLE" -n >said
	[ ! -s said ]
	nsnet del --all a
	[ "$(links)" = "br0 up0 up1" ]
	! is_left
}
