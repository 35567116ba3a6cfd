/*
 * Search: any part of any word, in Chinese too, in records and in drafts.
 */
#include "check.h"
#include "form.h"
#include "notebook_fixture.h"

#include "../src/notebook/store.h"

static bool
title_word(const struct record *record, void *data)
{
	buf_fmt(data, "%s ", record->title);
	return true;
}

static void
check_search(struct fixture *f, struct record_query query, const char *want)
{
	struct buf titles = { 0 };

	CHECK(record_list(f->nb, &query, title_word, &titles, &f->err));
	if (strcmp(buf_text(&titles), want) != 0)
		fprintf(stderr, "  search \"%s\"\n", query.search);
	CHECK_STR(buf_text(&titles), want);
	buf_clear(&titles);
}

static void
add(struct fixture *f, const char *title, const char *text)
{
	char id[UUID_SIZE];

	fixture_later(f, 1);
	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id, "{}", title, text));
}

static void
add_form(struct fixture *f, const char *id, const char *survey)
{
	struct buf source = { 0 };
	struct form *form;

	buf_fmt(&source, "settings\n,form_id,version\n,%s,1\nsurvey\n,type,name,label\n%s", id,
		survey);
	form = form_read(source.data, source.len, NULL, NULL, NULL, &f->err);
	CHECK(form && notebook_form_add(f->nb, form, source.data, source.len, &f->err));
	form_free(form);
	buf_clear(&source);
}

/* A, B finalised; C a draft; D finalised, with a correction begun. */
static void
add_some(struct fixture *f)
{
	static const char draft_c[] = "{\"g_who\":{\"room\":\"1203\"},"
				      "\"needs\":[{\"need_text\":\"希望加装电梯\"}],"
				      "\"age\":87}";
	static const char draft_d[] = "{\"brief\":\"噪音纠纷\"}";
	char id[UUID_SIZE];

	add_form(f, "visit",
		 ",begin_group,g_who,Who\n,text,room,Room\n,end_group,,\n"
		 ",begin_repeat,needs,Needs\n,text,need_text,Need\n,end_repeat,,\n"
		 ",integer,age,Age\n");
	add_form(f, "dispute", ",text,brief,Brief\n");
	add(f, "A",
	    "王阿姨 独居，希望每周有人上门量血压。\n巴登街1号楼 302\n14200000001");
	add(f, "B", "刘先生 充电柜\nWeChat ＡＢＣ１２３\n14200000012");
	fixture_later(f, 1);
	CHECK(fixture_begin(f, "visit", id));
	CHECK(record_draft_save(f->nb, id, draft_c, strlen(draft_c), "C", "", &f->err));
	add(f, "D", "空调滴水");
	CHECK(fixture_begin(f, "dispute", id));
	CHECK(fixture_finalise(f, id, "{}", "E", "赵某"));
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(record_draft_save(f->nb, id, draft_d, strlen(draft_d), "E", "", &f->err));
}

static void
any_part_finds(void)
{
	static const struct {
		const char *search, *want;
	} cases[] = {
		{ "王", "A " },
		{ "阿姨", "A " },
		{ "希望", "C A " },
		{ "血压", "A " },
		{ "压血", "" },
		{ "0012", "B " },
		{ "000", "B A " },
		{ "302", "A " },
		{ "30", "A " },
		{ "way", "A " },      /* 王阿姨 by its initials */
		{ "WAY", "A " },
		{ "bdj", "A " },
		{ "jzdt", "C " },     /* of a draft */
		{ "zyjf", "E " },     /* and of a correction */
		{ "ktds", "D " },
		{ "wechat", "B " },
		{ "ECHA", "B " },
		{ "ＷＥＣＨＡＴ", "B " },
		{ "abc123", "B " },
		{ "ａｂｃ", "B " },
		{ "王 302", "A " },
		{ "302　王", "A " }, /* an ideographic space */
		{ "  王  ", "A " },
		{ "王 充电", "" },
		{ "a", "B A " }, /* titles are words too */
		{ "姨 巴登 142", "A " },
		{ "不在", "" },
		{ "%", "" },
		{ "*", "" },
		{ "\"", "" },
		{ "电梯", "C " },
		{ "1203", "C " },
		{ "87", "C " },
		{ "need_text", "" }, /* a field's name is not an answer */
		{ "噪音", "E " },
		{ "赵某", "E " },
	};
	struct fixture *f = fixture_new();

	add_some(f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_search(f, (struct record_query){ .search = cases[i].search },
			     cases[i].want);
	fixture_free(f);
}

static void
empty_search_finds_all(void)
{
	struct fixture *f = fixture_new();

	add_some(f);
	check_search(f, (struct record_query){ .search = "" }, "E D C B A ");
	check_search(f, (struct record_query){ .search = " 　" }, "E D C B A ");
	fixture_free(f);
}

static void
search_goes_with_the_other_filters(void)
{
	struct fixture *f = fixture_new();

	add_some(f);
	check_search(f, (struct record_query){ .search = "0", .limit = 1 }, "C ");
	check_search(f, (struct record_query){ .search = "0", .limit = 1, .offset = 1 },
		     "B ");
	check_search(f, (struct record_query){ .search = "某", .form = "visit" }, "");
	check_search(f, (struct record_query){ .search = "某", .form = "dispute" },
		     "E ");
	check_search(f, (struct record_query){ .search = "0", .drafts = true }, "C ");
	check_search(
	    f, (struct record_query){ .search = "0", .states = 1 << RECORD_QUEUED },
	    "B A ");
	check_search(f, (struct record_query){ .search = "0", .day = "2026-11" },
		     "C B A ");
	check_search(f, (struct record_query){ .search = "0", .day = "2026-10" }, "");
	fixture_free(f);
}

static void
newest_words_count(void)
{
	struct fixture *f = fixture_new();
	char id[UUID_SIZE];

	CHECK(fixture_begin(f, "visit", id));
	CHECK(fixture_finalise(f, id, "{}", "t", "before"));
	CHECK(record_correct(f->nb, id, &f->err));
	CHECK(fixture_finalise(f, id, "{}", "t", "after"));
	check_search(f, (struct record_query){ .search = "before" }, "");
	check_search(f, (struct record_query){ .search = "after" }, "t ");
	fixture_reopen(f);
	check_search(f, (struct record_query){ .search = "after" }, "t ");
	fixture_free(f);
}

static void
days_and_sounds_are_found_however_they_are_typed(void)
{
	static const struct {
		const char *search, *want;
	} cases[] = {
		{ "2026/11/3", "G " }, { "11月3日", "G " }, { "11-3", "G " },
		{ "2026.11.03", "G " }, { "2026年11月", "G " }, { "11/30", "" },
		{ "13/3", "" }, { "cwc", "G " }, { "zwc", "G " }, { "zwd", "" },
		{ "qmrh", "" }, /* a long text has no initials */
	};
	struct fixture *f = fixture_new();

	add(f, "G", "2026-11-03\n曾文重\n前面人很多，后面也来了很多人，大家说了很久的话才慢慢散去。");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_search(f, (struct record_query){ .search = cases[i].search },
		    cases[i].want);
	fixture_free(f);
}

/* A notebook of before there were sounds gets them at its next opening. */
static void
old_words_get_their_sounds(void)
{
	struct fixture *f = fixture_new();
	struct record_query query = { .search = "wsf" };

	add(f, "G", "王淑芳");
	CHECK(store_exec(f->nb, "UPDATE words SET text = '王淑芳'", &f->err));
	CHECK(notebook_set(f->nb, "search.sounds", "0", &f->err));
	check_search(f, query, "");
	fixture_reopen(f);
	check_search(f, query, "G ");
	fixture_free(f);
}

int
main(void)
{
	RUN(any_part_finds);
	RUN(empty_search_finds_all);
	RUN(search_goes_with_the_other_filters);
	RUN(newest_words_count);
	RUN(days_and_sounds_are_found_however_they_are_typed);
	RUN(old_words_get_their_sounds);
	return CHECK_DONE();
}
