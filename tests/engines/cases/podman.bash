# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is tests/engines/run's
# podman as root. Containers have no network but where the network is what is looked at.

part_begin() {
	podman_begin
	podman_import
	show podman info --format '{{.Host.OCIRuntime.Path}} {{.Host.CgroupsVersion}} {{.Store.GraphDriverName}}'
}

case_end() { podman rm --all --force --time 0 >/dev/null; podman pod rm --all --force >/dev/null; }

case_info() {
	show podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}}'
	expect "$RUNTIME_PATH"
	must podman info --format '{{.Host.OCIRuntime.Version}}'
	expect "$RUNTIME" "spec: 1."
	must none busybox true
	must podman run -d --network none --name c busybox sleep 1000
	show inspect '{{.OCIRuntime}}' c
	expect_is "$RUNTIME"
	show podman --runtime "$RUNTIME_PATH" run --rm --network none busybox echo once
	expect_is once
}

case_run_status() {
	run_look
	must podman run -d --network none --name c busybox sleep 1000
	show podman kill --signal KILL c
	show podman wait c
	expect_is 137
	podman rm c >/dev/null
	show none busybox /etc
	expect_status 126
	expect 'permission denied'
	show none --no-such-option busybox true
	expect_status 125
	show none --workdir /no/such/directory busybox pwd
	show podman ps -aq
	expect_is ''
}

case_run_process() {
	show none -e A=1 -e B='two words' busybox sh -c 'echo "$A $B $container"'
	expect '1 two words'
	show none --user 1000:5 busybox id
	expect 'uid=1000(user) gid=5(tty)'
	show none --user user busybox id
	show none --user nobody busybox id
	expect_status 126
	show none --user user --group-add 5 --group-add 77 busybox id
	show none --workdir /var/tmp busybox pwd
	expect_is /var/tmp
	show none --hostname there busybox hostname
	expect_is there
	show none --entrypoint echo busybox an entry point
	expect_is 'an entry point'
	show none --umask 027 busybox sh -c umask
	expect_is 0027
	show none busybox ps -o user,args
	show none busybox ls /proc/self/fd
	show none busybox sh -c 'cat /proc/self/status | grep -E "^(Cap|NoNewPrivs|Seccomp|SigIgn|SigCgt)"'
	expect 'Seccomp:	2'
	show none busybox cat /proc/self/oom_score_adj /proc/self/limits
	must none busybox sh -c 'echo out; echo err >&2'
	expect out err
	show none busybox sh -c 'env | sort'
}

case_run_input() {
	show bash -c 'echo typed | podman run --rm -i --network none busybox cat'
	expect typed
	show bash -c 'head -c 3000000 /dev/zero | podman run --rm -i --network none busybox wc -c'
	expect 3000000
	show bash -c 'podman run --rm --network none busybox sh -c "head -c 3000000 /dev/zero" | wc -c'
	expect 3000000
}

case_run_terminal() {
	terminal size:30x100 'expect:# ' 'send:stty size; tty; echo $TERM\n' 'expect:# ' 'send:exit 5\n' -- \
		podman run --rm -it --network none busybox sh
	expect '30 100' /dev/pts/0 'pty: status 5' 'settings restored'
	terminal 'expect:# ' 'send:sh -c "echo \$((40+2)); exec sleep 100"\n' 'expect:42' 'send:\003' 'send:echo after $?\n' \
		'expect:after 130' 'send:exit\n' -- podman run --rm -it --network none busybox sh
	expect 'pty: status 0'
	terminal size:30x100 'expect:# ' size:40x120 \
		'send:until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; echo re$((1+1))sized\n' expect:re2sized 'send:exit\n' -- \
		podman run --rm -it --network none busybox sh
	expect 'pty: status 0'
	show none -t busybox tty
	expect /dev/pts/0
}

case_detached() {
	must podman run -d --network none --name c busybox sh -c 'echo one; echo two >&2; sleep 1000'
	show inspect '{{.State.Status}} {{.State.Running}} {{.State.Paused}} {{.State.OOMKilled}} {{.State.ExitCode}}' c
	expect_is 'running true false false 0'
	wait_until 20 says two podman logs c
	wait_until 20 says one podman logs c
	show podman ps --format '{{.Names}} {{.Image}} {{.Command}} {{.State}}'
	must inspect '{{.State.Pid}}' c
	[ "$(cat "/proc/$output/comm")" = sleep ] || wrong "the pid is not the container's"
	show podman stop --time 1 c
	show inspect '{{.State.Status}} {{.State.ExitCode}}' c
	expect_is 'exited 137'
	show podman start c
	show podman restart --time 0 c
	show podman rm --force --time 0 c
	show podman ps -a
	expect_no busybox
	show podman run -d --network none --name d busybox sh -c 'exit 9'
	show podman wait d
	expect_is 9
	show podman start --attach d
	expect_status 9
	show podman rm d
}

case_exec() {
	must podman run -d --network none -e A=1 --name c busybox sleep 1000
	exec_look
	podman_exec_fails
	show bash -c 'echo typed | podman exec -i c cat'
	expect typed
	show podman exec --privileged c grep -E '^Cap(Eff|Bnd)' /proc/self/status
	show podman exec c cat /proc/self/cgroup
	must podman exec -d c sh -c 'echo $$ >/tmp/detached; exec sleep 900'
	wait_until 20 says 'sleep 900' podman top c args
	show podman exec --workdir /no/such c true
	expect_status 127
	show podman exec --user nobody c true
	show podman exec none true
	expect_status 125
	exec_refused 255
	expect 'container state improper'
}

case_exec_terminal() {
	must podman run -d --network none --name c busybox sleep 1000
	terminal size:31x101 'expect:# ' 'send:stty size; tty\n' 'expect:# ' 'send:exit 6\n' -- \
		podman exec -it c sh
	expect '31 101' /dev/pts/ 'pty: status 6' 'settings restored'
	terminal 'expect:# ' 'send:sh -c "echo \$((40+2)); exec sleep 100"\n' 'expect:42' 'send:\003' 'send:echo after $?\n' \
		'expect:after 130' 'send:exit\n' -- podman exec -it c sh
	expect 'pty: status 0'
}

case_attach() {
	must podman run -dit --network none --name c busybox sh
	terminal 'send:echo at$((1+1))\n' 'expect:at2' 'send:\030' -- podman attach --detach-keys ctrl-x c
	expect 'pty: status 0'
	show inspect '{{.State.Status}}' c
	expect_is running
	terminal 'send:exit 4\n' -- podman attach c
	show podman wait c
	expect_is 4
}

case_signals() {
	must podman run -d --network none --name c busybox sh -c "trap 'echo got usr1' USR1; $on_term"
	wait_until 20 says ready podman logs c
	show podman kill --signal USR1 c
	wait_until 20 says 'got usr1' podman logs c
	term_stops
	show podman kill c
	expect_status 125
	show podman kill --signal NONSENSE c
	expect_status 125
	must podman run -d --network none --stop-signal USR1 --name d busybox sh -c 'trap "exit 8" USR1; echo ready; while :; do sleep 0.1; done'
	wait_until 20 says ready podman logs d
	show podman stop d
	show inspect '{{.State.ExitCode}}' d
	expect_is 8
}

case_pause() {
	must podman run -d --network none --name c busybox sh -c 'while sleep 0.1; do :; done'
	pause_look
	show podman unpause c
	expect_status 125
	must podman pause c
	show podman exec c true
	expect_status 255
	show podman pause c
	expect_status 125
	show podman rm --force --time 0 c
	expect_status 0
}

case_top_stats() {
	must podman run -d --network none --memory 64m --name c busybox sh -c 'sleep 1000; true'
	show podman top c user args
	expect 'sleep 1000'
	must podman top c -- -o user,args
	expect 'sleep 1000'
	show podman stats --no-stream --format '{{.Name}} {{.PIDS}}' c
	expect_is 'c 2'
	must podman stats --no-stream --format '{{.MemUsage}}' c
	expect '/ 67.11MB'
}

case_inspect() {
	must podman run -d --network none --memory 64m --pids-limit 50 --cap-add NET_ADMIN --cap-drop CHOWN \
		--read-only --tmpfs /t --name c busybox sleep 1000
	show inspect '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.EffectiveCaps}} {{.HostConfig.ReadonlyRootfs}}' c
	show inspect '{{.State.Status}} {{.State.OciVersion}} {{.ProcessLabel}} {{.AppArmorProfile}}' c
	show podman inspect --format '{{.Config.Cmd}} {{.Path}} {{.Args}} {{.HostConfig.CapAdd}} {{.HostConfig.CapDrop}} {{.Mounts}}' c
}

case_update() {
	must podman run -d --network none --memory 64m --name c busybox sleep 1000
	show podman update --memory 96m --cpus 0.5 --cpu-shares 512 c
	expect_status 0
	limits c all
}

case_limits() {
	local cpus=()
	! cpusets || cpus=(--cpuset-cpus 0)
	must podman run -d --network none --memory 64m --memory-swap 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 \
		--pids-limit 30 "${cpus[@]}" --name c busybox sleep 1000
	limits c all
	expect 67108864
	show none --pids-limit 6 busybox sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 2 & done; wait'
	expect "can't fork"
	show none --memory 64m --memory-swap 64m busybox sh -c 'head -c 20000000 /dev/zero | tail | wc -c'
	expect_status 0
}

case_oom() {
	! systemd || skip 'conmon 2.1.6 does not tell it where systemd has removed the group at once, with any runtime'
	must podman run -d --network none --memory 16m --memory-swap 16m --name c busybox sh -c 'tail /dev/zero'
	show podman wait c
	expect_is 137
	# conmon 2.1.6 leaves its word of it in the working directory, podman 4.3 looks for it in the bundle: OOMKilled is
	# never true. (podman's pull request 21523 mended that.)
	wait_until 20 test -e oom
	show inspect '{{.State.OOMKilled}} {{.State.ExitCode}}' c
	expect 137
	rm oom
	must podman run -d --network none --memory 64m --name d busybox true
	must podman wait d
	show inspect '{{.State.OOMKilled}} {{.State.ExitCode}}' d
	expect_is 'false 0'
	[ ! -e oom ] || wrong 'an OOM kill is told where there was none'
}

case_read_only() {
	show none --read-only busybox touch /x
	expect_status 1
	expect 'Read-only file system'
	show none --read-only busybox touch /tmp/x
	show none --read-only --read-only-tmpfs=false busybox touch /tmp/x
	expect 'Read-only file system'
	show none --read-only --tmpfs /t:size=1m,mode=700 busybox sh -c 'touch /t/x && stat -c %a /t && grep " /t " /proc/mounts'
	expect 700 size=1024k
}

case_mounts() {
	local mode
	mkdir -p v/sub; echo content >v/file
	for mode in '' :ro :rw,noexec :nosuid,nodev :z :rshared :rslave :rprivate :U :O :rbind :bind; do
		show none -v "$PWD/v:/v$mode" busybox sh -c 'exec 2>&1; cat /v/file; touch /v/new && rm -f /v/new; grep " /v " /proc/self/mountinfo | cut -d" " -f5-7 | sed "s/:[0-9]*/:N/"'
		expect content
	done
	show none -v "$PWD/v/file:/etc/one-file:ro" busybox cat /etc/one-file
	expect_is content
	show none -v "$PWD/v:/a/b/c/d" busybox ls /a/b/c/d
	show none -v named:/n busybox sh -c 'echo kept >/n/f'
	show none -v named:/n:ro busybox cat /n/f
	expect_is kept
	show podman volume ls --format '{{.Name}}'
	show podman volume rm named
	show none --tmpfs /t:rw,size=64k,mode=1777,noexec busybox sh -c 'grep " /t " /proc/mounts'
	show none --mount type=bind,source="$PWD/v",destination=/v,readonly busybox touch /v/y
	expect 'Read-only file system'
	show none --mount type=tmpfs,destination=/t,tmpfs-size=1m busybox sh -c 'grep " /t " /proc/mounts'
	show none --mount type=devpts,destination=/pts busybox sh -c 'grep " /pts " /proc/mounts'
	show none --mount type=image,source=busybox,destination=/i busybox ls /i
	show none -v /no/such/directory:/v busybox true
	expect_status 125
	must podman run -d --network none -v "$PWD/v:/v" --name c busybox sleep 1000
	show podman run --rm --network none --volumes-from c busybox cat /v/file
	expect_is content
	show none --shm-size 1m busybox sh -c 'grep " /dev/shm " /proc/mounts'
	show none busybox sh -c 'sort /proc/mounts | grep -vE "^overlay| /(proc|sys)/"'
}

case_capabilities() {
	local caps
	for caps in '' '--cap-drop ALL' '--cap-add SYS_ADMIN' '--cap-drop ALL --cap-add CHOWN,KILL' '--privileged' '--cap-add ALL' '--user 1000' '--user 1000 --cap-add NET_RAW'; do
		# shellcheck disable=SC2086
		show none $caps busybox grep ^Cap /proc/self/status
	done
	show none --cap-drop CHOWN busybox chown 1 /tmp
	expect 'Operation not permitted'
	show none --cap-add NO_SUCH busybox true
	expect_status 125
}

case_security() {
	show none --security-opt no-new-privileges busybox grep NoNewPrivs /proc/self/status
	expect 1
	show none --security-opt seccomp=unconfined busybox grep '^Seccomp' /proc/self/status
	expect 'Seccomp:	0'
	cat >profile.json <<'J'
{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names": [ "mkdir", "mkdirat" ], "action": "SCMP_ACT_ERRNO", "errnoRet": 95 } ] }
J
	show none --security-opt seccomp="$PWD/profile.json" busybox mkdir /new
	expect 'Operation not supported'
	show none busybox unshare -m true
	expect 'Operation not permitted'
	show none busybox sh -c 'exec 2>&1; cat /proc/kcore /proc/keys /proc/timer_list | wc -c; ls /sys/firmware | wc -l; touch /proc/sys/kernel/x /proc/sysrq-trigger; echo 1 >/proc/sysrq-trigger'
	show none --security-opt unmask=ALL busybox sh -c 'grep -c /proc/ /proc/mounts'
	show none --security-opt mask=/etc/passwd busybox cat /etc/passwd
	show none --privileged busybox sh -c 'grep -E "^(Cap|Seccomp|NoNew)" /proc/self/status; ls -l /dev/kmsg | cut -c1-10'
	show none --sysctl net.ipv4.ip_unprivileged_port_start=80 busybox cat /proc/sys/net/ipv4/ip_unprivileged_port_start
	expect_is 80
	show none --sysctl net.no.such=1 busybox true
	expect_status 127
	show none --ulimit nofile=100:200 --ulimit core=0 --ulimit nproc=500:500 busybox sh -c 'ulimit -n; ulimit -Hn; ulimit -c; grep processes /proc/self/limits'
	expect $'100\n200\n0\nMax processes'
}

case_apparmor() { apparmor_look 'containers-default-0.50.1 (enforce)'; }

case_devices() {
	local device
	device=$(device_other)
	show none busybox sh -c 'cd /dev; ls -l $(ls | grep -v pts) | sed "s/ [0-9]* root/ root/; s/ [A-Z][a-z][a-z] .*:[0-9][0-9] / /"'
	show none --device "$device" busybox stat -c '%n %t:%T %a' "$device"
	expect "$device $(stat -c %t:%T "$device")"
	show none --device "$device:/dev/other:r" busybox sh -c ': </dev/other && echo read; : >/dev/other'
	expect read 'Operation not permitted'
	show none --device "$device:/dev/other:rw" busybox sh -c ': </dev/other && : >/dev/other && echo both'
	expect both
	show none --device /dev/no-such busybox true
	expect_status 125
	show none busybox sh -c 'mknod /dev/mem2 c 1 1; head -c 1 /dev/mem2'
	expect 'Operation not permitted'
	show none --device-cgroup-rule 'c 1:5 rwm' busybox true
	expect_status 0
}

case_health() {
	must podman run -d --network none --health-cmd 'test -e /tmp/well' --health-interval disable --health-retries 1 --name c busybox sleep 1000
	show podman healthcheck run c
	expect_status 1
	show inspect '{{.State.Health.Status}}' c
	expect_is unhealthy
	must podman exec c touch /tmp/well
	show podman healthcheck run c
	expect_status 0
	show inspect '{{.State.Health.Status}}' c
	expect_is healthy
}

case_init() {
	show none --init busybox ps -o args
	expect 'init'
	show none --init busybox sh -c 'exit 13'
	expect_status 13
}

case_restart() {
	restart_look
}

case_namespaces() {
	must podman run -d --network none --ipc shareable --name c busybox sleep 1000
	show none --pid container:c --ipc container:c busybox sh -c 'ps -o args | grep sleep | head -n 1'
	expect 'sleep 1000'
	show podman run --rm --network container:c busybox ls /sys/class/net
	expect_is lo
	for kind in pid ipc uts cgroupns; do
		show none --$kind host busybox true
		expect_status 0
		[ "$(none --$kind host busybox readlink "/proc/self/ns/${kind%ns}")" = "$(readlink "/proc/self/ns/${kind%ns}")" ] ||
			wrong "--$kind host is another namespace"
	done
	show none --cgroupns private busybox cat /proc/self/cgroup
	expect '0::/'
	show podman run --rm --cgroup-parent /given --network none busybox true
	expect_status 0
}

# runc cannot.
case_cgroups_disabled() {
	show none --cgroups disabled busybox cat /proc/self/cgroup
	expect_status 0
	expect_no libpod
}

case_userns() {
	show none --userns=auto busybox cat /proc/self/uid_map /proc/self/gid_map
	expect_status 0
	show none --userns=auto:size=2000 busybox cat /proc/self/uid_map
	show none --uidmap 0:100000:5000 --gidmap 0:200000:5000 busybox sh -c 'cat /proc/self/uid_map /proc/self/gid_map; id; touch /x; stat -c "%u %g" /x /etc/passwd; ls -ld /proc/sys /dev/null | cut -c1-10'
	expect_status 0
	show none --uidmap 0:100000:5000 -t busybox sh -c 'stat -c "%u %g %a" /dev/pts/0'
	mkdir -p v; chmod 777 v
	show none --uidmap 0:100000:5000 -v "$PWD/v:/v" busybox touch /v/new
	show stat -c '%u %g' v/new
	expect_is '100000 100000'
}

case_files() {
	must podman run -d --network none --name c busybox sleep 1000
	file_into
	show podman cp c:/etc/passwd copy
	grep -q root copy
	show podman diff c
	file_committed
	must podman export -o e.tar c
	tar tf e.tar | grep -q '^tmp/f$'
}

case_create_options() {
	show podman create --network none --name c busybox echo started
	show podman start --attach c
	expect started
	show podman start --attach c
	show podman rename c d
	show podman rm d
	show none --pidfile pid --cidfile cid busybox true
	test -s cid
	show none --timeout 1 busybox sleep 1000
	show none --log-driver none busybox echo unlogged
	show none --annotation a.b=c busybox true
	expect_status 0
	show none --systemd always busybox sh -c 'mount | grep -c tmpfs'
	show none --tz UTC busybox date +%Z
	show none --env-host busybox true
	show bash -c 'exec 3<"$1"; podman run --rm --preserve-fds 1 --network none busybox cat /proc/self/fd/3' "$RUNTIME_PATH" /etc/debian_version
	show none --oom-score-adj 100 busybox cat /proc/self/oom_score_adj
	expect_is 100
	show none --stop-timeout 1 --log-opt max-size=1m busybox true
	expect_status 0
	mkdir hooks
	printf '{"version":"1.0.0","hook":{"path":"/bin/sh","args":["sh","-c","cat >%s/state; exit 0"]},"when":{"always":true},"stages":["prestart","poststop"]}' "$PWD" >hooks/h.json
	show podman --hooks-dir "$PWD/hooks" run --rm --network none busybox true
	expect_status 0
	jq -e '.ociVersion and .id and .bundle and .status' state >/dev/null || wrong "hook's state: $(cat state)"
	printf '{"version":"1.0.0","hook":{"path":"/bin/sh","args":["sh","-c","echo the hook says no >&2; exit 3"]},"when":{"always":true},"stages":["prestart"]}' >hooks/h.json
	show podman --hooks-dir "$PWD/hooks" run --rm --network none busybox true
	expect_status 126
	show podman ps -aq
}

case_network() {
	nat_or_skip
	show podman run --rm busybox ls /sys/class/net
	expect eth0
	show podman run --rm busybox ip -4 -o addr show eth0
	expect 10.88.
	must podman run -d --name web -p 127.0.0.1:8099:80 busybox sh -c "$(httpd_of the page)"
	must inspect '{{.NetworkSettings.IPAddress}}' web
	address=$output
	wait_until 20 is 'the page' podman exec web wget -qO- http://127.0.0.1/
	show podman run --rm busybox wget -qO- "http://$address/"
	expect_is 'the page'
	show page 8099
	expect_is 'the page'
	show podman port web
	peer_make
	show podman network disconnect one peer
	show podman exec peer ls /sys/class/net
	peer_remove
}

case_pod() {
	pods_or_skip
	pod_make
	show podman exec a readlink /proc/1/ns/uts
	show podman pod pause p
	show podman pod unpause p
	must podman pod stats --no-stream --format '{{.Name}}' p
	expect a b infra
	must podman pod top p args
	expect 'sleep 1000'
	show podman pod stop --time 0 p
	show podman pod start p
	show podman pod kill p
	show podman pod rm --force --time 0 p
	must podman pod create --name q --network none --memory 64m
	show podman run --rm --pod q busybox true
	expect_status 0
}

# Where the kernel lets CRIU work: in the test kernel (--vm).
case_checkpoint() {
	criu check >/dev/null 2>&1 || skip "CRIU does not work on this kernel"
	[ "$RUNTIME" != crun ] || skip "Debian's crun is built without CRIU"
	must podman run -d --network none --memory 64m --cpu-shares 512 --name c busybox sh -c 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.2; done'
	wait_until 20 says 3 podman logs c
	show podman container checkpoint c
	expect_status 0
	show inspect '{{.State.Status}} {{.State.Checkpointed}}' c
	expect_is 'exited true'
	must podman logs --tail 1 c
	last=$output
	show podman container restore c
	expect_status 0
	show inspect '{{.State.Status}} {{.State.Checkpointed}}' c
	expect_is 'running false'
	wait_until 20 says "$((last + 3))" podman logs c
	must podman logs c
	[ "$output" = "$(seq "$(wc -l <<<"$output")")" ] || wrong "it did not go on where it was: $output"
	limits c all
	show podman container checkpoint --export "$PWD/c.tar.gz" c
	expect_status 0
	must podman rm c
	show podman container restore --import "$PWD/c.tar.gz" --name d
	expect_status 0
	must podman exec d ps -o args
	expect 'while :'
}

# A unit that podman writes: systemd starts it, again when it dies, and stops it.
case_unit() {
	local unit=/run/systemd/system/nstools-c.service first
	systemd || skip 'no systemd here'
	must podman create --network none --memory 64m --name c busybox sh -c "$on_term"
	podman generate systemd --new --name --restart-policy always --stop-timeout 20 c >"$unit"
	must podman rm c
	must systemctl daemon-reload
	must systemctl start nstools-c
	wait_until 20 says ready podman logs c
	show systemctl is-active nstools-c
	show podman ps --format '{{.Names}} {{.Image}}'
	show podman exec c cat /sys/fs/cgroup/memory.max
	expect_is 67108864
	first=$(podman inspect --format '{{.Id}}' c)
	must podman kill --signal KILL c
	wait_until 30 is restarted eval "[ \"\$(podman inspect --format '{{.Id}} {{.State.Status}}' c)\" != '$first running' ] && podman exec c true && echo restarted"
	show systemctl stop nstools-c
	expect_status 0
	show systemctl show -p Result -p ExecMainStatus nstools-c
	show podman ps -a --format '{{.Names}}'
	expect_is ''
	rm "$unit"
	must systemctl daemon-reload
}

case_kube() {
	pods_or_skip
	cat >pod.yaml <<'Y'
apiVersion: v1
kind: Pod
metadata:
  name: k
spec:
  hostNetwork: false
  restartPolicy: Never
  containers:
  - name: one
    image: localhost/busybox:latest
    imagePullPolicy: Never
    command: ["sh", "-c", "echo from kube; sleep 1000"]
    resources:
      limits:
        memory: 64Mi
Y
	must podman play kube --network none pod.yaml
	wait_until 20 says 'from kube' podman logs k-one
	show podman logs k-one
	show podman play kube --down pod.yaml
}
