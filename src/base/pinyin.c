#include "pinyin.h"

#include "text.h"

#include <string.h>

#define LAST 0x8000
#include "pinyin_table.h"

#define TYPED_MAX 63 /* positions in what was typed are bits of one word */

/* Where the code point's set of readings begins; 0 when it has none. */
static size_t
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
static bool
is_sign(int32_t code)
{
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

/* All ways to divide the letters among the hanzi at once: the state is the set of
 * positions in typed that the label's characters so far can have led to. */
bool
pinyin_match(const char *label, const char *typed)
{
	size_t len = strlen(label), typed_len = strlen(typed), n, at;
	uint64_t now = 0, next;
	int32_t code;

	while (typed_len && typed[typed_len - 1] == ' ')
		typed_len--;
	if (typed_len > TYPED_MAX)
		return false;
	if (typed_len == 0)
		return true;
	for (; len; label += n, len -= n) {
		n = text_decode(label, len, &code);
		code = plain_letter(code);
		if (is_sign(code))
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

size_t
pinyin_initials(const char *s, char *out, size_t size)
{
	size_t len = strlen(s), n, set, count = 0;
	int32_t code;

	if (size == 0)
		return 0;
	for (; len && count + 1 < size; s += n, len -= n) {
		n = text_decode(s, len, &code);
		set = set_of(code);
		if (set)
			out[count++] = (char)(syllables[sets[set] & ~LAST][0] - 'a' + 'A');
		else if (code >= 0xFF01 && code <= 0xFF5E)
			code = code - 0xFF01 + '!';
		if (!set && is_letter_or_digit(plain_letter(code)))
			out[count++] = (char)code;
	}
	out[count] = '\0';
	return count;
}
