/*
 * screen_test - taking a terminal, giving it back, layers, signals, odd terminals
 */
#include "../check.h"
#include "screen.h"

#include "buf.h"
#include "dialog.h"
#include "err.h"
#include "keymap.h"

#include <screen.h>

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- the program under test: says which key it got ---- */

struct page {
	const char *text;
	char said[256];
};

static void
page_draw(struct screen *s, void *data)
{
	struct page *p = data;
	int row;

	screen_put(s, 0, 0, 80, ROLE_TITLE, "A page");
	screen_put(s, 1, 0, 80, ROLE_ERROR, "an error");
	screen_put(s, 2, 0, 80, ROLE_NORMAL, p->said);
	screen_put(s, 3, 2, 10, ROLE_NORMAL, p->text);
	for (row = 5; row < 20; row++)
		screen_put(s, row, 0, 80, ROLE_NORMAL,
		    "民情日记民情日记民情日记民情日记民情日记民情日记民情日记民情日记");
	screen_cursor(s, 2, 0);
}

static void
page_say(struct page *p, const struct key *key)
{
	struct buf name = { 0 };

	if (key_is_text(key) || key->code == K_PASTE)
		buf_fmt(&name, "text %s", key->text);
	else if (key->code == K_RESIZE)
		buf_str(&name, "resize");
	else
		keymap_key_name(key->code, &name);
	snprintf(p->said, sizeof p->said, "got %s", buf_text(&name));
	buf_clear(&name);
}

static int
run_page(void *data)
{
	struct page p = { .text = data ? data : "", .said = "waiting" };
	struct screen_layer layer = { .draw = page_draw, .data = &p, .covers = true };
	struct err err = { 0 };
	struct screen *s = screen_open(&err);
	struct key key;

	if (!s) {
		printf("refused: %s\n", err.text);
		return 3;
	}
	screen_push(s, &layer);
	do {
		screen_read(s, &key);
		page_say(&p, &key);
		if (key.code == 'a')
			abort();
		if (key.code == 's')
			raise(SIGSEGV);
		if (key.code == 'd' && dialog_ask(s, "Delete", "Delete the draft of 王淑芳? "
		    "It cannot be brought back.", false))
			snprintf(p.said, sizeof p.said, "said yes");
		if (key.code == 'w') {
			dialog_wait(s, "Looking for 王淑芳");
			nanosleep(&(struct timespec){ 0, 200000000 }, NULL);
		}
	} while (key.code != 'q');
	screen_close(s);
	printf("closed\n");
	fflush(stdout);
	return 0;
}

static struct term *
start(const char *const *env)
{
	struct term *t = term_start(&(struct term_options){ .run = run_page, .env = env });

	term_see(t, "A page");
	term_settle(t);
	return t;
}

static bool
output_has(struct term *t, const char *bytes)
{
	size_t len;

	return strstr(term_output(t, &len), bytes) != NULL;
}

/* ---- taking and giving back ---- */

static void
the_terminal_is_given_back(void)
{
	struct term *t = start(NULL);
	int status;

	CHECK(term_alternate(t) && !term_is_cooked(t));
	term_keys(t, "q");
	CHECK(term_ended(t, &status) && status == 0);
	CHECK(!term_alternate(t) && term_is_cooked(t) && term_cursor_visible(t));
	CHECK(output_has(t, "\033[?2004l"));
	CHECK(term_has(t, "closed"));
	term_free(t);
}

static void
check_death(int sig, const char *keys)
{
	struct term *t = start(NULL);
	int status = 0;

	term_reset(t);
	if (keys)
		term_type_ahead(t, keys);
	else
		term_signal(t, sig);
	CHECK(term_ended(t, &status));
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == sig);
	CHECK(!term_alternate(t) && term_is_cooked(t) && term_cursor_visible(t));
	CHECK(output_has(t, "\033[?2004l"));
	term_free(t);
}

static void
even_when_it_dies(void)
{
	check_death(SIGTERM, NULL);
	check_death(SIGHUP, NULL);
#ifndef __SANITIZE_ADDRESS__
	check_death(SIGABRT, "a");
	check_death(SIGSEGV, "s");
#endif
}

/* A shell in between, as Ctrl-Z means nothing without one. */
static int
run_shell(void *data)
{
	struct timespec moment = { 0, 1000000 };
	pid_t pid;
	int status, stops = 0;

	signal(SIGTTOU, SIG_IGN);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		_exit(run_page(data));
	}
	while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
		tcsetpgrp(STDIN_FILENO, getpgrp());
		printf("stopped %d\n", ++stops);
		fflush(stdout);
		while (getchar() != '\n')
			nanosleep(&moment, NULL);
		tcsetpgrp(STDIN_FILENO, pid);
		kill(pid, SIGCONT);
	}
	return WEXITSTATUS(status);
}

static void
ctrl_z_gives_the_terminal_to_the_shell(void)
{
	struct term *t = term_start(&(struct term_options){ .run = run_shell });
	int status;

	term_see(t, "A page");
	term_type_ahead(t, "k");
	term_see(t, "got text k");
	term_type_ahead(t, "<C-z>");
	term_see(t, "stopped 1");
	CHECK(!term_alternate(t) && term_is_cooked(t));
	term_type_ahead(t, "\n");
	term_see(t, "got text k"); /* Ctrl-Z itself was not delivered */
	CHECK(term_alternate(t) && !term_is_cooked(t));
	term_type_ahead(t, "q");
	CHECK(term_ended(t, &status) && status == 0);
	term_free(t);
}

/* ---- odd terminals ---- */

static void
check_refusal(const char *const *env, const char *words)
{
	struct term *t = term_start(&(struct term_options){ .run = run_page, .env = env });
	int status = 0;

	CHECK(term_see(t, words));
	CHECK(term_ended(t, &status) && WEXITSTATUS(status) == 3);
	CHECK(term_is_cooked(t));
	term_free(t);
}

static void
a_terminal_without_a_cursor_is_refused_in_words(void)
{
	static const char *const dumb[] = { "TERM=dumb", NULL };
	static const char *const unheard[] = { "TERM=no-such-terminal", NULL };
	static const char *const none[] = { "TERM", NULL };

	check_refusal(dumb, "TERM=dumb");
	check_refusal(unheard, "TERM=no-such-terminal");
	check_refusal(none, "TERM=unknown");
}

static void
fbterm_is_taken_for_linux(void)
{
	static const char *const env[] = { "TERM=fbterm", NULL };
	struct term *t = start(env);

	term_keys(t, "<F5>");
	CHECK(term_has(t, "got F5"));
	term_keys(t, "q");
	term_free(t);
}

static void
another_codeset_becomes_utf8(void)
{
	static const char *const env[] = { "LANG=C", NULL };
	struct term *t = start(env);

	CHECK(term_has(t, "民情日记"));
	term_keys(t, "王");
	CHECK(term_has(t, "got text 王"));
	term_free(t);
}

static void
colours_only_where_they_are_wanted(void)
{
	static const char *const none[] = { "NO_COLOR=1", NULL };
	static const char *const empty[] = { "NO_COLOR=", NULL };
	static const char *const vt100[] = { "TERM=vt100", NULL };
	struct term *t = start(NULL);

	CHECK(term_look(t, 1, 0).coloured && term_look(t, 1, 0).bold);
	term_free(t);
	t = start(none);
	CHECK(!term_look(t, 1, 0).coloured && term_look(t, 1, 0).bold);
	term_free(t);
	t = start(empty);
	CHECK(term_look(t, 1, 0).coloured);
	term_free(t);
	t = start(vt100);
	CHECK(!term_look(t, 1, 0).coloured && term_look(t, 1, 0).bold);
	CHECK(term_look(t, 0, 0).reverse);
	CHECK(term_has(t, "民情日记"));
	term_free(t);
}

/* ---- keys ---- */

static void
a_lone_esc_is_quick(void)
{
	struct term *t = start(NULL);

	term_keys(t, "x");
	term_reset(t);
	term_keys(t, "<Esc>");
	CHECK(term_has(t, "got Esc"));
	CHECK(term_latency_us(t) >= 20000 && term_latency_us(t) < 200000);
	term_free(t);
}

static void
esc_and_a_digit_are_an_f_key(void)
{
	static const char *const slow[] = { "ESCDELAY=2000", NULL };
	struct term *t = start(slow);

	term_type_ahead(t, "<Esc>");
	nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	term_type_ahead(t, "2");
	CHECK(term_see(t, "got F2"));
	term_free(t);
}

static void
a_key_is_answered_at_once(void)
{
	struct term *t = start(NULL);
	long us, worst = 0;
	int i;

	for (i = 0; i < 20; i++) {
		term_keys(t, i % 2 ? "x" : "y");
		us = term_latency_us(t);
		worst = us > worst ? us : worst;
	}
	printf("key to first output: %ld us at worst of 20\n", worst);
	CHECK(worst < 50000);
	term_free(t);
}

static void
ctrl_s_and_ctrl_c_are_keys(void)
{
	struct term *t = start(NULL);

	term_keys(t, "<C-s>");
	CHECK(term_has(t, "got Ctrl-S"));
	term_keys(t, "<C-c>");
	CHECK(term_has(t, "got Ctrl-C"));
	term_free(t);
}

/* ---- drawing ---- */

static void
dangerous_text_is_harmless(void)
{
	static char text[] = "a\033[31mb\u202Ec\u200Bd\ne";
	struct term *t = term_start(&(struct term_options){ .run = run_page,
	    .data = text });

	term_see(t, "A page");
	CHECK_STR(term_row(t, 3), "  a[31mbcd e");
	term_free(t);
}

static void
text_is_cut_at_whole_characters(void)
{
	static char text[] = "a民情日记民情日记"; /* ten columns hold four and a half */
	struct term *t = term_start(&(struct term_options){ .run = run_page,
	    .data = text });

	term_see(t, "A page");
	CHECK_STR(term_row(t, 3), "  a民情日记");
	term_free(t);
}

/* The box stands on wide characters, at an even and at an odd column. */
static void
a_popup_leaves_no_hole(void)
{
	struct term *t = start(NULL);
	char *before = term_text(t), *after;
	int row, col;

	term_keys(t, "d");
	CHECK(term_has(t, "Delete the draft of 王淑芳?") && term_has(t, "n  No"));
	CHECK(term_find(t, "n  No", &row, &col));
	CHECK(term_look(t, row, col).reverse); /* preset: no */
	term_keys(t, "<Esc>");
	after = term_text(t);
	CHECK(strstr(after, "got text d") && !strstr(after, "Delete"));
	CHECK_STR(strstr(after, "民"), strstr(before, "民"));
	free(before);
	free(after);
	term_free(t);
}

/* Rows of wide characters with other looks among them, at even and odd columns. */
static void
hanzi_draw(struct screen *s, void *data)
{
	static const enum role looks[] = { ROLE_NORMAL, ROLE_HEADING, ROLE_FIELD };
	int row, col;

	(void)data;
	for (row = 0; row < 24; row++)
		for (col = row % 2; col < 74; col += 6)
			screen_put(s, row, col, 6, looks[(row + col) % 3], "民情日");
	screen_cursor(s, 0, 0);
}

static void
frame_draw(struct screen *s, void *data)
{
	const int *col = data;

	screen_box(s, (struct rect){ 2, *col, 18, 30 + *col % 3 }, NULL);
}

/* A letter opens a frame at a column of its own, any other key closes it. */
static int
run_frames(void *data)
{
	struct screen_layer page = { .draw = hanzi_draw, .covers = true };
	int col = 0;
	struct screen_layer frame = { .draw = frame_draw, .data = &col };
	struct err err = { 0 };
	struct screen *s = screen_open(&err);
	struct key key;

	(void)data;
	screen_push(s, &page);
	do {
		screen_read(s, &key);
		screen_pop(s, &frame);
		if (key.code >= 'a' && key.code < 'q') {
			col = key.code - 'a' + 15;
			screen_push(s, &frame);
		}
	} while (key.code != 'q');
	screen_close(s);
	return 0;
}

/* A frame's edge on half a wide character. */
static void
half_covered_characters_come_back(void)
{
	struct term *t = term_start(&(struct term_options){ .run = run_frames });
	char *before, *after, letter[2] = "a";

	term_see(t, "民情日");
	term_settle(t);
	before = term_text(t);
	for (; *letter < 'q'; ++*letter) {
		term_keys(t, letter);
		term_keys(t, "<Esc>");
		after = term_text(t);
		CHECK_STR(after, before);
		free(after);
	}
	free(before);
	term_free(t);
}

static void
questions_take_letters_enter_and_esc(void)
{
	static const struct {
		const char *keys;
		bool yes;
	} cases[] = { { "y", true }, { "Y", true }, { "n", false }, { "<Enter>", false },
		{ "<Esc>", false }, { "<Up><Enter>", true }, { "<Tab><Enter>", true },
		{ "<Tab><Down><Enter>", false }, { "xy", true } };
	struct term *t = start(NULL);
	size_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		term_keys(t, "d");
		term_keys(t, cases[i].keys);
		CHECK_INT(term_has(t, "said yes"), cases[i].yes);
		CHECK(!term_has(t, "Delete the draft"));
		term_keys(t, "z");
	}
	term_free(t);
}

static void
a_resize_under_a_popup_redraws_both(void)
{
	struct term *t = start(NULL);

	term_keys(t, "d");
	term_resize(t, 16, 60);
	CHECK(term_has(t, "A page") && term_has(t, "n  No"));
	term_resize(t, 5, 20);
	CHECK(term_has(t, "The window is"));
	term_resize(t, 24, 80);
	term_keys(t, "y");
	CHECK(term_has(t, "said yes"));
	term_free(t);
}

static void
please_wait_is_seen_before_the_wait(void)
{
	struct term *t = start(NULL);

	term_type_ahead(t, "w");
	CHECK(term_see(t, "Looking for 王淑芳"));
	CHECK(term_see_not(t, "Looking for"));
	CHECK(term_has(t, "got text w"));
	term_free(t);
}

static void
spoilt_screens_are_painted_anew(void)
{
	struct term *t = start(NULL);

	term_reset(t);
	term_keys(t, "<C-l>");
	CHECK(output_has(t, "A page") && output_has(t, "an error"));
	CHECK(term_has(t, "waiting")); /* the key itself was not delivered */
	term_free(t);
}

/* ---- waiting on something else as well ---- */

static int
run_waiting(void *data)
{
	struct page p = { .text = "", .said = "waiting" };
	struct screen_layer layer = { .draw = page_draw, .data = &p, .covers = true };
	struct screen *s = screen_open(NULL);
	bool readable;
	struct key key;
	char bytes[16];
	int fd = *(int *)data, timeouts = 0;

	if (!s)
		return 3;
	screen_push(s, &layer);
	for (;;) {
		if (screen_wait(s, &key, fd, timeouts ? -1 : 50, &readable)) {
			page_say(&p, &key);
			if (key.code == 'q')
				break;
		} else if (readable) {
			ssize_t n = read(fd, bytes, sizeof bytes);

			snprintf(p.said, sizeof p.said, "other %zd", n);
		} else {
			snprintf(p.said, sizeof p.said, "timeout %d", ++timeouts);
		}
	}
	screen_close(s);
	return 0;
}

static void
keys_and_another_descriptor_are_waited_for(void)
{
	int pipes[2], status;
	struct term *t;

	CHECK(pipe(pipes) == 0);
	t = term_start(&(struct term_options){ .run = run_waiting, .data = &pipes[0] });
	CHECK(term_see(t, "timeout 1"));
	CHECK(write(pipes[1], "abc", 3) == 3);
	CHECK(term_see(t, "other 3"));
	term_keys(t, "x");
	CHECK(term_has(t, "got text x"));
	term_resize(t, 20, 70);
	CHECK(term_has(t, "got resize"));
	term_keys(t, "q");
	CHECK(term_ended(t, &status) && status == 0);
	term_free(t);
	close(pipes[0]);
	close(pipes[1]);
}

static void
no_terminal_is_refused_in_words(void)
{
	char text[256] = "";
	int out[2];
	pid_t pid;
	ssize_t n;

	CHECK(pipe(out) == 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		exit(run_page(NULL));
	}
	close(out[1]);
	n = read(out[0], text, sizeof text - 1);
	text[n > 0 ? n : 0] = '\0';
	close(out[0]);
	waitpid(pid, NULL, 0);
	CHECK(strstr(text, "need a terminal") != NULL);
}

int
main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	RUN(the_terminal_is_given_back);
	RUN(even_when_it_dies);
	RUN(ctrl_z_gives_the_terminal_to_the_shell);
	RUN(a_terminal_without_a_cursor_is_refused_in_words);
	RUN(fbterm_is_taken_for_linux);
	RUN(another_codeset_becomes_utf8);
	RUN(colours_only_where_they_are_wanted);
	RUN(a_lone_esc_is_quick);
	RUN(esc_and_a_digit_are_an_f_key);
	RUN(a_key_is_answered_at_once);
	RUN(ctrl_s_and_ctrl_c_are_keys);
	RUN(dangerous_text_is_harmless);
	RUN(text_is_cut_at_whole_characters);
	RUN(a_popup_leaves_no_hole);
	RUN(half_covered_characters_come_back);
	RUN(questions_take_letters_enter_and_esc);
	RUN(a_resize_under_a_popup_redraws_both);
	RUN(please_wait_is_seen_before_the_wait);
	RUN(spoilt_screens_are_painted_anew);
	RUN(keys_and_another_descriptor_are_waited_for);
	RUN(no_terminal_is_refused_in_words);
	return CHECK_DONE();
}
