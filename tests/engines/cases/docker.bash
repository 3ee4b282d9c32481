# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # output is tests/engines/run's; ENGINE and BOX are for lib.bash
# Docker: dockerd with its own containerd. Containers have no network but where the network is what is looked at.

ENGINE=docker BOX=box

part_begin() {
	mkdir -p /etc/docker
	# Docker has runc of its own name.
	[ "$RUNTIME" = runc ] || readme '{ "runtimes"' >/etc/docker/daemon.json
	daemon_start
	busybox_import
}

# daemon_start OPTION...
daemon_start() {
	local without=()
	nat || without=(--iptables=false --bridge=none)
	setsid dockerd "${without[@]}" "$@" --data-root /var/lib/docker --exec-root /run/docker --pidfile /run/docker.pid --host unix:///run/docker.sock \
		>>/mnt/out/dockerd.log 2>&1 </dev/null &
	wait_until 90 docker version
}
# daemon_end SIGNAL: and wait for its end.
daemon_end() {
	local pid
	pid=$(cat /run/docker.pid)
	kill "-$1" "$pid"
	wait_until 60 bash -c "! grep -qs '^State:.[^ZX]' /proc/$pid/status"
}
busybox_import() { must docker import --change 'ENV PATH=/bin:/sbin:/usr/bin:/usr/sbin' /mnt/busybox.tar busybox; }

# docker top calls ps, which finds no boot time in User-Mode Linux.
top_works() { ps -ef >/dev/null 2>&1; }

case_end() {
	local ids
	ids=$(docker ps --all --quiet)
	# shellcheck disable=SC2086
	[ -z "$ids" ] || docker rm --force $ids >/dev/null
}

case_info() {
	show docker info --format '{{.DefaultRuntime}} {{.CgroupVersion}} {{.CgroupDriver}}'
	expect "$RUNTIME"
	must docker info --format '{{json .Runtimes}}'
	expect "$RUNTIME"
	must docker run -d --network none --name box busybox sleep 1000
	show inspect '{{.HostConfig.Runtime}}' box
	expect_is "$RUNTIME"
	must docker run --rm --runtime "$RUNTIME" --network none busybox true
}

case_run_status() {
	run_look
	show none busybox no-such-program
	expect 'executable file not found in $PATH'
	show docker ps -aq
	expect_is ''
}

# What dockerd looks for in the runtime's words, to choose a status and to add advice.
case_advice() {
	mkdir dir; : >file
	show none -v "$PWD/dir:/etc/passwd" busybox true
	expect 'Are you trying to mount a directory onto a file (or vice-versa)?' 'ot a directory'
	printf '[%s]\n' "$status"
	quiet none -v "$PWD/file:/etc" busybox true
	printf '[%s]\n' "$status"
	expect 'Are you trying to mount a directory onto a file'
	quiet none --workdir /etc/passwd busybox true
	printf '[%s]\n' "$status"
	expect 'ot a directory'
	quiet none busybox /etc
	expect_status 126
	differs 'the words of the runtime'
}

case_run_process() {
	show none -e A=1 busybox sh -c 'echo $A; hostname | wc -c; cat /proc/self/oom_score_adj; env | grep -v HOSTNAME | sort'
	show none --user 1000:5 --workdir /var/tmp busybox sh -c 'id; pwd'
	expect 'uid=1000(user) gid=5(tty)' /var/tmp
	show none --hostname there busybox hostname
	expect_is there
	show bash -c 'echo typed | docker run --rm -i --network none busybox cat'
	expect_is typed
	show none --init busybox ps -o args
	expect /sbin/docker-init
	show none busybox sh -c 'exec 2>&1; grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status; ls /dev; unshare -m true'
	expect 'Seccomp:	2' 'Operation not permitted'
	# Docker asks for every capability; runc fails where its own bounding set is smaller.
	quiet none --privileged busybox grep ^Seccomp: /proc/self/status
	[ "$RUNTIME" = runc ] || expect 'Seccomp:	0'
	show none --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges busybox grep -E '^(Cap|NoNew)' /proc/self/status
	expect 'NoNewPrivs:	1'
	show none --sysctl net.ipv4.ip_unprivileged_port_start=80 busybox cat /proc/sys/net/ipv4/ip_unprivileged_port_start
	expect_is 80
	show none --ulimit nofile=100:200 busybox sh -c 'ulimit -n; ulimit -Hn'
	show none --device "$(device_other):/dev/other:r" busybox sh -c 'exec 2>&1; : </dev/other && echo read; : >/dev/other'
	expect read 'Operation not permitted'
	show none --cgroupns private busybox grep memory /proc/self/cgroup
	show none --cgroupns host --pid host --uts host --ipc host busybox true
	expect_status 0
}

case_apparmor() { apparmor_look 'docker-default (enforce)'; }

case_terminal() {
	terminal size:30x100 'expect:# ' "$(sized 30 100)" expect:si2ed 'expect:# ' 'send:exit 5\n' -- \
		docker run --rm -it --network none busybox sh
	expect /dev/pts/0 'pty: status 5' 'settings restored'
	must docker run -d --network none --name box busybox sleep 1000
	terminal size:31x101 'expect:# ' "$(sized 31 101)" expect:si2ed 'expect:# ' 'send:exit 6\n' -- docker exec -it box sh
	expect 'pty: status 6'
}

case_detached() {
	must docker run -d --network none --name box busybox sh -c 'echo one; echo two >&2; exec sleep 1000'
	show inspect '{{.State.Status}} {{.State.Running}} {{.State.OOMKilled}} {{.State.ExitCode}}' box
	expect_is 'running true false 0'
	wait_until 20 says two docker logs box
	must docker logs box
	expect one two
	show docker ps --format '{{.Names}} {{.Image}} {{.Command}}'
	! top_works || must docker top box -o pid,args
	! top_works || expect 'sleep 1000'
	show docker stop --time 1 box
	show inspect '{{.State.Status}} {{.State.ExitCode}}' box
	expect_is 'exited 137'
	show docker start box
	show docker restart --time 0 box
	show docker kill --signal KILL box
	show docker wait box
	expect_is 137
	show docker rm box
	must docker run -d --network none --name box busybox sh -c "$on_term"
	term_stops
}

case_exec() {
	must docker run -d --network none -e A=1 --name box busybox sleep 1000
	exec_look
	show bash -c 'echo typed | docker exec -i box cat'
	expect_is typed
	show docker exec box no-such-program
	expect_status 126
	expect 'executable file not found in $PATH'
	quiet docker exec --privileged box true
	[ "$RUNTIME" = runc ] || expect_status 0
	must docker exec -d box sleep 900
	! top_works || wait_until 20 says 'sleep 900' docker top box
	exec_refused 1
	expect 'is not running'
}

case_pause() {
	must docker run -d --network none --name box busybox sleep 1000
	pause_look
	must docker pause box
	show docker exec box true
	expect_status 1
	show docker rm --force box
	expect_status 0
}

case_stats_update() {
	must docker run -d --network none --memory 64m --name box busybox sleep 1000
	show docker stats --no-stream --format '{{.Name}} {{.PIDs}}' box
	expect_is 'box 1'
	must docker stats --no-stream --format '{{.MemUsage}}' box
	expect '/ 64MiB'
	show docker update --memory 96m --memory-swap 96m --cpus 0.5 --cpu-shares 512 --pids-limit 20 box
	limits box
	expect 100663296 50000
}

case_oom() {
	# Not of the first process, and not at once: the shim listens after the start, and may see the end before the kill.
	must docker run -d --network none --memory 16m --memory-swap 16m --name box busybox \
		sh -c 'until [ -e /go ]; do sleep 0.1; done; tail /dev/zero; until [ -e /end ]; do sleep 0.1; done; exit 137'
	must docker exec box touch /go
	wait_until 30 says box docker events --since 0 --until 0s --filter event=oom --format '{{.Actor.Attributes.name}}'
	must docker exec box touch /end
	show docker wait box
	show inspect '{{.State.OOMKilled}} {{.State.ExitCode}}' box
	expect_is 'true 137'
	must docker run -d --network none --memory 64m --name two busybox true
	must docker wait two
	show inspect '{{.State.OOMKilled}} {{.State.ExitCode}}' two
	expect_is 'false 0'
}

case_restart() {
	restart_look
	must docker run -d --network none --restart always --name two busybox sleep 1000
	must inspect '{{.State.Pid}}' two
	first=$output
	kill -9 "$first"
	wait_until 30 is 'running 1' inspect '{{.State.Status}} {{.RestartCount}}' two
	must inspect '{{.State.Pid}}' two
	[ "$output" != "$first" ] || wrong 'not restarted'
}

case_mounts() {
	local mode
	mkdir -p v; echo content >v/file
	for mode in '' :ro :z :rshared :rslave :rprivate; do
		show none -v "$PWD/v:/v$mode" busybox sh -c 'exec 2>&1; cat /v/file; touch /v/new && rm -f /v/new; grep " /v " /proc/self/mountinfo | cut -d" " -f5-7 | sed "s/:[0-9]*/:N/"'
		expect content
	done
	show none --tmpfs /t:size=64k,mode=700 --read-only busybox sh -c 'exec 2>&1; touch /x; touch /t/x; stat -c %a /t'
	expect 'Read-only file system' 700
	show none -v named:/n busybox sh -c 'echo kept >/n/f'
	show none -v named:/n:ro busybox cat /n/f
	expect_is kept
	must docker volume rm named
	show none --mount type=bind,source=/no/such,destination=/x busybox true
	expect_status 125
}

case_health() {
	must docker run -d --network none --health-cmd 'test -e /tmp/well' --health-interval 1s --health-retries 1 --name box busybox sleep 1000
	wait_until 30 is unhealthy inspect '{{.State.Health.Status}}' box
	must docker exec box touch /tmp/well
	wait_until 30 is healthy inspect '{{.State.Health.Status}}' box
	show inspect '{{.State.Health.Status}}' box
}

case_network() {
	nat_or_skip
	must docker run -d --name web -p 127.0.0.1:8098:80 busybox sh -c "$(httpd_of the page)"
	wait_until 20 is 'the page' docker exec web wget -qO- http://127.0.0.1/
	must inspect '{{.NetworkSettings.IPAddress}}' web
	show docker run --rm busybox wget -qO- "http://$output/"
	expect_is 'the page'
	show page 8098
	expect_is 'the page'
}

case_build() {
	printf 'FROM busybox\nRUN echo built >/made\nCMD ["cat", "/made"]\n' >Dockerfile
	DOCKER_BUILDKIT=0 must docker build --network none -t built .
	show none built
	expect_is built
	must docker rmi built
}

case_files() {
	must docker run -d --network none --name box busybox sleep 1000
	file_into
	file_committed
}

# A service of three replicas on a swarm of one node.
case_swarm() {
	must ip addr add 192.0.2.1/32 dev lo
	must docker swarm init --advertise-addr 192.0.2.1 --listen-addr 192.0.2.1
	must docker service create --detach --name s --replicas 3 --limit-memory 64m --limit-cpu 0.5 busybox sleep 1000
	replicas() { docker ps --quiet --filter label=com.docker.swarm.service.name=s | wc -l; }
	wait_until 60 is 3 replicas
	id=$(docker ps --quiet --filter label=com.docker.swarm.service.name=s | head -n 1)
	show inspect '{{.HostConfig.Runtime}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}' "$id"
	expect 67108864
	kill -9 "$(inspect '{{.State.Pid}}' "$id")"
	wait_until 60 bash -c 'docker service ps s --filter desired-state=shutdown -q | grep -q .'
	wait_until 60 is 3 replicas
	must docker service scale --detach s=5
	wait_until 60 is 5 replicas
	must docker service update --detach --update-parallelism 1 --update-delay 0s --env-add NEW=1 s
	wait_until 100 is completed docker service inspect --format '{{.UpdateStatus.State}}' s
	wait_until 60 is 5 replicas
	id=$(docker ps --quiet --filter label=com.docker.swarm.service.name=s | head -n 1)
	show docker exec "$id" sh -c 'echo $NEW'
	expect_is 1
	must docker service rm s
	wait_until 60 is 0 replicas
	must docker swarm leave --force
}

# Containers outlive their daemon, and the next one finds them again.
case_live_restore() {
	daemon_end TERM
	daemon_start --live-restore
	must docker run -d --network none --name box busybox sh -c "$on_term"
	must docker run -d --network none --name two busybox sh -c 'sleep 4; exit 4'
	daemon_end KILL
	sleep 5
	daemon_start --live-restore
	wait_until 30 is 'exited 4' inspect '{{.State.Status}} {{.State.ExitCode}}' two
	show inspect '{{.State.Status}} {{.RestartCount}}' box
	expect_is 'running 0'
	show docker exec box echo inside
	expect_is inside
	must docker pause box
	must docker unpause box
	term_stops
	daemon_end TERM
	daemon_start
}

# Every container in a user namespace of the daemon's choice.
case_userns_remap() {
	daemon_end TERM
	echo remap:x:20001:20001::/:/bin/sh >>/etc/passwd
	echo remap:x:20001: >>/etc/group
	echo remap:200000:65536 | tee -a /etc/subuid >>/etc/subgid
	daemon_start --userns-remap=remap
	busybox_import
	show none busybox sh -c 'id -u; cat /proc/self/uid_map /proc/self/gid_map; touch /x; stat -c %u:%g /x'
	expect 200000 0:0
	show none --userns host busybox cat /proc/self/uid_map
	mkdir v; echo content >v/file
	show none -v "$PWD/v:/v" busybox sh -c 'exec 2>&1; cat /v/file; touch /v/new; stat -c %u:%g /v'
	expect content 'Permission denied' 65534:65534
	show none --user 1000:5 --workdir /made busybox sh -c 'id; pwd; stat -c %u:%g .'
	expect 'uid=1000(user)' 0:0
	show none --read-only --tmpfs /t --init busybox sh -c 'exec 2>&1; touch /t/x; stat -c %u /t/x; touch /x'
	expect 'Read-only file system'
	must docker run -d --network none --memory 64m --cpu-shares 512 -e A=1 --name box busybox sleep 1000
	limits box
	expect 67108864
	exec_look
	show docker exec --user 5:6 box id
	pause_look
	show docker stop --time 0 box
	docker rm box >/dev/null
	daemon_end TERM
	daemon_start
}
