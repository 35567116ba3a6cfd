/*
 * i18n_test - which language is spoken in which environment
 *
 * The program copies itself into a prefix of its own, with a catalogue of one word,
 * and runs there with each row's environment.
 */
#include "check.h"

#include "i18n.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* clang-format off */
static const struct {
	const char *environment[4];	/* NULL-terminated */
	const char *uses;		/* z, e, or ? for each call of i18n_use() */
	const char *says;
} cases[] = {
	{ { NULL }, "?", "zh 好;" },
	{ { "LANG=C" }, "?", "zh 好;" },
	{ { "LANG=POSIX" }, "?", "zh 好;" },
	{ { "LANG=C.UTF-8" }, "?", "zh 好;" },
	{ { "LC_ALL=C", "LANG=zh_CN.UTF-8" }, "?", "zh 好;" },
	{ { "LANG=zh_CN.UTF-8" }, "?", "zh 好;" },
	{ { "LANG=zh_TW.Big5" }, "?", "zh 好;" },
	{ { "LANG=zh" }, "?", "zh 好;" },
	{ { "LANG=zhx" }, "?", "en Yes;" },
	{ { "LANG=en_GB.UTF-8" }, "?", "en Yes;" },
	{ { "LANG=de_DE.ISO-8859-1" }, "?", "en Yes;" },
	{ { "LC_ALL=fr_FR", "LANG=zh_CN.UTF-8" }, "?", "en Yes;" },
	{ { "LC_MESSAGES=zh_CN", "LANG=en_US.UTF-8" }, "?", "zh 好;" },
	{ { "LANGUAGE=en:zh", "LC_ALL=zh_CN.UTF-8" }, "?", "en Yes;" },
	{ { "LANGUAGE=zh_CN:en", "LANG=en_US.UTF-8" }, "?", "zh 好;" },
	{ { "LANGUAGE=", "LANG=en_US.UTF-8" }, "?", "en Yes;" },
	{ { "LANG=C" }, "e", "en Yes;" },
	{ { "LC_ALL=C" }, "z", "zh 好;" },
	{ { "LANGUAGE=en", "LANG=en_US.UTF-8" }, "z", "zh 好;" },
	{ { "LANG=C" }, "zezez", "zh 好;en Yes;zh 好;en Yes;zh 好;" },
	{ { "LANG=en_US.UTF-8" }, "?z?e?", "en Yes;zh 好;en Yes;en Yes;en Yes;" },
	{ { "LANGUAGE=zh" }, "?e?", "zh 好;en Yes;zh 好;" },
	{ { NULL }, "", "zh Yes;" },
};
/* clang-format on */

/* In the child: says what it was asked for and checks what must always hold. */
static int
say(const char *uses)
{
	if (!*uses)
		printf("%s %s;", i18n_language(), _("Yes"));
	for (; *uses; uses++) {
		i18n_use(*uses == 'z' ? "zh" : *uses == 'e' ? "en" : NULL);
		printf("%s %s;", i18n_language(), _("Yes"));
		if (strcmp(nl_langinfo(CODESET), "UTF-8"))
			printf("codeset %s;", nl_langinfo(CODESET));
		if (strcmp(setlocale(LC_NUMERIC, NULL), "C"))
			printf("numeric %s;", setlocale(LC_NUMERIC, NULL));
	}
	return 0;
}

static void
put32(FILE *f, uint32_t n)
{
	fwrite(&n, sizeof(n), 1, f); /* gettext takes either byte order */
}

/* A catalogue of its header and one word (gettext manual, "The format of GNU MO"). */
static bool
write_catalogue(const char *path)
{
	static const char header[] = "Content-Type: text/plain; charset=UTF-8\n";
	const uint32_t table = 28, strings = table + 4 * 8;
	const uint32_t word = strings + 1, head = word + 4, good = head + sizeof(header);
	FILE *f = fopen(path, "wb");

	if (!f)
		return false;
	put32(f, 0x950412de);
	put32(f, 0);
	put32(f, 2);          /* strings */
	put32(f, table);      /* where the originals are */
	put32(f, table + 16); /* where the translations are */
	put32(f, 0);
	put32(f, 0);
	put32(f, 0), put32(f, strings);
	put32(f, 3), put32(f, word);
	put32(f, sizeof(header) - 1), put32(f, head);
	put32(f, 3), put32(f, good);
	fputc('\0', f);
	fwrite("Yes", 4, 1, f);
	fwrite(header, sizeof(header), 1, f);
	fwrite("好", 4, 1, f);
	return fclose(f) == 0;
}

static bool
copy_self(const char *path)
{
	FILE *in = fopen("/proc/self/exe", "rb"), *out = fopen(path, "wb");
	char block[65536];
	size_t n;
	bool ok = in && out;

	while (ok && (n = fread(block, 1, sizeof(block), in)) > 0)
		ok = fwrite(block, 1, n, out) == n;
	if (in)
		fclose(in);
	if (out)
		ok = fclose(out) == 0 && ok;
	return ok && chmod(path, 0755) == 0;
}

/* Runs the copy and returns what it printed. */
static void
run(const char *program, const char *const *environment, const char *uses, char *said,
    size_t size)
{
	char *argv[] = { (char *)(uintptr_t)program, (char *)(uintptr_t)uses, NULL };
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	said[0] = '\0';
	if (pipe(ends) != 0)
		return;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execve(program, argv, (char *const *)(uintptr_t)environment);
		_exit(127);
	}
	close(ends[1]);
	while ((n = read(ends[0], said + len, size - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(ends[0]);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

/* Each folder layout in which the catalogue must be found. */
static void
run_all(const char *home, const char *bin, const char *share)
{
	char program[PATH_MAX], path[PATH_MAX], said[256], name[300];
	size_t i;

	snprintf(path, sizeof(path),
	    "mkdir -p '%s/%s' '%s/%s/locale/zh_CN/LC_MESSAGES'", home, bin, home, share);
	check_case("a folder to work in");
	CHECK(system(path) == 0);
	snprintf(program, sizeof(program), "%s/%s/i18n_test", home, bin);
	snprintf(path, sizeof(path), "%s/%s/locale/zh_CN/LC_MESSAGES/minqing.mo", home,
	    share);
	CHECK(write_catalogue(path));
	CHECK(copy_self(program));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_close();
		snprintf(name, sizeof(name), "%s: %s, uses %s", bin,
		    cases[i].environment[0] ? cases[i].environment[0] : "(empty)",
		    cases[i].uses);
		check_case(name);
		run(program, cases[i].environment, cases[i].uses, said, sizeof(said));
		CHECK_STR(said, cases[i].says);
	}
	snprintf(path, sizeof(path), "rm -r '%s'", home);
	CHECK(system(path) == 0);
}

int
main(int argc, char **argv)
{
	char home[] = "/tmp/minqing-i18n-XXXXXX";

	if (argc > 1)
		return say(argv[1]);
	check_case("a folder under /tmp");
	CHECK(mkdtemp(home) != NULL);
	run_all(home, "prefix/bin", "prefix/share");
	run_all(home, "build/plain", "build/plain");
	return CHECK_DONE();
}
