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

@test "what --json prints has the members that nscgroup(1) says" {
	needs_controller memory
	local target=/$CGROUP/json
	json() { page_words nscgroup.1 "^\\.Ss $1\$" '^\.S[sh]'; }
	statistics() { page_words nscgroup.1 '^\.Sh STATISTICS' '^\.Sh DELEGATION'; }
	"$NSCGROUP" create "$target" memory.max=64M
	expect_words "$("$NSCGROUP" list --json -p "$target" | json_words)" "$(json list)"
	expect_words "$("$NSCGROUP" show --json "$target" | json_words 'del(.limits) + {limits: {}}')" "$(json show)"
	expect_words "$("$NSCGROUP" devices --json "$target" | json_words)" "$(json devices)"
	expect_words "$("$NSCGROUP" stat --json "$target" | json_words)" "$(json stat; statistics)" \
		time device readBytes writeBytes reads writes size some full avg10 avg60 avg300 totalUsec
	expect_words "$("$NSCGROUP" run --stats --json --name "$target/run" true 2>&1 | json_words)" "$(json run; statistics)" \
		time device readBytes writeBytes reads writes size some full avg10 avg60 avg300 totalUsec
	"$NSCGROUP" delete "$target"
}
