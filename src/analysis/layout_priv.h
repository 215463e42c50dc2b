/* SPDX-License-Identifier: MIT */
/* What the files of layout share: a space while it is put together. */
#ifndef ANALYSIS_LAYOUT_PRIV_H
#define ANALYSIS_LAYOUT_PRIV_H

#include "analysis/layout.h"

/* Beyond this address a device with 32 address bits cannot reach. */
#define LAYOUT_HIGH ((uint64_t)1 << 32)

/* An address range that a bitmap or a dump calls used or free. */
struct told {
	uint64_t start, last;
	bool used;
};

/* An allocation as it was found, not yet sorted. */
struct item {
	struct piece piece;
	struct owner who;
	bool is_others;
	bool is_first; /* of its record */
};

VEC_TYPE(told_list, struct told);
VEC_TYPE(item_list, struct item);

struct draft {
	struct layout_space space;
	struct item_list items;
	struct told_list told; /* in order, no overlaps */
	uint64_t bit_bytes;    /* of the bitmap; ABSENT64 */
	uint64_t bit_base;     /* where its first bit lies */
	bool has_area;
	bool is_shared;		   /* addresses with another heap */
	bool is_partial;	   /* a source of it was not read whole */
	enum piece_kind told_kind; /* what is used by `told` alone */
};

/* What all sources say of one CMA area. */
struct area_facts {
	uint32_t name;
	uint64_t base, total, used, maxchunk, bit_bytes;
	uint32_t words, n_words;
	uint64_t n_bits; /* of the bitmap; 0: there is none to work with */
	uint64_t shown;	 /* bytes from the base that are told of; ABSENT64 */
};

VEC_TYPE(area_list, struct area_facts);

void layout_areas(struct area_list *ret, const struct snapshot *snap);
/* Is this the area that the heap allocates from, by name? */
bool layout_area_is(const struct snapshot *snap, const struct area_facts *area,
		    uint32_t heap);
/*
 * No node tells the base of this area, nor a name that is the heap's: does it lie under
 * what the draft holds, byte for byte as much and at one place only?
 */
bool layout_area_fits(const struct draft *draft, const struct snapshot *snap,
		      const struct area_facts *area);
/*
 * Puts base, size, counter and bitmap of the area into the draft. False: it has a bitmap,
 * but where that lies under what the draft holds cannot be told.
 */
bool layout_use_area(struct draft *draft, const struct snapshot *snap,
		     const struct area_facts *area);

/* Sorts, fills the gaps, counts. */
void layout_finish(struct draft *draft, const struct snapshot *snap);
/* The counting alone; `page` bytes, a power of two. */
void layout_count(struct draft *draft, uint64_t page);

#endif
