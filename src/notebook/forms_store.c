/*
 * Forms and the lists that they share: stored as they came, parsed when first asked
 * for, kept parsed until the notebook closes.
 */
#include "store.h"

#include "clock.h"
#include "form.h"
#include "i18n.h"
#include "json.h"
#include "list.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define LISTS_NOW INT64_MAX /* the newest lists, not those of an older draft */
#define LARGE_LIST (1u << 20) /* bytes: about what the cache holds */

struct parsed_form {
	struct parsed_form *next;
	char *id, *version;
	int64_t lists; /* as draft.lists, or LISTS_NOW */
	struct form *form;
	bool outdated; /* a list that it may use was replaced; still lent to someone */
};

struct parsed_list {
	struct parsed_list *next;
	char *filename;
	struct list *list;
};

void
forms_forget(struct notebook *nb)
{
	for (struct parsed_form *f = nb->forms, *next; f; f = next) {
		next = f->next;
		form_free(f->form);
		free(f->id);
		free(f->version);
		free(f);
	}
	for (struct parsed_list *l = nb->lists, *next; l; l = next) {
		next = l->next;
		list_unref(l->list);
		free(l->filename);
		free(l);
	}
	nb->forms = NULL;
	nb->lists = NULL;
}

static void
stamp_now(const struct notebook *nb, char stamp[CLOCK_STAMP_SIZE])
{
	clock_stamp(nb->clock, clock_now(nb->clock), stamp);
}

/* "zh" of "中文 (zh)"; the whole when there is no code. */
static char *
language_code(const char *language)
{
	const char *open = strrchr(language, '('),
		   *close = open ? strchr(open, ')') : NULL;

	return close ? mem_strndup(open + 1, (size_t)(close - open - 1))
		     : mem_strdup(language);
}

/* The settings sheet's "form_title_en" and the plain title, by language. */
static void
write_titles(const struct form *form, struct buf *out)
{
	static const char column[] = "form_title_";
	struct json_writer writer;
	char *code;

	json_writer_init(&writer, out);
	json_object(&writer);
	if (form->default_language) {
		code = language_code(form->default_language);
		json_member(&writer, code, form->title);
		free(code);
	}
	for (const char *const *pair = form->settings; pair && *pair; pair += 2) {
		if (strncmp(pair[0], column, sizeof(column) - 1) != 0 || !*pair[1])
			continue;
		json_member(&writer, pair[0] + sizeof(column) - 1, pair[1]);
	}
	json_object_end(&writer);
}

/* 1 the same bytes, 2 other bytes, 0 not there, -1 and err. */
static int
compare_stored(struct notebook *nb, const struct form *form, const char *source,
	       size_t len, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_FORM_FIND, err);
	int got;

	if (!stmt)
		return -1;
	store_bind(stmt, 1, form->id);
	store_bind(stmt, 2, form->version);
	sqlite3_bind_blob64(stmt, 3, source, len, SQLITE_STATIC);
	if ((got = store_step(nb, stmt, err)) == 1)
		got = sqlite3_column_int(stmt, 0) ? 1 : 2;
	sqlite3_reset(stmt);
	return got;
}

static bool
insert_form(struct notebook *nb, const struct form *form, const char *source,
	    size_t len, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_FORM_ADD, err);
	char stamp[CLOCK_STAMP_SIZE];
	struct buf titles = { 0 };
	bool ok;

	if (!stmt)
		return false;
	stamp_now(nb, stamp);
	write_titles(form, &titles);
	store_bind(stmt, 1, form->id);
	store_bind(stmt, 2, form->version);
	store_bind(stmt, 3, form->title);
	store_bind(stmt, 4, buf_text(&titles));
	sqlite3_bind_blob64(stmt, 5, source, len, SQLITE_STATIC);
	store_bind(stmt, 6, stamp);
	ok = store_run(nb, stmt, err);
	buf_clear(&titles);
	return ok;
}

bool
notebook_form_add(struct notebook *nb, const struct form *form, const char *source,
		  size_t len, struct err *err)
{
	int stored = compare_stored(nb, form, source, len, err);

	if (stored < 0 || stored == 1)
		return stored == 1;
	if (stored == 2)
		return err_set(
		    err, ERR_INPUT,
		    _("The form %s %s is in the notebook already, with other content. "
		      "Give the changed form a new version in its settings sheet."),
		    form->id, form->version);
	if (!notebook_begin(nb, err))
		return false;
	return store_end(
	    nb,
	    insert_form(nb, form, source, len, err) && views_make(nb, form, err) &&
		follow_rebuild(nb, form->id, err),
	    err);
}

/* Steps to the form's row: source in column 0, version in 1. The statement wants a
 * reset. NULL and err when there is none. */
static sqlite3_stmt *
find_source(struct notebook *nb, const char *id, const char *version, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_FORM_SOURCE, err);
	int got;

	if (!stmt)
		return NULL;
	store_bind(stmt, 1, id);
	store_bind(stmt, 2, version);
	if ((got = store_step(nb, stmt, err)) == 1)
		return stmt;
	if (got == 0 && version)
		err_set(err, ERR_INPUT, _("The notebook has no form %s of version %s. Look with "
		    "minqing forms, or put it in with minqing form add."),
			id, version);
	else if (got == 0)
		err_set(err, ERR_INPUT, _("The notebook has no form %s. Look with minqing forms, or "
		    "put it in with minqing form add."), id);
	return NULL;
}

static void
take_source(sqlite3_stmt *stmt, struct buf *source)
{
	const void *bytes = sqlite3_column_blob(stmt, 0);

	if (bytes)
		buf_add(source, bytes, (size_t)sqlite3_column_bytes(stmt, 0));
}

bool
notebook_form_source(struct notebook *nb, const char *id, const char *version,
		     struct buf *source, struct err *err)
{
	sqlite3_stmt *stmt = find_source(nb, id, version, err);

	if (!stmt)
		return false;
	take_source(stmt, source);
	sqlite3_reset(stmt);
	return true;
}

bool
notebook_forms(struct notebook *nb, const char *language,
	       bool (*row)(const struct notebook_form *form, void *data), void *data,
	       struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_FORM_LIST, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, language);
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct notebook_form form = {
			.id = store_column(stmt, 0),
			.version = store_column(stmt, 1),
			.title = store_column(stmt, 2),
		};

		if (!row(&form, data))
			break;
	}
	sqlite3_reset(stmt);
	return got >= 0;
}

static const struct form *
find_parsed(const struct notebook *nb, const char *id, const char *version,
	    int64_t lists)
{
	for (const struct parsed_form *f = nb->forms; f; f = f->next)
		if (!f->outdated && f->lists == lists && !strcmp(f->id, id) &&
		    !strcmp(f->version, version))
			return f->form;
	return NULL;
}

static struct list *
list_for_form(void *data, const char *filename, struct err *err)
{
	return notebook_list(data, filename, err);
}

static struct list *
parse_list(const char *filename, const char *text, size_t len, struct err *err)
{
	struct list *list = list_read(filename, text, len, err);

	if (!list)
		err_within(err, filename);
	return list;
}

/* From the row that the statement stands on, which is left. A large text has come through
 * SQLite's cache and pushed everything else out of it: its pages are given back. */
static struct list *
list_from_row(struct notebook *nb, sqlite3_stmt *stmt, const char *filename,
	      struct err *err)
{
	const char *text = sqlite3_column_blob(stmt, 0);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 0);
	struct list *list = parse_list(filename, text, len, err);

	sqlite3_reset(stmt);
	if (len > LARGE_LIST)
		notebook_give_back(nb);
	return list;
}

/* Lists as they stood when a draft was begun. */
struct older_lists {
	struct notebook *nb;
	int64_t lists;
};

static struct list *
list_for_draft(void *data, const char *filename, struct err *err)
{
	const struct older_lists *older = data;
	sqlite3_stmt *stmt = store_stmt(older->nb, STMT_LIST_KEPT, err);
	struct list *list = NULL;
	int got;

	if (!stmt)
		return NULL;
	store_bind(stmt, 1, filename);
	sqlite3_bind_int64(stmt, 2, older->lists);
	if ((got = store_step(older->nb, stmt, err)) == 1)
		list = list_from_row(older->nb, stmt, filename, err);
	sqlite3_reset(stmt);
	return got == 0 ? notebook_list(older->nb, filename, err) : list;
}

static const struct form *
parse_form(struct notebook *nb, const char *id, const char *version, int64_t lists,
	   const struct buf *source, struct err *err)
{
	struct older_lists older = { nb, lists };
	const struct form_files files = { .list = list_for_draft, .data = &older };
	struct form *form = form_read(buf_text(source), source->len, &files,
						  NULL, NULL, err);
	struct parsed_form *parsed;

	if (!form) {
		err_within(err, id);
		return NULL;
	}
	parsed = mem_alloc(sizeof(*parsed));
	*parsed = (struct parsed_form){
		.next = nb->forms,
		.id = mem_strdup(id),
		.version = mem_strdup(version),
		.lists = lists,
		.form = form,
	};
	nb->forms = parsed;
	return form;
}

static const struct form *
get_form(struct notebook *nb, const char *id, const char *version, int64_t lists,
	 struct err *err)
{
	sqlite3_stmt *stmt = find_source(nb, id, version, err);
	struct buf source = { 0 };
	const struct form *form;
	char *found;

	if (!stmt)
		return NULL;
	form = find_parsed(nb, id, store_column(stmt, 1), lists);
	if (form) {
		sqlite3_reset(stmt);
		return form;
	}
	found = mem_strdup(store_column(stmt, 1));
	take_source(stmt, &source);
	sqlite3_reset(stmt); /* the parser asks for lists */
	form = parse_form(nb, id, found, lists, &source, err);
	buf_clear(&source);
	free(found);
	return form;
}

const struct form *
notebook_form(struct notebook *nb, const char *id, const char *version, struct err *err)
{
	return get_form(nb, id, version, LISTS_NOW, err);
}

const struct form *
notebook_draft_form(struct notebook *nb, const char *record_id, const char *id,
		    const char *version, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LISTS_OF_DRAFT, err);
	int64_t lists = LISTS_NOW;
	int got;

	if (!stmt)
		return NULL;
	store_bind(stmt, 1, record_id);
	if ((got = store_step(nb, stmt, err)) == 1)
		lists = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return got < 0 ? NULL : get_form(nb, id, version, lists, err);
}

bool
notebook_form_take(struct notebook *nb, const char *id, const char *version,
		   const char *source, size_t len, struct err *err)
{
	const struct form_files files = { .list = list_for_form, .data = nb };
	struct form *form = form_read(source, len, &files, NULL, NULL, err);
	bool ok;

	if (!form)
		return err_within(err, id);
	ok = (!strcmp(form->id, id) && !strcmp(form->version, version)) ||
	     err_set(err, ERR_INPUT, _("The form %s %s calls itself %s %s. Ask the district to "
	    "send it anew."), id, version,
		     form->id, form->version);
	ok = ok && notebook_form_add(nb, form, source, len, err);
	form_free(form);
	return ok;
}

/* The two versions change places, so that the forms keep their order. */
static bool
swap_numbers(struct notebook *nb, int64_t a, int64_t b, struct err *err)
{
	static const enum stmt steps[] = { STMT_FORM_SWAP, STMT_FORM_SWAPPED };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		sqlite3_stmt *stmt = store_stmt(nb, steps[i], err);

		if (!stmt)
			return false;
		sqlite3_bind_int64(stmt, 1, a);
		sqlite3_bind_int64(stmt, 2, b);
		if (!store_run(nb, stmt, err))
			return false;
	}
	return true;
}

bool
notebook_form_use(struct notebook *nb, const char *id, const char *version,
		  struct err *err)
{
	const struct form *form = notebook_form(nb, id, version, err);
	sqlite3_stmt *stmt = store_stmt(nb, STMT_FORM_NUMBERS, err);
	int64_t number = 0, current = 0;
	int got;

	if (!form || !stmt)
		return false;
	store_bind(stmt, 1, id);
	store_bind(stmt, 2, version);
	if ((got = store_step(nb, stmt, err)) == 1) {
		number = sqlite3_column_int64(stmt, 0);
		current = sqlite3_column_int64(stmt, 1);
	}
	sqlite3_reset(stmt);
	if (got < 0 || number == current)
		return got >= 0;
	if (!notebook_begin(nb, err))
		return false;
	return store_end(nb,
			 swap_numbers(nb, number, current, err) &&
			     views_make(nb, form, err) && follow_rebuild(nb, id, err),
			 err);
}

/* Takes the reference over. */
static void
keep_list(struct notebook *nb, const char *filename, struct list *list)
{
	struct parsed_list *l = nb->lists;

	while (l && strcmp(l->filename, filename) != 0)
		l = l->next;
	if (l) {
		list_unref(l->list);
	} else {
		l = mem_alloc(sizeof(*l));
		l->filename = mem_strdup(filename);
		l->next = nb->lists;
		nb->lists = l;
	}
	l->list = list;
}

static bool
insert_list(struct notebook *nb, const char *filename, const char *text, size_t len,
	    struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LIST_ADD, err);
	char stamp[CLOCK_STAMP_SIZE];

	if (!stmt)
		return false;
	stamp_now(nb, stamp);
	store_bind(stmt, 1, filename);
	sqlite3_bind_blob64(stmt, 2, text, len, SQLITE_STATIC);
	store_bind(stmt, 3, stamp);
	return store_run(nb, stmt, err);
}

/* The one that was there stays for the drafts that there are. */
static bool
keep_older(struct notebook *nb, const char *filename, struct err *err)
{
	sqlite3_stmt *forget = store_stmt(nb, STMT_LIST_FORGET, err), *keep;

	if (!forget || !store_run(nb, forget, err) ||
	    !(keep = store_stmt(nb, STMT_LIST_KEEP, err)))
		return false;
	store_bind(keep, 1, filename);
	return store_run(nb, keep, err);
}

static bool
replace_list(struct notebook *nb, const char *filename, const char *text, size_t len,
	     struct err *err)
{
	if (!notebook_begin(nb, err))
		return false;
	return store_end(nb,
			 keep_older(nb, filename, err) &&
			     insert_list(nb, filename, text, len, err),
			 err);
}

bool
notebook_list_add(struct notebook *nb, const char *filename, const char *text,
		  size_t len, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LIST_SAME, err);
	struct list *list;
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, filename);
	sqlite3_bind_blob64(stmt, 2, text, len, SQLITE_STATIC);
	got = store_step(nb, stmt, err);
	sqlite3_reset(stmt);
	if (got != 0)
		return got == 1;
	if (!(list = parse_list(filename, text, len, err)))
		return false;
	if (!replace_list(nb, filename, text, len, err)) {
		list_unref(list);
		return false;
	}
	keep_list(nb, filename, list);
	for (struct parsed_form *f = nb->forms; f; f = f->next)
		f->outdated = f->outdated || f->lists == LISTS_NOW;
	return true;
}

struct list *
notebook_list(struct notebook *nb, const char *filename, struct err *err)
{
	sqlite3_stmt *stmt;
	struct list *list = NULL;
	int got;

	for (struct parsed_list *l = nb->lists; l; l = l->next)
		if (!strcmp(l->filename, filename))
			return list_ref(l->list);
	if (!(stmt = store_stmt(nb, STMT_LIST_TEXT, err)))
		return NULL;
	store_bind(stmt, 1, filename);
	if ((got = store_step(nb, stmt, err)) == 1)
		list = list_from_row(nb, stmt, filename, err);
	else if (got == 0)
		err_set(err, ERR_INPUT, _("The notebook has no list %s. Put it in with minqing form "
		    "add."), filename);
	sqlite3_reset(stmt);
	if (!list)
		return NULL;
	keep_list(nb, filename, list);
	return list_ref(list);
}

bool
notebook_list_text(struct notebook *nb, const char *filename, struct buf *text,
		   struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LIST_TEXT, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, filename);
	if ((got = store_step(nb, stmt, err)) == 1)
		take_source(stmt, text);
	sqlite3_reset(stmt);
	return got >= 0;
}
