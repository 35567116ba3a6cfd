/*
 * lex - an expression's text as tokens
 *
 * "*", "and", "or", "div" and "mod" are operators after an operand and names
 * otherwise; after an operand a name needs no blank in front ("6andpath").
 */
#ifndef LEX_H
#define LEX_H

#include <stdbool.h>
#include <stddef.h>

struct err;

enum token_kind {
	TOKEN_END,
	TOKEN_NUMBER,
	TOKEN_STRING,     /* text is what stands between the quotes */
	TOKEN_NAME,       /* a or a:b */
	TOKEN_PREFIX_ANY, /* a:* ; text is a */
	TOKEN_VARIABLE,   /* $a ; text is a */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_OPEN_BRACKET,
	TOKEN_CLOSE_BRACKET,
	TOKEN_COMMA,
	TOKEN_SLASH,
	TOKEN_DOUBLE_SLASH,
	TOKEN_DOT,
	TOKEN_DOUBLE_DOT,
	TOKEN_AT,
	TOKEN_DOUBLE_COLON,
	TOKEN_ANY, /* * as a name */
	/* Operators, in the order of enum ast_kind. */
	TOKEN_OR,
	TOKEN_AND,
	TOKEN_EQUAL,
	TOKEN_NOT_EQUAL,
	TOKEN_LESS,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER,
	TOKEN_GREATER_EQUAL,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_MULTIPLY,
	TOKEN_DIVIDE,
	TOKEN_MODULO,
	TOKEN_UNION,
};

struct token {
	enum token_kind kind;
	const char *text; /* into the source */
	size_t len;
	size_t column; /* in characters, from 1 */
};

struct lexer {
	const char *source, *at;
	const char *counted; /* the columns up to here have been counted */
	size_t column;       /* of counted */
	bool after_operand;
	struct token token; /* the one to look at */
};

/* Reads the first token. False and err when it cannot be one. */
bool lexer_init(struct lexer *lx, const char *source, struct err *err);
bool lexer_next(struct lexer *lx, struct err *err);

/* What follows the token, blanks passed over: for telling a(…) from a. */
char lexer_peek(const struct lexer *lx);
bool lexer_peek_is(const struct lexer *lx, const char *text);

#endif
