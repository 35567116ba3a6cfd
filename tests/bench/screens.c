/*
 * screens - what the screens cost: time to the first paint, memory, keys, bytes
 *
 *   screens paint PROGRAM LABEL     the home page of MINQING_HOME's notebook
 *   screens keys PROGRAM            typing into the dispute form, in both languages
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
	else
		return 2;
	return 0;
}
