/* What is relevant, required, calculated and right: on small forms. */
#include "check.h"
#include "form_help.h"

#include "expr.h"

#include <time.h>

struct world {
	struct form *form;
	struct instance *in;
	struct logic *l;
	struct clock clock;
	struct logic_world around;
};

static struct world
world_of(const char *const rows[], const struct instance *last_saved)
{
	struct world w = { .form = help_form_rows(rows) };
	struct err err = { 0 };

	CHECK(w.form != NULL);
	if (!w.form)
		exit(1);
	clock_stop_at(&w.clock, "2026-11-05T20:20:00+08:00", &err);
	w.around = (struct logic_world){ .language = "zh",
					 .user = "chen",
					 .device = "d1",
					 .last_saved = last_saved };
	w.in = instance_new(w.form);
	return w;
}

/* Begins here: the clock's place must not move afterwards. */
static void
begin(struct world *w)
{
	struct err err = { 0 };

	w->around.clock = &w->clock;
	w->l = logic_new(w->in, &w->around, &err);
	CHECK_STR(err.text, "");
	CHECK(w->l && logic_begin(w->l, &err));
}

static void
end(struct world *w)
{
	logic_free(w->l);
	instance_free(w->in);
	form_free(w->form);
}

static struct node *
at(struct world *w, const char *path)
{
	struct node *node = instance_find(w->in, path);

	if (!node) {
		fprintf(stderr, "  no node %s\n", path);
		exit(1);
	}
	return node;
}

static void
put(struct world *w, const char *path, const char *text)
{
	struct err err = { 0 };
	struct node *node = help_node(w->l, w->in, path);

	CHECK(node && logic_answer(w->l, node, text, &err));
	CHECK_STR(err.text, "");
}

static const char *
is(struct world *w, const char *path)
{
	return at(w, path)->text;
}

static struct node *
add(struct world *w, const char *parent, const char *repeat)
{
	struct node *node = *parent ? at(w, parent) : instance_root(w->in);
	const struct def *def = form_find(w->form, repeat);

	return logic_repeat_add(w->l, node, def, instance_repeat_count(node, def),
				NULL);
}

static void
check_json(struct world *w, const char *want)
{
	struct buf out = { 0 };

	instance_to_json(w->in, true, &out);
	CHECK_STR(buf_text(&out), want);
	buf_clear(&out);
}

static void
check_verdict(struct world *w, const char *path, enum logic_verdict want,
	      const char *text)
{
	struct buf message = { 0 };

	CHECK_INT(logic_check(w->l, at(w, path), &message), want);
	CHECK_STR(buf_text(&message), text);
	buf_clear(&message);
}

/* ---- beginning ---- */

static void
defaults_come_in_order_with_calculations_settled(void)
{
	static const char *const rows[] = {
		"integer a | default=3",
		"date d | default=today()",
		"calculate twice | calculation=${a} * 2",
		"integer b | default=${twice} + 1",
		"integer c | default=${b} + ${late}",
		"integer late | default=5",
		"start s",
		"end e",
		"today t",
		"username u",
		"deviceid dev",
		NULL,
	};
	struct world w = world_of(rows, NULL);

	begin(&w);
	CHECK_STR(is(&w, "b"), "7");
	CHECK_STR(is(&w, "c"), "12");
	CHECK_STR(is(&w, "d"), "2026-11-05");
	CHECK_STR(is(&w, "s"), "2026-11-05T20:20:00+08:00");
	CHECK_STR(is(&w, "t"), "2026-11-05");
	CHECK_STR(is(&w, "u"), "chen");
	CHECK_STR(is(&w, "dev"), "d1");
	CHECK_STR(is(&w, "e"), "");
	put(&w, "a", "10"); /* a default is given once */
	CHECK_STR(is(&w, "twice"), "20");
	CHECK_STR(is(&w, "b"), "7");
	w.clock.ms += 60000;
	logic_finish(w.l);
	CHECK_STR(is(&w, "e"), "2026-11-05T20:21:00+08:00");
	end(&w);
}

static const char *const saved_rows[] = {
	"text who | default=${last-saved#who}",
	"text mine | default=x",
	"begin_group g",
	"integer n | default=${last-saved#n} + 1",
	"end_group",
	"set instance_name | value=concat(${who}, '/', ${n})",
	NULL,
};

static void
the_last_saved_record_gives_defaults(void)
{
	struct world old = world_of(saved_rows, NULL), w;
	struct buf name = { 0 };

	begin(&old);
	CHECK_STR(is(&old, "who"), ""); /* there is none yet */
	CHECK_STR(is(&old, "g/n"), "");
	put(&old, "who", "陈桂芳");
	put(&old, "n", "4");

	w = world_of(saved_rows, old.in);
	begin(&w);
	CHECK_STR(is(&w, "who"), "陈桂芳");
	CHECK_STR(is(&w, "n"), "5");
	logic_instance_name(w.l, &name);
	CHECK_STR(buf_text(&name), "陈桂芳/5");
	end(&w);

	w = world_of(saved_rows, old.in);
	w.around.ignore_last_saved = true;
	begin(&w);
	CHECK_STR(is(&w, "who"), "");
	CHECK_STR(is(&w, "mine"), "x");
	end(&w);
	end(&old);
	buf_clear(&name);
}

/* ---- relevance ---- */

static void
relevance_goes_down_and_answers_come_back(void)
{
	static const char *const rows[] = {
		"text mode",
		"begin_group outer | relevant=${mode} = 'a'",
		"begin_group inner",
		"integer x | default=7",
		"text y | relevant=${x} > 5",
		"end_group",
		"end_group",
		"calculate read | calculation=concat('[', ${x}, ']')",
		"calculate n | calculation=count(${x})",
		NULL,
	};
	struct world w = world_of(rows, NULL);

	begin(&w);
	CHECK(!at(&w, "outer")->relevant && !at(&w, "outer/inner/x")->relevant);
	CHECK(at(&w, "x")->self_relevant);
	CHECK_STR(is(&w, "x"), "7"); /* kept, but not to be seen */
	CHECK_STR(is(&w, "read"), "[]");
	CHECK_STR(is(&w, "n"), "0");
	put(&w, "mode", "a");
	CHECK(at(&w, "x")->relevant && at(&w, "y")->relevant);
	CHECK_STR(is(&w, "read"), "[7]");
	CHECK_STR(is(&w, "n"), "1");
	put(&w, "x", "3");
	CHECK(!at(&w, "y")->relevant);
	put(&w, "mode", "b");
	CHECK_STR(is(&w, "read"), "[]");
	CHECK_STR(is(&w, "x"), "3");
	check_json(&w, "{\"mode\":\"b\",\"read\":\"[]\",\"n\":0}");
	put(&w, "mode", "a");
	CHECK_STR(is(&w, "read"), "[3]");
	end(&w);
}

static void
calculations_are_done_where_they_are_not_relevant(void)
{
	static const char *const rows[] = {
		"integer a",
		"begin_group g | relevant=${a} > 10",
		"calculate b | calculation=${a} * 2",
		"end_group",
		"calculate c | calculation=concat('[', ${b}, ']')",
		NULL,
	};
	struct world w = world_of(rows, NULL);

	begin(&w);
	put(&w, "a", "4");
	CHECK_STR(is(&w, "b"), "8");
	CHECK_STR(is(&w, "c"), "[]");
	check_json(&w, "{\"a\":4,\"c\":\"[]\"}");
	put(&w, "a", "11");
	CHECK_STR(is(&w, "c"), "[22]");
	end(&w);
}

/* ---- only what depends ---- */

static void
nothing_else_is_computed_again(void)
{
	/* uuid() is another one each time: equal means that it was not computed. */
	static const char *const rows[] = {
		"integer a",
		"integer b",
		"calculate of_a | calculation=concat(${a}, uuid())",
		"calculate of_of_a | calculation=concat(${of_a}, uuid())",
		"calculate of_b | calculation=concat(${b}, uuid())",
		NULL,
	};
	struct world w = world_of(rows, NULL);
	char of_a[100], of_of_a[100], of_b[100];

	begin(&w);
	put(&w, "a", "1");
	snprintf(of_a, sizeof(of_a), "%s", is(&w, "of_a"));
	snprintf(of_of_a, sizeof(of_of_a), "%s", is(&w, "of_of_a"));
	snprintf(of_b, sizeof(of_b), "%s", is(&w, "of_b"));
	put(&w, "a", "1"); /* the same answer is no change */
	CHECK_STR(is(&w, "of_a"), of_a);
	logic_changes_clear(w.l);
	put(&w, "a", "2");
	CHECK(strcmp(is(&w, "of_a"), of_a) != 0);
	CHECK(strcmp(is(&w, "of_of_a"), of_of_a) != 0);
	CHECK_STR(is(&w, "of_b"), of_b);
	CHECK_INT(logic_changes(w.l), 3);
	CHECK(at(&w, "a")->changed && at(&w, "of_a")->changed && !at(&w, "b")->changed);
	CHECK(at(&w, "a")->touched && !at(&w, "b")->touched);
	end(&w);
}

static const char *const repeat_rows[] = {
	"integer rate | default=1",
	"begin_repeat r",
	"integer x",
	"calculate own | calculation=concat(${x}, uuid())",
	"calculate paid | calculation=${x} * ${rate}",
	"calculate place | calculation=position(..)",
	"calculate share | calculation=${x} div ${sum}",
	"end_repeat",
	"calculate sum | calculation=sum(${x})",
	"calculate n | calculation=count(${r})",
	"calculate last | calculation=/rec/r[position() = last()]/x",
	NULL,
};

static void
a_change_in_an_instance_stays_in_it(void)
{
	struct world w = world_of(repeat_rows, NULL);
	char own[3][100];

	begin(&w);
	for (int i = 0; i < 3; i++)
		add(&w, "", "r");
	put(&w, "r[1]/x", "1");
	put(&w, "r[2]/x", "2");
	put(&w, "r[3]/x", "3");
	for (int i = 0; i < 3; i++) {
		char path[20];

		snprintf(path, sizeof(path), "r[%d]/own", i + 1);
		snprintf(own[i], sizeof(own[i]), "%s", is(&w, path));
	}
	put(&w, "r[2]/x", "5");
	CHECK_STR(is(&w, "r[1]/own"), own[0]);
	CHECK(strcmp(is(&w, "r[2]/own"), own[1]) != 0);
	CHECK_STR(is(&w, "r[3]/own"), own[2]);
	CHECK_STR(is(&w, "sum"), "9");
	CHECK_STR(is(&w, "r[3]/share"), "0.3333333333333333");
	put(&w, "rate", "10"); /* from outside: every instance */
	CHECK_STR(is(&w, "r[1]/paid"), "10");
	CHECK_STR(is(&w, "r[3]/paid"), "30");
	CHECK_STR(is(&w, "r[3]/own"), own[2]);
	end(&w);
}

static void
instances_added_deleted_and_moved_are_counted(void)
{
	struct world w = world_of(repeat_rows, NULL);

	begin(&w);
	CHECK_STR(is(&w, "n"), "0");
	CHECK_STR(is(&w, "sum"), "0");
	for (int i = 0; i < 4; i++)
		add(&w, "", "r");
	put(&w, "r[1]/x", "1");
	put(&w, "r[2]/x", "2");
	put(&w, "r[3]/x", "4");
	put(&w, "r[4]/x", "8");
	CHECK_STR(is(&w, "n"), "4");
	CHECK_STR(is(&w, "sum"), "15");
	CHECK_STR(is(&w, "last"), "8");
	CHECK_STR(is(&w, "r[4]/place"), "4");
	CHECK(logic_repeat_delete(w.l, at(&w, "r[2]"), NULL));
	CHECK_STR(is(&w, "n"), "3");
	CHECK_STR(is(&w, "sum"), "13");
	CHECK_STR(is(&w, "r[2]/x"), "4");
	CHECK_STR(is(&w, "r[2]/place"), "2");
	CHECK(logic_repeat_move(w.l, at(&w, "r[3]"), 0, NULL));
	CHECK_STR(is(&w, "r[1]/x"), "8");
	CHECK_STR(is(&w, "r[1]/place"), "1");
	CHECK_STR(is(&w, "r[3]/place"), "3");
	CHECK_STR(is(&w, "last"), "4");
	while (instance_find(w.in, "r[1]"))
		CHECK(logic_repeat_delete(w.l, at(&w, "r[1]"), NULL));
	CHECK_STR(is(&w, "n"), "0");
	CHECK_STR(is(&w, "last"), "");
	check_json(&w, "{\"rate\":1,\"r\":[],\"sum\":0,\"n\":0}");
	end(&w);
}

static void
repeats_within_repeats_keep_apart(void)
{
	static const char *const rows[] = {
		"begin_repeat house",
		"text street | default=s",
		"begin_repeat room",
		"integer beds",
		"calculate of | calculation=concat(${street}, ${beds})",
		"end_repeat",
		"calculate beds_here | calculation=sum(${beds})",
		"calculate rooms | calculation=count(${room})",
		"end_repeat",
		"calculate all | calculation=sum(${beds})",
		NULL,
	};
	struct world w = world_of(rows, NULL);

	begin(&w);
	add(&w, "", "house");
	add(&w, "", "house");
	put(&w, "house[2]/street", "t");
	for (int i = 0; i < 2; i++)
		CHECK(logic_repeat_add(w.l, at(&w, "house[1]"),
				       form_find(w.form, "room"), 0, NULL) != NULL);
	CHECK(logic_repeat_add(w.l, at(&w, "house[2]"), form_find(w.form, "room"), 0,
			       NULL) != NULL);
	put(&w, "house[1]/room[1]/beds", "1");
	put(&w, "house[1]/room[2]/beds", "2");
	put(&w, "house[2]/room[1]/beds", "4");
	CHECK_STR(is(&w, "house[1]/beds_here"), "3");
	CHECK_STR(is(&w, "house[2]/beds_here"), "4");
	CHECK_STR(is(&w, "all"), "7");
	CHECK_STR(is(&w, "house[1]/rooms"), "2");
	CHECK_STR(is(&w, "house[2]/room[1]/of"), "t4");
	put(&w, "house[1]/street", "u");
	CHECK_STR(is(&w, "house[1]/room[2]/of"), "u2");
	CHECK_STR(is(&w, "house[2]/room[1]/of"), "t4");
	CHECK(logic_repeat_delete(w.l, at(&w, "house[1]"), NULL));
	CHECK_STR(is(&w, "all"), "4");
	end(&w);
}

/* ---- counts ---- */

static void
instances_follow_their_count(void)
{
	static const char *const rows[] = {
		"integer many",
		"begin_repeat r | repeat_count=${many}",
		"text a | default=x",
		"integer place | default=position(..)",
		"begin_repeat in | repeat_count=2",
		"text b",
		"end_repeat",
		"end_repeat",
		"calculate n | calculation=count(${r})",
		NULL,
	};
	struct world w = world_of(rows, NULL);
	struct err err = { 0 };

	begin(&w);
	CHECK(!logic_repeat_is_free(w.l, form_find(w.form, "r")));
	CHECK_INT(instance_repeat_count(instance_root(w.in), form_find(w.form, "r")),
		  0);
	put(&w, "many", "3");
	CHECK_STR(is(&w, "n"), "3");
	CHECK_STR(is(&w, "r[3]/a"), "x");
	CHECK_STR(is(&w, "r[3]/place"), "3");
	CHECK_STR(is(&w, "r[3]/in[2]/b"), "");
	put(&w, "r[3]/a", "typed");
	put(&w, "many", "1"); /* a slip must not lose what was typed */
	CHECK_STR(is(&w, "n"), "1");
	CHECK(!at(&w, "r[3]")->relevant && !at(&w, "r[3]/in[1]/b")->relevant);
	put(&w, "many", "3");
	CHECK_STR(is(&w, "n"), "3");
	CHECK_STR(is(&w, "r[3]/a"), "typed");
	put(&w, "many", "");
	CHECK_STR(is(&w, "n"), "0");
	CHECK(!logic_repeat_add(w.l, instance_root(w.in), form_find(w.form, "r"), 0,
				&err));
	CHECK(*err.text);
	CHECK(!logic_repeat_delete(w.l, at(&w, "r[1]"), &err));
	put(&w, "many", "1000000");
	CHECK_STR(is(&w, "n"), "2000");
	end(&w);
}

static void
a_count_may_depend_on_the_last_instance(void)
{
	static const char *const rows[] = {
		"begin_repeat r | repeat_count=if(count(/rec/r) = 0 or "
		"/rec/r[position() = last()]/more = 'yes', count(/rec/r) + 1, "
		"count(/rec/r))",
		"text more",
		"end_repeat",
		NULL,
	};
	struct world w = world_of(rows, NULL);

	begin(&w);
	CHECK(instance_find(w.in, "r[1]") && !instance_find(w.in, "r[2]"));
	put(&w, "r[1]/more", "yes");
	CHECK(instance_find(w.in, "r[2]") && !instance_find(w.in, "r[3]"));
	put(&w, "r[2]/more", "no");
	CHECK(!instance_find(w.in, "r[3]"));
	end(&w);
}

static void
a_count_by_its_bare_name_stands_beside_the_repeat(void)
{
	static const char *const rows[] = {
		"begin_repeat r",
		"integer many",
		"begin_repeat in | repeat_count=${many}",
		"text a",
		"end_repeat",
		"end_repeat",
		NULL,
	};
	struct world w = { .form = help_form_rows(rows) };

	/* As a hand-written XForm may have it; an XLSForm always says ../many. */
	form_find(w.form, "in")->repeat_count = expr_parse("many", w.form->arena, NULL);
	graph_free(w.form->graph);
	w.form->graph = graph_new(w.form, NULL);
	CHECK(w.form->graph != NULL);
	clock_stop_at(&w.clock, "2026-11-05T20:20:00+08:00", NULL);
	w.in = instance_new(w.form);
	begin(&w);
	add(&w, "", "r");
	add(&w, "", "r");
	put(&w, "r[2]/many", "2");
	CHECK(!instance_find(w.in, "r[1]/in[1]"));
	CHECK(instance_find(w.in, "r[2]/in[2]") && !instance_find(w.in, "r[2]/in[3]"));
	end(&w);
}

/* ---- circles ---- */

/* clang-format off */
static const struct circle {
	const char *name, *names; /* NULL: no circle */
	const char *const rows[8];
} circles[] = {
	{ "two calculations", "a → b → a",
	    { "calculate a | calculation=${b}", "calculate b | calculation=${a}" } },
	{ "a calculation of itself", "a → a", { "calculate a | calculation=${a} + 1" } },
	{ "its own relevance", "a → a", { "integer a | relevant=${a} > 1" } },
	{ "its own required", "a → a", { "integer a | required=${a} > 1" } },
	{ "its own read_only", "a → a", { "integer a | read_only=${a} > 1" } },
	{ "its own constraint", NULL, { "integer a | constraint=${a} > 1 and . < 9" } },
	{ "relevance of each other", "a → b → a",
	    { "integer a | relevant=${b} > 1", "integer b | relevant=${a} > 1" } },
	{ "required of each other", NULL,
	    { "integer a | required=${b} = ''", "integer b | required=${a} = ''" } },
	{ "a group by what is in it", "g → x → g",
	    { "begin_group g | relevant=${x} = 1", "integer x", "end_group" } },
	{ "a calculation through a group", "g → c → x → g",
	    { "begin_group g | relevant=${c} = 1", "integer x", "end_group",
		"calculate c | calculation=${x}" } },
	{ "three", "a → b → c → a",
	    { "calculate a | calculation=${b}", "calculate b | calculation=${c}",
		"calculate c | calculation=${a}" } },
	{ "in a repeat", "a → b → a",
	    { "begin_repeat r", "calculate a | calculation=${b}",
		"calculate b | calculation=${a}", "end_repeat" } },
	{ "the place in a repeat", NULL,
	    { "begin_repeat r", "calculate a | calculation=position(..)", "end_repeat" } },
	{ "choices of each other", NULL,
	    { "select_one l a | choice_filter=name != ${b}",
		"select_one l b | choice_filter=name != ${a}", "choice l x | label=X",
		"choice l y | label=Y" } },
};
/* clang-format on */

static void
circles_are_refused_by_name(void)
{
	for (size_t i = 0; i < sizeof(circles) / sizeof(circles[0]); i++) {
		const struct circle *c = &circles[i];
		struct err err = { 0 };
		struct form *form = help_form_rows_err(c->rows, &err);

		check_case(c->name);
		CHECK((form == NULL) == (c->names != NULL));
		if (c->names)
			CHECK(strstr(err.text, c->names) != NULL);
		if (c->names && !strstr(err.text, c->names))
			fprintf(stderr, "  %s\n", err.text);
		form_free(form);
	}
	check_close();
}

/* ---- flags ---- */

static void
required_and_read_only_may_be_expressions(void)
{
	static const char *const rows[] = {
		"integer a",
		"text b | required=${a} > 1",
		"begin_group g | read_only=${a} > 2",
		"text c",
		"end_group",
		"text d | read_only=yes | default=fixed",
		NULL,
	};
	struct world w = world_of(rows, NULL);
	struct err err = { 0 };

	begin(&w);
	CHECK(!at(&w, "b")->required);
	put(&w, "a", "2");
	CHECK(at(&w, "b")->required && !at(&w, "g/c")->readonly);
	put(&w, "c", "mine");
	put(&w, "a", "3");
	CHECK(at(&w, "g/c")->readonly);
	CHECK(!logic_answer(w.l, at(&w, "g/c"), "x", &err));
	CHECK_STR(is(&w, "g/c"), "mine");
	CHECK(!logic_answer(w.l, at(&w, "d"), "x", &err));
	CHECK(logic_answer(w.l, at(&w, "d"), "fixed", &err));
	put(&w, "a", "");
	CHECK(!at(&w, "b")->required && !at(&w, "g/c")->readonly);
	end(&w);
}

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
	logic_changes_clear(w.l);
	put(&w, "t", "b");
	CHECK_STR(is(&w, "s"), "");
	CHECK(at(&w, "s")->changed);
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

/* ---- triggers ---- */

static void
a_trigger_sets_when_its_question_changes(void)
{
	static const char *const rows[] = {
		"integer a | default=1",
		"integer b | default=2",
		"text stamp | calculation=concat(${a}, '-', ${b}) | trigger=${a}",
		"begin_repeat r",
		"integer x",
		"text seen | calculation=concat('x', ${x}) | trigger=${x}",
		"end_repeat",
		NULL,
	};
	struct world w = world_of(rows, NULL);

	begin(&w);
	CHECK_STR(is(&w, "stamp"), ""); /* a default is no change */
	put(&w, "b", "5");
	CHECK_STR(is(&w, "stamp"), "");
	put(&w, "a", "3");
	CHECK_STR(is(&w, "stamp"), "3-5");
	put(&w, "b", "6");
	CHECK_STR(is(&w, "stamp"), "3-5");
	put(&w, "stamp", "mine");
	put(&w, "a", "3");
	CHECK_STR(is(&w, "stamp"), "mine");
	add(&w, "", "r");
	add(&w, "", "r");
	put(&w, "r[2]/x", "4");
	CHECK_STR(is(&w, "r[1]/seen"), "");
	CHECK_STR(is(&w, "r[2]/seen"), "x4");
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
	CHECK_STR(buf_text(&out), "142****0011");
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

static void
a_thousand_expressions_are_no_burden(void)
{
	struct buf csv = { 0 };
	struct timespec from, to;
	struct world w = { 0 };
	char text[16];

	buf_str(&csv,
		"survey\n,type,name,label,relevant,calculation,required,constraint\n");
	for (int i = 0; i < 250; i++) {
		buf_fmt(&csv, ",integer,a%d,A,,,${a%d} > 3,. < 1000\n", i,
			(i + 1) % 250);
		buf_fmt(&csv, ",text,t%d,T,${a%d} > 1 and ${a0} != 7,,,\n", i, i);
		buf_fmt(&csv, ",calculate,c%d,,,\"concat(${a%d}, '-', ${c%d})\",,\n", i,
			i, i ? i - 1 : 0);
		if (!i) {
			buf_reset(&csv);
			buf_str(
			    &csv,
			    "survey\n,type,name,label,relevant,calculation,required,"
			    "constraint\n,integer,a0,A,,,,. < 1000\n"
			    ",calculate,c0,,,${a0},,\n");
		}
		buf_fmt(&csv, ",calculate,d%d,,,${a%d} * 2 + ${a0},,\n", i, i);
	}
	w.form = help_form_text(csv.data, csv.len);
	buf_clear(&csv);
	CHECK(w.form != NULL);
	clock_stop_at(&w.clock, "2026-11-05T20:20:00+08:00", NULL);
	w.in = instance_new(w.form);
	begin(&w);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%d", i % 9);
		put(&w, i % 2 ? "a100" : "a248", text);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	double us = ((double)(to.tv_sec - from.tv_sec) * 1e9 +
		     (double)(to.tv_nsec - from.tv_nsec)) /
		    1e3 / 1000;
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "%d", i);
		put(&w, "a0", text);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	double all = ((double)(to.tv_sec - from.tv_sec) * 1e9 +
		      (double)(to.tv_nsec - from.tv_nsec)) /
		     1e3 / 20;
	printf("1,000 expressions: %.0f us an answer, %.0f us when all depend on it\n",
	       us, all);
	CHECK(us < 5000); /* a hundred times what it takes: for slow machines */
	end(&w);
}

int
main(void)
{
	RUN(defaults_come_in_order_with_calculations_settled);
	RUN(the_last_saved_record_gives_defaults);
	RUN(relevance_goes_down_and_answers_come_back);
	RUN(calculations_are_done_where_they_are_not_relevant);
	RUN(nothing_else_is_computed_again);
	RUN(a_change_in_an_instance_stays_in_it);
	RUN(instances_added_deleted_and_moved_are_counted);
	RUN(repeats_within_repeats_keep_apart);
	RUN(instances_follow_their_count);
	RUN(a_count_may_depend_on_the_last_instance);
	RUN(a_count_by_its_bare_name_stands_beside_the_repeat);
	circles_are_refused_by_name();
	RUN(required_and_read_only_may_be_expressions);
	RUN(filters_say_what_may_be_chosen);
	RUN(a_choice_that_is_filtered_away_is_cleared);
	RUN(a_choice_may_have_blanks_in_its_name);
	RUN(a_long_list_is_filtered_by_its_index);
	RUN(a_trigger_sets_when_its_question_changes);
	what_is_typed_becomes_canonical();
	RUN(verdicts_come_in_order_and_say_what_to_do);
	RUN(calculations_are_written_as_javarosa_writes_them);
	RUN(texts_hold_answers_in_the_language_in_use);
	RUN(a_thousand_expressions_are_no_burden);
	return CHECK_DONE();
}
