# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the files of tests/tool/nsnet load besides ../helper: a "host" of each test's own, which is a network namespace
# and a mount namespace with an empty /run. The machine's own interfaces and rules are never touched.
#
#   host COMMAND...       runs there; nsnet and nsinit too
#   in_ns NAME COMMAND... in the network namespace /run/netns/NAME of that host
# shellcheck disable=SC2154 # status, output and stderr are bats' own

setup() {
	needs_root
	test_begin
	host_make
}
teardown() { host_remove; }

host_make() {
	unshare --net --mount --propagation private sh -c '
		mount -t tmpfs tmpfs /run && mkdir -m 755 /run/netns && ip link set lo up && : >"$0" && exec sleep 900
	' "$TEST_DIR/host.ready" </dev/null >"$TEST_DIR/host.log" 2>&1 3>&- &
	HOST=$!
	wait_until 20 test -e "$TEST_DIR/host.ready"
}

# What runs in its namespaces (containers of a test that failed) goes first: the host would live on in them.
host_remove() {
	local id
	[ -n "${HOST-}" ] || return 0
	for id in "$STATE"/*/; do
		[ ! -d "$id" ] || nsinit delete --force "$(basename "$id")" 2>/dev/null || :
	done
	kill -KILL "$HOST" 2>/dev/null || :
	wait "$HOST" 2>/dev/null || :
	HOST=
}

# job_killed MICROSECONDS COMMAND...: start it on the host and kill it then: at a moment that is not known. The command is
# the job itself and not a shell that waits for it.
job_killed() {
	local after=$1
	shift
	job_start "$TEST_DIR/killed.out" nsenter --target "$HOST" --net --mount --wdns="$PWD" -- "$@"
	busybox usleep "$after"
	kill -KILL "$JOB" 2>/dev/null || :
	wait "$JOB" 2>/dev/null || :
}

host() { nsenter --target "$HOST" --net --mount --wdns="$PWD" -- "$@"; }
in_ns() { host nsenter --net="/run/netns/$1" -- "${@:2}"; }
nsnet() { host "$NSNET" --root "$STATE" "$@"; }
nsinit() { host "$NSINIT" --root "$STATE" "$@"; }

# in_container ID COMMAND...: the host's commands in its network.
in_container() { host nsenter --net="/proc/$(nsinit state "$1" | jq .pid)/ns/net" -- "${@:2}"; }

# --- what a test looks at -----------------------------------------------------------------------------------

# reaches NAME ADDRESS: an answer to one of some pings. IPv6's duplicate detection takes its time.
reaches() { in_ns "$1" busybox ping -c 1 -W 1 "$2" >/dev/null 2>&1; }
expect_reach() {
	local tries=10
	until reaches "$1" "$2"; do
		[ $((tries--)) -gt 0 ] || { echo "$1 does not reach $2" >&2; return 1; }
		sleep 0.2
	done
}
# No answer, although the sender waits.
expect_no_reach() {
	! reaches "$1" "$2" || { echo "$1 reaches $2" >&2; return 1; }
}

# shellcheck disable=SC2120 # a namespace, or none
# links: the names of the host's interfaces but lo, sorted, in one line; links NAME: those of that namespace.
links() {
	local at=host
	[ $# -eq 0 ] || at="in_ns $1"
	$at ip -j link show | jq -r '[.[].ifname] | map(select(. != "lo")) | sort | join(" ")'
}
# addresses NAME INTERFACE: without the link-local ones.
addresses() {
	in_ns "$1" ip -j address show dev "$2" |
		jq -r '[.[].addr_info[] | select(.scope != "link") | "\(.local)/\(.prefixlen)"] | sort | join(" ")'
}
routes() { { in_ns "$1" ip -4 route; in_ns "$1" ip -6 route; } | sed 's/ *$//'; }
is_left() { [ -n "$(host find /run/nsnet -mindepth 2 -not -name '.*' 2>/dev/null)" ]; }

# expect_nothing: no interface, lease or record of the host is left.
expect_nothing() {
	[ -z "$(links)" ] || { echo "interfaces left: $(links)" >&2; return 1; }
	! is_left || { host find /run/nsnet -mindepth 2 >&2; return 1; }
}

# writes COMMAND...: how many messages it sends over netlink that change something. Its output is in $TEST_DIR/out.
# strace cannot tell what is spoken on a socket of another namespace, so they are told by their numbers: of
# rtnetlink's every third of four only asks (linux/rtnetlink.h); of nftables' (subsystem 10) those that are listed
# (linux/netfilter/nf_tables.h). A batch of nftables begins with number 16.
writes() {
	host env ASAN_OPTIONS=detect_leaks=0 strace -f -X raw -s 16 -e trace=sendto,sendmsg -e signal=none \
		-o "$TEST_DIR/trace" "$@" >"$TEST_DIR/out" 2>&1 || { cat "$TEST_DIR/out" >&2; return 1; }
	grep -oE 'nlmsg_type=0x[0-9a-f]+' "$TEST_DIR/trace" | while IFS="=" read -r _ type; do
		case $((type >> 8)):$((type & 255)) in
		0:[0-9] | 0:1[0-5]) ;;
		0:*) [ $((type % 4)) -eq 2 ] || echo "$type" ;;
		10:1 | 10:4 | 10:7 | 10:10 | 10:13 | 10:16 | 10:19 | 10:21 | 10:23 | 10:25) ;;
		*) echo "$type" ;;
		esac
	done | wc -l
}

# needs_link TYPE: the kernel has that type of interface.
needs_link() {
	local below=()
	case $1 in macvlan | ipvlan | vlan) below=(link try0) ;; esac
	host sh -c 'ip link add try0 type veth peer name try1 && type=$1 && shift &&
		case $type in vlan) set -- "$@" ; kind="vlan id 7" ;; *) kind=$type ;; esac &&
		ip link add name try2 "$@" type $kind; status=$?; ip link delete try2; ip link delete try0; exit $status' \
		sh "$1" "${below[@]}" >/dev/null 2>&1 || skip_because "no interfaces of the type $1 on this kernel"
}
