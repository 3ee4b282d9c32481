# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of nscgroup(1) are run as they stand there: tests/tool/man.bash says how.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../man
load ../nscgroup

# The groups of the examples are below ours.
setup_file() {
	file_begin
	man_begin
	rm "$FILE_DIR/bin/nscgroup"
	cat >"$FILE_DIR/bin/nscgroup" <<-END
		#!/bin/bash
		set -o pipefail
		{ "$NSCGROUP" "\${@/#\/jobs//$CGROUP/jobs}" 2>&1 >&3 | sed 's|/$CGROUP||g' >&2; } 3>&1 | sed 's|/$CGROUP||g'
		exit \${PIPESTATUS[0]}
	END
	chmod 755 "$FILE_DIR/bin/nscgroup"
}

@test "the examples of nscgroup(1)" {
	needs_controller memory
	needs_controller pids
	page_test nscgroup.1 18
}
