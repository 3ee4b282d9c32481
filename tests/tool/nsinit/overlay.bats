#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nsinit.root: a root put together of layers.
# shellcheck disable=SC2016 # single quotes keep what the inner shell expands
load ../helper
load ../files

file_begin_layers() {
	mkdir -p "$FILE_DIR"/top/etc "$FILE_DIR"/middle/{etc,opt}
	echo top | tee "$FILE_DIR/top/etc/top" >"$FILE_DIR/top/etc/both"
	echo middle | tee "$FILE_DIR/middle/etc/middle" >"$FILE_DIR/middle/etc/both"
	echo covered >"$FILE_DIR/middle/etc/passwd"
	chmod 755 "$FILE_DIR"/{top,middle}
}

setup_file() {
	file_begin
	file_begin_layers
}

setup() {
	test_begin
	before=$(state_of "$ROOTFS/etc" "$FILE_DIR/top" "$FILE_DIR/middle")
}

teardown() { host_end; }

layers_are_untouched() { [ "$(state_of "$ROOTFS/etc" "$FILE_DIR/top" "$FILE_DIR/middle")" = "$before" ]; }

writable='.root.readonly = false'
lower='.nsinit.root.lower = [($dir | sub("/test/.*"; "") + "/file/" + "top")]'

# lower LAYER...: a filter for nsinit.root.lower
lower() { echo ".nsinit.root.lower = $(printf '%s\n' "$@" | jq -Rnc '[inputs]')"; }

user='.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'

@test "overlay: an upper layer in memory over root.path: writes vanish, twice in a row" {
	for i in 1 2; do
		run -0 container_run "$writable | .nsinit.root = {}" sh -c 'echo new >/etc/new; echo root::0:0::/:/bin/sh >/etc/passwd; rm /etc/group; rm -r /var
			mkdir /var; ls /etc /var; cat /etc/new; cat /proc/self/mountinfo'
		expect_text "$(printf 'new\npasswd\n')"
		expect_no_text "$(printf '\ngroup')"
		expect_mount / 'rw,relatime private overlay overlay *'
	done
	layers_are_untouched
}

@test "overlay: layers above root.path, the topmost first" {
	run -0 container_run "$writable | $(lower "$FILE_DIR/top" "$FILE_DIR/middle")" \
		sh -c 'cat /etc/both /etc/top /etc/middle /etc/passwd; ls -d /opt /bin; echo x >/etc/both; cat /etc/both'
	expect_output "$(printf '%s\n' top top middle covered /bin /opt x)"
	layers_are_untouched
}

@test "overlay: layers without root.path" {
	run -0 container_run "del(.root) | $(lower "$FILE_DIR/top" "$ROOTFS")" cat /etc/both
	expect_output top
	run container_run "del(.root) | .nsinit.root = {}" true
	expect_status 125
	expect_text "needs a folder in lower, or the spec's root.path" "/nsinit/root"
}

@test "overlay: an upper layer of the caller's keeps what is written, and the next start finds it" {
	mkdir upper work
	kept='.nsinit.root = {upper: ($dir + "/upper"), work: ($dir + "/work")}'
	run -0 container_run "$writable | $kept" sh -c 'echo kept >/etc/kept; rm /etc/group; cat /proc/self/mountinfo'
	expect_mount / 'rw,relatime private overlay overlay *'
	[ "$(cat upper/etc/kept)" = kept ]
	[ -c upper/etc/group ]
	run -0 container_run "$writable | $kept" sh -c 'cat /etc/kept; ls /etc'
	expect_output "$(printf '%s\n' kept kept passwd)"
	layers_are_untouched
}

@test "overlay: a read-only root above an upper layer: nothing is written" {
	mkdir upper work
	run -0 container_run '.root.readonly = true | .nsinit.root = {upper: ($dir + "/upper"), work: ($dir + "/work")}' \
		sh -c 'touch /etc/x 2>&1; cat /proc/self/mountinfo'
	expect_text "touch: /etc/x: Read-only file system"
	expect_mount / 'ro,relatime private overlay *'
	[ ! -e upper/etc/x ]
}

@test "overlay: relative layers start at the bundle; odd names, and names too long for one option" {
	odd='o,d:d l\ayer'
	long=$(printf 'l%.0s' {1..200})
	mkdir -p "bundle/$odd/etc" "bundle/$long/upper" "bundle/$long/work" bundle/upper bundle/work
	echo odd >"bundle/$odd/etc/odd"
	new_id
	bundle_make bundle --arg odd "$odd" --arg long "$long" '.nsinit.root = {lower: [$odd], upper: ($long + "/upper"), work: ($long + "/work")}
		| .root.readonly = false | .process.args = ["sh", "-c", "cat /etc/odd; echo x >/etc/new"]'
	cd /
	run -0 nsinit run --bundle "$TEST_DIR/bundle" "$ID"
	expect_output odd
	[ -e "$TEST_DIR/bundle/$long/upper/etc/new" ]
}

@test "overlay: forty layers" {
	layers=()
	for i in {1..40}; do
		mkdir -p "layer$i"
		echo "$i" | tee "layer$i/number" >"layer$i/number$i"
		layers+=("$PWD/layer$i")
	done
	run container_run "$(lower "${layers[@]}")" sh -c 'cat /number; ls /number* | wc -l'
	if [ "$status" -ne 0 ]; then
		expect_text "hint: layers whose paths are together longer than 255 bytes need Linux 6.7"
		needs_kernel 6.7
	fi
	expect_output "$(printf '1\n41')"
}

@test "overlay: a lower layer on a read-only file system" {
	host_begin
	mkdir layer && host mount -t tmpfs tmpfs layer
	host sh -c 'mkdir layer/etc && echo layer >layer/etc/layer && chmod 755 layer && mount -o remount,ro layer'
	run -0 container_run "$writable | $(lower "$PWD/layer")" sh -c 'cat /etc/layer; echo new >/etc/layer && cat /etc/layer'
	expect_output "$(printf 'layer\nnew')"
	[ "$(host cat layer/etc/layer)" = layer ]
}

@test "overlay: the root looks as its topmost layer does" {
	mkdir -m 700 layer && chown 3:4 layer && chmod 2751 layer
	run -0 container_run "$(lower "$PWD/layer")" stat -c '%a %u:%g' /
	expect_output "2751 3:4"
}

@test "overlay: in a user namespace" {
	run -0 container_run "$writable | $user | .nsinit.root = {}" sh -c 'rm /etc/group; echo new >/etc/new; ls /etc; cat /proc/self/mountinfo'
	expect_text "$(printf 'new\npasswd\n')"
	expect_mount / 'rw,relatime private overlay overlay *'
	layers_are_untouched
}

@test "overlay: an unprivileged user" {
	run as_user "$NSINIT" spec --rootless
	jq --arg root "$ROOTFS" '.root = {path: $root, readonly: false} | .nsinit.root = {} | .process.terminal = false
		| .process.args = ["sh", "-c", "echo new >/new; rmdir /root; cat /new; ls -d /root 2>&1; stat -c %u:%g /"]
		| .mounts |= map(select(.destination != "/"))' <<<"$output" >spec.json
	run as_user "$NSINIT" --root "$FILE_DIR/home/run/s" run --spec "$PWD/spec.json" rootless-overlay
	expect_status 0
	expect_output "$(printf '%s\n' new "ls: /root: No such file or directory" 0:0)"
	layers_are_untouched
}

@test "overlay: what is wrong with the layers is named" {
	mkdir upper work && touch file
	refused() {
		run container_run ".nsinit.root = $1" true
		expect_status 125
		expect_text "${@:2}"
	}
	refused '{lower: [($dir + "/absent")]}' "$PWD/absent: No such file or directory" "/nsinit/root"
	refused '{lower: [($dir + "/file")]}' "$PWD/file: Not a directory" "/nsinit/root"
	refused '{upper: ($dir + "/upper")}' "/nsinit/root" work
	refused '{work: ($dir + "/work")}' "/nsinit/root" upper
	refused '{upper: ($dir + "/upper"), work: ($dir + "/absent")}' "open $PWD/absent: No such file or directory"
	refused '{upper: ($dir + "/upper"), work: ($dir + "/upper")}' "/nsinit/root" "overlay"
	refused '{lower: "x"}' "/nsinit/root/lower" "array"
}

@test "overlay: with --no-pivot, create and start, and mounts upon it" {
	container_spec "$writable | .nsinit.root = {} | .mounts += [{destination: \"/new/mount\", type: \"tmpfs\", source: \"t\"}]" \
		sh -c 'echo x >/new/mount/x; echo x >/etc/x; cat /proc/self/mountinfo'
	run -0 nsinit run --no-pivot --spec "$TEST_DIR/$ID.json" "$ID"
	expect_mount /new/mount 'rw,relatime *'
	new_id
	container_spec "$writable | .nsinit.root = {}" touch /etc/x
	nsinit create --spec "$TEST_DIR/$ID.json" "$ID" 3>&-
	run -0 nsinit start "$ID"
	run -0 nsinit wait "$ID"
	nsinit delete --force "$ID"
	layers_are_untouched
}
