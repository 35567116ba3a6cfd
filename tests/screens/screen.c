/*
 * screen - a terminal for tests: a program on a pty, its screen read by libvterm
 *
 * The hard part is to know when the program is done with a key. It is when it sleeps
 * in a poll() without an end and has been awake since the key was written, and nothing
 * is left in the pty in either direction; seen twice, a millisecond apart.
 */
#include "screen.h"

#include <vterm.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ROW_TEXTS   4
#define ROW_BYTES   8192
#define CHUNK       1000 /* bytes written at once: well below what a tty holds */
#define TIMED_QUIET 150  /* milliseconds without output that end a timed sleep's wait */

struct term {
	pid_t pid;
	int master, slave; /* ours too, so that what a dead program wrote can be read */
	bool ended;
	int status;
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	bool cursor_visible, alternate;
	char *output;
	size_t written, cap;
	struct timespec typed, answered;
	bool waiting_for_answer;
	long woken; /* context switches when the last keys were written */
	bool typed_since; /* keys were written that the program must wake up for */
	char texts[ROW_TEXTS][ROW_BYTES];
	int columns[ROW_BYTES]; /* of the bytes of the row read last */
	int next_text;
	long marks_seen; /* see term_catch_up() */
};

static const struct {
	const char *name, *bytes;
} key_bytes[] = {
	{ "F1", "\033OP" }, { "F2", "\033OQ" }, { "F3", "\033OR" }, { "F4", "\033OS" },
	{ "F5", "\033[15~" }, { "F6", "\033[17~" }, { "F7", "\033[18~" },
	{ "F8", "\033[19~" }, { "F9", "\033[20~" }, { "F10", "\033[21~" },
	{ "F11", "\033[23~" }, { "F12", "\033[24~" }, { "Tab", "\t" },
	{ "S-Tab", "\033[Z" }, { "Enter", "\r" }, { "Esc", "\033" }, { "Space", " " },
	{ "BS", "\177" }, { "Del", "\033[3~" }, { "Ins", "\033[2~" },
	{ "Up", "\033[A" }, { "Down", "\033[B" }, { "Right", "\033[C" },
	{ "Left", "\033[D" }, { "Home", "\033[H" }, { "End", "\033[F" },
	{ "PgUp", "\033[5~" }, { "PgDn", "\033[6~" }, { "C-Left", "\033[1;5D" },
	{ "C-Right", "\033[1;5C" }, { "C-Home", "\033[1;5H" }, { "C-End", "\033[1;5F" },
	{ "C-Del", "\033[3;5~" }, { "M-Up", "\033[1;3A" }, { "M-Down", "\033[1;3B" },
	{ "lt", "<" }, { "Paste", "\033[200~" }, { "/Paste", "\033[201~" },
	{ "C-Space", "" },
};

/* ---- time and the kernel's view of the program ---- */

static long
ms_since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - from->tv_sec) * 1000 +
	    (now.tv_nsec - from->tv_nsec) / 1000000;
}

static long
read_switches(pid_t pid, bool voluntary_only)
{
	char path[64], line[256];
	long total = 0, n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
			total += n;
		else if (!voluntary_only &&
		    sscanf(line, "nonvoluntary_ctxt_switches: %ld", &n) == 1)
			total += n;
	}
	fclose(f);
	return total;
}

enum sleep_kind { SLEEP_NOT, SLEEP_TIMED, SLEEP_ENDLESS };

/* What the program is doing just now. */
static enum sleep_kind
read_sleep(pid_t pid)
{
	char path[64], line[256], state = 0;
	unsigned long a[4];
	long call = -1;
	FILE *f;
	int n;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return SLEEP_NOT;
	if (fgets(line, sizeof line, f) && strrchr(line, ')'))
		sscanf(strrchr(line, ')') + 1, " %c", &state);
	fclose(f);
	if (state != 'S' && state != 'T')
		return SLEEP_NOT;
	snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return SLEEP_TIMED;
	n = fscanf(f, "%ld %lx %lx %lx %lx", &call, &a[0], &a[1], &a[2], &a[3]);
	fclose(f);
	if (n != 5)
		return state == 'T' ? SLEEP_ENDLESS : SLEEP_NOT;
	if (call == SYS_ppoll)
		return a[2] == 0 ? SLEEP_ENDLESS : SLEEP_TIMED;
#ifdef SYS_poll
	if (call == SYS_poll)
		return (int)a[2] < 0 ? SLEEP_ENDLESS : SLEEP_TIMED;
#endif
	return call == SYS_read && a[0] == STDIN_FILENO ? SLEEP_ENDLESS : SLEEP_TIMED;
}

/* ---- what comes out ---- */

/* Takes the marks of term_catch_up() out of what came; returns what is left. */
static ssize_t
drop_marks(struct term *t, char *bytes, ssize_t n)
{
	ssize_t kept = 0;

	for (ssize_t i = 0; i < n; i++)
		if (bytes[i])
			bytes[kept++] = bytes[i];
		else
			t->marks_seen++;
	return kept;
}

/* Takes what is there, waiting at most so long for it. True when something was. */
static bool
term_pump(struct term *t, int timeout_ms)
{
	struct pollfd p = { .fd = t->master, .events = POLLIN };
	char bytes[8192];
	bool any = false;
	ssize_t n;

	while (poll(&p, 1, any ? 0 : timeout_ms) > 0) {
		n = read(t->master, bytes, sizeof bytes);
		if (n <= 0)
			break;
		n = drop_marks(t, bytes, n);
		if (n == 0)
			continue;
		if (t->waiting_for_answer) {
			clock_gettime(CLOCK_MONOTONIC, &t->answered);
			t->waiting_for_answer = false;
		}
		if (t->written + (size_t)n + 1 > t->cap) {
			t->cap = (t->written + (size_t)n + 1) * 2;
			t->output = realloc(t->output, t->cap);
			if (!t->output)
				abort();
		}
		memcpy(t->output + t->written, bytes, (size_t)n);
		t->written += (size_t)n;
		t->output[t->written] = '\0';
		vterm_input_write(t->vt, bytes, (size_t)n);
		any = true;
	}
	return any;
}

static bool
term_check_ended(struct term *t)
{
	if (!t->ended && waitpid(t->pid, &t->status, WNOHANG) == t->pid) {
		t->ended = true;
		term_pump(t, 0);
	}
	return t->ended;
}

static bool
term_is_asleep(struct term *t, long *switches, enum sleep_kind *kind)
{
	int unread = 0;

	*kind = read_sleep(t->pid);
	*switches = read_switches(t->pid, false);
	if (*kind == SLEEP_NOT)
		return false;
	if (ioctl(t->slave, FIONREAD, &unread) == 0 && unread > 0)
		return false;
	return !t->typed_since || *switches > t->woken;
}

/*
 * What the program wrote reaches us some time after its write() returned: the kernel
 * passes it on when it has a moment. A NUL written behind it, which a terminal ignores,
 * comes out when all before it has.
 */
static void
term_catch_up(struct term *t)
{
	struct timespec began;
	long mark = t->marks_seen + 1;

	if (write(t->slave, "", 1) != 1)
		return;
	clock_gettime(CLOCK_MONOTONIC, &began);
	while (t->marks_seen < mark && ms_since(&began) < TERM_PATIENCE_MS)
		term_pump(t, 10);
}

bool
term_settle(struct term *t)
{
	struct timespec began, quiet;
	enum sleep_kind kind;
	long seen = -1, switches;

	clock_gettime(CLOCK_MONOTONIC, &began);
	quiet = began;
	while (!term_check_ended(t)) {
		if (ms_since(&began) > TERM_PATIENCE_MS) {
			fprintf(stderr, "the program did not come to rest\n");
			term_dump(t);
			return false;
		}
		if (term_pump(t, seen < 0 ? 0 : 1)) {
			clock_gettime(CLOCK_MONOTONIC, &quiet);
			seen = -1;
		}
		if (!term_is_asleep(t, &switches, &kind)) {
			seen = -1;
			term_pump(t, 1);
			continue;
		}
		if (switches == seen && (kind == SLEEP_ENDLESS ||
		    ms_since(&quiet) > TIMED_QUIET)) {
			t->typed_since = false;
			term_catch_up(t);
			return true;
		}
		if (switches != seen)
			clock_gettime(CLOCK_MONOTONIC, &quiet);
		seen = switches;
	}
	return false;
}

/* ---- starting and ending ---- */

static int
on_property(VTermProp prop, VTermValue *value, void *user)
{
	struct term *t = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->cursor_visible = value->boolean;
	else if (prop == VTERM_PROP_ALTSCREEN)
		t->alternate = value->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .settermprop = on_property };

static void
put_environment(const char *const *env)
{
	static const char *const unset[] = { "NO_COLOR", "ESCDELAY", "LC_ALL", "LC_CTYPE",
		"SSH_TTY", "SSH_CONNECTION", "MINQING_BELL", "LINES", "COLUMNS" };
	const char *equals;
	char name[256];
	size_t i;

	for (i = 0; i < sizeof unset / sizeof *unset; i++)
		unsetenv(unset[i]);
	setenv("TERM", "xterm-256color", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("LANGUAGE", "en", 1);
	for (; env && *env; env++) {
		equals = strchr(*env, '=');
		snprintf(name, sizeof name, "%.*s",
		    (int)(equals ? (size_t)(equals - *env) : strlen(*env)), *env);
		if (equals)
			setenv(name, equals + 1, 1);
		else
			unsetenv(name);
	}
}

/* In the child: never returns. */
static void
become_program(const struct term_options *options)
{
	sigset_t none;

	signal(SIGHUP, SIG_DFL); /* ignored under nohup */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	put_environment(options->env);
	if (options->run) {
		setlocale(LC_ALL, "");
		exit(options->run(options->data));
	}
	/* exec does not change what the strings are. */
	execv(options->argv[0], (char *const *)(uintptr_t)options->argv);
	fprintf(stderr, "%s: %s\n", options->argv[0], strerror(errno));
	_exit(127);
}

struct term *
term_start(const struct term_options *options)
{
	struct term *t = calloc(1, sizeof *t);
	struct winsize size = { 0 };
	char name[128];

	if (!t)
		abort();
	t->rows = options->rows ? options->rows : 24;
	t->cols = options->cols ? options->cols : 80;
	size.ws_row = (unsigned short)t->rows;
	size.ws_col = (unsigned short)t->cols;
	t->cursor_visible = true;
	t->vt = vterm_new(t->rows, t->cols);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);

	fflush(NULL);
	t->pid = forkpty(&t->master, name, NULL, &size);
	if (t->pid < 0) {
		perror("forkpty");
		abort();
	}
	if (t->pid == 0)
		become_program(options);
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	t->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	t->output = calloc(1, t->cap = 4096);
	return t;
}

int
term_free(struct term *t)
{
	int status;

	if (!t)
		return 0;
	term_kill(t);
	status = t->status;
	close(t->master);
	close(t->slave);
	vterm_free(t->vt);
	free(t->output);
	free(t);
	return status;
}

pid_t
term_pid(const struct term *t)
{
	return t->pid;
}

void
term_signal(struct term *t, int sig)
{
	if (!t->ended)
		kill(t->pid, sig);
}

void
term_kill(struct term *t)
{
	if (t->ended)
		return;
	kill(t->pid, SIGKILL);
	waitpid(t->pid, &t->status, 0);
	t->ended = true;
	term_pump(t, 0);
}

bool
term_ended(struct term *t, int *status)
{
	struct timespec began;

	clock_gettime(CLOCK_MONOTONIC, &began);
	while (!term_check_ended(t)) {
		if (ms_since(&began) > TERM_PATIENCE_MS) {
			fprintf(stderr, "the program did not end\n");
			term_dump(t);
			return false;
		}
		term_pump(t, 2);
	}
	*status = t->status;
	return true;
}

void
term_resize(struct term *t, int rows, int cols)
{
	struct winsize size = { 0 };

	term_settle(t);
	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	size.ws_row = (unsigned short)rows;
	size.ws_col = (unsigned short)cols;
	t->woken = read_switches(t->pid, false);
	t->typed_since = true;
	ioctl(t->master, TIOCSWINSZ, &size);
	term_settle(t);
}

/* ---- keys ---- */

bool
term_bytes(struct term *t, const char *bytes, size_t len)
{
	ssize_t n;

	if (term_check_ended(t))
		return false;
	t->woken = read_switches(t->pid, false);
	t->typed_since = true;
	t->waiting_for_answer = true;
	clock_gettime(CLOCK_MONOTONIC, &t->typed);
	t->answered = t->typed;
	while (len) {
		n = write(t->master, bytes, len);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* The bytes of the key whose name begins at name, up to end. */
static size_t
key_named(const char *name, size_t len, char out[8])
{
	size_t i;

	for (i = 0; i < sizeof key_bytes / sizeof *key_bytes; i++) {
		if (strlen(key_bytes[i].name) == len && !memcmp(key_bytes[i].name, name, len)) {
			if (len == 7 && !memcmp(name, "C-Space", 7)) {
				out[0] = '\0';
				return 1;
			}
			strcpy(out, key_bytes[i].bytes);
			return strlen(out);
		}
	}
	if (len == 3 && name[0] == 'C' && name[1] == '-') {
		out[0] = (char)(name[2] & 0x1F);
		return 1;
	}
	if (len == 3 && name[0] == 'M' && name[1] == '-') {
		out[0] = '\033';
		out[1] = name[2];
		return 2;
	}
	fprintf(stderr, "no key is called <%.*s>\n", (int)len, name);
	abort();
}

/* Writes keys up to a lone Esc (whose meaning depends on what follows) or as much as a
 * tty takes; returns where to go on. */
static const char *
next_chunk(const char *keys, bool stop_at_esc, char *out, size_t *len)
{
	const char *end;

	*len = 0;
	while (*keys && *len < CHUNK) {
		end = *keys == '<' ? strchr(keys, '>') : NULL;
		if (!end) {
			out[(*len)++] = *keys++;
			continue;
		}
		*len += key_named(keys + 1, (size_t)(end - keys - 1), out + *len);
		keys = end + 1;
		if (stop_at_esc && out[*len - 1] == '\033')
			break;
	}
	/* Not in the middle of a character. */
	while ((*keys & 0xC0) == 0x80)
		out[(*len)++] = *keys++;
	return keys;
}

bool
term_keys(struct term *t, const char *keys)
{
	char bytes[CHUNK + 16];
	size_t len;

	if (!term_settle(t))
		return false;
	while (*keys) {
		keys = next_chunk(keys, true, bytes, &len);
		if (!term_bytes(t, bytes, len))
			return false;
		if (!term_settle(t))
			return false;
	}
	return true;
}

bool
term_type_ahead(struct term *t, const char *keys)
{
	char bytes[CHUNK + 16];
	size_t len;

	while (*keys) {
		keys = next_chunk(keys, false, bytes, &len);
		if (!term_bytes(t, bytes, len))
			return false;
		term_pump(t, 0);
	}
	return true;
}

/* ---- what stands there ---- */

static size_t
put_utf8(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

static size_t
read_row(struct term *t, int row, char *out)
{
	VTermScreenCell cell;
	size_t len = 0, end = 0, n, i;
	int col;

	for (col = 0; col < t->cols; col++) {
		if (!vterm_screen_get_cell(t->screen, (VTermPos){ row, col }, &cell))
			break;
		if (cell.chars[0] == (uint32_t)-1) /* a wide one's other half */
			continue;
		if (len + VTERM_MAX_CHARS_PER_CELL * 4 >= ROW_BYTES)
			break;
		if (cell.chars[0] == 0) { /* what follows it is not set */
			cell.chars[0] = ' ';
			cell.chars[1] = 0;
		}
		for (i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
			n = put_utf8(cell.chars[i], out + len);
			while (n--)
				t->columns[len++] = col;
		}
		if (cell.chars[0] != ' ')
			end = len;
	}
	t->columns[end] = col;
	out[end] = '\0';
	return end;
}

const char *
term_row(struct term *t, int row)
{
	char *out = t->texts[t->next_text];

	t->next_text = (t->next_text + 1) % ROW_TEXTS;
	term_pump(t, 0);
	read_row(t, row, out);
	return out;
}

char *
term_text(struct term *t)
{
	char *all = calloc((size_t)t->rows, ROW_BYTES + 1), *at = all;
	int row;

	if (!all)
		abort();
	term_pump(t, 0);
	for (row = 0; row < t->rows; row++) {
		at += read_row(t, row, at);
		*at++ = '\n';
	}
	*at = '\0';
	return all;
}

void
term_dump(struct term *t)
{
	int row, at_row, at_col;
	char text[ROW_BYTES];

	term_cursor(t, &at_row, &at_col);
	fprintf(stderr, "--- %d x %d, cursor %d, %d%s\n", t->rows, t->cols, at_row, at_col,
	    t->ended ? ", ended" : "");
	for (row = 0; row < t->rows; row++) {
		read_row(t, row, text);
		fprintf(stderr, "%2d|%s\n", row, text);
	}
	fprintf(stderr, "---\n");
}

bool
term_find(struct term *t, const char *text, int *row, int *col)
{
	char out[ROW_BYTES];
	const char *found;
	int i;

	term_pump(t, 0);
	for (i = 0; i < t->rows; i++) {
		read_row(t, i, out);
		found = strstr(out, text);
		if (found) {
			*row = i;
			*col = t->columns[found - out];
			return true;
		}
	}
	return false;
}

bool
term_has(struct term *t, const char *text)
{
	int row, col;

	return term_find(t, text, &row, &col);
}

static bool
term_wait_for(struct term *t, const char *text, bool there)
{
	struct timespec began;

	clock_gettime(CLOCK_MONOTONIC, &began);
	while (term_has(t, text) != there) {
		if (ms_since(&began) > TERM_PATIENCE_MS ||
		    (term_check_ended(t) && term_has(t, text) != there)) {
			fprintf(stderr, "%s: \"%s\"\n", there ? "not on the screen" :
			    "still on the screen", text);
			term_dump(t);
			return false;
		}
		term_pump(t, 20);
	}
	return true;
}

bool
term_appears(struct term *t, const char *text)
{
	return term_wait_for(t, text, true);
}

bool
term_see(struct term *t, const char *text)
{
	if (!term_wait_for(t, text, true))
		return false;
	return term_check_ended(t) || term_settle(t) || term_check_ended(t);
}

bool
term_see_not(struct term *t, const char *text)
{
	if (!term_wait_for(t, text, false))
		return false;
	return term_check_ended(t) || term_settle(t) || term_check_ended(t);
}

void
term_cursor(struct term *t, int *row, int *col)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &at);
	*row = at.row;
	*col = at.col;
}

bool
term_cursor_visible(struct term *t)
{
	return t->cursor_visible;
}

bool
term_alternate(struct term *t)
{
	return t->alternate;
}

struct term_look
term_look(struct term *t, int row, int col)
{
	VTermScreenCell cell = { 0 };
	struct term_look look = { 0 };

	vterm_screen_get_cell(t->screen, (VTermPos){ row, col }, &cell);
	look.bold = cell.attrs.bold;
	look.underline = cell.attrs.underline != 0;
	look.reverse = cell.attrs.reverse;
	look.coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) ||
	    !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
	look.width = cell.width;
	return look;
}

/* ---- figures ---- */

void
term_reset(struct term *t)
{
	term_pump(t, 0);
	t->written = 0;
	t->output[0] = '\0';
}

size_t
term_written(const struct term *t)
{
	return t->written;
}

const char *
term_output(const struct term *t, size_t *len)
{
	*len = t->written;
	return t->output;
}

long
term_latency_us(const struct term *t)
{
	return (t->answered.tv_sec - t->typed.tv_sec) * 1000000 +
	    (t->answered.tv_nsec - t->typed.tv_nsec) / 1000;
}

long
term_wakeups(const struct term *t)
{
	return read_switches(t->pid, true);
}

bool
term_is_cooked(const struct term *t)
{
	struct termios settings;

	return tcgetattr(t->slave, &settings) == 0 && (settings.c_lflag & ICANON) &&
	    (settings.c_lflag & ECHO);
}
