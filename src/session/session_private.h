/*
 * session_private - what the files of this folder share; for nobody else
 */
#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include "buf.h"
#include "clock.h"
#include "logic.h"
#include "uuid.h"

struct err;
struct form;
struct instance;
struct notebook;

struct session {
	struct notebook *nb;
	const struct form *form;
	struct instance *in, *last_saved;
	struct logic *logic;
	struct logic_world world;
	struct clock stopped; /* of a record that is only looked at */
	char *user, *device;
	char id[UUID_SIZE]; /* "" until the first answer is saved */
	char *cursor;       /* or NULL */
	bool saved, view_only;
	bool second; /* nothing of it is stored: session_again() */
	struct buf json, title; /* kept between saves for their room */
};

struct session *session_open(struct notebook *nb, const struct form *form,
    const char *language, const struct clock *clock, const char *user, struct err *err);
bool session_store_final(struct session *s, struct err *err);
/* submission.c: the XML of a revision that was just made. */
bool session_keep_xml(struct session *s, int rev, struct err *err);

/* words.c: the day that the record is about (its first date question that has
 * an answer), and all answers in words for the search. */
void session_day(const struct session *s, char day[16]);
void session_words(struct session *s, struct buf *out);

#endif
