# SPDX-License-Identifier: GPL-2.0-or-later
# `meson install`: everything lands where it belongs, and the installed nsinit runs.
# shellcheck disable=SC2154 # the helper's variables
load ../helper

setup_file() {
	file_begin
	needs_root
	needs_program meson
	# Its log goes to nowhere: the build directory may be read-only.
	DESTDIR="$FILE_DIR/dest" unshare --mount --propagation private sh -c '
		mount -t tmpfs none "$1/meson-logs" && exec meson install -C "$1" --no-rebuild --quiet' \
		sh "$NSTOOLS_BUILD" 3>&-
	PREFIX=$(meson introspect --buildoptions "$NSTOOLS_BUILD" | jq -r '.[] | select(.name == "prefix").value')
	export PREFIX
}

# The files below a directory, without it, sorted.
files_below() { (cd "$1" && find . ! -type d -printf '%P\n' | sort); }

# What is installed, below the prefix.
expected_files() {
	printf '%s\n' bin/nsinit share/bash-completion/completions/nsinit share/man/man5/nsinit-spec.5 \
		share/man/man7/nstools.7 share/man/man8/nsinit.8 share/nstools/nsinit-spec.schema.json
	local page
	for page in nscaps.1 nscgroup.1 nsenter.1 nsnet.8; do
		printf '%s\n' "bin/${page%.*}" "share/bash-completion/completions/${page%.*}" "share/man/man${page#*.}/$page"
	done
	printf 'libexec/nstools/%s-main\n' nscgroup nsenter
	[ "$(uname -m)" != x86_64 ] || echo libexec/nstools/nsinit-main
}

# installed COMMAND...: where what was installed stands at the prefix, which nobody else sees.
installed() {
	unshare --mount --propagation private sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' \
		"$FILE_DIR/dest$PREFIX" "$PREFIX" "$@"
}

@test "installed are program, launcher, man pages, schema and completion, and nothing else" {
	cd "$FILE_DIR/dest$PREFIX"
	diff <(expected_files | sort) <(files_below .)
	[ "$(files_below "$FILE_DIR/dest" | wc -l)" -eq "$(expected_files | wc -l)" ]
	[ -x bin/nsinit ]
	cmp share/man/man8/nsinit.8 "$NSTOOLS_SOURCE/man/nsinit.8"
	jq -e . share/nstools/nsinit-spec.schema.json >"$TEST_DIR/schema"
	run -0 bash -c 'source share/bash-completion/completions/nsinit && complete -p nsinit'
	expect_output "complete -F _nstools_complete nsinit"
	# Nothing is for others to write, or set-user-ID.
	[ -z "$(find . -perm /7022)" ]
}

@test "the installed nsinit runs a container" {
	local program=$PREFIX/bin/nsinit
	run -0 installed "$program" --version
	expect_text "nsinit version " "spec: 1."
	container_spec . hostname
	run -0 installed "$program" --root "$STATE" run --spec "$TEST_DIR/$ID.json" "$ID"
	expect_output standard
}

@test "the installed launcher starts what is in libexec, and says when it is not there" {
	[ "$(uname -m)" = x86_64 ] || skip_because "no launcher on this architecture"
	local program=$PREFIX/libexec/nstools/nsinit-main
	mv "$FILE_DIR/dest$program" "$TEST_DIR/gone"
	run -125 installed "$PREFIX/bin/nsinit" --version
	expect_output "nsinit: execute $program: No such file or directory
hint: nsinit is two files, and this one starts the other: install both (meson install)"
	mv "$TEST_DIR/gone" "$FILE_DIR/dest$program"
	chmod 644 "$FILE_DIR/dest$program"
	run -125 installed "$PREFIX/bin/nsinit" --version
	expect_output "nsinit: execute $program: Permission denied"
	chmod 755 "$FILE_DIR/dest$program"
}

@test "set-uid, set-gid or with file capabilities each program refuses, and does nothing" {
	needs_program setcap
	local copy program
	chmod -R a+rX "$FILE_DIR/dest" "$TEST_DIR"
	for copy in "$FILE_DIR/dest$PREFIX"/{bin,libexec/nstools}/*; do
		program=${copy##*/}
		for mode in 4755 $([ "$program" != nsnet ] || echo 2755); do
			cp "$copy" "$TEST_DIR/$program" && chmod "$mode" "$TEST_DIR/$program"
			run -1 as_user "$TEST_DIR/$program" --version
			expect_text "${program%-main}" ": refused: it is set-uid" "chmod ug-s"
			expect_no_text version nstools
		done
		chmod 755 "$TEST_DIR/$program"
		[ "$program" = nsinit ] && [ "$(uname -m)" = x86_64 ] && continue # they do not outlive its execve
		setcap cap_net_admin+ep "$TEST_DIR/$program"
		run -1 as_user "$TEST_DIR/$program" --version
		expect_text ": refused: it is set-uid, set-gid or has file capabilities"
	done
	# As a network plugin it says so as such a plugin does.
	run -1 as_user env CNI_COMMAND=VERSION "$TEST_DIR/nsnet" </dev/null
	jq -e '.code == 999 and (.msg | startswith("refused: it is set-uid"))' <<<"$output"
	# What a caller has it may hand on, and root has nothing to gain.
	cp "$FILE_DIR/dest$PREFIX/bin/nsnet" "$TEST_DIR/plain"
	run -0 setpriv --reuid 4321 --clear-groups --inh-caps +net_admin --ambient-caps +net_admin "$TEST_DIR/plain" --version
	chmod 4755 "$TEST_DIR/nscaps"
	run -0 "$TEST_DIR/nscaps" --version
}
