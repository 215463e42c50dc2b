/* SPDX-License-Identifier: MIT */
/*
 * The line `   0: 0x…..0x… (        32 KiB)` that Rockchip's drivers print for a piece of
 * memory: sgt and MPP below a buffer's or session's head, memblock standing alone
 * (formats.md 1.3, 1.7, 4.1).
 */
#ifndef SOURCES_SEGMENT_H
#define SOURCES_SEGMENT_H

#include "model/snapshot.h"

struct segment_line {
	uint64_t index;
	uint64_t start, end; /* as printed; end is the last byte */
	uint64_t size_bytes; /* exact, or the printed size where the range is not sane */
	bool is_exact;
	bool has_address; /* start is not the all-ones "no address" of its width */
};

/*
 * One whole segment, leading blanks included. Blanks may have been folded, and a line
 * break of a mail program may stand for one. Addresses have 8 or 16 digits: so no name of
 * 31 bytes can hold a segment, the shortest has 33.
 */
bool segment_scan(struct scan *s, struct segment_line *ret);

/* The same, and nothing but blanks behind it. */
bool segment_parse(struct span text, struct segment_line *ret);

/* Could this be the first part of a segment that a line break cut, or nothing at all? */
bool segment_is_part(struct span text);

static inline struct segment segment_of(const struct segment_line *line)
{
	return (struct segment){ line->has_address ? line->start : ABSENT64,
				 line->size_bytes };
}

#endif
