# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Examples of man pages, run as they stand there: `load ../helper`, then `load ../man`. What begins with "# " is run by
# root, with "$ " by a user, in a directory with a rootfs; a display that begins with "{" is the file that the text before
# it names last. Each must succeed and print what the page shows, where "..." stands for anything, several spaces for
# one, and a line that begins with a tab goes on with the one before.
# shellcheck disable=SC2154 # the helper's variables

# From setup_file: our programs in $FILE_DIR/bin. Containers of the examples get a state root and cgroups of our own, in
# place of /run/nsinit and /nsinit-ID.
man_begin() {
	local program
	mkdir -p "$FILE_DIR/bin"
	for program in "$NSENTER" "$NSCGROUP" "$NSCAPS" "$NSNET"; do
		ln -s "$program" "$FILE_DIR/bin/"
	done
	cat >"$FILE_DIR/bin/nsinit" <<-END
		#!/bin/bash
		[ "\$(id -u)" -eq 0 ] || exec "$NSINIT" "\$@"
		case \$1 in
		run | create) exec "$NSINIT" --root "$STATE" "\$1" --cgroup "/$CGROUP/\$\$" "\${@:2}" ;;
		*) exec "$NSINIT" --root "$STATE" "\$@" ;;
		esac
	END
	chmod 755 "$FILE_DIR/bin/nsinit"
}

# From teardown: what an example that failed has left must not fail the next.
man_clean() {
	nsinit list --quiet | xargs -r "$NSINIT" --root "$STATE" delete --force
}

# run_command AS COMMAND: its output in $said.
run_command() {
	local other=()
	[ "$1" = '#' ] || other=(as_user)
	# To a file: a detached container keeps its standard output open.
	PATH=$FILE_DIR/bin:$PATH "${other[@]}" bash -o pipefail -c "$2" >"$TEST_DIR/said" 2>&1 </dev/null 3>&-
	local status=$?
	said=$(<"$TEST_DIR/said")
	return $status
}

# expect_lines SHOWN: what was said, line by line.
expect_lines() {
	local expected said_lines i
	mapfile -t expected <<<"$1"
	mapfile -t said_lines <<<"$(sed -E 's/ +/ /g; s/^ //' <<<"$said")"
	[ ${#expected[@]} -eq ${#said_lines[@]} ] || return 1
	for i in "${!expected[@]}"; do
		expected[i]=$(sed -e 's/[][()*?\\]/\\&/g' -e 's/ *\.\.\. */*/g' -e 's/  */ /g; s/^ //' <<<"${expected[i]}")
		# shellcheck disable=SC2053 # a pattern
		[[ ${said_lines[i]} == ${expected[i]} ]] || return 1
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
		'{') [[ $display == new ]] && display='file' && : >"$file" ;;&
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

# page_words PAGE FROM TO...: the words marked as .Li between the lines FROM and TO, which are regular expressions;
# another pair may follow. What --json prints has its members' names there.
page_words() {
	local page=$1
	shift
	while [ $# -gt 1 ]; do
		awk -v from="$1" -v to="$2" 'on && $0 ~ to { exit } on && /^\.(It |Pq )?Li / { print } $0 ~ from { on = 1 }' \
			"$NSTOOLS_SOURCE/man/$page"
		shift 2
	done | sed -E '/\\\(dq/d; s/^\.(It |Pq )?Li //' | tr -s ' ,.()' '\n' | grep -x '[a-z][A-Za-z0-9]*' | sort -u
}

# json_words [FILTER]: the names of all members of the JSON values on standard input, at every depth.
json_words() { jq -r "${1-.} | .. | objects | keys_unsorted[]" | sort -u; }

# expect_words SAID DOCUMENTED [ABSENT...]: what is printed is documented, and what is documented is printed, but for
# ABSENT, which this test cannot always bring about. SAID and DOCUMENTED have a word a line.
expect_words() {
	local said documented
	said=$(sort -u <<<"$1") documented=$(sort -u <<<"$2")
	shift 2
	[ -n "$said" ] && [ -n "$documented" ] || { echo "nothing printed, or nothing documented" >&2; return 1; }
	diff <(comm -23 <(echo "$said") <(echo "$documented")) /dev/null || { echo "(printed, not documented)"; return 1; } >&2
	diff <(comm -13 <(echo "$said") <(echo "$documented") | grep -vxF -f <(printf '%s\n' - "$@")) /dev/null || {
		echo "(documented, not printed)"
		return 1
	} >&2
}
