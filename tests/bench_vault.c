/*
 * bench_vault - what the seal costs, as ratios of a sealed notebook to a plain one
 *
 *	bench_vault [DIR [RECORDS]]
 *
 * Both notebooks stand in the same folder and do the same work turn by turn, so that
 * both see the same disk and the same processor. Medians of rounds.
 */
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "notebook.h"
#include "records.h"
#include "vault.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SAVES  1000
#define PAIRS  5 /* of notebooks, for these */
#define BATCH  500
#define SCANS  15
#define OPENS  15
#define UNLOCK 5

enum { PLAIN, SEALED, KINDS };

static struct err err;
static struct clock clock_;
static char paths[KINDS][300];
static struct vault_key *key;

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
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *times, int count)
{
	qsort(times, (size_t)count, sizeof(*times), compare);
	return times[count / 2];
}

static struct notebook *
open_one(int kind, bool create)
{
	struct notebook *nb =
	    kind == SEALED
		? notebook_open_sealed(paths[kind], create, key, &clock_, &err)
		: notebook_open(paths[kind], create, &clock_, &err);

	must(nb != NULL);
	return nb;
}

static void
tell(const char *what, double plain, double sealed, const char *unit)
{
	printf("%-28s plain %8.3f %s, sealed %8.3f %s: ratio %.2f\n", what, plain, unit,
	       sealed, unit, sealed / plain);
}

static void
write_answers(struct buf *out, int number, int fields)
{
	buf_reset(out);
	buf_fmt(out, "{\"room\":\"%d\"", 101 + number % 900);
	for (int i = 0; i < fields; i++)
		buf_fmt(out, ",\"question_%d\":\"%s %d\"", i,
			i % 4 ? "household" : "独居，希望每周有人上门量血压。", number);
	buf_char(out, '}');
}

static void
remove_one(int kind)
{
	char ballast[sizeof(paths) + 16];

	snprintf(ballast, sizeof(ballast), "%s.ballast", paths[kind]);
	unlink(ballast);
	unlink(paths[kind]);
}

/* One durable commit each: a field that is left. In several pairs of new notebooks: where
 * the file system happens to lay one costs up to a third of a commit, either way. */
static void
bench_saves(void)
{
	static double times[KINDS][SAVES];
	struct record_origin origin = { .form = "visit", .version = "1" };
	char ids[KINDS][UUID_SIZE];
	struct buf answers = { 0 };
	double sums[KINDS] = { 0 };
	struct notebook *nb[KINDS] = { NULL };

	for (int i = 0; i < SAVES; i++) {
		for (int k = 0; i % (SAVES / PAIRS) == 0 && k < KINDS; k++) {
			notebook_close(nb[k]);
			remove_one(k);
			nb[k] = open_one(k, true);
			must(record_begin(nb[k], &origin, ids[k], &err));
		}
		write_answers(&answers, i, i % 30);
		for (int turn = 0; turn < KINDS; turn++) {
			int k = (turn + i) % KINDS; /* nobody always comes first */
			double began = now_ms();

			must(record_draft_save(nb[k], ids[k], answers.data, answers.len,
					       "302 王阿姨", "g_who/room", &err));
			times[k][i] = now_ms() - began;
			sums[k] += times[k][i];
		}
	}
	tell("durable commits, means", sums[PLAIN] / SAVES, sums[SEALED] / SAVES, "ms");
	tell("durable commits, medians", median(times[PLAIN], SAVES),
	     median(times[SEALED], SAVES), "ms");
	for (int k = 0; k < KINDS; k++) {
		notebook_close(nb[k]);
		remove_one(k);
	}
	buf_clear(&answers);
}

static void
add_batch(struct notebook *nb, int from, int count)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct buf answers = { 0 }, text = { 0 };

	must(notebook_begin(nb, &err));
	for (int i = from; i < from + count; i++) {
		char id[UUID_SIZE], day[16];
		struct record_final final = { .title = "302 王阿姨", .day = day,
					      .version = "1" };

		write_answers(&answers, i, 30);
		buf_reset(&text);
		buf_fmt(&text,
			"王小满 1%010d 巴登街%d号楼 %d 独居，希望每周有人上门量血压、陪聊"
			"一次。四楼楼道堆放纸箱和旧沙发，已劝说业主当天搬走。 南园街道 "
			"巴登社区 U站 楼栋长 入户走访 在家 自有 高龄 空巢 精神尚可，腿脚"
			"不便，家中无跌倒隐患。",
			i, i % 30, 101 + i % 900);
		snprintf(day, sizeof(day), "2026-%02d-%02d", 1 + i / 28 % 11, 1 + i % 28);
		final.answers = answers.data;
		final.len = answers.len;
		final.text = buf_text(&text);
		must(record_begin(nb, &origin, id, &err));
		must(record_finalise(nb, id, &final, NULL, &err));
	}
	must(notebook_end(nb, true, &err));
	buf_clear(&answers);
	buf_clear(&text);
}

static void
bench_bulk(struct notebook *nb[KINDS], int records)
{
	double sums[KINDS] = { 0 };

	for (int from = 0; from < records; from += BATCH)
		for (int turn = 0; turn < KINDS; turn++) {
			int k = (turn + from / BATCH) % KINDS;
			double began = now_ms();

			add_batch(nb[k], from, BATCH);
			sums[k] += now_ms() - began;
		}
	tell("bulk insert, a record", sums[PLAIN] / records, sums[SEALED] / records, "ms");
}

static bool
count_row(const struct record *record, void *data)
{
	(void)record;
	++*(int *)data;
	return true;
}

/* Every record's words are looked through; nothing is found. */
static double
scan(struct notebook *nb)
{
	struct record_query query = { .search = "不存在的词" };
	double began = now_ms();
	int found = 0;

	must(record_list(nb, &query, count_row, &found, &err));
	return now_ms() - began;
}

/* The system forgets the file, as if the machine had just been switched on. */
static void
forget_file(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fsync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) {
		perror(path);
		exit(3);
	}
	close(fd);
}

/*
 * The first after opening reads and opens every page of the words, from the disk in the
 * morning and from the system's memory after a lock; those behind it find them in the
 * cache.
 */
static void
bench_scan(void)
{
	static double first[2][KINDS][SCANS], later[KINDS][SCANS];

	for (int i = 0; i < SCANS; i++)
		for (int warm = 0; warm < 2; warm++)
			for (int turn = 0; turn < KINDS; turn++) {
				int k = (turn + i) % KINDS;
				struct notebook *nb;

				if (!warm)
					forget_file(paths[k]);
				nb = open_one(k, false);
				first[warm][k][i] = scan(nb);
				later[k][i] = scan(nb);
				notebook_close(nb);
			}
	tell("scan, first of the day", median(first[0][PLAIN], SCANS),
	     median(first[0][SEALED], SCANS), "ms");
	tell("scan, first after a lock", median(first[1][PLAIN], SCANS),
	     median(first[1][SEALED], SCANS), "ms");
	tell("scan, every other", median(later[PLAIN], SCANS), median(later[SEALED], SCANS),
	     "ms");
}

static void
bench_open(void)
{
	double times[KINDS][OPENS], plain, sealed;

	for (int i = 0; i < OPENS; i++)
		for (int turn = 0; turn < KINDS; turn++) {
			int k = (turn + i) % KINDS;
			double began = now_ms();
			struct notebook *nb = open_one(k, false);
			struct record_tally tally;

			must(record_tally(nb, &tally, &err));
			times[k][i] = now_ms() - began;
			notebook_close(nb);
		}
	plain = median(times[PLAIN], OPENS);
	sealed = median(times[SEALED], OPENS);
	tell("open, with the key at hand", plain, sealed, "ms");
	printf("%-28s %+.2f ms\n", "that is", sealed - plain);
}

static void
bench_key(const char *path)
{
	struct vault_passphrase p = { "海棠 花 又 开 了", sizeof("海棠 花 又 开 了") - 1 };
	struct vault_choice choice = { .passphrase = &p };
	struct vault_key *calibrated;
	struct vault_facts facts;
	double times[UNLOCK];

	calibrated = vault_key_new(&choice, &err);
	must(calibrated != NULL);
	must(vault_change(path, key, &choice, &err));
	for (int i = 0; i < UNLOCK; i++) {
		double began = now_ms();
		struct vault_key *opened = vault_unlock(path, &p, &err);

		times[i] = now_ms() - began;
		must(opened != NULL);
		vault_key_free(opened);
	}
	must(vault_facts(path, &facts, &err));
	printf("%-28s %.0f ms (%u passes over %u MiB, calibrated)\n", "key from passphrase",
	       median(times, UNLOCK), facts.cost.passes, facts.cost.kib / 1024);
	vault_key_free(calibrated);
}

int
main(int argc, char **argv)
{
	const struct vault_cost cheap = { .passes = 1, .kib = 8 };
	struct vault_passphrase p = { "bench bench", 11 };
	struct vault_choice choice = { &p, NULL, &cheap };
	int records = argc > 2 ? atoi(argv[2]) : 20000;
	struct notebook *nb[KINDS];
	char dir[256];

	must(clock_init(&clock_, &err));
	snprintf(dir, sizeof(dir), "%s/bench-vault.XXXXXX", argc > 1 ? argv[1] : ".");
	if (!mkdtemp(dir)) {
		perror(dir);
		return 3;
	}
	snprintf(paths[PLAIN], sizeof(paths[PLAIN]), "%s/plain.notebook", dir);
	snprintf(paths[SEALED], sizeof(paths[SEALED]), "%s/sealed.notebook", dir);
	key = vault_key_new(&choice, &err);
	must(key != NULL);
	bench_saves();
	for (int k = 0; k < KINDS; k++)
		nb[k] = open_one(k, true);
	bench_bulk(nb, records);
	for (int k = 0; k < KINDS; k++)
		notebook_close(nb[k]);
	bench_open();
	bench_scan();
	bench_key(paths[SEALED]);
	vault_key_free(key);
	for (int k = 0; k < KINDS; k++)
		remove_one(k);
	rmdir(dir);
	return 0;
}
