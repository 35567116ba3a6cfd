/*
 * screens - what the screens cost: time to the first paint, memory, keys, bytes
 *
 *   screens paint PROGRAM LABEL     the home page of MINQING_HOME's notebook
 *   screens keys PROGRAM            typing into the dispute form, in both languages
 *   screens list PROGRAM            the list of the ninth form's first question, open
 *   screens people PROGRAM PHRASE   陈桂芳 hands over to 周敏 and back; the lock
 */
#include "../screens/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUNS 15

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static long
resident_kb(pid_t pid)
{
	char path[64], line[128];
	long kb = 0;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	status = fopen(path, "r");
	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (status)
		fclose(status);
	return kb;
}

static void
tell_resident(struct term *t, const char *what)
{
	printf("%-44s %.1f MB\n", what, (double)resident_kb(term_pid(t)) / 1024);
}

static void
paint(const char *program, const char *label)
{
	const char *const argv[] = { program, NULL };
	double times[RUNS];
	long kb = 0;

	for (int i = 0; i < RUNS; i++) {
		double began = now_ms();
		struct term *t =
		    term_start(&(struct term_options){ .argv = argv });

		if (!term_appears(t, "F10"))
			exit(1);
		times[i] = now_ms() - began;
		term_settle(t);
		kb = resident_kb(term_pid(t));
		term_free(t);
	}
	qsort(times, RUNS, sizeof(*times), by_size);
	printf("%-44s median %5.1f ms, worst %5.1f ms; resident %.1f MB\n", label,
	    times[RUNS / 2], times[RUNS - 1], (double)kb / 1024);
}

/* Many keys of a kind: the time and bytes of each. */
struct typed {
	double us[4000], bytes[4000];
	size_t count;
};

static void
add_key(struct typed *typed, struct term *t)
{
	if (typed->count == sizeof(typed->us) / sizeof(*typed->us))
		return;
	typed->us[typed->count] = (double)term_latency_us(t);
	typed->bytes[typed->count++] = (double)term_written(t);
}

static void
type_one(struct term *t, const char *key, struct typed *typed)
{
	term_reset(t);
	if (!term_keys(t, key))
		exit(1);
	if (typed)
		add_key(typed, t);
}

static void
report(const char *label, struct typed *typed)
{
	size_t n = typed->count;

	if (!n)
		return;
	qsort(typed->us, n, sizeof(*typed->us), by_size);
	qsort(typed->bytes, n, sizeof(*typed->bytes), by_size);
	printf("%-44s median %5.2f ms, p99 %5.2f ms; %3.0f bytes, at most %.0f\n", label,
	    typed->us[n / 2] / 1000, typed->us[n * 99 / 100] / 1000,
	    typed->bytes[n / 2], typed->bytes[n - 1]);
}

/* A Tab; when the page under the title row moved as well, it counts apart. */
static void
tab_once(struct term *t, const char *key, struct typed *tab, struct typed *moved)
{
	char first[1000];

	snprintf(first, sizeof(first), "%s", term_row(t, 1));
	type_one(t, key, NULL);
	add_key(strcmp(first, term_row(t, 1)) == 0 ? tab : moved, t);
}

/* How often hay holds needle. */
static size_t
times_in(const char *hay, size_t len, const char *needle)
{
	size_t n = strlen(needle), count = 0;

	for (size_t i = 0; i + n <= len; i++)
		count += memcmp(hay + i, needle, n) == 0;
	return count;
}

/* A phrase at once, as input methods send it; then 2,000 keys at once. */
static void
bursts(struct term *t)
{
	static const char phrase[] = "楼上卫生间漏水严重";
	char keys[6001] = "";
	size_t len, lost = 0;
	const char *out;
	double began;

	term_keys(t, "<C-a><C-k>");
	term_reset(t);
	term_keys(t, phrase);
	out = term_output(t, &len);
	printf("%-44s %zu bytes, painted %zu times\n", "a burst of nine hanzi", len,
	    times_in(out, len, "楼"));
	term_keys(t, "<C-a><C-k>");
	/* 1,000 pairs of a hanzi and a letter; the letters run through the alphabet. */
	for (size_t i = 0; i < 1000; i++)
		snprintf(keys + i * 4, 5, "民%c", (char)('a' + i % 26));
	began = now_ms();
	if (!term_keys(t, keys))
		exit(1);
	began = now_ms() - began;
	/* From the end back, whatever of it the field shows. */
	for (size_t i = 999; i > 985; i--)
		lost += !term_has(t, (char[]){ "民"[0], "民"[1], "民"[2],
		    (char)('a' + i % 26), '\0' });
	printf("%-44s %.0f ms until painted, %zu of the last 14 pairs missing\n",
	    "a burst of 2,000 keys", began, lost);
	term_keys(t, "<C-a><C-k>");
}

static void
keys_in(const char *program, const char *language)
{
	static const char *const hanzi[] = { "漏", "水", "纠", "纷", "楼", "上", "空", "调" };
	const char *const argv[] = { program, NULL }, *const env[] = { language, NULL };
	struct term *t = term_start(&(struct term_options){ .argv = argv, .env = env });
	struct typed one = { 0 }, tab = { 0 }, moved = { 0 }, whole = { 0 };
	long before;

	printf("Typing into a dispute, 70 questions, %s\n", language);
	if (!term_see(t, "F10") || !term_keys(t, "2") || !term_see(t, "F2"))
		exit(1);
	/* committee and mediator are one-line texts after four answered fields */
	for (int i = 0; i < 4; i++)
		term_keys(t, "<Tab>");
	for (int i = 0; i < 400; i++) {
		type_one(t, hanzi[i % 8], &one);
		if (i % 20 == 19)
			term_keys(t, "<C-a><C-k>");
	}
	report("a hanzi", &one);
	bursts(t);
	for (int i = 0; i < 200; i++)
		tab_once(t, i % 50 < 25 ? "<Tab>" : "<S-Tab>", &tab, &moved);
	report("Tab to the next field, saved", &tab);
	report("the same where the page scrolls", &moved);
	for (int i = 0; i < 20; i++)
		type_one(t, "<C-l>", &whole);
	report("a full repaint", &whole);
	before = term_wakeups(t);
	sleep(5);
	printf("%-44s %.1f a second\n", "wake-ups when idle",
	    (double)(term_wakeups(t) - before) / 5);
	term_free(t);
}

/* Names looked for as they are looked for: letters, moves, back to the whole list. */
static void
list(const char *program)
{
	static const char *const searches[] = { "wsf", "lzg", "zhangw", "王淑", "201",
		"chenxiaom", "5haolou", "jg", "刘", "z" };
	static const char *const moves[] = { "<Down>", "<PgDn>", "<End>", "<Home>", "<Up>" };
	const char *const argv[] = { program, NULL };
	struct term *t = term_start(&(struct term_options){ .argv = argv });
	struct typed letters = { 0 }, others = { 0 };
	char key[5];

	if (!term_see(t, "F10") || !term_keys(t, "9") || !term_see(t, "F2"))
		exit(1);
	tell_resident(t, "resident with the form open");
	type_one(t, "<F4>", &letters);
	printf("%-44s %.1f ms\n", "opening the list", letters.us[0] / 1000);
	letters.count = 0;
	if (!term_has(t, "1/200000"))
		exit(1);
	tell_resident(t, "resident with the list open");
	for (size_t i = 0; i < 20 * sizeof(searches) / sizeof(*searches); i++) {
		const char *at = searches[i % 10];
		size_t n;

		for (; *at; at += n) {
			n = (unsigned char)*at < 0x80 ? 1 : 3;
			snprintf(key, sizeof(key), "%.*s", (int)n, at);
			type_one(t, key, &letters);
		}
		type_one(t, moves[i % 5], &others);
		type_one(t, "<C-u>", &others);
		type_one(t, moves[(i + 2) % 5], &others);
	}
	report("a letter that narrows 200,000 rows", &letters);
	report("a move in the list", &others);
	tell_resident(t, "resident afterwards");
	term_keys(t, "<Esc>");
	term_keys(t, "<Esc>");
	term_keys(t, "<F3>");
	term_keys(t, "qqzz");
	tell_resident(t, "resident while records are searched");
	term_keys(t, "<Esc>");
	if (!term_see(t, "F3"))
		exit(1);
	tell_resident(t, "resident after that");
	term_free(t);
}

/* A key, what it brings; each of them in turn. The time is all the program's: nobody
 * types that fast. */
static double
until_home(struct term *t, const char *const (*steps)[2], const char *phrase)
{
	double began = now_ms();

	for (; (*steps)[0]; steps++)
		if (!term_keys(t, (*steps)[0]) || !term_see(t, (*steps)[1]))
			exit(1);
	if (!term_keys(t, phrase) || !term_keys(t, "<Enter>") ||
	    !term_see(t, "Start a record"))
		exit(1);
	return now_ms() - began;
}

static void
people(const char *program, const char *phrase)
{
	static const char *const hand_over[][3][2] = {
		{ { "<C-u>", "Who are you?" }, { "zm<Enter>", "Passphrase:" } },
		{ { "<C-u>", "Who are you?" }, { "cgf<Enter>", "Passphrase:" } },
	};
	static const char *const away[][2] = { { "<F11>", "Passphrase:" }, { NULL, NULL } };
	const char *const argv[] = { program, NULL };
	struct term *t = term_start(&(struct term_options){ .argv = argv });
	double over[RUNS], lock[RUNS];

	if (!term_see(t, "Who are you?"))
		exit(1);
	until_home(t, hand_over[1] + 1, phrase);
	for (int i = 0; i < RUNS; i++) {
		over[i] = until_home(t, hand_over[i % 2], phrase);
		lock[i] = until_home(t, away, phrase);
	}
	qsort(over, RUNS, sizeof(*over), by_size);
	qsort(lock, RUNS, sizeof(*lock), by_size);
	printf("%-44s median %.2f s, worst %.2f s\n", "handing over, to the other's home page",
	    over[RUNS / 2] / 1000, over[RUNS - 1] / 1000);
	printf("%-44s median %.2f s, worst %.2f s\n", "locking, and back by passphrase",
	    lock[RUNS / 2] / 1000, lock[RUNS - 1] / 1000);
	term_free(t);
}

static void
keys(const char *program)
{
	keys_in(program, "LANGUAGE=en");
	keys_in(program, "LANGUAGE=zh_CN");
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "paint") == 0)
		paint(argv[2], argv[3]);
	else if (argc == 3 && strcmp(argv[1], "keys") == 0)
		keys(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "list") == 0)
		list(argv[2]);
	else if (argc == 4 && strcmp(argv[1], "people") == 0)
		people(argv[2], argv[3]);
	else
		return 2;
	return 0;
}
