/*
 * corpus_xform - other people's XForms: each loads, with all its binds, controls and
 * languages
 *
 *   tests/corpus_xform [DIR]     DIR holds index.tsv and the forms
 *
 * The index counts names in the text. What it took for a control and is none (in a
 * comment, or an element of the record that is called so) is counted out here.
 */
#include "corpus_help.h"

#include "clock.h"
#include "err.h"
#include "form.h"
#include "instance.h"
#include "logic.h"
#include "submission.h"

#include <ctype.h>

enum field { FILE_NAME, ORIGIN, BYTES, BINDS, CONTROLS, LANGUAGES };

static const char *const names[] = { "input", "select1", "select", "rank", "range",
	"upload", "trigger", "secret", "textarea", "bind", NULL };

/* "<h:input" of that name; *exact: the whole name, not "<input-2". */
static bool
is_tag(const char *at, const char *name, bool *exact)
{
	const char *p = at + 1, *colon = p;
	size_t n = strlen(name);

	while (isalnum((unsigned char)*colon) || *colon == '_')
		colon++;
	if (*colon == ':')
		p = colon + 1;
	if (strncmp(p, name, n) != 0 || isalnum((unsigned char)p[n]) || p[n] == '_')
		return false;
	*exact = p[n] == '>' || p[n] == '/' || isspace((unsigned char)p[n]);
	return true;
}

struct miscount {
	int binds, controls;
};

/* What a count of names in the text takes for binds and controls. */
static struct miscount
count_names(const char *text)
{
	struct miscount wrong = { 0, 0 };
	const char *comment = NULL;
	bool in_body = false;

	for (const char *at = text; *at; at++) {
		if (!comment && !strncmp(at, "<!--", 4))
			comment = at;
		if (comment && !strncmp(at, "-->", 3))
			comment = NULL;
		if (*at != '<')
			continue;
		if (!comment &&
		    (!strncmp(at, "<h:body", 7) || !strncmp(at, "<body", 5)))
			in_body = true;
		if (!comment &&
		    (!strncmp(at, "</h:body", 8) || !strncmp(at, "</body", 6)))
			in_body = false;
		for (size_t i = 0; names[i]; i++) {
			bool exact, bind = !strcmp(names[i], "bind");

			if (!is_tag(at, names[i], &exact))
				continue;
			if (bind && comment)
				wrong.binds++;
			if (!bind && (comment || !in_body || !exact))
				wrong.controls++;
			break;
		}
	}
	return wrong;
}

static bool
check_count(const char *what, int got, int want)
{
	if (got != want)
		printf("  %s: got %d, want %d\n", what, got, want);
	return got == want;
}

/* A repeat without instances is there, or pruned: as it is when it was read. */
static void
settle_json(const struct form *form, struct buf *json)
{
	struct instance *in = instance_new(form);

	instance_from_json(in, buf_text(json), json->len, false, NULL);
	buf_reset(json);
	instance_to_json(in, false, json);
	instance_free(in);
}

/* A new record of it, written and read back. */
static bool
check_record(const struct form *form)
{
	struct submission s = { .id = "uuid:1", .name = "n" };
	struct clock clock = { 0 };
	struct logic_world world = { .clock = &clock };
	struct instance *in = instance_new(form), *back = instance_new(form);
	struct buf xml = { 0 }, left = { 0 }, right = { 0 };
	struct err err = { 0 };
	struct logic *logic = NULL;
	bool good = clock_stop_at(&clock, "2026-11-23T18:00:00+08:00", &err) &&
		    (logic = logic_new(in, &world, &err)) != NULL &&
		    logic_begin(logic, &err);

	if (good) {
		submission_write(in, &s, &xml);
		good = submission_read(back, buf_text(&xml), xml.len, &err);
		instance_to_json(in, true, &left);
		settle_json(form, &left);
		instance_to_json(back, false, &right);
	}
	if (!good)
		printf("  record: %s\n", err.text);
	else if (strcmp(buf_text(&left), buf_text(&right)) != 0)
		good = printf("  %s\n  %s\n", buf_text(&left), buf_text(&right)) < 0;
	logic_free(logic);
	instance_free(in);
	instance_free(back);
	buf_clear(&xml);
	buf_clear(&left);
	buf_clear(&right);
	return good;
}

static bool
check_form(struct corpus *c, char *row[CORPUS_FIELDS])
{
	struct form_files files = { corpus_list, NULL };
	struct err err = { 0 };
	struct miscount wrong;
	struct form *form;
	size_t len = 0;
	char *text = corpus_read(c->dir, row[FILE_NAME], &len);
	bool good;

	form = text ? form_read(text, len, &files, NULL, NULL, &err) : NULL;
	if (!form) {
		printf("  %s\n", text ? err.text : "cannot be read");
		free(text);
		return false;
	}
	wrong = count_names(text);
	good =
	    check_count("binds", (int)form->bind_count, atoi(row[BINDS]) - wrong.binds);
	good = check_count("controls", (int)form->control_count,
		   atoi(row[CONTROLS]) - wrong.controls) &&
	       good;
	/* a form without any itext has one language here */
	good = check_count("languages", form->itext ? (int)form->language_count : 0,
		   atoi(row[LANGUAGES])) &&
	       good;
	good = check_record(form) && good;
	form_free(form);
	free(text);
	return good;
}

int
main(int argc, char **argv)
{
	struct corpus c;
	char *text, *at, *row[CORPUS_FIELDS];

	corpus_open(&c, argc, argv, "xforms");
	text = at = corpus_read(c.dir, "index.tsv", NULL);
	if (!corpus_row(&at, row)) {
		printf("FAIL %s/index.tsv cannot be read\n", c.dir);
		c.failed++;
	}
	while (corpus_row(&at, row)) {
		if (corpus_is_skipped(&c, "xforms-skips.txt", row[FILE_NAME]))
			continue;
		if (check_form(&c, row)) {
			c.passed++;
		} else {
			printf("FAIL %s\n", row[FILE_NAME]);
			c.failed++;
		}
	}
	free(text);
	return corpus_close(&c);
}
