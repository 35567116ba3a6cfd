/*
 * fill - many records made from the sample's, for measuring
 *
 *   fill lines N          N lines for `minqing import`, each with an ID of its own
 *   fill notebook N       N finished records into the one notebook of MINQING_HOME
 *   fill ndjson           its waiting records as the client's batches, uncompressed
 */
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "mem.h"
#include "notebook.h"
#include "outbox.h"
#include "place.h"
#include "records.h"
#include "session.h"
#include "uuid.h"
#include "wire.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_A_TRANSACTION 500

static const char *const files[] = { "visits", "disputes", "volunteers", "others" };

static struct err err;

static void
must(bool good)
{
	if (good)
		return;
	fprintf(stderr, "fill: %s\n", err.text);
	exit(3);
}

struct lines {
	char **at;
	size_t count, cap;
};

#define HANZI 3 /* bytes of one in UTF-8 */

static bool
is_hanzi(const char *at)
{
	unsigned char c = (unsigned char)*at;

	return c >= 0xe4 && c <= 0xe9;
}

/* Every hanzi of the sample, as often as it stands there. */
static struct buf hanzi;

static void
gather_hanzi(const struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		for (const char *at = l->at[i]; *at; at++)
			if (is_hanzi(at))
				buf_add(&hanzi, at, HANZI);
}

static void
read_sample(struct lines *l)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char path[128], *line = NULL;
		size_t room = 0;
		FILE *in;

		snprintf(path, sizeof(path), "tests/data/sample/%s.jsonl", files[i]);
		in = fopen(path, "r");
		must(in || err_set(&err, ERR_SYSTEM, "%s cannot be read", path));
		while (getline(&line, &room, in) > 0) {
			line[strcspn(line, "\n")] = '\0';
			l->at = mem_grow(l->at, &l->cap, l->count + 1, sizeof(*l->at));
			l->at[l->count++] = mem_strdup(line);
		}
		free(line);
		fclose(in);
	}
	gather_hanzi(l);
}

static const char *
any_hanzi(void)
{
	static uint64_t state = 20261123; /* the same records at every run */

	state = state * 6364136223846793005u + 1442695040888963407u;
	return hanzi.data + (state >> 33) % (hanzi.len / HANZI) * HANZI;
}

/* The same text in other words. */
static void
reword(const char *text, size_t len, struct buf *out)
{
	for (const char *at = text; at < text + len; at += is_hanzi(at) ? HANZI : 1)
		buf_add(out, is_hanzi(at) ? any_hanzi() : at, is_hanzi(at) ? HANZI : 1);
}

/* Texts get other words and sentences a second one, so that records are as long as
 * people's and no easier to compress; codes and numbers stay, so that the forms still
 * take them. */
static void
reworded(const char *line, struct buf *out)
{
	while (*line) {
		size_t len = strcspn(line, "\"");

		reword(line, len, out);
		if (len > HANZI && !strncmp(line + len - HANZI, "。", HANZI))
			reword(line, len, out);
		line += len;
		if (*line)
			buf_char(out, *line++);
	}
}

/* The line with another ID and other words. */
static void
another(const char *line, struct buf *out)
{
	static const char key[] = "\"_id\":\"";
	const char *id = strstr(line, key);
	char uuid[UUID_SIZE];

	uuid_new(1767225600000, uuid);
	buf_reset(out);
	buf_add(out, line, (size_t)(id - line) + sizeof(key) - 1);
	buf_str(out, uuid);
	reworded(id + sizeof(key) - 1 + UUID_SIZE - 1, out);
}

static void
write_lines(const struct lines *l, long n)
{
	struct buf out = { 0 };

	for (long i = 0; i < n; i++) {
		another(l->at[(size_t)i % l->count], &out);
		puts(buf_text(&out));
	}
	buf_clear(&out);
}

static void
fill_notebook(struct notebook *nb, const struct lines *l, long n)
{
	struct buf line = { 0 }, field = { 0 };

	for (long i = 0; i < n; i++) {
		if (i % RECORDS_A_TRANSACTION == 0)
			must(notebook_begin(nb, &err));
		another(l->at[(size_t)i % l->count], &line);
		must(session_import(nb, buf_text(&line), line.len, &field, &err) ==
		    IMPORT_ADDED);
		if (i % RECORDS_A_TRANSACTION == RECORDS_A_TRANSACTION - 1 || i == n - 1)
			must(notebook_end(nb, true, &err));
	}
	buf_clear(&line);
	buf_clear(&field);
}

static bool
write_item(const struct outbox_item *item, void *data)
{
	struct buf *out = data;

	buf_reset(out);
	wire_record_write(item, out);
	fwrite(out->data, 1, out->len, stdout);
	return true;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long n = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	struct lines sample = { 0 };
	struct notebook *nb = NULL;
	struct buf out = { 0 };
	struct clock clock;

	must(clock_init(&clock, &err));
	read_sample(&sample);
	if (strcmp(what, "lines") == 0) {
		write_lines(&sample, n);
	} else {
		nb = place_open(NULL, &clock, NULL, &err);
		must(nb != NULL);
		if (strcmp(what, "notebook") == 0)
			fill_notebook(nb, &sample, n);
		else
			must(outbox_each(nb, 0, INT_MAX, write_item, &out, &err));
	}
	notebook_close(nb);
	buf_clear(&out);
	buf_clear(&hanzi);
	for (size_t i = 0; i < sample.count; i++)
		free(sample.at[i]);
	free(sample.at);
	return 0;
}
