# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

# start_counter [FILTER]: counts in /out/count, from its first process and from a child.
start_counter() {
	mkdir -p "$TEST_DIR/out"
	container_start '.mounts += [{destination: "/out", type: "bind", source: ($dir + "/out"), options: ["bind"]}]'"${1+ | $1}" \
		sh -c '(while :; do echo x >>/out/child; sleep 0.02; done) & while :; do echo x >>/out/count; sleep 0.02; done'
	IDS+=("$ID")
	wait_until 20 counts
}
counts() { [ -s "$TEST_DIR/out/count" ] && [ -s "$TEST_DIR/out/child" ]; }
lengths() { wc -c "$TEST_DIR/out/count" "$TEST_DIR/out/child"; }
goes_on() { [ "$(lengths)" != "$1" ]; }
status_of() { nsinit state "$1" | jq -r .status; }

@test "pause freezes every process, resume lets them go on; nothing is printed" {
	start_counter
	run -0 nsinit pause "$ID"
	expect_output ""
	[ "$(status_of "$ID")" = paused ]
	local before
	before=$(lengths)
	sleep 0.5
	[ "$(lengths)" = "$before" ]
	run -0 nsinit resume "$ID"
	expect_output ""
	[ "$(status_of "$ID")" = running ]
	wait_until 20 goes_on "$before"
}

@test "pausing twice and resuming what runs are errors that name the status" {
	start_counter
	run -1 nsinit resume "$ID"
	expect_text "nsinit: resume $ID: cannot resume a container that is running"
	nsinit pause "$ID"
	run -1 nsinit pause "$ID"
	expect_text "nsinit: pause $ID: cannot pause a container that is paused"
	nsinit resume "$ID"
}

@test "a container that was not started can be paused, started never while it is" {
	new_id
	IDS+=("$ID")
	bundle_make "$TEST_DIR/b" '.process.args = ["sleep", "300"]'
	nsinit create --bundle "$TEST_DIR/b" "$ID" </dev/null >/dev/null 2>&1 3>&-
	nsinit pause "$ID"
	[ "$(status_of "$ID")" = paused ]
	run -1 nsinit start "$ID"
	expect_text "cannot start a container that is paused"
	nsinit resume "$ID"
	[ "$(status_of "$ID")" = created ]
	nsinit start "$ID"
	[ "$(status_of "$ID")" = running ]
}

@test "a paused container can be killed" {
	start_counter
	nsinit pause "$ID"
	nsinit kill "$ID" KILL
	wait_until 10 has_stopped
	run -1 nsinit resume "$ID"
	expect_text "nsinit: resume $ID: container not running"
}
has_stopped() { [ "$(status_of "$ID")" = stopped ]; }

@test "every process of a paused container can be killed" {
	start_counter
	nsinit pause "$ID"
	nsinit kill --all "$ID" KILL
	wait_until 10 has_stopped
}

@test "a signal to a paused container works when it goes on" {
	mkdir out
	container_start '.mounts += [{destination: "/out", type: "bind", source: ($dir + "/out"), options: ["bind"]}]' \
		sh -c 'trap "echo got >/out/got; exit 0" USR1; touch /out/ready; while :; do sleep 0.02; done'
	IDS+=("$ID")
	wait_until 20 test -e out/ready
	nsinit pause "$ID"
	nsinit kill "$ID" USR1
	sleep 0.3
	[ ! -e out/got ]
	nsinit resume "$ID"
	wait_until 20 test -e out/got
}

# frozen_outside: a container that counts, which somebody else has frozen in v1's freezer, beside the v2 hierarchy.
frozen_outside() {
	local freezer=$1 group
	rm -rf "$TEST_DIR/out"
	start_counter
	group=$(awk -F: '$2 == "freezer" { print $3 }' "/proc/$(nsinit state "$ID" | jq .pid)/cgroup")
	echo FROZEN >"$freezer$group/freezer.state"
	[ "$(status_of "$ID")" = paused ]
}

@test "frozen by others in v1's freezer: resume, kill, stop and delete --force reach it too" {
	local freezer
	freezer=$(cgroup_mounts | grep '/freezer$') || skip_because "cgroups are unified here"
	frozen_outside "$freezer"
	nsinit resume "$ID"
	[ "$(status_of "$ID")" = running ]
	wait_until 20 goes_on "$(lengths)"
	frozen_outside "$freezer"
	nsinit kill "$ID" KILL
	wait_until 10 has_stopped
	frozen_outside "$freezer"
	nsinit kill --all "$ID" KILL
	wait_until 10 has_stopped
	frozen_outside "$freezer"
	nsinit stop --timeout 1 "$ID"
	has_stopped
	frozen_outside "$freezer"
	nsinit delete --force "$ID"
	run -1 nsinit state "$ID"
	expect_text "container does not exist"
}

@test "frozen by others in a group that was there before: delete --force reaches it, and the group stays, with who is there" {
	local freezer group=$CGROUP/kept mount other
	freezer=$(cgroup_mounts | grep '/freezer$') || skip_because "cgroups are unified here"
	cgroup_mounts | while read -r mount; do mkdir -p "$mount/$group"; done
	cpuset_inherit "$CGROUP" "$group"
	start_counter ".linux.cgroupsPath = \"/$group\""
	sleep 300 >/dev/null 2>&1 3>&- &
	other=$!
	disown
	echo "$other" >"$freezer/$group/cgroup.procs"
	echo FROZEN >"$freezer/$group/freezer.state"
	[ "$(status_of "$ID")" = paused ]
	nsinit delete --force "$ID"
	run -1 nsinit state "$ID"
	kill -0 "$other"
	[ "$(<"$freezer/$group/cgroup.procs")" = "$other" ]
	# Of one that has ended nobody is thawed.
	echo "$other" >"$freezer/cgroup.procs"
	container_start ".linux.cgroupsPath = \"/$group\"" true
	IDS+=("$ID")
	wait_until 20 has_stopped
	echo "$other" >"$freezer/$group/cgroup.procs"
	echo FROZEN >"$freezer/$group/freezer.state"
	nsinit delete --force "$ID"
	[ "$(<"$freezer/$group/freezer.state")" = FROZEN ]
	echo THAWED >"$freezer/$group/freezer.state"
	kill -KILL "$other"
	cgroup_mounts | while read -r mount; do wait_until 20 rmdir "$mount/$group"; done
}

@test "a paused container can be deleted by force, and leaves nothing frozen" {
	start_counter
	nsinit pause "$ID"
	run -1 nsinit delete "$ID"
	expect_text "paused"
	nsinit delete --force "$ID"
	run -1 nsinit state "$ID"
	expect_text "container does not exist"
}

@test "several at once, each tried" {
	local first
	start_counter
	first=$ID
	start_counter
	run -1 nsinit pause "$first" no-such "$ID"
	expect_text "nsinit: no-such: container does not exist"
	[ "$(status_of "$first")" = paused ]
	[ "$(status_of "$ID")" = paused ]
	nsinit resume "$first" "$ID"
	[ "$(status_of "$first")" = running ]
	[ "$(status_of "$ID")" = running ]
}

@test "a stopped container, one without a cgroup, none at all" {
	container_start . true
	IDS+=("$ID")
	wait_until 20 has_stopped
	run -1 nsinit pause "$ID"
	expect_text "nsinit: pause $ID: container not running"
	new_id
	IDS+=("$ID")
	spec_make '.process.args = ["sleep", "300"] | del(.linux.cgroupsPath)' >"$TEST_DIR/$ID.json"
	nsinit --cgroup-manager disabled run --detach --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&-
	run -1 nsinit pause "$ID"
	expect_text "nsinit: pause $ID: the container has no cgroup that can be frozen"
	run -2 nsinit pause
	expect_text "nsinit: pause:"
}
