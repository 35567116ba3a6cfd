/*
 * Each form as plain SQL: v_<form> with a row a record and a column a question, and
 * v_<form>_<repeat> with a row an instance of the repeat.
 *
 * A view shows the last answers of every record that was ever finalised (withdrawn ones
 * too: ask for the state), in the columns of the form's newest version. A name that is
 * taken gets "_2": the envelope's ("title"), or a question's of another group.
 */
#include "store.h"

#include "form.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct names {
	const char **texts; /* lower or upper case: SQL does not care */
	char **made;        /* ours to free */
	size_t count, cap, made_count, made_cap;
};

static bool
is_taken(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcasecmp(names->texts[i], name))
			return true;
	return false;
}

static void
take_name(struct names *names, const char *name)
{
	names->texts = mem_grow(names->texts, &names->cap, names->count + 1,
				sizeof(*names->texts));
	names->texts[names->count++] = name;
}

/* The name itself, or with the first number that nobody has. Lent. */
static const char *
free_name(struct names *names, const char *name)
{
	struct buf other = { 0 };

	if (!is_taken(names, name)) {
		take_name(names, name);
		return name;
	}
	for (int number = 2;; number++) {
		buf_reset(&other);
		buf_fmt(&other, "%s_%d", name, number);
		if (!is_taken(names, buf_text(&other)))
			break;
	}
	names->made = mem_grow(names->made, &names->made_cap, names->made_count + 1,
			       sizeof(*names->made));
	names->made[names->made_count] = buf_take(&other);
	take_name(names, names->made[names->made_count]);
	return names->made[names->made_count++];
}

static void
names_clear(struct names *names)
{
	for (size_t i = 0; i < names->made_count; i++)
		free(names->made[i]);
	free(names->made);
	free(names->texts);
}

static const struct def *
outer_repeat(const struct def *def)
{
	return def->parent ? def_repeat(def->parent) : NULL;
}

/* '$."g_who"."room"': where def stands below the repeat (or root) around it. */
static void
json_path(const struct def *def, struct buf *path)
{
	const struct def *above = def->parent;

	if (above && above->parent && above->kind != DEF_REPEAT)
		json_path(above, path);
	else
		buf_char(path, '$');
	buf_fmt(path, ".\"%s\"", def->name);
}

static void
add_path(struct buf *sql, const struct def *def)
{
	struct buf path = { 0 };

	json_path(def, &path);
	store_quote_text(sql, buf_text(&path));
	buf_clear(&path);
}

/* The columns of the questions whose innermost repeat this is; NULL: the record. room:
 * how many SQLite still takes; what a very long form has beyond that is left out. */
static void
add_columns(struct buf *sql, const struct form *form, const struct def *repeat,
	    const char *source, int room, struct names *names)
{
	for (size_t i = 0; i < form->def_count && room > 0; i++) {
		const struct def *def = form->defs[i];

		if (def->kind != DEF_QUESTION || def->question->answer == ANSWER_NONE ||
		    def_repeat(def) != repeat)
			continue;
		buf_fmt(sql, ", %s ->> ", source);
		add_path(sql, def);
		buf_str(sql, " AS ");
		store_quote_name(sql, free_name(names, def->name));
		room--;
	}
}

/* json_each() over a repeat, inside those around it. Returns its depth, from 0. */
static int
add_rows(struct buf *sql, const struct def *repeat)
{
	const struct def *outer = outer_repeat(repeat);
	int depth = outer ? add_rows(sql, outer) + 1 : 0;

	buf_str(sql, " CROSS JOIN json_each(");
	if (depth > 0)
		buf_fmt(sql, "j%d.value, ", depth - 1);
	else
		buf_str(sql, "v.answers, ");
	add_path(sql, repeat);
	buf_fmt(sql, ") AS j%d", depth);
	return depth;
}

/* "parties_row" for each repeat around this one, outermost first. Returns how many. */
static int
add_outer_rows(struct buf *sql, const struct def *repeat, struct names *names)
{
	const struct def *outer = outer_repeat(repeat);
	struct buf name = { 0 };
	int depth;

	if (!outer)
		return 0;
	depth = add_outer_rows(sql, outer, names);
	buf_fmt(&name, "%s_row", outer->name);
	buf_fmt(sql, ", j%d.key + 1 AS ", depth);
	/* Taken under a name of its own: a question may be called so too. */
	names->made = mem_grow(names->made, &names->made_cap, names->made_count + 1,
			       sizeof(*names->made));
	names->made[names->made_count] = buf_take(&name);
	store_quote_name(sql, free_name(names, names->made[names->made_count++]));
	return depth + 1;
}

static void
write_main(struct notebook *nb, const struct form *form, struct buf *sql)
{
	static const char *const envelope[] = { "id",   "rev",     "state", "created",
						"user", "station", "title" };
	int count = sizeof(envelope) / sizeof(envelope[0]);
	struct names names = { 0 };

	for (int i = 0; i < count; i++)
		take_name(&names, envelope[i]);
	buf_str(sql, " AS SELECT r.id AS id, v.rev AS rev, r.state AS state, r.created "
		     "AS created,"
		     " r.user AS user, r.station AS station, r.title AS title");
	add_columns(sql, form, NULL, "v.answers",
		    sqlite3_limit(nb->db, SQLITE_LIMIT_COLUMN, -1) - count, &names);
	buf_str(sql,
		" FROM record r JOIN revision v ON v.seq = r.latest WHERE r.form = ");
	store_quote_text(sql, form->id);
	names_clear(&names);
}

static void
write_repeat(struct notebook *nb, const struct form *form, const struct def *repeat,
	     struct buf *sql)
{
	struct names names = { 0 };
	char source[32];
	int depth;

	take_name(&names, "id");
	take_name(&names, "rev");
	take_name(&names, "row");
	buf_str(sql, " AS SELECT r.id AS id, v.rev AS rev");
	depth = add_outer_rows(sql, repeat, &names);
	buf_fmt(sql, ", j%d.key + 1 AS \"row\"", depth);
	snprintf(source, sizeof(source), "j%d.value", depth);
	add_columns(sql, form, repeat, source,
		    sqlite3_limit(nb->db, SQLITE_LIMIT_COLUMN, -1) - depth - 3, &names);
	buf_str(sql, " FROM record r JOIN revision v ON v.seq = r.latest");
	add_rows(sql, repeat);
	buf_str(sql, " WHERE r.form = ");
	store_quote_text(sql, form->id);
	names_clear(&names);
}

/* 1 when something of that name is in the file, 0, -1 and err. */
static int
name_is_in_file(struct notebook *nb, const char *name, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_VIEW_OWNER, err);
	int got;

	if (!stmt)
		return -1;
	store_bind(stmt, 1, name);
	got = store_step(nb, stmt, err);
	sqlite3_reset(stmt);
	return got;
}

/* "v_visit_needs"; another form's view of that name keeps it. */
static bool
name_view(struct notebook *nb, const struct form *form, const struct def *repeat,
	  struct buf *name, struct err *err)
{
	size_t len;
	int got;

	buf_fmt(name, "v_%s", form->id);
	if (repeat)
		buf_fmt(name, "_%s", repeat->name);
	len = name->len;
	for (int number = 2; (got = name_is_in_file(nb, buf_text(name), err)) == 1;
	     number++) {
		buf_truncate(name, len);
		buf_fmt(name, "_%d", number);
	}
	return got == 0;
}

static bool
remember_view(struct notebook *nb, const char *name, const char *form, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_VIEW_ADD, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, name);
	store_bind(stmt, 2, form);
	return store_run(nb, stmt, err);
}

static bool
make_view(struct notebook *nb, const struct form *form, const struct def *repeat,
	  struct err *err)
{
	struct buf name = { 0 }, sql = { 0 };
	bool ok = name_view(nb, form, repeat, &name, err);

	if (ok) {
		buf_str(&sql, "CREATE VIEW ");
		store_quote_name(&sql, buf_text(&name));
		if (repeat)
			write_repeat(nb, form, repeat, &sql);
		else
			write_main(nb, form, &sql);
		ok = store_exec(nb, buf_text(&sql), err) &&
		     remember_view(nb, buf_text(&name), form->id, err);
	}
	buf_clear(&name);
	buf_clear(&sql);
	return ok;
}

/* The views of the version before. */
static bool
drop_views(struct notebook *nb, const char *form, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_VIEW_LIST, err);
	struct buf sql = { 0 };
	bool ok;
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, form);
	while ((got = store_step(nb, stmt, err)) == 1) {
		buf_str(&sql, "DROP VIEW IF EXISTS ");
		store_quote_name(&sql, store_column(stmt, 0));
		buf_str(&sql, ";");
	}
	ok = got == 0 && store_exec(nb, buf_text(&sql), err) &&
	     (stmt = store_stmt(nb, STMT_VIEW_FORGET, err));
	buf_clear(&sql);
	if (!ok)
		return false;
	store_bind(stmt, 1, form);
	return store_run(nb, stmt, err);
}

bool
views_make(struct notebook *nb, const struct form *form, struct err *err)
{
	if (!drop_views(nb, form->id, err) || !make_view(nb, form, NULL, err))
		return false;
	for (size_t i = 0; i < form->def_count; i++)
		if (form->defs[i]->kind == DEF_REPEAT &&
		    !make_view(nb, form, form->defs[i], err))
			return false;
	return true;
}
