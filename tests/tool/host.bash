# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The host before and after tests: sourced by tests/tool/helper.bash for each bats file, and by tests/run for all.

# The mount points of every cgroup hierarchy.
cgroup_mounts() { awk '{ split($0, part, " - "); if (part[2] ~ /^cgroup2? /) print $5 }' /proc/self/mountinfo; }

# host_snapshot FILE: one line for each thing that a test could leave behind. Mount ids are left out, since they
# may be used again.
host_snapshot() {
	{
		sed -E 's/^[0-9]+ [0-9]+ /mount /' /proc/self/mountinfo
		cgroup_mounts | while read -r mount; do
			# What others keep in their own groups changes all the time: below the first level only names of ours.
			find "$mount" -mindepth 1 -type d -printf "%d cgroup $mount/%P\n" 2>/dev/null
		done | sed -nE -e 's/^1 //p' -e '/nsinit|nstools|\/t[0-9]+-[0-9]/s/^[0-9]+ cgroup/cgroup/p' |
			grep -vE '/[^/]+\.(slice|scope|service|mount|socket)(/|$)' || :
		# What a kernel module makes when it is loaded stays: nobody asked for it, and it is there once.
		ip -o link show | sed -E 's/^[0-9]+: ([^:]+):.*/link \1/' |
			grep -vE '^link (ifb[01]|dummy0|bond0|(tunl|gre|gretap|erspan|sit|ip6tnl|ip_vti|ip6_vti|ip6gre)0)(@.*)?$' || :
		losetup --noheadings --list --output NAME,BACK-FILE 2>/dev/null | sed 's/^/loop /'
		find /run/nsinit "${STATE:-/run/nsinit}" -mindepth 1 -maxdepth 1 -type d -printf 'state %p\n' 2>/dev/null
		find /tmp /dev/shm -maxdepth 1 -name 'nsinit*' -printf 'temporary %p\n' 2>/dev/null
		ipcs -m -q -s | awk '/^0x/ { print "ipc", $1, $2 }'
		host_orphans
	} | sort >"$1"
}

# is_countdown PID: bats' own clock for a test's time, or the sleep below it. Both outlive a test that ends before the
# clock has set its trap (seen with skipped ones on a busy machine). They are stopped here: nobody else would for
# BATS_TEST_TIMEOUT seconds.
is_countdown() {
	local child='' sleep="sleep ${BATS_TEST_TIMEOUT-} "
	case $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") in
	*"/bats-exec-test "*) read -r child <"/proc/$1/task/$1/children" || : ;; # it ends without a newline
	"$sleep") child=$1 ;;
	*) return 1 ;;
	esac
	[[ $child =~ ^[0-9]+$ ]] && [ "$(tr '\0' ' ' 2>/dev/null <"/proc/$child/cmdline")" = "$sleep" ] && kill -KILL "$1" "$child" 2>/dev/null
}

# ends PID: it is a zombie or gone, or about to be: bats' clock, which bats ends without waiting for it, or without
# memory (an empty command line), and then soon a zombie.
ends() {
	local tries
	for ((tries = 0; tries < 20; tries++)); do
		[ -e "/proc/$1" ] || return 0
		! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null || return 0
		! is_countdown "$1" || return 0
		case $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") in
		'' | *"/bats-exec-test "*) sleep 0.1 ;;
		*) return 1 ;;
		esac
	done
	return 1
}

# The processes that tests left behind: what has become a child of our reaper (tests/tool/orphans.c), or without
# one what lives in our directory.
host_orphans() {
	local pid children reaper=${NSTOOLS_REAPER-}
	if [ -n "$reaper" ]; then
		read -ra children <"/proc/$reaper/task/$reaper/children"
		for pid in "${children[@]}"; do
			[ "$pid" = "${NSTOOLS_REAPER_COMMAND-}" ] || ends "$pid" ||
				echo "process $pid $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")"
		done
	else
		for pid in /proc/[0-9]*; do
			case $(readlink "$pid/root" 2>/dev/null):$(tr '\0' ' ' 2>/dev/null <"$pid/cmdline") in
			"${FILE_DIR:-/no directory}"*:* | *:*nsinit*"${STATE:-/no directory}"*) echo "process ${pid#/proc/}" ;;
			esac
		done
	fi
}

# host_compare BEFORE AFTER: fails when they differ. With NSTOOLS_SHARED_HOST=1 (others work on this machine at
# the same time) what does not bear our name is only told.
host_compare() {
	local changes
	cmp -s "$1" "$2" && return
	changes=$(diff "$1" "$2" | grep '^[<>]' | sed -e 's/^>/left behind:/' -e 's/^</gone:/')
	if [ -n "${NSTOOLS_SHARED_HOST-}" ]; then
		grep -vE "$CGROUP|$FILE_DIR|process " <<<"$changes" | sed 's/^/# not ours? /' >&3 || :
		changes=$(grep -E "$CGROUP|$FILE_DIR|process " <<<"$changes") || return 0
	fi
	printf '%s\n' "the host is not what it was:" "$changes" >&2
	return 1
}
