/* SPDX-License-Identifier: MIT */
/* What the tests of layouts share: a snapshot built by hand, and its layout as text. */
#pragma once

#include "../lib/tap.h"
#undef diag_note
#include "analysis/layout.h"

static struct snapshot *snap;
static struct layout layout;
static struct layout_request req;

static uint32_t str(const char *text)
{
	return strings_adds(&snap->strings, text);
}

_unused_ static void begin(void)
{
	snap = snapshot_new();
	snap->page_bytes = 4096;
	req = (struct layout_request){ 0 };
}

static void build(void)
{
	layout_build(&layout, snap, &req);
}

_unused_ static void finish(void)
{
	layout_fini(&layout);
	snapshot_free(snap);
}

_unused_ static void add_buffer(const char *heap, const char *name, uint64_t start,
				uint64_t size)
{
	struct buffer *buf = snapshot_add_buffer(snap, SRC_RK_DMA_HEAP);

	buf->ino = 1000 + snap->buffers.n;
	buf->size_bytes = size;
	buf->address_start = start;
	buf->address_end = start == ABSENT64 ? ABSENT64 : start + size - 1;
	buf->heap = str(heap);
	buf->name = str(name);
}

_unused_ static void add_contiguous(const char *heap, const char *owner, uint64_t start,
				    uint64_t size)
{
	*vec_add(&snap->contiguous) = (struct contiguous){
		str(heap), str(owner),
		start,	   start == ABSENT64 ? ABSENT64 : start + size - 1,
		size,
	};
}

_unused_ static void heap_counts(const char *heap, uint64_t used)
{
	snapshot_heap(snap, str(heap))->used_bytes = used;
	snapshot_cover(snap, SRC_RK_DMA_HEAP, COVERAGE_OK, NULL);
}

_unused_ static struct area *add_area(const char *name, enum source_id source,
				      uint64_t base, uint64_t total)
{
	struct area *area = snapshot_area(snap, str(name), source);

	area->base = base;
	area->total_bytes = total;
	return area;
}

_unused_ static void set_bitmap(struct area *area, uint64_t bit, const uint32_t *words,
				uint32_t n)
{
	area->bit_bytes = bit;
	area->words = (uint32_t)snap->bitmap.n;
	area->n_words = n;
	for (uint32_t i = 0; i < n; i++)
		*vec_add(&snap->bitmap) = words[i];
}

/* The pieces of a space as text: letters of their kinds and sizes in KiB. */
_unused_ static const char *pieces(const struct layout_space *s)
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

_unused_ static const struct layout_space *first(void)
{
	return layout.spaces.n ? &layout.spaces.v[0] : NULL;
}

#define K ((uint64_t)1024)
#define M (1024 * K)
