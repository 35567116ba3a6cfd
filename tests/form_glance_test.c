/*
 * form_glance_test - a form's name at a glance is the one that its reader finds
 */
#include "check.h"

#include "buf.h"
#include "err.h"
#include "form.h"
#include "form_glance.h"
#include "list.h"

#include <glob.h>
#include <string.h>

static bool
read_whole(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	char block[65536];
	size_t n;

	buf_reset(out);
	while (f && (n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(out, block, n);
	if (f)
		fclose(f);
	return f != NULL;
}

static struct list *
any_list(void *data, const char *filename, struct err *err)
{
	(void)data;
	(void)filename;
	return list_read("any.csv", "name,label\na,A\n", 15, err);
}

/* How many of those files were forms with an id, and alike. */
static int
compare(const char *pattern)
{
	struct form_files files = { any_list, NULL };
	struct buf text = { 0 };
	glob_t found;
	int count = 0;

	CHECK_INT(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char id[FORM_GLANCE_SIZE], version[FORM_GLANCE_SIZE];
		struct err err = { 0 };
		struct form *form;

		CHECK(read_whole(found.gl_pathv[i], &text));
		form = form_read(buf_text(&text), text.len, &files, NULL, NULL, &err);
		err = (struct err){ 0 };
		if (form && *form->id) {
			CHECK(form_glance(buf_text(&text), text.len, id, version, &err));
			CHECK_STR(id, form->id);
			CHECK_STR(version, form->version);
			count++;
		}
		form_free(form);
	}
	globfree(&found);
	buf_clear(&text);
	return count;
}

static void
as_the_reader_finds_it(void)
{
	CHECK(compare("forms/*.csv") >= 8);
	CHECK(compare("tests/fuzz/xlsx/*.xlsx") >= 2);
	CHECK(compare("tests/corpus/xforms/*.xml") >= 20);
}

static void
what_is_no_form_has_no_name(void)
{
	static const char *const texts[] = { "", "nonsense\n", "<a/>",
		"settings\n,form_id,version\n,x,1\n", "<a><instance/></a>" };
	char id[FORM_GLANCE_SIZE], version[FORM_GLANCE_SIZE];
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		CHECK(form_glance(texts[i], strlen(texts[i]), id, version, &err));
		CHECK_STR(id, "");
		CHECK_STR(version, "");
	}
}

static void
what_is_broken_is_told(void)
{
	char id[FORM_GLANCE_SIZE], version[FORM_GLANCE_SIZE];
	struct err err = { 0 };
	struct buf text = { 0 };

	CHECK(!form_glance("<a>", 3, id, version, &err) && *err.text);
	err = (struct err){ 0 };
	CHECK(read_whole("tests/fuzz/xlsx/stored.xlsx", &text));
	CHECK(!form_glance(buf_text(&text), text.len / 2, id, version, &err) && *err.text);
	CHECK_STR(id, "");
	buf_clear(&text);
}

int
main(void)
{
	RUN(as_the_reader_finds_it);
	RUN(what_is_no_form_has_no_name);
	RUN(what_is_broken_is_told);
	return CHECK_DONE();
}
