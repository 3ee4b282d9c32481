# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of the man pages are run as they stand there: tests/tool/man.bash says how.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

load ../man

setup_file() {
	file_begin
	man_begin
}

teardown() { man_clean; }

@test "the examples of nsinit(8)" {
	page_test nsinit.8 20
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
