#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# SELinux with a policy that lets nsinit give one label and not another: tests/vm/selinux.cil, in a guest of its own.
load ../helper

USER=test_u:test_r
LABEL=$USER:container_t:s0:c1,c2
OTHER=$USER:container_t:s0:c3
FILES=$USER:container_file_t:s0:c1,c2

setup() {
	test_begin
	printf '%s\0' "$LABEL" 2>/dev/null >/sys/fs/selinux/context ||
		skip_because "the policy of tests/vm/selinux.cil is not loaded"
}

label_of() { tr -d '\0' <"/proc/$1/attr/current"; }
nothing_left() {
	run -0 nsinit list --quiet
	expect_output ""
	[ -z "$(find "/sys/fs/cgroup/$CGROUP" -mindepth 1 -type d 2>/dev/null)" ]
}

@test "the program has the label of the spec; exec and nsenter --like-init give the same, or the one they are told" {
	local pid rows
	container_start ".process.selinuxLabel = \"$LABEL\""
	IDS+=("$ID")
	pid=$(nsinit state "$ID" | jq .pid)
	[ "$(label_of "$pid")" = "$LABEL" ]
	nsenter() { "$NSENTER" --state-root "$STATE" "$@"; }
	rows=(
		"$LABEL" "nsinit exec $ID"
		"$OTHER" "nsinit exec --process-label $OTHER $ID"
		"$LABEL" "nsenter -t $ID --like-init"
		"$LABEL" "nsenter -t $pid --like-init"
		"$LABEL" "nsenter -t $pid --net --follow-context"
		"$OTHER" "nsenter -t $ID --like-init --context $OTHER"
		"$USER:runtime_t:s0-s0:c0.c7" "nsenter -t $ID --like-init --elevated=lsm"
	)
	labels_are "${rows[@]}"
}

@test "the session keyring has the process's label, and what nsinit makes then has not" {
	container_start ".process.selinuxLabel = \"$LABEL\""
	IDS+=("$ID")
	# keyctl(2): JOIN_SESSION_KEYRING 1, GET_SECURITY 17. We are of the same user, and may join it by its name.
	run -0 python3 -c 'import ctypes, sys
keyctl = lambda *arguments: ctypes.CDLL(None).syscall(250, *arguments)
label = ctypes.create_string_buffer(200)
if keyctl(17, keyctl(1, sys.argv[1].encode()), label, 200) > 0: print(label.value.decode())' "_ses.$ID"
	expect_output "$LABEL"
	[ "$(tr -d '\0' <"/proc/$(nsinit state "$ID" | jq .pid)/attr/keycreate")" = "" ]
}

@test "mountLabel: the container's own file systems have it, the kernel's and the host's keep theirs" {
	local root path host
	host=$(stat -c %C /sys/fs/cgroup /proc/self /dev)
	container_start ".linux.mountLabel = \"$FILES\" | .root.readonly = false | .mounts += [
		{ destination: \"/etc\", type: \"tmpfs\", source: \"tmpfs\", options: [\"tmpcopyup\", \"ro\"] },
		{ destination: \"/own\", type: \"tmpfs\", source: \"tmpfs\", options: [\"context=$USER:container_file_t:s0\"] },
		{ destination: \"/secret\", type: \"bind\", source: \"$TEST_DIR\", options: [\"bind\"] }]" \
		sh -c 'mkdir /dev/shm/made && sleep 300'
	IDS+=("$ID")
	root=/proc/$(nsinit state "$ID" | jq .pid)/root
	wait_until 30 [ -d "$root/dev/shm/made" ]
	for path in /dev /dev/null /dev/fd /dev/pts /dev/pts/ptmx /dev/shm /dev/shm/made /dev/mqueue /etc /etc/passwd; do
		[ "$(stat -c %C "$root$path")" = "$FILES" ] || { stat -c '%n %C' "$root$path" >&2; return 1; }
	done
	for path in / /bin/busybox /proc /proc/self /sys /sys/fs/cgroup /secret; do
		[[ $(stat -c %C "$root$path") == *:file_t:s0 ]] || { stat -c '%n %C' "$root$path" >&2; return 1; }
	done
	[ "$(stat -c %C "$root/own")" = "$USER:container_file_t:s0" ]
	# What is masked is empty, and may be looked at.
	grep -q " /sys/firmware ro,.*,context=\"$FILES\"" "$root/proc/1/mountinfo"
	[ "$(stat -c %C /sys/fs/cgroup /proc/self /dev)" = "$host" ]
}

@test "labels that the policy does not know or forbids: step, place, cause; nothing is left" {
	local rows row
	rows=(
		".process.selinuxLabel = \"$USER:none_t:s0\"" 125 "SELinux $USER:none_t:s0: Invalid argument"
		/process/selinuxLabel "the loaded SELinux policy does not know this label"

		".process.selinuxLabel = \"$USER:forbidden_t:s0\" | .process.noNewPrivileges = false" 126
		"execve /bin/true: Permission denied" /process/args
		"the SELinux policy may forbid a program here the label $USER:forbidden_t:s0: transition"

		".process.selinuxLabel = \"$USER:plain_t:s0\"" 126 "execve /bin/true: Operation not permitted" /process/args
		"with noNewPrivileges nnp_transition"

		".linux.mountLabel = \"$USER:none_t:s0\"" 125 "context=$USER:none_t:s0 on /dev: Invalid argument" /mounts/1
		"the loaded SELinux policy does not know this label"

		".linux.mountLabel = \"$USER:secret_file_t:s0\"" 125 "mount tmpfs on /dev: Permission denied" /mounts/1
		"the SELinux policy does not let us give a mount the label $USER:secret_file_t:s0 (linux.mountLabel"

		".linux.mountLabel = \"$USER:secret_file_t:s0\" | .mounts |= map(select(.type == \"mqueue\")) |
			.mounts[0].destination = \"/tmp\"" 125
		"setxattr security.selinux=$USER:secret_file_t:s0 on /tmp: Permission denied" /mounts/0
		"the SELinux policy does not let us give a mount the label $USER:secret_file_t:s0 (linux.mountLabel"
	)
	for ((row = 0; row < ${#rows[@]}; row += 5)); do
		run container_run "${rows[row]}"
		expect_status "${rows[row + 1]}"
		expect_text "${rows[@]:row+2:3}"
	done
	nothing_left
}

@test "exec with such a label runs nothing and leaves the container be; nsinit's own label may be too low" {
	container_start
	IDS+=("$ID")
	run -125 nsinit exec --process-label "$USER:none_t:s0" "$ID" echo ran
	expect_text "SELinux $USER:none_t:s0: Invalid argument" "does not know this label"
	expect_no_text ran
	run -126 nsinit exec --process-label "$USER:forbidden_t:s0" "$ID" echo ran
	expect_text "execve /bin/echo: Operation not permitted" "$USER:forbidden_t:s0: transition"
	run -1 "$NSENTER" --state-root "$STATE" -t "$ID" --net --context "$USER:none_t:s0" echo ran
	expect_text "$USER:none_t:s0: Invalid argument" "does not know this label"
	expect_no_text ran
	has_status "$ID" running
	# confined_t may start no program with another label.
	run -125 bash -c 'printf %s "$1" >/proc/self/attr/exec; shift; exec "$@"' sh "$USER:confined_t:s0" \
		"$NSINIT" --root "$STATE" exec --process-label "$LABEL" "$ID" true
	expect_text "SELinux $LABEL: Permission denied" "does not let our own label start programs with another (setexec)"
}

@test "check and features tell of it" {
	[ "$(nsinit check --host --json | jq -c '.security | [.selinux, .apparmor]')" = '[true,false]' ]
	[ "$(nsinit features | jq .linux.selinux.enabled)" = true ]
	container_spec ".process.selinuxLabel = \"$LABEL\" | .linux.mountLabel = \"$FILES\""
	run -0 nsinit check --spec "$TEST_DIR/$ID.json"
}
