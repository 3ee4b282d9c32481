#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# nscaps spec: a filter over container specs that changes process.capabilities alone.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

# filter OPTION... <<<SPEC: what becomes of process.capabilities.
filter() { "$NSCAPS" spec "$@" | jq -cS .process.capabilities; }

@test "spec: in a pipeline between nsinit spec and nsinit run" {
	needs_root
	container_spec '.process.capabilities = {bounding: ["CAP_KILL", "CAP_CHOWN"], permitted: ["CAP_KILL", "CAP_CHOWN"],
		effective: ["CAP_KILL"]}' grep Cap /proc/self/status
	run -0 bash -c '"$1" spec --spec "$2" | "$3" spec --drop CHOWN --add net_raw |
		"$1" --root "$4" run --spec - "$5"' sh "$NSINIT" "$TEST_DIR/$ID.json" "$NSCAPS" "$STATE" "$ID"
	expect_output "$(printf 'CapInh:\t%016x\nCapPrm:\t%016x\nCapEff:\t%016x\nCapBnd:\t%016x\nCapAmb:\t%016x' \
		0 $((0x2020)) $((0x2020)) $((0x2020)) 0)"
}

@test "spec: the same as nsinit's --cap-add and --cap-drop" {
	local options user
	for user in 0 1000; do
		nsinit spec --user "$user:$user" >spec.json
		for options in "--add net_raw" "--drop kill,chown" "--add net_raw,sys_time --drop kill" "--add all --drop net_raw"; do
			read -ra words <<<"$options"
			words=("${words[@]//--add/--cap-add}")
			words=("${words[@]//--drop/--cap-drop}")
			words=("${words[@]//,/ }")
			# nsinit takes one capability an option
			args=() option=''
			# shellcheck disable=SC2068 # words again
			for word in ${words[@]}; do
				case $word in --cap-*) option=$word ;; *) args+=("$option" "$word") ;; esac
			done
			# shellcheck disable=SC2086 # words
			"$NSCAPS" spec $options spec.json | jq -S .process.capabilities >ours
			nsinit spec --spec spec.json "${args[@]}" | jq -S .process.capabilities >theirs
			diff <(jq -S 'map_values(select(. != []))' theirs) <(jq -S 'map_values(select(. != []))' ours)
		done
	done
}

@test "spec: each option, and their order" {
	local base='{"ociVersion": "1.0.2", "process": {"user": {"uid": 0, "gid": 0}, "capabilities":
		{"bounding": ["CAP_KILL", "CAP_CHOWN"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"],
		"inheritable": ["CAP_KILL", "CAP_CHOWN"]}}}'
	[ "$(filter <<<"$base")" = '{"bounding":["CAP_CHOWN","CAP_KILL"],"effective":["CAP_KILL"],"inheritable":["CAP_CHOWN","CAP_KILL"],"permitted":["CAP_KILL"]}' ]
	[ "$(filter --keep chown <<<"$base")" = '{"bounding":["CAP_CHOWN"],"effective":["CAP_CHOWN"],"inheritable":["CAP_CHOWN"],"permitted":["CAP_CHOWN"]}' ]
	[ "$(filter --drop kill <<<"$base")" = '{"bounding":["CAP_CHOWN"],"effective":[],"inheritable":["CAP_CHOWN"],"permitted":[]}' ]
	[ "$(filter --keep none --add net_raw <<<"$base")" = '{"bounding":["CAP_NET_RAW"],"effective":["CAP_NET_RAW"],"inheritable":[],"permitted":["CAP_NET_RAW"]}' ]
	[ "$(filter --keep none --add kill <<<"${base//\"uid\": 0/\"uid\": 7}")" = '{"ambient":["CAP_KILL"],"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"inheritable":["CAP_KILL"],"permitted":["CAP_KILL"]}' ]
	# Nothing to drop from: nothing comes.
	[ "$(filter --drop kill <<<'{"process": {"args": ["x"]}}')" = null ]
	[ "$(filter --add kill <<<'{"process": {"args": ["x"]}}')" = '{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"permitted":["CAP_KILL"]}' ]
	[ "$(filter --add kill <<<'{"process": {"capabilities": null}}')" = '{"bounding":["CAP_KILL"],"effective":["CAP_KILL"],"permitted":["CAP_KILL"]}' ]
}

@test "spec: all else stays as it is: order, unknown members, great numbers, unknown capabilities" {
	local text='{"x":{"y":[1,18446744073709551615,1.50,1e3,true,null,"\u00e9\n"]},"process":{"z":1,"capabilities":{"bounding":["CAP_FUTURE","CAP_KILL"],"odd":{}},"args":[]},"hostname":"h"}'
	"$NSCAPS" spec --drop kill <<<"$text" >out
	[ "$(tr -d '\n\t' <out | sed 's/, "/,"/g; s/, \([0-9tn]\)/,\1/g')" = '{"x":{"y":[1,18446744073709551615,1.50,1e3,true,null,"é\n"]},"process":{"z":1,"capabilities":{"bounding":["CAP_FUTURE"],"odd":{}},"args":[]},"hostname":"h"}' ]
	# A capabilities object alone, as trace --json prints it.
	"$NSCAPS" spec --add net_raw <<<'{"bounding": ["CAP_KILL"]}' | jq -ce '. == {bounding: ["CAP_KILL", "CAP_NET_RAW"],
		permitted: ["CAP_NET_RAW"], effective: ["CAP_NET_RAW"]}'
}

@test "spec: what is no spec" {
	run -1 "$NSCAPS" spec <<<'{"process": {"capabilities": {"bounding": ["CAP_KILL", 5]}}}'
	expect_text "(standard input: /process/capabilities/bounding/1)" "expected a string"
	run -1 "$NSCAPS" spec <<<'{"process": {"capabilities": []}}'
	expect_text "/process/capabilities"
	run -1 "$NSCAPS" spec <<<'{"process": 5}'
	expect_text "/process"
	run -1 "$NSCAPS" spec <<<'{"root": {}}'
	expect_text "is not a container's spec: it has no \"process\"" "nsinit spec prints one"
	run -1 "$NSCAPS" spec <<<'{"process": {}'
	expect_text "parse: line 2, column 1: expected" "(standard input)"
	run -1 "$NSCAPS" spec </dev/null
	run -1 "$NSCAPS" spec nothing.json
	expect_output "nscaps: read nothing.json: No such file or directory"
	run -2 "$NSCAPS" spec --add kill --drop kill <<<'{"process": {}}'
	expect_text "the same capability is given to --add and to --drop"
	run -2 "$NSCAPS" spec --add kil <<<'{"process": {}}'
	expect_text "--add: expected a capability, found \"kil\"" "did you mean CAP_KILL?"
	run -2 "$NSCAPS" spec a b
	expect_text "spec: unexpected \"b\""
}
