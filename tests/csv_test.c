/*
 * csv_test - tables as people's spreadsheets really write them
 */
#include "check.h"

#include "buf.h"
#include "csv.h"
#include "err.h"

#include <stdlib.h>

#define S(text) text, sizeof(text) - 1

/* Rows as "line/row:cell|cell;" and what ended them: "." or "!". */
static void
spell(struct buf *out, const char *text, size_t len, struct err *err)
{
	struct csv_reader r;
	char *copy = malloc(len ? len : 1); /* exactly as long: ASan watches */
	int got;

	memcpy(copy, text, len);
	buf_reset(out);
	csv_reader_init(&r, copy, len);
	while ((got = csv_next(&r, err)) == 1) {
		size_t i;

		buf_fmt(out, "%d/%d:", r.line, r.row);
		for (i = 0; i < r.count; i++)
			buf_fmt(out, "%s%s", i ? "|" : "", csv_cell(&r, i));
		CHECK_STR(csv_cell(&r, r.count), "");
		buf_char(out, ';');
	}
	buf_char(out, got == 0 ? '.' : '!');
	CHECK_INT(csv_next(&r, err), 0); /* it stays ended */
	csv_reader_clear(&r);
	free(copy);
}

static void
reading(void)
{
	/* clang-format off */
	static const struct { const char *text; size_t len; const char *want; } cases[] = {
		{ S(""), "." },
		{ S("\xEF\xBB\xBF"), "." },
		{ S("a"), "1/1:a;." },
		{ S("a,b\nc,d\n"), "1/1:a|b;2/2:c|d;." },
		{ S("a,b\r\nc,d\r\n"), "1/1:a|b;2/2:c|d;." },
		{ S("a,b\rc,d\r"), "1/1:a|b;2/2:c|d;." },
		{ S("\xEF\xBB\xBF名,b\n"), "1/1:名|b;." },
		{ S("\xEF\xBB\xBF\"a,\",b\n"), "1/1:a,|b;." },
		{ S(",\na,\n,b"), "2/2:a|;3/3:|b;." },
		{ S("a\n\n\r\n,,\nb\n\n"), "1/1:a;5/5:b;." },
		{ S("\"a\"\"b\",\"\"\"\",\"\"\n"), "1/1:a\"b|\"|;." },
		{ S("\"a\nb\",c\nd\n"), "1/1:a\nb|c;3/2:d;." },
		{ S("\"a\r\nb\rc\",d\r\ne"), "1/1:a\r\nb\rc|d;4/2:e;." },
		{ S("\n\"x\n\ny\"\n\nz"), "2/2:x\n\ny;6/4:z;." },
		{ S("\"a,b\",c"), "1/1:a,b|c;." },
		{ S(" a , \"b\""), "1/1: a | \"b\";." },
		{ S("a\"b,c"), "1/1:a\"b|c;." },
		{ S("\"\""), "." },
		{ S("x\n\"a\"\n"), "1/1:x;2/2:a;." },
		{ S("\"a\"x\n"), "!" },
		{ S("ok\n\"a\nb\n"), "1/1:ok;!" },
		{ S("\"a\"\""), "!" },
		{ S("a\nb\xFF\n"), "1/1:a;!" },
		{ S("a\0b\n"), "!" },
		{ S("\xFF\xFE" "a\0"), "!" },
		{ S("\xC4\xE3\xBA\xC3,gbk\n"), "!" },
	};
	/* clang-format on */
	struct buf out = { 0 };
	struct err err;
	char name[40];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_close();
		snprintf(name, sizeof(name), "csv row %zu", i);
		check_case(name);
		err = (struct err){ 0 };
		spell(&out, cases[i].text, cases[i].len, &err);
		CHECK_STR(buf_text(&out), cases[i].want);
		CHECK((err.kind == ERR_INPUT) == (strchr(cases[i].want, '!') != NULL));
	}
	buf_clear(&out);
}

static void
errors_name_the_line(void)
{
	struct buf out = { 0 };
	struct err err = { 0 };

	spell(&out, S("a\nb,\"c\nd\ne\n"), &err);
	CHECK_STR(err.text, "line 2: a quote (\") is opened here and never closed");
	spell(&out, S("a\n\"x\ny\",\xE7\x8E\n"), &err);
	CHECK(strstr(err.text, "line 3: not UTF-8"));
	spell(&out, S("a\n\n\"x\"y\n"), &err);
	CHECK(strstr(err.text, "line 3: text after"));
	buf_clear(&out);
}

static void
columns_have_a_limit(void)
{
	char text[CSV_COLUMNS_MAX + 8];
	struct csv_reader r;
	struct err err = { 0 };

	memset(text, ',', CSV_COLUMNS_MAX);
	text[CSV_COLUMNS_MAX - 1] = 'x';
	csv_reader_init(&r, text, CSV_COLUMNS_MAX);
	CHECK_INT(csv_next(&r, &err), 1);
	CHECK_INT(r.count, CSV_COLUMNS_MAX);
	csv_reader_clear(&r);

	text[CSV_COLUMNS_MAX - 1] = ',';
	csv_reader_init(&r, text, CSV_COLUMNS_MAX);
	CHECK_INT(csv_next(&r, &err), -1);
	CHECK(strstr(err.text, "line 1: more than 512 columns"));
	csv_reader_clear(&r);
}

static void
writing_reads_back(void)
{
	static const char *const cells[] = { "plain", "", "a,b", "say \"hi\"", "\"",
		"two\nlines", "cr\r", " blanks ", "王淑芳" };
	const size_t count = sizeof(cells) / sizeof(cells[0]);
	struct buf out = { 0 };
	struct csv_reader r;
	size_t i;

	for (i = 0; i < count; i++)
		csv_write(&out, i == 0, cells[i]);
	buf_str(&out, "\r\n");
	CHECK_STR(buf_text(&out),
	    "plain,,\"a,b\",\"say \"\"hi\"\"\",\"\"\"\",\"two\nlines\",\"cr\r\","
	    " blanks ,王淑芳\r\n");
	csv_reader_init(&r, out.data, out.len);
	CHECK_INT(csv_next(&r, NULL), 1);
	CHECK_INT(r.count, count);
	for (i = 0; i < count; i++)
		CHECK_STR(csv_cell(&r, i), cells[i]);
	CHECK_INT(csv_next(&r, NULL), 0);
	csv_reader_clear(&r);
	buf_clear(&out);
}

int
main(void)
{
	reading();
	RUN(errors_name_the_line);
	RUN(columns_have_a_limit);
	RUN(writing_reads_back);
	return CHECK_DONE();
}
