/* SPDX-License-Identifier: MIT */
/*
 * Who sits where in an address space: pieces in address order, the holes between them,
 * and the largest allocation that still fits. Pure: no I/O, no printing.
 *
 * What nobody told is a piece of its own kind, unknown. A gap counts as free only where a
 * bitmap or a dump says so, or where the list of allocations is complete to the byte by
 * the heap's own counter.
 */
#ifndef ANALYSIS_LAYOUT_H
#define ANALYSIS_LAYOUT_H

#include "analysis/account.h"

enum layout_kind {
	LAYOUT_PHYSICAL,
	LAYOUT_IOVA, /* addresses behind an IOMMU */
	LAYOUT_DMA,  /* as a device sees it: IOVA behind an IOMMU, else physical */
	N_LAYOUT_KINDS,
};
extern const char *const layout_kind_names[N_LAYOUT_KINDS];

enum piece_kind {
	PIECE_BUFFER,
	PIECE_CONTIGUOUS, /* of the heap itself, no dma-buf */
	PIECE_SESSION,	  /* mapped by an importing session */
	PIECE_RANGE,	  /* in use by a dump that names nobody */
	PIECE_BITMAP,	  /* in use by the area's bitmap, listed by nobody */
	PIECE_PADDING,	  /* the rest of a bit whose other part is listed */
	PIECE_FREE,
	PIECE_UNKNOWN,
	N_PIECE_KINDS,
};
extern const char *const piece_kind_names[N_PIECE_KINDS];

struct piece {
	uint64_t start, last; /* inclusive */
	enum piece_kind kind;
	uint32_t owner;	 /* index into `owners`; ABSENT32 */
	uint32_t record; /* buffer, contiguous or session; ABSENT32 */
	bool overlaps;	 /* with an earlier or a later piece */
};

static inline uint64_t piece_size(const struct piece *p)
{
	return p->last - p->start + 1;
}

static inline bool piece_is_listed(const struct piece *p)
{
	return p->kind <= PIECE_SESSION;
}

static inline bool piece_is_empty(const struct piece *p)
{
	return p->kind == PIECE_FREE || p->kind == PIECE_UNKNOWN;
}

struct layout_owner {
	struct owner who;
	bool is_others; /* all that a filter left out */
	uint64_t bytes; /* sum of what has an address */
	uint64_t count; /* buffers, allocations, sessions' imports */
};

/* Where the bounds of a space come from. */
enum layout_bounds {
	BOUNDS_SEEN,   /* the lowest and the highest address: the rest is not known */
	BOUNDS_GIVEN,  /* the user's word */
	BOUNDS_AREA,   /* the kernel's own */
	BOUNDS_FITTED, /* bitmap and listing agree at this one base only */
	BOUNDS_OFFSET, /* a bitmap whose base nobody told: addresses count from 0 */
	BOUNDS_DUMP,   /* a dump of the whole space */
};
extern const char *const layout_bounds_names[];

/* Who says how large the whole is. */
enum layout_total {
	TOTAL_UNKNOWN,
	TOTAL_GIVEN,
	TOTAL_AREA,
	TOTAL_HEAP,
	TOTAL_DUMP,
};
extern const char *const layout_total_names[];

/* Why gaps are not free. */
enum layout_doubt {
	DOUBT_NONE,
	DOUBT_PARTIAL,	  /* the listing could not be read whole */
	DOUBT_NO_COUNTER, /* nothing to hold the listing against */
	DOUBT_DIFFERS,	  /* the kernel counts other than what is listed */
	DOUBT_UNPLACED,	  /* allocations without an address sit somewhere */
	DOUBT_SHARED,	  /* another heap lies among the addresses of this one */
	DOUBT_SAMPLE,	  /* the source shows some mappings, never all */
};
extern const char *const layout_doubt_names[];

struct layout_overlap {
	uint32_t a, b; /* pieces */
	uint64_t bytes;
};

struct layout_space {
	enum layout_kind kind;
	uint32_t name;	      /* string: heap, area, device, dump; absent: not told */
	uint64_t start, last; /* what `pieces` cover without a gap */
	enum layout_bounds bounds;
	uint64_t total_bytes; /* of the whole heap, also without bounds; ABSENT64 */
	enum layout_total total_from;
	enum layout_doubt doubt;
	bool is_dump;	 /* of a DRM device, all of it or a part */
	bool is_refuted; /* the given or told bounds do not hold what is listed */
	VEC(struct piece) pieces;
	VEC(struct layout_owner) owners;     /* most bytes first */
	VEC(struct layout_overlap) overlaps; /* the first of them */
	uint64_t n_overlaps, overlap_bytes;

	/* All below is worked out; ABSENT64 where it cannot be known. */
	uint64_t n_listed, listed_bytes;     /* with an address or without */
	uint64_t n_unplaced, unplaced_bytes; /* without */
	uint64_t used_bytes;	/* listed (overlaps once), and what a bitmap adds */
	uint64_t counter_bytes; /* in use by the kernel's own word */
	uint64_t free_bytes;
	bool free_is_least;	/* there may be more outside of the bounds */
	uint64_t unknown_bytes; /* inside of the bounds */
	uint64_t n_holes;
	uint32_t largest; /* piece: the largest hole; ABSENT32 */
	uint64_t aligned_bytes, aligned_start;
	uint64_t align_limit;	     /* physical: largest alignment CMA asks for */
	uint32_t unaligned;	     /* piece that begins at no multiple of its order */
	uint64_t maxchunk_bytes;     /* largest hole by the kernel's own word */
	uint64_t conflict_bytes;     /* listed, but free by the bitmap */
	uint64_t n_high, high_bytes; /* beyond what 32 bits can address */
};

/* `NAME:BASE+SIZE`; base ABSENT64: only the size. */
struct layout_given {
	struct span name;
	uint64_t base, size;
};

struct layout_request {
	const bool *wanted; /* buffers to name, by index; NULL: all */
	const struct layout_given *given;
	size_t n_given;
};

struct layout {
	VEC(struct layout_space) spaces; /* physical first, then by name */
	uint64_t cma_total, cma_free;	 /* of all CMA areas, by meminfo; ABSENT64 */
};

void layout_build(struct layout *ret, const struct snapshot *snap,
		  const struct layout_request *req);
void layout_fini(struct layout *layout);

/* 1 - largest hole / all free. False: what is free is not all known, or nothing is. */
bool layout_fragmentation(const struct layout_space *space, double *ret);

/* Bounds that something told, as opposed to the lowest and the highest address seen. */
static inline bool layout_is_bounded(const struct layout_space *space)
{
	return space->bounds != BOUNDS_SEEN;
}

/* The cheapest place to make room for an allocation that does not fit now. */
struct layout_room {
	uint64_t wanted;      /* bytes */
	uint32_t first, last; /* pieces; what of them is in use would have to go */
	uint64_t busy_bytes;  /* this much */
	uint32_t busy;	      /* in so many pieces */
};

/*
 * Room for the powers of two above the largest hole that all the holes together would
 * hold: at most `most` of them, smallest first; how many. Alignment is left out of
 * account.
 */
size_t layout_rooms(const struct layout_space *space, struct layout_room *ret,
		    size_t most);

#endif
