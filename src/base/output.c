#include "output.h"

#include "buf.h"
#include "text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SEQUENCE_MAX 4 /* bytes of a character */

/* stdout or stderr, with the beginning of a character whose end is not printed yet. */
struct channel {
	int fd;
	FILE **place; /* stdout or stderr itself */
	FILE *unfiltered;
	char begun[SEQUENCE_MAX];
	size_t len;
};

static struct channel channels[2];

static bool
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	for (; len > 0; bytes += n, len -= (size_t)n) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			return false;
	}
	return true;
}

/* Bytes at the end that begin a character and do not end it. */
static size_t
unfinished(const char *bytes, size_t len)
{
	for (size_t back = 1; back < SEQUENCE_MAX && back <= len; back++) {
		unsigned char c = (unsigned char)bytes[len - back];
		size_t wants = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;

		if ((c & 0xC0) != 0x80)
			return wants > back ? back : 0;
	}
	return 0;
}

/* What stdio calls with what was printed; 0 is its word for an error. */
static ssize_t
write_filtered(void *cookie, const char *bytes, size_t len)
{
	struct channel *c = cookie;
	struct buf whole = { 0 }, plain = { 0 };
	bool good;

	buf_add(&whole, c->begun, c->len);
	buf_add(&whole, bytes, len);
	c->len = unfinished(whole.data, whole.len);
	memcpy(c->begun, whole.data + whole.len - c->len, c->len);
	text_plain(whole.data, whole.len - c->len, &plain);
	good = write_all(c->fd, buf_text(&plain), plain.len);
	buf_clear(&whole);
	buf_clear(&plain);
	return good ? (ssize_t)len : 0;
}

static void
filter(struct channel *c, FILE **place, int fd, bool lines)
{
	static const cookie_io_functions_t functions = { .write = write_filtered };
	FILE *f = fopencookie(c, "w", functions);

	if (!f)
		_exit(3); /* rather nothing than anything */
	setvbuf(f, NULL, lines ? _IOLBF : _IOFBF, BUFSIZ);
	fflush(*place);
	*c = (struct channel){ .fd = fd, .place = place, .unfiltered = *place };
	*place = f;
}

static void
release(struct channel *c)
{
	if (!c->place)
		return;
	fclose(*c->place); /* writes what waits */
	*c->place = c->unfiltered;
	c->place = NULL;
}

void
output_filter(void)
{
	if (!channels[0].place)
		filter(&channels[0], &stdout, STDOUT_FILENO, isatty(STDOUT_FILENO));
	if (!channels[1].place)
		filter(&channels[1], &stderr, STDERR_FILENO, true);
}

void
output_for_programs(void)
{
	if (!isatty(STDOUT_FILENO))
		release(&channels[0]);
}

void
output_release(void)
{
	release(&channels[0]);
	release(&channels[1]);
}

void
output_write(int fd, const char *text)
{
	struct buf plain = { 0 };

	text_plain(text, strlen(text), &plain);
	write_all(fd, buf_text(&plain), plain.len);
	buf_clear(&plain);
}
