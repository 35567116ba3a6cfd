/*
 * Finding, listing and counting records.
 */
#include "records.h"

#include "clock.h"
#include "i18n.h"
#include "store.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define BEGINNING_MIN 8 /* hexadecimal digits of an id: a minute's worth of records */
#define END_MIN       4
#define UUID_DIGITS   32

static enum record_state
state_named(const char *name)
{
	int state = 0;

	while (state < RECORD_WITHDRAWN && strcmp(record_state_names[state], name) != 0)
		state++;
	return state;
}

/* Columns of STMT_RECORD_GET and its kin. */
static void
record_from_row(sqlite3_stmt *stmt, struct record *record)
{
	*record = (struct record){
		.id = store_column(stmt, 0),
		.form = store_column(stmt, 1),
		.version = store_column(stmt, 2),
		.state = state_named(store_column(stmt, 3)),
		.rev = sqlite3_column_int(stmt, 4),
		.has_draft = sqlite3_column_int(stmt, 5),
		.withdrawal_queued = sqlite3_column_int(stmt, 6),
		.title = store_column(stmt, 7),
		.created = store_column(stmt, 8),
		.modified = store_column(stmt, 9),
		.user = store_column(stmt, 10),
		.station = store_column(stmt, 11),
		.device = store_column(stmt, 12),
		.reason_code = store_column(stmt, 13),
		.reason_path = store_column(stmt, 14),
		.reason = store_column(stmt, 15),
		.holder = store_column(stmt, 16),
		.accepted = store_column(stmt, 17),
	};
}

/* Moves the record's texts to where they outlive the statement. */
static void
keep_texts(struct buf *kept, struct record *record)
{
	const char **texts[] = { &record->id,          &record->form,
				 &record->version,     &record->title,
				 &record->created,     &record->modified,
				 &record->user,        &record->station,
				 &record->device,      &record->reason_code,
				 &record->reason_path, &record->reason,
				 &record->holder,      &record->accepted };
	size_t count = sizeof(texts) / sizeof(texts[0]), total = 0;

	for (size_t i = 0; i < count; i++)
		total += strlen(*texts[i]) + 1;
	buf_reset(kept);
	buf_reserve(kept, total + 1);
	for (size_t i = 0; i < count; i++) {
		const char *place = kept->data + kept->len;

		buf_add(kept, *texts[i], strlen(*texts[i]) + 1);
		*texts[i] = place;
	}
}

static int
get_exactly(struct notebook *nb, const char *id, struct record *record, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_RECORD_GET, err);
	int got;

	if (!stmt)
		return -1;
	store_bind(stmt, 1, id);
	if ((got = store_step(nb, stmt, err)) == 1) {
		record_from_row(stmt, record);
		keep_texts(&nb->lent, record);
	}
	sqlite3_reset(stmt);
	return got;
}

/* The hexadecimal digits of what was typed, dashes aside; 0 when it cannot be a part
 * of an id. */
static size_t
id_digits(const char *typed, char digits[UUID_DIGITS + 1])
{
	size_t count = 0;

	for (; *typed; typed++) {
		if (*typed == '-')
			continue;
		if (!isxdigit((unsigned char)*typed) || count == UUID_DIGITS)
			return 0;
		digits[count++] = (char)tolower((unsigned char)*typed);
	}
	digits[count] = '\0';
	return count;
}

/* Digits from place on (of 32) with dashes where a UUID has them. */
static void
with_dashes(const char *digits, size_t place, char out[UUID_SIZE])
{
	for (bool first = true; *digits; first = false, place++) {
		if (!first && (place == 8 || place == 12 || place == 16 || place == 20))
			*out++ = '-';
		*out++ = *digits++;
	}
	*out = '\0';
}

/* Fills in the whole id of a part of one; as record_get(). */
static int
find_by_part(struct notebook *nb, const char *part, char id[UUID_SIZE], struct err *err)
{
	char digits[UUID_DIGITS + 1], beginning[UUID_SIZE], end[UUID_SIZE];
	size_t count = id_digits(part, digits);
	sqlite3_stmt *stmt;
	int got;

	if (count < END_MIN)
		return 0;
	with_dashes(digits, 0, beginning);
	if (count == UUID_DIGITS && !strcmp(beginning, part))
		return 0; /* a whole one, and it is not here */
	if (!(stmt = store_stmt(nb, STMT_RECORD_FIND, err)))
		return -1;
	with_dashes(digits, UUID_DIGITS - count, end);
	store_bind(stmt, 1, count < BEGINNING_MIN ? NULL : beginning);
	store_bind(stmt, 2, end);
	if ((got = store_step(nb, stmt, err)) <= 0)
		return got;
	snprintf(id, UUID_SIZE, "%s", store_column(stmt, 0));
	got = store_step(nb, stmt, err);
	sqlite3_reset(stmt);
	if (got == 1) {
		err_set(err, ERR_INPUT,
			_("More than one record has \"%.36s\" in its id. Write more of "
			  "it."),
			part);
		return -1;
	}
	return got < 0 ? -1 : 1;
}

int
record_get(struct notebook *nb, const char *id, struct record *record, struct err *err)
{
	char whole[UUID_SIZE];
	int got = get_exactly(nb, id, record, err);

	if (got != 0)
		return got;
	got = find_by_part(nb, id, whole, err);
	return got == 1 ? get_exactly(nb, whole, record, err) : got;
}

/* Appends the one text that a query gives. */
static int
get_answers(struct notebook *nb, sqlite3_stmt *stmt, struct buf *answers,
	    struct err *err)
{
	int got = store_step(nb, stmt, err);

	if (got == 1)
		buf_add(answers, store_column(stmt, 0),
			(size_t)sqlite3_column_bytes(stmt, 0));
	sqlite3_reset(stmt);
	return got;
}

bool
record_answers(struct notebook *nb, const char *id, int rev, struct buf *answers,
	       struct err *err)
{
	sqlite3_stmt *stmt =
	    store_stmt(nb, rev ? STMT_ANSWERS : STMT_ANSWERS_LATEST, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	if (rev)
		sqlite3_bind_int(stmt, 2, rev);
	if ((got = get_answers(nb, stmt, answers, err)) == 0)
		return err_set(err, ERR_INPUT,
			       _("The notebook has no such revision with answers. Look with "
			    "minqing list."));
	return got == 1;
}

int
record_submission(struct notebook *nb, const char *id, int rev, struct buf *xml,
		  struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_SUBMISSION, err);

	if (!stmt)
		return -1;
	store_bind(stmt, 1, id);
	sqlite3_bind_int(stmt, 2, rev);
	return get_answers(nb, stmt, xml, err);
}

bool
record_submission_keep(struct notebook *nb, const char *id, int rev, const char *xml,
		       size_t len, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_SUBMISSION_KEEP, err);

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	sqlite3_bind_int(stmt, 2, rev);
	sqlite3_bind_text(stmt, 3, xml, (int)len, SQLITE_STATIC);
	return store_run(nb, stmt, err);
}

int
record_last_saved(struct notebook *nb, const char *form, const char *user,
		  struct buf *answers, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_LAST_SAVED, err);

	if (!stmt)
		return -1;
	store_bind(stmt, 1, form);
	store_bind(stmt, 2, user);
	return get_answers(nb, stmt, answers, err);
}

bool
record_revisions(struct notebook *nb, const char *id,
		 bool (*row)(const struct revision *revision, void *data), void *data,
		 struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_REVISIONS, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, id);
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct revision revision = {
			.rev = sqlite3_column_int(stmt, 0),
			.base = sqlite3_column_int(stmt, 1),
			.version = store_column(stmt, 2),
			.at = store_column(stmt, 3),
			.user = store_column(stmt, 4),
			.hash = store_column(stmt, 5),
			.state = store_column(stmt, 6),
			.withdrawn = sqlite3_column_int(stmt, 7),
			.why = store_column(stmt, 8),
		};

		if (!row(&revision, data))
			break;
	}
	sqlite3_reset(stmt);
	return got >= 0;
}

/* The way through the tables that reads least. */
static enum stmt
way_of(const struct record_query *query, const struct needles *needles)
{
	if (needles)
		return STMT_RECORDS_FOUND;
	if (query->drafts)
		return STMT_RECORDS_WITH_DRAFT;
	return query->day ? STMT_RECORDS_BY_DAY : STMT_RECORDS_BY_STATE;
}

static void
bind_query(sqlite3_stmt *stmt, const struct record_query *query)
{
	sqlite3_bind_int(stmt, 1, query->states ? query->states : ~0);
	store_bind(stmt, 2, query->form);
	store_bind(stmt, 3, query->user);
	store_bind(stmt, 4, query->day);
	sqlite3_bind_int(stmt, 5, query->limit ? query->limit : -1);
	sqlite3_bind_int(stmt, 6, query->offset);
	sqlite3_bind_int(stmt, 8, query->drafts);
}

bool
record_list(struct notebook *nb, const struct record_query *query,
	    bool (*row)(const struct record *record, void *data), void *data,
	    struct err *err)
{
	struct needles *needles = query->search ? needles_new(query->search) : NULL;
	sqlite3_stmt *stmt = store_stmt(nb, way_of(query, needles), err);
	int got = -1;

	if (!stmt)
		goto out;
	bind_query(stmt, query);
	if (needles)
		needles_bind(stmt, 7, needles);
	while ((got = store_step(nb, stmt, err)) == 1) {
		struct record record;

		record_from_row(stmt, &record);
		if (!row(&record, data))
			break;
	}
	sqlite3_reset(stmt);
	if (needles)
		sqlite3_bind_null(stmt, 7);
out:
	needles_free(needles);
	return got >= 0;
}

static void
today(const struct notebook *nb, char day[16])
{
	clock_format_day(clock_today(nb->clock), day);
}

/* A number that the statement gives in its only row. */
static bool
get_count(struct notebook *nb, sqlite3_stmt *stmt, long *count, struct err *err)
{
	int got = store_step(nb, stmt, err);

	if (got == 1)
		*count = (long)sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return got == 1;
}

bool
record_today(struct notebook *nb, const char *form, long *count, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, form ? STMT_TODAY_FORM : STMT_TODAY, err);
	char day[16];

	if (!stmt)
		return false;
	today(nb, day);
	store_bind(stmt, 1, day);
	if (form)
		store_bind(stmt, 2, form);
	return get_count(nb, stmt, count, err);
}

bool
record_days(struct notebook *nb, const char *month,
	    bool (*row)(const char *day, const char *form, long count, void *data),
	    void *data, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_DAY_COUNTS, err);
	int got;

	if (!stmt)
		return false;
	store_bind(stmt, 1, month);
	while ((got = store_step(nb, stmt, err)) == 1)
		if (!row(store_column(stmt, 0), store_column(stmt, 1),
			 (long)sqlite3_column_int64(stmt, 2), data))
			break;
	sqlite3_reset(stmt);
	return got >= 0;
}

bool
record_tally(struct notebook *nb, struct record_tally *tally, struct err *err)
{
	sqlite3_stmt *stmt = store_stmt(nb, STMT_TALLY, err);
	const struct {
		const char *name;
		long *count;
	} counts[] = {
		{ "draft", &tally->drafts },
		{ "queued", &tally->queued },
		{ "sent", &tally->sent },
		{ "returned", &tally->returned },
		{ "withdrawn", &tally->withdrawn },
		{ "unfinished", &tally->corrections },
	};
	int got;

	if (!stmt)
		return false;
	*tally = (struct record_tally){ 0 };
	while ((got = store_step(nb, stmt, err)) == 1)
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
			if (!strcmp(store_column(stmt, 0), counts[i].name))
				*counts[i].count = (long)sqlite3_column_int64(stmt, 1);
	tally->corrections -= tally->drafts;
	return got == 0 && record_today(nb, NULL, &tally->today, err);
}
