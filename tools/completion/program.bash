# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash completion of @PROGRAM@. It knows nothing itself: `@PROGRAM@ --list-options [COMMAND]` tells the commands with
# their operands, and the options with their arguments, from the tables that the program parses by.
# Every program of nstools brings the same functions.

# The words before the cursor in _nstools_words, the one at it in _nstools_word. Bash cuts them at "=" and ":";
# here they are whole again. _nstools_cut is what bash has cut off from the last one: no answer repeats it.
_nstools_read_words() {
	local i word joined=''
	_nstools_words=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ ${#_nstools_words[@]} -gt 0 && $word && ($joined || $word == [=:]*) ]]; then
			_nstools_words[-1]+=$word
		else
			_nstools_words+=("$word")
		fi
		joined=''
		[[ $word != *[=:] || $COMP_WORDBREAKS != *"${word: -1}"* ]] || joined=1
	done
	_nstools_word=${_nstools_words[-1]}
	unset '_nstools_words[-1]'
	[[ $word != [=:]* ]] || word=''
	_nstools_cut=${_nstools_word%"$word"}
}

# Read what the program lists: its commands ("+" before the synopsis: the first operand ends the options) and its
# own options, or a command's options.
_nstools_read_list() { # program, command or nothing
	local line first second third
	_nstools_arguments=() _nstools_options=() _nstools_commands=()
	while read -r line; do
		IFS=$'\x1f' read -r first second third _ <<<"${line//$'\t'/$'\x1f'}"
		case $first in
		--*)
			_nstools_options+=("$first")
			_nstools_arguments[$first]=$third
			[[ ! $second ]] || _nstools_arguments[$second]=$third
			;;
		*) _nstools_commands[$first]=$third$second ;;
		esac
	done < <("$1" --list-options ${2+"$2"} 2>/dev/null)
}

# Is the argument of this word in the next one? "-qb", "--bundle", but not "--bundle=x", "-bx" and "--quiet".
_nstools_wants() {
	local i argument
	case $1 in
	--*=* | - | --) return 1 ;;
	--*) argument=${_nstools_arguments[$1]-} ;;
	-*)
		for ((i = 1; i < ${#1}; i++)); do
			argument=${_nstools_arguments[-${1:i:1}]-}
			[[ ! $argument || $argument == \[* ]] || break
		done
		[[ $i -ge $((${#1} - 1)) ]] || return 1
		;;
	*) return 1 ;;
	esac
	[[ $argument && $argument != \[* ]]
}

# Files (or, with -d, directories), behind what stands before the last ":" or ",".
_nstools_files() { # what bash gives files by, the text so far
	local before=
	[[ $2 != *[:,]* ]] || before=${2%"${2##*[:,]}"}
	mapfile -t COMPREPLY < <(compgen -P "$before" "$1" -- "${2#"$before"}")
	[[ ! ${COMPREPLY[*]} ]] || compopt -o filenames 2>/dev/null || :
}

_nstools_signals() { # the text so far
	local names
	names=$(compgen -A signal SIG)
	[[ $1 == SIG* ]] || names=${names//SIG/}
	mapfile -t COMPREPLY < <(compgen -W "$names" -- "$1")
}

# Capabilities, behind what stands before the last "," or sign; as capitals or without CAP_, as typed.
_nstools_capabilities() { # the text so far
	local before=${1%"${1##*[,+-]}"} names
	names=$("$program" list --quiet 2>/dev/null)
	[[ ${1##*[,+-]} == [A-Z]* ]] || names=$(tr '[:upper:]' '[:lower:]' <<<"all ${names//CAP_/}")
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$names" -- "${1##*[,+-]}")
}

# What may stand for an argument, by what --help calls it: "DIR", "text|json", "private|host|PATH", "[BOOL]".
_nstools_argument() { # its name, the text so far
	local word words=() choices=()
	case $1 in
	*SIGNAL*) _nstools_signals "$2" ;;
	SET) _nstools_capabilities "$2" ;;
	USER*) mapfile -t COMPREPLY < <(compgen -u -- "$2") ;;
	GROUP*) mapfile -t COMPREPLY < <(compgen -g -- "$2") ;;
	'[BOOL]') words=(true false) ;;
	DIR* | *UPPER*) _nstools_files -d "$2" ;;
	*FILE* | *PATH* | SOURCE* | DEVICE*) _nstools_files -f "$2" ;;
	esac
	[[ $1 != *'|'* ]] || IFS='|' read -ra choices <<<"${1//[][]/}"
	for word in "${choices[@]}"; do
		[[ $word == *[A-Z:]* ]] || words+=("$word")
	done
	[[ ${#words[@]} -eq 0 ]] || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "${words[*]}" -- "$2")
}

# nsinit knows the containers of all programs.
_nstools_containers() { # program and its own options
	local nsinit=$1
	shift
	[[ ${nsinit##*/} == nsinit ]] || nsinit=nsinit
	mapfile -t COMPREPLY < <(compgen -W "$("$nsinit" "$@" list --quiet 2>/dev/null)" -- "$_nstools_word")
}

# nscgroup's operands: keys (with "=" where a value follows), groups, what devices does. False for any other.
_nstools_nscgroup_operand() { # its kind, the program and its own options
	local kind=$1 words=()
	shift
	case $kind in
	*KEY=VALUE*) mapfile -t words < <("$1" keys set 2>/dev/null | sed 's/$/=/') ;;
	*KEY*) mapfile -t words < <("$1" keys 2>/dev/null) ;;
	*TARGET*) mapfile -t words < <(echo self; "$@" list --quiet 2>/dev/null; nsinit list --quiet 2>/dev/null) ;;
	*PATH*) mapfile -t words < <("$@" list --quiet 2>/dev/null) ;;
	'[list|allow|deny]') words=(list allow deny) ;;
	*) return 1 ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$_nstools_word")
	[[ $kind != *KEY=* ]] || compopt -o nospace 2>/dev/null || :
}

# The n-th operand by the command's synopsis, "[OPTIONS] ID [SIGNAL]" or "[ID] [-- COMMAND [ARGUMENT...]]".
_nstools_operand() { # synopsis, n, program and its own options
	local kinds kind n=$2 synopsis=$1
	shift 2
	synopsis=${synopsis#+}
	read -ra kinds <<<"${synopsis#"[OPTIONS]"}"
	kind=${kinds[n]-}
	[[ $kind || ! ${kinds[*]} || ${kinds[-1]} != *...* ]] || kind=${kinds[-1]}
	[[ ${1##*/} != nscgroup ]] || ! _nstools_nscgroup_operand "$kind" "$@" || return 0
	case $kind in
	*SIGNAL*) _nstools_signals "$_nstools_word" ;;
	SET*) _nstools_capabilities "$_nstools_word" ;;
	'[CAPABILITIES]')
		_nstools_files -f "$_nstools_word"
		kinds=("${COMPREPLY[@]}")
		_nstools_capabilities "$_nstools_word"
		COMPREPLY+=("${kinds[@]}")
		;;
	'get|set|remove') mapfile -t COMPREPLY < <(compgen -W "${kind//|/ }" -- "$_nstools_word") ;;
	FIRST | SECOND | *PATH*) _nstools_files -f "$_nstools_word" ;;
	*ID* | *TARGET*) _nstools_containers "$@" ;;
	*COMMAND* | *ARGUMENT* | *FILE*) _nstools_files -f "$_nstools_word" ;;
	esac
}

# Walk over the words: which command, how many operands, whether options are over, which one waits for its argument,
# and the program's own --root.
_nstools_walk() { # program
	local word
	for word in "${_nstools_words[@]}"; do
		if [[ $_nstools_waits ]]; then
			[[ $_nstools_waits != --root || $_nstools_command ]] || _nstools_root=(--root "$word")
			_nstools_waits=''
		elif [[ ! $_nstools_over && $word == -- ]]; then
			_nstools_over=1
		elif [[ ! $_nstools_over && $word == -?* ]]; then
			[[ $word != --root=* || $_nstools_command ]] || _nstools_root=("$word")
			! _nstools_wants "$word" || _nstools_waits=$word
		elif [[ ! $_nstools_command && ${#_nstools_commands[@]} -gt 0 ]]; then
			_nstools_command=$word _nstools_synopsis=${_nstools_commands[$word]-}
			_nstools_read_list "$1" "$word"
		else
			_nstools_count=$((_nstools_count + 1))
			[[ $_nstools_synopsis != +* ]] || _nstools_over=1
		fi
	done
}

# An option, or behind its "=" the argument.
_nstools_option() {
	local option=${_nstools_word%%=*}
	if [[ $_nstools_word == --*=* ]]; then
		_nstools_argument "${_nstools_arguments[$option]-}" "${_nstools_word#*=}"
		COMPREPLY=("${COMPREPLY[@]/#/"$option="}")
		return
	fi
	for option in "${_nstools_options[@]}"; do
		[[ $option != "$_nstools_word"* ]] || COMPREPLY+=("$option")
	done
}

_nstools_complete() {
	local _nstools_word _nstools_words _nstools_cut _nstools_options _nstools_synopsis='' _nstools_command=''
	local _nstools_count=0 _nstools_waits='' _nstools_over='' _nstools_root=() program=${1/#\~\//$HOME/}
	local -A _nstools_arguments _nstools_commands
	COMPREPLY=()
	_nstools_read_words
	_nstools_read_list "$program"
	_nstools_walk "$program"
	if [[ $_nstools_waits == --* ]]; then
		_nstools_argument "${_nstools_arguments[$_nstools_waits]}" "$_nstools_word"
	elif [[ $_nstools_waits ]]; then
		_nstools_argument "${_nstools_arguments[-${_nstools_waits: -1}]}" "$_nstools_word"
	elif [[ $_nstools_over && $_nstools_synopsis == *'[--'* ]]; then
		_nstools_files -f "$_nstools_word"
	elif [[ ! $_nstools_over && $_nstools_word == -* ]]; then
		_nstools_option
	elif [[ ! $_nstools_command && ${#_nstools_commands[@]} -gt 0 ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${!_nstools_commands[*]}" -- "$_nstools_word")
	else
		_nstools_operand "$_nstools_synopsis" "$_nstools_count" "$program" "${_nstools_root[@]}"
	fi
	COMPREPLY=("${COMPREPLY[@]#"$_nstools_cut"}")
}

complete -F _nstools_complete @PROGRAM@
