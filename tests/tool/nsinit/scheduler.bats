#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Scheduler, I/O priority, CPUs of exec, memory policy: read back by system calls in the container.
load ../helper

setup_file() { file_begin_inside; }

# Real time needs a share of the cpu controller where the kernel groups real-time tasks: without a cpu cgroup of ours.
NO_CGROUP='del(.linux.resources.cpu)'

@test "scheduler: without one it is the caller's" {
	container_spec . inside sched
	run -0 nice -n 7 "$NSINIT" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "policy 0 nice 7 priority 0"
}

@test "scheduler: each policy and what it says" {
	while IFS='|' read -r scheduler expected; do
		run container_run ".process.scheduler = $scheduler" inside sched
		if [[ $expected == "policy 1"* || $expected == "policy 2"* ]] && [ "$status" -eq 125 ]; then
			# CONFIG_RT_GROUP_SCHED: a new group has no real-time budget
			expect_text "sched_setattr policy" "Operation not permitted" "/process/scheduler"
			continue
		fi
		expect_status 0
		expect_text "$expected"
	done <<-'END'
		{"policy": "SCHED_OTHER", "nice": 5}|policy 0 nice 5 priority 0 flags 0
		{"policy": "SCHED_OTHER", "nice": -5}|policy 0 nice -5 priority 0 flags 0
		{"policy": "SCHED_BATCH", "nice": 19}|policy 3 nice 19 priority 0
		{"policy": "SCHED_IDLE"}|policy 5 nice 0 priority 0
		{"policy": "SCHED_FIFO", "priority": 10}|policy 1 nice 0 priority 10
		{"policy": "SCHED_RR", "priority": 99}|policy 2 nice 0 priority 99
		{"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_RESET_ON_FORK"]}|policy 0 nice 0 priority 0 flags 0x1
	END
}

@test "scheduler: a deadline task may not fork, and its program runs" {
	run container_run '.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 10000000, deadline: 20000000, period: 30000000}' inside sched
	if [ "$status" -eq 125 ]; then
		# refused: a cpuset below the root domain, a bandwidth used up
		expect_text "sched_setattr policy 6" "/process/scheduler" "deadline"
	else
		expect_status 0
		expect_text "policy 6 nice 0 priority 0 flags 0 runtime 10000000 deadline 20000000 period 30000000"
	fi
}

@test "scheduler: what can never be is an error that says what is expected" {
	while IFS='|' read -r scheduler text; do
		run container_run ".process.scheduler = $scheduler" true
		expect_status 125
		expect_text "/process/scheduler" "$text"
	done <<-'END'
		{"policy": "SCHED_NO_SUCH"}|SCHED_NO_SUCH
		{"nice": 3}|policy
		{"policy": "SCHED_OTHER", "nice": 20}|from -20 to 19, found 20
		{"policy": "SCHED_OTHER", "nice": -21}|from -20 to 19, found -21
		{"policy": "SCHED_OTHER", "priority": 1}|SCHED_OTHER takes no priority
		{"policy": "SCHED_FIFO"}|SCHED_FIFO: expected a priority from 1 to 99, found 0
		{"policy": "SCHED_RR", "priority": 100}|from 1 to 99, found 100
		{"policy": "SCHED_BATCH", "runtime": 1}|SCHED_BATCH takes no runtime
		{"policy": "SCHED_DEADLINE", "runtime": 20, "deadline": 10}|expected 0 < runtime <= deadline <= period
		{"policy": "SCHED_ISO"}|SCHED_ISO is reserved
		{"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_NO_SUCH"]}|SCHED_FLAG_NO_SUCH
	END
}

@test "scheduler: exec has that of its process object; in a user namespace root sets it from outside" {
	keep_start .
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["inside", "sched"], "cwd": "/", "env": ["PATH=/bin"],
		"scheduler": {"policy": "SCHED_BATCH", "nice": -3}, "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 2}}'
	expect_text "policy 3 nice -3" "io class 2 level 2"
	chmod -R a+rX "$ROOTFS"
	run -0 container_run '.process.scheduler = {policy: "SCHED_OTHER", nice: -7} | .process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 1}
		| .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings' inside sched
	expect_text "policy 0 nice -7" "io class 1 level 1"
}

@test "ioPriority: class and level" {
	for class in RT:1 BE:2 IDLE:3; do
		run -0 container_run ".process.ioPriority = {class: \"IOPRIO_CLASS_${class%:*}\", priority: 5}" inside sched
		expect_text "io class ${class#*:} level 5"
	done
	run container_run '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 8}' true
	expect_status 125
	expect_text "/process/ioPriority/priority"
	run container_run '.process.ioPriority = {class: "IOPRIO_CLASS_XX"}' true
	expect_status 125
	expect_text "/process/ioPriority/class" "IOPRIO_CLASS_XX"
}

# bats test_tags=qemu
@test "execCPUAffinity: final is what exec runs on, initial what it starts on" {
	[ "$(nproc)" -gt 1 ] || skip_because "needs two CPUs"
	keep_start '.process.execCPUAffinity = {initial: "0", final: "1"}'
	run -0 nsinit exec "$ID" grep Cpus_allowed_list /proc/self/status
	expect_output "$(printf 'Cpus_allowed_list:\t1')"
	# not that of the container's own process
	run -0 grep Cpus_allowed_list "/proc/$(nsinit state "$ID" | jq .pid)/status"
	expect_output "$(grep Cpus_allowed_list /proc/self/status)"
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["grep", "Cpus_allowed_list", "/proc/self/status"], "cwd": "/", "env": ["PATH=/bin"],
		"execCPUAffinity": {"initial": "0"}}'
	# entering a cpuset undid what was set before, until Linux 6.2
	if has_kernel 6.2 || ! has_controller cpuset; then
		expect_output "$(printf 'Cpus_allowed_list:\t0')"
	else
		[[ $output =~ Cpus_allowed_list:[[:space:]]*0 ]]
	fi
	run -0 nsinit exec --process - "$ID" <<<'{"args": ["grep", "Cpus_allowed_list", "/proc/self/status"], "cwd": "/", "env": ["PATH=/bin"],
		"execCPUAffinity": {"final": "0-1"}}'
	expect_output "$(printf 'Cpus_allowed_list:\t0-1')"
}

@test "execCPUAffinity: a list that is none, CPUs that are not there" {
	keep_start .
	for list in 1- x 3-1 0,,x; do
		run nsinit exec --process - "$ID" <<<'{"args": ["true"], "cwd": "/", "execCPUAffinity": {"final": "'"$list"'"}}'
		expect_status 125
		expect_text "/execCPUAffinity/final" 'a list of CPUs ("0-3,8")'
	done
	run nsinit exec --process - "$ID" <<<'{"args": ["true"], "cwd": "/", "execCPUAffinity": {"final": "1000"}}'
	expect_status 125
	expect_text "sched_setaffinity 1000: Invalid argument" "/execCPUAffinity/final" "none of these CPUs"
}

@test "memoryPolicy: mode and nodes" {
	run -0 container_run . inside sched
	[[ $output != *"memory errno"* ]] || skip_because "this kernel has no NUMA support"
	run -0 container_run '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}' inside sched
	expect_text "memory mode 0x8002 nodes 0x1"
	run -0 container_run '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0"}' inside sched
	expect_text "memory mode 0x3 nodes 0x1"
	run -0 container_run '.linux.memoryPolicy = {mode: "MPOL_LOCAL", nodes: ""}' inside sched
	expect_text "memory mode 0x4 nodes 0"
	run container_run '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "1000"}' true
	expect_status 125
	expect_text "set_mempolicy" "/linux/memoryPolicy"
	run container_run '.linux.memoryPolicy = {mode: "MPOL_NO_SUCH", nodes: "0"}' true
	expect_status 125
	expect_text "/linux/memoryPolicy/mode" "MPOL_NO_SUCH"
	run container_run '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "x"}' true
	expect_status 125
	expect_text "/linux/memoryPolicy/nodes"
}
