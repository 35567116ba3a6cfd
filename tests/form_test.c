/* A form as data: built in order, found by name and path, texts by language. */
#include "form_build.h"

#include "arena.h"
#include "list.h"

#include "check.h"

/* /f: a, g(b, r(c, b)), z */
static struct form *
small_form(void)
{
	struct form *f = form_new("f");
	struct def *g, *r;

	form_add(f, f->root, DEF_QUESTION, "a");
	g = form_add(f, f->root, DEF_GROUP, "g");
	form_add(f, g, DEF_QUESTION, "b");
	r = form_add(f, g, DEF_REPEAT, "r");
	form_add(f, r, DEF_QUESTION, "c");
	form_add(f, r, DEF_QUESTION, "b");
	form_add(f, f->root, DEF_QUESTION, "z");
	form_index(f);
	return f;
}

static void
definitions_are_numbered_in_document_order(void)
{
	static const char *const paths[] = { "/f", "/f/a", "/f/g", "/f/g/b", "/f/g/r",
		"/f/g/r/c", "/f/g/r/b", "/f/z" };
	struct form *f = small_form();

	CHECK_INT(f->def_count, 8);
	for (size_t i = 0; i < 8; i++) {
		CHECK_STR(f->defs[i]->path, paths[i]);
		CHECK_INT(f->defs[i]->index, i);
	}
	CHECK(f->defs[0] == f->root && !f->root->parent);
	CHECK_INT(def_depth(f->defs[6]), 3);
	form_free(f);
	form_free(NULL);
}

static void
names_and_paths_find_them(void)
{
	struct form *f = small_form();
	size_t count;

	CHECK(form_find(f, "a") == f->defs[1]);
	CHECK(form_find(f, "b") == f->defs[3]);
	CHECK(form_find(f, "/f/g/r/b") == f->defs[6]);
	CHECK(form_find(f, "/f") == f->root);
	CHECK(!form_find(f, "/f/b"));
	CHECK(!form_find(f, "nothing"));
	CHECK(!form_find(f, "/f/nothing"));
	form_named(f, "b", &count);
	CHECK_INT(count, 2);
	form_named(f, "zz", &count);
	CHECK_INT(count, 0);
	form_free(f);
}

static void
the_innermost_repeat_is_known(void)
{
	struct form *f = small_form();

	CHECK(def_repeat(f->defs[5]) == f->defs[4]);
	CHECK(def_repeat(f->defs[4]) == f->defs[4]);
	CHECK(!def_repeat(f->defs[3]));
	form_free(f);
}

static void
languages_go_by_code_or_name(void)
{
	const char *languages[] = { "中文 (zh)", "English (en)", "fr",
		"Kreyòl (ht-HT)" };
	struct form *f = small_form();

	f->languages = languages;
	f->language_count = 4;
	f->default_language = "English (en)";
	CHECK_INT(form_language(f, "zh"), 0);
	CHECK_INT(form_language(f, "en"), 1);
	CHECK_INT(form_language(f, "fr"), 2);
	CHECK_INT(form_language(f, "ht"), 3);
	CHECK_INT(form_language(f, "中文 (zh)"), 0);
	CHECK_INT(form_language(f, "z"), 1);
	CHECK_INT(form_language(f, "de"), 1);
	CHECK_INT(form_language(f, NULL), 1);
	form_free(f);
}

static void
a_missing_text_falls_back(void)
{
	static const struct text_part zh = { "姓名", NULL }, fr = { "nom", NULL };
	const char *languages[] = { "zh", "en", "fr" };
	struct text in_two[3] = { { &zh, 1 }, { NULL, 0 }, { &fr, 1 } };
	struct text in_fr[3] = { { NULL, 0 }, { NULL, 0 }, { &fr, 1 } };
	struct texts two = { in_two }, only_fr = { in_fr }, none = { NULL };
	struct form *f = small_form();

	f->languages = languages;
	f->language_count = 3;
	f->default_language = "zh";
	CHECK_STR(form_text(f, &two, 2)->parts[0].literal, "nom");
	CHECK_STR(form_text(f, &two, 1)->parts[0].literal, "姓名");
	CHECK_STR(form_text(f, &only_fr, 1)->parts[0].literal, "nom");
	CHECK(!form_text(f, &none, 0));
	form_free(f);
}

static void
pairs_give_their_values(void)
{
	const char *const pairs[] = { "start", "1", "end", "10", NULL };

	CHECK_STR(form_pair(pairs, "end"), "10");
	CHECK(!form_pair(pairs, "step"));
	CHECK(!form_pair(NULL, "step"));
}

static void
lists_are_found_and_freed_with_the_form(void)
{
	const char *columns[] = { "name" };
	struct form *f = small_form();
	struct list *l = list_new("kinds", columns, 1);

	form_add_list(f, list_ref(l));
	CHECK(f->list_count == 1 && f->lists[0] == l);
	form_free(f);
	CHECK_STR(list_id(l), "kinds");
	list_unref(l);
}

int
main(void)
{
	RUN(definitions_are_numbered_in_document_order);
	RUN(names_and_paths_find_them);
	RUN(the_innermost_repeat_is_known);
	RUN(languages_go_by_code_or_name);
	RUN(a_missing_text_falls_back);
	RUN(pairs_give_their_values);
	RUN(lists_are_found_and_freed_with_the_form);
	return CHECK_DONE();
}
