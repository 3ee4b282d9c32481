# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of the man page are run as they stand there: tests/tool/man.bash says how. On a host of their own.
load ../helper
load ../man
load nsnet

setup_file() {
	file_begin
	man_begin
}

run_command() {
	PATH=$FILE_DIR/bin:$PATH nsenter --target "$HOST" --net --mount --wdns="$PWD" -- bash -o pipefail -c "$2" \
		>"$TEST_DIR/said" 2>&1 </dev/null 3>&-
	local status=$?
	# shellcheck disable=SC2034 # man.bash's
	said=$(<"$TEST_DIR/said")
	return $status
}

@test "the examples of nsnet(8)" {
	page_test nsnet.8 10
}
