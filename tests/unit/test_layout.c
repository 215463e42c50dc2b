/* SPDX-License-Identifier: MIT */
/* Layouts: gaps, bounds, overlaps, alignment, who is in the way. */
#include "layout_case.h"

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
	snap->reported_by = SRC_RK_DMA_HEAP;
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
	snap->reported_by = SRC_RK_DMA_HEAP;
	snap->reported_bytes = 196 * K;
	build();
	is_str(pieces(first()), "b64 ?64 b64", "... or do not");
	finish();

	begin();
	add_buffer("x", "a", 0x1000000, 64 * K);
	add_buffer("x", "a", 0x1000000 + 128 * K, 64 * K);
	snapshot_cover(snap, SRC_RK_DMA_HEAP, COVERAGE_OK, NULL);
	snap->reported_by = SRC_RK_SIZE;
	snap->reported_bytes = 128 * K;
	build();
	is_str(pieces(first()), "b64 ?64 b64", "another counter is no word on the heap");
	finish();
}

static void test_two_names(void)
{
	struct layout_given given = { { "x", 1 }, 0x1000000, 1 * M };

	begin();
	add_buffer("x", "a", 0x1000000, 64 * K);
	add_buffer("x", "a", 0x1000000 + 128 * K, 64 * K);
	add_buffer("y", "a", 0x1000000 + 64 * K, 32 * K);
	heap_counts("x", 128 * K);
	heap_counts("y", 32 * K);
	build();
	is_str(pieces(first()), "b64 ?64 b64", "another heap lies in the gap");
	ok(first()->doubt == DOUBT_SHARED, "... and that is why it is not free");
	finish();

	begin();
	add_buffer("x", "a", 0x1000000, 64 * K);
	add_buffer("y", "a", 0x1000000 + 512 * K, 32 * K);
	heap_counts("x", 64 * K);
	heap_counts("y", 32 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_str(pieces(first()), "b64 ?960", "... or in the bounds that were given");
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

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	heap_counts("cma", 100 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_u64(first()->free_bytes, 924 * K,
	       "... less what the kernel counts beyond the list");
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

static void test_rooms(void)
{
	struct layout_given given = { { "cma", 3 }, 0x1000000, 1 * M };
	struct layout_room rooms[4];
	size_t n;

	begin();
	add_buffer("cma", "a", 0x1000000 + 128 * K, 4 * K);
	add_buffer("cma", "b", 0x1000000 + 256 * K, 256 * K);
	add_buffer("cma", "c", 0x1000000 + 640 * K, 364 * K);
	heap_counts("cma", 624 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	is_str(pieces(first()), "f128 b4 f124 b256 f128 b364 f20",
	       "three blocks, four holes");
	n = layout_rooms(first(), rooms, 4);
	is_u64(n, 1, "256 KiB do not fit, 512 would not if all holes were one");
	is_u64(rooms[0].wanted, 256 * K, "... 256");
	is_u64(rooms[0].busy_bytes, 4 * K, "... a is what is in the way");
	ok(rooms[0].busy == 1 && rooms[0].first == 0 && rooms[0].last == 2,
	   "... and where");
	is_u64(layout_rooms(first(), rooms, 0), 0, "no more than asked for");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000 + 128 * K, 4 * K);
	add_buffer("cma", "b", 0x1000000 + 260 * K, 4 * K);
	add_buffer("cma", "c", 0x1000000 + 392 * K, 632 * K);
	heap_counts("cma", 640 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	n = layout_rooms(first(), rooms, 4);
	ok(n == 1 && rooms[0].wanted == 256 * K && rooms[0].busy_bytes == 4 * K &&
		   !rooms[0].first,
	   "one of two small ones will do, the first");
	given.size = 1 * M + 128 * K;
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000 + 128 * K, 4 * K);
	add_buffer("cma", "b", 0x1000000 + 260 * K, 4 * K);
	add_buffer("cma", "c", 0x1000000 + 392 * K, 632 * K);
	heap_counts("cma", 640 * K);
	req = (struct layout_request){ NULL, &given, 1 };
	build();
	n = layout_rooms(first(), rooms, 4);
	is_u64(n, 2, "with another hole of 128 KiB behind");
	ok(rooms[1].wanted == 512 * K && rooms[1].busy == 1 &&
		   rooms[1].busy_bytes == 632 * K,
	   "... 512 KiB mean that the large one goes: a piece goes whole");
	finish();

	begin();
	add_buffer("cma", "a", 0x1000000, 64 * K);
	heap_counts("cma", 64 * K);
	build();
	is_u64(layout_rooms(first(), rooms, 4), 0, "no hole, no room");
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
			     (struct segment){ start + size, 4 * K });
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
	is_str(pieces(first()), "b64 b4 ?60 b64 b4",
	       "gaps between mappings are never free");
	ok(first()->doubt == DOUBT_SAMPLE, "... for the node is a sample");
	is_u64(first()->n_unplaced, 2, "no address, not drawn");
	is_u64(first()->owners.v[0].count, 2, "segments are no buffers");
	is_u64(layout.spaces.v[2].name, STR_ABSENT, "several devices: which is not told");
	finish();

	begin();
	add_segments("gpu", NULL, UINT64_MAX - 4095, 4096);
	add_segments("gpu", NULL, UINT64_MAX - 8191, 4096);
	add_segments("gpu", NULL, 0, 4096);
	build();
	is_u64(first()->pieces.n, 5, "the end of 64 bits is reached, not passed");
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

int main(void)
{
	test_gaps();
	test_common_counter();
	test_two_names();
	test_given();
	test_overlaps();
	test_aligned();
	test_rooms();
	test_high();
	test_segments();
	test_sessions();
	test_filter();
	test_random();
	return done_testing();
}
