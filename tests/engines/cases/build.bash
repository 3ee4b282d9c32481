# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is tests/engines/run's
# Images from Containerfiles, by podman build and by buildah, each RUN of which is a container of the runtime's.

BUILDAH=(buildah --storage-driver overlay)

part_begin() {
	podman_begin
	podman_import
	mkdir /mnt/wrapped
	# buildah takes the runtime's path; who called it and how often stands in /mnt/wrapped/calls.
	cat >/mnt/wrapped/runtime <<-W
		#!/bin/sh
		echo "\$@" >>/mnt/wrapped/calls
		exec "$RUNTIME_PATH" "\$@"
	W
	chmod 755 /mnt/wrapped/runtime
	sed -i "s|\"$RUNTIME_PATH\"|\"/mnt/wrapped/runtime\"|" /etc/containers/containers.conf
}

case_end() {
	"${BUILDAH[@]}" rm --all >/dev/null
	podman rm --all --force --time 0 >/dev/null
	podman image prune --force >/dev/null
	rm -f /mnt/wrapped/calls
}

# ran COUNT: so many containers were started by our runtime, none by another.
ran() { [ "$(grep -c -E '(^| )(run|create) ' /mnt/wrapped/calls)" -eq "$1" ] || wrong "not $1 containers: $(</mnt/wrapped/calls)"; }

# context: a directory to build from, with each instruction that a container sees.
context() {
	mkdir -p context/dir
	echo 'from the context' >context/dir/file
	cat >context/Containerfile <<-'C'
		FROM localhost/busybox AS first
		ARG WHO=nobody
		ENV A=1 B="two words"
		RUN echo "$A $B $WHO" >/made && id >>/made
		FROM localhost/busybox
		COPY --from=first /made /made
		COPY dir /copied
		COPY --chown=1000:5 dir/file /owned
		ADD dir/file /added
		WORKDIR /new/directory
		RUN pwd >where
		USER user
		RUN id >/tmp/who; touch /etc/x || echo refused >>/tmp/who
		USER 7:8
		RUN id >/tmp/numbers
		USER root
		RUN ["/bin/sh", "-c", "echo exec form $0 >/form", "argument"]
		RUN grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status >/status; cat /proc/self/uid_map >>/status; hostname >/dev/null
		RUN touch /volume-less; chmod 4755 /bin/busybox; ln -s target /link; mkdir -m 1777 /sticky; mknod /null c 1 3 || echo no mknod >/no-mknod
		ENV C=3
		VOLUME /volume
		LABEL key=value
		ENTRYPOINT ["/bin/sh", "-c"]
		CMD ["echo $A$C"]
	C
}

# Of the image, what RUN and the rest left.
image_look() {
	show podman run --rm --network none "$1" 'cat /made /copied/file /owned /added /new/directory/where /tmp/who /tmp/numbers /form /status;
		stat -c "%u %g %a %F %N" /owned /bin/busybox /link /sticky; ls /null /no-mknod 2>&1; pwd'
	expect '1 two words somebody' 'from the context' /new/directory 'uid=1000(user)' refused 'uid=7 gid=8' 'exec form argument' 'Seccomp:	2' '0 0 4755'
	show podman run --rm --network none "$1"
	expect_is 3
	show podman inspect --format '{{.Config.Env}} {{.Config.WorkingDir}} {{.Config.User}} {{.Config.Volumes}} {{.Config.Labels.key}} {{.Config.Entrypoint}} {{.Config.Cmd}}' "$1"
}

case_podman_build() {
	context
	quiet podman --runtime /mnt/wrapped/runtime build --network none --build-arg WHO=somebody -t built context
	expect_status 0
	ran 7
	image_look built
	show podman rmi built
	# By the configuration, and by the name that the runtime has there.
	mkdir small
	printf 'FROM localhost/busybox\nRUN true\n' >small/Containerfile
	local option
	for option in --log-level=error "--runtime=$RUNTIME"; do
		rm /mnt/wrapped/calls
		quiet podman "$option" build --no-cache --network none small
		expect_status 0
		ran 1
	done
}

case_buildah_build() {
	context
	quiet "${BUILDAH[@]}" bud --isolation oci --runtime /mnt/wrapped/runtime --network none --build-arg WHO=somebody -t built context
	expect_status 0
	ran 7
	image_look built
	show podman rmi built
	quiet "${BUILDAH[@]}" bud --isolation oci --runtime /mnt/wrapped/runtime --network none --layers --build-arg WHO=somebody -t built context
	expect_status 0
	# A second time all of it is there.
	rm /mnt/wrapped/calls
	quiet "${BUILDAH[@]}" bud --isolation oci --runtime /mnt/wrapped/runtime --network none --layers --build-arg WHO=somebody -t built context
	expect_status 0
	[ ! -e /mnt/wrapped/calls ] || wrong "a cached step ran again: $(</mnt/wrapped/calls)"
	image_look built
	must podman rmi built
}

case_build_fails() {
	mkdir context
	printf 'FROM localhost/busybox\nRUN echo before; exit 9\n' >context/Containerfile
	show podman --runtime /mnt/wrapped/runtime build -q --network none context
	expect_status 9
	expect before
	quiet "${BUILDAH[@]}" bud --isolation oci --runtime /mnt/wrapped/runtime --network none context
	expect_status 9
	printf 'FROM localhost/busybox\nRUN ["no-such-program"]\n' >context/Containerfile
	quiet podman --runtime /mnt/wrapped/runtime build --network none context
	printf '[%s]\n' "$status"
	expect 'executable file not found'
	quiet "${BUILDAH[@]}" bud --isolation oci --runtime /mnt/wrapped/runtime --network none context
	printf '[%s]\n' "$status"
	expect 'executable file not found'
	printf 'FROM localhost/busybox\nUSER nobody-here\nRUN true\n' >context/Containerfile
	quiet podman --runtime /mnt/wrapped/runtime build --network none context
	printf '[%s]\n' "$status"
	show podman images --format '{{.Repository}}'
	[ ! -d /run/nsinit ] || [ -z "$(ls /run/nsinit)" ] || wrong "containers are left: $(ls /run/nsinit)"
}

case_build_options() {
	mkdir context secrets
	echo hidden >secrets/s
	cat >context/Containerfile <<-'C'
		FROM localhost/busybox
		RUN --mount=type=secret,id=s cat /run/secrets/s >/dev/null && echo saw the secret
		RUN --mount=type=tmpfs,target=/t grep -c " /t tmpfs" /proc/mounts
		RUN --mount=type=bind,from=localhost/busybox,target=/b test -e /b/bin/busybox && echo bound
		RUN --mount=type=cache,target=/c echo $(ls /c) >/cached; touch /c/kept
		RUN grep -E '^Cap(Eff|Bnd)' /proc/self/status; cat /proc/self/limits | grep 'open files'
		RUN grep " /v " /proc/mounts | wc -l; stat -c %t:%T /dev/fuse /dev/btrfs-control 2>/dev/null; true
		RUN cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true
	C
	quiet podman --runtime /mnt/wrapped/runtime build --network none --secret id=s,src=secrets/s --cap-add NET_ADMIN --cap-drop CHOWN \
		--ulimit nofile=100:200 -v "$PWD/secrets:/v:ro" --device "$(device_other)" --memory 64m --shm-size 1m \
		--security-opt seccomp=unconfined -t built context
	grep -vE '^(STEP|-->|COMMIT|Successfully|[0-9a-f]{64}$)' <<<"$output" || :
	expect_status 0
	expect 'saw the secret' bound 'open files'
	show podman run --rm --network none built sh -c 'exec 2>&1; ls /run/secrets /v /t'
	must podman rmi built
}

case_buildah_run() {
	local run=("${BUILDAH[@]}" run --isolation oci --runtime /mnt/wrapped/runtime --network none)
	must "${BUILDAH[@]}" from --name c localhost/busybox
	show "${run[@]}" c echo inside
	expect inside
	show "${run[@]}" c -- sh -c 'exit 5'
	expect_status 5
	show "${run[@]}" --user 1000:5 --workingdir /tmp --env A=1 c -- sh -c 'id; pwd; echo $A; touch /tmp/kept'
	expect 'uid=1000(user) gid=5(tty)' /tmp
	show "${run[@]}" c stat -c '%u %g' /tmp/kept
	expect '1000 5'
	show "${run[@]}" --hostname there c hostname
	expect there
	show "${run[@]}" -v "$PWD:/v:ro" c -- touch /v/x
	expect 'Read-only file system'
	show "${run[@]}" --mount type=tmpfs,destination=/t c -- grep -c ' /t tmpfs' /proc/mounts
	expect 1
	show "${run[@]}" --cap-drop CAP_CHOWN c -- chown 1 /tmp
	expect 'Operation not permitted'
	show bash -c 'echo typed | "$@"' - "${run[@]}" c cat
	expect typed
	show "${run[@]}" c -- sh -c 'head -c 3000000 /dev/zero | wc -c'
	quiet "${run[@]}" c no-such-program
	printf '[%s]\n' "$status"
	expect 'executable file not found'
	terminal size:30x100 'expect:# ' 'send:stty size; tty\n' 'expect:# ' 'send:exit 5\n' -- "${run[@]}" --tty c sh
	expect '30 100' /dev/pts/ 'pty: status 5'
	must "${BUILDAH[@]}" config --env B=2 --workingdir /var --user user c
	show "${run[@]}" c -- sh -c 'id -un; pwd; echo $B'
	expect $'user\n/var\n2'
	quiet "${BUILDAH[@]}" commit c made
	expect_status 0
	show podman run --rm --network none --user 0 made ls /tmp
	expect_is kept
	must podman rmi made
	[ ! -d /run/nsinit ] || [ -z "$(ls /run/nsinit)" ] || wrong "containers are left: $(ls /run/nsinit)"
}

# The network of a build is the engine's.
case_build_network() {
	nat_or_skip
	mkdir context
	printf 'FROM localhost/busybox\nRUN ls /sys/class/net; ip -4 -o addr show eth0 | grep -o "10[.]88[.]"\n' >context/Containerfile
	quiet podman --runtime /mnt/wrapped/runtime build context
	expect_status 0
	expect eth0 10.88.
	ran 1
}
