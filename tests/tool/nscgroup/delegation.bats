# SPDX-License-Identifier: GPL-2.0-or-later
# An ordinary user in a delegated subtree of v2: all that the kernel allows works, and what it refuses is named.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

# $G is the user's: a group without processes, and $G/shell in it, where their commands run.
setup() {
	group_begin
	local file
	D=$(group_dir unified)
	nscgroup create "$G/shell"
	for file in "$D" "$D/shell"; do
		chown 4321 "$file" "$file"/cgroup.{procs,subtree_control,threads}
	done
	chown 4321 .
}

# user COMMAND...: nscgroup as the user, from $G/shell.
user() {
	(
		echo "$BASHPID" >"$D/shell/cgroup.procs"
		as_user "$@"
	)
}

@test "delegation: create, limit, fill, freeze, kill and delete" {
	user "$NSCGROUP" create "$G/job"
	[ "$(stat -c %u "$D/job")" -eq 4321 ]
	if cgroup_is_unified; then
		user "$NSCGROUP" set "$G/job" memory.max=64M pids.max=9 cpu.weight=50
		run -0 user "$NSCGROUP" get "$G/job" memory.max pids.max cpu.weight
		expect_output $'memory.max=64M\npids.max=9\ncpu.weight=50'
	else
		user "$NSCGROUP" set "$G/job" hugetlb.2MB.max=4M cgroup.max.depth=3
		run -0 user "$NSCGROUP" get "$G/job" hugetlb.2MB.max cgroup.max.depth
		expect_output $'hugetlb.2MB.max=4M\ncgroup.max.depth=3'
	fi
	run -0 user sh -c 'sleep 300 </dev/null >/dev/null 2>&1 3>&- & "$0" attach "$1/job" $! && "$0" freeze "$1/job" &&
		"$0" list --json "$1/job" && "$0" thaw "$1/job" && "$0" kill "$1/job"' "$NSCGROUP" "$G"
	jq -e '.[0].processes == 1 and .[0].frozen' <<<"$output"
	user "$NSCGROUP" delete "$G/job"
	[ ! -d "$D/job" ]
}

@test "delegation: run below the own group, and beside it" {
	run -0 user "$NSCGROUP" run sh -c 'sed -n "s/^0:://p" /proc/self/cgroup'
	[[ $output == "$G/shell/nscgroup-"* ]]
	[ ! -d "/sys/fs/cgroup/$output" ]
	if cgroup_is_unified; then
		run -0 user "$NSCGROUP" run --name "$G/job" memory.max=64M -- "$NSCGROUP" get self memory.max
		expect_output memory.max=64M
		[ ! -d "$D/job" ]
		# Below a group with processes there are no controllers.
		run -125 user "$NSCGROUP" run memory.max=64M -- true
		expect_text "cgroup.subtree_control" "has processes of its own" "no internal processes"
	fi
	run -0 find "$D" -name 'nscgroup-*'
	expect_output ""
}

@test "delegation: what is refused is named, and nothing has changed" {
	local parent=/$CGROUP
	run -1 user "$NSCGROUP" create "$parent/other"
	expect_text "mkdir $(dirname "$D")/other" "Permission denied"
	run -1 user "$NSCGROUP" set "$G" cgroup.max.depth=2
	expect_text "write $D/cgroup.max.depth: Permission denied" "not delegated to this user"
	run -1 user "$NSCGROUP" attach "$G" $$
	expect_text "attach process $$ to "
	nscgroup create "$parent/roots"
	sleep_in "$parent/roots"
	run -1 user "$NSCGROUP" kill "$parent/roots"
	expect_text "write \"1\" to $(dirname "$D")/roots/cgroup.kill: Permission denied"
	run -1 user "$NSCGROUP" freeze "$parent/roots"
	expect_text "write \"1\" to $(dirname "$D")/roots/cgroup.freeze: Permission denied"
	kill -0 "$SLEEPER"
	nscgroup kill "$parent/roots"
	run -1 user "$NSCGROUP" delete "$parent/roots"
	expect_text "rmdir " "/roots: Permission denied"
	nscgroup delete "$parent/roots"
	run -1 user "$NSCGROUP" devices "$G/shell" deny a
	if cgroup_is_unified; then
		expect_text "bpf(BPF_PROG_LOAD) the device rules of $D/shell: Operation not permitted" "CAP_BPF"
	else
		expect_text "devices.deny: Permission denied"
	fi
	run -0 user "$NSCGROUP" show "$G/shell"
	run -0 user "$NSCGROUP" stat --json "$G/shell"
	run -0 user "$NSCGROUP" list "$G"
}
