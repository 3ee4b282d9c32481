# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
# "auto" addresses.
load ../helper
load nsnet

add_auto() { nsnet add "$1" veth --bridge br0 --address auto --subnet 10.1.0.0/22 "${@:2}"; }
leases() { host find /run/nsnet/leases -type l -not -name '.*' -printf '%f %l\n' | sort -V; }

@test "leases: 500 adds at the same time give 500 addresses, that go back when the interfaces go" {
	local many=500
	# Where each is slow: less of them.
	[[ $NSTOOLS_BUILD != *-sanitize ]] && ! cgroup_is_unified || many=60
	nsnet bridge create br0 --address 10.1.0.1/22
	# Ten at once in each of fifty shells, which are at once too.
	cat >"$TEST_DIR/many" <<-END
		for i in \$(seq \$((\$1 * 10)) \$((\$1 * 10 + 9))); do
			"$NSNET" add new:n\$i veth --bridge br0 --address auto --subnet 10.1.0.0/22 --gateway 10.1.0.1 &
		done
		wait
	END
	host sh -c 'for i in $(seq 0 $(($2 / 10 - 1))); do sh "$1" $i & done; wait' sh "$TEST_DIR/many" "$many" >"$TEST_DIR/said" 2>&1
	[ ! -s "$TEST_DIR/said" ] || { head -5 "$TEST_DIR/said" >&2; return 1; }
	host sh -c 'for n in /run/netns/*; do nsenter --net="$n" ip -4 -o address show dev eth0; done' |
		awk '{ print $4 }' | sort >"$TEST_DIR/addresses"
	[ "$(wc -l <"$TEST_DIR/addresses")" -eq "$many" ]
	[ "$(uniq "$TEST_DIR/addresses" | wc -l)" -eq "$many" ]
	! grep -qE '^10.1.0.[01]/|10.1.3.255/' "$TEST_DIR/addresses"
	[ "$(leases | wc -l)" -eq "$many" ]
	host sh -c 'for n in $(seq "$2"); do "$1" del n$((n - 1)) eth0 || exit; done' sh "$NSNET" "$many"
	[ -z "$(leases)" ]
	[ "$(links)" = br0 ]
}

@test "leases: an address that was given back is not the next one that is given" {
	nsnet bridge create br0
	add_auto new:a
	add_auto new:b
	[ "$(addresses a eth0)" = 10.1.0.1/22 ]
	[ "$(addresses b eth0)" = 10.1.0.2/22 ]
	nsnet del a eth0
	add_auto new:c
	[ "$(addresses c eth0)" = 10.1.0.3/22 ]
	[ "$(leases | wc -l)" -eq 2 ]
}

@test "leases: of IPv4 and IPv6 at once; who has it is told" {
	nsnet bridge create br0
	nsnet add new:a veth --bridge br0 --address auto --subnet 10.1.0.0/30 --subnet fd00:1::/64 --gateway 10.1.0.1
	[ "$(addresses a eth0)" = "10.1.0.2/30 fd00:1::1/64" ]
	run leases
	expect_text "10.1.0.2 ns-" "fd00:1::1 ns-" /eth0
	# All of 10.1.0.0/30 is in use now.
	run nsnet add new:b veth --bridge br0 --address auto --subnet 10.1.0.0/30 --gateway 10.1.0.1
	expect_status 1
	expect_text "10.1.0.0/30" "No space left on device" "every address of it is taken"
	[ ! -e "/run/netns/b" ]
	run host ls /run/netns
	expect_output a
	[ "$(leases | wc -l)" -eq 2 ]
}

@test "leases: a subnet that overlaps with one in use is refused" {
	nsnet bridge create br0
	add_auto new:a
	run nsnet add new:b veth --bridge br0 --address auto --subnet 10.1.2.0/24
	expect_status 1
	expect_text "10.1.2.0/24" "overlaps with 10.1.0.0/22, of which addresses are leased"
}

@test "leases: killed at any moment, add leaves what del --all takes away" {
	local i
	nsnet bridge create br0
	host ip netns add a
	for i in $(seq 20); do
		job_killed $((i * 700)) "$NSNET" add a veth --name "e$i" --bridge br0 --address auto --subnet "10.1.$i.0/24"
	done
	nsnet del --all a
	[ -z "$(leases)" ]
	[ "$(links)" = br0 ]
	[ -z "$(links a)" ]
	! is_left
}

@test "leases: of an owner that is gone are given back" {
	nsnet bridge create br0
	add_auto new:a
	[ "$(leases | wc -l)" -eq 1 ]
	container_start '.nsinit.networks =
		[{type: "veth", bridge: "br0", addresses: ["auto"], subnets: ["10.1.0.0/22"]}]'
	[ "$(leases | wc -l)" -eq 2 ]
	run leases
	expect_text "/eth0"
	nsinit delete --force "$ID"
	[ "$(leases | wc -l)" -eq 1 ]
}

@test "leases: a full disk, and output that cannot be written, leave nothing behind" {
	nsnet bridge create br0
	host ip netns add a
	host sh -c 'mkdir -m 700 /run/nsnet && mount -t tmpfs -o size=4k,mode=700 none /run/nsnet'
	add_auto a --name e0
	run nsnet add a veth --name e1 --bridge br0 --address auto --subnet 10.2.0.0/24
	expect_status 1
	expect_text ": write /run/nsnet/owners/" "/net.json: No space left on device" "could not be recorded"
	[ "$(links a)" = e0 ]
	[ "$(leases | wc -l)" -eq 1 ]
	nsnet del a e0
	[ -z "$(links a)" ] && [ -z "$(leases)" ]
	host umount /run/nsnet
	run bash -c 'nsenter --target "$0" --net --mount "$1" add a veth --bridge br0 --address 10.2.0.2/24 --json >/dev/full' \
		"$HOST" "$NSNET"
	expect_status 1
	expect_text "write standard output: No space left on device"
	[ -z "$(links a)" ] && [ -z "$(leases)" ]
}

@test "leases: the directory must be root's own, and what else is in it is nobody's lease" {
	nsnet bridge create br0
	local wrong
	for wrong in 'mkdir -m 777 /run/nsnet' 'mkdir -m 700 /run/nsnet; chown 4321 /run/nsnet' \
		'mkdir -m 700 /run/other; ln -s other /run/nsnet' \
		'mkdir -m 700 -p /run/nsnet /run/other; ln -s ../other /run/nsnet/leases'; do
		host sh -c "$wrong"
		run add_auto new:a
		expect_status 1
		expect_text "/run/nsnet"
		[ -z "$(host find /run/other -mindepth 1 2>/dev/null)" ]
		host rm -rf /run/nsnet /run/other
	done
	add_auto new:a
	host sh -c 'cd /run/nsnet/leases/* && : >10.1.0.2 && mkdir 10.1.0.3 && ln -s ../../../etc/passwd 10.1.0.4 &&
		ln -s x nonsense && : >/run/nsnet/owners/stranger'
	add_auto new:b
	[ "$(addresses b eth0)" = 10.1.0.5/22 ]
	host sh -c 'printf "{\"networks\": [" >"$(echo /run/nsnet/owners/ns-* | cut -d" " -f1)/net.json"'
	run bash -c 'for name in a b; do nsenter --target "$0" --net --mount "$1" show "$name"; done' "$HOST" "$NSNET"
	expect_text "net.json"
}
