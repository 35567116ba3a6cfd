/* A record from its first answer to its second revision, as the screens drive it. */
#include "check.h"
#include "folder.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "notebook.h"
#include "outbox.h"
#include "place.h"
#include "records.h"
#include "session.h"

static const char *home;
static struct clock test_clock;
static struct notebook *nb;

static void
open_notebook(void)
{
	struct err err = { 0 };
	struct worker worker = { .name = "陈桂芳", .role = "bldhead", .station = "巴登U站" };

	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	setenv("MINQING_FORMS", "forms", 1);
	CHECK(clock_stop_at(&test_clock, "2026-11-23T18:00:00+08:00", &err));
	nb = place_create(&worker, &test_clock, &err);
	CHECK(nb != NULL);
	CHECK_STR(err.text, "");
}

static void
close_notebook(void)
{
	notebook_close(nb);
	folder_remove(home);
}

static bool
answer(struct session *s, const char *path, const char *text)
{
	struct node *node = instance_find(session_instance(s), path);
	struct err err = { 0 };

	CHECK(node != NULL);
	if (node && session_answer(s, node, text, path, &err))
		return true;
	fprintf(stderr, "  %s: %s\n", path, err.text);
	return false;
}

static const char *
value(struct session *s, const char *path)
{
	struct node *node = instance_find(session_instance(s), path);

	return node ? node->text : NULL;
}

static void
answer_visit(struct session *s, const char *room)
{
	CHECK(answer(s, "g_who/subdistrict", "440304001"));
	CHECK(answer(s, "g_who/community", "badeng"));
	CHECK(answer(s, "g_who/station_kind", "ustation"));
	CHECK(answer(s, "g_who/visitor_role", "bldhead"));
	CHECK(answer(s, "g_who/visitor_name", "陈桂芳"));
	CHECK(answer(s, "g_who/building", "nyb001"));
	CHECK(answer(s, "g_who/room", room));
	CHECK(answer(s, "g_person/person_name", "王阿姨"));
	CHECK(answer(s, "g_person/tenure", "owner"));
}

static enum session_outcome
finalise(struct session *s, char *field, size_t size)
{
	struct buf message = { 0 }, path = { 0 };
	struct node *wrong;
	struct err err = { 0 };
	enum session_outcome outcome = session_finalise(s, &wrong, &message, &err);

	if (wrong)
		instance_path(wrong, &path);
	if (field)
		snprintf(field, size, "%s", buf_text(&path));
	CHECK(outcome != SESSION_WRONG || message.len > 0);
	CHECK_STR(err.text, "");
	buf_clear(&message);
	buf_clear(&path);
	return outcome;
}

static void
nothing_is_written_before_the_first_answer(void)
{
	struct err err = { 0 };
	struct record_tally tally;
	struct session *s;

	open_notebook();
	s = session_new(nb, "visit", "en", &err);
	CHECK(s && !session_is_saved(s));
	CHECK_STR(value(s, "g_who/visit_date"), "2026-11-23");
	session_close(s);
	CHECK(record_tally(nb, &tally, &err));
	CHECK_INT(tally.drafts, 0);
	close_notebook();
}

static void
a_draft_comes_back_as_it_was(void)
{
	struct err err = { 0 };
	struct session *s;
	char id[UUID_SIZE];

	open_notebook();
	s = session_new(nb, "visit", "en", &err);
	CHECK(answer(s, "g_who/visitor_name", "陈桂芳"));
	CHECK(answer(s, "g_who/visit_mode", "patrol"));
	CHECK(!instance_find(session_instance(s), "g_person/person_name")->relevant);
	CHECK(answer(s, "g_who/visit_mode", "household"));
	CHECK(answer(s, "g_person/person_name", "王阿姨"));
	CHECK(answer(s, "g_who/visit_mode", "patrol"));
	memcpy(id, session_record_id(s), UUID_SIZE);
	session_close(s);

	s = session_resume(nb, id, "en", &err);
	CHECK(s != NULL);
	CHECK_STR(value(s, "g_who/visitor_name"), "陈桂芳");
	CHECK_STR(session_cursor(s), "g_who/visit_mode");
	/* not relevant now, but not forgotten */
	CHECK(!instance_find(session_instance(s), "g_person/person_name")->relevant);
	CHECK(answer(s, "g_who/visit_mode", "household"));
	CHECK_STR(value(s, "g_person/person_name"), "王阿姨");
	session_close(s);
	close_notebook();
}

static void
finalising_goes_to_the_first_wrong_field(void)
{
	struct err err = { 0 };
	struct session *s;
	char field[64];

	open_notebook();
	s = session_new(nb, "visit", "en", &err);
	CHECK(answer(s, "g_who/visitor_name", "陈桂芳"));
	CHECK_INT(finalise(s, field, sizeof(field)), SESSION_WRONG);
	CHECK_STR(field, "g_who/subdistrict");
	answer_visit(s, "3 02");
	CHECK_INT(finalise(s, field, sizeof(field)), SESSION_WRONG);
	CHECK_STR(field, "g_who/room");
	CHECK(answer(s, "g_who/room", "302"));
	CHECK_INT(finalise(s, field, sizeof(field)), SESSION_FINAL);
	session_close(s);
	close_notebook();
}

static bool
keep_title(const struct record *r, void *data)
{
	snprintf(data, 128, "%s|%s|%d", r->title, record_state_names[r->state], r->rev);
	return true;
}

static void
the_next_record_begins_with_the_last_ones_answers(void)
{
	struct err err = { 0 };
	struct session *s;

	open_notebook();
	s = session_new(nb, "visit", "en", &err);
	answer_visit(s, "302");
	CHECK_INT(finalise(s, NULL, 0), SESSION_FINAL);
	session_close(s);
	s = session_new(nb, "visit", "en", &err);
	CHECK_STR(value(s, "g_who/community"), "badeng");
	CHECK_STR(value(s, "g_who/building"), "nyb001");
	CHECK_STR(value(s, "g_who/visitor_name"), "陈桂芳");
	CHECK_STR(value(s, "g_who/room"), "");
	session_close(s);
	close_notebook();
}

static void
a_correction_is_the_next_revision(void)
{
	struct err err = { 0 };
	struct session *s;
	struct record_query query = { .search = "王阿姨" };
	char id[UUID_SIZE], title[128] = "";
	struct buf first = { 0 };

	open_notebook();
	s = session_new(nb, "visit", "en", &err);
	answer_visit(s, "302");
	CHECK_INT(finalise(s, NULL, 0), SESSION_FINAL);
	memcpy(id, session_record_id(s), UUID_SIZE);
	/* finished: only to be looked at */
	CHECK(!session_answer(s, instance_find(session_instance(s), "g_who/room"), "1", NULL,
	    &err));
	CHECK(err.text[0] != '\0');
	session_close(s);
	s = session_correct(nb, id, "en", &err);
	CHECK(s && answer(s, "g_who/room", "402"));
	CHECK_INT(finalise(s, NULL, 0), SESSION_FINAL);
	session_close(s);
	CHECK(record_list(nb, &query, keep_title, title, &err));
	CHECK_STR(title, "2026-11-23 402 王阿姨|queued|2");
	CHECK(record_answers(nb, id, 1, &first, &err));
	CHECK(strstr(buf_text(&first), "\"room\":\"302\"") != NULL);
	buf_clear(&first);
	close_notebook();
}

static void
what_is_not_relevant_is_not_sent(void)
{
	struct err err = { 0 };
	struct session *s;
	struct buf answers = { 0 };

	open_notebook();
	s = session_new(nb, "visit", "en", &err);
	answer_visit(s, "302");
	CHECK(answer(s, "g_who/door_result", "nothome"));
	CHECK_INT(finalise(s, NULL, 0), SESSION_FINAL);
	CHECK(record_answers(nb, session_record_id(s), 0, &answers, &err));
	CHECK(strstr(buf_text(&answers), "person_name") == NULL);
	CHECK(strstr(buf_text(&answers), "\"attempt_no\":1") != NULL);
	session_close(s);
	buf_clear(&answers);
	close_notebook();
}

static void
masked_answers_are_found_by_their_end_only(void)
{
	struct err err = { 0 };
	struct session *s;
	struct record_query whole = { .search = "14200000001" }, end = { .search = "0001" };
	char title[128] = "";

	open_notebook();
	s = session_new(nb, "visit", "en", &err);
	answer_visit(s, "302");
	CHECK(answer(s, "g_person/phone", "14200000001"));
	CHECK(answer(s, "g_person/consent", "yes"));
	CHECK_INT(finalise(s, NULL, 0), SESSION_FINAL);
	session_close(s);
	CHECK(record_list(nb, &whole, keep_title, title, &err));
	CHECK_STR(title, "");
	CHECK(record_list(nb, &end, keep_title, title, &err));
	CHECK_STR(title, "2026-11-23 302 王阿姨|queued|1");
	close_notebook();
}

int
main(void)
{
	i18n_use("en");
	RUN(nothing_is_written_before_the_first_answer);
	RUN(a_draft_comes_back_as_it_was);
	RUN(finalising_goes_to_the_first_wrong_field);
	RUN(the_next_record_begins_with_the_last_ones_answers);
	RUN(a_correction_is_the_next_revision);
	RUN(what_is_not_relevant_is_not_sent);
	RUN(masked_answers_are_found_by_their_end_only);
	return CHECK_DONE();
}
