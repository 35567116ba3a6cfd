/*
 * session_submission - a revision's XML: made once, kept in the notebook
 *
 * Of a form that came as an XForm it is made when the record is finalised, from the
 * answers as they stood; of our own forms, which are sent otherwise, when it is first
 * asked for, from the answers that are kept.
 */
#include "session.h"

#include "buf.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "records.h"
#include "session_private.h"
#include "submission.h"

struct found {
	int wanted; /* 0: the last that has answers */
	int rev, base;
};

static bool
look_at(const struct revision *revision, void *data)
{
	struct found *f = data;

	if (!revision->withdrawn && (!f->wanted || revision->rev == f->wanted)) {
		f->rev = revision->rev;
		f->base = revision->base;
	}
	return true;
}

static bool
find_revision(
    struct notebook *nb, const char *id, int rev, struct found *f, struct err *err)
{
	*f = (struct found){ .wanted = rev };
	if (!record_revisions(nb, id, look_at, f, err))
		return false;
	return f->rev || err_set(err, ERR_INPUT,
			     _("The notebook has no such revision with answers. Look with "
			    "minqing list."));
}

/* The ids of a revision, and what they are put into. */
struct ids {
	char own[SUBMISSION_ID_SIZE], base[SUBMISSION_ID_SIZE];
	struct submission submission;
};

static void
make_ids(struct ids *ids, const char *record_id, const struct found *f)
{
	submission_id(record_id, f->rev, ids->own);
	submission_id(record_id, f->base, ids->base);
	ids->submission = (struct submission){
		.id = ids->own,
		.deprecated = f->base ? ids->base : NULL,
	};
}

static void
name_it(struct session *s, struct ids *ids)
{
	buf_reset(&s->title);
	logic_instance_name(s->logic, &s->title);
	ids->submission.name = buf_text(&s->title);
}

bool
session_keep_xml(struct session *s, int rev, struct err *err)
{
	struct buf xml = { 0 };
	struct found f;
	struct ids ids;
	bool good = find_revision(s->nb, s->id, rev, &f, err);

	if (good) {
		make_ids(&ids, s->id, &f);
		name_it(s, &ids);
		submission_write(s->in, &ids.submission, &xml);
		good = record_submission_keep(
		    s->nb, s->id, rev, buf_text(&xml), xml.len, err);
	}
	buf_clear(&xml);
	return good;
}

/* From the answers alone: computed again, some might come out otherwise. */
static bool
write_answers(
    struct session *s, struct ids *ids, int rev, struct buf *xml, struct err *err)
{
	struct buf answers = { 0 };
	struct instance *in = instance_new(s->form);
	bool good = record_answers(s->nb, s->id, rev, &answers, err) &&
		    instance_from_json(in, buf_text(&answers), answers.len, true, err);

	if (good) {
		name_it(s, ids);
		ids->submission.answered = true;
		submission_write(in, &ids->submission, xml);
	}
	instance_free(in);
	buf_clear(&answers);
	return good;
}

static bool
make(struct session *s, const struct found *f, struct err *err)
{
	struct buf xml = { 0 };
	struct ids ids;
	bool good;

	make_ids(&ids, s->id, f);
	good =
	    write_answers(s, &ids, f->rev, &xml, err) &&
	    record_submission_keep(s->nb, s->id, f->rev, buf_text(&xml), xml.len, err);
	buf_clear(&xml);
	return good;
}

static bool
find_or_make(struct notebook *nb, const char *id, const struct found *f,
    struct buf *xml, struct err *err)
{
	int kept = record_submission(nb, id, f->rev, xml, err);
	struct session *s;
	bool good;

	if (kept)
		return kept > 0;
	s = session_view(nb, id, f->rev, NULL, err);
	good = s && make(s, f, err) && record_submission(nb, id, f->rev, xml, err) > 0;
	session_close(s);
	return good;
}

bool
session_submission(struct notebook *nb, const char *record_id, int rev, struct buf *xml,
    struct err *err)
{
	struct found f;

	return find_revision(nb, record_id, rev, &f, err) &&
	       find_or_make(nb, record_id, &f, xml, err);
}

bool
session_submission_masked(struct notebook *nb, const char *record_id, int rev,
    struct buf *xml, struct err *err)
{
	struct buf whole = { 0 };
	struct instance *in = NULL;
	struct session *s = NULL;
	struct found f;
	struct ids ids;
	bool good = find_revision(nb, record_id, rev, &f, err) &&
		    find_or_make(nb, record_id, &f, &whole, err) &&
		    (s = session_view(nb, record_id, f.rev, NULL, err)) != NULL;

	if (good) {
		in = instance_new(s->form);
		good = submission_read(in, buf_text(&whole), whole.len, err);
	}
	if (good) {
		make_ids(&ids, record_id, &f);
		instance_mask(s->in);
		name_it(s, &ids);
		instance_mask(in);
		ids.submission.answered = true;
		submission_write(in, &ids.submission, xml);
	}
	instance_free(in);
	session_close(s);
	buf_clear(&whole);
	return good;
}
