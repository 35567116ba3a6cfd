/*
 * xlsform_entities - what the sheet entities declares, and save_to
 *
 * https://docs.getodk.org/entities-quick-reference/. Nothing of it is done here: it is
 * checked as pyxform checks it, so that a form that is good here is good at a server.
 */
#include "xlsform.h"

#include "arena.h"
#include "i18n.h"
#include "xml.h"

#include <string.h>
#include <strings.h>

enum column { LIST, LABEL, CREATE_IF, UPDATE_IF, ENTITY_ID, COLUMNS };

static const char *const column_names[COLUMNS] = { "list_name", "label", "create_if",
	"update_if", "entity_id" };

/* Something that says in which repeat an entity is made. */
struct use {
	const struct def *def;
	const struct xls_row *row; /* of survey, with a save_to; NULL: a reference */
	enum column column;        /* in which the reference stands */
};

static size_t
column_at(const struct xls_sheet *sheet, enum column which)
{
	for (size_t i = 0; i < sheet->column_count; i++) {
		const char *name = sheet->columns[i].name;

		if (!strcmp(name, column_names[which]) ||
		    (which == LIST && !strcmp(name, "dataset")))
			return i;
	}
	return sheet->column_count;
}

static const char *
cell(const struct xls *x, const struct xls_row *row, enum column which)
{
	size_t at = column_at(&x->entities, which);

	return at < x->entities.column_count ? row->cells[at] : "";
}

static struct xls_place
place(const struct xls *x, const struct xls_row *row, enum column which)
{
	size_t at = column_at(&x->entities, which);

	return (struct xls_place){ &x->entities, row,
		at < x->entities.column_count ? x->entities.columns[at].header
					      : column_names[which] };
}

/* The declaration of that list, or NULL. */
static const struct xls_row *
declaration(const struct xls *x, const char *list, size_t len)
{
	for (size_t i = 0; i < x->entities.row_count; i++) {
		const char *name = cell(x, &x->entities.rows[i], LIST);

		if (strlen(name) == len && !strncmp(name, list, len))
			return &x->entities.rows[i];
	}
	return NULL;
}

static void
check_name(struct xls *x, const struct xls_row *row)
{
	const char *name = cell(x, row, LIST);
	const struct xls_row *first = declaration(x, name, strlen(name));

	if (!*name)
		xls_error(x, place(x, row, LIST),
		    _("An entity needs the name of its list: fill list_name."));
	else if (!xml_is_name(name) || strpbrk(name, ".:") || !strncmp(name, "__", 2))
		xls_error(x, place(x, row, LIST),
		    _("\"%s\" cannot be the name of an entity's list: it begins with a "
		      "letter, and there is no full stop in it."),
		    name);
	else if (first && first != row)
		xls_error(x, place(x, row, LIST),
		    _("The list \"%s\" stands in row %d already: an entity's list is "
		      "declared once."),
		    name, first->row);
}

/* Making one takes a label, changing one takes the id of the one. */
static void
check_kind(struct xls *x, const struct xls_row *row)
{
	bool label = *cell(x, row, LABEL), create = *cell(x, row, CREATE_IF);
	bool update = *cell(x, row, UPDATE_IF), id = *cell(x, row, ENTITY_ID);

	if (update && !id)
		xls_error(x, place(x, row, ENTITY_ID),
		    _("To change an entity, its entity_id is needed: fill it, or use "
		      "create_if."));
	else if (create && id && !update)
		xls_error(x, place(x, row, UPDATE_IF),
		    _("With create_if and entity_id, an update_if is needed: say when "
		      "the entity is changed."));
	else if (!label && !id)
		xls_error(x, place(x, row, LABEL),
		    _("A new entity needs a label: fill it, or give an entity_id to "
		      "change one that is there."));
}

/* True when what is read stands beside what is made, or around it. */
static bool
is_in_reach(const struct def *scope, const struct def *def)
{
	const struct def *repeat = def_repeat(def->parent);

	while (scope && scope != repeat)
		scope = def_repeat(scope->parent);
	return scope == repeat;
}

static int
repeats_around(const struct def *repeat)
{
	int count = 0;

	for (; repeat; repeat = def_repeat(repeat->parent))
		count++;
	return count;
}

/* The repeat that an entity is made in, or the root: the deepest of its uses. */
static const struct def *
scope_of(const struct xls *x, const struct use *uses, size_t count)
{
	const struct def *scope = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct def *repeat = def_repeat(uses[i].def->parent);

		if (repeats_around(repeat) > repeats_around(scope))
			scope = repeat;
	}
	return scope ? scope : x->form->root;
}

/* All uses stand in one repeat; references may look out of it. */
static bool
check_scope(struct xls *x, const struct xls_row *row, const struct use *uses,
    size_t count, const struct def *scope)
{
	const struct def *repeat = scope->parent ? scope : NULL;

	for (size_t i = 0; i < count; i++) {
		const struct use *u = &uses[i];

		if (u->row ? def_repeat(u->def->parent) == repeat
			   : is_in_reach(repeat, u->def))
			continue;
		xls_error(x,
		    u->row ? xls_place(&x->survey, u->row, COL_SAVE_TO)
			   : place(x, row, u->column),
		    _("The entity \"%s\" is made in \"%s\", and \"%s\" does not stand "
		      "there: bring its answer there with a calculate."),
		    cell(x, row, LIST), repeat ? repeat->path : "/", u->def->name);
		return false;
	}
	return true;
}

static const struct def *
common_group(const struct def *a, const struct def *b)
{
	while (a != b) /* what encloses comes first */
		if (a->index > b->index)
			a = a->parent;
		else
			b = b->parent;
	return a;
}

/* The group of all that is saved to it; without that, the deepest it speaks of. */
static const struct def *
wanted_group(const struct use *uses, size_t count, const struct def *scope)
{
	const struct def *saves = NULL, *deepest = scope;

	for (size_t i = 0; i < count; i++) {
		const struct def *group = uses[i].def->parent;

		if (uses[i].row)
			saves = saves ? common_group(saves, group) : group;
		else if (common_group(group, scope) == scope &&
			 def_repeat(group) == def_repeat(scope) &&
			 def_depth(group) > def_depth(deepest))
			deepest = group;
	}
	return saves ? saves : deepest;
}

/* Who has the group of something that is saved, NULL: nobody. */
static const struct xls_row *
who_has_saves(const struct use *uses, size_t count, const struct xls_row *const *taken)
{
	for (size_t i = 0; i < count; i++)
		if (uses[i].row && taken[uses[i].def->parent->index])
			return taken[uses[i].def->parent->index];
	return NULL;
}

/* An element in the record's XML holds one entity: the wanted group, or the next around
 * it that is free, up to the repeat. taken: whose a group is, by its index. */
static void
check_group(struct xls *x, const struct xls_row *row, const struct use *uses,
    size_t count, const struct def *scope, const struct xls_row **taken)
{
	const struct def *group = wanted_group(uses, count, scope);
	const struct xls_row *other = NULL;

	while (!other && taken[group->index]) {
		other = group == scope ? taken[group->index]
				       : who_has_saves(uses, count, taken);
		if (!other)
			group = group->parent;
	}
	if (other) {
		xls_error(x, place(x, row, LIST),
		    _("The entity \"%s\" has no group to itself in \"%s\": \"%s\" in row "
		      "%d has it. Put the questions of each into a group of their own."),
		    cell(x, row, LIST), scope->parent ? scope->path : "/",
		    cell(x, other, LIST), other->row);
		return;
	}
	taken[group->index] = row;
	for (size_t i = 0; i < count; i++)
		for (const struct def *d = uses[i].def->parent;
		     uses[i].row && d != group; d = d->parent)
			taken[d->index] = row;
}

/* The properties that questions save to this declaration; each once. */
static void
add_saves(struct xls *x, const struct xls_row *row, const struct xls_item *items,
    size_t count, struct use *uses, size_t *used)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = xls_cell(&x->survey, items[i].row, COL_SAVE_TO);
		const char *hash = strchr(text, '#'), *property = hash ? hash + 1 : text;
		const struct def *before;

		if (!*text || items[i].role != ITEM_ROW ||
		    items[i].def->kind != DEF_QUESTION ||
		    (hash ? declaration(x, text, (size_t)(hash - text)) != row
			  : x->entities.row_count > 1))
			continue;
		before = xls_names_get(&x->names, row, property);
		if (before)
			xls_error(x,
			    xls_place(&x->survey, items[i].row, COL_SAVE_TO),
			    _("Row %d saves to \"%s\" already: rename or remove one."),
			    before->row, property);
		else
			xls_names_put(&x->names, row, property, items[i].def);
		uses[(*used)++] = (struct use){ items[i].def, items[i].row, LIST };
	}
}

static void
sort_uses(struct use *uses, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i;
		     k && uses[k].def->index < uses[k - 1].def->index; k--) {
			struct use swap = uses[k];

			uses[k] = uses[k - 1];
			uses[k - 1] = swap;
		}
}

static void
check_declaration(struct xls *x, const struct xls_row *row,
    const struct xls_item *items, size_t count, const struct xls_row **taken)
{
	size_t refs = 0, used = 0;
	struct use *uses;
	const struct def *scope;

	check_name(x, row);
	check_kind(x, row);
	for (enum column c = LABEL; c < COLUMNS; c++)
		for (const char *p = cell(x, row, c); (p = strchr(p, '$')); p++)
			refs++;
	uses = arena_alloc(x->arena, (refs + count + 1) * sizeof(uses[0]));
	for (enum column c = LABEL; c < COLUMNS; c++) {
		const char *text = cell(x, row, c);
		const struct def *def;
		size_t at = 0;

		if (!xls_refs_are_good(x, text)) {
			xls_check_refs(x, place(x, row, c), text);
			continue;
		}
		while ((def = xls_next_ref(x, text, &at)))
			uses[used++] = (struct use){ def, NULL, c };
	}
	add_saves(x, row, items, count, uses, &used);
	sort_uses(uses, used);
	scope = scope_of(x, uses, used);
	if (check_scope(x, row, uses, used, scope))
		check_group(x, row, uses, used, scope, taken);
}

static void
check_save_to(struct xls *x, const struct xls_item *item)
{
	const char *text = xls_cell(&x->survey, item->row, COL_SAVE_TO);
	struct xls_place at = xls_place(&x->survey, item->row, COL_SAVE_TO);
	const char *hash = strchr(text, '#'), *property = hash ? hash + 1 : text;

	if (!*text || item->role != ITEM_ROW)
		return;
	if (item->def->kind != DEF_QUESTION)
		xls_error(x, at,
		    _("Only a question can be saved to an entity: remove "
		      "save_to from this group."));
	else if (!x->entities.row_count)
		xls_error(x, at,
		    _("save_to needs a sheet \"entities\" that declares the entity."));
	else if (!xml_is_name(property) || strchr(property, ':') ||
		 !strncmp(property, "__", 2) || !strcasecmp(property, "name") ||
		 !strcasecmp(property, "label"))
		xls_error(x, at,
		    _("\"%s\" cannot be a property's name: it begins with a letter and "
		      "is neither \"name\" nor \"label\"."),
		    property);
	else if (hash && !declaration(x, text, (size_t)(hash - text)))
		xls_error(x, at,
		    _("There is no list \"%.*s\" on the sheet entities: correct the "
		      "name or declare it."),
		    (int)(hash - text), text);
	else if (!hash && x->entities.row_count > 1)
		xls_error(x, at,
		    _("There are several entities: write whose property it is, as "
		      "\"%s#%s\"."),
		    cell(x, &x->entities.rows[0], LIST), property);
}

void
xls_check_entities(struct xls *x, const struct xls_item *items, size_t count)
{
	const struct xls_row **taken =
	    arena_alloc(x->arena, x->form->def_count * sizeof(taken[0]));

	for (size_t i = 0; i < count; i++)
		check_save_to(x, &items[i]);
	for (size_t i = 0; i < x->survey.row_count; i++) {
		int what = x->types[i].what;

		if ((what == TYPE_END_GROUP || what == TYPE_END_REPEAT) &&
		    *xls_cell(&x->survey, &x->survey.rows[i], COL_SAVE_TO))
			xls_error(x,
			    xls_place(&x->survey, &x->survey.rows[i], COL_SAVE_TO),
			    _("Only a question can be saved to an entity: remove "
			      "save_to from this group."));
	}
	for (size_t i = 0; i < x->entities.row_count; i++)
		check_declaration(x, &x->entities.rows[i], items, count, taken);
}

bool
xls_is_entity_list(const struct xls *x, const char *name)
{
	return declaration(x, name, strlen(name));
}
