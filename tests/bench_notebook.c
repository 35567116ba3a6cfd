/*
 * bench_notebook - what the notebook costs, as ratios and milliseconds
 *
 *   bench_notebook [DIR [RECORDS]]
 *
 * Saving a field is set against a bare prepared INSERT of the same bytes into a
 * database of one table (WAL, FULL) in the same folder, turn by turn, so that both see
 * the same disk. Then a notebook of RECORDS (20,000) is filled through the ordinary
 * calls, and opened, counted and searched.
 */
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"
#include "records.h"
#include "uuid.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SAVES     1000
#define BATCH     500
#define REPEATS   15
#define PATH_ROOM 256

static struct err err;

static void
must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", err.text);
	exit(3);
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
compare_times(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *times, int count)
{
	qsort(times, (size_t)count, sizeof(*times), compare_times);
	return times[count / 2];
}

static long
resident_kb(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	long kb = 0;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (status)
		fclose(status);
	return kb;
}

/* A visit of some thirty answers, 1.4 kB when whole; as a draft, its beginning. */
static void
write_answers(struct buf *out, int number, int fields)
{
	static const char *const texts[] = {
		"独居，希望每周有人上门量血压、陪聊一次。",
		"四楼楼道堆放纸箱和旧沙发，已劝说业主当天搬走。", "王阿姨",
		"建议楼下空地加装电动车充电柜。", "精神尚可，腿脚不便。"
	};

	buf_fmt(out, "{\"visit_date\":\"2026-11-%02d\",\"room\":\"%d\"",
		1 + number % 28, 101 + number % 900);
	for (int i = 0; i < fields; i++)
		buf_fmt(out, ",\"question_%d\":\"%s\"", i,
			i % 4 ? "household" : texts[(number + i) % 5]);
	buf_str(out, "}");
}

static sqlite3_stmt *
bare_open(const char *path, sqlite3 **db)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_open(path, db) != SQLITE_OK ||
	    sqlite3_exec(*db,
			 "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
			 "PRAGMA synchronous = FULL;"
			 "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
			 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(*db, "INSERT INTO t (body) VALUES (?1)", -1, &stmt,
			       NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(*db));
		exit(3);
	}
	return stmt;
}

static double
bare_insert(sqlite3_stmt *stmt, const struct buf *answers)
{
	double began = now_ms();

	sqlite3_bind_text64(stmt, 1, answers->data, answers->len, SQLITE_STATIC,
			    SQLITE_UTF8);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		exit(3);
	sqlite3_reset(stmt);
	return now_ms() - began;
}

static double
draft_save(struct notebook *nb, const char *id, const struct buf *answers)
{
	double began = now_ms();

	must(record_draft_save(nb, id, answers->data, answers->len,
			       "2026-11-23 302 王阿姨", "g_needs/needs[1]/need_text",
			       &err));
	return now_ms() - began;
}

static void
bench_save(struct notebook *nb, const char *dir)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	double bare[SAVES], save[SAVES], bare_sum = 0, save_sum = 0;
	char path[PATH_ROOM], id[UUID_SIZE];
	struct buf answers = { 0 };
	sqlite3_stmt *stmt;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/bare.db", dir);
	stmt = bare_open(path, &db);
	must(record_begin(nb, &origin, id, &err));
	for (int i = 0; i < SAVES; i++) {
		buf_reset(&answers);
		write_answers(&answers, i, i % 34); /* field by field */
		bare[i] = bare_insert(stmt, &answers);
		save[i] = draft_save(nb, id, &answers);
		bare_sum += bare[i];
		save_sum += save[i];
	}
	must(record_draft_delete(nb, id, &err));
	printf("save a field            %8.3f ms a save, bare insert %.3f ms: ratio of "
	       "means"
	       " %.2f, of medians %.2f\n",
	       save_sum / SAVES, bare_sum / SAVES, save_sum / bare_sum,
	       median(save, SAVES) / median(bare, SAVES));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	unlink(path);
	buf_clear(&answers);
}

static void
add_record(struct notebook *nb, int number, struct buf *answers, struct buf *text)
{
	static const char *const names[] = { "王小满", "刘建业", "陈桂芳", "梁波",
					     "周敏",   "何佩珊", "方国富", "赵大海" };
	static const char *const forms[] = { "visit",   "visit",     "visit",
					     "dispute", "volunteer", "micro" };
	struct record_origin origin = {
		.form = forms[number % 6],
		.version = "1",
		.created = "2026-11-02T09:32:00+08:00",
		.user = "chenguifang",
		.station = "ny-badeng-u1",
	};
	char id[UUID_SIZE], day[16], title[96];
	struct record_final final = { .title = title, .day = day, .version = "1" };

	buf_reset(answers);
	buf_reset(text);
	write_answers(answers, number, 30);
	buf_fmt(
	    text,
	    "%s 1%010d 巴登街%d号楼 %d 独居，希望每周有人上门量血压、陪聊一次。"
	    "四楼楼道堆放纸箱和旧沙发，已劝说业主当天搬走。 南园街道 巴登社区 U站"
	    " 楼栋长 入户走访 在家 自有 高龄 空巢 精神尚可，腿脚不便，家中无跌倒隐患。"
	    "%s",
	    names[number % 8], 4200000000u % 1000000000 + (unsigned)number, number % 30,
	    101 + number % 900, number % 997 ? "" : "蟋蟀");
	snprintf(day, sizeof(day), "2026-%02d-%02d", 1 + number / 28 % 11,
		 1 + number % 28);
	snprintf(title, sizeof(title), "%s %d %s", day, 101 + number % 900,
		 names[number % 8]);
	final.answers = answers->data;
	final.len = answers->len;
	final.text = text->data;
	must(record_begin(nb, &origin, id, &err));
	must(record_finalise(nb, id, &final, NULL, &err));
}

static void
bench_import(struct notebook *nb, int records)
{
	struct buf answers = { 0 }, text = { 0 };
	double began = now_ms(), took;

	for (int i = 0; i < records; i++) {
		if (i % BATCH == 0)
			must(notebook_begin(nb, &err));
		add_record(nb, i, &answers, &text);
		if (i % BATCH == BATCH - 1 || i == records - 1)
			must(notebook_end(nb, true, &err));
	}
	took = now_ms() - began;
	printf("begin and finalise      %8.0f records/s, %zu bytes of answers, %zu of "
	       "words"
	       " each\n",
	       records / took * 1e3, answers.len, text.len);
	buf_clear(&answers);
	buf_clear(&text);
}

/* All but the last few have been sent; a few came back, a few are being written. */
struct taken {
	struct outbox_answer answers[BATCH];
	char ids[BATCH][UUID_SIZE];
	int count;
	int64_t last;
};

static bool
take(const struct outbox_item *item, void *data)
{
	struct taken *taken = data;
	int i = taken->count++;

	snprintf(taken->ids[i], UUID_SIZE, "%s", item->id);
	taken->answers[i] = (struct outbox_answer){
		.id = taken->ids[i],
		.rev = item->rev,
		.refused = item->seq % 5000 == 0,
		.code = "invalid",
		.path = "room",
		.message = "no such room",
	};
	taken->last = item->seq;
	return true;
}

static void
bench_sync(struct notebook *nb, int records)
{
	struct taken *taken = mem_alloc(sizeof(*taken));
	struct record_origin origin = { .form = "visit", .version = "1" };
	char id[UUID_SIZE];
	double began = now_ms(), took;
	int64_t receipt;

	must(receipt_begin(nb, "http://127.0.0.1:8080", &receipt, &err));
	for (int done = 0; done + BATCH < records; done += taken->count) {
		taken->count = 0;
		must(outbox_each(nb, taken->last, BATCH, take, taken, &err));
		must(outbox_answered(nb, receipt, taken->answers, (size_t)taken->count,
				     &err));
	}
	took = now_ms() - began;
	printf("outbox, answers         %8.0f records/s\n", records / took * 1e3);
	began = now_ms();
	must(receipt_end(nb, receipt, 0, 0, 0, "ok", &err));
	printf("receipt with its digest %8.1f ms\n", now_ms() - began);
	for (int i = 0; i < 20; i++) {
		must(record_begin(nb, &origin, id, &err));
		must(record_draft_save(nb, id, "{}", 2, "草稿", "", &err));
	}
	free(taken);
}

static bool
count_row(const struct record *record, void *data)
{
	(void)record;
	++*(int *)data;
	return true;
}

static int
list(struct notebook *nb, struct record_query query)
{
	int count = 0;

	must(record_list(nb, &query, count_row, &count, &err));
	return count;
}

/* What the home screen asks for at the start. */
static void
home(struct notebook *nb)
{
	struct record_tally tally;
	long today;

	must(record_tally(nb, &tally, &err));
	must(record_today(nb, "visit", &today, &err));
	list(nb, (struct record_query){
		     .states = 1 << RECORD_DRAFT | 1 << RECORD_RETURNED, .limit = 20 });
}

/* A fresh program's first minute: opens, asks, says how large it is. */
static void
start_once(const char *path, const struct clock *clock, double times[3])
{
	double began = now_ms();
	struct notebook *nb = notebook_open(path, false, clock, &err);

	must(nb != NULL);
	times[0] = now_ms() - began;
	began = now_ms();
	home(nb);
	times[1] = now_ms() - began;
	times[2] = (double)resident_kb() / 1024;
	notebook_close(nb);
}

/* The bench itself, run again with a path, so that nothing is warm but the disk. */
static void
bench_home(const char *self, const char *path)
{
	double opening[REPEATS], asking[REPEATS], resident = 0;
	char command[2 * PATH_ROOM];

	snprintf(command, sizeof(command), "'%s' --start '%s'", self, path);
	for (int i = 0; i < REPEATS; i++) {
		FILE *child = popen(command, "r");

		if (!child || fscanf(child, "%lf %lf %lf", &opening[i], &asking[i],
				     &resident) != 3)
			exit(3);
		pclose(child);
	}
	printf("open                    %8.2f ms\n", median(opening, REPEATS));
	printf("tally, today, 20 newest %8.2f ms, the first time\n",
	       median(asking, REPEATS));
	printf("resident then           %8.1f MB\n", resident);
}

static void
bench_search(struct notebook *nb)
{
	static const struct {
		const char *what;
		struct record_query query;
	} cases[] = {
		{ "search 蟋蟀 (few)", { .search = "蟋蟀" } },
		{ "search 王, 50 of them", { .search = "王", .limit = 50 } },
		{ "search 血压 (all), 50", { .search = "血压", .limit = 50 } },
		{ "search 王 302", { .search = "王 302", .limit = 50 } },
		{ "search a phone's end", { .search = "00019999" } },
		{ "search in vain", { .search = "不存在的词" } },
		{ "newest 50", { .limit = 50 } },
		{ "50 of a form", { .form = "micro", .limit = 50 } },
		{ "a day", { .day = "2026-11-02" } },
	};
	double times[REPEATS];
	int found = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int n = 0; n < REPEATS; n++) {
			double began = now_ms();

			found = list(nb, cases[i].query);
			times[n] = now_ms() - began;
		}
		printf("%8.2f ms  %s: %d\n", median(times, REPEATS), cases[i].what,
		       found);
	}
}

int
main(int argc, char **argv)
{
	const char *parent = argc > 1 ? argv[1] : ".";
	int records = argc > 2 ? atoi(argv[2]) : 20000;
	char dir[PATH_ROOM - 32], path[PATH_ROOM];
	struct notebook *nb;
	struct clock clock;

	must(clock_init(&clock, &err));
	if (argc == 3 && !strcmp(argv[1], "--start")) {
		double times[3];

		start_once(argv[2], &clock, times);
		printf("%f %f %f\n", times[0], times[1], times[2]);
		return 0;
	}
	snprintf(dir, sizeof(dir), "%s/bench-notebook.XXXXXX", parent);
	if (!mkdtemp(dir)) {
		perror(dir);
		return 3;
	}
	snprintf(path, sizeof(path), "%s/worker.db", dir);
	nb = notebook_open(path, true, &clock, &err);
	must(nb != NULL);
	bench_save(nb, dir);
	printf("%d records\n", records);
	bench_import(nb, records);
	bench_sync(nb, records);
	notebook_close(nb);
	bench_home(argv[0], path);
	nb = notebook_open(path, false, &clock, &err);
	must(nb != NULL);
	bench_search(nb);
	notebook_close(nb);
	unlink(path);
	rmdir(dir);
	return 0;
}
