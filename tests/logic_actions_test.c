/* What a form sets by itself when a record begins, repeats grow and answers change. */
#include "check.h"
#include "form_help.h"

struct world {
	struct form *form;
	struct instance *in;
	struct logic *l;
	struct clock clock;
};

static const char head[] =
    "<h:html xmlns='http://www.w3.org/2002/xforms' "
    "xmlns:h='http://www.w3.org/1999/xhtml' "
    "xmlns:jr='http://openrosa.org/javarosa'><h:head><h:title>T</h:title><model>";

static void
begin(struct world *w, const char *model, const char *body)
{
	struct logic_world around = { .clock = &w->clock };
	struct buf text = { 0 };
	struct err err = { 0 };

	buf_fmt(&text, "%s%s</model></h:head><h:body>%s</h:body></h:html>", head, model,
	    body);
	w->form = form_read(buf_text(&text), text.len, NULL, NULL, NULL, &err);
	buf_clear(&text);
	CHECK_STR(err.text, "");
	if (!w->form)
		exit(1);
	clock_stop_at(&w->clock, "2026-11-05T20:20:00+08:00", &err);
	w->in = instance_new(w->form);
	w->l = logic_new(w->in, &around, &err);
	CHECK(w->l && logic_begin(w->l, &err));
}

static void
end(struct world *w)
{
	logic_free(w->l);
	instance_free(w->in);
	form_free(w->form);
}

static const char *
is(const struct world *w, const char *path)
{
	const struct node *node = instance_find(w->in, path);

	return node ? node->text : "no node";
}

static void
put(struct world *w, const char *path, const char *text)
{
	struct node *node = instance_find(w->in, path);

	CHECK(node && logic_answer(w->l, node, text, NULL));
}

static size_t
count(const struct world *w, const char *parent, const char *repeat)
{
	const struct node *node =
	    *parent ? instance_find(w->in, parent) : instance_root(w->in);

	return instance_repeat_count(node, form_find(w->form, repeat));
}

static void
a_record_begins_with_the_instances_of_the_form(void)
{
	struct world w = { 0 };

	begin(&w,
	    "<instance><data id='t'><r><x>1</x><s><y>a</y></s><s><y>b</y></s></r>"
	    "<r><x>2</x></r><sum/></data></instance>"
	    "<bind nodeset='/data/r/x' type='int'/>"
	    "<bind nodeset='/data/sum' calculate='sum(/data/r/x)'/>",
	    "<repeat nodeset='/data/r'><input ref='/data/r/x'/>"
	    "<repeat nodeset='/data/r/s'><input ref='/data/r/s/y'/></repeat></repeat>");
	CHECK_INT((int)count(&w, "", "r"), 2);
	CHECK_INT((int)count(&w, "r[1]", "/data/r/s"), 2);
	CHECK_INT((int)count(&w, "r[2]", "/data/r/s"), 0);
	CHECK_STR(is(&w, "r[1]/s[2]/y"), "b");
	CHECK_STR(is(&w, "r[2]/x"), "2");
	CHECK_STR(is(&w, "sum"), "3");
	/* without a template, a new one has none in it */
	CHECK(logic_repeat_add(
		  w.l, instance_root(w.in), form_find(w.form, "r"), 2, NULL) != NULL);
	CHECK_INT((int)count(&w, "r[3]", "/data/r/s"), 0);
	end(&w);
}

static void
a_template_gives_what_stands_in_it(void)
{
	struct world w = { 0 };

	begin(&w,
	    "<instance><data id='t'><r jr:template=''><x>7</x><s><y>a</y></s></r>"
	    "</data></instance>",
	    "<repeat nodeset='/data/r'><input ref='/data/r/x'/>"
	    "<repeat nodeset='/data/r/s'><input ref='/data/r/s/y'/></repeat></repeat>");
	CHECK_INT((int)count(&w, "", "r"), 0);
	CHECK(logic_repeat_add(
		  w.l, instance_root(w.in), form_find(w.form, "r"), 0, NULL) != NULL);
	CHECK_STR(is(&w, "r[1]/x"), "7");
	CHECK_STR(is(&w, "r[1]/s[1]/y"), "a");
	end(&w);
}

static void
a_new_instance_has_its_values_set(void)
{
	struct world w = { 0 };

	begin(&w,
	    "<instance><data id='t'><n/><r jr:template=''><x/></r></data></instance>"
	    "<bind nodeset='/data/n' type='int'/>",
	    "<input ref='/data/n'/><group ref='/data/r'><repeat nodeset='/data/r' "
	    "jr:count='/data/n'><setvalue event='odk-new-repeat' ref='/data/r/x' "
	    "value='position(..) * 10'/><input ref='/data/r/x'/></repeat></group>");
	put(&w, "n", "3");
	CHECK_STR(is(&w, "r[1]/x"), "10");
	CHECK_STR(is(&w, "r[3]/x"), "30");
	put(&w, "r[1]/x", "1");
	put(&w, "n", "4");
	CHECK_STR(is(&w, "r[1]/x"), "1");
	CHECK_STR(is(&w, "r[4]/x"), "40");
	end(&w);
}

static void
a_change_sets_what_follows_and_that_what_follows_it(void)
{
	struct world w = { 0 };

	begin(&w,
	    "<instance><data id='t'><a/><b/><c/><d/></data></instance>"
	    "<setvalue event='odk-instance-load' ref='/data/d'>here</setvalue>",
	    "<input ref='/data/a'><setvalue event='xforms-value-changed' ref='/data/b' "
	    "value='concat(/data/a, 1)'/></input>"
	    "<input ref='/data/b'><setvalue event='xforms-value-changed' ref='/data/c' "
	    "value='concat(/data/b, 2)'/></input>"
	    "<input ref='/data/c'/><input ref='/data/d'/>");
	CHECK_STR(is(&w, "d"), "here");
	put(&w, "a", "x");
	CHECK_STR(is(&w, "b"), "x1");
	CHECK_STR(is(&w, "c"), "x12");
	put(&w, "b", "own");
	put(&w, "a", "x"); /* the same again is no change */
	CHECK_STR(is(&w, "b"), "own");
	CHECK_STR(is(&w, "c"), "own2");
	end(&w);
}

static void
a_count_that_grows_by_itself_waits_for_the_last_instance(void)
{
	struct world w = { 0 };

	begin(&w,
	    "<instance><data id='t'><n/><r jr:template=''><x/><last/></r></data>"
	    "</instance><bind nodeset='/data/n' calculate=\"if(count(/data/r) = 0 or "
	    "/data/r[position() = last()]/last != 'yes', count(/data/r) + 1, "
	    "count(/data/r))\"/><bind nodeset='/data/r/last' required='true()'/>",
	    "<group ref='/data/r'><repeat nodeset='/data/r' jr:count='/data/n'>"
	    "<input ref='/data/r/x'/><input ref='/data/r/last'/></repeat></group>");
	CHECK_INT((int)count(&w, "", "r"), 1);
	put(&w, "r[1]/x", "a");
	CHECK_INT((int)count(&w, "", "r"), 1);
	put(&w, "r[1]/last", "no");
	CHECK_INT((int)count(&w, "", "r"), 2);
	put(&w, "r[2]/last", "yes");
	CHECK_INT((int)count(&w, "", "r"), 2);
	CHECK_STR(is(&w, "n"), "2");
	end(&w);
}

static void
an_unanswered_count_leaves_what_the_form_has(void)
{
	struct world w = { 0 };

	begin(&w,
	    "<instance><data id='t'><n/><r><x>1</x></r></data></instance>"
	    "<bind nodeset='/data/n' type='int'/>",
	    "<input ref='/data/n'/><group ref='/data/r'><repeat nodeset='/data/r' "
	    "jr:count='/data/n'><input ref='/data/r/x'/></repeat></group>");
	CHECK(instance_find(w.in, "r[1]")->relevant);
	put(&w, "n", "2");
	CHECK_INT((int)count(&w, "", "r"), 2);
	put(&w, "n", "");
	CHECK(instance_find(w.in, "r[1]")->relevant);
	CHECK(!instance_find(w.in, "r[2]")->relevant);
	put(&w, "n", "0");
	CHECK(!instance_find(w.in, "r[1]")->relevant);
	end(&w);
}

static const char *
choices(struct world *w, const char *path, char got[100])
{
	const struct node *node = instance_find(w->in, path);
	size_t n;
	const size_t *rows = logic_choices(w->l, node, &n, NULL);

	*got = '\0';
	for (size_t i = 0; rows && i < n; i++)
		snprintf(got + strlen(got), 100 - strlen(got), "%s=%s ",
		    logic_choice_name(w->l, node->def, rows[i]),
		    logic_choice_label(w->l, node->def, rows[i]));
	return got;
}

static void
choices_may_be_what_was_answered(void)
{
	struct world w = { 0 };
	char got[100];

	begin(&w,
	    "<instance><data id='t'><r><x/><l/></r><s/><m/></data></instance>"
	    "<bind nodeset='/data/m' calculate=\"jr:choice-name(/data/s, "
	    "'/data/s')\"/>",
	    "<repeat nodeset='/data/r'><input ref='/data/r/x'/><input ref='/data/r/l'/>"
	    "</repeat><select1 ref='/data/s'><itemset nodeset=\"../r[x != 'c']\">"
	    "<value ref='x'/><label ref='l'/></itemset></select1>");
	CHECK_STR(choices(&w, "s", got), "");
	put(&w, "r[1]/x", "a");
	put(&w, "r[1]/l", "Anna");
	CHECK(logic_repeat_add(
		  w.l, instance_root(w.in), form_find(w.form, "r"), 1, NULL) != NULL);
	put(&w, "r[2]/x", "b");
	CHECK_STR(choices(&w, "s", got), "a=Anna b=b ");
	put(&w, "s", "a");
	CHECK_STR(is(&w, "m"), "Anna");
	CHECK_INT(logic_check(w.l, instance_find(w.in, "s"), NULL), LOGIC_GOOD);
	put(&w, "r[1]/x", "c"); /* filtered away, so no longer chosen */
	CHECK_STR(is(&w, "s"), "");
	CHECK_STR(choices(&w, "s", got), "b=b ");
	end(&w);
}

static void
chance_may_order_choices_the_same_for_a_seed(void)
{
	struct world w = { 0 };
	char first[100], again[100];

	begin(&w,
	    "<instance><data id='t'><n/><s/></data></instance><instance id='c'><root>"
	    "<item><name>a</name></item><item><name>b</name></item>"
	    "<item><name>c</name></item><item><name>d</name></item></root></instance>"
	    "<bind nodeset='/data/n' type='int'/>",
	    "<input ref='/data/n'/><select1 ref='/data/s'><itemset "
	    "nodeset=\"randomize(instance('c')/root/item, /data/n)\">"
	    "<value ref='name'/><label ref='name'/></itemset></select1>");
	put(&w, "n", "42");
	choices(&w, "s", first);
	CHECK_INT((int)strlen(first), 16);
	CHECK(strcmp(first, "a=a b=b c=c d=d ") != 0);
	CHECK_STR(choices(&w, "s", again), first);
	end(&w);
}

static void
truths_and_days_keep_what_they_are(void)
{
	struct world w = { 0 };

	begin(&w,
	    "<instance><data id='t'><b/><g><x/></g><d/><m/></data></instance>"
	    "<bind nodeset='/data/b' type='boolean'/>"
	    "<bind nodeset='/data/g' relevant='/data/b'/>"
	    "<bind nodeset='/data/d' calculate=\"date('2026-11-05')\"/>"
	    "<bind nodeset='/data/m' calculate=\"if(/data/d = date('2026-11-05'), "
	    "concat('on ', /data/d), '')\"/>",
	    "<input ref='/data/b'/><group ref='/data/g'><input "
	    "ref='/data/g/x'/></group>");
	put(&w, "b", "1");
	CHECK(instance_find(w.in, "g/x")->relevant);
	put(&w, "b", "0");
	CHECK(!instance_find(w.in, "g/x")->relevant);
	CHECK_STR(is(&w, "d"), "2026-11-05T00:00:00+08:00");
	CHECK_STR(is(&w, "m"), "on 2026-11-05");
	end(&w);
}

static void
an_action_may_name_its_instance(void)
{
	struct world w = { 0 };

	begin(&w, "<instance><data id='t'><a/><r><x/></r><r><x/></r></data></instance>",
	    "<input ref='/data/a'><setvalue event='xforms-value-changed' "
	    "ref='/data/r[position() = 2]/x' value='/data/a'/></input>"
	    "<repeat nodeset='/data/r'><input ref='/data/r/x'/></repeat>");
	put(&w, "a", "here");
	CHECK_STR(is(&w, "r[1]/x"), "");
	CHECK_STR(is(&w, "r[2]/x"), "here");
	end(&w);
}

static void
a_record_taken_up_again_has_its_values_set(void)
{
	struct world w = { 0 };
	struct logic_world around = { .clock = &w.clock };
	struct logic *again;

	begin(&w,
	    "<instance><data id='t'><a/><b/></data></instance>"
	    "<setvalue event='odk-instance-load' ref='/data/a' "
	    "value=\"concat(/data/a, 'x')\"/>"
	    "<setvalue event='odk-instance-first-load' ref='/data/b' "
	    "value=\"concat(/data/b, 'y')\"/>",
	    "<input ref='/data/a'/><input ref='/data/b'/>");
	CHECK_STR(is(&w, "a"), "x");
	CHECK_STR(is(&w, "b"), "y");
	again = logic_new(w.in, &around, NULL);
	CHECK(again && logic_resume(again, NULL));
	CHECK_STR(is(&w, "a"), "xx");
	CHECK_STR(is(&w, "b"), "y");
	logic_free(again);
	end(&w);
}

static void
choices_have_the_answers_in_their_labels(void)
{
	struct world w = { 0 };
	char got[100];

	begin(&w,
	    "<itext><translation lang='en'><text id='hi'><value>Hi <output "
	    "value='/data/n'/></value></text></translation></itext>"
	    "<instance><data id='t'><n/><s/><m/><t/></data></instance>"
	    "<bind nodeset='/data/m' calculate=\"jr:choice-name(/data/s, '/data/s')\"/>"
	    "<bind nodeset='/data/t' calculate=\"concat(jr:itext('hi'), /data/n)\"/>",
	    "<input ref='/data/n'/><select1 ref='/data/s'><item><label>For <output "
	    "value='/data/n'/></label><value>a</value></item><item><label>None</label>"
	    "<value>b</value></item></select1>");
	put(&w, "n", "Li");
	CHECK_STR(choices(&w, "s", got), "a=For Li b=None ");
	put(&w, "s", "a");
	CHECK_STR(is(&w, "m"), "For Li");
	CHECK_STR(is(&w, "t"), "Hi LiLi");
	end(&w);
}

int
main(void)
{
	RUN(a_record_begins_with_the_instances_of_the_form);
	RUN(a_template_gives_what_stands_in_it);
	RUN(a_new_instance_has_its_values_set);
	RUN(a_change_sets_what_follows_and_that_what_follows_it);
	RUN(a_count_that_grows_by_itself_waits_for_the_last_instance);
	RUN(an_unanswered_count_leaves_what_the_form_has);
	RUN(choices_may_be_what_was_answered);
	RUN(chance_may_order_choices_the_same_for_a_seed);
	RUN(truths_and_days_keep_what_they_are);
	RUN(an_action_may_name_its_instance);
	RUN(a_record_taken_up_again_has_its_values_set);
	RUN(choices_have_the_answers_in_their_labels);
	return CHECK_DONE();
}
