/*
 * instance - the answers of one record, as a tree that mirrors its form
 *
 * A repeat has one node an instance of it, all siblings. Answers are text, as ODK
 * writes them; an empty one is "". The tree itself is a struct tree, so expressions
 * walk it: what is not relevant is hidden from them, groups read as "", as in
 * JavaRosa. Changing it here recomputes nothing: that is logic.h.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

struct buf;
struct def;
struct err;
struct form;
struct instance;

struct node {
	const struct def *def;
	struct node *parent, *first, *last, *next, *prev;
	uint32_t id;
	char *text; /* never NULL; "" for groups and repeats */

	/* Kept by logic.h. relevant: itself and everything around it. */
	bool self_relevant, relevant, required, readonly;
	bool touched; /* answered by the person, not by a default */

	/* Private. */
	struct node *places; /* of the repeats below it, chained by next */
	bool is_place;
	unsigned char dirty; /* logic.h: rules that wait to be computed, a bit each */
	unsigned char broken; /* logic.h: rules that could not be computed */
	bool rule_relevant, beyond, self_readonly, filter_waits; /* logic.h */
	bool is_truth; /* logic.h: a calculation gave true or false: "1" or "0" */
	bool is_day;   /* logic.h: a calculation gave a day, whatever is written */
};

/* Everything present, repeats without an instance, no defaults, all relevant. The
 * form must outlive it. */
struct instance *instance_new(const struct form *form);
void instance_free(struct instance *in);

const struct form *instance_form(const struct instance *in);
struct node *instance_root(const struct instance *in);
const struct tree *instance_tree(const struct instance *in);
struct node *instance_node(const struct instance *in, uint32_t id);
struct node_ref instance_ref(const struct instance *in, const struct node *node);

/* Document order, depth first; NULL after the last. */
struct node *instance_next(const struct node *node);

void instance_set(struct instance *in, struct node *node, const char *text);

/* Instances of a repeat below the node of the group it stands in. */
size_t instance_repeat_count(const struct node *parent, const struct def *repeat);
struct node *instance_repeat_at(const struct node *parent, const struct def *repeat,
    size_t index); /* from 0; NULL past the end */
size_t instance_repeat_index(const struct node *repeat);
struct node *instance_repeat_add(struct instance *in, struct node *parent,
    const struct def *repeat, size_t index);
void instance_repeat_delete(struct instance *in, struct node *repeat);
void instance_repeat_move(struct instance *in, struct node *repeat, size_t index);
/* Where a repeat's instances stand, there without any too: a node outside the tree
 * whose relevant says whether there may be instances here. */
struct node *instance_repeat_place(const struct node *parent, const struct def *repeat);

/* "g_who/room", "needs[2]/need_text": from the root's children, positions from 1 where
 * the definition repeats. Find also takes a bare name outside repeats. */
void instance_path(const struct node *node, struct buf *out);
struct node *instance_find(const struct instance *in, const char *path);
/* The node of a definition that stands in no repeat; NULL otherwise. */
struct node *instance_alone(const struct instance *in, const struct def *def);
/* The node of def nearest to from: in the same repeat instances, in the first one of
 * those that from does not stand in; NULL when none. */
struct node *instance_near(const struct node *from, const struct def *def);

/*
 * The answers as JSON, as the notebook keeps them and the wire carries them: a group is
 * an object, a repeat an array of objects, integers and decimals numbers, all else
 * strings; empty answers and notes are left out, calculations are there (as numbers when
 * they print as one); a group without any is left out, a repeat without instances is [].
 * only_relevant prunes what is not relevant. The bytes are canonical: same answers, same
 * bytes.
 */
void instance_to_json(const struct instance *in, bool only_relevant, struct buf *out);

/* Fills a new instance from that tree. An answer the form has no place for is an
 * error unless lenient, when it is passed over. */
bool instance_from_json(struct instance *in, const char *json, size_t len, bool lenient,
    struct err *err);

/*
 * What may be seen of masked answers is their end (text_mask()). A text that the form
 * makes of answers (a label, a title, a calculation) may have one in it as it stands:
 * there it is masked as well. What a form takes apart is the form's own affair.
 */
/* Appends such a text. */
void instance_veil(const struct instance *in, const char *text, struct buf *out);
/* Appends the node's answer. */
void instance_seen(const struct instance *in, const struct node *node, struct buf *out);
/* All answers become what may be seen of them: for what leaves the notebook. */
void instance_mask(struct instance *in);

#endif
