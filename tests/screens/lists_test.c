/* Lists of a form as the program opens them: found by sound and by an author's letters,
 * and what was used last first. */
#include "sample_notebook.h"

#include "form.h"

static const char people[] =
    "name,label,mnemonic\n"
    "p1,王淑芳,\n"
    "p2,李重光,\n"
    "p3,吴淑芬,boss\n"
    "p4,曾单,\n";

static const char ask_form[] =
    "settings\n"
    ",form_id,version,form_title\n"
    ",ask,1,Ask\n"
    "survey\n"
    ",type,name,label\n"
    ",select_one_from_file people.csv,who,Who was it\n"
    ",select_multiple_from_file people.csv,others,Who else\n"
    ",select_one outcome,outcome,Outcome\n"
    ",text,last,Last words\n"
    "choices\n"
    ",list_name,name,label,mnemonic\n"
    ",outcome,good,成功,ok\n"
    ",outcome,bad,不成功,no\n"
    ",outcome,later,正在调解,wait\n";

#define FORM "9" /* behind the eight that come along */

static struct list *
list_of(void *data, const char *filename, struct err *err)
{
	return notebook_list(data, filename, err);
}

static void
make(void)
{
	struct form_files files = { .list = list_of };
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct notebook *nb;
	struct form *form;

	sample_make(false);
	CHECK(clock_stop_at(&clock, SAMPLE_NOW, &err));
	nb = place_open(NULL, &clock, NULL, &err);
	CHECK(nb && notebook_list_add(nb, "people.csv", people, sizeof(people) - 1, &err));
	files.data = nb;
	form = form_from_xlsform_csv(ask_form, sizeof(ask_form) - 1, &files, NULL, NULL, &err);
	CHECK(form && notebook_form_add(nb, form, ask_form, sizeof(ask_form) - 1, &err));
	CHECK_STR(err.text, "");
	form_free(form);
	notebook_close(nb);
}

/* Do the labels stand one below the other? */
static bool
in_order(struct term *t, const char *const *labels)
{
	int row, col, before = -1;

	for (; *labels; labels++, before = row)
		if (!term_find(t, *labels, &row, &col) || row <= before) {
			fprintf(stderr, "  %s is not where it should be\n", *labels);
			term_dump(t);
			return false;
		}
	return true;
}

#define IN_ORDER(t, ...) in_order((t), (const char *const[]){ __VA_ARGS__, NULL })

static void
heteronyms_full_pinyin_and_mnemonics_find(void)
{
	static const struct {
		const char *typed, *found;
	} cases[] = {
		{ "lcg", "李重光" }, { "lzg", "李重光" }, { "wangshuf", "王淑芳" },
		{ "lizhong", "李重光" }, { "zs", "曾单" }, { "cd", "曾单" },
		{ "boss", "吴淑芬" }, { "p4", "曾单" }, { "ｗｓｆａｎｇ", "王淑芳" },
	};
	struct term *t;

	make();
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "F10") && term_keys(t, FORM) && term_see(t, "Who was it"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check_case(cases[i].typed);
		CHECK(term_keys(t, cases[i].typed) && term_keys(t, "<Enter><Up>"));
		CHECK(term_has(t, cases[i].found));
		CHECK(term_keys(t, "<BS>"));
	}
	sample_leave(t);
	sample_remove();
}

static void
what_was_used_last_stands_first(void)
{
	struct term *t;

	make();
	t = sample_start(24, 80, "en");
	CHECK(term_see(t, "F10") && term_keys(t, FORM) && term_see(t, "Who was it"));
	CHECK(term_keys(t, "<F4>"));
	CHECK(IN_ORDER(t, "1 王淑芳", "2 李重光", "3 吴淑芬", "4 曾单"));
	CHECK(term_keys(t, "<Down><Down><Enter>")); /* 3 */
	CHECK(term_keys(t, "<F4><Down><Space><Enter>")); /* 3 first, then 1 */
	CHECK(term_keys(t, "wait<Enter>x<F2>") && term_see(t, "waits to be sent"));

	/* In a new record: the last ones first, with their own numbers. */
	CHECK(term_keys(t, FORM) && term_see(t, "Who was it") && term_keys(t, "<F4>"));
	CHECK(IN_ORDER(t, "1 王淑芳", "3 吴淑芬", "2 李重光", "4 曾单"));
	CHECK(term_keys(t, "l"));
	CHECK(term_has(t, "2 李重光") && term_has(t, "1/1"));
	CHECK(term_keys(t, "<C-u><Home><Enter>"));
	CHECK(term_has(t, "王淑芳"));
	/* What the form itself orders stays so. */
	CHECK(term_keys(t, "<Down><F4>"));
	CHECK(IN_ORDER(t, "成功", "不成功", "正在调解"));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);

	/* Remembered over a restart. */
	t = sample_start(24, 80, "zh_CN");
	CHECK(term_see(t, "F10") && term_keys(t, FORM) && term_see(t, "Who was it"));
	CHECK(term_keys(t, "<F4>"));
	CHECK(IN_ORDER(t, "1 王淑芳", "3 吴淑芬", "2 李重光", "4 曾单"));
	CHECK(term_keys(t, "<Esc>"));
	sample_leave(t);
	sample_remove();
}

int
main(void)
{
	heteronyms_full_pinyin_and_mnemonics_find();
	RUN(what_was_used_last_stands_first);
	return CHECK_DONE();
}
