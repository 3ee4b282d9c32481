# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the bats files about mounts and paths: `load ../helper`, then `load ../files`. A mount namespace in which a
# test may mount what it likes, mounts in lists, and looks at a container's mountinfo.

# shellcheck disable=SC2154 # output is bats' own

# --- a host of our own --------------------------------------------------------------------------------------

# host_begin [PROPAGATION]: from here on `host COMMAND` and nsinit run in a mount namespace of this test's own
# (private unless said otherwise). host_end, from teardown, ends it.
host_begin() {
	unshare --mount --propagation "${1:-private}" sleep 600 3>&- 4>&- &
	HOLDER=$!
	disown
	wait_until 10 holder_is_ready
}

holder_is_ready() { [ "$(cat "/proc/$HOLDER/comm")" = sleep ]; }

host_end() {
	[ -z "${HOLDER-}" ] || kill -KILL "$HOLDER" 2>/dev/null || :
	unset HOLDER
}

host() { nsenter --mount="/proc/$HOLDER/ns/mnt" --wdns="$PWD" -- "$@"; }

nsinit() { ${HOLDER:+host} "$NSINIT" --root "$STATE" "$@"; }

# needs_loop: loop devices, whose driver a test kernel has as a module.
needs_loop() {
	[ -e /dev/loop-control ] || modprobe loop 2>/dev/null || :
	[ -e /dev/loop-control ] || skip_because "no loop devices on this kernel"
}

# ext4_make DIR: a small ext4 of our own, mounted there on our host.
ext4_make() {
	needs_loop
	mkdir -p "$1"
	truncate -s 8M "$1.img"
	mkfs.ext4 -q -O ^has_journal "$1.img"
	host mount -o loop "$1.img" "$1"
	chmod 755 "$1"
}

# --- mounts -------------------------------------------------------------------------------------------------

# mount_add DESTINATION TYPE SOURCE [OPTION,...]: one more for the jq expression in $MOUNTS, which a filter takes as
# .mounts += [$MOUNTS]. No quotation marks in any of them.
mount_add() {
	local options=${4-}
	MOUNTS+="${MOUNTS:+, }{destination: \"$1\", type: \"$2\", source: \"$3\", options: [${options:+\"${options//,/\", \"}\"}]}"
}

# mount_of DESTINATION [FIELD]: from the mountinfo in $output, the topmost mount there:
# "OPTIONS PROPAGATION TYPE SOURCE SUPER-OPTIONS ROOT", or one field of it.
mount_of() {
	awk -v at="$1" -v field="${2:-0}" '$5 == at {
		propagation = ""
		for (i = 7; $i != "-"; i++) {
			word = $i
			sub(/:[0-9]+$/, "", word)
			propagation = propagation (propagation == "" ? "" : ",") word
		}
		if (propagation == "") propagation = "private"
		found = $6 " " propagation " " $(i + 1) " " $(i + 2) " " $(i + 3) " " $4
	} END { if (found != "") { split(found, part, " "); print field ? part[field] : found } }' <<<"$output"
}

# expect_mount DESTINATION PATTERN: what mount_of says matches the glob pattern.
expect_mount() {
	local found
	found=$(mount_of "$1")
	# shellcheck disable=SC2053 # a pattern
	[[ $found == $2 ]] && return
	echo "mount $1: $found; expected $2" >&2
	return 1
}

expect_no_mount() {
	[ -z "$(mount_of "$1")" ] && return
	echo "mount $1: $(mount_of "$1"); expected none" >&2
	return 1
}

# expect_options DESTINATION OPTIONS: exactly these, in the order of mountinfo.
expect_options() { expect_mount "$1" "$2 *"; }

# --- what must stay as it is ----------------------------------------------------------------------------------

# state_of PATH...: type, mode, owner, size, times and content of files, and what is below directories.
state_of() {
	local path
	for path; do
		find "$path" -printf '%p %y %m %U:%G %s %T@ %l\n' | sort
		find "$path" -type f -exec cksum {} + | sort
	done
}

# outside_make: $OUTSIDE, a directory with markers that no container may touch; outside_is_untouched says whether.
outside_make() {
	OUTSIDE=$TEST_DIR/outside
	mkdir -p "$OUTSIDE/directory"
	local name
	for name in ptmx null console fd stdin core 0 file directory/file; do
		echo "marker $name" >"$OUTSIDE/$name"
		chmod 640 "$OUTSIDE/$name"
	done
	[ "$(id -u)" -ne 0 ] || mknod -m 600 "$OUTSIDE/fifo" p
	chmod 755 "$OUTSIDE"
	OUTSIDE_BEFORE=$(state_of "$OUTSIDE")
}

outside_is_untouched() {
	[ "$(state_of "$OUTSIDE")" = "$OUTSIDE_BEFORE" ] && return
	diff <(echo "$OUTSIDE_BEFORE") <(state_of "$OUTSIDE") >&2
	return 1
}
