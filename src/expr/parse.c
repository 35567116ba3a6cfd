/* Precedence climbing over the tokens of lex.h; everything goes into one arena. */
#include "ast.h"
#include "functions.h"
#include "lex.h"
#include "regex.h"

#include "arena.h"
#include "err.h"
#include "expr.h"
#include "i18n.h"
#include "value.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct lexer lx;
	struct arena *arena;
	struct err *err;
	unsigned nesting;
	bool late; /* calls that cannot work are not looked for */
};

struct list {
	const struct ast **items;
	size_t count, cap;
};

/* Loosest first; all lean to the left. */
static const struct operation {
	enum token_kind token;
	enum ast_kind kind;
	int binding;
} operations[] = {
	{ TOKEN_OR, AST_OR, 1 },
	{ TOKEN_AND, AST_AND, 2 },
	{ TOKEN_EQUAL, AST_EQUAL, 3 },
	{ TOKEN_NOT_EQUAL, AST_NOT_EQUAL, 3 },
	{ TOKEN_LESS, AST_LESS, 4 },
	{ TOKEN_LESS_EQUAL, AST_LESS_EQUAL, 4 },
	{ TOKEN_GREATER, AST_GREATER, 4 },
	{ TOKEN_GREATER_EQUAL, AST_GREATER_EQUAL, 4 },
	{ TOKEN_PLUS, AST_ADD, 5 },
	{ TOKEN_MINUS, AST_SUBTRACT, 5 },
	{ TOKEN_MULTIPLY, AST_MULTIPLY, 6 },
	{ TOKEN_DIVIDE, AST_DIVIDE, 6 },
	{ TOKEN_MODULO, AST_MODULO, 6 },
	{ TOKEN_UNION, AST_UNION, 8 },
};

#define BINDING_MINUS 7

static const struct {
	const char *name;
	enum axis axis;
} axes[] = {
	{ "child", AXIS_CHILD },
	{ "parent", AXIS_PARENT },
	{ "self", AXIS_SELF },
	{ "descendant", AXIS_DESCENDANT },
	{ "descendant-or-self", AXIS_DESCENDANT_OR_SELF },
	{ "ancestor", AXIS_ANCESTOR },
	{ "ancestor-or-self", AXIS_ANCESTOR_OR_SELF },
	{ "following-sibling", AXIS_FOLLOWING_SIBLING },
	{ "preceding-sibling", AXIS_PRECEDING_SIBLING },
	{ "attribute", AXIS_ATTRIBUTE },
	{ "following", AXIS_FOLLOWING },
	{ "preceding", AXIS_PRECEDING },
	{ "namespace", AXIS_NAMESPACE },
};

static const struct {
	const char *name;
	enum node_test test;
} node_types[] = {
	{ "node", TEST_NODE },
	{ "text", TEST_TEXT },
	{ "comment", TEST_COMMENT },
	{ "processing-instruction", TEST_INSTRUCTION },
};

static struct ast *parse_binary(struct parser *p, int binding);

static enum token_kind
kind(const struct parser *p)
{
	return p->lx.token.kind;
}

static bool
next(struct parser *p)
{
	return lexer_next(&p->lx, p->err);
}

static struct ast *
fail(struct parser *p, const char *wanted)
{
	const struct token *t = &p->lx.token;

	if (t->kind == TOKEN_END)
		err_set(p->err, ERR_INPUT,
			_("Column %zu: the expression ends where %s should stand."),
			t->column, wanted);
	else
		err_set(p->err, ERR_INPUT,
			_("Column %zu: \"%.*s\" stands where %s should."), t->column,
			t->len < 40 ? (int)t->len : 40, t->text, wanted);
	return NULL;
}

static struct ast *
node_new(struct parser *p, enum ast_kind k, size_t column)
{
	struct ast *n = arena_alloc(p->arena, sizeof(*n));

	n->kind = k;
	n->column = column;
	n->depth = 1;
	return n;
}

/* Takes over the child's depth; false and err when the tree grew too deep. */
static bool
deepen(struct parser *p, struct ast *n, const struct ast *child)
{
	if (child->depth >= n->depth)
		n->depth = child->depth + 1;
	if (n->depth <= AST_DEPTH_MAX)
		return true;
	return err_set(
	    p->err, ERR_INPUT,
	    _("Column %zu: the expression is too long; split it into several "
	      "calculations."),
	    n->column);
}

static bool
enter(struct parser *p)
{
	if (++p->nesting <= AST_NESTING_MAX)
		return true;
	return err_set(p->err, ERR_INPUT,
		       _("Column %zu: more than %d brackets inside each other; split "
			 "the expression "
			 "into several calculations."),
		       p->lx.token.column, AST_NESTING_MAX);
}

static void
list_push(struct parser *p, struct list *l, const struct ast *item)
{
	if (l->count == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 4;
		const struct ast **items =
		    arena_alloc(p->arena, cap * sizeof(struct ast *));

		if (l->count)
			memcpy(items, l->items, l->count * sizeof(struct ast *));
		l->items = items;
		l->cap = cap;
	}
	l->items[l->count++] = item;
}

static bool
token_is(const struct token *t, const char *text)
{
	return strlen(text) == t->len && !memcmp(t->text, text, t->len);
}

static char *
token_text(struct parser *p)
{
	return arena_strndup(p->arena, p->lx.token.text, p->lx.token.len);
}

static bool
parse_predicates(struct parser *p, struct list *predicates)
{
	while (kind(p) == TOKEN_OPEN_BRACKET) {
		struct ast *inner;

		if (!enter(p) || !next(p) || !(inner = parse_binary(p, 0)))
			return false;
		if (kind(p) != TOKEN_CLOSE_BRACKET)
			return fail(p, _("]")) != NULL;
		p->nesting--;
		list_push(p, predicates, inner);
		if (!next(p))
			return false;
	}
	return true;
}

static bool
parse_arguments(struct parser *p, struct list *args)
{
	if (!enter(p) || !next(p))
		return false;
	while (kind(p) != TOKEN_CLOSE) {
		struct ast *arg = parse_binary(p, 0);

		if (!arg)
			return false;
		list_push(p, args, arg);
		if (kind(p) == TOKEN_CLOSE)
			break;
		if (kind(p) != TOKEN_COMMA)
			return fail(p, _("a comma or )")) != NULL;
		if (!next(p))
			return false;
		if (kind(p) == TOKEN_CLOSE)
			return fail(p, _("one more argument")) != NULL;
	}
	p->nesting--;
	return next(p);
}

/* What can be made ready once: a pattern, a path in quotes. */
static bool
prepare_literal(struct parser *p, const struct ast *call, size_t index)
{
	/* The literal was made by this parser and nobody else holds it yet. */
	struct ast *literal = (struct ast *)(uintptr_t)call->call.args[index];
	const struct expr *path;
	struct err why = { 0 };

	if (literal->kind != AST_STRING)
		return true;
	if (call->call.function->flags & FUNCTION_PATH) {
		path = expr_parse_late(literal->string.text, p->arena, &why);
		literal->string.path = path ? path->root : NULL;
		return true;
	}
	literal->string.regex = regex_new(literal->string.text, p->arena, &why);
	if (literal->string.regex || p->late)
		return true;
	return err_set(p->err, ERR_INPUT, _("Column %zu: %s(): %s"), literal->column,
		       call->call.name, why.text);
}

static bool
check_call(struct parser *p, const struct ast *n)
{
	const struct function *f = n->call.function;

	if (f && function_takes(f, n->call.count)) {
		if ((f->flags & (FUNCTION_PATTERN | FUNCTION_PATH)) &&
		    n->call.count > 1 && !prepare_literal(p, n, 1))
			return false;
		return true;
	}
	return p->late || function_mistake(n, p->err);
}

static struct ast *
parse_call(struct parser *p)
{
	struct ast *n = node_new(p, AST_CALL, p->lx.token.column);
	struct list args = { 0 };

	n->call.name = token_text(p);
	n->call.function = function_find(n->call.name);
	if (!next(p) || !parse_arguments(p, &args))
		return NULL;
	n->call.args = args.items;
	n->call.count = args.count;
	for (size_t i = 0; i < args.count; i++)
		if (!deepen(p, n, args.items[i]))
			return NULL;
	return check_call(p, n) ? n : NULL;
}

static struct ast *
parse_primary(struct parser *p)
{
	struct ast *n;

	switch ((int)kind(p)) {
	case TOKEN_NUMBER:
		n = node_new(p, AST_NUMBER, p->lx.token.column);
		n->number = strtod(token_text(p), NULL);
		break;
	case TOKEN_STRING:
		n = node_new(p, AST_STRING, p->lx.token.column);
		n->string.text = token_text(p);
		break;
	case TOKEN_VARIABLE:
		n = node_new(p, AST_VARIABLE, p->lx.token.column);
		n->variable = token_text(p);
		break;
	case TOKEN_OPEN:
		if (!enter(p) || !next(p) || !(n = parse_binary(p, 0)))
			return NULL;
		if (kind(p) != TOKEN_CLOSE)
			return fail(p, _(")"));
		p->nesting--;
		break;
	default:
		return parse_call(p);
	}
	return next(p) ? n : NULL;
}

static bool
is_node_type(const struct token *t)
{
	for (size_t i = 0; i < sizeof(node_types) / sizeof(node_types[0]); i++)
		if (token_is(t, node_types[i].name))
			return true;
	return false;
}

/* Does a location path start here, or something else that has a value? */
static bool
at_primary(const struct parser *p)
{
	switch ((int)kind(p)) {
	case TOKEN_NUMBER:
	case TOKEN_STRING:
	case TOKEN_VARIABLE:
	case TOKEN_OPEN:
		return true;
	case TOKEN_NAME:
		return lexer_peek(&p->lx) == '(' && !is_node_type(&p->lx.token);
	default:
		return false;
	}
}

/* text(), node(), …: the token is the name and "(" follows. */
static bool
parse_node_type(struct parser *p, struct step *s)
{
	for (size_t i = 0; i < sizeof(node_types) / sizeof(node_types[0]); i++)
		if (token_is(&p->lx.token, node_types[i].name)) {
			s->test = node_types[i].test;
			if (!next(p) || !next(p))
				return false;
			if (s->test == TEST_INSTRUCTION && kind(p) == TOKEN_STRING) {
				s->name = token_text(p);
				if (!next(p))
					return false;
			}
			if (kind(p) != TOKEN_CLOSE)
				return fail(p, _(")")) != NULL;
			return next(p);
		}
	return fail(p, _("the name of a question")) != NULL;
}

static bool
parse_test(struct parser *p, struct step *s)
{
	switch ((int)kind(p)) {
	case TOKEN_ANY:
		s->test = TEST_ANY;
		s->name = "*";
		return next(p);
	case TOKEN_PREFIX_ANY:
		s->test = TEST_ANY_IN;
		s->name = token_text(p);
		return next(p);
	case TOKEN_NAME:
		if (lexer_peek(&p->lx) == '(')
			return parse_node_type(p, s);
		s->test = TEST_NAME;
		s->name = token_text(p);
		return next(p);
	default:
		return fail(p, _("the name of a question")) != NULL;
	}
}

static bool
parse_axis(struct parser *p, struct step *s)
{
	for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
		if (token_is(&p->lx.token, axes[i].name)) {
			s->axis = axes[i].axis;
			return next(p) && next(p);
		}
	return fail(p, _("an axis such as child")) != NULL;
}

static bool
parse_step(struct parser *p, struct step *s)
{
	struct list predicates = { 0 };

	*s = (struct step){ .axis = AXIS_CHILD, .column = p->lx.token.column };
	if (kind(p) == TOKEN_DOT || kind(p) == TOKEN_DOUBLE_DOT) {
		s->axis = kind(p) == TOKEN_DOT ? AXIS_SELF : AXIS_PARENT;
		s->test = TEST_NODE;
		if (!next(p))
			return false;
		if (kind(p) == TOKEN_OPEN_BRACKET)
			return err_set(p->err, ERR_INPUT,
				       _("Column %zu: . and .. cannot be filtered; "
					 "name the question "
					 "instead."),
				       p->lx.token.column);
		return true;
	}
	if (kind(p) == TOKEN_AT) {
		s->axis = AXIS_ATTRIBUTE;
		if (!next(p))
			return false;
	} else if (kind(p) == TOKEN_NAME && lexer_peek_is(&p->lx, "::")) {
		if (!parse_axis(p, s))
			return false;
	}
	if (!parse_test(p, s) || !parse_predicates(p, &predicates))
		return false;
	s->predicates = predicates.items;
	s->predicate_count = predicates.count;
	return true;
}

struct steps {
	struct step *items;
	size_t count, cap;
};

static struct step *
steps_push(struct parser *p, struct steps *s)
{
	if (s->count == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 4;
		struct step *items = arena_alloc(p->arena, cap * sizeof(*items));

		if (s->count)
			memcpy(items, s->items, s->count * sizeof(*items));
		s->items = items;
		s->cap = cap;
	}
	return &s->items[s->count++];
}

/* // is the step descendant-or-self::node(). */
static void
push_deep(struct parser *p, struct steps *s, size_t column)
{
	struct step *step = steps_push(p, s);

	step->axis = AXIS_DESCENDANT_OR_SELF;
	step->test = TEST_NODE;
	step->column = column;
}

static bool
at_step(const struct parser *p)
{
	switch ((int)kind(p)) {
	case TOKEN_NAME:
	case TOKEN_ANY:
	case TOKEN_PREFIX_ANY:
	case TOKEN_DOT:
	case TOKEN_DOUBLE_DOT:
	case TOKEN_AT:
		return true;
	default:
		return false;
	}
}

/* The steps after a start; a // is a step of its own. */
static bool
parse_steps(struct parser *p, struct ast *n, struct steps *steps)
{
	for (;;) {
		struct step *s = steps_push(p, steps);

		if (!parse_step(p, s))
			return false;
		for (size_t i = 0; i < s->predicate_count; i++)
			if (!deepen(p, n, s->predicates[i]))
				return false;
		if (kind(p) != TOKEN_SLASH && kind(p) != TOKEN_DOUBLE_SLASH)
			break;
		if (kind(p) == TOKEN_DOUBLE_SLASH)
			push_deep(p, steps, p->lx.token.column);
		if (!next(p))
			return false;
	}
	n->path.steps = steps->items;
	n->path.count = steps->count;
	return true;
}

static struct ast *
parse_location(struct parser *p)
{
	struct ast *n = node_new(p, AST_PATH, p->lx.token.column);
	struct steps steps = { 0 };
	bool deep = kind(p) == TOKEN_DOUBLE_SLASH;

	n->path.start = PATH_CONTEXT;
	if (deep || kind(p) == TOKEN_SLASH) {
		n->path.start = PATH_ROOT;
		if (deep)
			push_deep(p, &steps, n->column);
		if (!next(p))
			return NULL;
		if (!deep && !at_step(p))
			return n;
	}
	return parse_steps(p, n, &steps) ? n : NULL;
}

/* A value, perhaps filtered, perhaps with steps after it: current()/../a. */
static struct ast *
parse_filter(struct parser *p)
{
	struct list predicates = { 0 };
	struct ast *primary = parse_primary(p), *n;
	struct steps steps = { 0 };

	if (!primary || !parse_predicates(p, &predicates))
		return NULL;
	if (predicates.count) {
		n = node_new(p, AST_FILTER, primary->column);
		n->filter.primary = primary;
		n->filter.predicates = predicates.items;
		n->filter.predicate_count = predicates.count;
		if (!deepen(p, n, primary))
			return NULL;
		for (size_t i = 0; i < predicates.count; i++)
			if (!deepen(p, n, predicates.items[i]))
				return NULL;
		primary = n;
	}
	if (kind(p) != TOKEN_SLASH && kind(p) != TOKEN_DOUBLE_SLASH)
		return primary;
	n = node_new(p, AST_PATH, primary->column);
	n->path.start = PATH_EXPR;
	n->path.primary = primary;
	if (!deepen(p, n, primary))
		return NULL;
	if (kind(p) == TOKEN_DOUBLE_SLASH)
		push_deep(p, &steps, p->lx.token.column);
	return next(p) && parse_steps(p, n, &steps) ? n : NULL;
}

static struct ast *
parse_unary(struct parser *p)
{
	struct ast *n, *inner;

	if (kind(p) == TOKEN_MINUS) {
		n = node_new(p, AST_NEGATE, p->lx.token.column);
		if (!enter(p) || !next(p) || !(inner = parse_binary(p, BINDING_MINUS)))
			return NULL;
		p->nesting--;
		n->pair.left = inner;
		return deepen(p, n, inner) ? n : NULL;
	}
	if (at_primary(p))
		return parse_filter(p);
	if (at_step(p) || kind(p) == TOKEN_SLASH || kind(p) == TOKEN_DOUBLE_SLASH)
		return parse_location(p);
	return fail(p, _("a value"));
}

static const struct operation *
at_operation(const struct parser *p)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].token == kind(p))
			return &operations[i];
	return NULL;
}

static struct ast *
parse_binary(struct parser *p, int binding)
{
	struct ast *left = parse_unary(p), *n;
	const struct operation *op;

	while (left && (op = at_operation(p)) && op->binding > binding) {
		n = node_new(p, op->kind, p->lx.token.column);
		if (!next(p))
			return NULL;
		n->pair.left = left;
		n->pair.right = parse_binary(p, op->binding);
		if (!n->pair.right || !deepen(p, n, left) ||
		    !deepen(p, n, n->pair.right))
			return NULL;
		left = n;
	}
	return left;
}

static struct expr *
parse(const char *text, bool late, struct arena *arena, struct err *err)
{
	struct parser p = { .arena = arena, .err = err, .late = late };
	struct expr *e = arena_alloc(arena, sizeof(*e));

	e->text = arena_strdup(arena, text);
	if (!lexer_init(&p.lx, e->text, err))
		return NULL;
	e->root = parse_binary(&p, 0);
	if (e->root && kind(&p) != TOKEN_END) {
		fail(&p, _("an operator or the end"));
		return NULL;
	}
	return e->root ? e : NULL;
}

struct expr *
expr_parse(const char *text, struct arena *arena, struct err *err)
{
	return parse(text, false, arena, err);
}

struct expr *
expr_parse_late(const char *text, struct arena *arena, struct err *err)
{
	return parse(text, true, arena, err);
}

const char *
expr_text(const struct expr *e)
{
	return e->text;
}
