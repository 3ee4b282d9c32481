# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # the helper's variables
# What the files of tests/tool/nscgroup share: `load ../helper`, then `load ../nscgroup`.

nscgroup() { "$NSCGROUP" --root "$STATE" "$@"; }

# A group of this test's own: $G is its path, below the file's parent.
new_group() {
	G=/$CGROUP/g$BATS_TEST_NUMBER-$RANDOM
}

# group_begin: for a setup that does more.
group_begin() {
	test_begin
	needs_root
	new_group
}
setup() { group_begin; }

# group_dir CONTROLLER [PATH]: its directory in the hierarchy with the controller; unified: v2's.
group_dir() {
	local path=${2:-$G}
	if cgroup_is_unified; then
		echo "/sys/fs/cgroup$path"
	else
		echo "/sys/fs/cgroup/$1$path"
	fi
}

# The system calls of the program will be listed. LeakSanitizer does not work under strace.
needs_strace() {
	needs_program strace
	export ASAN_OPTIONS=${ASAN_OPTIONS-}${ASAN_OPTIONS:+:}detect_leaks=0
}

# As on a host with v1 alone: v2's hierarchy is out of sight.
without_v2() {
	unshare --mount --propagation private sh -c 'umount /sys/fs/cgroup/unified && exec "$@"' sh "$@"
}

# sleep_in PATH [COMMAND...]: a process in the group until it is killed; $SLEEPER.
sleep_in() {
	local group=$1
	shift
	[ $# -gt 0 ] || set -- sleep 300
	"$@" </dev/null >/dev/null 2>&1 3>&- &
	SLEEPER=$!
	nscgroup attach "$group" "$SLEEPER" || { kill -9 "$SLEEPER"; return 1; }
}

# Whatever a failed test left.
sweep_groups() {
	[ -n "${CGROUP-}" ] || return 0
	[ ! -d "$(group_dir unified "/$CGROUP")" ] || nscgroup kill "/$CGROUP" || :
	nscgroup list -q "/$CGROUP" >/dev/null 2>&1 || return 0
	nscgroup kill "/$CGROUP" && nscgroup delete -r "/$CGROUP" || :
}

teardown() { sweep_groups; }
