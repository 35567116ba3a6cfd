/*
 * A worker's whole day, typed in Chinese on a real screen against a real collector:
 * first start, a visit, a dispute with two parties and a session, a volunteer sheet of
 * three, a resize and a kill in the middle, and what the collector has in the end.
 */
#include "../check.h"
#include "../folder.h"
#include "../sync/collector.h"
#include "screen.h"

static const char *home;
static struct collector district;
static char program[512];

static struct term *
start(int rows, int cols)
{
	char home_variable[128];
	const char *const argv[] = { program, NULL };
	const char *const env[] = { home_variable, "MINQING_FORMS=forms", "LANGUAGE=zh_CN",
		"MINQING_NOW=2026-11-23T18:00:00+08:00", NULL };

	snprintf(home_variable, sizeof(home_variable), "MINQING_HOME=%s", home);
	return term_start(&(struct term_options){ .rows = rows, .cols = cols,
	    .argv = argv, .env = env });
}

/* One key sequence after the other, each settled before the next. */
static void
type(struct term *t, const char *const *keys)
{
	for (; *keys; keys++)
		CHECK(term_keys(t, *keys));
}

static void
first_start_asks_who_is_there(void)
{
	char url[64];
	int status = -1;
	struct term *t = start(24, 80);

	snprintf(url, sizeof(url), "http://127.0.0.1:%d", district.port);
	CHECK(term_see(t, "F2"));
	type(t, (const char *[]){ "陈桂芳<Enter>", "bldhead<Enter>", "巴登社区U站<Enter>",
		NULL });
	CHECK(term_keys(t, url));
	type(t, (const char *[]){ "<Enter>", "<Enter>", NULL }); /* a token, not a code */
	CHECK(term_keys(t, district.token));
	CHECK(term_has(t, "***") && !term_has(t, district.token));
	CHECK(term_keys(t, "<F2>"));
	CHECK(term_see(t, "口令")); /* it is asked for; not having one is said twice */
	CHECK(term_keys(t, "<Esc>"));
	CHECK(term_keys(t, "y"));
	CHECK(term_see(t, "填写记录  1/3")); /* the tour */
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_see(t, "走访记录"));
	CHECK(term_has(t, "矛盾纠纷调解"));
	term_keys(t, "<F10>");
	CHECK(term_ended(t, &status));
	CHECK_INT(status, 0);
	CHECK(term_is_cooked(t));
	term_free(t);
}

static const char *const visit_keys[] = {
	"1", "440304001<Enter>", "badeng<Enter>", "ustation<Enter>", "bldhead<Enter>",
	"陈桂芳<Enter>", "<Enter>", "nyb001<Enter>", "302<Enter>", "<Enter>",
	"王阿姨<Enter>", "owner<Enter>", NULL
};

static void
a_visit_is_typed(void)
{
	int status = -1;
	struct term *t = start(24, 80);

	CHECK(term_see(t, "F10"));
	type(t, visit_keys);
	/* phone, household size, care groups, delegate, hazards */
	type(t, (const char *[]){ "<Enter>", "１<Enter>", "<Enter>", "<Enter>", "<Enter>",
		NULL });
	CHECK(term_has(t, "居民需求与问题"));
	type(t, (const char *[]){ "<F7>", "service<Enter>", "elder<Enter>",
		"独居，希望每周有人上门量血压。<Tab>", "<Enter>", "dispatch<Enter>",
		"pscenter<Enter>", NULL });
	term_resize(t, 30, 110);
	CHECK(term_has(t, "王阿姨"));
	term_resize(t, 24, 80);
	CHECK(term_keys(t, "<F2>"));
	if (!term_has(t, "走访记录"))
		term_dump(t);
	CHECK(term_see(t, "志愿服务记录"));
	CHECK(term_has(t, "1"));
	term_keys(t, "<F10>");
	CHECK(term_ended(t, &status));
	CHECK_INT(status, 0);
	term_free(t);
}

static const char *const acceptance_keys[] = {
	"2", "<Up>", "1105<Enter>", "440304001<Enter>", "badeng<Enter>", "prepet<Enter>",
	"巴登社区人民调解委员会<Enter>", "周敏<Enter>", "fulltime<Enter>", "<Enter>",
	"赵某与冯某空调滴水纠纷<Enter>", "<Enter>", "<Enter>", "neighbour<Enter>",
	"neig_light<Enter>", "<Enter>", "1028<Enter>", "巴登街1号楼<Enter>", "<C-u>200<Enter>",
	"<Enter>", "502室空调冷凝水滴落402室阳台，<Enter>双方争吵两次。<Tab>", "<Tab>", "<Enter>",
	"<Enter>", "<Enter>", NULL
};

static const char *const first_party_keys[] = {
	"<F7>", "applicant<Enter>", "<Enter>", "赵小满<Enter>", "2<Enter>", "27<Enter>",
	"14200000011<Enter>", "<Enter>", "<Enter>", "1号楼402<Enter>", NULL
};

static const char *const second_party_keys[] = {
	"<F7>", "respondent<Enter>", "<Enter>", "冯建业<Enter>", "1<Enter>", NULL
};

static void
a_dispute_survives_a_kill(void)
{
	struct term *t = start(24, 80);
	int status = -1;

	CHECK(term_see(t, "F10"));
	type(t, acceptance_keys);
	CHECK(term_has(t, "当事人"));
	type(t, first_party_keys);
	CHECK(term_has(t, "赵小满"));
	type(t, second_party_keys);
	CHECK(term_keys(t, "51")); /* the field being typed is lost, no other */
	term_kill(t);
	term_free(t);

	t = start(24, 80);
	CHECK(term_see(t, "赵某与冯某空调滴水纠纷"));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_see(t, "冯建业"));
	CHECK(!term_has(t, "51"));
	type(t, (const char *[]){ "51<Enter>", "14200000012<Enter>", "<Enter>", "<Enter>",
		"1号楼502<Enter>", NULL });
	CHECK(term_has(t, "赵小满"));
	type(t, (const char *[]){ "<Tab>", "<F7>", "9<Enter>", "30<Enter>", "prepet<Enter>",
		"<Enter>", "<Enter>", "双方到场，冯某致歉。<Tab>", "agreed<Enter>", "<F2>",
		NULL });
	CHECK(term_see(t, "走访记录"));
	term_keys(t, "<F10>");
	CHECK(term_ended(t, &status));
	term_free(t);
}

static void
type_volunteer(struct term *t, const char *number, const char *name)
{
	CHECK(term_keys(t, "<F7>"));
	CHECK(term_keys(t, number));
	CHECK(term_keys(t, "<Enter>"));
	CHECK(term_keys(t, name));
	CHECK(term_keys(t, "<Enter>"));
	/* ID, role, in, out, break, rating: as they are */
	for (int i = 0; i < 6; i++)
		CHECK(term_keys(t, "<Enter>"));
}

static void
a_volunteer_sheet_of_three_is_typed(void)
{
	struct term *t = start(24, 80);
	int status = -1;

	CHECK(term_see(t, "F10"));
	type(t, (const char *[]){ "3", "440304001<Enter>", "badeng<Enter>",
		"ustation<Enter>", "巴登社区U站<Enter>", "巴登社区义工服务队<Enter>", "<Enter>",
		"陈桂芳<Enter>", "陈桂芳<Enter>", "<Enter>", "U站周日值守<Enter>", "duty<Enter>",
		"巴登社区U站<Enter>", "问路指引、便民药箱。<Tab>", "9<Enter>", "1200<Enter>",
		"<Enter>", "<Enter>", NULL });
	type_volunteer(t, "SZFT000101", "林晓彤");
	type_volunteer(t, "SZFT000102", "张建国");
	type_volunteer(t, "SZFT000103", "许文静");
	CHECK(term_has(t, "林晓彤") && term_has(t, "张建国") && term_has(t, "许文静"));
	type(t, (const char *[]){ "<Tab>", "<Enter>", "<Enter>", "陈桂芳<Enter>", "<F2>",
		NULL });
	CHECK(term_see(t, "走访记录"));
	term_keys(t, "<F10>");
	CHECK(term_ended(t, &status));
	term_free(t);
}

static void
the_day_is_sent(void)
{
	struct term *t = start(24, 80);
	char backup[200];
	int status = -1;

	CHECK(term_see(t, "F10"));
	CHECK(term_keys(t, "<F9>"));
	CHECK(term_see(t, "100%"));
	CHECK(term_see(t, "3"));
	CHECK(term_see(t, "备份已完成"));
	/* The collector's clock is today's. */
	CHECK(term_see(t, "。这台电脑的时钟"));
	snprintf(backup, sizeof(backup), "%s/backup/陈桂芳-20261123-180000.backup", home);
	CHECK(access(backup, R_OK) == 0);
	term_keys(t, "<Esc>");
	CHECK(term_see(t, "走访记录"));
	term_keys(t, "<F10>");
	CHECK(term_ended(t, &status));
	term_free(t);
}

/* What was typed, as the collector gives it out. */
static const char *const exported[] = {
	"\"visit_date\":\"2026-11-23\"", "\"building\":\"nyb001\",\"room\":\"302\"",
	"\"person_name\":\"王阿姨\",\"tenure\":\"owner\",\"household_size\":1",
	"\"need_text\":\"独居，希望每周有人上门量血压。\"", "\"need_to\":\"pscenter\"",
	"\"need_due\":\"2026-11-30\"", "\"need_count\":1",
	"\"accept_date\":\"2026-11-05\"", "\"brief\":\"赵某与冯某空调滴水纠纷\"", "\"occur_date\":\"2026-10-28\"",
	"\"amount\":200", "\"facts\":\"502室空调冷凝水滴落402室阳台，\\n双方争吵两次。\"",
	"\"p_name\":\"赵小满\",\"p_sex\":\"2\",\"p_age\":27,\"p_phone\":\"14200000011\"",
	"\"p_name\":\"冯建业\",\"p_sex\":\"1\",\"p_age\":51,\"p_phone\":\"14200000012\"",
	"\"m_date\":\"2026-11-09\",\"m_minutes\":30", "\"m_text\":\"双方到场，冯某致歉。\"",
	"\"v_no\":\"SZFT000101\",\"v_name\":\"林晓彤\"", "\"v_name\":\"许文静\"",
	"\"plan_start\":\"09:00\",\"plan_end\":\"12:00\"", "\"v_minutes\":180,\"v_hours\":3",
	"\"total_hours\":9", "\"_station\":\"巴登社区U站\"", "\"_operator\":\"chenguifang\"",
};

static void
the_collector_has_what_was_typed(void)
{
	struct buf out = { 0 };
	size_t lines = 0;

	collector_export(&district, &out);
	for (const char *p = buf_text(&out); (p = strchr(p, '\n')); p++)
		lines++;
	CHECK_INT(lines, 3);
	for (size_t i = 0; i < sizeof(exported) / sizeof(*exported); i++)
		if (!strstr(buf_text(&out), exported[i])) {
			fprintf(stderr, "  not there: %s\n", exported[i]);
			CHECK(!"exported");
		}
	if (check_bad_in_case)
		fprintf(stderr, "%s\n", buf_text(&out));
	buf_clear(&out);
}

int
main(void)
{
	const char *build = getenv("MINQING_BUILD");

	snprintf(program, sizeof(program), "%s/minqing", build ? build : "build/plain");
	home = folder_make();
	collector_start(&district);
	RUN(first_start_asks_who_is_there);
	RUN(a_visit_is_typed);
	RUN(a_dispute_survives_a_kill);
	RUN(a_volunteer_sheet_of_three_is_typed);
	RUN(the_day_is_sent);
	RUN(the_collector_has_what_was_typed);
	collector_end(&district);
	folder_remove(home);
	return CHECK_DONE();
}
