/*
 * corpus_scenario - what JavaRosa's own tests do to its forms, done to ours
 *
 *   tests/corpus_scenario [DIR]     DIR holds index.tsv, the traces and their forms
 *
 * A trace says after each step which nodes changed, and how: here each of those must
 * read so after the same step, and at the end all that was ever told must still hold.
 * JavaRosa makes the instances of a count, and looks at choices, when somebody steps
 * there; here both are done already, so only what is told is compared.
 */
#include "corpus_help.h"

#include "clock.h"
#include "err.h"
#include "form.h"
#include "instance.h"
#include "logic.h"

#include "../src/form/logic_part.h"

#define SKIPS    "scenario-skips.txt"
#define VOLATILE "(volatile)"
#define NOTHING  "(none)" /* there is no such node */
#define DAY      "2000-01-01T"
/* The day on which the traces were made, in the zone in which they were. */
#define RECORDED "2026-11-23T12:00:00.000Z"

enum op { OP, ONE, TWO, THREE };

struct told {
	char *path, *flags, *value;
};

struct play {
	struct corpus *c;
	const char *trace;
	int line;
	char step[160]; /* the last one that was done */
	struct form *form;
	struct instance *in;
	struct logic *logic;
	struct clock clock;
	struct told *told;
	size_t told_count, told_cap;
	size_t state, state_good; /* lines of changed nodes */
};

static void
verdict(struct play *p, bool good, const char *what, const char *got, const char *want)
{
	if (good) {
		p->c->passed++;
		return;
	}
	p->c->failed++;
	printf("FAIL %s:%d after %s: %s: got \"%s\", want \"%s\"\n", p->trace, p->line,
	    p->step, what, got, want);
}

/* ---- the record ---- */

static void
stop(struct play *p)
{
	logic_free(p->logic);
	instance_free(p->in);
	p->logic = NULL;
	p->in = NULL;
}

static bool
begin(struct play *p, bool again)
{
	struct logic_world world = { .clock = &p->clock,
		.language = p->form->default_language };
	struct err err = { 0 };

	struct buf kept = { 0 };
	bool ok;

	if (again && p->in)
		instance_to_json(p->in, true, &kept);
	stop(p);
	p->in = instance_new(p->form);
	ok = !kept.len || instance_from_json(p->in, kept.data, kept.len, true, &err);
	buf_clear(&kept);
	p->logic = ok ? logic_new(p->in, &world, &err) : NULL;
	if (p->logic && (again ? logic_resume : logic_begin)(p->logic, &err))
		return true;
	printf("  %s: %s\n", p->trace, err.text);
	return false;
}

static bool
load(struct play *p, const char *name)
{
	struct buf path = { 0 };
	struct err err = { 0 };
	struct form_files files = { corpus_list, NULL };
	size_t len = 0;
	char *text;

	buf_fmt(&path, "forms/%s", name);
	text = corpus_read(p->c->dir, buf_text(&path), &len);
	buf_clear(&path);
	p->form = text ? form_read(text, len, &files, NULL, NULL, &err) : NULL;
	if (!p->form)
		printf("  %s: %s\n", name, text ? err.text : "cannot be read");
	free(text);
	return p->form;
}

/* The node at "/data/rep[2]/x", which begins with the root. */
static struct node *
find(const struct play *p, const char *path)
{
	const char *below = *path == '/' ? strchr(path + 1, '/') : NULL;

	return below ? instance_find(p->in, below + 1) : instance_root(p->in);
}

/* JavaRosa takes away what is beyond a count, we hide it. */
static bool
is_there(const struct node *node)
{
	for (; node; node = node->parent)
		if (node->beyond)
			return false;
	return true;
}

static void
read_flags(const struct node *node, char out[4])
{
	out[0] = node->relevant ? 'r' : '-';
	out[1] = node->readonly ? '-' : 'e';
	out[2] = node->required ? 'q' : '-';
	out[3] = '\0';
}

/* ---- values ---- */

static bool
same_moment(const char *a, const char *b)
{
	char whole[2][64];
	int64_t ms[2];
	int offset;

	/* a time is one of some day */
	snprintf(whole[0], sizeof(whole[0]), "%s%s", a[0] && a[2] == ':' ? DAY : "", a);
	snprintf(whole[1], sizeof(whole[1]), "%s%s", b[0] && b[2] == ':' ? DAY : "", b);
	return clock_parse(whole[0], &ms[0], &offset) &&
	       clock_parse(whole[1], &ms[1], &offset) && ms[0] == ms[1];
}

/* The next number of a list of places: "1 2 0 0; 3 4 0 0"; false when it is no number. */
static bool
take_number(const char **at, double *number)
{
	char *end;

	*number = strtod(*at, &end);
	if (end == *at)
		return false;
	*at = end;
	return !*end || strchr("; ", *end);
}

static const char *
past_blanks(const char *at)
{
	return at + strspn(at, "; ");
}

/* JavaRosa writes 0.0 and 1.0E7 where we write 0 and 10000000. */
static bool
same_numbers(const char *a, const char *b)
{
	double x, y;

	while (*a && *b) {
		if (!take_number(&a, &x) || !take_number(&b, &y) || x != y)
			return false;
		a = past_blanks(a);
		b = past_blanks(b);
	}
	return !*a && !*b;
}

static bool
same_value(const char *got, const char *want)
{
	return !strcmp(got, want) || !strcmp(want, VOLATILE) ||
	       same_moment(got, want) || (*got && same_numbers(got, want));
}

/* ---- what was told ---- */

static struct told *
tell(struct play *p, const char *path)
{
	for (size_t i = 0; i < p->told_count; i++)
		if (!strcmp(p->told[i].path, path))
			return &p->told[i];
	p->told =
	    mem_grow(p->told, &p->told_cap, p->told_count + 1, sizeof(p->told[0]));
	p->told[p->told_count] = (struct told){ mem_strdup(path), NULL, NULL };
	return &p->told[p->told_count++];
}

static void
forget(struct told *told)
{
	free(told->flags);
	free(told->value);
	told->flags = told->value = NULL;
}

static bool
holds(const struct play *p, const struct told *told, struct buf *got, struct buf *want)
{
	const struct node *node = find(p, told->path);
	char flags[4];

	buf_fmt(want, "%s %s", told->flags ? told->flags : "gone",
	    told->flags ? told->value : "");
	if (!node || (!is_there(node) && !(told->flags && told->flags[0] == '-'))) {
		buf_str(got, "gone ");
		return !told->flags;
	}
	read_flags(node, flags);
	buf_fmt(got, "%s %s", flags, node->text);
	return told->flags && !strcmp(flags, told->flags) &&
	       same_value(node->text, told->value);
}

static void
check_told(struct play *p, const struct told *told, const char *what, bool count)
{
	struct buf got = { 0 }, want = { 0 };
	bool good = holds(p, told, &got, &want);

	if (count) {
		p->state++;
		p->state_good += good;
	}
	verdict(p, good, what, buf_text(&got), buf_text(&want));
	buf_clear(&got);
	buf_clear(&want);
}

static void
take_state(struct play *p, char *row[CORPUS_FIELDS])
{
	struct told *told = tell(p, row[ONE]);

	forget(told);
	told->flags = mem_strdup(row[TWO]);
	told->value = mem_strdup(row[THREE]);
	check_told(p, told, row[ONE], true);
}

static void
take_gone(struct play *p, char *row[CORPUS_FIELDS])
{
	struct told *told = tell(p, row[ONE]);

	forget(told);
	check_told(p, told, row[ONE], true);
}

/* Nothing else has changed: one verdict for all that was told. */
static void
check_end(struct play *p)
{
	char id[64];

	snprintf(id, sizeof(id), "%s:end", p->trace);
	for (size_t i = 0; i < p->told_count; i++) {
		struct buf got = { 0 }, want = { 0 };
		bool good = holds(p, &p->told[i], &got, &want);

		good = good || corpus_is_skipped(p->c, SKIPS, id);
		if (!good)
			verdict(
			    p, false, p->told[i].path, buf_text(&got), buf_text(&want));
		buf_clear(&got);
		buf_clear(&want);
		if (!good)
			return;
	}
	verdict(p, true, "", "", "");
}

/* ---- the steps ---- */

/* JavaRosa's tests give answers that nobody could choose or type: 2024 where the list
 * ends with 2022. What follows from them is compared all the same. */
static void
force(struct play *p, struct node *node, const char *text)
{
	logic_touch(p->logic, node);
	if (compute_set(p->logic, node, text))
		actions_changed(p->logic, node, 0);
	compute_settle(p->logic, NULL);
}

static void
do_answer(struct play *p, char *row[CORPUS_FIELDS])
{
	struct node *node = find(p, row[ONE]);
	const char *got = "OK";
	char *before;

	if (!node || node->def->kind != DEF_QUESTION) {
		verdict(p, false, row[ONE], node ? "no question" : "no node", row[TWO]);
		return;
	}
	before = mem_strdup(node->text);
	if (!logic_answer(p->logic, node, row[TWO], NULL)) {
		if (!strcmp(row[THREE], "OK"))
			force(p, node, row[TWO]);
		else
			got = row[THREE]; /* whatever the reason */
	} else if (row[TWO][0] &&
		   logic_check(p->logic, node, NULL) == LOGIC_CONSTRAINT) {
		got = "CONSTRAINT_VIOLATED";
	}
	/* JavaRosa does not take such an answer at all; we leave it to the screen. */
	if (!strcmp(got, "CONSTRAINT_VIOLATED"))
		logic_answer(p->logic, node, before, NULL);
	free(before);
	verdict(p, !strcmp(got, row[THREE]), row[ONE], got, row[THREE]);
}

/* The definition of the last step, the node around it and the index, from 0. */
static const struct def *
find_repeat(const struct play *p, char *ref, struct node **parent, size_t *index)
{
	char *slash = strrchr(ref, '/'), *bracket = strchr(slash, '[');
	const struct def *def;

	*index = bracket ? strtoul(bracket + 1, NULL, 10) - 1 : 0;
	*slash = '\0';
	*parent = find(p, ref);
	*slash = '/';
	if (bracket)
		*bracket = '\0';
	def = *parent ? (*parent)->def->first : NULL;
	while (def && strcmp(def->name, slash + 1) != 0)
		def = def->next;
	if (bracket)
		*bracket = '[';
	return def && def->kind == DEF_REPEAT ? def : NULL;
}

static void
do_new_repeat(struct play *p, char *row[CORPUS_FIELDS])
{
	struct node *parent;
	size_t index;
	const struct def *def = find_repeat(p, row[ONE], &parent, &index);
	struct err err = { 0 };

	if (!def)
		err_set(&err, ERR_INPUT, "no repeat");
	else if (!logic_repeat_is_free(p->logic, def))
		return; /* the count made it */
	else
		logic_repeat_add(p->logic, parent, def, index, &err);
	verdict(p, err.kind == ERR_NONE, row[ONE], err.text, "added");
}

static void
do_delete_repeat(struct play *p, char *row[CORPUS_FIELDS])
{
	struct node *node = find(p, row[ONE]);
	struct err err = { 0 };

	if (!node)
		err_set(&err, ERR_INPUT, "no repeat");
	else
		logic_repeat_delete(p->logic, node, &err);
	verdict(p, err.kind == ERR_NONE, row[ONE], err.text, "deleted");
}

/* Where somebody can step is there and is asked. */
static void
do_next(struct play *p, char *row[CORPUS_FIELDS])
{
	const struct node *node;

	if (strcmp(row[ONE], "Question") != 0)
		return;
	node = find(p, row[TWO]);
	verdict(p, node && node->relevant, row[TWO], node ? "irrelevant" : "no node",
	    "asked");
}

static void
do_get(struct play *p, char *row[CORPUS_FIELDS])
{
	const struct node *node = find(p, row[ONE]);
	const char *text = node ? node->text : "";

	verdict(p, same_value(text, row[TWO]) || (!node && !strcmp(row[TWO], NOTHING)),
	    row[ONE], text, row[TWO]);
}

static void
do_choices(struct play *p, char *row[CORPUS_FIELDS])
{
	const struct node *node = find(p, row[ONE]);
	struct buf got = { 0 };
	struct err err = { 0 };
	const size_t *rows = NULL;
	size_t count = 0;

	if (node)
		rows = logic_choices(p->logic, node, &count, &err);
	for (size_t i = 0; rows && i < count; i++)
		buf_fmt(&got, "%s%s", i ? " | " : "",
		    logic_choice_name(p->logic, node->def, rows[i]));
	verdict(p, rows && !strcmp(buf_text(&got), row[TWO]), row[ONE],
	    rows ? buf_text(&got) : err.text, row[TWO]);
	buf_clear(&got);
}

static void
do_count(struct play *p, char *row[CORPUS_FIELDS])
{
	struct node *parent;
	size_t index, count = 0;
	const struct def *def = find_repeat(p, row[ONE], &parent, &index);
	char text[32];

	for (const struct node *n = def ? instance_repeat_at(parent, def, 0) : NULL;
	     n && n->def == def; n = n->next)
		count += !n->beyond;
	snprintf(text, sizeof(text), "%zu", count);
	verdict(p, !strcmp(text, row[TWO]), row[ONE], text, row[TWO]);
}

static void
do_language(struct play *p, char *row[CORPUS_FIELDS])
{
	logic_use_language(p->logic, row[ONE]);
}

static void
do_finalise(struct play *p, char *row[CORPUS_FIELDS])
{
	(void)row;
	logic_finish(p->logic);
}

/* "1 /data/a[1]": 1 empty, 2 against its constraint; the first node that is wrong. */
static void
do_validate(struct play *p, char *row[CORPUS_FIELDS])
{
	const struct node *node = logic_check_all(p->logic, NULL, NULL, NULL);
	enum logic_verdict wrong =
	    node ? logic_check(p->logic, node, NULL) : LOGIC_GOOD;
	const struct node *want =
	    find(p, strchr(row[ONE], '/') ? strchr(row[ONE], '/') : "");
	enum logic_verdict expected =
	    row[ONE][0] == '1' ? LOGIC_REQUIRED : LOGIC_CONSTRAINT;

	verdict(p, node == want && wrong == expected, row[ONE],
	    node ? node->def->path : "all is good", row[ONE]);
}

/* clang-format off */
static const struct {
	const char *name;
	void (*run)(struct play *p, char *row[CORPUS_FIELDS]);
} steps[] = {
	{ "=",         take_state },
	{ "-",         take_gone },
	{ "ANSWER",    do_answer },
	{ "NEXT",      do_next },
	{ "NEWREPEAT", do_new_repeat },
	{ "DELREPEAT", do_delete_repeat },
	{ "GET",       do_get },
	{ "CHOICES",   do_choices },
	{ "COUNT",     do_count },
	{ "LANG",      do_language },
	{ "FINALIZE",  do_finalise },
	{ "VALIDATE",  do_validate },
	{ "BEGIN",     NULL },
	{ "PREV",      NULL },
	{ "TEST",      NULL },
};
/* clang-format on */

static bool
do_row(struct play *p, char *row[CORPUS_FIELDS])
{
	char id[64];

	if (!strcmp(row[OP], "FORM"))
		return load(p, row[ONE]);
	if (!strcmp(row[OP], "INIT")) {
		snprintf(p->step, sizeof(p->step), "INIT");
		return p->form && begin(p, !strcmp(row[ONE], "existing"));
	}
	if (row[OP][0] != '=' && row[OP][0] != '-')
		snprintf(
		    p->step, sizeof(p->step), "%s %s %s", row[OP], row[ONE], row[TWO]);
	snprintf(id, sizeof(id), "%s:%d", p->trace, p->line);
	if (corpus_is_skipped(p->c, SKIPS, id))
		return true;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!strcmp(steps[i].name, row[OP])) {
			if (steps[i].run && p->in)
				steps[i].run(p, row);
			return true;
		}
	printf("  %s:%d: unknown step %s\n", p->trace, p->line, row[OP]);
	return false;
}

static void
play(struct play *p, const char *trace)
{
	char *text, *at, *row[CORPUS_FIELDS];
	bool ok = true;

	p->trace = trace;
	p->line = 0;
	text = at = corpus_read(p->c->dir, trace, NULL);
	while (ok && corpus_row(&at, row)) {
		p->line++;
		ok = do_row(p, row);
	}
	if (!ok || !p->in)
		verdict(p, false, trace, "stopped", "played");
	else
		check_end(p);
	for (size_t i = 0; i < p->told_count; i++) {
		forget(&p->told[i]);
		free(p->told[i].path);
	}
	p->told_count = 0;
	stop(p);
	form_free(p->form);
	p->form = NULL;
	free(text);
}

int
main(int argc, char **argv)
{
	struct corpus c;
	struct play p = { .c = &c };
	char *text, *at, *row[CORPUS_FIELDS];

	corpus_open(&c, argc, argv, "scenario");
	clock_stop_at(&p.clock, RECORDED, NULL);
	text = at = corpus_read(c.dir, "index.tsv", NULL);
	if (!corpus_row(&at, row)) {
		printf("FAIL %s/index.tsv cannot be read\n", c.dir);
		c.failed++;
	}
	while (corpus_row(&at, row))
		if (!corpus_is_skipped(&c, SKIPS, row[0]))
			play(&p, row[0]);
	free(text);
	free(p.told);
	printf(
	    "%zu of %zu lines of changed nodes as recorded\n", p.state_good, p.state);
	return corpus_close(&c);
}
