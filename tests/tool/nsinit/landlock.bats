#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nsinit.landlock: what the program may do with files, ports and those outside, root or not.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup_file() {
	file_begin_inside
	LANDLOCK_ABI=$("$NSINIT" check --host --json | jq .security.landlockABI)
	export LANDLOCK_ABI
}
setup() { test_begin; OUTSIDE=; }
teardown() {
	kept_delete
	[ -z "$OUTSIDE" ] || kill "$OUTSIDE"
}

needs_landlock() { [ "$LANDLOCK_ABI" -ge "$1" ] || skip_because "Landlock ABI $1 is not in this kernel"; }

# restricted LANDLOCK COMMAND...: a container with a tmpfs on /tmp and what nsinit.landlock says
TMP='.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=1777"]}]'
restricted() {
	local landlock=$1
	shift
	container_run "$TMP | .nsinit.landlock = $landlock" "$@"
}

# --- files --------------------------------------------------------------------------------------------------

# bats test_tags=qemu
@test "files: what is handled is denied except where a rule grants it, to root and others" {
	needs_landlock 1
	local rules='{handledAccessFs: ["execute", "read-file", "read-dir", "write-file", "make-reg", "make-dir", "remove-file"],
		rules: [{path: "/bin", access: ["execute", "read-file", "read-dir"]},
			{path: "/proc", access: ["read-file"]},
			{path: "/tmp", access: ["read-file", "write-file", "make-reg"]},
			{path: "/etc/passwd", access: ["read-file"]}]}'
	local program='head -n 1 /etc/passwd; cat /etc/group; ls /etc; ls -d /bin/cat; echo in >/tmp/file && cat /tmp/file
		rm /tmp/file; mkdir /tmp/dir; ls /tmp; cp /bin/inside /tmp/copy; chmod 755 /tmp/copy; /tmp/copy args
		echo x >/dev/null; grep Seccomp: /proc/self/status; echo end'
	for user in 0 1000; do
		run container_run "$TMP | .process.user = {uid: $user, gid: $user} | .nsinit.landlock = $rules" sh -c "$program"
		expect_status 0
		expect_text "root:x:0:0" "cat: can't open '/etc/group': Permission denied" "ls: can't open '/etc'" "/bin/cat" \
			$'\nin\n' "rm: can't remove '/tmp/file'" "mkdir: can't create directory '/tmp/dir'" "ls: can't open '/tmp'" \
			"/tmp/copy: Permission denied" "can't create /dev/null: Permission denied" "Seccomp:" "end"
	done
}

@test "files: the program itself must be one that may be executed; nothing else is denied" {
	needs_landlock 1
	run container_run '.nsinit.landlock = {handledAccessFs: ["execute"], rules: [{path: "/etc", access: ["execute"]}]}' true
	expect_status 126
	expect_text "Permission denied"
	run -0 restricted '{handledAccessFs: ["execute"], rules: [{path: "/", access: ["execute"]}]}' \
		sh -c 'cat /etc/group >/tmp/group && rm /tmp/group && echo all'
	expect_output "all"
}

@test "files: hidden ones stay hidden, links of the image lead nowhere outside, no path is an error" {
	needs_landlock 1
	rootfs_make "$TEST_DIR/root"
	ln -s /etc/group root/etc/link
	local rules='{handledAccessFs: ["read-file"], rules: [{path: "/bin", access: ["read-file"]},
		{path: "/etc/link", access: ["read-file"]}]}'
	run -1 container_run ".root.path = \$dir + \"/root\" | .nsinit.landlock = $rules" cat /etc/link /etc/passwd
	expect_text "user:x:1000" "can't open '/etc/passwd': Permission denied"
	run restricted '{handledAccessFs: ["read-file"], rules: [{path: "/no/such", access: ["read-file"]}]}' true
	expect_status 125
	expect_text "/no/such" "No such file" "/nsinit/landlock"
}

@test "files: truncate and ioctls of devices" {
	needs_landlock 5
	run -0 restricted '{handledAccessFs: ["truncate"], rules: [{path: "/tmp", access: ["truncate"]}]}' \
		sh -c 'echo x >/tmp/file && echo cut >/tmp/file && cat /tmp/file'
	expect_output "cut"
	run -1 restricted '{handledAccessFs: ["truncate"]}' sh -c 'echo new >/tmp/file && cat /tmp/file && echo x >/tmp/file'
	expect_text "new" "can't create /tmp/file: Permission denied"
	# What was open before is not concerned.
	run -1 container_run '.process.terminal = true | .process.consoleSize = {height: 11, width: 33}
		| .nsinit.landlock = {handledAccessFs: ["ioctl-dev"]}' sh -c 'stty size; stty size </dev/tty' </dev/null
	expect_text "11 33" "Permission denied"
}

# --- the rest -----------------------------------------------------------------------------------------------

@test "ports: bind and connect only where a rule says so" {
	needs_landlock 4
	run -0 restricted '{handledAccessNet: ["bind-tcp", "connect-tcp"], ports: [{port: 8080, access: ["bind-tcp"]},
			{port: 8081, access: ["connect-tcp"]}]}' \
		sh -c 'for call in "bind 8080" "bind 8081" "connect 8080" "connect 8081"; do echo "$call: $(inside $call)"; done'
	expect_output "$(printf '%s\n' 'bind 8080: bind ok 0' 'bind 8081: bind errno EACCES' \
		'connect 8080: connect errno EACCES' 'connect 8081: connect errno ECONNREFUSED')"
}

@test "scoped: no signal and no abstract socket beyond the container" {
	needs_landlock 6
	local shared='.linux.namespaces |= map(select(.type != "pid" and .type != "network"))'
	sleep 60 3>&- &
	OUTSIDE=$!
	run container_run "$shared" inside kill "$OUTSIDE"
	expect_output "kill ok 0"
	run container_run "$shared"' | .nsinit.landlock = {scoped: ["signal", "abstract-unix-socket"]}' \
		sh -c "inside kill $OUTSIDE; inside abstract nstools-test-$$; inside kill \$\$"
	expect_output $'kill errno EPERM\nabstract errno ECONNREFUSED\nkill ok 0'
}

@test "exec is restricted as the program is" {
	needs_landlock 1
	container_start '.nsinit.landlock = {handledAccessFs: ["read-file"], rules: [{path: "/bin", access: ["read-file"]}]}'
	IDS+=("$ID")
	run -1 nsinit exec "$ID" cat /etc/group
	expect_text "can't open '/etc/group': Permission denied"
	run -0 nsinit exec "$ID" cat /bin/busybox >/dev/null
}

@test "without no_new_privs it works for whom the kernel lets, and with seccomp, a terminal and init" {
	needs_landlock 1
	local rules='{handledAccessFs: ["read-dir"], rules: [{path: "/proc", access: ["read-dir"]}]}'
	for filter in '.process.noNewPrivileges = false' '.process.terminal = true' '.nsinit.init = true' \
		'.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["landlock_restrict_self",
			"landlock_create_ruleset", "landlock_add_rule"], action: "SCMP_ACT_ERRNO"}]}' \
		'.process.noNewPrivileges = false | .process.user = {uid: 1000, gid: 1000}'; do
		run container_run "$filter | .nsinit.landlock = $rules" ls /etc </dev/null
		expect_status 1
		expect_text "ls: can't open '/etc': Permission denied"
	done
}

# --- what a kernel does not know ----------------------------------------------------------------------------

@test "a kernel without Landlock: an error with the place and the way out, or left out with bestEffort" {
	local denied=("$HELPERS/deny" ENOSYS landlock_create_ruleset "$NSINIT" --root "$STATE" run)
	local rules='{handledAccessFs: ["read-dir"], handledAccessNet: ["bind-tcp"], scoped: ["signal"]}'
	container_spec ".nsinit.landlock = $rules" ls /etc
	run "${denied[@]}" --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 125
	expect_text "/nsinit/landlock" "Landlock is not active in this kernel" \
		'"bestEffort": true leaves out what is missing here'
	container_spec ".nsinit.landlock = $rules + {bestEffort: true}" ls /etc
	run -0 "${denied[@]}" --spec "$TEST_DIR/$ID.json" "$ID"
	expect_text "passwd"
}

# bats test_tags=qemu
@test "a Landlock that lacks a part: that is named" {
	if [ "$LANDLOCK_ABI" -lt 1 ] || [ "$LANDLOCK_ABI" -ge 6 ]; then
		skip_because "this kernel's Landlock has all that there is, or there is none"
	fi
	run restricted '{handledAccessFs: ["read-dir"], scoped: ["signal"]}' true
	expect_status 125
	expect_text "/nsinit/landlock/scoped" "(ABI $LANDLOCK_ABI) does not know all of them" "bestEffort"
	run -0 restricted '{handledAccessFs: ["read-dir"], scoped: ["signal"], bestEffort: true}' true
}

@test "refused: rights beyond those handled, names that are none, nothing handled, paths that are not absolute" {
	while IFS='|' read -r landlock where what; do
		run restricted "$landlock" true
		expect_status 125
		expect_text "/nsinit/landlock$where" "$what"
	done <<-'END'
		{}||
		{handledAccessFs: ["fly"]}|/handledAccessFs/0|fly
		{handledAccessNet: ["bind-udp"]}|/handledAccessNet/0|bind-udp
		{scoped: ["everything"]}|/scoped/0|everything
		{handledAccessFs: ["read-file"], rules: [{path: "/", access: ["execute"]}]}|/rules/0/access|handledAccessFs
		{handledAccessFs: ["read-file"], rules: [{path: "etc", access: ["read-file"]}]}|/rules/0/path|absolute
		{handledAccessFs: ["read-file"], rules: [{access: ["read-file"]}]}|/rules/0|path
		{handledAccessNet: ["bind-tcp"], ports: [{port: 65536, access: ["bind-tcp"]}]}|/ports/0/port|65536
		{handledAccessNet: ["bind-tcp"], ports: [{port: 80, access: ["connect-tcp"]}]}|/ports/0/access|handledAccessNet
	END
}
