# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016 # bats' variables; what the inner shell and jq expand
# The options of run that describe a container: each is seen to act inside.
load ../helper

# inside OPTIONS... -- COMMAND...: in a container with the tests' root and cgroup
inside() { nsinit run --rootfs "$ROOTFS" --overlay --cgroup "/$CGROUP/$BATS_TEST_NUMBER" "$@"; }

# expect_inside TEXT OPTIONS... -- COMMAND...
expect_inside() {
	local expected=$1
	shift
	run -0 --separate-stderr inside "$@"
	[ "$stderr" = "" ] || { echo "$stderr" >&2; return 1; }
	expect_output "$expected"
}

setup() {
	test_begin
	needs_root
}

# --- process ------------------------------------------------------------------------------------------------

@test "--env, --env-file and --clear-env make the environment" {
	printf 'B=file\nC=file\n' >vars
	FROM_CALLER=yes expect_inside $'B=option\nC=file\nPATH=/bin\nFROM_CALLER=yes\nHOME=/root' \
		--clear-env --env-file vars --env PATH=/bin --env B=option --env FROM_CALLER --env NOT_THERE -- env
}

@test "--user, --additional-gids and --umask" {
	expect_inside $'1000 2000 2000 5 6\n0077' --user 1000:2000 --additional-gids 5,6 --umask 077 \
		-- sh -c 'echo $(id -u) $(id -g) $(id -G); umask'
}

@test "--cwd" {
	expect_inside /tmp --cwd /tmp -- pwd
}

@test "--rlimit, --oom-score-adj and --nice" {
	expect_inside $'77 78\n500\n5' --rlimit nofile=77:78 --oom-score-adj 500 --nice 5 \
		-- sh -c 'echo $(ulimit -n) $(ulimit -Hn); cat /proc/self/oom_score_adj; cut -d" " -f19 /proc/self/stat'
}

@test "--scheduler and --io-priority" {
	# proc_pid_stat(5): field 41 is the policy, 3 is SCHED_BATCH
	expect_inside 3 --scheduler batch -- sh -c 'cut -d" " -f41 /proc/self/stat'
	expect_inside idle --io-priority idle -- ionice
}

@test "--init puts the command below a process 1" {
	expect_inside no --init -- sh -c '[ $$ = 1 ] && echo yes || echo no'
	expect_inside yes -- sh -c '[ $$ = 1 ] && echo yes || echo no'
}

@test "--stop-signal is what stop sends" {
	new_id
	mkdir told
	inside --stop-signal USR1 --bind told:/told --detach "$ID" -- \
		sh -c 'trap "touch /told/usr1; exit" USR1; touch /told/ready; while :; do sleep 0.1; done'
	wait_until 20 test -e told/ready
	nsinit stop "$ID"
	[ -e told/usr1 ]
	nsinit delete "$ID"
}

@test "--tty gives a terminal" {
	expect_inside "not a tty" -- sh -c 'tty || :'
	run -0 inside --tty -- tty
	expect_text /dev/
}

# --- files --------------------------------------------------------------------------------------------------

@test "--rootfs is changed itself; with --overlay it is not; with UPPER:WORK that is" {
	rootfs_make root
	nsinit run --rootfs root -- touch /made
	[ -e root/made ] && rm root/made
	nsinit run --rootfs root --overlay -- touch /made
	[ ! -e root/made ]
	mkdir upper work
	nsinit run --rootfs root --overlay=upper:work -- touch /made
	[ ! -e root/made ] && [ -e upper/made ]
}

@test "--lower lies above the root" {
	mkdir -p one/etc two/etc
	echo one >one/etc/layer && echo two | tee two/etc/layer >two/etc/second
	expect_inside $'one\ntwo' --lower one --lower two -- cat /etc/layer /etc/second
}

@test "--read-only" {
	run -1 inside --read-only -- touch /x
	expect_text "Read-only file system"
}

@test "--bind shows a folder, ro makes it read-only" {
	mkdir data && echo hello >data/file
	expect_inside hello --bind data:/mnt -- cat /mnt/file
	run -1 inside --bind "$PWD/data:/mnt:ro" -- touch /mnt/file
	expect_text "Read-only file system"
	[ "$(stat -c %U data)" = root ]
}

@test "--bind with one path shows it at the same place" {
	echo hello >file
	expect_inside hello --bind "$PWD/file" -- cat "$PWD/file"
}

@test "--tmpfs and --mount, a later one on an earlier" {
	mkdir data && echo hello >data/file
	expect_inside $'hello\n700' --tmpfs /tmp:size=1m --bind data:/tmp/a/b \
		--mount type=tmpfs,destination=/run,mode=700 -- sh -c 'cat /tmp/a/b/file; stat -c %a /run'
}

@test "--tmpfs takes the place of the spec's own mount" {
	expect_inside 1 --tmpfs /dev/shm:size=4k -- sh -c 'grep -c " /dev/shm " /proc/mounts'
	run -1 inside --tmpfs /dev/shm:size=4k -- sh -c 'dd if=/dev/zero of=/dev/shm/x bs=8192 count=1'
	expect_text "No space left on device"
}

@test "--device makes the node and lets it be used" {
	expect_inside "c 1 3 0" --device /dev/null:/dev/zilch -- \
		sh -c 'echo x >/dev/zilch && stat -c "c %t %T" /dev/zilch | tr "\n" " "; cat /dev/zilch | wc -c'
}

@test "--device-rule allows a device that the default forbids" {
	needs_capability 27
	run -1 inside --cap-add mknod -- sh -c 'mknod /dev/k c 240 7 && cat /dev/k'
	expect_text "Operation not permitted"
	# Allowed: what is left to say is that there is no such device.
	run -1 inside --cap-add mknod --device-rule 'c 240:7 rwm' -- sh -c 'mknod /dev/k c 240 7 && cat /dev/k'
	expect_no_text "Operation not permitted"
	expect_text "No such device"
}

@test "--masked-path, --readonly-path and --unmask" {
	expect_inside $'0\n1' --masked-path /etc/passwd -- sh -c 'wc -c </etc/passwd; grep -c /etc/passwd /proc/mounts'
	run -1 inside --readonly-path /etc -- touch /etc/x
	expect_text "Read-only file system"
	expect_inside 0 -- sh -c 'wc -c </proc/keys'
	run -0 inside --unmask /proc/keys -- sh -c 'wc -c </proc/keys; grep -c " /proc/keys " /proc/mounts || :'
	[ "${lines[1]}" = 0 ]
}

# --- isolation ----------------------------------------------------------------------------------------------

@test "--hostname and --domainname" {
	expect_inside $'web\nd' --hostname web --domainname d -- sh -c 'hostname; cat /proc/sys/kernel/domainname'
}

@test "--net, --pid, --ipc, --uts, --cgroupns and --time: private, host and PATH" {
	local kind option here made
	for option in net pid ipc uts cgroupns time; do
		kind=${option%ns}
		# User-Mode Linux has no time namespaces.
		[ -e "/proc/self/ns/$kind" ] || continue
		here=$(readlink "/proc/self/ns/$kind")
		run -0 inside "--$option" private -- readlink "/proc/self/ns/$kind"
		[ "$output" != "$here" ]
		expect_inside "$here" "--$option" host -- readlink "/proc/self/ns/$kind"
	done
	unshare --uts sleep 30 &
	made=$!
	wait_until 20 test "$(readlink /proc/self/ns/uts)" != "$(readlink /proc/$made/ns/uts)" || :
	expect_inside "$(readlink /proc/$made/ns/uts)" --uts "/proc/$made/ns/uts" -- readlink /proc/self/ns/uts
	kill "$made"
}

@test "--userns maps ids" {
	expect_inside "0 100000 65536" --userns=0:100000:65536 -- sh -c 'echo $(cat /proc/self/uid_map)'
	expect_inside "0 100000 10 0 200000 10" --uid-map 0:100000:10 --gid-map 0:200000:10 \
		-- sh -c 'echo $(cat /proc/self/uid_map /proc/self/gid_map)'
}

@test "--userns without a root of its own shows the host's files, none to be changed" {
	run -1 nsinit run --userns=0:100000:65536 --cgroup "/$CGROUP/u" --tmpfs /tmp:mode=700 -- \
		sh -c 'echo $(cat /proc/self/uid_map); ls -d /etc/passwd; stat -c %a /tmp /run; touch /run/x; touch /usr/x'
	[ "${lines[*]:0:4}" = "0 100000 65536 /etc/passwd 700 1777" ]
	expect_text "Read-only file system"
}

@test "--loopback=false leaves lo down" {
	expect_inside 0x9 -- sh -c 'cat /sys/class/net/lo/flags'
	expect_inside 0x8 --loopback=false -- sh -c 'cat /sys/class/net/lo/flags'
}

@test "--net-device moves an interface in" {
	# In a network namespace of its own; what is virtual goes with the container's.
	inside() { unshare --net sh -c 'ip link add here type veth peer name moved && exec "$@"' sh \
		"$NSINIT" --root "$STATE" run --rootfs "$ROOTFS" --overlay --cgroup "/$CGROUP/$BATS_TEST_NUMBER" "$@"; }
	run -0 --separate-stderr inside --net-device moved:up0 -- sh -c 'ls /sys/class/net | grep -v lo; cat /sys/class/net/up0/flags'
	[ "$stderr" = "" ]
	[ "${lines[0]}" = up0 ]
	(( ${lines[1]} & 1 ))
	[ ${#lines[@]} -eq 2 ]
}

@test "--sysctl sets what belongs to the container" {
	expect_inside $'1\n12345' --sysctl net.ipv4.ip_forward=1 --sysctl kernel.shmmax=12345 \
		-- cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax
}

@test "--annotation is in the state" {
	new_id
	inside --annotation a.b=c --detach "$ID" -- sleep 30
	[ "$(nsinit state "$ID" | jq -r '.annotations["a.b"]')" = c ]
	nsinit delete --force "$ID"
}

# --- resources ----------------------------------------------------------------------------------------------

# limit_of CONTROLLER V1-FILE V2-FILE: of the running container $ID
limit_of() {
	local dir
	dir=$(cgroup_dir "$1" "$BATS_TEST_NUMBER")
	if cgroup_is_unified; then cat "$dir/$3"; else cat "$dir/$2"; fi
}

@test "--cpuset-cpus is the cgroup's limit" {
	needs_controller cpuset
	new_id
	inside --cpuset-cpus 0 --detach "$ID" -- sleep 30
	[ "$(limit_of cpuset cpuset.cpus cpuset.cpus)" = 0 ]
	nsinit delete --force "$ID"
}

@test "--memory, --pids and --cpus are the cgroup's limits" {
	needs_controller memory
	needs_controller pids
	new_id
	inside --memory 64M --pids 50 --cpus 0.5 --detach "$ID" -- sleep 30
	[ "$(limit_of memory memory.limit_in_bytes memory.max)" = 67108864 ]
	[ "$(limit_of pids pids.max pids.max)" = 50 ]
	if cgroup_is_unified; then
		[ "$(limit_of cpu - cpu.max)" = "50000 100000" ]
	else
		[ "$(limit_of cpu cpu.cfs_quota_us -)" = 50000 ]
	fi
	nsinit delete --force "$ID"
}

@test "--pids stops a container from having more" {
	needs_controller pids
	run inside --pids 5 -- sh -c 'for i in 1 2 3 4 5 6 7; do sleep 1 & done; wait'
	expect_text "can't fork"
}

# --- security -----------------------------------------------------------------------------------------------

# caps_of SET OPTIONS...
caps_of() {
	local set=$1
	shift
	inside "$@" -- sed -n "s/^Cap$set:\t//p" /proc/self/status
}

@test "--cap-add and --cap-drop" {
	[ "$(caps_of Bnd --cap-drop all)" = 0000000000000000 ]
	[ "$(caps_of Eff --cap-drop all --cap-add net_raw)" = 0000000000002000 ]
	[ "$(caps_of Eff --cap-drop all --cap-add net_raw --user 5)" = 0000000000002000 ]
	[ "$(caps_of Eff --user 5)" = 0000000000000000 ]
}

@test "--no-new-privileges" {
	expect_inside 1 -- sed -n 's/^NoNewPrivs:\t//p' /proc/self/status
	expect_inside 0 --no-new-privileges=false -- sed -n 's/^NoNewPrivs:\t//p' /proc/self/status
}

@test "--seccomp" {
	expect_inside 2 -- sed -n 's/^Seccomp:\t//p' /proc/self/status
	expect_inside 0 --seccomp unconfined -- sed -n 's/^Seccomp:\t//p' /proc/self/status
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}' >profile.json
	run -1 inside --seccomp profile.json -- mkdir /x
	expect_text "No space left on device"
}
