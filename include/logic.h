/*
 * logic - what is relevant, required, calculated and right in a record
 *
 * When an answer changes, everything that depends on it is computed again, in the
 * order of dependency, and nothing else. Constraints look only at non-empty answers.
 * Irrelevant answers are kept until the record is finalised; so are the instances of a
 * repeat beyond its repeat_count, which are not relevant. A count that grows by its own
 * instances gives the next one when the last is done: nothing in it that must be
 * answered is empty, or its last question was answered. A chosen value that its
 * filter no longer lets through is cleared when what the filter reads changes. Meaning
 * as in the ODK XForms specification and JavaRosa.
 */
#ifndef LOGIC_H
#define LOGIC_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct clock;
struct def;
struct err;
struct form;
struct graph;
struct instance;
struct logic;
struct node;
struct text;

/* The graph of a form: readers call it last. NULL and err when calculations or
 * conditions depend on each other in a circle: the sentence names all of it. */
struct graph *graph_new(const struct form *form, struct err *err);
void graph_free(struct graph *graph);

/* What the record's surroundings give. All may be NULL. */
struct logic_world {
	const struct clock *clock; /* must not be NULL */
	const char *language;      /* "zh": of labels and dates in texts */
	const char *user, *device, *phone, *email;
	/* The worker's last saved record of this form (instance('__last-saved')). */
	const struct instance *last_saved;
	bool ignore_last_saved; /* defaults from it are not applied: imports */
};

/* Form, instance and what world points to must outlive it. Computes everything but
 * new instances for repeat counts: those come with logic_begin() or the next answer.
 * Whoever only looks at an old record stops the clock at its time: today() is asked
 * again. */
struct logic *logic_new(struct instance *in, const struct logic_world *world,
    struct err *err);
void logic_free(struct logic *logic);
/* What gives words in the language is computed again. */
void logic_use_language(struct logic *logic, const char *language);

/* A new record: defaults, start metadata, repeats that repeat_count asks for. */
bool logic_begin(struct logic *logic, struct err *err);
/* A record that is taken up again to be changed: what the form sets then. */
bool logic_resume(struct logic *logic, struct err *err);

/*
 * Answers a question: the text is made canonical for its type (full-width digits,
 * blanks around, "9:5" → "09:05" for times, NFC), then everything that depends on it
 * follows. False and err when it cannot be such an answer at all ("abc" for an
 * integer, no such choice, no such day): nothing has changed then. A constraint that
 * fails is not an error here, nor is a choice that the filter keeps out: ask
 * logic_check(). "" empties. A calculate and what is read-only refuse any other text
 * than the one that they have.
 */
bool logic_answer(struct logic *logic, struct node *node, const char *text,
    struct err *err);

/* Adds (with defaults) or deletes an instance of a repeat. index from 0. */
struct node *logic_repeat_add(struct logic *logic, struct node *parent,
    const struct def *repeat, size_t index, struct err *err);
bool logic_repeat_delete(struct logic *logic, struct node *repeat, struct err *err);
bool logic_repeat_move(struct logic *logic, struct node *repeat, size_t index,
    struct err *err);
/* False when the repeat's number of instances is the form's to say. */
bool logic_repeat_is_free(const struct logic *logic, const struct def *repeat);

enum logic_verdict {
	LOGIC_GOOD,
	LOGIC_REQUIRED,   /* empty, and must not be */
	LOGIC_CONSTRAINT, /* against the form's rule */
	LOGIC_TYPE,       /* not an answer of its type (from an import or a new form) */
	LOGIC_CHOICE,     /* not, or no longer, among the choices */
	LOGIC_UNSERVED,   /* required, but a terminal cannot serve it */
};

/* message gets the form's own sentence or ours, in the language in use. Irrelevant
 * nodes are good. */
enum logic_verdict logic_check(struct logic *logic, const struct node *node,
    struct buf *message);

/* Everything, in document order: the first node that is not good, or NULL. report
 * (may be NULL) hears of all of them. */
struct node *logic_check_all(struct logic *logic, struct buf *message,
    void (*report)(struct node *node, enum logic_verdict verdict, const char *message,
        void *data),
    void *data);

/* Choices of a select that its filter lets through: rows of its list, in the list's
 * order (or in one by chance, where the form wants it). Lent until the next call on
 * logic. Rows of choices that are answers themselves (a repeat's) hold until the
 * question's choices are asked for again, and have no list but this. */
const size_t *logic_choices(struct logic *logic, const struct node *node, size_t *count,
    struct err *err);
/* Label of a row in the language in use; never NULL, the name when there is none. One
 * with answers in it is lent until the next answer or logic_choices(). */
const char *logic_choice_label(struct logic *logic, const struct def *def, size_t row);
const char *logic_choice_name(const struct logic *logic, const struct def *def,
    size_t row);

/* An answer in words: choice labels joined, dates as they are; masked answers masked
 * unless show_masked. Appends to out. */
void logic_answer_text(struct logic *logic, const struct node *node, bool show_masked,
    struct buf *out);

/* A label, hint or message with the answers put in, masked ones masked. Appends; nothing
 * when NULL. */
void logic_text(struct logic *logic, const struct text *text, const struct node *node,
    struct buf *out);
/* The label of a node's definition in the language in use, its name when it has none. */
void logic_label(struct logic *logic, const struct node *node, struct buf *out);

/* The record's own name (instance_name), as other programs want it; appends nothing when
 * the form has none. */
void logic_instance_name(struct logic *logic, struct buf *out);
/* The same as lists show it: masked answers in it masked. */
void logic_title(struct logic *logic, struct buf *out);

/* What is filled at the end: end metadata. Then everything is settled again. */
void logic_finish(struct logic *logic);

#endif
