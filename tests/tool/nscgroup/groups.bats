# SPDX-License-Identifier: GPL-2.0-or-later
# create, delete, list and show: a group is one, in all hierarchies.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../nscgroup

# Where there is a directory of that path, one a line.
places() {
	local mount
	cgroup_mounts | while read -r mount; do
		[ ! -d "$mount$1" ] || echo "$mount"
	done
}

@test "create: in every hierarchy, with its controllers enabled down the path" {
	nscgroup create "$G/a/b"
	[ "$(places "$G/a/b")" = "$(cgroup_mounts)" ]
	[ "$(stat -c %a "$(group_dir unified "$G/a/b")")" = 755 ]
	! cgroup_is_unified || [ "$(<"/sys/fs/cgroup$G/a/b/cgroup.controllers")" = "$(</sys/fs/cgroup/cgroup.controllers)" ]
	run -1 nscgroup create "$G/a/b"
	expect_text "nscgroup: $G/a/b: the group exists already" "\"nscgroup set\" changes its limits"
	nscgroup create "$G/a/c" pids.max=5
	run -0 nscgroup get "$G/a/c" pids.max
	expect_output pids.max=5
}

@test "create: only the controllers asked for, and those of the limits" {
	nscgroup create -c pids "$G" memory.max=64M
	if cgroup_is_unified; then
		[ "$(<"/sys/fs/cgroup$G/cgroup.controllers")" = "memory pids" ]
	else
		[ "$(places "$G" | sort)" = $'/sys/fs/cgroup/memory\n/sys/fs/cgroup/pids\n/sys/fs/cgroup/unified' ]
	fi
	run -1 nscgroup create -c nothing "$G/x"
	expect_text "no cgroup hierarchy of this host has the nothing controller"
}

@test "create: a failure leaves nothing behind" {
	run nscgroup create "$G/a/b" memory.max=64M cpu.max=20000 cpu.max.burst=1h
	expect_status 1
	expect_text "Invalid argument"
	run -0 places "$G"
	expect_output ""
	run -2 nscgroup create "$G/a" memory.max=64M pids.max=x
	expect_text "pids.max: expected a number or max"
	run -2 nscgroup create "$G/a" memory.maxi=64M
	expect_text "did you mean memory.max?"
	run -2 nscgroup create web
	expect_text "web: expected the path of a group, which begins with a slash"
	run nscgroup create "$G/../x"
	expect_status 1
	expect_text "\"..\""
	run -0 places "$G"
	expect_output ""
	# What was there stays.
	nscgroup create "$G"
	run nscgroup create "$G/a/b" memory.max=64M cpu.max=20000 cpu.max.burst=1h
	expect_status 1
	[ "$(places "$G")" = "$(cgroup_mounts)" ]
	run -0 places "$G/a"
	expect_output ""
}

@test "delete: empty groups only, -r with those below" {
	nscgroup create "$G/a/b"
	run -1 nscgroup delete "$G"
	expect_text "delete " "$G: has groups below it" "-r removes them too"
	sleep_in "$G/a/b"
	run -1 nscgroup delete -r "$G"
	expect_text "$G: has 1 processes, the first is $SLEEPER" "\"nscgroup kill $G\" ends them"
	[ "$(places "$G/a/b")" = "$(cgroup_mounts)" ]
	nscgroup kill "$G"
	nscgroup delete "$G/a/b"
	run -0 places "$G/a/b"
	expect_output ""
	nscgroup delete -r "$G"
	run -0 places "$G"
	expect_output ""
	run -1 nscgroup delete "$G"
	expect_text "$G: no hierarchy has such a group"
	run -2 nscgroup delete -r /
	expect_text "/: is the root of a hierarchy, which cannot be removed"
	run -2 nscgroup delete self
	expect_text "expected the path of a group"
}

@test "list: the tree, its processes and controllers, as a table and as JSON" {
	nscgroup create "$G/one/two"
	nscgroup create "$G/one-more"
	sleep_in "$G/one/two"
	run -0 nscgroup list "$G"
	[[ ${lines[0]} == GROUP*PROCESSES*STATE*CONTROLLERS ]]
	[[ ${lines[1]} == "$G "*" 0 "*empty*pids* ]]
	[[ ${lines[2]} == "  one "*" 0 "* ]]
	[[ ${lines[3]} == "    two "*" 1 "*active* ]]
	[[ ${lines[4]} == "  one-more "* ]]
	run -0 nscgroup list -q "$G"
	expect_output "$G
$G/one
$G/one/two
$G/one-more"
	run -0 nscgroup list --json -p "$G"
	jq -e --arg g "$G" --argjson pid "$SLEEPER" '[.[] | [.path, .processes, .frozen, .pids]] ==
		[[$g, 0, false, []], [$g + "/one", 0, false, []], [$g + "/one/two", 1, false, [$pid]],
		 [$g + "/one-more", 0, false, []]] and all(.controllers | index("pids"))' <<<"$output"
	run -0 nscgroup list -p "$G"
	expect_text "      $SLEEPER sleep"
	nscgroup freeze "$G/one"
	run -0 nscgroup list -q --frozen "$G"
	expect_output "$G/one"$'\n'"$G/one/two"
	nscgroup thaw "$G/one"
	run -0 nscgroup list -q --frozen "$G"
	expect_output ""
}

@test "list: the number of system calls grows as the number of groups does" {
	needs_strace
	local dir n calls=()
	dir=$(group_dir unified)
	nscgroup create -c pids "$G"
	for n in 0 50 100; do
		[ $n -eq 0 ] || mkdir "$dir"/g-$n-{1..50}
		strace -f -o trace "$NSCGROUP" list "$G" >out
		[ "$(grep -c . out)" -eq $((n + 2)) ]
		calls+=("$(grep -c . trace)")
	done
	echo "${calls[*]}"
	# The second fifty cost what the first did.
	[ $((calls[2] - calls[1])) -le $((calls[1] - calls[0] + 50)) ]
	[ $((calls[2] - calls[1])) -le $((50 * 30)) ]
}

@test "show: every hierarchy, every limit that is set" {
	nscgroup create "$G" memory.max=64M pids.max=7 cpus=0.5
	run -0 nscgroup show "$G"
	expect_text "HIERARCHY" "unified" "processes=0" "frozen=no" memory.max=64M pids.max=7 "cpu.max=50000 100000"
	expect_no_text memory.low io.max cpu.weight
	run -0 nscgroup show --json "$G"
	jq -e --arg g "$G" '.path == $g and .processes == 0 and .frozen == false and
		.limits == {"cpu.max": "50000 100000", "memory.max": 67108864, "pids.max": 7} and
		any(.hierarchies[]; .version == 2 and .path == $g)' <<<"$output"
	run -0 nscgroup show --bytes "$G"
	expect_text memory.max=67108864
}

@test "targets: self, pid:N, a path in each spelling, a container, and nothing" {
	nscgroup create "$G"
	sleep_in "$G"
	for target in "$G" "$G/" "/$G" "pid:$SLEEPER" "$(group_dir pids)"; do
		run -0 nscgroup show --json "$target"
		jq -e --arg g "$G" '.path == $g and .processes == 1' <<<"$output"
	done
	run -0 nscgroup show self
	expect_text HIERARCHY
	run -1 nscgroup show "$G/none"
	expect_text "nscgroup: $G/none: no hierarchy has such a group"
	run -1 nscgroup show pid:4194304
	expect_text "there is no process 4194304"
	run -2 nscgroup show pid:x
	expect_text "expected the number of a process behind \"pid:\""
	run -1 nscgroup show nobody
	expect_text "a group is written with a slash in front: /nobody"
	run -2 nscgroup show ..
	expect_text "begins with a dot"
	container_start '.linux.resources.memory.limit = 67108864'
	run -0 nscgroup get "$ID" memory.max
	expect_output memory.max=64M
	run -0 nscgroup show --json "$ID"
	jq -e --arg id "$ID" '.target == $id and .processes == 1' <<<"$output"
	nscgroup set "$ID" pids.max=12
	run -0 nscgroup get "$ID" pids.max
	expect_output pids.max=12
	nsinit delete --force "$ID"
}

@test "create: the program's usage" {
	run -0 nscgroup --version
	expect_text "nscgroup version"
	run -0 nscgroup --help
	expect_text "Usage: nscgroup [OPTIONS] COMMAND ..." list show devices
	run -2 nscgroup
	expect_text "no command"
	run -2 nscgroup lst
	expect_text "unknown command \"lst\"" "did you mean list?"
	run -2 nscgroup list --jsn
	expect_text "--json"
}
