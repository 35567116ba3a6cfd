/* The answers of one record: nodes, repeats, paths, JSON. */
#include "check.h"
#include "form_help.h"

#include "arena.h"
#include "value.h"

static const char *const rows[] = {
	"begin_group g",
	"text name",
	"integer age",
	"end_group",
	"note hello | label=Hello",
	"begin_repeat kids",
	"text kid",
	"begin_repeat toys",
	"text toy",
	"end_repeat",
	"end_repeat",
	"decimal height",
	"date born",
	"time woken",
	"calculate sum | calculation=1",
	"begin_group last",
	"text z",
	"end_group",
	NULL,
};

struct world {
	struct form *form;
	struct instance *in;
};

static struct world
world_new(void)
{
	struct world w = { .form = help_form_rows(rows) };

	w.in = instance_new(w.form);
	return w;
}

static void
world_free(struct world *w)
{
	instance_free(w->in);
	form_free(w->form);
}

static void
set(struct world *w, const char *path, const char *text)
{
	struct node *node = instance_find(w->in, path);

	CHECK(node != NULL);
	if (node)
		instance_set(w->in, node, text);
}

static struct node *
add(struct world *w, struct node *parent, const char *repeat, size_t index)
{
	return instance_repeat_add(w->in, parent, form_find(w->form, repeat), index);
}

static void
check_json(struct world *w, const char *want)
{
	struct buf out = { 0 };

	instance_to_json(w->in, false, &out);
	CHECK_STR(buf_text(&out), want);
	buf_clear(&out);
}

static void
a_new_instance_has_every_question_and_no_instance_of_repeats(void)
{
	struct world w = world_new();
	size_t count = 0;

	for (struct node *n = instance_root(w.in); n; n = instance_next(n)) {
		CHECK_STR(n->text, "");
		CHECK(n->relevant);
		count++;
	}
	CHECK_INT(count, 11);
	CHECK(instance_find(w.in, "kids[1]") == NULL);
	CHECK_INT(instance_repeat_count(instance_root(w.in), form_find(w.form, "kids")),
		  0);
	world_free(&w);
}

static void
instances_stand_between_their_neighbours(void)
{
	struct world w = world_new();
	struct node *root = instance_root(w.in), *kid;
	const struct def *kids = form_find(w.form, "kids");
	char order[200] = "";

	set(&w, "height", "1.5");
	instance_set(w.in, add(&w, root, "kids", 0)->first, "b");
	instance_set(w.in, add(&w, root, "kids", 0)->first, "a");
	instance_set(w.in, add(&w, root, "kids", 99)->first, "c");
	for (struct node *n = root->first; n; n = n->next)
		snprintf(order + strlen(order), sizeof(order) - strlen(order), "%s%s ",
			 n->def->name, n->first ? n->first->text : "");
	CHECK_STR(order, "g hello kidsa kidsb kidsc height born woken sum last ");

	kid = instance_repeat_at(root, kids, 2);
	instance_repeat_move(w.in, kid, 0);
	CHECK_INT(instance_repeat_index(kid), 0);
	instance_repeat_move(w.in, kid, 1);
	CHECK_INT(instance_repeat_index(kid), 1);
	instance_repeat_move(w.in, kid, 2);
	CHECK_INT(instance_repeat_index(kid), 2);
	instance_repeat_delete(w.in, instance_repeat_at(root, kids, 1));
	CHECK_INT(instance_repeat_count(root, kids), 2);
	check_json(
	    &w, "{\"kids\":[{\"kid\":\"a\",\"toys\":[]},{\"kid\":\"c\",\"toys\":[]}],"
		"\"height\":1.5}");
	world_free(&w);
}

static void
nodes_are_found_by_path_and_say_their_path(void)
{
	static const char *const paths[] = {
		"g/name", "kids[2]/kid", "kids[1]/toys[3]/toy",
		"last/z", "height",      "kids[1]/toys[2]"
	};
	struct world w = world_new();
	struct node *kid = add(&w, instance_root(w.in), "kids", 0);
	struct buf path = { 0 };

	add(&w, instance_root(w.in), "kids", 1);
	for (size_t i = 0; i < 3; i++)
		add(&w, kid, "toys", i);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct node *node = instance_find(w.in, paths[i]);

		CHECK(node != NULL);
		buf_reset(&path);
		if (node)
			instance_path(node, &path);
		CHECK_STR(buf_text(&path), paths[i]);
	}
	CHECK(instance_find(w.in, "name") == instance_find(w.in, "g/name"));
	CHECK(instance_find(w.in, "z") == instance_find(w.in, "last/z"));
	CHECK(instance_find(w.in, "kid") == NULL);
	CHECK(instance_find(w.in, "kids[3]") == NULL);
	CHECK(instance_find(w.in, "kids[0]") == NULL);
	CHECK(instance_find(w.in, "kids[1") == NULL);
	CHECK(instance_find(w.in, "g/nothing") == NULL);
	CHECK(instance_find(w.in, "") == NULL);
	buf_clear(&path);
	world_free(&w);
}

static void
the_nearest_node_stands_in_the_same_instances(void)
{
	struct world w = world_new();
	struct node *first = add(&w, instance_root(w.in), "kids", 0);
	struct node *second = add(&w, instance_root(w.in), "kids", 1);
	struct node *toy = add(&w, second, "toys", 0)->first;
	const struct def *kid = form_find(w.form, "kid");

	CHECK(instance_near(toy, kid) == second->first);
	CHECK(instance_near(first, kid) == first->first);
	CHECK(instance_near(first->first, kid) == first->first);
	CHECK(instance_near(toy, form_find(w.form, "name")) ==
	      instance_find(w.in, "name"));
	CHECK(instance_near(instance_find(w.in, "name"), kid) == first->first);
	CHECK(instance_near(first, form_find(w.form, "toy")) == NULL);
	CHECK(instance_near(toy, w.form->root) == instance_root(w.in));
	world_free(&w);
}

static void
expressions_see_typed_values_and_no_hidden_nodes(void)
{
	struct world w = world_new();
	const struct tree *t = instance_tree(w.in);
	struct arena *a = arena_new();
	struct node *age = instance_find(w.in, "age"), *kid;
	struct value v;

	set(&w, "age", "7");
	set(&w, "born", "1970-01-03");
	t->ops->value(t, age->id, a, &v);
	CHECK(v.type == VALUE_NUMBER && v.number == 7);
	t->ops->value(t, instance_find(w.in, "born")->id, a, &v);
	CHECK(v.type == VALUE_DATE && v.number == 2);
	t->ops->value(t, instance_find(w.in, "height")->id, a, &v);
	CHECK(v.type == VALUE_STRING && !*v.string);
	t->ops->value(t, instance_find(w.in, "g")->id, a, &v);
	CHECK(v.type == VALUE_STRING && !*v.string);

	CHECK_INT(t->ops->parent(t, t->root), 0);
	CHECK_INT(t->ops->first_child(t, t->root), instance_root(w.in)->id);
	CHECK_INT(t->ops->parent(t, instance_root(w.in)->id), t->root);
	kid = add(&w, instance_root(w.in), "kids", 0);
	add(&w, instance_root(w.in), "kids", 1);
	CHECK_INT(t->ops->child_named(t, instance_root(w.in)->id, "kids"), kid->id);
	CHECK_INT(t->ops->next_named(t, kid->id), kid->next->id);
	CHECK_INT(t->ops->next_named(t, kid->next->id), 0);
	CHECK(!t->ops->hidden(t, age->id));
	age->relevant = false;
	CHECK(t->ops->hidden(t, age->id));
	arena_free(a);
	world_free(&w);
}

struct json_case {
	const char *name, *json,
	    *want; /* want NULL: as json; an error: "!" and a part */
	bool lenient;
};

/* clang-format off */
static const struct json_case json_cases[] = {
	{ "nothing", "{}", "{\"kids\":[]}", false },
	{ "a whole record", "{\"g\":{\"name\":\"王\\\"阿姨\",\"age\":7},\"kids\":[{\"kid\":\"a\","
	  "\"toys\":[{\"toy\":\"x\"},{}]},{\"toys\":[]}],\"height\":1.5,\"sum\":1,"
	  "\"last\":{\"z\":\"9\"}}", NULL, false },
	{ "other order", "{\"height\":1.50,\"g\":{\"age\":\"007\",\"name\":null}}",
	  "{\"g\":{\"age\":7},\"kids\":[],\"height\":1.5}", false },
	{ "exponents", "{\"height\":1.5e3}", "{\"kids\":[],\"height\":1500}", false },
	{ "a code is no number", "{\"sum\":\"007\"}", "{\"kids\":[],\"sum\":\"007\"}", false },
	{ "long digits stay text", "{\"sum\":\"990000198511221047\"}",
	  "{\"kids\":[],\"sum\":\"990000198511221047\"}", false },
	{ "a calculated number", "{\"sum\":\"2.5\"}", "{\"kids\":[],\"sum\":2.5}", false },
	{ "what is no number stays text", "{\"height\":\"tall\"}",
	  "{\"kids\":[],\"height\":\"tall\"}", false },
	{ "unknown", "{\"who\":1}", "!who", false },
	{ "unknown within", "{\"g\":{\"who\":1}}", "!g/who", false },
	{ "unknown, passed over", "{\"who\":{\"a\":[1,{}]},\"x\":[[]],\"g\":{\"who\":1,\"age\":3}}",
	  "{\"g\":{\"age\":3},\"kids\":[]}", true },
	{ "object for a text", "{\"g\":{\"name\":{\"a\":1}}}", "!g/name", false },
	{ "object for a text, passed over", "{\"g\":{\"name\":{\"a\":1},\"age\":3}}",
	  "{\"g\":{\"age\":3},\"kids\":[]}", true },
	{ "text for a group", "{\"g\":\"x\"}", "!g", false },
	{ "text for a repeat", "{\"kids\":\"x\"}", "!kids", false },
	{ "text for an instance", "{\"kids\":[\"x\"]}", "!kids", false },
	{ "text for an instance, passed over", "{\"kids\":[\"x\",{\"kid\":\"a\"}]}",
	  "{\"kids\":[{\"kid\":\"a\",\"toys\":[]}]}", true },
	{ "an answer to a note", "{\"hello\":\"x\"}", "!hello", false },
	{ "not JSON", "{\"g\":", "!JSON", true },
	{ "more than one", "{} {}", "!JSON", true },
	{ "no object", "[]", "!JSON", true },
};
/* clang-format on */

static void
json_goes_in_and_comes_out(void)
{
	for (size_t i = 0; i < sizeof(json_cases) / sizeof(json_cases[0]); i++) {
		const struct json_case *c = &json_cases[i];
		struct world w = world_new();
		struct err err = { 0 };
		bool ok = instance_from_json(w.in, c->json, strlen(c->json), c->lenient,
					     &err);

		check_case(c->name);
		if (c->want && *c->want == '!') {
			CHECK(!ok);
			CHECK(strstr(err.text, c->want + 1) != NULL);
		} else {
			CHECK(ok);
			check_json(&w, c->want ? c->want : c->json);
		}
		world_free(&w);
	}
	check_close();
}

static void
what_is_not_relevant_can_be_left_out(void)
{
	struct world w = world_new();
	struct buf out = { 0 };

	set(&w, "name", "a");
	set(&w, "age", "7");
	set(&w, "z", "9");
	add(&w, instance_root(w.in), "kids", 0)->relevant = false;
	instance_find(w.in, "age")->relevant = false;
	instance_find(w.in, "last")->relevant = false;
	instance_find(w.in, "last/z")->relevant = false;
	instance_to_json(w.in, true, &out);
	CHECK_STR(buf_text(&out), "{\"g\":{\"name\":\"a\"},\"kids\":[]}");
	buf_reset(&out);
	instance_repeat_place(instance_root(w.in), form_find(w.form, "kids"))
	    ->relevant = false;
	instance_to_json(w.in, true, &out);
	CHECK_STR(buf_text(&out), "{\"g\":{\"name\":\"a\"}}");
	buf_clear(&out);
	world_free(&w);
}

int
main(void)
{
	RUN(a_new_instance_has_every_question_and_no_instance_of_repeats);
	RUN(instances_stand_between_their_neighbours);
	RUN(nodes_are_found_by_path_and_say_their_path);
	RUN(the_nearest_node_stands_in_the_same_instances);
	RUN(expressions_see_typed_values_and_no_hidden_nodes);
	json_goes_in_and_comes_out();
	RUN(what_is_not_relevant_can_be_left_out);
	return CHECK_DONE();
}
