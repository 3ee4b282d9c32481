# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the tests of nsenter: `load ../helper` and then `load nsenter`.
# shellcheck disable=SC2154 # the helper's variables

# Who has entered another pid namespace waits for ever for the helper with which LeakSanitizer stops it: that one does not
# find its process there.
export ASAN_OPTIONS=${ASAN_OPTIONS-}${ASAN_OPTIONS:+:}detect_leaks=0

# The program, which finds the containers of this file.
nsenter() { "$NSENTER" --state-root "$STATE" "$@"; }

# The file ends without a newline.
has_child() {
	CHILD=''
	read -r CHILD _ <"/proc/$1/task/$1/children" || :
	[ "$CHILD" ]
}
runs() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]; }

# target_start UNSHARE-OPTION...: a process that sleeps in namespaces of its own, with the host's files; $TARGET is its
# PID. target_stop when done; teardown_file can do that.
target_start() {
	unshare --fork --kill-child "$@" sleep 300 </dev/null >/dev/null 2>&1 3>&- &
	TARGETS+=($!)
	wait_until 20 has_child $!
	TARGET=$CHILD
	wait_until 20 runs "$TARGET" sleep
}

# The sleeping process ends with its parent, whom we wait for.
target_stop() {
	local pid
	for pid in "${TARGETS[@]}"; do
		kill -KILL "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	TARGETS=()
}

container_pid() { nsinit state "$1" | jq .pid; }

# said PROGRAM ARGUMENT...: what it prints and its status, called by the name nsenter. The hints are ours alone.
said() {
	bash -c 'exec -a nsenter "$0" "$@"' "$@" </dev/null 2>&1 | sed '/^hint: /d'
	echo "status ${PIPESTATUS[0]}"
}
