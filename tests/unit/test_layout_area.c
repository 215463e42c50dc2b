/* SPDX-License-Identifier: MIT */
/* Layouts under bitmaps and dumps: what they tell, where they lie, what is damaged. */
#include "layout_case.h"

static void test_bitmap(void)
{
	/* 64 bits of 4 KiB: 0-15 and 32-39 used. */
	static const uint32_t words[] = { 0x0000ffff, 0x000000ff };
	struct area *area;

	begin();
	add_buffer("cma", "a", 0x1000000, 32 * K);
	add_buffer("cma", "b", 0x1000000 + 128 * K, 32 * K);
	area = add_area("cma", SRC_CMA_DEBUGFS, 0x1000000, 256 * K);
	area->used_bytes = 96 * K;
	set_bitmap(area, 4 * K, words, 2);
	build();
	is_u64(layout.spaces.n, 1, "listing and bitmap of one area are one space");
	is_str(pieces(first()), "b32 x32 f64 b32 f96",
	       "bits without an owner are not listed");
	is_u64(first()->used_bytes, 96 * K, "... and used");
	is_u64(first()->free_bytes, 160 * K, "... the rest is free");
	is_u64(first()->conflict_bytes, 0, "... nothing contradicts");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000 + 48 * K, 32 * K);
	area = add_area("cma-cma", SRC_CMA_DEBUGFS, 0x1000000, 256 * K);
	set_bitmap(area, 4 * K, words, 2);
	build();
	is_str(pieces(first()), "x48 b32 f48 x32 f96", "listed over free bits: believed");
	is_u64(first()->conflict_bytes, 16 * K, "... and said");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000 + 64 * K, 32 * K);
	add_buffer("cma", "b", 0x1000000 + 80 * K, 32 * K);
	area = add_area("cma", SRC_CMA_DEBUGFS, 0x1000000, 256 * K);
	set_bitmap(area, 4 * K, words, 2);
	build();
	is_u64(first()->conflict_bytes, 48 * K, "... once, where two overlap");
	finish();
}

static void test_part_of_bitmap(void)
{
	static const uint32_t words[] = { 0x0000ffff };
	struct layout_given given = { { "cma", 3 }, 0x1000000, 256 * K };
	double fragmentation;
	struct area *area;

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	area = add_area("cma", SRC_CMA_DEBUGFS, 0x1000000, 128 * K);
	area->used_bytes = 64 * K;
	set_bitmap(area, 4 * K, words, 1);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_str(pieces(first()), "b64 f64 ?128", "what no bit tells of is not free");
	finish();

	begin();
	area = add_area("cma", SRC_CMA_DEBUGFS, 0x1000000, 1 * M);
	area->used_bytes = 64 * K;
	set_bitmap(area, 4 * K, words, 1);
	build();
	is_str(pieces(first()), "x64 f64", "a bitmap of the first range of several");
	is_u64(first()->free_bytes, 960 * K, "... free is what the area counts");
	ok(!layout_fragmentation(first(), &fragmentation),
	   "... so the holes seen are not all, and no fragmentation is claimed");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000, 32 * K);
	add_contiguous("cma", "loose", ABSENT64, 8 * K);
	area = add_area("cma", SRC_CMA_DEBUGFS, 0x1000000, 128 * K);
	set_bitmap(area, 4 * K, words, 1);
	build();
	is_u64(first()->used_bytes, 64 * K,
	       "pages without an address are among the bits");
	finish();
}

static void test_which_area(void)
{
	static const uint32_t words[] = { 0x0000ffff };
	struct area *area;

	begin();
	add_buffer("heap", "a", 0x1000000, 32 * K);
	add_area("cma-heap", SRC_CMA_DEBUGFS, ABSENT64, 1 * M);
	build();
	ok(first()->total_from == TOTAL_AREA, "old kernels put cma- before the name");
	finish();

	begin();
	add_buffer("heap", "a", 0x1000000, 32 * K);
	area = add_area("other", SRC_CMA_DEBUGFS, 0x1000000, 128 * K);
	set_bitmap(area, 4 * K, words, 1);
	build();
	is_u64(layout.spaces.n, 1, "an area that holds all of the list is the heap's");
	finish();

	begin();
	add_buffer("heap", "a", 0x1000000, 32 * K);
	area = add_area("other", SRC_CMA_DEBUGFS, 0x1000000 + 16 * K, 128 * K);
	set_bitmap(area, 4 * K, words, 1);
	build();
	is_u64(layout.spaces.n, 2, "... one that begins in the midst of it is not");
	finish();

	begin();
	add_buffer("heap", "a", 0x1000000, 64 * K);
	add_buffer("heap", "b", 0x1000000 + 80 * K, 16 * K);
	area = add_area("heap", SRC_RK_CMA, ABSENT64, 512 * K);
	set_bitmap(area, 64 * K, (const uint32_t[]){ 0x3 }, 1);
	build();
	ok(first()->bounds == BOUNDS_SEEN,
	   "what begins inside of a bit does not fit there");
	finish();
}

static void test_coarse_bitmap(void)
{
	static const uint32_t words[] = { 0x0000000b }; /* 32 bits of 64 KiB: 0, 1, 3 */
	struct area *area;

	begin();
	add_buffer("cma", "a", 0x1000000, 40 * K);
	area = add_area("cma", SRC_CMA_DEBUGFS, 0x1000000, 2 * M);
	set_bitmap(area, 64 * K, words, 1);
	build();
	is_str(pieces(first()), "b40 p24 x64 f64 x64 f1792",
	       "the rest of a bit is lost with it");
	is_u64(first()->pieces.v[1].owner, 0, "... and its owner's");
	finish();
}

static void test_fitted(void)
{
	/* In units of 4 KiB: 4 free, 4 used, 2 free, 1 used, 1 free, 1 used, 1 free, 2
	 * used. */
	static const uint32_t words[] = { 0x0000d4f0, 0 };
	static const uint32_t full[] = { UINT32_MAX, 0 };
	struct area *area;

	begin();
	add_buffer("cma", "a", 0x3000000, 16 * K);
	add_buffer("cma", "b", 0x3000000 + 24 * K, 4 * K);
	add_buffer("cma", "c", 0x3000000 + 40 * K, 8 * K);
	area = add_area("cma", SRC_RK_CMA, ABSENT64, 256 * K);
	area->used_bytes = 32 * K;
	set_bitmap(area, 4 * K, words, 2);
	build();
	ok(first()->bounds == BOUNDS_FITTED,
	   "the base is where the list fits the bitmap");
	is_u64(first()->start, 0x3000000 - 16 * K, "... 16 KiB below the first buffer");
	is_str(pieces(first()), "f16 b16 f8 b4 f4 x4 f4 b8 f192",
	       "... and the bitmap is used");
	finish();

	begin();
	add_buffer("cma", "a", 0x3000000, 16 * K);
	area = add_area("cma", SRC_RK_CMA, ABSENT64, 256 * K);
	set_bitmap(area, 4 * K, full, 2);
	build();
	is_u64(layout.spaces.n, 2, "several bases fit: the bitmap stands apart");
	is_str(pieces(&layout.spaces.v[0]), "b16", "... the list by itself");
	ok(layout.spaces.v[0].total_bytes == 256 * K, "... with the size of the area");
	ok(layout.spaces.v[1].bounds == BOUNDS_OFFSET, "... the bitmap from 0");
	is_str(pieces(&layout.spaces.v[1]), "x128 f128", "... as it is");
	finish();

	begin();
	add_buffer("heap", "a", 0x3000000, 16 * K);
	area = add_area("elsewhere", SRC_RK_CMA, ABSENT64, 256 * K);
	area->used_bytes = 20 * K;
	set_bitmap(area, 4 * K, words, 2);
	build();
	is_u64(layout.spaces.n, 2, "an area of another name and use is another");
	finish();
}

static void test_ranges_of_area(void)
{
	static const uint32_t words[] = { 0x00000001, 0x00000001 };
	struct area *area;

	begin();
	add_area("cma", SRC_CMA_DEBUGFS, ABSENT64, 1 * M);
	area = add_area("cma/1", SRC_CMA_DEBUGFS, 0x8000000, ABSENT64);
	set_bitmap(area, 4 * K, words, 2);
	build();
	is_str(pieces(first()), "x4 f124 x4",
	       "a range without a size ends with its last bit");
	finish();
}

static void test_damaged_areas(void)
{
	static const uint32_t words[] = { 1 };
	struct area *area;

	begin();
	area = add_area("huge", SRC_CMA_DEBUGFS, UINT64_MAX - 5000, UINT64_MAX - 1);
	set_bitmap(area, UINT64_MAX - 1, words, 1);
	area = add_area("zero", SRC_CMA_DEBUGFS, 0x1000, 0);
	set_bitmap(area, 0, words, 1);
	area = add_area("beyond", SRC_CMA_DEBUGFS, 0x1000, 4096);
	set_bitmap(area, 4096, words, 1);
	area->words = 7;
	build();
	is_u64(layout.spaces.n, 0, "areas that cannot be are left out");
	finish();
}

static void test_dump(void)
{
	static const struct range ranges[] = {
		{ 0, 0, 64 * K, true },	      { 0, 64 * K, 192 * K, false },
		{ 0, 256 * K, 64 * K, true }, { 0, 320 * K, 704 * K, false },
		{ 0, 300 * K, 4 * K, true },  /* twice told, both times used */
		{ 0, 400 * K, 16 * K, true }, /* inside of what is told to be free */
	};

	begin();
	for (size_t i = 0; i < 4; i++) {
		*vec_add(&snap->ranges) = ranges[i];
		snap->ranges.v[i].space = str("dri/0");
	}
	snapshot_cover(snap, SRC_MM_DUMP, COVERAGE_OK, NULL);
	build();
	is_str(pieces(first()), "r64 f192 r64 f704", "a dump tells all of its space");
	ok(first()->bounds == BOUNDS_DUMP && first()->free_bytes == 896 * K,
	   "... so it is known");
	finish();

	begin();
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		*vec_add(&snap->ranges) = ranges[i];
		snap->ranges.v[i].space = str("dri/0");
	}
	build();
	is_str(pieces(first()), "r64 f192 r64 f80 r16 f608",
	       "ranges that overlap: the used one");
	finish();
}

int main(void)
{
	test_bitmap();
	test_part_of_bitmap();
	test_which_area();
	test_coarse_bitmap();
	test_fitted();
	test_ranges_of_area();
	test_damaged_areas();
	test_dump();
	return done_testing();
}
