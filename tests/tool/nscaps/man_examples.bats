#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of nscaps(1) are run as they stand there: tests/tool/man.bash says how.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../man

setup_file() {
	file_begin
	man_begin
	"$NSCAPS" trace -- true >/dev/null 2>"$FILE_DIR/cannot" || :
}

teardown() { man_clean; }

@test "the examples of nscaps(1)" {
	! grep -qE "cannot tell of its capability checks|built without tracing" "$FILE_DIR/cannot" ||
		skip_because "this kernel tells nobody of its capability checks"
	page_test nscaps.1 18
}
