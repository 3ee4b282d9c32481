# SPDX-License-Identifier: GPL-2.0-or-later
# devices: v1's files, or a program on v2 that is replaced in one step and listed back as rules.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

setup() {
	group_begin
	nscgroup create "$G"
}

# in_group COMMAND...: as a process of the group.
in_group() {
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$(group_dir devices)" "$@"
}

@test "devices: everything, until rules say otherwise" {
	run -0 nscgroup devices "$G"
	expect_output "allow a *:* rwm"
	nscgroup devices "$G" deny a
	nscgroup devices "$G" allow c 1:3 rw
	nscgroup devices "$G" allow "/dev/zero r"
	run -0 nscgroup devices "$G" list
	expect_output $'deny a *:* rwm\nallow c 1:3 rw\nallow c 1:5 r'
	run -0 nscgroup devices --json "$G"
	jq -e '. == [{"allow": false, "type": "a", "major": null, "minor": null, "access": "rwm"},
		{"allow": true, "type": "c", "major": 1, "minor": 3, "access": "rw"},
		{"allow": true, "type": "c", "major": 1, "minor": 5, "access": "r"}]' <<<"$output"
	# And so it is.
	in_group sh -c 'echo >/dev/null'
	in_group head -c 1 /dev/zero >/dev/null
	run in_group sh -c 'exec 7>/dev/zero'
	[ "$status" -ne 0 ]
	expect_text "Operation not permitted"
	run in_group head -c 1 /dev/urandom
	expect_text "Operation not permitted"
	nscgroup devices "$G" deny "c 1:3 w"
	run in_group sh -c 'exec 7>/dev/null'
	expect_text "Operation not permitted"
	run -0 nscgroup devices "$G"
	expect_text "allow c 1:5 r"
	nscgroup devices "$G" allow a
	run -0 nscgroup devices "$G"
	expect_output "allow a *:* rwm"
	in_group head -c 1 /dev/urandom >/dev/null
}

@test "devices: on v2 the rules stand in their order, one program at a time" {
	needs_unified
	needs_strace
	nscgroup devices "$G" deny "b 8:* rwm"
	nscgroup devices "$G" allow "b 8:0 r"
	nscgroup devices "$G" allow "b 8:0 r"
	run -0 nscgroup devices "$G"
	expect_output $'deny b 8:* rwm\nallow b 8:0 r'
	# What a later rule covers is left out.
	nscgroup devices "$G" deny "b *:* rwm"
	run -0 nscgroup devices "$G"
	expect_output "deny b *:* rwm"
	# There is no moment between the old program and the new one.
	strace -o trace -e trace=bpf "$NSCGROUP" devices "$G" allow "b 8:0 r"
	[ "$(grep -c 'BPF_PROG_ATTACH' trace)" -eq 1 ]
	grep -q 'BPF_F_REPLACE' trace
	! grep -q 'BPF_PROG_DETACH' trace
	# As wide as rules get.
	for i in {1..40}; do
		echo "c 250:$i rwm"
	done | while read -r rule; do nscgroup devices "$G" allow "$rule"; done
	run -0 nscgroup devices "$G"
	[ ${#lines[@]} -eq 42 ]
}

@test "devices: a container's" {
	container_start '.linux.resources.devices = [{"allow": false, "access": "rwm"},
		{"allow": true, "type": "c", "major": 10, "minor": 200, "access": "rw"}]'
	run -0 nscgroup devices "$ID"
	[ "${lines[0]}" = "deny a *:* rwm" ]
	expect_text "allow c 10:200 rw" "allow c 1:3 rwm"
	nscgroup devices "$ID" allow "c 10:201 r"
	run -0 nscgroup devices "$ID"
	expect_text "allow c 10:201 r"
	nsinit delete --force "$ID"
}

@test "devices: wrong rules change nothing" {
	nscgroup devices "$G" deny a
	local row
	while IFS='|' read -r row text; do
		# shellcheck disable=SC2086 # words
		run -2 nscgroup devices "$G" $row
		expect_text "$text"
	done <<-'END'
		allow|expected a rule, found ""
		allow c|expected a rule, found "c"
		allow c 1:3|expected a rule, found "c 1:3"
		allow c 1:3 x|expected a rule, found "c 1:3 x"
		allow x 1:3 r|expected a rule
		allow c 1 r|expected a rule
		allow c -1:3 r|unknown option
		allow /etc/passwd r|/etc/passwd is no device
		permit c 1:3 r|expected list, allow or deny, found "permit"
		list all|unexpected "all" behind list
	END
	run nscgroup devices "$G" allow /dev/nothing r
	[ "$status" -ne 0 ]
	expect_text "stat /dev/nothing: No such file or directory"
	run -0 nscgroup devices "$G"
	expect_output "deny a *:* rwm"
}
