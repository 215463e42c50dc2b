/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/rk_cma.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"

extern const struct source source_rk_cma;

#define PATH "proc/rk_cma/cma-reserved"
#define EXAMPLE                                  \
	"Total: 65536 KiB\n Used: 24576 KiB\n\n" \
	"FFFFFFFF FFFFFFFF FFFFFFFF 00000000 00000000 00000000 00000000 00000000\n"

static void start(struct fed *f, const char *path, const char *text)
{
	feed_begin(f);
	feed_text(f, source_rk_cma.format, path, text);
}

static const struct area *area(const struct fed *f, size_t i)
{
	static const struct area none = { .total_bytes = 1, .used_bytes = 1 };

	ok(f->snap->areas.n > i, "area %zu is there", i);
	return f->snap->areas.n > i ? &f->snap->areas.v[i] : &none;
}

static void test_example(void)
{
	const struct area *a;
	struct fed f;

	start(&f, PATH, EXAMPLE);
	a = area(&f, 0);
	is_str(snapshot_str(f.snap, a->name), "cma-reserved", "the file's name");
	is_u64(a->total_bytes, 64 << 20, "total");
	is_u64(a->used_bytes, 24 << 20, "used");
	is_u64(a->n_words, 8, "eight words");
	is_u64(f.snap->bitmap.v[a->words + 2], 0xffffffff, "low bits first");
	is_u64(a->bit_bytes, 256 * 1024, "a bit is 256 KiB: used over set bits");
	is_int(f.diag.n[DIAG_ERROR] + f.diag.n[DIAG_WARNING], 0,
	       "nothing is wrong with it");
	feed_finish(&f);

	start(&f, PATH, EXAMPLE "\n");
	is_int(f.diag.n[DIAG_ERROR], 0, "a second line end behind eight words is fine");
	feed_finish(&f);

	start(&f, PATH, "Total: 65536 KiB\n Used: 24576 KiB\n\n");
	ok(!area(&f, 0)->n_words && !f.diag.n[DIAG_ERROR],
	   "no bitmap: its buffer was not to be had");
	feed_finish(&f);

	start(&f, PATH,
	      "Total: 65536 KiB\n Used: 0 KiB\n\n"
	      "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n");
	is_u64(area(&f, 0)->bit_bytes, 256 * 1024,
	       "nothing in use: eight words must cover it");
	feed_finish(&f);

	/* 1 MiB, order 3: 32 bits of 32 KiB, though 8 KiB would not be too small for a
	 * word. */
	start(&f, PATH, "Total: 1024 KiB\n Used: 96 KiB\n\n00000007\n");
	is_u64(area(&f, 0)->bit_bytes, 32 * 1024, "one word: used decides");
	feed_finish(&f);
	start(&f, PATH, "Total: 512 KiB\n Used: 192 KiB\n\n00000007\n");
	is_u64(area(&f, 0)->bit_bytes, 64 * 1024,
	       "... also where a smaller bit would cover it");
	feed_finish(&f);

	start(&f, "proc/rk_dma_heap/alloc_bitmap", EXAMPLE);
	is_str(snapshot_str(f.snap, area(&f, 0)->name), "rk_dma_heap",
	       "the heap's bitmap");
	feed_finish(&f);
	feed_begin(&f);
	snapshot_heap(f.snap, strings_adds(&f.snap->strings, "rk-dma-heap-cma"));
	feed_text(&f, source_rk_cma.format, "proc/rk_dma_heap/alloc_bitmap", EXAMPLE);
	is_str(snapshot_str(f.snap, area(&f, 0)->name), "rk-dma-heap-cma",
	       "... of the one heap");
	feed_finish(&f);
}

static void test_damage(void)
{
	struct fed f;

	start(&f, PATH,
	      "Total: 65536 KiB\n Used: 24576 KiB\n\n"
	      "FFFFFFFF FFFFFFFF FFFFFFFF 00000000 0000000 00000000 00000000 00000000\n");
	is_u64(area(&f, 0)->n_words, 0, "a lost word costs the bitmap");
	is_u64(area(&f, 0)->used_bytes, 24 << 20, "... and nothing else");
	is_int(f.diag.n[DIAG_ERROR], 1, "... and is reported");
	feed_finish(&f);

	start(&f, PATH,
	      "Total: 65536 KiB\n Used: 0 KiB\n\n"
	      "0000000x 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
	      "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n");
	is_u64(area(&f, 0)->n_words, 0, "... also where the rest would fit");
	feed_finish(&f);

	start(&f, PATH, "Total: 64 KiB\n Used: 64 KiB\n\nFFFFFFFF FFFFFFFF FFFFFFFF\n");
	ok(!area(&f, 0)->n_words && f.diag.n[DIAG_WARNING] == 1, "more words than pages");
	is_u64(f.snap->bitmap.n, 0, "... are not kept");
	feed_finish(&f);

	start(&f, PATH, "Total: 64 KiB\n Used: 65 KiB\n");
	ok(area(&f, 0)->used_bytes == ABSENT64 && f.diag.n[DIAG_ERROR] == 1,
	   "used beyond total");
	feed_finish(&f);

	start(&f, PATH, "");
	ok(!f.snap->areas.n && f.diag.n[DIAG_ERROR] == 1, "an empty file");
	feed_finish(&f);

	start(&f, PATH, "Total: 18014398509481985 KiB\n Used: 1 KiB\n");
	ok(!f.snap->areas.n && f.diag.n[DIAG_ERROR] == 2, "a total that does not fit");
	feed_finish(&f);
}

static void test_saved(void)
{
	const struct node_format *format = source_rk_cma.format;
	struct fed f;

	ok(feed_opens(format, "Total: 65536 KiB"), "its first line opens");
	ok(feed_opens(format,
		      "   0: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)"),
	   "memblock opens, to be passed by");
	ok(!feed_opens(format,
		       "   1: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)"),
	   "a later segment does not");
	ok(!feed_opens(format, "Total : 0x1634000 (22736 KiB)"),
	   "a heap's total does not");

	start(&f, NULL,
	      "Total: 65536 KiB\n\nUsed: 24576 KiB\n"
	      "FFFFFFFF FFFFFFFF FFFFFFFF 00000000 00000000 00000000 00000000 00000000\n# ls\n");
	is_str(snapshot_str(f.snap, area(&f, 0)->name), "cma",
	       "saved text names no area");
	ok(area(&f, 0)->total_bytes == 64 << 20 && area(&f, 0)->n_words == 8 &&
		   f.is_foreign,
	   "empty lines and blanks do not matter");
	is_u64(f.snap->reported_bytes, ABSENT64, "its total is not that of dma-bufs");
	feed_text(&f, format, NULL, EXAMPLE);
	is_str(snapshot_str(f.snap, area(&f, 1)->name), "cma 2",
	       "another in the same log");
	feed_finish(&f);

	start(&f, NULL, "Total: 65552 KiB\nPeak: 64 MiB\n");
	ok(!f.snap->areas.n && f.is_foreign, "a counter is left to others");
	feed_finish(&f);

	start(&f, NULL,
	      "   0: 0x0000000000200000..0x0000000083ffffff (   2160640 KiB)\n"
	      "   1: 0x00000000f0200000..0x00000000ffffffff (    260096 KiB)\nTotal: 2420736 KiB\n");
	ok(!f.snap->areas.n && f.ended && f.lines == 3,
	   "memblock is passed by with its total");
	is_int(f.snap->coverage[SRC_RK_CMA].status, COVERAGE_NOT_ASKED,
	       "... and counts for nobody");
	feed_finish(&f);
}

int main(void)
{
	test_example();
	test_damage();
	test_saved();
	return done_testing();
}
