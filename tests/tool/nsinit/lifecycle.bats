# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# create, start, state, kill, delete in every status: runtime.md of the OCI runtime spec to the letter.
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; JOBS=(); }
teardown() {
	local job
	for job in "${JOBS[@]}"; do kill -KILL "$job" 2>/dev/null || :; done
	kept_delete
}

status_of() { nsinit state "$1" | jq -r .status; }
is_status() { [ "$(nsinit state "$ID" 2>/dev/null | jq -r .status)" = "$1" ]; }
is_gone() { ! nsinit state "$ID" >/dev/null 2>&1; }

# bats has jobs of its own: wait for ours.
jobs_end() {
	wait "${JOBS[@]}" || :
	JOBS=()
}

# create [FILTER [COMMAND...]]: a bundle of that spec, and create; $BUNDLE is the directory.
create() {
	[ $# -gt 1 ] || set -- "${1:-.}" sleep 300
	container_spec "$@"
	IDS+=("$ID")
	BUNDLE=$TEST_DIR/$ID
	mkdir -p "$BUNDLE"
	mv "$TEST_DIR/$ID.json" "$BUNDLE/config.json"
	again
}
# The same again: with $ID and $BUNDLE as they are.
again() {
	nsinit create --bundle "$BUNDLE" "$@" "$ID" </dev/null >"$TEST_DIR/create.out" 2>&1 3>&- || {
		local code=$?
		cat "$TEST_DIR/create.out" >&2
		return "$code"
	}
}
# A container whose creation waits in a hook until $TEST_DIR/go is there.
create_slowly() {
	container_spec '.hooks.createRuntime = [{path: "/bin/sh",
		args: ["sh", "-c", "touch \($dir)/in-hook; for i in $(seq 500); do [ -e \($dir)/go ] && exit 0; sleep 0.02; done"]}]' sleep 300
	IDS+=("$ID")
	BUNDLE=$TEST_DIR/$ID
	mkdir -p "$BUNDLE"
	mv "$TEST_DIR/$ID.json" "$BUNDLE/config.json"
	"$NSINIT" --root "$STATE" create --bundle "$BUNDLE" "$ID" </dev/null >"$TEST_DIR/create.out" 2>&1 3>&- &
	JOBS+=($!)
	wait_until 20 test -e in-hook
}

# refused COMMAND TEXT: an error with status 1, and the container is as it was.
refused() {
	local before after text=$2
	before=$(nsinit state "$ID" | jq -c '[.status, .pid]')
	# shellcheck disable=SC2086
	run -1 nsinit $1 "$ID"
	[ "${lines[0]}" = "nsinit: $text" ] || { echo "expected: nsinit: $text, found: ${lines[0]}" >&2; return 1; }
	after=$(nsinit state "$ID" | jq -c '[.status, .pid]')
	[ "$before" = "$after" ]
}

# --- each status, each operation ------------------------------------------------------------------------------

@test "created: started and killed, nothing else; the program has not run" {
	mkdir out
	create '.mounts += [{destination: "/out", type: "bind", source: ($dir + "/out"), options: ["bind"]}]' \
		sh -c 'touch /out/ran; exec sleep 300'
	is_status created
	refused delete "delete $ID: cannot delete a container that is created"
	expect_text "hint: stop it first (nsinit stop), or use --force"
	refused resume "resume $ID: cannot resume a container that is created"
	run -1 again
	expect_text "nsinit: $ID: a container with this id exists already"
	is_status created
	[ ! -e out/ran ]
	nsinit start "$ID"
	is_status running
	wait_until 20 test -e out/ran
}

@test "created: SIGTERM and SIGKILL end it, then it is stopped and can be deleted" {
	local signal
	# As the first process of a pid namespace it would not feel the first four without a handler.
	for signal in TERM INT HUP QUIT KILL; do
		create
		nsinit kill "$ID" "$signal"
		wait_until 20 is_status stopped
		refused start "start $ID: container not running"
		nsinit delete "$ID"
		is_gone
	done
}

@test "created: a signal that does not end it leaves it to be started" {
	create . sh -c 'trap "exit 3" USR1; while :; do sleep 0.02; done'
	nsinit kill "$ID" WINCH
	nsinit kill "$ID" CONT
	is_status created
	nsinit start "$ID"
	is_status running
}

@test "running: killed, not started, not deleted" {
	create . sh -c 'trap "exit 3" TERM; while :; do sleep 0.02; done'
	nsinit start "$ID"
	refused start "start $ID: cannot start a container that is running"
	refused delete "delete $ID: cannot delete a container that is running"
	refused resume "resume $ID: cannot resume a container that is running"
	run -1 again
	expect_text "a container with this id exists already"
	is_status running
	ended() { is_status stopped || { nsinit kill "$ID"; false; }; } # until the trap is set it does not feel it
	wait_until 20 ended
}

@test "stopped: deleted, nothing else" {
	create . true
	nsinit start "$ID"
	wait_until 20 is_status stopped
	[ "$(nsinit state "$ID" | jq .pid)" = 0 ]
	refused start "start $ID: container not running"
	refused kill "kill $ID: container not running"
	refused "kill --" "kill $ID: container not running"
	refused pause "pause $ID: container not running"
	refused resume "resume $ID: container not running"
	run -125 nsinit exec "$ID" true
	expect_text "exec $ID: container not running"
	run -1 again
	expect_text "a container with this id exists already"
	nsinit delete "$ID"
	is_gone
	# Its id is free.
	again
	nsinit start "$ID"
}

@test "paused: not started, not deleted" {
	create
	nsinit start "$ID"
	nsinit pause "$ID"
	refused start "start $ID: cannot start a container that is paused"
	refused delete "delete $ID: cannot delete a container that is paused"
	refused pause "pause $ID: cannot pause a container that is paused"
	run -125 nsinit exec "$ID" true
	expect_text "exec $ID: cannot exec a container that is paused"
	run -1 again
	expect_text "a container with this id exists already"
	is_status paused
	nsinit delete --force "$ID"
	is_gone
}

@test "creating: seen as such; every operation is refused at once, and creation goes on" {
	create_slowly
	is_status creating
	refused start "start $ID: cannot start a container that is creating"
	refused kill "kill $ID: cannot kill a container that is creating"
	refused delete "delete $ID: cannot delete a container that is creating"
	refused pause "pause $ID: cannot pause a container that is creating"
	refused resume "resume $ID: cannot resume a container that is creating"
	run -125 nsinit exec "$ID" true
	expect_text "exec $ID: cannot exec a container that is creating"
	run -1 again
	expect_text "a container with this id exists already"
	nsinit list | grep -q "^$ID .* creating "
	is_status creating
	touch go
	wait "${JOBS[0]}"
	is_status created
	nsinit start "$ID"
	is_status running
}

@test "creating: delete --force waits for its end, and deletes it then" {
	create_slowly
	"$NSINIT" --root "$STATE" delete --force "$ID" </dev/null >delete.out 2>&1 3>&- &
	JOBS+=($!)
	sleep 0.2
	is_status creating
	touch go
	wait "${JOBS[1]}"
	[ ! -s delete.out ]
	is_gone
}

@test "no such container: every command says so" {
	local command
	for command in start state kill delete pause resume ps "update --pids-limit 5" wait stop "events --stats"; do
		# shellcheck disable=SC2086
		run -1 nsinit $command no-such
		[ "${lines[0]}" = "nsinit: no-such: container does not exist" ]
	done
	run -125 nsinit exec no-such true
	[ "${lines[0]}" = "nsinit: no-such: container does not exist" ]
	# Also where there are no containers at all, and no directory for them.
	run -1 "$NSINIT" --root "$TEST_DIR/none" state no-such
	[ "${lines[0]}" = "nsinit: no-such: container does not exist" ]
	[ ! -e none ]
}

# --- create ---------------------------------------------------------------------------------------------------

@test "a config without process can be created; start then fails" {
	new_id
	IDS+=("$ID")
	bundle_make b 'del(.process)'
	nsinit create --bundle b "$ID" </dev/null >/dev/null 2>&1 3>&-
	is_status created
	run -1 nsinit start "$ID"
	[ "${lines[0]}" = "nsinit: start $ID: the container's spec has no process" ]
	is_status created
	nsinit kill "$ID" KILL
	wait_until 20 is_status stopped
	nsinit delete "$ID"
	# run has nothing to wait for.
	run -125 nsinit run --bundle b "$ID"
	expect_text "expected a process to run" "/process"
	is_gone
}

@test "edits of the bundle after create have no effect" {
	mkdir out
	create '.mounts += [{destination: "/out", type: "bind", source: ($dir + "/out"), options: ["bind"]}]
		| .annotations = {"is": "old"}' sh -c 'echo old >/out/which; exec sleep 300'
	jq '.process.args = ["sh", "-c", "echo new >/out/which"] | .process.cwd = "/no/such" | .hostname = "changed"
		| .annotations = {"is": "new"} | .hooks.startContainer = [{path: "/no/such"}]' "$BUNDLE/config.json" >changed
	mv changed "$BUNDLE/config.json"
	nsinit start "$ID"
	wait_until 20 test -s out/which
	[ "$(<out/which)" = old ]
	[ "$(nsinit state "$ID" | jq -r .annotations.is)" = old ]
	[ "$(nsinit exec "$ID" hostname)" = standard ]
	# Nor has its end.
	nsinit delete --force "$ID"
	create
	rm -r "$BUNDLE"
	nsinit start "$ID"
	is_status running
}

@test "create's pid file holds the pid that state tells, before and after start" {
	create
	nsinit delete --force "$ID"
	again --pid-file "$TEST_DIR/pid"
	[ "$(<pid)" = "$(nsinit state "$ID" | jq .pid)" ]
	nsinit start "$ID"
	[ "$(<pid)" = "$(nsinit state "$ID" | jq .pid)" ]
	[ "$(tr '\0' ' ' <"/proc/$(<pid)/cmdline")" = "sleep 300 " ]
}

@test "create uses ./config.json without --bundle; an id is needed" {
	new_id
	IDS+=("$ID")
	bundle_make b '.process.args = ["sleep", "300"]'
	cd b
	nsinit create "$ID" </dev/null >/dev/null 2>&1 3>&-
	is_status created
	cd ..
	run -2 nsinit create
	expect_text "create: something is missing on the command line" "hint: nsinit create [OPTIONS] ID"
	run -2 nsinit create a b
	expect_text 'one container id is expected, found also "b"'
	run -1 nsinit create "$ID-2"
	expect_text "open config.json: No such file or directory"
	run -2 nsinit start
	expect_text "start: something is missing on the command line"
	run -2 nsinit start a b
	expect_text 'start: unexpected "b"'
	[ "$(nsinit list -q)" = "$ID" ]
}

@test "the created process holds no more than its own: standard descriptors pass through create and start" {
	container_spec . sh -c 'cat; echo to-error >&2; set -- /proc/$$/fd/*; echo $#'
	IDS+=("$ID")
	mkdir b
	mv "$ID.json" b/config.json
	echo from-file >in
	nsinit create --bundle b "$ID" <in >out 2>err 3>&-
	[ ! -s out ] && [ ! -s err ]
	nsinit start "$ID" </dev/null >start.out 2>&1
	wait_until 20 is_status stopped
	[ ! -s start.out ]
	[ "$(head -1 out)" = from-file ]
	[ "$(<err)" = to-error ]
	# 0, 1, 2, and the directory while the shell reads it. A pipe would be open in the shell for a moment, too.
	[ "$(tail -1 out)" = 4 ]
}

@test "create fails where there is no such program, in the words that engines look for; nothing is left" {
	local program
	new_id
	bundle_make "$TEST_DIR/none" '.linux.cgroupsPath = "/'"$CGROUP/$ID"'" | .process.args = ["no-such-program"]'
	run -1 nsinit create --bundle "$TEST_DIR/none" "$ID"
	expect_text "execute no-such-program: executable file not found in \$PATH: No such file or directory" \
		"config.json: /process/args" "hint: there is no such program in the container's PATH"
	is_gone
	for program in /no/such/program /etc/passwd sub/prog; do
		bundle_make "$TEST_DIR/none" ".linux.cgroupsPath = \"/$CGROUP/$ID\" | .process.args = [\"$program\"]"
		run -1 nsinit create --bundle "$TEST_DIR/none" "$ID"
		expect_text "execute $program: "
		is_gone
	done
	# A relative one counts from the working directory.
	bundle_make "$TEST_DIR/none" ".linux.cgroupsPath = \"/$CGROUP/$ID\" | .process.args = [\"./true\"] | .process.cwd = \"/bin\""
	nsinit create --bundle "$TEST_DIR/none" "$ID"
	nsinit start "$ID"
	wait_until 20 is_status stopped
	nsinit delete "$ID"
}

@test "a program that a startContainer hook puts there is not asked for by create" {
	create '.root.readonly = false | .hooks.startContainer = [{path: "/bin/busybox", args: ["cp", "/bin/busybox", "/tmp/later"]}]' /tmp/later true
	nsinit start "$ID"
	wait_until 20 is_status stopped
	nsinit delete "$ID"
}

@test "start fails where the program has gone meanwhile, and the container is stopped" {
	create '.process.cwd = "/proc/none"' true
	run -1 nsinit start "$ID"
	expect_text "chdir /proc/none: No such file or directory"
	wait_until 20 is_status stopped
	nsinit delete "$ID"
}

@test "a program that ended before anybody looked is stopped; its pid is not another's" {
	create . true
	nsinit start "$ID"
	wait_until 20 is_status stopped
	local pid
	pid=$(jq .pid "$STATE/$ID/state.json")
	# The number given to another process: told apart by its start time.
	jq --argjson pid $$ '.pid = $pid' "$STATE/$ID/state.json" >changed
	cat changed >"$STATE/$ID/state.json"
	is_status stopped
	run -1 nsinit kill "$ID" KILL
	expect_text "container not running"
	nsinit delete "$ID"
	kill -0 $$
	[ -n "$pid" ]
}

# --- state ----------------------------------------------------------------------------------------------------

@test "state: what the OCI spec names, with the right types, valid by its schema" {
	create '.annotations = {"org.example/a": "1", "b": ""}'
	nsinit state "$ID" >state.json
	jq -e --arg id "$ID" --arg bundle "$BUNDLE" --arg root "$ROOTFS" '
		.ociVersion == "1.3.0" and .id == $id and .status == "created" and (.pid | type == "number" and . > 1)
		and .bundle == $bundle and .annotations == {"org.example/a": "1", "b": ""}
		and .rootfs == $root and .owner == 0 and (.created | test("^20[0-9-]{8}T[0-9:]{8}(\\.[0-9]+)?Z$"))' state.json
	[ "$(date -d "$(jq -r .created state.json)" +%s)" -ge $(($(date +%s) - 60)) ]
	[ -d "/proc/$(jq .pid state.json)" ]
	# Without annotations the member is absent or empty.
	create
	nsinit state "$ID" | jq -e '.annotations == null or .annotations == {}'
	nsinit start "$ID"
	nsinit state "$ID" | jq -e '.status == "running"'
	run -2 nsinit state
	expect_text "state: something is missing on the command line"
	run -2 nsinit state "$ID" more
	expect_text 'state: unexpected "more"'
}

# --- ids (P15) ------------------------------------------------------------------------------------------------

@test "bad ids are refused by every command before anything is made" {
	local long id command
	long=$(printf 'x%.0s' {1..256})
	mkdir empty
	cp "$NSTOOLS_SOURCE/tests/tool/standard.json" config.json
	for id in "" . .. .hidden ../x a/b / "a b" $'a\nb' 'a*' 'a$b' $'\e[1m' 'ä' "$long"; do
		for command in run create exec kill delete start state; do
			run "$NSINIT" --root "$TEST_DIR/empty/state" "$command" "$id"
			[ "$status" -ne 0 ]
			[ "${lines[0]%%:*}" = nsinit ]
			[[ $output == *"container id"* || $output == *"missing on the command line"* ]] ||
				{ echo "$command '$id': $output" >&2; false; }
			expect_no_text $'\e' "does not exist"
		done
	done
	[ -z "$(ls -A empty)" ]
	[ ! -e x ]
}

@test "odd but good ids work" {
	local id
	for id in a 0 _x +1 a.b..c "$(printf 'x%.0s' {1..255})" A_b-c+d.e; do
		# the group named after the id would be that of the same test beside us (tests/run)
		spec_make ".linux.cgroupsPath = \"/$CGROUP/odd\" | del(.linux.resources)" >s.json
		run -0 nsinit run --spec s.json --keep "$id"
		[ "$(nsinit state "$id" | jq -r .id)" = "$id" ]
		nsinit delete "$id"
	done
	[ -z "$(ls -A "$STATE")" ]
}

# --- delete ---------------------------------------------------------------------------------------------------

@test "delete --force: whatever the status; of nothing it is silent, and succeeds" {
	create
	run -0 nsinit delete --force "$ID"
	expect_output ""
	run -0 nsinit delete --force "$ID"
	expect_output ""
	create
	nsinit start "$ID"
	nsinit delete -f "$ID" 
	is_gone
	create . true
	nsinit start "$ID"
	wait_until 20 is_status stopped
	nsinit delete --force "$ID"
	run -1 nsinit delete "$ID"
	expect_output "nsinit: $ID: container does not exist"
}

@test "delete takes away what create made, and nothing else" {
	local before pid
	before=$(find /sys/fs/cgroup -maxdepth 3 -path "*$CGROUP*" | sort)
	create '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'sleep 301 & sleep 302 & exec sleep 300'
	nsinit start "$ID"
	pid=$(nsinit state "$ID" | jq .pid)
	wait_until 20 sh -c "[ \$(cat $(cgroup_dir pids "$ID")/cgroup.procs | wc -l) = 3 ]"
	nsinit delete --force "$ID"
	[ ! -e "$STATE/$ID" ]
	! grep -qs '^State:.[^ZX]' "/proc/$pid/status"
	[ -z "$(find /sys/fs/cgroup -path "*$CGROUP/$ID*")" ]
	[ -z "$(comm -13 <(echo "$before") <(find /sys/fs/cgroup -maxdepth 3 -path "*$CGROUP/*" | sort))" ]
	[ -d "$BUNDLE" ] && [ -x "$ROOTFS/bin/busybox" ]
}

@test "delete of several: each is tried, the first error counts" {
	local first second
	create . true
	first=$ID
	nsinit start "$ID"
	wait_until 20 is_status stopped
	create
	second=$ID
	create . true
	nsinit start "$ID"
	wait_until 20 is_status stopped
	run -1 nsinit delete "$first" "$second" no-such "$ID"
	expect_text "delete $second: cannot delete a container that is created" "no-such: container does not exist"
	[ "$(nsinit list -q)" = "$second" ]
}

# --- at the same time -----------------------------------------------------------------------------------------

@test "ten creates of one id at once: exactly one wins, and the container is whole" {
	local i won=0 round
	for round in 1 2 3; do
		new_id
		IDS+=("$ID")
		bundle_make b '.process.args = ["sleep", "300"]'
		for i in {1..10}; do
			{ nsinit create --bundle b "$ID" >"$i.out" 2>&1 </dev/null && touch "won-$round-$i"; } 3>&- &
			JOBS+=($!)
		done
		jobs_end
		won=$(find . -name "won-$round-*" | wc -l)
		[ "$won" = 1 ]
		[ "$(cat ./*.out | grep -c "$ID: a container with this id exists already")" = 9 ]
		nsinit start "$ID"
		is_status running
		nsinit delete --force "$ID"
		rm ./*.out
	done
}

@test "ten starts at once: one wins; ten deletes at once: one wins, none breaks" {
	local i
	create
	for i in {1..10}; do
		{ nsinit start "$ID" >"$i.out" 2>&1 </dev/null && touch "won-$i"; } 3>&- &
		JOBS+=($!)
	done
	jobs_end
	[ "$(find . -name 'won-*' | wc -l)" = 1 ]
	[ "$(cat ./*.out | grep -c "start $ID: cannot start a container that is running")" = 9 ]
	is_status running
	rm won-* ./*.out
	nsinit kill "$ID" KILL
	wait_until 20 is_status stopped
	for i in {1..10}; do
		{ nsinit delete "$ID" >"$i.out" 2>&1 </dev/null && touch "won-$i"; } 3>&- &
		JOBS+=($!)
	done
	jobs_end
	[ "$(find . -name 'won-*' | wc -l)" = 1 ]
	[ "$(cat ./*.out | grep -c "$ID: container does not exist")" = 9 ]
	is_gone
}

@test "state, list and kill beside create and delete of the same id: an answer or an error, never a crash" {
	local i code
	new_id
	IDS+=("$ID")
	bundle_make b '.process.args = ["sleep", "300"]'
	touch go-on
	for i in state "kill --all" list "exec" "delete --force"; do
		(
			while [ -e go-on ]; do
				case $i in
				list) "$NSINIT" --root "$STATE" list >/dev/null 2>>"log-list" ;;
				exec) "$NSINIT" --root "$STATE" exec "$ID" true >/dev/null 2>>"log-exec" ;;
				# shellcheck disable=SC2086
				*) "$NSINIT" --root "$STATE" $i "$ID" >/dev/null 2>>"log-other" ;;
				esac
				code=$?
				[ $code -lt 126 ] || echo "$i: status $code" >>bad
			done
		) </dev/null >/dev/null 3>&- &
		JOBS+=($!)
	done
	for i in {1..15}; do
		nsinit create --bundle b "$ID" </dev/null >/dev/null 2>>log-create 3>&- || :
		nsinit start "$ID" 2>>log-create || :
	done
	rm go-on
	jobs_end
	[ ! -e bad ] || { cat bad >&2; false; }
	[ ! -s log-list ] || { cat log-list >&2; false; }
	nsinit delete --force "$ID" 2>/dev/null
	is_gone
	[ -z "$(ls -A "$STATE")" ]
}

# --- a runtime that dies in the middle ------------------------------------------------------------------------

@test "kill -9 of create in a hook: the half container is told as creating, and can be deleted" {
	create_slowly
	local child
	child=$(cut -d " " -f 1 "/proc/${JOBS[0]}/task/${JOBS[0]}/children")
	kill -KILL "${JOBS[0]}"
	wait "${JOBS[0]}" || :
	wait_until 20 sh -c "! grep -qs '^State:.[^ZX]' /proc/$child/status"
	is_status creating
	run -1 nsinit start "$ID"
	expect_text "start $ID: cannot start a container that is creating"
	run -1 again
	expect_text "a container with this id exists already"
	# Nobody creates it any more: no --force is needed.
	nsinit delete "$ID"
	is_gone
	[ -z "$(find /sys/fs/cgroup -path "*$CGROUP/$ID*")" ]
	touch go
	again
	nsinit start "$ID"
}

@test "kill -9 of create at any moment: delete --force cleans, a second one finds nothing" {
	local i pid
	new_id
	IDS+=("$ID")
	BUNDLE=$TEST_DIR/b
	bundle_make b '.process.args = ["sleep", "300"]'
	for i in {1..25}; do
		"$NSINIT" --root "$STATE" create --bundle b "$ID" </dev/null >/dev/null 2>&1 3>&- &
		pid=$!
		sleep "0.0$(printf %02d $((i * 2)))"
		kill -KILL "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
		nsinit delete --force "$ID" 2>/dev/null
		is_gone
		[ -z "$(find /sys/fs/cgroup -path "*$CGROUP/$ID*")" ]
	done
	[ -z "$(ls -A "$STATE")" ]
	again
}

@test "kill -9 of a run in the foreground: the container goes on, and can be told, killed and deleted" {
	container_spec . sleep 300
	IDS+=("$ID")
	"$NSINIT" --root "$STATE" run --spec "$ID.json" "$ID" </dev/null >/dev/null 2>&1 3>&- &
	JOBS+=($!)
	wait_until 20 is_status running
	kill -KILL "${JOBS[0]}"
	wait "${JOBS[0]}" || :
	is_status running
	nsinit kill "$ID" KILL
	wait_until 20 is_status stopped
	nsinit delete "$ID"
}
