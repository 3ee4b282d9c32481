#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# How many system calls a run takes: the figure that does not depend on what else the machine does, so that it can be
# a limit (performance.md). tests/bench compares it with others'.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup() {
	test_begin
	[[ $NSTOOLS_BUILD != *-sanitize ]] || skip_because "the sanitizers make calls of their own"
	strace -f -qq -o calls true 2>/dev/null || skip_because "strace cannot trace here"
}

# On a hybrid host without the unified mount, as tests/bench measures it.
alone() {
	unshare --mount --propagation private sh -c '
		! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified
		exec "$@"' sh "$@"
}

@test "calls: a run of the standard bundle, from start to exit" {
	new_id
	bundle_make bundle 'del(.linux.cgroupsPath) | .process.args = ["/bin/true"]'
	# the seccomp program is in the cache then, as with every run but the first
	alone "$NSINIT" --root "$STATE" run --bundle bundle "$ID"
	alone strace -f -qq -o calls "$NSINIT" --root "$STATE" run --bundle bundle "$ID" </dev/null
	# One that was interrupted by another process' stands on two lines.
	n=$(grep -vcE 'resumed>|^[0-9]+ +(\+\+\+|---)' calls)
	echo "# $n system calls" >&3
	[ "$n" -gt 100 ]
	[ "$n" -le 400 ] || {
		sed -nE 's/^[0-9]+ +([a-z_0-9]+)\(.*/\1/p' calls | sort | uniq -c | sort -rn | head -40 >&2
		false
	}
}
