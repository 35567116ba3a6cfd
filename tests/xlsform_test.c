/*
 * The XLSForm reader: the model it makes, and the forms that we ship.
 */
#include "xlsform_reading.h"

#include "expr.h"

#include <time.h>

static const char *
expr_of(const struct expr *e)
{
	return e ? expr_text(e) : NULL;
}

/* A text with its expressions between braces. */
static const char *
words(const struct form *form, const struct texts *texts, const char *language)
{
	static struct buf out;
	const struct text *text = form_text(form, texts, form_language(form, language));

	buf_reset(&out);
	for (size_t i = 0; text && i < text->count; i++)
		if (text->parts[i].literal)
			buf_str(&out, text->parts[i].literal);
		else
			buf_fmt(&out, "{%s}", expr_text(text->parts[i].expr));
	return buf_text(&out);
}

static void
a_form_with_everything_has_its_model(void)
{
	static const char *const paths[] = { "/all", "/all/g", "/all/g/name",
		"/all/g/n", "/all/g/k", "/all/g/m", "/all/g/t", "/all/g/i", "/all/g/rk",
		"/all/g/rg", "/all/g/oo", "/all/g/oo_other", "/all/r", "/all/r/d",
		"/all/r/d2", "/all/r/rk1", "/all/r/rk2", "/all/r/rg1", "/all/r/rg1/c",
		"/all/r2_count", "/all/r2", "/all/r2/generated_note_name_23",
		"/all/total", "/all/at", "/all/begun", "/all/day", "/all/where",
		"/all/photo", "/all/ids" };
	struct reading r;
	struct form *f = good_form(&r, everything);

	CHECK_INT(r.errors, 0);
	CHECK_INT(f->def_count, sizeof(paths) / sizeof(paths[0]));
	for (size_t i = 0; i < f->def_count; i++)
		CHECK_STR(f->defs[i]->path, paths[i]);
	CHECK_STR(f->id, "all");
	CHECK_STR(f->version, "7");
	CHECK_STR(f->title, "全");
	CHECK_STR(form_pair(f->settings, "style"), "pages");
	CHECK_STR(expr_of(f->instance_name), "concat( /all/g/name , '-',  /all/g/n )");
	CHECK_STR(f->default_language, "中文 (zh)");
	CHECK_INT(f->language_count, 2);
	CHECK_STR(f->languages[1], "English (en)");
	CHECK(f->graph != NULL);
	reading_clear(&r);
}

static void
texts_stand_in_their_languages(void)
{
	struct reading r;
	struct form *f = good_form(&r, everything);
	struct def *name = form_find(f, "name"), *n = form_find(f, "n");

	CHECK_STR(words(f, &name->label, "zh"), "姓名");
	CHECK_STR(words(f, &name->label, "en"), "Name");
	CHECK_STR(words(f, &name->hint, "zh"), "写全名");
	CHECK_STR(words(f, &name->hint, "en"), "写全名");
	CHECK_STR(words(f, &name->guidance_hint, "zh"), "Full name only");
	CHECK_STR(words(f, &name->required_message, "zh"), "必填");
	CHECK_STR(words(f, &name->constraint_message, "zh"), "太长");
	CHECK_STR(words(f, &n->label, "en"), "Number of { /all/g/name }");
	CHECK_STR(
	    words(f, &form_find(f, "/all/r2/generated_note_name_23")->label, "zh"),
	    "记 { /all/g/n } 条");
	CHECK(!n->hint.by_language);
	CHECK_STR(words(f, &form_find(f, "oo_other")->label, "zh"), "请注明。");
	CHECK_STR(words(f, &form_find(f, "oo_other")->label, "en"), "Specify other.");
	reading_clear(&r);
}

static void
rules_hang_on_their_questions(void)
{
	struct reading r;
	struct form *f = good_form(&r, everything);
	struct def *name = form_find(f, "name"), *n = form_find(f, "n");
	struct def *k = form_find(f, "k"), *at = form_find(f, "at");

	CHECK_INT(name->question->kind, QUESTION_TEXT);
	CHECK_INT(name->flags, DEF_REQUIRED | DEF_MULTILINE | DEF_DEFAULT_DYNAMIC |
				   DEF_DEFAULT_LAST_SAVED);
	CHECK_STR(expr_of(name->default_expr), " instance('__last-saved')/all/g/name ");
	CHECK_STR(form_pair(name->parameters, "rows"), "3");
	CHECK_STR(name->save_to, "prop");
	CHECK_INT(name->row, 3);
	CHECK_STR(expr_of(n->required), " /all/g/name  != ''");
	CHECK_STR(expr_of(n->constraint), ". > 0");
	CHECK_STR(n->default_value, "4");
	CHECK_INT(n->flags, DEF_MASKED);
	CHECK_INT(k->flags, DEF_READ_ONLY | DEF_MULTILINE);
	CHECK(!k->required);
	CHECK_STR(k->appearance, "minimal multiline");
	CHECK_STR(expr_of(form_find(f, "m")->relevant), "selected( /all/g/k  , 'a')");
	CHECK(!at->calculation);
	CHECK_STR(expr_of(at->trigger_calculation), "now()");
	CHECK(at->triggers[0] == k && at->triggers[1] == n && !at->triggers[2]);
	CHECK_STR(
	    expr_of(form_find(f, "oo_other")->relevant), "selected(../oo, 'other')");
	CHECK_STR(form_find(f, "g")->appearance, "field-list");
	reading_clear(&r);
}

static void
references_are_paths_as_in_xforms(void)
{
	struct reading r;
	struct form *f = good_form(&r, everything);

	CHECK_STR(expr_of(form_find(f, "d2")->relevant), " ../d  != ''");
	CHECK_STR(expr_of(form_find(f, "d2")->constraint), ". >  ../d ");
	CHECK_STR(expr_of(form_find(f, "d2")->default_expr), " ../d ");
	CHECK_STR(expr_of(form_find(f, "c")->calculation), " ../../d  +  /all/g/n ");
	CHECK_STR(expr_of(form_find(f, "total")->calculation), "sum( /all/r/rg1/c )");
	CHECK_STR(expr_of(form_find(f, "r")->repeat_count), " /all/g/n ");
	CHECK_STR(expr_of(form_find(f, "r2")->repeat_count), " /all/r2_count ");
	CHECK_STR(expr_of(form_find(f, "r2_count")->calculation), " /all/g/n  + 1");
	CHECK_STR(
	    expr_of(form_find(f, "rk1")->itemset->filter), "part =  current()/../rk2 ");
	CHECK_STR(expr_of(form_find(f, "t")->itemset->filter), "region =  /all/g/k ");
	reading_clear(&r);
}

static void
selects_know_their_lists(void)
{
	struct reading r;
	struct form *f = good_form(&r, everything);
	const struct itemset *k = form_find(f, "k")->itemset;
	const struct itemset *t = form_find(f, "t")->itemset;
	const struct itemset *i = form_find(f, "i")->itemset;

	CHECK_STR(list_id(k->list), "kind");
	CHECK_INT(list_count(k->list), 3); /* or_other adds one */
	CHECK_STR(list_cell(k->list, 2, k->value_column), "other");
	CHECK_STR(list_cell(k->list, 2, k->label_columns[0]), "其他");
	CHECK_STR(list_cell(k->list, 1, k->label_columns[0]), "乙");
	CHECK_STR(list_cell(k->list, 1, k->label_columns[1]), "B");
	CHECK(k->fixed_order && !k->or_other);
	CHECK(form_find(f, "oo")->itemset->or_other);
	CHECK(form_find(f, "oo")->itemset->list == k->list);
	CHECK_STR(list_id(t->list), "towns");
	CHECK(!t->fixed_order);
	CHECK_INT(t->label_columns[0], 1);
	CHECK(t->label_columns[1] == LIST_NONE);
	CHECK_STR(list_column(i->list, i->value_column), "id");
	CHECK_STR(list_column(i->list, i->label_columns[1]), "title");
	CHECK_INT(f->list_count, 3);
	CHECK(!form_find(f, "n")->itemset);
	reading_clear(&r);
}

/* Paths where repeats stand in repeats, and the functions that look elsewhere. */
static void
nested_repeats_read_their_own(void)
{
	static const char text[] = "survey\n"
				   ",type,name,label,calculation\n"
				   ",integer,top,T,\n"
				   ",begin repeat,a,A,\n"
				   ",integer,x,X,\n"
				   ",begin group,g,G,\n"
				   ",begin repeat,b,B,\n"
				   ",integer,y,Y,\n"
				   ",calculate,c1,,${x} + ${y} + ${top}\n"
				   ",calculate,c2,,\"indexed-repeat(${y}, ${a}, ${x}, "
				   "${b}, position(..))\"\n"
				   ",calculate,c3,,instance('l')/root/item[name = "
				   "${y}]/label\n"
				   ",calculate,c4,,${last-saved#y}\n"
				   ",calculate,c5,,\"jr:choice-name(${y}, '${y}')\"\n"
				   ",end repeat,,,\n"
				   ",end group,,,\n"
				   ",calculate,s,,sum(${y})\n"
				   ",end repeat,,,\n"
				   "choices\n,list_name,name,label\n,l,1,One\n";
	struct reading r;
	struct form *f = good_form(&r, text);

	CHECK_STR(expr_of(form_find(f, "c1")->calculation),
	    " ../../../x  +  ../y  +  /data/top ");
	CHECK_STR(expr_of(form_find(f, "c2")->calculation),
	    "indexed-repeat( /data/a/g/b/y ,  /data/a ,  ../../../x ,  /data/a/g/b , "
	    "position(..))");
	CHECK_STR(expr_of(form_find(f, "c3")->calculation),
	    "instance('l')/root/item[name =  current()/../y ]/label");
	CHECK_STR(expr_of(form_find(f, "c4")->calculation),
	    " instance('__last-saved')/data/a/g/b/y ");
	CHECK_STR(expr_of(form_find(f, "c5")->calculation),
	    "jr:choice-name( ../y , ' ../y ')");
	CHECK_STR(expr_of(form_find(f, "s")->calculation), "sum( ../g/b/y )");
	reading_clear(&r);
}

/* Without a word to say, what is computed is asked of nobody. */
static void
computed_questions_without_a_label_are_not_asked(void)
{
	static const char text[] =
	    "survey\n,type,name,label,calculation,trigger\n"
	    ",integer,a,A,,\n"
	    ",integer,b,,2 * 2,\n"
	    ",integer,c,C,2 * 2,\n"
	    ",date,d,,today(),${a}\n"
	    ",select_one l,e,,\"'1'\",\n"
	    ",start-geopoint,f,,,${a}\n"
	    "choices\n,list_name,name,label\n,l,1,One\n";
	struct reading r;
	struct form *f = good_form(&r, text);

	CHECK(!(form_find(f, "a")->flags & DEF_UNASKED));
	CHECK(form_find(f, "b")->flags & DEF_UNASKED);
	CHECK(!(form_find(f, "c")->flags & DEF_UNASKED));
	CHECK(form_find(f, "d")->flags & DEF_UNASKED);
	CHECK_INT(form_find(f, "e")->question->kind, QUESTION_CALCULATE);
	CHECK(!form_find(f, "e")->itemset);
	CHECK(form_find(f, "f")->trigger_calculation == NULL);
	reading_clear(&r);
}

static void
parameters_say_what_pyxform_makes_of_them(void)
{
	static const char text[] =
	    "survey\n,type,name,label,parameters,appearance\n"
	    ",integer,s,S,,\n"
	    ",range,r,R,,\n"
	    ",range,q,Q,end=9,\n"
	    ",geoshape,g,G,incremental=yes,\n"
	    ",date,n,N,incremental=yes,\n"
	    ",image,i,I,app=camera,signature\n"
	    ",select_one l,o,O,\"randomize=true, seed=${s}\",\n"
	    "choices\n,list_name,name,label\n,l,1,One\n";
	struct reading r;
	struct form *f = good_form(&r, text);
	const char *const *q = form_find(f, "q")->parameters;

	CHECK_STR(form_pair(form_find(f, "r")->parameters, "end"), "10");
	CHECK_STR(form_pair(q, "start"), "1");
	CHECK_STR(form_pair(q, "end"), "9");
	CHECK_STR(form_pair(q, "step"), "1");
	CHECK_STR(form_pair(form_find(f, "g")->parameters, "incremental"), "true");
	CHECK(form_find(f, "n")->parameters == NULL);
	CHECK(form_find(f, "i")->parameters == NULL);
	CHECK(form_find(f, "o")->itemset->randomize);
	CHECK_STR(expr_of(form_find(f, "o")->itemset->seed), " /data/s ");
	reading_clear(&r);
}

static void
texts_hold_what_is_computed(void)
{
	static const char text[] =
	    "survey\n,type,name,label\n"
	    ",text,a,\"A  B\xe2\x80\x99s\"\n"
	    ",note,m,\xe2\x80\x9c民情\xe2\x80\x9d\n"
	    ",note,n,\"Is instance('l')/root/item[name = ${a}]/label, "
	    "an instance(of) ${a}\"\n"
	    ",select_one l,o,O\n"
	    "choices\n,list_name,name,label\n,l,1,One\n,l,2,Like ${a}\n";
	struct reading r;
	struct form *f = good_form(&r, text);
	const struct text *label;

	CHECK_STR(words(f, &form_find(f, "a")->label, "en"), "A B's");
	CHECK_STR(words(f, &form_find(f, "m")->label, "en"),
	    "\xe2\x80\x9c民情\xe2\x80\x9d");
	CHECK_STR(words(f, &form_find(f, "n")->label, "en"),
	    "Is {instance('l')/root/item[name =  /data/a ]/label}, an instance(of) "
	    "{ /data/a }");
	label = form_find(f, "o")->itemset->label_texts;
	CHECK(label && !label[0].count && label[1].count == 2);
	CHECK_STR(label ? expr_of(label[1].parts[1].expr) : "", " /data/a ");
	reading_clear(&r);
}

static void
choices_can_be_answers(void)
{
	static const char text[] =
	    "survey\n,type,name,label,choice_filter\n"
	    ",begin repeat,r,R,\n"
	    ",text,n,N,\n"
	    ",begin group,g,G,\n,integer,age,A,\n,end group,,,\n"
	    ",integer,least,L,\n"
	    ",select_one ${n},in,In,${age} > ${least}\n"
	    ",end repeat,,,\n"
	    ",select_multiple ${age},out,Out,\n";
	struct reading r;
	struct form *f = good_form(&r, text);
	const struct itemset *in = form_find(f, "in")->itemset;
	const struct itemset *out = form_find(f, "out")->itemset;

	CHECK_STR(expr_of(in->nodeset), "../../r[ ./g/age  >  ./least ]");
	CHECK_STR(expr_of(in->value), "n");
	CHECK_STR(expr_of(in->label), "n");
	CHECK(!in->filter);
	CHECK_STR(expr_of(out->nodeset), "/data/r[./g/age != '']");
	CHECK_STR(expr_of(out->value), "g/age");
	reading_clear(&r);
}

static void
a_form_can_read_what_its_record_is(void)
{
	struct reading r;
	struct form *f = good_form(
	    &r, "survey\n,type,name,label\n,note,n,Of ${instanceID}\n");

	CHECK_STR(words(f, &form_find(f, "n")->label, "en"),
	    "Of { /data/meta/instanceID }");
	CHECK(form_find(f, "meta")->flags & DEF_META);
	reading_clear(&r);
	f = good_form(&r, "survey\n,type,name,label\n,text,instanceID,I\n"
			  ",note,n,Of ${instanceID}\n");
	CHECK(form_find(f, "meta") == NULL);
	reading_clear(&r);
}

static void
pictures_have_languages_too(void)
{
	struct reading r;
	struct form *f = good_form(&r,
	    "survey\n,type,name,label::fr,label::xx,media::image\n"
	    ",note,n,Bonjour,,a.jpg\n");

	CHECK_INT(f->language_count, 2); /* an empty column is none */
	CHECK_STR(f->languages[0], "fr");
	CHECK_STR(f->languages[1], "default");
	reading_clear(&r);
}

static void
loops_are_written_out(void)
{
	static const char text[] = "survey\n"
				   ",type,name,label::en,label::zh\n"
				   ",begin loop over tap,taps,Taps,\n"
				   ",integer,n,Number of %(label)s,%(label)s数\n"
				   ",begin loop over day,days,Days,\n"
				   ",text,%(name)s_x,X,\n"
				   ",end loop,,,\n"
				   ",end loop,,,\n"
				   "choices\n"
				   ",list_name,name,label::en,label::zh\n"
				   ",tap,hot,Hot,热\n"
				   ",tap,cold,Cold,冷\n"
				   ",day,mo,Monday,周一\n";
	static const char *const paths[] = { "/data", "/data/taps", "/data/taps/hot",
		"/data/taps/hot/n", "/data/taps/hot/days", "/data/taps/hot/days/mo",
		"/data/taps/hot/days/mo/mo_x", "/data/taps/cold", "/data/taps/cold/n",
		"/data/taps/cold/days", "/data/taps/cold/days/mo",
		"/data/taps/cold/days/mo/mo_x" };
	struct reading r;
	struct form *f = good_form(&r, text);

	CHECK_INT(f->def_count, sizeof(paths) / sizeof(paths[0]));
	for (size_t i = 0; i < f->def_count; i++)
		CHECK_STR(f->defs[i]->path, paths[i]);
	CHECK_STR(words(f, &f->defs[2]->label, "zh"), "热");
	CHECK_STR(words(f, &f->defs[8]->label, "en"), "Number of Cold");
	CHECK_STR(words(f, &f->defs[8]->label, "zh"), "冷数");
	CHECK_INT(f->defs[8]->row, 3);
	reading_clear(&r);
}

static const struct {
	const char *type, *text;
	bool dynamic;
} defaults[] = {
	{ "text", "hello", false },
	{ "text", "hello-world", false },
	{ "text", "hello - world", true },
	{ "text", "a+b", true },
	{ "text", "now()", true },
	{ "text", "New York (NY)", false },
	{ "text", "'a * b'", false },
	{ "text", "姓名（全）", false },
	{ "text", "a mod b", true },
	{ "text", "modern", false },
	{ "integer", "-5", false },
	{ "integer", "5", false },
	{ "integer", "1 + 1", true },
	{ "decimal", "2 * 3.5", true },
	{ "date", "2026-11-02", false },
	{ "date", "today()", true },
	{ "date", "today() - 7", true },
	{ "dateTime", "2026-11-02T09:10:00.000+08:00", false },
	{ "time", "09:10:00", false },
	{ "image", "https://example.org/a.png", false },
	{ "text", "${a}", true },
};

static void
defaults_are_dynamic_where_pyxform_says_so(void)
{
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		struct reading r;
		struct buf b = { 0 };
		struct def *q;

		check_case(defaults[i].text);
		buf_fmt(&b,
		    "survey\n,type,name,label,default\n,text,a,A,\n,%s,q,Q,\"%s\"\n",
		    defaults[i].type, defaults[i].text);
		q = form_find(good_form(&r, b.data), "q");
		CHECK_INT((q->flags & DEF_DEFAULT_DYNAMIC) != 0, defaults[i].dynamic);
		CHECK(defaults[i].dynamic
			  ? q->default_expr != NULL
			  : !strcmp(q->default_value, defaults[i].text));
		buf_clear(&b);
		reading_clear(&r);
	}
}

static void
languages_stand_in_any_column(void)
{
	struct reading r;
	struct form *f = good_form(
	    &r, "survey\n,type,name,label,label:fr,hint:fr\n,text,a,A,Fr,Ind\n");

	CHECK_INT(f->language_count, 2);
	CHECK_STR(f->languages[0], "default");
	CHECK_STR(f->languages[1], "fr");
	CHECK_STR(words(f, &form_find(f, "a")->label, "fr"), "Fr");
	CHECK_STR(words(f, &form_find(f, "a")->label, NULL), "A");
	reading_clear(&r);

	f = good_form(&r, "survey\n,type,name,caption\n,text,a,A\n");
	CHECK_INT(f->language_count, 1);
	CHECK_STR(f->default_language, "default");
	CHECK_STR(words(f, &form_find(f, "a")->label, "zh"), "A");
	reading_clear(&r);

	f = good_form(
	    &r, "survey\n,type,name,label::fr,label::de,hint\n,text,a,F,D,H\n");
	CHECK_INT(f->language_count, 2);
	CHECK_STR(words(f, &form_find(f, "a")->hint, "de"), "H");
	reading_clear(&r);

	f = good_form(&r,
	    "settings\n,default_language\n,de\nsurvey\n,type,name,label::fr,"
	    "label::de,label\n,text,a,F,D,plain\n,text,b,F,,plain\n");
	CHECK_STR(f->default_language, "de");
	CHECK_STR(words(f, &form_find(f, "a")->label, "de"), "D");
	CHECK_STR(words(f, &form_find(f, "b")->label, "de"), "plain");
	reading_clear(&r);
}

static void
spellings_of_pyxform_are_known(void)
{
	struct reading r;
	struct form *f = good_form(&r,
	    "\xef\xbb\xbfsurvey,,,,,,,,\r\n"
	    ",Command,Tag,Caption,bind::relevant,bind::jr:constraintMsg::fr,"
	    "control::appearance,bind::calculate,body::jr:count\r\n"
	    ",add text prompt,a,A,,Non,multiline,,\r\n"
	    "\r\n"
	    ",select all that apply from l,b,B,${a} = \xe2\x80\x9cx\xe2\x80\x9d,,,,\r\n"
	    ",begin lgroup,c,C,,,,,3\r\n"
	    ",percentage,p,P,,,,,\r\n"
	    ",end lgroup,,,,,,,\r\n"
	    "choices\r\n,List Name,value,caption\r\n,l,1,One\r\n");

	CHECK_INT(form_find(f, "a")->flags, DEF_MULTILINE);
	CHECK_STR(words(f, &form_find(f, "a")->constraint_message, "fr"), "Non");
	CHECK_STR(expr_of(form_find(f, "b")->relevant), " /data/a  = \"x\"");
	CHECK_INT(form_find(f, "b")->question->kind, QUESTION_SELECT_MULTIPLE);
	CHECK_INT(form_find(f, "b")->row, 4);
	CHECK_INT(form_find(f, "c")->kind, DEF_REPEAT);
	CHECK_STR(expr_of(form_find(f, "c_count")->calculation), "3");
	CHECK_STR(expr_of(form_find(f, "p")->constraint), "0 <= . and . <= 100");
	reading_clear(&r);
}

static void
the_root_is_named_as_the_header_says(void)
{
	struct reading r;

	CHECK_STR(good_form(&r,
		      "settings\n,form_id,name\n,my id,me\nsurvey\n,type,name,label\n"
		      ",text,a,A\n")
		      ->root->path,
	    "/me");
	reading_clear(&r);
	CHECK_STR(
	    good_form(&r, "settings\n,id_string\n,my id\nsurvey\n,type,name,label\n"
			  ",text,a,A\n")
		->root->path,
	    "/data");
	CHECK_STR(r.form->id, "my id");
	reading_clear(&r);
	CHECK_STR(good_form(&r, "survey\n,type,name,label\n,form_id,own,\n,text,a,A\n")
		      ->root->path,
	    "/own");
	reading_clear(&r);
}

/* What FORMS counts: notes are shown, not asked. */
static const struct {
	const char *name;
	int asked, calculated;
} shipped[] = {
	{ "visit", 37, 4 },
	{ "dispute", 63, 7 },
	{ "volunteer", 32, 6 },
	{ "council", 32, 4 },
	{ "micro", 36, 3 },
	{ "review", 26, 2 },
	{ "feedback", 13, 0 },
	{ "legal", 15, 1 },
};

static void
check_shipped(const struct form *f, int want_asked, int want_calculated)
{
	int asked = 0, calculated = 0;

	for (size_t i = 0; i < f->def_count; i++) {
		const struct def *d = f->defs[i];

		if (d->kind != DEF_QUESTION) {
			if (i && (!*words(f, &d->label, "zh") ||
				     !*words(f, &d->label, "en")))
				CHECK_STR(d->name, "labelled");
			continue;
		}
		calculated += d->question->kind == QUESTION_CALCULATE;
		if (!d->question->asked)
			continue;
		asked += d->question->kind != QUESTION_NOTE;
		CHECK(form_language(f, "zh") == 0 && form_language(f, "en") == 1);
		CHECK(d->label.by_language[0].count && d->label.by_language[1].count);
		if (d->constraint)
			CHECK(d->constraint_message.by_language[0].count &&
			      d->constraint_message.by_language[1].count);
		if (d->itemset)
			CHECK(d->itemset->label_columns[0] != LIST_NONE &&
			      d->itemset->label_columns[1] != LIST_NONE);
	}
	CHECK_INT(asked, want_asked);
	CHECK_INT(calculated, want_calculated);
}

static void
shipped_forms_load_without_a_problem(void)
{
	for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++) {
		struct reading r;
		struct timespec from, to;
		char path[64], *text;
		size_t len;

		check_case(shipped[i].name);
		snprintf(path, sizeof(path), "forms/%s.csv", shipped[i].name);
		text = read_whole(path, &len);
		CHECK(text != NULL);
		if (!text)
			continue;
		clock_gettime(CLOCK_MONOTONIC, &from);
		read_form(&r, text, len);
		clock_gettime(CLOCK_MONOTONIC, &to);
		if (getenv("MINQING_VERBOSE"))
			fprintf(stderr, "%s: %.2f ms\n", shipped[i].name,
			    (double)(to.tv_sec - from.tv_sec) * 1e3 +
				(double)(to.tv_nsec - from.tv_nsec) / 1e6);
		CHECK_STR(r.form ? r.form->id : r.err.text, shipped[i].name);
		CHECK_STR(buf_text(&r.places), "");
		CHECK_STR(buf_text(&r.texts), "");
		if (r.form)
			check_shipped(r.form, shipped[i].asked, shipped[i].calculated);
		reading_clear(&r);
		free(text);
	}
}

static void
shipped_texts_are_in_both_languages(void)
{
	struct reading r;
	size_t len;
	char *text = read_whole("forms/visit.csv", &len);
	const struct def *d;

	read_form(&r, text, len);
	d = form_find(r.form, "room");
	CHECK_STR(words(r.form, &d->label, "zh"), "房号");
	CHECK_STR(words(r.form, &d->label, "en"), "Room");
	CHECK_STR(words(r.form, &d->constraint_message, "zh"),
	    "房号只用数字、字母和一个短横，如 1203 或 B-1203");
	CHECK_STR(
	    words(r.form, &form_find(r.form, "start_time")->hint, "en"), "Optional");
	d = form_find(r.form, "building");
	CHECK_STR(list_cell(d->itemset->list,
		      list_find(d->itemset->list, d->itemset->value_column, "nyb001"),
		      d->itemset->label_columns[1]),
	    "Sample: Badeng St Bldg 1");
	reading_clear(&r);
	free(text);
}

int
main(void)
{
	RUN(a_form_with_everything_has_its_model);
	RUN(texts_stand_in_their_languages);
	RUN(rules_hang_on_their_questions);
	RUN(references_are_paths_as_in_xforms);
	RUN(selects_know_their_lists);
	RUN(nested_repeats_read_their_own);
	RUN(computed_questions_without_a_label_are_not_asked);
	RUN(parameters_say_what_pyxform_makes_of_them);
	RUN(texts_hold_what_is_computed);
	RUN(choices_can_be_answers);
	RUN(a_form_can_read_what_its_record_is);
	RUN(pictures_have_languages_too);
	RUN(loops_are_written_out);
	RUN(defaults_are_dynamic_where_pyxform_says_so);
	RUN(languages_stand_in_any_column);
	RUN(spellings_of_pyxform_are_known);
	RUN(the_root_is_named_as_the_header_says);
	RUN(shipped_forms_load_without_a_problem);
	RUN(shipped_texts_are_in_both_languages);
	return CHECK_DONE();
}
