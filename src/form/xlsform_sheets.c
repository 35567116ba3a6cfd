/*
 * xlsform_sheets - the CSV that holds a workbook: sheets one after the other
 *
 * A cell in the first column begins a sheet; the next row is its header; everything
 * stands one column to the right. A sheet's header is its row 1, blank rows count.
 */
#include "xlsform.h"

#include "arena.h"
#include "buf.h"
#include "csv.h"
#include "err.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"

#include <string.h>
#include <strings.h>

/* Of a spreadsheet's 32,767 characters. */
#define CELL_BYTES_MAX 98301

/* clang-format off */
static const struct {
	const char *name;
	size_t offset; /* of the sheet in struct xls; 0: known, and not needed here */
} sheets[] = {
	{ "survey",           offsetof(struct xls, survey) },
	{ "choices",          offsetof(struct xls, choices) },
	{ "external_choices", offsetof(struct xls, external_choices) },
	{ "settings",         offsetof(struct xls, settings) },
	{ "entities",         offsetof(struct xls, entities) },
	{ "osm",              0 },
	{ "cascades",         0 },
};
/* clang-format on */

/* State while going down the file. */
struct walk {
	struct xls *x;
	struct xls_sheet *sheet; /* NULL: rows are passed over */
	bool header_next;
	int name_row;  /* where the sheet is named */
	int first_row; /* the file's row that is the sheet's row 1 */
	bool seen[sizeof(sheets) / sizeof(sheets[0])];
};

static void
begin_sheet(struct walk *w, const char *name, const struct csv_reader *r)
{
	struct xls_sheet nowhere = { .name = arena_strdup(w->x->arena, name),
		.line = r->line };
	struct xls_place place = { &nowhere, NULL, NULL };

	w->sheet = NULL;
	w->header_next = true;
	w->name_row = r->row;
	if (name[0] == '_')
		return; /* a designer's own notes */
	for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++) {
		if (strcasecmp(name, sheets[i].name))
			continue;
		if (w->seen[i]) {
			xls_error(w->x, place,
			    _("The sheet \"%s\" stands twice: join the two."), name);
			return; /* its header may be another one */
		}
		w->seen[i] = true;
		if (!sheets[i].offset)
			return;
		w->sheet =
		    (struct xls_sheet *)(void *)((char *)w->x + sheets[i].offset);
		w->sheet->name = sheets[i].name;
		w->sheet->line = r->line;
		return;
	}
	xls_warning(w->x, place,
	    _("There is no use for a sheet named \"%s\"; the sheets are survey, "
	      "choices "
	      "and settings. Rename it, or begin its name with \"_\"."),
	    name);
}

static bool
cell_fits(struct walk *w, const struct xls_row *row, size_t column, const char *cell)
{
	struct xls_place place = { w->sheet, row, w->sheet->columns[column].header };

	if (strlen(cell) <= CELL_BYTES_MAX)
		return true;
	xls_error(w->x, place, _("A cell holds at most %d bytes."), CELL_BYTES_MAX);
	return false;
}

static void
add_row(struct walk *w, const struct csv_reader *r)
{
	struct xls_sheet *sheet = w->sheet;
	struct xls_row *row;

	sheet->rows = mem_grow(
	    sheet->rows, &sheet->row_cap, sheet->row_count + 1, sizeof(sheet->rows[0]));
	row = &sheet->rows[sheet->row_count++];
	row->row = r->row - w->first_row + 1;
	row->line = r->line;
	row->cells = arena_alloc(w->x->arena, sheet->column_count * sizeof(char *));
	for (size_t i = 0; i < sheet->column_count; i++) {
		const char *cell = csv_cell(r, i + 1);

		row->cells[i] = "";
		if (*cell && cell_fits(w, row, i, cell)) {
			char *copy = arena_strdup(w->x->arena, cell);

			text_trim(copy);
			row->cells[i] = copy;
		}
	}
}

static void
walk_row(struct walk *w, const struct csv_reader *r)
{
	bool filled = false;

	for (size_t i = 1; i < r->count && !filled; i++)
		filled = r->cells[i][0] != '\0';
	if (csv_cell(r, 0)[0]) {
		char *name = arena_strdup(w->x->arena, r->cells[0]);

		text_trim(name);
		begin_sheet(w, name, r);
	}
	if (!filled || !w->sheet)
		return;
	if (!w->header_next) {
		add_row(w, r);
		return;
	}
	w->header_next = false;
	w->first_row = w->x->workbook ? w->name_row + 1 : r->row;
	w->sheet->line = r->line;
	xls_read_header(w->x, w->sheet, r->cells + 1, r->count - 1);
}

/* GB18030 and the other old encodings fail here; so does a workbook. */
static bool
is_text(struct xls *x, const char *text, size_t len)
{
	struct xls_place place = { &x->survey, NULL, NULL };

	if (len > FORM_BYTES_MAX)
		xls_error(x, place,
		    _("The form is larger than %u MB: put its long lists "
		      "into files of their own."),
		    FORM_BYTES_MAX >> 20);
	else if (len > 1 && !memcmp(text, "PK", 2))
		xls_error(x, place,
		    _("This is a workbook, not a CSV: save it as \"CSV UTF-8\"."));
	else if (len > 1 && !memcmp(text, "\xd0\xcf", 2))
		xls_error(x, place,
		    _("This is an old workbook (.xls) or one with a password: save it "
		      "as .xlsx without a password."));
	else if (!text_valid(text, len) || memchr(text, '\0', len))
		xls_error(x, place,
		    _("The file is not UTF-8 text (it may be GB18030 or UTF-16): "
		      "save it as \"CSV UTF-8\" or as .xlsx."));
	return !x->failed;
}

bool
xls_read_sheets(struct xls *x, const char *text, size_t len)
{
	struct walk w = { .x = x };
	struct csv_reader r;
	struct err err = { 0 };
	int got;

	x->survey.name = "survey";
	if (!is_text(x, text, len))
		return false;
	x->survey.name = NULL;
	csv_reader_init(&r, text, len);
	while ((got = csv_next(&r, &err)) == 1)
		walk_row(&w, &r);
	if (got < 0) {
		struct xls_sheet here = { .name = w.sheet ? w.sheet->name : "survey",
			.line = r.line };

		xls_error(x, (struct xls_place){ &here, NULL, NULL }, "%s", err.text);
	}
	csv_reader_clear(&r);
	if (!x->survey.name) {
		x->survey.name = "survey";
		xls_error(x, (struct xls_place){ &x->survey, NULL, NULL },
		    _("There is no sheet named survey: the first column must name it, "
		      "the row below must be its header."));
		return false;
	}
	return got == 0;
}
