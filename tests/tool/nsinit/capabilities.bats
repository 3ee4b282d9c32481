#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Capabilities: the five sets, as /proc/PID/status has them after execve.
load ../helper

setup_file() { file_begin_inside; }

CAPS='grep -E ^Cap(Inh|Prm|Eff|Bnd|Amb) /proc/self/status'

# sets INHERITABLE PERMITTED EFFECTIVE BOUNDING AMBIENT, in hexadecimal, is the whole output
expect_sets() {
	expect_output "$(printf 'CapInh:\t%016x\nCapPrm:\t%016x\nCapEff:\t%016x\nCapBnd:\t%016x\nCapAmb:\t%016x' \
		"0x$1" "0x$2" "0x$3" "0x$4" "0x$5")"
}

# shellcheck disable=SC2086 # $CAPS is a command with its arguments
run_caps() { run -0 --separate-stderr container_run "$1" $CAPS; }

# KILL is 5, NET_BIND_SERVICE 10, NET_RAW 13, AUDIT_WRITE 29: 20, 400, 2000, 20000000

@test "capabilities: each set is the spec's after execve, for root and for a user (C5)" {
	run_caps .
	expect_sets 0 20000420 20000420 20000420 0
	# execve by root gives all that is bounding, but not with no_new_privs.
	local few='.process.capabilities = {bounding: ["CAP_KILL", "CAP_NET_RAW"], permitted: ["CAP_KILL"], effective: []}'
	run_caps "$few"
	expect_sets 0 20 20 2020 0
	run_caps "$few | .process.noNewPrivileges = false"
	expect_sets 0 2020 2020 2020 0
	run_caps '.process.user = {uid: 1000, gid: 1000}'
	expect_sets 0 0 0 20000420 0
	run_caps '.process.user = {uid: 1000, gid: 1000} | .process.capabilities = {bounding: ["CAP_KILL", "CAP_NET_RAW"],
		permitted: ["CAP_KILL"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]}'
	expect_sets 20 20 20 2020 20
	run_caps '.process.user = {uid: 1000, gid: 1000} | .process.capabilities = {bounding: ["CAP_KILL"],
		inheritable: ["CAP_KILL"]}'
	expect_sets 20 0 0 20 0
}

@test "capabilities: without the member, and with empty sets, there are none" {
	run_caps 'del(.process.capabilities)'
	expect_sets 0 0 0 0 0
	run_caps '.process.capabilities = {}'
	expect_sets 0 0 0 0 0
	run_caps '.process.capabilities = {bounding: [], permitted: [], effective: [], inheritable: [], ambient: []}'
	expect_sets 0 0 0 0 0
}

@test "capabilities: the inheritable set is empty unless the spec fills it (CVE-2022-29162)" {
	run_caps '.process.capabilities.ambient = []'
	expect_sets 0 20000420 20000420 20000420 0
	run_caps '.process.capabilities.inheritable = ["CAP_KILL"]'
	expect_sets 20 20000420 20000420 20000420 0
	# the built-in default and what `spec` prints have none
	run -0 nsinit spec
	jq -e '.process.capabilities | has("bounding") and (.inheritable // [] | length == 0)' <<<"$output"
}

@test "capabilities: ambient ones that are not permitted and inheritable too" {
	run_caps '.process.user = {uid: 1, gid: 1} | .process.capabilities = {bounding: ["CAP_KILL", "CAP_NET_RAW"],
		permitted: ["CAP_KILL", "CAP_NET_RAW"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL"],
		ambient: ["CAP_KILL", "CAP_NET_RAW"]}'
	expect_sets 20 20 20 2020 20
	expect_text "warning: CAP_NET_RAW cannot be granted and is left out: not in permitted and inheritable" "/process/capabilities/ambient"
	# Several are one warning, which create gives and start does not give again: buildah asks for eleven of them.
	bundle_make several '.process.args = ["true"] | .process.capabilities.ambient = ["CAP_CHOWN", "CAP_KILL"]
		| .process.capabilities.inheritable = []'
	new_id
	nsinit create --bundle several "$ID" >out 2>&1 3>&-
	run cat out
	expect_text "warning: CAP_CHOWN, CAP_KILL cannot be granted and are left out: not in permitted and inheritable" "/process/capabilities/ambient"
	[ "${#lines[@]}" -eq 1 ]
	run -0 nsinit start "$ID"
	expect_output ""
	run -0 nsinit delete --force "$ID"
}

@test "capabilities: the host sees the same of the container's process" {
	keep_start '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}'
	pid=$(nsinit state "$ID" | jq .pid)
	run -0 grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' "/proc/$pid/status"
	expect_sets 0 20 20 20 0
}

@test "capabilities: an unknown name is a warning, in every set" {
	for set in bounding effective inheritable permitted ambient; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr container_run ".process.capabilities.$set = [\"CAP_NO_SUCH\", \"CAP_KILL\"]" true
		# shellcheck disable=SC2154
		[[ $stderr == *"CAP_NO_SUCH"* && $stderr == *"/process/capabilities/$set/0"* ]]
	done
	run container_run '.process.capabilities.bounding = [5]' true
	expect_status 125
	expect_text "/process/capabilities/bounding/0"
}

@test "capabilities: one beyond what this kernel has is passed over (C6)" {
	last=$(cat /proc/sys/kernel/cap_last_cap)
	[ "$last" -lt 63 ]
	run -0 --separate-stderr container_run ".process.capabilities = {bounding: [\"CAP_$((last + 1))\", \"CAP_KILL\"],
		permitted: [\"CAP_$((last + 1))\", \"CAP_KILL\"], effective: [\"CAP_63\", \"CAP_KILL\"]}" \
		grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status
	expect_sets 0 20 20 20 0
	# shellcheck disable=SC2154
	[[ $stderr == *"CAP_$((last + 1))"* ]]
}

@test "capabilities: what nsinit itself lacks is passed over" {
	container_spec '.process.capabilities |= map_values(. + ["CAP_NET_RAW"])' grep -E '^Cap(Prm|Eff|Bnd)' /proc/self/status
	run -0 --separate-stderr setpriv --bounding-set -net_raw "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_output "$(printf 'Cap%s:\t0000000020000420\n' Prm Eff Bnd)"
	expect_text "warning: CAP_NET_RAW cannot be granted and is left out: not in the caller's bounding set" "/process/capabilities/bounding"
}

@test "capabilities: exec --cap adds to all but the inheritable and ambient sets (C1)" {
	keep_start '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"],
		inheritable: ["CAP_KILL"]}'
	# shellcheck disable=SC2086
	run -0 nsinit exec --cap CAP_NET_RAW "$ID" $CAPS
	expect_sets 0 2020 2020 2020 0
	# shellcheck disable=SC2086
	run -0 nsinit exec --cap net_raw --user 1000 "$ID" $CAPS
	expect_sets 0 0 0 2020 0
	# shellcheck disable=SC2086
	run -0 nsinit exec "$ID" $CAPS
	expect_sets 0 20 20 20 0
	run nsinit exec --cap NO_SUCH "$ID" true
	expect_status 125
	expect_text '--cap: unknown capability "NO_SUCH"'
}

@test "capabilities: exec with a process object has that object's" {
	keep_start .
	# shellcheck disable=SC2086
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["grep", "-E", "^Cap(Inh|Prm|Eff|Bnd|Amb)", "/proc/self/status"], "cwd": "/",
		"env": ["PATH=/bin"], "capabilities": {"bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]}}'
	expect_sets 0 20 20 20 0
	# without: the container's
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["grep", "-E", "^Cap(Inh|Prm|Eff|Bnd|Amb)", "/proc/self/status"], "cwd": "/",
		"env": ["PATH=/bin"]}'
	expect_sets 0 20000420 20000420 20000420 0
}

@test "capabilities: no secure bit, no KEEPCAPS is left (C5)" {
	keep_start '.process.noNewPrivileges = false'
	for user in 0 1000; do
		run -0 container_run ".process.user = {uid: $user, gid: 0}" inside state
		expect_text "securebits 0" "keepcaps 0" "no_new_privs 1" "death_signal 0"
		run -0 nsinit exec --user $user "$ID" inside state
		expect_text "securebits 0" "keepcaps 0" "no_new_privs 0" "death_signal 0"
	done
}

@test "capabilities: NoNewPrivs, Seccomp and CapBnd are the spec's, read back from the host (C5)" {
	keep_start '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["chroot"], action: "SCMP_ACT_ERRNO"}]}'
	pid=$(nsinit state "$ID" | jq .pid)
	run -0 grep -E '^(NoNewPrivs|Seccomp|CapBnd):' "/proc/$pid/status"
	expect_output "$(printf 'CapBnd:\t0000000020000420\nNoNewPrivs:\t1\nSeccomp:\t2')"
	keep_start '.process.noNewPrivileges = false'
	pid=$(nsinit state "$ID" | jq .pid)
	run -0 grep -E '^(NoNewPrivs|Seccomp|CapBnd):' "/proc/$pid/status"
	expect_output "$(printf 'CapBnd:\t0000000020000420\nNoNewPrivs:\t0\nSeccomp:\t0')"
}

@test "capabilities: a set-uid program cannot get back what is not bounding" {
	rootfs_make r
	cp "$HELPERS/inside" r/bin/suid && chmod 4755 r/bin/suid
	# shellcheck disable=SC2016 # $dir is jq's
	local in='.root.path = $dir + "/r" | .process.user = {uid: 1000, gid: 1000}'
	run -0 container_run "$in | .process.noNewPrivileges = false" suid state
	expect_text "uid 1000 0 0" "$(printf 'CapPrm:\t0000000020000420\nCapEff:\t0000000020000420')"
	run -0 container_run "$in" suid state
	expect_text "uid 1000 1000 1000" "$(printf 'CapPrm:\t0000000000000000\nCapEff:\t0000000000000000')"
}

@test "capabilities: in a user namespace all of them may be given" {
	all=$(printf '%x' $(((2 << $(cat /proc/sys/kernel/cap_last_cap)) - 1)))
	chmod -R a+rX "$ROOTFS"
	run -0 nsinit run --rootfs "$ROOTFS" --cap-add all --userns=0:100000:65536 -- grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status
	expect_sets 0 "$all" "$all" "$all" 0
}
