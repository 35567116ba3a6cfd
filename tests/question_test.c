/* Kinds of question: the table and the spellings that name its rows. */
#include "question.h"

#include "check.h"

static const struct {
	const char *spelling;
	int kind; /* -1: unknown */
} spellings[] = {
	{ "text", QUESTION_TEXT },
	{ "string", QUESTION_TEXT },
	{ "int", QUESTION_INTEGER },
	{ "Integer", QUESTION_INTEGER },
	{ "percentage", QUESTION_INTEGER },
	{ "dateTime", QUESTION_DATETIME },
	{ "datetime", QUESTION_DATETIME },
	{ "date time", QUESTION_DATETIME },
	{ "select1", QUESTION_SELECT_ONE },
	{ "select one", QUESTION_SELECT_ONE },
	{ "select_all_that_apply", QUESTION_SELECT_MULTIPLE },
	{ "select all that apply from", QUESTION_SELECT_MULTIPLE },
	{ "gps", QUESTION_GEOPOINT },
	{ "add location prompt", QUESTION_GEOPOINT },
	{ "photo", QUESTION_IMAGE },
	{ "trigger", QUESTION_ACKNOWLEDGE },
	{ "imei", QUESTION_DEVICEID },
	{ "get today", QUESTION_TODAY },
	{ "phonenumber", QUESTION_PHONENUMBER },
	{ "phone number", QUESTION_TEXT },
	{ "uri:email", QUESTION_EMAIL },
	{ "background-audio", QUESTION_BACKGROUND_AUDIO },
	{ "csv-external", QUESTION_CSV_EXTERNAL },
	{ "telepathy", -1 },
	{ "tex", -1 },
	{ "textt", -1 },
	{ "", -1 },
};

static void
spellings_name_their_kind(void)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const struct question_row *row = question_named(spellings[i].spelling);

		check_case(spellings[i].spelling);
		CHECK_INT(row ? (int)row->kind : -1, spellings[i].kind);
	}
}

static void
rows_stand_at_their_kind(void)
{
	for (int i = 0; i < QUESTION_KINDS; i++) {
		CHECK_INT(question_rows[i].kind, i);
		CHECK(question_named(question_rows[i].name) == &question_rows[i]);
	}
}

static void
what_is_chosen_has_a_list(void)
{
	for (int i = 0; i < QUESTION_KINDS; i++) {
		const struct question_row *row = &question_rows[i];

		CHECK_INT(row->wants_list,
		    row->answer == ANSWER_ONE || row->answer == ANSWER_MANY);
	}
}

int
main(void)
{
	RUN(spellings_name_their_kind);
	RUN(rows_stand_at_their_kind);
	RUN(what_is_chosen_has_a_list);
	return CHECK_DONE();
}
