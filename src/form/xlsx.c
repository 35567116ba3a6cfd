/*
 * xlsx - a form's workbook becomes the CSV in which its sheets follow each other
 *
 * Sheets and texts go by as streams; what is held is the texts that cells share and
 * the CSV, which is no longer than a form may be. Blank rows stay, so that row numbers
 * are the workbook's.
 */
#include "xlsx.h"

#include "arena.h"
#include "buf.h"
#include "csv.h"
#include "err.h"
#include "form.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include "xml.h"

#include <ctype.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SHARED_MAX  (2u << 20)
#define COLUMNS_MAX 16384

struct book {
	struct xlsx_pack *pack;
	struct arena *arena;
	struct buf *csv;
	char folder[256]; /* of the workbook's part: "xl/" */
	bool from_1904;
	enum xlsx_look *looks; /* by a cell's style */
	size_t look_count, look_cap;
	struct buf texts; /* that cells share, each with its NUL */
	size_t *shared;   /* where each begins */
	size_t shared_count, shared_cap;
};

/* A part while it goes by. */
struct stream {
	struct book *book;
	XML_Parser parser;
	struct buf text; /* of the element that is read */
	bool reading;
	int phonetic; /* depth in what only says how a text is read */
	bool too_much;
	/* a sheet's */
	long row, rows_written;
	size_t column;
	char type[12];
	size_t style;
	struct buf cells; /* of the row, as CSV, to the last that is filled */
	size_t cells_written;
};

bool
xlsx_begins(const char *data, size_t len)
{
	return len >= 4 && !memcmp(data, "PK\3\4", 4);
}

static const char *
local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

static const char *
attribute(const char **pairs, const char *name)
{
	for (; *pairs; pairs += 2)
		if (!strcmp(local_name(*pairs), name))
			return pairs[1];
	return NULL;
}

static void
stop(struct stream *s)
{
	s->too_much = true;
	XML_StopParser(s->parser, XML_FALSE);
}

/* No document types: they are where XML's bombs are. */
static void
on_doctype(void *data, const char *name, const char *sysid, const char *pubid, int sub)
{
	struct stream *s = data;

	(void)name, (void)sysid, (void)pubid, (void)sub;
	XML_StopParser(s->parser, XML_FALSE);
}

static void
on_text(void *data, const char *text, int len)
{
	struct stream *s = data;

	if (!s->reading || s->phonetic)
		return;
	if (s->text.len + (size_t)len > FORM_BYTES_MAX)
		stop(s);
	else
		buf_add(&s->text, text, (size_t)len);
}

static bool
take_piece(const char *piece, size_t len, void *data)
{
	struct stream *s = data;

	return XML_Parse(s->parser, piece, (int)len, 0) == XML_STATUS_OK;
}

/* Reads a part with these handlers. False and err when it cannot be read. */
static bool
stream_part(struct book *b, struct stream *s, const char *name,
    XML_StartElementHandler start, XML_EndElementHandler end, struct err *err)
{
	bool good;

	s->book = b;
	s->parser = XML_ParserCreate(NULL);
	XML_SetUserData(s->parser, s);
	XML_SetElementHandler(s->parser, start, end);
	XML_SetCharacterDataHandler(s->parser, on_text);
	XML_SetStartDoctypeDeclHandler(s->parser, on_doctype);
	good = xlsx_pack_stream(b->pack, name, take_piece, s, err);
	if (good && s->too_much)
		good = err_set(err, ERR_INPUT,
		    _("The form is larger than %u MB: put its long lists "
		      "into files of their own."),
		    FORM_BYTES_MAX >> 20);
	else if (good && XML_Parse(s->parser, "", 0, 1) != XML_STATUS_OK)
		good = err_set(err, ERR_INPUT,
		    _("The part \"%s\" of the workbook is damaged: save it again as "
		      ".xlsx."),
		    name);
	XML_ParserFree(s->parser);
	buf_clear(&s->text);
	buf_clear(&s->cells);
	return good;
}

/* ---- texts that cells share ---- */

static void
shared_start(void *data, const char *name, const char **pairs)
{
	struct stream *s = data;

	(void)pairs;
	name = local_name(name);
	if (!strcmp(name, "si"))
		buf_reset(&s->text);
	else if (!strcmp(name, "t"))
		s->reading = true;
	else if (!strcmp(name, "rPh"))
		s->phonetic++;
}

static void
shared_end(void *data, const char *name)
{
	struct stream *s = data;
	struct book *b = s->book;

	name = local_name(name);
	if (!strcmp(name, "t"))
		s->reading = false;
	else if (!strcmp(name, "rPh"))
		s->phonetic--;
	if (strcmp(name, "si") != 0)
		return;
	if (b->shared_count == SHARED_MAX ||
	    b->texts.len + s->text.len > 4 * FORM_BYTES_MAX) {
		stop(s);
		return;
	}
	b->shared = mem_grow(
	    b->shared, &b->shared_cap, b->shared_count + 1, sizeof(*b->shared));
	b->shared[b->shared_count++] = b->texts.len;
	buf_add(&b->texts, buf_text(&s->text), s->text.len);
	buf_char(&b->texts, '\0');
}

/* ---- a sheet ---- */

/* "AB12" → 27; no such: where the last one was, and one further. */
static size_t
column_of(const char *ref, size_t otherwise)
{
	size_t column = 0;

	if (!ref || !isalpha((unsigned char)*ref))
		return otherwise;
	for (; isalpha((unsigned char)*ref) && column <= COLUMNS_MAX; ref++)
		column = column * 26 + (size_t)(toupper((unsigned char)*ref) - 'A' + 1);
	return column - 1;
}

static void
start_row(struct stream *s, const char **pairs)
{
	const char *number = attribute(pairs, "r");
	long row = number ? strtol(number, NULL, 10) : 0;

	s->row = row > s->row ? row : s->row + 1;
	s->column = 0;
	s->cells_written = 0;
	buf_reset(&s->cells);
}

static void
start_cell(struct stream *s, const char **pairs)
{
	const char *type = attribute(pairs, "t"), *style = attribute(pairs, "s");

	s->column = column_of(attribute(pairs, "r"), s->column);
	snprintf(s->type, sizeof(s->type), "%s", type ? type : "n");
	s->style = style ? strtoul(style, NULL, 10) : 0;
	buf_reset(&s->text);
}

static void
sheet_start(void *data, const char *name, const char **pairs)
{
	struct stream *s = data;

	name = local_name(name);
	if (!strcmp(name, "row"))
		start_row(s, pairs);
	else if (!strcmp(name, "c"))
		start_cell(s, pairs);
	else if (!strcmp(name, "v") || !strcmp(name, "t"))
		s->reading = true;
	else if (!strcmp(name, "rPh"))
		s->phonetic++;
}

/* What a cell says, with common blanks in place of those that do not break. */
static void
cell_text(const struct stream *s, struct buf *out)
{
	const struct book *b = s->book;
	const char *text = buf_text(&s->text);

	if (!strcmp(s->type, "s")) {
		size_t i = strtoul(text, NULL, 10);

		text = *text && i < b->shared_count
			   ? buf_text(&b->texts) + b->shared[i]
			   : "";
	} else if (!strcmp(s->type, "b")) {
		text = !*text ? "" : *text == '0' ? "FALSE" : "TRUE";
	} else if (!strcmp(s->type, "n") && *text) {
		xlsx_number(text,
		    s->style < b->look_count ? b->looks[s->style] : XLSX_NUMBER,
		    b->from_1904, out);
		return;
	}
	for (const char *at; (at = strstr(text, "\xc2\xa0")); text = at + 2) {
		buf_add(out, text, (size_t)(at - text));
		buf_char(out, ' ');
	}
	buf_str(out, text);
}

static void
end_cell(struct stream *s)
{
	struct buf text = { 0 };

	cell_text(s, &text);
	if (s->cells.len + text.len > FORM_BYTES_MAX)
		stop(s);
	else if (s->column < COLUMNS_MAX && s->column >= s->cells_written &&
		 buf_text(&text)[strspn(buf_text(&text), " \t\r\n")]) {
		for (; s->cells_written < s->column; s->cells_written++)
			buf_char(&s->cells, ',');
		csv_write(&s->cells, false, buf_text(&text));
		s->cells_written++;
	}
	s->column++;
	buf_clear(&text);
}

static void
end_row(struct stream *s)
{
	struct buf *csv = s->book->csv;

	if (!s->cells.len)
		return;
	if (csv->len + s->cells.len + 2 * (size_t)(s->row - s->rows_written) >
	    FORM_BYTES_MAX) {
		stop(s);
		return;
	}
	for (; s->rows_written + 1 < s->row; s->rows_written++)
		buf_str(csv, ",\n");
	buf_add(csv, s->cells.data, s->cells.len);
	buf_char(csv, '\n');
	s->rows_written++;
}

static void
sheet_end(void *data, const char *name)
{
	struct stream *s = data;

	name = local_name(name);
	if (!strcmp(name, "v") || !strcmp(name, "t"))
		s->reading = false;
	else if (!strcmp(name, "rPh"))
		s->phonetic--;
	else if (!strcmp(name, "c"))
		end_cell(s);
	else if (!strcmp(name, "row"))
		end_row(s);
}

/* ---- the parts that are held whole ---- */

static struct xml_node *
read_tree(struct book *b, const char *name, struct err *err)
{
	struct buf text = { 0 };
	struct xml_node *root = NULL;

	if (xlsx_pack_read(b->pack, name, &text, err))
		root = xml_parse(buf_text(&text), text.len, NULL, b->arena, err);
	buf_clear(&text);
	return root;
}

/* The name of a part as another one's relation gives it: from its folder, or from the
 * root. */
static const char *
part_name(struct book *b, const char *folder, const char *target)
{
	if (*target == '/')
		return target + 1;
	return arena_fmt(b->arena, "%s%s", folder, target);
}

/* What a part relates to under that id, or (id NULL) with that end of its type. */
static const char *
related(const struct xml_node *relations, const char *id, const char *type)
{
	const struct xml_node *n = NULL;
	const char *wanted = id ? id : type;

	while (wanted && relations && (n = xml_child(relations, n, "Relationship"))) {
		const char *has = xml_attribute(n, id ? "Id" : "Type");
		const char *target = xml_attribute(n, "Target");
		size_t len = has ? strlen(has) : 0, want = strlen(wanted);

		if (target && has && len >= want && !strcmp(has + len - want, wanted) &&
		    (!id || len == want))
			return target;
	}
	return NULL;
}

#define FORMATS_MAX 65536

/* Which looks the styles of cells have; a workbook without styles has numbers. */
static void
read_styles(struct book *b, const char *name)
{
	const struct xml_node *root = read_tree(b, name, NULL), *n = NULL, *parent;
	const char **codes;

	if (!root)
		return;
	codes = mem_alloc(FORMATS_MAX * sizeof(codes[0]));
	parent = xml_child(root, NULL, "numFmts");
	while (parent && (n = xml_child(parent, n, "numFmt"))) {
		const char *id = xml_attribute(n, "numFmtId");

		if (id)
			codes[strtoul(id, NULL, 10) % FORMATS_MAX] =
			    xml_attribute(n, "formatCode");
	}
	parent = xml_child(root, NULL, "cellXfs");
	while (parent && (n = xml_child(parent, n, "xf"))) {
		const char *id = xml_attribute(n, "numFmtId");
		size_t number = id ? strtoul(id, NULL, 10) % FORMATS_MAX : 0;

		b->looks = mem_grow(
		    b->looks, &b->look_cap, b->look_count + 1, sizeof(*b->looks));
		b->looks[b->look_count++] = xlsx_look((int)number, codes[number]);
	}
	free(codes);
}

static bool
is_forms(const char *name)
{
	static const char *const names[] = { "survey", "choices", "settings",
		"external_choices", "entities" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return false;
}

static bool
read_sheet(struct book *b, const char *name, const char *part, struct err *err)
{
	struct stream s = { 0 };

	csv_write(b->csv, true, name);
	buf_char(b->csv, '\n');
	return !part || stream_part(b, &s, part, sheet_start, sheet_end, err);
}

/* The sheets in the workbook's order; a sheet that is alone is the survey. */
static bool
read_sheets(struct book *b, const struct xml_node *root,
    const struct xml_node *relations, struct err *err)
{
	const struct xml_node *sheets = xml_child(root, NULL, "sheets"), *n = NULL;
	size_t count = 0;

	while (sheets && (n = xml_child(sheets, n, "sheet")))
		count++;
	while (sheets && (n = xml_child(sheets, n, "sheet"))) {
		const char *name = xml_attribute(n, "name"), *target;
		const char *id = xml_attribute(n, "r:id");
		char *trimmed;

		if (!name)
			continue;
		trimmed = arena_strdup(b->arena, count == 1 ? "survey" : name);
		text_trim(trimmed);
		target = id ? related(relations, id, NULL) : NULL;
		if (!read_sheet(b, trimmed,
			target && is_forms(trimmed)
			    ? part_name(b, b->folder, target)
			    : NULL,
			err))
			return false;
	}
	return true;
}

static bool
read_shared(struct book *b, const char *name, struct err *err)
{
	struct stream s = { 0 };

	return stream_part(b, &s, name, shared_start, shared_end, err);
}

static bool
read_book(struct book *b, struct err *err)
{
	const struct xml_node *top = read_tree(b, "_rels/.rels", err), *root, *relations;
	const struct xml_node *properties;
	const char *target = related(top, NULL, "/officeDocument"), *name, *base, *flag;

	if (!top)
		return false;
	if (!target)
		return err_set(err, ERR_INPUT,
		    _("This zip file is not a workbook: save the form as .xlsx."));
	name = part_name(b, "", target);
	base = strrchr(name, '/');
	base = base ? base + 1 : name;
	snprintf(b->folder, sizeof(b->folder), "%.*s", (int)(base - name), name);
	root = read_tree(b, name, err);
	relations = root ? read_tree(b,
			       arena_fmt(b->arena, "%s_rels/%s.rels", b->folder, base),
			       err)
			 : NULL;
	if (!relations)
		return false;
	properties = xml_child(root, NULL, "workbookPr");
	flag = properties ? xml_attribute(properties, "date1904") : NULL;
	b->from_1904 = flag && (*flag == '1' || *flag == 't');
	target = related(relations, NULL, "/styles");
	if (target)
		read_styles(b, part_name(b, b->folder, target));
	target = related(relations, NULL, "/sharedStrings");
	return (!target || read_shared(b, part_name(b, b->folder, target), err)) &&
	       read_sheets(b, root, relations, err);
}

bool
xlsx_to_csv(const char *data, size_t len, struct buf *csv, struct err *err)
{
	struct book b = { .csv = csv };
	bool good;

	b.pack = xlsx_pack_open(data, len, err);
	if (!b.pack)
		return false;
	b.arena = arena_new();
	good = read_book(&b, err);
	xlsx_pack_close(b.pack);
	arena_free(b.arena);
	buf_clear(&b.texts);
	free(b.shared);
	free(b.looks);
	return good;
}
