# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of nscgroup; what all programs share is tested with nsinit's.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup
load ../completion

setup() { completion_begin "$NSCGROUP"; }

@test "completion: commands, options, keys and words" {
	run -0 complete -p nscgroup
	offers nscgroup "cr" -- create
	offers nscgroup "thaw" -- thaw
	offers nscgroup stat --wa -- --watch
	offers nscgroup top --sort "p" -- pids
	offers nscgroup set /x memory.ma -- memory.max=
	offers nscgroup set /x pids.max=1 cpuset.m -- cpuset.mems=
	offers nscgroup get /x memory.pe -- memory.peak
	offers nscgroup create /x memory.l -- memory.low= memory.limit_in_bytes=
	offers nscgroup run memory.ma -- memory.max=
	offers nscgroup devices /x "de" -- deny
	offers nscgroup kill -s USR -- USR1 USR2
}

@test "completion: groups" {
	needs_root
	new_group
	nscgroup create "$G/one"
	offers nscgroup show "$G/o" -- "$G/one"
	offers nscgroup delete "$G" -- "$G" "$G/one"
	offers nscgroup show "sel" -- self
	touch "file name"
	offers nscgroup run --output "file" -- "file name"
}
