/* Lists: read from CSV, found by value, walked as a tree, large ones cheap. */
#include "list.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "tree.h"
#include "value.h"

#include "check.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

static struct list *
read_list(const char *text, struct err *err)
{
	return list_from_csv("streets", text, strlen(text), err);
}

static void
cells_stand_in_their_columns(void)
{
	struct list *l =
	    read_list("\xef\xbb\xbfname, label ,label::English (en),part\r\n"
		      "a,\"甲, \"\"一\"\"\",A,x\r\n"
		      "\r\n"
		      " b ,乙\r\n"
		      "c,\"two\nlines\",C,y,behind\r\n",
		NULL);

	CHECK_STR(list_id(l), "streets");
	CHECK_INT(list_count(l), 3);
	CHECK_INT(list_column_count(l), 4);
	CHECK_STR(list_column(l, 1), "label");
	CHECK_INT(list_column_named(l, "label::English (en)"), 2);
	CHECK(list_column_named(l, "Label") == LIST_NONE);
	CHECK_STR(list_cell(l, 0, 1), "甲, \"一\"");
	CHECK_STR(list_cell(l, 1, 0), "b");
	CHECK_STR(list_cell(l, 1, 2), "");
	CHECK_STR(list_cell(l, 1, 3), "");
	CHECK_STR(list_cell(l, 2, 1), "two\nlines");
	CHECK_STR(list_cell(l, 2, 3), "y");
	list_unref(l);
}

static void
a_value_finds_the_first_row_that_has_it(void)
{
	struct list *l = read_list("name,part\na,x\nb,y\nc,y\nd,\n", NULL);

	CHECK_INT(list_find(l, 0, "c"), 2);
	CHECK_INT(list_find(l, 1, "y"), 1);
	CHECK_INT(list_find(l, 1, ""), 3);
	CHECK(list_find(l, 0, "C") == LIST_NONE);
	CHECK(list_find(l, 0, "") == LIST_NONE);
	list_unref(l);
}

static void
rows_added_later_are_found(void)
{
	const char *columns[] = { "name", "label" };
	struct list *l = list_new("kinds", columns, 2);

	CHECK(list_find(l, 0, "n0") == LIST_NONE);
	for (int i = 0; i < 100; i++) {
		char name[16];
		const char *cells[] = { name, "l" };

		snprintf(name, sizeof(name), "n%d", i);
		list_add(l, cells);
		CHECK_INT(list_find(l, 0, name), i);
	}
	CHECK_INT(list_find(l, 0, "n42"), 42);
	list_unref(l);
}

static void
a_reference_keeps_it(void)
{
	struct list *l = read_list("name\na\n", NULL), *again = list_ref(l);

	list_unref(l);
	CHECK_STR(list_cell(again, 0, 0), "a");
	list_unref(again);
	list_unref(NULL);
}

static const struct {
	const char *name, *text, *says;
} broken[] = {
	{ "nothing", "", "first row" },
	{ "blank", ",,\n\n", "first row" },
	{ "same header twice", "name,part,part\na,b,c\n", "part" },
	{ "same name twice", "name,label\na,A\n\nb,B\na,C\n", "Row 5" },
	{ "the first of them", "name,label\na,A\n\nb,B\na,C\n", "row 2" },
	{ "no name", "name,label\na,A\n,B\n", "Row 3" },
	{ "GB18030", "name,label\na,\xb9\xe3\n", "UTF-8" },
	{ "open quote", "name,label\na,\"A\n", "" },
};

static void
broken_lists_say_what_is_wrong(void)
{
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct err err = { 0 };

		check_case(broken[i].name);
		CHECK(!read_list(broken[i].text, &err));
		CHECK_INT(err.kind, ERR_INPUT);
		if (!strstr(err.text, broken[i].says))
			CHECK_STR(err.text, broken[i].says);
	}
}

static void
a_list_without_names_serves_others(void)
{
	struct list *l = read_list("id,title\n7,Seven\n7,Again\n", NULL);

	CHECK_INT(list_count(l), 2);
	list_unref(l);
}

static const char *
value_of(const struct tree *t, uint32_t id, struct arena *a)
{
	struct value v;

	t->ops->value(t, id, a, &v);
	CHECK_INT(v.type, VALUE_STRING);
	return v.string;
}

static void
instance_paths_reach_every_cell(void)
{
	struct list *l = read_list("name,label,part\na,A,x\nb,B,y\n", NULL);
	const struct tree *t = list_tree(l);
	struct arena *a = arena_new();
	uint32_t root = t->ops->first_child(t, t->root), item, cell;

	CHECK_STR(t->ops->name(t, root), "root");
	CHECK_INT(t->ops->parent(t, root), t->root);
	CHECK_INT(t->ops->parent(t, t->root), 0);
	CHECK_INT(t->ops->next_sibling(t, root), 0);
	item = t->ops->child_named(t, root, "item");
	CHECK_STR(t->ops->name(t, item), "item");
	CHECK_INT(list_node_row(l, item), 0);
	item = t->ops->next_sibling(t, item);
	CHECK_INT(item, list_row_node(l, 1));
	CHECK_INT(list_node_row(l, item), 1);
	CHECK_INT(t->ops->next_sibling(t, item), 0);
	cell = t->ops->child_named(t, item, "part");
	CHECK_STR(t->ops->name(t, cell), "part");
	CHECK_STR(value_of(t, cell, a), "y");
	CHECK_INT(t->ops->parent(t, cell), item);
	CHECK_INT(t->ops->first_child(t, cell), 0);
	CHECK_INT(t->ops->next_sibling(t, cell), 0);
	cell = t->ops->first_child(t, item);
	CHECK_STR(value_of(t, cell, a), "b");
	CHECK_STR(t->ops->name(t, t->ops->next_sibling(t, cell)), "label");
	CHECK_STR(value_of(t, item, a), "bBy");
	CHECK_STR(value_of(t, root, a), "aAxbBy");
	CHECK_INT(t->ops->child_named(t, item, "nothing"), 0);
	arena_free(a);
	list_unref(l);
}

static void
an_empty_list_has_no_items(void)
{
	struct list *l = read_list("name,label\n", NULL);
	const struct tree *t = list_tree(l);

	CHECK_INT(list_count(l), 0);
	CHECK_INT(t->ops->first_child(t, t->ops->first_child(t, t->root)), 0);
	CHECK(list_find(l, 0, "a") == LIST_NONE);
	list_unref(l);
}

static void
labels_with_languages_only_answer_to_label(void)
{
	struct list *l = read_list("name,label::zh,label::en\na,甲,A\n", NULL);
	const struct tree *t = list_tree(l);
	struct arena *a = arena_new();
	uint32_t cell = t->ops->child_named(t, list_row_node(l, 0), "label");

	CHECK_STR(value_of(t, cell, a), "甲");
	arena_free(a);
	list_unref(l);
}

/* 200,000 residents: within 100 ms on the reference machine; the test allows for a
 * sanitizer and a busy one. Memory: little more than the file. */
static void
a_large_list_is_cheap(void)
{
	struct buf text = { 0 };
	struct timespec from, to;
	size_t before = mallinfo2().uordblks + mallinfo2().hblkhd, used;
	struct list *l;
	long ms;

	buf_str(&text, "name,label,community,building,room\n");
	for (int i = 0; i < 200000; i++)
		buf_fmt(&text, "4403040%07d,居民第%d号,badeng,nyb%03d,%d\n", i, i,
		    i % 1000, i % 3000);
	clock_gettime(CLOCK_MONOTONIC, &from);
	l = list_from_csv("resident", text.data, text.len, NULL);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ms = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
	CHECK_INT(list_count(l), 200000);
	CHECK_INT(list_find(l, 0, "44030400123456"), 123456);
	CHECK_STR(list_cell(l, 123456, 1), "居民第123456号");
	CHECK(ms < 2000);
	used = text.len;
	buf_clear(&text);
	used = (mallinfo2().uordblks + mallinfo2().hblkhd - before) * 100 / used;
	if (getenv("MINQING_VERBOSE"))
		fprintf(stderr, "200,000 rows: %ld ms, memory %zu %% of the file\n", ms,
		    used);
	CHECK(used < 160);
	list_unref(l);
}

static void
geojson_is_a_feature_a_row(void)
{
	static const char text[] =
	    "{\"type\":\"FeatureCollection\",\"features\":["
	    "{\"type\":\"Feature\",\"id\":\"fs87b\",\"geometry\":{\"type\":\"Point\","
	    "\"coordinates\":[-104.9,39.5,7]},\"properties\":{\"title\":\"甲\",\"n\":7,"
	    "\"deep\":{\"a\":[1]},\"yes\":true}},"
	    "{\"type\":\"Feature\",\"properties\":{\"id\":\"67\",\"more\":\"m\"},"
	    "\"geometry\":{\"coordinates\":[[[1,2],[3,4.5]],[[8,8],[9,9]]],"
	    "\"type\":\"Polygon\"}},"
	    "{\"type\":\"Feature\",\"geometry\":null,\"properties\":null}]}";
	struct err err = { 0 };
	struct list *l = list_read("camps.geojson", text, strlen(text), &err);

	CHECK_STR(err.text, "");
	CHECK_STR(list_id(l), "camps");
	CHECK_INT(list_count(l), 3);
	CHECK_STR(list_cell(l, 0, list_column_named(l, "id")), "fs87b");
	CHECK_STR(list_cell(l, 0, list_column_named(l, "title")), "甲");
	CHECK_STR(list_cell(l, 0, list_column_named(l, "n")), "7");
	CHECK_STR(list_cell(l, 0, list_column_named(l, "deep")), "");
	CHECK_STR(list_cell(l, 0, list_column_named(l, "yes")), "true");
	CHECK_STR(list_cell(l, 0, list_column_named(l, "geometry")), "39.5 -104.9 0 0");
	CHECK_STR(list_cell(l, 1, list_column_named(l, "id")), "67");
	CHECK_STR(list_cell(l, 1, list_column_named(l, "title")), "");
	CHECK_STR(list_cell(l, 1, list_column_named(l, "geometry")),
	    "2 1 0 0; 4.5 3 0 0");
	CHECK_STR(list_cell(l, 2, list_column_named(l, "geometry")), "");
	list_unref(l);
	CHECK(!list_read("a.geojson", "{\"features\":[7]}", 16, &err));
	CHECK(strstr(err.text, "no GeoJSON"));
	CHECK(!list_read("a.geojson", "{}", 2, &err));
}

int
main(void)
{
	RUN(cells_stand_in_their_columns);
	RUN(a_value_finds_the_first_row_that_has_it);
	RUN(rows_added_later_are_found);
	RUN(a_reference_keeps_it);
	RUN(broken_lists_say_what_is_wrong);
	RUN(a_list_without_names_serves_others);
	RUN(instance_paths_reach_every_cell);
	RUN(an_empty_list_has_no_items);
	RUN(labels_with_languages_only_answer_to_label);
	RUN(a_large_list_is_cheap);
	RUN(geojson_is_a_feature_a_row);
	return CHECK_DONE();
}
