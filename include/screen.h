/*
 * screen - the terminal: what stands on it, where the cursor is, what was pressed
 *
 * The only module that knows curses. What is to be seen is a stack of layers (the page,
 * a pop-up on it, …), each of which can draw itself at any time. Nobody repaints: when
 * a key is asked for and none is waiting, the layers are drawn from the bottom up and
 * the terminal gets the difference. So a burst of input costs one painting, a resize
 * needs no care, and a pop-up that closes leaves no hole.
 *
 * Ctrl-Z (suspend), Ctrl-L (repaint) and Alt-z (the next look) are done here and never
 * delivered. Should the program die by a signal, the terminal is given back as it was.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct screen;

/* What a piece of text is; the screen decides how that looks here. Nothing is ever
 * said by colour alone: a field is underlined, the label of the one with the focus is
 * reversed and the cursor stands in it, marks are text. (Labels are short: going from
 * field to field costs few bytes, and text stays easy to read while it is typed.) */
enum role {
	ROLE_NORMAL,
	ROLE_TITLE,    /* the top line */
	ROLE_HEADING,  /* of a section */
	ROLE_LABEL,    /* before a field */
	ROLE_FOCUS_LABEL, /* before the field that has the focus */
	ROLE_FIELD,    /* a field's cells */
	ROLE_FOCUS,    /* the same with the focus */
	ROLE_VALUE,    /* an answer that cannot be typed into: calculated, read only */
	ROLE_HINT,
	ROLE_ERROR,
	ROLE_BAR,      /* the bottom bar */
	ROLE_BAR_KEY,  /* a key's name in it */
	ROLE_MUTED,
	ROLE_MARK,     /* a found part, a required star, a chosen choice */
	ROLE_SELECTED, /* the row the keys act on */
	ROLE_POPUP,    /* a pop-up's ground and frame */
	ROLE_COUNT
};

struct rect {
	int row, col, rows, cols;
};

/*
 * Keys. One code a key: a printable ASCII character typed is itself (with its text),
 * any other character is K_TEXT; Ctrl and Alt are added: K_CTRL('A'), K_ALT('u'),
 * K_LEFT | K_WITH_CTRL. Esc and a digit typed quickly or slowly after one another are
 * an F-key (Esc 1 = F1 … Esc 0 = F10), Esc and a letter is K_ALT.
 */
enum key_code {
	K_NONE = 0,
	K_TAB = 9,
	K_ENTER = 13,
	K_ESC = 27,
	K_DEL = 127, /* only as a number: Backspace is K_BACKSPACE whatever it sends */
	K_TEXT = 256,
	K_PASTE,  /* the whole pasted text, line ends as \n */
	K_RESIZE, /* screen_size() has changed, or what screen_beside() told of: look at
	           * everything anew */
	K_BACKTAB,
	K_BACKSPACE,
	K_DELETE,
	K_INSERT,
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PGUP,
	K_PGDN,
	K_F0 = 300, /* K_F(1) … K_F(12) */
	K_WITH_CTRL = 0x1000,
	K_WITH_ALT = 0x2000,
	K_WITH_SHIFT = 0x4000,
};

#define K_F(n)    (K_F0 + (n))
#define K_CTRL(c) ((c) | K_WITH_CTRL)
#define K_ALT(c)  ((c) | K_WITH_ALT)

struct key {
	int code;         /* enum key_code, see above */
	const char *text; /* of a character or a paste: valid UTF-8; "" otherwise */
	size_t len;       /* a character is one cluster, as far as it had arrived; text is
	                   * lent until the next key is asked for */
};

/* Does the key put text where it is typed? (Not a paste.) */
static inline bool
key_is_text(const struct key *key)
{
	return key->code == K_TEXT || (key->code >= ' ' && key->code < K_DEL);
}

/*
 * Takes the terminal. NULL and err, in words, when it is none, cannot place the
 * cursor, or does not speak UTF-8. Only one can be open.
 */
struct screen *screen_open(struct err *err);
void screen_close(struct screen *s); /* NULL is fine */

/* How it all looks. It begins with colours, which without colours is plain; NO_COLOR
 * keeps them off. */
enum screen_look { SCREEN_COLOURS, SCREEN_PLAIN, SCREEN_CONTRAST, SCREEN_LOOKS };
void screen_use_look(struct screen *s, enum screen_look which);
/* Who wants to remember the look that a key has chosen. */
void screen_on_look(struct screen *s, void (*changed)(void *data, enum screen_look which),
    void *data);

/* Rows and columns; {0, 0, rows, cols}. Below 12 × 40 the screen says that it is too
 * small, in place of all layers; keys go on working. */
struct rect screen_size(const struct screen *s);
/* A rectangle of at most that size in the middle, for a pop-up. */
struct rect screen_middle(const struct screen *s, int rows, int cols);

/* ---- layers ---- */

struct screen_layer {
	void (*draw)(struct screen *s, void *data);
	void *data;
	bool covers; /* draws every row: nothing below it need be drawn */
	void (*settle)(void *data); /* saves what is being typed, quietly; or NULL */
	void (*forget)(void *data); /* drops texts that it reads anew before it is drawn
				       again, at K_RESIZE or when its page goes on; or NULL */
	struct screen_layer *below; /* private */
};

/* The caller's layer must live until it is popped; the last pushed goes first. */
void screen_push(struct screen *s, struct screen_layer *layer);
void screen_pop(struct screen *s, struct screen_layer *layer);

/* ---- keys ---- */

/* Paints when nothing is waiting, then sleeps until a key comes. Never K_NONE. A
 * terminal that has gone away ends the program as SIGHUP does. */
void screen_read(struct screen *s, struct key *key);
/* What goes on meanwhile: whenever fd is readable or so many milliseconds (-1: never)
 * are over, step is called and the screen painted. A step that returns true is told
 * to the reader as K_RESIZE. Lent; NULL: nothing. */
struct screen_beside {
	int (*fd)(void *data);
	int (*patience)(void *data);
	bool (*step)(void *data);
	void *data;
};

void screen_beside(struct screen *s, const struct screen_beside *beside);
/* The same without sleeping: false and K_NONE when no key is there. */
bool screen_poll(struct screen *s, struct key *key);
/* Sleeps until a key comes, other_fd (-1: none) is readable or timeout_ms (-1: never)
 * is over. *readable (may be NULL) tells of other_fd. True when there is a key. */
bool screen_wait(struct screen *s, struct key *key, int other_fd, int timeout_ms,
    bool *readable);
/* The file descriptor keys come from, for somebody else's poll(): call screen_poll()
 * until it is false before sleeping on it, and at least once a second. */
int screen_fd(const struct screen *s);
/* Draws and paints at once, even with keys waiting: before something slow. */
void screen_paint(struct screen *s);
void screen_beep(struct screen *s); /* a short flash or a bell: the key did nothing */

/* ---- when nobody is there ---- */

/* These keys are done here while screen_on_idle() is set, and never delivered. */
#define SCREEN_LOCK_KEY  K_F(11)
#define SCREEN_LOCK_TWIN K_ALT('l')

/*
 * When no key came for so many milliseconds (0: however long) and at once by one of those
 * keys, wherever a key is waited for: the topmost layer settles, it and those that cannot
 * be seen forget, then idle() runs. It may push layers and read keys; when it returns, all
 * goes on as it was. Time that the machine sleeps counts. NULL: never.
 */
void screen_on_idle(struct screen *s, int64_t ms, void (*idle)(void *data), void *data);
/* Takes away what the terminal shows and what it could scroll back to; the next painting
 * draws everything. */
void screen_forget(struct screen *s);

/* ---- drawing, for layers only ---- */

/* Text in at most cols columns from (row, col) on; what is longer is cut at a whole
 * cluster. Newlines and tabs are blanks; controls, bidi marks and unassigned
 * characters are made harmless. Returns the columns used. */
int screen_put(struct screen *s, int row, int col, int cols, enum role role,
    const char *text);
int screen_put_bytes(struct screen *s, int row, int col, int cols, enum role role,
    const char *text, size_t len);
/* The same, ending with ".." when it had to be cut. */
int screen_put_cut(struct screen *s, int row, int col, int cols, enum role role,
    const char *text);
/* As screen_put_cut(), and blanks of that role up to cols. */
int screen_put_padded(struct screen *s, int row, int col, int cols, enum role role,
    const char *text);
int screen_printf(struct screen *s, int row, int col, int cols, enum role role,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));
void screen_fill(struct screen *s, struct rect area, enum role role);
void screen_hline(struct screen *s, int row, int col, int cols, enum role role);
/* A frame along the edge of area, its inside filled, a title (may be NULL) in its
 * upper edge. Returns the inside. */
struct rect screen_box(struct screen *s, struct rect area, const char *title);
/* Text wrapped by display width into area from its row `from` on; returns the rows
 * that the whole text needs. With s NULL it only counts. */
int screen_wrap(struct screen *s, struct rect area, enum role role, const char *text,
    int from);

/* Where the hardware cursor stands: input method windows and braille readers follow
 * it. The topmost layer that sets it wins; when none does, it is hidden. Call it for
 * the selected row of a list too. */
void screen_cursor(struct screen *s, int row, int col);

#endif
