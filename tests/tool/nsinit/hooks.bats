# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The six kinds of hooks: runtime.md ("Lifecycle") and config.md ("POSIX-platform Hooks").
load ../helper

# shellcheck disable=SC2154,SC2016

HOST_KINDS=(prestart createRuntime poststart poststop)
CREATE_KINDS=(prestart createRuntime createContainer)

setup_file() {
	file_begin
	# Writes what it sees into the directory that its first argument names.
	cat >"$FILE_DIR/see" <<-'END'
		#!/bin/sh
		kind=$2
		cat >"$1/$kind.state"
		echo "$kind" >>"$1/order"
		{
			for ns in mnt pid net uts ipc; do readlink "/proc/self/ns/$ns"; done
			echo "root $(readlink /proc/self/root)"
			echo "pwd $(pwd)"
		} >"$1/$kind.place"
		tr '\0' '\n' </proc/self/environ >"$1/$kind.env"
		shift 2
		for argument; do echo "[$argument]"; done >"$seen/$kind.args"
	END
	chmod 755 "$FILE_DIR/see"
}

setup() {
	test_begin
	JOB=
	mkdir "$TEST_DIR/seen"
	SEEN=$TEST_DIR/seen
}
teardown() {
	[ -z "$JOB" ] || kill -KILL "$JOB" 2>/dev/null || :
	kept_delete
}

is_status() { [ "$(nsinit state "$ID" 2>/dev/null | jq -r .status)" = "$1" ]; }
is_gone() { ! nsinit state "$ID" >/dev/null 2>&1; }
# is_dead PID: gone, or a zombie.
is_dead() { ! grep -qs '^State:.[^ZX]' "/proc/$1/status"; }
no_container_left() {
	[ -z "$(ls -A "$STATE" 2>/dev/null)" ]
	[ -z "$(ls -d /sys/fs/cgroup/{,*/}"$CGROUP"/*/ 2>/dev/null)" ]
}

# hook KIND COMMAND...: a jq filter that adds a hook of that kind: sh -c COMMAND.
hook() { jq -nr --arg kind "$1" --arg command "$2" '".hooks[\($kind | @json)] += [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \($command | @json)]}]"'; }
# In the container our directory is /seen.
BIND='.mounts += [{destination: "/seen", type: "bind", source: ($dir + "/seen"), options: ["bind"]}]'

# create [FILTER]: a bundle of that spec, and create.
create() {
	container_spec "$@"
	IDS+=("$ID")
	mkdir -p "$TEST_DIR/$ID"
	cp "$TEST_DIR/$ID.json" "$TEST_DIR/$ID/config.json"
	nsinit create --bundle "$TEST_DIR/$ID" "$ID" </dev/null >"$TEST_DIR/out" 2>&1 3>&-
}
# tried COMMAND...: its status and what it wrote, without a container holding bats' pipe.
tried() {
	status=0
	"$@" </dev/null >"$TEST_DIR/out" 2>&1 3>&- || status=$?
	output=$(<"$TEST_DIR/out")
}

# --- order and place ------------------------------------------------------------------------------------------

@test "all six kinds, in their order, each at its time, several of a kind as listed" {
	local filter=$BIND kind
	for kind in prestart createRuntime createContainer poststart poststop; do
		filter+=" | $(hook "$kind" "echo $kind 1 >>$SEEN/order") | $(hook "$kind" "echo $kind 2 >>$SEEN/order")"
	done
	for kind in 1 2; do filter+=" | $(hook startContainer "echo startContainer $kind >>/seen/order")"; done
	create "$filter" sh -c 'echo program >>/seen/order; exec sleep 300'
	[ "$(<seen/order)" = $'prestart 1\nprestart 2\ncreateRuntime 1\ncreateRuntime 2\ncreateContainer 1\ncreateContainer 2' ]
	: >seen/order
	nsinit start "$ID"
	wait_until 20 grep -q program seen/order
	# poststart is over when start returns, and begins when the program was executed, not when it has done something.
	[ "$(grep -v program seen/order)" = $'startContainer 1\nstartContainer 2\npoststart 1\npoststart 2' ]
	[ "$(sed -n '1p;2p' seen/order)" = $'startContainer 1\nstartContainer 2' ]
	: >seen/order
	nsinit kill "$ID" KILL
	wait_until 20 is_status stopped
	[ ! -s seen/order ]
	nsinit delete "$ID"
	[ "$(<seen/order)" = $'poststop 1\npoststop 2' ]
	# The same in one go.
	: >seen/order
	run -0 container_run "$filter" true
	[ "$(tail -2 seen/order)" = $'poststop 1\npoststop 2' ]
	[ "$(wc -l <seen/order)" = 12 ]
}

@test "host hooks run on the host, container hooks in the container's namespaces, on its files once it has them" {
	local filter=$BIND kind ns
	for kind in "${HOST_KINDS[@]}" createContainer; do
		filter+=" | .hooks.$kind = [{path: \"$FILE_DIR/see\", args: [\"see\", \"$SEEN\", \"$kind\"], env: [\"PATH=/bin:/usr/bin\", \"seen=$SEEN\"]}]"
	done
	filter+=' | .hooks.startContainer = [{path: "/bin/see", args: ["see", "/seen", "startContainer"], env: ["PATH=/bin", "seen=/seen"]}]'
	rootfs_make "$TEST_DIR/root"
	cp "$FILE_DIR/see" root/bin/see
	create "$filter | .root.path = \$dir + \"/root\"" sh -c 'for ns in mnt pid net uts ipc; do readlink /proc/self/ns/$ns; done >/seen/part; mv /seen/part /seen/own; exec sleep 300'
	nsinit start "$ID"
	wait_until 20 test -e seen/own
	for ns in mnt pid net uts ipc; do readlink "/proc/self/ns/$ns"; done >host
	for kind in prestart createRuntime poststart; do
		[ "$(head -5 "seen/$kind.place")" = "$(<host)" ]
	done
	for kind in createContainer startContainer; do
		[ "$(head -5 "seen/$kind.place")" = "$(<seen/own)" ]
	done
	# Before pivot_root the host's files are there, behind it the container's.
	[ "$(sed -n 's/^pwd //p' seen/startContainer.place)" = / ]
	nsinit delete --force "$ID"
	[ "$(head -5 seen/poststop.place)" = "$(<host)" ]
}

@test "createContainer sees the container's mounts where they will be, before the pivot" {
	rootfs_make "$TEST_DIR/root"
	# The hook mounts something there: the way of the NVIDIA toolkit.
	local command
	command="grep -o '$TEST_DIR/root/[^ ]*' /proc/self/mountinfo | sort >$SEEN/mounts; [ -e $TEST_DIR/root/bin/busybox ] && mount -t tmpfs from-hook $TEST_DIR/root/tmp"
	run -0 container_run ".root.path = \"$TEST_DIR/root\" | $(hook createContainer "$command")" grep from-hook /proc/mounts
	expect_text "from-hook /tmp tmpfs"
	grep -qx "$TEST_DIR/root/proc" seen/mounts
	grep -qx "$TEST_DIR/root/dev" seen/mounts
	grep -qx "$TEST_DIR/root/dev/pts" seen/mounts
}

@test "createRuntime can reach the container's network namespace through the pid in the state" {
	run -0 container_run "$(hook createRuntime 'nsenter -t $(jq .pid) -n ip link set lo mtu 1234')" \
		cat /sys/class/net/lo/mtu
	expect_output 1234
}

# --- what a hook is given -------------------------------------------------------------------------------------

@test "the state on standard input: id, status, pid as the hook's namespace numbers it, bundle, annotations" {
	local filter kind pid
	filter="$BIND | .annotations = {\"org.example\": \"a \\\"b\\\"\"}"
	for kind in prestart createRuntime createContainer poststart poststop; do
		filter+=" | $(hook "$kind" "cat >$SEEN/$kind")"
	done
	filter+=" | $(hook startContainer "cat >/seen/startContainer")"
	create "$filter" sleep 300
	pid=$(nsinit state "$ID" | jq .pid)
	nsinit start "$ID"
	nsinit delete --force "$ID"
	for kind in prestart createRuntime createContainer startContainer poststart poststop; do
		jq -e --arg id "$ID" --arg dir "$TEST_DIR/$ID" \
			'.ociVersion == "1.3.0" and .id == $id and .bundle == $dir and .annotations == {"org.example": "a \"b\""}' \
			"seen/$kind"
	done
	[ "$(jq -c '[.status, .pid]' seen/prestart)" = "[\"creating\",$pid]" ]
	[ "$(jq -c '[.status, .pid]' seen/createRuntime)" = "[\"creating\",$pid]" ]
	[ "$(jq -c '[.status, .pid]' seen/createContainer)" = '["creating",1]' ]
	[ "$(jq -c '[.status, .pid]' seen/startContainer)" = '["created",1]' ]
	[ "$(jq -c '[.status, .pid]' seen/poststart)" = "[\"running\",$pid]" ]
	[ "$(jq -c '.status' seen/poststop)" = '"stopped"' ]
	jq -e '.pid == null or .pid == 0' seen/poststop
}

@test "args are argv, without them the path is; env is the whole environment" {
	local kind filter=.
	for kind in "${HOST_KINDS[@]}" createContainer; do
		filter+=" | .hooks.$kind = [{path: \"$FILE_DIR/see\", args: [\"other-name\", \"$SEEN\", \"$kind\", \"two words\", \"\", \"\$x\"],
			env: [\"PATH=/bin:/usr/bin\", \"seen=$SEEN\", \"EMPTY=\"]}]"
	done
	secret=of-the-caller run -0 container_run "$filter" true
	for kind in "${HOST_KINDS[@]}" createContainer; do
		[ "$(<"seen/$kind.args")" = $'[two words]\n[]\n[$x]' ]
		[ "$(sort "seen/$kind.env" | grep -v '^\(_\|PWD\|SHLVL\|OLDPWD\)=')" = "EMPTY="$'\n'"PATH=/bin:/usr/bin"$'\n'"seen=$SEEN" ]
	done
	# Without args.
	cat >show <<-END
		#!/bin/sh
		cat /proc/\$\$/cmdline >$SEEN/command
		env >$SEEN/environment
	END
	chmod 755 show
	run -0 container_run '.hooks.prestart = [{path: ($dir + "/show")}]' true
	[ "$(tr '\0' '|' <seen/command)" = "/bin/sh|$TEST_DIR/show|" ]
	# An empty list is an empty environment. Without one a host hook has the runtime's, as engines' hooks expect.
	run -0 container_run '.hooks.prestart = [{path: "/usr/bin/env", env: []}, {path: ($dir + "/show"), env: []}]' true
	[ -z "$(grep -v '^\(_\|PWD\|SHLVL\|OLDPWD\)=' seen/environment)" ]
	export FROM_CALLER=here
	run -0 container_run '.hooks.prestart = [{path: ($dir + "/show")}]' true
	grep -qx FROM_CALLER=here seen/environment
}

@test "a startContainer hook without env has the program's environment, never the host's" {
	export FROM_CALLER=secret
	run -0 container_run "$BIND | .process.env = [\"PATH=/bin\", \"OF=container\"] |
		.hooks.startContainer = [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \"env >/seen/env\"]}]" true
	grep -qx OF=container seen/env
	! grep FROM_CALLER seen/env
}

@test "hooks have standard descriptors alone, default signals, and need not read their input" {
	local kind filter=.
	for kind in "${HOST_KINDS[@]}" createContainer; do
		filter+=" | $(hook "$kind" "ls /proc/self/fd >$SEEN/$kind.fds; grep -E '^Sig(Blk|Ign)' /proc/self/status >$SEEN/$kind.signals")"
	done
	container_spec "$filter | .annotations = ([range(2000)] | map({key: \"k\\(.)\", value: (\"v\" * 50)}) | from_entries)" true
	# A state of more than a pipe holds, and a caller that leaks descriptors and ignores signals.
	(trap '' HUP USR1; run -0 nsinit run --spec "$ID.json" "$ID" 7</etc 8</dev/zero; expect_output "")
	for kind in "${HOST_KINDS[@]}" createContainer; do
		# ls has 3 for the directory; sh wrote to a file by then.
		[ "$(<"seen/$kind.fds")" = $'0\n1\n2\n3' ]
		[ "$(<"seen/$kind.signals")" = $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000' ]
	done
	nsinit run --spec <(spec_make "del(.linux.cgroupsPath) | $(hook prestart "cat >$SEEN/all") | .annotations = {\"a\": (\"v\" * 200000)}") x-$$
	[ "$(jq '.annotations.a | length' seen/all)" = 200000 ]
}

# --- failures -------------------------------------------------------------------------------------------------

@test "prestart, createRuntime, createContainer: a failure fails create, poststop hooks follow, nothing stays" {
	local kind
	for kind in "${CREATE_KINDS[@]}"; do
		: >seen/order
		status=0
		create "$(hook "$kind" "echo first >>$SEEN/order") |
			$(hook "$kind" "echo to-out; echo to-err >&2; exit 7") |
			$(hook "$kind" "echo third >>$SEEN/order") | $(hook poststop "cat >$SEEN/state; echo poststop >>$SEEN/order")" true || status=$?
		output=$(<out)
		expect_status 1
		expect_output "nsinit: $ID: hook $kind[1] /bin/sh: exit status 7 ($TEST_DIR/$ID/config.json: /hooks/$kind/1)
hint: the hook wrote: to-out; to-err"
		[ "$(<seen/order)" = $'first\npoststop' ]
		[ "$(jq -r .status seen/state)" = stopped ]
		no_container_left
	done
	# In run too.
	tried container_run "$(hook createRuntime "exit 1") | $(hook poststop "echo after >$SEEN/order")" true
	expect_status 125
	expect_text "hook createRuntime[0] /bin/sh: exit status 1"
	[ "$(<seen/order)" = after ]
	no_container_left
}

@test "startContainer: a failure fails start, the program never runs, the container is destroyed" {
	create "$BIND | $(hook startContainer 'echo why; exit 9') | $(hook poststop "echo poststop >$SEEN/order")" touch /seen/ran
	run -1 nsinit start "$ID"
	expect_text "hook startContainer[0] /bin/sh: exit status 9 ($TEST_DIR/$ID/config.json: /hooks/startContainer/0)" "hint: the hook wrote: why"
	[ ! -e seen/ran ]
	[ "$(<seen/order)" = poststop ]
	no_container_left
}

@test "poststart: a failure fails start, and stops and destroys the container" {
	create "$(hook poststart 'exit 3') | $(hook poststop "echo poststop >>$SEEN/order")" sleep 300
	local pid
	pid=$(nsinit state "$ID" | jq .pid)
	run -1 nsinit start "$ID"
	expect_text "hook poststart[0] /bin/sh: exit status 3 (config.json: /hooks/poststart/0)"
	[ "$(<seen/order)" = poststop ]
	is_dead "$pid"
	no_container_left
	: >seen/order
	tried container_run "$(hook poststart 'exit 3') | $(hook poststop "echo poststop >>$SEEN/order")" sleep 300
	expect_status 125
	expect_text "hook poststart[0] /bin/sh: exit status 3"
	[ "$(<seen/order)" = poststop ]
	no_container_left
}

@test "poststop: failures are warnings, the others run, delete succeeds" {
	create "$(hook poststop 'echo oops >&2; exit 3') | $(hook poststop "echo second >>$SEEN/order") |
		.hooks.poststop += [{path: \"/no/such/hook\"}]" true
	run -0 nsinit delete --force "$ID"
	expect_text "warning: hook poststop[0] /bin/sh: exit status 3; the hook wrote: oops" \
		"warning: hook poststop[2] /no/such/hook: No such file or directory"
	[ "$(<seen/order)" = second ]
	no_container_left
	# The exit status of a run is the program's all the same.
	run -5 container_run "$(hook poststop 'exit 3')" sh -c 'exit 5'
	expect_text "warning: hook poststop[0]"
}

@test "a hook that is killed, that cannot be executed, that is not there" {
	run -125 container_run "$(hook prestart 'kill -SEGV $$')" true
	expect_text "hook prestart[0] /bin/sh: killed by signal 11"
	run -125 container_run '.hooks.createRuntime = [{path: "/no/such/hook"}]' true
	expect_text "hook createRuntime[0] /no/such/hook: No such file or directory (" "/hooks/createRuntime/0)"
	run -125 container_run '.hooks.createContainer = [{path: "/etc/passwd"}]' true
	expect_text "hook createContainer[0] /etc/passwd: Permission denied"
	# In the container's files, not the host's.
	[ -x /usr/bin/env ]
	run -125 container_run '.hooks.startContainer = [{path: "/usr/bin/env"}]' true
	expect_text "hook startContainer[0] /usr/bin/env: No such file or directory"
	no_container_left
}

@test "a path must be absolute, a timeout over zero: refused before anything is made" {
	run -125 container_run '.hooks.prestart = [{path: "bin/true"}]' true
	expect_text "/hooks/prestart/0/path" "absolute"
	run -125 container_run '.hooks.prestart = [{path: "/bin/true", timeout: 0}]' true
	expect_text "/hooks/prestart/0/timeout"
	run -125 container_run '.hooks.prestart = [{path: "/bin/true", timeout: -1}]' true
	expect_text "/hooks/prestart/0/timeout"
	run -125 container_run '.hooks.prestart = [{args: ["x"]}]' true
	expect_text "/hooks/prestart/0" "path"
	run -125 container_run '.hooks.prestart = {path: "/bin/true"}' true
	expect_text "/hooks/prestart"
	no_container_left
}

@test "timeout: the hook is killed with what it started, and create fails" {
	local started=$SECONDS
	run -125 container_run ".hooks.createRuntime = [{path: \"/bin/sh\", timeout: 1,
		args: [\"sh\", \"-c\", \"echo begun; sleep 61 & echo \$! >$SEEN/pid; wait\"]}]" true
	expect_text "hook createRuntime[0] /bin/sh: killed: it ran longer than its timeout of 1 s" "the hook wrote: begun"
	[ $((SECONDS - started)) -lt 10 ]
	wait_until 20 is_dead "$(<seen/pid)"
	# One that closes its output and goes on is waited for.
	run -125 container_run ".hooks.prestart = [{path: \"/bin/sh\", timeout: 1, args: [\"sh\", \"-c\", \"exec >&- 2>&-; exec sleep 61\"]}]" true
	expect_text "killed: it ran longer than its timeout of 1 s"
	# One that ends leaves no wait for what it started in the background.
	started=$SECONDS
	run -0 container_run "$(hook prestart "setsid sleep 63 & echo \$! >$SEEN/pid")" true
	kill "$(<seen/pid)"
	[ $((SECONDS - started)) -lt 10 ]
	no_container_left
}

@test "a long output is cut at its beginning, and stays one line" {
	run -125 container_run "$(hook prestart 'seq 100000; echo the end; exit 1')" true
	expect_text "the end" "99999"
	expect_no_text $'\n99'
	[ "${#output}" -lt 2000 ]
	[ "${#lines[@]}" = 2 ]
	[[ $output == *"wrote: 99"*"; 100000; the end" ]]
	run -125 container_run "$(hook prestart 'printf "\033[31mred\a"; exit 1')" true
	expect_text "red"
	expect_no_text $'\033'
}

@test "a failure behind the hooks brings poststop too" {
	run -127 container_run "$(hook createRuntime "echo create >>$SEEN/order") | $(hook poststop "echo stop >>$SEEN/order")" no-such-program
	[ "$(<seen/order)" = $'create\nstop' ]
	# Before them it does not.
	rm seen/order
	run -125 container_run "$(hook createRuntime "echo create >>$SEEN/order") | $(hook poststop "echo stop >>$SEEN/order") | .root.path = \"/no/such\"" true
	[ ! -e seen/order ]
}

@test "a signal ends a hook that hangs, in every kind; what was begun is undone" {
	local kind
	for kind in prestart createContainer poststart; do
		: >seen/order
		container_spec "$(hook "$kind" "echo hangs >>$SEEN/order; exec sleep 62") | $(hook poststop "echo poststop >>$SEEN/order")" sleep 300
		env --default-signal=INT "$NSINIT" --root "$STATE" run --spec "$ID.json" "$ID" </dev/null >out 2>&1 3>&- &
		JOB=$!
		wait_until 20 grep -q hangs seen/order
		kill -INT "$JOB"
		status=0
		wait "$JOB" || status=$?
		JOB=
		[ "$status" = 125 ]
		grep -q "interrupted by SIGINT" out
		[ "$(<seen/order)" = $'hangs\npoststop' ]
		no_container_left
	done
	: >seen/order
	# While it is started: the program must not run afterwards.
	create "$BIND | $(hook startContainer "echo hangs >/seen/order; exec sleep 62")" touch /seen/ran
	env --default-signal=INT "$NSINIT" --root "$STATE" start "$ID" </dev/null >out 2>&1 3>&- &
	JOB=$!
	wait_until 20 grep -q hangs seen/order
	kill -TERM "$JOB"
	status=0
	wait "$JOB" || status=$?
	JOB=
	output=$(<out)
	expect_status 1
	expect_text "interrupted by SIGTERM"
	nsinit delete --force "$ID"
	[ ! -e seen/ran ]
}

@test "hooks may call nsinit on their own container" {
	local call="$NSINIT --root $STATE"
	create "$(hook createRuntime "$call state \$(jq -r .id) >$SEEN/creating")
		| $(hook poststart "$call state \$(jq -r .id) >$SEEN/running; $call list -q >$SEEN/list")
		| $(hook poststop "timeout 5 $call list -q >$SEEN/last")" sleep 300
	jq -e --arg id "$ID" '.id == $id and .status == "creating"' seen/creating
	nsinit start "$ID"
	jq -e --arg id "$ID" '.id == $id and .status == "running"' seen/running
	grep -qx "$ID" seen/list
	nsinit delete --force "$ID"
	[ -e seen/last ]
	is_gone
}
