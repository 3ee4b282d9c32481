# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What a file of cases (tests/engines/cases/*.bash) uses, in the room. A case is a function case_NAME: what it prints is
# its transcript, which must be the same with runc and with nsinit once ids, times and the like are taken out; besides
# that it says itself what a user must see. It fails at the first command that fails.
#
#   RUNTIME         runc, crun or nsinit; RUNTIME_PATH: the program
#   WORK            the case's own directory
#   show COMMAND    runs it; prints the command, its output (both channels) and its status: $output, $status.
#                   What a container writes to both comes in any order: there "exec 2>&1" first, or quiet
#   quiet COMMAND   runs it and keeps it out of the transcript: $output, $status
#   expect TEXT...  each stands in $output; expect_status N; expect_is TEXT: $output is TEXT
#   differs REASON  the transcripts are not compared: what must differ, and why
#   none ARG...     the engine runs a container without a network; inspect FORMAT NAME
#   skip REASON     the engine, or this kernel, cannot
set -eu
shopt -s inherit_errexit

show() {
	printf '$ %s\n' "$*"
	quiet "$@"
	[ -z "$output" ] || printf '%s\n' "$output"
	printf '[%s]\n' "$status"
}

quiet() {
	status=0
	output=$("$@" 2>&1) || status=$?
}

# must COMMAND: quiet, and it succeeds.
must() {
	quiet "$@"
	[ "$status" -eq 0 ] || wrong "$* failed with status $status: $output"
}

wrong() {
	printf 'WRONG: %s\n' "$*" >&2
	exit 1
}

expect() {
	local text
	for text; do
		[[ $output == *"$text"* ]] || wrong "the output lacks: $text; it is: $output"
	done
}

expect_no() {
	local text
	for text; do
		[[ $output != *"$text"* ]] || wrong "the output must not have: $text; it is: $output"
	done
}

expect_is() { [ "$output" = "$1" ] || wrong "the output is: $output; not: $1"; }
expect_status() { [ "$status" -eq "$1" ] || wrong "the status is $status, not $1; the output: $output"; }

skip() {
	printf 'SKIP: %s\n' "$*"
	exit 77
}

differs() { printf 'DIFFERS: %s\n' "$*"; }

# wait_until SECONDS COMMAND...: try until it succeeds; its output is in $output. Where all is slow it has longer.
wait_until() {
	local end=$((SECONDS + $1 * ${NSTOOLS_SLOW:-1}))
	shift
	while :; do
		quiet "$@"
		[ "$status" -ne 0 ] || return 0
		[ $SECONDS -lt $end ] || wrong "did not come true: $*: $output"
		sleep 0.1
	done
}

# is TEXT COMMAND...: its output is TEXT.
is() {
	local text=$1
	shift
	[ "$("$@" 2>&1)" = "$text" ]
}

# says TEXT COMMAND...: its output has TEXT.
says() {
	local text=$1
	shift
	[[ $("$@" 2>&1) == *"$text"* ]]
}

# terminal ACTION... -- COMMAND: on a terminal of its own (tests/tool/pty.c). All of the output is in $output; in the
# transcript are only the last lines: prompts and echoes come when they find time.
terminal() {
	printf '$ terminal %s\n' "$*"
	quiet "$HELPERS/pty" "$@"
	output=${output//$'\r'/}
	grep -E '^pty: (status|settings)' <<<"$output" || wrong "the terminal: $output"
}

# sized ROWS COLUMNS: typed into a shell on a terminal: waits for that size, then says si2ed and the terminal's name. Docker
# and ctr tell the size only once the container runs.
sized() { echo "send:until [ \"\$(stty size)\" = \"$1 $2\" ]; do sleep 0.1; done; echo si\$((1+1))ed; tty\n"; }

# What the test kernels may lack (see tests/README.md). nat: networks of an engine's own; tun: those of a user.
nat() { nft --check 'table inet probe { chain c { type nat hook postrouting priority 100; }; }' 2>/dev/null; }
tun() { [ -w /dev/net/tun ]; }
nat_or_skip() { nat || skip 'no NAT in this kernel'; }
# systemd: it is PID 1 here, and the engines leave the cgroups to it, as they do on most machines.
systemd() { [ -d /run/systemd/system ]; }
cpusets() { [ -e /sys/fs/cgroup/cpuset ] || grep -qw cpuset /sys/fs/cgroup/cgroup.controllers; }

# device_other: a device that no container has by itself, and every kernel here.
device_other() { ls /dev/fuse /dev/btrfs-control 2>/dev/null | head -n 1; }

unified() { [ -e /sys/fs/cgroup/cgroup.controllers ]; }

# readme FIRST: the block of README.md whose first line begins so, for the runtime that is tested.
README=$(realpath "${BASH_SOURCE[0]%/*}/../../README.md")
readme() {
	awk -v first="    $1" -v runtime="$RUNTIME" -v path="$RUNTIME_PATH" '
		index($0, first) == 1 { on = 1 }
		on && !/^    / { exit }
		on { gsub("/usr/local/bin/nsinit", "\001"); gsub("nsinit", runtime); gsub("\001", path); print substr($0, 5) }
		END { exit !on }' "$README"
}

# --- what the engines have in common: their clients' words are the same --------------------------------------

# The client: a program, or a function of the cases' own.
ENGINE=podman
# The container that is looked at. Docker wants names of two letters and more.
BOX=c
none() { "$ENGINE" run --rm --network none "$@"; }
inspect() { "$ENGINE" inspect --format "$1" "$2"; }
part_end() { :; }

# weight_is COMMAND: it prints the cpu.weight that 512 shares become. Not compared: the OCI spec leaves the conversion open, and
# Debian's runc has the first one of all (20), nsinit the one that keeps the proportion to the default, 1024 to 100.
weight_is() {
	[ "$RUNTIME" != nsinit ] || is 59 "$@" || wrong "512 shares have become another weight than 59: $("$@" 2>&1)"
}

# limits NAME [MORE]: the limits of the container's group, as the kernel has them; MORE: besides what every engine sets.
limits() { limits_by "${2-}" "$ENGINE" exec "$1"; }

# limits_by MORE COMMAND...: the same, MORE or '', where COMMAND runs what follows it in the container.
limits_by() {
	local more=$1
	shift
	if unified; then
		show "$@" sh -c "cd /sys/fs/cgroup; grep . memory.max cpu.max pids.max ${more:+memory.swap.max memory.low $(! cpusets || echo cpuset.cpus)}"
		weight_is "$@" cat /sys/fs/cgroup/cpu.weight
	else
		show "$@" sh -c "cd /sys/fs/cgroup; grep . memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu/cpu.shares pids/pids.max ${more:+memory/memory.memsw.limit_in_bytes memory/memory.soft_limit_in_bytes cpuset/cpuset.cpus}"
	fi
}

# run_look: the statuses of what runs and of what cannot.
run_look() {
	show none busybox true
	expect_status 0
	show none busybox sh -c 'exit 42'
	expect_status 42
	show none busybox no-such-program
	expect_status 127
	expect 'not found'
	show none busybox /no/such/program
	expect_status 127
	show none busybox /etc/passwd
	expect_status 126
	expect 'ermission denied'
}

# restart_look: $BOX, which fails, is started again twice.
restart_look() {
	must "$ENGINE" run -d --network none --restart on-failure:2 --name "$BOX" busybox sh -c 'exit 1'
	wait_until 60 is 'exited 2' inspect '{{.State.Status}} {{.RestartCount}}' "$BOX"
	show inspect '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}' "$BOX"
	expect_is 'exited 2 1'
}

# apparmor_look PROFILE: what runs in a container, from the start and later, is under the engine's profile, and refused by it
# what it does not allow.
apparmor_look() {
	grep -qx Y /sys/module/apparmor/parameters/enabled 2>/dev/null || skip 'no AppArmor in this kernel'
	must "$ENGINE" run -d --network none --name "$BOX" busybox sleep 1000
	must "$ENGINE" exec "$BOX" cat /proc/1/attr/current /proc/self/attr/current
	expect_is "$1"$'\n'"$1"
	show none --cap-add SYS_ADMIN --security-opt seccomp=unconfined busybox mount -t tmpfs none /tmp
	[ "$status" -ne 0 ] || wrong 'the profile let it mount'
	show none --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined busybox \
		sh -c 'mount -t tmpfs none /tmp && cat /proc/self/attr/current'
	expect_is unconfined
	quiet none --security-opt apparmor=no-such-profile busybox true
	[ "$status" -ne 0 ] || wrong 'a profile that there is not'
}

# exec_look: in $BOX, which has A=1.
exec_look() {
	show "$ENGINE" exec "$BOX" echo inside
	expect_is inside
	show "$ENGINE" exec "$BOX" sh -c 'exit 7'
	expect_status 7
	show "$ENGINE" exec "$BOX" sh -c 'kill -9 $$'
	expect_status 137
	show "$ENGINE" exec --user 1000:5 --workdir /tmp -e B=2 "$BOX" sh -c 'id; pwd; echo $A $B'
	expect 'uid=1000(user) gid=5(tty)' /tmp '1 2'
}

# podman_exec_fails: the statuses are podman's own.
podman_exec_fails() {
	show podman exec c no-such-program
	expect_status 127
	show podman exec c /etc/passwd
	expect_status 126
}

# exec_refused STATUS: once $BOX has ended.
exec_refused() {
	must "$ENGINE" kill "$BOX"
	must "$ENGINE" wait "$BOX"
	show "$ENGINE" exec "$BOX" true
	expect_status "$1"
}

# What a container runs that tells of SIGTERM and ends with 3; term_stops: $BOX, which does, is stopped.
# shellcheck disable=SC2034 # the cases use it
on_term='trap "echo got term; exit 3" TERM; echo ready; while :; do sleep 0.1; done'
term_stops() {
	wait_until 20 says ready "$ENGINE" logs "$BOX"
	show "$ENGINE" stop --time 20 "$BOX"
	show "$ENGINE" logs "$BOX"
	expect 'got term'
	show inspect '{{.State.Status}} {{.State.ExitCode}}' "$BOX"
	expect_is 'exited 3'
}

# file_into: into $BOX; file_committed: and an image of that.
file_into() {
	echo content >f
	show "$ENGINE" cp f "$BOX:/tmp/f"
	show "$ENGINE" exec "$BOX" cat /tmp/f
	expect_is content
}
file_committed() {
	must "$ENGINE" commit "$BOX" changed
	show none changed cat /tmp/f
	expect_is content
	must "$ENGINE" rmi changed
}

# httpd_of TEXT: what a container runs to serve it; page PORT: as this machine has it.
httpd_of() { echo "mkdir -p /w; echo $* >/w/index.html; exec httpd -f -p 80 -h /w"; }
page() { exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && tail -n 1 <&3; exec 3>&-; }

# pause_look: of $BOX, which runs.
pause_look() {
	show "$ENGINE" pause "$BOX"
	show inspect '{{.State.Status}}' "$BOX"
	expect_is paused
	show "$ENGINE" exec "$BOX" true
	[ "$status" -ne 0 ] || wrong 'a command ran in a paused container'
	show "$ENGINE" unpause "$BOX"
	show "$ENGINE" exec "$BOX" echo again
	expect_is again
}

# --- containerd's --------------------------------------------------------------------------------------------

containerd_configure() {
	mkdir -p /etc/containerd
	readme 'version = 2' >/etc/containerd/config.toml
	! systemd || echo 'SystemdCgroup = true' >>/etc/containerd/config.toml
}

# containerd_start: it answers; its process is in /run/containerd.pid.
containerd_start() {
	setsid containerd >>/mnt/out/containerd.log 2>&1 </dev/null &
	echo $! >/run/containerd.pid
	wait_until 60 ctr version
}

# --- podman's ------------------------------------------------------------------------------------------------

podman_import() { must podman import --change 'ENV PATH=/bin:/sbin:/usr/bin:/usr/sbin' /mnt/busybox.tar busybox; }

# podman_begin: as root.
podman_begin() {
	podman_configure /etc/containers
	rm -f /etc/cni/net.d/*
	printf 'containers:300000:65536\n' | tee -a /etc/subuid >>/etc/subgid
}

# pods_or_skip: podman 4.3 gives the unified group that it makes itself for a pod a program that allows no device.
pods_or_skip() {
	local group forbidden=''
	unified && ! systemd || return 0
	must podman pod create --name probe --network none
	group=/sys/fs/cgroup$(podman pod inspect --format '{{.CgroupPath}}' probe)
	mkdir "$group/probe"
	sh -c 'echo $$ >"$1/cgroup.procs" && exec mknod probe c 1 3' sh "$group/probe" 2>/dev/null || forbidden=1
	rmdir "$group/probe"
	must podman pod rm probe
	[ -z "$forbidden" ] || skip "podman 4.3's cgroupfs manager forbids a pod every device on unified cgroups"
}

# pod_make: p, with a server a and beside it b.
pod_make() {
	must podman pod create --name p --network none
	must podman run -d --pod p --name a busybox sh -c "$(httpd_of from the pod)"
	must podman run -d --pod p --name b busybox sleep 1000
	wait_until 20 is 'from the pod' podman exec b wget -qO- http://127.0.0.1/
	show podman pod ps --format '{{.Name}} {{.Status}} {{.NumberOfContainers}}'
	expect 'p Running 3'
}

# peer_make: on the network one, found by its name.
peer_make() {
	must podman network create one
	must podman run -d --network one --name peer busybox sh -c "$(httpd_of the peer)"
	show podman run --rm --network one busybox sh -c 'for i in 1 2 3 4 5 6 7 8 9; do wget -qO- http://peer/ 2>/dev/null && exit; sleep 1; done'
	expect 'the peer'
}

peer_remove() {
	must podman rm --force --time 0 peer
	must podman network rm one
}

# podman_configure DIR: README.md's lines, and what a test needs beside them. Debian's runc knows no way without a cgroup.
podman_configure() {
	readme '[engine]' >"$1/containers.conf"
	sed -i "/^\[engine\]/a cgroup_manager = \"$(systemd && echo systemd || echo cgroupfs)\"\nevents_logger = \"file\"" "$1/containers.conf"
	[ "$RUNTIME" != runc ] || sed -i /nocgroup/d "$1/containers.conf"
}
