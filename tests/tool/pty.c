/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pty ACTION... -- COMMAND [ARG]...: run COMMAND on a terminal of its own, as a
 * login does, carry the actions out one after the other, then wait for its end.
 *
 *   size:ROWSxCOLUMNS   the terminal's size; before the first other action: at the start
 *   expect:TEXT         wait until the output since the last match has TEXT (10 seconds, or fail;
 *                       NSTOOLS_SLOW times as long where all is slow)
 *   send:TEXT           type TEXT; \n \r \t \e and \ooo as in C
 *   signal:NUMBER       to COMMAND
 *
 * It fails too when COMMAND has not ended a minute after the last action.
 *
 * The output goes to standard output as it comes. Behind it a line each:
 *   pty: status N           as a shell has it
 *   pty: settings restored  or "changed": the terminal's, compared with the start
 *   pty: queued N           bytes that wait to be read from the terminal: somebody else's TIOCSTI
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define EXPECT_SECONDS 10
#define END_SECONDS 60

static int master, slave;
static pid_t child;
static char seen[1 << 20]; /* since the last match */
static size_t seen_len;

static void fail(const char *what, const char *about)
{
	fprintf(stderr, "pty: %s: %s\n", what, about);
	if (child > 0)
		kill(child, SIGKILL);
	exit(125);
}

static void keep(const char *text, size_t len)
{
	if (seen_len + len >= sizeof(seen))
		seen_len = 0; /* a flood: nothing is expected in it */
	memcpy(seen + seen_len, text, len);
	seen_len += len;
	seen[seen_len] = '\0';
}

/* Read what is there within msec; 0: nothing came. */
static int read_some(int msec)
{
	struct pollfd fd = { master, POLLIN, 0 };
	char text[4096];
	ssize_t n;

	if (poll(&fd, 1, msec) <= 0)
		return 0;
	n = read(master, text, sizeof(text));
	if (n <= 0)
		return 0;
	if (fwrite(text, 1, (size_t)n, stdout) != (size_t)n || fflush(stdout))
		exit(125);
	keep(text, (size_t)n);
	return 1;
}

static time_t in_seconds(int seconds)
{
	const char *slow = getenv("NSTOOLS_SLOW");

	return time(NULL) + seconds * (slow ? atoi(slow) : 1);
}

static void expect(const char *text)
{
	time_t end = in_seconds(EXPECT_SECONDS);
	char *found;

	while (!(found = memmem(seen, seen_len, text, strlen(text)))) {
		if (time(NULL) > end)
			fail("did not come", text);
		read_some(100);
	}
	found += strlen(text);
	seen_len -= (size_t)(found - seen);
	memmove(seen, found, seen_len);
}

static char unescape(const char **text)
{
	static const char from[] = "nrte", to[] = "\n\r\t\033";
	const char *letter = strchr(from, **text);

	if (letter && *letter) {
		(*text)++;
		return to[letter - from];
	}
	return (char)strtol(*text, (char **)(void *)text, 8);
}

static void type(const char *text)
{
	while (*text) {
		char c = *text++;

		if (c == '\\')
			c = unescape(&text);
		if (write(master, &c, 1) != 1)
			fail("write", strerror(errno));
	}
}

static void resize(const char *text)
{
	struct winsize size = { 0 };

	if (sscanf(text, "%hux%hu", &size.ws_row, &size.ws_col) != 2 || ioctl(master, TIOCSWINSZ, &size))
		fail("size", text);
}

static void start(char **command)
{
	child = fork();
	if (child)
		return;
	if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) || dup2(slave, 0) < 0 || dup2(slave, 1) < 0 ||
	    dup2(slave, 2) < 0)
		_exit(125);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static void act(const char *action)
{
	const char *text = strchr(action, ':');

	if (!text)
		fail("which action?", action);
	text++;
	if (!strncmp(action, "expect:", 7))
		expect(text);
	else if (!strncmp(action, "send:", 5))
		type(text);
	else if (!strncmp(action, "signal:", 7))
		kill(child, atoi(text));
	else if (!strncmp(action, "size:", 5))
		resize(text);
	else
		fail("which action?", action);
}

static int end(void)
{
	time_t limit = in_seconds(END_SECONDS);
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (time(NULL) > limit)
			fail("did not end", "the command");
		read_some(20);
	}
	child = 0;
	while (read_some(50))
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	struct termios before = { 0 }, after = { 0 };
	int at = 1, command = 1, queued = 0, status;

	while (command < argc && strcmp(argv[command], "--") != 0)
		command++;
	if (command + 1 >= argc)
		fail("usage", "pty ACTION... -- COMMAND");
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) || unlockpt(master))
		fail("posix_openpt", strerror(errno));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &before))
		fail("open", strerror(errno));
	for (; !strncmp(argv[at], "size:", 5); at++)
		act(argv[at]);
	start(argv + command + 1);
	for (; at < command; at++)
		act(argv[at]);
	status = end();
	if (tcgetattr(slave, &after) || ioctl(slave, FIONREAD, &queued))
		fail("tcgetattr", strerror(errno));
	printf("\npty: status %d\npty: settings %s\npty: queued %d\n", status,
	       memcmp(&before, &after, sizeof(before)) ? "changed" : "restored", queued);
	return 0;
}
