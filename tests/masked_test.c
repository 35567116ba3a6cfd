/* What may be seen and found of masked answers, and of what a form makes of them. */
#include "check.h"
#include "folder.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "notebook.h"
#include "place.h"
#include "records.h"
#include "session.h"
#include "text.h"

/* A form that says masked answers wherever a form can. */
static const char source[] =
    "settings\n"
    ",form_title,form_id,version,instance_name\n"
    ",Leaky,leaky,1,\"concat(${name}, ' ', ${idno})\"\n"
    "survey\n"
    ",type,name,label,hint,appearance,calculation,constraint,constraint_message\n"
    ",text,name,Name,,,,,\n"
    ",begin_group,g,Group,,,,,\n"
    ",text,idno,ID,,masked,,,\n"
    ",calculate,copy,,,,\"concat('ID ', ${idno}, '!')\",,\n"
    ",text,shown,Shown,,,\"concat(${idno}, '')\",,\n"
    ",note,tell,Say ${idno} aloud,Or ${idno},,,,\n"
    ",select_one kind,kind,Kind of ${idno},,masked,,,\n"
    ",integer,pin,Pin,,masked,,. < 10,Never ${pin}\n"
    ",text,born,Born,,masked,,date(.) < today(),Later\n"
    ",end_group,,,,,,,\n"
    ",begin_repeat,people,People,,,,,\n"
    ",text,phone,Phone,,masked,,,\n"
    ",calculate,dial,,,,\"concat('tel:', ${phone})\",,\n"
    ",end_repeat,,,,,,,\n"
    ",text,note,Note,,,,,\n"
    "choices\n"
    ",list_name,name,label\n"
    ",kind,secretcode,Secret\n"
    ",kind,othercode,Other\n";

#define IDNO  "440301198206150034"
#define PHONE "13900042017"

static const char *home;
static struct clock test_clock;
static struct notebook *nb;

static void
open_notebook(void)
{
	struct err err = { 0 };
	struct worker worker = { .name = "陈桂芳" };
	struct form *form;

	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	setenv("MINQING_FORMS", "forms", 1);
	CHECK(clock_stop_at(&test_clock, "2026-11-23T18:00:00+08:00", &err));
	nb = place_create(&worker, &test_clock, &err);
	form = form_read(source, strlen(source), NULL, NULL, NULL, &err);
	CHECK(nb && form && notebook_form_add(nb, form, source, strlen(source), &err));
	CHECK_STR(err.text, "");
	form_free(form);
}

static void
close_notebook(void)
{
	notebook_close(nb);
	folder_remove(home);
}

static bool
answer(struct session *s, const char *path, const char *text, struct err *err)
{
	struct node *node = instance_find(session_instance(s), path);

	CHECK(node != NULL);
	return node && session_answer(s, node, text, path, err);
}

/* A record with all its answers, as a draft. */
static struct session *
fill(void)
{
	struct err err = { 0 };
	struct session *s = session_new(nb, "leaky", "en", &err);
	struct node *people;

	CHECK(s && answer(s, "name", "王芳", &err) && answer(s, "g/idno", IDNO, &err) &&
	      answer(s, "g/kind", "secretcode", &err));
	people = instance_repeat_at(instance_root(session_instance(s)),
	    form_find(session_form(s), "people"), 0);
	if (!people)
		people = session_repeat_add(s, instance_root(session_instance(s)),
		    form_find(session_form(s), "people"), 0, &err);
	CHECK(people && answer(s, "people[1]/phone", PHONE, &err));
	CHECK(answer(s, "note", "met twice", &err));
	CHECK_STR(err.text, "");
	return s;
}

static void
finish(struct session *s)
{
	struct buf message = { 0 };
	struct err err = { 0 };
	struct node *wrong;

	CHECK_INT(session_finalise(s, &wrong, &message, &err), SESSION_FINAL);
	buf_clear(&message);
}

/* Is a masked answer in there, or more of its end than may be seen? */
static bool
tells(const char *text)
{
	return strstr(text, IDNO) || strstr(text, PHONE) || strstr(text, "50034") ||
	       strstr(text, "42017") || strstr(text, "secretcode") ||
	       strstr(text, "Secret");
}

static bool
count_found(const struct record *r, void *data)
{
	CHECK(!tells(r->title));
	CHECK_STR(r->title, "王芳 **************0034");
	++*(int *)data;
	return true;
}

static int
found(const char *words)
{
	struct record_query query = { .search = words };
	struct err err = { 0 };
	int count = 0;

	CHECK(record_list(nb, &query, count_found, &count, &err));
	CHECK_STR(err.text, "");
	return count;
}

static const struct {
	const char *words;
	int drafts, final;
} searches[] = {
	{ "王芳", 1, 1 },     { "met twice", 1, 1 }, { IDNO, 0, 0 },
	{ PHONE, 0, 0 },      { "50034", 0, 0 },     { "42017", 0, 0 },
	{ "0034", 1, 1 },     { "2017", 1, 1 },      { "19820615", 0, 0 },
	{ "secretcode", 0, 0 },
};

static void
a_draft_is_found_by_what_may_be_seen_of_it(void)
{
	struct session *s;

	open_notebook();
	s = fill();
	for (size_t i = 0; i < sizeof(searches) / sizeof(*searches); i++) {
		check_case(searches[i].words);
		CHECK_INT(found(searches[i].words), searches[i].drafts);
	}
	finish(s);
	session_close(s);
	for (size_t i = 0; i < sizeof(searches) / sizeof(*searches); i++) {
		check_case(searches[i].words);
		CHECK_INT(found(searches[i].words), searches[i].final);
	}
	close_notebook();
}

/* Labels, hints, answers in words; the same over a record that is only read. */
static void
nothing_shows(struct session *s)
{
	struct buf text = { 0 };

	for (struct node *n = instance_root(session_instance(s)); n; n = instance_next(n)) {
		logic_label(session_logic(s), n, &text);
		logic_text(session_logic(s), form_text(session_form(s), &n->def->hint, 0), n,
		    &text);
		logic_check(session_logic(s), n, &text);
		if (n->def->kind == DEF_QUESTION)
			logic_answer_text(session_logic(s), n, false, &text);
		buf_char(&text, '\n');
	}
	CHECK(!tells(buf_text(&text)));
	CHECK(strstr(buf_text(&text), "Say **************0034 aloud"));
	CHECK(strstr(buf_text(&text), "ID **************0034!"));
	CHECK(strstr(buf_text(&text), "tel:*******2017"));
	buf_clear(&text);
}

static void
what_the_form_makes_of_it_is_masked_as_well(void)
{
	struct err err = { 0 };
	struct session *s;
	char id[UUID_SIZE];

	open_notebook();
	s = fill();
	nothing_shows(s);
	finish(s);
	memcpy(id, session_record_id(s), UUID_SIZE);
	session_close(s);
	s = session_view(nb, id, 0, "en", &err);
	CHECK(s != NULL);
	nothing_shows(s);
	session_close(s);
	close_notebook();
}

static void
what_leaves_is_masked_unless_asked_for(void)
{
	struct err err = { 0 };
	struct buf out = { 0 };
	struct session *s;
	char id[UUID_SIZE];

	open_notebook();
	s = fill();
	finish(s);
	memcpy(id, session_record_id(s), UUID_SIZE);
	CHECK(session_submission_masked(nb, id, 0, &out, &err));
	CHECK(!tells(buf_text(&out)));
	CHECK(strstr(buf_text(&out), "instanceName>王芳 **************0034"));
	buf_reset(&out);
	CHECK(session_submission(nb, id, 0, &out, &err)); /* a server gets it all */
	CHECK(strstr(buf_text(&out), "instanceName>王芳 " IDNO));
	buf_reset(&out);
	instance_mask(session_instance(s));
	instance_to_json(session_instance(s), true, &out);
	CHECK(!tells(buf_text(&out)));
	CHECK(strstr(buf_text(&out), "\"copy\":\"ID **************0034!\""));
	session_close(s);
	buf_clear(&out);
	close_notebook();
}

static void
a_sentence_quotes_its_end_only(void)
{
	static const struct {
		const char *path, *text, *quoted;
	} cases[] = {
		{ "g/pin", IDNO "x", "\"***************034x\"" },
		{ "g/pin", "12ab", "\"**ab\"" },
		{ "g/kind", "secretcod", "\"*****tcod\"" },
	};
	struct buf message = { 0 };
	struct err err;
	struct session *s;

	open_notebook();
	s = fill();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check_case(cases[i].text);
		err = (struct err){ 0 };
		CHECK(!answer(s, cases[i].path, cases[i].text, &err));
		CHECK(strstr(err.text, cases[i].quoted) != NULL);
	}
	/* An expression that fails says at what. */
	CHECK(answer(s, "g/born", IDNO, &err));
	CHECK(logic_check(session_logic(s), instance_find(session_instance(s), "g/born"),
		  &message) != LOGIC_GOOD);
	CHECK(strstr(buf_text(&message), "0034") && !tells(buf_text(&message)));
	buf_clear(&message);
	session_close(s);
	close_notebook();
}

static void
an_import_that_is_refused_quotes_its_end_only(void)
{
	static const char *const lines[] = {
		"{\"_form\":\"leaky\",\"name\":\"a\",\"g\":{\"idno\":\"" IDNO
		"\",\"copy\":\"ID 440301198206150035!\"}}",
		"{\"_form\":\"leaky\",\"name\":\"a\",\"g\":{\"pin\":\"" IDNO "y\"}}",
		"{\"_form\":\"leaky\",\"name\":\"a\",\"g\":{\"kind\":\"" IDNO "\"}}",
	};

	open_notebook();
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct err err = { 0 };
		struct buf field = { 0 };

		check_case(lines[i]);
		CHECK_INT(session_import(nb, lines[i], strlen(lines[i]), &field, &err),
		    IMPORT_REFUSED);
		CHECK(*err.text && !strstr(err.text, "4403011982"));
		buf_clear(&field);
	}
	close_notebook();
}

static void
keep_difference(const struct difference *d, void *data)
{
	buf_fmt(data, "%s %s %s\n", d->label, d->one, d->other);
}

static void
revisions_side_by_side_stay_masked(void)
{
	struct err err = { 0 };
	struct buf text = { 0 };
	struct session *one, *other;

	open_notebook();
	one = fill();
	other = fill();
	CHECK(answer(other, "g/idno", "110101198206150012", &err));
	CHECK(session_compare(one, other, keep_difference, &text) > 0);
	CHECK(!tells(buf_text(&text)) && !strstr(buf_text(&text), "1101011982"));
	buf_clear(&text);
	session_close(one);
	session_close(other);
	close_notebook();
}

static void
of_a_short_one_half_stays_hidden(void)
{
	static const struct {
		const char *text, *seen;
	} cases[] = {
		{ "", "" },       { "1", "*" },           { "12", "*2" },
		{ "1234", "**34" }, { "1234567", "****567" }, { "12345678", "****5678" },
		{ IDNO, "**************0034" }, { "王芳", "*芳" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf seen = { 0 };

		text_mask(cases[i].text, &seen);
		CHECK_STR(buf_text(&seen), cases[i].seen);
		buf_clear(&seen);
	}
}

int
main(void)
{
	i18n_use("en");
	RUN(a_draft_is_found_by_what_may_be_seen_of_it);
	RUN(what_the_form_makes_of_it_is_masked_as_well);
	RUN(what_leaves_is_masked_unless_asked_for);
	RUN(a_sentence_quotes_its_end_only);
	RUN(an_import_that_is_refused_quotes_its_end_only);
	RUN(revisions_side_by_side_stay_masked);
	RUN(of_a_short_one_half_stays_hidden);
	return CHECK_DONE();
}
