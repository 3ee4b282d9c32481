# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of nscgroup; what all programs share is tested with nsinit's.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

setup() {
	test_begin
	# shellcheck disable=SC1091 # made by the build
	source "$NSTOOLS_BUILD/tools/completion/nscgroup"
}

# offers WORDS... -- WORD...: exactly these are offered for the last of the words.
offers() {
	local COMP_WORDS=() COMP_CWORD COMP_WORDBREAKS=$' \t\n"\'><;|&('
	while [ "$1" != -- ]; do COMP_WORDS+=("$1"); shift; done
	shift
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	set +T # bats traces every command: ten times as slow
	_nstools_complete "$NSCGROUP" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	set -T
	[ "${COMPREPLY[*]}" = "$*" ] && return
	echo "at \"${COMP_WORDS[*]}\": ${COMPREPLY[*]}" >&2
	return 1
}

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
