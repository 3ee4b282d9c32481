# SPDX-License-Identifier: GPL-2.0-or-later
# security.md's assertions that concern nsenter, by their ids.
# shellcheck disable=SC2154 # the helper's variables
# shellcheck disable=SC2016 # what the inner shell expands
load ../helper
load nsenter

setup_file() {
	file_begin_inside
	mkdir "$FILE_DIR/copy"
	cp "$NSTOOLS_BUILD"/tools/nsenter/nsenter* "$FILE_DIR/copy/" 2>/dev/null || :
	chmod -R a+rX "$FILE_DIR/copy" "$ROOTFS"
}
setup() {
	test_begin
	needs_root
	TARGETS=()
}
teardown() {
	kept_delete
	target_stop
}

# $TEST_DIR is /run in there
keep_start() {
	container_start "${1-.}"' | .mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]'
	IDS+=("$ID")
	PID=$(container_pid "$ID")
}

# Number and target of each descriptor, but of the one by which they are listed; 0, 1, 2 and no more.
expect_three() {
	[ "$(cut -d' ' -f1 "$1" | tr '\n' ' ')" = "0 1 2 " ] || { cat "$1" >&2; return 1; }
}

# alone COMMAND...: without what bats has open
alone() (
	for fd in /proc/self/fd/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || eval "exec $fd>&-"
	done
	exec "$@"
)

# every form of a call that opens something
forms() {
	printf '%s\n' "-t $PID -a" "-t $PID -a -r -w -e" "-t $PID -m -p -c" "-t $PID -a -c -S follow -G follow -W/" \
		"-t $PID -n/proc/$PID/ns/net -m -p" "-t $PID -m -p -F" "-t $ID" "-t $ID --like-init" "-t $ID -c -e -r" \
		"-t $PID -m --pty"
}

@test "descriptors: the program gets 0, 1 and 2 alone (F1, F8)" {
	keep_start
	while read -r form; do
		# shellcheck disable=SC2086 # words
		alone "$NSENTER" --state-root "$STATE" $form inside fds </dev/null >fds 2>err
		expect_three fds
		# a caller that has closed them
		# shellcheck disable=SC2086
		alone "$NSENTER" --state-root "$STATE" $form sh -c 'exec inside fds >/run/fds' 0<&- 1>&- 2>&-
		expect_three fds
	done < <(forms)
}

@test "descriptors: a container gets none of those the caller leaves open, but as it says (F1, F2)" {
	keep_start
	for form in "" --like-init --pty; do
		# shellcheck disable=SC2086
		"$HELPERS/leak" "$NSENTER" --state-root "$STATE" -t "$ID" $form sh -c 'inside fds >/run/fds' </dev/null >out
		expect_three fds
		# shellcheck disable=SC2086
		nsenter -t "$ID" $form --preserve-fds 2 sh -c 'inside fds >/run/fds' 3</etc/hostname 4</dev/zero 5</etc/passwd \
			</dev/null >out
		[ "$(cut -d' ' -f1 fds | tr '\n' ' ')" = "0 1 2 3 4 " ]
		# shellcheck disable=SC2086
		run -1 nsenter -t "$ID" $form --preserve-fds 2 true 3</dev/null 4<&-
		expect_text "descriptor 4" "not open"
	done
	# for a process it is as with util-linux's: they are passed on
	nsenter -t "$PID" -n sh -c 'cat <&5' 5</etc/passwd | cmp - /etc/passwd
}

hashes() { (cd "$FILE_DIR/copy" && sha256sum nsenter nsenter-main && stat -c '%n %a %u %g %Y %Z' nsenter nsenter-main); }

# No attack may have worked: each line is an errno, but for the opening to look and what the kernel always allows.
all_refused() {
	local worked
	worked=$(grep ' ok ' <<<"$1" | grep -vE '^/proc/[^ ]* ok 0$' || :)
	[ -z "$worked" ] || { printf '%s\n' "$worked" >&2; return 1; }
}

@test "binary: what enters cannot write nsenter's own file (F4, CVE-2019-5736)" {
	local NSENTER=$FILE_DIR/copy/nsenter before form
	before=$(hashes)
	keep_start '.process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH",
		"CAP_SYS_PTRACE", "CAP_SYS_CHROOT"]) | .linux.namespaces |= map(select(.type != "pid"))'
	# In the host's pid namespace, with a parent that is nsenter. Nothing is attacked that is not the copy.
	for form in "-t $PID -m -p" "-t $PID -a" "-t $PID -a --pty" "-t $ID -m -p" "-t $ID --pty" "-t $ID --like-init"; do
		# shellcheck disable=SC2086
		run nsenter $form sh -c 'read -r name </proc/$PPID/comm; echo "parent $name"
			case $name in nsenter*) inside overwrite /proc/$PPID/exe ;; esac'
		expect_text "parent nsenter" "/proc/"
		all_refused "${output//$'\r'/}"
		[ "$(hashes)" = "$before" ]
	done
	# its own pid namespace: the parent is not seen, the script's interpreter is what it was started from
	printf '#!/proc/self/exe\n' >"$ROOTFS/bin/again" && chmod 755 "$ROOTFS/bin/again"
	for form in "-t $PID -m" "-t $PID -a" "-t $ID" "-t $ID --like-init"; do
		# shellcheck disable=SC2086
		run ! nsenter $form /bin/again
		[ "$(hashes)" = "$before" ]
	done
}

@test "binary: it is a protected copy that enters, however the call is written (F4)" {
	# The process's own pid namespace is the host's: the program sees its parent.
	target_start --mount --uts
	while read -r form; do
		# shellcheck disable=SC2086 # words
		run nsenter $form sh -c 'readlink /proc/$PPID/exe'
		[ "${output//$'\r'/}" = / ] || { echo "$form: $output" >&2; return 1; }
	done <<-END
		-t $TARGET -a
		-t$TARGET -aw
		-at $TARGET
		-et$TARGET -p -m
		-u -p -t $TARGET -m
		-m/proc/$TARGET/ns/mnt -p/proc/$TARGET/ns/pid
		--all --target $TARGET
		--target=$TARGET --pid -C -e
		--targ $TARGET --pi -S 0
		-t $TARGET -p -r/
		-p -t $TARGET --root=/ --
		-t $TARGET -p --set-var A=1
		-t $TARGET -p --pty
	END
	# Nothing of it is another's business: descriptors as ever, and what is wrong is wrong as ever.
	run -1 nsenter -a -t
	expect_text "option requires an argument -- 't'"
	run -1 nsenter -m -t nobody true
	expect_text "failed to parse pid: 'nobody'"
	run -1 nsenter --all --target
	expect_text "requires an argument"
}

@test "start: where the file is protected the C library starts once all the same" {
	needs_program strace
	[ -n "$(readelf -sW "$NSENTER" | grep nsenter_start)" ] || skip_because "this build has no early start"
	target_start --mount
	strace -e trace=execve,execveat,arch_prctl -o trace "$NSENTER" -t "$TARGET" -m -n true
	# ours, the copy, which the library starts in, and the program
	[ "$(grep -c '^exec' trace)" -ge 3 ]
	[ "$(sed -n '1,/^execveat/p' trace | grep -c ARCH_SET_FS)" -eq 0 ]
	grep -q '^execveat([0-9]*, "", .*AT_EMPTY_PATH) *= 0' trace
}

@test "process: nobody inside can look into nsenter while it enters (F6, CVE-2016-9962)" {
	container_start '.process.capabilities |= map_values(. + ["CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"])
		| .mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]' \
		inside poll /run/stop /bin/busybox
	IDS+=("$ID")
	PID=$(container_pid "$ID")
	for _ in {1..15}; do
		nsenter -t "$PID" -a /bin/true
		nsenter -t "$PID" -m -p -S 1000 -G 1000 /bin/true
		nsenter -t "$ID" --like-init -S 1000 /bin/true
	done
	touch stop
	wait_until 20 grep -q rounds "$ID.out"
	sort "$ID.out" | uniq -c | head -n 20 >&2
	[ "$(wc -l <"$ID.out")" = 1 ]
	[ "$(sed -n 's/^rounds //p' "$ID.out")" -gt 20 ]
}

@test "cgroup: joined in every hierarchy, and no descriptor of it stays (F8, CVE-2026-78408)" {
	keep_start
	sort "/proc/$PID/cgroup" >expected
	for form in "-t $PID -c" "-t $PID -c -n" "-t $ID -c -n" "-t $PID --join-cgroup -p"; do
		# shellcheck disable=SC2086
		nsenter $form cat /proc/self/cgroup | sort | diff expected -
		# shellcheck disable=SC2086
		alone "$NSENTER" --state-root "$STATE" $form "$HELPERS/inside" fds </dev/null >fds
		expect_three fds
	done
	run -1 nsenter -c true
	expect_text "no target PID specified for --join-cgroup"
}

@test "groups: those of the caller are dropped with a change of gid (C3)" {
	keep_start
	run -0 setpriv --groups 5,6 "$NSENTER" --state-root "$STATE" -t "$ID" --like-init sed -n 's/^Groups:[[:space:]]*//p' /proc/self/status
	[ -z "${output// /}" ]
	run -0 setpriv --groups 5,6 "$NSENTER" -t "$PID" -n -G 8 id -G
	expect_output 8
	target_start --user --map-root-user --mount
	run -0 setpriv --groups 5,6 "$NSENTER" -t "$TARGET" -U -m sed -n 's/^Groups:[[:space:]]*//p' /proc/self/status
	[ -z "${output// /}" ]
}

@test "target: its own mount of /proc is not looked at (T4, CVE-2015-1334)" {
	keep_start '.process.env += ["TRUE=environment"]'
	# What lies in the container's /proc is another's: whoever looks there finds it.
	mkdir -p "fake/$PID/ns" fake/self/attr fake/self/ns fake/1
	printf 'FALSE=1\0' | tee "fake/$PID/environ" >fake/1/environ
	echo 0::/false >"fake/$PID/cgroup"
	/usr/bin/nsenter -t "$PID" -m -r sh -c 'mount -o bind /run/fake /proc && [ -d /proc/1 ] && [ ! -e /proc/version ]'
	run -0 nsenter -t "$PID" -a -e -- env
	expect_text "TRUE=environment"
	expect_no_text FALSE
	run -0 nsenter -t "$PID" -a -r -w -S follow -G follow -c id -u
	expect_output 0
	run -0 nsenter -t "$ID" --like-init env
	expect_text "TRUE=environment"
}

@test "target: a PID that was given to another process since is refused (T5)" {
	needs_kernel 6.9
	needs_file /proc/sys/kernel/ns_last_pid
	cat >recycle <<-'END'
		sleep 300 </dev/null >/dev/null 2>&1 &
		pid=$!
		inode=$("$1" $pid)
		"$2" -t $pid:$inode -n echo same
		kill $pid; wait $pid
		"$2" -t $pid:$inode -n echo gone
		echo "status $?"
		for i in 1 2 3 4 5 6 7 8 9 10; do
			echo $((pid - 1)) >/proc/sys/kernel/ns_last_pid
			sleep 300 </dev/null >/dev/null 2>&1 &
			[ $! -eq $pid ] && break
			kill $!; wait $!
		done
		[ $! -eq $pid ] && echo again
		"$2" -t $pid:$inode -n echo other
		echo "status $?"
		"$2" -t $pid:$("$1" $pid) -n echo new
		kill $!
	END
	run -0 unshare --pid --fork --kill-child --mount-proc sh recycle "$HELPERS/pidinode" "$NSENTER" 2>&1
	expect_text same again new
	expect_no_text other gone
	[ "$(grep -c "failed to obtain a valid file descriptor for PID [0-9]*: No such process" <<<"$output")" -eq 2 ]
	[ "$(grep -c "status 1" <<<"$output")" -eq 2 ]
	expect_text "hint: the process of that PID has the inode number"
}

on_terminal() { "$HELPERS/pty" "$@" | tr -d '\r'; }

@test "terminal: in a container it is never the caller's (T1, T2, CVE-2016-10124)" {
	keep_start
	for form in "" --like-init "-n -m"; do
		# shellcheck disable=SC2086
		run -0 on_terminal size:31x97 -- "$NSENTER" --state-root "$STATE" -t "$ID" $form \
			sh -c 'inside sti stolen; inside terminal'
		expect_text "isatty 0 1" "size 31 97" "/dev/tty is descriptor 0" "session controlled by descriptor 0" \
			"pty: status 0" "pty: settings restored" "pty: queued 0"
		run -0 on_terminal -- "$NSENTER" --state-root "$STATE" -t "$ID" $form tty
		expect_text "/dev/pts/0"
	done
	run -0 on_terminal -- "$NSENTER" -t "$PID" -n --pty "$HELPERS/inside" sti stolen
	expect_text "pty: queued 0"
}

@test "terminal: settings are restored however it ends (T3)" {
	keep_start
	for form in "" --like-init; do
		# shellcheck disable=SC2086
		run -0 on_terminal expect:ready -- "$NSENTER" --state-root "$STATE" -t "$ID" $form \
			sh -c 'stty raw -echo; echo ready; kill -KILL $$'
		expect_text "pty: status 137" "pty: settings restored"
		# shellcheck disable=SC2086
		run -0 on_terminal expect:ready signal:15 -- "$NSENTER" --state-root "$STATE" -t "$ID" $form \
			sh -c 'trap "exit 5" TERM; echo ready; while :; do sleep 0.05; done'
		expect_text "pty: status 5" "pty: settings restored"
	done
}
