# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# Rates, measured by real transfers: tests/tool/traffic.c says how.
load ../helper
load nsnet
load outside

setup() {
	needs_root
	needs_tbf
	test_begin
	host_make
}
teardown() { host_remove; }

needs_tbf() {
	unshare --net sh -c 'ip link add try0 type ifb && tc qdisc add dev try0 ingress &&
		tc qdisc add dev try0 root tbf rate 8mbit burst 32k latency 50ms' 2>/dev/null || skip_because "no ifb, sch_tbf or sch_ingress on this kernel"
}

# measure FROM TO ADDRESS BYTES: bits a second, behind the first 400,000 bytes: at first TCP overshoots, and what it lost comes late.
measure() {
	local ready=$TEST_DIR/ready.$RANDOM to=host from=host
	[ "$1" = host ] || from="in_ns $1"
	[ "$2" = host ] || to="in_ns $2"
	$to timeout 60 "$TRAFFIC" measure 5001 400000 "$ready" </dev/null >"$ready.rate" 2>&1 3>&- &
	local pid=$!
	wait_until 20 test -s "$ready"
	$from timeout 60 "$TRAFFIC" send "$3" 5001 "$4" </dev/null
	wait "$pid"
	cat "$ready.rate"
}

# expect_rate BITS RATE: within 10%. A frame of 1514 bytes carries 1448, which both know.
expect_rate() {
	local wire=$(($2 * 1514 / 1448))
	echo "expected $1, measured $2 ($wire with headers)"
	[ "$wire" -ge $(($1 * 9 / 10)) ] && [ "$wire" -le $(($1 * 11 / 10)) ]
}

@test "limit: what is received and what is sent keeps its rate within 10%" {
	web_make
	nsnet limit --rx 8mbit --tx 4mbit web eth0
	expect_rate 8000000 "$(measure host web 10.1.0.2 2000000)"
	expect_rate 4000000 "$(measure web host 10.1.0.1 1400000)"
	expect_rate 8000000 "$(measure host web fd00:1::2 2000000)"
	run nsnet limit --json web eth0
	[ "$(jq -c '.[0] | [.interface, .rx, .tx]' <<<"$output")" = '["eth0",8000000,4000000]' ]
	# One goes, the other stays.
	nsnet limit --rx none web eth0
	[ "$(measure host web 10.1.0.2 8000000)" -gt 16000000 ]
	expect_rate 4000000 "$(measure web host 10.1.0.1 1400000)"
}

@test "limit: nothing of it stays: unlimited, deleted, with its namespace gone, and killed in the middle" {
	local n
	web_make
	nsnet limit --rx 8mbit --tx 4mbit web eth0
	[ "$(host tc qdisc show | grep -c tbf)" -eq 2 ]
	nsnet limit --rx none --tx none web eth0
	[ "$(host tc qdisc show | grep -c 'tbf\|ingress')" -eq 0 ]
	[ "$(host ip link show type ifb | wc -l)" -eq 0 ]
	nsnet limit --tx 4mbit web eth0
	nsnet del web eth0
	[ "$(host ip link show type ifb | wc -l)" -eq 0 ]
	for n in 1 2 3 4 5 6; do
		nsnet add web veth --address 10.1.0.2/24
		host sh -c '"$0" "$@" & p=$!; sleep 0.0'"$((n * 2))"'; kill -KILL $p; wait $p' \
			"$NSNET" --root "$STATE" limit --rx 8mbit --tx 4mbit web eth0 >/dev/null 2>&1 || :
		nsnet limit --rx 6mbit --tx 3mbit web eth0
		[ "$(host tc qdisc show | grep -c 'tbf')" -eq 2 ]
		nsnet del --all web
		[ "$(host ip link show type ifb | wc -l)" -eq 0 ]
	done
	expect_nothing
}

@test "limit: set where the interface is when it has no end here" {
	needs_link macvlan
	host ip link add up0 type veth peer name up1
	host ip link set up0 up
	host ip link set up1 up
	host ip address add 10.4.0.1/24 dev up1
	nsnet add new:a macvlan --parent up0 --address 10.4.0.2/24
	nsnet limit --tx 4mbit a eth0
	expect_rate 4000000 "$(measure a host 10.4.0.1 1400000)"
}

@test "limit: what is wrong is named" {
	web_make
	local rate
	for rate in 10 fast 10q 10mbyte -1 7999 99999999999999999999 ''; do
		run nsnet limit --rx "$rate" web eth0
		expect_status 2
		expect_text "bits a second"
	done
	run nsnet limit --rx 8mbit web eth1
	expect_status 1
	expect_text "eth1: nsnet has not made that interface"
	run nsnet limit --burst 64K web eth0
	expect_status 2
	expect_text "--burst needs --rx or --tx"
	[ "$(host tc qdisc show | grep -c tbf)" -eq 0 ]
}
