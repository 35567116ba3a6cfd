/* What may be chosen and typed, how it is written and whether it is right. */
#include "logic_world.h"

#include <time.h>

/* ---- choices ---- */

static const char *const choice_rows[] = {
	"select_one town t",
	"select_one street s | choice_filter=f = ${t}",
	"select_multiple street m | choice_filter=f = ${t}",
	"text hide",
	"select_one street late | choice_filter=f = ${t} | relevant=${hide} = ''",
	"select_one odd o | choice_filter=f = ${t}",
	"calculate label | calculation=jr:choice-name(${s}, '${s}')",
	"choice town a | label=Atown",
	"choice town b | label=Btown",
	"choice street a1 | label=First | f=a",
	"choice street a2 | label=Second | f=a",
	"choice street b1 | label=Third | f=b",
	"choice odd other | label=Else a | f=a",
	"choice odd other | label=Else b | f=b",
	NULL,
};

static void
check_choices(struct world *w, const char *path, const char *want)
{
	struct err err = { 0 };
	struct node *node = at(w, path);
	size_t count;
	const size_t *rows = logic_choices(w->l, node, &count, &err);
	char got[200] = "";

	CHECK(rows != NULL);
	for (size_t i = 0; rows && i < count; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ",
			 logic_choice_name(w->l, node->def, rows[i]));
	CHECK_STR(got, want);
}

static void
filters_say_what_may_be_chosen(void)
{
	struct world w = world_of(choice_rows, NULL);

	begin(&w);
	check_choices(&w, "t", "a b ");
	check_choices(&w, "s", "");
	put(&w, "t", "a");
	check_choices(&w, "s", "a1 a2 ");
	put(&w, "s", "a2");
	CHECK_STR(is(&w, "label"), "Second");
	put(&w, "o", "other");
	check_verdict(&w, "s", LOGIC_GOOD, "");
	check_verdict(&w, "o", LOGIC_GOOD, "");
	put(&w, "s", "b1"); /* in the list, but not here */
	check_verdict(&w, "s", LOGIC_CHOICE,
		      "\"b1\" is not among the choices here: please choose again.");
	end(&w);
}

static void
a_choice_that_is_filtered_away_is_cleared(void)
{
	struct world w = world_of(choice_rows, NULL);

	begin(&w);
	put(&w, "t", "a");
	put(&w, "s", "a2");
	put(&w, "m", "a2 a1");
	put(&w, "late", "a1");
	put(&w, "o", "other");
	put(&w, "hide", "yes");
	put(&w, "t", "b");
	CHECK_STR(is(&w, "s"), "");
	CHECK_STR(is(&w, "label"), "");
	CHECK_STR(is(&w, "m"), "");
	CHECK_STR(is(&w, "o"), "other"); /* another row of that name is let through */
	CHECK_STR(is(&w, "late"), "a1"); /* not asked now: looked at when it is */
	put(&w, "hide", "");
	CHECK_STR(is(&w, "late"), "");
	end(&w);
}

static void
a_choice_may_have_blanks_in_its_name(void)
{
	static const char csv[] =
	    "survey\n,type,name,label,choice_filter\n,text,t,T,\n"
	    ",select_one l,s,S,f = ${t}\nchoices\n"
	    ",list_name,name,label,f\n,l,two words,Two of them,a\n";
	struct world w = { .form = help_form_text(csv, strlen(csv)) };
	struct buf out = { 0 };

	CHECK(w.form != NULL);
	if (!w.form)
		return;
	clock_stop_at(&w.clock, "2026-11-05T20:20:00+08:00", NULL);
	w.in = instance_new(w.form);
	begin(&w);
	put(&w, "t", "a");
	put(&w, "s", "two words");
	check_verdict(&w, "s", LOGIC_GOOD, "");
	logic_answer_text(w.l, at(&w, "s"), true, &out);
	CHECK_STR(buf_text(&out), "Two of them");
	put(&w, "t", "b");
	CHECK_STR(is(&w, "s"), "");
	buf_clear(&out);
	end(&w);
}

static void
a_long_list_is_filtered_by_its_index(void)
{
	struct buf csv = { 0 };
	const size_t n = 100000;
	char name[32];

	buf_str(
	    &csv,
	    "survey\n,type,name,label,choice_filter\n,text,k,K,\n"
	    ",select_one many,p,P,key = ${k}\nchoices\n,list_name,name,label,key\n");
	for (size_t i = 0; i < n; i++)
		buf_fmt(&csv, ",many,p%zu,P,k%zu\n", i, i / 5);
	struct world w = { .form = help_form_text(csv.data, csv.len) };
	struct timespec from, to;
	size_t count;

	buf_clear(&csv);
	clock_stop_at(&w.clock, "2026-11-05T20:20:00+08:00", NULL);
	w.in = instance_new(w.form);
	begin(&w);
	put(&w, "k", "k7");
	logic_choices(w.l, at(&w, "p"), &count, NULL); /* makes the index */
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "k%d", i);
		put(&w, "k", name);
		logic_choices(w.l, at(&w, "p"), &count, NULL);
		CHECK_INT(count, 5);
		snprintf(name, sizeof(name), "p%d", i * 5 + 2);
		put(&w, "p", name);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 +
		    (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	printf("100,000 choices: %.3f ms an answer and its choices\n", ms / 100);
	CHECK(ms / 100 < 5);
	end(&w);
}

/* ---- what is typed ---- */

static const char *const typed_rows[] = {
	"text text",
	"integer int",
	"decimal dec",
	"date date",
	"time time",
	"dateTime moment",
	"select_one c one",
	"select_multiple c many",
	"rank c rank",
	"note note | label=N",
	"calculate calc | calculation=1",
	"choice c x | label=X",
	"choice c y | label=Y",
	"choice c z | label=Z",
	NULL,
};

/* clang-format off */
static const struct { const char *field, *typed, *want; } typed[] = { /* NULL: refused */
	{ "text", "  王阿姨　", "王阿姨" }, { "text", "ＡＢ", "ＡＢ" }, { "text", "e\xcc\x81", "\xc3\xa9" },
	{ "text", "", "" }, { "text", "a\nb", "a\nb" },
	{ "int", "7", "7" }, { "int", "007", "7" }, { "int", " １２ ", "12" }, { "int", "-3", "-3" },
	{ "int", "+3", "3" }, { "int", "-0", "0" }, { "int", "000", "0" }, { "int", "", "" },
	{ "int", "　", "" }, { "int", "abc", NULL }, { "int", "1.5", NULL }, { "int", "1 2", NULL },
	{ "int", "--1", NULL }, { "int", "1e3", NULL }, { "int", "1234567890123456", NULL },
	{ "int", "999999999999999", "999999999999999" }, { "int", "−4", "-4" },
	{ "dec", "1.50", "1.5" }, { "dec", "３。５", "3.5" }, { "dec", ".5", "0.5" }, { "dec", "5.", "5" },
	{ "dec", "1,5", NULL }, { "dec", "+2.5", "2.5" }, { "dec", "-2.50", "-2.5" }, { "dec", ".", NULL },
	{ "dec", "1e3", NULL }, { "dec", "0.1", "0.1" }, { "dec", "18600", "18600" },
	{ "date", "2026-11-05", "2026-11-05" }, { "date", "2026/11/05", "2026-11-05" },
	{ "date", "2026.11.5", "2026-11-05" }, { "date", "20261105", "2026-11-05" },
	{ "date", "2026年11月5日", "2026-11-05" }, { "date", "２０２６－１１－０５", "2026-11-05" },
	{ "date", "2026-11-05T10:00:00+08:00", "2026-11-05" }, { "date", "2024-02-29", "2024-02-29" },
	{ "date", "2026-02-29", NULL }, { "date", "2026-13-01", NULL }, { "date", "2026-11-31", NULL },
	{ "date", "1105", NULL }, { "date", "2026-11-05x", NULL }, { "date", "tomorrow", NULL },
	{ "date", "", "" }, { "date", "20260230", NULL },
	{ "time", "9:5", "09:05" }, { "time", "905", "09:05" }, { "time", "0905", "09:05" },
	{ "time", "９：０５", "09:05" }, { "time", "23:59", "23:59" }, { "time", "24:00", NULL },
	{ "time", "9:60", NULL }, { "time", "09:10:00.000+08:00", "09:10:00.000+08:00" },
	{ "time", "9点5分", "09:05" }, { "time", "9", "09:00" }, { "time", "noon", NULL },
	{ "time", "9:5x", NULL }, { "time", "12345", NULL }, { "time", "9:05:30", "09:05:30" },
	{ "moment", "2026-11-05T09:05:00+08:00", "2026-11-05T09:05:00+08:00" },
	{ "moment", "2026-11-05 9:05", "2026-11-05T09:05:00+08:00" },
	{ "moment", "2026-11-05", "2026-11-05T00:00:00+08:00" }, { "moment", "2026-11-05 25:00", NULL },
	{ "one", "x", "x" }, { "one", " y ", "y" }, { "one", "X", NULL }, { "one", "x y", NULL },
	{ "many", "x", "x" }, { "many", "y x", "y x" }, { "many", "y  x y", "y x" }, { "many", "x q", NULL },
	{ "many", " ", "" }, { "rank", "z x y", "z x y" }, { "note", "x", NULL }, { "note", "", "" },
	{ "calc", "1", "1" }, { "calc", "2", NULL },
};
/* clang-format on */

static void
what_is_typed_becomes_canonical(void)
{
	struct world w = world_of(typed_rows, NULL);
	struct err err;

	begin(&w);
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		struct node *node = at(&w, typed[i].field);
		char name[200], before[200];
		bool ok;

		snprintf(name, sizeof(name), "%s: \"%s\"", typed[i].field,
			 typed[i].typed);
		check_case(name);
		snprintf(before, sizeof(before), "%s", node->text);
		err = (struct err){ 0 };
		ok = logic_answer(w.l, node, typed[i].typed, &err);
		CHECK(ok == (typed[i].want != NULL));
		CHECK(ok == !*err.text);
		CHECK_STR(node->text, typed[i].want ? typed[i].want : before);
		if (ok)
			CHECK_INT(logic_check(w.l, node, NULL), LOGIC_GOOD);
	}
	check_close();
	end(&w);
}

/* ---- verdicts ---- */

static void
verdicts_come_in_order_and_say_what_to_do(void)
{
	static const char *const rows[] = {
		"integer a | required=yes | constraint=. > 5 | "
		"constraint_message=Above ${b}, "
		"please.",
		"integer b | constraint=. > 0",
		"text c | required=yes | required_message=Name them.",
		"geopoint where | required=yes",
		"text d | relevant=${b} = 1 | required=yes",
		"calculate e | calculation=date(${c})",
		"note f | label=F | required=yes",
		"begin_group g",
		"date day",
		"select_one l pick",
		"end_group",
		"choice l x | label=X",
		NULL,
	};
	struct world w = world_of(rows, NULL);
	struct buf message = { 0 };

	begin(&w);
	check_verdict(&w, "a", LOGIC_REQUIRED,
		      "This must be answered: please fill it in.");
	put(&w, "a", "3");
	put(&w, "b", "0");
	check_verdict(&w, "a", LOGIC_CONSTRAINT, "Above 0, please.");
	check_verdict(&w, "b", LOGIC_CONSTRAINT,
		      "The form does not allow this answer: please check it.");
	put(&w, "b", "");
	check_verdict(&w, "b", LOGIC_GOOD, "");
	check_verdict(&w, "c", LOGIC_REQUIRED, "Name them.");
	check_verdict(&w, "d", LOGIC_GOOD, "");
	check_verdict(&w, "f", LOGIC_GOOD, "");
	CHECK_INT(logic_check(w.l, at(&w, "where"), NULL), LOGIC_UNSERVED);
	put(&w, "c", "nonsense");
	CHECK_STR(is(&w, "e"), "");
	CHECK_INT(logic_check(w.l, at(&w, "e"), &message), LOGIC_TYPE);
	CHECK(strstr(buf_text(&message), "nonsense") != NULL);
	put(&w, "c", "2026-11-05");
	check_verdict(&w, "e", LOGIC_GOOD, "");
	instance_set(w.in, at(&w, "g/day"), "2026-02-30");
	CHECK_INT(logic_check(w.l, at(&w, "g/day"), NULL), LOGIC_TYPE);
	instance_set(w.in, at(&w, "g/pick"), "gone");
	CHECK_INT(logic_check(w.l, at(&w, "g/pick"), NULL), LOGIC_CHOICE);
	buf_reset(&message);
	CHECK(logic_check_all(w.l, &message, NULL, NULL) == at(&w, "a"));
	CHECK_STR(buf_text(&message), "Above , please.");
	buf_clear(&message);
	end(&w);
}

static void
calculations_are_written_as_javarosa_writes_them(void)
{
	static const char *const rows[] = {
		"text t",
		"calculate nan | calculation=number('x')",
		"calculate yes | calculation=true()",
		"calculate no | calculation=false()",
		"calculate of_no | calculation=if(${no}, 'on', 'off')",
		"calculate near | calculation=0.1 * 3 * 10",
		"calculate third | calculation=1 div 3",
		"date day | calculation=today() + 1",
		"integer whole | calculation=7.9",
		"calculate text_day | calculation=date('2026-11-05')",
		"calculate said_day | calculation=concat('on ', ${text_day})",
		"dateTime moment | calculation=now()",
		NULL,
	};
	struct world w = world_of(rows, NULL);

	begin(&w);
	CHECK_STR(is(&w, "nan"), "");
	CHECK_STR(is(&w, "yes"), "1");
	CHECK_STR(is(&w, "no"), "0");
	CHECK_STR(is(&w, "of_no"), "off");
	CHECK_STR(is(&w, "near"), "3");
	CHECK_STR(is(&w, "third"), "0.3333333333333333");
	CHECK_STR(is(&w, "day"), "2026-11-06");
	CHECK_STR(is(&w, "whole"), "7");
	CHECK_STR(is(&w, "text_day"), "2026-11-05T00:00:00+08:00");
	CHECK_STR(is(&w, "said_day"), "on 2026-11-05");
	CHECK(strstr(is(&w, "moment"), "2026-11-05T20:20:00") == is(&w, "moment"));
	end(&w);
}

static void
texts_hold_answers_in_the_language_in_use(void)
{
	struct form *form = help_form("dispute");
	struct world w = { .form = form };
	struct buf out = { 0 };
	struct node *party;

	clock_stop_at(&w.clock, "2026-11-05T20:20:00+08:00", NULL);
	w.around.language = "zh";
	w.in = instance_new(form);
	begin(&w);
	logic_label(w.l, at(&w, "risks"), &out);
	CHECK_STR(buf_text(&out), "激化苗头");
	logic_use_language(w.l, "en");
	buf_reset(&out);
	logic_label(w.l, at(&w, "risks"), &out);
	CHECK_STR(buf_text(&out), "Risk of escalation");
	party = add(&w, "", "parties");
	CHECK_STR(party->first->def->name, "p_side");
	put(&w, "parties[1]/p_phone", "14200000011");
	buf_reset(&out);
	logic_answer_text(w.l, at(&w, "parties[1]/p_phone"), false, &out);
	CHECK_STR(buf_text(&out), "*******0011");
	buf_reset(&out);
	logic_answer_text(w.l, at(&w, "parties[1]/p_phone"), true, &out);
	CHECK_STR(buf_text(&out), "14200000011");
	put(&w, "accept_result", "declined");
	buf_reset(&out);
	logic_answer_text(w.l, at(&w, "accept_result"), true, &out);
	CHECK_STR(buf_text(&out),
		  logic_choice_label(w.l, at(&w, "accept_result")->def, 1));
	buf_clear(&out);
	end(&w);
}

int
main(void)
{
	RUN(filters_say_what_may_be_chosen);
	RUN(a_choice_that_is_filtered_away_is_cleared);
	RUN(a_choice_may_have_blanks_in_its_name);
	RUN(a_long_list_is_filtered_by_its_index);
	what_is_typed_becomes_canonical();
	RUN(verdicts_come_in_order_and_say_what_to_do);
	RUN(calculations_are_written_as_javarosa_writes_them);
	RUN(texts_hold_answers_in_the_language_in_use);
	return CHECK_DONE();
}
