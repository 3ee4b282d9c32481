#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nsinit.init: a small process 1 that reaps and passes signals on. parentDeathSignal.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup_file() { file_begin_inside; }

OUT='.mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]'
INIT='.nsinit.init = true'

@test "init: the program is the child of process 1, which is nsinit and holds nothing" {
	run -0 container_run "$INIT" sh -c 'echo $$ $PPID; cat /proc/1/comm; ls /proc/1/fd | wc -l'
	expect_output "$(printf '2 1\nnsinit\n0')"
}

@test "init: orphans are reaped; without it they stay as zombies of a program that does not" {
	run -0 container_run "$INIT" inside orphans 20
	expect_output "zombies 0"
	run container_run . inside orphans 3
	expect_output "zombies 3"
}

@test "init: the status is the program's, and 128+N when signal N ended it" {
	for status in 0 3 126; do
		run container_run "$INIT" sh -c "exit $status"
		expect_status "$status"
	done
	for signal in KILL TERM SEGV USR1; do
		run container_run "$INIT" sh -c "kill -$signal \$\$"
		expect_status $((128 + $(kill -l $signal)))
	done
}

@test "init: the status does not wait for what the program left behind" {
	run -0 container_run "$INIT" sh -c 'sleep 100 & echo over'
	expect_output over
}

@test "init: signals go to the program, by nsinit run, kill and stop" {
	for signal in HUP INT QUIT USR1 USR2 TERM WINCH CONT; do
		rm -f up
		container_spec "$OUT | $INIT" sh -c "trap 'exit 41' $signal; echo >/run/up; while :; do sleep 0.02; done"
		env --default-signal "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" 3>&- &
		wait_until 10 [ -e up ]
		case $signal in
		TERM | HUP) kill -$signal $! ;;
		*) nsinit kill "$ID" $signal ;;
		esac
		status=0
		wait $! || status=$?
		[ "$status" -eq 41 ] || { echo "$signal: $status" >&2; false; }
	done
}

@test "init: stop ends a program that handles nothing, for it is not process 1" {
	keep_start "$INIT" sleep 300
	local began=$SECONDS
	run -0 nsinit stop --timeout 20 "$ID"
	[ $((SECONDS - began)) -lt 10 ]
	[ "$(nsinit state "$ID" | jq -r .status)" = stopped ]
}

@test "init: process 1 has the program's ids, capabilities and no_new_privs, and is dumpable to nobody" {
	run -0 container_run "$INIT | .process.user = {uid: 1000, gid: 1000}" grep -E '^(Uid|Gid|CapEff|CapPrm|NoNewPrivs)' /proc/1/status
	expect_output "$(printf 'Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\nCapPrm:\t%016x\nCapEff:\t%016x\nNoNewPrivs:\t1' 0 0)"
	run -0 container_run "$INIT" sh -c 'grep -E "^(CapEff|CapPrm|CapBnd)" /proc/1/status; cat /proc/1/environ 2>&1; readlink /proc/1/exe; :'
	expect_text "CapEff:	0000000020000420" "CapBnd:	0000000020000420"
	expect_no_text "$NSTOOLS_BUILD"
}

@test "init: with seccomp, rlimits, a terminal-less exec and a shared pid namespace" {
	run -0 container_run "$INIT"' | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdirat", "mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]}
		| .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 20, hard: 20}]' sh -c 'ulimit -n; mkdir /tmp/x 2>&1 | sed "s/.*: //"'
	expect_output "$(printf '20\nOperation not supported')"
	run container_run "$INIT"' | .linux.namespaces |= map(select(.type != "pid"))' sh -c '[ $PPID != 1 ] && cat /proc/$PPID/comm; exit 5'
	expect_status 5
	expect_output nsinit
	keep_start "$INIT" sleep 100
	run -0 nsinit exec "$ID" sh -c 'cat /proc/1/comm /proc/2/comm; echo $PPID'
	expect_output "$(printf 'nsinit\nsleep\n0')"
}

@test "init: in a shared pid namespace, killing process 1 of the container kills the program" {
	keep_start "$INIT"' | .linux.namespaces |= map(select(.type != "pid"))' sleep 300
	pid=$(nsinit state "$ID" | jq .pid)
	program=$(tr -d ' ' <"/proc/$pid/task/$pid/children")
	[ "$(cat "/proc/$program/comm")" = sleep ]
	nsinit kill "$ID" KILL
	wait_until 20 sh -c "! [ -e /proc/$program/comm ] || grep -q '^State:.Z' /proc/$program/status"
}

# --- parent death signal ------------------------------------------------------------------------------------

@test "parentDeathSignal: what the program gets when nsinit is killed" {
	for init in false true; do
		rm -f up got
		container_spec "$OUT"' | .nsinit = {parentDeathSignal: "SIGUSR1", init: '$init'}' \
			sh -c 'trap "echo >/run/got; exit" USR1; echo >/run/up; while :; do sleep 0.02; done'
		IDS+=("$ID")
		"$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" 3>&- &
		runtime=$!
		disown
		wait_until 10 [ -e up ]
		kill -KILL $runtime
		wait_until 10 [ -e got ]
	done
}

@test "parentDeathSignal: without it the container lives on when nsinit is killed" {
	container_spec "$OUT" sh -c 'echo >/run/up; exec sleep 300'
	IDS+=("$ID")
	"$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" 3>&- &
	runtime=$!
	disown
	wait_until 10 [ -e up ]
	pid=$(nsinit state "$ID" | jq .pid)
	kill -KILL $runtime
	sleep 0.2
	kill -0 "$pid"
	run -0 nsinit exec "$ID" echo lives
	expect_output lives
}

@test "parentDeathSignal: a detached container has no parent to outlive: refused" {
	container_spec '.nsinit.parentDeathSignal = "SIGKILL"' sleep 100
	IDS+=("$ID")
	run nsinit run --detach --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 125
	expect_text "--detach: the program would get its parentDeathSignal as soon as nsinit returns" "/nsinit/parentDeathSignal"
}

@test "parentDeathSignal: of a created container when the process that adopted it ends" {
	bundle_make b "$OUT"' | .nsinit.parentDeathSignal = "SIGUSR1" | .process.args = ["sh", "-c",
		"trap \"echo >/run/got; exit\" USR1; echo >/run/up; while :; do sleep 0.02; done"]'
	new_id
	IDS+=("$ID")
	"$HELPERS/orphans" sh -c '"$@" create --bundle b "$0" && "$@" start "$0" && exec sleep 100' "$ID" "$NSINIT" --root "$STATE" \
		</dev/null >/dev/null 2>&1 3>&- &
	adopter=$!
	disown
	wait_until 10 [ -e up ]
	sleeper=$(cut -d' ' -f1 "/proc/$adopter/task/$adopter/children")
	kill -KILL $adopter
	wait_until 10 [ -e got ]
	kill -KILL "$sleeper"
}

@test "parentDeathSignal and stopSignal: what is no signal" {
	for key in parentDeathSignal stopSignal; do
		for value in '"NOSUCH"' 0 65 -1 '""' '"SIG"' true; do
			run container_run ".nsinit.$key = $value" true
			expect_status 125
			expect_text "/nsinit/$key"
		done
	done
}
