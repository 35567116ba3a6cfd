/*
 * What lists and the search say of a record: its title, its day, its words.
 */
#include "session.h"

#include "buf.h"
#include "clock.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "notebook.h"
#include "question.h"
#include "session_private.h"
#include "text.h"

#include <string.h>

/* The day that the record is about: its first date question that has an answer. */
void
session_day(const struct session *s, char day[16])
{
	for (struct node *n = instance_root(s->in); n; n = instance_next(n)) {
		int64_t days;

		if (n->def->kind == DEF_QUESTION && n->relevant &&
		    n->def->question->kind == QUESTION_DATE &&
		    clock_parse_day(n->text, &days)) {
			clock_format_day(days, day);
			return;
		}
	}
	clock_format_day(clock_today(s->world.clock), day);
}

void
session_words(struct session *s, struct buf *out)
{
	for (struct node *n = instance_root(s->in); n; n = instance_next(n)) {
		if (n->def->kind != DEF_QUESTION || !n->relevant || !n->text[0])
			continue;
		if (n->def->flags & DEF_MASKED)
			buf_str(out, text_mask_end(n->text));
		else
			logic_answer_text(s->logic, n, false, out);
		buf_char(out, '\n');
	}
}

bool
session_describe(struct notebook *nb, const struct answers *answers,
    struct record_words *words, struct err *err)
{
	const struct form *form = notebook_form(nb, answers->form, answers->version, err);
	struct session *s;
	bool good;

	if (!form)
		return false;
	s = session_open(nb, form, i18n_language(), NULL, answers->user, err);
	if (!s)
		return false;
	if (clock_stop_at(&s->stopped, answers->at, NULL))
		s->world.clock = &s->stopped;
	good = instance_from_json(s->in, answers->json, answers->len, true, err) &&
	    (s->logic = logic_new(s->in, &s->world, err));
	if (good) {
		logic_title(s->logic, &words->title);
		session_day(s, words->day);
		session_words(s, &words->text);
	}
	session_close(s);
	return good;
}

void
record_words_clear(struct record_words *words)
{
	buf_clear(&words->title);
	buf_clear(&words->text);
	words->day[0] = '\0';
}
