/*
 * replay - runs a fuzz target over the seeds that stand beside it, for `make check`
 *
 *   NAME_fuzz [FILE...]     without files: everything in tests/fuzz/NAME
 *
 * `make fuzz` builds the same targets with libFuzzer in its place.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static unsigned char bytes[1 << 21];
static int done;

static void
run(const char *path)
{
	FILE *in = fopen(path, "re");
	size_t len;

	if (!in) {
		perror(path);
		exit(1);
	}
	len = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	LLVMFuzzerTestOneInput(bytes, len);
	done++;
}

static void
run_folder(const char *name)
{
	char folder[128], path[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "tests/fuzz/%.*s",
	    (int)(strlen(name) - strlen("_fuzz")), name);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		run(path);
	}
	if (dir)
		closedir(dir);
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');

	for (int i = 1; i < argc; i++)
		run(argv[i]);
	if (argc == 1)
		run_folder(slash ? slash + 1 : argv[0]);
	printf("%d passed, %d failed\n", done, done == 0);
	return done == 0;
}
