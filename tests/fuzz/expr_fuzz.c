/*
 * An expression of any bytes: parsed, printed, parsed again to the same, evaluated.
 */
#include "fuzz.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "expr.h"
#include "instance.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static const char table[] = "survey\n,type,name,label\n,text,a,A\n,integer,b,B\n"
			    ",begin repeat,r,R\n,text,c,C\n,end repeat,,\n";

static struct instance *
record(void)
{
	static struct instance *in;
	struct form *form;

	if (in)
		return in;
	form = form_read(table, strlen(table), NULL, NULL, NULL, NULL);
	in = instance_new(form);
	instance_set(in, instance_find(in, "a"), "2026-11-02");
	instance_set(in, instance_find(in, "b"), "7");
	for (int i = 0; i < 3; i++)
		instance_repeat_add(
		    in, instance_root(in), form_find(form, "r"), (size_t)-1);
	instance_set(in, instance_find(in, "r[2]/c"), "1 2");
	return in;
}

/* The printed form means the same: it prints alike. */
static void
print_again(const struct expr *e, struct arena *a)
{
	struct buf once = { 0 }, twice = { 0 };
	const struct expr *again;

	expr_print(e, &once);
	again = expr_parse_late(buf_text(&once), a, NULL);
	if (!again)
		abort();
	expr_print(again, &twice);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0)
		abort();
	buf_clear(&once);
	buf_clear(&twice);
}

static void
evaluate(const struct expr *e, struct arena *a)
{
	struct clock clock = { 0 };
	const struct instance *in = record();
	struct expr_context context = {
		.position = 1, .size = 1, .clock = &clock, .arena = a
	};
	struct err err = { 0 };
	const char *text;

	clock_stop_at(&clock, "2026-11-23T18:00:00+08:00", &err);
	context.node = instance_ref(in, instance_find(in, "b"));
	context.current = context.node;
	context.root = (struct node_ref){ instance_tree(in), instance_tree(in)->root };
	if (!expr_string(e, &context, &text, &err) && !err.kind)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	char *text;
	struct err err = { 0 };
	const struct expr *e;

	if (!text_valid((const char *)data, size))
		return 0; /* no reader of forms lets it through */
	a = arena_new();
	text = strndup((const char *)data, size);
	e = expr_parse_late(text, a, &err);

	if (e) {
		print_again(e, a);
		evaluate(e, a);
	} else if (!err.kind) {
		abort();
	}
	expr_parse(text, a, NULL);
	free(text);
	arena_free(a);
	return 0;
}
