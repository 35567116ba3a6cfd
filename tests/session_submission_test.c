/* A finished record's XML in the notebook: made once, the same ever after, right. */
#include "check.h"
#include "folder.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "notebook.h"
#include "place.h"
#include "records.h"
#include "session.h"
#include "submission.h"

/* Its calculation gives another value every time. */
static const char xform[] =
    "<h:html xmlns='http://www.w3.org/2002/xforms' "
    "xmlns:h='http://www.w3.org/1999/xhtml' xmlns:jr='http://openrosa.org/javarosa'>"
    "<h:head><h:title>X</h:title><model><instance><data id='x' version='1'>"
    "<who/><key/><meta><instanceID/><instanceName/></meta></data></instance>"
    "<bind nodeset='/data/who'/><bind nodeset='/data/key' calculate='random()'/>"
    "<bind nodeset='/data/meta/instanceName' calculate='/data/who'/>"
    "</model></h:head><h:body><input ref='/data/who'><label>W</label></input>"
    "</h:body></h:html>";

static const char *home;
static struct clock test_clock;
static struct notebook *nb;

static void
open_notebook(void)
{
	struct err err = { 0 };
	struct worker worker = {
		.name = "陈桂芳", .role = "bldhead", .station = "巴登U站"
	};
	struct form *form;

	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	setenv("MINQING_FORMS", "forms", 1);
	CHECK(clock_stop_at(&test_clock, "2026-11-23T18:00:00+08:00", &err));
	nb = place_create(&worker, &test_clock, &err);
	CHECK(nb != NULL);
	form = form_read(xform, strlen(xform), NULL, NULL, NULL, &err);
	CHECK(form && notebook_form_add(nb, form, xform, strlen(xform), &err));
	CHECK_STR(err.text, "");
	form_free(form);
}

static void
close_notebook(void)
{
	notebook_close(nb);
	folder_remove(home);
}

static void
finish(struct session *s, const char *who, char id[UUID_SIZE])
{
	struct node *node = instance_find(session_instance(s), "who"), *wrong;
	struct buf message = { 0 };
	struct err err = { 0 };

	CHECK(session_answer(s, node, who, NULL, &err));
	CHECK_INT(session_finalise(s, &wrong, &message, &err), SESSION_FINAL);
	memcpy(id, session_record_id(s), UUID_SIZE);
	session_close(s);
	buf_clear(&message);
}

static void
an_xforms_record_is_kept_as_it_was_finalised(void)
{
	struct buf kept = { 0 }, again = { 0 }, answers = { 0 };
	struct err err = { 0 };
	char id[UUID_SIZE];
	const char *key;

	open_notebook();
	finish(session_new(nb, "x", "en", &err), "王", id);
	CHECK_INT(record_submission(nb, id, 1, &kept, &err), 1);
	CHECK(session_submission(nb, id, 0, &again, &err));
	CHECK_STR(buf_text(&again), buf_text(&kept));
	CHECK(strstr(buf_text(&kept), "<instanceName>王</instanceName>"));
	CHECK(strstr(
	    buf_text(&kept), "<data id=\"x\" version=\"1\"><who>王</who><key>0."));
	CHECK(strstr(buf_text(&kept), id));
	/* what was finalised, not what would be computed now */
	CHECK(record_answers(nb, id, 1, &answers, &err));
	key = strstr(buf_text(&answers), "0.");
	CHECK(key && strstr(buf_text(&kept), strndupa(key, strcspn(key, ",}"))));
	buf_clear(&kept);
	buf_clear(&again);
	buf_clear(&answers);
	close_notebook();
}

static void
a_correction_names_what_it_replaces(void)
{
	char id[UUID_SIZE], first[SUBMISSION_ID_SIZE], second[SUBMISSION_ID_SIZE];
	struct buf old = { 0 }, new = { 0 }, wanted = { 0 };
	struct err err = { 0 };

	open_notebook();
	finish(session_new(nb, "x", "en", &err), "王", id);
	finish(session_correct(nb, id, "en", &err), "李", id);
	CHECK(session_submission(nb, id, 1, &old, &err));
	CHECK(session_submission(nb, id, 2, &new, &err));
	submission_id(id, 1, first);
	submission_id(id, 2, second);
	CHECK(!strstr(buf_text(&old), "deprecatedID"));
	buf_fmt(&wanted,
	    "<instanceID>%s</instanceID><instanceName>李</instanceName>"
	    "<deprecatedID>%s</deprecatedID>",
	    second, first);
	CHECK(strstr(buf_text(&new), buf_text(&wanted)));
	buf_clear(&old);
	buf_clear(&new);
	buf_clear(&wanted);
	close_notebook();
}

static void
a_revision_that_is_not_there_is_told(void)
{
	struct buf xml = { 0 };
	struct err err = { 0 };
	char id[UUID_SIZE];

	open_notebook();
	finish(session_new(nb, "x", "en", &err), "王", id);
	CHECK(!session_submission(nb, id, 7, &xml, &err));
	CHECK(strstr(err.text, "no such revision"));
	close_notebook();
}

/* ---- every record of the sample ---- */

static void
import(const char *path)
{
	struct buf text = { 0 }, field = { 0 };
	struct err err = { 0 };

	CHECK(place_read(path, 1 << 20, &text, &err));
	for (char *line = text.data, *end; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		CHECK_INT(session_import(nb, line, (size_t)(end - line), &field, &err),
		    IMPORT_ADDED);
	}
	buf_clear(&text);
	buf_clear(&field);
}

static bool
check_record(const struct record *record, void *data)
{
	struct buf xml = { 0 }, kept = { 0 }, answers = { 0 }, back = { 0 };
	struct err err = { 0 };
	char id[UUID_SIZE];
	const struct form *form =
	    notebook_form(nb, record->form, record->version, &err);
	struct instance *in = instance_new(form);

	memcpy(id, record->id, UUID_SIZE);
	CHECK_INT(record_submission(nb, id, 1, &kept, &err), 0);
	CHECK(session_submission(nb, id, 1, &xml, &err));
	CHECK_INT(record_submission(nb, id, 1, &kept, &err), 1);
	CHECK_STR(buf_text(&kept), buf_text(&xml));
	buf_reset(&kept);
	CHECK(!strchr(buf_text(&xml), '\n'));
	CHECK(submission_read(in, buf_text(&xml), xml.len, &err));
	CHECK_STR(err.text, "");
	instance_to_json(in, true, &back);
	instance_free(in);
	/* a repeat without instances is there or not */
	in = instance_new(form);
	CHECK(record_answers(nb, id, 1, &kept, &err));
	CHECK(instance_from_json(in, buf_text(&kept), kept.len, false, &err));
	instance_to_json(in, true, &answers);
	CHECK_STR(buf_text(&back), buf_text(&answers));
	++*(int *)data;
	instance_free(in);
	buf_clear(&xml);
	buf_clear(&kept);
	buf_clear(&answers);
	buf_clear(&back);
	return true;
}

static void
all_sample_records_read_back(void)
{
	struct record_query query = { 0 };
	struct err err = { 0 };
	int count = 0;

	open_notebook();
	import("tests/data/sample/visits.jsonl");
	import("tests/data/sample/disputes.jsonl");
	import("tests/data/sample/volunteers.jsonl");
	import("tests/data/sample/others.jsonl");
	CHECK(record_list(nb, &query, check_record, &count, &err));
	CHECK_INT(count, 47);
	close_notebook();
}

int
main(void)
{
	i18n_use("en");
	RUN(an_xforms_record_is_kept_as_it_was_finalised);
	RUN(a_correction_names_what_it_replaces);
	RUN(a_revision_that_is_not_there_is_told);
	RUN(all_sample_records_read_back);
	return CHECK_DONE();
}
