/*
 * memory_test - memory runs out at every single allocation of a save
 *
 *	memory_test --long      of a save of thousands, too; otherwise at some of those
 *
 * SQLite's allocations fail and ours do. Either the save is refused in words and can be
 * done again, or the program ends; what was confirmed is there in each case, and what
 * was refused is not.
 */
#include "../check.h"
#include "../vault_fixture.h"
#include "../../src/notebook/store.h"

#include <sys/mman.h>
#include <sys/wait.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

#define ENOUGH 3000 /* more allocations than any save has */

static int countdown = -1; /* -1: nothing fails */
static bool once;
static int counted;
static bool all; /* of the longest save, too */

static bool
fails(void)
{
	if (countdown < 0)
		return false;
	return once ? counted++ == countdown : counted++ >= countdown;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

/* --- the same for SQLite, which is linked already --- */

static sqlite3_mem_methods real_methods;

static void *
sqlite_malloc(int size)
{
	return fails() ? NULL : real_methods.xMalloc(size);
}

static void *
sqlite_realloc(void *old, int size)
{
	return fails() ? NULL : real_methods.xRealloc(old, size);
}

static void
take_over_sqlite(void)
{
	sqlite3_mem_methods mine;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_methods);
	mine = real_methods;
	mine.xMalloc = sqlite_malloc;
	mine.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
}

/* --- the saves --- */

static char id[UUID_SIZE];

static bool
save_n(struct notebook *nb, int n, struct err *err)
{
	char answers[3000];
	int len = snprintf(answers, sizeof(answers), "{\"n\":%d,\"pad\":\"%02000d\"}", n, 0);

	return record_draft_save(nb, id, answers, (size_t)len, "t", "n", err);
}

static bool
save_draft(struct notebook *nb, struct err *err)
{
	return save_n(nb, 2, err);
}

static bool
save_batch(struct notebook *nb, struct err *err)
{
	bool ok = notebook_begin(nb, err);

	if (!ok)
		return false;
	ok = save_n(nb, 7, err) && save_n(nb, 2, err) && notebook_set(nb, "a", "b", err);
	return notebook_end(nb, ok, ok ? err : NULL) && ok;
}

/* A record beside it is finished: its words, its sounds, its place in the outbox. */
static bool
save_and_finish(struct notebook *nb, struct err *err)
{
	static const char answers[] = "{\"who\":\"王阿姨\",\"room\":\"302\"}";
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct record_final final = { .answers = answers, .len = sizeof(answers) - 1,
				      .title = "302 王阿姨", .day = "2026-11-23",
				      .text = "王阿姨 302 独居", .version = "1" };
	char other[UUID_SIZE];
	bool ok = notebook_begin(nb, err);

	if (!ok)
		return false;
	ok = save_n(nb, 2, err) && record_begin(nb, &origin, other, err) &&
	     record_draft_save(nb, other, answers, sizeof(answers) - 1, "t", "n", err) &&
	     record_finalise(nb, other, &final, NULL, err);
	return notebook_end(nb, ok, ok ? err : NULL) && ok;
}

static bool
save_with_checkpoint(struct notebook *nb, struct err *err)
{
	store_exec(nb, "PRAGMA wal_autocheckpoint = 1", NULL);
	return save_n(nb, 2, err);
}

static int
number(struct notebook *nb)
{
	struct buf answers = { 0 }, cursor = { 0 };
	int n = -1;

	if (record_draft_load(nb, id, &answers, &cursor, NULL))
		sscanf(buf_text(&answers), "{\"n\":%d", &n);
	buf_clear(&answers);
	buf_clear(&cursor);
	return n;
}

static long
finished(struct notebook *nb)
{
	struct record_tally tally = { 0 };

	CHECK(record_tally(nb, &tally, NULL));
	return tally.queued;
}

/* --- one failure, in a process of its own --- */

struct outcome {
	bool opened, reached, saved, refused, in_words, kept, again;
};

static void
run_child(struct sealed *s, bool (*save)(struct notebook *, struct err *), int n,
	  struct outcome *out)
{
	struct err err = { 0 };
	struct notebook *nb = notebook_open_sealed(s->path, false, s->key, s->clock, &err);

	if (!nb)
		_exit(1);
	out->opened = true;
	counted = 0;
	countdown = n;
	if (save(nb, &err))
		out->saved = true;
	else
		out->refused = true;
	countdown = -1;
	out->reached = counted > n;
	out->in_words = *err.text;
	if (out->refused) {
		out->kept = number(nb) == 1;
		out->again = save_n(nb, 3, &err);
	}
	notebook_close(nb);
	_exit(0);
}

/* False when the save had no nth allocation. */
static bool
fail_at(struct sealed *s, bool (*save)(struct notebook *, struct err *), int n,
	struct outcome *out)
{
	struct vault_report report;
	int status, found;
	long before;
	pid_t child;

	memset(out, 0, sizeof(*out));
	s->nb = notebook_open_sealed(s->path, false, s->key, s->clock, &s->err);
	CHECK(s->nb && save_n(s->nb, 1, &s->err));
	before = finished(s->nb);
	notebook_close(s->nb);
	s->nb = NULL;
	child = fork();
	if (child == 0)
		run_child(s, save, n, out);
	waitpid(child, &status, 0);
	CHECK(out->opened);
	s->nb = notebook_open_sealed(s->path, false, s->key, s->clock, &s->err);
	CHECK(s->nb != NULL);
	if (!s->nb)
		return false;
	found = number(s->nb);
	if (out->saved)
		CHECK_INT(found, 2);
	else if (out->refused)
		CHECK(out->in_words && out->kept && out->again && found == 3);
	else /* it ended, as it does when its own memory runs out */
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
		      (found == 1 || found == 2));
	CHECK_INT(finished(s->nb) - before, save == save_and_finish && found == 2);
	notebook_close(s->nb);
	s->nb = NULL;
	if (n % 10 == 0)
		CHECK(vault_check(s->path, s->key, s->clock, &report, &s->err) &&
		      vault_report_is_good(&report));
	return out->reached || !(out->saved || out->refused);
}

static void
every_allocation_fails(void)
{
	static const struct {
		const char *name;
		bool (*save)(struct notebook *nb, struct err *err);
		int step; /* of a short run */
	} saves[] = {
		{ "a field", save_draft, 1 },
		{ "a batch", save_batch, 1 },
		{ "a finished record", save_and_finish, 17 },
		{ "with a checkpoint", save_with_checkpoint, 1 },
	};
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct sealed s = sealed_new();
	struct outcome *out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(record_begin(s.nb, &origin, id, &s.err));
	notebook_close(s.nb);
	s.nb = NULL;
	for (size_t i = 0; i < sizeof(saves) / sizeof(*saves); i++)
		for (int mode = 0; mode < 2; mode++) {
			int n = 0;

			once = mode;
			while (n < ENOUGH && fail_at(&s, saves[i].save, n, out))
				n += all ? 1 : saves[i].step;
			printf("%s: %d allocations, %s\n", saves[i].name, n,
			       once ? "one fails" : "all from one on fail");
			CHECK(n > 5 && n < ENOUGH); /* it came to an end */
		}
	munmap(out, sizeof(*out));
	sealed_free(&s);
}

int
main(int argc, char **argv)
{
	all = argc > 1 && !strcmp(argv[1], "--long");
	take_over_sqlite();
	RUN(every_allocation_fails);
	return CHECK_DONE();
}
