/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live table: an alternate screen, keys, a timer and the terminal's size. console_codes(4), tty_ioctl(4).
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "kern/terminal.h"
#include "nscgroup/top.h"

#define ENTER "\033[?1049h\033[?25l" /* the alternate screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"
#define INTERVAL_MIN 100000u

struct screen {
	struct top_view *view;
	const struct top_source *source;
	struct arena *arena; /* of the rows */
	struct top_list list;
	size_t first; /* the first row that is shown */
	uint64_t samples;
	int timer, signals;
	struct termios saved;
	sigset_t mask;
	bool done, sampled; /* sampled: the rows are of this view */
	int escape;	    /* of "\033[A" there was: 1 the first, 2 the first two; they may come one by one */
};

static struct winsize size_of(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row || !size.ws_col)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	return size;
}

static int set_timer(const struct screen *screen, struct err *err)
{
	uint64_t usec = screen->view->interval_usec;
	struct timespec interval = { .tv_sec = (time_t)(usec / 1000000), .tv_nsec = (long)(usec % 1000000) * 1000 };
	struct itimerspec times = { .it_value = interval, .it_interval = interval };

	return timerfd_settime(screen->timer, 0, &times, NULL)
		       ? err_system(err, "timerfd_settime", "the interval")
		       : 0;
}

static int take_sample(struct screen *screen, struct err *err)
{
	arena_free(screen->arena);
	screen->arena = arena_new();
	screen->samples++;
	return screen->source->take(screen->source->data, screen->view, screen->arena, &screen->list, err);
}

/* One line, cut where the screen ends. Bytes of UTF-8 that continue a character take no column. */
static void put_line(struct strbuf *out, const char *text, unsigned columns)
{
	unsigned used = 0;
	size_t len = 0;

	for (; text[len]; len++) {
		bool starts = ((unsigned char)text[len] & 0xc0) != 0x80;

		if (starts && used == columns)
			break;
		used += starts;
	}
	strbuf_add(out, text, len);
	strbuf_puts(out, "\033[K");
}

static const char *line_of(struct arena *arena, const char *const cells[TOP_CELLS])
{
	const char *shown[TOP_CELLS] = { NULL };

	for (size_t i = 0; i < TOP_CELLS; i++)
		shown[i] = cells[i] ? cells[i] : "-";
	return arena_printf(arena, "%7s %8s %6s %8s %8s  %s", shown[0], shown[1], shown[2], shown[3],
			    shown[4], shown[5]);
}

/* The last line: where one is, and the keys. */
static const char *status_line(struct screen *screen, size_t last)
{
	static const char *const sorts[] = { "CPU", "memory", "processes", "I/O", "name" };

	return arena_printf(screen->arena,
			    "%zu-%zu of %zu by %s, every %.1f s   c m p i n: sort  t: tree  +-: interval  "
			    "q: quit",
			    screen->list.count ? screen->first + 1 : 0, last, screen->list.count,
			    screen->view->tree ? "tree" : sorts[screen->view->sort],
			    (double)screen->view->interval_usec / 1e6);
}

static int draw(struct screen *screen, struct err *err)
{
	struct winsize size = size_of();
	struct strbuf auto_strbuf out = { 0 };
	size_t room = size.ws_row > 3 ? size.ws_row - 2u : 1, last;

	if (screen->first + room > screen->list.count)
		screen->first = screen->list.count > room ? screen->list.count - room : 0;
	last = screen->first + room < screen->list.count ? screen->first + room : screen->list.count;
	strbuf_puts(&out, "\033[H\033[7m");
	put_line(&out, line_of(screen->arena, top_titles), size.ws_col);
	strbuf_puts(&out, "\033[0m\r\n");
	for (size_t i = screen->first; i < last; i++) {
		const char *cells[TOP_CELLS];

		top_cells(&screen->list.rows[i], screen->view, screen->arena, cells);
		put_line(&out, line_of(screen->arena, cells), size.ws_col);
		strbuf_puts(&out, "\r\n");
	}
	strbuf_printf(&out, "\033[J\033[%u;1H", size.ws_row);
	put_line(&out, status_line(screen, last), size.ws_col);
	return file_write_fd(STDOUT_FILENO, out.text, out.len) ? err_system(err, "write", "the terminal") : 0;
}

/* ---- keys ----------------------------------------------------------------------------------- */

static void scroll(struct screen *screen, int lines)
{
	if (lines < 0 && screen->first < (size_t)-lines)
		screen->first = 0;
	else
		screen->first = (size_t)((ssize_t)screen->first + lines);
}

static void change_interval(struct screen *screen, bool longer)
{
	uint64_t usec = longer ? screen->view->interval_usec * 2 : screen->view->interval_usec / 2;

	if (usec >= INTERVAL_MIN && usec <= UINT64_C(3600000000))
		screen->view->interval_usec = usec;
}

/* What is behind "\033[". */
static void press_arrow(struct screen *screen, char key)
{
	int page = size_of().ws_row - 3;

	if (key == 'A' || key == 'B')
		scroll(screen, key == 'A' ? -1 : 1);
	else if (key == '5' || key == '6')
		scroll(screen, key == '5' ? -page : page);
}

static void press(struct screen *screen, char key)
{
	static const char sorts[] = "cmpin";
	const char *sort = strchr(sorts, key);

	if (key == 'q' || key == 3 /* Ctrl-C: the terminal sends no signal */) {
		screen->done = true;
	} else if (key == 't') {
		screen->view->tree = !screen->view->tree;
		screen->sampled = false;
	} else if (key == '+' || key == '-') {
		change_interval(screen, key == '+');
	} else if (key == 'j' || key == 'k') {
		scroll(screen, key == 'j' ? 1 : -1);
	} else if (key && sort) {
		screen->view->sort = (int)(sort - sorts);
		screen->view->tree = false;
		screen->sampled = false;
	}
}

/* True when the key was part of a sequence. */
static bool press_sequence(struct screen *screen, char key)
{
	if (key == '\033') {
		screen->escape = 1;
		return true;
	}
	if (screen->escape == 1 && key == '[') {
		screen->escape = 2;
		return true;
	}
	if (screen->escape != 2) {
		screen->escape = 0;
		return false;
	}
	/* The "~" behind a number is no key of ours. */
	press_arrow(screen, key);
	screen->escape = 0;
	return true;
}

static int read_keys(struct screen *screen, struct err *err)
{
	char keys[64];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));

	/* The terminal is gone. */
	if (n <= 0)
		screen->done = screen->done || n == 0 || errno != EINTR;
	for (ssize_t i = 0; i < n; i++)
		if (!press_sequence(screen, keys[i]))
			press(screen, keys[i]);
	return screen->done ? 0 : set_timer(screen, err);
}

/* ---- the loop ------------------------------------------------------------------------------- */

static int read_signals(struct screen *screen)
{
	struct signalfd_siginfo info;

	while (read(screen->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo != SIGWINCH)
			screen->done = true;
	return 0;
}

static int wait_and_act(struct screen *screen, struct err *err)
{
	struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
				{ screen->timer, POLLIN, 0 },
				{ screen->signals, POLLIN, 0 } };
	uint64_t ticks;

	if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
		return errno == EINTR ? 0 : err_system(err, "poll", "the terminal");
	if (fds[0].revents && read_keys(screen, err))
		return -1;
	if (fds[2].revents)
		read_signals(screen);
	if (fds[1].revents && read(screen->timer, &ticks, sizeof(ticks)) > 0)
		screen->sampled = false;
	return 0;
}

static int run(struct screen *screen, struct err *err)
{
	while (!screen->done) {
		if (!screen->sampled && take_sample(screen, err))
			return -1;
		screen->sampled = true;
		if (draw(screen, err))
			return -1;
		if (screen->samples == screen->view->count)
			return 0;
		if (wait_and_act(screen, err))
			return -1;
	}
	return 0;
}

static int open_all(struct screen *screen, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &screen->mask);
	screen->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (screen->signals < 0)
		return err_system(err, "signalfd", "the terminal's signals");
	screen->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (screen->timer < 0)
		return err_system(err, "timerfd_create", "the interval");
	return set_timer(screen, err);
}

int top_screen(struct top_view *view, const struct top_source *source, struct err *err)
{
	struct screen screen = { .view = view, .source = source, .timer = -1, .signals = -1 };
	struct err restore = { 0 };
	int ret = open_all(&screen, err);

	if (!ret && kern_terminal_raw(STDIN_FILENO, &screen.saved, err) == 0) {
		ret = file_write_fd(STDOUT_FILENO, ENTER, strlen(ENTER));
		ret = ret ? err_system(err, "write", "the terminal") : run(&screen, err);
		file_write_fd(STDOUT_FILENO, LEAVE, strlen(LEAVE));
		kern_terminal_restore(STDIN_FILENO, &screen.saved, &restore);
	} else {
		ret = -1;
	}
	sigprocmask(SIG_SETMASK, &screen.mask, NULL);
	close_keep_errno(screen.signals);
	close_keep_errno(screen.timer);
	arena_free(screen.arena);
	return ret;
}
