/* SPDX-License-Identifier: MIT */
/* The layout of the documented RV1106 heap, from its text. */
#include "layout_case.h"
#include "../lib/feed.h"

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
	test_sample();
	return done_testing();
}
