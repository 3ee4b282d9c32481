# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2016 # bats' variables; what the inner shell and jq expand
load ../helper

# features FILTER: of the document, compact
features() { nsinit features | jq -c "$1"; }

# accepts FILTER: a spec with it is read
accepts() { nsinit spec --spec - < <(spec_make "$@") >/dev/null; }

@test "features names versions of the OCI runtime spec that are accepted" {
	[ "$(features '[.ociVersionMin, .ociVersionMax]')" = '["1.0.0","1.3.0"]' ]
	local version
	for version in $(nsinit features | jq -r '.ociVersionMin, .ociVersionMax'); do
		accepts --arg version "$version" '.ociVersion = $version'
	done
}

@test "features has every member of the OCI runtime spec 1.3, and no other" {
	[ "$(features '[paths(type != "array" and type != "object")
		| map(select(type == "string")) | join(".")] | unique | map(select(startswith("annotations") | not))')" = \
		"$(jq -cn '["hooks", "linux.apparmor.enabled", "linux.capabilities",
			"linux.cgroup.rdma", "linux.cgroup.systemd", "linux.cgroup.systemdUser", "linux.cgroup.v1",
			"linux.cgroup.v2", "linux.intelRdt.enabled", "linux.intelRdt.monitoring", "linux.intelRdt.schemata",
			"linux.memoryPolicy.flags", "linux.memoryPolicy.modes", "linux.mountExtensions.idmap.enabled",
			"linux.namespaces", "linux.netDevices.enabled", "linux.seccomp.actions", "linux.seccomp.archs",
			"linux.seccomp.enabled", "linux.seccomp.knownFlags", "linux.seccomp.operators",
			"linux.seccomp.supportedFlags", "linux.selinux.enabled", "mountOptions", "ociVersionMax",
			"ociVersionMin"]')" ]
	[ "$(features .potentiallyUnsafeConfigAnnotations)" = "[]" ]
	[ "$(features '[.annotations[] | type] | unique')" = '["string"]' ]
}

@test "features lists what the OCI runtime spec lists" {
	[ "$(features .hooks)" = \
		'["prestart","createRuntime","createContainer","startContainer","poststart","poststop"]' ]
	[ "$(features '.linux.namespaces | sort')" = \
		'["cgroup","ipc","mount","network","pid","time","user","uts"]' ]
	[ "$(features '.linux.capabilities | length')" = 41 ]
	[ "$(features '[.linux.seccomp.operators[] | ltrimstr("SCMP_CMP_")] | sort')" = \
		'["EQ","GE","GT","LE","LT","MASKED_EQ","NE"]' ]
	[ "$(features '["idmap", "ridmap", "rro", "tmpcopyup", "nosymfollow", "rbind", "ro"] - .mountOptions')" = "[]" ]
	# "SHOULD NOT contain filesystem-specific mount options"
	[ "$(features '.mountOptions - (.mountOptions - ["acl", "noacl", "size"])')" = "[]" ]
}

@test "features says only what the reader takes" {
	local list=$TEST_DIR/features.json
	nsinit features >"$list"
	accepts --slurpfile f "$list" '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW",
		"architectures": $f[0].linux.seccomp.archs, "flags": $f[0].linux.seccomp.knownFlags,
		"listenerPath": "/run/x",
		"syscalls": ([$f[0].linux.seccomp.actions[] | {"names": ["getpid"], "action": .}] +
			[$f[0].linux.seccomp.operators[] | {"names": ["getppid"], "action": "SCMP_ACT_ERRNO",
				"args": [{"index": 0, "value": 1, "op": .}]}])}'
	accepts --slurpfile f "$list" '.process.capabilities.bounding = $f[0].linux.capabilities'
	run -0 --separate-stderr accepts --slurpfile f "$list" '.mounts += [$f[0].mountOptions[] |
		select(. != "tmpcopyup" and . != "remount" and (test("idmap") | not)) |
		{"destination": "/x", "source": "/", "type": "none", "options": ["bind", .]}]'
	[ "$stderr" = "" ]
	local mode
	for mode in $(jq -r '.linux.memoryPolicy.modes[]' "$list"); do
		accepts --arg mode "$mode" '.linux.memoryPolicy = {"mode": $mode, "nodes": "0"}' ||
			accepts --arg mode "$mode" '.linux.memoryPolicy = {"mode": $mode, "nodes": ""}'
	done
}

@test "features: supported seccomp flags are of this kernel" {
	# All but the last are older than the oldest kernel we run on.
	[ "$(features '["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]
		- .linux.seccomp.supportedFlags')" = "[]" ]
	[ "$(features '.linux.seccomp | .supportedFlags - .knownFlags')" = "[]" ]
}

@test "features takes no operand" {
	run -2 nsinit features x
	expect_text 'unexpected "x"'
}
