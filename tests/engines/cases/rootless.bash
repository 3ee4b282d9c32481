# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is tests/engines/run's
# podman as an ordinary user, whom the room alone knows: its /etc is an overlay that goes with it.

HOME_DIR=/mnt/home
AS_USER=(setpriv --reuid someone --regid someone --init-groups --reset-env
	env "XDG_RUNTIME_DIR=/run/user/30001" TERM=xterm "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
# With unified cgroups the user has a group, as systemd gives one away, and starts all from a leaf of it; or has systemd's
# user manager, on the session's bus.
if systemd; then
	AS_USER+=(DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/30001/bus)
elif unified; then
	AS_USER=(sh -c 'echo 0 >/sys/fs/cgroup/user/session/cgroup.procs && exec "$@"' - "${AS_USER[@]}")
fi

podman() { "${AS_USER[@]}" podman "$@"; }
as_user() { "${AS_USER[@]}" "$@"; }

# node NAME MAJOR MINOR: a device that everyone may use, as udev has it; machines without udev have it for root alone.
node() {
	[ -e "$1" ] && [ ! -e "/dev/shm/dev/${1##*/}" ] || return 0
	mkdir -p /dev/shm/dev
	mknod -m 666 "/dev/shm/dev/${1##*/}" c "$2" "$3"
	mount --bind "/dev/shm/dev/${1##*/}" "$1"
}

# delegate GROUP: to the user, as the kernel's cgroup-v2.rst has it ("Delegation"): what is in it, not its own limits.
delegate() {
	mkdir -p "$1/session"
	sed 's/[a-z_]*/+&/g' "$1/cgroup.controllers" >"$1/cgroup.subtree_control"
	chown someone:someone "$1"{,/session}{,/cgroup.procs,/cgroup.threads,/cgroup.subtree_control}
}

part_begin() {
	printf 'someone:x:30001:30001::%s:/bin/bash\n' "$HOME_DIR" >>/etc/passwd
	printf 'someone:x:30001:\nextra:x:30002:someone\n' >>/etc/group
	printf 'someone:400000:65536\n' | tee -a /etc/subuid >>/etc/subgid
	node /dev/fuse 10 229
	node /dev/net/tun 10 200
	# As systemd has it.
	mount --make-rshared /
	install -d -o someone -g someone -m 700 "$HOME_DIR"
	if systemd; then
		# PAM wants to know of no password.
		echo 'someone:*:19000::::::' >>/etc/shadow
		systemctl start user@30001.service
	else
		! unified || delegate /sys/fs/cgroup/user
		install -d -o someone -g someone -m 700 /run/user/30001
	fi
	chmod 755 /mnt /mnt/run
	install -d -o someone -g someone "$HOME_DIR/.config/containers"
	podman_configure "$HOME_DIR/.config/containers"
	cd "$HOME_DIR" || return
	podman_import
}

case_end() { podman rm --all --force --time 0 >/dev/null; podman pod rm --all --force >/dev/null; }

part_end() { ! systemd || systemctl stop user@30001.service; }

# own: the case's directory is the user's.
own() { chown -R someone:someone "$WORK"; }

case_info() {
	show podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}} {{.Host.Security.Rootless}} {{.Host.CgroupManager}}'
	expect "$RUNTIME_PATH" true
	must podman run -d --network none --name c busybox sleep 1000
	show inspect '{{.OCIRuntime}}' c
	expect_is "$RUNTIME"
	must inspect '{{.State.Pid}}' c
	# The one namespace of ids: podman's own, so root in it is the user outside.
	is someone stat -c %U "/proc/$output" || wrong "the container's process is another's"
	[ "$RUNTIME" != nsinit ] || [ -d /run/user/30001/nsinit ] || wrong "the state is elsewhere"
	[ "$RUNTIME" != nsinit ] || says "$(podman inspect --format '{{.Id}}' c)" podman unshare "$RUNTIME_PATH" list || wrong "the list lacks it"
	[ "$RUNTIME" != nsinit ] || says "$(podman inspect --format '{{.Id}}' c)" as_user "$RUNTIME_PATH" list || wrong "the user's own list lacks it"
	[ -z "$(ls -A /run/nsinit 2>/dev/null)" ] || wrong "an ordinary user's container is among root's"
}

case_run() {
	own
	show none busybox id
	expect 'uid=0(root)'
	run_look
	show none --user 1000:5 busybox id
	expect 'uid=1000(user) gid=5(tty)'
	show none --user user --group-add 77 busybox id
	show none busybox cat /proc/self/uid_map /proc/self/gid_map
	expect 30001 400000
	show none busybox sh -c 'grep -E "^(Cap|NoNewPrivs|Seccomp)" /proc/self/status'
	show none --privileged busybox sh -c 'grep -E "^(Cap|NoNewPrivs|Seccomp)" /proc/self/status'
	show none busybox sh -c 'cd /dev; ls -l $(ls | grep -v pts) | sed "s/ [0-9]* root/ root/; s/ [A-Z][a-z][a-z] .*:[0-9][0-9] / /"'
	show none busybox sh -c 'mknod /tmp/null c 1 3'
	expect 'Operation not permitted'
	# The devices are the host's own: nsinit binds them with nosuid and noexec, runc without.
	show none busybox sh -c 'sort /proc/mounts | grep -vE "^(overlay|fuse-overlayfs|devtmpfs|dev|/dev)| / | /(proc|sys)/"'
	show none --hostname there busybox hostname
	expect_is there
	show none --read-only busybox touch /x
	expect 'Read-only file system'
	show none --tmpfs /t:size=64k busybox sh -c 'grep " /t " /proc/mounts | sed "s/,uid=.*//"'
	show none --sysctl net.ipv4.ip_unprivileged_port_start=80 busybox cat /proc/sys/net/ipv4/ip_unprivileged_port_start
	expect_is 80
	show none --ulimit nofile=100:200 busybox sh -c 'ulimit -n; ulimit -Hn'
	show none --init busybox sh -c 'exit 13'
	expect_status 13
	show none --cap-drop ALL busybox grep ^CapEff /proc/self/status
	show none --security-opt seccomp=unconfined busybox grep '^Seccomp:' /proc/self/status
	show podman run --rm --network none --pid host --uts host busybox true
	expect_status 0
	show bash -c 'head -c 3000000 /dev/zero | "$@" podman run --rm -i --network none busybox wc -c' - "${AS_USER[@]}"
	expect 3000000
	show podman ps -aq
	expect_is ''
}

case_terminal() {
	terminal size:30x100 'expect:# ' 'send:stty size; tty; echo $TERM\n' 'expect:# ' 'send:exit 5\n' -- \
		"${AS_USER[@]}" podman run --rm -it --network none busybox sh
	expect '30 100' /dev/pts/0 'pty: status 5' 'settings restored'
	must podman run -d --network none --name c busybox sleep 1000
	terminal size:31x101 'expect:# ' 'send:stty size; tty; id -u\n' 'expect:# ' 'send:exit 6\n' -- \
		"${AS_USER[@]}" podman exec -it c sh
	expect '31 101' /dev/pts/ 'pty: status 6' 'settings restored'
	terminal 'expect:# ' 'send:sh -c "echo \$((40+2)); exec sleep 100"\n' 'expect:42' 'send:\003' 'send:echo after $?\n' \
		'expect:after 130' 'send:exit\n' -- "${AS_USER[@]}" podman exec -it c sh
	expect 'pty: status 0'
	show none -t --user 1000 busybox sh -c 'tty; stat -c "%u %g %a" $(tty)'
	expect /dev/pts/0
}

case_detached() {
	must podman run -d --network none --name c busybox sh -c "$on_term"
	show inspect '{{.State.Status}} {{.State.Running}} {{.State.ExitCode}}' c
	expect_is 'running true 0'
	wait_until 20 says ready podman logs c
	must podman run -d --network none --name d busybox sh -c 'echo one; echo two >&2'
	must podman wait d
	must podman logs d
	expect one two
	must podman rm d
	show podman ps --format '{{.Names}} {{.Image}} {{.Command}}'
	show eval 'podman top c user args | grep trap'
	term_stops
	show podman start c
	show podman restart --time 0 c
	show podman kill --signal KILL c
	show podman wait c
	show podman start c
	show podman rm --force --time 0 c
	expect_status 0
	show podman ps -a
	expect_no busybox
	show podman kill c
	expect_status 125
}

case_exec() {
	must podman run -d --network none -e A=1 --name c busybox sleep 1000
	show podman exec c id
	expect 'uid=0(root)'
	exec_look
	podman_exec_fails
	show bash -c 'echo typed | "$@" podman exec -i c cat' - "${AS_USER[@]}"
	expect typed
	show podman exec --privileged c grep -E '^Cap(Eff|Bnd)' /proc/self/status
	show podman exec c ps -o args
	must podman exec -d c sh -c 'exec sleep 900'
	wait_until 20 says 'sleep 900' podman top c args
	exec_refused 255
}

case_keep_id() {
	own
	mkdir v; chown someone:someone v
	show none --userns=keep-id busybox id
	expect 'uid=30001(someone) gid=30001(someone)'
	show none --userns=keep-id busybox cat /proc/self/uid_map /proc/self/gid_map
	show none --userns=keep-id -v "$PWD/v:/v" busybox touch /v/new
	show stat -c '%U %G' v/new
	expect_is 'someone someone'
	show none --userns=keep-id --user 0 busybox id -u
	expect_is 0
	show none --userns=keep-id --user 0 -v "$PWD/v:/v" busybox touch /v/root
	show stat -c '%u' v/root
	expect_is 400000
	show none --userns=keep-id -t busybox sh -c 'tty; stat -c "%u %a" $(tty)'
	if tun; then
		show podman run --rm --userns=keep-id busybox ls /sys/class/net
		expect tap0
	fi
	must podman run -d --userns=keep-id --network none --name c busybox sleep 1000
	show podman exec c id
	expect 'uid=30001(someone)'
	show podman exec --user 0 c id -u
	show podman exec c sh -c 'echo in >/tmp/f; stat -c %u /tmp/f'
	terminal 'expect:$ ' 'send:id -u; exit 4\n' expect:30001 -- "${AS_USER[@]}" podman exec -it c sh
	expect 'pty: status 4'
	show podman top c user huser args
	show podman stop --time 0 c
	show podman rm --force c
	must podman run -d --userns=keep-id --network none --name d busybox sh -c 'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done'
	wait_until 20 says ready podman logs d
	show podman stop --time 20 d
	show inspect '{{.State.ExitCode}}' d
	expect_is 3
}

case_userns() {
	own
	show none --userns=host busybox cat /proc/self/uid_map
	show none --userns=nomap busybox sh -c 'cat /proc/self/uid_map'
	show none --userns=auto busybox cat /proc/self/uid_map
	show none --userns=auto:size=2000 busybox cat /proc/self/uid_map
	show none --uidmap 0:1:5000 --gidmap 0:1:5000 busybox sh -c 'cat /proc/self/uid_map; id; touch /x; stat -c "%u %g" /x'
	expect_status 0
	must podman run -d --userns=auto --network none --name c busybox sleep 1000
	show podman exec c sh -c 'id; cat /proc/self/uid_map'
	show podman exec --user 1000 c id
	show podman rm --force --time 0 c
}

case_files() {
	own
	must podman run -d --network none --name c busybox sleep 1000
	as_user sh -c 'mkdir v; echo there >v/file'
	file_into
	file_committed
	show podman cp c:/etc/passwd copy
	show stat -c '%U' copy
	for mode in '' :ro :rw,noexec :nosuid,nodev :rshared :rslave :U :O; do
		show none -v "$PWD/v:/v$mode" busybox sh -c 'exec 2>&1; cat /v/file; touch /v/new && rm -f /v/new; grep " /v " /proc/self/mountinfo | cut -d" " -f5-7 | sed "s/:[0-9]*/:N/g"'
		expect there
	done
	show none -v named:/n busybox sh -c 'echo kept >/n/f'
	show none -v named:/n:ro busybox cat /n/f
	expect_is kept
	show podman volume rm named
	show podman unshare stat -c '%u' v/file
	show none -v /etc/shadow:/s busybox cat /s
	expect 'ermission denied'
}

case_network() {
	tun || skip 'no /dev/net/tun for slirp4netns'
	show podman run --rm busybox ip -4 -o addr show tap0
	expect 10.0.2.100
	must podman run -d --name web -p 127.0.0.1:8099:80 busybox sh -c "$(httpd_of the page)"
	wait_until 20 is 'the page' podman exec web wget -qO- http://127.0.0.1/
	wait_until 20 is 'the page' page 8099
	show podman run --rm --network container:web busybox wget -qO- http://127.0.0.1/
	expect_is 'the page'
	show podman run --rm --network host busybox sh -c 'test -d /sys/class/net/lo && grep " /sys " /proc/mounts | cut -d" " -f3'
	show podman port web
	show podman rm --force --time 0 web
	peer_make
	peer_remove
}

case_pod() {
	pod_make
	show podman pod stop --time 0 p
	show podman pod start p
	show podman pod rm --force --time 0 p
	expect_status 0
}

# In a group of the user's own podman asks for limits. On v1 cgroups it asks for none, and says so.
case_limits() {
	local cpus=() parent=()
	! cpusets || cpus=(--cpuset-cpus 0)
	systemd || parent=(--cgroup-parent /user/containers)
	if unified; then
		must podman run -d --network none "${parent[@]}" --memory 64m --memory-swap 64m --memory-reservation 32m \
			--cpus 0.5 --cpu-shares 512 --pids-limit 30 "${cpus[@]}" --name c busybox sleep 1000
		limits c all
		expect 67108864 '50000 100000'
		pause_look
		show podman stats --no-stream --format '{{.Name}} {{.PIDS}}' c
		expect_is 'c 1'
		show podman update --memory 96m --cpus 0.7 c
		limits c all
		expect 100663296 '70000 100000'
		show none "${parent[@]}" --pids-limit 6 busybox sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 2 & done; wait'
		expect "can't fork"
		return
	fi
	show none --memory 64m busybox true
	show none --pids-limit 20 busybox true
	must podman run -d --network none --name c busybox sleep 1000
	show podman pause c
	expect 'cgroup'
	show podman stats --no-stream --format '{{.Name}}' c
	expect 'cgroup'
	quiet podman update --memory 64m c
	expect_status 125
	expect 'cgroup'
}

# runc cannot.
case_cgroups_disabled() {
	show none --cgroups disabled busybox true
	expect_status 0
}

# The other storage: fuse-overlayfs, by an image store of its own.
case_overlay() {
	[ -e /dev/fuse ] || skip 'no /dev/fuse'
	own
	fuse() { podman --root "$HOME_DIR/fuse" --runroot /run/user/30001/fuse --storage-driver overlay \
		--storage-opt overlay.mount_program=/usr/bin/fuse-overlayfs "$@"; }
	must fuse import --change 'ENV PATH=/bin:/sbin:/usr/bin:/usr/sbin' /mnt/busybox.tar busybox
	show fuse info --format '{{.Store.GraphDriverName}}'
	expect_is overlay
	show fuse run --rm --network none busybox sh -c 'grep " / " /proc/mounts | cut -d" " -f3; touch /new; stat -c "%u %g" /new /etc/passwd'
	expect 'fuse'
	must fuse run -d --network none --name f busybox sleep 1000
	show fuse exec f sh -c 'echo in >/etc/f; cat /etc/f'
	expect_is in
	show fuse run --rm --network none --userns=keep-id busybox id -un
	expect_is someone
	show fuse stop --time 0 f
	show fuse rm --force f
	expect_status 0
	must fuse rmi --all
}

case_build() {
	own
	mkdir context
	cat >context/Containerfile <<-'C'
		FROM localhost/busybox
		RUN id >/made; cat /proc/self/uid_map >>/made
		COPY --chown=1000 Containerfile /copied
		USER user
		RUN id >/tmp/who
	C
	quiet podman build --network none -t built context
	expect_status 0
	show none built sh -c 'cat /made /tmp/who; stat -c %u /copied'
	expect 'uid=0(root)' 30001 'uid=1000(user)'
	quiet as_user buildah bud --isolation oci --runtime "$RUNTIME_PATH" --network none -t again context
	expect_status 0
	show none again sh -c 'cat /made /tmp/who; stat -c %u /copied'
	expect 'uid=0(root)' 30001 'uid=1000(user)'
	must podman rmi built again
}
