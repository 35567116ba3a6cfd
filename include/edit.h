/*
 * edit - text under a cursor: characters, words, undo, soft wrap; knows no screen
 *
 * The text is a UTF-8 buffer of exactly the bytes that were typed. The cursor stands
 * only between grapheme clusters. A soft wrap is a way of looking, never a newline.
 */
#ifndef EDIT_H
#define EDIT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct edit;

struct edit *edit_new(bool multiline, size_t max_chars); /* max_chars 0: 100,000 */
void edit_free(struct edit *e);

/* Replaces the text, forgets what could be undone, puts the cursor at the end. In one
 * line newlines and tabs become blanks; what is too long is kept (it was stored so). */
void edit_set(struct edit *e, const char *text, size_t len);
const char *edit_text(const struct edit *e); /* lent until the next change */
size_t edit_len(const struct edit *e);
size_t edit_cursor(const struct edit *e); /* a byte offset */
void edit_place(struct edit *e, size_t offset); /* moved back to a boundary */
/* Appends the text in NFC. */
void edit_value(const struct edit *e, struct buf *out);

/*
 * Each returns false when nothing could be done (an edge, a full field); nothing has
 * changed then. Insertions that grow over max_chars are refused whole when typed and
 * shortened when pasted (false as well when anything was lost).
 */
bool edit_insert(struct edit *e, const char *text, size_t len);
bool edit_paste(struct edit *e, const char *text, size_t len);
bool edit_left(struct edit *e);
bool edit_right(struct edit *e);
bool edit_word_left(struct edit *e);
bool edit_word_right(struct edit *e);
bool edit_delete_left(struct edit *e);
bool edit_delete_right(struct edit *e);
bool edit_delete_word_left(struct edit *e);
bool edit_delete_word_right(struct edit *e);
bool edit_undo(struct edit *e); /* a run of typing, a deletion, a paste at a time */
bool edit_redo(struct edit *e);

/* What is removed goes to kill (may be NULL). To the end or start of the line that
 * newlines make; at the end of one, the newline itself. */
bool edit_kill_to_end(struct edit *e, struct buf *kill);
bool edit_kill_to_start(struct edit *e, struct buf *kill);

/*
 * The text as rows of at most columns - 1 cells: one is kept free, so that the cursor
 * can stand behind the last. All that follows is about the layout of the last
 * edit_wrap(), which costs nothing when neither text nor width has changed.
 */
size_t edit_wrap(struct edit *e, int columns); /* rows, at least 1 */
/* Bytes [*from, *to) of a row, without its newline. */
void edit_row(const struct edit *e, size_t row, size_t *from, size_t *to);
/* Where the cursor stands: at the end of a row that a soft wrap made, both ends are
 * possible; End and Down choose the upper one. */
void edit_where(const struct edit *e, size_t *row, int *column);
/* By rows as seen, keeping the column wished for. False at the edges. */
bool edit_up(struct edit *e, size_t rows);
bool edit_down(struct edit *e, size_t rows);
/* Home and End of a row as seen. */
bool edit_row_start(struct edit *e);
bool edit_row_end(struct edit *e);

#endif
