/* SPDX-License-Identifier: MIT */
/*
 * How fast saved text becomes a snapshot: MB of input a second of processor time on one
 * core, reading included. bench_parse [--quick] FILE…; without files it makes a small
 * rk_dmabuf/dev text itself, which only shows that the program works.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "sources/source.h"

#define ROUNDS 7

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static struct snapshot *read_once(struct reader *reader, const char *name)
{
	struct diag diag = { .out = NULL };
	struct text_request req = { name, SOURCES_ALL, 0 };
	int error;

	return sources_read_text(reader, &req, &diag, &error);
}

static int measure(const char *name)
{
	double seconds[ROUNDS];
	uint64_t buffers = 0;
	struct stat st;

	if (stat(name, &st))
		return 1;
	for (int i = 0; i < ROUNDS; i++) {
		struct snapshot *snap;
		struct reader reader;
		double start = cpu_seconds();

		if (file_reader(name, &reader) < 0)
			return 1;
		snap = read_once(&reader, name);
		seconds[i] = cpu_seconds() - start;
		reader_fini(&reader);
		if (!snap)
			return 1;
		buffers = snapshot_totals(snap).buffers;
		snapshot_free(snap);
	}
	qsort(seconds, ROUNDS, sizeof(*seconds), by_value);
	printf("# %-20s %6.1f MB, %7" PRIu64
	       " buffers: %5.0f MB/s (median of %d; best %.0f)\n",
	       strrchr(name, '/') ? strrchr(name, '/') + 1 : name,
	       (double)st.st_size / 1e6, buffers,
	       (double)st.st_size / 1e6 / seconds[ROUNDS / 2], ROUNDS,
	       (double)st.st_size / 1e6 / seconds[0]);
	return 0;
}

static int smoke(void)
{
	static const char text[] =
		"ffffff8022507400 402-allocator@4. system-uncached        2628 KiB fb000000.gpu\n";
	struct snapshot *snap;
	struct reader reader;
	bool good;

	reader_init_mem(&reader, text, sizeof(text) - 1);
	snap = read_once(&reader, "smoke");
	good = snap && snapshot_totals(snap).buffers == 1;
	snapshot_free(snap);
	reader_fini(&reader);
	printf("%sok 1 - one row parses\n1..1\n", good ? "" : "not ");
	return !good;
}

int main(int argc, char **argv)
{
	int failed = 0, files = 0;

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--quick")) {
			files++;
			failed |= measure(argv[i]);
		}
	return files ? failed : smoke();
}
