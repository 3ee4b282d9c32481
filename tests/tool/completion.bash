# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Tests of bash completion: `load ../helper`, then `load ../completion`.
# shellcheck disable=SC2154 # the helper's variables

# completion_begin PROGRAM: from setup. Its name is that of its completion.
completion_begin() {
	test_begin
	COMPLETED=$1
	# shellcheck disable=SC1090 # made by the build
	source "$NSTOOLS_BUILD/tools/completion/${1##*/}"
}

# offers WORDS... -- WORD...: exactly these are offered for the last of the words.
offers() {
	local COMP_WORDS=() COMP_CWORD COMP_WORDBREAKS=$' \t\n"\'><;|&('
	while [ "$1" != -- ]; do COMP_WORDS+=("$1"); shift; done
	shift
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	set +T # bats traces every command: ten times as slow
	_nstools_complete "$COMPLETED" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	set -T
	[ "${COMPREPLY[*]}" = "$*" ] && return
	echo "at \"${COMP_WORDS[*]}\": ${COMPREPLY[*]}" >&2
	return 1
}
