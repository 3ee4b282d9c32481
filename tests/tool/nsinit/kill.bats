# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# kill: which signal, which processes, which containers; and delete's --regex.
load ../helper

# shellcheck disable=SC2154,SC2016

is_shown() { grep -qxF "$1" "$TEST_DIR/$ID.out" 2>/dev/null; }
# A program that tells each signal of the list by its name, and ends on USR2.
listener() {
	echo "for s in $1; do trap \"echo got \$s\" \$s; done; trap 'exit 9' USR2; echo ready; while :; do sleep 0.02; done"
}
start_listener() {
	container_start "${2:-.}" sh -c "$(listener "$1")"
	IDS+=("$ID")
	wait_until 20 is_shown ready
}

@test "by name, with SIG or without, in any case, and by number; TERM unless given" {
	local pair
	start_listener "HUP INT TERM USR1 CONT WINCH 34 37 60 64"
	for pair in HUP:HUP SIGHUP:HUP 1:HUP int:INT sigint:INT 2:INT 10:USR1 SIGUSR1:USR1 15:TERM CONT:CONT 28:WINCH \
		RTMIN:34 SIGRTMIN:34 RTMIN+3:37 rtmin+3:37 37:37 RTMAX:64 RTMAX-4:60 SIGRTMAX-4:60 64:64; do
		: >"$ID.out"
		run -0 nsinit kill "$ID" "${pair%%:*}"
		expect_output ""
		wait_until 20 is_shown "got ${pair##*:}"
	done
	: >"$ID.out"
	nsinit kill "$ID"
	wait_until 20 is_shown "got TERM"
	nsinit kill "$ID" USR2
	wait_until 20 has_status "$ID" stopped
}

@test "what is no signal is named, and nothing is sent" {
	local bad
	start_listener "HUP INT TERM"
	for bad in NOSUCH SIG SIGSIG -1 65 1000 1x 0x9 " 9" 9.0 RTMIN+31 RTMAX+1 RTMIN+ "" 99999999999999999999; do
		run -2 nsinit kill -- "$ID" "$bad"
		expect_text "nsinit: kill: unknown signal \"$bad\"" "hint: a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64"
	done
	run -2 nsinit kill "$ID" TERM KILL
	expect_text 'kill: unexpected "KILL"'
	run -2 nsinit kill
	expect_text "kill: something is missing on the command line"
	sleep 0.1
	[ "$(<"$ID.out")" = ready ]
	has_status "$ID" running
}

@test "signal 0 tells whether there is a process" {
	start_listener TERM
	run nsinit kill "$ID" 0
	[ "$status" = 0 ] || expect_text 'unknown signal "0"'
}

@test "the first process gets it alone; with --all every process of the container" {
	mkdir out
	local filter='.mounts += [{destination: "/out", type: "bind", source: ($dir + "/out"), options: ["bind"]}]'
	container_start "$filter" sh -c '
		child() { trap "echo child $1 >>/out/got" USR1; touch /out/$1; while :; do sleep 0.02; done; }
		child a & child b &
		setsid sh -c "trap \"echo apart >>/out/got\" USR1; touch /out/c; while :; do sleep 0.02; done" &
		trap "echo first >>/out/got" USR1
		while :; do sleep 0.02; done'
	IDS+=("$ID")
	wait_until 20 sh -c '[ -e out/a ] && [ -e out/b ] && [ -e out/c ]'
	nsinit kill "$ID" USR1
	wait_until 20 test -s out/got
	sleep 0.2
	[ "$(<out/got)" = first ]
	rm out/got
	nsinit kill --all "$ID" USR1
	wait_until 20 sh -c '[ "$(sort -u out/got)" = "$(printf "apart\nchild a\nchild b\nfirst")" ]'
	nsinit kill -a "$ID" KILL
	wait_until 20 has_status "$ID" stopped
	[ -z "$(cat "$(cgroup_dir pids "$ID")/cgroup.procs" 2>/dev/null)" ]
}

@test "--all reaches what is left of a stopped container that shares the pid namespace" {
	container_start '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'sleep 301 & sleep 302 & exit 0'
	IDS+=("$ID")
	wait_until 20 has_status "$ID" stopped
	run -1 nsinit kill "$ID" KILL
	expect_text "kill $ID: container not running"
	[ "$(wc -l <"$(cgroup_dir pids "$ID")/cgroup.procs")" = 2 ]
	run -0 nsinit kill --all "$ID" KILL
	wait_until 20 sh -c "! grep -q . '$(cgroup_dir pids "$ID")/cgroup.procs'"
	# Nothing left is no error: engines do it to be sure. Nor is it when systemd has removed the scope with its last process.
	run -0 nsinit kill --all "$ID" KILL
	cgroup_mounts | while read -r mount; do
		[ ! -d "$mount/$CGROUP/$ID" ] || wait_until 20 rmdir "$mount/$CGROUP/$ID"
	done
	run -0 nsinit kill --all "$ID" KILL
	run -1 nsinit kill "$ID" KILL
	expect_text "kill $ID: container not running"
}

@test "KILL takes the others too where the first process has no pid namespace of its own" {
	container_start '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'sleep 301 & exec sleep 302'
	IDS+=("$ID")
	wait_until 20 sh -c "[ \$(wc -l <'$(cgroup_dir pids "$ID")/cgroup.procs') = 2 ]"
	nsinit kill "$ID" KILL
	wait_until 20 has_status "$ID" stopped
	wait_until 20 sh -c "! grep -q . '$(cgroup_dir pids "$ID")/cgroup.procs'"
}

@test "a pid that is another process's by now is not killed" {
	container_start . true
	IDS+=("$ID")
	wait_until 20 has_status "$ID" stopped
	sleep 303 3>&- &
	local other=$!
	jq --argjson pid "$other" '.pid = $pid' "$STATE/$ID/state.json" >changed
	cat changed >"$STATE/$ID/state.json"
	run -1 nsinit kill "$ID" KILL
	expect_text "kill $ID: container not running"
	run -0 nsinit delete --force "$ID"
	kill -0 "$other"
	kill "$other"
}

# --- --regex --------------------------------------------------------------------------------------------------

# group NAME...: containers of these ids, whose programs end on TERM.
group() {
	local id
	for id; do
		spec_make "del(.linux.cgroupsPath) | .process.args = [\"sh\", \"-c\", \"trap 'exit 0' TERM; echo ready; while :; do sleep 0.02; done\"]
			| .linux.cgroupsPath = \"/$CGROUP/$id\"" >"$id.json"
		nsinit run -d --spec "$id.json" "$id" </dev/null >"$id.out" 2>&1 3>&-
		IDS+=("$id")
	done
}

@test "kill --regex: all whose id matches anywhere, as an extended regular expression" {
	group "web-1$$" "web-2$$" "db-1$$" "db+x$$"
	for id in "${IDS[@]}"; do wait_until 20 grep -q ready "$id.out"; done
	run -0 nsinit kill --regex "^web-.$$"
	wait_until 20 has_status "web-1$$" stopped
	wait_until 20 has_status "web-2$$" stopped
	has_status "db-1$$" running
	has_status "db+x$$" running
	run -0 nsinit kill --regex '^db(-1|[+]x)' KILL
	wait_until 20 has_status "db-1$$" stopped
	wait_until 20 has_status "db+x$$" stopped
	# Now the same match only what is stopped: an error a container, status 1.
	run -1 nsinit kill --regex '^db' KILL
	expect_text "kill db-1$$: container not running" "kill db+x$$: container not running"
	# delete likewise.
	run -0 nsinit delete --regex '^web'
	[ "$(nsinit list -q | tr '\n' ' ')" = "db+x$$ db-1$$ " ]
	run -0 nsinit delete --regex -- "-1$$\$" '[+]'
	[ -z "$(nsinit list -q)" ]
}

@test "delete --regex: what runs stays without --force; what matches nothing is nothing" {
	group "one$$" "two$$"
	run -1 nsinit delete --regex .
	expect_text "delete one$$: cannot delete a container that is running" \
		"delete two$$: cannot delete a container that is running"
	run -0 nsinit delete --regex nothing-like-it
	expect_output ""
	run -0 nsinit kill --regex nothing-like-it KILL
	expect_output ""
	run -0 nsinit delete --force --regex "^(one|two)$$\$"
	[ -z "$(nsinit list -q)" ]
	# No containers, no state directory: the same.
	run -0 "$NSINIT" --root "$TEST_DIR/none" delete --regex .
	[ ! -e none ]
}

@test "a regular expression that is none is told, and nothing happens" {
	group "one$$"
	run -2 nsinit kill --regex 'a(' KILL
	expect_text "nsinit: --regex a(:"
	run -2 nsinit delete --force --regex '[x'
	expect_text "nsinit: --regex [x:"
	# Without the option an id is an id.
	run -2 nsinit kill '^one' KILL
	expect_text "container id"
	run -1 nsinit delete 'on.'
	expect_text "on.: container does not exist"
	has_status "one$$" running
}
