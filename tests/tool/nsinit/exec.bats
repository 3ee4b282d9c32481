# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# exec: another process in a container. Its ids, environment and status: process.bats; its descriptors:
# descriptors.bats; pausing: pause.bats.
load ../helper

# shellcheck disable=SC2154,SC2016

setup_file() { file_begin_inside; }
# Two that are sleep, not nsinit on its way to be it.
has_two_sleeps() { [ "$(nsinit ps "$ID" | grep 'sleep 300$' | grep -vc exec)" -eq 2 ]; }
# detached PID-FILE ARGUMENT...: exec --detach, its output in the file `out`; bats' `run` would wait for its end.
detached() {
	local file=$1
	shift
	nsinit exec --detach --pid-file "$file" "$@" </dev/null >out 2>&1 3>&- || {
		local code=$?
		cat out >&2
		return "$code"
	}
}
ended() { ! [ -d "/proc/$1" ] || grep -q '^State:.[ZX]' "/proc/$1/status"; }

@test "it is inside: namespaces, root, cgroup; its standard descriptors are ours" {
	local pid name
	keep_start .
	pid=$(nsinit state "$ID" | jq .pid)
	for name in mnt pid uts ipc net cgroup; do
		[ "$(nsinit exec "$ID" readlink "/proc/self/ns/$name")" = "$(readlink "/proc/$pid/ns/$name")" ]
	done
	[ "$(echo in | nsinit exec "$ID" sh -c 'cat; echo error >&2' 2>err)" = in ]
	[ "$(<err)" = error ]
	# As the host tells, not as the cgroup namespace shows.
	detached pid "$ID" sleep 300
	diff <(cut -d: -f2- "/proc/$(<pid)/cgroup") <(cut -d: -f2- "/proc/$pid/cgroup")
}

@test "options end at the id; what is missing or contradictory is named" {
	keep_start .
	run -0 nsinit exec "$ID" echo --detach -u 5 --
	expect_output "--detach -u 5 --"
	run -0 nsinit exec "$ID" -- echo x
	expect_output x
	run -125 nsinit exec
	expect_text "exec: something is missing on the command line"
	run -125 nsinit exec "$ID"
	expect_text "exec"
	run -125 nsinit exec --no-such "$ID" true
	expect_text "--no-such"
}

@test "--process: a process object from a file or from standard input; faults in it are named by place" {
	local process='{args: ["sh", "-c", "echo $A in $PWD; id -u"], cwd: "/tmp", env: ["A=b", "PATH=/bin"], user: {uid: 7, gid: 8}}'
	keep_start .
	jq -n "$process" >p.json
	run -0 nsinit exec --process p.json "$ID"
	expect_output "b in /tmp"$'\n'7
	run -0 nsinit exec -p - "$ID" <p.json
	expect_output "b in /tmp"$'\n'7
	jq -n "$process | .user.uid = -1" >p.json
	run -125 nsinit exec --process p.json "$ID"
	expect_text p.json /user/uid -1
	run -125 nsinit exec --process - "$ID" <p.json
	expect_text "standard input" /user/uid
	echo '{"args": [' >p.json
	run -125 nsinit exec --process p.json "$ID"
	expect_text p.json
	run -125 nsinit exec --process none.json "$ID"
	expect_text "none.json: No such file or directory"
}

@test "--detach: returns when it runs; --pid-file is its process on the host; it lives on, and ends with the container" {
	local pid code=0
	keep_start .
	detached pid "$ID" sh -c 'exec sleep 301'
	[ ! -s out ]
	pid=$(<pid)
	[ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink "/proc/$(nsinit state "$ID" | jq .pid)/ns/pid")" ]
	wait_until 20 grep -qz 301 "/proc/$pid/cmdline"
	# What cannot be executed is told though nobody waits, and no pid file is left to mislead.
	detached pid2 "$ID" no-such-program || code=$?
	[ "$code" = 127 ]
	grep -q "execute no-such-program: executable file not found in \$PATH: No such file or directory" out
	nsinit delete --force "$ID"
	wait_until 20 ended "$pid"
}

@test "--cgroup: a cgroup below the container's; one outside it is refused (P14)" {
	local dir path name
	keep_start .
	dir=$(cgroup_dir pids "$ID")
	# On v1 it must be in each hierarchy, and a cpuset takes no process before it has CPUs.
	cgroup_mounts | while read -r path; do
		path+=/$CGROUP/$ID
		[ -d "$path" ] || continue
		mkdir "$path/sub"
		for name in cpuset.mems cpuset.cpus; do
			[ ! -e "$path/sub/$name" ] || cgroup_is_unified || cat "$path/$name" >"$path/sub/$name"
		done
	done
	detached pid --cgroup sub "$ID" sleep 300
	grep -q ":/$CGROUP/$ID/sub\$" "/proc/$(<pid)/cgroup"
	for path in ../x .. sub/../../x /../x ''; do
		run -125 nsinit exec --cgroup "$path" "$ID" true
		expect_text "--cgroup" "must be a path below the container's cgroup"
	done
	[ ! -e "$dir/../x" ]
	nsinit delete --force "$ID"
	[ ! -e "$dir" ]
}

@test "a label of a module that the kernel lacks is an error that says so" {
	keep_start .
	if [ ! -d /sys/kernel/security/apparmor ]; then
		run -125 nsinit exec --apparmor profile "$ID" true
		expect_text AppArmor
	fi
	if [ ! -d /sys/fs/selinux ] || [ -z "$(ls -A /sys/fs/selinux)" ]; then
		run -125 nsinit exec --process-label a:b:c "$ID" true
		expect_text SELinux
	fi
}

@test "--cap adds, --no-new-privs forbids more; nothing inheritable (CVE-2022-29162)" {
	keep_start '.process.capabilities = {bounding: ["CAP_KILL"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"],
		inheritable: ["CAP_KILL"]} | .process.noNewPrivileges = false'
	run -0 nsinit exec "$ID" grep -E '^(CapInh|CapEff|CapAmb|NoNewPrivs)' /proc/self/status
	expect_output $'CapInh:\t0000000000000000\nCapEff:\t0000000000000020\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0'
	run -0 nsinit exec --cap CAP_CHOWN --no-new-privs "$ID" grep -E '^(CapInh|CapEff|NoNewPrivs)' /proc/self/status
	expect_output $'CapInh:\t0000000000000000\nCapEff:\t0000000000000021\nNoNewPrivs:\t1'
	run -125 nsinit exec --cap CAP_NONE "$ID" true
	expect_text '--cap: unknown capability "CAP_NONE"'
}

@test "a container that has not been started, and one whose program ends meanwhile" {
	new_id
	IDS+=("$ID")
	bundle_make b '.process.args = ["sleep", "300"]'
	nsinit create --bundle b "$ID" </dev/null >/dev/null 2>&1 3>&-
	run -0 nsinit exec "$ID" hostname
	expect_output standard
	nsinit start "$ID"
	# Its first process ends: so do all others of its pid namespace.
	(wait_until 30 has_two_sleeps; nsinit kill "$ID" KILL) </dev/null >/dev/null 2>&1 3>&- &
	run nsinit exec "$ID" sleep 300
	expect_status 137
	wait $!
	run -125 nsinit exec "$ID" true
	expect_text "container not running"
}

@test "twenty at once: each has its own status" {
	local i jobs=()
	keep_start .
	for i in {1..20}; do
		nsinit exec "$ID" sh -c "exit $i" </dev/null >/dev/null 2>&1 3>&- &
		jobs+=($!)
	done
	for i in {1..20}; do
		local code=0
		wait "${jobs[i - 1]}" || code=$?
		[ "$code" = "$i" ]
	done
}
