#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Descriptors: which the program gets, and that none of them leads out (CVE-2024-21626, CVE-2016-9962).
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup_file() { file_begin_inside; }

# keep_start FILTER COMMAND...: in the background, $TEST_DIR is /run; deleted at the end
OUT='.mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]'
keep_start() {
	container_start "$OUT | $1" "${@:2}"
	IDS+=("$ID")
}

# leaking: nsinit as a careless caller starts it, with 3 to 20 open
leaking() { "$HELPERS/leak" "$NSINIT" --root "$STATE" "$@"; }

# expect_three FILE...: exactly 0, 1 and 2
expect_three() {
	local file
	for file; do
		[ "$(cut -d' ' -f1 "$file" | tr '\n' ' ')" = "0 1 2 " ] || { cat "$file" >&2; return 1; }
	done
}

is_running() { [ "$(nsinit state "$ID" | jq -r .status)" = running ]; }

# --- F1 -----------------------------------------------------------------------------------------------------

@test "descriptors: run passes 0, 1 and 2 alone, whatever the caller has open (F1, F10)" {
	container_spec "$OUT" sh -c 'inside fds >/run/fds'
	nsinit run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_three fds
	leaking run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_three fds
	"$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" 7</ 100</ 250</
	expect_three fds
}

@test "descriptors: create and start (F1, F10)" {
	bundle_make b "$OUT"' | .process.args = ["sh", "-c", "inside fds >/run/fds; exec sleep 100"]'
	new_id
	IDS+=("$ID")
	leaking create --bundle b "$ID" </dev/null >out 2>&1
	pid=$(nsinit state "$ID" | jq .pid)
	# what a created container holds on the host: the socket that start connects to, no directory of the host
	run ! sh -c "ls -l /proc/$pid/fd | grep -E -- \"-> (/|/proc.*|/sys.*|/etc/passwd|.*/state/.*)$\""
	leaking start "$ID"
	wait_until 20 [ -s fds ]
	expect_three fds
	[ "$(ls "/proc/$pid/fd" | tr '\n' ' ')" = "0 1 2 " ]
}

@test "descriptors: exec, in the foreground and detached (F1)" {
	keep_start . sleep 100
	leaking exec "$ID" inside fds >fds
	expect_three fds
	leaking exec --detach "$ID" sh -c 'inside fds >/run/later' </dev/null >out 2>&1
	wait_until 20 [ -s later ]
	expect_three later
}

@test "descriptors: with a terminal, with init, with seccomp, in a user namespace (F1)" {
	for filter in '.nsinit.init = true' \
		'.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["chroot"], action: "SCMP_ACT_ERRNO"}]}' \
		'.process.noNewPrivileges = false | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["chroot"], action: "SCMP_ACT_ERRNO"}]}' \
		'.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'; do
		chmod -R a+rX "$ROOTFS"
		container_spec "$filter" inside fds
		leaking run --spec "$TEST_DIR/$ID.json" "$ID" >fds
		expect_three fds
	done
	container_spec '.process.terminal = true' inside fds
	"$HELPERS/pty" -- "$HELPERS/leak" "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" | tr -d '\r' >fds
	run -0 grep '^[0-9]' fds
	expect_output "$(printf '%s /dev/pts/0\n' 0 1 2)"
}

@test "descriptors: 0, 1 or 2 closed in the caller are /dev/null, never something of the host (F1)" {
	container_spec "$OUT" sh -c 'inside fds >/run/fds'
	for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&- 2>&-'; do
		rm -f fds
		sh -c "\"\$@\" $closed" sh "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
		# 1 is the shell's own file here
		expect_three fds
		for fd in 0 2; do
			[[ $closed != *"$fd"* ]] || grep -qx "$fd /dev/null" fds
		done
	done
	keep_start . sleep 100
	sh -c '"$@" 0<&- 1>&- 2>&-' sh "$NSINIT" --root "$STATE" exec "$ID" sh -c 'inside fds >/run/fds'
	expect_three fds
	grep -qx "0 /dev/null" fds
	grep -qx "2 /dev/null" fds
}

@test "descriptors: each kind of hook gets 0, 1 and 2 alone (F1)" {
	cp "$HELPERS/inside" "$TEST_DIR/inside-static"
	cat >hook <<-END
		#!/bin/sh
		# the shell that reads this script holds it open itself: what the helper is given is what counts
		exec "\$1" fds >"\$2"
	END
	chmod 755 hook
	# createContainer runs in the container's mount namespace before the pivot, startContainer behind it
	container_spec "$OUT"' | .hooks = ({prestart: "host", createRuntime: "host", createContainer: "host", poststart: "host", poststop: "host",
		startContainer: "inside"} | with_entries(.key as $kind | .value |= [if . == "host"
		then {path: ($dir + "/hook"), args: ["hook", ($dir + "/inside-static"), ($dir + "/" + $kind)]}
		else {path: "/bin/sh", args: ["sh", "-c", "exec inside fds >/run/startContainer"], env: ["PATH=/bin"]} end]))' true
	leaking run --spec "$TEST_DIR/$ID.json" "$ID"
	for kind in prestart createRuntime createContainer startContainer poststart poststop; do
		[ -s $kind ] || { echo "no $kind" >&2; false; }
		expect_three $kind
	done
}

# --- F2 -----------------------------------------------------------------------------------------------------

@test "descriptors: --preserve-fds N passes exactly N (F2)" {
	keep_start . sleep 100
	container_spec "$OUT" inside fds
	for n in 0 1 3; do
		leaking run --preserve-fds $n --spec "$TEST_DIR/$ID.json" "$ID" >fds
		[ "$(cut -d' ' -f1 fds | tr '\n' ' ')" = "$(seq -s ' ' 0 $((2 + n))) " ]
		leaking exec --preserve-fds $n "${IDS[0]}" inside fds >fds
		[ "$(cut -d' ' -f1 fds | tr '\n' ' ')" = "$(seq -s ' ' 0 $((2 + n))) " ]
	done
	echo text >file
	run -0 nsinit run --preserve-fds 1 --spec "$TEST_DIR/$ID.json" "$ID" 3<file
	expect_text "3 $TEST_DIR/file"
}

@test "descriptors: --preserve-fds of what is not open is an error that names it (F2)" {
	container_spec . inside fds
	run nsinit run --preserve-fds 5 --spec "$TEST_DIR/$ID.json" "$ID" 3</dev/null 4<&- 5</dev/null
	expect_status 125
	expect_text "preserve" "4"
	for n in -1 x 99999999999 ''; do
		run nsinit run --preserve-fds "$n" --spec "$TEST_DIR/$ID.json" "$ID"
		expect_status 125
		expect_text "--preserve-fds"
	done
}

@test "descriptors: LISTEN_FDS likewise, with LISTEN_PID the program's (F2)" {
	container_spec . sh -c 'echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; inside fds'
	export LISTEN_FDS=2 LISTEN_FDNAMES=a:b
	run -0 sh -c 'export LISTEN_PID=$$; exec "$@" 3</dev/zero 4</dev/full 5</' sh "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "2 1 a:b" "3 /dev/zero" "4 /dev/full"
	[ "$(grep -c '^[0-9] ' <<<"$output")" = 6 ] # "2 1 a:b" and 0 to 4
	# another process's are not ours
	run -0 sh -c 'export LISTEN_PID=1; exec "$@" 3</dev/zero 4</dev/full' sh "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_no_text /dev/zero /dev/full
	# together with --preserve-fds they come first
	run -0 sh -c 'export LISTEN_PID=$$; exec "$@" 3</dev/zero 4</dev/full 5</etc/passwd 6</' sh \
		"$NSINIT" --root "$STATE" run --preserve-fds 1 --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "2 1 a:b" "3 /dev/zero" "4 /dev/full" "5 /etc/passwd"
	expect_no_text "6 /"
}

# --- F3 -----------------------------------------------------------------------------------------------------

@test "descriptors: cwd /proc/self/fd/N leads nowhere: run (F3, CVE-2024-21626)" {
	container_spec '.process.cwd = "/proc/self/fd/NUMBER"' sh -c 'pwd; ls'
	for n in {3..30} 200; do
		sed "s/NUMBER/$n/" "$ID.json" >spec.json
		run leaking run --spec spec.json "$ID"
		expect_status 125
		expect_text "chdir" "/proc/self/fd/$n" "/process/cwd"
		[ $((n % 5)) -ne 0 ] || {
			run nsinit run --spec spec.json "$ID"
			expect_status 125
			expect_text "chdir" "/proc/self/fd/$n" "/process/cwd"
		}
	done
}

@test "descriptors: cwd /proc/self/fd/N leads nowhere: exec (F3)" {
	keep_start . sleep 100
	for n in {3..30}; do
		run leaking exec --cwd "/proc/self/fd/$n" "$ID" sh -c 'pwd; ls'
		expect_status 125
		expect_text "chdir" "/proc/self/fd/$n"
	done
}

@test "descriptors: cwd through links of the image to /proc/self/fd/N and /proc/1/root (F3)" {
	rootfs_make r
	for n in {3..14}; do ln -s "/proc/self/fd/$n" "r/link$n"; done
	ln -s /proc/self/cwd r/cwd
	ln -s /proc/1/root/.. r/up
	local id
	container_start '.root.path = $dir + "/r"' sleep 100
	IDS+=("$ID")
	id=$ID
	container_spec '.root.path = $dir + "/r" | .process.cwd = "/linkNUMBER"' ls
	for n in {3..14}; do
		sed "s/NUMBER/$n/" "$ID.json" >spec.json
		run leaking run --spec spec.json "$ID"
		expect_status 125
		expect_text "chdir" "/link$n" "/process/cwd"
		run leaking exec --cwd "/link$n/etc" "$id" ls
		expect_status 125
		expect_text "chdir" "/link$n/etc"
	done
	for link in cwd up; do
		run container_run ".root.path = \$dir + \"/r\" | .process.cwd = \"/$link\"" readlink /proc/self/cwd
		if [ "$status" -eq 0 ]; then
			expect_output /
		else
			expect_text "chdir" "/$link"
		fi
	done
}

# --- F6 -----------------------------------------------------------------------------------------------------

# poller_sees_nothing: stop it, and what it wrote is the number of its rounds alone
poller_sees_nothing() {
	touch stop
	wait_until 20 grep -q rounds "$ID.out"
	sort "$ID.out" | uniq -c | head -n 20 >&2
	[ "$(wc -l <"$ID.out")" = 1 ]
	[ "$(sed -n 's/^rounds //p' "$ID.out")" -gt 20 ]
}

@test "descriptors: a process inside cannot look into nsinit while it enters (F6, CVE-2016-9962)" {
	keep_start '.process.capabilities |= map_values(. + ["CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"])' inside poll /run/stop /bin/busybox
	for _ in {1..100}; do nsinit exec "$ID" /bin/true; done
	for _ in {1..10}; do nsinit exec --user 1000 "$ID" /bin/true; done
	poller_sees_nothing
}

@test "descriptors: nor can one with CAP_SYS_PTRACE in a user namespace (F6)" {
	chmod -R a+rX "$ROOTFS"
	keep_start '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings | .process.capabilities |= map_values(. + ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"])' \
		inside poll /run/stop /bin/busybox
	for _ in {1..50}; do nsinit exec "$ID" /bin/true; done
	poller_sees_nothing
}
