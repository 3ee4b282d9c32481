#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nscaps show, ps, test, diff, list, decode, encode: the same as getpcaps, pscap and capsh say, and what they cannot.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

setup() { test_begin; PIDS=(); }
teardown() {
	local pid
	for pid in "${PIDS[@]}"; do kill -KILL "$pid" 2>/dev/null || :; done
}

# sleeper OPTION...: a process with what nscaps run gives it; $PID.
sleeper() {
	"$NSCAPS" run "$@" -- sleep 300 3>&- &
	PID=$!
	PIDS+=("$PID")
	disown
	wait_until 20 is_sleeping
}
is_sleeping() { [ "$(cat "/proc/$PID/comm")" = sleep ]; }

lower() { tr '[:upper:]' '[:lower:]'; }

@test "show: getpcaps(8) says the same of every kind of process" {
	needs_root
	local options
	for options in "" "--keep kill,net_raw" "--keep none" "--drop sys_admin" "--inheritable chown" \
		"--ambient chown,kill" "--user 4321:4321" "--user 4321:4321 --keep chown,kill" \
		"--user 4321:4321 --inheritable kill" "--securebits noroot --ambient kill"; do
		# shellcheck disable=SC2086 # words
		sleeper $options
	done
	run -0 "$NSCAPS" show --format libcap "${PIDS[@]}"
	[ "$output" = "$(/usr/sbin/getpcaps "${PIDS[@]}" 2>&1)" ]
	[ "${#lines[@]}" -eq 10 ]
}

@test "show: the sets, by name and by mask" {
	needs_root
	sleeper --user nobody --keep kill,net_raw --no-new-privs
	run -0 "$NSCAPS" show "$PID"
	expect_output "$PID (sleep), user nobody
  permitted     CAP_KILL,CAP_NET_RAW
  effective     CAP_KILL,CAP_NET_RAW
  inheritable   CAP_KILL,CAP_NET_RAW
  bounding      CAP_KILL,CAP_NET_RAW
  ambient       CAP_KILL,CAP_NET_RAW
  no_new_privs  yes
  securebits    unknown"
	run -0 "$NSCAPS" show --hex "$PID"
	expect_text "  bounding      0000000000002020"
	run -0 "$NSCAPS" run --keep none --securebits noroot,noroot_locked "$NSCAPS" show
	expect_text "(nscaps), user root" "  permitted     none" "  no_new_privs  no" "  securebits    noroot,noroot_locked"
	run -0 "$NSCAPS" run --inheritable all "$NSCAPS" show --hex self
	[[ $output =~ inheritable\ +"$(sed -n 's/^CapBnd:\t//p' /proc/self/status)" ]]
}

@test "show: JSON" {
	needs_root
	sleeper --user 4321:7 --keep kill
	run -0 "$NSCAPS" show --json "$PID"
	jq -e --argjson pid "$PID" 'length == 1 and (.[0] | .pid == $pid and .command == "sleep" and .uid == 4321 and
		.gid == 7 and .noNewPrivileges == false and (has("securebits") or has("container") | not) and
		(.capabilities | [.[]] == [["CAP_KILL"], ["CAP_KILL"], ["CAP_KILL"], ["CAP_KILL"], ["CAP_KILL"]] and
		keys == ["ambient", "bounding", "effective", "inheritable", "permitted"]))' <<<"$output"
	run -0 "$NSCAPS" run --securebits noroot "$NSCAPS" show --format json
	jq -e '.[0].securebits == ["noroot"] and .[0].capabilities.effective == []' <<<"$output"
	# A name is bytes: what is no UTF-8 must not break a reader.
	cp /bin/sleep $'x\xff\ny'
	$'./x\xff\ny' 300 3>&- &
	PID=$!
	PIDS+=("$PID")
	disown
	wait_until 20 grep -qa ^x "/proc/$PID/comm"
	"$NSCAPS" show --json "$PID" | jq -e '.[0].command == "x\ufffd\\ny"'
	run -0 "$NSCAPS" show "$PID"
	[[ ${lines[0]} == "$PID (x"*"), user root" ]]
}

@test "show: threads have capabilities of their own" {
	needs_root
	needs_program python3
	cat >threads.py <<-'END'
		import ctypes, os, threading, time
		libc = ctypes.CDLL(None)
		def bare():
		    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
		    libc.syscall(126, header, (ctypes.c_uint32 * 6)())
		    open("ready", "w").close()
		    time.sleep(300)
		threading.Thread(target=bare, daemon=True).start()
		time.sleep(300)
	END
	[ "$(uname -m)" = x86_64 ] || skip_because "the test knows capset's number on x86-64 alone"
	python3 threads.py 3>&- &
	PID=$!
	PIDS+=("$PID")
	disown
	wait_until 60 test -e ready
	run -0 "$NSCAPS" show --threads --json "$PID"
	jq -e 'map(.capabilities.effective | length > 0) == [true, false]' <<<"$output"
	"$NSCAPS" show --json "$PID" | jq -e 'length == 1 and (.[0].capabilities.effective | length > 0)'
}

@test "show, ps, test, diff: a container by its id" {
	needs_root
	container_start '.process.capabilities = {bounding: ["CAP_KILL"], permitted: ["CAP_KILL"], effective: ["CAP_KILL"]}'
	local pid
	pid=$(nsinit state "$ID" | jq .pid)
	PIDS+=("$pid")
	run -0 "$NSCAPS" --root "$STATE" show "$ID"
	expect_text "$pid (sleep), user root, container $ID" "permitted     CAP_KILL"
	"$NSCAPS" --root "$STATE" show --json "$ID" | jq -e --arg id "$ID" '.[0].container == $id'
	run -0 "$NSCAPS" --root "$STATE" ps "$ID"
	[[ ${lines[0]} =~ ^\ *PID\ +USER\ +CONTAINER\ +COMMAND\ +EFFECTIVE\ +MORE$ ]]
	[[ ${lines[1]} =~ ^\ *$pid\ +root\ +$ID\ +sleep\ +kill\ +-$ ]]
	[ ${#lines[@]} -eq 2 ]
	# Among all processes too.
	"$NSCAPS" --root "$STATE" ps --json |
		jq -e --arg id "$ID" --argjson pid "$pid" 'map(select(.container == $id).pid) == [$pid]'
	run -0 "$NSCAPS" --root "$STATE" test kill "$ID"
	run -1 "$NSCAPS" --root "$STATE" test chown "$ID"
	run -0 "$NSCAPS" --root "$STATE" diff "$ID" "$pid"
	nsinit delete --force "$ID"
	run -1 "$NSCAPS" --root "$STATE" show "$ID"
	expect_output "nscaps: $ID: container does not exist
hint: a target is the number of a process or the id of a container; nsinit list shows those"
	run -2 "$NSCAPS" --root "$STATE" test kill "$ID"
	run -1 "$NSCAPS" --root "$STATE" ps "$ID"
	expect_text "$ID: container does not exist"
}

@test "show, trace: a container that has stopped, and a process that has its number now" {
	needs_root
	container_start
	sleeper --keep kill
	jq --argjson pid "$PID" '.pid = $pid' "$STATE/$ID/state.json" >other.json
	nsinit kill "$ID" KILL
	wait_until 60 has_status "$ID" stopped
	cp other.json "$STATE/$ID/state.json"
	local arguments
	for arguments in "show $ID" "show --threads $ID"; do
		# shellcheck disable=SC2086 # words
		run -1 "$NSCAPS" --root "$STATE" $arguments
		expect_output "nscaps: $ID: container not running"
	done
	run -2 "$NSCAPS" --root "$STATE" test kill "$ID"
	run -125 "$NSCAPS" --root "$STATE" trace --duration 1ms "$ID"
	expect_output "nscaps: $ID: container not running"
	nsinit delete --force "$ID"
	kill -0 "$PID"
}

@test "show: what is no target" {
	local pid
	pid=$(</proc/sys/kernel/pid_max) # the first that none can have
	run -1 "$NSCAPS" show "$pid"
	expect_output "nscaps: there is no process $pid"
	run -2 "$NSCAPS" show 99999999999
	expect_output "nscaps: 99999999999 is not the number of a process"
	run -2 "$NSCAPS" show ../1
	expect_text "../1"
	run -2 "$NSCAPS" show --json --hex
	expect_text "--hex goes with the text alone"
	run -2 "$NSCAPS" show --hexx
	expect_text "did you mean --hex?"
	run -2 "$NSCAPS" shwo
	expect_text "unknown command \"shwo\"" "did you mean show?"
}

# pscap leaves out processes whose effective set is empty, and calls 0 to all "full"; the names are without "cap_".
@test "ps: pscap(8) says the same" {
	needs_root
	needs_program pscap
	local options theirs
	for options in "" "--keep kill,net_raw" "--user 4321:4321 --keep chown,kill" "--drop sys_admin"; do
		# shellcheck disable=SC2086 # words
		sleeper $options
	done
	theirs=$(pscap | awk -v pids=" ${PIDS[*]} " 'index(pids, " " $2 " ") {
		line = $0; sub(/^ *[0-9]+ +[0-9]+ +[^ ]+ +[^ ]+ +/, "", line); sub(/ [+@ ]*$/, "", line); gsub(/,? +/, ",", line)
		print $2 " " line }' | sort)
	[ "$(wc -l <<<"$theirs")" -eq 4 ]
	[ "$theirs" = "$("$NSCAPS" ps --json | jq -r --argjson pids "[$(IFS=,; echo "${PIDS[*]}")]" '.[] |
		select(.pid as $pid | $pids | index($pid)) | "\(.pid) " + (if (.capabilities.effective | length) == 41 then "full"
		else (.capabilities.effective | map(ascii_downcase | ltrimstr("cap_")) | join(",")) end)' | sort)" ]
}

@test "ps: who has none is left out, but for --all" {
	needs_root
	sleeper --user 4321:4321
	run "$NSCAPS" ps --quiet
	expect_status 0
	[[ $'\n'$output$'\n' != *$'\n'$PID$'\n'* && $'\n'$output$'\n' == *$'\n'$$$'\n'* ]]
	run "$NSCAPS" ps --quiet --all
	[[ $'\n'$output$'\n' == *$'\n'$PID$'\n'* ]]
	sleeper --user 4321:4321 --inheritable kill
	"$NSCAPS" ps >table
	run -0 grep "^ *$PID " table
	[[ $output =~ ^\ *$PID\ +"#4321"\ +-\ +sleep\ +none\ +inheritable=kill$ ]]
	# What the table calls a set is one that run takes.
	sleeper --drop sys_admin,kill
	"$NSCAPS" ps >table
	run -0 grep "^ *$PID " table
	[[ $output =~ \ (all,[-a-z_,]+)\ +-$ ]]
	[ "$("$NSCAPS" encode "${BASH_REMATCH[1]}")" = "$("$NSCAPS" show --hex "$PID" | awk '/effective/ { print $2 }')" ]
}

@test "test: each set, several capabilities, yourself" {
	needs_root
	sleeper --user 4321:4321 --inheritable kill --bounding kill,chown
	run -1 "$NSCAPS" test kill "$PID"
	run -0 "$NSCAPS" test --set inheritable CAP_KILL "$PID"
	run -0 "$NSCAPS" test -s bounding kill,chown "$PID"
	run -1 "$NSCAPS" test -s bounding kill,net_raw "$PID"
	run -1 "$NSCAPS" test -s permitted 5 "$PID"
	run -1 "$NSCAPS" test -s ambient 0x20 "$PID"
	run -0 "$NSCAPS" test chown
	run -0 "$NSCAPS" run --keep kill "$NSCAPS" test kill
	run -1 "$NSCAPS" run --keep kill "$NSCAPS" test chown
	[ -z "$output" ]
	run -2 "$NSCAPS" test kil "$PID"
	expect_text "did you mean CAP_KILL?"
	run -2 "$NSCAPS" test --set efective kill
	expect_text "--set: expected effective|permitted|inheritable|bounding|ambient"
	run -2 "$NSCAPS" test
	run -2 "$NSCAPS" test kill 99999999
	expect_text "there is no process"
}

@test "diff: processes and specs" {
	needs_root
	local first
	sleeper --keep kill,chown
	first=$PID
	sleeper --keep kill,net_raw --inheritable kill
	run -1 "$NSCAPS" diff "$first" "$PID"
	expect_output "--- $first
+++ $PID
- permitted    CAP_CHOWN
+ permitted    CAP_NET_RAW
- effective    CAP_CHOWN
+ effective    CAP_NET_RAW
+ inheritable  CAP_KILL
- bounding     CAP_CHOWN
+ bounding     CAP_NET_RAW"
	run -1 "$NSCAPS" diff --json "$first" "$PID"
	jq -e '.permitted == {onlyFirst: ["CAP_CHOWN"], onlySecond: ["CAP_NET_RAW"]} and .ambient == {onlyFirst: [], onlySecond: []}' <<<"$output"
	run -1 "$NSCAPS" diff --quiet "$first" "$PID"
	expect_output ""
	run -0 "$NSCAPS" diff "$first" "$first"
	expect_output ""
	nsinit spec >spec.json
	run -0 "$NSCAPS" diff spec.json ./spec.json
	run -0 "$NSCAPS" diff - spec.json <spec.json
	sleeper --keep default
	run -0 "$NSCAPS" diff spec.json "$PID"
	echo '{"root": {}}' >other.json
	run -2 "$NSCAPS" diff other.json "$PID"
	expect_text "is not a container's spec: it has no \"process\" (other.json"
	run -2 "$NSCAPS" diff nothing.json "$PID"
	expect_text "read nothing.json: No such file or directory"
	run -2 "$NSCAPS" diff - - <spec.json
	expect_text "diff: standard input is one of the two, not both"
	run -2 "$NSCAPS" diff "$PID"
}

@test "list: what the kernel has, as capsh(8) names it" {
	local last
	last=$(cat /proc/sys/kernel/cap_last_cap)
	run -0 "$NSCAPS" list --quiet
	[ "${#lines[@]}" -eq $((last + 1)) ]
	[ "$("$NSCAPS" list -q | lower | paste -sd,)" = "$(/usr/sbin/capsh --decode="$(printf %x $(((1 << (last + 1)) - 1)))" | cut -d= -f2)" ]
	run -0 "$NSCAPS" list
	[ "${#lines[@]}" -eq $((last + 2)) ]
	[[ ${lines[1]} =~ ^\ *0\ +CAP_CHOWN\ +yes\ +[a-z] ]]
	[[ ${lines[14]} =~ ^\ *13\ +CAP_NET_RAW\ +-\ +[a-z] ]]
	# DEFAULT is the built-in spec's.
	[ "$("$NSCAPS" list --json | jq -c 'map(select(.default).name)')" = \
		"$(cd / && nsinit spec | jq -c .process.capabilities.bounding)" ]
	"$NSCAPS" list --json | jq -e 'map(.number) == [range(length)] and all(.[:41][]; .allows | length > 10)'
}

@test "decode, encode: as capsh(8) does; unknown bits by number" {
	local mask
	for mask in 0 1 3000 0000000000003000 1ffffffffff a80425fb 0x20; do
		run -0 "$NSCAPS" decode "$mask"
		[ "$(lower <<<"$output")" = "$(/usr/sbin/capsh --decode="${mask#0x}")" ]
		[ "$("$NSCAPS" decode "$("$NSCAPS" encode "0x${mask#0x}")")" = "$output" ]
	done
	run -0 "$NSCAPS" decode 8000000000000000 2000
	expect_output "0x8000000000000000=CAP_63
0x0000000000002000=CAP_NET_RAW"
	"$NSCAPS" decode --json 6000 0 | jq -e '. == [{mask: "0x0000000000006000", capabilities: ["CAP_NET_RAW", "CAP_IPC_LOCK"]},
		{mask: "0x0000000000000000", capabilities: []}]'
	run -0 "$NSCAPS" encode CAP_NET_RAW net_admin 5
	expect_output 0000000000003020
	run -0 "$NSCAPS" encode all,-sys_admin
	[ "$output" = "$(printf %016x $(((1 << ($(cat /proc/sys/kernel/cap_last_cap) + 1)) - 1 - (1 << 21))))" ]
	"$NSCAPS" encode --json net_raw | jq -e '. == {mask: "0x0000000000002000", capabilities: ["CAP_NET_RAW"]}'
	for mask in '' x 0x g 11111111111111111 -1 ' 1'; do
		run -2 "$NSCAPS" decode -- "$mask"
		expect_text "decode: expected a mask of at most 64 bits in hexadecimal, found \"$mask\""
	done
	run -2 "$NSCAPS" decode
	run -2 "$NSCAPS" encode CAP_41x
	expect_text "encode: expected a capability, found \"CAP_41x\""
}

@test "a full standard output is an error" {
	local command
	for command in "show" "list" "decode 1" "encode 1" "ps" "list --json" "--help" "--version"; do
		run sh -c "\"\$1\" $command >/dev/full" sh "$NSCAPS"
		expect_status 1
		expect_text "nscaps: write standard output: "
	done
}

@test "an ordinary user sees what /proc tells" {
	needs_root
	sleeper --keep kill
	as_user "$NSCAPS" show "$PID" | grep -q "effective     CAP_KILL"
	as_user "$NSCAPS" ps --quiet | grep -qx "$PID"
	run -1 as_user "$NSCAPS" test chown
	run -0 as_user "$NSCAPS" show
	expect_text "user nstools-test" "effective     none"
}
