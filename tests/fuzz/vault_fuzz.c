/*
 * A notebook's files after a disk, or somebody, has changed them: looked at, checked,
 * salvaged, opened as every day.
 *
 * The first byte says what the others are: changes to the files of a small sealed
 * notebook, or of a plain one, six bytes each (see struct change); a block of key slots,
 * its unkeyed digest put right; a plain notebook's log. Both notebooks were left by a
 * kill, with a log. Of the sealed one nothing may come out that was not put in, and no
 * other key than its own.
 */
#include "../vault_fixture.h"
#include "../../src/notebook/vault_private.h"
#include "buf.h"
#include "fuzz.h"
#include "json.h"

#include <sodium.h>

enum what { SEALED, PLAIN, BLOCK, LOG, WHATS };

/* Offsets count 64 bytes; value is a mask, or counts units of a page. */
enum how { FLIP, CUT, CLEAR, MOVE, HOWS };
struct change {
	unsigned char how; /* and, by its highest bit, to the log */
	unsigned char at[3];
	unsigned char fine; /* added to the offset */
	unsigned char value;
};

/* What a notebook's files were before they were changed. */
struct image {
	struct buf file, log;
};

static struct image images[2]; /* SEALED, PLAIN */
static struct vault_key *key;
static struct clock test_clock;
static char folder[64], path[96], log_path[104];

#define RECORDS 12
#define LONGEST 9000 /* goes on over two pages */

/* The answer of a record's nth save. */
static void
write_answer(struct buf *out, int record, int save)
{
	int len = record % 4 == 3 ? LONGEST : 100;

	buf_reset(out);
	for (int i = 0; i < len; i++)
		buf_char(out, (char)('a' + (i * (record + 3) + save) % 26));
}

static void
read_file(const char *name, struct buf *out)
{
	FILE *f = fopen(name, "re");
	char piece[4096];
	size_t got;

	buf_reset(out);
	while (f && (got = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(out, piece, got);
	if (f)
		fclose(f);
}

static void
write_file(const char *name, const struct buf *bytes)
{
	FILE *f = fopen(name, "we");

	if (!f || fwrite(buf_text(bytes), 1, bytes->len, f) != bytes->len || fclose(f) != 0)
		abort();
}

/* Records [from, to). */
static void
fill(struct notebook *nb, int from, int to)
{
	struct record_origin origin = { .form = "visit", .version = "1" };
	struct buf answer = { 0 }, answers = { 0 };
	char id[UUID_SIZE];
	struct err err = { 0 };
	bool good = true;

	for (int i = from; good && i < to; i++) {
		struct record_final final = { .title = "t", .day = "2026-11-23",
			.text = "t", .version = "1" };

		good = record_begin(nb, &origin, id, &err);
		for (int save = 0; good && save < 3; save++) {
			write_answer(&answer, i, save);
			buf_reset(&answers);
			buf_fmt(&answers, "{\"a\":\"%s\"}", buf_text(&answer));
			good = record_draft_save(nb, id, answers.data, answers.len, "t", "a",
			    &err);
		}
		final.answers = answers.data;
		final.len = answers.len;
		if (good && i % 2)
			good = record_finalise(nb, id, &final, NULL, &err);
		if (good && i == from)
			good = notebook_list_add(nb, "l.csv", "name\n1\n", 7, &err) &&
			    notebook_set(nb, "a", "b", &err);
	}
	buf_clear(&answer);
	buf_clear(&answers);
	if (!good)
		abort();
}

static void
remove_all(void)
{
	folder_empty(folder);
}

static void
end(void)
{
	folder_remove(folder);
	vault_key_free(key);
	for (int i = 0; i < 2; i++) {
		buf_clear(&images[i].file);
		buf_clear(&images[i].log);
	}
}

static struct notebook *
open_one(int what, bool create)
{
	struct err err = { 0 };
	struct notebook *nb = what == SEALED
	    ? notebook_open_sealed(path, create, key, &test_clock, &err)
	    : notebook_open(path, create, &test_clock, &err);

	if (!nb)
		abort();
	return nb;
}

static void
begin(void)
{
	struct err err = { 0 };

	snprintf(folder, sizeof(folder), "%s/minqing-fuzz-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(folder) || !clock_stop_at(&test_clock, FIXTURE_NOW, &err))
		abort();
	snprintf(path, sizeof(path), "%s/n.notebook", folder);
	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	key = new_key(SEALED_PHRASE, NULL);
	for (int i = 0; i < 2; i++) {
		struct notebook *nb = open_one(i, true);

		fill(nb, 0, RECORDS / 2);
		notebook_close(nb);
		nb = open_one(i, false);
		fill(nb, RECORDS / 2, RECORDS);
		read_file(path, &images[i].file);
		read_file(log_path, &images[i].log);
		notebook_close(nb);
		remove_all();
	}
	atexit(end);
}

/* --- changing --- */

static void
change(struct buf *bytes, const struct change *c)
{
	size_t at = ((size_t)c->at[0] << 16 | (size_t)c->at[1] << 8 | c->at[2]) * 64 + c->fine;
	size_t from = (size_t)c->value * PAGE_SIZE;

	if (!bytes->len)
		return;
	at %= bytes->len;
	switch ((enum how)(c->how % HOWS)) {
	case FLIP:
		bytes->data[at] = (char)(bytes->data[at] ^ c->value);
		return;
	case CUT:
		buf_truncate(bytes, at);
		return;
	case CLEAR:
		for (size_t i = 0; i < 512 && at + i < bytes->len; i++)
			bytes->data[at + i] = 0;
		return;
	case MOVE: /* to a page's beginning, or a log's frame by chance */
		at -= at % PAGE_SIZE;
		if (from + PAGE_SIZE <= bytes->len && at + PAGE_SIZE <= bytes->len)
			memmove(bytes->data + at, bytes->data + from, PAGE_SIZE);
		return;
	case HOWS:
		return;
	}
}

static void
change_all(struct image *image, const uint8_t *data, size_t size)
{
	struct change c;

	for (; size >= sizeof(c); data += sizeof(c), size -= sizeof(c)) {
		memcpy(&c, data, sizeof(c));
		change(c.how & 0x80 ? &image->log : &image->file, &c);
	}
}

/* --- looking --- */

/* Is the line's answer the beginning of one that was saved? */
static bool
is_known(const char *line)
{
	const char *at = strstr(line, "\"a\":\"");
	struct buf answer = { 0 };
	size_t len = at ? strcspn(at + 5, "\"") : 0;
	bool known = !at;

	for (int i = 0; !known && i < RECORDS; i++)
		for (int save = 0; !known && save < 3; save++) {
			write_answer(&answer, i, save);
			known = len <= answer.len && memcmp(at + 5, answer.data, len) == 0;
		}
	buf_clear(&answer);
	return known;
}

static bool
take_line(void *data, const char *line, size_t len)
{
	if (strlen(line) != len || (*(enum what *)data == SEALED &&
	    (!json_valid(line, len) || !is_known(line))))
		abort();
	return true;
}

static bool
take_file(void *data, const char *name, const char *version, const char *bytes, size_t len)
{
	(void)data;
	return strlen(name) + (version ? strlen(version) : 0) + len + (len ? (size_t)bytes[0] : 0) !=
	    SIZE_MAX;
}

static void
unlock(void)
{
	struct vault_passphrase p = phrase(SEALED_PHRASE);
	struct vault_facts facts;
	struct vault_key *found;
	struct err err = { 0 };

	/* Slots may ask for seconds and 128 MiB, and no more: that is a test of its own. */
	if (!vault_facts(path, &facts, &err) || facts.cost.passes * facts.cost.kib > 64)
		return;
	found = vault_unlock(path, &p, &err);
	if (found && sodium_memcmp(found->cipher.key, key->cipher.key, CIPHER_KEY) != 0)
		abort();
	vault_key_free(found);
}

static void
look(enum what what)
{
	struct vault_salvor salvor = { take_line, take_line, take_file, take_line, &what };
	struct vault_salvage salvaged;
	struct vault_report report;
	struct vault_key *with = what == SEALED ? key : NULL;
	struct buf words = { 0 };
	struct notebook *nb;
	struct err err = { 0 };

	if (vault_look(path, &err) == VAULT_SEALED)
		unlock();
	vault_check(path, with, &test_clock, &report, &err);
	vault_salvage(path, with, &salvor, &salvaged, &err);
	nb = with ? notebook_open_sealed(path, false, with, &test_clock, &err)
		  : notebook_open(path, false, &test_clock, &err);
	if (nb)
		notebook_warnings(nb, &words);
	notebook_close(nb);
	buf_clear(&words);
}

static void
try_image(enum what what, const struct buf *file, const struct buf *log)
{
	write_file(path, file);
	if (log->len)
		write_file(log_path, log);
	look(what);
	remove_all();
}

static void
try_block(const uint8_t *data, size_t size)
{
	unsigned char bytes[BLOCK_BYTES] = { 0 };
	struct buf file = { 0 }, none = { 0 };

	memcpy(bytes, images[SEALED].file.data, BLOCK_BYTES);
	memcpy(bytes, data, size < BLOCK_BYTES ? size : BLOCK_BYTES);
	crypto_generichash(bytes + 1984, CIPHER_DIGEST, bytes, 1984, NULL, 0);
	buf_add(&file, images[SEALED].file.data, images[SEALED].file.len);
	for (int i = 0; i < BLOCK_COPIES; i++)
		memcpy(file.data + i * BLOCK_SIZE, bytes, BLOCK_BYTES);
	try_image(SEALED, &file, &none);
	buf_clear(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = { 0 };
	enum what what;

	if (!size)
		return 0;
	if (!key)
		begin();
	what = (enum what)(data[0] % WHATS);
	data++;
	size--;
	if (what == BLOCK) {
		try_block(data, size);
		return 0;
	}
	buf_add(&image.file, images[what == SEALED ? SEALED : PLAIN].file.data,
	    images[what == SEALED ? SEALED : PLAIN].file.len);
	if (what == LOG) {
		buf_add(&image.log, data, size);
	} else {
		buf_add(&image.log, images[what].log.data, images[what].log.len);
		change_all(&image, data, size);
	}
	try_image(what, &image.file, &image.log);
	buf_clear(&image.file);
	buf_clear(&image.log);
	return 0;
}
