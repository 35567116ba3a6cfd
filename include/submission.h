/*
 * submission - a record as the XML that ODK's servers take
 *
 * The instance XML of https://getodk.github.io/xforms-spec/: the form's root element
 * with its id and version, the names, prefixes and attributes that the form's own
 * instance has, answers as they stand, what is not relevant left out, and in meta what
 * the record is called. The same record gives the same bytes, on one line: a server
 * takes a byte that changed for another record, so session_submission() keeps them.
 */
#ifndef SUBMISSION_H
#define SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include "uuid.h"

struct buf;
struct err;
struct instance;

#define SUBMISSION_ID_SIZE (UUID_SIZE + 5)

/* A revision's instanceID: "uuid:" and the record's own id for the first, one made from
 * it for each later one. */
void submission_id(const char *record_id, int rev, char out[SUBMISSION_ID_SIZE]);

struct submission {
	const char *id;         /* instanceID */
	const char *deprecated; /* that of the revision which it replaces, or NULL */
	const char *name;       /* instanceName; "" or NULL: none */
	bool answered;          /* what has no answer is left out as well: for answers
	                         * of which nobody knows what was relevant */
};

/* Appends the document: UTF-8, well-formed, without a line break. Bytes that XML cannot
 * hold are left out. */
void submission_write(const struct instance *in, const struct submission *s,
    struct buf *out);

/*
 * Fills a new instance (no defaults, no repeats) with the answers of such a document,
 * from whichever program. False and err when it is not well-formed, is of another form
 * or has what the form has no place for. What meta says is passed over where the form
 * does not ask it.
 */
bool submission_read(struct instance *in, const char *xml, size_t len, struct err *err);

#endif
