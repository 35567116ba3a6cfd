#include "pinyin.h"

#include "text.h"

#include <string.h>

#define LAST 0x8000
#include "pinyin_table.h"

#define TYPED_MAX 63 /* positions in what was typed are bits of one word */

/* Where the code point's set of readings begins; 0 when it has none. */
static inline size_t
set_of(int32_t code)
{
	size_t i, base = 0;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (code >= ranges[i].from && code <= ranges[i].to)
			return slots[base + (size_t)(code - ranges[i].from)];
		base += (size_t)(ranges[i].to - ranges[i].from) + 1;
	}
	return 0;
}

size_t
pinyin_readings(int32_t code, const char *out[], size_t max)
{
	size_t at = set_of(code), count = 0;

	if (!at)
		return 0;
	for (; count < max; at++) {
		out[count++] = syllables[sets[at] & ~LAST];
		if (sets[at] & LAST)
			break;
	}
	return count;
}

/* Full-width made ASCII, capitals made small. */
static int32_t
plain_letter(int32_t code)
{
	if (code >= 0xFF01 && code <= 0xFF5E)
		code = code - 0xFF01 + '!';
	return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

static bool
is_letter_or_digit(int32_t code)
{
	return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
}

/* What a search passes over: blanks, punctuation, malformed bytes. */
static inline bool
is_sign(int32_t code)
{
	if (code >= 0x3400 && code <= 0x9FFF)
		return false;
	if (code < 0x80)
		return !is_letter_or_digit(code);
	return code < 0xC0 || (code >= 0x2000 && code <= 0x2BFF) ||
	       (code >= 0x3000 && code <= 0x303F && code != 0x3007) || code >= 0xFF5F;
}

/* Positions reached when a hanzi read as syllable stands at position at of typed: one
 * letter, two, … all. Who has no ü on the keyboard types v or u. */
static uint64_t
step_syllable(const char *syllable, const char *typed, size_t at)
{
	uint64_t reached = 0;

	for (typed += at; *syllable && *typed; syllable++, typed++) {
		if (*typed != *syllable && !(*syllable == 'v' && *typed == 'u'))
			break;
		reached |= UINT64_C(2) << at++;
	}
	return reached;
}

/* Positions reached from position at by one character of the label. */
static uint64_t
step(const char *bytes, size_t len, int32_t code, const char *typed, size_t at)
{
	uint64_t reached = 0;
	size_t set = set_of(code);

	while (typed[at] == ' ')
		at++;
	if (code < 0x80)
		return typed[at] == code ? UINT64_C(2) << at : 0;
	if (!strncmp(typed + at, bytes, len))
		reached = UINT64_C(1) << (at + len);
	if (!set)
		return reached;
	do
		reached |= step_syllable(syllables[sets[set] & ~LAST], typed, at);
	while (!(sets[set++] & LAST));
	return reached;
}

/* As text_decode(), quicker for what labels are made of; s ends with a NUL. */
static inline size_t
decode(const char *s, int32_t *code)
{
	const unsigned char *u = (const unsigned char *)s;

	if (u[0] < 0x80) {
		*code = u[0];
		return 1;
	}
	if (u[0] >= 0xE3 && u[0] <= 0xE9 && (u[1] & 0xC0) == 0x80 && (u[2] & 0xC0) == 0x80) {
		*code = (u[0] & 0x0F) << 12 | (u[1] & 0x3F) << 6 | (u[2] & 0x3F);
		return 3;
	}
	return text_decode(s, strlen(s), code);
}

/* May a match begin with this character? No byte of typed text is read but the first. */
static bool
may_begin(const char *bytes, int32_t code, const char *typed)
{
	size_t set;

	if (code < 0x80)
		return code == *typed;
	if (*bytes == *typed)
		return true;
	set = set_of(code);
	if (!set)
		return false;
	do
		if (syllables[sets[set] & ~LAST][0] == *typed)
			return true;
	while (!(sets[set++] & LAST));
	return false;
}

/* All ways to divide the letters among the hanzi at once: the state is the set of
 * positions in typed that the label's characters so far can have led to. */
bool
pinyin_match(const char *label, const char *typed)
{
	size_t typed_len = strlen(typed), n, at;
	uint64_t now = 0, next;
	int32_t code;

	while (typed_len && typed[typed_len - 1] == ' ')
		typed_len--;
	if (typed_len > TYPED_MAX)
		return false;
	if (typed_len == 0)
		return true;
	for (; *label; label += n) {
		n = decode(label, &code);
		code = plain_letter(code);
		if (is_sign(code) || (!now && *typed != ' ' && !may_begin(label, code, typed)))
			continue;
		now |= 1; /* a match may begin at any character */
		next = 0;
		for (at = 0; at < typed_len && now >> at; at++)
			if (now >> at & 1)
				next |= step(label, n, code, typed, at);
		if (next >> typed_len & 1)
			return true;
		now = next;
	}
	return false;
}

/* ---- bit sets ---- */

#define DIGITS_FROM 26 /* bits below it are letters */
#define PAIRS_FROM  36
#define PAIRS       27 /* bits that the hundred pairs of digits and all hanzi share */

static uint64_t
letter_bit(int32_t code)
{
	if (code >= 'a' && code <= 'z')
		return UINT64_C(1) << (code - 'a');
	return UINT64_C(1) << (DIGITS_FROM + code - '0');
}

static uint64_t
pair_bit(int32_t before, int32_t digit)
{
	return UINT64_C(1) << (PAIRS_FROM + ((before - '0') * 10 + digit - '0') % PAIRS);
}

static bool
is_digit(int32_t code)
{
	return code >= '0' && code <= '9';
}

uint64_t
pinyin_sounds(const char *label)
{
	uint64_t sounds = 0;
	size_t n, set;
	int32_t code, before = 0;

	for (; *label; label += n) {
		n = decode(label, &code);
		code = plain_letter(code);
		if (is_letter_or_digit(code)) {
			sounds |= letter_bit(code);
			if (is_digit(code) && is_digit(before))
				sounds |= pair_bit(before, code);
		} else if (is_sign(code)) {
			continue; /* 3-2 is found by 32 */
		} else if ((set = set_of(code)) != 0) {
			sounds |= UINT64_C(1) << (PAIRS_FROM + code % PAIRS);
			do
				sounds |= letter_bit(syllables[sets[set] & ~LAST][0]);
			while (!(sets[set++] & LAST));
		}
		before = code;
	}
	return sounds;
}

bool
pinyin_is_sound(const char *typed)
{
	while (is_letter_or_digit((unsigned char)*typed))
		typed++;
	return *typed == '\0';
}

static bool
is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return !*s;
}

/* Letters that stand within syllables are wanted only at the beginning. */
uint64_t
pinyin_wanted(const char *typed)
{
	static const char within[] = "aeghimnoruv";
	uint64_t wanted = is_letter_or_digit(*typed) ? letter_bit(*typed) : 0;

	if (!is_ascii(typed))
		return pinyin_sounds(typed);
	if (!pinyin_is_sound(typed))
		return wanted;
	for (; *typed && typed[1]; typed++) {
		if (!strchr(within, typed[1]))
			wanted |= letter_bit(typed[1]);
		if (is_digit(typed[0]) && is_digit(typed[1]))
			wanted |= pair_bit(typed[0], typed[1]);
	}
	return wanted;
}
