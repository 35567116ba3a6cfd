/*
 * picker_item - one row of a picker's list against what was typed, itself folded
 */
#ifndef PICKER_ITEM_H
#define PICKER_ITEM_H

#include "picker.h"

#include <stdbool.h>
#include <stdint.h>

static inline struct picker_item
item_at(const struct picker_source *source, size_t index)
{
	struct picker_item item = { "", "", NULL, NULL };

	source->item(source->data, index, &item);
	return item;
}

/* Where codes show, they are what digits mean; else the rows' numbers. */
bool item_number_is_meant(const struct picker_options *options, const char *folded);
/* Does the row's number, written, begin with what was typed, itself a number? */
bool item_number_begins(size_t index, const char *folded);

/* A code or number by its beginning, a label by any part or by how it sounds. */
bool item_matches(const struct picker_item *item, const struct picker_options *options,
    size_t index, const char *folded);
/* What was typed is wholly this row's code, or its number where codes do not show. */
bool item_is_exactly(const struct picker_item *item, const struct picker_options *options,
    size_t index, const char *folded);

/* Sounds as in pinyin.h. Beside a row's: its code or one of its mnemonics is of one
 * character. */
#define SHORT_CODE (UINT64_C(1) << 63)

uint64_t item_sounds(const struct picker_item *item);      /* of what people read */
uint64_t item_code_sounds(const struct picker_item *item); /* of code and mnemonics */
/* A code is found by its beginning only: its first letter, and what pairs it has. */
uint64_t item_sounds_of_code(const char *code);

#endif
