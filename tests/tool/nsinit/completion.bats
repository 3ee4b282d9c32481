# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion: the script that is installed, asked as bash asks it.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

setup() {
	test_begin
	# shellcheck disable=SC1091 # made by the build
	source "$NSTOOLS_BUILD/tools/completion/nsinit"
}

# complete_line LINE: what is offered at the end of the line, in $COMPREPLY. Bash cuts words at spaces, and in front of
# and behind "=" and ":"; so do we. No process is started here: that is slow in the test kernels.
complete_line() {
	local line=$1 COMP_CWORD COMP_WORDS=() COMP_WORDBREAKS=${BREAKS-$' \t\n"\'><=;|&(:'} word='([^=: ]+|[=:]+)'
	[[ $COMP_WORDBREAKS == *=* ]] || word='([^ ]+)'
	while [[ $line =~ ^\ *$word ]]; do
		COMP_WORDS+=("${BASH_REMATCH[1]}")
		line=${line#"${BASH_REMATCH[0]}"}
	done
	[[ ! $line ]] || COMP_WORDS+=("")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	set +T # bats traces every command: ten times as slow
	_nstools_complete "$NSINIT" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	set -T
}

# offers_also LINE WORD...: these, perhaps among others.
offers_also() {
	local line=$1 word offered
	shift
	complete_line "$line"
	offered=" ${COMPREPLY[*]} "
	for word; do
		[[ $offered == *" $word "* ]] || { echo "at \"$line\" no $word in: $offered" >&2; return 1; }
	done
}

# offers LINE WORD...: exactly these.
offers() {
	offers_also "$@"
	[ ${#COMPREPLY[@]} -eq $(($# - 1)) ] || { echo "at \"$1\" more than asked for: ${COMPREPLY[*]}" >&2; return 1; }
}

@test "completion: the script is nsinit's" {
	run -0 complete -p nsinit
	expect_output "complete -F _nstools_complete nsinit"
}

@test "completion: commands, all that --help lists" {
	local commands
	mapfile -t commands < <("$NSINIT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
	[ ${#commands[@]} -gt 15 ]
	offers "nsinit " "${commands[@]}"
	offers "nsinit --debug --root /x --log-format=json sta" start state stats
	offers "nsinit zz"
}

@test "completion: options, all that --help lists, before and behind the command" {
	local options
	for command in "" run exec kill features; do
		mapfile -t options < <("$NSINIT" ${command:+"$command"} --help |
			sed -nE 's/^  (-.,|   ) (--[a-z-]+).*/\2/p')
		[ ${#options[@]} -gt 0 ]
		offers "nsinit ${command:+"$command "}--" "${options[@]}"
		[[ $command ]] || [ ${#options[@]} -gt 5 ]
	done
	offers "nsinit list --qu" --quiet
	offers "nsinit run ID --bun" --bundle
	offers "nsinit nonsense --"
}

@test "completion: words that an option takes" {
	offers "nsinit --log-format " text json
	offers "nsinit --cgroup-manager s" systemd
	offers "nsinit list -f " json table
	offers "nsinit list -qf j" json
	offers "nsinit list --format=" json table
	offers "nsinit list --format=t" table
	offers "nsinit --rootless=t" true
	offers "nsinit run --tty=" true false
	offers "nsinit run --memory "
	offers "nsinit run --memory-swappiness "
}

@test "completion: without = and : among the characters that end a word" {
	BREAKS=$' \t\n'
	touch one
	offers "nsinit list --format=t" --format=table
	offers "nsinit run --bind /x:on" /x:one
	offers "nsinit run --bind=/x:on" --bind=/x:one
}

@test "completion: files and directories" {
	mkdir dir
	touch dot dir/file
	offers "nsinit run --bundle d" dir
	offers "nsinit run -b d" dir
	offers "nsinit run --spec d" dir dot
	offers "nsinit run --spec=dir/" dir/file
	offers "nsinit run --bind /x:d" dir dot
	offers "nsinit run --net p" private
	offers "nsinit run --net d" dir dot
	offers "nsinit run web -- d" dir dot
	offers "nsinit exec web d" dir dot
	offers "nsinit exec web ls -"
	offers "nsinit exec --user 0:0 -e A=b web d" dir dot
	offers "nsinit run -b"
}

@test "completion: containers and signals" {
	container_start
	local first=$ID
	container_start
	offers "nsinit --root $STATE state " "$first" "$ID"
	offers "nsinit --root=$STATE stop x ${ID%?}" "$ID"
	offers "nsinit --root $STATE --debug kill --all $first KIL" KILL
	offers "nsinit --root $STATE kill $first SIGUSR" SIGUSR1 SIGUSR2
	offers_also "nsinit kill x " TERM HUP RTMIN+1
	offers "nsinit --root $STATE kill $first TERM "
	offers "nsinit stop --signal INT" INT
	offers "nsinit --root $STATE exec -u 0:0 ${ID%?}" "$ID"
	offers "nsinit --root $STATE list "
	offers "nsinit --root $FILE_DIR/nowhere state "
	[ ! -e "$FILE_DIR/nowhere" ]
	nsinit delete --force "$first" "$ID"
}
