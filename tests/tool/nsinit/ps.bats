# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
load ../helper

# shellcheck disable=SC2154,SC2016

teardown() { [ -z "${ID-}" ] || nsinit delete --force "$ID" 2>/dev/null || :; }

pid_of() { nsinit state "$1" | jq .pid; }

# Two processes: a shell as the container's pid 1, and a sleep.
start_two() {
	container_start . sh -c 'sleep 300 & wait'
	wait_until 20 two_processes
}
two_processes() { [ "$(nsinit ps -q "$ID" | wc -l)" -eq 2 ]; }

@test "ps shows each process with its pid outside and inside, its user, state, time and command" {
	start_two
	run -0 --separate-stderr nsinit ps "$ID"
	[ "$stderr" = "" ]
	[[ ${lines[0]} =~ ^\ *PID\ +INSIDE\ +USER\ +STATE\ +TIME\ +COMMAND$ ]]
	[ ${#lines[@]} -eq 3 ]
	[[ $output =~ $(pid_of "$ID")\ +1\ +root\ +S\ +00:00:00\ +sh\ -c\ sleep\ 300\ \&\ wait ]]
	[[ $output =~ [0-9]+\ +2\ +root\ +S\ +00:00:00\ +"sleep 300"$ ]]
}

@test "ps shows the user as this host sees it" {
	container_start '.linux.namespaces += [{"type": "user"}]
		| .linux.uidMappings = [{"containerID": 0, "hostID": 65534, "size": 1}]
		| .linux.gidMappings = [{"containerID": 0, "hostID": 65534, "size": 1}]
		| .mounts |= map(select(.destination == "/proc" or .destination == "/dev"))' sleep 300
	run -0 nsinit ps "$ID"
	[[ ${lines[1]} =~ \ nobody\ +S\  ]]
}

@test "ps --format json and --json print an array of pids, --quiet one pid a line" {
	start_two
	local pids
	pids=$(nsinit ps --quiet "$ID" | sort -n)
	[ "$(wc -l <<<"$pids")" -eq 2 ]
	grep -qx "$(pid_of "$ID")" <<<"$pids"
	[ "$(nsinit ps --format json "$ID" | jq '.[]' | sort -n)" = "$pids" ]
	[ "$(nsinit ps -f json "$ID" | jq '.[]' | sort -n)" = "$pids" ]
	[ "$(nsinit ps --json "$ID" | jq '.[]' | sort -n)" = "$pids" ]
	[ "$(nsinit ps -q "$ID" | sort -n)" = "$pids" ]
}

@test "ps with options of ps(1) prints its title and the container's processes alone" {
	needs_program ps
	ps -ef >/dev/null || skip_because "ps(1) itself does not work on this kernel"
	start_two
	run -0 nsinit ps "$ID" -ef
	[[ ${lines[0]} =~ ^UID\ +PID ]]
	[ ${#lines[@]} -eq 3 ]
	[[ ${lines[1]} =~ ^root\ +$(pid_of "$ID")\  ]]
	run -0 nsinit ps "$ID" -e -o comm,pid
	[ ${#lines[@]} -eq 3 ]
	[[ ${lines[1]} =~ ^(sh|busybox)\ +$(pid_of "$ID")$ ]]
	# Whatever is said in other columns, the pid's column alone counts.
	run -0 nsinit ps "$ID" -e -o ppid,pid
	[ ${#lines[@]} -eq 3 ]
}

@test "ps options without a column PID, or that ps(1) does not know, are errors that say so" {
	needs_program ps
	start_two
	run -2 nsinit ps "$ID" -o comm
	expect_text "ps: its output has no column PID to find the container's processes by" "hint: give options that print one"
	run -1 nsinit ps "$ID" --no-such-option
	expect_text "ps: exit status 1" "hint: it wrote: error: unknown gnu long option"
}

@test "options of ps(1) go with neither JSON nor --quiet" {
	new_id
	run -2 nsinit ps --format json "$ID" -ef
	expect_text "options of ps(1) go with neither JSON nor --quiet"
	run -2 nsinit ps -q "$ID" -ef
	expect_text "options of ps(1) go with neither JSON nor --quiet"
}

@test "ps of a paused container works, of a stopped one there are no processes" {
	start_two
	nsinit pause "$ID"
	run -0 nsinit ps "$ID"
	[ ${#lines[@]} -eq 3 ]
	nsinit stop --timeout 0 "$ID"
	run -0 nsinit ps --format json "$ID"
	expect_output "[]"
	run -0 nsinit ps "$ID"
	[ ${#lines[@]} -eq 1 ]
}

@test "ps of a container without a pid namespace shows what its first process left" {
	container_start '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'sleep 300 & exec sleep 1'
	wait_until 20 stopped
	run -0 nsinit ps "$ID"
	[ ${#lines[@]} -eq 2 ]
	[[ ${lines[1]} == *"sleep 300" ]]
}
stopped() { [ "$(nsinit state "$ID" | jq -r .status)" = stopped ]; }

@test "what a process writes into its command line does not reach the terminal" {
	container_start . sh -c ': "$1"; sleep 300; :' $'evil\033[2J\nPID\r'
	wait_until 20 two_processes
	run -0 nsinit ps "$ID"
	[ ${#lines[@]} -eq 3 ]
	[[ $output != *$'\033'* && $output != *$'\r'* ]]
	expect_text "evil?[2J?PID?"
}

@test "ps of no container, of no such container" {
	run -2 nsinit ps
	expect_text "nsinit: ps:"
	new_id
	run -1 nsinit ps "$ID"
	expect_text "nsinit: $ID: container does not exist"
}
