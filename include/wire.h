/*
 * wire - records as they cross the line: NDJSON, gzip and nothing else
 *
 * Both programs use it, so that they cannot disagree. Protocol: sync/PROTOCOL.md.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct outbox_item;

#define WIRE_VERSION      1
#define WIRE_BODY_MAX     (1u << 20)  /* bytes of a body as sent */
#define WIRE_INFLATED_MAX (16u << 20) /* bytes after gunzip */
#define WIRE_RATIO_MAX    100
#define WIRE_RATIO_FREE   (64u << 10) /* so much may come out at any ratio */
#define WIRE_RECORDS_MAX  1000
#define WIRE_RECORD_MAX   (64u << 10) /* bytes of one line */
#define WIRE_DEPTH_MAX    32
#define WIRE_STALL        60 /* seconds without a byte */
#define WIRE_FILE_MAX     (8u << 20)  /* bytes of a form or list that is sent down */

/* Appends one record as a line of the batch. */
void wire_record_write(const struct outbox_item *item, struct buf *out);

/* gzip, level 6, one member. */
bool wire_gzip(const void *data, size_t len, struct buf *out, struct err *err);

/* For batches, level 9, a piece at a time: only what is compressed is held. One packer
 * packs any number of bodies, one after the other. */
struct wire_packer;
struct wire_packer *wire_packer_new(void);
void wire_packer_free(struct wire_packer *p);
/* Begins a body; bytes are appended to out until the end. */
bool wire_packer_begin(struct wire_packer *p, struct buf *out, struct err *err);
bool wire_packer_add(struct wire_packer *p, const void *data, size_t len,
    struct err *err);
bool wire_packer_end(struct wire_packer *p, struct err *err);

enum wire_inflate_result {
	WIRE_INFLATED,
	WIRE_NOT_GZIP, /* or cut short, or with bytes after its end */
	WIRE_TOO_LARGE, /* over max bytes, or over WIRE_RATIO_MAX × its size */
	WIRE_NO_MEMORY,
};

/* Appends; stops at the ceiling, 64 kB at a time. Never ends the program for want of
 * memory. */
enum wire_inflate_result wire_gunzip(const void *data, size_t len, size_t max,
    struct buf *out);

/* A batch line taken apart; texts are lent from scratch until the next call, answers
 * from the line. What a line leaves out is "" or 0. */
struct wire_record {
	char id[37]; /* lower case; "" when it could not be read */
	long rev, base;
	const char *form, *version, *user, *station, *device, *at, *created;
	const char *hash, *base_hash;
	const char *answers; /* its bytes as they stand in the line; NULL: withdrawal */
	size_t answers_len;
	bool withdrawn;
	const char *why;
	const char *kind; /* "" for a record; else it is another thing: only this is read */
};

#define WIRE_KIND_SIZE 33 /* of a kind's name, with its NUL */

/* NULL and record (or only its kind), or the code to refuse with ("json", "too_big",
 * "invalid") and message and path filled (message in English). The id is filled whenever
 * readable. */
const char *wire_record_read(const char *line, size_t len, struct buf *scratch,
    struct wire_record *record, struct buf *path, struct buf *message);

/* One refused line of a batch, as the collector's answer names it; texts are lent. */
struct wire_refusal {
	size_t line; /* from 0 */
	const char *id; /* "" when the collector could not read it */
	long rev;
	const char *code, *path, *message;
};

/* The answer to the batch of that Batch-Id and so many records. False when it is not
 * one: nothing may be taken from it then, whatever the callback was told. */
bool wire_answer_read(const char *text, size_t len, const char *batch, size_t sent,
    void (*refusal)(const struct wire_refusal *refusal, void *data), void *data);

/* A line of the feed. What a line leaves out is "" or 0. */
enum wire_kind {
	WIRE_FORM,
	WIRE_LIST,
	WIRE_REVISION, /* wire_record_read_down() reads the rest of it */
	WIRE_MOVED,
	WIRE_FEEDBACK,
	WIRE_NEED,
	WIRE_OPEN,
	WIRE_ASSIGNMENT,
	WIRE_END,
	WIRE_KINDS,
	WIRE_UNKNOWN = WIRE_KINDS /* of a later version: to be kept */
};

struct wire_change {
	enum wire_kind kind;
	const char *line; /* as it stands */
	size_t len;
	const char *id, *name, *version, *sha256; /* sha256 in lower-case hex */
	const char *to, *state, *path, *message, *at;
	const char *ref, *day, *text, *due, *form, *cursor;
	const char *set; /* a JSON object, or NULL */
	size_t set_len;
	long rev;
	bool closed, more, again;
};

/* False when it is none; texts are lent from scratch and line. */
bool wire_change_read(const char *line, size_t len, struct buf *scratch,
    struct wire_change *change);
/* A page of the feed: change (may be NULL) hears of its lines in order and may say that
 * the page is none. False when it was cut, or is none: nothing may be taken from it. */
bool wire_changes_read(const char *text, size_t len,
    bool (*change)(const struct wire_change *change, void *data), void *data);

/* A WIRE_REVISION's line as a record: as wire_record_read(), which says more. False when
 * it is none. */
bool wire_record_read_down(const char *line, size_t len, struct buf *scratch,
    struct wire_record *record);

/* The answer of /v1/have: which of those asked for are not stored. False as above. */
bool wire_missing_read(const char *text, size_t len,
    void (*row)(const char *id, long rev, void *data), void *data);

/* The answer of /v1/enrol: whose laptop it is now. What it leaves out is "". */
struct wire_profile {
	const char *device, *user, *name, *role, *station;
	const char *key; /* 64 hex digits, or "" */
};
/* Texts are lent from scratch. False when it is none. */
bool wire_profile_read(const char *text, size_t len, struct buf *scratch,
    struct wire_profile *profile);

/* The NAME of a problem document's type "urn:minqing:problem:NAME". */
bool wire_problem_read(const char *text, size_t len, char *name, size_t size);

/*
 * Another carrier (a USB stick): a batch is a file that only the district can read, its
 * answer a file that only the laptop whose token is in the batch can read, and that only
 * somebody who knows the token can have made.
 */
#define WIRE_KEY_SIZE 32
#define WIRE_CARRIED_MAX (WIRE_BODY_MAX + 4096) /* bytes of either file */

struct wire_carried {
	const char *batch, *token;
	const void *body; /* gzip, as of a POST */
	size_t len;
};

void wire_key_new(unsigned char public_key[WIRE_KEY_SIZE],
    unsigned char secret_key[WIRE_KEY_SIZE]);
/* From 64 hex digits; false when it is not that, or a key that seals nothing. */
bool wire_key_read(const char *hex, unsigned char key[WIRE_KEY_SIZE]);
/* Appends the batch's file. */
void wire_seal(const unsigned char public_key[WIRE_KEY_SIZE],
    const struct wire_carried *carried, struct buf *out);
/* False when it is none, or sealed to another key. Lent from plain and scratch. */
bool wire_unseal(const unsigned char public_key[WIRE_KEY_SIZE],
    const unsigned char secret_key[WIRE_KEY_SIZE], const void *data, size_t len,
    struct buf *plain, struct buf *scratch, struct wire_carried *carried);
/* Appends the answer's file; what is in it (replaces what was in out), false when it is
 * none of that token's. */
void wire_lock(const char *token, const void *data, size_t len, struct buf *out);
bool wire_unlock(const char *token, const void *data, size_t len, struct buf *out);

/* What is in an answer: a JSON array of these. */
struct wire_verdict {
	const char *id;
	long rev;
	const char *hash;
	const char *code, *path, *message; /* code NULL: it is stored */
};
struct json_writer;
void wire_verdict_write(const struct wire_verdict *verdict, struct json_writer *w);
/* Texts are lent to the callback. False: nothing may be taken from it. */
bool wire_verdicts_read(const char *text, size_t len,
    void (*row)(const struct wire_verdict *verdict, void *data), void *data);

struct wire_limits {
	long max_bytes, max_inflated, max_records;
};

/* What /v1/hello says, as far as a notebook wants it. */
struct wire_hello {
	int64_t time;      /* the collector's clock, milliseconds since 1970 */
	bool keeps_kinds;  /* takes lines of a batch that are no records */
	char key[65];      /* the district's, in hex; "": it has none */
	long log_number;   /* of the last entry of this notebook's log that came; 0: none */
	char log_hash[65];
	char closing[12];  /* "17:00-18:30", its own local time; "": no such window */
	struct wire_limits limits; /* at most what stood there before */
};

/* "17:00-18:30" as minutes of the day, from < to; false when it is not that. */
bool wire_window_read(const char *text, int *from, int *to);

/* False when it is no hello of a collector that speaks WIRE_VERSION. */
bool wire_hello_read(const char *text, size_t len, struct wire_hello *hello);

/* Limits that a problem document (413) names replace those in limits when smaller. */
void wire_limits_read(const char *text, size_t len, struct wire_limits *limits);

#endif
