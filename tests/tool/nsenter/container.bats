# SPDX-License-Identifier: GPL-2.0-or-later
# Containers by their ids; --like-init; --list; the environment.
# shellcheck disable=SC2154 # the helper's variables
# shellcheck disable=SC2016 # what the inner shell expands
load ../helper
load nsenter

setup_file() {
	file_begin_inside
	[ "$(id -u)" -eq 0 ] || return 0
	cd "$FILE_DIR" && TEST_DIR=$FILE_DIR
	container_start '.hostname = "web" | .process.cwd = "/tmp" | .process.env += ["A=of the container"]
		| .process.noNewPrivileges = true | .process.user = {uid: 7, gid: 8, additionalGids: [9]}
		| .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}]
		| .process.capabilities = {bounding: ["CAP_KILL"], permitted: [], effective: []}
		| .linux.personality = {domain: "LINUX32"}
		| .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["chdir"],
			action: "SCMP_ACT_ERRNO", errnoRet: 95, args: []}]}'
	export WEB=$ID
}
teardown() { target_stop; }
teardown_file() {
	[ -z "${WEB-}" ] || nsinit delete --force "$WEB" || :
	file_end
}
TARGETS=()
setup() {
	test_begin
	needs_root
	PID=$(container_pid "$WEB")
}

PARTS='^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Seccomp_filters):'

# The same of the container's own process and of one that joins; cgroups as they are seen from in there.
like() {
	nsenter -t "$WEB" --like-init -- cat "/proc/self/$1" >joined
	nsenter -t "$WEB" -C cat "/proc/$PID/$1" >own
	diff <(grep -E "$2" own) <(grep -E "$2" joined)
	grep -qE "$2" own
}

@test "id: all namespaces that are not ours, or those named" {
	local name
	run -0 nsenter -t "$WEB" hostname
	expect_output web
	for name in cgroup ipc uts net pid mnt; do
		run -0 nsenter -t "$WEB" readlink "/proc/self/ns/$name"
		expect_output "$(readlink "/proc/$PID/ns/$name")"
	done
	run -0 nsenter -t "$WEB" -u readlink /proc/self/ns/uts /proc/self/ns/net
	expect_output "$(readlink "/proc/$PID/ns/uts" /proc/self/ns/net)"
	# util-linux's options as for a PID
	run -0 nsenter -t "$WEB" -a -S 5 -G 6 -w sh -c 'echo $(id -u) $(id -G); pwd'
	expect_output $'5 6\n/tmp'
	run -0 nsenter -t "$WEB" -e -- env
	expect_text "A=of the container"
}

@test "id: none such, and one that has ended" {
	run -1 nsenter -t nonesuch true
	expect_text "nsenter: failed to parse pid: 'nonesuch'" "hint: nor is there a container of that id in $STATE"
	run -1 nsenter -t ../web true
	expect_text "nsenter: failed to parse pid: '../web'"
	bundle_make b '.process.args = ["true"]'
	new_id
	nsinit create --bundle b "$ID" </dev/null
	nsinit start "$ID"
	nsinit wait "$ID" || :
	run -1 nsenter -t "$ID" true
	expect_text "not running"
	nsinit delete "$ID"
}

# expect_container TARGET: filter, environment and namespaces of the container.
expect_container() {
	local name
	run -2 nsenter -t "$1" --like-init sh -c 'cd /'
	expect_text "Operation not supported"
	run -0 nsenter -t "$1" --like-init env
	expect_text "A=of the container"
	for name in cgroup ipc uts net pid mnt; do
		run -0 nsenter -t "$1" --like-init readlink "/proc/self/ns/$name"
		expect_output "$(readlink "/proc/$PID/ns/$name")"
	done
}

@test "like-init: status, limits, groups, cgroup, personality, directory, seccomp filter" {
	like status "$PARTS"
	like limits '^Max open files'
	like cgroup ':'
	like personality '^'
	run -0 nsenter -t "$WEB" --like-init pwd
	expect_output /tmp
	run -0 nsenter -t "$WEB" --like-init inside state
	[ "$(nsenter -t "$WEB" --like-init uname -m)" = "$(setarch linux32 uname -m)" ]
	expect_container "$WEB"
}

# Without CONFIG_CHECKPOINT_RESTORE, as in User-Mode Linux, nobody can read a filter: what has one is refused.
tells_filters() { [ -e /proc/sys/kernel/ns_last_pid ]; }
expect_untold() {
	run -1 nsenter -t "$1" --like-init echo ran
	expect_text "nsenter: ptrace seccomp filter of process $1: " "without CONFIG_CHECKPOINT_RESTORE"
	expect_no_text ran
}

@test "like-init: of a process by its PID, all that the kernel tells" {
	tells_filters || { expect_untold "$PID"; return; }
	like() {
		nsenter -t "$PID" --like-init -- cat "/proc/self/$1" >joined
		nsenter -t "$WEB" --like-init -- cat "/proc/self/$1" >expected
		diff <(grep -E "$2" expected) <(grep -E "$2" joined)
		grep -qE "$2" joined
	}
	like status "$PARTS"
	like limits '^Max'
	like cgroup ':'
	like personality '^'
	like mountinfo '^'
	run -0 nsenter -t "$PID" --like-init pwd
	expect_output /tmp
	expect_container "$PID"
	# It goes on as it was, and is nobody's tracee.
	grep -q "^State:[[:space:]]*S" "/proc/$PID/status" && grep -q "^TracerPid:[[:space:]]*0$" "/proc/$PID/status"
	run -0 nsenter -t "$PID" --like-init -S 5 -G 6 --wdns /etc --clear-env --set-var B=c sh -c 'echo $(id -u) $(id -G) $PWD $B $A'
	expect_output "5 6 /etc c"
	run -0 nsenter -t "$PID" --like-init --elevated -S 0 sh -c 'grep CapEff /proc/self/status; cat /proc/self/cgroup'
	expect_text "CapEff:$(sed -n 's/^CapBnd://p' /proc/self/status)"
	nsenter -t "$WEB" -C cat /proc/self/cgroup | diff - <(tail -n +2 <<<"$output")
	run -42 nsenter -t "$PID" --like-init sh -c 'exit 42'
}

@test "like-init: of a process in a user namespace of its own, with two filters" {
	local PID
	target_start --user --map-root-user --mount --pid "$HELPERS/deny" EPERM pivot_root "$HELPERS/deny" EINVAL mount
	tells_filters || { expect_untold "$TARGET"; return; }
	parts() { grep -E '^(Uid|Gid|Cap...|NoNewPrivs|Seccomp|Seccomp_filters|Umask):'; }
	run -0 nsenter -t "$TARGET" --like-init cat /proc/self/status
	diff <(parts <<<"$output") <(nsenter -t "$TARGET" -U --preserve-credentials cat "/proc/$TARGET/status" | parts)
	# The newest first: each is asked, and the stricter answer counts.
	run nsenter -t "$TARGET" --like-init mount -t tmpfs none /mnt
	expect_text "wrong fs type"
	target_stop
	run -1 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSENTER" -t $$ --like-init true
	expect_text "nsenter: cannot open /proc/$$/" "Permission denied"
	run -1 env -u XDG_RUNTIME_DIR setpriv --reuid 4321 --regid 4321 --clear-groups "$NSENTER" -t web true
	expect_text "nsenter: failed to parse pid: 'web'" "XDG_RUNTIME_DIR is not set"
}

@test "like-init: statuses, standard input, and the login shell" {
	run -42 nsenter -t "$WEB" --like-init sh -c 'exit 42'
	run -127 nsenter -t "$WEB" --like-init nonesuch
	expect_text "nonesuch" "No such file or directory"
	run -126 nsenter -t "$WEB" --like-init /etc
	run -137 nsenter -t "$WEB" --like-init sh -c 'kill -KILL $$'
	run -0 nsenter -t "$WEB" --like-init cat <<<"typed"
	expect_output typed
	run -3 nsenter -t "$WEB" --like-init <<<'echo "shell $0"; exit 3'
	expect_text "shell /bin/sh"
}

@test "like-init: another user, another directory" {
	run -0 nsenter -t "$WEB" --like-init -S 5 -G 6 sh -c 'echo $(id -u) $(id -G)' # C3
	expect_output "5 6"
	run -0 nsenter -t "$WEB" --like-init -S follow id -u
	expect_output 7
	run -0 nsenter -t "$WEB" --like-init --wdns /etc pwd
	expect_output /etc
}

@test "like-init: elevated, part by part" {
	local own
	own=$(sed -n 's/^CapBnd://p' /proc/self/status)
	run -0 nsenter -t "$WEB" --like-init --elevated=cap -S 0 grep CapEff /proc/self/status
	expect_output "CapEff:$own"
	like cgroup ':'
	for parts in cgroup 'CGROUP|CAP' cap,cgroup,lsm; do
		nsenter -t "$WEB" --like-init --elevated="$parts" cat /proc/self/cgroup >joined
		nsenter -t "$WEB" -C cat /proc/self/cgroup >expected
		diff expected joined
	done
	nsenter -t "$WEB" --like-init --elevated cat /proc/self/cgroup | diff expected -
	run -0 nsenter -t "$WEB" --like-init --elevated -S 0 grep CapEff /proc/self/status
	expect_output "CapEff:$own"
}

@test "like-init: what does not go with it is refused" {
	while IFS='|' read -r options text; do
		# shellcheck disable=SC2086 # words
		run -1 nsenter -t "$WEB" $options true
		expect_text "nsenter: $text"
	done <<-'END'
		--like-init -n|--like-init enters all namespaces of the target, not single ones
		--like-init -r/|--root, --wd, --net-socket
		--like-init --no-fork|--root, --wd, --net-socket
		--like-init --wdns=tmp|--wdns with --like-init: expected an absolute path, found "tmp"
		--like-init --elevated=root|--elevated: expected cgroup, cap or lsm, found "root"
		--like-init --elevated=|--elevated: expected cgroup, cap or lsm, found ""
		--like-init -c --elevated=cap,cgroup|--join-cgroup and --elevated=cgroup are two cgroups
		-n --context=|--context: expected a label, found ""
		--clear-env --keep-var= -n|--keep-var: expected NAME, found ""
		--clear-env --keep-var A=B -n|--keep-var: expected NAME, found "A=B"
		--elevated -n|--elevated needs --like-init
		--keep-var A|--keep-var needs --clear-env
		--set-var =x|--set-var: expected NAME=VALUE, found "=x"
		--set-var x|--set-var: expected NAME=VALUE, found "x"
		--json|--json needs --list
		-m --remount-sys-proc|--remount-sys-proc goes without --mount
		--preserve-fds x|--preserve-fds: expected
	END
	run -1 nsenter --like-init true
	expect_text "nsenter: no target PID specified for --like-init"
	run -1 nsenter -t $$ --like-init -n true
	expect_text "nsenter: --like-init enters all namespaces of the target, not single ones"
}

@test "environment: cleared, kept, set" {
	run -0 env B=kept C=lost "$NSENTER" -t $$ -n --clear-env --keep-var B --keep-var NONE --set-var D=set env
	expect_text "B=kept" "D=set" "PATH=/usr/local/sbin:"
	expect_no_text "C=lost" NONE
	[ "$(wc -l <<<"$output")" -eq 3 ]
	run -0 env B=kept C=lost "$NSENTER" --state-root "$STATE" -t "$WEB" --like-init --clear-env --keep-var B --set-var A=x env
	expect_text "B=kept" "A=x"
	expect_no_text "C=lost" "of the container"
	run -0 env PATH="$PATH:/of/mine" "$NSENTER" -t $$ -n --clear-env --keep-var PATH env
	expect_output "PATH=$PATH:/of/mine"
	run -0 nsenter -t "$WEB" --like-init --set-var "A=last one" env
	expect_text "A=last one"
	expect_no_text "of the container"
}

@test "list: as a table, as JSON, and nothing is entered" {
	nsenter -t "$WEB" --list --json >list
	[ "$(jq .pid list)" -eq "$PID" ]
	while read -r name target own differs; do
		[ "$(stat -Lc %i "/proc/$PID/ns/$name")" = "$target" ]
		[ "$(stat -Lc %i "/proc/self/ns/$name")" = "$own" ]
		[ "$differs" = "$([ "$own" = "$target" ] && echo false || echo true)" ]
	done < <(jq -r '.namespaces[] | "\(.namespace) \(.target) \(.own) \(.differs)"' list)
	[ "$(jq '.namespaces | length' list)" -eq "$(ls /proc/self/ns | grep -cv _for_children)" ]
	run -0 nsenter -t "$PID" --list
	expect_text "NAMESPACE" "DIFFERS" "net "
	[ "$(awk '$1 == "uts" { print $4 }' <<<"$output")" = yes ]
	run -1 nsenter --list
	expect_text "nsenter: no target PID specified for --list"
	run -1 nsenter -t "$WEB" --list true
	expect_text "nsenter: --list runs no program, found \"true\""
	run -1 nsenter -t 4194305 --list
	expect_text "nsenter: cannot open /proc/4194305/ns/user: No such file or directory"
	run -1 sh -c '"$0" -t $$ --list >/dev/full' "$NSENTER"
	expect_text "No space left on device"
}

@test "remount-sys-proc: /proc and /sys of what was entered, with our files" {
	run -0 nsenter -t "$WEB" -p -n --remount-sys-proc sh -c 'cat /proc/1/comm; ls /sys/class/net'
	expect_output $'sleep\nlo'
	run -0 nsenter -t "$WEB" -p -n --remount-sys-proc cmp "$NSENTER" "$NSENTER"
	# and nothing of it here
	[ "$(cat /proc/self/mountinfo | wc -l)" -eq "$(nsenter -t "$WEB" -n cat /proc/self/mountinfo | wc -l)" ]
}

@test "context: a label that this kernel does not know is an error, and nothing runs" {
	[ "$(tr -d '\0\n' </proc/self/attr/current 2>/dev/null)" != kernel ] ||
		skip_because "SELinux without a policy takes any label"
	run -1 nsenter -t $$ -n --context nonesuch echo ran
	expect_text "nonesuch"
	expect_no_text ran
}
