/* SPDX-License-Identifier: MIT */
/* Layouts: gaps, bounds, bitmaps, overlaps, alignment, who is in the way. */
#include "../lib/tap.h"
#include "../lib/feed.h"
#include "analysis/layout.h"

static struct snapshot *snap;
static struct layout layout;
static struct layout_request req;

static uint32_t str(const char *text)
{
	return strings_adds(&snap->strings, text);
}

static void begin(void)
{
	snap = snapshot_new();
	snap->page_bytes = 4096;
	req = (struct layout_request){ 0 };
}

static void build(void)
{
	layout_build(&layout, snap, &req);
}

static void finish(void)
{
	layout_fini(&layout);
	snapshot_free(snap);
}

static void add_buffer(const char *heap, const char *name, uint64_t start, uint64_t size)
{
	struct buffer *buf = snapshot_add_buffer(snap, SRC_RK_DMA_HEAP);

	buf->ino = 1000 + snap->buffers.n;
	buf->size_bytes = size;
	buf->address_start = start;
	buf->address_end = start == ABSENT64 ? ABSENT64 : start + size - 1;
	buf->heap = str(heap);
	buf->name = str(name);
}

static void add_contiguous(const char *heap, const char *owner, uint64_t start,
			   uint64_t size)
{
	*vec_add(&snap->contiguous) = (struct contiguous){
		str(heap), str(owner),
		start,	   start == ABSENT64 ? ABSENT64 : start + size - 1,
		size,
	};
}

static void heap_counts(const char *heap, uint64_t used)
{
	snapshot_heap(snap, str(heap))->used_bytes = used;
	snapshot_cover(snap, SRC_RK_DMA_HEAP, COVERAGE_OK, NULL);
}

static struct area *add_area(const char *name, enum source_id source, uint64_t base,
			     uint64_t total)
{
	struct area *area = snapshot_area(snap, str(name), source);

	area->base = base;
	area->total_bytes = total;
	return area;
}

static void set_bitmap(struct area *area, uint64_t bit, const uint32_t *words, uint32_t n)
{
	area->bit_bytes = bit;
	area->words = (uint32_t)snap->bitmap.n;
	area->n_words = n;
	for (uint32_t i = 0; i < n; i++)
		*vec_add(&snap->bitmap) = words[i];
}

/* The pieces of a space as text: letters of their kinds and sizes in KiB. */
static const char *pieces(const struct layout_space *s)
{
	static const char letters[] = "bcsrxpf?";
	static char text[1024];
	size_t n = 0;

	*text = '\0';
	vec_each(&s->pieces, p)
		if (n < sizeof(text) - 40)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%c%" PRIu64,
					      n ? " " : "", letters[p->kind],
					      piece_size(p) / 1024);
	return text;
}

static const struct layout_space *first(void)
{
	return layout.spaces.n ? &layout.spaces.v[0] : NULL;
}

#define K ((uint64_t)1024)
#define M (1024 * K)

static void test_gaps(void)
{
	double fragmentation;

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	add_buffer("cma", "b", 0x1000000 + 128 * K, 64 * K);
	heap_counts("cma", 128 * K);
	build();
	is_u64(layout.spaces.n, 1, "one heap");
	is_str(pieces(first()), "b64 f64 b64", "a complete list: the gap is free");
	ok(first()->bounds == BOUNDS_SEEN && first()->free_is_least,
	   "... but it may not be all that is free");
	is_u64(first()->free_bytes, 64 * K, "... at least this much");
	ok(!layout_fragmentation(first(), &fragmentation),
	   "... and no fragmentation is claimed");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	add_buffer("cma", "b", 0x1000000 + 128 * K, 64 * K);
	heap_counts("cma", 132 * K);
	build();
	is_str(pieces(first()), "b64 ?64 b64",
	       "the heap counts more: the gap is not known");
	ok(first()->doubt == DOUBT_DIFFERS, "... and why");
	is_u64(first()->free_bytes, ABSENT64, "... nor is what is free");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	add_buffer("cma", "b", 0x1000000 + 128 * K, 64 * K);
	build();
	ok(first()->doubt == DOUBT_NO_COUNTER && first()->unknown_bytes == 64 * K,
	   "no counter: not known");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	add_buffer("cma", "b", 0x1000000 + 128 * K, 64 * K);
	heap_counts("cma", 128 * K);
	snapshot_cover(snap, SRC_RK_DMA_HEAP, COVERAGE_PARTIAL, NULL);
	build();
	ok(first()->doubt == DOUBT_PARTIAL && first()->unknown_bytes == 64 * K,
	   "a damaged list: not known");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	add_contiguous("cma", "page", ABSENT64, 8 * K);
	add_contiguous("cma", "b", 0x1000000 + 128 * K, 64 * K);
	heap_counts("cma", 136 * K);
	build();
	is_str(pieces(first()), "b64 ?64 c64", "loose pages may sit in the gap");
	ok(first()->doubt == DOUBT_UNPLACED && first()->unplaced_bytes == 8 * K &&
		   first()->used_bytes == 136 * K,
	   "... and count as used");
	finish();
}

static void test_common_counter(void)
{
	begin();
	add_buffer("x", "a", 0x1000000, 64 * K);
	add_buffer("x", "a", 0x1000000 + 128 * K, 64 * K);
	add_buffer("y", "a", 0x9000000, 64 * K);
	snapshot_cover(snap, SRC_RK_DMA_HEAP, COVERAGE_OK, NULL);
	snap->reported_bytes = 192 * K;
	build();
	is_u64(layout.spaces.n, 2, "two heaps under one counter");
	is_str(pieces(first()), "b64 f64 b64", "... that all of them make up");
	finish();

	begin();
	add_buffer("x", "a", 0x1000000, 64 * K);
	add_buffer("x", "a", 0x1000000 + 128 * K, 64 * K);
	add_buffer("y", "a", 0x9000000, 64 * K);
	snapshot_cover(snap, SRC_RK_DMA_HEAP, COVERAGE_OK, NULL);
	snap->reported_bytes = 196 * K;
	build();
	is_str(pieces(first()), "b64 ?64 b64", "... or do not");
	finish();
}

static void test_given(void)
{
	struct layout_given given = { { "cma", 3 }, 0x1000000, 1 * M };
	double fragmentation = -1;

	begin();
	add_buffer("cma", "a", 0x1000000 + 64 * K, 64 * K);
	add_buffer("cma", "b", 0x1000000 + 256 * K, 256 * K);
	heap_counts("cma", 320 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_str(pieces(first()), "f64 b64 f128 b256 f512", "bounds from the user");
	is_u64(first()->free_bytes, 704 * K, "... make all that is free known");
	is_u64(first()->largest, 4, "... the tail is the largest hole");
	ok(layout_fragmentation(first(), &fragmentation), "... fragmentation is known");
	ok(fragmentation > 0.2726 && fragmentation < 0.2728, "... 1 - 512/704");
	finish();

	given.base = 0x1000000 + 128 * K;
	begin();
	add_buffer("cma", "a", 0x1000000 + 64 * K, 64 * K);
	add_buffer("cma", "b", 0x1000000 + 256 * K, 256 * K);
	heap_counts("cma", 320 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	ok(first()->is_refuted && first()->bounds == BOUNDS_SEEN,
	   "bounds that do not hold the list are not used");
	is_str(pieces(first()), "b64 f128 b256", "... only what is seen");
	finish();

	given.base = ABSENT64;
	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	heap_counts("cma", 64 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_str(pieces(first()), "b64", "a size without a base draws nothing more");
	is_u64(first()->free_bytes, 960 * K, "... but tells what is free");
	finish();
}

static void test_overlaps(void)
{
	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	add_buffer("cma", "b", 0x1000000 + 32 * K, 64 * K);
	add_buffer("cma", "c", 0x1000000 + 40 * K, 8 * K);
	add_buffer("cma", "d", 0x1000000 + 128 * K, 64 * K);
	heap_counts("cma", 200 * K);
	build();
	is_str(pieces(first()), "b64 b64 b8 f32 b64", "overlaps leave no negative hole");
	is_u64(first()->n_overlaps, 2, "... and are counted");
	is_u64(first()->overlap_bytes, 40 * K, "... by their bytes");
	is_u64(first()->used_bytes, 160 * K, "... what is used counts once");
	ok(first()->pieces.v[0].overlaps && first()->pieces.v[2].overlaps &&
		   !first()->pieces.v[4].overlaps,
	   "... and marked");
	finish();
}

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

static void test_aligned(void)
{
	struct layout_given given = { { "cma", 3 }, 0x1000000, 8 * M };

	begin();
	add_buffer("cma", "a", 0x1000000, 4 * K);
	add_buffer("cma", "b", 0x1000000 + 7 * M, 1 * M);
	heap_counts("cma", 1 * M + 4 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_u64(piece_size(&first()->pieces.v[first()->largest]), 7 * M - 4 * K,
	       "the hole");
	is_u64(first()->aligned_bytes, 6 * M, "... less what alignment to 1 MiB costs");
	is_u64(first()->aligned_start, 0x1000000 + 1 * M,
	       "... from the next multiple on");
	is_u64(first()->unaligned, ABSENT32, "all that is listed is aligned");
	finish();

	given.size = 128 * K;
	begin();
	add_buffer("cma", "a", 0x1000000, 4 * K);
	add_buffer("cma", "b", 0x1000000 + 60 * K, 68 * K);
	heap_counts("cma", 72 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	/* From 4 to 60 KiB: 32 KiB at 32 (28 fit), 16 at 16, 8 at 8. */
	is_u64(first()->aligned_bytes, 28 * K, "a hole between two multiples");
	is_u64(first()->aligned_start, 0x1000000 + 32 * K, "... begins at one");
	is_u64(first()->unaligned, 2, "a heap that does not align is found out");
	finish();
}

static void test_blocks(void)
{
	struct layout_given given = { { "cma", 3 }, 0x1000000, 1 * M };
	struct layout_block blocks[4];
	size_t n;

	begin();
	add_buffer("cma", "a", 0x1000000 + 128 * K, 4 * K);
	add_buffer("cma", "b", 0x1000000 + 256 * K, 256 * K);
	add_buffer("cma", "c", 0x1000000 + 640 * K, 384 * K);
	heap_counts("cma", 644 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_str(pieces(first()), "f128 b4 f124 b256 f128 b384",
	       "two blocks between three holes");
	n = layout_blocks(first(), blocks, 4);
	is_u64(n, 2, "both are in the way");
	is_u64(blocks[0].merged_bytes, 508 * K, "the one that joins more comes first");
	is_u64(blocks[0].size_bytes, 256 * K, "... b");
	is_u64(blocks[1].merged_bytes, 256 * K, "then a");
	is_u64(layout_blocks(first(), blocks, 1), 1, "no more than asked for");
	finish();
}

static void test_high(void)
{
	begin();
	add_buffer("cma", "a", 0x100000000 - 64 * K, 128 * K);
	add_buffer("cma", "b", 0x240000000, 1 * M);
	add_buffer("cma", "c", 0x40000000, 1 * M);
	heap_counts("cma", 2 * M + 128 * K);
	build();
	is_u64(first()->n_high, 2, "pieces beyond 4 GiB are counted");
	is_u64(first()->high_bytes, 1 * M + 64 * K, "... by what is beyond");
	finish();
}

static void add_segments(const char *device, const char *second, uint64_t start,
			 uint64_t size)
{
	struct buffer *buf = snapshot_add_buffer(snap, SRC_RK_SGT);
	uint32_t at = snapshot_index(snap, buf);

	buf->pointer = 0xffffff8000000000 + at;
	buf->size_bytes = size * 2;
	snapshot_attach_none(snap, buf);
	snapshot_attach(snap, buf, str(device));
	if (second)
		snapshot_attach(snap, &snap->buffers.v[at], str(second));
	buf = &snap->buffers.v[at];
	snapshot_add_segment(snap, &buf->segments, &buf->n_segments,
			     (struct segment){ start, size });
	snapshot_add_segment(snap, &buf->segments, &buf->n_segments,
			     (struct segment){ UINT64_MAX, size });
}

static void test_segments(void)
{
	begin();
	add_segments("gpu", NULL, 0xfe000000, 64 * K);
	add_segments("vop", NULL, 0xfe000000, 64 * K);
	add_segments("gpu", "vop", 0xfe010000, 64 * K);
	add_segments("gpu", NULL, 0xfe020000, 64 * K);
	build();
	is_u64(layout.spaces.n, 3, "an address space a device, one where it is not told");
	ok(first()->kind == LAYOUT_DMA && first()->name == str("gpu"),
	   "... sorted by name");
	is_str(pieces(first()), "b64 ?64 b64", "gaps between mappings are never free");
	is_u64(first()->n_unplaced, 2, "no address, not drawn");
	is_u64(first()->owners.v[0].count, 2, "segments are no buffers");
	is_u64(layout.spaces.v[2].name, STR_ABSENT, "several devices: which is not told");
	finish();

	begin();
	add_segments("gpu", NULL, UINT64_MAX - 4095, 4096);
	add_segments("gpu", NULL, UINT64_MAX - 8191, 4096);
	add_segments("gpu", NULL, 0, 4096);
	build();
	is_u64(first()->pieces.n, 3, "the end of 64 bits is reached, not passed");
	is_u64(first()->last, UINT64_MAX - 4096, "... what would end at it is not drawn");
	finish();
}

static void test_sessions(void)
{
	struct session session = { .pid = 77, .index = 3, .memory_bytes = ABSENT64 };

	begin();
	session.kind = str("mpp");
	session.device = str("rkvdec");
	for (int i = 0; i < 2; i++) {
		session.segments = session.n_segments = 0;
		session.index = (uint32_t)i;
		snapshot_add_segment(snap, &session.segments, &session.n_segments,
				     (struct segment){ 0xfe000000, 64 * K });
		snapshot_add_segment(snap, &session.segments, &session.n_segments,
				     (struct segment){ 0xfe800000 + (uint64_t)i * 32 * K,
						       64 * K });
		*vec_add(&snap->sessions) = session;
	}
	build();
	ok(first()->kind == LAYOUT_IOVA, "sessions have IOVA");
	is_u64(first()->n_overlaps, 1,
	       "one buffer imported twice is no overlap, a shift is");
	is_u64(first()->used_bytes, 160 * K, "... and counts once");
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

static void test_filter(void)
{
	bool wanted[] = { true, false };

	begin();
	add_buffer("cma", "mine", 0x1000000, 64 * K);
	add_buffer("cma", "theirs", 0x1000000 + 64 * K, 64 * K);
	add_contiguous("cma", "isp", 0x1000000 + 128 * K, 64 * K);
	heap_counts("cma", 192 * K);
	req.wanted = wanted;
	build();
	is_str(pieces(first()), "b64 b64 c64", "what a filter leaves out is still there");
	is_u64(first()->owners.n, 2, "... under one name");
	ok(first()->owners.v[0].is_others && first()->owners.v[0].bytes == 128 * K,
	   "... with all its bytes");
	finish();
}

static uint64_t seed = 42;

static uint64_t draw(uint64_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % below;
}

/* Whatever goes in: no gap, no overlap of holes, sums that add up. */
static bool is_sound(const struct layout_space *s)
{
	uint64_t next = s->start, unknown = 0, used = 0;

	vec_each(&s->pieces, p) {
		bool is_new = p->last >= next;

		if (p->last < p->start || p->start > next)
			return false;
		if (piece_is_empty(p) && p->start != next)
			return false;
		if (!piece_is_listed(p) && p->start != next)
			return false;
		unknown += p->kind == PIECE_UNKNOWN ? piece_size(p) : 0;
		if (is_new && !piece_is_empty(p))
			used += p->last - next + 1;
		if (is_new)
			next = p->last + 1;
	}
	return next == s->last + 1 && unknown == s->unknown_bytes &&
	       used <= s->used_bytes && s->used_bytes <= used + s->unplaced_bytes;
}

static void test_random(void)
{
	static const uint32_t words[] = { 0xf0f0a5a5, 0x0ff00ff0, 0x12345678,
					  0xffff0001 };
	unsigned sound = 0, all = 0;

	for (int round = 0; round < 2000; round++) {
		struct layout_given given = { { "cma", 3 },
					      draw(64) * 4096,
					      (1 + draw(256)) * 4096 };
		uint64_t used = 0;

		begin();
		for (uint64_t i = draw(20); i > 0; i--) {
			uint64_t size = (1 + draw(8)) * (round & 1 ? 4096 : 1000);

			add_buffer("cma", i & 1 ? "a" : "b", draw(128) * 4096, size);
			used += size;
		}
		if (draw(2))
			heap_counts("cma", used);
		if (draw(2)) {
			struct area *area =
				add_area("cma", SRC_CMA_DEBUGFS,
					 draw(2) ? draw(16) * 4096 : ABSENT64,
					 draw(3) ? (1 + draw(128)) * 4096 : ABSENT64);

			set_bitmap(area, 4096u << draw(3), words, (uint32_t)draw(5));
		}
		for (uint64_t i = draw(6); i > 0; i--)
			*vec_add(&snap->ranges) = (struct range){
				str("d"),
				draw(64) * 512,
				(1 + draw(16)) * 512,
				draw(2),
			};
		req = (struct layout_request){ NULL, &given, draw(2) };
		build();
		vec_each(&layout.spaces, s) {
			all++;
			sound += is_sound(s);
			if (!is_sound(s))
				printf("# round %d: %s, %d\n", round, pieces(s),
				       s->bounds);
		}
		finish();
	}
	ok(all > 2000, "random layouts: %u spaces", all);
	is_u64(sound, all, "pieces cover each space, and the sums are theirs");
}

static void test_sample(void)
{
	struct layout_given given = { { "rk-dma-heap-cma", 15 }, 0x02800000, 66 * M };
	_text_ struct text text = { 0 };
	struct fed fed;
	FILE *file = fopen("samples/rv1106/rk-dma-heap-info", "r");
	char block[4096];
	size_t n;

	if (!ok(file, "samples/rv1106/rk-dma-heap-info is there"))
		return;
	while ((n = fread(block, 1, sizeof(block), file)))
		text_add(&text, block, n);
	fclose(file);
	feed_begin(&fed);
	feed_bytes(&fed, source_find(SRC_RK_DMA_HEAP)->format, "proc/x", text.v, text.n);
	snap = fed.snap;
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_u64(layout.spaces.n, 1, "RV1106: one heap");
	is_u64(first()->n_listed, 44, "... of 44 allocations");
	is_u64(first()->used_bytes, 22736 * K, "... that are what the kernel counts");
	is_u64(first()->free_bytes, 44848 * K, "... the rest of 66 MiB is free");
	is_u64(first()->n_holes, 1, "... in one hole");
	is_u64(first()->n_overlaps, 0, "... no two overlap");
	ok(first()->unaligned != ABSENT32, "... and the heap does not align to orders");
	layout_fini(&layout);
	feed_finish(&fed);
}

int main(void)
{
	test_gaps();
	test_common_counter();
	test_given();
	test_overlaps();
	test_bitmap();
	test_coarse_bitmap();
	test_fitted();
	test_ranges_of_area();
	test_damaged_areas();
	test_aligned();
	test_blocks();
	test_high();
	test_segments();
	test_sessions();
	test_dump();
	test_filter();
	test_random();
	test_sample();
	return done_testing();
}
