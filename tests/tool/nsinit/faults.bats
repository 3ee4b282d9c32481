#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever fails, at whichever step: nothing is left behind. tests/tool/faults does the work and compares the host.
load ../helper

# What the specs of tests/golden name: their bundle.
setup_file() {
	file_begin
	mkdir -p "$FILE_DIR/bundle/layers" "$FILE_DIR/bundle/upper" "$FILE_DIR/bundle/work"
	rootfs_make "$FILE_DIR/bundle/rootfs"
}

# The plain build injects no faults: build-debug does (tests/run makes it), and what the sanitizers look at.
FAULTY=$NSINIT
[[ $NSTOOLS_BUILD == *-sanitize ]] || FAULTY=$NSTOOLS_SOURCE/build-debug/tools/nsinit/nsinit

# Where each run is slow (the sanitizers, an emulated kernel) a part of the faults, spread over all plans.
share() {
	if [[ $NSTOOLS_BUILD == *-sanitize ]]; then
		echo 3/40
	elif cgroup_is_unified; then
		echo 5/80
	else
		echo 0/1
	fi
}

faults() {
	[ -x "$FAULTY" ] || skip_because "no build with fault injection: tests/build build-debug -Dbuildtype=debug"
	# Some specs make bridges and take interfaces in: of a network that is not the host's, with a record of its own.
	NSINIT=$FAULTY run timeout 600 unshare --net --mount --propagation private sh -c '
		ip link set lo up && mount -t tmpfs tmpfs /run && exec "$@"' sh \
		"$NSTOOLS_SOURCE/tests/tool/faults" "$1" "$FILE_DIR" "$CGROUP" "${@:2}"
	echo "$output"
	expect_status 0
	expect_text "0 faults found"
}

@test "faults: every step of every golden plan fails once: the error names it, and nothing is left" {
	faults steps "$(share)"
}

@test "faults: the runtime, the child, or both are killed at a step of every kind" {
	faults deaths "$(share)"
}

@test "faults: create, start, exec and delete killed at random moments" {
	case $(share) in
	0/1) faults random 500 ;;
	*) faults random 20 ;;
	esac
}
