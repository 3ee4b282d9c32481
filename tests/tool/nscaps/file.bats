#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nscaps file: what getcap(8) and setcap(8) say and do, and what must not happen on the way.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

setup() {
	test_begin
	needs_root
	: >file
	chmod 755 file
	/usr/sbin/setcap cap_chown=ep file 2>/dev/null && /usr/sbin/setcap -r file || skip_because "no file capabilities here"
}

getcap() { /usr/sbin/getcap "$@"; }
setcap() { /usr/sbin/setcap "$@"; }

@test "file: getcap(8) reads what we set, and we what setcap(8) sets" {
	local text
	while read -r ours theirs; do
		"$NSCAPS" file set "$ours" file
		[ "$(getcap file)" = "$(setcap "$theirs" file && getcap file)" ]
		[ "$("$NSCAPS" file get file)" = "$(getcap file)" ]
		"$NSCAPS" file set "$ours" file
		[ "$("$NSCAPS" file get file)" = "$(getcap file)" ]
	done <<-'END'
		net_raw cap_net_raw=ep
		CAP_NET_RAW,chown cap_net_raw,cap_chown=ep
		13 cap_net_raw+ep
		all,-sys_admin all=ep cap_sys_admin-ep
		cap_net_raw=ep cap_net_raw=ep
		cap_net_raw+eip cap_net_raw+eip
		cap_net_raw=p cap_net_raw=p
		cap_net_raw,cap_kill=i cap_net_raw,cap_kill=i
		cap_net_raw=ei cap_net_raw=ei
		all=ep all=ep
		0x3000 cap_net_raw,cap_net_admin=ep
	END
	"$NSCAPS" file remove file
	[ -z "$(getcap file)" ]
	run -0 "$NSCAPS" file remove file
	run -0 "$NSCAPS" file get file
	expect_output ""
	run -0 "$NSCAPS" file get --all file
	expect_output file
}

@test "file: JSON, and the root of a user namespace" {
	"$NSCAPS" file set --root-uid 100000 cap_net_raw=eip file
	[ "$("$NSCAPS" file get file)" = "$(getcap -n file)" ]
	"$NSCAPS" file get --json file | jq -e '. == [{path: "file", permitted: ["CAP_NET_RAW"], inheritable: ["CAP_NET_RAW"],
		effective: true, rootUid: 100000}]'
	setcap -n 4321 cap_kill=p file
	"$NSCAPS" file get --json ./file | jq -e '. == [{path: "./file", permitted: ["CAP_KILL"], inheritable: [], effective: false,
		rootUid: 4321}]'
	"$NSCAPS" file remove file
	"$NSCAPS" file get --json file | jq -e '. == []'
	"$NSCAPS" file get --json --all file | jq -e '. == [{path: "file", permitted: [], inheritable: [], effective: false}]'
	local bad
	for bad in x -1 4294967295 ''; do
		run -2 "$NSCAPS" file set --root-uid="$bad" kill file
		expect_text "--root-uid: expected a user id, found \"$bad\""
	done
	[ -z "$(getcap file)" ]
}

@test "file: a program gets them" {
	cp /bin/grep program
	chmod 755 program
	"$NSCAPS" file set net_raw program
	run -0 "$NSCAPS" run --user 4321:4321 ./program CapEff /proc/self/status
	expect_output $'CapEff:\t0000000000002000'
	run -0 "$NSCAPS" run --user 4321:4321 --no-new-privs ./program CapEff /proc/self/status
	expect_output $'CapEff:\t0000000000000000'
	"$NSCAPS" file remove program
	run -0 "$NSCAPS" run --user 4321:4321 ./program CapEff /proc/self/status
	expect_output $'CapEff:\t0000000000000000'
}

@test "file: below directories, not over links, devices and other file systems" {
	mkdir -p tree/a/b tree/mounted outside
	touch tree/one tree/a/two tree/a/b/three outside/no
	mkfifo tree/fifo
	ln -s ../../outside tree/a/link
	ln -s ../outside/no tree/file-link
	ln tree/one hard
	unshare --mount --propagation private sh -c '
		mount -t tmpfs none tree/mounted && touch tree/mounted/no && "$1" file set -r net_raw tree &&
			"$1" file get -r tree && "$1" file get -a tree/mounted/no && "$1" file get -r tree/a/../a' sh "$NSCAPS" >output
	diff output - <<-'END'
		tree/a/b/three cap_net_raw=ep
		tree/a/two cap_net_raw=ep
		tree/one cap_net_raw=ep
		tree/mounted/no
		tree/a/../a/b/three cap_net_raw=ep
		tree/a/../a/two cap_net_raw=ep
	END
	[ "$("$NSCAPS" file get -r tree | sort)" = "$(getcap -r tree | sort)" ]
	[ -z "$(getcap outside/no)" ]
	"$NSCAPS" file remove --recursive tree
	[ -z "$("$NSCAPS" file get -r .)" ]
	# One that is named is followed.
	"$NSCAPS" file set kill tree/file-link
	[ "$(getcap outside/no)" = "outside/no cap_kill=ep" ]
}

@test "file: a name with control characters does not reach the terminal, and JSON has it" {
	local name=$'a\e[31m\nb\xff'
	: >"$name"
	"$NSCAPS" file set kill "$name"
	run -0 "$NSCAPS" file get -r .
	expect_output "./a?[31m?b"$'\xff'" cap_kill=ep"
	"$NSCAPS" file get -r --json . | jq -e '.[0].path == "./a\u001b[31m\nb\ufffd"'
}

@test "file: mistakes change nothing" {
	"$NSCAPS" file set kill file
	run -2 "$NSCAPS" file set net_rwa file
	expect_text "file set: expected a capability, found \"net_rwa\"" "did you mean CAP_NET_RAW?"
	run -2 "$NSCAPS" file set cap_kill=e file
	expect_text "file set:"
	run -2 "$NSCAPS" file set cap_kill=ep,cap_x=p file
	expect_text "file set: expected capabilities, found \"cap_kill=ep,cap_x=p\"" "setcap(8)"
	run -2 "$NSCAPS" file set "cap_kill=ep cap_chown=p" file
	expect_text "effective all or none"
	run -2 "$NSCAPS" file set none file
	expect_text "\"none\" is no capability at all" "file remove"
	run -2 "$NSCAPS" file set kill
	expect_text "file: no path is given"
	run -2 "$NSCAPS" file set
	expect_text "no capabilities are given"
	run -2 "$NSCAPS" file get
	expect_text "no path is given"
	run -2 "$NSCAPS" file gte file
	expect_text "file: expected get, set or remove, found \"gte\""
	run -2 "$NSCAPS" file set --json kill file
	expect_text "--json and --all go with file get alone"
	run -2 "$NSCAPS" file get --root-uid 1 file
	expect_text "--root-uid goes with file set alone"
	run -2 "$NSCAPS" file get .
	expect_output "nscaps: . is not a regular file: only those have capabilities
hint: --recursive takes the files below a directory"
	run -2 "$NSCAPS" file set chown /dev/null
	expect_output "nscaps: /dev/null is not a regular file: only those have capabilities"
	run -1 "$NSCAPS" file set chown nothing
	expect_output "nscaps: open nothing: No such file or directory"
	# One of several: none is changed.
	run -1 "$NSCAPS" file set chown file nothing
	expect_output "nscaps: open nothing: No such file or directory"
	run -2 "$NSCAPS" file remove file .
	expect_text ". is not a regular file"
	[ "$(getcap file)" = "file cap_kill=ep" ]
	run -1 "$NSCAPS" run --drop setfcap "$NSCAPS" file set chown file
	expect_text "nscaps: setxattr file: Operation not permitted" "needs CAP_SETFCAP"
	run -1 "$NSCAPS" run --drop setfcap "$NSCAPS" file remove file
	expect_text "nscaps: removexattr file: Operation not permitted" "needs CAP_SETFCAP"
	[ "$(getcap file)" = "file cap_kill=ep" ]
}
