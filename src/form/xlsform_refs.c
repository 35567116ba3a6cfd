/*
 * xlsform_refs - ${name} in expressions and texts becomes a path
 *
 * As pyxform writes them: relative ("../x", "../../g/x") when the reader and the read
 * stand in the same repeat, so that each instance reads its own; absolute otherwise.
 * In a choice_filter and in a predicate on instance() the relative ones start at
 * current(), because "." is a choice there.
 */
#include "xlsform.h"

#include "arena.h"
#include "buf.h"
#include "err.h"
#include "expr.h"
#include "i18n.h"
#include "mem.h"

#include <ctype.h>
#include <string.h>

#define LAST_SAVED "last-saved#"

/* A reference found in a text: text[at, end) is "${…}". */
struct ref {
	size_t at, end;
	bool last_saved;
	const char *name;
};

/* Finds the next reference from *at on. False when there is none; ref->name is NULL
 * when it is not well written. */
static bool
next_ref(struct arena *a, const char *text, size_t at, struct ref *ref)
{
	const char *start = strstr(text + at, "${"), *name, *end;

	if (!start)
		return false;
	name = start + 2;
	end = name + strcspn(name, "}");
	*ref = (struct ref){ .at = (size_t)(start - text) };
	ref->last_saved = !strncmp(name, LAST_SAVED, strlen(LAST_SAVED));
	if (ref->last_saved)
		name += strlen(LAST_SAVED);
	ref->name = arena_strndup(a, name, (size_t)(end - name));
	if (*end != '}' || !xls_is_name(ref->name))
		ref->name = NULL;
	ref->end = (size_t)(end - text) + (*end == '}');
	return true;
}

/* The innermost repeat around both, or NULL. */
static const struct def *
shared_repeat(const struct def *a, const struct def *b)
{
	for (const struct def *r = def_repeat(a->parent); r; r = def_repeat(r->parent))
		for (const struct def *s = b->parent; s; s = s->parent)
			if (s == r)
				return r;
	return NULL;
}

static void
write_steps_down(const struct def *from, const struct def *to, struct buf *out)
{
	if (to == from)
		return;
	write_steps_down(from, to->parent, out);
	buf_char(out, '/');
	buf_str(out, to->name);
}

static void
write_relative(const struct def *from, const struct def *to, struct buf *out)
{
	const struct def *meet = from->parent, *up;
	const char *sep = "";

	while (def_depth(meet) > def_depth(to))
		meet = meet->parent;
	for (up = to; def_depth(up) > def_depth(meet);)
		up = up->parent;
	while (meet != up) {
		meet = meet->parent;
		up = up->parent;
	}
	for (const struct def *d = from; d != meet; d = d->parent) {
		buf_str(out, sep);
		buf_str(out, "..");
		sep = "/";
	}
	write_steps_down(meet, to, out);
}

/* How deep in what the place at stands: for the two rules that look around a ref. */
struct surroundings {
	bool in_predicate; /* of an expression that reads an instance() */
	bool fixed;        /* an argument of indexed-repeat() that must be absolute */
};

/* Which argument of the call that opens before text[at] it is; -1: behind the call. */
static int
argument_number(const char *text, size_t open, size_t at)
{
	int depth = 1, commas = 0;
	char quote = 0;

	for (size_t i = open; i < at; i++) {
		char c = text[i];

		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (c == '(') {
			depth++;
		} else if (c == ')') {
			if (!--depth)
				return -1;
		} else if (c == ',' && depth == 1) {
			commas++;
		}
	}
	return commas;
}

static struct surroundings
look_around(const char *text, size_t at)
{
	static const char call[] = "indexed-repeat(";
	struct surroundings s = { false, false };
	bool instance = strstr(text, "instance(");
	int brackets = 0;
	char quote = 0;

	for (size_t i = 0; instance && i < at; i++)
		if (quote)
			quote = text[i] == quote ? 0 : quote;
		else if (text[i] == '\'' || text[i] == '"')
			quote = text[i];
		else
			brackets += (text[i] == '[') - (text[i] == ']');
	s.in_predicate = brackets > 0;
	for (const char *p = text; (p = strstr(p, call)) && p < text + at; p++) {
		int n =
		    argument_number(text, (size_t)(p - text) + sizeof(call) - 1, at);

		/* what is read and the repeats; the indexes between are read from here */
		if (n >= 0)
			s.fixed = n == 0 || n % 2 == 1;
	}
	return s;
}

static const struct def *
find_ref(struct xls *x, struct xls_place place, const char *text, const struct ref *ref)
{
	const struct def *def;
	size_t count;

	if (!ref->name) {
		xls_error(x, place,
		    _("\"%.*s\" is no reference: write ${name}, with a question's "
		      "name."),
		    (int)(ref->end - ref->at), text + ref->at);
		return NULL;
	}
	def = form_named(x->form, ref->name, &count);
	if (!def)
		xls_error(x, place,
		    _("There is no question named \"%s\": correct ${%s} or add it."),
		    ref->name, ref->name);
	else if (count > 1)
		xls_error(x, place,
		    _("The name \"%s\" stands %zu times in survey, so ${%s} could be "
		      "any: "
		      "rename the others."),
		    ref->name, count, ref->name);
	return count == 1 ? def : NULL;
}

static void
write_path(const struct ref *ref, const struct def *def, const struct def *from,
    bool use_current, struct surroundings s, struct buf *out)
{
	buf_char(out, ' ');
	if (ref->last_saved) {
		buf_str(out, "instance('__last-saved')");
		buf_str(out, def->path);
	} else if (!s.fixed && shared_repeat(from, def)) {
		if (use_current || s.in_predicate)
			buf_str(out, "current()/");
		write_relative(from, def, out);
	} else {
		buf_str(out, def->path);
	}
	buf_char(out, ' ');
}

const char *
xls_paths(struct xls *x, struct xls_place place, const struct def *from,
    enum xls_ref_use use, const char *text)
{
	struct buf out = { 0 };
	const char *result = NULL;
	size_t at = 0;
	struct ref ref;
	bool good = true;

	if (!strstr(text, "${"))
		return text;
	while (next_ref(x->arena, text, at, &ref)) {
		const struct def *def = find_ref(x, place, text, &ref);

		buf_add(&out, text + at, ref.at - at);
		if (def)
			write_path(&ref, def, from, use == REF_FILTER,
			    look_around(text, ref.at), &out);
		good = good && def;
		at = ref.end;
	}
	buf_str(&out, text + at);
	if (good)
		result = arena_strndup(x->arena, out.data, out.len);
	buf_clear(&out);
	return result;
}

void
xls_write_repeat(const struct def *from, const struct def *repeat, struct buf *out)
{
	if (!shared_repeat(from, repeat->first)) {
		buf_str(out, repeat->path);
		return;
	}
	write_relative(from, repeat->parent, out);
	buf_fmt(out, "/%s", repeat->name);
}

/* What stands below a repeat, from one of its instances: "demographics/age". */
void
xls_write_below(const struct def *repeat, const struct def *def, struct buf *out)
{
	struct buf steps = { 0 };

	write_steps_down(repeat, def, &steps);
	buf_str(out, buf_text(&steps) + 1);
	buf_clear(&steps);
}

const char *
xls_paths_below(struct xls *x, struct xls_place place, const struct def *from,
    const struct def *repeat, const char *text)
{
	struct buf out = { 0 };
	const char *result = NULL;
	struct ref ref;
	size_t at = 0;
	bool good = true;

	for (; next_ref(x->arena, text, at, &ref); at = ref.end) {
		const struct def *def = find_ref(x, place, text, &ref), *up = def;

		buf_add(&out, text + at, ref.at - at);
		good = good && def;
		while (up && up != repeat)
			up = up->parent;
		if (up && up != def && !ref.last_saved) {
			buf_str(&out, " ./");
			xls_write_below(repeat, def, &out);
			buf_char(&out, ' ');
		} else if (def) {
			write_path(&ref, def, from, true, look_around(text, ref.at),
			    &out);
		}
	}
	buf_str(&out, text + at);
	if (good)
		result = arena_strndup(x->arena, out.data, out.len);
	buf_clear(&out);
	return result;
}

bool
xls_check_refs(struct xls *x, struct xls_place place, const char *text)
{
	struct ref ref;
	size_t at = 0;

	for (; next_ref(x->arena, text, at, &ref); at = ref.end)
		find_ref(x, place, text, &ref);
	return at > 0;
}

bool
xls_refs_are_good(struct xls *x, const char *text)
{
	struct ref ref;
	size_t count;

	for (size_t at = 0; next_ref(x->arena, text, at, &ref); at = ref.end)
		if (!ref.name || !form_named(x->form, ref.name, &count) || count > 1)
			return false;
	return true;
}

const struct def *
xls_next_ref(struct xls *x, const char *text, size_t *at)
{
	struct ref ref;

	if (!next_ref(x->arena, text, *at, &ref))
		return NULL;
	*at = ref.end;
	return ref.name ? form_named(x->form, ref.name, NULL) : NULL;
}

/* Typographic quotes, as word processors make them, become those of expressions. */
const char *
xls_straight_quotes(struct arena *a, const char *text)
{
	char *out, *p;

	if (!strstr(text, "\xe2\x80"))
		return text;
	out = p = arena_alloc(a, strlen(text) + 1);
	while (*text) {
		const unsigned char *u = (const unsigned char *)text;

		if (u[0] == 0xe2 && u[1] == 0x80 && (u[2] & ~1) == 0x98) {
			*p++ = '\'';
			text += 3;
		} else if (u[0] == 0xe2 && u[1] == 0x80 && (u[2] & ~1) == 0x9c) {
			*p++ = '"';
			text += 3;
		} else {
			*p++ = *text++;
		}
	}
	return out;
}

/*
 * The mistake in words, its column counted in what the designer wrote: the text is
 * parsed again with each reference replaced by a path of the same length.
 */
static void
report_mistake(
    struct xls *x, struct xls_place place, const char *text, const struct err *err)
{
	char *same_length = arena_strdup(x->arena, text);
	struct err better = { 0 };
	struct ref ref;

	for (size_t at = 0; next_ref(x->arena, text, at, &ref); at = ref.end) {
		memcpy(same_length + ref.at, " /", 2);
		for (size_t i = ref.at; i < ref.end; i++)
			if (same_length[i] == '#')
				same_length[i] = '_';
		same_length[ref.end - 1] = ' ';
	}
	if (expr_parse(same_length, x->arena, &better))
		better = *err;
	xls_error(x, place, "%s", better.text);
}

const struct expr *
xls_expr(struct xls *x, struct xls_place place, const struct def *from,
    enum xls_ref_use use, const char *text)
{
	const char *written = xls_straight_quotes(x->arena, text);
	const char *paths = xls_paths(x, place, from, use, written);
	struct err err = { 0 };
	const struct expr *e;

	if (!paths)
		return NULL;
	e = expr_parse(paths, x->arena, &err);
	if (!e)
		report_mistake(x, place, written, &err);
	return e;
}

/* Past a predicate or the arguments of a call that begin at s; NULL: never closed. */
static const char *
skip_brackets(const char *s)
{
	int depth = 0;
	char quote = 0;

	for (; *s; s++)
		if (quote)
			quote = *s == quote ? 0 : quote;
		else if (*s == '\'' || *s == '"')
			quote = *s;
		else if (*s == '(' || *s == '[')
			depth++;
		else if ((*s == ')' || *s == ']') && !--depth)
			return s + 1;
	return NULL;
}

static const char *
skip_step(const char *s)
{
	while (isalnum((unsigned char)*s) || (unsigned char)*s >= 0x80 ||
	       (*s && strchr("_-.:*", *s)))
		s++;
	return s;
}

/* instance('fruits')/root/item[name = ${fruit}]/label in a text is what it gives, as
 * an answer is. The end of the one that begins at s, or NULL. */
static const char *
end_of_instance(const char *s)
{
	const char *end = skip_brackets(s + strlen("instance"));
	bool steps = false;

	while (end && (*end == '/' || *end == '[')) {
		steps = true;
		if (*end == '[') {
			end = skip_brackets(end);
			continue;
		}
		end = skip_step(end + 1);
	}
	return steps ? end : NULL;
}

/* The next piece of a text from at on that is computed. */
static bool
next_computed(struct arena *a, const char *text, size_t at, struct ref *ref)
{
	bool found = next_ref(a, text, at, ref);
	const char *call = strstr(text + at, "instance("), *end;

	if (!call || (found && (size_t)(call - text) > ref->at) ||
	    (call > text && (isalnum((unsigned char)call[-1]) || call[-1] == '-')))
		return found;
	end = end_of_instance(call);
	if (!end)
		return found;
	*ref = (struct ref){ .at = (size_t)(call - text), .end = (size_t)(end - text) };
	return true;
}

struct text
xls_text(
    struct xls *x, struct xls_place place, const struct def *from, const char *text)
{
	size_t at = 0, cap = 1, count = 0;
	struct text_part *parts;
	struct ref ref;

	for (const char *p = text; *p; p++)
		cap += strncmp(p, "${", 2) && strncmp(p, "instance(", 9) ? 0 : 2;
	parts = arena_alloc(x->arena, cap * sizeof(parts[0]));
	while (next_computed(x->arena, text, at, &ref)) {
		char *written =
		    arena_strndup(x->arena, text + ref.at, ref.end - ref.at);

		if (ref.at > at)
			parts[count++].literal =
			    arena_strndup(x->arena, text + at, ref.at - at);
		parts[count++].expr = xls_expr(x, place, from, REF_EXPR, written);
		at = ref.end;
	}
	if (text[at])
		parts[count++].literal = arena_strdup(x->arena, text + at);
	return (struct text){ parts, count };
}

const struct def **
xls_ref_list(struct xls *x, struct xls_place place, const char *text)
{
	const struct def **list;
	size_t at = 0, count = 0, cap = 1;
	struct ref ref;

	for (const char *p = text; *p; p++)
		cap += *p == '$';
	list = arena_alloc(x->arena, (cap + 1) * sizeof(list[0]));
	while (next_ref(x->arena, text, at, &ref)) {
		const char *between = arena_strndup(x->arena, text + at, ref.at - at);

		if (between[strspn(between, " \t\n")] != (count ? ',' : '\0'))
			break;
		list[count] = find_ref(x, place, text, &ref);
		if (!list[count])
			return NULL;
		count++;
		at = ref.end;
	}
	if (count && !text[at + strspn(text + at, " \t\n")])
		return list;
	xls_error(x, place,
	    _("Write what it waits for as ${name}, or several as ${a}, ${b}."));
	return NULL;
}

/* Past the name that begins at s: letters, digits, "_.-", one ":". */
static const char *
skip_name(const char *s)
{
	while (isalnum((unsigned char)*s) || (unsigned char)*s >= 0x80 || *s == '_' ||
	       *s == '-' || *s == '.' || (*s == ':' && s[1] != ':' && s[1] != '/'))
		s++;
	return s;
}

/* Past a number; past a date or a time with its zone: 2026-11-02T09:10:00+08:00. */
static const char *
skip_number(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	if ((digits == 4 && s[4] == '-' && isdigit((unsigned char)s[5])) ||
	    (digits == 2 && s[2] == ':'))
		return s + strspn(s, "0123456789-:.+TZ");
	if (*s == '-')
		s++;
	return s + strspn(s, "0123456789.");
}

static bool
is_number_start(const char *s)
{
	if (*s == '-')
		s++;
	return isdigit((unsigned char)*s) ||
	       (*s == '.' && isdigit((unsigned char)s[1]));
}

static bool
kind_has_hyphens(enum question_kind kind)
{
	return kind == QUESTION_DATE || kind == QUESTION_TIME ||
	       kind == QUESTION_DATETIME || kind == QUESTION_GEOPOINT ||
	       kind == QUESTION_GEOTRACE || kind == QUESTION_GEOSHAPE;
}

bool
xls_default_is_dynamic(const char *text, enum question_kind kind)
{
	const char *s = text;

	while (*s) {
		if (is_number_start(s)) {
			s = skip_number(s);
		} else if (*s == '\'' || *s == '"') {
			const char *end = strchr(s + 1, *s);

			s = end ? end + 1 : s + 1;
		} else if (*s == '*' || *s == '+' || *s == '|' ||
			   !strncmp(s, "${", 2)) {
			return true;
		} else if (*s == '-') {
			return !kind_has_hyphens(kind);
		} else if (!strncmp(s, " mod ", 5) || !strncmp(s, " div ", 5)) {
			return true;
		} else if (isalpha((unsigned char)*s) || (unsigned char)*s >= 0x80 ||
			   *s == '_') {
			s = skip_name(s);
			if (*s == '(')
				return true;
			if (!strncmp(s, "://", 3))
				s += 3;
		} else {
			s++;
		}
	}
	return false;
}
