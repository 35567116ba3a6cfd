/*
 * bench_form - how long forms take to be read, what they hold, what an answer costs
 *
 *	bench_form FORM...
 *
 * A form is read and its graph made (the file's bytes are in memory already); a record
 * is begun; then every question that can be answered is answered, and changed again, one
 * after the other. Times are the processor's, so that other work does not count; of
 * reading the median of rounds. Memory: what the form holds, and what its reading needed
 * at most, in a process of its own.
 */
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "instance.h"
#include "list.h"
#include "logic.h"
#include "mem.h"
#include "place.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 9

struct subject {
	const char *path;
	char *folder;
	struct buf text;
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *times, size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	return times[count / 2];
}

/* A list that is not there has no rows. */
static struct list *
list_beside(void *data, const char *filename, struct err *err)
{
	static const char *const columns[] = { "name", "label" };
	struct list *list = place_list(data, filename, err);

	if (!list) {
		char *id = mem_strndup(filename, strcspn(filename, "."));

		list = list_new(id, columns, 2);
		free(id);
	}
	return list;
}

static struct form *
read_form(const struct subject *s)
{
	struct form_files files = { list_beside, s->folder };
	struct err err = { 0 };
	struct form *form =
	    form_read(buf_text(&s->text), s->text.len, &files, NULL, NULL, &err);

	if (!form) {
		fprintf(stderr, "%s: %s\n", s->path, err.text);
		exit(3);
	}
	return form;
}

static double
time_reading(const struct subject *s)
{
	double times[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double begin = now_ms();
		struct form *form = read_form(s);

		times[i] = now_ms() - begin;
		form_free(form);
	}
	return median(times, ROUNDS);
}

static double
held_mb(void)
{
	struct mallinfo2 m = mallinfo2();

	return (double)(m.uordblks + m.hblkhd) / 1e6;
}

static double
resident_mb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss * 1024 / 1e6;
}

struct memory {
	double held, most;
};

/* Before anything else of this process has read a form. */
static struct memory
measure_memory(const struct subject *s)
{
	struct memory m = { 0, 0 };
	int ends[2];
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		exit(3);
	if (!child) {
		double held = held_mb(), resident = resident_mb();

		read_form(s);
		m = (struct memory){ held_mb() - held, resident_mb() - resident };
		if (write(ends[1], &m, sizeof(m)) != sizeof(m))
			_exit(3);
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], &m, sizeof(m)) != sizeof(m))
		exit(3);
	close(ends[0]);
	waitpid(child, NULL, 0);
	return m;
}

/* ---- answers ---- */

/* Something that such a question takes, another the second time. */
static const char *
some_answer(struct logic *logic, const struct node *node, int turn)
{
	size_t count = 0;
	const size_t *rows;

	switch (node->def->question->answer) {
	case ANSWER_INTEGER:
	case ANSWER_DECIMAL:
		return turn ? "2" : "3";
	case ANSWER_DATE:
		return turn ? "2026-11-01" : "2026-11-02";
	case ANSWER_TIME:
		return turn ? "09:00" : "10:00";
	case ANSWER_DATETIME:
		return turn ? "2026-11-01T09:00:00+08:00" : "2026-11-02T09:00:00+08:00";
	case ANSWER_ONE:
	case ANSWER_MANY:
		rows = logic_choices(logic, node, &count, NULL);
		return count ? logic_choice_name(
				   logic, node->def, rows[turn && count > 1 ? count - 1 : 0])
			     : "";
	case ANSWER_STRING:
	case ANSWER_NONE:
		break;
	}
	return turn ? "a" : "b";
}

struct costs {
	double *times;
	size_t count, cap;
	double most;
	const char *slowest;
};

static void
answer(struct logic *logic, struct node *node, int turn, struct costs *costs)
{
	char *text = mem_strdup(some_answer(logic, node, turn));
	struct err err = { 0 };
	double begin = now_ms(), took;
	bool good = logic_answer(logic, node, text, &err);

	took = now_ms() - begin;
	free(text);
	if (!good)
		return;
	costs->times = mem_grow(
	    costs->times, &costs->cap, costs->count + 1, sizeof(costs->times[0]));
	costs->times[costs->count++] = took;
	if (took > costs->most) {
		costs->most = took;
		costs->slowest = node->def->path;
	}
}

static bool
is_asked(const struct node *node)
{
	return node->def->kind == DEF_QUESTION && node->def->question->asked &&
	       node->def->question->served && !(node->def->flags & DEF_UNASKED) &&
	       node->relevant && !node->readonly;
}

static void
measure_answers(const struct form *form, struct costs *costs)
{
	struct clock clock = { 0 };
	struct logic_world world = { .clock = &clock, .language = "en" };
	struct instance *in = instance_new(form);
	struct err err = { 0 };
	struct logic *logic;

	clock_stop_at(&clock, "2026-11-23T18:00:00+08:00", &err);
	logic = logic_new(in, &world, &err);
	if (!logic || !logic_begin(logic, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(3);
	}
	for (int turn = 0; turn < 2; turn++)
		for (struct node *n = instance_root(in); n; n = instance_next(n))
			if (is_asked(n))
				answer(logic, n, turn, costs);
	logic_free(logic);
	instance_free(in);
}

static void
measure(struct subject *s)
{
	const char *name = strrchr(s->path, '/');
	struct memory memory = measure_memory(s);
	struct costs costs = { 0 };
	struct form *form = read_form(s);
	double took = time_reading(s);

	measure_answers(form, &costs);
	printf("%-44s read in %6.2f ms, holds %5.1f MB, at most %5.1f MB",
	    name ? name + 1 : s->path, took, memory.held, memory.most);
	if (costs.count)
		printf("; an answer %.3f ms, the slowest of %zu %.3f ms (%s)",
		    median(costs.times, costs.count), costs.count, costs.most,
		    costs.slowest);
	printf("\n");
	free(costs.times);
	form_free(form);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct subject s = { .path = argv[i] };
		const char *slash = strrchr(argv[i], '/');
		struct err err = { 0 };

		s.folder = slash ? mem_strndup(argv[i], (size_t)(slash - argv[i]))
				 : mem_strdup(".");
		if (!place_read(s.path, FORM_BYTES_MAX, &s.text, &err)) {
			fprintf(stderr, "%s\n", err.text);
			return 3;
		}
		measure(&s);
		free(s.folder);
		buf_clear(&s.text);
	}
	return 0;
}
