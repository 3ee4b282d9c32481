# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is tests/engines/run's
# What podman(1) can mount into a container, option by option, and whose ids are in there: as root.

part_begin() {
	podman_begin
	podman_import
}

case_end() { podman rm --all --force --time 0 >/dev/null; }

# tree: what is mounted: a program, a device, a file system below.
tree() {
	mkdir -p v/sub
	echo content >v/file
	cp /bin/busybox v/true
	mknod v/null c 1 3
	mount -t tmpfs -o size=64k sub v/sub
	echo below >v/sub/file
}

# What a container sees of it: what it may read, write, execute, open, and the mount's own and its propagation's words.
look='exec 2>&1; cat /v/file /v/sub/file; /v/true; echo execute $?; (: >/v/null); echo device $?
touch /v/new && rm /v/new; echo write $?; touch /v/sub/new && rm /v/sub/new; echo below $?
grep -E " /v(/sub)? " /proc/self/mountinfo | cut -d" " -f5-7 | sed "s/:[0-9]*/:N/g; s/size=.*//"'

# seen MOUNT...: with those options of podman run.
seen() { show none "$@" busybox sh -c "$look"; }

case_volume_options() {
	local options
	tree
	for options in ro rw rbind bind nosuid suid nodev dev noexec exec ro,noexec,nosuid,nodev rw,exec,suid,dev \
		noexec,bind ro,rbind nodev,exec; do
		seen -v "$PWD/v:/v:$options"
		expect_status 0
		expect content
		case $options in
		*ro*) expect 'Read-only file system' 'write 1' ;;
		*) expect 'write 0' ;;
		esac
		[[ $options != *noexec* ]] || expect 'execute 126'
		[[ $options != *nodev* ]] || expect 'device 1'
	done
	umount v/sub
}

case_propagation() {
	local options
	tree
	for options in private rprivate slave rslave shared rshared unbindable runbindable; do
		seen -v "$PWD/v:/v:$options"
	done
	# What is mounted on the host later appears where it is to, and the other way round.
	mkdir v/later
	must podman run -d --network none -v "$PWD/v:/v:rslave" --name slave busybox sleep 1000
	must podman run -d --network none -v "$PWD/v:/v:rprivate" --name private busybox sleep 1000
	must podman run -d --network none --cap-add SYS_ADMIN --security-opt seccomp=unconfined -v "$PWD/v:/v:rshared" --name shared busybox sleep 1000
	mount -t tmpfs later v/later
	touch v/later/here
	show podman exec slave ls /v/later
	expect_is here
	show podman exec private ls /v/later
	expect_is ''
	umount v/later
	show podman exec slave ls /v/later
	expect_is ''
	show podman exec shared mount -t tmpfs inside /v/later
	show grep -c " $PWD/v/later " /proc/self/mountinfo
	expect_is 1
	show podman rm --force --time 0 shared
	umount v/later v/sub
}

case_labels() {
	tree
	# There is no SELinux here: both leave the file as it is.
	seen -v "$PWD/v:/v:z"
	seen -v "$PWD/v:/v:Z"
	seen -v "$PWD/v:/v:ro,z"
	umount v/sub
}

case_owners() {
	tree
	show none --uidmap 0:100000:5000 --user 7:8 -v "$PWD/v:/v:U" busybox stat -c '%u %g' /v /v/file
	expect_is $'7 8\n7 8'
	show stat -c '%u %g' v v/file
	expect_is $'100007 100008\n100007 100008'
	show none --user 9:9 -v "$PWD/v:/v:U" busybox stat -c '%u %g' /v/file
	expect_is '9 9'
	umount v/sub
}

case_overlay() {
	tree
	show none -v "$PWD/v:/v:O" busybox sh -c 'echo changed >/v/file; cat /v/file; rm /v/true; ls /v'
	expect changed
	show cat v/file
	expect_is content
	mkdir up work
	show none -v "$PWD/v:/v:O,upperdir=$PWD/up,workdir=$PWD/work" busybox sh -c 'echo kept >/v/new'
	show cat up/new
	expect_is kept
	show none -v "$PWD/v:/v:O,upperdir=$PWD/up,workdir=$PWD/work" busybox cat /v/new
	expect_is kept
	umount v/sub
}

# An idmapped mount: the host's ids are the container's.
case_idmap() {
	[ "$(stat -fc %T .)" != tmpfs ] || ! dpkg --compare-versions "$(uname -r)" lt 6.3 || skip 'a tmpfs takes no idmapped mount before Linux 6.3'
	tree
	umount v/sub
	chown 1:1 v/file
	show none --uidmap 0:100000:5000 -v "$PWD/v:/v:idmap" busybox stat -c '%u %g' /v/file
	show none --uidmap 0:100000:5000 --mount type=bind,source="$PWD/v",destination=/v,idmap busybox stat -c '%u %g' /v/file
	if [ "$RUNTIME" = nsinit ]; then
		quiet none --uidmap 0:100000:5000 -v "$PWD/v:/v:idmap" busybox sh -c 'stat -c "%u %g" /v/file; touch /v/made'
		expect_status 0
		expect_is '1 1'
		is '0 0' stat -c '%u %g' v/made || wrong 'what the container made is not the host root'"'"'s'
	fi
	differs "Debian's runc is older than idmapped mounts: it mounts without"
}

case_named() {
	show podman volume create one
	show none -v one:/etc busybox sh -c 'ls /etc; echo changed >>/etc/group'
	expect passwd
	show none -v one:/v:ro busybox sh -c 'exec 2>&1; tail -n 1 /v/group; touch /v/x'
	expect changed 'Read-only file system'
	show none -v two:/etc:nocopy busybox ls /etc
	expect_no passwd
	show none -v three:/etc:copy busybox ls /etc
	expect passwd
	show none -v four:/v:noexec,nodev,nosuid busybox sh -c 'grep " /v " /proc/self/mountinfo | cut -d" " -f6-7'
	expect nosuid,nodev,noexec
	must podman volume create --opt type=tmpfs --opt device=tmpfs --opt o=nodev five
	show none -v five:/v busybox sh -c 'grep " /v " /proc/mounts | sed "s/,inode64//"'
	expect tmpfs nodev
	show none --uidmap 0:100000:5000 -v six:/v busybox sh -c 'touch /v/x; stat -c "%u %g" /v /v/x'
	expect_is $'0 0\n0 0'
	show none -v /anonymous busybox sh -c 'touch /anonymous/x; grep -c " /anonymous " /proc/mounts'
	expect_is 1
	show podman volume ls -q
	show podman volume rm one two three four five six
	expect_status 0
}

case_mount_types() {
	local mount
	tree
	for mount in type=bind,source="$PWD/v",destination=/v type=bind,src="$PWD/v",dst=/v,ro type=bind,src="$PWD/v",target=/v,bind-propagation=rslave \
		type=bind,src="$PWD/v",dst=/v,bind-nonrecursive type=bind,src="$PWD/v",dst=/v,relabel=shared type=bind,src="$PWD/v",dst=/v,readonly=true,noexec; do
		seen --mount "$mount"
		expect_status 0
		expect content
	done
	show none --mount type=bind,src="$PWD/v",dst=/v,chown=true --user 3:4 busybox stat -c '%u %g' /v/file
	expect_is '3 4'
	umount v/sub
	show none --mount type=volume,source=vol,destination=/v busybox sh -c 'touch /v/x; ls /v'
	expect_is x
	show none --mount type=volume,source=vol,destination=/v,ro busybox touch /v/y
	expect 'Read-only file system'
	show podman volume rm vol
	show none --mount type=tmpfs,destination=/t,tmpfs-size=64k,tmpfs-mode=1750 busybox sh -c 'stat -c %a /t; grep " /t " /proc/mounts | sed "s/,inode64//"'
	expect 1750 size=64k
	show none --mount type=tmpfs,destination=/etc,tmpcopyup busybox sh -c 'ls /etc | grep -c passwd'
	expect_is 1
	show none --mount type=tmpfs,destination=/etc,notmpcopyup busybox ls /etc
	show none --mount type=devpts,destination=/pts,uid=1,gid=2,mode=600,max=10 busybox sh -c 'grep " /pts " /proc/mounts'
	expect 'uid=1,gid=2,mode=600'
	show none --mount type=image,source=busybox,destination=/i busybox sh -c 'exec 2>&1; ls /i/etc; touch /i/x'
	expect passwd 'Read-only file system'
	show none --mount type=image,source=busybox,destination=/i,rw=true busybox sh -c 'touch /i/x; ls /i/x'
	expect_is /i/x
	show none --mount type=ramfs,destination=/t busybox true
	show none --mount type=no-such,destination=/t busybox true
	expect_status 125
	show none --mount type=bind,source=/no/such,destination=/t busybox true
	expect_status 125
}

case_tmpfs() {
	local options
	for options in '' :size=64k :mode=700 :rw,noexec :ro :exec,suid,dev :size=64k,mode=755,noexec :nosuid,nodev :rprivate :tmpcopyup :notmpcopyup; do
		show none --tmpfs "/t$options" busybox sh -c 'exec 2>&1; stat -c "%a %u %g" /t; grep " /t " /proc/self/mountinfo | cut -d" " -f6- | sed "s/,inode64//; s/ - / /; s/size=[0-9]\{5,\}k/SIZE/"; touch /t/x'
	done
	show none --tmpfs /etc:size=1m busybox ls /etc/passwd
	show none --tmpfs /t:no-such-option busybox true
	expect_status 125
	show none --read-only --tmpfs /tmp:size=64k busybox sh -c 'exec 2>&1; head -c 100000 /dev/zero >/tmp/x; stat -c %s /tmp/x'
	expect 65536
}

case_userns_auto() {
	local options
	for options in auto auto:size=3000 host nomap; do
		show none --userns="$options" busybox cat /proc/self/uid_map /proc/self/gid_map
	done
	show none --userns=auto busybox sh -c 'id; touch /x; stat -c "%u %g" /x /etc/passwd /; grep -E "^Cap(Eff|Bnd)" /proc/self/status'
	expect 'uid=0(root)'
	show none --userns=auto:size=2000 --user 1000 busybox id
	# Two at a time have ranges of their own.
	must podman run -d --network none --userns=auto --name a busybox sleep 1000
	must podman run -d --network none --userns=auto --name b busybox sleep 1000
	show podman exec a cat /proc/self/uid_map
	show podman exec b cat /proc/self/uid_map
	[ "$(podman exec a cat /proc/self/uid_map)" != "$(podman exec b cat /proc/self/uid_map)" ] || wrong 'both have the same ids'
	show podman exec --user user a id
	show podman exec -t a sh -c 'tty; stat -c "%u %g %a" $(tty)'
	show podman top a user huser args
	show podman stop --time 0 a
	show podman start a
	show podman exec a id -u
	expect_is 0
	show none --userns=container:b busybox cat /proc/self/uid_map
	expect_status 0
	show none --userns=keep-id busybox id
	mkdir v
	show none --userns=auto -v "$PWD/v:/v" busybox stat -c '%u %g' /v
	show none --userns=auto -v "$PWD/v:/v:U" busybox sh -c 'stat -c "%u %g" /v; touch /v/x'
	expect_is '0 0'
	if nat; then
		show podman run --rm --userns=auto busybox ls /sys/class/net
		expect eth0
	fi
}
