# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of nsenter(1): see tests/tool/man.bash.
load ../helper
load ../man
load nsenter

setup_file() {
	file_begin
	man_begin
	# It finds the containers of the examples.
	rm "$FILE_DIR/bin/nsenter"
	printf '#!/bin/sh\nexec "%s" --state-root "%s" "$@"\n' "$NSENTER" "$STATE" >"$FILE_DIR/bin/nsenter"
	chmod 755 "$FILE_DIR/bin/nsenter"
}

teardown() { man_clean; }

@test "the examples of nsenter(1)" {
	page_test nsenter.1 12
}
