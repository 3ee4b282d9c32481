# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Published ports, by real packets.
load ../helper
load nsnet
load outside

setup() { outside_begin; }
teardown() { outside_end; }

# Every way to the host's port, over both families.
expect_published() {
	local protocol=$1 port=$2 from to
	for to in 192.0.2.1 2001:db8::1; do
		for from in outside host web; do
			expect_answer web "$from" "$protocol" "$to" "$port"
		done
	done
	for to in 127.0.0.1 127.1.2.3 ::1 10.1.0.1 fd00:1::1; do
		expect_answer web host "$protocol" "$to" "$port"
	done
	for to in 10.1.0.1 fd00:1::1; do
		expect_answer web web "$protocol" "$to" "$port"
	done
}

@test "publish: TCP and UDP, from outside, from the host by each of its addresses and localhost, from the target itself" {
	web_make
	serve web 80
	nsnet publish web 8080:80 8080:80/udp
	expect_published tcp 8080
	expect_published udp 8080
	# From outside the sender is seen as it is: only what would not come back is rewritten.
	expect_answer "web from 192.0.2.2" outside tcp 192.0.2.1 8080
	expect_answer "web from 2001:db8::2" outside udp 2001:db8::1 8080
	run nsnet publish --list --json web
	expect_status 0
	[ "$(jq -c '.[0] | [.interface, .protocol, .hostPort, .port, .count]' <<<"$output")" = '["eth0","tcp",8080,80,1]' ]
	nsnet publish --remove web 8080:80
	expect_no_answer outside tcp 192.0.2.1 8080
	expect_answer web outside udp 192.0.2.1 8080
	nsnet publish --remove web 8080/udp
	[ -z "$(our_rules)" ]
}

@test "publish: one address of the host, a range, another protocol's same port" {
	web_make
	serve web 9002
	nsnet publish web 192.0.2.1:9000-9005 '[2001:db8::1]:9002' 127.0.0.1:9102:9002/udp
	expect_answer web outside tcp 192.0.2.1 9002
	expect_answer web outside tcp 2001:db8::1 9002
	expect_no_answer host tcp 127.0.0.1 9002
	expect_no_answer host tcp ::1 9002
	expect_answer web host udp 127.0.0.1 9102
	expect_no_answer outside udp 192.0.2.1 9102
	# route_localnet is on for the bridge: what pretends on a wire to be for 127.0.0.1 is dropped first.
	our_rules | grep -q 'iifname != "lo" ip daddr 127.0.0.0/8 drop'
}

@test "publish: what the host only hands on to another host's same port is not caught (CVE-2025-67499)" {
	# third is another host behind ours; outside reaches it through us.
	host sh -ec '
		ip netns add third
		ip link add down0 type veth peer name eth0 netns third
		ip address add 198.51.100.1/24 dev down0
		ip link set down0 up
		ip -n third address add 198.51.100.3/24 dev eth0
		ip -n third link set eth0 up
		ip -n third route add default via 198.51.100.1
		ip -n outside route add 198.51.100.0/24 via 192.0.2.1'
	web_make
	serve web 80
	serve third 8080
	nsnet publish web 8080:80 8080:80/udp
	expect_answer web outside tcp 192.0.2.1 8080
	expect_answer "third from 192.0.2.2" outside tcp 198.51.100.3 8080
	expect_answer "third from 192.0.2.2" outside udp 198.51.100.3 8080
	# The host's own and the target's connections to that host go there as well.
	expect_answer third host tcp 198.51.100.3 8080
	expect_answer third web tcp 198.51.100.3 8080
	# The address here of that network is ours.
	expect_answer web third tcp 198.51.100.1 8080
}

@test "publish: a port in use is an error that says by whom, and nothing is changed" {
	web_make
	nsnet add new:other veth --bridge br0 --address 10.1.0.3/24
	serve host 9999
	run nsnet publish web 9999:80
	expect_status 1
	expect_text "publish port 9999: Address already in use" "a program of this host listens there"
	run nsnet publish web 9999:80/udp
	expect_status 1
	expect_text "port 9999: Address already in use"
	run nsnet publish web 8081:80 203.0.113.9:8080:80
	expect_status 1
	expect_text "port 8080: Cannot assign requested address" "that address is not this host's"
	[ -z "$(our_rules)" ]
	[ "$(nsnet publish --list --json web)" = '[]' ]
	nsnet publish web 8080:80
	our_rules >"$TEST_DIR/before"
	run nsnet publish other 8080:81
	expect_status 1
	expect_text "8080" "ns-"
	run nsnet publish other 8081:80 192.0.2.1:8080:81
	expect_status 1
	run nsnet publish web 8080:81
	expect_status 1
	expect_text "port 8080: is published for this target already"
	our_rules | diff "$TEST_DIR/before" -
	[ "$(nsnet publish --list --json other)" = '[]' ]
}

@test "publish: malformed ports name the value" {
	web_make
	local text
	for text in 0:80 8080:0 65536 8080:80:80:80 '[::1]8080' 1.2.3:80:80 80-70 80-90:1-2 x 80/ 80/icmp 80/tcpp 65530-65535:65531 '' \
		-1:2; do
		run nsnet publish web -- "$text"
		[ "$status" -ne 0 ] || { echo "accepted: $text" >&2; return 1; }
		expect_text "nsnet: "
		[[ $output == *"${text:-expected}"* || $output == *tcp* || $output == *beyond* ]] ||
			{ echo "\"$text\": $output" >&2; return 1; }
	done
	run nsnet publish web
	expect_status 2
	expect_text "no port given (or --list)"
	run nsnet publish --list web 80
	expect_status 2
	run nsnet publish --remove web 80
	expect_status 1
	expect_text "port 80: is not published for this target"
	run nsnet publish --interface eth7 web 80
	expect_status 1
	expect_text "eth7: nsnet has not made that interface"
	[ -z "$(our_rules)" ]
}

@test "publish: tables of others stay byte for byte as they are, while ours comes and goes" {
	web_make
	host nft -f - <<-END
		table inet foreign {
			set ports { type inet_service; flags interval; elements = { 22, 8000-9000 } }
			map nsnet { type ipv4_addr : verdict; elements = { 10.1.0.2 : accept } }
			chain input { type filter hook input priority 0; policy accept; tcp dport @ports counter comment "ns-1 eth0"; }
		}
		table ip nsnet {
			chain post { type nat hook postrouting priority 100; ip saddr 172.16.0.0/12 masquerade; }
		}
		table ip6 nat {
			chain published6 { counter accept; }
		}
	END
	host nft -a list ruleset >"$TEST_DIR/before"
	nsnet publish web 8080:80 8080:80/udp '[::1]:81:80'
	nsnet firewall web --front --policy drop
	nsnet firewall web allow tcp/80
	nsnet bridge create br9 --address 10.9.0.1/24 --masquerade
	# Ours are the only ones more.
	{ host nft -a list table inet foreign; host nft -a list table ip nsnet; host nft -a list table ip6 nat; } |
		diff "$TEST_DIR/before" -
	nsnet bridge delete br9
	nsnet del --all web
	host nft -a list ruleset | diff "$TEST_DIR/before" -
}

@test "publish: kill -9 at any moment leaves nothing that del --all does not take away" {
	local n
	for n in 1 2 3 4 5 6 7 8; do
		web_make
		host sh -c '"$0" "$@" & p=$!; sleep 0.0'"$((n * 3))"'; kill -KILL $p; wait $p' \
			"$NSNET" --root "$STATE" publish web 8080:80 8443:443 53:53/udp >/dev/null 2>&1 || :
		nsnet del --all web
		[ -z "$(our_rules)" ]
		[ "$(links)" = up0 ]
		host ip netns del web
	done
}

@test "masquerade: the outside sees the host, the neighbours on the bridge the sender itself" {
	web_make --masquerade
	nsnet add new:other veth --bridge br0 --address 10.1.0.3/24 --address fd00:1::3/64
	serve outside 7000
	serve other 7000
	expect_answer "outside from 192.0.2.1" web tcp 192.0.2.2 7000
	expect_answer "outside from 2001:db8::1" web udp 2001:db8::2 7000
	expect_answer "other from 10.1.0.2" web tcp 10.1.0.3 7000
	expect_answer "other from fd00:1::2" web tcp fd00:1::3 7000
	nsnet del web eth0
	[ -z "$(our_rules)" ]
}
