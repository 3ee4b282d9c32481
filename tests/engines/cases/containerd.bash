# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is tests/engines/run's
# containerd, by its own client ctr. Pods: cri.bash.

image=localhost/busybox:latest
run() { ctr run --rm --runc-binary "$RUNTIME_PATH" "$@"; }
detached() { must ctr run -d --null-io --runc-binary "$RUNTIME_PATH" "$@"; }
tasks() { ctr tasks "$@"; }
status_of() { ctr tasks ls | awk -v id="$1" '$1 == id { print $3 }'; }

# The task list without the process ids.
tasks_show() {
	quiet ctr tasks ls
	printf '%s\n' "$output" | awk 'NR > 1 { print $1, $3 }' | sort
}

part_begin() {
	containerd_configure
	mkdir -p /mnt/bin
	ln -sf "$RUNTIME_PATH" /mnt/bin/runc
	PATH=/mnt/bin:$PATH containerd_start
	must ctr image import /mnt/busybox.oci.tar
	must ctr image ls -q
	expect $image
}

case_end() {
	local id
	for id in $(ctr tasks ls -q); do
		ctr tasks kill -s KILL "$id" || :
		ctr tasks delete -f "$id" || :
	done
	for id in $(ctr containers ls -q); do
		ctr containers delete "$id"
	done
}

case_run() {
	show run $image c true
	expect_status 0
	show run $image c sh -c 'exit 42'
	expect_status 42
	show run $image c echo out
	expect_is out
	show run --env A=1 --env 'B=two words' --cwd /tmp $image c sh -c 'echo $A $B; pwd'
	expect '1 two words' /tmp
	show run --cwd /made/here $image c sh -c 'pwd; stat -c "%u:%g %a" .'
	expect_is $'/made/here\n0:0 755'
	show run --read-only $image c touch /x
	expect 'Read-only file system'
	show run $image c ps -o args
	show run $image c sh -c 'grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status; ls /dev; hostname; sort /proc/mounts | grep -vE "^overlay| /sys/fs/cgroup| /(proc|sys)/"'
	expect 'NoNewPrivs:	1'
	# ctr 1.6 loses the end of its standard input.
	show bash -c 'echo typed | ctr run --rm --runc-binary "$1" "$2" c head -n 1' - "$RUNTIME_PATH" $image
	expect typed
	show ctr containers ls -q
	expect_is ''
}

case_run_fails() {
	show run $image c no-such-program
	expect_status 1
	expect 'OCI runtime create failed' 'executable file not found in $PATH'
	show run $image c /no/such
	expect 'OCI runtime create failed' 'o such file or directory'
	show run $image c /etc/passwd
	expect 'ermission denied'
	show run --mount type=bind,src=/no/such,dst=/x,options=rbind $image c true
	expect_status 1
	expect 'OCI runtime create failed'
	show ctr tasks ls -q
	expect_is ''
	# What failed left nothing in the way of the next.
	show run $image c echo after
	expect_is after
}

case_run_options() {
	mkdir -p v; echo content >v/file
	show run --mount "type=bind,src=$PWD/v,dst=/v,options=rbind:ro" $image c sh -c 'exec 2>&1; cat /v/file; touch /v/x'
	expect content 'Read-only file system'
	show run --privileged $image c grep ^Cap /proc/self/status
	show run --cap-add CAP_NET_ADMIN --cap-drop CAP_CHOWN $image c grep ^Cap /proc/self/status
	show run --seccomp $image c sh -c 'grep ^Seccomp: /proc/self/status; unshare -m true 2>&1'
	expect 'Seccomp:	2' 'Operation not permitted'
	show run --allow-new-privs $image c grep NoNewPrivs /proc/self/status
	show run --net-host $image c ls /sys/class/net
	show run --device "$(device_other)" $image c stat -c '%n %t:%T' "$(device_other)"
	expect_is "$(stat -c '%n %t:%T' "$(device_other)")"
	show run --no-pivot $image c echo without pivot_root
	expect_is 'without pivot_root'
	show run --rootfs-propagation rprivate $image c true
	expect_status 0
	show run --uidmap 0:100000:5000 --gidmap 0:100000:5000 --remap-labels $image c sh -c 'cat /proc/self/uid_map; stat -c %u /etc/passwd'
	show run --pid-file "$PWD/pid" $image c true
	grep -qx '[0-9]*' pid
	show run --annotation a.b=c --label d=e $image c true
	expect_status 0
	show run --cgroup given/group $image c true
	expect_status 0
	must ctr run -d --null-io --runc-binary "$RUNTIME_PATH" $image one sleep 1000
	must bash -c 'ctr tasks ls | awk "\$1 == \"one\" { print \$2 }"'
	must run --with-ns "pid:/proc/$output/ns/pid" --with-ns "ipc:/proc/$output/ns/ipc" $image c sh -c 'ps -o args | grep -c "^sleep 1000"'
	expect_is 1
}

case_terminal() {
	terminal size:30x100 'expect:# ' "$(sized 30 100)" expect:si2ed 'expect:# ' 'send:exit 5\n' -- \
		ctr run --rm -t --runc-binary "$RUNTIME_PATH" $image c sh
	expect /dev/pts/0 'pty: status 5'
	detached $image c sleep 1000
	terminal size:31x101 'expect:# ' "$(sized 31 101)" expect:si2ed 'expect:# ' 'send:exit 6\n' -- \
		ctr tasks exec -t --exec-id e c sh
	expect 'pty: status 6'
}

case_tasks() {
	detached $image c sleep 1000
	tasks_show
	[ "$(status_of c)" = RUNNING ]
	show tasks exec --exec-id e c echo inside
	expect_is inside
	show tasks exec --exec-id e c sh -c 'exit 7'
	expect_status 7
	show tasks exec --exec-id e --cwd /tmp --user 1000:5 c sh -c 'id; pwd'
	expect 'uid=1000(user) gid=5(tty)' /tmp
	show tasks exec --exec-id e c no-such-program
	expect_status 1
	expect 'executable file not found in $PATH'
	show bash -c 'echo typed | ctr tasks exec --exec-id e c cat'
	expect typed
	must tasks ps c
	expect PID
	must tasks metrics c
	expect memory
	show tasks pause c
	[ "$(status_of c)" = PAUSED ]
	show tasks exec --exec-id e c true
	expect_status 1
	show tasks resume c
	[ "$(status_of c)" = RUNNING ]
	show tasks delete c
	expect_status 1
	show tasks kill -s KILL c
	wait_until 20 is STOPPED status_of c
	show tasks delete c
	expect 'exit code 137'
	show ctr containers delete c
	expect_status 0
	show ctr containers ls -q
	expect_is ''
}

case_signals() {
	detached $image c sh -c 'trap "exit 3" TERM; touch /ready; while :; do sleep 0.1; done'
	wait_until 20 ctr tasks exec --exec-id e c test -e /ready
	show tasks kill c
	wait_until 20 is STOPPED status_of c
	show tasks delete c
	expect 'exit code 3'
	detached $image d sh -c 'sleep 1000 & exec sleep 1001'
	wait_until 20 is 2 bash -c 'ctr tasks ps d | grep -c "^[0-9]"'
	show tasks kill -s KILL --all d
	wait_until 20 is STOPPED status_of d
	show tasks kill d
	expect_status 1
	expect 'not found'
	show tasks delete d
	show tasks kill none
	expect_status 1
}

case_limits() {
	show run --memory-limit 67108864 --cpus 0.5 $image c true
	expect_status 0
	detached --memory-limit 67108864 --cgroup /given --cpu-shares 512 --cpu-period 100000 --cpu-quota 50000 $image c sleep 1000
	if unified; then
		show grep . /sys/fs/cgroup/given/{memory.max,cpu.max}
		weight_is cat /sys/fs/cgroup/given/cpu.weight
	else
		show grep . /sys/fs/cgroup/{memory/given/memory.limit_in_bytes,cpu/given/cpu.cfs_quota_us,cpu/given/cpu.shares}
	fi
	expect 67108864 50000
	must tasks metrics c
	expect memory.usage
	must tasks kill -s KILL c
	wait_until 20 is STOPPED status_of c
	must bash -c 'ctr tasks delete c || [ $? -eq 137 ]'
	[ -z "$(find /sys/fs/cgroup -type d -path '*given*')" ] || wrong 'the cgroup is left'
}

case_oom() {
	ctr events >events 2>/dev/null &
	events=$!
	# Not at once: the shim listens for OOM kills only after the start.
	detached --memory-limit 16777216 $image c sh -c 'until [ -e /go ]; do sleep 0.1; done; exec tail /dev/zero'
	must tasks exec --exec-id e c touch /go
	wait_until 20 is STOPPED status_of c
	show tasks delete c
	expect 'exit code 137'
	wait_until 20 grep -q /tasks/oom events
	kill $events
}

case_started_by_hand() {
	# "containers create" knows no --runc-binary: the shim finds the runtime as runc.
	must ctr containers create $image c echo started
	show tasks start c
	expect started
	expect_status 0
	must ctr containers delete c
	must ctr containers create $image c sleep 1000
	must tasks start -d --null-io c
	must tasks kill -s KILL c
	wait_until 20 is STOPPED status_of c
	show tasks delete c
	expect 'exit code 137'
}

# The runtime's own client must see what containerd made.
case_seen() {
	detached $image c sleep 1000
	must "$RUNTIME_PATH" --root /run/containerd/runc/default list -q
	expect c
	must "$RUNTIME_PATH" --root /run/containerd/runc/default state c
	jq -e '.status == "running" and .id == "c"' <<<"$output" >/dev/null || wrong "$output"
}

case_config() {
	show ctr plugins ls id==cri
	must containerd config dump
	expect "BinaryName = \"$RUNTIME_PATH\""
}
