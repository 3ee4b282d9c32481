# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What every bats file of tests/tool loads: `load ../helper`. It gives setup_file, teardown_file, setup and teardown;
# a file that needs more calls file_begin and file_end from its own. After each file the host is compared
# with what it was before, and the file fails when anything is left.
#
# Variables for tests:
#   NSINIT        the program (function nsinit calls it with our --root); NSENTER, NSCGROUP, NSCAPS, NSNET: the others
#   FILE_DIR      this file's directory, gone afterwards; TEST_DIR: this test's own
#   STATE         the state root given to nsinit
#   CGROUP        the parent of all cgroups of this file: cgroupsPath "/$CGROUP/ID"
#   ROOTFS        a busybox root shared by the file's tests (do not change it: rootfs_make a new one)
#   HELPERS       where tests/tool/*.c are as programs

# shellcheck disable=SC2154 # status, output and stderr are bats' own
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands

bats_require_minimum_version 1.5.0

# A test that hangs is a failed one. Set before bats starts the test: from setup_file on.
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-240}

: "${NSTOOLS_SOURCE:=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)}"
: "${NSTOOLS_BUILD:=$NSTOOLS_SOURCE/build}"
NSTOOLS_BUILD=$(realpath -- "$NSTOOLS_BUILD")
export NSTOOLS_SOURCE NSTOOLS_BUILD
NSINIT=$NSTOOLS_BUILD/tools/nsinit/nsinit
NSENTER=$NSTOOLS_BUILD/tools/nsenter/nsenter
NSCGROUP=$NSTOOLS_BUILD/tools/nscgroup/nscgroup
NSCAPS=$NSTOOLS_BUILD/tools/nscaps/nscaps
NSNET=$NSTOOLS_BUILD/tools/nsnet/nsnet
export NSENTER NSCGROUP NSCAPS NSNET
HELPERS=$NSTOOLS_BUILD/tests/tool

setup_file() { file_begin; }
teardown_file() { file_end; }
setup() { test_begin; }
teardown() { kept_delete; }

file_begin() {
	[ -x "$NSINIT" ] || { echo "no nsinit in $NSTOOLS_BUILD: build first" >&2; return 1; }
	export FILE_DIR=$BATS_FILE_TMPDIR
	export STATE=$FILE_DIR/state
	export CGROUP=nstools-test-$$-${BATS_TEST_FILENAME##*/}
	CGROUP=${CGROUP%.bats}
	export ROOTFS=$FILE_DIR/rootfs
	# An unprivileged user must get through to the tests' directories.
	chmod a+x "$BATS_RUN_TMPDIR" "$FILE_DIR"
	host_snapshot "$FILE_DIR/host.before"
	rootfs_make "$ROOTFS"
}

file_end() {
	cgroup_parent_remove
	host_snapshot "$FILE_DIR/host.after"
	host_compare "$FILE_DIR/host.before" "$FILE_DIR/host.after" || { file_sweep; return 1; }
}

# After a failure: what is left goes, so that the next file starts on a clean host.
file_sweep() {
	local id mount
	# A helper that was not read to its end must not sweep the machine.
	[ -n "${STATE-}" ] && [ -n "${CGROUP-}" ] || return 0
	for id in "$STATE"/*/; do
		[ ! -d "$id" ] || nsinit delete --force "$(basename "$id")" || :
	done >&2
	cgroup_mounts | while read -r mount; do
		[ ! -d "$mount/$CGROUP" ] || find "$mount/$CGROUP" -depth -type d -exec rmdir {} \; || :
	done
}

# NSTOOLS_UNTRACED: without bats' trap before every command, which makes emulated kernels several times slower. A
# failed test then shows its output, but not its line.
test_begin() {
	[ -z "${NSTOOLS_UNTRACED-}" ] || { set +T; trap - DEBUG; }
	TEST_DIR=$BATS_TEST_TMPDIR
	chmod a+x "$TEST_DIR"
	cd "$TEST_DIR" || return 1
	IDS=()
}

# --- the programs -------------------------------------------------------------------------------------------

nsinit() { "$NSINIT" --root "$STATE" "$@"; }

# An id that no other test uses: new_id; then $ID. None is the beginning of another.
new_id() {
	printf -v ID 't%d-%d-%05d' $$ "$BATS_TEST_NUMBER" $RANDOM
}

# wait_until SECONDS COMMAND...: try every 20 ms.
wait_until() {
	local tries=$(($1 * 50))
	shift
	while ! "$@"; do
		[ $((tries--)) -gt 0 ] || { echo "did not come true: $*" >&2; return 1; }
		sleep 0.02
	done
}

# --- what a test expects after bats' `run` ------------------------------------------------------------------

expect_status() {
	[ "$status" -eq "$1" ] && return
	echo "exit status $status instead of $1; output:" >&2
	printf '%s\n' "$output" ${stderr+"$stderr"} >&2
	return 1
}

# expect_text TEXT...: each stands somewhere in the output (standard error too, unless kept apart).
expect_text() {
	local text
	for text; do
		[[ $output == *"$text"* || ${stderr-} == *"$text"* ]] && continue
		echo "the output lacks: $text" >&2
		printf '%s\n' "$output" ${stderr+"$stderr"} >&2
		return 1
	done
}

expect_no_text() {
	local text
	for text; do
		[[ $output != *"$text"* && ${stderr-} != *"$text"* ]] && continue
		echo "the output must not have: $text" >&2
		printf '%s\n' "$output" ${stderr+"$stderr"} >&2
		return 1
	done
}

# expect_output TEXT: the whole of it.
expect_output() {
	[ "$output" = "$1" ] && return
	diff <(printf '%s\n' "$1") <(printf '%s\n' "$output") >&2
	return 1
}

# --- roots and specs ----------------------------------------------------------------------------------------

# rootfs_make DIR: a root with Debian's static busybox and links for its commands.
rootfs_make() {
	mkdir -p "$1"/{bin,sbin,dev,etc,proc,sys,tmp,root,run,usr/bin,usr/sbin,var/tmp}
	chmod 755 "$1" && chmod 1777 "$1/tmp"
	cp /bin/busybox "$1/bin/busybox"
	chroot "$1" /bin/busybox --install -s /bin
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\ntty:x:5:\nuser:x:1000:\n' >"$1/etc/group"
}

# file_begin_inside: file_begin, with the program `inside` in the root (tests/tool/inside.c).
file_begin_inside() {
	file_begin
	cp "$HELPERS/inside" "$ROOTFS/bin/inside"
}

# spec_make [JQ-ARGS] [FILTER]: the standard spec with our root and cgroup, changed by a jq filter, on standard
# output. In the filter $id is $ID, $dir is $TEST_DIR.
spec_make() {
	local filter=.
	[ $# -eq 0 ] || filter=${*: -1}
	[ $# -eq 0 ] || set -- "${@:1:$#-1}"
	jq --arg root "$ROOTFS" --arg cgroup "/$CGROUP/${ID:-t$$}" --arg id "${ID-}" --arg dir "${TEST_DIR-}" "$@" \
		".root.path = \$root | .linux.cgroupsPath = \$cgroup | $filter" "$NSTOOLS_SOURCE/tests/tool/standard.json"
}

# bundle_make DIR [JQ-ARGS] [FILTER]: the same as DIR/config.json.
bundle_make() {
	local dir=$1
	shift
	mkdir -p "$dir" && spec_make "$@" >"$dir/config.json"
}

# container_spec [FILTER [COMMAND...]]: write the spec of a new container; $ID is its id, $TEST_DIR/$ID.json the file.
container_spec() {
	local filter=${1:-.} args
	[ $# -eq 0 ] || shift
	new_id
	if [ $# -gt 0 ]; then
		args=$(jq -nc '$ARGS.positional' --args -- "$@")
		spec_make --argjson args "$args" ".process.args = \$args | $filter" >"$TEST_DIR/$ID.json"
	else
		spec_make "$filter" >"$TEST_DIR/$ID.json"
	fi
}

# container_run [FILTER [COMMAND...]]: run a new container of that spec to its end.
container_run() {
	container_spec "$@"
	nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
}

# container_start [FILTER [COMMAND...]]: the same in the background; without a command it sleeps. Its output is
# $TEST_DIR/$ID.out, so that bats does not wait for it.
container_start() {
	[ $# -gt 1 ] || set -- "${1:-.}" sleep 300
	container_spec "$@"
	nsinit run --detach --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >"$TEST_DIR/$ID.out" 2>&1 3>&- || {
		cat "$TEST_DIR/$ID.out" >&2
		return 1
	}
}

# keep_start: container_start, deleted when the test ends, like each whose id a test puts into IDS. A file with a teardown of
# its own calls kept_delete.
keep_start() {
	container_start "$@"
	IDS+=("$ID")
}
kept_delete() {
	local id
	for id in "${IDS[@]}"; do nsinit delete --force "$id" 2>/dev/null || :; done
}

# has_status ID STATUS
has_status() { [ "$(nsinit state "$1" 2>/dev/null | jq -r .status)" = "$2" ]; }

# --- a program in the background ----------------------------------------------------------------------------

# job_start FILE PROGRAM ARGUMENT...: in the background, its output in FILE; $JOB is the program's own process, not a
# shell's that waits for it.
job_start() {
	local file=$1
	shift
	"$@" </dev/null >"$file" 2>&1 3>&- &
	JOB=$!
}
# Its exit status.
job_join() {
	local status=0
	wait "$JOB" || status=$?
	JOB=
	return $status
}
job_switches() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$JOB/status"; }
job_sleeps() {
	local before
	before=$(job_switches)
	sleep "$1"
	grep -q '^State:.S' "/proc/$JOB/status" && [ "$(job_switches)" = "$before" ]
}
# It has got to where it waits.
job_is_blocked() { [[ $(<"/proc/$JOB/comm") == ns* ]] && job_sleeps 0.1; }
# It was not woken for a whole second: it does not look again and again. (The first try may see it on its way there.)
job_is_idle() { job_sleeps 1 || job_sleeps 1 || job_sleeps 1; }

# --- reasons to skip ----------------------------------------------------------------------------------------
# A skip says what is missing; tests/run counts them and fails when there are too many.

skip_because() {
	[ -n "$1" ] || { echo "skip_because needs a reason" >&2; return 1; }
	skip "$1"
}

needs_root() { [ "$(id -u)" -eq 0 ] || skip_because "needs root"; }
needs_program() { command -v "$1" >/dev/null || skip_because "no program $1"; }
needs_unified() { cgroup_is_unified || skip_because "cgroups are not unified here"; }
needs_v1() { cgroup_is_unified && skip_because "cgroups are unified here"; return 0; }
needs_file() { [ -e "$1" ] || skip_because "no $1 on this kernel"; }

# needs_kernel 5.14
has_kernel() { printf '%s\n%s\n' "$1" "$(uname -r)" | sort -VC; }
needs_kernel() { has_kernel "$1" || skip_because "needs Linux $1"; }

# needs_controller memory: in the unified hierarchy, or as v1.
has_controller() {
	grep -qw "$1" /sys/fs/cgroup/cgroup.controllers 2>/dev/null || grep -q "^$1	.*	1$" /proc/cgroups
}
needs_controller() { has_controller "$1" || skip_because "no cgroup controller $1"; }

# needs_capability 24 (a number of linux/capability.h) in our bounding set
needs_capability() {
	local bounding
	bounding=$((16#$(sed -n 's/^CapBnd:\t//p' /proc/self/status)))
	((bounding >> $1 & 1)) || skip_because "root lacks capability $1 here"
}

needs_ns() { [ -e "/proc/self/ns/$1" ] || skip_because "no $1 namespaces on this kernel"; }

# --- an ordinary user ---------------------------------------------------------------------------------------

# as_user COMMAND...: as uid 4321 with 65536 subordinate ids, in a mount namespace of its own in which
# /etc/passwd, /etc/subuid and /etc/subgid say so. The host's files stay as they are. The array DENY, where a test
# has one, is put in front (tests/tool/deny.c: filters that root sets leave set-uid helpers what they are).
as_user() {
	local home=$FILE_DIR/home
	if [ ! -d "$home" ]; then
		mkdir -p "$home/run"
		{ cat /etc/passwd; echo "nstools-test:x:4321:4321::$home:/bin/sh"; } >"$home/passwd"
		{ cat /etc/group; echo "nstools-test:x:4321:"; } >"$home/group"
		echo "nstools-test:700000:65536" | tee "$home/subuid" >"$home/subgid"
		chmod 644 "$home"/{passwd,group,subuid,subgid}
		chown 4321:4321 "$home" "$home/run" && chmod 700 "$home/run"
	fi
	${DENY[@]+"${DENY[@]}"} unshare --mount --propagation private sh -c '
		home=$1; shift
		for file in passwd group subuid subgid; do
			[ -e "/etc/$file" ] || : >"/etc/$file"
			mount --bind "$home/$file" "/etc/$file" || exit 125
		done
		export HOME="$home" XDG_RUNTIME_DIR="$home/run" USER=nstools-test
		exec setpriv --reuid 4321 --regid 4321 --clear-groups "$@"' sh "$home" "$@"
}

# --- cgroups ------------------------------------------------------------------------------------------------

# cpuset_inherit GROUP...: v1: one made by hand has no CPUs and no memory nodes; it gets those of the group above.
cpuset_inherit() {
	local group file
	for group; do
		for file in cpuset.cpus cpuset.mems; do
			cat "/sys/fs/cgroup/cpuset/$group/../$file" >"/sys/fs/cgroup/cpuset/$group/$file"
		done
	done
}

cgroup_is_unified() { [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; }

# cgroup_dir CONTROLLER ID: where the container's cgroup is.
cgroup_dir() {
	if cgroup_is_unified; then
		echo "/sys/fs/cgroup/$CGROUP/$2"
	else
		echo "/sys/fs/cgroup/$1/$CGROUP/$2"
	fi
}

# Remove our parent, which must be empty by now: children are left overs and are found by the comparison.
cgroup_parent_remove() {
	local mount
	cgroup_mounts | while read -r mount; do
		[ ! -d "$mount/$CGROUP" ] || rmdir "$mount/$CGROUP" 2>/dev/null || :
	done
}

# labels_are LABEL COMMAND...: pairs; what COMMAND (words) starts says it has that security label.
labels_are() {
	while [ $# -gt 0 ]; do
		# shellcheck disable=SC2086 # words
		run -0 $2 cat /proc/self/attr/current
		[ "$(tr -d '\0' <<<"$output")" = "$1" ] || { echo "$2: $output" >&2; return 1; }
		shift 2
	done
}

# shellcheck source=tests/tool/host.bash
. "$NSTOOLS_SOURCE/tests/tool/host.bash"
