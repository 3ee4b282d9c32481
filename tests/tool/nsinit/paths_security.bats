#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What an image or a volume may try with links (security.md, P1 to P18). Each attack with absolute and relative links,
# by run and by create and start, as root and as an ordinary user; "outside" must stay what it was.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

# A root of few files: it is made anew for each attack.
setup_file() {
	file_begin
	local name
	mkdir "$FILE_DIR/slim"
	cp -a "$ROOTFS"/{dev,etc,proc,sys,tmp,usr,run} "$FILE_DIR/slim"
	mkdir "$FILE_DIR/slim/bin"
	cp "$ROOTFS/bin/busybox" "$FILE_DIR/slim/bin"
	for name in sh cat stat ls find head touch true sleep; do
		ln -s busybox "$FILE_DIR/slim/bin/$name"
	done
}

# The program itself is the same file in all of them.
root_make() {
	rm -rf root && cp -al "$FILE_DIR/slim" root
}

setup() {
	test_begin
	before_mounts=$(mounts_of_test)
	outside_make
	root_make
	DENY=()
}

teardown() {
	[ -z "${EXCHANGE-}" ] || kill "$EXCHANGE" 2>/dev/null || :
	host_end
}

mounts_of_test() { grep -F " $TEST_DIR" /proc/self/mountinfo || :; }

# --- the attacks' common part ---------------------------------------------------------------------------------

rootless='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 4321, size: 1},
	{containerID: 1, hostID: 700000, size: 65536}] | .linux.gidMappings = .linux.uidMappings
	| del(.linux.cgroupsPath, .linux.resources) | .mounts |= map(select(.type != "cgroup"))'

here='.root.path = $dir + "/root" | .root.readonly = false'
no_dev='.mounts |= map(select(.destination | startswith("/dev") | not))'

# start WHO HOW FILTER: a container, by root or user, by run or create. What it and the runtime said is $output, the
# status is that of what failed first.
start() {
	local command
	if [ "$1" = user ]; then
		chown -hR 4321:4321 root outside
		OUTSIDE_BEFORE=$(state_of "$OUTSIDE")
		container_spec "$here | $rootless | $3" sh -c "${SCRIPT:-cat /proc/self/mountinfo}"
		command=(as_user "$NSINIT" --root "$FILE_DIR/home/run/s")
	else
		container_spec "$here | $3" sh -c "${SCRIPT:-cat /proc/self/mountinfo}"
		command=(nsinit_denied --root "$STATE")
	fi
	if [ "$2" = run ]; then
		run "${command[@]}" run --spec "$PWD/$ID.json" "$ID"
	else
		run create_and_start "${command[@]}"
	fi
}

nsinit_denied() { ${HOLDER:+host} "${DENY[@]}" "$NSINIT" "$@"; }

create_and_start() {
	local status
	"$@" create --spec "$PWD/$ID.json" "$ID" </dev/null >"$ID.out" 2>&1 3>&- || {
		status=$?
		cat "$ID.out"
		return $status
	}
	"$@" start "$ID" && "$@" wait "$ID" >/dev/null
	status=$?
	"$@" delete --force "$ID"
	cat "$ID.out"
	return $status
}

# Nothing outside has changed, nothing is mounted on the host, no container is left.
unharmed() {
	outside_is_untouched
	[ "$(mounts_of_test)" = "$before_mounts" ]
	[ -z "$(nsinit list -q)" ]
	[ ! -d "$FILE_DIR/home/run/s" ] || [ -z "$(ls "$FILE_DIR/home/run/s")" ]
}

# each ATTACK [ARG...]: with every pair of user, way and kind of link. ATTACK gets $WHO, $HOW and $LINK: what leads to
# the directory outside, from a directory in the root. each_other: in two of the four ways, where paths are what differs.
each() {
	attack root create ../outside/directory "$@"
	attack user run ../outside/directory "$@"
	each_other "$@"
}

each_other() {
	attack root run "$OUTSIDE/directory" "$@"
	attack user create "$OUTSIDE/directory" "$@"
}

attack() {
	local WHO=$1 HOW=$2 LINK=$3
	shift 3
	echo "--- $WHO, $HOW, $LINK"
	root_make
	"$@"
	unharmed
}

# A name of the root becomes the link.
plant() { rm -rf "root/$1" && ln -s "${2:-$LINK}" "root/$1"; }

refused() {
	[ $HOW = create ] && expect_status 1 || expect_status 125
	expect_text "$@"
}

# --- P1 to P4: the places the runtime itself mounts on and writes to ----------------------------------------------

attack_proc() {
	plant proc
	start $WHO $HOW .
	refused "mount /proc: must be mounted on a directory that is not a symbolic link" "/mounts/0"
}

attack_sys() {
	plant sys
	start $WHO $HOW .
	refused "mount /sys: must be mounted on a directory that is not a symbolic link" "/mounts/5"
}

# A link inside the root is no better: the label and the sysctls would go to whatever it leads to.
attack_proc_inside() {
	plant proc /etc
	start $WHO $HOW .
	refused "mount /proc: must be mounted on a directory that is not a symbolic link"
}

attack_dev() {
	plant dev
	start $WHO $HOW "$no_dev"
	plant dev
	start $WHO $HOW .
}

attack_dev_file() {
	plant dev "$1"
	start $WHO $HOW "$no_dev"
}

attack_below_dev() {
	local name
	for name in pts shm mqueue fd console ptmx null stdin core; do
		plant dev/$name
	done
	start $WHO $HOW '.mounts |= map(select(.destination != "/dev"))'
	# And links to files.
	for name in pts shm mqueue fd console ptmx null stdin core; do
		plant dev/$name "${LINK%/*}/$name"
	done
	start $WHO $HOW '.mounts |= map(select(.destination != "/dev"))'
	start $WHO $HOW "$no_dev"
}

@test "P1 proc is a link: refused, and no container is left" {
	each attack_proc
	each attack_proc_inside
}

@test "P2 sys is a link: refused, and no container is left" { each attack_sys; }

@test "P3 dev is a link to a directory with a ptmx outside: no node, no link, nothing removed there" {
	each attack_dev
	each attack_dev_file "$OUTSIDE/file"
}

@test "P4 links in dev, where pts, shm, mqueue, fd, console and ptmx go: nothing outside is touched" { each attack_below_dev; }

@test "P4 R5 a terminal with links in dev, and with a read-only root" {
	for name in console ptmx pts; do
		rm -rf "root/dev/$name" && ln -s "$OUTSIDE/$name" "root/dev/$name"
	done
	container_spec "$here | .process.terminal = true | .mounts |= map(select(.destination != \"/dev\"))" \
		stat -c "%n %F %t" /dev/console
	run "$HELPERS/pty" -- "$NSINIT" --root "$STATE" run --spec "$PWD/$ID.json" "$ID"
	expect_text "/dev/console character special file 88"
	unharmed
	rm -f root/dev/* && mkdir -p root/dev/pts root/dev/shm root/dev/mqueue
	for dev in . "$no_dev | .mounts += [{destination: \"/dev/pts\", type: \"devpts\", source: \"devpts\", options: [\"newinstance\", \"ptmxmode=0666\"]}]"; do
		container_spec "$here | .root.readonly = true | .process.terminal = true | $dev" \
			sh -c 'stat -c "%n %F" /dev/console; tty; touch /x'
		run "$HELPERS/pty" -- "$NSINIT" --root "$STATE" run --spec "$PWD/$ID.json" "$ID"
		expect_text "/dev/console character special file" "/dev/pts/0" "touch: /x: Read-only file system"
	done
}

# --- P5, P6: destinations --------------------------------------------------------------------------------------

# Every kind of thing that goes to a path of the spec, behind a link.
attack_destination() {
	plant link
	ln -s "$LINK" root/tmp/link
	mkdir -p source && echo bound >source/file && chmod 755 source
	SCRIPT='cat /proc/self/mountinfo; find / -xdev -name inside-mark 2>/dev/null; ls -ld /link/' \
		start $WHO $HOW '.mounts += [
		{destination: "/link", type: "tmpfs", source: "over-link"},
		{destination: "/tmp/link/deep/tmpfs", type: "tmpfs", source: "below-link"},
		{destination: "/tmp/link/deep/bind", type: "bind", source: ($dir + "/source"), options: ["bind"]},
		{destination: "/tmp/link/file", type: "bind", source: ($dir + "/source/file"), options: ["bind"]},
		{destination: "/tmp/link/../../../../../../../climbed", type: "tmpfs", source: "climbed"},
		{destination: "/tmp/link/nofollow", type: "tmpfs", source: "nofollow", options: ["dest-nofollow"]}]
		| .linux.maskedPaths += ["/link/file", "/tmp/link/directory/file"] | .linux.readonlyPaths += ["/link/directory"]'
	expect_status 0
	expect_text over-link below-link climbed nofollow
	expect_mount /climbed 'rw,* tmpfs climbed *'
}

attack_device() {
	plant link
	start $WHO $HOW '.linux.devices = [{path: "/link/null", type: "c", major: 1, minor: 3}, {path: "/link/new", type: "p"}]'
}

@test "P5 mount destinations, masks and read-only paths behind links stay in the root" { each attack_destination; }

@test "P5 devices behind links stay in the root" { each attack_device; }

dangling() {
	ln -s /nowhere/yet root/dangling
	ln -s ../absent root/etc/relative
	ln -s loop root/loop
	mkdir -p source && echo bound >source/file && chmod 755 source
	SCRIPT='cat /proc/self/mountinfo; cat /nowhere/yet/file' start $WHO $HOW '.mounts += [
		{destination: "/dangling", type: "tmpfs", source: "last"},
		{destination: "/etc/relative/more/x", type: "tmpfs", source: "component"},
		{destination: "/dangling/file", type: "bind", source: ($dir + "/source/file"), options: ["bind"]}]'
	expect_status 0
	expect_mount /nowhere/yet 'rw,* tmpfs last *'
	expect_mount /absent/more/x 'rw,* tmpfs component *'
	expect_text bound
	start $WHO $HOW '.mounts += [{destination: "/loop/x", type: "tmpfs", source: "t"}]'
	refused "make mount point /loop/x: Too many levels of symbolic links"
}

@test "P6 dangling links as components and as the last part of a destination still work" { each dangling; }

# --- P7: races ----------------------------------------------------------------------------------------------------

# race COUNT FILTER: starts while vol/a and vol/b change places.
race() {
	local i failed=0
	container_spec "$here | $2" true
	"$HELPERS/exchange" vol/a vol/b 3>&- 4>&- &
	EXCHANGE=$!
	disown
	for ((i = 0; i < $1; i++)); do
		"$NSINIT" --root "$STATE" run --spec "$PWD/$ID.json" "$ID" >race.out 2>&1 || failed=$((failed + 1))
	done
	kill "$EXCHANGE"
	unset EXCHANGE
	echo "$failed of $1 starts failed; the last said: $(cat race.out)"
	unharmed
}

# Fewer where every start is slow: emulated kernels, the sanitizers.
tries() { [[ $(uname -r) == 6.1.* || $NSTOOLS_BUILD == *-sanitize ]] && echo 12 || echo 80; }

@test "P7 a volume's directory becomes a link and back while containers start: nothing is mounted or made outside" {
	for link in "$OUTSIDE/directory" ../../outside/directory; do
		rm -rf vol && mkdir -p vol/a/deep && ln -s "$link" vol/b
		race "$(tries)" '.mounts |= map(select(.type == "proc")) | .mounts += [
			{destination: "/tmp", type: "bind", source: ($dir + "/vol"), options: ["rbind"]},
			{destination: "/tmp/a/deep/made", type: "tmpfs", source: "t"},
			{destination: "/tmp/a/file", type: "bind", source: "/etc/hostname", options: ["bind"]}]
			| .linux.maskedPaths = ["/tmp/a/file"] | .linux.readonlyPaths = ["/tmp/b"]
			| .linux.devices = [{path: "/tmp/a/node", type: "p"}]'
	done
}

@test "P7 the same with a directory of the root, and P18: no start fails of it alone" {
	mkdir -p root/vol/a && ln -s "$OUTSIDE/directory" root/vol/b
	ln -s root/vol vol
	race "$(tries)" '.mounts += [{destination: "/vol/a/x", type: "tmpfs", source: "t"}]'
	# What is not raced for is not disturbed by renames elsewhere: openat2 says EAGAIN then, and is asked again.
	rm -rf vol && mkdir -p vol/a vol/b
	run race 30 '.mounts += [{destination: "/tmp/../tmp/x", type: "tmpfs", source: "t"}] | .linux.maskedPaths += ["/etc/../etc/passwd"]'
	expect_text "0 of 30 starts failed"
}

# --- P8, P9: the null device that masks are made of ---------------------------------------------------------------

# attack_null COMMAND...: makes root/dev/null
attack_null() {
	rm -rf root/dev/null
	"$@"
	# Where the default devices are made it is an error, where they are bound it is covered.
	SCRIPT='stat -c "%n %F %t:%T" /dev/null' start $WHO $HOW "$no_dev"
	if [ $WHO = root ]; then
		refused "/dev/null: there is "
	else
		expect_status 0
		expect_text "/dev/null character special file 1:3"
	fi
	# Where dev is the image's own, its null is not used.
	rm -rf devices && mkdir devices && cp -a root/dev/null devices/null
	[ $WHO = root ] || chown -hR 4321:4321 devices
	SCRIPT='stat -c "%F %t:%T" /proc/timer_list /etc/passwd; echo x >/proc/sys/kernel/core_pattern' \
		start $WHO $HOW '.mounts |= map(select(.destination | startswith("/dev") | not)) | .linux.maskedPaths += ["/etc/passwd"]
		| .mounts += [{destination: "/dev", type: "bind", source: ($dir + "/devices"), options: ["rbind"]}]'
	expect_text "character special file 1:3" "core_pattern: "
	expect_no_text "regular file"
}

@test "P8 dev/null is a link to core_pattern: masks are made of the real one" {
	pattern=$(cat /proc/sys/kernel/core_pattern)
	each attack_null ln -s /proc/sys/kernel/core_pattern root/dev/null
	[ "$(cat /proc/sys/kernel/core_pattern)" = "$pattern" ]
}

@test "P9 dev/null is a fifo, a file, a block node" {
	each attack_null mkfifo root/dev/null
	each_other attack_null cp /etc/hostname root/dev/null
	each_other attack_null mknod root/dev/null b 7 200
	each_other attack_null mknod root/dev/null c 1 5
}

# --- P11: masks through links ---------------------------------------------------------------------------------------

attack_mask() {
	mkdir -p root/secret && echo secret >root/secret/file && chmod 777 root/secret && chmod 666 root/secret/file
	ln -s secret/file root/to-file && ln -s /secret root/to-secret && ln -s "$LINK" root/to-outside
	SCRIPT='cat /secret/file; echo x >/secret/file; ls /secret; true' start $WHO $HOW \
		'.linux.maskedPaths = ["/to-file", "/to-outside/file"] | .linux.readonlyPaths = ["/to-secret", "/to-outside"]'
	expect_status 0
	expect_output file
	SCRIPT='echo x 2>&1 >/secret/file; ls -A /secret; true' start $WHO $HOW \
		'.linux.maskedPaths = ["/to-secret"] | .linux.readonlyPaths = ["/to-file"] | .root.readonly = true'
	expect_status 0
	expect_output "sh: can't create /secret/file: Read-only file system"
}

@test "P11 masked and read-only paths that are links hide what they lead to, in the root" { each attack_mask; }

# --- P12, P13: sysctls ----------------------------------------------------------------------------------------------

@test "P12 sysctls land in the true procfs, whatever the image or a volume puts over it" {
	mkdir -p fake/net/ipv4/conf/lo fake/kernel && echo fake | tee fake/kernel/domainname >fake/net/ipv4/ip_forward
	before=$(state_of fake)
	for cover in '{destination: "/proc/sys", type: "bind", source: ($dir + "/fake"), options: ["rbind"]}' \
		'{destination: "/proc", type: "bind", source: ($dir + "/fake"), options: ["rbind"]}' \
		'{destination: "/proc/sys", type: "tmpfs", source: "tmpfs"}' '{destination: "/proc/self", type: "tmpfs", source: "tmpfs"}'; do
		container_start "$here | .mounts += [$cover] | .linux.maskedPaths = [] | .linux.readonlyPaths = []
			| .linux.sysctl = {\"net.ipv4.ip_forward\": \"1\", \"kernel.domainname\": \"true.example\"}" || {
			# Over /proc/self, a link, nothing is mounted.
			grep -F "/proc/self" "$TEST_DIR/$ID.out"
			continue
		}
		pid=$(nsinit state "$ID" | jq .pid)
		[ "$(nsenter --target "$pid" --net cat /proc/sys/net/ipv4/ip_forward)" = 1 ]
		[ "$(nsenter --target "$pid" --uts cat /proc/sys/kernel/domainname)" = true.example ]
		nsinit delete --force "$ID"
		[ "$(state_of fake)" = "$before" ]
	done
}

@test "P13 keys that climb, begin with a slash, or belong to the host" {
	while IFS='|' read -r key message; do
		run container_run ".linux.sysctl = {\"$key\": \"1\"}" true </dev/null
		expect_status 125
		expect_text "$message" "/linux/sysctl/"
	done <<-'E'
		../kernel/core_pattern|not a sysctl name
		net/../kernel/core_pattern|not a sysctl name
		net/ipv4/../../kernel/core_pattern|not a sysctl name
		/net/ipv4/ip_forward|not a sysctl name
		net/./ipv4|not a sysctl name
		net//ipv4|not a sysctl name
		|the member's name is empty
		kernel.core_pattern|belongs to no namespace: setting it would change the host
		vm.swappiness|belongs to no namespace: setting it would change the host
		fs/mqueue_x|belongs to no namespace
	E
	run container_run '.linux.sysctl = {"net.ipv4.absent": "1"}' true
	expect_status 125
	expect_text "open /proc/sys/net/ipv4/absent: No such file or directory" "/linux/sysctl/net"
	run container_run '.linux.namespaces |= map(select(.type != "network")) | .linux.sysctl = {"net.ipv4.ip_forward": "1"}' true
	expect_status 125
	expect_text 'would change the host: it needs the namespace "network"'
}

# --- P16: the way to the root -----------------------------------------------------------------------------------------

@test "P16 R4 root.path is a link, and lies below directories that may only be passed through" {
	mkdir -p way/through && mv root way/through/root && ln -s way/through/root root
	start root run .
	expect_status 0
	expect_mount / 'rw,*'
	rm root && mv way/through/root root
	# Nobody but root may read or list; an ordinary user passes through 0711.
	mkdir -m 711 way/search && mv root way/search/root && ln -s way/search/root root
	chmod 711 way
	chown -hR 4321:4321 way/search/root
	container_spec "$here | $rootless" true
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/$ID.json" "$ID"
	expect_status 0
	# Below 0700 directories of root's a container in a user namespace: the runtime opens it.
	chown -hR 100000:100000 way/search/root
	chmod 700 way way/search
	run container_run "$here | .linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings" sh -c 'touch /made && cat /proc/self/mountinfo'
	expect_status 0
	expect_mount / 'rw,*'
	[ "$(stat -c %u way/search/root/made)" = 100000 ]
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/$ID.json" "$ID"
	expect_status 125
	# The directories of a source, too.
	chmod 711 way way/search
	mkdir -m 711 way/volume && mkdir way/volume/data && echo found >way/volume/data/file
	container_spec ".mounts += [{destination: \"/tmp\", type: \"bind\", source: (\$dir + \"/way/volume/data\"), options: [\"bind\", \"ro\"]}]
		| $rootless" cat /tmp/file
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/$ID.json" "$ID"
	expect_status 0
	expect_output found
}

# --- P17, P18: without openat2 ---------------------------------------------------------------------------------------

all_denied() {
	DENY=("$HELPERS/deny" "$1" openat2)
	each_other attack_proc
	each_other attack_sys
	each_other attack_dev
	each_other attack_below_dev
	each_other attack_destination
	each_other attack_device
	each_other dangling
	each_other attack_null ln -s /proc/sys/kernel/core_pattern root/dev/null
	each_other attack_mask
}

@test "P17 the same where the kernel has no openat2" { all_denied ENOSYS; }

@test "P17 the same where a seccomp filter refuses openat2" { all_denied EPERM; }

@test "P17 races without openat2" {
	mkdir -p vol/a/deep && ln -s "$OUTSIDE/directory" vol/b
	NSINIT_REAL=$NSINIT
	printf '#!/bin/sh\nexec %s ENOSYS openat2 %s "$@"\n' "$HELPERS/deny" "$NSINIT_REAL" >denied
	chmod +x denied
	NSINIT=$PWD/denied
	race "$(($(tries) / 2))" '.mounts |= map(select(.type == "proc")) | .mounts += [
		{destination: "/tmp", type: "bind", source: ($dir + "/vol"), options: ["rbind"]},
		{destination: "/tmp/a/deep/made", type: "tmpfs", source: "t"}] | .linux.devices = [{path: "/tmp/a/node", type: "p"}]'
}

@test "P18 openat2 that says EAGAIN for ever: the walk by hand takes over" {
	DENY=("$HELPERS/deny" EAGAIN openat2)
	WHO=root HOW=run LINK=$OUTSIDE/directory
	attack_destination
	unharmed
	root_make
	WHO=user HOW=create LINK=../outside/directory
	dangling
	unharmed
}
