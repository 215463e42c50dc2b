/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/cma.c, cma_debugfs.c and cma_sysfs.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"
#include "../lib/tree.h"

extern const struct source source_cma_debugfs, source_cma_sysfs;

#define DEBUGFS "sys/kernel/debug/cma/"
#define SYSFS "sys/kernel/mm/cma/"

static void collect(struct fed *f, const struct source *source, struct tree *t)
{
	feed_begin(f);
	is_int(source->collect(f->snap, tree_root(t), &f->diag), 0, "the tree is read");
	fflush(f->diag.out);
}

static const struct area *area(const struct fed *f, const char *name)
{
	static const struct area none = { .total_bytes = 1, .used_bytes = 1 };

	vec_each(&f->snap->areas, it)
		if (!strcmp(snapshot_str(f->snap, it->name), name))
			return it;
	ok(false, "there is an area '%s'", name);
	return &none;
}

/* 64 MiB, a bit is 64 pages, 96 of 256 bits set. */
static void put_area(struct tree *t)
{
	tree_put(t, DEBUGFS "reserved/count", "16384\n");
	tree_put(t, DEBUGFS "reserved/used", "6144\n");
	tree_put(t, DEBUGFS "reserved/maxchunk", "10240\n");
	tree_put(t, DEBUGFS "reserved/order_per_bit", "6\n");
	tree_put(t, DEBUGFS "reserved/base_pfn", "917504\n");
	tree_put(t, DEBUGFS "reserved/bitmap",
		 "4294967295 4294967295 4294967295 0 0 0 0 0\n");
}

static void test_debugfs(void)
{
	const struct area *a;
	struct tree t;
	struct fed f;

	tree_begin(&t);
	put_area(&t);
	collect(&f, &source_cma_debugfs, &t);
	a = area(&f, "reserved");
	is_u64(a->total_bytes, 64 << 20, "total");
	is_u64(a->used_bytes, 24 << 20, "used");
	is_u64(a->maxchunk_bytes, 40 << 20, "largest free piece");
	is_u64(a->base, 0xe0000000, "base");
	is_u64(a->bit_bytes, 256 * 1024, "a bit");
	ok(a->n_words == 8 && f.snap->bitmap.v[a->words] == 0xffffffff &&
		   !f.snap->bitmap.v[a->words + 3],
	   "bitmap, low bits first");
	is_str(snapshot_str(f.snap, f.snap->coverage[SRC_CMA_DEBUGFS].detail),
	       "counted in pages of unknown size, 4096 bytes assumed",
	       "the guess is told");
	is_u64(f.snap->page_bytes, ABSENT64, "... and is no knowledge");
	feed_finish(&f);

	tree_put(&t, "proc/meminfo", "MemTotal:  8000000 kB\nCmaTotal:  262144 kB\n");
	collect(&f, &source_cma_debugfs, &t);
	is_u64(area(&f, "reserved")->total_bytes, 256 << 20,
	       "meminfo tells a page of 16 KiB");
	is_u64(f.snap->coverage[SRC_CMA_DEBUGFS].detail, STR_ABSENT,
	       "... nothing is assumed");
	feed_finish(&f);

	tree_put(&t, "proc/meminfo", "CmaTotal:  262145 kB\n");
	tree_put(&t, "proc/7/smaps",
		 "00400000-00401000 r-xp 00000000 00:00 0\nSize: 4 kB\n"
		 "KernelPageSize:       64 kB\n");
	collect(&f, &source_cma_debugfs, &t);
	is_u64(f.snap->page_bytes, 65536, "meminfo does not fit; a mapping tells 64 KiB");
	feed_finish(&f);
	tree_end(&t);
}

static void test_ranges(void)
{
	struct tree t;
	struct fed f;

	tree_begin(&t);
	put_area(&t);
	tree_put(&t, DEBUGFS "reserved/ranges/0/base_pfn", "917504\n");
	tree_put(&t, DEBUGFS "reserved/ranges/0/bitmap", "1 2\n");
	collect(&f, &source_cma_debugfs, &t);
	is_u64(f.snap->areas.n, 1, "one range is the area");
	is_u64(area(&f, "reserved")->n_words, 8, "... with the bitmap beside it");
	feed_finish(&f);

	tree_put(&t, DEBUGFS "reserved/ranges/1/base_pfn", "1\n");
	tree_put(&t, DEBUGFS "reserved/ranges/1/bitmap", "3\n");
	collect(&f, &source_cma_debugfs, &t);
	is_u64(f.snap->areas.n, 3, "two ranges have records of their own");
	is_u64(area(&f, "reserved")->n_words, 0,
	       "... the area's bitmap would be the first's");
	is_u64(area(&f, "reserved")->base, ABSENT64, "... as would its base");
	is_u64(area(&f, "reserved/1")->base, 4096, "base of the second");
	is_u64(f.snap->bitmap.v[area(&f, "reserved/1")->words], 3, "its bitmap");
	is_u64(area(&f, "reserved/1")->used_bytes, ABSENT64, "numbers are counted once");
	feed_finish(&f);
	tree_end(&t);
}

static void test_damage(void)
{
	struct tree t;
	struct fed f;

	tree_begin(&t);
	put_area(&t);
	tree_put(&t, DEBUGFS "reserved/bitmap", "1 2 4294967296 4\n");
	tree_put(&t, DEBUGFS "reserved/maxchunk", "x\n");
	tree_put(&t, DEBUGFS "other/count", "10\n");
	tree_put(&t, DEBUGFS "other/used", "11\n");
	tree_put(&t, DEBUGFS "other/order_per_bit", "64\n");
	tree_put(&t, DEBUGFS "empty/alloc", "");
	collect(&f, &source_cma_debugfs, &t);
	is_u64(f.snap->areas.n, 2, "a folder without numbers is no area");
	is_u64(area(&f, "reserved")->n_words, 0,
	       "a bitmap with a bad word goes as a whole");
	is_u64(f.snap->bitmap.n, 0, "... nothing of it stays");
	is_u64(area(&f, "reserved")->maxchunk_bytes, ABSENT64, "no number is not 0");
	is_u64(area(&f, "other")->used_bytes, ABSENT64, "more used than there is");
	is_u64(area(&f, "other")->bit_bytes, ABSENT64, "an impossible order");
	is_int(f.diag.n[DIAG_ERROR], 4, "each is reported");
	ok(strstr(f.messages, "reserved/bitmap:1:5:"), "... with its place");
	is_int(f.snap->coverage[SRC_CMA_DEBUGFS].status, COVERAGE_PARTIAL,
	       "... and kept");
	feed_finish(&f);
	tree_end(&t);

	tree_begin(&t);
	feed_begin(&f);
	is_int(source_cma_debugfs.collect(f.snap, tree_root(&t), &f.diag), -ENOENT,
	       "not there");
	feed_finish(&f);
	tree_end(&t);
}

static void test_sysfs(void)
{
	struct tree t;
	struct fed f;

	tree_begin(&t);
	tree_put(&t, SYSFS "a/total_pages", "100\n");
	tree_put(&t, SYSFS "a/available_pages", "40\n");
	tree_put(&t, SYSFS "a/alloc_pages_success", "1000\n");
	tree_put(&t, SYSFS "a/release_pages_success", "1000\n");
	tree_put(&t, SYSFS "old/alloc_pages_success", "70\n");
	tree_put(&t, SYSFS "old/release_pages_success", "50\n");
	tree_put(&t, SYSFS "older/alloc_pages_success", "70\n");
	tree_put(&t, SYSFS "older/alloc_pages_fail", "0\n");
	tree_put(&t, SYSFS "odd/total_pages", "10\n");
	tree_put(&t, SYSFS "odd/available_pages", "11\n");
	collect(&f, &source_cma_sysfs, &t);
	is_u64(area(&f, "a")->total_bytes, 100 * 4096, "total");
	is_u64(area(&f, "a")->used_bytes, 60 * 4096, "used is what is not available");
	is_u64(area(&f, "old")->used_bytes, 20 * 4096,
	       "running totals tell what is in use");
	is_u64(area(&f, "old")->total_bytes, ABSENT64, "... of an unknown size");
	is_u64(f.snap->areas.n, 3, "one of the two alone tells nothing");
	is_u64(area(&f, "odd")->used_bytes, ABSENT64, "more available than there is");
	is_int(f.diag.n[DIAG_ERROR], 1, "... is reported");
	feed_finish(&f);
	tree_end(&t);
}

int main(void)
{
	test_debugfs();
	test_ranges();
	test_damage();
	test_sysfs();
	return done_testing();
}
