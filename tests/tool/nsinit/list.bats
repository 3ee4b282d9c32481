# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# list: a table, JSON, ids; beside containers that come and go.
load ../helper

# shellcheck disable=SC2154,SC2016

setup() { test_begin; JOBS=(); }
teardown() {
	local job
	for job in "${JOBS[@]}"; do kill -KILL "$job" 2>/dev/null || :; done
	kept_delete
}

# one ID FILTER [create|run -d]: a container.
one() {
	bundle_make "b-$1" "del(.linux.cgroupsPath) | .linux.cgroupsPath = \"/$CGROUP/$1\" | .process.args = [\"sleep\", \"300\"] | $2"
	# shellcheck disable=SC2086
	nsinit ${3:-run -d} --bundle "b-$1" "$1" </dev/null >/dev/null 2>&1 3>&-
	IDS+=("$1")
}

@test "no containers: a heading, an empty list, nothing" {
	local root
	for root in "$TEST_DIR/none" "$TEST_DIR/empty"; do
		run -0 "$NSINIT" --root "$root" list
		[[ $output =~ ^"ID "\ *"PID "\ *"STATUS "\ *"BUNDLE "\ *"CREATED "\ *OWNER$ ]]
		run -0 "$NSINIT" --root "$root" list --format json
		[ "$(jq -c . <<<"$output")" = "[]" ]
		run -0 "$NSINIT" --root "$root" list -q
		expect_output ""
		mkdir -p empty -m 700
	done
	[ ! -e none ]
}

@test "each status: the table, JSON, ids; in the order of the ids" {
	one c . create
	one a '.annotations = {"org.example": "x"}'
	one d .
	one b '.process.args = ["true"]'
	nsinit pause d
	wait_until 20 has_status b stopped
	run -0 nsinit list -q
	expect_output $'a\nb\nc\nd'
	run -0 nsinit list
	[ "${#lines[@]}" = 5 ]
	[ "$(awk '{ print $1, $3 }' <<<"$output" | tail -4)" = $'a running\nb stopped\nc created\nd paused' ]
	local id pid
	for id in a c d; do
		pid=$(nsinit state "$id" | jq .pid)
		[ "$(awk -v id="$id" '$1 == id { print $2, $4, $6 }' <<<"$output")" = "$pid $TEST_DIR/b-$id root" ]
	done
	[ "$(awk '$1 == "b" { print $2 }' <<<"$output")" = 0 ]
	[[ $(awk '$1 == "a" { print $5 }' <<<"$output") =~ ^20..-..-..T..:..:..(\.[0-9]+)?Z$ ]]
	# JSON: each as `state` tells it.
	local form
	for form in "--format json" "--format=json" "-f json" --json; do
		# shellcheck disable=SC2086
		run -0 nsinit list $form
		[ "$(jq -c '[.[] | [.id, .status]]' <<<"$output")" = '[["a","running"],["b","stopped"],["c","created"],["d","paused"]]' ]
	done
	for id in a b c d; do
		[ "$(jq -S ".[] | select(.id == \"$id\")" <<<"$output")" = "$(nsinit state "$id" | jq -S .)" ]
	done
	[ "$(jq -r '.[0].annotations["org.example"]' <<<"$output")" = x ]
}

@test "wrong options" {
	run -2 nsinit list --format yaml
	expect_text "--format" "table" "json"
	run -2 nsinit list extra
	expect_text 'list: unexpected "extra"'
}

@test "twenty containers, made and listed" {
	local i
	for i in {10..29}; do
		one "n$i" . create &
		JOBS+=($!)
		[ $((i % 4)) -ne 1 ] || { wait "${JOBS[@]}"; JOBS=(); }
	done
	for i in {10..29}; do IDS+=("n$i"); done
	[ "$(nsinit list -q)" = "$(printf 'n%s\n' {10..29})" ]
	[ "$(nsinit list --json | jq '[.[] | select(.status == "created" and .pid > 1)] | length')" = 20 ]
	[ "$(nsinit list | wc -l)" = 21 ]
}

@test "containers that vanish meanwhile are left out; the rest is told, without an error" {
	local i
	one stays .
	# Without a cgroup of the tests the id is the group's name: other tests run at the same time.
	bundle_make b "del(.linux.cgroupsPath, .linux.resources) | .process.args = [\"true\"]"
	touch go-on
	for i in 1 2; do
		(while [ -e go-on ]; do "$NSINIT" --root "$STATE" run --bundle b "comes$i-$$" || echo failed >>bad; done) \
			</dev/null >>run.log 2>&1 3>&- &
		JOBS+=($!)
	done
	for i in {1..30}; do
		nsinit list >out 2>err || { cat err >&2; false; }
		[ ! -s err ] || { cat err >&2; false; }
		grep -q '^stays .* running ' out
		nsinit list --json >out 2>err
		[ ! -s err ]
		jq -e 'map(select(.id == "stays" and .status == "running")) | length == 1' out
		nsinit list -q | grep -qx stays
	done
	rm go-on
	wait "${JOBS[@]}"
	JOBS=()
	[ ! -e bad ] || { cat run.log >&2; false; }
}

@test "one that cannot be read is told on standard error, with its name; the others are listed" {
	one good .
	mkdir -m 700 "$STATE/broken"
	echo '{"id": "broken", "pid": ' >"$STATE/broken/state.json"
	run --separate-stderr nsinit list
	expect_status 1
	[[ $stderr == *"line 2, column 1: expected a value, found the end (broken/state.json)"* ]]
	[ "$(awk '{ print $1 }' <<<"$output")" = $'ID\ngood' ]
	run -1 nsinit delete broken
	expect_text "(broken/state.json)"
	run -0 nsinit delete --force broken
	expect_text "warning: " "(broken/state.json)"
	# A directory without any state is one whose creation was cut short.
	mkdir -m 700 "$STATE/broken"
	run -0 nsinit list
	[ "$(awk '$1 == "broken" { print $2, $3 }' <<<"$output")" = "0 creating" ]
	run -0 nsinit list --json
	nsinit delete --force broken
	# What is no container is none.
	mkdir "$STATE/.hidden"
	touch "$STATE/file"
	[ "$(nsinit list -q)" = good ]
	rmdir "$STATE/.hidden"
	rm "$STATE/file"
}

@test "a state directory that others could write to, or a link, is refused" {
	mkdir -m 777 open
	mkdir -m 700 real
	ln -s real link
	run -1 "$NSINIT" --root "$TEST_DIR/open" list
	expect_text "others may write to it (mode 0777)" "hint: chmod 0700 it, or name another one with --root"
	run -1 "$NSINIT" --root "$TEST_DIR/link" list
	expect_text "hint: the state directory must be a directory and not a symbolic link"
	touch file
	run -1 "$NSINIT" --root "$TEST_DIR/file" list
	expect_text "$TEST_DIR/file: Not a directory"
	chown 4321 real
	run -1 "$NSINIT" --root "$TEST_DIR/real" list
	expect_text "it belongs to uid 4321, not to 0"
	chown 0 real
}

@test "a full disk below standard output is an error, not a shorter list" {
	one x .
	run -1 sh -c '"$1" --root "$2" list >/dev/full' sh "$NSINIT" "$STATE"
	expect_text "No space left on device"
	run -1 sh -c '"$1" --root "$2" list -q >/dev/full' sh "$NSINIT" "$STATE"
	expect_text "No space left on device"
	run -1 sh -c '"$1" --root "$2" state x >/dev/full' sh "$NSINIT" "$STATE"
	expect_text "No space left on device"
}
