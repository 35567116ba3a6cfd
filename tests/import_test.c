/* Every line of the sample goes through its form; every way of breaking one is refused
 * at the right field. */
#include "check.h"
#include "folder.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "i18n.h"
#include "notebook.h"
#include "outbox.h"
#include "place.h"
#include "records.h"
#include "session.h"

static const char *const sample_files[] = { "visits", "disputes", "volunteers", "others" };

static const char *home;
static struct clock test_clock;
static struct notebook *nb;
static char **lines;
static size_t line_count;

static void
read_sample(void)
{
	size_t cap = 0;

	lines = NULL;
	for (size_t i = 0; i < sizeof(sample_files) / sizeof(*sample_files); i++) {
		char path[128];
		FILE *in;
		char *line = NULL;
		size_t room = 0;

		snprintf(path, sizeof(path), "tests/data/sample/%s.jsonl", sample_files[i]);
		in = fopen(path, "r");
		CHECK(in != NULL);
		while (in && getline(&line, &room, in) > 0) {
			line[strcspn(line, "\n")] = '\0';
			if (line_count == cap) {
				cap = cap ? cap * 2 : 64;
				lines = realloc(lines, cap * sizeof(*lines));
			}
			lines[line_count++] = line;
			line = NULL;
			room = 0;
		}
		free(line);
		if (in)
			fclose(in);
	}
}

static void
open_notebook(void)
{
	struct err err = { 0 };
	struct worker worker = { .name = "陈桂芳", .role = "bldhead" };

	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	setenv("MINQING_FORMS", "forms", 1);
	CHECK(clock_stop_at(&test_clock, "2026-11-23T18:00:00+08:00", &err));
	nb = place_create(&worker, &test_clock, &err);
	if (!nb)
		fprintf(stderr, "%s\n", err.text);
	CHECK(nb != NULL);
}

static void
close_notebook(void)
{
	notebook_close(nb);
	folder_remove(home);
}

static enum import_outcome
import(const char *line, char *field, size_t size)
{
	struct buf where = { 0 };
	struct err err = { 0 };
	enum import_outcome outcome = session_import(nb, line, strlen(line), &where, &err);

	if (field)
		snprintf(field, size, "%s", buf_text(&where));
	if (outcome == IMPORT_FAILED || (outcome == IMPORT_REFUSED && !field))
		fprintf(stderr, "%s: %s\n  %.120s\n", buf_text(&where), err.text, line);
	CHECK(outcome != IMPORT_REFUSED || err.text[0]);
	buf_clear(&where);
	return outcome;
}

static void
every_sample_record_is_logged(void)
{
	open_notebook();
	CHECK_INT(line_count, 47);
	for (size_t i = 0; i < line_count; i++)
		CHECK_INT(import(lines[i], NULL, 0), IMPORT_ADDED);
	close_notebook();
}

static void
importing_twice_changes_nothing(void)
{
	struct err err = { 0 };
	long before = 0, after = 0;
	int64_t bytes;

	open_notebook();
	for (size_t i = 0; i < line_count; i++)
		import(lines[i], NULL, 0);
	CHECK(outbox_count(nb, &before, &bytes, &err));
	CHECK_INT(before, 47);
	for (size_t i = 0; i < line_count; i++)
		CHECK_INT(import(lines[i], NULL, 0), IMPORT_SAME);
	CHECK(outbox_count(nb, &after, &bytes, &err));
	CHECK_INT(after, before);
	close_notebook();
}

/* clang-format off */
static const struct {
	const char *name;
	const char *id;            /* the record's, by its end */
	const char *from, *to;     /* what is changed in its line */
	const char *field;         /* that is named */
} mutations[] = {
	{ "a choice that the list has not",       "ac85c", "\"door_result\":\"met\"", "\"door_result\":\"away\"", "g_who/door_result" },
	{ "a community of another subdistrict",   "ac85c", "\"community\":\"badeng\"", "\"community\":\"qiaoxiang\"", "g_who/community" },
	{ "a visit in the future",                "ac85c", "\"visit_date\":\"2026-11-02\"", "\"visit_date\":\"2026-11-03\"", "g_who/visit_date" },
	{ "a visit more than a month ago",        "ac85c", "\"visit_date\":\"2026-11-02\"", "\"visit_date\":\"2026-10-01\"", "g_who/visit_date" },
	{ "no such day",                          "ac85c", "\"visit_date\":\"2026-11-02\"", "\"visit_date\":\"2026-11-31\"", "g_who/visit_date" },
	{ "a room with a blank",                  "ac85c", "\"room\":\"302\"", "\"room\":\"3 02\"", "g_who/room" },
	{ "a required name left out",             "ac85c", "\"person_name\":\"王阿姨\",", "", "g_person/person_name" },
	{ "none together with another",           "ac85c", "\"care_groups\":\"elderalone elder80\"", "\"care_groups\":\"none elder80\"", "g_person/care_groups" },
	{ "an answer that is not asked",          "b817", "\"door_result\":\"nothome\"", "\"door_result\":\"met\",\"person_name\":\"李\",\"tenure\":\"owner\"", "g_who/attempt_no" },
	{ "a wrong calculation in a row",         "ac85c", "\"need_due\":\"2026-11-09\"", "\"need_due\":\"2026-11-10\"", "needs[1]/need_due" },
	{ "a wrong count",                        "ac85c", "\"need_count\":1", "\"need_count\":2", "need_count" },
	{ "a word where a number is wanted",      "ac85c", "\"household_size\":1", "\"household_size\":\"one\"", "g_person/household_size" },
	{ "a number out of bounds",               "ac85c", "\"household_size\":1", "\"household_size\":31", "g_person/household_size" },
	{ "a question that the form has not",     "ac85c", "\"room\":\"302\"", "\"room\":\"302\",\"rom\":\"1\"", "rom" },
	{ "an ID number with a wrong check digit", "56f45", "990000199513011267", "990000199513011268", "attend[1]/v_idno" },
	{ "out before in",                        "56f45", "\"v_in\":\"14:00\",\"v_out\":\"16:20\"", "\"v_in\":\"14:00\",\"v_out\":\"13:20\"", "attend[2]/v_out" },
	{ "more votes than present",              "9504", "\"t_for\":13", "\"t_for\":17", "topics[1]/t_for" },
	{ "a repeat that is no list",             "ac85c", "\"need_count\":1", "\"need_count\":1,\"g_end\":{\"again\":[1]}", "g_end/again" },
	{ "an unknown form",                      "ac85c", "\"_form\":\"visit\"", "\"_form\":\"visits\"", "_form" },
	{ "a form version that is not here",      "ac85c", "2026112301", "2020010101", "_version" },
	{ "a record ID that is none",             "ac85c", "01a199e2-7e80", "01a199e27e80", "_id" },
};
/* clang-format on */

static const char *
line_of(const char *id_end)
{
	for (size_t i = 0; i < line_count; i++) {
		const char *id = strstr(lines[i], "\"_id\":\"");
		size_t n = strlen(id_end);

		if (id && strncmp(id + 7 + 36 - n, id_end, n) == 0)
			return lines[i];
	}
	return NULL;
}

/* A refused record leaves nothing behind. */
static bool
is_here(const char *line)
{
	const char *id = strstr(line, "\"_id\":\"") + 7;
	char text[UUID_SIZE] = "";
	struct record r;
	struct err err = { 0 };

	memcpy(text, id, UUID_SIZE - 1);
	return record_get(nb, text, &r, &err) != 0;
}

static void
each_way_of_breaking_is_refused(void)
{
	open_notebook();
	for (size_t i = 0; i < sizeof(mutations) / sizeof(*mutations); i++) {
		const char *line, *at;
		struct buf broken = { 0 };
		char field[128];

		check_case(mutations[i].name);
		line = line_of(mutations[i].id);
		at = line ? strstr(line, mutations[i].from) : NULL;
		CHECK(at != NULL);
		if (!at)
			continue;
		buf_add(&broken, line, (size_t)(at - line));
		buf_str(&broken, mutations[i].to);
		buf_str(&broken, at + strlen(mutations[i].from));
		CHECK_INT(import(buf_text(&broken), field, sizeof(field)), IMPORT_REFUSED);
		CHECK_STR(field, mutations[i].field);
		CHECK(!is_here(line));
		buf_clear(&broken);
	}
	close_notebook();
}

/* Text of other programs that would show as another text, or as none. */
static void
marks_that_mislead_are_left_out(void)
{
	static const char from[] = "\"person_name\":\"王阿姨\"";
	const char *line = line_of("ac85c"), *at = line ? strstr(line, from) : NULL;
	struct buf marked = { 0 }, answers = { 0 };
	char field[128], id[UUID_SIZE] = "";
	struct err err = { 0 };

	open_notebook();
	CHECK(at != NULL);
	if (at) {
		buf_add(&marked, line, (size_t)(at - line));
		buf_str(&marked, "\"person_name\":\"王\\u202e阿\\u200b姨\\u001b[2J\"");
		buf_str(&marked, at + strlen(from));
		CHECK_INT(import(buf_text(&marked), field, sizeof(field)), IMPORT_ADDED);
		memcpy(id, strstr(line, "\"_id\":\"") + 7, UUID_SIZE - 1);
		CHECK(record_answers(nb, id, 0, &answers, &err));
		CHECK(strstr(buf_text(&answers), "\"person_name\":\"王阿姨[2J\""));
	}
	buf_clear(&marked);
	buf_clear(&answers);
	close_notebook();
}

int
main(void)
{
	i18n_use("en");
	read_sample();
	RUN(every_sample_record_is_logged);
	RUN(importing_twice_changes_nothing);
	RUN(marks_that_mislead_are_left_out);
	each_way_of_breaking_is_refused();
	for (size_t i = 0; i < line_count; i++)
		free(lines[i]);
	free(lines);
	return CHECK_DONE();
}
