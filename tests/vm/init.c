/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of a guest: makes its root (root.c), runs one command, sends its
 * standard output and error over two channels and its exit status over a
 * third, and powers off. In C, since a shell takes half a minute for this on
 * an emulated processor.
 *
 * The kernel's command line names the settings file: vm_settings=PATH.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "init.h"

void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

void die(const char *format, ...)
{
	int cause = errno;
	va_list args;

	fprintf(stderr, "vm-init: ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(cause));
	power_off();
}

static void list_add(char **list, char *value)
{
	size_t count = 0;

	while (list[count])
		count++;
	if (count == SETTING_LIST)
		die("too many settings: %s", value);
	list[count] = value;
}

static void set(struct settings *settings, const char *key, char *value)
{
	const struct {
		const char *key;
		char **text, **list;
		struct file_system *fs;
	} keys[] = {
		{ .key = "out", .text = &settings->out },
		{ .key = "err", .text = &settings->err },
		{ .key = "status", .text = &settings->status },
		{ .key = "boot", .fs = &settings->boot },
		{ .key = "host", .fs = &settings->host },
		{ .key = "module", .list = settings->modules },
		{ .key = "modules", .text = &settings->module_dir },
		{ .key = "share", .list = settings->shares },
		{ .key = "directory", .text = &settings->directory },
		{ .key = "command", .text = &settings->command },
		{ .key = "systemd", .text = &settings->systemd },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].key, key) != 0)
			continue;
		if (keys[i].text)
			*keys[i].text = value;
		else if (keys[i].list)
			list_add(keys[i].list, value);
		else
			*keys[i].fs = (struct file_system){ .type = strsep(&value, " "),
							    .source = strsep(&value, " "),
							    .data = value };
		return;
	}
	errno = EINVAL;
	die("setting %s", key);
}

static void settings_read(struct settings *settings, const char *path)
{
	static char line[8192];
	FILE *file = fopen(path, "re");

	if (!file)
		die("%s", path);
	while (fgets(line, sizeof(line), file)) {
		char *value = line, *key = strsep(&value, " ");

		if (!value)
			die("%s: %s", path, line);
		value[strcspn(value, "\n")] = '\0';
		value = strdup(value);
		if (!value)
			die("memory");
		set(settings, key, value);
	}
	fclose(file);
}

/* A channel's device may appear a little after the boot. */
static int channel(const char *device)
{
	struct termios mode;
	int fd = -1;

	for (int i = 0; i < 100 && fd < 0; i++) {
		fd = open(device, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			usleep(20000);
	}
	if (fd < 0)
		die("%s", device);
	if (tcgetattr(fd, &mode) == 0) {
		cfmakeraw(&mode);
		tcsetattr(fd, TCSANOW, &mode);
	}
	return fd;
}

static void write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		die("lo");
	close(fd);
}

static pid_t start(const char *script, const char *directory, int out, int err)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	setsid();
	if (dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
	    chdir(directory)) {
		perror(directory);
		_exit(125);
	}
	execl("/bin/bash", "bash", "-c", script, (char *)NULL);
	perror("/bin/bash");
	_exit(127);
}

/* Reap what has ended; the command's wait status once it has. */
static void reap(pid_t command, int *status, int *ended, int options)
{
	int one;
	pid_t pid;

	while ((pid = waitpid(-1, &one, options)) > 0)
		if (pid == command) {
			*status = one;
			*ended = 1;
			return;
		}
}

/*
 * Copy until both ends are closed, or, once the command has ended and only
 * what it left running holds them, until half a second brings nothing.
 */
static int run_command(const struct settings *settings, const char *script, int out, int err)
{
	static char buffer[65536];
	int to[2] = { out, err }, pipes[2][2], status = 0, ended = 0, open_ends = 2, idle = 0;
	struct pollfd polls[2];
	pid_t pid;

	if (pipe2(pipes[0], O_CLOEXEC) || pipe2(pipes[1], O_CLOEXEC))
		die("pipe");
	pid = start(script, settings->directory, pipes[0][1], pipes[1][1]);
	for (int i = 0; i < 2; i++) {
		close(pipes[i][1]);
		polls[i] = (struct pollfd){ .fd = pipes[i][0], .events = POLLIN };
	}
	while (open_ends > 0 && idle < 5) {
		int ready = poll(polls, 2, 100);

		for (int i = 0; ready > 0 && i < 2; i++) {
			ssize_t n = polls[i].revents ? read(polls[i].fd, buffer, sizeof(buffer)) : -1;

			if (n > 0) {
				write_all(to[i], buffer, (size_t)n);
			} else if (n == 0) {
				polls[i].fd = -1;
				open_ends--;
			}
		}
		reap(pid, &status, &ended, WNOHANG);
		idle = ready == 0 && ended ? idle + 1 : 0;
	}
	if (!ended)
		reap(pid, &status, &ended, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Hand over to systemd, with a unit that does what run_command() would. */
static void systemd_start(const struct settings *settings, const char *script)
{
	if ((mkdir("/run/systemd", 0755) && errno != EEXIST) || mkdir("/run/systemd/system", 0755) ||
	    mkdir("/run/vm", 0755))
		die("/run/systemd/system");
	put_file("/run/vm/command", "%s", script);
	put_file("/run/systemd/system/vm.target",
		 "[Unit]\nDescription=The command of tests/vm/run\nRequires=basic.target\nAllowIsolate=yes\n"
		 "Wants=dbus.service systemd-logind.service vm-run.service\nAfter=basic.target "
		 "dbus.service\n");
	put_file("/run/vm/channels", "out=%s\nerr=%s\nstatus=%s\n", settings->out, settings->err,
		 settings->status);
	put_file("/run/systemd/system/vm-run.service",
		 "[Unit]\nDescription=The command\nAfter=basic.target dbus.service systemd-logind.service\n"
		 "[Service]\nType=exec\nTimeoutStopSec=1\nDelegate=yes\nLimitNOFILE=infinity\nTasksMax="
		 "infinity\n"
		 "EnvironmentFile=/run/vm/channels\nWorkingDirectory=%s\n"
		 "ExecStart=/bin/bash -c 'for tty in $out $err $status; do stty -F $tty raw -echo; done; "
		 "( exec /bin/bash /run/vm/command ) </dev/null > >(cat >$out) 2> >(cat >$err); rc=$?; "
		 "sleep 0.5; echo $rc >$status; sync; systemctl poweroff -ff'\n",
		 settings->directory);
	execl(settings->systemd, settings->systemd, "--unit=vm.target", (char *)NULL);
	die("%s", settings->systemd);
}

/* The whole file: bash -c takes no more than one argument's 128 KiB. */
static const char *script_read(const char *path)
{
	static char text[128 * 1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (len < 0)
		die("%s", path);
	close(fd);
	return text;
}

int main(void)
{
	struct settings settings = { .directory = "/" };
	const char *path = getenv("vm_settings"), *script;
	int out, err, status;

	if (getpid() != 1) {
		fprintf(stderr, "vm-init: runs only as PID 1 of a guest\n");
		return 1;
	}
	if (!path)
		die("no vm_settings on the kernel's command line");
	signal(SIGPIPE, SIG_IGN);
	settings_read(&settings, path);
	root_reach(&settings);
	/* The mounts to come may hide it. */
	script = script_read(settings.command);
	root_make(&settings);
	if (sethostname("vm", 2))
		die("hostname");
	loopback_up();
	unsetenv("vm_settings");
	if (settings.systemd)
		systemd_start(&settings, script);
	out = channel(settings.out);
	err = channel(settings.err);
	status = channel(settings.status);
	dprintf(status, "%d\n", run_command(&settings, script, out, err));
	tcdrain(out);
	tcdrain(err);
	tcdrain(status);
	power_off();
}
