# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is tests/engines/run's
# Pods, as a kubelet asks containerd for them by CRI (tests/engines/cri), the runtime by its handler, as a RuntimeClass has
# it. Their network is made by nsnet, as a CNI plugin.

CRI=$(realpath "${BASH_SOURCE[0]%/*}/../cri")
cri() { "$CRI" "$@"; }

cri_start() {
	containerd_start
	wait_until 60 is true ready
}
ready() { cri Status | jq 'all(.status.conditions[]; .status)'; }

part_begin() {
	local masquerade=false
	! nat || masquerade=true
	containerd_configure
	# Of our own: an image without a registry, and no CAP_SYS_RESOURCE for a lower oom_score_adj.
	cat >>/etc/containerd/config.toml <<-X
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "localhost/pause:latest"
		  restrict_oom_score_adj = true
	X
	mkdir -p /etc/cni/net.d /opt/cni/bin
	rm -f /etc/cni/net.d/*
	# The loopback interface is asked for by a plugin of its own.
	ln -sf /usr/lib/cni/loopback "${HELPERS%/tests/tool}/tools/nsnet/nsnet" /opt/cni/bin/
	jq -cn --argjson masquerade $masquerade '{cniVersion: "1.0.0", name: "net", plugins: [{type: "nsnet",
		capabilities: {portMappings: true}, interface: ({bridge: "br0", createBridge: true, addresses: ["auto"],
		subnets: ["10.1.0.0/24"], gateways: ["10.1.0.1"]} + if $masquerade then {masquerade: true} else {} end)}]}' \
		>/etc/cni/net.d/10-net.conflist
	cri_start
	must ctr -n k8s.io image import /mnt/busybox.oci.tar
}

case_end() {
	local pod
	for pod in $(cri ListPodSandbox | jq -r '.items[].id'); do
		cri StopPodSandbox "{\"pod_sandbox_id\": \"$pod\"}" >/dev/null || :
		cri RemovePodSandbox "{\"pod_sandbox_id\": \"$pod\"}" >/dev/null
	done
}

# words ARGUMENT...: as a list in JSON.
words() { jq -cn '$ARGS.positional' --args -- "$@"; }

# pod_start NAME [FILTER]: $pod, of the standard configuration changed by a jq filter. It stays in NAME.json.
pod_start() {
	mkdir -p logs
	jq -cn --arg name "$1" --arg logs "$PWD/logs" --arg parent "$(systemd && echo /pods.slice || echo /pods)" '{metadata: {name: $name, uid: $name, namespace: "default", attempt: 0},
		hostname: $name, log_directory: $logs, linux: {cgroup_parent: $parent, security_context: {
		namespace_options: {network: "POD", pid: "CONTAINER", ipc: "POD"}}}}' | jq "${2:-.}" >"$1.json"
	must cri RunPodSandbox "$(jq -c --arg handler "$RUNTIME" '{config: ., runtime_handler: $handler}' "$1.json")"
	pod=$(jq -r .pod_sandbox_id <<<"$output")
	pod_name=$1
}

# container_create NAME FILTER COMMAND...: $container, in $pod. container_start: it runs.
container_create() {
	local name=$1 filter=$2
	shift 2
	must cri CreateContainer "$(jq -cn --arg pod "$pod" --arg name "$name" --slurpfile sandbox "$pod_name.json" \
		--argjson command "$(words "$@")" '{
		pod_sandbox_id: $pod, sandbox_config: $sandbox[0], config: {metadata: {name: $name, attempt: 0},
		image: {image: "localhost/busybox:latest"}, command: $command, log_path: ($name + ".log"),
		linux: {security_context: {namespace_options: $sandbox[0].linux.security_context.namespace_options}}}
		}' | jq -c ".config |= ($filter)")"
	container=$(jq -r .container_id <<<"$output")
}
container_start() {
	container_create "$@"
	must cri StartContainer "{\"container_id\": \"$container\"}"
}

# about METHOD [MEMBERS]: what CRI says of $container.
about() { cri "$1" "{\"container_id\": \"$container\"${2+, $2}}"; }
status_of() { about ContainerStatus | jq -r ".status | $1"; }
ended() { [ "$(status_of .state)" = CONTAINER_EXITED ]; }

# run_in COMMAND...: in $container, by ExecSync: its output, and its status.
run_in() {
	local answer
	answer=$(cri ExecSync "{\"container_id\": \"$container\", \"timeout\": 60, \"cmd\": $(words "$@")}") || return 125
	jq -rj '(.stdout, .stderr) | @base64d' <<<"$answer"
	return "$(jq .exit_code <<<"$answer")"
}

# logged NAME: the container's output, as a kubelet reads it: time, channel, tag, text.
logged() { cut -d' ' -f2- "logs/$1.log"; }

case_pod() {
	local ip
	pod_start p
	container_start a . sh -c "echo begun; echo on the other >&2; $(httpd_of from the pod)"
	container_start b . sleep 1000
	wait_until 20 is 'from the pod' run_in wget -qO- http://127.0.0.1/
	ip=$(cri PodSandboxStatus "{\"pod_sandbox_id\": \"$pod\"}" | jq -r .status.network.ip)
	[[ $ip == 10.1.0.* ]] || wrong "the pod's address: $ip"
	# As a kubelet probes it.
	wait_until 20 is 'from the pod' busybox wget -qO- "http://$ip/"
	show run_in sh -c 'hostname; ip -o link | wc -l; ip -o -4 address show eth0 | grep -c " 10\.1\.0\.[0-9]*/24"; ps -o args'
	expect $'p\n2\n1\n' 'sleep 1000'
	must run_in sh -c 'echo shared >/dev/shm/f'
	show eval 'logged a | sort'
	expect 'stdout F begun' 'stderr F on the other'
	show status_of '.state, .reason, .image.image'
	expect CONTAINER_RUNNING localhost/busybox
	show eval 'cri ListPodSandbox | jq -r ".items[] | .metadata.name, .state, .runtime_handler"'
	expect SANDBOX_READY "$RUNTIME"
	container_start c . sleep 1000
	show run_in cat /dev/shm/f
	expect_is shared
	# Another pod reaches it by its address.
	pod_start q
	container_start c . sleep 1000
	must run_in wget -qO- "http://$ip/"
	expect_is 'from the pod'
}

case_exec() {
	pod_start p
	container_start c '.envs = [{key: "A", value: "two words"}] | .working_dir = "/tmp"' sleep 1000
	show run_in sh -c 'pwd; echo "$A"; exit 7'
	expect_status 7
	expect $'/tmp\ntwo words'
	show run_in sh -c 'kill -9 $$'
	expect_status 137
	show run_in no-such-program
	expect_status 125
	expect 'executable file not found in $PATH'
	container_start d '.working_dir = "/made/here"' sleep 1000
	show run_in pwd
	expect_is /made/here
	show run_in /etc/passwd
	expect_status 125
	expect 'ermission denied'
	quiet about ExecSync '"timeout": 1, "cmd": ["sleep", "1000"]'
	[ "$status" -ne 0 ] || wrong 'the timeout was not kept'
	expect 'DEADLINE_EXCEEDED'
	# What was cut off is gone.
	show run_in ps -o args
	expect_no 'sleep 1000'$'\n''sleep 1000'
	must about StopContainer '"timeout": 0'
	show run_in true
	expect_status 125
}

case_process_namespaces() {
	local name
	pod_start p '.linux.security_context.namespace_options.pid = "POD"'
	container_start a . sleep 1001
	container_start b . sleep 1002
	show run_in ps -o args
	expect 'sleep 1001' 'sleep 1002' 'sleep 1000000'
	pod_start t
	container_start a . sleep 1003
	container_start b ".linux.security_context.namespace_options |= . + {pid: \"TARGET\", target_id: \"$container\"}" sleep 1004
	show run_in ps -o args
	expect 'sleep 1003' 'sleep 1004'
	pod_start n '.linux.security_context.namespace_options |= . + {pid: "NODE", network: "NODE", ipc: "NODE"} | .hostname = ""'
	container_start a . sleep 1005
	must run_in ps -o args
	expect containerd
	for name in net pid ipc; do
		must run_in readlink "/proc/self/ns/$name"
		expect_is "$(readlink "/proc/1/ns/$name")"
	done
}

case_limits() {
	local given='.linux.resources = {memory_limit_in_bytes: 67108864, cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512}'
	pod_start p
	container_start c "$given" sleep 1000
	limits_by '' run_in
	expect 67108864 50000
	must about UpdateContainerResources '"linux": {"memory_limit_in_bytes": 83886080, "cpu_quota": 70000, "cpu_period": 100000}'
	limits_by '' run_in
	expect 83886080 70000
	wait_until 20 is true enough_used
	must cri ListPodSandboxStats
	expect '"p"'
	# The groups stand below the pod's, which the kubelet makes and removes.
	[ -n "$(find /sys/fs/cgroup -type d -path "*/pods*/*$container*")" ] || wrong 'the group is elsewhere'
}
enough_used() { about ContainerStats | jq '(.stats.memory.working_set_bytes.value | tonumber) > 10000 and
	(.stats.cpu.usage_core_nano_seconds.value | tonumber) > 1000'; }

case_oom() {
	! systemd || skip 'containerd 1.6 does not report it where systemd has removed the group at once, with any runtime'
	pod_start p
	container_start c '.linux.resources.memory_limit_in_bytes = 16777216' \
		sh -c 'until [ -e /go ]; do sleep 0.1; done; exec tail /dev/zero'
	must run_in touch /go
	wait_until 30 ended
	wait_until 20 is OOMKilled status_of .reason
	show status_of '.exit_code, .reason'
	expect_is $'137\nOOMKilled'
}

case_security() {
	pod_start p '.linux.sysctls = {"net.ipv4.ip_unprivileged_port_start": "80", "kernel.shm_rmid_forced": "1"}'
	container_start c '.linux.security_context |= . + {run_as_user: {value: 1000}, run_as_group: {value: 5}, supplemental_groups: [7, 8],
		readonly_rootfs: true, no_new_privs: true, seccomp: {profile_type: "RuntimeDefault"},
		capabilities: {drop_capabilities: ["ALL"], add_capabilities: ["NET_BIND_SERVICE"]}}' sleep 1000
	show run_in sh -c 'id -u; id -g; id -G; touch /x; grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status
		cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shm_rmid_forced; unshare -m true 2>&1'
	expect $'1000\n5' 'Read-only file system' 'NoNewPrivs:	1' 'Seccomp:	2' $'\n80\n1\n' 'peration not permitted'
	container_start d '.linux.security_context |= . + {masked_paths: ["/proc/version", "/sys/kernel"], readonly_paths: ["/proc/sys"],
		capabilities: {add_capabilities: ["SYS_ADMIN"]}}' sleep 1000
	show run_in sh -c 'cat /proc/version; ls /sys/kernel; echo 1 >/proc/sys/kernel/shm_rmid_forced; grep ^Cap /proc/self/status'
	expect 'Read-only file system'
	pod_start h '.linux.security_context.privileged = true'
	container_start c '.linux.security_context.privileged = true' sleep 1000
	show run_in sh -c 'grep -E "^(CapEff|Seccomp:)" /proc/self/status; mount -t tmpfs t /tmp && echo mounted'
	expect 'Seccomp:	0' mounted
	# One file system for all of the pod: Debian's runc has left it read-only when it set up the first container.
	must run_in grep ' /sys sysfs' /proc/mounts
	[ "$RUNTIME" != nsinit ] || expect ' rw,'
}

case_mounts() {
	local device
	device=$(device_other)
	mkdir -p host/below
	echo content >host/file
	pod_start p
	container_start c ".mounts = [{container_path: \"/ro\", host_path: \"$PWD/host\", readonly: true},
		{container_path: \"/rw\", host_path: \"$PWD/host\"}, {container_path: \"/file\", host_path: \"$PWD/host/file\"},
		{container_path: \"/both\", host_path: \"$PWD/host\", propagation: \"PROPAGATION_BIDIRECTIONAL\"},
		{container_path: \"/down\", host_path: \"$PWD/host\", propagation: \"PROPAGATION_HOST_TO_CONTAINER\"}] |
		.devices = [{container_path: \"/dev/other\", host_path: \"$device\", permissions: \"r\"}] |
		.linux.security_context.capabilities.add_capabilities = [\"SYS_ADMIN\"]" sleep 1000
	show run_in sh -c 'cat /ro/file /file; touch /ro/x; echo more >/rw/more; stat -c "%n %t:%T" /dev/other; : >/dev/other'
	expect content 'Read-only file system' 'not permitted'
	[ "$(cat host/more)" = more ] || wrong 'it was not written'
	mount -t tmpfs there host/below
	echo seen >host/below/f
	show run_in sh -c 'cat /down/below/f /both/below/f; ls /rw/below; mount -t tmpfs inner /both/below && echo up >/both/below/f'
	expect $'seen\nseen'
	[ "$(cat host/below/f)" = up ] || wrong 'its mount is not seen here'
	umount host/below host/below
	# containerd makes the directory that is not there, for Docker's sake.
	container_start d ".mounts = [{container_path: \"/new\", host_path: \"$PWD/host/new\"}]" sleep 1000
	show run_in ls -d /new
	expect_is /new
}

case_stop() {
	pod_start p
	container_start c . sh -c "$on_term"
	wait_until 20 says ready logged c
	must about StopContainer '"timeout": 30'
	show status_of '.state, .exit_code, .reason'
	expect_is $'CONTAINER_EXITED\n3\nError'
	show logged c
	expect 'got term'
	container_start d . sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
	wait_until 20 says ready logged d
	must about StopContainer '"timeout": 1'
	show status_of '.state, .exit_code, .reason'
	expect_is $'CONTAINER_EXITED\n137\nError'
	must about RemoveContainer
	# Again, as a kubelet's next attempt.
	container_start d '.metadata.attempt = 1' sh -c 'exit 0'
	wait_until 20 ended
	show status_of '.exit_code, .reason, .metadata.attempt'
	expect_is $'0\nCompleted\n1'
	container_start e . sleep 1000
	must cri StopPodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
	show status_of '.state, .exit_code'
	expect_is $'CONTAINER_EXITED\n137'
	must cri RemovePodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
	show cri ListContainers
	show cri ListPodSandbox
	[ -z "$(find /sys/fs/cgroup -type d -path '*/pods*/*')" ] || wrong "groups are left: $(find /sys/fs/cgroup -type d -path '*/pods*/*')"
	must "$RUNTIME_PATH" --root /run/containerd/runc/k8s.io list -q
	expect_is ''
	[ -z "$(ip -o link show type veth)" ] || wrong "interfaces are left: $(ip -o link show type veth)"
}

case_fails() {
	pod_start p
	container_create c . no-such-program
	show about StartContainer
	expect_status 1
	expect 'executable file not found in $PATH'
	show status_of '.state, .exit_code, .reason'
	expect_is $'CONTAINER_EXITED\n128\nStartError'
	must status_of .message
	expect 'executable file not found in $PATH'
	container_create d . /etc/passwd
	show about StartContainer
	expect 'ermission denied'
	container_create e '.linux.security_context.capabilities.add_capabilities = ["NO_SUCH"]' true
	show about StartContainer
	container_start f . sh -c 'exit 42'
	wait_until 20 ended
	show status_of '.exit_code, .reason'
	expect_is $'42\nError'
	quiet cri RunPodSandbox "$(jq '{config: (.metadata.name = "q"), runtime_handler: "none"}' p.json)"
	expect_status 1
	expect 'no runtime for "none" is configured'
	quiet cri RunPodSandbox "$(jq --arg handler "$RUNTIME" '{config: (.metadata.name = "q" | .linux.sysctls = {"kernel.no_such": "1"}), runtime_handler: $handler}' p.json)"
	expect_status 1
	expect sysctl kernel.no_such
	# What failed left nothing in the way of the next.
	container_start g . echo after
	wait_until 20 ended
	show logged g
	expect after
}

# The shims, and what runs, outlive their containerd.
case_containerd_restarts() {
	pod_start p
	container_start c . sh -c "$on_term"
	wait_until 20 says ready logged c
	kill -KILL "$(cat /run/containerd.pid)"
	cri_start
	show status_of .state
	expect_is CONTAINER_RUNNING
	show run_in echo inside
	expect_is inside
	must about StopContainer '"timeout": 30'
	show status_of .exit_code
	expect_is 3
}
