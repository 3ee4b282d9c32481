#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The program: its ids, its environment, how it is found. Its working directory: cwd.bats.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup_file() { file_begin_inside; }

# --- ids ----------------------------------------------------------------------------------------------------

@test "user: uid, gid and no other group (C3)" {
	run -0 container_run '.process.user = {uid: 1000, gid: 1001}' inside state
	expect_text "uid 1000 1000 1000" "gid 1001 1001 1001" "dumpable 1"
	[[ $output == *$'\ngroups\n'* ]]
	# The caller's groups are not the container's, for root either.
	container_spec . inside state
	run -0 setpriv --groups 4,24,27 "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	[[ $output == *$'\ngroups\n'* ]]
}

@test "user: additional groups, as the host sees them too" {
	keep_start '.process.user = {uid: 7, gid: 8, additionalGids: [5, 4294967294, 10]}'
	pid=$(nsinit state "$ID" | jq .pid)
	run -0 grep -E '^(Uid|Gid|Groups):' "/proc/$pid/status"
	expect_output "$(printf 'Uid:\t7\t7\t7\t7\nGid:\t8\t8\t8\t8\nGroups:\t5 10 4294967294 ')"
}

@test "user: the largest id there is, and one beyond (C2)" {
	run -0 container_run '.process.user = {uid: 4294967294, gid: 4294967294}' inside state
	expect_text "uid 4294967294 4294967294 4294967294" "gid 4294967294 4294967294 4294967294"
	for id in 4294967295 4294967296 18446744073709551617 -1 1.5 '"1"' '""' '"1x"'; do
		run container_run ".process.user = {uid: $id, gid: 0}" true
		expect_status 125
		expect_text "/process/user/uid" "expected"
		run container_run ".process.user = {uid: 0, gid: 0, additionalGids: [$id]}" true
		expect_status 125
		expect_text "/process/user/additionalGids/0" "expected"
	done
}

# The table of security.md: what is asked, uid and gid that come of it.
@test "user: run --user and exec --user read numbers strictly (C2, CVE-2026-30892)" {
	keep_start '.process.user = {uid: 3, gid: 4, additionalGids: [9]}'
	while read -r user uid gid; do
		run -0 nsinit exec --user "$user" "$ID" inside state
		expect_text "uid $uid $uid $uid" "gid $gid $gid $gid"
		[[ $output == *$'\ngroups\n'* ]]
	done <<-END
		1 1 4
		1: 1 4
		:1 3 1
		1:2 1 2
		0001 1 4
		4294967294 4294967294 4
	END
	run -0 nsinit exec "$ID" inside state
	expect_text "uid 3 3 3" "gid 4 4 4" "groups 9"
	for user in -1 4294967295 4294967296 18446744073709551617 1x ' 1' '1 ' '' : 1:x 1:-1 1:4294967296 1:2:3 0x10 +1 root; do
		run nsinit exec --user "$user" "$ID" inside state
		expect_status 125
		expect_text "--user: expected UID[:GID], numbers up to 4294967294, found \"$user\""
		run nsinit run --user "$user" --rootfs "$ROOTFS" -- inside state
		expect_status 125
		expect_text "--user"
		expect_no_text "groups"
	done
}

@test "user: exec adds groups and refuses what is no number" {
	keep_start .
	run -0 nsinit exec --additional-gids 11 --additional-gids 12 "$ID" inside state
	expect_text "groups 11 12"
	run nsinit exec --additional-gids 1x "$ID" true
	expect_status 125
	expect_text '--additional-gids: expected a number up to 4294967294, found "1x"'
}

@test "umask: the spec's, else the caller's" {
	run -0 container_run '.process.user.umask = 63' sh -c 'umask; umask -S'
	expect_output "$(printf '0077\nu=rwx,g=,o=')"
	umask 027
	run -0 container_run . sh -c umask
	expect_output 0027
	run container_run '.process.user.umask = 512' true
	expect_status 125
	expect_text "/process/user/umask"
}

# --- environment and arguments ------------------------------------------------------------------------------

@test "env: the spec's, in its order, and HOME where it has none; of two with one name the last" {
	FOREIGN=1 run -0 container_run '.process.env = ["B=2", "A=1", "EMPTY=", "B=3", "SPACE=a b", "LINES=a\nb", "EQ=a=b"]' \
		/bin/busybox env
	expect_output "$(printf 'A=1\nEMPTY=\nB=3\nSPACE=a b\nLINES=a\nb\nEQ=a=b\nHOME=/root')"
	run -0 container_run 'del(.process.env)' /bin/busybox env
	expect_output HOME=/root
	run -0 container_run '.process.env = ["A=1", "HOME=", "B=2"]' /bin/busybox env
	expect_output "$(printf 'A=1\nHOME=\nB=2')"
	run container_run '.process.env = ["A"]' true
	expect_status 125
	expect_text "/process/env/0" "NAME=VALUE"
}

@test "env: exec has the container's and its own; a process object has its own alone" {
	keep_start '.process.env = ["A=1", "B=2", "PATH=/bin"]'
	run -0 nsinit exec --env B=3 --env C=4 "$ID" env
	expect_output "$(printf 'A=1\nB=3\nPATH=/bin\nC=4\nHOME=/root')"
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["env"], "env": ["PATH=/bin", "D=5"], "cwd": "/"}'
	expect_output "$(printf 'PATH=/bin\nD=5\nHOME=/root')"
	run nsinit exec --env NOVALUE "$ID" env
	expect_status 125
	expect_text '--env: expected NAME=VALUE, found "NOVALUE"'
}

@test "env: HOME is what the container's passwd says of the user, in run and exec" {
	printf 'root:x:0:0::/the/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n' >passwd
	local with='.process.env = ["PATH=/bin"] | .mounts += [{destination: "/etc/passwd", type: "bind", source: "'$PWD'/passwd", options: ["bind", "ro"]}]'
	run -0 container_run "$with" sh -c 'echo $HOME'
	expect_output /the/root
	run -0 container_run "$with | .process.user = {uid: 1000, gid: 1000}" sh -c 'echo $HOME'
	expect_output /home/user
	# Where the program's own filter and limits leave it no file to open.
	run -0 container_run "$with"' | .process.rlimits = [{type: "RLIMIT_NOFILE", soft: 3, hard: 3}]' sh -c 'echo $HOME'
	expect_output /the/root
	keep_start "$with"
	run -0 nsinit exec --user 1000 "$ID" sh -c 'echo $HOME'
	expect_output /home/user
	run -0 nsinit exec --user 7 "$ID" sh -c 'echo $HOME'
	expect_output /
}

@test "args: as they are, to the byte" {
	run -0 container_run . inside args "" "a b" '$HOME' "*" $'line\nfeed' "ünï" -- --flag
	expect_output "$(printf '[%s]\n' args "" "a b" '$HOME' "*" $'line\nfeed' "ünï" -- --flag)"
}

@test "args: a long one (64 KiB and one) is whole; one beyond the kernel's limit is an error (C11)" {
	head -c 65537 /dev/zero | tr '\0' x >long
	new_id
	spec_make --rawfile long long '.process.args = ["sh", "-c", "echo ${#1} ${#LONG}", "sh", $long] | .process.env += ["LONG=" + $long]' >l.json
	run -0 nsinit run --spec l.json "$ID"
	expect_output "65537 65537"
	head -c 131073 /dev/zero | tr '\0' x >long
	spec_make --rawfile long long '.process.args = ["true", $long]' >l.json
	run nsinit run --spec l.json "$ID"
	expect_status 126
	expect_text "Argument list too long" "128 KiB"
}

@test "args[0]: found in the container's PATH, the first that may be executed" {
	rootfs_make r
	printf '#!/bin/sh\necho one\n' >r/usr/bin/tool
	printf '#!/bin/sh\necho two\n' >r/bin/tool
	chmod 755 r/bin/tool r/usr/bin/tool
	local in='.root.path = $dir + "/r" | '
	run -0 container_run "$in"'.process.env = ["PATH=/usr/bin:/bin"]' tool
	expect_output one
	run -0 container_run "$in"'.process.env = ["PATH=/no/such:/etc/passwd:/bin:/usr/bin"]' tool
	expect_output two
	chmod 644 r/usr/bin/tool
	run -0 container_run "$in"'.process.env = ["PATH=/usr/bin:/bin"]' tool
	expect_output two
	# a directory of that name is passed over
	rm r/usr/bin/tool && mkdir r/usr/bin/tool
	run -0 container_run "$in"'.process.env = ["PATH=/usr/bin:/bin"]' tool
	expect_output two
	# no PATH at all: a default
	run -0 container_run "$in"'del(.process.env)' tool
	expect_output two
	# an empty element is the working directory, as for execvp(3)
	run -0 container_run "$in"'.process.env = ["PATH="] | .process.cwd = "/bin"' tool
	expect_output two
	# the caller's own PATH finds nothing
	run -127 container_run "$in"'.process.env = ["PATH=/sbin"]' nsinit
}

@test "args[0]: not found is 127, not executable 126, in run and exec" {
	rootfs_make r
	printf '#!/bin/sh\n' >r/etc/script
	printf '#!/no/such/shell\n' >r/bin/lost
	printf 'neither\n' >r/bin/nothing
	chmod 755 r/bin/lost r/bin/nothing
	container_start '.root.path = $dir + "/r"'
	IDS+=("$ID")
	id=$ID
	while IFS='|' read -r program code text; do
		run "-$code" container_run '.root.path = $dir + "/r"' "$program"
		expect_text "$text" "/process/args"
		run "-$code" nsinit exec "$id" "$program"
		expect_text "$text"
	done <<-END
		no-such|127|execute no-such: executable file not found in \$PATH: No such file or directory
		/no/such|127|execute /no/such: No such file or directory
		|127|execute "": No such file or directory
		/etc/script|126|execute /etc/script: Permission denied
		/etc/passwd/x|127|execute /etc/passwd/x: No such file or directory
		/etc|126|execute /etc: Permission denied
		lost|127|interpreter
		nothing|126|Exec format error
	END
	run container_run '.process.args = []' 2>&1
	expect_status 125
	expect_text "/process/args"
}

@test "args[0]: a file system mounted noexec is 126" {
	run container_run '.mounts += [{destination: "/x", type: "bind", source: "'"$ROOTFS"'/bin", options: ["bind", "noexec"]}] | .root.readonly = false' \
		/x/busybox true
	expect_status 126
	expect_text "execute /x/busybox: Permission denied"
	rmdir "$ROOTFS/x"
}

# --- status and signals -------------------------------------------------------------------------------------

@test "status: the program's, and 128+N by signal N, in run and exec" {
	keep_start .
	for status in 0 1 42 125 255; do
		run container_run . sh -c "exit $status"
		expect_status "$status"
		run nsinit exec "$ID" sh -c "exit $status"
		expect_status "$status"
	done
	run nsinit exec "$ID" sh -c 'kill -9 $$'
	expect_status 137
	# pid 1 of a pid namespace cannot kill itself; a program in the host's can
	run container_run '.linux.namespaces |= map(select(.type != "pid"))' sh -c 'kill -TERM $$'
	expect_status 143
}

@test "signals: what nsinit gets goes to the program" {
	for signal in HUP INT QUIT USR1 USR2 TERM WINCH; do
		container_spec '.mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]' sh -c \
			"trap 'exit 41' $signal; echo >/run/up; while :; do sleep 0.02; done"
		rm -f up
		# A shell lets its background jobs ignore INT and QUIT.
		env --default-signal "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID" 3>&- &
		wait_until 10 [ -e up ]
		kill -"$signal" $!
		status=0
		wait $! || status=$?
		[ "$status" -eq 41 ] || { echo "$signal: $status" >&2; false; }
	done
}

@test "signals: one that comes while the container is set up is kept for the program" {
	# pid 1 of a pid namespace without a handler does not feel it
	for signal in USR1 USR2 ALRM WINCH CONT; do
		run -7 container_run "$(jq -nr --arg signal "$signal" '".hooks.createRuntime = [{path: \"/bin/sh\",
			args: [\"sh\", \"-c\", \"kill -\($signal) $PPID\"]}]"')" sh -c 'exit 7'
	done
	# without a foreground the caller gets it once the container is there
	container_spec '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "kill -USR1 $PPID"]}]'
	status=0
	"$NSINIT" --root "$STATE" create --spec "$TEST_DIR/$ID.json" "$ID" </dev/null >"$TEST_DIR/out" 2>&1 3>&- || status=$?
	expect_status 138
	run -0 nsinit state "$ID"
	[ "$(jq -r .status <<<"$output")" = created ]
	nsinit delete --force "$ID"
}

@test "signals: a signal that nsinit's caller ignores stays ignored" {
	container_spec '.mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]' sh -c \
		"trap 'exit 41' HUP; trap 'exit 42' TERM; echo >/run/up; while :; do sleep 0.02; done"
	(trap '' HUP; exec "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID") 3>&- &
	wait_until 10 [ -e up ]
	kill -HUP $!
	sleep 0.1
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 42 ]
}

@test "signals: the program starts with none blocked and none ignored" {
	container_spec . grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status
	run -0 "$BASH" -c 'trap "" HUP INT QUIT PIPE ALRM USR1 USR2 TSTP TTIN TTOU XFSZ; exec "$@"' sh "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_output "$(printf 'SigBlk:\t%s\nSigIgn:\t%s\nSigCgt:\t%s' {0,0,0}000000000000000)"
	none=$output
	container_start . sleep 100
	IDS+=("$ID")
	run -0 "$BASH" -c 'trap "" HUP INT QUIT PIPE ALRM USR1 USR2 TSTP TTIN TTOU XFSZ; exec "$@"' sh "$NSINIT" --root "$STATE" exec "$ID" grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status
	expect_output "$none"
}

# --- names and personality ----------------------------------------------------------------------------------

@test "hostname and domainname: the container's" {
	run -0 container_run '.hostname = "h-\("x" * 62)" | .domainname = "d.example"' \
		sh -c 'hostname; cat /proc/sys/kernel/domainname'
	expect_output "$(printf 'h-%s\nd.example' "$(printf 'x%.0s' {1..62})")"
	run container_run '.hostname = "x" * 65' true
	expect_status 125
	expect_text "/hostname"
	run container_run '.linux.namespaces |= map(select(.type != "uts"))' true
	expect_status 125
	expect_text "/hostname"
	run container_run 'del(.hostname) | .domainname = "d" | .linux.namespaces |= map(select(.type != "uts"))' true
	expect_status 125
	expect_text "/domainname"
}

@test "personality: LINUX32 says i686, in exec too" {
	case $(uname -m) in x86_64) ;; *) skip_because "x86_64 only" ;; esac
	keep_start '.linux.personality = {domain: "LINUX32"}'
	run -0 nsinit exec "$ID" uname -m
	expect_output i686
	run -0 container_run '.linux.personality = {domain: "LINUX32"}' sh -c 'uname -m; inside sched'
	expect_text i686 "personality 0x8"
	run -0 container_run '.linux.personality = {domain: "LINUX"}' inside sched
	expect_text "personality 0"
	run container_run '.linux.personality = {domain: "PLAN9"}' true
	expect_status 125
	expect_text "/linux/personality/domain" "PLAN9"
	run container_run '.linux.personality = {domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"]}' true
	expect_status 125
	expect_text "/linux/personality/flags"
}

# --- privileges of execve, out of memory --------------------------------------------------------------------

@test "noNewPrivileges: set, in exec too; without it not" {
	keep_start .
	run -0 nsinit exec "$ID" grep NoNewPrivs /proc/self/status
	expect_output "$(printf 'NoNewPrivs:\t1')"
	run -0 container_run '.process.noNewPrivileges = false' grep NoNewPrivs /proc/self/status
	expect_output "$(printf 'NoNewPrivs:\t0')"
	keep_start '.process.noNewPrivileges = false'
	run -0 nsinit exec "$ID" grep NoNewPrivs /proc/self/status
	expect_output "$(printf 'NoNewPrivs:\t0')"
	run -0 nsinit exec --no-new-privs "$ID" grep NoNewPrivs /proc/self/status
	expect_output "$(printf 'NoNewPrivs:\t1')"
}

@test "oomScoreAdj: as the host sees it, in exec too; without it the caller's" {
	keep_start '.process.oomScoreAdj = 345'
	pid=$(nsinit state "$ID" | jq .pid)
	[ "$(cat "/proc/$pid/oom_score_adj")" = 345 ]
	run -0 nsinit exec "$ID" cat /proc/self/oom_score_adj
	expect_output 345
	container_spec . cat /proc/self/oom_score_adj
	run -0 "$BASH" -c 'echo 77 >/proc/self/oom_score_adj; exec "$@"' sh "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_output 77
	for bad in 1001 -1001 '"5"'; do
		run container_run ".process.oomScoreAdj = $bad" true
		expect_status 125
		expect_text "/process/oomScoreAdj"
	done
}

@test "oomScoreAdj: below zero needs CAP_SYS_RESOURCE, and says so" {
	bounding=$((16#$(sed -n 's/^CapBnd:\t//p' /proc/self/status)))
	if ((bounding >> 24 & 1)); then
		run -0 container_run '.process.oomScoreAdj = -500' cat /proc/self/oom_score_adj
		expect_output -500
	else
		run container_run '.process.oomScoreAdj = -500' true
		expect_status 125
		expect_text "oom_score_adj" "Permission denied" "/process/oomScoreAdj" "CAP_SYS_RESOURCE"
	fi
}
