# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of the man page are run as they stand there: tests/tool/man.bash says how. On a host of their own.
load ../helper
load ../man
load nsnet

setup_file() {
	file_begin
	man_begin
}

run_command() {
	PATH=$FILE_DIR/bin:$PATH nsenter --target "$HOST" --net --mount --wdns="$PWD" -- bash -o pipefail -c "$2" \
		>"$TEST_DIR/said" 2>&1 </dev/null 3>&-
	local status=$?
	# shellcheck disable=SC2034 # man.bash's
	said=$(<"$TEST_DIR/said")
	return $status
}

@test "the examples of nsnet(8)" {
	page_test nsnet.8 10
}

@test "what --json prints has the members that nsnet(8) says" {
	words() { page_words nsnet.8 "^\\.It Cm $1\$" '^\.(It Cm|El)'; }
	printf '%s\n' '{"networks": [
		{"type": "veth", "name": "eth0", "bridge": "lan", "addresses": ["10.9.0.2/24"], "gateways": ["10.9.0.1"],
		 "masquerade": true, "ports": [{"hostPort": 8080, "port": 80, "hostAddress": "127.0.0.1"}]},
		{"type": "macvlan", "name": "side", "parent": "lan"}],
	 "routes": [{"destination": "192.168.7.0/24", "gateway": "10.9.0.1", "source": "10.9.0.2", "mtu": 1400},
		{"destination": "192.168.8.0/24", "gateway": "172.16.0.1", "interface": "eth0", "onLink": true}],
	 "firewall": {"policy": "drop", "outgoingPolicy": "drop", "rules": [{"action": "allow", "direction": "in", "protocol": "tcp", "port": 80,
		"from": "10.0.0.0/8", "to": "10.9.0.2"}]}}' >net.json
	nsnet bridge create lan --address 10.9.0.1/24
	host ip netns add one
	nsnet apply one -f net.json
	nsnet limit one eth0 --rx 10mbit
	expect_words "$(nsnet show --json one | json_words)" "$(words show; words 'route list')" vlan
	expect_words "$(nsnet route list one --json | json_words)" "$(words 'route list')"
	expect_words "$(nsnet bridge list --json | json_words)" "$(words 'bridge list')"
	expect_words "$(nsnet publish one --list --json | json_words)" "$(words publish)"
	expect_words "$(nsnet firewall one list --json | json_words)" "$(words firewall)"
	expect_words "$(nsnet limit one eth0 --json | json_words)" "$(words limit)"
}
