/* Records filled in on a terminal, from the first key to what stands in the notebook. */
#include "../check.h"
#include "audit.h"
#include "../folder.h"
#include "screen.h"

#include <screen.h>
#include "buf.h"
#include "clock.h"
#include "entry.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "instance.h"
#include "notebook.h"
#include "place.h"
#include "records.h"
#include "session.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define NOW "2026-11-23T18:00:00+08:00"

/* What the child runs: the entry page over one session of the only notebook. */
struct run {
	const char *form, *language; /* "en" when NULL */
	const char *record; /* NULL: a new one */
	enum { FILL, VIEW, CORRECT } how;
	const char *go_to, *notice;
	bool full; /* the disk is, until SIGUSR1 */
};

static const char *home;
static struct clock test_clock;

static struct notebook *
open_notebook(void)
{
	struct err err = { 0 };
	struct notebook *nb = place_open(NULL, &test_clock, NULL, &err);

	if (!nb)
		fprintf(stderr, "  %s\n", err.text);
	return nb;
}

static struct session *
open_session(struct notebook *nb, const struct run *run, struct err *err)
{
	if (!run->record)
		return session_new(nb, run->form, i18n_language(), err);
	if (run->how == VIEW)
		return session_view(nb, run->record, 0, i18n_language(), err);
	if (run->how == CORRECT)
		return session_correct(nb, run->record, i18n_language(), err);
	return session_resume(nb, run->record, i18n_language(), err);
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void
make_room(int sig)
{
	(void)sig;
	limit_files(RLIM_INFINITY);
}

/* No file can be written to any more: what a full disk looks like. */
static void
fill_disk(void)
{
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGUSR1, make_room);
	limit_files(0);
}

/* Ends with 10 + the outcome; 10 + 5 is a draft left without anything saved. */
static int
fill(void *data)
{
	const struct run *run = data;
	struct buf kill = { 0 };
	struct entry_options options = { .kill = &kill, .go_to = run->go_to,
		.notice = run->notice };
	struct err err = { 0 };
	struct notebook *nb;
	struct session *session;
	struct screen *s;
	int outcome;

	i18n_use(run->language ? run->language : "en");
	if (!(nb = open_notebook()) || !(session = open_session(nb, run, &err)) ||
	    !(s = screen_open(&err))) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (run->full)
		fill_disk();
	outcome = (int)entry_run(s, session, &options, &err);
	if (outcome == ENTRY_LEFT && !session_is_saved(session))
		outcome = 5;
	screen_close(s);
	session_close(session);
	notebook_close(nb);
	buf_clear(&kill);
	return 10 + outcome;
}

enum { UNSAVED = 5 };

static struct term *
start(struct run *run)
{
	return term_start(&(struct term_options){ .run = fill, .data = run });
}

static struct term *
start_size(struct run *run, int rows, int cols)
{
	return term_start(&(struct term_options){ .run = fill, .data = run, .rows = rows,
	    .cols = cols });
}

/* The last keys of a record. The outcome, or -1. */
static int
ends_with(struct term *t, const char *keys)
{
	int status = 0;

	term_type_ahead(t, keys);
	if (!term_ended(t, &status) || !WIFEXITED(status)) {
		term_dump(t);
		term_free(t);
		return -1;
	}
	term_free(t);
	return WEXITSTATUS(status) - 10;
}

static bool
keep_id(const struct record *r, void *data)
{
	memcpy(data, r->id, UUID_SIZE);
	return false;
}

/* The record that was touched last; "" when there is none. */
static const char *
last_record(bool drafts)
{
	static char id[UUID_SIZE];
	struct notebook *nb = open_notebook();
	struct record_query query = { .drafts = drafts };
	struct err err = { 0 };

	id[0] = '\0';
	CHECK(record_list(nb, &query, keep_id, id, &err));
	notebook_close(nb);
	return id;
}

/* An answer of a stored record, by path; "" when it has none, NULL without the place. */
static const char *
stored(const char *id, bool draft, const char *path)
{
	static char text[4][400];
	static int turn;
	struct notebook *nb = open_notebook();
	struct err err = { 0 };
	struct session *s = draft ? session_resume(nb, id, "zh", &err)
				  : session_view(nb, id, 0, "zh", &err);
	struct node *node = s ? instance_find(session_instance(s), path) : NULL;
	char *out = text[turn++ % 4];

	if (!s)
		fprintf(stderr, "  %s\n", err.text);
	snprintf(out, sizeof(text[0]), "%s", node ? node->text : "");
	session_close(s);
	notebook_close(nb);
	return node ? out : NULL;
}

/* What no shipped form has. */
static const char kinds_form[] =
    "settings\n"
    ",form_id,version,form_title\n"
    ",kinds,1,Kinds\n"
    "survey\n"
    ",type,name,label,repeat_count,parameters,required\n"
    ",note,intro,Some words before,,,\n"
    ",decimal,weight,Weight,,,\n"
    ",range,score,Score,,start=0 end=10 step=2,\n"
    ",acknowledge,told,Told,,,\n"
    ",rank colour,ranking,Ranking,,,\n"
    ",datetime,seen,Seen,,,\n"
    ",image,photo,Photo,,,\n"
    ",integer,rooms,Rooms,,,\n"
    ",begin_repeat,room,Room,${rooms},,\n"
    ",text,room_name,Room name,,,\n"
    ",end_repeat,,,,,\n"
    ",begin_repeat,house,House,,,\n"
    ",text,house_name,House name,,,\n"
    ",begin_repeat,flat,Flat,,,\n"
    ",text,flat_name,Flat name,,,\n"
    ",end_repeat,,,,,\n"
    ",end_repeat,,,,,\n"
    ",text,remark,Remark,,,yes\n"
    "choices\n"
    ",list_name,name,label\n"
    ",colour,red,Red\n"
    ",colour,green,Green\n"
    ",colour,blue,Blue\n";

static void
add_kinds(struct notebook *nb)
{
	struct err err = { 0 };
	struct form *form = form_from_xlsform_csv(kinds_form, sizeof(kinds_form) - 1, NULL,
	    NULL, NULL, &err);

	CHECK(form != NULL);
	CHECK(form && notebook_form_add(nb, form, kinds_form, sizeof(kinds_form) - 1, &err));
	CHECK_STR(err.text, "");
	form_free(form);
}

/* A notebook of its own for each test. */
static void
fresh(void)
{
	struct worker worker = { .name = "陈桂芳", .role = "bldhead", .station = "巴登U站" };
	struct err err = { 0 };
	struct notebook *nb;

	if (home)
		folder_remove(home);
	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	CHECK(clock_stop_at(&test_clock, NOW, &err));
	nb = place_create(&worker, &test_clock, &err);
	CHECK(nb != NULL);
	CHECK_STR(err.text, "");
	add_kinds(nb);
	notebook_close(nb);
}

/* Does a row of the screen hold both? */
static bool
row_has(struct term *t, const char *label, const char *value)
{
	int row, col;
	char line[1200];

	term_settle(t);
	if (!term_find(t, label, &row, &col))
		return false;
	snprintf(line, sizeof(line), "%s", term_row(t, row));
	if (strstr(line, value))
		return true;
	fprintf(stderr, "  \"%s\" is not in \"%s\"\n", value, line);
	return false;
}

/* Is the hardware cursor on the row of this label? */
static bool
cursor_at(struct term *t, const char *label)
{
	int row, col, at, at_col;

	term_settle(t);
	term_cursor(t, &at, &at_col);
	if (term_find(t, label, &row, &col) && row == at)
		return true;
	fprintf(stderr, "  the cursor is at %d,%d, not at \"%s\"\n", at, at_col, label);
	term_dump(t);
	return false;
}

/* The first part of a visit, up to who was met; begins at the subdistrict. */
#define WHERE "<Enter>陈桂芳<Enter><Enter>1<Enter>1203<Enter><Enter>"
#define WHO   "440304001<Enter>badeng<Enter>1<Enter>bldhead" WHERE

/* --- the day's work --- */

static void
a_visit_is_typed_in_chinese(void)
{
	struct run run = { .form = "visit", .language = "zh" };
	struct term *t;
	const char *id;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "走访信息"));
	CHECK(cursor_at(t, "街道"));
	CHECK(term_keys(t, "nyjd<Enter>bd<Enter>1<Enter>ldz" WHERE));
	CHECK(term_see(t, "被访人"));
	CHECK(cursor_at(t, "姓名或称呼"));
	CHECK(term_keys(t, "王阿姨<Enter>1<Enter><Enter>3<Enter><Enter><Enter><Enter>"));
	CHECK(term_keys(t, "<Tab>5<Enter>电梯已修好，<Enter>住户满意。<Tab>"));
	CHECK(cursor_at(t, "需要再访"));
	CHECK(row_has(t, "对社区工作满意度", "非常满意"));
	CHECK_INT(ends_with(t, "<F2>"), ENTRY_FINAL);
	id = last_record(false);
	CHECK_STR(stored(id, false, "g_who/subdistrict"), "440304001");
	CHECK_STR(stored(id, false, "g_who/community"), "badeng");
	CHECK_STR(stored(id, false, "g_who/visitor_role"), "bldhead");
	CHECK_STR(stored(id, false, "g_who/visitor_name"), "陈桂芳");
	CHECK_STR(stored(id, false, "g_who/building"), "nyb001");
	CHECK_STR(stored(id, false, "g_who/room"), "1203");
	CHECK_STR(stored(id, false, "g_who/visit_date"), "2026-11-23");
	CHECK_STR(stored(id, false, "g_person/person_name"), "王阿姨");
	CHECK_STR(stored(id, false, "g_person/household_size"), "3");
	CHECK_STR(stored(id, false, "g_end/satisf"), "5");
	CHECK_STR(stored(id, false, "g_end/summary"), "电梯已修好，\n住户满意。");
}

static void
what_is_not_relevant_goes_and_comes_back(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/door_result" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Result at the door"));
	CHECK(cursor_at(t, "Result at the door"));
	CHECK(!term_has(t, "Attempt number"));
	CHECK(term_keys(t, "nobody<Enter>"));
	CHECK(term_see(t, "Attempt number"));
	CHECK(cursor_at(t, "Attempt number"));
	CHECK(!term_has(t, "Name or form of address"));
	CHECK(term_keys(t, "<Up>met<Enter>"));
	CHECK(term_see(t, "Name or form of address"));
	CHECK(!term_has(t, "Attempt number"));
	CHECK(cursor_at(t, "Name or form of address"));
	term_free(t);
}

static const struct {
	const char *typed, *shown;
} short_dates[] = {
	{ "5", "2026-11-05" },
	{ "1105", "2026-11-05" },
	{ "11-05", "2026-11-05" },
	{ "１１０５", "2026-11-05" },
	{ ".", "2026-11-23" },
	{ "-1", "2026-11-22" },
};

static void
dates_are_typed_short(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/visit_date" };
	struct term *t;
	char keys[80];

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Visit date"));
	for (size_t i = 0; i < sizeof(short_dates) / sizeof(short_dates[0]); i++) {
		snprintf(keys, sizeof(keys), "%s<Enter>", short_dates[i].typed);
		CHECK(term_keys(t, keys));
		CHECK(row_has(t, "Visit date", short_dates[i].shown));
		CHECK(cursor_at(t, "Start time"));
		CHECK(term_keys(t, "<S-Tab>"));
	}
	CHECK(row_has(t, "Visit date", "Sun"));
	CHECK(term_keys(t, "<Tab>905<Enter>"));
	CHECK(row_has(t, "Start time", "09:05"));
	term_free(t);
}

static void
a_day_is_picked_from_the_calendar(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/visit_date" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Visit date"));
	CHECK(term_keys(t, "<F4><Left><Left><Enter>"));
	CHECK(row_has(t, "Visit date", "2026-11-21"));
	CHECK(cursor_at(t, "Start time"));
	term_free(t);
}

static void
a_choice_is_typed_by_code_number_label_or_pinyin(void)
{
	static const char *const typed[] = { "shop", "4", "商户", "shangh", "wyhdwry" };
	struct run run = { .form = "visit", .language = "zh", .go_to = "g_person/tenure" };
	struct term *t;
	char keys[80];

	fresh();
	t = start(&run);
	CHECK(term_see(t, "被访人类型"));
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		snprintf(keys, sizeof(keys), "%s<Enter>", typed[i]);
		CHECK(term_keys(t, keys));
		CHECK(row_has(t, "被访人类型", i == 4 ? "物业或单位人员" : "商户"));
		CHECK(cursor_at(t, "联系电话"));
		CHECK(term_keys(t, "<S-Tab>1<Enter><S-Tab>"));
		CHECK(row_has(t, "被访人类型", "业主"));
	}
	term_free(t);
}

static void
an_ambiguous_choice_opens_the_list(void)
{
	struct run run = { .form = "visit", .go_to = "g_person/tenure" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Kind of resident"));
	CHECK(term_keys(t, "er<Enter>"));
	CHECK(term_see(t, "Shop keeper"));
	CHECK(term_keys(t, "<Esc><Esc>"));
	CHECK(term_see_not(t, "Shop keeper"));
	CHECK(cursor_at(t, "Kind of resident"));
	CHECK(term_keys(t, "<Esc> "));
	CHECK(term_see(t, "Family member"));
	CHECK(term_keys(t, "<Down><Enter>"));
	CHECK(row_has(t, "Kind of resident", "Tenant"));
	CHECK(cursor_at(t, "Phone (optional)"));
	term_free(t);
}

static void
several_choices_are_marked_or_typed(void)
{
	struct run run = { .form = "visit", .go_to = "g_person/care_groups" };
	struct term *t;
	const char *id;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Care groups"));
	CHECK(row_has(t, "Care groups", "None"));
	CHECK(term_keys(t, "2,disabled<Enter>"));
	CHECK(row_has(t, "Care groups", "Elder living alone, Person with disability"));
	CHECK(term_see(t, "State of the person"));
	CHECK(term_keys(t, "<Up><F4><Home><Down> <Enter>"));
	CHECK(row_has(t, "Care groups", "Person with disability"));
	CHECK(!term_has(t, "Elder living alone"));
	CHECK_INT(ends_with(t, "<F10>"), ENTRY_LEFT);
	id = last_record(true);
	CHECK_STR(stored(id, true, "g_person/care_groups"), "disabled");
}

/* --- rows --- */

#define VOLUNTEER(no, name) no "<Enter>" name "<Enter><Enter><Enter>9<Enter>11<Enter><Enter><Enter>"

static void
a_sheet_of_three_rows_loses_one(void)
{
	struct run run = { .form = "volunteer", .go_to = "g_act/party_service" };
	struct term *t;
	const char *id;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Party-member service"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(cursor_at(t, "Add the first one"));
	CHECK(term_keys(t, "<F7>"));
	CHECK(term_see(t, "Volunteers 1/1"));
	CHECK(term_keys(t, VOLUNTEER("100001", "李一")));
	CHECK(cursor_at(t, "Add another"));
	CHECK(term_keys(t, "<Enter>" VOLUNTEER("100002", "李二")));
	CHECK(term_keys(t, "<F7>" VOLUNTEER("100003", "李三")));
	CHECK(row_has(t, "1  100001", "李一"));
	CHECK(row_has(t, "2  100002", "李二"));
	CHECK(row_has(t, "3  100003", "李三"));
	CHECK(term_has(t, "Volunteers (3)"));
	CHECK(term_keys(t, "<Up><Up><F8>"));
	CHECK(term_see(t, "Delete this row"));
	CHECK(term_keys(t, "n"));
	CHECK(term_has(t, "李二"));
	CHECK(term_keys(t, "<F8>y"));
	CHECK(term_see_not(t, "李二"));
	CHECK(cursor_at(t, "李三"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_see(t, "Volunteers 2/2"));
	CHECK(term_keys(t, "<Esc>"));
	CHECK(cursor_at(t, "李三"));
	CHECK_INT(ends_with(t, "<F10>"), ENTRY_LEFT);
	id = last_record(true);
	CHECK_STR(stored(id, true, "attend[1]/v_name"), "李一");
	CHECK_STR(stored(id, true, "attend[2]/v_name"), "李三");
	CHECK_STR(stored(id, true, "attend[2]/v_in"), "09:00");
	CHECK_STR(stored(id, true, "attend[3]/v_name"), NULL);
}

static void
a_row_left_empty_goes_by_itself(void)
{
	struct run run = { .form = "visit", .go_to = "g_hazard/hazards" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Needs and problems"));
	CHECK(term_keys(t, "<Enter><F7>"));
	CHECK(term_see(t, "Needs and problems 1/1"));
	CHECK(term_keys(t, "<Esc>"));
	CHECK(term_see(t, "the row is taken away"));
	CHECK(term_has(t, "Needs and problems (0)"));
	CHECK_INT(ends_with(t, "<Esc>"), UNSAVED);
	CHECK_STR(last_record(true), "");
}

static void
an_answer_of_the_row_before_is_repeated(void)
{
	struct run run = { .form = "volunteer", .go_to = "g_act/party_service" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Party-member service"));
	CHECK(term_keys(t, "<Enter><F7>" VOLUNTEER("100001", "李一")));
	CHECK(term_keys(t, "<F7>100002<Enter><F5>"));
	CHECK(row_has(t, "Name", "李一"));
	CHECK(cursor_at(t, "Name"));
	CHECK(term_keys(t, "<C-u>"));
	CHECK(term_keys(t, "<Tab><F5>"));
	CHECK(term_see(t, "no earlier answer"));
	term_free(t);
}

/* --- what is wrong --- */

static void
an_answer_that_is_none_stays_in_its_field(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/visit_date" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Visit date"));
	CHECK(term_keys(t, "1399<Enter>"));
	CHECK(term_see(t, "\"1399\" is no day"));
	CHECK(row_has(t, "Visit date", "1399"));
	CHECK(cursor_at(t, "Visit date"));
	CHECK(term_keys(t, "<BS><BS><BS><BS>5<Enter>"));
	CHECK(term_see_not(t, "is no day"));
	CHECK(row_has(t, "Visit date", "2026-11-05"));
	CHECK(cursor_at(t, "Start time"));
	term_free(t);
}

static void
a_broken_rule_is_said_once_and_holds_the_record(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/room" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Room"));
	CHECK(term_keys(t, "12号<Enter>"));
	CHECK(term_see(t, "Digits and letters with one hyphen"));
	CHECK(cursor_at(t, "Room"));
	CHECK(row_has(t, "Room", "12号"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(cursor_at(t, "Result at the door"));
	CHECK(term_see_not(t, "Digits and letters"));
	CHECK(term_keys(t, "<Up>"));
	CHECK(term_see(t, "Digits and letters"));
	CHECK(term_keys(t, "<BS>01<Enter>"));
	CHECK(term_see_not(t, "Digits and letters"));
	term_free(t);
}

static void
finishing_goes_to_the_first_wrong_field(void)
{
	struct run run = { .form = "visit" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Subdistrict"));
	CHECK(term_keys(t, WHO));
	CHECK(cursor_at(t, "Name or form of address"));
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_see(t, "must be answered"));
	CHECK(cursor_at(t, "Name or form of address"));
	CHECK(term_keys(t, "王<Enter>1<Enter><PgDn><PgDn><F7>1<Enter>neighbour<Enter>"));
	CHECK(term_keys(t, "<Esc><Home><F2>"));
	/* In the row of the repeat, on its own page. */
	CHECK(term_see(t, "Needs and problems 1/1"));
	CHECK(term_see(t, "must be answered"));
	CHECK(cursor_at(t, "Details"));
	CHECK_INT(ends_with(t, "漏水<F2>"), ENTRY_FINAL);
	CHECK_STR(stored(last_record(false), false, "needs[1]/need_text"), "漏水");
}

static void
leaving_asks_before_it_loses_text(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/visit_date" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Visit date"));
	CHECK(term_keys(t, "nonsense<F10>"));
	CHECK(term_see(t, "Leave all the same?"));
	CHECK(term_keys(t, "n"));
	CHECK(row_has(t, "Visit date", "nonsense"));
	CHECK_INT(ends_with(t, "<F10>y"), UNSAVED);
}

static void
a_draft_is_deleted_after_a_question(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/room" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Room"));
	CHECK(term_keys(t, "1203<Enter>"));
	CHECK(term_keys(t, "<M-w>"));
	CHECK(term_see(t, "Delete this draft?"));
	CHECK_INT(ends_with(t, "y"), ENTRY_GONE);
	CHECK_STR(last_record(true), "");
}

static void
a_full_disk_keeps_the_text_on_the_screen(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/room", .full = true };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Room"));
	CHECK(term_keys(t, "1203<Enter>"));
	CHECK(term_see(t, "Not saved yet"));
	CHECK(row_has(t, "Room", "1203"));
	CHECK(cursor_at(t, "Room"));
	CHECK(term_keys(t, "<F10>"));
	CHECK(term_see(t, "What could not be saved is lost"));
	CHECK(term_keys(t, "n"));
	term_signal(t, SIGUSR1);
	CHECK(term_keys(t, "<Enter>"));
	CHECK(cursor_at(t, "Result at the door"));
	CHECK(term_see_not(t, "Not saved yet"));
	CHECK_INT(ends_with(t, "<F10>"), ENTRY_LEFT);
	CHECK_STR(stored(last_record(true), true, "g_who/room"), "1203");
}

/* --- kinds of questions --- */

static void
every_kind_of_question_is_answered(void)
{
	struct run run = { .form = "kinds", .go_to = "weight" };
	struct term *t;
	const char *id;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Some words before"));
	CHECK(row_has(t, "Photo", "not available here"));
	CHECK(term_keys(t, "abc１2。5x<Enter>"));
	CHECK(row_has(t, "Weight", "12.5"));
	CHECK(term_see(t, "0 to 10 in steps of 2"));
	CHECK(term_keys(t, "11<Enter>"));
	CHECK(term_see(t, "not between 0 and 10"));
	CHECK(term_keys(t, "<BS><BS>3<Enter>"));
	CHECK(term_see(t, "between two steps"));
	CHECK(term_keys(t, "<BS>4<Enter>"));
	CHECK(cursor_at(t, "Told"));
	CHECK(row_has(t, "Told", "[ ]"));
	CHECK(term_keys(t, "<Space>"));
	CHECK(row_has(t, "Told", "[x]"));
	CHECK(term_keys(t, "<Enter><F4>"));
	CHECK(term_see(t, "Ranking: number 1"));
	CHECK(term_keys(t, "blue<Enter>"));
	CHECK(term_see(t, "Ranking: number 2"));
	CHECK(term_keys(t, "<Enter><Enter>"));
	CHECK(row_has(t, "Ranking", "Blue, Red, Green"));
	CHECK(cursor_at(t, "Seen"));
	CHECK(term_keys(t, "5 905<Enter>"));
	CHECK(row_has(t, "Seen", "2026-11-05 09:05"));
	CHECK(cursor_at(t, "Rooms"));
	CHECK_INT(ends_with(t, "<F10>"), ENTRY_LEFT);
	id = last_record(true);
	CHECK_STR(stored(id, true, "weight"), "12.5");
	CHECK_STR(stored(id, true, "score"), "4");
	CHECK_STR(stored(id, true, "told"), "OK");
	CHECK_STR(stored(id, true, "ranking"), "blue red green");
	CHECK_STR(stored(id, true, "seen"), "2026-11-05T09:05:00+08:00");
}

static void
counted_rows_come_and_go_with_their_number(void)
{
	struct run run = { .form = "kinds", .go_to = "rooms" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Rooms"));
	CHECK(term_keys(t, "2<Enter>"));
	CHECK(term_see(t, "Room (2)"));
	CHECK(term_keys(t, "<Enter>kitchen<Enter>"));
	CHECK(term_see(t, "1  kitchen"));
	CHECK(cursor_at(t, "1  kitchen"));
	CHECK(term_keys(t, "<F8>"));
	CHECK(term_see(t, "follows from another answer"));
	CHECK(term_keys(t, "<F7>"));
	CHECK(term_see(t, "follows from another answer"));
	CHECK(term_keys(t, "<Up>1<Enter>"));
	CHECK(term_see(t, "Room (1)"));
	term_free(t);
}

static void
rows_stand_within_rows(void)
{
	struct run run = { .form = "kinds", .go_to = "rooms" };
	struct term *t;
	const char *id;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Rooms"));
	CHECK(term_keys(t, "<Enter><F7>north<Enter>"));
	CHECK(term_see(t, "House 1/1"));
	CHECK(cursor_at(t, "Add the first one"));
	CHECK(term_keys(t, "<F8>"));
	CHECK(term_see(t, "where there is a list of rows"));
	CHECK(term_keys(t, "<Enter>1a<Enter><Enter>1b<Enter>"));
	CHECK(term_see(t, "2  1b"));
	CHECK(cursor_at(t, "Add another"));
	/* The second flat comes to be the first. */
	CHECK(term_keys(t, "<Up><M-k>"));
	CHECK(term_see(t, "1  1b"));
	CHECK(cursor_at(t, "1  1b"));
	CHECK(term_keys(t, "<Down><Down><Down>"));
	CHECK(term_see(t, "1  north"));
	CHECK(cursor_at(t, "Add another"));
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_see(t, "must be answered"));
	CHECK(cursor_at(t, "Remark"));
	CHECK_INT(ends_with(t, "good<F2>"), ENTRY_FINAL);
	id = last_record(false);
	CHECK_STR(stored(id, false, "house[1]/house_name"), "north");
	CHECK_STR(stored(id, false, "house[1]/flat[1]/flat_name"), "1b");
	CHECK_STR(stored(id, false, "house[1]/flat[2]/flat_name"), "1a");
}

/* --- the terminal --- */

static void
a_resize_loses_nothing(void)
{
	struct run run = { .form = "visit", .language = "zh", .go_to = "g_end/summary" };
	struct term *t;
	int row, col, row2, col2;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "走访小结"));
	CHECK(term_keys(t, "今天上门，<Enter>家中"));
	term_resize(t, 12, 60);
	CHECK(term_see(t, "今天上门"));
	CHECK(term_find(t, "家中", &row, &col));
	term_cursor(t, &row2, &col2);
	CHECK_INT(row2, row);
	CHECK_INT(col2, col + 4);
	CHECK(term_keys(t, "无人。"));
	term_resize(t, 50, 200);
	CHECK(term_see(t, "家中无人。"));
	CHECK(term_has(t, "走访日期"));
	CHECK(term_find(t, "家中无人。", &row, &col));
	term_cursor(t, &row2, &col2);
	CHECK_INT(row2, row);
	CHECK_INT(col2, col + 10);
	CHECK_INT(ends_with(t, "<Tab><F10>"), ENTRY_LEFT);
	CHECK_STR(stored(last_record(true), true, "g_end/summary"), "今天上门，\n家中无人。");
}

static void
twelve_rows_are_enough(void)
{
	struct run run = { .form = "visit" };
	struct term *t;

	fresh();
	t = start_size(&run, 12, 50);
	CHECK(term_see(t, "Subdistrict"));
	CHECK(term_keys(t, WHO "王<Enter>"));
	CHECK(cursor_at(t, "Kind of resident"));
	CHECK(term_keys(t, "<PgDn>"));
	CHECK(cursor_at(t, "Hazards found"));
	CHECK(term_keys(t, "<PgUp><PgUp>"));
	CHECK(cursor_at(t, "Visit date"));
	CHECK(term_has(t, "Visit 1/5"));
	term_free(t);
}

static void
keys_typed_ahead_arrive_in_order(void)
{
	struct run run = { .form = "visit" };
	struct term *t;
	const char *id;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Subdistrict"));
	CHECK(term_type_ahead(t, WHO "王<Enter>1<Enter>"));
	CHECK(term_type_ahead(t, "<Enter>3<Enter>4<Enter>"));
	CHECK_INT(ends_with(t, "<F10>"), ENTRY_LEFT);
	id = last_record(true);
	CHECK_STR(stored(id, true, "g_who/room"), "1203");
	CHECK_STR(stored(id, true, "g_person/person_name"), "王");
	CHECK_STR(stored(id, true, "g_person/care_groups"), "disabled");
}

static void
a_killed_draft_comes_back(void)
{
	struct run run = { .form = "visit" };
	struct term *t;
	char id[UUID_SIZE];

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Subdistrict"));
	CHECK(term_keys(t, WHO "王阿姨<Enter>1<Enter>1380013"));
	term_kill(t);
	term_free(t);
	strcpy(id, last_record(true));
	run = (struct run){ .record = id };
	t = start(&run);
	CHECK(term_see(t, "Kind of resident"));
	CHECK(row_has(t, "Name or form of address", "王阿姨"));
	CHECK(row_has(t, "Kind of resident", "Owner"));
	CHECK(cursor_at(t, "Phone (optional)"));
	CHECK(!term_has(t, "1380013"));
	term_free(t);
}

static void
the_language_changes_while_typing(void)
{
	struct run run = { .form = "visit", .go_to = "g_who/room" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Room"));
	CHECK(term_keys(t, "12"));
	CHECK(term_keys(t, "<F12>"));
	CHECK(term_see(t, "房号"));
	CHECK(!term_has(t, "Building"));
	CHECK(row_has(t, "房号", "12"));
	CHECK(cursor_at(t, "房号"));
	CHECK(term_keys(t, "03<F12>"));
	CHECK(row_has(t, "Room", "1203"));
	term_free(t);
}

static void
masked_answers_show_only_under_the_cursor(void)
{
	struct run run = { .form = "visit", .go_to = "g_person/phone" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Phone (optional)"));
	CHECK(term_keys(t, "13800138000"));
	CHECK(row_has(t, "Phone (optional)", "13800138000"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(cursor_at(t, "Told the purpose"));
	CHECK(!term_has(t, "13800138000"));
	CHECK(row_has(t, "Phone (optional)", "*******8000"));
	term_free(t);
}

static bool
count_views(const struct audit_entry *e, void *data)
{
	*(int *)data += !strcmp(e->what, "view");
	return true;
}

/* How often the log says that somebody saw an answer in full. */
static int
views_logged(void)
{
	struct err err = { 0 };
	struct notebook *nb = place_open(NULL, &test_clock, NULL, &err);
	int count = 0;

	CHECK(nb && audit_each(nb, 0, 0, count_views, &count, &err));
	notebook_close(nb);
	return count;
}

static void
a_masked_answer_is_seen_by_a_key_that_is_logged(void)
{
	struct run run = { .form = "visit", .go_to = "g_person/phone" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Phone (optional)"));
	CHECK(term_keys(t, "13800138000<Enter><S-Tab>"));
	CHECK(cursor_at(t, "Phone (optional)"));
	CHECK(!term_has(t, "13800138000") && term_has(t, "***********"));
	CHECK(term_keys(t, "<M-i>"));
	CHECK(row_has(t, "Phone (optional)", "13800138000"));
	CHECK(term_keys(t, "<Enter><S-Tab>"));
	CHECK(!term_has(t, "13800138000")); /* only for that once */
	/* What is typed replaces it, and is seen. */
	CHECK(term_keys(t, "139"));
	CHECK(row_has(t, "Phone (optional)", "139") && !term_has(t, "*139"));
	CHECK(term_keys(t, "00139000<Enter>"));
	CHECK(row_has(t, "Phone (optional)", "*******9000"));
	term_free(t);
	CHECK_INT(views_logged(), 1);
}

static void
any_question_is_gone_to(void)
{
	struct run run = { .form = "visit", .language = "zh" };
	struct term *t;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "街道"));
	CHECK(term_keys(t, "<F6>zfxj<Enter>"));
	CHECK(term_see(t, "走访小结"));
	CHECK(cursor_at(t, "走访小结"));
	term_free(t);
}

static void
a_finished_record_is_only_read(void)
{
	struct run run = { .form = "visit" };
	struct term *t;
	char id[UUID_SIZE];

	fresh();
	t = start(&run);
	CHECK(term_see(t, "Subdistrict"));
	CHECK_INT(ends_with(t, WHO "王<Enter>1<Enter>13800138000<Enter>yes<Enter><F2>"), ENTRY_FINAL);
	strcpy(id, last_record(false));
	run = (struct run){ .record = id, .how = VIEW };
	t = start(&run);
	CHECK(term_see(t, "read only"));
	CHECK(row_has(t, "Community", "Badeng Community"));
	CHECK(row_has(t, "Visit date", "2026-11-23  Mon"));
	CHECK(term_keys(t, "<End>"));
	CHECK(row_has(t, "Visit again", "No"));
	CHECK(!term_has(t, "13800138000"));
	CHECK(term_has(t, "Alt-i In full")); /* in the bar: who would look for it? */
	CHECK(term_keys(t, "<M-i>"));
	CHECK(row_has(t, "Phone (optional)", "13800138000"));
	CHECK_INT(ends_with(t, "xyz<Home><Esc>"), ENTRY_LEFT);
	t = start(&run);
	CHECK(term_see(t, "read only"));
	CHECK_INT(ends_with(t, "<F5>"), ENTRY_CORRECT);
	CHECK_STR(stored(id, false, "g_who/room"), "1203");
	run.how = CORRECT;
	run.go_to = "g_who/room";
	run.notice = "Returned: no such room.";
	t = start(&run);
	CHECK(term_see(t, "Returned: no such room."));
	CHECK(cursor_at(t, "Room"));
	CHECK_INT(ends_with(t, "<C-u>1204<Enter><F2>"), ENTRY_FINAL);
	CHECK_STR(stored(id, false, "g_who/room"), "1204");
}

static int
by_size(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#define KEYS 200

/* In the largest form that is shipped; prints what it measured. */
static void
a_hanzi_costs_few_bytes(void)
{
	struct run run = { .form = "dispute", .language = "zh", .go_to = "g_accept/facts" };
	struct term *t;
	long us[KEYS];
	size_t all = 0;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "纠纷简要情况"));
	for (int i = 0; i < KEYS; i++) {
		term_reset(t);
		CHECK(term_keys(t, "调"));
		all += term_written(t);
		us[i] = term_latency_us(t);
	}
	qsort(us, KEYS, sizeof(*us), by_size);
	printf("a hanzi: %zu bytes; key to output: median %ld us, p99 %ld us\n",
	    all / KEYS, us[KEYS / 2], us[KEYS * 99 / 100]);
	CHECK(all / KEYS <= 30);
	term_free(t);
}

static void
a_tab_costs_few_bytes(void)
{
	struct run run = { .form = "dispute", .language = "zh",
		.go_to = "g_accept/accept_date" };
	struct term *t;
	long us[15];
	size_t all = 0, most = 0;

	fresh();
	t = start(&run);
	CHECK(term_see(t, "受理日期"));
	for (int i = 0; i < 15; i++) {
		term_reset(t);
		CHECK(term_keys(t, "<Tab>"));
		all += term_written(t);
		most = term_written(t) > most ? term_written(t) : most;
		us[i] = term_latency_us(t);
	}
	qsort(us, 15, sizeof(*us), by_size);
	printf("a Tab: %zu bytes, at most %zu; key to output: median %ld us, worst %ld us\n",
	    all / 15, most, us[7], us[14]);
	CHECK(all / 15 <= 160 && most <= 200);
	term_free(t);
}

int
main(void)
{
	setenv("MINQING_FORMS", "forms", 1);
	setenv("MINQING_NOW", NOW, 1);
	RUN(a_visit_is_typed_in_chinese);
	RUN(what_is_not_relevant_goes_and_comes_back);
	RUN(dates_are_typed_short);
	RUN(a_day_is_picked_from_the_calendar);
	RUN(a_choice_is_typed_by_code_number_label_or_pinyin);
	RUN(an_ambiguous_choice_opens_the_list);
	RUN(several_choices_are_marked_or_typed);
	RUN(a_sheet_of_three_rows_loses_one);
	RUN(a_row_left_empty_goes_by_itself);
	RUN(an_answer_of_the_row_before_is_repeated);
	RUN(an_answer_that_is_none_stays_in_its_field);
	RUN(a_broken_rule_is_said_once_and_holds_the_record);
	RUN(finishing_goes_to_the_first_wrong_field);
	RUN(leaving_asks_before_it_loses_text);
	RUN(a_draft_is_deleted_after_a_question);
	RUN(a_full_disk_keeps_the_text_on_the_screen);
	RUN(every_kind_of_question_is_answered);
	RUN(counted_rows_come_and_go_with_their_number);
	RUN(rows_stand_within_rows);
	RUN(a_resize_loses_nothing);
	RUN(twelve_rows_are_enough);
	RUN(keys_typed_ahead_arrive_in_order);
	RUN(a_killed_draft_comes_back);
	RUN(the_language_changes_while_typing);
	RUN(masked_answers_show_only_under_the_cursor);
	RUN(a_masked_answer_is_seen_by_a_key_that_is_logged);
	RUN(any_question_is_gone_to);
	RUN(a_finished_record_is_only_read);
	RUN(a_hanzi_costs_few_bytes);
	RUN(a_tab_costs_few_bytes);
	folder_remove(home);
	return CHECK_DONE();
}
