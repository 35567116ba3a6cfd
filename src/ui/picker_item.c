#include "picker_item.h"

#include "buf.h"
#include "pinyin.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

static bool
begins_folded(const char *code, const char *folded)
{
	for (; *folded; code++, folded++)
		if ((*code >= 'A' && *code <= 'Z' ? *code + ('a' - 'A') : *code) != *folded)
			return false;
	return true;
}

static bool
is_ascii(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0x80)
			return false;
	return true;
}

static bool
is_number(const char *s)
{
	const char *at = s;

	for (; *at; at++)
		if (*at < '0' || *at > '9')
			return false;
	return at > s;
}

bool
item_number_begins(size_t index, const char *folded)
{
	size_t typed = (size_t)strtoull(folded, NULL, 10), number = index + 1;

	if (*folded == '0')
		return false;
	while (number > typed)
		number /= 10;
	return number == typed;
}

/* Does one of the blank-separated words begin with (or equal) what was typed? */
static bool
mnemonic_begins(const char *words, const char *folded, bool exactly)
{
	size_t len, n;

	if (!words || !*words || !is_ascii(folded))
		return false;
	len = strlen(folded);
	for (; *words; words += n) {
		words += strspn(words, " ");
		n = strcspn(words, " ");
		if ((exactly ? n == len : n >= len) && n && begins_folded(words, folded))
			return true;
	}
	return false;
}

bool
item_number_is_meant(const struct picker_options *options, const char *folded)
{
	return !(options && options->codes) && is_number(folded);
}

bool
item_matches(const struct picker_item *item, const struct picker_options *options,
    size_t index, const char *folded)
{
	if (item->code && begins_folded(item->code, folded) && is_ascii(item->code))
		return true;
	if (mnemonic_begins(item->mnemonic, folded, false))
		return true;
	if (item_number_is_meant(options, folded) && item_number_begins(index, folded))
		return true;
	if (pinyin_is_sound(folded)) /* finds all that text_find() would, and more */
		return pinyin_match(item->label, folded) ||
		    (item->extra && pinyin_match(item->extra, folded));
	return text_find(item->label, folded) != (size_t)-1 ||
	    (item->extra && text_find(item->extra, folded) != (size_t)-1);
}

static bool
code_is_exactly(const struct picker_item *item, const char *folded)
{
	return (item->code && begins_folded(item->code, folded) &&
		   strlen(item->code) == strlen(folded)) ||
	    mnemonic_begins(item->mnemonic, folded, true);
}

bool
item_is_exactly(const struct picker_item *item, const struct picker_options *options,
    size_t index, const char *folded)
{
	return code_is_exactly(item, folded) ||
	    (item_number_is_meant(options, folded) && *folded != '0' &&
		(size_t)strtoull(folded, NULL, 10) == index + 1);
}

/* ---- what rows sound like ---- */

/* Is one of the blank-separated words of one character? */
static bool
has_short_word(const char *words)
{
	size_t n;

	for (; words && *words; words += n) {
		words += strspn(words, " ");
		n = strcspn(words, " ");
		if (n == 1)
			return true;
	}
	return false;
}

uint64_t
item_sounds_of_code(const char *code)
{
	char first[2] = { *code, '\0' };

	return pinyin_sounds(first) | (pinyin_sounds(code) & ~PINYIN_LETTERS);
}

uint64_t
item_code_sounds(const struct picker_item *item)
{
	uint64_t sounds = 0;

	if (item->code && is_ascii(item->code))
		sounds |= item_sounds_of_code(item->code);
	for (const char *word = item->mnemonic; word && *word; word += strcspn(word, " ")) {
		word += strspn(word, " ");
		sounds |= item_sounds_of_code(word);
	}
	if ((item->code && strlen(item->code) == 1) || has_short_word(item->mnemonic))
		sounds |= SHORT_CODE;
	return sounds;
}

uint64_t
item_sounds(const struct picker_item *item)
{
	return pinyin_sounds(item->label) | (item->extra ? pinyin_sounds(item->extra) : 0);
}

/* ---- without opening it ---- */

/* The rows that typed text may mean, by how well they fit. */
struct guess {
	size_t code, label;              /* the first that is exactly this */
	size_t mnemonic, mnemonic_count;
	size_t match, match_count;
};

static void
guess_look_at(struct guess *g, const struct picker_source *source, size_t index,
    const char *typed, const char *folded)
{
	struct picker_item item = item_at(source, index);

	if (item.code && strlen(item.code) == strlen(folded) &&
	    begins_folded(item.code, folded))
		g->code = index;
	else if (mnemonic_begins(item.mnemonic, folded, true) && !g->mnemonic_count++)
		g->mnemonic = index;
	else if (g->label == PICKER_NONE && !strcmp(item.label, typed))
		g->label = index;
	else if (item_matches(&item, NULL, index, folded) && !g->match_count++)
		g->match = index;
}

size_t
picker_guess(const struct picker_source *source, const char *typed)
{
	struct guess g = { .code = PICKER_NONE, .label = PICKER_NONE };
	struct buf folded = { 0 };
	size_t i, number = 0, found = PICKER_NONE;

	text_fold(typed, strlen(typed), &folded);
	buf_char(&folded, '\0');
	text_trim(folded.data);
	for (i = 0; *folded.data && i < source->count && g.code == PICKER_NONE; i++)
		guess_look_at(&g, source, i, typed, folded.data);
	if (is_number(folded.data))
		number = (size_t)strtoull(folded.data, NULL, 10);
	if (g.code != PICKER_NONE)
		found = g.code;
	else if (g.mnemonic_count == 1)
		found = g.mnemonic;
	else if (g.label != PICKER_NONE)
		found = g.label;
	else if (number >= 1 && number <= source->count)
		found = number - 1;
	else if (g.match_count == 1 && !g.mnemonic_count)
		found = g.match;
	buf_clear(&folded);
	return found;
}
