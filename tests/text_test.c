/*
 * text_test - characters, columns and comparing, in the scripts that people write
 */
#include "check.h"

#include "buf.h"
#include "text.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#define BREAK_TEST "/usr/share/unicode/auxiliary/GraphemeBreakTest.txt"

/* clang-format off */
static const struct {
	const char *text;	/* clusters with | between them */
	const char *widths;	/* a digit a cluster */
} clusters[] = {
	{ "", "" },
	{ "a", "1" },
	{ "a|b| |c", "1111" },
	{ "王|淑|芳", "222" },
	{ "a|王|1|。|，|　", "121222" },
	{ "𠀀|𠮷|a", "221" },			/* Extension B */
	{ "㐀|㙍", "22" },			/* Extension A */
	{ "〇|々", "22" },
	{ "Ａ|１|：", "222" },
	{ "\r\n", "0" },
	{ "\n|\r", "00" },
	{ "a|\r\n|b", "101" },
	{ "\t|a", "01" },
	{ "e\u0301", "1" },
	{ "e\u0301\u0323|x", "11" },
	{ "王\u0301|a", "21" },
	{ "é", "1" },
	{ "\u0301", "0" },
	{ "😀|😀", "22" },
	{ "👨‍👩‍👧‍👦|x", "21" },		/* joined */
	{ "👍🏽|👍", "22" },			/* skin tone */
	{ "❤\uFE0F|a", "11" },
	{ "1\uFE0F\u20E3|2", "11" },		/* keycap */
	{ "🇨🇳|a", "21" },
	{ "🇨🇳|🇫🇷|🇩", "221" },		/* flags, one half */
	{ "🏴\U000E0067\U000E0062\U000E007F|a", "21" },
	{ "각|한", "22" },
	{ "\u1100\u1161\u11A8|a", "21" },	/* conjoining jamo */
	{ "\u1100\u1100\u1161|\u1100", "22" },
	{ "क|ख", "11" },
	{ "कि", "2" },				/* a spacing vowel sign */
	{ "क\u094D|a", "11" },
	{ "நி|a", "21" },
	{ "\u0E01\u0E33", "2" },		/* Thai sara am */
	{ "a|b\u200D", "11" },
	{ "a\u200D|王", "12" },
	{ "a|\u202E", "10" },
	{ "\u202E|a", "01" },
	{ "あ|ア|ｱ", "221" },
	{ "ﾊﾞ|ﾊ", "21" },
	{ "\xFF|a", "11" },
	{ "王|\xE7|\x8E|a", "2111" },
	{ "a|\xCC|b", "111" },
	{ "\U00032000|a", "21" },		/* unassigned */
	{ "\uE000", "1" },			/* private use */
	{ "\u06001|2", "11" },			/* a prefix sign */
	{ "𝒳|Ω|ж", "111" },
};
/* clang-format on */

/* Strips the bars into text and notes where they stood; returns the count. */
static size_t
split(const char *barred, char *text, size_t *ends)
{
	size_t n = 0, count = 0;

	for (; *barred; barred++) {
		if (*barred == '|')
			ends[count++] = n;
		else
			text[n++] = *barred;
	}
	text[n] = '\0';
	if (n)
		ends[count++] = n;
	return count;
}

/* Forward, backward and from the middle of each cluster. */
static void
check_breaks(const char *text, size_t len, const size_t *ends, size_t count)
{
	size_t at = 0, i, inside;

	CHECK_INT(text_count(text, len), count);
	for (i = 0; i < count; i++) {
		size_t begin = i ? ends[i - 1] : 0;

		CHECK_INT(at, begin);
		at = text_next(text, len, at);
		CHECK_INT(at, ends[i]);
		for (inside = begin + 1; inside <= ends[i]; inside++) {
			if (inside < len && ((unsigned char)text[inside] & 0xC0) == 0x80)
				continue;
			CHECK_INT(text_prev(text, len, inside), begin);
		}
	}
	CHECK_INT(text_next(text, len, len), len);
	CHECK_INT(text_prev(text, len, 0), 0);
}

static void
cluster_table(void)
{
	char text[64];
	size_t ends[16], i, j, count;

	for (i = 0; i < sizeof(clusters) / sizeof(clusters[0]); i++) {
		check_case(clusters[i].text);
		count = split(clusters[i].text, text, ends);
		CHECK_INT(count, strlen(clusters[i].widths));
		check_breaks(text, strlen(text), ends, count);
		for (j = 0; j < count; j++) {
			size_t begin = j ? ends[j - 1] : 0;

			CHECK_INT(text_cluster_width(text + begin, ends[j] - begin),
			    clusters[i].widths[j] - '0');
		}
	}
}

/* One line of the Unicode test file; its clusters without surrogates. */
static bool
unicode_line(char *line, char *text, size_t *len, size_t *ends, size_t *count)
{
	char *word, *save = NULL;

	*len = *count = 0;
	line[strcspn(line, "#\n")] = '\0';
	for (word = strtok_r(line, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (!strcmp(word, "÷")) {
			if (*len)
				ends[(*count)++] = *len;
		} else if (strcmp(word, "×")) {
			long code = strtol(word, NULL, 16);

			if (code >= 0xD800 && code <= 0xDFFF)
				return false;
			*len += text_encode((int32_t)code, text + *len);
		}
	}
	return *count > 0;
}

static void
unicode_break_test(void)
{
	FILE *f = fopen(BREAK_TEST, "r");
	char line[1024], name[64], text[256];
	size_t ends[64], len, count;
	int number = 0, tested = 0;

	if (!f) {
		fprintf(stderr, "no %s: the table above has to do\n", BREAK_TEST);
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		number++;
		if (!unicode_line(line, text, &len, ends, &count))
			continue;
		check_close();
		snprintf(name, sizeof(name), "GraphemeBreakTest line %d", number);
		check_case(name);
		check_breaks(text, len, ends, count);
		tested++;
	}
	fclose(f);
	check_case("GraphemeBreakTest was read");
	CHECK(tested >= 500);
}

static void
code_points(void)
{
	static const int32_t codes[] = { 1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000,
		0xFFFF, 0x10000, 0x10FFFF };
	char bytes[5];
	int32_t code;
	size_t i, n;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		n = text_encode(codes[i], bytes);
		CHECK(text_valid(bytes, n));
		CHECK_INT(text_decode(bytes, n, &code), n);
		CHECK_INT(code, codes[i]);
		if (n > 1) {
			CHECK(!text_valid(bytes, n - 1));
			CHECK_INT(text_decode(bytes, n - 1, &code), 1);
			CHECK_INT(code, -1);
		}
	}
	CHECK(!text_valid("a\xED\xA0\x80", 4));
	CHECK(!text_valid("\xC0\xAF", 2));
	CHECK(text_valid("", 0));
}

static void
words(void)
{
	static const char text[] = "张三 abc12，住  3号楼。";
	static const char *const begins[] = { "张三", "abc12", "，", "住", "3号", "号楼",
		"。", NULL };
	size_t len = strlen(text), at = 0, i;

	for (i = 0; begins[i]; i++) {
		CHECK(!strncmp(text + at, begins[i], strlen(begins[i])));
		at = text_next_word(text, len, at);
	}
	CHECK_INT(at, len);
	while (i-- > 0) {
		at = text_prev_word(text, len, at);
		CHECK(!strncmp(text + at, begins[i], strlen(begins[i])));
	}
	CHECK_INT(at, 0);
	CHECK_INT(text_prev_word(text, len, 0), 0);
	CHECK_INT(text_next_word("  ", 2, 0), 2);
	CHECK_INT(text_prev_word("  ", 2, 2), 0);
}

static void
fitting(void)
{
	static const char text[] = "a王b👨‍👩‍👧c";

	CHECK_INT(text_width(text, strlen(text)), 7);
	CHECK_INT(text_fit(text, strlen(text), 0), 0);
	CHECK_INT(text_fit(text, strlen(text), 1), 1);
	CHECK_INT(text_fit(text, strlen(text), 2), 1);
	CHECK_INT(text_fit(text, strlen(text), 3), 4);
	CHECK_INT(text_fit(text, strlen(text), 5), 5);
	CHECK_INT(text_fit(text, strlen(text), 6), strlen(text) - 1);
	CHECK_INT(text_fit(text, strlen(text), 99), strlen(text));
	CHECK_INT(text_fit("e\u0301x", 4, 1), 3); /* a mark stays with its letter */
	CHECK_INT(text_fit("a", 1, -1), 0);
}

typedef void mapper(const char *s, size_t len, struct buf *out);

static void
mapped(mapper *map, const char *from, const char *want)
{
	struct buf out = { 0 };

	buf_str(&out, "x");
	map(from, strlen(from), &out);
	CHECK_STR(buf_text(&out) + 1, want);
	buf_clear(&out);
}

static void
quoting(void)
{
	char out[TEXT_BRIEF], mark[] = "\u0301", many[2 * TEXT_BRIEF + 2] = "e";

	CHECK_STR(text_brief("王淑芳", out), "王淑芳");
	CHECK_STR(text_brief("一二三四五六七八九十一二三四五六七八九十一", out),
	    "一二三四五六七八九十一二三四五六七八九十..");
	CHECK_STR(text_brief("a一二三四五六七八九十一二三四五六七八九十", out),
	    "a一二三四五六七八九十一二三四五六七八九..");
	while (strlen(many) + 2 < sizeof many)
		strcat(many, mark);
	CHECK_STR(text_brief(many, out), "..");
}

static void
nfc(void)
{
	mapped(text_nfc, "", "");
	mapped(text_nfc, "plain 王淑芳", "plain 王淑芳");
	mapped(text_nfc, "e\u0301", "é");
	mapped(text_nfc, "a\u0323\u0302", "ậ");
	mapped(text_nfc, "\u1100\u1161\u11A8", "각");
	mapped(text_nfc, "\uF900", "\u8C48");
	mapped(text_nfc, "e\u0301\xFFo\u0301\xE7", "é\xFFó\xE7");
	mapped(text_nfc, "\xFF\xFE", "\xFF\xFE");
	mapped(text_nfc, "Ａ👨‍👩‍👧", "Ａ👨‍👩‍👧");
}

static void
folding(void)
{
	mapped(text_fold, "AbC 王ÉЖ", "abc 王éж");
	mapped(text_fold, "Ａｂ１（　）", "ab1( )");
	mapped(text_fold, "\xFFZ", "\xFFz");
	mapped(text_narrow, "Ａｂ１：－　王。", "Ab1:- 王.");
	mapped(text_narrow, "１３８００１３８０００", "13800138000");
}

static void
visible(void)
{
	mapped(text_visible, "a\x1B[31mb\x7F\x01" "c", "a[31mbc");
	mapped(text_visible, "a\tb\nc\r\nd\re", "a\tb\nc\nde");
	mapped(text_visible, "x\u202Ey\u2066z\u200Bw\uFEFF\u200E\u00AD", "xyzw");
	mapped(text_visible, "❤\uFE0F", "❤");
	mapped(text_visible, "👨‍👩‍👧", "👨");
	mapped(text_visible, "👍🏽🇨🇳", "👍🇨🇳");
	mapped(text_visible, "\U00032000", "〓");
	mapped(text_visible, "王\xE7\x8E", "王\uFFFD\uFFFD");
	mapped(text_visible, "\xC2\x85\u2028\u2029", "");
	mapped(text_visible,
	    "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301x",
	    "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301x");
}

/* What curses will count for the shown text is what text_width() promised. */
static void
shown_in_its_width(void)
{
	char text[64];
	size_t ends[16], i;

	for (i = 0; i < sizeof(clusters) / sizeof(clusters[0]); i++) {
		struct buf out = { 0 };
		int width = 0, n;
		size_t at;
		wchar_t wc;

		split(clusters[i].text, text, ends);
		text_visible(text, strlen(text), &out);
		for (at = 0; at < out.len; at += (size_t)n) {
			n = mbtowc(&wc, out.data + at, out.len - at);
			CHECK(n > 0);
			if (n <= 0)
				break;
			if (wc != '\n' && wc != '\t')
				width += wcwidth(wc);
		}
		CHECK_INT(text_width(text, strlen(text)), width);
		buf_clear(&out);
	}
}

static void
finding(void)
{
	CHECK_INT(text_find("王淑芳", "淑"), 3);
	CHECK_INT(text_find("王淑芳", "淑芳"), 3);
	CHECK_INT(text_find("王淑芳", "芳淑"), -1);
	CHECK_INT(text_find("王淑芳", ""), 0);
	CHECK_INT(text_find("", ""), 0);
	CHECK_INT(text_find("", "a"), -1);
	CHECK_INT(text_find("Room Ｂ１２", "b12"), 5);
	CHECK_INT(text_find("aab", "AB"), 1);
	CHECK_INT(text_find("\xFF", "\xFE"), -1);
	CHECK_INT(text_find("a\xFF", "\xFF"), 1);
	CHECK_INT(text_find("ab", "abc"), -1);
	/* Past hanzi, whole and cut ones; never within one. */
	CHECK_INT(text_find("3号楼1-2", "-"), 8);
	CHECK_INT(text_find("\xE7\x8E-", "-"), 2);
	CHECK_INT(text_find("王\xE6", "-"), -1);
	CHECK_INT(text_find("王", "\x8E"), -1);
}

static void
trimming(void)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "  ", "" },
		{ "　\t王 淑 芳\r\n　", "王 淑 芳" },
		{ "a", "a" },
		{ "\u00A0a\xFF ", "a\xFF" },
	};
	char s[64];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(s, cases[i][0]);
		text_trim(s);
		CHECK_STR(s, cases[i][1]);
	}
}

/* Random bytes: steps always go on, back undoes forward, nothing is read outside. */
static void
any_bytes(void)
{
	static const char *const pieces[] = { "a", "王", "\xFF", "\xE7", "\x8E", "\u0301",
		"\u200D", "👨", "🇨", "\r", "\n", "\u1100", "\u1161", "\uFE0F", "क", "ि" };
	unsigned seed = 1;
	int round;

	for (round = 0; round < 3000; round++) {
		char text[64];
		size_t len = 0, at, next, steps = 0;
		char *exact;

		while (len < 40) {
			const char *piece;

			seed = seed * 1103515245u + 12345u;
			if (seed >> 28 == 0)
				break;
			piece = pieces[seed >> 16 & 15];
			memcpy(text + len, piece, strlen(piece));
			len += strlen(piece);
		}
		exact = malloc(len ? len : 1);
		memcpy(exact, text, len);
		for (at = 0; at < len; at = next, steps++) {
			next = text_next(exact, len, at);
			if (next <= at || next > len || text_prev(exact, len, next) != at) {
				CHECK(!"a step that cannot be undone");
				break;
			}
		}
		CHECK_INT(text_count(exact, len), steps);
		CHECK(text_width(exact, len) <= 2 * (int)steps);
		free(exact);
	}
}

static void
what_comes_from_outside_is_made_plain(void)
{
	static const struct {
		const char *name, *text, *plain;
	} cases[] = {
		{ "ordinary", "1号楼402 王阿姨\n说：漏水\t了", "1号楼402 王阿姨\n说：漏水\t了" },
		{ "controls", "a\033[31mb\007c\177d\302\233e", "a[31mbcde" },
		{ "bidi", "a\342\200\256b\342\201\246c\330\234d", "abcd" },
		{ "zero width", "a\342\200\213b\357\273\277c\342\200\215d", "abcd" },
		{ "line ends", "a\r\nb\342\200\250c", "a\nbc" },
		{ "a tower of accents", "a\314\201\314\201\314\201\314\201\314\201\314\201\314"
		  "\201\314\201\314\201\314\201b",
		    "a\314\201\314\201\314\201\314\201\314\201\314\201\314\201b" },
		{ "an accent", "e\314\201", "e\314\201" },
		{ "a hanzi that fonts lack", "\360\240\256\267", "\360\240\256\267" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = { 0 };

		check_case(cases[i].name);
		text_plain(cases[i].text, strlen(cases[i].text), &out);
		CHECK_STR(buf_text(&out), cases[i].plain);
		buf_clear(&out);
	}
}

int
main(void)
{
	check_case("C.UTF-8 is there");
	CHECK(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	cluster_table();
	unicode_break_test();
	RUN(code_points);
	RUN(words);
	RUN(fitting);
	RUN(quoting);
	RUN(nfc);
	RUN(folding);
	RUN(visible);
	RUN(shown_in_its_width);
	RUN(finding);
	RUN(trimming);
	RUN(any_bytes);
	RUN(what_comes_from_outside_is_made_plain);
	return CHECK_DONE();
}
