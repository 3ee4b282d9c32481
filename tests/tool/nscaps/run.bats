#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nscaps run: the same request gives the same process as setpriv(1) and capsh(8) do, line by line of
# /proc/self/status, and securebits.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

# What is compared. The shell is bash, since that is what capsh starts.
LOOK='grep -vE "^(Pid|PPid|Tgid|Ngid|NS|Vm|Rss|Huge|TracerPid|State|FDSize|.*ctxt|THP|Cpus|Mems|x86|Core|Sig|Shd)" \
	/proc/self/status; /usr/sbin/capsh --print | grep -E "^(Securebits|.*secure|.*no-new-privs|Current IAB)"'

# compare OURS... -- THEIRS...: options of nscaps run, and the other command up to the program.
compare() {
	local ours=() mine theirs
	while [ "$1" != -- ]; do ours+=("$1"); shift; done
	shift
	[ "$1" != capsh ] || set -- /usr/sbin/"$@" --
	[ "$1" = /usr/sbin/capsh ] || set -- "$@" /bin/bash
	theirs=$("${AS[@]}" "$@" -c "$LOOK" 2>&1) || { echo "they fail: $*: $theirs" >&2; return 1; }
	mine=$("${AS[@]}" "$NSCAPS" run "${ours[@]}" -- /bin/bash -c "$LOOK" 2>&1) || {
		echo "we fail: ${ours[*]}: $mine" >&2
		return 1
	}
	compared=$((compared + 1))
	[ "$mine" = "$theirs" ] && return
	echo "nscaps run ${ours[*]} is not $*:" >&2
	diff <(echo "$theirs") <(echo "$mine") >&2
	return 1
}

# Lines "OURS | THEIRS", as rows of a table.
compare_table() {
	local line ours theirs
	compared=0
	set +T # bats traces every command
	while read -r line; do
		[[ $line && $line != '#'* ]] || continue
		read -ra ours <<<"${line%%|*}"
		read -ra theirs <<<"${line#*|}"
		compare "${ours[@]}" -- "${theirs[@]}" || return 1
	done
	set -T
}

@test "run: what setpriv gives root" {
	needs_root
	AS=()
	compare_table <<-'END'
		| setpriv
		--bounding -net_raw | setpriv --bounding-set -net_raw
		--bounding net_raw,CAP_CHOWN | setpriv --bounding-set -all,+net_raw,+chown
		--bounding none | setpriv --bounding-set -all
		--bounding all | setpriv
		--bounding all,-sys_admin,-13 | setpriv --bounding-set -sys_admin,-net_raw
		--bounding 0x3000 | setpriv --bounding-set -all,+net_raw,+net_admin
		--inheritable net_raw | setpriv --inh-caps +net_raw
		--inheritable +net_raw,+chown,-chown | setpriv --inh-caps +net_raw
		--inheritable net_raw --bounding none | setpriv --inh-caps +net_raw setpriv --bounding-set -all
		--inheritable none | setpriv --inh-caps -all
		--ambient net_raw | setpriv --inh-caps +net_raw --ambient-caps +net_raw
		--ambient net_raw,kill --bounding -kill | setpriv --inh-caps +net_raw,+kill --ambient-caps +net_raw,+kill setpriv --bounding-set -kill
		--no-new-privs | setpriv --no-new-privs
		--securebits noroot | setpriv --securebits +noroot
		--securebits noroot,noroot_locked | setpriv --securebits +noroot,+noroot_locked
		--securebits +no_setuid_fixup | setpriv --securebits +no_setuid_fixup
		--securebits keep_caps_locked | setpriv --securebits +keep_caps_locked
		--securebits noroot --inheritable kill | setpriv --securebits +noroot --inh-caps +kill
		--securebits noroot --ambient kill | setpriv --securebits +noroot --inh-caps +kill --ambient-caps +kill
		--securebits none | setpriv --securebits -noroot
		--user 0:0 --groups 7,8 | setpriv --reuid 0 --regid 0 --groups 7,8
		--groups none | setpriv --clear-groups
		--groups keep --bounding -chown | setpriv --keep-groups --bounding-set -chown
		--keep kill,chown | setpriv --bounding-set -all,+kill,+chown
		--keep none | setpriv --bounding-set -all
		--drop kill,chown --no-new-privs | setpriv --no-new-privs --bounding-set -kill,-chown
	END
	[ "$compared" -ge 25 ]
}

@test "run: what setpriv gives root that becomes another user" {
	needs_root
	AS=()
	compare_table <<-'END'
		--user 4321:4321 | setpriv --reuid 4321 --regid 4321 --clear-groups
		--user 4321:7 --groups 1,2,3 | setpriv --reuid 4321 --regid 7 --groups 1,2,3
		--user 4321:7 --groups keep | setpriv --reuid 4321 --regid 7 --keep-groups
		--user nobody | setpriv --reuid nobody --regid nogroup --clear-groups
		--user nobody:daemon --groups init | setpriv --reuid nobody --regid daemon --init-groups
		--user daemon --groups adm,tty,7 | setpriv --reuid daemon --regid daemon --groups adm,tty,7
		--user nobody --no-new-privs | setpriv --reuid nobody --regid nogroup --clear-groups --no-new-privs
		--user nobody --inheritable kill | setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps +kill
		--user nobody --ambient kill,net_raw | setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps +kill,+net_raw --ambient-caps +kill,+net_raw
		--user nobody --bounding kill | setpriv --reuid nobody --regid nogroup --clear-groups --bounding-set -all,+kill
		--user nobody --keep kill | setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps -all,+kill --ambient-caps -all,+kill --bounding-set -all,+kill
		--user nobody --keep kill -n | setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps +kill --ambient-caps +kill --bounding-set -all,+kill --no-new-privs
		--user nobody --securebits noroot,keep_caps_locked | setpriv --reuid nobody --regid nogroup --clear-groups --securebits +noroot,+keep_caps_locked
		--user nobody --securebits no_setuid_fixup --ambient kill | setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps +kill --ambient-caps +kill --securebits +no_setuid_fixup
	END
	[ "$compared" -ge 14 ]
}

@test "run: what capsh gives" {
	needs_root
	AS=()
	compare_table <<-'END'
		--drop net_raw,chown | capsh --drop=cap_net_raw,cap_chown
		--inheritable net_raw | capsh --inh=cap_net_raw
		--ambient net_raw | capsh --inh=cap_net_raw --addamb=cap_net_raw
		--securebits 0x2f | capsh --secbits=0x2f
		--securebits 47 --bounding none --ambient kill | capsh --inh=cap_kill --addamb=cap_kill --drop=all --secbits=0x2f
		--no-new-privs | capsh --no-new-privs
		--user 4321:4321 | capsh --gid=4321 --groups= --uid=4321
		--user 4321:7 --groups 5,6 | capsh --gid=7 --groups=5,6 --uid=4321
		--user 4321:4321 --ambient kill | capsh --keep=1 --gid=4321 --groups= --uid=4321 --inh=cap_kill --addamb=cap_kill
		--user 4321:4321 --inheritable kill --bounding -kill | capsh --inh=cap_kill --drop=cap_kill --gid=4321 --groups= --uid=4321
		--bounding 0x0 --user 4321:4321 -n | capsh --drop=all --no-new-privs --gid=4321 --groups= --uid=4321
	END
	[ "$compared" -ge 11 ]
}

@test "run: what setpriv gives a user, with and without capabilities" {
	needs_root
	AS=(setpriv --reuid 4321 --regid 4321 --clear-groups)
	compare_table <<-'END'
		| setpriv
		--no-new-privs | setpriv --no-new-privs
		--bounding all | setpriv
		--user 4321:4321 --groups keep | setpriv --reuid 4321 --regid 4321 --keep-groups
	END
	AS+=(--inh-caps +kill,+setpcap --ambient-caps +kill,+setpcap)
	compare_table <<-'END'
		| setpriv
		--ambient -setpcap | setpriv --ambient-caps -setpcap
		--drop setpcap | setpriv --inh-caps -setpcap --ambient-caps -setpcap --bounding-set -setpcap
		--keep kill | setpriv --inh-caps -setpcap --ambient-caps -setpcap --bounding-set -all,+kill
		--bounding -chown -n | setpriv --bounding-set -chown --no-new-privs
		--inheritable +chown | setpriv --inh-caps +chown
		--securebits noroot | setpriv --securebits +noroot
	END
}

@test "run: what cannot be had is an error that names it, and nothing runs" {
	needs_root
	run -125 "$NSCAPS" run --bounding -kill -- "$NSCAPS" run --bounding +kill touch made
	expect_output "nscaps: --bounding CAP_KILL: Operation not permitted
hint: what is gone from the bounding set cannot come back"
	run -125 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSCAPS" run --keep kill touch made
	expect_text "nscaps: --keep CAP_KILL: Operation not permitted" "the caller itself does not have it"
	run -125 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSCAPS" run --ambient kill touch made
	expect_text "nscaps: --ambient CAP_KILL: Operation not permitted"
	run -125 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSCAPS" run --drop kill touch made
	expect_text "prctl PR_CAPBSET_DROP CAP_KILL: Operation not permitted" "needs CAP_SETPCAP"
	run -125 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSCAPS" run --user root touch made
	expect_text "setgroups 0 groups: Operation not permitted"
	run -125 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSCAPS" run --user root --groups keep touch made
	expect_text "setresgid gid 0: Operation not permitted"
	run -125 setpriv --reuid 4321 --regid 4321 --clear-groups "$NSCAPS" run --securebits noroot touch made
	expect_text "prctl PR_SET_SECUREBITS 0x1: Operation not permitted" "needs CAP_SETPCAP"
	[ ! -e made ]
}

@test "run: \"all\" is all that there is, and names nothing that must be there" {
	needs_root
	run -1 "$NSCAPS" run --bounding -kill -- "$NSCAPS" run --bounding all "$NSCAPS" test -s bounding kill
	run -1 "$NSCAPS" run --keep all,-kill "$NSCAPS" test kill
	run -0 "$NSCAPS" run --keep all,-kill "$NSCAPS" test chown,net_raw
}

@test "run: what is gone from the bounding set comes to root by the inheritable one" {
	needs_root
	run -0 "$NSCAPS" run --bounding -kill --inheritable kill -- "$NSCAPS" run --keep kill -- grep '^Cap' /proc/self/status
	expect_output "$(printf 'CapInh:\t%016x\nCapPrm:\t%016x\nCapEff:\t%016x\nCapBnd:\t%016x\nCapAmb:\t%016x' 32 32 32 0 0)"
}

@test "run: it is the program's exit status, its arguments and its environment" {
	run -7 "$NSCAPS" run -- sh -c 'exit 7'
	A='x y' run -0 "$NSCAPS" run sh -c 'echo "$A:$1:$0"' -- "a b"
	expect_output "x y:a b:--"
	run -127 "$NSCAPS" run nstools-nothing
	expect_output "nscaps: execute nstools-nothing: executable file not found in \$PATH: No such file or directory"
	: >file
	run -126 "$NSCAPS" run ./file
	expect_text "nscaps: execute ./file: Permission denied"
	run -137 "$NSCAPS" run sh -c 'kill -KILL $$'
	run -0 "$NSCAPS" run --no-new-privs sh -c 'echo >&3' 3>inherited
	[ -s inherited ]
}

@test "run: the program is looked for with what it will have itself" {
	needs_root
	mkdir -m 700 closed
	cp /bin/true closed/true
	chown -R 4321 closed
	run -0 "$NSCAPS" run closed/true
	run -126 "$NSCAPS" run --drop dac_override,dac_read_search closed/true
	expect_text "execute closed/true: Permission denied"
	run -126 "$NSCAPS" run --user nobody -- closed/true
	run -0 "$NSCAPS" run --user nobody --keep dac_read_search,dac_override -- closed/true
}

@test "run: users and groups are found strictly (C2)" {
	needs_root
	local bad
	for bad in -1 4294967295 4294967296 18446744073709551617 1x ' 1' '' 1: :1 nstools-nobody nobody:nstools-nogroup; do
		run -125 "$NSCAPS" run --user="$bad" touch made
		expect_text "nscaps: --user:"
	done
	run -125 "$NSCAPS" run --user 4321 touch made
	expect_output "nscaps: --user: the user 4321 has no entry that tells its group
hint: give it: --user 4321:GROUP"
	for bad in '' , 1, 1x nstools-nogroup 4294967295; do
		run -125 "$NSCAPS" run --groups="$bad" touch made
		expect_text "nscaps: --groups:"
	done
	run -125 "$NSCAPS" run --user 4321:1 --groups init touch made
	expect_text "the user 4321 has no name"
	[ ! -e made ]
	run -0 "$NSCAPS" run --user 0001:0002 sh -c 'id -u; id -g; id -G'
	expect_output $'1\n2\n2'
	run -0 "$NSCAPS" run --user 4294967294:1 sh -c 'id -u'
	expect_output 4294967294
}

@test "run: sets and securebits that are misspelt" {
	run -125 "$NSCAPS" run --drop net_rwa true
	expect_output "nscaps: --drop: expected a capability, found \"net_rwa\"
hint: did you mean CAP_NET_RAW?"
	run -125 "$NSCAPS" run --keep CAP_SYS_ADMN true
	expect_text "did you mean CAP_SYS_ADMIN?"
	run -125 "$NSCAPS" run --keep bind true
	expect_text "did you mean CAP_NET_BIND_SERVICE?"
	run -125 "$NSCAPS" run --keep 64 true
	expect_text "expected a capability, found \"64\"" "the last that this kernel has is number $(</proc/sys/kernel/cap_last_cap)"
	run -125 "$NSCAPS" run --keep kill,,chown true
	expect_text "--keep: expected capabilities"
	run -125 "$NSCAPS" run --keep none,kill true
	expect_text "none stands alone"
	run -125 "$NSCAPS" run --drop=-kill true
	expect_text "--drop: expected what to drop, without a sign"
	run -125 "$NSCAPS" run --keep 0xffffffffffffffff true
	expect_text "expected a mask of this kernel's capabilities"
	run -125 "$NSCAPS" run --securebits norot true
	expect_text "expected a securebit, found \"norot\"" "did you mean noroot?"
	run -125 "$NSCAPS" run --securebits noroot, true
	expect_text "expected a securebit, found \"\""
	run -125 "$NSCAPS" run
	expect_text "run: something is missing on the command line"
}
