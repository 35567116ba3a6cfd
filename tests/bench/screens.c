/*
 * screens - what the screens cost: time to the first paint, memory, keys, bytes
 *
 *   screens paint PROGRAM LABEL     the home page of MINQING_HOME's notebook
 *   screens keys PROGRAM            typing into the dispute form
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

/* Types a text a character at a time; times and bytes of each. */
struct typed {
	double us[4000];
	size_t count, bytes_max;
};

static void
type_one(struct term *t, const char *key, struct typed *typed)
{
	size_t bytes;

	term_reset(t);
	if (!term_keys(t, key))
		exit(1);
	bytes = term_written(t);
	if (bytes > typed->bytes_max)
		typed->bytes_max = bytes;
	if (typed->count < sizeof(typed->us) / sizeof(*typed->us))
		typed->us[typed->count++] = (double)term_latency_us(t);
}

static void
report(const char *label, struct typed *typed)
{
	qsort(typed->us, typed->count, sizeof(*typed->us), by_size);
	printf("%-44s median %5.2f ms, p99 %5.2f ms; at most %zu bytes\n", label,
	    typed->us[typed->count / 2] / 1000, typed->us[typed->count * 99 / 100] / 1000,
	    typed->bytes_max);
}

static void
keys(const char *program)
{
	static const char *const hanzi[] = { "漏", "水", "纠", "纷", "楼", "上", "空", "调" };
	const char *const argv[] = { program, NULL };
	struct term *t = term_start(&(struct term_options){ .argv = argv });
	struct typed one = { 0 }, tab = { 0 };
	long before;

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
	report("a hanzi typed (dispute, 70 questions)", &one);
	for (int i = 0; i < 200; i++)
		type_one(t, i % 20 < 10 ? "<Tab>" : "<S-Tab>", &tab);
	report("Tab to the next field, saved", &tab);
	before = term_wakeups(t);
	sleep(5);
	printf("%-44s %.1f a second\n", "wake-ups when idle",
	    (double)(term_wakeups(t) - before) / 5);
	term_free(t);
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
