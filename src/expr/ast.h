/*
 * ast - an expression as the parser leaves it: nodes in an arena, never changed again
 */
#ifndef AST_H
#define AST_H

#include <stdbool.h>
#include <stddef.h>

struct ast;
struct function;
struct regex;

/* Deepest nesting of brackets, and deepest tree (1 + 1 + 1 … is one level a term). */
#define AST_NESTING_MAX 200
#define AST_DEPTH_MAX   2000

enum ast_kind {
	AST_NUMBER,
	AST_STRING,
	AST_NEGATE,
	AST_OR,
	AST_AND,
	AST_EQUAL,
	AST_NOT_EQUAL,
	AST_LESS,
	AST_LESS_EQUAL,
	AST_GREATER,
	AST_GREATER_EQUAL,
	AST_ADD,
	AST_SUBTRACT,
	AST_MULTIPLY,
	AST_DIVIDE,
	AST_MODULO,
	AST_UNION,
	AST_CALL,
	AST_FILTER, /* (…)[predicate] */
	AST_PATH,
	AST_VARIABLE, /* $name: parsed, because JavaRosa does; nothing can set one */
};

enum axis {
	AXIS_CHILD,
	AXIS_PARENT,
	AXIS_SELF,
	AXIS_DESCENDANT,
	AXIS_DESCENDANT_OR_SELF,
	AXIS_ANCESTOR,
	AXIS_ANCESTOR_OR_SELF,
	AXIS_FOLLOWING_SIBLING,
	AXIS_PRECEDING_SIBLING,
	AXIS_ATTRIBUTE,
	AXIS_FOLLOWING,
	AXIS_PRECEDING,
	AXIS_NAMESPACE,
};

enum node_test {
	TEST_NAME,
	TEST_ANY,    /* * */
	TEST_ANY_IN, /* prefix:* ; name is the prefix */
	TEST_NODE,   /* node(), and what . and .. mean */
	TEST_TEXT,
	TEST_COMMENT,
	TEST_INSTRUCTION,
};

struct step {
	enum axis axis;
	enum node_test test;
	const char *name;
	const struct ast **predicates;
	size_t predicate_count;
	size_t column;
};

enum path_start { PATH_ROOT, PATH_CONTEXT, PATH_EXPR };

struct ast {
	enum ast_kind kind;
	unsigned depth;
	size_t column; /* in characters, from 1 */
	union {
		double number;
		struct {
			const char *text;
			const struct regex *regex; /* compiled, as a pattern */
			const struct ast *path;    /* parsed, where a path is quoted */
		} string;
		const char *variable;
		struct {
			const struct ast *left, *right; /* right is NULL for a minus */
		} pair;
		struct {
			const struct function *function; /* NULL: no such function */
			const char *name;
			const struct ast **args;
			size_t count;
		} call;
		struct {
			const struct ast *primary;
			const struct ast **predicates;
			size_t predicate_count;
		} filter;
		struct {
			enum path_start start;
			const struct ast *primary; /* PATH_EXPR only */
			struct step *steps;
			size_t count;
		} path;
	};
};

struct expr {
	const char *text;
	const struct ast *root;
};

#endif
