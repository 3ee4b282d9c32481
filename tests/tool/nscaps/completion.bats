#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion of nscaps; what all programs share is tested with nsinit's.
# shellcheck disable=SC2154 # the helper's variables
load ../helper
load ../completion

setup() { completion_begin "$NSCAPS"; }

@test "completion: commands and options" {
	local commands
	run -0 complete -p nscaps
	mapfile -t commands < <("$NSCAPS" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort)
	[ ${#commands[@]} -eq 11 ]
	offers nscaps "t" -- $(printf '%s\n' "${commands[@]}" | grep ^t | sort -r)
	offers nscaps run --no -- --no-new-privs
	offers nscaps trace --d -- --duration
	offers nscaps show --format "l" -- libcap
	offers nscaps --root=/x test --set "i" -- inheritable
}

@test "completion: capabilities, in lists, as they are typed" {
	offers nscaps run --keep CAP_NET_R -- CAP_NET_RAW
	offers nscaps run --keep net_r -- net_raw
	offers nscaps run --drop kill,net_ra -- kill,net_raw
	offers nscaps run --bounding al -- all
	offers nscaps run --bounding all,-sys_tim -- all,-sys_time
	offers nscaps spec --add CAP_CHO -- CAP_CHOWN
	offers nscaps test net_bi -- net_bind_service
	offers nscaps encode CAP_BP -- CAP_BPF
	offers nscaps file "s" -- set
	offers nscaps file set net_bi -- net_bind_service
}

@test "completion: users, files, containers" {
	touch one.json
	offers nscaps run --user nobod -- nobody
	offers nscaps run --groups daem -- daemon
	offers nscaps spec on -- one.json
	offers nscaps diff on -- one.json
	offers nscaps file get on -- one.json
	offers nscaps run on -- one.json
	container_start
	PATH=${NSINIT%/*}:$PATH offers nscaps --root "$STATE" show "${ID%?}" -- "$ID"
	PATH=${NSINIT%/*}:$PATH offers nscaps --root "$STATE" ps "${ID%?}" -- "$ID"
	nsinit delete --force "$ID"
}
