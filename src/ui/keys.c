/*
 * keys - what bytes from a terminal mean as keys
 *
 * Bytes wait in a buffer; each call takes one key from its front. A lone Esc and the
 * Esc that begins a sequence differ only in what follows, and when.
 */
#include "keys.h"

#include "buf.h"
#include "mem.h"
#include "screen.h"
#include "text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ESC          '\033'
#define SEQUENCE_MAX 64 /* bytes of one that is swallowed at most */

struct definition {
	char *sequence;
	size_t len;
	int code;
};

struct keys {
	struct buf in;
	size_t at; /* bytes of in already taken */
	size_t wiped; /* of those */
	struct buf text;
	struct definition *definitions;
	size_t count, cap;
	bool in_paste;
};

static const char paste_end[] = "\033[201~";

/* ESC [ n ~ */
static const struct {
	int number, code;
} tilde_keys[] = {
	{ 1, K_HOME }, { 2, K_INSERT }, { 3, K_DELETE }, { 4, K_END }, { 5, K_PGUP },
	{ 6, K_PGDN }, { 7, K_HOME }, { 8, K_END }, { 11, K_F(1) }, { 12, K_F(2) },
	{ 13, K_F(3) }, { 14, K_F(4) }, { 15, K_F(5) }, { 17, K_F(6) }, { 18, K_F(7) },
	{ 19, K_F(8) }, { 20, K_F(9) }, { 21, K_F(10) }, { 23, K_F(11) },
	{ 24, K_F(12) },
};

/* ESC [ X and ESC O X */
static const struct {
	char final;
	int code;
} letter_keys[] = {
	{ 'A', K_UP }, { 'B', K_DOWN }, { 'C', K_RIGHT }, { 'D', K_LEFT },
	{ 'F', K_END }, { 'H', K_HOME }, { 'Z', K_BACKTAB }, { 'P', K_F(1) },
	{ 'Q', K_F(2) }, { 'R', K_F(3) }, { 'S', K_F(4) }, { 'M', K_ENTER },
};

struct keys *
keys_new(void)
{
	return mem_alloc(sizeof(struct keys));
}

void
keys_free(struct keys *k)
{
	size_t i;

	if (!k)
		return;
	for (i = 0; i < k->count; i++)
		free(k->definitions[i].sequence);
	free(k->definitions);
	buf_clear(&k->in);
	buf_clear(&k->text);
	free(k);
}

void
keys_define(struct keys *k, const char *sequence, int code)
{
	/* One byte is a control character, which has its meaning already. */
	if (strlen(sequence) < 2 || sequence[0] != ESC)
		return;
	k->definitions = mem_grow(k->definitions, &k->cap, k->count + 1,
	    sizeof *k->definitions);
	k->definitions[k->count].sequence = mem_strdup(sequence);
	k->definitions[k->count].len = strlen(sequence);
	k->definitions[k->count++].code = code;
}

void
keys_feed(struct keys *k, const char *bytes, size_t len)
{
	if (k->in.data && k->at) {
		memmove(k->in.data, k->in.data + k->at, k->in.len - k->at);
		explicit_bzero(k->in.data + k->in.len - k->at, k->at);
		buf_truncate(&k->in, k->in.len - k->at);
		k->at = k->wiped = 0;
	}
	buf_add(&k->in, bytes, len);
}

bool
keys_in_paste(const struct keys *k)
{
	return k->in_paste;
}

static enum keys_result
keys_give(struct keys *k, size_t bytes, int code, struct key *key)
{
	k->at += bytes;
	key->code = code;
	key->text = "";
	key->len = 0;
	return KEYS_GOT;
}

static int
with_modifiers(int code, int parameter)
{
	int bits = parameter > 1 ? parameter - 1 : 0;

	if (code == K_TAB && (bits & 1))
		return K_BACKTAB;
	if (bits & 1)
		code |= K_WITH_SHIFT;
	if (bits & 2)
		code |= K_WITH_ALT;
	if (bits & 4)
		code |= K_WITH_CTRL;
	return code;
}

static int
letter_code(char final)
{
	size_t i;

	for (i = 0; i < sizeof letter_keys / sizeof *letter_keys; i++)
		if (letter_keys[i].final == final)
			return letter_keys[i].code;
	return K_NONE;
}

static int
tilde_code(int number)
{
	size_t i;

	for (i = 0; i < sizeof tilde_keys / sizeof *tilde_keys; i++)
		if (tilde_keys[i].number == number)
			return tilde_keys[i].code;
	return K_NONE;
}

/* The parameters of a control sequence, "1;5" in front of its last byte. */
static int
csi_code(const char *s, size_t len, int *first)
{
	int numbers[2] = { 0, 0 }, code;
	size_t i, which = 0;
	char final = s[len - 1];

	for (i = 0; i + 1 < len && which < 2; i++) {
		if (s[i] == ';')
			which++;
		else if (s[i] >= '0' && s[i] <= '9' && numbers[which] < 10000)
			numbers[which] = numbers[which] * 10 + (s[i] - '0');
		else
			return K_NONE; /* private or unheard of */
	}
	*first = numbers[0];
	if (final == '~')
		code = tilde_code(numbers[0]);
	else if (final == '^') /* rxvt's Ctrl */
		code = tilde_code(numbers[0]) | K_WITH_CTRL;
	else if (final == 'M' || (final == 'R' && numbers[0] > 1))
		code = K_NONE; /* a mouse, a cursor report */
	else
		code = letter_code(final);
	return code == K_NONE || code == K_BACKTAB ? code : with_modifiers(code, numbers[1]);
}

/* Takes what stands after ESC [ 200 ~ up to its end mark. */
static enum keys_result
keys_paste(struct keys *k, bool final, struct key *key)
{
	const char *from = k->in.data + k->at;
	size_t len = k->in.len - k->at, at, n, take = len;
	const char *end = memmem(from, len, paste_end, sizeof paste_end - 1);
	int32_t code;

	if (!end && !final)
		return KEYS_PART;
	if (end)
		take = (size_t)(end - from);
	buf_reset(&k->text);
	for (at = 0; at < take && k->text.len < KEYS_PASTE_MAX; at += n) {
		n = text_decode(from + at, take - at, &code);
		if (code == '\r' && at + 1 < take && from[at + 1] == '\n')
			continue;
		if (code == '\r')
			buf_char(&k->text, '\n');
		else if (code < 0)
			buf_str(&k->text, "\xEF\xBF\xBD");
		else
			buf_add(&k->text, from + at, n);
	}
	k->at += end ? take + sizeof paste_end - 1 : take;
	k->in_paste = false;
	key->code = K_PASTE;
	key->text = buf_text(&k->text);
	key->len = k->text.len;
	return KEYS_GOT;
}

/* s stands after ESC [. */
static enum keys_result
keys_csi(struct keys *k, const char *s, size_t len, bool final, struct key *key)
{
	size_t n = 0;
	int code, first = 0;

	if (len && s[0] == '[') { /* the linux console's F1 to F5 */
		if (len < 2)
			return final ? keys_give(k, 3, K_NONE, key) : KEYS_PART;
		code = s[1] >= 'A' && s[1] <= 'E' ? K_F(s[1] - 'A' + 1) : K_NONE;
		return keys_give(k, 4, code, key);
	}
	while (n < len && s[n] >= 0x20 && s[n] <= 0x3F && n < SEQUENCE_MAX)
		n++;
	if (n == len && !final)
		return KEYS_PART;
	if (n == len && n == 0)
		return keys_give(k, 2, K_ALT('['), key);
	if (n == len || s[n] < 0x40 || s[n] > 0x7E) /* cut short: none of it is text */
		return keys_give(k, 2 + n, K_NONE, key);
	code = csi_code(s, n + 1, &first);
	if (code == K_NONE && s[n] == '~' && first == 200) {
		k->at += 2 + n + 1;
		k->in_paste = true;
		return keys_paste(k, final, key);
	}
	if (s[n] == 'M' && n == 0) { /* an old mouse report has three more bytes */
		if (len < 4 && !final)
			return KEYS_PART;
		n = len < 4 ? len - 1 : 3;
	}
	return keys_give(k, 2 + n + 1, code, key);
}

/* A key that terminfo names; 0 bytes when none begins here. */
static size_t
keys_defined(const struct keys *k, const char *s, size_t len, int *code)
{
	size_t i, best = 0;

	for (i = 0; i < k->count; i++) {
		const struct definition *d = &k->definitions[i];

		if (d->len > best && d->len <= len && !memcmp(d->sequence, s, d->len)) {
			best = d->len;
			*code = d->code;
		}
	}
	return best;
}

static int
control_code(unsigned char c)
{
	switch (c) {
	case '\t':
		return K_TAB;
	case '\r':
	case '\n':
		return K_ENTER;
	case '\b':
	case 0x7F:
		return K_BACKSPACE;
	case 0:
		return K_CTRL(' ');
	default:
		return K_CTRL('@' + c);
	}
}

/* s stands at an ESC. */
static enum keys_result
keys_escape(struct keys *k, const char *s, size_t len, bool final, struct key *key)
{
	size_t n;
	int code;

	if (len == 1)
		return final ? keys_give(k, 1, K_ESC, key) : KEYS_PART;
	n = keys_defined(k, s, len, &code);
	if (n)
		return keys_give(k, n, code, key);
	if (s[1] == '[')
		return keys_csi(k, s + 2, len - 2, final, key);
	if (s[1] == 'O') {
		if (len == 2)
			return final ? keys_give(k, 2, K_ALT('o'), key) : KEYS_PART;
		for (n = 2; n < len && s[n] >= '0' && s[n] <= ';'; n++)
			; /* ESC O 5 C: an old xterm's modifier */
		if (n == len)
			return final ? keys_give(k, n, K_NONE, key) : KEYS_PART;
		return keys_give(k, n + 1,
		    letter_code(s[n]) == K_NONE ? K_NONE :
			with_modifiers(letter_code(s[n]), n > 2 ? s[n - 1] - '0' : 0), key);
	}
	if (s[1] >= '0' && s[1] <= '9')
		return keys_give(k, 2, s[1] == '0' ? K_F(10) : K_F(s[1] - '0'), key);
	if (s[1] >= 'A' && s[1] <= 'Z')
		return keys_give(k, 2, K_ALT(s[1] - 'A' + 'a'), key);
	if (s[1] > ' ' && s[1] < 0x7F)
		return keys_give(k, 2, K_ALT(s[1]), key);
	if (s[1] == 0x7F || s[1] == '\b')
		return keys_give(k, 2, K_ALT(K_BACKSPACE), key);
	if (s[1] == '\r' || s[1] == '\n')
		return keys_give(k, 2, K_ALT(K_ENTER), key);
	return keys_give(k, 1, K_ESC, key); /* and then whatever follows */
}

/* One character, with what belongs to it as far as it is here. */
static enum keys_result
keys_character(struct keys *k, const char *s, size_t len, bool final, struct key *key)
{
	size_t n;
	int32_t code;

	text_decode(s, len, &code);
	if (code < 0) {
		/* The beginning of a character whose bytes came apart? */
		n = ((unsigned char)*s >= 0xF0) ? 4 : ((unsigned char)*s >= 0xE0) ? 3 : 2;
		if (!final && len < n && (unsigned char)*s >= 0xC2)
			return KEYS_PART;
		return keys_give(k, 1, K_NONE, key);
	}
	n = text_next(s, len, 0);
	if (code >= 0x80 && code < 0xA0)
		return keys_give(k, n, K_NONE, key);
	buf_reset(&k->text);
	buf_add(&k->text, s, n);
	k->at += n;
	key->code = n == 1 ? s[0] : K_TEXT;
	key->text = k->text.data;
	key->len = n;
	return KEYS_GOT;
}

/* What was taken may have been a passphrase. */
static void
forget_taken(struct keys *k)
{
	if (k->at > k->wiped)
		explicit_bzero(k->in.data + k->wiped, k->at - k->wiped);
	k->wiped = k->at;
	if (k->text.len > 0)
		explicit_bzero(k->text.data, k->text.len);
	buf_reset(&k->text);
}

enum keys_result
keys_next(struct keys *k, bool final, struct key *key)
{
	enum keys_result result;
	const char *s;
	size_t len;

	forget_taken(k);
	do {
		s = buf_text(&k->in) + k->at;
		len = k->in.len - k->at;
		if (k->in_paste)
			result = keys_paste(k, final, key);
		else if (len == 0)
			result = KEYS_EMPTY;
		else if (*s == ESC)
			result = keys_escape(k, s, len, final, key);
		else if ((unsigned char)*s < ' ' || *s == 0x7F)
			result = keys_give(k, 1, control_code((unsigned char)*s), key);
		else
			result = keys_character(k, s, len, final, key);
	} while (result == KEYS_GOT && key->code == K_NONE);
	if (result != KEYS_GOT) {
		key->code = K_NONE;
		key->text = "";
		key->len = 0;
	}
	return result;
}
