# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016 # bats' variables; what the inner shell and jq expand
load ../helper

# check_spec [JQ-ARGS] FILTER: of the standard spec, changed
check_spec() { nsinit check --spec - < <(spec_make "$@"); }

@test "check of a good spec says so" {
	run -0 check_spec .
	expect_output "this host can run it"
}

@test "check without a spec is of ./config.json, else of the built-in default" {
	needs_root
	run -0 nsinit check
	expect_output "this host can run it"
	echo '{}' >config.json
	run -1 nsinit check
	expect_text "error: /ociVersion: "
}

@test "check of a bundle, and of another file in it" {
	bundle_make b '.root.path = "r"'
	mkdir b/r
	run -0 nsinit check --bundle b
	expect_output "this host can run it"
	spec_make '.hostname = 5' >other.json
	run -1 nsinit check --bundle b --config other.json
	expect_output "error: /hostname: expected a string, found the number 5"
}

@test "check names the place of what is wrong" {
	run -1 check_spec '.process.cwd = "srv"'
	expect_text "error: /process/cwd: expected "
	run -1 check_spec '.linux.sysctl = {"kernel.panic": "1"}'
	expect_output "error: /linux/sysctl/kernel.panic: belongs to no namespace: setting it would change the host"
}

@test "check of what is no JSON names line and column" {
	printf '{\n  "a": tru\n}' >s.json
	run -1 nsinit check --spec s.json
	expect_text "error: " "line 2, column"
}

@test "check lists members that are not known, with the name they look like; they are no error" {
	run -0 check_spec '.hostnam = "x" | .process.umask = 1 | .zzzzzzzzzz = 1'
	expect_text 'unknown: /hostnam: not known: "hostname"?' "unknown: /process/umask: not known" \
		"unknown: /zzzzzzzzzz: not known" "this host can run it"
}

@test "check lists warnings" {
	run -0 check_spec '.process.capabilities.bounding += ["CAP_NEW"]'
	expect_text "warning: /process/capabilities/bounding/" "the capability CAP_NEW is not known and left out"
}

@test "check says what this kernel cannot do" {
	run -1 check_spec '.linux.namespaces |= map(select(.type != "mount"))'
	expect_text "error: /linux/namespaces: expected a mount namespace" 'hint: add {"type": "mount"}'
}

@test "check finds what is missing on this host" {
	run -1 check_spec '.root.path = "/nonexistent"'
	expect_output "error: /root/path: /nonexistent: No such file or directory"
	touch file
	run -1 check_spec '.root.path = $dir + "/file"'
	expect_output "error: /root/path: $TEST_DIR/file: not a directory"
	run -1 check_spec '.mounts += [{"destination": "/x", "source": "/nonexistent", "options": ["bind"]}]'
	expect_text "/source: /nonexistent: No such file or directory"
	run -0 check_spec '.mounts += [{"destination": "/x", "type": "nosuchfs", "source": "x"}]'
	expect_text '/type: this kernel has no file system "nosuchfs" (yet: a module may bring it)'
	run -1 check_spec '.linux.netDevices = {"nonexistent0": {}}'
	expect_text "error: /linux/netDevices/nonexistent0: no network interface nonexistent0"
	run -1 check_spec '(.linux.namespaces[] | select(.type == "uts")).path = "/proc/0/ns/uts"'
	expect_text "/proc/0/ns/uts: No such file or directory"
	run -1 check_spec '.hooks.poststop = [{"path": "/nonexistent"}]'
	expect_text "error: /hooks/poststop/0/path: /nonexistent: No such file or directory"
	run -1 check_spec '.nsinit.root = {"lower": ["/nonexistent"], "upper": "/nonexistent/u", "work": "/"}'
	expect_text "error: /nsinit/root/lower/0: /nonexistent" "error: /nsinit/root/upper: /nonexistent/u"
}

@test "check changes nothing" {
	needs_root
	mkdir root
	run -0 check_spec '.root.path = $dir + "/root" | .mounts += [{"destination": "/new", "type": "tmpfs"}]'
	[ -z "$(ls -A root)" ]
	[ ! -d "$STATE" ] || [ -z "$(ls -A "$STATE")" ]
}

@test "check --json has the same findings" {
	run -1 nsinit check --json --spec - < <(spec_make '.hostnam = "x" | .root.path = "/nonexistent"')
	[ "$(jq -c '[.ok, [.findings[] | [.level, .where]]]' <<<"$output")" = \
		'[false,[["unknown","/hostnam"],["error","/root/path"]]]' ]
	run -0 nsinit check --json --spec - < <(spec_make .)
	[ "$(jq -c . <<<"$output")" = '{"ok":true,"findings":[]}' ]
}

@test "check of a file that is not there is no finding" {
	run -1 --separate-stderr nsinit check --json --spec /nonexistent
	[ "$output" = "" ]
	[ "$stderr" = "nsinit: open /nonexistent: No such file or directory" ]
}

@test "check as an ordinary user says what needs root" {
	needs_root
	spec_make . >s.json
	chmod 644 s.json
	run -1 as_user "$NSINIT" check --spec "$PWD/s.json"
	expect_text "error: /linux/namespaces: namespaces without a user namespace need root" "hint: "
}

@test "check --host tells what this kernel has" {
	run -0 nsinit check --host --json
	jq -e '.kernel == $kernel and (.cgroups | length > 0) and .namespaces.pid and (.caller.bounding | type == "array")
		and (.security.landlockABI | type == "number") and (.security.seccompActions | index("SCMP_ACT_ALLOW"))
		and (.sysctl["kernel/pid_max"] == $pids)' --arg kernel "$(uname -r)" --arg pids "$(cat /proc/sys/kernel/pid_max)" \
		<<<"$output"
	run -0 nsinit check --host
	expect_text "kernel: $(uname -r)" "namespaces.pid: yes" "caller.uid: $(id -u)" \
		"sysctl.kernel/pid_max: $(cat /proc/sys/kernel/pid_max)"
}

@test "check --host is not of a spec" {
	run -2 nsinit check --host --spec x
	expect_output "nsinit: --host does not go with --spec"
}

# --- id maps ------------------------------------------------------------------------------------------------

# user_spec MAP: a spec for an ordinary user whose ids are mapped so
user_spec() {
	spec_make --argjson map "$1" 'del(.linux.cgroupsPath, .linux.resources) | .mounts = []
		| .linux.namespaces += [{"type": "user"}] | .linux.uidMappings = $map | .linux.gidMappings = $map' >s.json
	chmod 644 s.json
}

@test "check as an ordinary user knows which ids may be mapped" {
	needs_root
	needs_program newuidmap
	user_spec '[{"containerID": 0, "hostID": 4321, "size": 1}, {"containerID": 1, "hostID": 700000, "size": 65536}]'
	run -0 as_user "$NSINIT" check --spec "$PWD/s.json"
	expect_output "this host can run it"
	user_spec '[{"containerID": 0, "hostID": 4321, "size": 1}, {"containerID": 1, "hostID": 700000, "size": 65537}]'
	run -1 as_user "$NSINIT" check --spec "$PWD/s.json"
	expect_output "error: /linux/uidMappings/1: 65537 ids from 700000 on are not yours by /etc/subuid
error: /linux/gidMappings/1: 65537 ids from 700000 on are not yours by /etc/subgid"
	user_spec '[{"containerID": 0, "hostID": 4322, "size": 1}]'
	run -1 as_user "$NSINIT" check --spec "$PWD/s.json"
	expect_text "error: /linux/uidMappings/0: 1 ids from 4322 on are not yours by /etc/subuid"
	user_spec '[{"containerID": 0, "hostID": 4321, "size": 1}]'
	run -0 as_user env PATH=/nonexistent "$NSINIT" check --spec "$PWD/s.json"
	user_spec '[{"containerID": 0, "hostID": 700000, "size": 2}]'
	run -1 as_user env PATH=/nonexistent "$NSINIT" check --spec "$PWD/s.json"
	expect_text "error: /linux/uidMappings: only newuidmap may write these maps, and it is not installed"
}

@test "check knows that no overlay of / is possible in a user namespace, as run finds out" {
	needs_root
	nsinit spec --userns=0:100000:65536 >fitted.json
	run -0 nsinit check --spec fitted.json
	jq '.nsinit.root = {}' fitted.json >s.json
	run -1 nsinit check --spec s.json
	expect_output "error: /root/path: / has mounts below it, which no overlay in a user namespace may be of: \
name another root"
	run -125 nsinit run --spec s.json
	expect_text "mount overlay: Invalid argument" "as / has: name another root"
}

@test "check as an ordinary user is of the built-in default made for one" {
	needs_root
	run -0 as_user "$NSINIT" check
	expect_output "this host can run it"
}
