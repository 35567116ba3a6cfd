/*
 * screen - the terminal: what stands on it, where the cursor is, what was pressed
 *
 * Signals that want something drawn are let in only while we sleep, so none can slip
 * between looking and sleeping. Those that end the program give the terminal back
 * with bytes made ready at the start, because little is allowed in a handler.
 */
#include "screen.h"

#include "err.h"
#include "i18n.h"
#include "keymap.h"
#include "keys.h"
#include "mem.h"
#include "screen_inside.h"

#include <curses.h>
#include <term.h>

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ROWS_MIN 12
#define COLS_MIN 40

#define ESCDELAY_LOCAL  25  /* milliseconds for the rest of a sequence */
#define ESCDELAY_REMOTE 100
#define PASTE_PATIENCE  1000

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"

struct screen {
	SCREEN *curses;
	struct rect size;
	struct screen_layer *top;
	struct keys *keys;
	const struct screen_beside *beside; /* or NULL */
	int escdelay;
	enum screen_look which;
	struct look look;
	void (*look_changed)(void *data, enum screen_look which);
	void *look_data;
	bool drawing_over; /* every cell must be sent again */
	bool has_cursor;
	int cursor_row, cursor_col;
	int cursor_shown; /* curs_set()'s last */
	bool suspended;
	sigset_t sleeping; /* the signal mask while we sleep */
	struct {
		void (*run)(void *data); /* NULL: never */
		void *data;
		int64_t after, since; /* milliseconds; since: of the last key */
		int timer;
		bool running;
	} idle;
};

/* What signal handlers may touch. */
static volatile sig_atomic_t signal_resized, signal_stopped, signal_continued;
static struct {
	volatile sig_atomic_t armed;
	struct termios before;
	char bytes[256];
	size_t len;
} rescue;

/* ---- how roles look ---- */

void
screen_use_look(struct screen *s, enum screen_look which)
{
	s->which = which;
	look_choose(&s->look, which);
	s->drawing_over = true;
}

void
screen_on_look(struct screen *s, void (*changed)(void *data, enum screen_look which),
    void *data)
{
	s->look_changed = changed;
	s->look_data = data;
}

/* Colours, where there are none, are no look of their own. */
static void
screen_next_look(struct screen *s)
{
	enum screen_look next = (enum screen_look)((s->which + 1) % SCREEN_LOOKS);

	if (next == SCREEN_COLOURS && !look_has_colours())
		next = SCREEN_PLAIN;
	screen_use_look(s, next);
	if (s->look_changed)
		s->look_changed(s->look_data, next);
}

void
screen_wear(struct screen *s, enum role role)
{
	attr_set(s->look.attributes[role], s->look.pairs[role], NULL);
}

/* ---- signals ---- */

static void
on_redraw_signal(int sig)
{
	if (sig == SIGWINCH)
		signal_resized = 1;
	else if (sig == SIGTSTP)
		signal_stopped = 1;
	else
		signal_continued = 1;
}

static void
on_deadly_signal(int sig)
{
	ssize_t written;

	if (rescue.armed) {
		rescue.armed = 0;
		written = write(STDOUT_FILENO, rescue.bytes, rescue.len);
		(void)written;
		tcsetattr(STDIN_FILENO, TCSANOW, &rescue.before);
	}
	/* SA_RESETHAND: the second time it does what it always does. */
	raise(sig);
}

static void
rescue_prepare(void)
{
	static const char *const names[] = { "sgr0", "cnorm", "rmcup" };
	const char *bytes;
	size_t i, len = sizeof PASTE_OFF - 1;

	memcpy(rescue.bytes, PASTE_OFF, len);
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		bytes = tigetstr(names[i]);
		if (!bytes || bytes == (char *)-1 ||
		    len + strlen(bytes) > sizeof rescue.bytes || strchr(bytes, '$'))
			continue;
		memcpy(rescue.bytes + len, bytes, strlen(bytes));
		len += strlen(bytes);
	}
	rescue.len = len;
	rescue.armed = 1;
}

static void
screen_catch_signals(struct screen *s)
{
	static const int redraw[] = { SIGWINCH, SIGTSTP, SIGCONT };
	static const int deadly[] = { SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGABRT,
		SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	struct sigaction on = { .sa_handler = on_redraw_signal }, old;
	sigset_t blocked;
	size_t i;

	sigemptyset(&on.sa_mask);
	sigemptyset(&blocked);
	for (i = 0; i < sizeof redraw / sizeof *redraw; i++) {
		sigaction(redraw[i], &on, NULL);
		sigaddset(&blocked, redraw[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &s->sleeping);
	for (i = 0; i < sizeof redraw / sizeof *redraw; i++)
		sigdelset(&s->sleeping, redraw[i]);

	on.sa_handler = on_deadly_signal;
	on.sa_flags = (int)SA_RESETHAND | SA_NODEFER;
	for (i = 0; i < sizeof deadly / sizeof *deadly; i++) {
		/* Someone who watches for crashes already, as sanitizers do, goes
		 * first; a signal that was ignored stays so. */
		if (sigaction(deadly[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(deadly[i], &on, NULL);
	}
}

static void
screen_release_signals(struct screen *s)
{
	static const int all[] = { SIGWINCH, SIGTSTP, SIGCONT };
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		signal(all[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &s->sleeping, NULL);
}

/* ---- opening and closing ---- */

static bool
speaks_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* The terminal's name as terminfo has it, or NULL and err. */
static const char *
screen_terminal_name(struct err *err)
{
	const char *name = getenv("TERM"), *cup;
	int status;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		err_set(err, ERR_SYSTEM, _("the screens need a terminal; for scripts and "
		    "files use the commands that minqing --help lists"));
		return NULL;
	}
	if (!speaks_utf8())
		setlocale(LC_CTYPE, "");
	if (!speaks_utf8() && (!setlocale(LC_CTYPE, "C.UTF-8") || !speaks_utf8())) {
		err_set(err, ERR_SYSTEM, _("the terminal's language setting is not UTF-8, "
		    "so Chinese cannot be shown; set LANG=C.UTF-8 and start again"));
		return NULL;
	}
	if (!name || !*name)
		name = "unknown";
	if (setupterm(name, STDOUT_FILENO, &status) != OK && strcmp(name, "fbterm") == 0)
		setupterm(name = "linux", STDOUT_FILENO, &status);
	cup = status == 1 ? tigetstr("cup") : NULL;
	if (cur_term)
		del_curterm(cur_term);
	if (!cup || cup == (char *)-1) {
		err_set(err, ERR_SYSTEM, _("this kind of terminal (TERM=%s) cannot place "
		    "the cursor; use another one, or set TERM to what it is, as in "
		    "TERM=xterm"), name);
		return NULL;
	}
	return name;
}

static void
screen_learn_keys(struct screen *s)
{
	static const struct {
		const char *capability;
		int code;
	} known[] = {
		{ "kcuu1", K_UP }, { "kcud1", K_DOWN }, { "kcub1", K_LEFT },
		{ "kcuf1", K_RIGHT }, { "khome", K_HOME }, { "kend", K_END },
		{ "kpp", K_PGUP }, { "knp", K_PGDN }, { "kich1", K_INSERT },
		{ "kdch1", K_DELETE }, { "kcbt", K_BACKTAB }, { "kent", K_ENTER },
		{ "kf1", K_F(1) }, { "kf2", K_F(2) }, { "kf3", K_F(3) },
		{ "kf4", K_F(4) }, { "kf5", K_F(5) }, { "kf6", K_F(6) },
		{ "kf7", K_F(7) }, { "kf8", K_F(8) }, { "kf9", K_F(9) },
		{ "kf10", K_F(10) }, { "kf11", K_F(11) }, { "kf12", K_F(12) },
	};
	const char *sequence;
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++) {
		sequence = tigetstr(known[i].capability);
		if (sequence && sequence != (char *)-1)
			keys_define(s->keys, sequence, known[i].code);
	}
}

static void
screen_write(const char *bytes)
{
	size_t len = strlen(bytes);
	ssize_t n;

	fflush(stdout);
	while (len && (n = write(STDOUT_FILENO, bytes, len)) > 0) {
		bytes += n;
		len -= (size_t)n;
	}
}

static void
screen_measure(struct screen *s)
{
	getmaxyx(stdscr, s->size.rows, s->size.cols);
}

static int
choose_escdelay(void)
{
	const char *given = getenv("ESCDELAY");
	int delay = given ? atoi(given) : 0;

	if (delay > 0 && delay <= 5000)
		return delay;
	return getenv("SSH_TTY") || getenv("SSH_CONNECTION") ? ESCDELAY_REMOTE :
							       ESCDELAY_LOCAL;
}

struct screen *
screen_open(struct err *err)
{
	const char *name = screen_terminal_name(err);
	struct screen *s;

	if (!name)
		return NULL;
	s = mem_alloc(sizeof *s);
	tcgetattr(STDIN_FILENO, &rescue.before);
	screen_catch_signals(s);
	s->idle.timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	s->curses = s->idle.timer >= 0 ? newterm(name, stdout, stdin) : NULL;
	if (!s->curses) {
		screen_release_signals(s);
		close(s->idle.timer);
		free(s);
		err_set(err, ERR_SYSTEM, _("the terminal (TERM=%s) cannot be used; set "
		    "TERM to what it is, as in TERM=xterm"), name);
		return NULL;
	}
	s->escdelay = choose_escdelay();
	s->keys = keys_new();
	screen_learn_keys(s);
	raw(); /* Ctrl-S and Ctrl-C are keys like others */
	noecho();
	nonl();
	typeahead(-1); /* we look for ourselves whether keys are waiting */
	/* Shifting cells and lines about saves little and tears wide characters. */
	idlok(stdscr, FALSE);
	idcok(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	scrollok(stdscr, FALSE);
	screen_use_look(s, SCREEN_COLOURS);
	s->drawing_over = false;
	rescue_prepare();
	screen_write(PASTE_ON);
	s->cursor_shown = -1;
	screen_measure(s);
	return s;
}

/* Gives the terminal back. */
static void
screen_suspend(struct screen *s)
{
	if (s->suspended)
		return;
	s->suspended = true;
	screen_write(PASTE_OFF);
	curs_set(1);
	endwin();
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &rescue.before);
	rescue.armed = 0;
}

void
screen_close(struct screen *s)
{
	if (!s)
		return;
	screen_suspend(s);
	screen_release_signals(s);
	delscreen(s->curses);
	keys_free(s->keys);
	close(s->idle.timer);
	free(s);
}

static void
screen_adapt_size(struct screen *s)
{
	struct winsize w;

	signal_resized = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row && w.ws_col)
		resizeterm(w.ws_row, w.ws_col);
	screen_measure(s);
}

/* Takes it again. */
static void
screen_resume(struct screen *s)
{
	s->suspended = false;
	rescue.armed = 1;
	reset_prog_mode();
	screen_adapt_size(s);
	screen_write(PASTE_ON);
	s->cursor_shown = -1;
	s->drawing_over = true;
}

/* The shell gets the terminal until it says `fg`. */
static void
screen_stop(struct screen *s)
{
	sigset_t stop;

	signal_stopped = 0;
	screen_suspend(s);
	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here we stop, and go on */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigaction(SIGTSTP, &(struct sigaction){ .sa_handler = on_redraw_signal }, NULL);
	signal_continued = 0;
	screen_resume(s);
}

struct rect
screen_size(const struct screen *s)
{
	return s->size;
}

struct rect
screen_middle(const struct screen *s, int rows, int cols)
{
	struct rect r;

	r.rows = rows < s->size.rows ? rows : s->size.rows;
	r.cols = cols < s->size.cols ? cols : s->size.cols;
	r.row = (s->size.rows - r.rows) / 2;
	r.col = (s->size.cols - r.cols) / 2;
	return r;
}

/* ---- layers and painting ---- */

void
screen_push(struct screen *s, struct screen_layer *layer)
{
	layer->below = s->top;
	s->top = layer;
}

void
screen_pop(struct screen *s, struct screen_layer *layer)
{
	struct screen_layer **at;

	for (at = &s->top; *at; at = &(*at)->below) {
		if (*at == layer) {
			*at = layer->below;
			return;
		}
	}
}

static void
screen_draw_layers(struct screen *s, struct screen_layer *layer)
{
	if (!layer)
		return;
	if (!layer->covers)
		screen_draw_layers(s, layer->below);
	layer->draw(s, layer->data);
}

static void
screen_draw_too_small(struct screen *s)
{
	struct rect area = { 0, 0, s->size.rows, s->size.cols };

	screen_wrap(s, area, ROLE_NORMAL, _("The window is too small. Make it at least "
	    "40 columns wide and 12 rows high. Nothing is lost."), 0);
	screen_cursor(s, 0, 0);
}

void
screen_paint(struct screen *s)
{
	int shown;

	if (s->suspended)
		return;
	erase();
	s->has_cursor = false;
	if (s->size.rows < ROWS_MIN || s->size.cols < COLS_MIN)
		screen_draw_too_small(s);
	else
		screen_draw_layers(s, s->top);
	shown = s->has_cursor ? 1 : 0;
	if (shown != s->cursor_shown) {
		curs_set(shown);
		s->cursor_shown = shown;
	}
	if (s->has_cursor)
		move(s->cursor_row, s->cursor_col);
	else
		move(s->size.rows - 1, 0);
	if (s->drawing_over)
		clearok(curscr, TRUE);
	s->drawing_over = false;
	refresh();
}

void
screen_beep(struct screen *s)
{
	const char *wanted = getenv("MINQING_BELL");

	if (!s->suspended && wanted && *wanted)
		beep();
}

void
screen_cursor(struct screen *s, int row, int col)
{
	if (row < 0 || col < 0 || row >= s->size.rows || col >= s->size.cols)
		return;
	s->has_cursor = true;
	s->cursor_row = row;
	s->cursor_col = col;
}

/* ---- keys ---- */

/* Takes what the terminal has sent. False when nothing was there. A terminal that is
 * gone ends us as a hangup does. */
static bool
screen_take_bytes(struct screen *s)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char bytes[4096];
	bool any = false;
	ssize_t n;

	while (poll(&p, 1, 0) > 0) {
		n = read(STDIN_FILENO, bytes, sizeof bytes);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0) {
			rescue.armed = 0;
			signal(SIGHUP, SIG_DFL);
			raise(SIGHUP);
			return any;
		}
		keys_feed(s->keys, bytes, (size_t)n);
		any = true;
		if ((size_t)n < sizeof bytes)
			break;
	}
	return any;
}

/* Sleeps; signals come in. True when the terminal or other_fd has something. */
static bool
screen_sleep(struct screen *s, int other_fd, int timeout_ms, bool *readable)
{
	struct pollfd p[3] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = s->idle.timer, .events = POLLIN },
		{ .fd = other_fd, .events = POLLIN } };
	struct timespec t = { timeout_ms / 1000, (timeout_ms % 1000) * 1000000L };
	int n = ppoll(p, 3, timeout_ms < 0 ? NULL : &t, &s->sleeping);

	if (n > 0 && p[2].revents && readable)
		*readable = true;
	return n > 0;
}

static bool
screen_take_signals(struct screen *s, struct key *key)
{
	if (signal_stopped)
		screen_stop(s);
	if (signal_continued) {
		/* Stopped from outside: whoever had the terminal meanwhile may have
		 * left it in any state. */
		signal_continued = 0;
		screen_resume(s);
	}
	if (!signal_resized)
		return false;
	screen_adapt_size(s);
	*key = (struct key){ .code = K_RESIZE, .text = "" };
	return true;
}

/* A key that is there, or whose beginning is there. */
static bool
screen_next_key(struct screen *s, struct key *key)
{
	enum keys_result result;
	int patience;

	screen_take_bytes(s);
	while ((result = keys_next(s->keys, false, key)) == KEYS_PART) {
		patience = keys_in_paste(s->keys) ? PASTE_PATIENCE : s->escdelay;
		if (screen_sleep(s, -1, patience, NULL) && screen_take_bytes(s))
			continue;
		result = keys_next(s->keys, true, key);
		break;
	}
	return result == KEYS_GOT;
}

/* The time that the machine sleeps counts. */
static int64_t
screen_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
screen_can_idle(const struct screen *s)
{
	return s->idle.run && !s->idle.running;
}

/* Has nobody been there for too long? */
static bool
screen_is_deserted(const struct screen *s)
{
	return screen_can_idle(s) && s->idle.after &&
	    screen_now() - s->idle.since >= s->idle.after;
}

/* A timer of its own rings as soon as the machine wakes; poll()'s waits on. */
static void
screen_wind_idle(const struct screen *s)
{
	int64_t at = screen_can_idle(s) && s->idle.after ? s->idle.since + s->idle.after : 0;
	struct itimerspec when = { .it_value = { at / 1000, (at % 1000) * 1000000 } };

	timerfd_settime(s->idle.timer, TFD_TIMER_ABSTIME, &when, NULL);
}

void
screen_on_idle(struct screen *s, int64_t ms, void (*idle)(void *data), void *data)
{
	s->idle.run = idle;
	s->idle.data = data;
	s->idle.after = ms;
	s->idle.since = screen_now();
}

/* A key that woke the machine was meant for nothing that is open. */
static void
screen_drop_keys(struct screen *s)
{
	struct key key;

	screen_take_bytes(s);
	while (keys_next(s->keys, true, &key) == KEYS_GOT)
		;
}

/* A page that is seen behind a dialog keeps its texts: it is drawn before it goes on. */
static void
screen_forget_texts(struct screen *s)
{
	bool hidden = true; /* the topmost looks anew at once */

	for (struct screen_layer *l = s->top; l; l = l->below) {
		if (hidden && l->forget)
			l->forget(l->data);
		hidden = (hidden && l != s->top) || l->covers;
	}
}

/* The key that comes back has the pages look again at what they show. */
static bool
screen_idle(struct screen *s, struct key *key)
{
	s->idle.running = true;
	if (s->top && s->top->settle)
		s->top->settle(s->top->data);
	screen_forget_texts(s);
	s->idle.run(s->idle.data);
	s->idle.running = false;
	s->idle.since = screen_now();
	s->drawing_over = true;
	*key = (struct key){ .code = K_RESIZE, .text = "" };
	return true;
}

void
screen_forget(struct screen *s)
{
	/* Terminals that have no past pass the second one over. */
	static const char ansi[] = "\033[2J\033[3J";
	const char *clear_all = tigetstr("clear");

	if (!s->suspended && clear_all && clear_all != (char *)-1 &&
	    strncmp(clear_all, "\033[", 2) == 0)
		screen_write(ansi);
	s->drawing_over = true;
}

/* As screen_next_key(), without the keys that are done here. */
static bool
screen_next(struct screen *s, struct key *key)
{
	static const enum context everywhere = CONTEXT_GLOBAL;

	for (;;) {
		if (screen_take_signals(s, key))
			return true;
		if (!screen_next_key(s, key))
			return false;
		s->idle.since = screen_now();
		switch ((int)keymap_action(key, &everywhere, 1)) {
		case ACTION_SUSPEND:
			screen_stop(s);
			break;
		case ACTION_REPAINT:
			s->drawing_over = true;
			break;
		case ACTION_CONTRAST:
			screen_next_look(s);
			break;
		case ACTION_LOCK:
			return !screen_can_idle(s) || screen_idle(s, key);
		default:
			return true;
		}
	}
}

bool
screen_wait(struct screen *s, struct key *key, int other_fd, int timeout_ms,
    bool *readable)
{
	bool other = false, any = true;

	if (readable)
		*readable = false;
	for (;;) {
		if (screen_is_deserted(s)) {
			screen_drop_keys(s);
			return screen_idle(s, key);
		}
		if (screen_next(s, key))
			return true;
		if (readable)
			*readable = other;
		if (other || !any)
			return false;
		/* Nothing is there; or suspended and back, a repaint asked for, half a
		 * sequence dropped. */
		screen_paint(s);
		screen_wind_idle(s);
		any = screen_sleep(s, other_fd, timeout_ms, &other) || timeout_ms < 0;
	}
}

void
screen_read(struct screen *s, struct key *key)
{
	const struct screen_beside *b = s->beside;

	while (!screen_wait(s, key, b ? b->fd(b->data) : -1, b ? b->patience(b->data) : -1,
	    NULL)) {
		if (b && b->step(b->data)) {
			*key = (struct key){ .code = K_RESIZE, .text = "" };
			return;
		}
	}
}

void
screen_beside(struct screen *s, const struct screen_beside *beside)
{
	s->beside = beside;
}

bool
screen_poll(struct screen *s, struct key *key)
{
	screen_sleep(s, -1, 0, NULL); /* lets signals in */
	if (screen_next(s, key))
		return true;
	screen_paint(s);
	return false;
}

int
screen_fd(const struct screen *s)
{
	(void)s;
	return STDIN_FILENO;
}
