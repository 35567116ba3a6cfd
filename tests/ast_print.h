/*
 * ast_print - an expression's tree as JavaRosa's XPathExpression.toString() has it
 */
#ifndef AST_PRINT_H
#define AST_PRINT_H

struct buf;
struct expr;

void ast_print(const struct expr *e, struct buf *out);

#endif
