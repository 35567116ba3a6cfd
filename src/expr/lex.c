#include "lex.h"

#include "err.h"
#include "i18n.h"

#include <string.h>

struct symbol {
	const char *text;
	enum token_kind kind;
	bool operand; /* an operator may follow it */
};

/* Longer ones first. */
/* clang-format off */
static const struct symbol symbols[] = {
	{ "!=", TOKEN_NOT_EQUAL, false },
	{ "<=", TOKEN_LESS_EQUAL, false },
	{ ">=", TOKEN_GREATER_EQUAL, false },
	{ "//", TOKEN_DOUBLE_SLASH, false },
	{ "::", TOKEN_DOUBLE_COLON, false },
	{ "..", TOKEN_DOUBLE_DOT, true },
	{ "=", TOKEN_EQUAL, false },
	{ "<", TOKEN_LESS, false },
	{ ">", TOKEN_GREATER, false },
	{ "+", TOKEN_PLUS, false },
	{ "-", TOKEN_MINUS, false },
	{ "|", TOKEN_UNION, false },
	{ "/", TOKEN_SLASH, false },
	{ "[", TOKEN_OPEN_BRACKET, false },
	{ "]", TOKEN_CLOSE_BRACKET, true },
	{ "(", TOKEN_OPEN, false },
	{ ")", TOKEN_CLOSE, true },
	{ ".", TOKEN_DOT, true },
	{ "@", TOKEN_AT, false },
	{ ",", TOKEN_COMMA, false },
};
/* clang-format on */

/* clang-format off */
static const struct symbol words[] = {
	{ "*", TOKEN_MULTIPLY, false },
	{ "and", TOKEN_AND, false },
	{ "or", TOKEN_OR, false },
	{ "div", TOKEN_DIVIDE, false },
	{ "mod", TOKEN_MODULO, false },
};
/* clang-format on */

/* Typographic quotes that word processors put in place of ' and ". */
static const char *const fancy_quotes[] = { "\u2018", "\u2019", "\u201C", "\u201D",
					    "\u300C", "\u300D", "\uFF02", "\uFF07" };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of a blank at s, 0 when there is none. No-break and ideographic spaces
 * come in from spreadsheets. */
static size_t
blank_len(const char *s)
{
	if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
		return 1;
	if (!strncmp(s, "\u00A0", 2))
		return 2;
	if (!strncmp(s, "\u3000", 3) || !strncmp(s, "\uFEFF", 3))
		return 3;
	return 0;
}

static bool
is_name_start(const char *s)
{
	unsigned char c = (unsigned char)*s;

	if (c < 0x80)
		return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
	if (c == 0xC2 || blank_len(s)) /* U+0080-00BF: signs, no letters */
		return false;
	if (c == 0xE2 && ((unsigned char)s[1] == 0x80 || (unsigned char)s[1] == 0x81))
		return false; /* U+2000-207F: punctuation */
	if (c == 0xE3 && (unsigned char)s[1] == 0x80 && (unsigned char)s[2] < 0xA0)
		return false;                         /* U+3000-301F: CJK punctuation */
	if (c == 0xEF && (unsigned char)s[1] >= 0xBC) /* full-width signs */
		return false;
	return true;
}

static size_t
name_len(const char *s)
{
	size_t n = 0;

	if (!is_name_start(s))
		return 0;
	for (;;) {
		unsigned char c = (unsigned char)s[n];

		if (is_digit((char)c) || c == '-' || c == '.' || (c & 0xC0) == 0x80 ||
		    is_name_start(s + n))
			n++;
		else
			return n;
	}
}

static size_t
count_columns(struct lexer *lx)
{
	for (; lx->counted < lx->at; lx->counted++)
		lx->column += ((unsigned char)*lx->counted & 0xC0) != 0x80;
	return lx->column;
}

char
lexer_peek(const struct lexer *lx)
{
	const char *p = lx->at;

	while (blank_len(p))
		p += blank_len(p);
	return *p;
}

bool
lexer_peek_is(const struct lexer *lx, const char *text)
{
	const char *p = lx->at;

	while (blank_len(p))
		p += blank_len(p);
	return !strncmp(p, text, strlen(text));
}

static bool
set_token(struct lexer *lx, enum token_kind kind, const char *text, size_t len,
	  const char *end, bool operand)
{
	lx->token.kind = kind;
	lx->token.text = text;
	lx->token.len = len;
	lx->at = end;
	lx->after_operand = operand;
	return true;
}

static bool
lex_number(struct lexer *lx)
{
	const char *p = lx->at;

	while (is_digit(*p))
		p++;
	if (*p == '.')
		p++;
	while (is_digit(*p))
		p++;
	/* An exponent is not XPath's, but what other programs print has one. */
	if ((*p == 'e' || *p == 'E') &&
	    (is_digit(p[1]) || ((p[1] == '-' || p[1] == '+') && is_digit(p[2]))))
		for (p += 2; is_digit(*p);)
			p++;
	return set_token(lx, TOKEN_NUMBER, lx->at, (size_t)(p - lx->at), p, true);
}

static bool
lex_string(struct lexer *lx, struct err *err)
{
	const char *end = strchr(lx->at + 1, *lx->at);

	if (!end)
		return err_set(err, ERR_INPUT,
			       _("Column %zu: the quotation mark %c is never closed."),
			       lx->token.column, *lx->at);
	return set_token(lx, TOKEN_STRING, lx->at + 1, (size_t)(end - lx->at) - 1,
			 end + 1, true);
}

static bool
lex_name(struct lexer *lx, size_t len)
{
	const char *p = lx->at;

	if (p[len] == ':' && p[len + 1] == '*')
		return set_token(lx, TOKEN_PREFIX_ANY, p, len, p + len + 2, true);
	if (p[len] == ':' && name_len(p + len + 1))
		len += 1 + name_len(p + len + 1);
	return set_token(lx, TOKEN_NAME, p, len, p + len, true);
}

static bool
lex_unknown(const struct lexer *lx, struct err *err)
{
	size_t len = 1;

	for (size_t i = 0; i < sizeof(fancy_quotes) / sizeof(fancy_quotes[0]); i++)
		if (!strncmp(lx->at, fancy_quotes[i], strlen(fancy_quotes[i])))
			return err_set(err, ERR_INPUT,
				       _("Column %zu: %s is a typographic quotation "
					 "mark; write ' or "
					 "\" instead."),
				       lx->token.column, fancy_quotes[i]);
	while (((unsigned char)lx->at[len] & 0xC0) == 0x80)
		len++;
	return err_set(
	    err, ERR_INPUT,
	    _("Column %zu: the character %.*s has no meaning in an expression."),
	    lx->token.column, (int)len, lx->at);
}

bool
lexer_next(struct lexer *lx, struct err *err)
{
	size_t len;

	while ((len = blank_len(lx->at)))
		lx->at += len;
	lx->token.column = count_columns(lx);
	if (!*lx->at)
		return set_token(lx, TOKEN_END, lx->at, 0, lx->at, false);
	if (lx->after_operand)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			len = strlen(words[i].text);
			if (!strncmp(lx->at, words[i].text, len))
				return set_token(lx, words[i].kind, lx->at, len,
						 lx->at + len, false);
		}
	if (*lx->at == '*')
		return set_token(lx, TOKEN_ANY, lx->at, 1, lx->at + 1, true);
	if (is_digit(*lx->at) || (*lx->at == '.' && is_digit(lx->at[1])))
		return lex_number(lx);
	if (*lx->at == '"' || *lx->at == '\'')
		return lex_string(lx, err);
	if ((len = name_len(lx->at)))
		return lex_name(lx, len);
	if (*lx->at == '$' && (len = name_len(lx->at + 1)))
		return set_token(lx, TOKEN_VARIABLE, lx->at + 1, len, lx->at + 1 + len,
				 true);
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		len = strlen(symbols[i].text);
		if (!strncmp(lx->at, symbols[i].text, len))
			return set_token(lx, symbols[i].kind, lx->at, len, lx->at + len,
					 symbols[i].operand);
	}
	return lex_unknown(lx, err);
}

bool
lexer_init(struct lexer *lx, const char *source, struct err *err)
{
	*lx = (struct lexer){
		.source = source, .at = source, .counted = source, .column = 1
	};
	return lexer_next(lx, err);
}
