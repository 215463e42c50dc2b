/* SPDX-License-Identifier: MIT */
/*
 * The text of the ION nodes in debugfs (formats.md 7), each told from the others by its
 * header: a heap's clients and orphans, the leak list, a CMA heap's bitmap, and a
 * client's sizes in each heap.
 */
#ifndef SOURCES_ION_HEAP_H
#define SOURCES_ION_HEAP_H

#include "sources/source.h"

/* One row of an ION table; what its layout lacks is absent. */
struct ion_row {
	struct span client, heap;
	uint64_t pid, size, refs, map_count;
};

enum ion_orphans {
	ION_NO_ORPHANS,	  /* a client's row: nothing behind the size */
	ION_ORPHANS,	  /* AOSP, Rockchip, Allwinner */
	ION_USER_ORPHANS, /* with a second process, by a header of its own */
};

/*
 * `%16.s %16u %16zu` and what an orphan has behind it. Columns decide: the first column
 * holds whatever a process calls itself. `is_exact` false: also folded blanks.
 */
bool ion_row_parse(struct span line, enum ion_orphans orphans, bool is_exact,
		   struct ion_row *ret);
/* `%16x %16.s %16d %16d`, the size in hexadecimal on Qualcomm. */
bool ion_leak_parse(struct span line, bool is_hex, struct ion_row *ret);
/* ` heap: bytes`, more columns behind commas. */
bool ion_client_parse(struct span line, struct ion_row *ret);

extern const struct node_format ion_format;

/* The heap bitmap, in ion_bitmap.c. */
struct ion_bitmap_row {
	uint64_t address;
	uint32_t words[8]; /* low bits first */
};

struct ion_bitmap {
	VEC(struct ion_bitmap_row) rows;
	uint32_t name;
	uint64_t base, size_mib; /* ABSENT64: not read yet */
};

bool ion_bitmap_title(struct span line, struct span *heap);
enum line_result ion_bitmap_line(struct parse *p, struct ion_bitmap *map,
				 const struct line *line);
void ion_bitmap_end(struct parse *p, struct ion_bitmap *map);

#endif
