/* What is printed cannot command a terminal, in whatever pieces it is printed. */
#include "check.h"

#include "argv.h"
#include "buf.h"
#include "output.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child that calls say() writes to its stdout and stderr. */
static const char *
printed(void (*say)(const void *data), const void *data)
{
	static struct buf out;
	char bytes[512];
	ssize_t n;
	int ends[2], status;
	pid_t child = -1;

	buf_reset(&out);
	fflush(stdout);
	CHECK(pipe(ends) == 0 && (child = fork()) >= 0);
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		output_filter();
		say(data);
		fflush(NULL);
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], bytes, sizeof(bytes))) > 0)
		buf_add(&out, bytes, (size_t)n);
	close(ends[0]);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	return buf_text(&out);
}

static void
to_stdout(const void *data)
{
	printf("<%s>\n", (const char *)data);
}

static void
to_stderr(const void *data)
{
	fprintf(stderr, "<%s>\n", (const char *)data);
}

/* A byte a call, as far as stdio lets it. */
static void
byte_by_byte(const void *data)
{
	putchar('<');
	for (const char *at = data; *at; at++) {
		putchar(*at);
		fflush(stdout);
	}
	puts(">");
}

static void
for_programs(const void *data)
{
	output_for_programs();
	printf("<%s>\n", (const char *)data);
}

static void
to_a_descriptor(const void *data)
{
	output_write(STDOUT_FILENO, "<");
	output_write(STDOUT_FILENO, data);
	output_write(STDOUT_FILENO, ">\n");
}

static const struct {
	const char *text, *seen;
} hostile[] = {
	{ "\033]0;x\007", "<]0;x>\n" },
	{ "\033[2Jgone", "<[2Jgone>\n" },
	{ "\302\233" "31m", "<31m>\n" }, /* C1's CSI */
	{ "a\rb\b\177", "<ab>\n" },
	{ "1\342\200\2562", "<12>\n" },    /* U+202E */
	{ "1\342\201\2472", "<12>\n" },    /* U+2067 */
	{ "1\342\200\2132", "<12>\n" },    /* U+200B */
	{ "1\363\240\200\2012", "<12>\n" }, /* a tag */
	{ "王\t芳\nx", "<王\t芳\nx>\n" },
	{ "\360\240\256\267野家", "<\360\240\256\267野家>\n" },
};

static void
nothing_commands_the_terminal(void)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		check_case(hostile[i].text);
		CHECK_STR(printed(to_stdout, hostile[i].text), hostile[i].seen);
		CHECK_STR(printed(to_stderr, hostile[i].text), hostile[i].seen);
		CHECK_STR(printed(byte_by_byte, hostile[i].text), hostile[i].seen);
		CHECK_STR(printed(to_a_descriptor, hostile[i].text), hostile[i].seen);
	}
}

static void
marks_without_end_are_cut(void)
{
	struct buf text = { 0 };

	buf_char(&text, 'e');
	for (int i = 0; i < 200; i++)
		buf_str(&text, "\314\201");
	CHECK_INT(strlen(printed(to_stdout, text.data)), strlen("<>\ne") + 7 * 2);
	buf_clear(&text);
}

static void
what_is_no_text_is_shown_as_such(void)
{
	CHECK_STR(printed(to_stdout, "a\377b"), "<a\357\277\275b>\n");
	/* The beginning of a character, and then another one. */
	CHECK_STR(printed(byte_by_byte, "a\347\216b"), "<a\357\277\275\357\277\275b>\n");
}

static void
programs_get_the_bytes(void)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		struct buf whole = { 0 };

		buf_fmt(&whole, "<%s>\n", hostile[i].text);
		CHECK_STR(printed(for_programs, hostile[i].text), whole.data);
		buf_clear(&whole);
	}
}

static void
much_is_printed_whole(void)
{
	struct buf text = { 0 };

	for (int i = 0; i < 100000; i++)
		buf_str(&text, "王芳");
	CHECK(strncmp(printed(to_stdout, text.data) + 1, text.data, text.len) == 0);
	buf_clear(&text);
}

static void
a_row_is_one_and_cut_in_whole_characters(void)
{
	struct buf out = { 0 };

	text_cut("王芳来访", 5, &out);
	CHECK_STR(out.data, "王芳..");
	buf_reset(&out);
	text_cut("王芳", 4, &out);
	CHECK_STR(out.data, "王芳");
	buf_reset(&out);
	text_cut("one\ntwo\t\r\n", 40, &out);
	CHECK_STR(out.data, "one two   ");
	CHECK_STR(text_brief("one\ntwo", (char[TEXT_BRIEF]){ 0 }), "one two");
	buf_clear(&out);
}

static void
the_command_line_is_taken_and_wiped(void)
{
	char program[] = "minqing", command[] = "list", option[] = "--search",
	     name[] = "王芳";
	char *argv[] = { program, command, option, name, NULL };
	char **words = argv_take(4, argv, 2);

	CHECK_STR(words[0], "minqing");
	CHECK_STR(words[3], "王芳");
	CHECK(words[4] == NULL);
	CHECK_STR(command, "list");
	CHECK_STR(option, "");
	CHECK(!memmem(name, sizeof(name), "\347\216\213", 3));
	free(words);
}

int
main(void)
{
	RUN(nothing_commands_the_terminal);
	RUN(marks_without_end_are_cut);
	RUN(what_is_no_text_is_shown_as_such);
	RUN(programs_get_the_bytes);
	RUN(much_is_printed_whole);
	RUN(a_row_is_one_and_cut_in_whole_characters);
	RUN(the_command_line_is_taken_and_wiped);
	return CHECK_DONE();
}
