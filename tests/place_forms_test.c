/*
 * Shipped forms go into a notebook when they are newer than what it has.
 */
#include "check.h"

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "folder.h"
#include "notebook.h"
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *home;
static struct clock test_clock;

static void
ship(const char *version)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/forms", home);
	mkdir(path, 0700);
	setenv("MINQING_FORMS", path, 1);
	snprintf(path, sizeof(path), "%s/forms/lists", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/forms/tiny.csv", home);
	f = fopen(path, "w");
	CHECK(f != NULL);
	if (!f)
		return;
	fprintf(f, "settings\n,form_id,version\n,tiny,%s\nsurvey\n,type,name,label\n"
		   ",text,a,Of %s\n",
	    version, version);
	fclose(f);
}

static bool
keep_version(const struct notebook_form *form, void *data)
{
	snprintf(data, 32, "%s", form->version);
	return true;
}

/* clang-format off */
static const struct { const char *shipped, *current; } steps[] = {
	{ "2026110101", "2026110101" },
	{ "2026100109", "2026110101" },
	{ "2026110102", "2026110102" },
	{ "99",         "2026110102" },
	{ "2026110101", "2026110102" },
};
/* clang-format on */

static void
an_older_version_does_not_become_current(void)
{
	struct worker worker = { .name = "chen", .role = "bldhead", .station = "u" };
	struct err err = { 0 };

	home = folder_make();
	setenv("MINQING_HOME", home, 1);
	CHECK(clock_stop_at(&test_clock, "2026-11-23T18:00:00+08:00", &err));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct buf warning = { 0 };
		char version[32] = "";
		struct notebook *nb;

		ship(steps[i].shipped);
		nb = i ? place_open("chen", &test_clock, &warning, &err)
		       : place_create(&worker, &test_clock, &err);
		CHECK_STR(err.text, "");
		CHECK_STR(buf_text(&warning), "");
		CHECK(nb && notebook_forms(nb, "en", keep_version, version, &err));
		CHECK_STR(version, steps[i].current);
		notebook_close(nb);
		buf_clear(&warning);
	}
	folder_remove(home);
}

int
main(void)
{
	RUN(an_older_version_does_not_become_current);
	return CHECK_DONE();
}
