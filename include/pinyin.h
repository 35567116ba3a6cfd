/*
 * pinyin - how hanzi sound, for finding them by their letters (拼音首字母)
 *
 * Convention of Chinese shop and hospital software: "wsf" finds 王淑芳. A hanzi
 * with several readings matches by each. Source: Unihan kMandarin, kTGHZ2013 and
 * kHanyuPinlu, made into a table by src/base/pinyin_table.sh.
 */
#ifndef PINYIN_H
#define PINYIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Readings of one code point without tones ("zhong", "chong"), at most max. */
size_t pinyin_readings(int32_t code, const char *out[], size_t max);

/*
 * True when typed (folded ASCII letters and digits) matches label from its start
 * or from the start of any later character: each hanzi by an initial or by a
 * prefix of its full pinyin, each other character by itself; blanks and signs in
 * the label are passed over.
 */
bool pinyin_match(const char *label, const char *typed);

/*
 * A label's sounds and what typed text wants of them, as bit sets, for passing over most
 * rows of a long list at a glance: a label that pinyin_match() accepts, or that contains
 * the typed text (folded), has all bits wanted. Of one letter or digit the reverse holds
 * too. The lowest bits, PINYIN_LETTERS, are letters and digits, the others pairs of
 * digits and the hanzi themselves; the highest is never set. Sets of several labels may
 * be joined.
 */
#define PINYIN_LETTERS ((UINT64_C(1) << 36) - 1)
uint64_t pinyin_sounds(const char *label);
/* Of ASCII text with signs in it only the first character is wanted. */
uint64_t pinyin_wanted(const char *typed);
/* Is it letters and digits only: what pinyin_match() can be asked? */
bool pinyin_is_sound(const char *typed);

#endif
