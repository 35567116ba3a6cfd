/*
 * kill_test - the real program, with a sealed notebook, killed while somebody types
 *
 *	kill_test [KILLS]       otherwise 60, with CI in the environment 200
 *
 * Each time a record is begun and some fields are typed and left, each seen to be left;
 * then more keys are sent in one go and SIGKILL follows after a random moment. Every
 * field that was left is there; of the keys that came after it, those of some first
 * fields, whole, and no others.
 */
#include "../check.h"
#include "../folder.h"
#include "../vault_fixture.h"
#include "screen.h"

#include <time.h>

#define FIELDS 30 /* of the form */

static const char *home;
static char program[512], path[256], forms[256];
static struct clock test_clock;
static struct vault_key *key;
static uint64_t seed;

static int
draw(int below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)((seed >> 11) % (uint64_t)below);
}

static void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	CHECK(f && fputs(text, f) >= 0);
	if (f)
		fclose(f);
}

/* A form of texts only, so that any word is an answer. */
static void
make_form(void)
{
	struct buf text = { 0 };
	char name[300];

	buf_str(&text, "survey\n,type,name,label\n");
	for (int i = 0; i < FIELDS; i++)
		buf_fmt(&text, ",text,f%02d,Field %02d\n", i, i);
	buf_str(&text, "settings\n,form_id,form_title,version\n,typing,Typing,1\n");
	snprintf(forms, sizeof(forms), "%s/forms", home);
	mkdir(forms, 0700);
	snprintf(name, sizeof(name), "%s/lists", forms);
	mkdir(name, 0700);
	snprintf(name, sizeof(name), "%s/typing.csv", forms);
	write_file(name, buf_text(&text));
	buf_clear(&text);
	snprintf(name, sizeof(name), "%s/passphrase", home);
	write_file(name, SEALED_PHRASE "\n");
}

static void
make_notebook(void)
{
	struct err err = { 0 };
	struct notebook *nb;

	snprintf(path, sizeof(path), "%s/周敏.notebook", home);
	key = new_key(SEALED_PHRASE, NULL);
	nb = notebook_open_sealed(path, true, key, &test_clock, &err);
	CHECK(nb && notebook_set(nb, SETTING_WORKER_NAME, "周敏", &err));
	notebook_close(nb);
}

static struct term *
start(void)
{
	static char home_variable[300], forms_variable[300], command[1200];
	const char *const argv[] = { "/bin/sh", "-c", command, NULL };
	const char *const env[] = { home_variable, forms_variable,
				    "MINQING_PASSPHRASE_FD=9", NULL };

	snprintf(home_variable, sizeof(home_variable), "MINQING_HOME=%s", home);
	snprintf(forms_variable, sizeof(forms_variable), "MINQING_FORMS=%s", forms);
	snprintf(command, sizeof(command), "exec '%s' 9<'%s/passphrase'", program, home);
	return term_start(&(struct term_options){ .argv = argv, .env = env });
}

/* What is typed into a field of a round: nowhere else is there such a word. */
static void
word_of(int round, int field, char out[32])
{
	snprintf(out, 32, "%d街%d号", round, field);
}

/* Types a record; returns how many fields were seen to be left. */
static int
type_and_kill(int round)
{
	struct term *t = start();
	struct timespec moment = { 0, draw(100) < 30 ? 0 : draw(4000000) };
	struct buf ahead = { 0 };
	char word[48];
	int left = 1 + draw(5), more = draw(12), n = 0;

	if (!term_see(t, "Typing") || !term_keys(t, "1") || !term_see(t, "Field 00")) {
		term_dump(t);
		CHECK(!"the record begins");
		more = left = 0;
	}
	for (; n < left; n++) {
		word_of(round, n, word);
		strcat(word, "<Enter>");
		if (!term_keys(t, word))
			break;
	}
	for (int i = 0; i < more; i++) {
		word_of(round, n + i, word);
		buf_fmt(&ahead, "%s\r", word);
	}
	term_bytes(t, buf_text(&ahead), ahead.len);
	nanosleep(&moment, NULL);
	term_kill(t);
	term_free(t);
	buf_clear(&ahead);
	return n;
}

static bool
keep_id(const struct record *record, void *data)
{
	snprintf(data, UUID_SIZE, "%s", record->id);
	return false;
}

/* How many of a round's first words the newest draft has; -1 when there is a gap. */
static int
words_kept(struct notebook *nb, int round)
{
	struct record_query query = { .drafts = true, .limit = 1 };
	struct buf answers = { 0 }, cursor = { 0 };
	struct err err = { 0 };
	char id[UUID_SIZE] = "", word[32];
	int kept = 0;
	bool gap = false;

	CHECK(record_list(nb, &query, keep_id, id, &err));
	CHECK(record_draft_load(nb, id, &answers, &cursor, &err));
	for (int i = 0; i < FIELDS; i++) {
		word_of(round, i, word);
		if (!strstr(buf_text(&answers), word))
			gap = true;
		else if (gap)
			kept = -1;
		else
			kept++;
	}
	buf_clear(&answers);
	buf_clear(&cursor);
	return kept;
}

static int kills = 60;

static void
every_field_left_is_there(void)
{
	struct err err = { 0 };
	long fields = 0, beyond = 0;

	for (int round = 0; round < kills; round++) {
		int left = type_and_kill(round), kept;
		struct notebook *nb =
		    notebook_open_sealed(path, false, key, &test_clock, &err);
		struct buf words = { 0 };

		if (!nb) {
			fprintf(stderr, "round %d: %s\n", round, err.text);
			CHECK(!"it opens after a kill");
			return;
		}
		kept = words_kept(nb, round);
		if (kept < left) {
			fprintf(stderr, "round %d: %d left, %d kept\n", round, left, kept);
			CHECK(!"every field left is there");
		}
		/* A kill is no damage. */
		notebook_warnings(nb, &words);
		CHECK(!strstr(buf_text(&words), "damaged the end"));
		buf_clear(&words);
		notebook_close(nb);
		fields += left;
		beyond += kept - left;
	}
	printf("%d kills: %ld fields seen to be left, all there; %ld more typed ahead\n",
	       kills, fields, beyond);
	CHECK(beyond > 0); /* the kills came while it was saving */
}

static void
the_notebook_is_whole(void)
{
	struct vault_report report;
	struct err err = { 0 };

	CHECK(vault_check(path, key, &test_clock, &report, &err));
	CHECK(vault_report_is_good(&report));
}

int
main(int argc, char **argv)
{
	const char *build = getenv("MINQING_BUILD");
	struct err err = { 0 };
	char *absolute = realpath(build ? build : "build/plain", NULL);

	if (getenv("CI"))
		kills = 200;
	if (argc > 1)
		kills = atoi(argv[1]);
	seed = (uint64_t)time(NULL) * 2654435761u + 1;
	printf("seed %llu\n", (unsigned long long)seed);
	if (!absolute || !clock_stop_at(&test_clock, FIXTURE_NOW, &err))
		return 1;
	snprintf(program, sizeof(program), "%s/minqing", absolute);
	free(absolute);
	home = folder_make();
	make_form();
	make_notebook();
	RUN(every_field_left_is_there);
	RUN(the_notebook_is_whole);
	vault_key_free(key);
	folder_remove(home);
	return CHECK_DONE();
}
