#include "text.h"

#include "buf.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#define CLUSTER_CODES_MAX 8
#define CLUSTER_WIDTH_MAX 2
#define GETA_MARK         0x3013 /* 〓: a character that this machine does not know */
#define REPLACEMENT       0xFFFD

bool
text_valid(const char *s, size_t len)
{
	size_t at, n;

	for (at = 0; at < len; at += n) {
		n = utf8_length(s + at, len - at);
		if (n == 0)
			return false;
	}
	return true;
}

size_t
text_decode(const char *s, size_t len, int32_t *code)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = utf8_length(s, len);

	switch (n) {
	case 1:
		*code = u[0];
		return 1;
	case 2:
		*code = (u[0] & 0x1F) << 6 | (u[1] & 0x3F);
		return 2;
	case 3:
		*code = (u[0] & 0x0F) << 12 | (u[1] & 0x3F) << 6 | (u[2] & 0x3F);
		return 3;
	case 4:
		*code = (u[0] & 0x07) << 18 | (u[1] & 0x3F) << 12 | (u[2] & 0x3F) << 6 |
			(u[3] & 0x3F);
		return 4;
	default:
		*code = -1;
		return 1;
	}
}

size_t
text_encode(int32_t code, char out[4])
{
	return (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)out);
}

static void
add_code(struct buf *out, int32_t code)
{
	char bytes[4];

	buf_add(out, bytes, text_encode(code, bytes));
}

/* Where the code point that ends at byte offset at begins; a malformed byte is one. */
static size_t
code_before(const char *s, size_t len, size_t at)
{
	size_t back;

	for (back = 2; back <= 4 && back <= at; back++)
		if (utf8_length(s + at - back, len - at + back) == back)
			return at - back;
	return at - 1;
}

static bool
is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

static bool
is_hanzi(int32_t code)
{
	return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
	       (code >= 0xF900 && code <= 0xFAFF) ||
	       (code >= 0x20000 && code <= 0x3FFFD) || code == 0x3005 || code == 0x3007;
}

/* Between two of these a cluster always ends: what nearly all text consists of. */
static bool
is_plain(int32_t code)
{
	return (code >= 0x20 && code <= 0x7E) || (code >= 0x4E00 && code <= 0x9FFF) ||
	       (code >= 0x3000 && code <= 0x3020) || (code >= 0xFF01 && code <= 0xFF60);
}

static bool
breaks_between(int32_t a, int32_t b, utf8proc_int32_t *state)
{
	if (a < 0 || b < 0 || (is_plain(a) && is_plain(b)))
		return true;
	return utf8proc_grapheme_break_stateful(a, b, state);
}

size_t
text_next(const char *s, size_t len, size_t at)
{
	utf8proc_int32_t state = 0;
	int32_t code, next;
	size_t n;

	if (at >= len)
		return len;
	if (is_ascii(s[at]) && s[at] != '\r' && (at + 1 == len || is_ascii(s[at + 1])))
		return at + 1;
	for (at += text_decode(s + at, len - at, &code); at < len; at += n) {
		n = text_decode(s + at, len - at, &next);
		if (breaks_between(code, next, &state))
			break;
		code = next;
	}
	return at;
}

/* Goes back to a sure boundary, then forward again: what joins a flag or a family
 * can only be seen from its beginning. */
size_t
text_prev(const char *s, size_t len, size_t at)
{
	size_t from, before, next;
	int32_t code, earlier;

	if (at > len)
		at = len;
	if (at == 0)
		return 0;
	if (at >= 2 && s[at - 1] != '\n' && is_ascii(s[at - 1]) && is_ascii(s[at - 2]))
		return at - 1;
	for (from = code_before(s, len, at); from > 0; from = before) {
		before = code_before(s, len, from);
		text_decode(s + from, len - from, &code);
		text_decode(s + before, len - before, &earlier);
		if (code < 0 || earlier < 0 || (is_plain(code) && is_plain(earlier)))
			break;
	}
	for (; (next = text_next(s, len, from)) < at; from = next)
		;
	return from;
}

static bool
is_blank(int32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xA0 ||
	       (code >= 0x2000 && code <= 0x200A) || code == 0x3000;
}

enum word_class {
	WORD_BLANK,
	WORD_HANZI,
	WORD_LETTERS,
	WORD_SIGNS,
};

static enum word_class
word_class(const char *s, size_t len, size_t at)
{
	int32_t code;

	text_decode(s + at, len - at, &code);
	if (is_blank(code))
		return WORD_BLANK;
	if (is_hanzi(code))
		return WORD_HANZI;
	if (code >= 0 && utf8proc_category(code) >= UTF8PROC_CATEGORY_LU &&
	    utf8proc_category(code) <= UTF8PROC_CATEGORY_NO)
		return WORD_LETTERS;
	return WORD_SIGNS;
}

size_t
text_next_word(const char *s, size_t len, size_t at)
{
	enum word_class class;

	if (at >= len)
		return len;
	class = word_class(s, len, at);
	while (at < len && word_class(s, len, at) == class)
		at = text_next(s, len, at);
	while (at < len && word_class(s, len, at) == WORD_BLANK)
		at = text_next(s, len, at);
	return at;
}

size_t
text_prev_word(const char *s, size_t len, size_t at)
{
	enum word_class class = WORD_BLANK;
	size_t before;

	for (; at > 0; at = before) {
		before = text_prev(s, len, at);
		if (class == WORD_BLANK)
			class = word_class(s, len, before);
		else if (word_class(s, len, before) != class)
			break;
	}
	return at;
}

size_t
text_count(const char *s, size_t len)
{
	size_t at, count = 0;

	for (at = 0; at < len; at = text_next(s, len, at))
		count++;
	return count;
}

/* Controls, bidi marks, joiners and other formatting characters, and the variation
 * selectors, on which terminals and wcwidth() disagree. */
static bool
is_unseen(int32_t code)
{
	if ((code >= 0xFE00 && code <= 0xFE0F) || (code >= 0xE0000 && code <= 0xE0FFF))
		return true;
	switch (utf8proc_category(code)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return false;
	}
}

/* The code point that is shown in a code point's stead, or -1 when none is. */
static int32_t
shown(int32_t code)
{
	if (is_plain(code))
		return code;
	if (code < 0)
		return REPLACEMENT;
	if (is_unseen(code))
		return -1;
	return wcwidth((wchar_t)code) < 0 ? GETA_MARK : code;
}

static int
code_width(int32_t code)
{
	int width;

	if (code >= 0x20 && code <= 0x7E)
		return 1;
	if (code >= 0x4E00 && code <= 0x9FFF)
		return 2;
	if (code == GETA_MARK)
		return 2;
	width = wcwidth((wchar_t)code);
	return width < 0 ? 1 : width; /* only U+FFFD outside of a UTF-8 locale */
}

/* Goes through one cluster and takes what fits its cell; out may be NULL. */
static int
show_cluster(const char *s, size_t len, struct buf *out)
{
	size_t at, n;
	int32_t code;
	int width = 0, codes = 0;

	for (at = 0; at < len && codes < CLUSTER_CODES_MAX; at += n) {
		n = text_decode(s + at, len - at, &code);
		code = shown(code);
		if (code < 0 || width + code_width(code) > CLUSTER_WIDTH_MAX)
			continue;
		width += code_width(code);
		codes++;
		if (out)
			add_code(out, code);
	}
	return width;
}

int
text_cluster_width(const char *s, size_t len)
{
	if (len == 1 && s[0] >= 0x20 && s[0] <= 0x7E)
		return 1;
	return show_cluster(s, len, NULL);
}

int
text_width(const char *s, size_t len)
{
	size_t at, next;
	int width = 0;

	for (at = 0; at < len; at = next) {
		next = text_next(s, len, at);
		width += text_cluster_width(s + at, next - at);
	}
	return width;
}

size_t
text_fit(const char *s, size_t len, int columns)
{
	size_t at, next;

	for (at = 0; at < len; at = next) {
		next = text_next(s, len, at);
		columns -= text_cluster_width(s + at, next - at);
		if (columns < 0)
			break;
	}
	return at;
}

/* Lines and tabs stay; every other cluster is put down in its own way. */
static void
put_clusters(const char *s, size_t len, struct buf *out,
    int (*put)(const char *s, size_t len, struct buf *out))
{
	size_t at, next;

	for (at = 0; at < len; at = next) {
		next = text_next(s, len, at);
		if (s[at] == '\n' || s[at] == '\t')
			buf_char(out, s[at]);
		else if (s[at] == '\r' && next - at == 2)
			buf_char(out, '\n');
		else
			put(s + at, next - at, out);
	}
}

void
text_visible(const char *s, size_t len, struct buf *out)
{
	put_clusters(s, len, out, show_cluster);
}

/* How many of its characters were kept. */
static int
keep_cluster(const char *s, size_t len, struct buf *out)
{
	int32_t code;
	int codes = 0;

	for (size_t at = 0, n; at < len && codes < CLUSTER_CODES_MAX; at += n) {
		n = text_decode(s + at, len - at, &code);
		if (!is_plain(code) && code >= 0 && is_unseen(code))
			continue;
		add_code(out, code < 0 ? REPLACEMENT : code);
		codes++;
	}
	return codes;
}

void
text_plain(const char *s, size_t len, struct buf *out)
{
	put_clusters(s, len, out, keep_cluster);
}

/* True for what NFC never changes and what never joins with its neighbours. */
static bool
is_nfc_always(int32_t code)
{
	return (code >= 0 && code < 0x300) || is_plain(code);
}

/* len bytes of well-formed UTF-8. */
static void
compose(const char *s, size_t len, struct buf *out)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s,
	    (utf8proc_ssize_t)len, &composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE);

	if (n < 0) /* no memory for it: text as typed is better than none */
		buf_add(out, s, len);
	else
		buf_add(out, composed, (size_t)n);
	free(composed);
}

void
text_nfc(const char *s, size_t len, struct buf *out)
{
	size_t at = 0, from, n;
	int32_t code = 0;
	bool plain;

	while (at < len) {
		plain = true;
		for (from = at; at < len; at += n) {
			n = text_decode(s + at, len - at, &code);
			if (code < 0)
				break;
			plain = plain && is_nfc_always(code);
		}
		if (plain)
			buf_add(out, s + from, at - from);
		else
			compose(s + from, at - from, out);
		if (at < len)
			buf_char(out, s[at++]);
	}
}

static int32_t
narrow(int32_t code)
{
	if (code >= 0xFF01 && code <= 0xFF5E)
		return code - 0xFF01 + '!';
	if (code == 0x3000)
		return ' ';
	if (code == 0x3002) /* 。is the full stop's key in a Chinese input method */
		return '.';
	return code;
}

static int32_t
fold(int32_t code)
{
	code = narrow(code);
	if (code < 0x80)
		return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
	return is_plain(code) ? code : utf8proc_tolower(code);
}

static void
map_codes(const char *s, size_t len, int32_t (*map)(int32_t), struct buf *out)
{
	size_t at, n;
	int32_t code;

	for (at = 0; at < len; at += n) {
		n = text_decode(s + at, len - at, &code);
		if (code < 0)
			buf_char(out, s[at]);
		else
			add_code(out, map(code));
	}
}

void
text_fold(const char *s, size_t len, struct buf *out)
{
	map_codes(s, len, fold, out);
}

void
text_narrow(const char *s, size_t len, struct buf *out)
{
	map_codes(s, len, narrow, out);
}

/* The folded code point at s; a malformed byte is itself, below all code points. */
static size_t
decode_folded(const char *s, size_t len, int32_t *code)
{
	size_t n = text_decode(s, len, code);

	*code = *code < 0 ? -(int32_t)(unsigned char)*s : fold(*code);
	return n;
}

static bool
begins_with(const char *hay, size_t hay_len, const char *needle, size_t needle_len)
{
	int32_t a, b;
	size_t n;

	while (needle_len) {
		if (hay_len == 0)
			return false;
		n = decode_folded(hay, hay_len, &a);
		hay += n;
		hay_len -= n;
		n = decode_folded(needle, needle_len, &b);
		needle += n;
		needle_len -= n;
		if (a != b)
			return false;
	}
	return true;
}

static unsigned char
small_letter(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

/* Surely, by their first bytes? Only ASCII and hanzi are sure. */
static bool
begins_otherwise(unsigned char hay, unsigned char needle)
{
	if (hay < 0x80)
		return needle < 0x80 && small_letter(hay) != small_letter(needle);
	return hay >= 0xE4 && hay <= 0xE9 && hay != needle;
}

/* The length of what begins_otherwise() is sure of: a hanzi's is three. */
static size_t
sure_length(const char *s)
{
	return (unsigned char)s[0] >= 0x80 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80
	    ? 3 : 1;
}

/* Hanzi only, which fold to themselves? */
static bool
is_all_hanzi(const char *s)
{
	const char *at = s;

	while ((unsigned char)*at >= 0xE4 && (unsigned char)*at <= 0xE9 && at[1] && at[2])
		at += 3;
	return at > s && !*at;
}

size_t
text_find(const char *hay, const char *needle)
{
	size_t len, needle_len, at;
	int32_t code;

	if (is_all_hanzi(needle)) {
		const char *found = strstr(hay, needle);

		return found ? (size_t)(found - hay) : (size_t)-1;
	}
	len = strlen(hay);
	needle_len = strlen(needle);
	for (at = 0;; at += text_decode(hay + at, len - at, &code)) {
		while (at < len && needle_len && begins_otherwise((unsigned char)hay[at],
						     (unsigned char)*needle))
			at += sure_length(hay + at);
		if (begins_with(hay + at, len - at, needle, needle_len))
			return at;
		if (at == len)
			return (size_t)-1;
	}
}

/* Whoever writes one line may not be made to write two. */
static void
join_lines(char *s)
{
	for (; *s; s++)
		if (*s == '\n' || *s == '\r' || *s == '\t')
			*s = ' ';
}

const char *
text_brief(const char *s, char out[TEXT_BRIEF])
{
	size_t len = strlen(s), n = text_fit(s, len, 40);

	while (n > TEXT_BRIEF - sizeof(".."))
		n = text_prev(s, len, n);
	memcpy(out, s, n);
	strcpy(out + n, n < len ? ".." : "");
	join_lines(out);
	return out;
}

void
text_cut(const char *s, int columns, struct buf *out)
{
	size_t len = strlen(s), n = text_fit(s, len, columns), from = out->len;

	buf_add(out, s, n);
	if (n < len)
		buf_str(out, "..");
	if (out->len > from)
		join_lines(out->data + from);
}

const char *
text_mask_end(const char *s)
{
	size_t len = strlen(s), count = text_count(s, len), at = len;

	for (size_t keep = count < 8 ? count / 2 : 4; keep > 0; keep--)
		at = text_prev(s, len, at);
	return s + at;
}

void
text_mask(const char *s, struct buf *out)
{
	const char *end = text_mask_end(s);
	size_t hidden = (size_t)(end - s);

	for (size_t at = 0; at < hidden; at = text_next(s, hidden, at))
		buf_char(out, '*');
	buf_str(out, end);
}

void
text_trim(char *s)
{
	size_t len = strlen(s), from = 0, n, before;
	int32_t code;

	for (; from < len; from += n) {
		n = text_decode(s + from, len - from, &code);
		if (!is_blank(code))
			break;
	}
	for (; len > from; len = before) {
		before = code_before(s, len, len);
		text_decode(s + before, len - before, &code);
		if (!is_blank(code))
			break;
	}
	memmove(s, s + from, len - from);
	s[len - from] = '\0';
}
