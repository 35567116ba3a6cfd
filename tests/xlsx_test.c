/*
 * Workbooks: their cells as pyxform sees them, and what is said of broken ones.
 */
#include "check.h"

#include "buf.h"
#include "err.h"
#include "form.h"
#include "list.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

struct part {
	const char *name, *text;
};

static const char top[] = "<Relationships><Relationship Id='a' Type='" RELATION
			  "officeDocument' Target='xl/workbook.xml'/></Relationships>";
static const char relations[] =
    "<Relationships>"
    "<Relationship Id='r1' Type='" RELATION "worksheet' Target='worksheets/a.xml'/>"
    "<Relationship Id='r2' Type='" RELATION
    "worksheet' Target='/xl/worksheets/b.xml'/>"
    "<Relationship Id='s' Type='" RELATION "sharedStrings' Target='shared.xml'/>"
    "<Relationship Id='y' Type='" RELATION "styles' Target='styles.xml'/>"
    "</Relationships>";
static const char book[] =
    "<workbook xmlns:r='x'><sheets><sheet name='survey' r:id='r1'/>"
    "<sheet name='Choices ' r:id='r2'/><sheet name='_mine' r:id='r9'/>"
    "</sheets></workbook>";
static const char shared[] =
    "<x:sst xmlns:x='u'><x:si><x:t>type</x:t></x:si><x:si><x:t>na</x:t><x:t>me</x:t>"
    "<x:rPh><x:t>NO</x:t></x:rPh></x:si>"
    "<x:si><x:r><x:t>la</x:t></x:r><x:r><x:t>bel</x:t></x:r></x:si></x:sst>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId='165' formatCode='yyyy\\-mm\\-dd'/>"
    "<numFmt numFmtId='166' formatCode='0.0&quot;days&quot;'/></numFmts>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='165'/><xf numFmtId='166'/>"
    "<xf numFmtId='20'/></cellXfs></styleSheet>";

#define HEAD                                                                           \
	"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c>"                \
	"<c r='B1' t='s'><v>1</v></c><c t='s'><v>2</v></c>"                            \
	"<c r='D1' t='inlineStr'><is><t>default</t></is></c></row>"
#define TAIL "</sheetData></worksheet>"
#define TEXT(ref, text)                                                                \
	"<c r='" ref "' t='inlineStr'><is><r><t>" text "</t></r></is></c>"

static const char choices[] =
    "<worksheet><sheetData><row>" TEXT("A1", "list_name") TEXT("B1", "name")
	TEXT("C1", "label") "</row><row r='4'>" TEXT("A4", "l")
	    "<c r='B4'><v>1.0</v></c>" TEXT("C4", "One\xc2\xa0"
						  "and a half")
		"</row><row r='5'>" TEXT("A5", "l") "<c r='B5' t='b'><v>1</v></c>"
		TEXT("C5", "Yes") "</row><row r='900000'><c r='A900000' s='1'/></row>" TAIL;

/* A zip of the usual parts with that survey; more is one in place of another. Given. */
static char *
make_book(const char *survey, struct part more, size_t *len)
{
	const struct part parts[] = { { "_rels/.rels", top },
		{ "xl/workbook.xml", book }, { "xl/_rels/workbook.xml.rels", relations },
		{ "xl/shared.xml", shared }, { "xl/styles.xml", styles },
		{ "xl/worksheets/a.xml", survey }, { "xl/worksheets/b.xml", choices } };
	zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(out, ZIP_TRUNCATE, NULL);
	char *bytes;

	zip_source_keep(out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *text = parts[i].text;

		if (more.name && !strcmp(more.name, parts[i].name))
			text = more.text;
		if (text)
			zip_file_add(zip, parts[i].name,
			    zip_source_buffer(zip, text, strlen(text), 0), 0);
	}
	zip_close(zip);
	zip_source_open(out);
	zip_source_seek(out, 0, SEEK_END);
	*len = (size_t)zip_source_tell(out);
	zip_source_seek(out, 0, SEEK_SET);
	bytes = malloc(*len);
	zip_source_read(out, bytes, *len);
	zip_source_close(out);
	zip_source_free(out);
	return bytes;
}

struct told {
	struct buf places;
};

static void
tell(const struct form_problem *p, void *data)
{
	struct told *told = data;

	if (!p->warning)
		buf_fmt(&told->places, "%s:%d:%s:%d ", p->sheet ? p->sheet : "-", p->row,
		    p->column ? p->column : "-", p->line);
}

static struct form *
read_book(const char *survey, struct part more, struct told *told, struct err *err)
{
	size_t len;
	char *bytes = make_book(survey, more, &len);
	struct form *form = form_read(bytes, len, NULL, tell, told, err);

	free(bytes);
	return form;
}

static const char good[] =
    HEAD "<row r='3'>" TEXT("A3", "select_one l") TEXT("B3", "a")
	TEXT("C3", "A, \"a\" &amp; &#xe4;") "<c r='D3'><v>1</v></c></row>"
    "<row r='5'>" TEXT("A5", "text") TEXT("B5", "b") TEXT("C5", "B")
	"<c r='D5' s='1'><v>46354</v></c></row>"
    "<row>" TEXT("A6", "text") TEXT("B6", "c") TEXT("C6", "C")
	"<c r='D6' s='2'><v>0.10000000000000001</v></c></row>"
    "<row>" TEXT("A7", "text") TEXT("B7", "d") TEXT("C7", "D")
	"<c r='D7' s='3'><f>9.5/24</f><v>0.39583333333333331</v></c>"
    "<c r='XFD7' t='inlineStr'><is><t> </t></is></c></row>"
    "<row>" TEXT("A8", "text") TEXT("B8", "e") TEXT("C8", "E")
	"<c r='D8' t='str'><v>x</v></c></row>" TAIL;

static void
cells_are_read_as_pyxform_does(void)
{
	struct told told = { 0 };
	struct err err = { 0 };
	struct form *form = read_book(good, (struct part){ 0 }, &told, &err);
	const struct def *a;

	CHECK_STR(err.text, "");
	CHECK_STR(buf_text(&told.places), "");
	CHECK(form != NULL);
	if (!form)
		return;
	a = form_find(form, "a");
	CHECK_INT(a->row, 3);
	CHECK_STR(a->label.by_language[0].parts[0].literal, "A, \"a\" & \xc3\xa4");
	CHECK_STR(a->default_value, "1");
	CHECK_STR(list_cell(a->itemset->list, 0, 0), "1");
	CHECK_STR(list_cell(a->itemset->list, 0, 1), "One and a half");
	CHECK_STR(list_cell(a->itemset->list, 1, 0), "TRUE");
	CHECK_INT(list_count(a->itemset->list), 2);
	CHECK_STR(form_find(form, "b")->default_value, "2026-11-28 00:00:00");
	CHECK_STR(form_find(form, "c")->default_value, "0.1");
	CHECK_STR(form_find(form, "d")->default_value, "09:30:00");
	CHECK_STR(form_find(form, "e")->default_value, "x");
	form_free(form);
	buf_clear(&told.places);
}

/* Blank rows count, above the header too; a line of a file there is none. */
static void
rows_are_the_workbooks(void)
{
	struct told told = { 0 };
	struct err err = { 0 };

	CHECK(!read_book(HEAD "<row r='9'>" TEXT("A9", "telepathy") TEXT("B9", "a")
			     TEXT("C9", "A") "</row>" TAIL,
	    (struct part){ 0 }, &told, &err));
	CHECK_STR(buf_text(&told.places), "survey:9:type:0 ");
	buf_reset(&told.places);
	CHECK(!read_book("<worksheet><sheetData><row r='3'>" TEXT("A3", "type")
			     TEXT("B3", "name") "</row><row r='4'>" TEXT("A4", "nothing")
				 "</row>" TAIL,
	    (struct part){ 0 }, &told, &err));
	CHECK(strstr(buf_text(&told.places), "survey:4:type:0 ") != NULL);
	buf_clear(&told.places);
}

/* clang-format off */
static const struct { const char *name; struct part part; const char *says; } broken[] = {
	{ "no relations", { "_rels/.rels", NULL }, "_rels/.rels" },
	{ "another zip", { "_rels/.rels", "<Relationships/>" }, "not a workbook" },
	{ "no workbook", { "xl/workbook.xml", NULL }, "xl/workbook.xml" },
	{ "no sheet", { "xl/worksheets/a.xml", NULL }, "xl/worksheets/a.xml" },
	{ "half a sheet", { "xl/worksheets/a.xml", HEAD }, "damaged" },
	{ "a document type", { "xl/worksheets/a.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>" }, "damaged" },
	{ "half the texts", { "xl/shared.xml", "<sst><si>" }, "damaged" },
	{ "no survey", { "xl/workbook.xml", "<workbook><sheets><sheet name='a'/><sheet name='b'/></sheets></workbook>" },
	    "survey" },
};
/* clang-format on */

static void
broken_workbooks_are_refused(void)
{
	size_t len;
	char *bytes = make_book(good, (struct part){ 0 }, &len);

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct told told = { 0 };
		struct err err = { 0 };

		check_case(broken[i].name);
		CHECK(!read_book(good, broken[i].part, &told, &err));
		CHECK(strstr(err.text, broken[i].says) != NULL);
		if (!strstr(err.text, broken[i].says))
			printf("  %s\n", err.text);
		buf_clear(&told.places);
	}
	for (size_t cut = 4; cut < len; cut += 7) {
		struct err err = { 0 };

		check_case("cut");
		CHECK(!form_read(bytes, cut, NULL, NULL, NULL, &err));
		CHECK(err.kind == ERR_INPUT);
	}
	free(bytes);
}

/* A small file that unpacks to very much: it costs what a form may, and no more. */
static void
bombs_do_not_go_off(void)
{
	struct buf text = { 0 };
	struct told told = { 0 };
	struct err err = { 0 };

	buf_str(&text, "<sst><si><t>");
	for (int i = 0; i < 9 << 20; i++)
		buf_char(&text, 'a');
	buf_str(&text, "</t></si></sst>");
	CHECK(!read_book(good, (struct part){ "xl/shared.xml", buf_text(&text) }, &told,
	    &err));
	CHECK(strstr(err.text, "8 MB") != NULL);
	buf_reset(&text);
	buf_str(&text, HEAD);
	for (int i = 0; i < 400000; i++)
		buf_str(&text, "<row><c t='inlineStr'><is><t>text text text text text "
			       "text text</t></is></c></row>");
	buf_str(&text, TAIL);
	CHECK(!read_book(buf_text(&text), (struct part){ 0 }, &told, &err));
	CHECK(strstr(err.text, "8 MB") != NULL);
	buf_clear(&text);
	buf_clear(&told.places);
}

int
main(void)
{
	RUN(cells_are_read_as_pyxform_does);
	RUN(rows_are_the_workbooks);
	RUN(broken_workbooks_are_refused);
	RUN(bombs_do_not_go_off);
	return CHECK_DONE();
}
