# SPDX-License-Identifier: GPL-2.0-or-later
# The same command lines by util-linux's nsenter and by ours: what is printed and the status are the same.
# shellcheck disable=SC2154 # the helper's variables
# shellcheck disable=SC2016 # what the inner shell expands
load ../helper
load nsenter

UTIL_LINUX=/usr/bin/nsenter

# One process in namespaces of its own (@P), one in a user namespace too (@Q).
setup() {
	test_begin
	needs_root
	[ -x "$UTIL_LINUX" ] || skip_because "no nsenter of util-linux"
	TARGETS=()
	target_start --mount --uts --ipc --net --pid --cgroup
	ONE=$TARGET
	target_start --user --map-root-user --mount --net --uts
	TWO=$TARGET
	unset SHELL
}

teardown() { target_stop; }

# same: the command lines on standard input, as a shell reads them, one a line.
same() {
	local line arguments theirs ours count=0 failed=0
	set +T # bats traces every command
	while IFS= read -r line; do
		line=${line//@P/$ONE} line=${line//@Q/$TWO}
		eval "arguments=($line)"
		theirs=$(said "$UTIL_LINUX" "${arguments[@]}")
		ours=$(said "$NSENTER" "${arguments[@]}")
		count=$((count + 1))
		[ "$ours" = "$theirs" ] && continue
		printf '%s\n' "nsenter $line" "util-linux: $theirs" "ours: $ours" >&2
		failed=1
	done
	set -T
	[ "$failed" -eq 0 ] && [ "$count" -ge "$1" ]
}

@test "as util-linux: targets and namespace files" {
	same 28 <<-'END'
		-t
		-t @P -n true
		-t@P -n true
		--target=@P --net true
		-t abc -n true
		-t '' -n true
		-t 0x1 -n true
		-t 4194305 -n true
		-t 4194305 -a true
		-t 4194305 -n -u true
		-t 4194305 -w -r true
		-t @Px -n true
		-t ' @P' -n true
		-t +@P -n true
		-t @P: -n true
		-n true
		-a true
		-T true
		-n -w -r true
		-w -r true
		-w pwd
		-r pwd
		-n/nonexistent true
		-n/etc/passwd true
		-n/proc/@P/ns/uts true
		--net=/proc/@P/ns/net true
		--net= true
		-t @P -a -n/nonexistent true
		-t @P -n --pid=/nonexistent true
	END
}

@test "as util-linux: what is entered" {
	same 22 <<-'END'
		-t @P -u readlink /proc/self/ns/uts
		-t @P -i readlink /proc/self/ns/ipc
		-t @P -n readlink /proc/self/ns/net
		-t @P -m readlink /proc/self/ns/mnt
		-t @P -C readlink /proc/self/ns/cgroup
		-t @P -p -m -F readlink /proc/self/ns/pid_for_children
		-t @P -T readlink /proc/self/ns/time
		-t @P -a sh -c 'readlink /proc/self/ns/uts /proc/self/ns/ipc /proc/self/ns/net /proc/self/ns/mnt'
		-t @P -an true
		-t @P -anm true
		-t @P -C cat /proc/self/cgroup
		-t @P -n cat /proc/net/dev
		-t @P -n env
		-m/proc/self/ns/mnt pwd
		-p/proc/self/ns/pid echo x
		-U/proc/self/ns/user true
		-t @P -U true
		-t @Q -U readlink /proc/self/ns/user
		-t @Q -U -n -m readlink /proc/self/ns/user /proc/self/ns/net /proc/self/ns/mnt
		-t @Q -a readlink /proc/self/ns/user /proc/self/ns/net /proc/self/ns/mnt
		-U/proc/@Q/ns/user -n/proc/@P/ns/net readlink /proc/self/ns/user /proc/self/ns/net
		-t @P -n -Z true
	END
}

@test "as util-linux: ids, groups, capabilities" {
	same 22 <<-'END'
		-t @P -n -S 7 id
		-t @P -n -S +7 id
		-t @P -n -S 0007 id
		-t @P -n -G 8 id
		-t @P -n -S 7 -G 8 id
		-t @P -n -S 4294967294 id -u
		-t @P -n -S abc true
		-t @P -n -S '' true
		-t @P -n -S 0x7 true
		-t @P -n -S 7x true
		-t @P -n -S '7 ' true
		-t @P -n -G abc true
		-t @P --preserve-credentials -n id
		-t @P -U --preserve-credentials true
		-t @P -n grep ^Cap /proc/self/status
		-t @P -n -S 7 grep ^Cap /proc/self/status
		-t @Q -U id
		-t @Q -U grep ^Cap /proc/self/status
		-t @Q -U --preserve-credentials id
		-t @Q -U -S 0 -G 0 id
		-t @Q -U -S 5 id
		-t @Q -U -G 5 id
		-t @Q -a grep -E '^(Cap|Uid|Gid|Groups|NoNewPrivs|Sig...:)' /proc/self/status
	END
}

@test "as util-linux: root and working directory" {
	same 24 <<-'END'
		-t @P -n pwd
		-t @P -m pwd
		-t @P -a pwd
		-t @P -w -n pwd
		-t @P -m -w pwd
		-t @P -r -n pwd
		-t @P -m -r pwd
		-t @P -w/tmp -n pwd
		-t @P --wd=/tmp -n pwd
		-t @P -w/nonexistent -n pwd
		-t @P -w/etc/passwd -n pwd
		-t @P -r/nonexistent -n pwd
		-t @P -r/etc/passwd -n pwd
		-t @P -r=/tmp -n pwd
		-t @P -r/tmp -n pwd
		-t @P -r/tmp -w -n pwd
		-t @P -m -r/tmp pwd
		-t @P -W/tmp -n pwd
		-t @P -W /tmp -n pwd
		-t @P --wdns=/tmp -n pwd
		-t @P -W /nonexistent -n pwd
		-t @P -W/etc/passwd -n pwd
		-t @P -w -W/tmp -n pwd
		-t @P -W/tmp -w -n pwd
		-r/tmp -n pwd
	END
}

@test "as util-linux: the program and its end" {
	same 21 <<-'END'
		-t @P -n nonexistent
		-t @P -n /nonexistent
		-t @P -n ./nonexistent
		-t @P -n /etc/passwd
		-t @P -n /etc
		-t @P -n ''
		-t @P -n -- echo --
		-t @P -n echo -n --foo
		-t @P -n sh -c 'exit 42'
		-t @P -p sh -c 'exit 42'
		-t @P -n sh -c 'kill -KILL $$'
		-t @P -p sh -c 'kill -KILL $$'
		-t @P -p sh -c 'kill -TERM $$'
		-t @P -p sh -c 'kill -ABRT $$'
		-t @P -p sh -c 'kill -HUP $$'
		-t @P -p sh -c 'echo $PPID'
		-t @P -p -F sh -c 'echo hi'
		-t @P --no-fork -p sh -c 'echo hi'
		-t @P -p nonexistent
		-t @P -p /etc/passwd
		-t @P -n sh -c 'ls /proc/self/fd'
		-t @P -n
	END
}

@test "as util-linux: words that are no options, abbreviations" {
	same 20 <<-'END'
		--foo
		-t @P -n --foo
		-t @P -n -Q
		--all=3
		--help=x
		--version=3
		--target
		--setuid
		-S
		-G
		--se 7
		--p
		--w
		--s
		--r -t @P -n pwd
		--c -t @P true
		--cg
		--m -t @P pwd
		--i -t @P true
		--ti -t @P true
		--tar=@P --ne true
		--fo
		--nof
	END
}

@test "as util-linux: the shell" {
	local variables shell
	for variables in SHELL=/bin/sh SHELL=/nonexistent SHELL=/bin/echo "SHELL=/bin/sh PATH=/nonexistent"; do
		for shell in "$UTIL_LINUX" "$NSENTER"; do
			# shellcheck disable=SC2086 # words
			env $variables "$shell" -t "$ONE" -n <<<'echo $0' >"$TEST_DIR/${shell//\//-}" 2>&1 &&
				echo "status 0" >>"$TEST_DIR/${shell//\//-}" ||
				echo "status $?" >>"$TEST_DIR/${shell//\//-}"
		done
		diff "$TEST_DIR/${UTIL_LINUX//\//-}" "$TEST_DIR/${NSENTER//\//-}"
	done
	# Without $SHELL the newest takes that of /etc/passwd in what was entered, or /bin/sh.
	cp -a "$ROOTFS" rootfs
	printf 'root:x:0:0::/:/bin/ash\n' >rootfs/etc/passwd
	run -0 nsenter -t "$ONE" -n -rrootfs <<<'echo $0'
	expect_output -ash
	: >rootfs/etc/passwd
	SHELL='' run -0 nsenter -t "$ONE" -n -rrootfs <<<'echo $0'
	expect_output -sh
}

@test "where util-linux's versions differ the newest is followed, and an id never wraps" {
	run -1 nsenter true
	expect_text "nsenter: no namespace specified"
	run -1 nsenter -t "$ONE" true
	expect_text "nsenter: no namespace specified"
	run -1 nsenter -t "$ONE" -t "$ONE" -n true
	expect_text "nsenter: option --target may be given only once"
	run -0 nsenter -t "$ONE" -n=/proc/$TWO/ns/net readlink /proc/self/ns/net
	expect_output "$(readlink /proc/$TWO/ns/net)"
	run -0 nsenter -t "$ONE" -n -w=/tmp pwd
	expect_output /tmp
	run -0 nsenter -t "$ONE" -n -W=/tmp pwd
	expect_output /tmp
	run -0 nsenter -t "$ONE" -n --wdns /tmp pwd
	expect_output /tmp
	run -1 nsenter -t 0 -n true
	expect_text "nsenter: failed to parse pid: '0': Numerical result out of range"
	run -1 nsenter -t -5 -n true
	expect_text "nsenter: failed to parse pid: '-5': Numerical result out of range"
	run -1 nsenter -t 99999999999 -n true
	expect_text "nsenter: failed to parse pid: '99999999999': Numerical result out of range"
	local id
	for id in -1 4294967295 4294967296 18446744073709551617 ' 1' ++1; do # C2
		run -1 nsenter -t "$ONE" -n -S "$id" true
		expect_text "nsenter: failed to parse uid: '$id'"
		run -1 nsenter -t "$ONE" -n -G "$id" true
		expect_text "nsenter: failed to parse gid: '$id'"
	done
}
