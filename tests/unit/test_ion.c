/* SPDX-License-Identifier: MIT */
/* Tests of the ION texts: src/sources/ion_heap.c, ion_row.c and ion_bitmap.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_ion;

#define HEAPS "sys/kernel/debug/ion/heaps/"
#define HEADER "          client              pid             size\n"
#define RULE "----------------------------------------------------\n"
#define RULE49 "-------------------------------------------------\n"
#define FLINGER "  surfaceflinger              611         50642944\n"
#define ORPHANED RULE "orphaned allocations (info is from last known client):\n"
#define USER_HEADER                                                                  \
	"          client      pid             user user_pid             size  mcnt" \
	"  rcnt\n"
#define USER_ORPHAN                                                                  \
	" allocator@2.0-s      257  composer@2.1-se      258          7372800     0" \
	"     1\n"
#define TOTALS                                                                        \
	RULE "  total orphaned          8294400\n          total          58937344\n" \
	     "   deferred free                0\n" RULE

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_ion.format, path, text);
}

static const struct ion *row(const struct fed *f, size_t i)
{
	static const struct ion none;

	return i < f->snap->ion.n ? &f->snap->ion.v[i] : &none;
}

static const char *client(const struct fed *f, size_t i)
{
	return snapshot_str(f->snap, row(f, i)->client);
}

static const struct heap *heap(const struct fed *f, const char *name)
{
	static const struct heap none;

	vec_each(&f->snap->heaps, it)
		if (!strcmp(snapshot_str(f->snap, it->name), name))
			return it;
	return &none;
}

static void is_clean(const struct fed *f, size_t rows, const char *what)
{
	ok(f->snap->ion.n == rows && !f->diag.n[DIAG_ERROR] &&
		   f->snap->coverage[SRC_ION].status == COVERAGE_OK,
	   "%s: clean", what);
	if (f->messages_len)
		printf("# %s\n", f->messages);
}

static void test_heap(void)
{
	struct fed f;

	start(&f, HEAPS "system",
	      HEADER RULE FLINGER ORPHANED
	      " composer@2.2-se             3306          8294400 0 1\n" TOTALS
	      "4 order 8 highmem pages in uncached pool = 4194304 total\n"
	      "2 order 8 lowmem pages in cached pool = 2097152 total\nVMID 3: 12\n");
	is_clean(&f, 2, "3.10");
	is_str(client(&f, 0), "surfaceflinger", "client");
	is_u64(row(&f, 0)->pid, 611, "pid");
	is_u64(row(&f, 0)->size_bytes, 50642944, "size");
	ok(!row(&f, 0)->orphaned, "not orphaned");
	is_u64(row(&f, 0)->refs, ABSENT32, "no count");
	is_str(snapshot_str(f.snap, row(&f, 0)->heap), "system", "the heap, by its path");
	is_str(client(&f, 1), "composer@2.2-se", "last known client");
	ok(row(&f, 1)->orphaned, "orphaned");
	is_u64(row(&f, 1)->map_count, 0, "map count");
	is_u64(row(&f, 1)->refs, 1, "references");
	is_u64(heap(&f, "system")->used_bytes, 58937344, "total");
	is_u64(heap(&f, "system")->pool_bytes, 6291456, "pools");
	is_u64(heap(&f, "system")->total_bytes, ABSENT64, "its size is not known");
	is_u64(f.snap->coverage[SRC_ION].records, 3, "rows and a total");
	feed_finish(&f);
}

static void test_orphans(void)
{
	struct fed f;

	start(&f, HEAPS "cma", HEADER RULE ORPHANED TOTALS);
	is_clean(&f, 0, "no clients");
	feed_finish(&f);

	start(&f, HEAPS "cma",
	      HEADER RULE ORPHANED
	      "            Xorg              302          8294400 0xc0a31f00 1 2\n"
	      "           cedar              303             4096 0 1 | 303/cedar"
	      "  dmabuf:c1234567 | 1/in it  dmabuf:c1234567 |\n"
	      "           minus              303             4096 -1 1\n" TOTALS);
	is_clean(&f, 3, "Rockchip, Allwinner");
	is_u64(row(&f, 0)->map_count, 1, "behind the pointer");
	is_u64(row(&f, 0)->refs, 2, "... both counts");
	is_str(client(&f, 1), "cedar", "groups behind it");
	is_u64(row(&f, 2)->map_count, ABSENT32, "a count below zero is none");
	feed_finish(&f);

	start(&f, HEAPS "system", HEADER RULE ORPHANED USER_HEADER USER_ORPHAN TOTALS);
	is_clean(&f, 1, "orphans with a user");
	is_u64(row(&f, 0)->size_bytes, 7372800, "size");
	is_str(client(&f, 0), "allocator@2.0-s", "client");
	feed_finish(&f);

	start(&f, HEAPS "qsecom",
	      HEADER RULE FLINGER
	      "----------------------------------------------------order  cached  free\n"
	      "       9       0     3\n" ORPHANED TOTALS "pool total = 12\n");
	is_clean(&f, 1, "a vendor's table glued to a rule");
	is_u64(heap(&f, "qsecom")->used_bytes, 58937344, "... and the totals behind it");
	feed_finish(&f);
}

static void test_3_0(void)
{
	struct fed f;

	start(&f, "sys/kernel/debug/ion/norheap",
	      HEADER "          weston              300          3133440\n");
	is_clean(&f, 1, "3.0.8");
	is_u64(row(&f, 0)->size_bytes, 3133440, "in bytes");
	feed_finish(&f);

	start(&f, "sys/kernel/debug/ion/norheap",
	      "4 order 8 highmem pages in uncached pool = 4194304 total\nits own\n" RULE49
	      "          client              pid          size(K)\n"
	      "          weston              300             3060\n");
	is_clean(&f, 1, "RK3188");
	is_u64(row(&f, 0)->size_bytes, 3060 * 1024, "in KiB");
	is_u64(heap(&f, "norheap")->pool_bytes, 4194304, "the lines in front");
	feed_finish(&f);

	start(&f, "sys/kernel/debug/ion/leak",
	      "          buffer             heap          size(K)        ref_count\n"
	      "        c0000000          norheap             3040                1\n");
	is_clean(&f, 1, "leak");
	is_str(snapshot_str(f.snap, row(&f, 0)->heap), "norheap", "heap");
	is_u64(row(&f, 0)->size_bytes, 3040 * 1024, "in KiB");
	ok(row(&f, 0)->orphaned && row(&f, 0)->refs == 1, "orphaned");
	ok(!row(&f, 0)->client && row(&f, 0)->pid == ABSENT32, "nobody's");
	feed_finish(&f);

	start(&f, "sys/kernel/debug/ion/leak",
	      "          buffer             heap             size          ref cnt\n"
	      "        c0000000           system           2f8000                3\n");
	is_clean(&f, 1, "Qualcomm's leak");
	is_u64(row(&f, 0)->size_bytes, 0x2f8000, "in hexadecimal bytes");
	feed_finish(&f);

	start(&f, "sys/kernel/debug/ion/clients/10034-0",
	      "       heap_name:    size_in_bytes,         alloc_caller\n"
	      "        dmaalloc:        127926272,       ion_alloc_only\n");
	is_clean(&f, 1, "a client's own list");
	is_u64(row(&f, 0)->pid, 10034, "whose, by the path");
	is_u64(row(&f, 0)->size_bytes, 127926272, "size");
	feed_finish(&f);
}

#define BITMAP_ROW                                                                \
	"0001M@0x10000000: 00000000 00000000 00000000 00000000 00000000 00000000" \
	" 00000000 00000001\n"

static void test_bitmap(void)
{
	static const char *const text =
		"cma Heap bitmap:\n"
		"0002M@0x10100000: 80000000 00000000 00000000 00000000 00000000 00000000"
		" 00000000 00000001\n"
		"0001M@0x10000000: 00000000 00000000 00000000 00000000 00000000 00000000"
		" 00000000 ffffffff \n"
		"Heap size: 2M, Heap base: 0x10000000\n";
	const struct area *area;
	struct fed f;

	start(&f, HEAPS "cma-bitmap", text);
	is_clean(&f, 0, "bitmap");
	if (ok(f.snap->areas.n == 1, "one area")) {
		area = f.snap->areas.v;
		is_str(snapshot_str(f.snap, area->name), "cma", "name");
		is_u64(area->base, 0x10000000, "base");
		is_u64(area->total_bytes, 2 << 20, "size");
		is_u64(area->used_bytes, 34 * 4096, "used pages");
		is_u64(area->bit_bytes, 4096, "a bit is a page");
		is_u64(area->n_words, 16, "words");
		is_u64(f.snap->bitmap.v[area->words], 0xffffffff, "the lowest first");
		is_u64(f.snap->bitmap.v[area->words + 8], 1, "the second row");
		is_u64(f.snap->bitmap.v[area->words + 15], 0x80000000,
		       "its highest word last");
	}
	feed_finish(&f);

	start(&f, NULL, text);
	is_u64(f.snap->areas.n, 1, "saved: named by its title");
	ok(f.ended, "... ended by its last line");
	feed_finish(&f);

	start(&f, HEAPS "cma-bitmap",
	      "cma Heap bitmap:\nHeap size: 2M, Heap base: 0x10000000\n");
	is_u64(f.snap->areas.v[0].n_words, 0, "rows missing: no bitmap");
	is_u64(f.snap->areas.v[0].used_bytes, ABSENT64, "... nothing known of its use");
	is_u64(f.snap->areas.v[0].total_bytes, 2 << 20, "... its size is");
	is_u64(f.snap->coverage[SRC_ION].skipped, 1, "... counted");
	feed_finish(&f);

	start(&f, HEAPS "cma-bitmap",
	      "cma Heap bitmap:\n" BITMAP_ROW BITMAP_ROW
	      "Heap size: 2M, Heap base: 0x10000000\n");
	is_u64(f.snap->areas.v[0].n_words, 0, "a row twice: no bitmap");
	feed_finish(&f);
	start(&f, HEAPS "cma-bitmap",
	      "cma Heap bitmap:\n" BITMAP_ROW "Heap size: 1M, Heap base: 0x10100000\n");
	is_u64(f.snap->areas.v[0].n_words, 0, "a row below the heap: no bitmap");
	feed_finish(&f);

	start(&f, HEAPS "cma-bitmap", "cma Heap bitmap:\n0001M@0x10000000: 0000\n");
	is_u64(f.snap->areas.n, 0, "no base: no area");
	ok(f.diag.n[DIAG_ERROR] > 0, "... and a message");
	feed_finish(&f);
}

static void test_hostile(void)
{
	/* What a process calls itself, with its row as the kernel prints it. */
	static const struct {
		const char *name, *row;
	} rows[] = {
		{ "ab\ncd", "           ab\ncd              611         50642944\n" },
		{ "x\n", "              x\n              611         50642944\n" },
		{ "\n", "               \n              611         50642944\n" },
		{ "\nabc", "            \nabc              611         50642944\n" },
		{ "\n1 2 3 4 5 6 7",
		  "  \n1 2 3 4 5 6 7              611         50642944\n" },
		{ "\n\n\n", "             \n\n\n              611         50642944\n" },
		{ "a 12 34", "         a 12 34              611         50642944\n" },
		{ "\n-----------",
		  "    \n-----------              611         50642944\n" },
		{ "total 12345", "     total 12345              611         50642944\n" },
		{ "a-kernel-client-of-any-length",
		  "a-kernel-client-of-any-length              611         50642944\n" },
	};
	char text[1024];
	struct fed f;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(text, sizeof(text),
			 HEADER RULE "%s" FLINGER ORPHANED "%.*s 0 1\n" TOTALS,
			 rows[i].row, (int)strlen(rows[i].row) - 1, rows[i].row);
		start(&f, HEAPS "system", text);
		is_clean(&f, 3, "hostile");
		is_str(client(&f, 0), rows[i].name, "... a client's name");
		is_u64(row(&f, 0)->pid, 611, "... its pid");
		is_str(client(&f, 1), "surfaceflinger", "... the next");
		is_str(client(&f, 2), rows[i].name, "... an orphan's");
		is_u64(row(&f, 2)->refs, 1, "... its references");
		is_u64(heap(&f, "system")->used_bytes, 58937344, "... the total");
		feed_finish(&f);
	}
}

static void test_damage(void)
{
	struct fed f;

	start(&f, HEAPS "system", HEADER RULE "broken\n" FLINGER ORPHANED TOTALS);
	is_u64(f.snap->ion.n, 1, "a broken row costs itself");
	is_int(f.diag.n[DIAG_ERROR], 1, "... is said once");
	is_int(f.snap->coverage[SRC_ION].status, COVERAGE_PARTIAL, "... and remembered");
	feed_finish(&f);

	start(&f, HEAPS "system",
	      HEADER RULE
	      "               a       4294967295             4096\n" FLINGER RULE);
	is_u64(f.snap->ion.n, 1, "a pid out of range is damage");
	feed_finish(&f);

	start(&f, HEAPS "system",
	      HEADER RULE
	      "               a                1 99999999999999999999\n" FLINGER RULE);
	is_u64(f.snap->ion.n, 1, "so is a size");
	is_int(f.diag.n[DIAG_ERROR], 1, "... said");
	feed_finish(&f);

	start(&f, HEAPS "system",
	      HEADER RULE
	      "  broken\n" ORPHANED
	      "            Xorg              302          8294400 0 1\n" TOTALS);
	is_u64(f.snap->ion.n, 1, "a broken row before a rule");
	is_u64(f.snap->coverage[SRC_ION].skipped, 1, "... costs itself");
	feed_finish(&f);

	start(&f, HEAPS "vendor", "something else\n");
	is_int(f.snap->coverage[SRC_ION].status, COVERAGE_PARTIAL, "no header at all");
	feed_finish(&f);

	start(&f, HEAPS "system", HEADER RULE "  surfaceflinger         ");
	is_u64(f.snap->ion.n, 0, "cut inside a row");
	is_u64(f.snap->coverage[SRC_ION].skipped, 1, "... counted");
	feed_finish(&f);
}

static void test_saved(void)
{
	const struct node_format *format = source_ion.format;
	struct fed f;

	ok(feed_opens(format, "          client              pid             size"),
	   "header");
	ok(feed_opens(format, "client pid size"), "folded header");
	ok(feed_opens(
		   format,
		   "          buffer             heap          size(K)        ref_count"),
	   "leak's header");
	ok(feed_opens(format, "cma Heap bitmap:"), "bitmap's title");
	ok(!feed_opens(format, "       heap_name:    size_in_bytes"),
	   "a client's list is nobody's");
	ok(!feed_opens(format, " client pid size of it"), "not more words");
	ok(!feed_opens(format, ""), "not an empty line");
	ok(format->repeats, "several heaps are one moment");

	start(&f, NULL,
	      "client pid size\n" RULE
	      "surfaceflinger 611 50642944\nvery odd 1 name 612 4096\n\n" RULE
	      "orphaned allocations (info is from last known client):\n"
	      "composer@2.2-se 3306 8294400 0 1\n" RULE
	      "total orphaned 8294400\ntotal 58937344\n"
	      "deferred free 0\n" RULE
	      "4 order 8 highmem pages in uncached pool = 4194304 total\n"
	      "rk3588:/ # \n");
	is_u64(f.snap->ion.n, 3, "folded blanks");
	is_str(client(&f, 1), "very odd 1 name", "a name of several words");
	is_u64(row(&f, 1)->pid, 612, "... its pid");
	is_u64(row(&f, 2)->refs, 1, "references");
	ok(!row(&f, 0)->heap, "which heap is not known");
	is_u64(f.snap->heaps.n, 0, "... so none is made up");
	ok(f.is_foreign && f.lines == 14, "the prompt is not ours");
	is_int(f.diag.n[DIAG_ERROR], 0, "no errors");
	feed_finish(&f);

	start(&f, NULL, HEADER FLINGER HEADER FLINGER);
	ok(f.is_foreign && f.lines == 2, "another header is another heap");
	is_u64(f.snap->ion.n, 1, "... not read into this one");
	feed_finish(&f);

	start(&f, NULL, HEADER RULE FLINGER "\n" FLINGER "# \nrk3588:/ # ls /proc\n");
	is_u64(f.snap->ion.n, 2, "an empty line in a paste");
	is_str(client(&f, 1), "surfaceflinger", "... is no name");
	ok(f.is_foreign, "a short prompt");
	feed_finish(&f);

	start(&f, NULL,
	      HEADER RULE "           ab\ncd              611         50642944\n" RULE);
	is_str(client(&f, 0), "ab\ncd", "a name with a newline, saved with its columns");
	feed_finish(&f);
}

int main(void)
{
	test_heap();
	test_orphans();
	test_3_0();
	test_bitmap();
	test_hostile();
	test_damage();
	test_saved();
	return done_testing();
}
