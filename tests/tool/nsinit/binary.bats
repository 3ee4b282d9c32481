#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The host's program out of the container's reach (CVE-2019-5736). The tests attack a copy of it.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper

setup_file() {
	file_begin_inside
	mkdir "$FILE_DIR/copy"
	cp "$NSTOOLS_BUILD"/tools/nsinit/nsinit* "$FILE_DIR/copy/" 2>/dev/null || :
	chmod -R a+rX "$FILE_DIR/copy" "$ROOTFS"
}
setup() {
	test_begin
	NSINIT=$FILE_DIR/copy/nsinit
	before=$(hashes)
}

# What must not change: bytes, mode, owner, times of both files.
hashes() { (cd "$FILE_DIR/copy" && sha256sum nsinit nsinit-main && stat -c '%n %a %u %g %Y %Z' nsinit nsinit-main); }

unchanged() { [ "$(hashes)" = "$before" ] || { hashes >&2; return 1; }; }

ALL='.process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_SYS_PTRACE",
	"CAP_FOWNER", "CAP_CHOWN", "CAP_MKNOD", "CAP_LINUX_IMMUTABLE", "CAP_SETFCAP", "CAP_SYS_CHROOT", "CAP_FSETID"])'
USERNS='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'
HOSTPID='.linux.namespaces |= map(select(.type != "pid"))'
OUT='.mounts += [{destination: "/run", type: "bind", source: $dir, options: ["bind"]}]'

# No attack may have worked: each line is an errno, but for the opening to look and what the kernel always allows.
all_refused() {
	local worked
	worked=$(grep ' ok ' <<<"$1" | grep -vE '^/proc/[^ ]* ok 0$' || :)
	[ -z "$worked" ] || { printf '%s\n' "$worked" >&2; return 1; }
}

# --- the program that the container's first process was ------------------------------------------------------

@test "binary: what /proc/1/exe and /proc/PPID/exe lead to cannot be written: run (F4)" {
	run -0 container_run "$ALL" inside overwrite /proc/1/exe '/proc/self/exe' /proc/0/exe
	unchanged
	# with the reaper of ours as process 1, which is nsinit itself
	run -0 container_run "$ALL | .nsinit.init = true" inside overwrite /proc/1/exe
	expect_text "/proc/1/exe"
	all_refused "$output"
	unchanged
}

@test "binary: nor in the host's pid namespace, where nsinit is the parent (F4, F5)" {
	run -0 container_run "$ALL | $HOSTPID" sh -c 'echo parent $(cat /proc/$PPID/comm); exec inside overwrite /proc/$PPID/exe'
	expect_text "parent nsinit"
	all_refused "$output"
	[[ $output == *"ok 0"* ]] # it could be named, so the attack was one
	unchanged
}

@test "binary: nor by exec, while it enters and from its parent (F4)" {
	container_start "$ALL | $HOSTPID" sleep 300
	IDS+=("$ID")
	run -0 nsinit exec "$ID" sh -c 'echo parent $(cat /proc/$PPID/comm); exec inside overwrite /proc/$PPID/exe'
	expect_text "parent nsinit"
	all_refused "$output"
	unchanged
}

# root_with_loader: r, an image whose loader is the attack (tests/tool/loader.c), for what nsinit asks for
root_with_loader() {
	[ -x "$HELPERS/loader" ] || skip_because "the attack is written for x86_64"
	rootfs_make r
	cp "$HELPERS/inside" r/bin/
	printf '#!/proc/self/exe\n' >r/bin/again && chmod 755 r/bin/again
	loader=$(readelf -p .interp "$FILE_DIR/copy/nsinit-main" | sed -n 's/^ *\[ *0\] *//p')
	[[ $loader == /* ]]
	mkdir -p "r${loader%/*}" && cp "$HELPERS/loader" "r$loader"
	chmod -R a+rX r
}

@test "binary: a script whose interpreter is /proc/self/exe, with a loader that keeps it open: run (F4)" {
	root_with_loader
	for filter in "$ALL" "$ALL | $HOSTPID" "$ALL | $USERNS" "$ALL | .nsinit.init = true"; do
		run -0 container_run "$filter"' | .root.path = $dir + "/r"' again
		# the attack came as far as to have the file
		expect_text "/proc/self/fd/9 ok 0"
		# nsinit may still run from it (as the parent), or does not: then it is the mount that refuses
		expect_text "O_WRONLY errno" "O_TRUNC errno EROFS"
		all_refused "$output"
		unchanged
	done
	run -0 container_run '.root.path = $dir + "/r"' /proc/self/exe
	all_refused "$output"
	unchanged
}

@test "binary: the same by exec (F4)" {
	root_with_loader
	container_start "$ALL"' | .root.path = $dir + "/r"' sleep 300
	IDS+=("$ID")
	for program in again /proc/self/exe; do
		run -0 nsinit exec "$ID" $program
		expect_text "/proc/self/fd/9 ok 0" "O_WRONLY errno" "O_TRUNC errno EROFS"
		all_refused "$output"
		unchanged
	done
}

@test "binary: the attack does reach a file that is executed as it is: the test can fail" {
	root_with_loader
	# A copy that runs unprotected, as a runtime without a defence would.
	cp "$FILE_DIR/copy/nsinit-main" r/bin/victim
	run -0 container_run "$ALL"' | .root.path = $dir + "/r" | .root.readonly = false' /bin/victim
	expect_text "/proc/self/fd/9 ok 0" "O_RDONLY again ok"
}

@test "binary: a loop in the container that waits for nsinit to appear gets nothing (F4)" {
	# every process but itself, over and over: what it can open for writing it overwrites
	container_start "$ALL | $OUT" sh -c 'while [ ! -e /run/stop ]; do
		for exe in /proc/[0-9]*/exe; do [ $exe = /proc/1/exe ] || inside overwrite $exe; done; done >/run/log 2>&1; echo >/run/over'
	IDS+=("$ID")
	for _ in {1..15}; do
		nsinit exec "$ID" true
	done
	touch stop
	wait_until 20 [ -e over ]
	unchanged
}

@test "binary: with CAP_SYS_ADMIN and no user namespace a remount of the copy changes nothing (F5)" {
	run -0 container_run "$ALL | $HOSTPID | .process.noNewPrivileges = false" sh -c 'inside overwrite /proc/$PPID/exe'
	all_refused "$output"
	expect_text "mount_setattr errno" "open_tree errno" "remount errno" "O_WRONLY errno"
	unchanged
	# and when nsinit is gone: by a descriptor that was held of it
	container_spec "$ALL | $HOSTPID | $OUT" sh -c 'exec 9</proc/$PPID/exe; echo >/run/held; sleep 0.2
		while kill -0 $PPID 2>/dev/null && [ ! -e /run/go ]; do sleep 0.02; done; inside overwrite /proc/self/fd/9 >/run/log 2>&1; echo >/run/over'
	IDS+=("$ID")
	"$NSINIT" --root "$STATE" run --spec "$ID.json" "$ID" 3>&- &
	runtime=$!
	disown
	wait_until 10 [ -e held ]
	kill -KILL $runtime
	touch go
	wait_until 20 [ -e over ]
	grep -q 'O_WRONLY errno EROFS' log
	all_refused "$(cat log)"
	unchanged
}

@test "binary: started without the launcher, and through a link, it protects itself (F4)" {
	ln -sf copy/nsinit-main "$FILE_DIR/link"
	for program in "$FILE_DIR/copy/nsinit-main" "$FILE_DIR/link"; do
		NSINIT=$program
		run -0 container_run "$ALL | $HOSTPID" sh -c 'inside overwrite /proc/$PPID/exe'
		expect_text "O_WRONLY errno"
		all_refused "$output"
		unchanged
	done
}

@test "binary: of an ordinary user (F4)" {
	chown -R 4321:4321 "$FILE_DIR/copy"
	before=$(hashes)
	chmod 777 "$TEST_DIR"
	container_spec "$ALL | $HOSTPID"' | del(.linux.resources, .linux.cgroupsPath) | .mounts |= map(select(.type != "cgroup")) | .mounts[2].options -= ["gid=5"]
		| .mounts |= map(if .type == "sysfs" then {destination: "/sys", type: "bind", source: "/sys", options: ["rbind", "ro"]} else . end)
		| .mounts |= map(if .type == "proc" then {destination: "/proc", type: "bind", source: "/proc", options: ["rbind"]} else . end)
		| .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 4321, size: 1}] | .linux.gidMappings = .linux.uidMappings
		| .linux.maskedPaths = [] | .linux.readonlyPaths = []' sh -c 'inside overwrite /proc/$PPID/exe'
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/state" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_status 0
	expect_text "O_WRONLY errno"
	all_refused "$output"
	unchanged
	chown -R 0:0 "$FILE_DIR/copy"
}

@test "binary: the built program itself is what it was when the tests began" {
	cmp "$FILE_DIR/copy/nsinit" "$NSTOOLS_BUILD/tools/nsinit/nsinit"
	cmp "$FILE_DIR/copy/nsinit-main" "$NSTOOLS_BUILD/tools/nsinit/nsinit-main"
}
