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

/* NULL and record (or only its kind), or the code to refuse with ("json", "too_big", "invalid") and
 * message and path filled (message in English). The id is filled whenever readable. */
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

struct wire_limits {
	long max_bytes, max_inflated, max_records;
};

/* What /v1/hello says, as far as a notebook wants it. */
struct wire_hello {
	int64_t time;      /* the collector's clock, milliseconds since 1970 */
	bool keeps_kinds;  /* takes lines of a batch that are no records */
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
