/*
 * pinyin_test - finding people and places by the letters of their names
 */
#include "check.h"

#include "pinyin.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void
readings(void)
{
	static const struct {
		const char *hanzi, *want;
	} cases[] = {
		{ "王", "wang" },
		{ "重", "zhong chong" },
		{ "单", "dan chan shan" },
		{ "曾", "ceng zeng" },
		{ "女", "nv" },
		{ "绿", "lv lu" },
		{ "略", "lve" },
		{ "吕", "lv" },
		{ "〇", "" },
		{ "长", "zhang chang" },
		{ "㐀", "qiu" },
		{ "a", "" },
		{ "。", "" },
		{ "😀", "" },
	};
	const char *out[8];
	size_t i, j, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char all[80] = "";
		int32_t code;

		check_case(cases[i].hanzi);
		text_decode(cases[i].hanzi, strlen(cases[i].hanzi), &code);
		n = pinyin_readings(code, out, 8);
		for (j = 0; j < n; j++)
			snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
			    j ? " " : "", out[j]);
		CHECK_STR(all, cases[i].want);
	}
	check_case("at most as many readings as there is room for");
	CHECK_INT(pinyin_readings(0x91CD, out, 1), 1);
	CHECK_INT(pinyin_readings(0x91CD, out, 0), 0);
	CHECK_INT(pinyin_readings(-1, out, 8), 0);
}

/* All of the 20,992 have a reading but a handful; each is a word that can be typed. */
static void
table_is_whole(void)
{
	const char *out[8];
	int32_t code;
	int without = 0, bad = 0;

	for (code = 0x4E00; code <= 0x9FFF; code++) {
		size_t n = pinyin_readings(code, out, 8), i;

		without += n == 0;
		for (i = 0; i < n; i++) {
			size_t len = strlen(out[i]);

			bad += len < 1 || len > 6 ||
			       strspn(out[i], "abcdefghijklmnopqrstuvwxyz") != len;
		}
	}
	CHECK(without > 0 && without < 100);
	CHECK_INT(bad, 0);
}

static void
matching(void)
{
	static const struct {
		const char *label, *typed;
		bool want;
	} cases[] = {
		{ "王淑芳", "wsf", true },
		{ "王淑芳", "wangsf", true },
		{ "王淑芳", "wshuf", true },
		{ "王淑芳", "wangshufang", true },
		{ "王淑芳", "wansf", true },
		{ "王淑芳", "wa", true },
		{ "王淑芳", "sf", true },
		{ "王淑芳", "f", true },
		{ "王淑芳", "", true },
		{ "王淑芳", "wf", false },
		{ "王淑芳", "wsfx", false },
		{ "王淑芳", "wnsf", false },
		{ "王淑芳", "angsf", false },
		{ "王淑芳", "wangg", false },
		{ "王淑芳", "w sf", true },
		{ "王淑芳", "wsf ", true },
		{ "王淑芳", "王s", true },
		{ "王淑芳", "淑芳", true },
		{ "王淑芳", "w淑", true },
		{ "王淑芳", "芳淑", false },
		{ "重庆路", "cql", true },
		{ "重庆路", "zql", true },
		{ "重庆路", "chongql", true },
		{ "单小玲", "sxl", true },
		{ "曾国", "zg", true },
		{ "女儿", "ner", true },
		{ "女儿", "nver", true },
		{ "女儿", "nuer", true },
		{ "绿化", "lvh", true },
		{ "战略", "zhanlue", true },
		{ "西安", "xian", true },
		{ "西安", "xa", true },
		{ "3号楼（东）", "3hld", true },
		{ "3 号楼-12", "3hl12", true },
		{ "3号楼１２", "l12", true },
		{ "A座", "az", true },
		{ "Ａ座", "az", true },
		{ "Community 7", "comm", true },
		{ "Community 7", "y7", true },
		{ "Community 7", "c7", false },
		{ "", "a", false },
		{ "（）", "a", false },
		{ "王\xFF芳", "wf", true },
		{ "安安安安", "ananana", true },
		{ "安安安安", "anananana", false },
		{ "二〇二六", "e〇e", true },
		{ "安安安安", "aaaaa", false },
	};
	char name[80];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_close();
		snprintf(name, sizeof(name), "%s by \"%s\"", cases[i].label,
		    cases[i].typed);
		check_case(name);
		CHECK(pinyin_match(cases[i].label, cases[i].typed) == cases[i].want);
	}
}

/* What does not fit into the state's 64 bits is refused, not cut. */
static void
long_typing(void)
{
	char label[100 * 3 + 1] = "", typed[101] = "";
	int i;

	for (i = 0; i < 100; i++)
		strcat(label, "安");
	memset(typed, 'a', 63);
	CHECK(pinyin_match(label, typed));
	memset(typed, 'a', 64);
	CHECK(!pinyin_match(label, typed));
	memset(typed, 'n', 63);
	CHECK(!pinyin_match(label, typed));
}

/* A key pressed in a list of 3,000. The bound is loose, for slow and busy machines;
 * MINQING_FIGURES=1 prints the figure. */
static void
speed(void)
{
	static const char *const family[] = { "王", "李", "张", "刘", "单", "曾" };
	static char labels[3000][32];
	struct timespec a, b;
	double ms, best = 1e9;
	int i, round, found = 0;

	for (i = 0; i < 3000; i++)
		snprintf(labels[i], sizeof(labels[i]), "%s淑芳%d号楼", family[i % 6], i);
	for (round = 0; round < 20; round++) {
		clock_gettime(CLOCK_MONOTONIC, &a);
		for (found = 0, i = 0; i < 3000; i++)
			found += pinyin_match(labels[i], "wsf");
		clock_gettime(CLOCK_MONOTONIC, &b);
		ms = (double)(b.tv_sec - a.tv_sec) * 1e3 +
		     (double)(b.tv_nsec - a.tv_nsec) / 1e6;
		best = ms < best ? ms : best;
	}
	CHECK_INT(found, 500);
	CHECK(best < 10);
	if (getenv("MINQING_FIGURES"))
		printf("3,000 labels: %.3f ms\n", best);
}

/* A label made of these and text typed of those: nothing that matches lacks a bit that is
 * wanted, and of one letter or digit the bit decides. */
static void
sounds_never_hide_a_match(void)
{
	static const char *const pieces[] = { "王", "重", "单", "曾", "女", "哼", "嗯", "儿",
		"区", "a", "Ｗ", "H", "1", "２", "0", "-", " ", "3", "号", "，" };
	static const char letters[] = "wzhongcdsuvnmgqeraj10-23 ";
	unsigned seed = 7, matched = 0;

	for (int i = 0; i < 200000; i++) {
		char label[64] = "", typed[6] = "";
		int n;

#define ROLL(k) ((seed = seed * 1103515245u + 12345u) >> 16) % (k)
		for (n = 1 + (int)ROLL(6); n > 0; n--)
			strcat(label, pieces[ROLL(sizeof(pieces) / sizeof(pieces[0]))]);
		for (n = (int)ROLL(4); n >= 0; n--)
			typed[n] = letters[ROLL(sizeof(letters) - 1)];
#undef ROLL
		uint64_t wanted = pinyin_wanted(typed);
		bool has_all = (pinyin_sounds(label) & wanted) == wanted;
		bool match = pinyin_is_sound(typed) ? pinyin_match(label, typed)
						    : text_find(label, typed) != (size_t)-1;

		matched += match;
		if ((match && !has_all) ||
		    (pinyin_is_sound(typed) && !typed[1] && match != has_all)) {
			check_case(label);
			CHECK_STR(typed, match ? "hidden" : "no match");
			return;
		}
	}
	CHECK(matched > 5000);
	CHECK(pinyin_wanted("王1") == (pinyin_sounds("王") | pinyin_sounds("1")));
	CHECK(pinyin_wanted("") == 0);
	CHECK(!(pinyin_sounds("zz99王") >> 63));
}

int
main(void)
{
	readings();
	RUN(table_is_whole);
	matching();
	RUN(long_typing);
	RUN(sounds_never_hide_a_match);
	RUN(speed);
	return CHECK_DONE();
}
