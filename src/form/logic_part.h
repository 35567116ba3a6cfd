/*
 * logic_part - what the parts of logic share
 */
#ifndef LOGIC_PART_H
#define LOGIC_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expr.h"
#include "form.h"
#include "graph.h"
#include "logic.h"

struct arena;
struct buf;
struct def;
struct list;
struct text;

/* Instances that a repeat_count may ask for; what is above it is taken as a slip. */
#define LOGIC_COUNT_MAX 2000

/* A rule that waits to be computed for a node. */
struct waiting {
	uint32_t rule, node;
};

/* What the form sets by itself when all rules are computed. */
struct pending {
	uint32_t node;
	unsigned depth; /* of changes that made it wait */
	const struct expr *expr;
};

/* Numbers that grow at the end. */
struct ids {
	uint32_t *items;
	size_t count, cap;
};

struct logic {
	struct instance *in;
	const struct form *form;
	const struct graph *graph;
	struct logic_world world;
	size_t language;
	struct arena *arena; /* of one evaluation */
	const struct node *at; /* where the last one began */
	struct arena *lent;  /* labels, until choices are asked for or answers change */

	struct waiting *heap; /* the first in the graph's order on top */
	size_t heap_count, heap_cap;
	struct pending *pending; /* in the order in which they are to be set */
	size_t pending_count, pending_cap, pending_done;
	struct ids held; /* places whose count was not allowed to add yet */
	bool hold_counts;

	const struct def *asking;       /* the question of instance(GRAPH_CHOICES) */
	struct instance *nothing_saved; /* stands in for a last saved record */
	size_t *rows;                   /* lent by logic_choices() */
	uint32_t chosen_at;             /* the node that they were asked for */
	size_t row_cap;
	struct list **node_lists; /* by definition: choices read from nodes; or NULL */
};

/* ---- logic.c ---- */

/* Resets the arena: what an earlier evaluation gave is gone. */
struct expr_context logic_context(struct logic *l, const struct node *node);

/* Somebody answers it: counts may wait for the last instance. */
void logic_touch(struct logic *l, struct node *node);

/* ---- logic_text.c ---- */

/* A text with the answers in it, in an arena. An expression may be at work. */
const char *logic_text_now(struct logic *l, const struct text *text,
			   const struct node *node, struct arena *a);

/* ---- logic_value.c ---- */

/* A value as the question's type writes it; lives in the arena. */
const char *logic_value_text(struct logic *l, const struct def *def,
			     const struct value *v);
/* A text as the question's type writes it, where it can; lives in the arena. */
const char *logic_typed_text(struct logic *l, const struct def *def, const char *text);
/* Static defaults (where wanted) and metadata now; dynamic defaults in their turn. */
void compute_defaults(struct logic *l, struct node *top, bool statics);

/* ---- logic_actions.c ---- */

/* These make what is to be set wait for compute_settle(). */
void actions_default(struct logic *l, const struct node *node);
void actions_event(struct logic *l, enum form_event event);
void actions_new_repeat(struct logic *l, const struct node *repeat);
void actions_changed(struct logic *l, const struct node *node, unsigned depth);
/* Sets the next; false when none waits. */
bool actions_next(struct logic *l);
/* Adds the instances that the form has in itself to the repeats below top, down to
 * those. */
void actions_initial(struct logic *l, struct node *top);

/* ---- logic_compute.c ---- */

void compute_wait(struct logic *l, struct node *node, enum rule_kind kind);
/* Makes the rules of a node and all below it wait, with what is known of the form
 * already in their flags. */
void compute_enter(struct logic *l, struct node *top);
/* A new instance as it is, its rules waiting. */
struct node *compute_add_bare(struct logic *l, struct node *parent,
			      const struct def *repeat, size_t index);
/* With its defaults. */
struct node *compute_add(struct logic *l, struct node *parent, const struct def *repeat,
			 size_t index);
/* Instances of a repeat came, went or changed places. */
void compute_places(struct logic *l, struct node *parent, const struct def *repeat);
/* Puts text there and makes what reads it wait. True when it is another text. */
bool compute_set(struct logic *l, struct node *node, const char *text);
/* Makes what depends on the language wait. */
void compute_language(struct logic *l);
/* Puts an expression's value there, written as the question's type is; "" when it
 * cannot be computed. */
bool compute_put(struct logic *l, struct node *node, const struct expr *e);
/* Until nothing waits. False when it does not come to rest. */
bool compute_settle(struct logic *l, struct err *err);
/* The next node below top, depth first; NULL at the end. */
struct node *compute_next(const struct node *top, const struct node *node);

/* ---- logic_answer.c ---- */

/* What was typed as the question's type writes it; appended to out. */
bool answer_canonical(const struct logic *l, const struct def *def, const char *text,
		      struct buf *out, struct err *err);

/* ---- logic_choices.c ---- */

/* As logic_choice_label(), with the answers of the question at node in it. */
const char *choices_label(struct logic *l, const struct node *node, size_t row);

/* The rows of a question's choices; of those read from nodes as they are now, there. */
struct list *choices_list(struct logic *l, const struct node *node, struct err *err);
void choices_free(struct logic *l);

/* True when the filter lets a row of that name through, or there is none. False and
 * err when it cannot be computed. */
bool choices_allow(struct logic *l, const struct node *node, const char *name,
		   bool *allowed, struct err *err);
/* Takes the next name of an answer from *at on; NULL after the last. One choice may
 * have blanks in its name, several are parted by them. */
const char *choices_next(const struct def *def, struct arena *a, const char **at);
/* Drops the chosen names that the filter does not let through; true when any went. */
bool choices_prune(struct logic *l, struct node *node, struct err *err);

#endif
