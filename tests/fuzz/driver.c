/* SPDX-License-Identifier: MIT */
/*
 * Makes an ordinary program of a fuzz target: it feeds every file of the corpus to it and
 * prints TAP, so that what a fuzzer once found is tried again by `make check`, with any
 * compiler.
 *
 * A target is tests/fuzz/fuzz_<name>.c with an LLVMFuzzerTestOneInput() and nothing else;
 * its inputs are tests/fuzz/corpus/<name>/<any name>. The same file becomes a real fuzzer
 * by `make check-fuzz`, which links clang's libFuzzer in place of this file.
 *
 * Without arguments: the corpus of the target the program is named after, as seen from
 * the top folder. With arguments: these files.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count;
static int failed;

/* A fresh block of the exact size, so that reading one byte too far is seen. */
static void replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size = -1;

	if (f && !fseek(f, 0, SEEK_END))
		size = ftell(f);
	if (size >= 0)
		data = malloc(size ? (size_t)size : 1);
	count++;
	if (!data || fseek(f, 0, SEEK_SET) ||
	    fread(data, 1, (size_t)size, f) != (size_t)size) {
		failed = 1;
		printf("not ok %u - %s: cannot be read\n", count, path);
	} else {
		/* Named before it runs: after a crash this is the last line. */
		printf("# %s\n", path);
		fflush(stdout);
		LLVMFuzzerTestOneInput(data, (size_t)size);
		printf("ok %u - %s\n", count, path);
	}
	free(data);
	if (f)
		fclose(f);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay_folder(const char *folder)
{
	struct dirent **names;
	int n = scandir(folder, &names, not_hidden, alphasort);

	for (int i = 0; i < n; i++) {
		char *path = NULL;

		if (asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0)
			abort();
		replay(path);
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	char *folder = NULL;

	name = name ? name + 1 : argv[0];
	if (!strncmp(name, "fuzz_", 5))
		name += 5;
	if (argc < 2) {
		if (asprintf(&folder, "tests/fuzz/corpus/%s", name) < 0)
			abort();
		replay_folder(folder);
		free(folder);
	}
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	if (!count) {
		printf("not ok 1 - %s has no corpus in tests/fuzz/corpus/%s\n", argv[0],
		       name);
		failed = count = 1;
	}
	printf("1..%u\n", count);
	return failed;
}
