/*
 * corpus_xpath - other people's XPath tests, run on our expressions
 *
 *   tests/corpus_xpath [DIR]     DIR holds *.tsv and docs/; else as corpus_help.h says
 *
 * Skipped: what the rows' own flags place outside of the form language, and the lines of
 * xpath-skips.txt (beside the small copy), each with its reason.
 */
#include "ast_print.h"
#include "corpus_help.h"
#include "xml_tree.h"

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "err.h"
#include "expr.h"
#include "mem.h"

#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 12
#define DOCS_MAX   400
#define SKIPS_MAX  400

enum field {
	ID,
	SOURCE,
	TEST,
	DOC,
	CONTEXT,
	LANG,
	EXPRESSION,
	TYPE,
	EXPECTED,
	NOTES,
	ROW
};

struct doc {
	char name[32];
	struct xml_tree *x;
};

struct skip {
	char *source, *doc, *type, *expression;
};

struct run {
	const char *dir, *file;
	struct arena *arena;
	struct doc docs[DOCS_MAX];
	size_t doc_count;
	struct skip skips[SKIPS_MAX];
	size_t skip_count;
	size_t passed, failed, skipped;
	size_t all_passed, all_failed, all_skipped;
};

/* What a host is asked during one row. */
struct world {
	struct xml_tree *x;
	const char *language;
	struct arena *arena;
};

static const char *const sources[] = { "javarosa", "enketo", "webforms" };

/* Flags of rows that are not the form language's. */
static const char *const outside[] = { "xpath-only", "ns",
				       "needs custom test function" };

static char *
read_file(const char *dir, const char *name)
{
	struct buf path = { 0 }, text = { 0 };
	char block[8192];
	size_t len;
	FILE *file;

	buf_fmt(&path, "%s/%s", dir, name);
	file = fopen(buf_text(&path), "rb");
	buf_clear(&path);
	if (!file)
		return NULL;
	while ((len = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(&text, block, len);
	fclose(file);
	return buf_take(&text);
}

/* \t \n \r \\ \0, in place; a zero byte ends the text, as in every C string. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s != '\\') {
			*to++ = *s;
			continue;
		}
		s++;
		*to++ = *s == 't'   ? '\t'
			: *s == 'n' ? '\n'
			: *s == 'r' ? '\r'
			: *s == '0' ? '\0'
				    : *s;
	}
	*to = '\0';
}

/* Splits the next line; false at the end. */
static bool
next_row(char **text, char *row[FIELDS_MAX], size_t want)
{
	char *line = *text, *end;

	if (!*line)
		return false;
	end = line + strcspn(line, "\n");
	*text = *end ? end + 1 : end;
	*end = '\0';
	for (size_t i = 0; i < FIELDS_MAX; i++)
		row[i] = end;
	for (size_t i = 0; i < want; i++) {
		char *tab = strchr(line, '\t');

		row[i] = line;
		if (!tab)
			break;
		*tab = '\0';
		line = tab + 1;
	}
	for (size_t i = 0; i < want; i++)
		unescape(row[i]);
	return true;
}

static struct xml_tree *
find_doc(struct run *run, const char *name)
{
	struct buf path = { 0 };
	struct doc *doc;

	for (size_t i = 0; i < run->doc_count; i++)
		if (!strcmp(run->docs[i].name, name))
			return run->docs[i].x;
	if (run->doc_count == DOCS_MAX)
		return NULL;
	doc = &run->docs[run->doc_count++];
	snprintf(doc->name, sizeof(doc->name), "%s", name);
	buf_fmt(&path, "%s/docs/%s", run->dir, name);
	doc->x = xml_tree_read(buf_text(&path));
	buf_clear(&path);
	return doc->x;
}

static bool
is_named(const struct tree *tree, uint32_t id, const char *name)
{
	return !strcmp(tree->ops->name(tree, id), name);
}

/* The first element of that name, in document order. */
static uint32_t
seek(const struct tree *tree, uint32_t id, const char *name, const char *id_attribute)
{
	const char *own = tree->ops->attribute(tree, id, "id");
	uint32_t found;

	if (is_named(tree, id, name) &&
	    (!id_attribute || (own && !strcmp(own, id_attribute))))
		return id;
	for (uint32_t child = tree->ops->first_child(tree, id); child;
	     child = tree->ops->next_sibling(tree, child))
		if ((found = seek(tree, child, name, id_attribute)))
			return found;
	return 0;
}

static const struct tree *
host_instance(void *data, const char *id)
{
	struct world *w = data;
	uint32_t found = seek(xml_tree_tree(w->x), 1, "instance", id);

	return found ? xml_tree_view(w->x, found) : NULL;
}

/* The translation in use: that of the row, the default one, or the first. */
static uint32_t
translation(const struct world *w)
{
	const struct tree *tree = xml_tree_tree(w->x);
	uint32_t itext = seek(tree, 1, "itext", NULL), chosen = 0;

	if (!itext)
		return 0;
	for (uint32_t t = tree->ops->first_child(tree, itext); t;
	     t = tree->ops->next_sibling(tree, t)) {
		const char *lang = tree->ops->attribute(tree, t, "lang");

		if (*w->language ? lang && !strcmp(lang, w->language)
				 : tree->ops->attribute(tree, t, "default") != NULL)
			return t;
		if (!chosen)
			chosen = t;
	}
	return chosen;
}

static const char *
host_itext(void *data, const char *id)
{
	struct world *w = data;
	const struct tree *tree = xml_tree_tree(w->x);
	uint32_t t = translation(w), text = t ? seek(tree, t, "text", id) : 0;
	struct value v;

	if (!text)
		return NULL;
	for (uint32_t value = tree->ops->first_child(tree, text); value;
	     value = tree->ops->next_sibling(tree, value))
		if (!tree->ops->attribute(tree, value, "form")) {
			tree->ops->value(tree, value, w->arena, &v);
			return v.string;
		}
	return NULL;
}

static const struct expr_host host = {
	.instance = host_instance,
	.itext = host_itext,
};

/* Inside an XForm's instance, "/" is that instance. */
static const struct tree *
record_of(struct xml_tree *x, uint32_t context)
{
	const struct tree *tree = xml_tree_tree(x);

	for (uint32_t up = context; up > 1; up = tree->ops->parent(tree, up))
		if (is_named(tree, up, "instance"))
			return xml_tree_view(x, up);
	return tree;
}

/* Enketo's distances and areas come rounded to the centimetre. */
static double
rounding(char *row[])
{
	const char *at = strstr(row[NOTES], "round:");

	if (at)
		return strtod(at + 6, NULL);
	return !strncmp(row[EXPRESSION], "distance", 8) ||
		       !strncmp(row[EXPRESSION], "area", 4)
		   ? 100
		   : 0;
}

static bool
same_number(double got, const char *expected, double factor)
{
	double want = !strcmp(expected, "NaN") ? NAN : strtod(expected, NULL);

	if (isnan(want) || isnan(got))
		return isnan(want) && isnan(got);
	if (factor)
		got = floor(got * factor + 0.5) / factor;
	if (isinf(want) || isinf(got))
		return want == got;
	if (want == 0 && got == 0 && *expected == '-')
		return signbit(got);
	return fabs(got - want) <= 1e-9 * fmax(1, fabs(want) * 1e-3);
}

static bool
matches(const char *pattern, const char *text)
{
	regex_t re;
	bool yes;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	yes = regexec(&re, text, 0, NULL, 0) == 0;
	regfree(&re);
	return yes;
}

/* number() also reads ISO dates, which the plain cast does not. */
static bool
compare_number(struct run *run, char *row[], const struct clock *clock,
	       const struct value *v, const struct value *one, struct buf *shown)
{
	struct expr_context c = { .clock = clock, .arena = run->arena };
	char number[VALUE_NUMBER_SIZE];
	double n = value_to_number(one);
	struct value again;
	struct expr *e;

	if (one->type == VALUE_STRING && isnan(n) && v->type == VALUE_NODES &&
	    v->node_count) {
		e = expr_parse("number(.)", run->arena, NULL);
		c.node = v->nodes[0];
		if (expr_eval(e, &c, &again, NULL))
			n = again.number;
	}
	value_format_number(n, number);
	buf_str(shown, number);
	return same_number(n, row[EXPECTED], rounding(row));
}

/* Compares a result with what the row says; shown gets it in words. */
static bool
compare(struct run *run, char *row[], const struct xml_tree *x,
	const struct clock *clock, const struct value *v, struct buf *shown)
{
	const char *type = row[TYPE], *expected = row[EXPECTED];
	struct value one = *v;
	const char *text;
	size_t len;

	if (!strcmp(type, "nodecount")) {
		buf_fmt(shown, "%zu", v->node_count);
		return v->type == VALUE_NODES && !strcmp(buf_text(shown), expected);
	}
	if (!strncmp(type, "nodeset", 7)) {
		if (v->type != VALUE_NODES) {
			buf_str(shown, "no node set");
			return false;
		}
		for (size_t i = 0; i < v->node_count; i++) {
			if (i && !strcmp(type, "nodeset1"))
				break;
			buf_str(shown, i ? " | " : "");
			xml_tree_path(x, v->nodes[i].id, shown);
		}
		if (!v->node_count)
			buf_str(shown, "(empty)");
		return !strcmp(buf_text(shown), expected);
	}
	if (v->type == VALUE_NODES && !v->node_count)
		one = value_string("");
	else if (v->type == VALUE_NODES)
		v->nodes[0].tree->ops->value(v->nodes[0].tree, v->nodes[0].id,
					     run->arena, &one);
	if (!strcmp(type, "boolean")) {
		bool b = v->type == VALUE_NODES ? value_to_boolean(v)
						: value_to_boolean(&one);

		buf_str(shown, b ? "true" : "false");
		return !strcmp(buf_text(shown), expected);
	}
	if (!strcmp(type, "number"))
		return compare_number(run, row, clock, v, &one, shown);
	text = value_to_string(&one, clock->offset_minutes, run->arena);
	buf_str(shown, text);
	len = strlen(expected);
	if (!strcmp(type, "string-match"))
		return matches(expected, text);
	/* JavaRosa's date-time objects were printed without a zone. */
	if (strstr(row[NOTES], "datetime object"))
		return !strncmp(text, expected, len);
	return !strcmp(text, expected);
}

static bool
run_row(struct run *run, char *row[], struct buf *shown)
{
	bool phoenix = strstr(row[NOTES], "America/Phoenix") != NULL;
	struct xml_tree *x = find_doc(run, row[DOC]);
	struct clock clock;
	struct world world = { x, row[LANG], run->arena };
	struct expr_context c = { .position = 1,
				  .size = 1,
				  .clock = &clock,
				  .host = &host,
				  .host_data = &world,
				  .arena = run->arena };
	const struct tree *record;
	struct err err = { 0 };
	struct value v;
	struct expr *e;
	uint32_t at;

	if (!x || !(at = xml_tree_find(x, row[CONTEXT]))) {
		buf_str(shown, "no such document or context");
		return false;
	}
	clock_stop_at(&clock,
		      phoenix ? "2026-11-23T12:00:00-07:00" : "2026-11-23T12:00:00Z",
		      NULL);
	record = record_of(x, at);
	c.root = (struct node_ref){ record, record->root };
	c.node = c.current = (struct node_ref){ record, at };
	e = expr_parse_late(row[EXPRESSION], run->arena, &err);
	if (!e || !expr_eval(e, &c, &v, &err)) {
		buf_fmt(shown, "error: %s", err.text);
		return !strcmp(row[TYPE], "ERROR");
	}
	if (!strcmp(row[TYPE], "ERROR")) {
		buf_str(shown, "no error");
		return false;
	}
	return compare(run, row, x, &clock, &v, shown);
}

static bool
is_outside(char *row[])
{
	const char *at;

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		size_t len = strlen(outside[i]);

		for (at = row[NOTES]; *at; at += strcspn(at, ";")) {
			at += strspn(at, "; ");
			if (!strncmp(at, outside[i], len) &&
			    (at[len] == '\0' || at[len] == ';' || at[len] == '/'))
				return true;
		}
	}
	return false;
}

static bool
is_skipped(const struct run *run, char *row[])
{
	bool disputed = strcmp(run->file, "javarosa") != 0;

	for (size_t i = 0; i < run->skip_count; i++) {
		const struct skip *s = &run->skips[i];

		if ((strcmp(s->source, "*") ? !strcmp(s->source, run->file)
					    : disputed) &&
		    (!strcmp(s->doc, "*") || !strcmp(s->doc, row[DOC])) &&
		    !strcmp(s->type, row[TYPE]) &&
		    !strcmp(s->expression, row[EXPRESSION]))
			return true;
	}
	return false;
}

static void
report(struct run *run, const char *where, const char *expression, const char *expected,
       const char *got, bool good)
{
	if (good) {
		run->passed++;
		return;
	}
	run->failed++;
	printf("FAIL %s %s\n  %s\n  want %s\n  got  %s\n", run->file, where, expression,
	       expected, got);
}

static void
close_source(struct run *run)
{
	size_t all = run->passed + run->failed;

	printf("%-14s %zu passed, %zu failed, %zu skipped (%.2f %%)\n", run->file,
	       run->passed, run->failed, run->skipped,
	       all ? 100.0 * (double)run->passed / (double)all : 100);
	run->all_passed += run->passed;
	run->all_failed += run->failed;
	run->all_skipped += run->skipped;
	run->passed = run->failed = run->skipped = 0;
}

static void
run_source(struct run *run, const char *source)
{
	char name[64], *text, *at, *row[FIELDS_MAX];
	struct buf where = { 0 };

	run->file = source;
	snprintf(name, sizeof(name), "%s.tsv", source);
	text = at = read_file(run->dir, name);
	if (!text || !next_row(&at, row, ROW)) {
		printf("FAIL %s: cannot be read\n", name);
		run->failed++;
	}
	while (text && next_row(&at, row, ROW)) {
		struct buf shown = { 0 };

		if (is_outside(row) || is_skipped(run, row)) {
			run->skipped++;
			continue;
		}
		bool good = run_row(run, row, &shown);

		buf_reset(&where);
		buf_fmt(&where, "%s %s %s [%s] %s", row[ID], row[DOC], row[CONTEXT],
			row[TYPE], row[NOTES]);
		report(run, buf_text(&where), row[EXPRESSION], row[EXPECTED],
		       buf_text(&shown), good);
		buf_clear(&shown);
		arena_reset(run->arena);
	}
	close_source(run);
	buf_clear(&where);
	free(text);
}

static void
run_parse_table(struct run *run)
{
	char *text, *at, *row[FIELDS_MAX];

	run->file = "javarosa-parse";
	text = at = read_file(run->dir, "javarosa-parse.tsv");
	if (!text || !next_row(&at, row, 2)) {
		printf("FAIL javarosa-parse.tsv: cannot be read\n");
		run->failed++;
	}
	while (text && next_row(&at, row, 2)) {
		struct buf shown = { 0 };
		struct err err = { 0 };
		struct expr *e;

		e = expr_parse_late(row[0], run->arena, &err);
		if (e)
			ast_print(e, &shown);
		else
			buf_str(&shown, "ERROR");
		report(run, err.text, row[0], row[1], buf_text(&shown),
		       !strcmp(buf_text(&shown), row[1]));
		buf_clear(&shown);
		arena_reset(run->arena);
	}
	close_source(run);
	free(text);
}

/* source, document, type, expression, reason */
static char *
read_skips(struct run *run)
{
	char *text = read_file("tests/corpus", "xpath-skips.txt"), *at = text;
	char *row[FIELDS_MAX];

	while (text && next_row(&at, row, 5)) {
		if (*row[0] == '#' || !*row[0])
			continue;
		if (!*row[4] || run->skip_count == SKIPS_MAX) {
			printf("xpath-skips.txt: no reason, or too many lines: %s\n",
			       row[1]);
			exit(2);
		}
		run->skips[run->skip_count++] =
		    (struct skip){ row[0], row[1], row[2], row[3] };
	}
	return text;
}

int
main(int argc, char **argv)
{
	struct run *run = mem_alloc(sizeof(*run));
	struct corpus folder;
	size_t failed;
	char *skips;

	corpus_open(&folder, argc, argv, "xpath");
	run->dir = folder.dir;
	run->arena = arena_new();
	skips = read_skips(run);
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		run_source(run, sources[i]);
	run_parse_table(run);
	printf("%zu passed, %zu failed, %zu skipped\n", run->all_passed,
	       run->all_failed, run->all_skipped);
	failed = run->all_failed;
	for (size_t i = 0; i < run->doc_count; i++)
		xml_tree_free(run->docs[i].x);
	arena_free(run->arena);
	free(skips);
	free(run);
	return failed != 0;
}
