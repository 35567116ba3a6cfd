/*
 * corpus_xlsform - pyxform's own tests: what it accepts gives the same model as the
 * XForm that it makes of it; what it refuses is refused, at the same place
 *
 *   tests/corpus_xlsform [DIR]     DIR holds index.tsv, ok/ and err/
 *
 * Which place is meant is read from pyxform's sentence: "[row : 3] On the 'survey'
 * sheet, …". With MINQING_SHOW=1 both models of a case that fails are printed.
 */
#include "corpus_help.h"

#include "err.h"
#include "form.h"

#include <stdint.h>

enum field { ID, KIND, TEST, FORM_NAME, ERROR_TEXT };

struct place {
	const char *sheet; /* "" when the sentence names none */
	int row;           /* 0 when it names none */
	bool found;
};

static char *
read_case(const struct corpus *c, const char *kind, const char *id, const char *end,
    size_t *len)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/%s%s", kind, id, end);
	return corpus_read(c->dir, name, len);
}

/* ---- accepted, with the same model ---- */

static const char *
next_line(const char *s)
{
	return s + strcspn(s, "\n") + (strchr(s, '\n') != NULL);
}

static void
print_line(const char *sign, const char *line)
{
	printf("  %s %.*s\n", sign, (int)strcspn(line, "\n"), line);
}

static bool
same_line(const char *a, const char *b)
{
	size_t n = strcspn(a, "\n");

	return strcspn(b, "\n") == n && !memcmp(a, b, n);
}

/* The first lines that differ. */
static bool
compare(const char *table, const char *xform)
{
	int told = 0;

	while (*table || *xform) {
		if (!same_line(table, xform)) {
			print_line("xlsform:", table);
			print_line("xform:  ", xform);
			if (++told == 3)
				break;
		}
		table = next_line(table);
		xform = next_line(xform);
	}
	return !told;
}

struct beside {
	const char *dir, *id;
};

/* External choices stand in a file of the case's own. */
static struct list *
list_beside(void *data, const char *filename, struct err *err)
{
	const struct beside *beside = data;
	char own[64];
	size_t len;
	char *text;
	struct list *list;

	if (strcmp(filename, "itemsets.csv") != 0)
		return corpus_list((void *)(uintptr_t)beside->dir, filename, err);
	snprintf(own, sizeof(own), "%s.%s", beside->id, filename);
	text = corpus_read(beside->dir, own, &len);
	list = text ? list_read(filename, text, len, err) : NULL;
	free(text);
	return list;
}

static struct form *
read_form(struct corpus *c, const char *id, const char *end)
{
	char dir[300];
	struct beside beside = { dir, id };
	struct form_files files = { list_beside, &beside };
	struct err err = { 0 };
	size_t len = 0;
	char *text = read_case(c, "ok", id, end, &len);
	struct form *form;

	snprintf(dir, sizeof(dir), "%s/ok", c->dir);
	form = text ? form_read(text, len, &files, NULL, NULL, &err) : NULL;
	if (!form)
		printf("  %s: %s\n", end, text ? err.text : "cannot be read");
	free(text);
	return form;
}

struct counts {
	size_t ok, accepted, equal, err, refused;
};

static bool
check_ok(struct corpus *c, const char *id, struct counts *counts)
{
	struct form *table = read_form(c, id, ".csv"),
		    *xform = read_form(c, id, ".xml");
	struct buf left = { 0 }, right = { 0 };
	bool same = false;

	counts->ok++;
	counts->accepted += table != NULL;
	if (table && xform) {
		form_show(table, &left);
		form_show(xform, &right);
		same = compare(buf_text(&left), buf_text(&right));
		if (!same && getenv("MINQING_SHOW"))
			printf("%s---\n%s", buf_text(&left), buf_text(&right));
	}
	counts->equal += same;
	buf_clear(&left);
	buf_clear(&right);
	form_free(table);
	form_free(xform);
	return same;
}

/* ---- refused ---- */

static void
match(const struct form_problem *p, void *data)
{
	struct place *place = data;

	if (p->warning)
		return;
	if ((!place->sheet[0] || (p->sheet && !strcmp(p->sheet, place->sheet))) &&
	    (!place->row || p->row == place->row))
		place->found = true;
}

/* A row without a sheet is the survey's. */
static struct place
read_place(const char *sentence, char sheet[32])
{
	struct place place = { .sheet = sheet };
	const char *row = strstr(sentence, "[row : "),
		   *on = strstr(sentence, "On the '");

	sheet[0] = '\0';
	if (row)
		place.row = atoi(row + 7);
	if (on && sscanf(on, "On the '%30[a-z_]' sheet", sheet) == 1)
		return place;
	if (place.row)
		strcpy(sheet, "survey");
	return place;
}

static bool
check_err(struct corpus *c, char *row[CORPUS_FIELDS], struct counts *counts)
{
	char sheet[32];
	struct place place = read_place(row[ERROR_TEXT], sheet);
	struct form_files files = { corpus_list, NULL };
	struct err err = { 0 };
	size_t len = 0;
	char *text = read_case(c, "err", row[ID], ".csv", &len);
	struct form *form;

	form = text ? form_read(text, len, &files, match, &place, &err) : NULL;
	free(text);
	counts->err++;
	counts->refused += text && !form;
	if (text && !form && place.found)
		return true;
	printf("  wanted: %s\n", row[ERROR_TEXT]);
	printf("  got: %s\n", !text ? "no file" : form ? "accepted" : err.text);
	form_free(form);
	return false;
}

int
main(int argc, char **argv)
{
	struct counts counts = { 0 };
	struct corpus c;
	char *text, *at, *row[CORPUS_FIELDS];

	corpus_open(&c, argc, argv, "pyxform");
	text = at = corpus_read(c.dir, "index.tsv", NULL);
	if (!corpus_row(&at, row)) {
		printf("FAIL %s/index.tsv cannot be read\n", c.dir);
		c.failed++;
	}
	while (corpus_row(&at, row)) {
		if (corpus_is_skipped(&c, "xlsform-skips.txt", row[ID]))
			continue;
		if (!strcmp(row[KIND], "ok") ? check_ok(&c, row[ID], &counts)
					     : check_err(&c, row, &counts)) {
			c.passed++;
		} else {
			printf("FAIL %s %s\n", row[ID], row[TEST]);
			c.failed++;
		}
	}
	free(text);
	printf("%zu of %zu accepted, %zu models equal; %zu of %zu refused\n",
	    counts.accepted, counts.ok, counts.equal, counts.refused, counts.err);
	return corpus_close(&c);
}
