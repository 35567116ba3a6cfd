/*
 * stories_test - a worker's usual records, key by key: how many keys beyond the data
 *
 * Each file in tests/screens/stories/ is a record as experienced hands type it. A line
 * is keys, as screen.h names them, and after a tab what they do; {…} is the data itself:
 * free text and names. All else counts, digits of codes, dates and rooms too. The
 * notebook holds the sample's 47 records, so that the form knows the worker's last ones.
 */
#include "sample_notebook.h"

#include "records.h"

#include <stdlib.h>
#include <unistd.h>

struct story {
	const char *name;
	const char *worker; /* whose last records the form knows */
	long most; /* keys */
	const char *holds; /* what the record is found by afterwards */
};

static const struct story stories[] = {
	{ "visit_not_home", "chenguifang", 14, "1203" },
	{ "visit_one_need", "chenguifang", 40, "电梯经常停在六楼" },
	{ "dispute_oral", "huanglihua", 90, "天花板和墙面发霉" },
	{ "volunteers_ten", "chenguifang", 60, "捡拾垃圾二十袋" },
};

struct count {
	long keys, data;
};

/* Adds a line's keys to out, without its braces, and counts them. */
static void
read_keys(const char *line, struct buf *out, struct count *count)
{
	bool data = false;
	size_t n;

	for (; *line && *line != '\t'; line += n) {
		n = *line == '<' ? strcspn(line, ">") + 1
		    : (unsigned char)*line < 0x80 ? 1
		    : (unsigned char)*line < 0xE0 ? 2
		    : (unsigned char)*line < 0xF0 ? 3
						  : 4;
		if (*line == '{' || *line == '}') {
			data = *line == '{';
			continue;
		}
		if (*line == ' ' && !data)
			continue;
		buf_add(out, line, n);
		*(data ? &count->data : &count->keys) += 1;
	}
}

/* Plays the file; true when the record is finished. */
static bool
play(struct term *t, const char *path, struct count *count)
{
	struct buf keys = { 0 };
	char line[1000];
	FILE *in = fopen(path, "r");
	bool good = in != NULL;

	while (good && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		buf_reset(&keys);
		if (*line != '#')
			read_keys(line, &keys, count);
		good = !keys.len || term_keys(t, buf_text(&keys));
		if (getenv("STORY_SHOW")) {
			printf("%s\n", line);
			fflush(stdout);
			term_dump(t);
		}
	}
	if (in)
		fclose(in);
	buf_clear(&keys);
	return good && term_see(t, "等待发送");
}

static bool
is_final(const struct record *r, void *data)
{
	*(bool *)data = r->rev > 0;
	return false;
}

static bool
is_stored(const char *words)
{
	struct record_query query = { .search = words };
	struct clock clock = { 0 };
	struct err err = { 0 };
	struct notebook *nb;
	bool found = false;

	CHECK(clock_stop_at(&clock, SAMPLE_NOW, &err));
	nb = place_open(NULL, &clock, NULL, &err);
	CHECK(nb && record_list(nb, &query, is_final, &found, &err));
	notebook_close(nb);
	return found;
}

static void
check_story(const struct story *story)
{
	struct count count = { 0 };
	struct term *t;
	char path[128];

	check_case(story->name);
	snprintf(path, sizeof(path), "tests/screens/stories/%s.keys", story->name);
	sample_make_for(story->worker, true);
	t = sample_start(24, 80, "zh_CN");
	CHECK(term_see(t, "F10"));
	CHECK(play(t, path, &count));
	sample_leave(t);
	CHECK(is_stored(story->holds));
	CHECK(count.keys > 0 && count.keys <= story->most);
	printf("%-16s %3ld keys and %3ld characters of data (at most %ld keys)\n",
	    story->name, count.keys, count.data, story->most);
	sample_remove();
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(stories) / sizeof(*stories); i++)
		if (argc < 2 || strcmp(argv[1], stories[i].name) == 0)
			check_story(&stories[i]);
	return CHECK_DONE();
}
