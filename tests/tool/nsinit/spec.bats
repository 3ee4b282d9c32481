# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016 # bats' variables; what the inner shell and jq expand
load ../helper

# Every option that describes a container, in sets that go together. Each line is given to spec, check and run.
option_sets() {
	cat <<'END'
--env A=1 --env-file vars --clear-env --env PATH=/bin
--user 1000:1000 --additional-gids 5,6 --umask 077 --cwd /tmp
--rlimit nofile=77:78 --oom-score-adj 500 --nice 5 --io-priority idle
--scheduler batch
--tty=false --init --stop-signal INT --parent-death-signal KILL
--rootfs root --read-only
--rootfs root --overlay
--rootfs root --overlay=upper:work
--rootfs root --lower layer
--propagation rslave --bind layer:/mnt:ro --tmpfs /tmp:size=1m
--mount type=bind,source=layer,destination=/mnt,ro --mount type=tmpfs,destination=/run,mode=700
--device /dev/null:/dev/zilch:r --device-rule c^10:*^r
--masked-path /etc --readonly-path /usr --unmask /proc/keys
--hostname web --domainname d
--net none --pid private --ipc private --uts private --cgroupns private --time private
--net host --ipc host --cgroupns host
--pid host
--uts host
--net-device nonexistent0:up
--loopback=false --sysctl net.ipv4.ip_forward=1 --annotation a.b=c
--rootfs root --userns=0:100000:65536
--userns=0:100000:65536
--rootfs root --uid-map 0:100000:65536 --gid-map 0:100000:65536
--memory 64M --memory-reservation 32M --cpus 0.5 --cpu-shares 512 --cpuset-cpus 0 --pids 50
--cpu-quota 50000 --cpu-period 100000
--cap-add net_raw --cap-drop kill
--cap-drop all --cap-add setuid --user 5
--no-new-privileges=false --seccomp unconfined
--seccomp default --apparmor unconfined
--seccomp profile.json
END
}

make_files() {
	mkdir -p upper work layer
	[ -e root ] || ln -s "$ROOTFS" root
	echo "FROM_FILE=yes" >vars
	echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >profile.json
}

# each_set COMMAND: with a set's options as arguments
each_set() {
	local line words
	make_files
	while read -r line; do
		# User-Mode Linux has neither time namespaces nor cpusets.
		[ -e /proc/self/ns/time ] || line=${line//--time private/}
		has_controller cpuset || line=${line//--cpuset-cpus 0/}
		read -ra words <<<"$line"
		"$@" "${words[@]//^/ }" || { echo "failed with: $line" >&2; return 1; }
	done < <(option_sets)
}

# --- what is printed ----------------------------------------------------------------------------------------

@test "spec prints the built-in default, which is what run runs" {
	run -0 --separate-stderr nsinit spec
	[ "$stderr" = "" ]
	[ "$(jq -c '[.root.path, .nsinit, .process.args, .hostname]' <<<"$output")" = '["/",{"root":{}},["sh"],"nsinit"]' ]
	[ ! -e config.json ]
}

@test "spec puts the command into process.args" {
	run -0 nsinit spec -- echo -n "a b" --json
	[ "$(jq -c .process.args <<<"$output")" = '["echo","-n","a b","--json"]' ]
}

@test "spec changes the spec of --spec, also from standard input" {
	spec_make >s.json
	nsinit spec --spec s.json --memory 1M >a
	nsinit spec --spec - --memory 1M <s.json >b
	cmp a b
	[ "$(jq .linux.resources.memory.limit a)" = 1048576 ]
	[ "$(jq -S 'del(.linux.resources.memory)' a)" = "$(nsinit spec --spec s.json | jq -S 'del(.linux.resources.memory)')" ]
}

@test "spec changes ./config.json where there is one, as run would" {
	spec_make '.hostname = "here"' >config.json
	[ "$(nsinit spec | jq -r .hostname)" = here ]
}

@test "spec says whose fault it is when ./config.json is no spec" {
	echo '{"port": 80}' >config.json
	run -1 nsinit spec -- sh
	expect_text 'nsinit: ' '(config.json: ' "hint: ./config.json is the spec where neither --spec nor --bundle is given"
}

@test "spec of a spec that was printed is the same" {
	same() { [ "$(nsinit spec "$@")" = "$(nsinit spec "$@" | nsinit spec --spec -)" ]; }
	each_set same
}

@test "spec names folders of the command line by absolute paths" {
	mkdir a
	run -0 nsinit spec --rootfs ./a --bind a:/x --overlay=u:w
	[ "$(jq -c '[.root.path, .nsinit.root, .mounts[-1].source]' <<<"$output")" = \
		"[\"$PWD/a\",{\"upper\":\"$PWD/u\",\"work\":\"$PWD/w\"},\"$PWD/a\"]" ]
}

@test "spec's own member fits its published schema" {
	python3 -c 'import jsonschema' 2>/dev/null || skip_because "no python3-jsonschema"
	own_members() { nsinit spec "$@" | jq -c .nsinit >>members; }
	each_set own_members
	run -0 python3 -c '
import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
for line in open("members"):
    jsonschema.validate(json.loads(line) or {}, schema)' "$NSTOOLS_SOURCE/man/nsinit-spec.schema.json"
	[ "$(wc -l <members)" -gt 10 ]
}

# --- what is written ----------------------------------------------------------------------------------------

@test "spec --bundle writes an example's config.json, and never over one" {
	mkdir b
	run -0 nsinit spec --bundle b
	expect_output ""
	[ "$(jq -c '[.root, .process.terminal]' b/config.json)" = '[{"path":"rootfs","readonly":true},true]' ]
	cp b/config.json before
	run -1 nsinit spec -b b --memory 1M
	expect_output "nsinit: create b/config.json: File exists
hint: it is not overwritten: move it away first"
	cmp b/config.json before
}

@test "spec --bundle names a root in the bundle from there" {
	mkdir -p b/r
	nsinit spec --bundle b --rootfs b/r --tty=false -- true
	[ "$(jq -r .root.path b/config.json)" = r ]
	cp -r "$ROOTFS/." b/r
	run -0 nsinit run --bundle b
}

@test "spec --bundle of a folder that is not there" {
	run -1 nsinit spec --bundle none
	expect_output "nsinit: open none: No such file or directory"
}

# --- wrong command lines ------------------------------------------------------------------------------------

@test "spec refuses operands before --" {
	run -2 nsinit spec busybox
	expect_output 'nsinit: spec: unexpected "busybox"
hint: the command to run follows --: nsinit spec [OPTIONS] -- COMMAND'
	run -2 nsinit spec busybox -- sh
	expect_text 'unexpected "busybox"'
}

@test "spec names the option, the value and what was expected" {
	run -2 nsinit spec --memory lots
	expect_output 'nsinit: --memory: expected bytes, such as 4096, 512K, 256M, 1.5G, or "unlimited", found "lots"'
	run -2 nsinit spec --cap-add net_rwa
	expect_output 'nsinit: --cap-add: expected a capability (CAP_NET_RAW, net_raw, 13) or "all", found "net_rwa"
hint: did you mean CAP_NET_RAW?'
	run -2 nsinit spec --memroy 1M
	expect_text "unknown option --memroy" "did you mean --memory?"
}

@test "spec holds what options change to the rules of a file" {
	echo '{"ociVersion": "1.3.0", "root": {"path": "/"}}' >s.json
	run -1 nsinit spec --spec s.json --env A=1
	expect_text "(s.json: /process" "hint: the spec is not valid with what the options changed in it"
}

@test "spec tells warnings of a spec once" {
	spec_make '.process.capabilities.bounding += ["CAP_NEW"]' >s.json
	run -0 --separate-stderr nsinit spec --spec s.json --memory 1M
	[ "$(grep -c CAP_NEW <<<"$stderr")" -eq 1 ]
}

# --- the same as run ----------------------------------------------------------------------------------------

@test "spec OPTIONS | run --spec - plans what run OPTIONS plans" {
	same_plan() {
		diff <(nsinit spec "$@" -- true | nsinit run --dry-run --spec - same) <(nsinit run --dry-run "$@" same -- true)
	}
	each_set same_plan
	nsinit run --dry-run --memory 64M same | grep -q 67108864
}

@test "spec OPTIONS | check --spec - finds no fault in what can run" {
	fine() {
		[[ $* != *nonexistent0* ]] || return 0
		run -0 nsinit check --spec - < <(nsinit spec "$@")
		expect_text "this host can run it"
	}
	each_set fine
}

@test "spec OPTIONS | run --spec - does what run OPTIONS does" {
	# What a set shows of itself in a container.
	show='id; env; umask; pwd; hostname; ls -ld /tmp /mnt /run /dev/zilch; ulimit -n; nice
		cat /proc/self/oom_score_adj; grep -E "Cap|NoNewPrivs|Seccomp:" /proc/self/status; head -c 1 /etc/passwd
		grep -cE " /(tmp|mnt|run|usr) " /proc/mounts; cat /proc/sys/net/ipv4/ip_forward; grep Mems /proc/self/status'
	same_effect() {
		local piped direct
		[[ $* != *nonexistent0* ]] || return 0
		rm -rf upper work
		mkdir upper work
		set -- "$@" --cgroup "/$CGROUP/effect" --env HOME=/ -- sh -c "$show"
		piped=$(nsinit spec "$@" </dev/null | nsinit run --spec - 2>&1) || :
		direct=$(nsinit run "$@" </dev/null 2>&1) || :
		[[ $direct == *CapBnd* ]] || { echo "did not run: $direct" >&2; return 1; }
		diff <(echo "$piped") <(echo "$direct")
	}
	needs_root
	each_set same_effect
}

# --- rootless -----------------------------------------------------------------------------------------------

@test "spec --rootless maps the caller and its subordinate ids" {
	needs_root
	run -0 as_user "$NSINIT" spec --rootless
	[ "$(jq -c '[.linux.uidMappings, .linux.gidMappings] | unique' <<<"$output")" = \
		'[[{"containerID":0,"hostID":4321,"size":1},{"containerID":1,"hostID":700000,"size":65536}]]' ]
	[ "$(jq -c '[.linux.resources, .linux.cgroupsPath]' <<<"$output")" = '[null,null]' ]
}

@test "spec --userns is the subordinate ids alone for root, and says when there are none" {
	needs_root
	[ ! -s /etc/subuid ] || ! grep -q '^\(root\|0\):' /etc/subuid || skip_because "root has subordinate ids here"
	run -1 nsinit spec --userns
	expect_text "no subordinate ids for root in /etc/subuid" "hint: add a line there" "--userns 0:100000:65536"
}

@test "spec --rootless | run --spec - runs as an ordinary user" {
	needs_root
	as_user "$NSINIT" spec --rootless --rootfs "$ROOTFS" --tmpfs /tmp -- sh -c 'id -u; cat /proc/self/uid_map' >s.json
	run -0 as_user "$NSINIT" --root "$FILE_DIR/home/run/state" run --spec "$PWD/s.json"
	[ "${lines[0]}" = 0 ]
	[[ ${lines[1]} =~ ^\ +0\ +4321\ +1$ ]]
}

@test "run --rootfs needs no more of an ordinary user, and spec prints the same" {
	needs_root
	local state=$FILE_DIR/home/run/state
	run -0 as_user "$NSINIT" --root "$state" run --rootfs "$ROOTFS" --tmpfs /tmp -- id -u
	expect_output 0
	# The root is as --rootfs has it, not what a rootless default puts over the host's.
	run -0 as_user "$NSINIT" spec --rootfs "$ROOTFS"
	[ "$(jq -c '[.mounts[] | select(.destination == "/" or .destination == "/tmp")]' <<<"$output")" = "[]" ]
	run -0 as_user "$NSINIT" spec --rootfs "$ROOTFS"
	[ "$output" = "$(as_user "$NSINIT" spec --rootless --rootfs "$ROOTFS")" ]
}
