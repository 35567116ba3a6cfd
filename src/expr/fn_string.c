/* Texts. Characters are code points. */
#include "functions.h"

#include "arena.h"
#include "buf.h"
#include "digest.h"
#include "err.h"
#include "hash.h"
#include "i18n.h"
#include "regex.h"
#include "value.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* XML's blanks. */
#define BLANKS " \t\r\n"

static bool
give(struct call *c, struct value *out, const char *s, size_t len)
{
	*out = value_string(arena_strndup(c->ev->arena, s, len));
	return true;
}

/* Bytes of the first count characters. */
static size_t
prefix_len(const char *s, size_t count)
{
	size_t at = 0;

	while (s[at] && count) {
		for (at++; ((unsigned char)s[at] & 0xC0) == 0x80;)
			at++;
		count--;
	}
	return at;
}

static size_t
characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

/* The argument, or the question that asks when there is none. */
static bool
text_or_own(struct call *c, const char **text)
{
	struct value own;

	*text = "";
	if (c->count) {
		*text = call_string(c, 0);
		return true;
	}
	if (!c->ev->node.tree || c->ev->node.id == c->ev->node.tree->root)
		return call_fail(c, _("without an argument it needs a question"));
	eval_node_value(c->ev, c->ev->node, &own);
	*text = eval_to_string(c->ev, &own);
	return true;
}

FN(fn_string)
{
	const char *text;

	if (!text_or_own(c, &text))
		return false;
	*out = value_string(text);
	return true;
}

static bool
join_items(struct call *c, size_t first, const char *separator, struct value *out)
{
	struct buf text = { 0 };
	struct call_items it;
	bool any = false;

	for (call_items_start(&it, c, first); call_items_next(&it); any = true) {
		if (any)
			buf_str(&text, separator);
		buf_str(&text, eval_to_string(c->ev, &it.item));
	}
	give(c, out, buf_text(&text), text.len);
	buf_clear(&text);
	return true;
}

FN(fn_concat)
{
	return join_items(c, 0, "", out);
}

FN(fn_join)
{
	return join_items(c, 1, call_string(c, 0), out);
}

static bool
slice(struct call *c, struct value *out, const char *s, double from, double to)
{
	size_t start = prefix_len(s, (size_t)from);

	return give(c, out, s + start, prefix_len(s + start, (size_t)(to - from)));
}

/* substring(s, first, length): XPath's, from 1, with halves rounded. */
FN(fn_substring)
{
	const char *s = call_string(c, 0);
	double total = (double)characters(s), from = floor(call_number(c, 1) + 0.5), to;

	to = c->count > 2 ? from + floor(call_number(c, 2) + 0.5) : INFINITY;
	from = fmax(from, 1);
	to = fmin(to, total + 1);
	if (isnan(call_number(c, 1)) || !(from < to) ||
	    (c->count > 2 && isnan(call_number(c, 1) + call_number(c, 2))))
		return give(c, out, "", 0);
	return slice(c, out, s, from - 1, to - 1);
}

/* Where a place given from the start, or negative from the end, lies in 0..total. */
static double
place_in(double at, double total)
{
	if (isnan(at))
		return 0;
	at = trunc(at);
	return fmin(fmax(at < 0 ? total + at : at, 0), total);
}

/* substr(s, from, to): from 0, negative ones from the end. */
FN(fn_substr)
{
	const char *s = call_string(c, 0);
	double total = (double)characters(s), from = place_in(call_number(c, 1), total),
	       to = c->count > 2 ? place_in(call_number(c, 2), total) : total;

	if (from >= to)
		return give(c, out, "", 0);
	return slice(c, out, s, from, to);
}

FN(fn_substring_before)
{
	const char *s = call_string(c, 0), *at = strstr(s, call_string(c, 1));

	return give(c, out, s, at ? (size_t)(at - s) : 0);
}

FN(fn_substring_after)
{
	const char *s = call_string(c, 0), *part = call_string(c, 1),
		   *at = strstr(s, part);

	*out = value_string(at ? at + strlen(part) : "");
	return true;
}

FN(fn_string_length)
{
	const char *text;

	if (!text_or_own(c, &text))
		return false;
	*out = value_number((double)characters(text));
	return true;
}

FN(fn_contains)
{
	*out = value_boolean(strstr(call_string(c, 0), call_string(c, 1)) != NULL);
	return true;
}

FN(fn_starts_with)
{
	const char *s = call_string(c, 0), *part = call_string(c, 1);

	*out = value_boolean(!strncmp(s, part, strlen(part)));
	return true;
}

FN(fn_ends_with)
{
	const char *s = call_string(c, 0), *part = call_string(c, 1);
	size_t len = strlen(s), part_len = strlen(part);

	*out = value_boolean(part_len <= len && !strcmp(s + len - part_len, part));
	return true;
}

FN(fn_normalize_space)
{
	const char *text;
	char *to, *start;

	if (!text_or_own(c, &text))
		return false;
	start = to = arena_alloc(c->ev->arena, strlen(text) + 1);
	for (;;) {
		size_t word;

		text += strspn(text, BLANKS);
		word = strcspn(text, BLANKS);
		if (!word)
			break;
		if (to > start)
			*to++ = ' ';
		memcpy(to, text, word);
		to += word;
		text += word;
	}
	*out = value_string(start);
	return true;
}

FN(fn_translate)
{
	const char *s = call_string(c, 0), *from = call_string(c, 1),
		   *to = call_string(c, 2);
	struct buf text = { 0 };

	while (*s) {
		size_t len = prefix_len(s, 1), index = 0;
		const char *at = from;

		while (*at && (prefix_len(at, 1) != len || memcmp(at, s, len) != 0)) {
			at += prefix_len(at, 1);
			index++;
		}
		if (!*at) {
			buf_add(&text, s, len);
		} else {
			const char *other = to + prefix_len(to, index);

			buf_add(&text, other, prefix_len(other, 1));
		}
		s += len;
	}
	give(c, out, buf_text(&text), text.len);
	buf_clear(&text);
	return true;
}

FN(fn_regex)
{
	const struct ast *pattern = c->ast->call.args[1];
	const struct regex *regex =
	    pattern->kind == AST_STRING ? pattern->string.regex : NULL;
	struct err why = { 0 };
	bool matches;

	if (!regex)
		regex = regex_new(call_string(c, 1), c->ev->arena, &why);
	if (!regex || !regex_matches(regex, call_string(c, 0), &matches, &why))
		return call_fail(c, "%s", why.text);
	*out = value_boolean(matches);
	return true;
}

FN(fn_digest)
{
	const char *encoding = c->count > 2 ? call_string(c, 2) : "base64";
	unsigned char bytes[DIGEST_MAX];
	const char *text = call_string(c, 0);
	size_t len = digest(call_string(c, 1), text, strlen(text), bytes);

	if (!len)
		return call_fail(
		    c, _("%s is none of MD5, SHA-1, SHA-256, SHA-384 and SHA-512"),
		    call_string(c, 1));
	if (!strcasecmp(encoding, "hex"))
		*out = value_string(digest_hex(bytes, len, c->ev->arena));
	else if (!strcasecmp(encoding, "base64"))
		*out = value_string(digest_base64(bytes, len, c->ev->arena));
	else
		return call_fail(c, _("%s is neither hex nor base64"), encoding);
	return true;
}

FN(fn_base64_decode)
{
	size_t len;

	/* A text ends at a zero byte, should there be one. */
	*out =
	    value_string(digest_base64_decode(call_string(c, 0), &len, c->ev->arena));
	return true;
}

/* extract-signed(signature and message, public key): the message when the signature
 * holds, else nothing. Both are base64. */
FN(fn_extract_signed)
{
	size_t len, key_len;
	const char *all = digest_base64_decode(call_string(c, 0), &len, c->ev->arena);
	const char *key =
	    digest_base64_decode(call_string(c, 1), &key_len, c->ev->arena);
	const char *message = all + HASH_SIGNATURE_SIZE;

	*out = value_string("");
	if (len >= HASH_SIGNATURE_SIZE && key_len == HASH_KEY_SIZE &&
	    hash_signature_holds((const unsigned char *)all, message,
				 len - HASH_SIGNATURE_SIZE, (const unsigned char *)key))
		*out = value_string(message);
	return true;
}

/* Finds the next word; false at the end. */
static bool
next_word(const char **s, const char **word, size_t *len)
{
	*s += strspn(*s, BLANKS);
	*word = *s;
	*len = strcspn(*s, BLANKS);
	*s += *len;
	return *len > 0;
}

/* A choice of several words (there should be none) must stand there as it is. */
FN(fn_selected)
{
	const char *s = call_string(c, 0), *choice = call_string(c, 1), *word;
	size_t len, choice_len;

	choice += strspn(choice, BLANKS);
	choice_len = strlen(choice);
	while (choice_len && strchr(BLANKS, choice[choice_len - 1]))
		choice_len--;
	*out = value_boolean(!choice_len && !s[strspn(s, BLANKS)]);
	while (choice_len && next_word(&s, &word, &len))
		if (!strncmp(word, choice, choice_len) &&
		    (!word[choice_len] || strchr(BLANKS, word[choice_len]))) {
			*out = value_boolean(true);
			break;
		}
	return true;
}

FN(fn_selected_at)
{
	const char *s = call_string(c, 0), *word;
	double at = trunc(call_number(c, 1));
	size_t len;

	while (next_word(&s, &word, &len))
		if (at-- == 0)
			return give(c, out, word, len);
	*out = value_string("");
	return true;
}

FN(fn_count_selected)
{
	const char *s = call_string(c, 0), *word;
	size_t len, count = 0;

	while (next_word(&s, &word, &len))
		count++;
	*out = value_number((double)count);
	return true;
}
