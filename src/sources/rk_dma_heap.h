/* SPDX-License-Identifier: MIT */
/* The allocation and total lines of rk-dma-heap-info (formats.md 2). */
#ifndef SOURCES_RK_DMA_HEAP_H
#define SOURCES_RK_DMA_HEAP_H

#include "sources/source.h"

extern const struct source source_rk_dma_heap;

struct alloc_line {
	struct span name;    /* padding removed; may hold any bytes */
	uint64_t start, end; /* physical, inclusive; ABSENT64: v3's loose pages */
	uint64_t size_bytes;
	bool has_kib; /* v2 and v3 */
};

enum alloc_result {
	ALLOC_WHOLE,
	ALLOC_PART, /* may go on behind a newline in the name */
	ALLOC_BROKEN,
};

/* A line that begins with `Alloc by (`, blanks before it allowed. */
enum alloc_result alloc_parse(struct span line, bool is_exact, struct alloc_line *ret);

struct alloc_total {
	uint64_t bytes;
};

/* `Total : 0x2a000 (168 KiB)`, in v1 without KiB. */
bool alloc_parse_total(struct span line, struct alloc_total *ret);

#endif
