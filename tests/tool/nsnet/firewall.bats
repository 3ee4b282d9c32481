# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Firewalls, measured by packets.
load ../helper
load nsnet
load outside

setup() {
	outside_begin
	web_make --masquerade
	serve web 80
	serve web 81
}
teardown() { outside_end; }

# expect_filtered --front|--inside
expect_filtered() {
	serve outside 7000
	expect_answer web host tcp 10.1.0.2 80
	expect_answer web host tcp fd00:1::2 81
	nsnet firewall web "$1" --policy drop
	expect_no_answer host tcp 10.1.0.2 80
	expect_no_answer host udp fd00:1::2 81
	! host busybox ping -c 1 -W 1 10.1.0.2
	# Answers to what the target asks, and IPv6's neighbour discovery, pass.
	expect_answer outside web tcp 192.0.2.2 7000
	expect_answer outside web udp 2001:db8::2 7000
	nsnet firewall web allow tcp/80 from 10.1.0.0/24
	nsnet firewall web allow in udp/80-81 from fd00:1::/64
	expect_answer web host tcp 10.1.0.2 80
	expect_no_answer host tcp 10.1.0.2 81
	expect_no_answer host tcp fd00:1::2 80
	expect_answer web host udp fd00:1::2 81
	# The first that fits decides.
	nsnet firewall web --first deny tcp from 10.1.0.1
	expect_no_answer host tcp 10.1.0.2 80
	nsnet firewall web remove 1
	expect_answer web host tcp 10.1.0.2 80
	nsnet firewall web allow icmp
	host busybox ping -c 1 -W 5 10.1.0.2
	host busybox ping -c 1 -W 5 fd00:1::2
	nsnet firewall web flush
	expect_answer web host tcp 10.1.0.2 81
	expect_answer web host udp fd00:1::2 80
}

@test "firewall: a policy inside of the namespace, rules by protocol, port, network and order" {
	expect_filtered --inside
	[ -z "$(in_ns web nft list ruleset)" ]
}

@test "firewall: the same in front, out of the target's reach" {
	expect_filtered --front
	nsnet firewall web --front --policy drop
	in_ns web nft flush ruleset
	expect_no_answer host tcp 10.1.0.2 80
	nsnet firewall web flush
	[ "$(our_rules | grep -c 'front_[0-9a-f]\{16\}')" -eq 0 ]
}

@test "firewall: what goes out" {
	local where
	# A packet that is rejected where it begins is told so over lo.
	in_ns web ip link set lo up
	serve outside 7000
	serve outside 7001
	for where in --inside --front; do
		nsnet firewall web "$where" --outgoing-policy drop
		expect_no_answer web tcp 192.0.2.2 7000
		# Who asks the target gets an answer.
		expect_answer web host tcp 10.1.0.2 80
		nsnet firewall web allow out tcp/7000 to 192.0.2.0/24
		expect_answer outside web tcp 192.0.2.2 7000
		expect_no_answer web tcp 192.0.2.2 7001
		expect_no_answer web tcp 2001:db8::2 7000
		nsnet firewall web reject out tcp/7001
		run ask web tcp 192.0.2.2 7001 5000
		expect_status 1
		[[ $output == *refused* || $output == *unreachable* || $output == *prohibited* ]] || { echo "$output"; return 1; }
		nsnet firewall web flush
		expect_answer outside web tcp 2001:db8::2 7001
	done
}

@test "firewall: a published port passes it as what it leads to" {
	nsnet publish web 8080:80 8081:81
	nsnet firewall web --front --policy drop
	expect_no_answer outside tcp 192.0.2.1 8080
	nsnet firewall web allow tcp/80
	expect_answer web outside tcp 192.0.2.1 8080
	expect_answer web outside tcp 2001:db8::1 8080
	expect_answer web host tcp 127.0.0.1 8080
	expect_no_answer outside tcp 192.0.2.1 8081
	nsnet del --all web
	[ -z "$(our_rules)" ]
}

@test "firewall: the list is what apply takes, and numbers the rules" {
	nsnet firewall web --front --policy drop --outgoing-policy accept
	nsnet firewall web allow tcp/80 from 10.1.0.0/24
	nsnet firewall web deny out udp/53-54 to 2001:db8::53
	nsnet firewall web reject 47
	run nsnet firewall web
	expect_status 0
	expect_text "in front, on this host; policy drop, outgoing policy accept" "   1  allow   in         tcp       80"
	[[ $output == *"2  deny    out        udp       53-54  -            2001:db8::53/128"* ]] || { echo "$output"; return 1; }
	nsnet firewall --json web list >"$TEST_DIR/firewall"
	our_rules >"$TEST_DIR/before"
	nsnet firewall web flush
	jq '{firewall: .}' "$TEST_DIR/firewall" >"$TEST_DIR/net.json"
	nsnet apply --file "$TEST_DIR/net.json" web
	our_rules | diff "$TEST_DIR/before" -
	[ "$(writes "$NSNET" --root "$STATE" apply --file "$TEST_DIR/net.json" web)" -eq 0 ]
	nsnet firewall --json web list | diff "$TEST_DIR/firewall" -
}

@test "firewall: what is wrong is named, and changes nothing" {
	nsnet firewall web --policy drop
	in_ns web nft list ruleset >"$TEST_DIR/before"
	expect_refused() {
		run nsnet firewall "${@:2}"
		[ "$status" -ne 0 ]
		expect_text "$1"
	}
	expect_refused 'Drop' web --policy Drop
	expect_refused 'needs a "protocol" that has ports' web allow icmp/80
	expect_refused '70000' web allow tcp/70000
	expect_refused 'tcpp: is no protocol' web allow tcpp
	expect_refused 'from: needs a network behind it' web allow tcp/80 from
	expect_refused '10.1.0.1/24 has bits behind its prefix' web allow from 10.1.0.1/24
	expect_refused 'one family' web allow from 10.1.0.0/24 to fd00:1::/64
	expect_refused '10.2.0.0/24: is said a second time' web allow from 10.1.0.0/24 from 10.2.0.0/24
	expect_refused 'permit: ' web permit tcp
	expect_refused '7: has no rule of that number' web remove 7
	expect_refused 'exclude each other' web --front --inside
	expect_refused 'is not for firewall list' web --policy drop list
	in_ns web nft list ruleset | diff "$TEST_DIR/before" -
}
