/*
 * xlsform_survey - the survey sheet's rows become the tree of definitions
 *
 * First the tree with all names, because a row may refer to a later one; then, when
 * the form is indexed, what hangs on each (xlsform_details.c).
 */
#include "xlsform.h"

#include "arena.h"
#include "i18n.h"
#include "mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct open_group {
	struct def *def;
	const struct xls_row *row;
	int end; /* the type that closes it */
};

struct survey {
	struct xls *x;
	struct xls_item *items;
	size_t count, cap;
	struct open_group open[FORM_DEPTH_MAX + 1]; /* [0] is the root */
	int depth;
	bool too_deep; /* nothing below can be read rightly */
};

static const char *
control_name(int what)
{
	return what == TYPE_BEGIN_GROUP || what == TYPE_END_GROUP ? "group"
	       : what == TYPE_BEGIN_LOOP || what == TYPE_END_LOOP ? "loop"
								  : "repeat";
}

/* Scopes of names: a group's rows, the same in small letters, all repeats. */
static const void *
small_letters_of(const struct def *group)
{
	return (const char *)group + 1;
}

static char *
small_letters(struct arena *a, const char *name)
{
	char *small = arena_strdup(a, name);

	for (char *p = small; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return small;
}

static void
add_item(struct survey *s, struct def *def, const struct xls_row *row,
    const struct xls_type *type, int role)
{
	struct xls_item *item;

	s->items = mem_grow(s->items, &s->cap, s->count + 1, sizeof(s->items[0]));
	item = &s->items[s->count++];
	item->def = def;
	item->row = row;
	item->type = type;
	item->role = role;
	def->row = row->row;
	xls_names_put(&s->x->names, def->parent, def->name, def);
	xls_names_put(&s->x->names, small_letters_of(def->parent),
	    small_letters(s->x->arena, def->name), def);
	if (def->kind == DEF_REPEAT)
		xls_names_put(&s->x->names, s->x, def->name, def);
}

static struct def *
add_question(struct survey *s, const char *name, enum question_kind kind)
{
	struct def *def =
	    form_add(s->x->form, s->open[s->depth].def, DEF_QUESTION, name);

	def->question = &question_rows[kind];
	return def;
}

/* The row's name, or one that its type brings. */
static const char *
row_name(struct xls *x, const struct xls_row *row, const struct xls_type *type)
{
	const char *name = xls_cell(&x->survey, row, COL_NAME);

	if (*name || type->what != TYPE_QUESTION)
		return name;
	if (type->question->kind == QUESTION_AUDIT)
		return "audit";
	if (type->question->kind == QUESTION_NOTE)
		return arena_fmt(x->arena, "generated_note_name_%d", row->row);
	return name;
}

/* Names are unique among the rows of a group; a repeat's in the whole form. */
static void
check_twin_names(
    struct survey *s, const struct xls_row *row, const char *name, bool repeat)
{
	struct xls *x = s->x;
	struct xls_place place = xls_place(&x->survey, row, COL_NAME);
	const struct def *group = s->open[s->depth].def, *d;

	d = xls_names_get(&x->names, group, name);
	if (d) {
		xls_error(x, place,
		    _("The name \"%s\" stands in row %d of the same group already: "
		      "rename one."),
		    name, d->row);
		return;
	}
	d = xls_names_get(
	    &x->names, small_letters_of(group), small_letters(x->arena, name));
	if (d)
		xls_warning(x, place,
		    _("The names \"%s\" and \"%s\" (row %d) differ only in capitals: "
		      "rename one."),
		    name, d->name, d->row);
	d = repeat ? xls_names_get(&x->names, x, name) : NULL;
	if (d)
		xls_error(x, place,
		    _("There is a repeat \"%s\" in row %d already: a repeat's name "
		      "stands once in a form. Rename one."),
		    name, d->row);
	if (repeat && !strcmp(x->form->root->name, name))
		xls_error(x, place,
		    _("A repeat cannot have the form's own name \"%s\": rename it."),
		    name);
}

static bool
check_name(struct survey *s, const struct xls_row *row, const struct xls_type *type,
    const char *name)
{
	struct xls_place place = xls_place(&s->x->survey, row, COL_NAME);

	if (!*name) {
		xls_error(s->x, place,
		    _("This row has no name: give it one (letters, digits and _)."));
		return false;
	}
	if (!xls_is_name(name)) {
		xls_error(s->x, place,
		    _("\"%s\" cannot be a name: it begins with a letter or _, then "
		      "letters, digits, _, - and . may follow."),
		    name);
		return false;
	}
	if (!strcmp(name, "meta"))
		xls_error(s->x, place,
		    _("\"meta\" is where a record keeps what it is: take another "
		      "name."));
	check_twin_names(s, row, name, type->what == TYPE_BEGIN_REPEAT);
	return true;
}

/* pyxform keeps a repeat_count that is more than one ${name} in a question beside the
 * repeat; so its value stands in the record too. */
static bool
is_one_ref(const char *text)
{
	return !strncmp(text, "${", 2) && strchr(text, '}') == text + strlen(text) - 1;
}

static void
begin_control(struct survey *s, const struct xls_row *row, const struct xls_type *type,
    const char *name)
{
	struct xls *x = s->x;
	const char *count = xls_cell(&x->survey, row, COL_REPEAT_COUNT);
	bool repeat = type->what == TYPE_BEGIN_REPEAT;
	struct open_group *open;
	struct def *def;

	if (repeat && *count && !is_one_ref(count)) {
		const char *twin = arena_fmt(x->arena, "%s_count", name);

		check_twin_names(s, row, twin, false);
		add_item(s, add_question(s, twin, QUESTION_CALCULATE), row, type,
		    ITEM_COUNT);
	}
	def = form_add(
	    x->form, s->open[s->depth].def, repeat ? DEF_REPEAT : DEF_GROUP, name);
	add_item(s, def, row, type, ITEM_ROW);
	if (s->depth == FORM_DEPTH_MAX) {
		xls_error(x, xls_place(&x->survey, row, COL_TYPE),
		    _("More than %d groups stand in each other here: take some apart."),
		    FORM_DEPTH_MAX);
		s->too_deep = true;
		return;
	}
	open = &s->open[++s->depth];
	open->def = def;
	open->row = row;
	open->end = repeat                          ? TYPE_END_REPEAT
		    : type->what == TYPE_BEGIN_LOOP ? TYPE_END_LOOP
						    : TYPE_END_GROUP;
}

static void
end_control(struct survey *s, const struct xls_row *row, const struct xls_type *type)
{
	struct xls_place place = xls_place(&s->x->survey, row, COL_TYPE);
	struct open_group *open = &s->open[s->depth];

	if (!s->depth) {
		xls_error(s->x, place,
		    _("end %s has no begin %s before it: remove it or add that."),
		    control_name(type->what), control_name(type->what));
		return;
	}
	if (open->end != (int)type->what)
		xls_error(s->x, place,
		    _("end %s stands where the %s \"%s\" of row %d is open: write end "
		      "%s, "
		      "or close what is between."),
		    control_name(type->what), control_name(open->end), open->def->name,
		    open->row->row, control_name(open->end));
	s->depth--;
}

static void
question_row(struct survey *s, const struct xls_row *row, const struct xls_type *type,
    const char *name)
{
	struct xls *x = s->x;

	add_item(s, add_question(s, name, type->question->kind), row, type, ITEM_ROW);
	if (type->or_other) {
		const char *other = arena_fmt(x->arena, "%s_other", name);

		check_twin_names(s, row, other, false);
		add_item(
		    s, add_question(s, other, QUESTION_TEXT), row, type, ITEM_OTHER);
	}
}

static void
unknown_type(struct xls *x, const struct xls_row *row, const char *cell)
{
	struct xls_place place = xls_place(&x->survey, row, COL_TYPE);
	const char *owner = xls_foreign_type(cell);

	if (owner)
		xls_error(x, place,
		    _("\"%s\" is a type of %s only; forms elsewhere do not have it. "
		      "Take "
		      "another type."),
		    cell, owner);
	else
		xls_error(x, place,
		    _("There is no question type \"%s\": see xlsform.org for the "
		      "types."),
		    cell);
}

/* True when the row is nothing to read; what is odd about it has been told. */
static bool
pass_over(struct xls *x, const struct xls_row *row)
{
	const struct xls_sheet *sheet = &x->survey;
	bool named =
	    *xls_cell(sheet, row, COL_NAME) || *xls_cell(sheet, row, COL_LABEL);

	if (*xls_cell(sheet, row, COL_DISABLED)) {
		xls_warning(x, xls_place(sheet, row, COL_DISABLED),
		    _("The column disabled is out of use: write relevant instead."));
		if (xls_yes(xls_cell(sheet, row, COL_DISABLED)))
			return true;
	}
	if (*xls_cell(sheet, row, COL_TYPE))
		return false;
	if (named)
		xls_error(x, xls_place(sheet, row, COL_TYPE),
		    _("This row has no type: write what kind of question it is."));
	else
		xls_warning(x, xls_place(sheet, row, COL_TYPE),
		    _("This row has neither type nor name and is passed over."));
	return true;
}

static void
read_row(struct survey *s, size_t i)
{
	struct xls *x = s->x;
	const struct xls_row *row = &x->survey.rows[i];
	const struct xls_type *type = &x->types[i];
	const char *name;

	if (type->what == TYPE_SETTING || pass_over(x, row))
		return;
	switch (type->what) {
	case TYPE_UNKNOWN:
		unknown_type(x, row, xls_cell(&x->survey, row, COL_TYPE));
		return;
	case TYPE_END_GROUP:
	case TYPE_END_REPEAT:
	case TYPE_END_LOOP:
		end_control(s, row, type);
		return;
	case TYPE_BEGIN_LOOP: /* one without an end */
	case TYPE_QUESTION:
	case TYPE_BEGIN_GROUP:
	case TYPE_BEGIN_REPEAT:
	case TYPE_SETTING:
		break;
	}
	name = row_name(x, row, type);
	if (!check_name(s, row, type, name))
		name = arena_fmt(x->arena, "_row_%d", row->row); /* to find more */
	if (type->what == TYPE_QUESTION)
		question_row(s, row, type, name);
	else
		begin_control(s, row, type, name);
}

static bool
is_named_in(const struct xls_sheet *sheet, const char *ref)
{
	for (size_t i = 0; i < sheet->row_count; i++)
		for (size_t c = 0; c < sheet->column_count; c++)
			if (strstr(sheet->rows[i].cells[c], ref))
				return true;
	return false;
}

/* Every record says in meta what it is; a form may read that as it reads an answer. */
static void
add_meta(struct survey *s)
{
	static const char *const names[] = { "instanceID", "instanceName" };
	struct xls *x = s->x;
	const char *omit = form_pair(x->form->settings, "omit_instanceid");
	struct def *meta = NULL;

	for (size_t i = omit && xls_yes(omit); i < 2; i++) {
		const char *ref = arena_fmt(x->arena, "${%s}", names[i]);

		if (!is_named_in(&x->survey, ref) && !is_named_in(&x->choices, ref) &&
		    !is_named_in(&x->entities, ref))
			continue;
		for (size_t k = 0; ref && k < s->count; k++)
			if (!strcmp(s->items[k].def->name, names[i]))
				ref = NULL; /* a question of that name */
		if (!ref)
			continue;
		if (!meta) {
			meta = form_add(x->form, x->form->root, DEF_GROUP, "meta");
			meta->flags |= DEF_META;
		}
		form_add(x->form, meta, DEF_QUESTION, names[i])->question =
		    &question_rows[QUESTION_CALCULATE];
	}
}

void
xls_read_survey(struct xls *x)
{
	struct survey s = { .x = x };

	s.open[0].def = x->form->root;
	for (size_t i = 0; i < x->survey.row_count && !s.too_deep; i++)
		read_row(&s, i);
	for (; s.depth && !s.too_deep; s.depth--)
		xls_error(x, xls_place(&x->survey, s.open[s.depth].row, COL_TYPE),
		    _("begin %s \"%s\" has no end %s: add it below."),
		    control_name(s.open[s.depth].end), s.open[s.depth].def->name,
		    control_name(s.open[s.depth].end));
	add_meta(&s);
	form_index(x->form);
	for (size_t i = 0; i < s.count; i++)
		xls_read_details(x, &s.items[i]);
	xls_check_choices(x);
	xls_check_entities(x, s.items, s.count);
	free(s.items);
}
