# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of the man pages are run as they stand there: what begins with "# " by root, with "$ " by a user, in a
# directory with a rootfs; a display that begins with "{" is the file that the text before it names last. Each must
# succeed and print what the page shows, where "..." stands for anything, several spaces for one, and a line that
# begins with a tab goes on with the one before.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

# Containers of the examples get a state root and cgroups of our own, in place of /run/nsinit and /nsinit-ID.
setup_file() {
	file_begin
	mkdir -p "$FILE_DIR/bin"
	cat >"$FILE_DIR/bin/nsinit" <<-END
		#!/bin/bash
		[ "\$(id -u)" -eq 0 ] || exec "$NSINIT" "\$@"
		case \$1 in
		run | create) exec "$NSINIT" --root "$STATE" "\$1" --cgroup "/$CGROUP/\$\$" "\${@:2}" ;;
		*) exec "$NSINIT" --root "$STATE" "\$@" ;;
		esac
	END
	printf '#!/bin/sh\nexec "%s" --state-root "%s" "$@"\n' "$NSENTER" "$STATE" >"$FILE_DIR/bin/nsenter"
	chmod 755 "$FILE_DIR/bin/nsinit" "$FILE_DIR/bin/nsenter"
}

# What an example that failed has left must not fail the next.
teardown() {
	nsinit list --quiet | xargs -r "$NSINIT" --root "$STATE" delete --force
}

# run_command AS COMMAND: its output in $said.
run_command() {
	local as=()
	[ "$1" = '#' ] || as=(as_user)
	# To a file: a detached container keeps its standard output open.
	PATH=$FILE_DIR/bin:$PATH "${as[@]}" bash -o pipefail -c "$2" >"$TEST_DIR/said" 2>&1 </dev/null 3>&-
	local status=$?
	said=$(<"$TEST_DIR/said")
	return $status
}

# expect_lines SHOWN: what was said, line by line.
expect_lines() {
	local shown said_lines i
	mapfile -t shown <<<"$1"
	mapfile -t said_lines <<<"$(sed -E 's/ +/ /g; s/^ //' <<<"$said")"
	[ ${#shown[@]} -eq ${#said_lines[@]} ] || return 1
	for i in "${!shown[@]}"; do
		shown[i]=$(sed -e 's/[][*?\\]/\\&/g' -e 's/ *\.\.\. */*/g' -e 's/  */ /g; s/^ //' <<<"${shown[i]}")
		# shellcheck disable=SC2053 # a pattern
		[[ ${said_lines[i]} == ${shown[i]} ]] || return 1
	done
}

finish_command() {
	[[ $command ]] || return 0
	count=$((count + 1))
	if ! run_command "$as" "$command" || ! expect_lines "$shown"; then
		printf '%s\n' "in $page: $command" "the page shows:" "$shown" "it printed:" "$said" >&2
		return 1
	fi
	command='' shown='' as=''
}

# A line of a display with commands: a new one, more of one, or what it prints.
command_line() {
	if [[ $1 == [#$]' '* ]]; then
		finish_command || return 1
		as=${1:0:1} command=${1:2} open=''
	elif [[ $open ]]; then
		command+=$'\n'$1
	elif [[ $1 == $'\t'* ]]; then
		shown+=" ${1#?}"
	else
		shown+=${shown:+$'\n'}$1
	fi
	[[ ($open || $1 == "${as:-#} "*) && ($1 == *'\' || $1 == *'|') ]] && open=1 || open=''
}

# run_page PAGE: its EXAMPLES; $count of them.
run_page() {
	local page=$1 line part='' file='' display='' open=''
	command='' shown='' as='' count=0
	while IFS= read -r line; do
		line=${line//\\e/\\} line=${line//\\&/}
		case $line in
		.Sh*) [[ $line == *EXAMPLES ]] && part=1 || part='' ;;
		.Pa*) read -r _ file _ <<<"$line" ;;
		.Bd*) display=${part:+new} ;;
		.Ed) finish_command && display='' || return 1 ;;
		{) [[ $display == new ]] && display=file && : >"$file" ;;&
		*) case $display in
			file) printf '%s\n' "${line//1000/4321}" >>"$file" ;;
			new | commands) display=commands && command_line "$line" || return 1 ;;
			esac ;;
		esac
	done <"$NSTOOLS_SOURCE/man/$page"
}

page_test() {
	needs_root
	cp -a "$ROOTFS" rootfs
	mkdir rootfs/srv
	chmod 755 . rootfs
	set +T # bats traces every command, and the pages are long
	run_page "$1"
	set -T
	[ "$count" -ge "$2" ]
}

@test "the examples of nsinit(8)" {
	page_test nsinit.8 20
}

@test "the examples of nsenter(1)" {
	page_test nsenter.1 7
}

@test "the examples of nsinit-spec(5)" {
	page_test nsinit-spec.5 6
}

@test "the examples of nstools(7)" {
	page_test nstools.7 6
}

@test "an example that fails or prints something else is found" {
	local NSTOOLS_SOURCE=$TEST_DIR
	mkdir man
	printf '.Sh EXAMPLES\n.Bd -literal\n%s\n.Ed\n' $'# echo one\nother' >man/other
	printf '.Sh EXAMPLES\n.Bd -literal\n%s\n.Ed\n' '# echo one; false' >man/fails
	printf '.Sh EXAMPLES\n.Bd -literal\n%s\n.Ed\n' $'# echo one |\n\tcat; echo "and *"\no ... e\nand *' >man/good
	run run_page other
	expect_status 1
	expect_text "in other: echo one" "the page shows:" other "it printed:" one
	run run_page fails
	expect_status 1
	expect_text "in fails: echo one; false"
	run_page good
	[ "$count" -eq 1 ]
}
