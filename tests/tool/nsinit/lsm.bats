#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# AppArmor profiles and SELinux labels: refused with their place where the kernel has none of them.
load ../helper

has() { [ "$("$NSINIT" check --host --json | jq ".security.$1")" = true ]; }
needs_no() { ! has "$1" || skip_because "$1 is active in this kernel"; }

@test "AppArmor: a profile is an error without it, and nothing is left; unconfined and none are not" {
	needs_no apparmor
	run -125 container_run '.process.apparmorProfile = "some-profile"' true
	expect_text "/process/apparmorProfile" "AppArmor is not active in this kernel" "some-profile"
	run -0 nsinit list --quiet
	expect_output ""
	run -0 container_run '.process.apparmorProfile = "unconfined"' true
	run -0 container_run '.process.apparmorProfile = ""' true
}

@test "SELinux: a label of the process or the mounts is an error without it" {
	needs_no selinux
	run -125 container_run '.process.selinuxLabel = "system_u:system_r:container_t:s0"' true
	expect_text "/process/selinuxLabel" "SELinux is not active in this kernel" "system_u:system_r:container_t:s0"
	run -125 container_run '.linux.mountLabel = "system_u:object_r:container_file_t:s0"' true
	expect_text "/linux/mountLabel" "SELinux is not active in this kernel"
	run -0 nsinit list --quiet
	expect_output ""
	run -0 container_run '.process.selinuxLabel = "" | .linux.mountLabel = ""' true
}

@test "exec: the same, for its process file and its options" {
	needs_no apparmor
	needs_no selinux
	container_start
	IDS+=("$ID")
	jq -n '{cwd: "/", args: ["true"], apparmorProfile: "some-profile"}' >process.json
	run nsinit exec --process process.json "$ID"
	expect_status 125
	expect_text "apparmorProfile" "AppArmor is not active" "some-profile"
	jq -n '{cwd: "/", args: ["true"], selinuxLabel: "u:r:t:s0"}' >process.json
	run nsinit exec --process process.json "$ID"
	expect_status 125
	expect_text "selinuxLabel" "SELinux is not active" "u:r:t:s0"
}

@test "check tells it without starting anything; features says what nsinit knows of" {
	needs_no apparmor
	container_spec '.process.apparmorProfile = "some-profile"'
	run -1 nsinit check --spec "$TEST_DIR/$ID.json"
	expect_text "/process/apparmorProfile" "AppArmor"
	[ "$("$NSINIT" features | jq '.linux.apparmor.enabled')" = true ]
}

# bats test_tags=qemu
@test "AppArmor: with it, a profile that is not loaded is named, and unconfined is applied" {
	has apparmor || skip_because "AppArmor is not active in this kernel"
	run container_run '.process.apparmorProfile = "no-such-profile-of-nstools"' true
	expect_status 125
	expect_text "no-such-profile-of-nstools" "no profile of that name is loaded"
	run -0 container_run '.process.apparmorProfile = "unconfined"' cat /proc/self/attr/current
	expect_text "unconfined"
}

# A policy that nobody loaded: any label would be taken, and mean nothing.
@test "SELinux: a kernel with it but without a policy cannot give a label" {
	[ "$(tr -d '\0' </proc/self/attr/current 2>/dev/null)" = kernel ] ||
		skip_because "not a kernel that runs SELinux without a policy"
	container_spec '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
	run -125 unshare --mount sh -c 'mount -t selinuxfs selinuxfs /sys/fs/selinux && exec "$@"' sh \
		"$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "/process/selinuxLabel" "SELinux is not active in this kernel"
	run -1 "$NSENTER" -t $$ --net --context system_u:system_r:container_t:s0 echo ran
	expect_text "system_u:system_r:container_t:s0" "this kernel runs without SELinux" "no policy is loaded"
	expect_no_text ran
}

# bats test_tags=qemu
@test "AppArmor: the program, exec and nsenter --like-init have the profile, and are confined by it" {
	local pid rows
	has apparmor || skip_because "AppArmor is not active in this kernel"
	grep -q vm_settings= /proc/cmdline || skip_because "loads a profile: only in a test kernel"
	printf '%s\n' 'profile nstools-test flags=(attach_disconnected) {' '  file, capability, network, signal, ptrace, unix,' \
		'  deny /etc/group r,' '}' 'profile nstools-other flags=(attach_disconnected) { file, signal, }' |
		apparmor_parser --add --skip-cache
	container_start '.process.apparmorProfile = "nstools-test"'
	IDS+=("$ID")
	pid=$(nsinit state "$ID" | jq .pid)
	[ "$(cat "/proc/$pid/attr/current")" = "nstools-test (enforce)" ]
	nsenter() { "$NSENTER" --state-root "$STATE" "$@"; }
	rows=(
		"nstools-test (enforce)" "nsinit exec $ID"
		"nstools-other (enforce)" "nsinit exec --apparmor nstools-other $ID"
		"nstools-test (enforce)" "nsenter -t $ID --like-init"
		"nstools-test (enforce)" "nsenter -t $pid --like-init"
		"nstools-other (enforce)" "nsenter -t $ID --like-init --context nstools-other"
		unconfined "nsenter -t $ID --like-init --elevated=lsm"
	)
	labels_are "${rows[@]}"
	run -1 nsenter -t "$ID" --like-init cat /etc/group
	expect_text "Permission denied"
}
