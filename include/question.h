/*
 * question - the kinds of question a form can ask
 *
 * One row a kind: its XLSForm name, what its answer is, what it needs. Adding a
 * kind is adding a row and, when it is typed differently, a field editor.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include <stdbool.h>

struct err;

/* What an answer is, once it stands in the record. */
enum answer_type {
	ANSWER_NONE,     /* notes: never an answer */
	ANSWER_STRING,
	ANSWER_INTEGER,
	ANSWER_DECIMAL,
	ANSWER_DATE,     /* 2026-11-02 */
	ANSWER_TIME,     /* 09:10, or 09:10:00.000+08:00 from elsewhere */
	ANSWER_DATETIME, /* RFC 3339 */
	ANSWER_ONE,      /* a choice's name */
	ANSWER_MANY,     /* choice names, one blank between */
};

enum question_kind {
	QUESTION_TEXT,
	QUESTION_INTEGER,
	QUESTION_DECIMAL,
	QUESTION_DATE,
	QUESTION_TIME,
	QUESTION_DATETIME,
	QUESTION_SELECT_ONE,
	QUESTION_SELECT_MULTIPLE,
	QUESTION_RANK,
	QUESTION_RANGE,
	QUESTION_ACKNOWLEDGE,
	QUESTION_NOTE,
	QUESTION_CALCULATE,
	QUESTION_HIDDEN,
	QUESTION_BARCODE,
	QUESTION_GEOPOINT,
	QUESTION_GEOTRACE,
	QUESTION_GEOSHAPE,
	QUESTION_IMAGE,
	QUESTION_AUDIO,
	QUESTION_VIDEO,
	QUESTION_FILE,
	/* filled by the program */
	QUESTION_START,
	QUESTION_END,
	QUESTION_TODAY,
	QUESTION_DEVICEID,
	QUESTION_USERNAME,
	QUESTION_PHONENUMBER,
	QUESTION_EMAIL,
	QUESTION_AUDIT,
	QUESTION_START_GEOPOINT,
	QUESTION_BACKGROUND_AUDIO,
	QUESTION_XML_EXTERNAL,
	QUESTION_CSV_EXTERNAL,
	QUESTION_KINDS
};

struct question_row {
	enum question_kind kind;
	const char *name; /* the XLSForm reference's spelling */
	enum answer_type answer;
	bool asked;     /* the person at the keyboard sees it */
	bool served;    /* a text terminal can serve it; else "not available here" */
	bool wants_list;
};

/* Indexed by kind. */
extern const struct question_row question_rows[QUESTION_KINDS];

/* By XLSForm name or one of pyxform's aliases ("int", "select1", "gps"); NULL when
 * unknown. */
const struct question_row *question_named(const char *name);

#endif
