# SPDX-License-Identifier: GPL-2.0-or-later
# What util-linux's nsenter has since Debian 12's: targets, namespaces and credentials found in other ways.
# shellcheck disable=SC2154 # the helper's variables
# shellcheck disable=SC2016 # what the inner shell expands
load ../helper
load nsenter

setup() {
	test_begin
	needs_root
	TARGETS=()
}
teardown() { target_stop; }

ns() { readlink "/proc/$1/ns/$2"; }

@test "target: PID:INODE" {
	needs_kernel 6.9
	target_start --net
	local inode
	inode=$("$HELPERS/pidinode" "$TARGET")
	run -0 nsenter -t "$TARGET:$inode" -n readlink /proc/self/ns/net
	expect_output "$(ns "$TARGET" net)"
	run -1 nsenter -t "$TARGET:1" -n true
	expect_text "nsenter: failed to obtain a valid file descriptor for PID $TARGET: No such process" \
		"hint: the process of that PID has the inode number $inode"
	run -1 nsenter -t "$TARGET:0" -n true
	expect_text "failed to parse pid: '$TARGET:0': Numerical result out of range"
	run -1 nsenter -t "4194305:$inode" -n true
	expect_text "failed to obtain a valid file descriptor for PID 4194305"
}

@test "namespace by its number of nsfs" {
	target_start --net --uts
	local id
	# Before Linux 6.19 none is found by its number alone: that is told.
	if has_kernel 6.19; then
		id=$("$HELPERS/nsid" "/proc/$TARGET/ns/net")
		run -0 nsenter -n:"$id" readlink /proc/self/ns/net
		expect_output "$(ns "$TARGET" net)"
		run -1 nsenter -u:"$id" true
		expect_text "nsenter: cannot open namespace of id $id" "hint: it is a namespace of another kind"
	fi
	run -1 nsenter -n:18446744073709551615 true
	expect_text "nsenter: cannot open namespace of id 18446744073709551615" \
		"hint: there is none of that number, or this kernel is older than Linux 6.19"
	run -1 nsenter -n:x true
	expect_text "nsenter: failed to parse nsid: x"
	touch ./:x
	run -1 nsenter -n./:x true
	expect_text "reassociate to namespace 'ns/net' failed: Invalid argument" "hint: the file is no namespace of that kind"
}

# What opens a socket in the target's place: it listens, in the network namespace that is not the target's own.
@test "net-socket: the network namespace of a socket that the target has" {
	# A process outside the namespace that holds a socket of it.
	mkfifo ready
	unshare --net "$HELPERS/holder" >ready 3>&- &
	TARGETS+=($!)
	local holder=$! fd
	read -r fd <ready
	run -0 nsenter -t "$holder" -N "$fd" readlink /proc/self/ns/net
	[ "$output" != "$(ns self net)" ]
	[ "$output" != "$(ns "$holder" net)" ]
	run -1 nsenter -t "$holder" -N 77 true
	expect_text "nsenter: pidfd_getfd($holder, 77): Bad file descriptor"
	run -1 nsenter -t "$holder" -N 0 true
	expect_text "nsenter: ioctl(0, SIOCGSKNS)"
	run -1 nsenter -t "$holder" -N x true
	expect_text "nsenter: failed to parse file descriptor: 'x'"
	run -1 nsenter -N 3 true
	expect_text "no target PID specified"
}

@test "user-parent: the user namespace around the target's" {
	# two, one in the other; the inner one's process is the target
	unshare --user --map-root-user unshare --user --map-root-user --fork --kill-child sleep 300 </dev/null >/dev/null 2>&1 3>&- &
	TARGETS+=($!)
	wait_until 20 has_child $!
	local parent=$! inner=$CHILD
	wait_until 20 runs "$inner" sleep
	run -0 nsenter -t "$inner" --user-parent readlink /proc/self/ns/user
	[ "$output" != "$(ns "$inner" user)" ] && [ "$output" != "$(ns self user)" ]
	run -0 nsenter -U"/proc/$inner/ns/user" --user-parent readlink /proc/self/ns/user
	[ "$output" != "$(ns "$inner" user)" ] && [ "$output" != "$(ns self user)" ]
	target_start --user --map-root-user
	run -1 nsenter -t "$TARGET" --user-parent true
	expect_text "nsenter: reassociate to namespace 'ns/user' failed: Invalid argument" "hint: it is our own user namespace already"
	run -1 nsenter --user-parent true
	expect_text "neither filename nor target pid supplied for ns/user"
	: "$parent"
}

@test "setuid follow, setgid follow: the target's owner, as the entered user namespace has it" {
	setpriv --reuid 7 --regid 8 --clear-groups sleep 300 </dev/null >/dev/null 2>&1 3>&- &
	TARGETS+=($!)
	wait_until 20 runs $! sleep
	run -0 nsenter -t $! -n -S follow -G follow sh -c 'echo $(id -u) $(id -G)'
	expect_output "7 8"
	target_start --user --map-root-user
	run -0 nsenter -t "$TARGET" -U -S follow -G follow id -u
	expect_output 0
	run -1 nsenter -n/proc/self/ns/net -S follow true
	expect_text "no target PID specified for --setuid follow"
}

@test "keep-caps: kept over the start of a program, with --user alone too" {
	target_start --user --map-root-user --net
	for form in -U "-U -n"; do
		# shellcheck disable=SC2086
		run -0 nsenter -t "$TARGET" $form --keep-caps --preserve-credentials grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status
		[ "$(awk '{ print $2 }' <<<"$output" | sort -u | wc -l)" -eq 1 ]
		expect_no_text 0000000000000000
	done
	# without a user namespace it does nothing
	run -0 nsenter -t "$TARGET" -n --keep-caps grep CapAmb /proc/self/status
	expect_text 0000000000000000
}

@test "env: the target's environment, and nothing of ours" {
	env -i "ONE=1" "TWO=a b
c" THREE= sleep 300 </dev/null >/dev/null 2>&1 3>&- &
	TARGETS+=($!)
	wait_until 20 runs $! sleep
	OURS=1 nsenter -t $! -n -e /usr/bin/env | sort >is
	printf 'ONE=1\nTWO=a b\nc\nTHREE=\n' | sort | diff - is
	# PATH is the target's then
	run -0 nsenter -t $! -n --env --set-var PATH=/nonesuch /bin/sh -c 'echo $PATH'
	expect_output /nonesuch
	run -1 nsenter -n/proc/self/ns/net -e true
	expect_text "neither filename nor target pid supplied for environ"
}

@test "order: all that is asked for is done in util-linux's order" {
	target_start --mount --pid --net
	strace -f -o trace "$NSENTER" -t "$TARGET" -m -p -n -w -r -S 5 -G 6 -e /bin/true
	grep -oE '(setns|chroot|fchdir|setgroups|setgid|setuid|execve)\(' trace | grep -n '' >calls
	# one setns for all, then the root, then the directory, then the ids
	[ "$(grep -c setns calls)" -eq 1 ]
	[ "$(sed 's/.*://' calls | grep -v execve | tr -d '\n')" = "setns(fchdir(chroot(fchdir(setgroups(setgid(setuid(" ]
}

@test "a failure changes nothing, and tells which step" {
	target_start --net --uts
	run -1 setpriv --reuid 4321 --clear-groups "$NSENTER" -t "$TARGET" -n true
	expect_text "nsenter: cannot open /proc/$TARGET/ns/net: Permission denied"
	exec 9</proc/$TARGET/ns/net
	run -1 setpriv --reuid 4321 --clear-groups "$NSENTER" -n/proc/self/fd/9 true
	exec 9<&-
	expect_text "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted" \
		"hint: setns network: joining needs CAP_SYS_ADMIN in the user namespace that owns it"
}

@test "unprivileged: into one's own user namespace, and what it owns" {
	setpriv --reuid 4321 --regid 4321 --clear-groups unshare --user --map-root-user --net --uts --fork --kill-child \
		sleep 300 </dev/null >/dev/null 2>&1 3>&- &
	TARGETS+=($!)
	wait_until 20 has_child $!
	wait_until 20 runs "$CHILD" sleep
	run -0 as_user "$NSENTER" -t "$CHILD" -U -n -u --preserve-credentials readlink /proc/self/ns/net
	expect_output "$(ns "$CHILD" net)"
	# What it does not own is an error, also with util-linux's.
	run -1 as_user "$NSENTER" -t "$CHILD" -U -i --preserve-credentials true
	expect_text "nsenter: reassociate to namespace 'ns/ipc' failed: Operation not permitted" "hint: setns ipc of the target"
}
