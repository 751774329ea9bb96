/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The screen, its keys and its signals. Signals and keys are read where the program waits, so that
 * none comes while something is half done, and the terminal is always put back.
 */
#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Another screen, no cursor, and lines that end where the terminal does; and back. Who does not
 * know one of them lets it pass. */
#define ENTER "\033[?1049h\033[?25l\033[?7l\033[2J"
#define LEAVE "\033[0m\033[2J\033[H\033[?7h\033[?25h\033[?1049l"

static const int wanted[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};

static bool is_screen(void)
{
	const char *kind = getenv("TERM");

	return isatty(STDOUT_FILENO) && kind != NULL && kind[0] != '\0' &&
	       strcmp(kind, "dumb") != 0;
}

static bool wants_colours(void)
{
	const char *none = getenv("NO_COLOR");

	return none == NULL || none[0] == '\0';
}

static void measure(struct tcx_terminal *terminal)
{
	struct winsize size = {0};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	terminal->columns = size.ws_col > 0 ? size.ws_col : 80;
	terminal->rows = size.ws_row > 0 ? size.ws_row : 24;
}

static void enter(struct tcx_terminal *terminal)
{
	struct termios keys = terminal->before;

	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	if (terminal->has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
	fputs(ENTER, stdout);
	measure(terminal);
}

static void leave(const struct tcx_terminal *terminal)
{
	fputs(LEAVE, stdout);
	fflush(stdout);
	if (terminal->has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
}

/* --- Begin and end ----------------------------------------------------------------------------*/

static bool watch(const struct tcx_terminal *terminal, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return fd >= 0 && epoll_ctl(terminal->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool watch_all(struct tcx_terminal *terminal, const sigset_t *set)
{
	const struct itimerspec each = {{1, 0}, {1, 0}};

	terminal->fd = epoll_create1(EPOLL_CLOEXEC);
	terminal->signals = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
	terminal->seconds = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	timerfd_settime(terminal->seconds, 0, &each, NULL);
	return watch(terminal, terminal->signals) && watch(terminal, terminal->seconds) &&
	       (!terminal->has_keys || watch(terminal, STDIN_FILENO));
}

static void close_all(const struct tcx_terminal *terminal)
{
	const int fds[] = {terminal->fd, terminal->signals, terminal->seconds};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

bool tcx_terminal_begin(struct tcx_terminal *terminal, struct tcx_fault *fault)
{
	sigset_t set;

	*terminal = (struct tcx_terminal){.is_screen = is_screen(), .fd = -1};
	if (!terminal->is_screen)
		return true;
	terminal->has_colours = wants_colours();
	terminal->has_keys = tcgetattr(STDIN_FILENO, &terminal->before) == 0;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	if (!watch_all(terminal, &set)) {
		tcx_fault_set(fault, "the terminal cannot be watched: %s", strerror(errno));
		close_all(terminal);
		return false;
	}
	sigprocmask(SIG_BLOCK, &set, &terminal->mask);
	enter(terminal);
	return true;
}

void tcx_terminal_end(struct tcx_terminal *terminal)
{
	if (!terminal->is_screen)
		return;
	leave(terminal);
	close_all(terminal);
	sigprocmask(SIG_SETMASK, &terminal->mask, NULL);
}

/* --- What is said -----------------------------------------------------------------------------*/

static enum tcx_terminal_said take_signal(struct tcx_terminal *terminal, int number)
{
	switch (number) {
	case SIGWINCH:
		measure(terminal);
		return TCX_TERMINAL_DRAW;
	case SIGTSTP:
		leave(terminal);
		raise(SIGSTOP);
		return TCX_TERMINAL_NOTHING;
	case SIGCONT:
		enter(terminal);
		return TCX_TERMINAL_DRAW;
	default:
		terminal->ended_by = number;
		return TCX_TERMINAL_END;
	}
}

/* A terminal that is gone has nothing more to say. */
static enum tcx_terminal_said take_keys(void)
{
	char keys[64];
	ssize_t len = read(STDIN_FILENO, keys, sizeof(keys));

	if (len <= 0)
		return TCX_TERMINAL_END;
	for (ssize_t i = 0; i < len; i++)
		if (keys[i] == 'q' || keys[i] == 'Q')
			return TCX_TERMINAL_END;
	return TCX_TERMINAL_DRAW;
}

static enum tcx_terminal_said take(struct tcx_terminal *terminal, int fd)
{
	struct signalfd_siginfo signal;
	uint64_t times;

	if (fd == STDIN_FILENO)
		return take_keys();
	if (fd == terminal->signals)
		return read(fd, &signal, sizeof(signal)) == sizeof(signal)
			       ? take_signal(terminal, (int)signal.ssi_signo)
			       : TCX_TERMINAL_NOTHING;
	return read(fd, &times, sizeof(times)) == sizeof(times) ? TCX_TERMINAL_DRAW
								: TCX_TERMINAL_NOTHING;
}

enum tcx_terminal_said tcx_terminal_look(struct tcx_terminal *terminal)
{
	struct epoll_event events[3];
	int count = epoll_wait(terminal->fd, events, 3, 0);
	enum tcx_terminal_said said = TCX_TERMINAL_NOTHING;

	for (int i = 0; i < count; i++) {
		enum tcx_terminal_said one = take(terminal, events[i].data.fd);

		said = one > said ? one : said;
	}
	return said;
}
