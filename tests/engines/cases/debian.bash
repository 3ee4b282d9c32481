# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2154 # output is tests/engines/run's
# podman with an image that is a system: Debian's, as debootstrap makes it.

# There is no mirror everywhere.
needs_debian() { [ -e /mnt/debian.tar ] || skip "no Debian image: $(tail -n 1 /mnt/debian.log 2>/dev/null)"; }

part_begin() {
	podman_begin
	[ ! -e /mnt/debian.tar ] || must podman import --change 'CMD ["/bin/bash"]' /mnt/debian.tar debian
}

case_end() { podman rm --all --force --time 0 >/dev/null; }

case_system() {
	needs_debian
	show none debian cat /etc/debian_version
	expect 12
	show none debian sh -c 'id; whoami; pwd; echo "$HOME $PATH"; umask'
	expect 'uid=0(root)' /root
	show none debian bash -c 'set -o pipefail; exec 3<>/tmp/f; echo ${BASH_VERSION%%.*} $((2 ** 10)); shopt | wc -l; cat <(echo substituted)'
	expect 1024 substituted
	show none debian dpkg -l bash
	show none debian dpkg --audit
	expect_is ''
	show none debian apt --version
	show none debian apt-get check
	show none debian apt-cache policy bash
	show none debian sh -c 'apt-mark showmanual | grep -cx bash'
	expect_is 1
	show none debian sh -c 'mount | grep -vE "^overlay| /(proc|sys)/" | sort; df /dev/shm | tail -n 1'
	show none debian sh -c 'findmnt -no fstype /; nproc >/dev/null; ls -l /dev | wc -l; ls /proc/self/fd | wc -l'
	show none debian perl -e 'print "$$ @ARGV\n"' -- one two
	expect_is '1 one two'
	show none debian getent hosts localhost
	show none --hostname there debian hostname
	expect_is there
	show none debian sh -c 'ulimit -a; cat /proc/1/status | grep -E "^(Cap|Seccomp|NoNewPrivs|Groups)"'
	show none debian sh -c 'locale; date +%Z'
	show none debian no-such-program
	expect_status 127
	show none debian /etc/passwd
	expect_status 126
	show none debian /usr/bin
	expect_status 126
}

# dpkg's database and apt's sandbox: ids, set-uid programs, renames, locks, fsync.
case_packages() {
	needs_debian
	show none debian sh -c 'dpkg --remove --force-remove-essential --force-depends hostname >/dev/null 2>&1; ls /bin/hostname; dpkg -s hostname 2>&1 | head -n 1'
	expect "cannot access '/bin/hostname'" "'hostname' is not installed"
	show none debian bash -c 'mkdir -p /p/DEBIAN /p/usr/share/p && echo data >/p/usr/share/p/file && printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: n <n@n>\nDescription: d\n" >/p/DEBIAN/control &&
		printf "#!/bin/sh\nadduser --version >/dev/null 2>&1; echo configured as \$(id -u)\n" >/p/DEBIAN/postinst && chmod 755 /p/DEBIAN/postinst &&
		dpkg-deb --root-owner-group -b /p /p.deb >/dev/null && dpkg -i /p.deb && cat /usr/share/p/file && apt-get -y purge p 2>&1 | tail -n 1; ls /usr/share/p'
	expect 'configured as 0' data
	show none debian sh -c 'useradd -m -s /bin/bash someone && passwd -S someone | cut -d" " -f1,2; su someone -c "id; pwd; cd; pwd; touch f; ls -l f | cut -c1-10"'
	expect 'uid=1000(someone)' /home/someone
	show none debian su nobody -s /bin/sh -c 'id; exit 5'
	expect_status 5
	expect 'uid=65534(nobody)'
	show none --security-opt no-new-privileges --user nobody debian su -c id
	expect_no 'uid=0'
	show none --user nobody debian sh -c 'su -c id </dev/null; true'
	expect_no 'uid=0'
	show none debian sh -c 'setpriv --reuid 65534 --regid 65534 --clear-groups cat /etc/shadow'
	expect 'Permission denied'
	show none debian sh -c 'runuser -u nobody -- id -un; start-stop-daemon --start --chuid nobody --exec /usr/bin/id'
	expect nobody
}

case_user() {
	needs_debian
	show none --user nobody debian id
	expect 'uid=65534(nobody) gid=65534(nogroup)'
	show none --user daemon:adm debian id
	show none --user 1234:5678 --group-add audio --group-add 99 debian bash -c 'exec 2>&1; id; echo $HOME; touch /tmp/x && stat -c "%u %g" /tmp/x; touch /x'
	expect 'uid=1234(1234) gid=5678(5678)' 'Permission denied'
	show none --user www-data --workdir /var/mail debian pwd
	expect_is /var/mail
	show none --user no-such debian id
	expect_status 126
	show none --userns=auto debian sh -c 'id -u; useradd someone && su someone -c "id -u"; stat -c "%u" /bin/su /etc/shadow; cat /proc/self/uid_map'
	show none --userns=auto:size=65536 --user nobody debian id
	expect 'uid=65534(nobody)'
}

case_long_running() {
	needs_debian
	must podman run -d --network none --name c debian bash -c "$on_term"
	wait_until 20 says ready podman logs c
	show podman exec c id
	show podman exec --user nobody c bash -c 'id; echo $HOME $$ >/dev/null; exit 9'
	expect_status 9
	show podman exec c bash -c 'kill -KILL $$'
	expect_status 137
	show podman exec c su nobody -s /bin/bash -c 'whoami'
	expect_is nobody
	show podman exec c apt-get check
	expect_status 0
	terminal size:33x99 'expect:# ' 'send:stty size; tty; apt --version | head -n 1\n' 'expect:# ' 'send:exit 4\n' -- podman exec -it c bash
	expect '33 99' /dev/pts/ 'pty: status 4'
	# Not of its sleep, which may be ending just now, or not be there.
	show eval 'podman top c user args | grep bash'
	expect 'bash -c trap'
	term_stops
	# What ignores it is killed.
	must podman run -d --network none --name d debian sleep 1000
	quiet podman stop --time 1 d
	show inspect '{{.State.ExitCode}}' d
	expect_is 137
	must podman run -d --init --network none --name e debian sleep 1000
	show podman stop --time 20 e
	show inspect '{{.State.ExitCode}}' e
	expect_is 143
	terminal 'expect:# ' 'send:echo $0 $TERM; exit 2\n' 'expect:bash xterm' -- podman run --rm -it --network none debian
	expect 'pty: status 2'
}

case_job_control() {
	needs_debian
	must podman run -d --network none --name c debian sleep 1000
	# A foreground job is interrupted; another is stopped and the shell goes on. (The container's id, in the prompt, may have
	# any number; bash's "wait" does not wait for a stopped job, and it does not exit before it has seen that one's end.)
	terminal 'expect:# ' 'send:sh -c "echo at\$((40+2)); exec sleep 100"\n' expect:at42 'send:\003' 'send:echo after $?\n' 'expect:after 130' \
		'send:sh -c "echo at\$((50+3)); exec sleep 200"\n' expect:at53 'send:\032' expect:Stopped \
		'send:kill -KILL %1; while jobs %1; do sleep 0.1; done; echo do$((1+0))ne\n' expect:do1ne 'send:exit 0\n' -- podman exec -it c bash
	expect Stopped 'pty: status 0'
}

# A system's own services would be systemd's; the smallest one has a shell, so that reaps and is told to end.
case_zombies() {
	needs_debian
	must podman run -d --init --network none --name c debian sh -c '(sleep 0.1 & exec sleep 0.2) & sleep 1000'
	wait_until 20 bash -c "podman top c args | grep -c '^sleep 0' | grep -qx 0"
	show podman exec c sh -c 'cat /proc/[0-9]*/stat | grep -c ") Z "'
	expect_is 0
}
