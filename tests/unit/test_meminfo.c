/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/meminfo.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_meminfo;

#define PATH "proc/meminfo"
#define HEAD "MemTotal:        8056324 kB\nMemFree:         6017284 kB\n"
#define TAIL "HugePages_Total:       0\nDirectMap4k:      131072 kB\n"

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_meminfo.format, path, text);
}

int main(void)
{
	struct fed f;

	start(&f, PATH,
	      HEAD "CmaTotal:         262144 kB\nCmaFree:          196608 kB\n" TAIL);
	ok(f.snap->heaps.n == 1, "one record");
	is_u64(f.snap->heaps.v[0].total_bytes, 256 << 20, "total");
	is_u64(f.snap->heaps.v[0].used_bytes, 64 << 20, "used");
	is_u64(f.snap->coverage[SRC_MEMINFO].records, 1, "counted");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors");
	feed_finish(&f);

	feed_begin(&f);
	snapshot_area(f.snap, strings_adds(&f.snap->strings, "a"), SRC_RK_CMA)
		->total_bytes = 4096;
	feed_text(&f, source_meminfo.format, PATH,
		  HEAD "CmaTotal: 262144 kB\nCmaFree: 0 kB\n");
	is_u64(f.snap->heaps.n, 0, "an area is known: not the same memory twice");
	feed_finish(&f);

	start(&f, PATH, HEAD "CmaTotal:  0 kB\nCmaFree:  0 kB\n");
	is_u64(f.snap->heaps.n, 0, "no CMA, no record");
	feed_finish(&f);

	start(&f, PATH, HEAD TAIL);
	ok(!f.snap->heaps.n && !f.diag.n[DIAG_ERROR], "a kernel without CMA");
	feed_finish(&f);

	start(&f, PATH, HEAD "CmaTotal:  262144 kB\nCmaFree:  x kB\n");
	ok(f.snap->heaps.n == 1 && f.snap->heaps.v[0].used_bytes == ABSENT64,
	   "a lost number");
	is_int(f.diag.n[DIAG_ERROR], 1, "... is reported");
	feed_finish(&f);

	start(&f, PATH, HEAD "CmaTotal:  4 kB\nCmaFree:  8 kB\n");
	is_u64(f.snap->heaps.v[0].used_bytes, ABSENT64, "more free than there is");
	feed_finish(&f);

	ok(feed_opens(source_meminfo.format, "MemTotal:        8056324 kB"),
	   "opens in a log");
	ok(!feed_opens(source_meminfo.format, "size:\t4096"), "fdinfo does not");
	start(&f, NULL,
	      "CmaTotal: 262144 kB\nCmaFree: 196608 kB\nHugePages_Total: 0\npos:\t0\n");
	ok(f.snap->heaps.n == 1 && f.is_foreign && f.lines == 3,
	   "fdinfo behind it is not ours");
	feed_finish(&f);
	return done_testing();
}
