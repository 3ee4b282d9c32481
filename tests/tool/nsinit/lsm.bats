#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# AppArmor profiles and SELinux labels: refused with their place where the kernel has none of them.
load ../helper

setup() { test_begin; IDS=(); }
teardown() {
	local id
	for id in "${IDS[@]}"; do nsinit delete --force "$id" 2>/dev/null || :; done
}

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

@test "AppArmor: with it, a profile that is not loaded is named, and unconfined is applied" {
	has apparmor || skip_because "AppArmor is not active in this kernel"
	run container_run '.process.apparmorProfile = "no-such-profile-of-nstools"' true
	expect_status 125
	expect_text "no-such-profile-of-nstools" "no profile of that name is loaded"
	run -0 container_run '.process.apparmorProfile = "unconfined"' cat /proc/self/attr/current
	expect_text "unconfined"
}

@test "SELinux: with it, a label that the policy does not know is named" {
	has selinux || skip_because "SELinux is not active in this kernel"
	run container_run '.process.selinuxLabel = "nstools:no:such:s0"' true
	expect_status 125
	expect_text "nstools:no:such:s0" "does not know this label"
}
