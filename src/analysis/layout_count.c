/* SPDX-License-Identifier: MIT */
/* What the pieces of a space add up to: used, free, largest hole, who is in the way. */
#include "analysis/layout_priv.h"

/* CONFIG_CMA_ALIGNMENT: 2^8 pages unless the kernel was configured otherwise. */
#define ALIGN_PAGES 256

static uint64_t order_size(uint64_t size, uint64_t page, uint64_t limit)
{
	uint64_t a = page;

	while (a < size && a < limit)
		a <<= 1;
	return a;
}

/* The largest allocation in a hole that must begin at a multiple of its order. */
static void fit_aligned(struct layout_space *s, const struct piece *hole, uint64_t page)
{
	for (uint64_t a = page; a <= s->align_limit; a <<= 1) {
		uint64_t at = (hole->start + (a - 1)) & ~(a - 1), room;

		if (at < hole->start || at > hole->last)
			break;
		room = hole->last - at + 1;
		if (a < s->align_limit)
			room = MIN(room, a);
		room &= ~(page - 1);
		if (room > s->aligned_bytes) {
			s->aligned_bytes = room;
			s->aligned_start = at;
		}
	}
}

static void count_pieces(struct layout_space *s, uint64_t page)
{
	uint64_t free_bytes = 0, next = s->start;

	for (uint32_t i = 0; i < s->pieces.n; i++) {
		const struct piece *p = &s->pieces.v[i];

		if (p->kind == PIECE_UNKNOWN) {
			s->unknown_bytes += piece_size(p);
		} else if (p->kind == PIECE_FREE) {
			free_bytes += piece_size(p);
			s->n_holes++;
			if (s->largest == ABSENT32 ||
			    piece_size(p) > piece_size(&s->pieces.v[s->largest]))
				s->largest = i;
			if (s->kind == LAYOUT_PHYSICAL)
				fit_aligned(s, p, page);
		} else if (p->last >= next) {
			s->used_bytes += p->last - MAX(p->start, next) + 1;
		}
		if (p->last >= next)
			next = p->last + 1;
	}
	s->free_bytes = free_bytes;
}

static void count_listed(struct layout_space *s, uint64_t page)
{
	for (uint32_t i = 0; i < s->pieces.n; i++) {
		const struct piece *p = &s->pieces.v[i];
		uint64_t size = piece_size(p);

		if (!piece_is_listed(p))
			continue;
		if (p->last >= LAYOUT_HIGH) {
			s->n_high++;
			s->high_bytes = sum_or_absent(
				s->high_bytes, p->last - MAX(p->start, LAYOUT_HIGH) + 1);
		}
		if (s->kind == LAYOUT_PHYSICAL &&
		    p->start & (order_size(size, page, s->align_limit) - 1) &&
		    (s->unaligned == ABSENT32 ||
		     size > piece_size(&s->pieces.v[s->unaligned])))
			s->unaligned = i;
	}
}

/* What is free beyond the holes that were found, or instead of them. */
static void settle_free(struct draft *d)
{
	struct layout_space *s = &d->space;
	uint64_t inside = s->last - s->start + 1, used = s->used_bytes;
	bool is_whole = layout_is_bounded(s) && !s->unknown_bytes &&
			(s->total_bytes == ABSENT64 || s->total_bytes <= inside);

	if (!d->told.n)
		s->used_bytes = used = sum_or_absent(used, s->unplaced_bytes);
	if (s->counter_bytes != ABSENT64)
		used = MAX(used, s->counter_bytes);
	if (is_whole)
		return;
	if (s->total_bytes != ABSENT64 && s->counter_bytes != ABSENT64 &&
	    s->total_bytes >= used) {
		s->free_bytes = s->total_bytes - used;
		return;
	}
	s->free_is_least = s->n_holes;
	if (!s->n_holes)
		s->free_bytes = ABSENT64;
}

void layout_count(struct draft *d, uint64_t page)
{
	struct layout_space *s = &d->space;

	s->largest = s->unaligned = ABSENT32;
	s->aligned_start = ABSENT64;
	s->align_limit = page * ALIGN_PAGES;
	count_pieces(s, page);
	count_listed(s, page);
	settle_free(d);
}

bool layout_fragmentation(const struct layout_space *s, double *ret)
{
	uint64_t sum = 0;

	if (!layout_is_bounded(s) || s->unknown_bytes || s->largest == ABSENT32 ||
	    s->free_bytes == ABSENT64 || s->free_is_least)
		return false;
	vec_each(&s->pieces, p)
		sum += p->kind == PIECE_FREE ? piece_size(p) : 0;
	/* More is free than was found: a part of the area is not shown. */
	if (sum != s->free_bytes)
		return false;
	*ret = 1 - (double)piece_size(&s->pieces.v[s->largest]) / (double)sum;
	return true;
}

/* Sums over the pieces before each one. */
struct sums {
	uint64_t busy_bytes, reach; /* reach: the first address none of them covers */
	uint32_t busy;
};

static struct sums *sums_new(const struct layout_space *s)
{
	struct sums *sums = mem_alloc((s->pieces.n + 1) * sizeof(*sums));

	sums[0].reach = s->start;
	for (size_t i = 0; i < s->pieces.n; i++) {
		const struct piece *p = &s->pieces.v[i];
		struct sums *to = &sums[i + 1];

		*to = sums[i];
		if (!piece_is_empty(p)) {
			to->busy++;
			if (p->last >= to->reach)
				to->busy_bytes += p->last - MAX(p->start, to->reach) + 1;
		}
		if (p->last >= to->reach)
			to->reach = p->last + 1;
	}
	return sums;
}

/* For each piece to begin with, as many as it takes; the place with least in use. */
static bool find_room(const struct layout_space *s, const struct sums *sums,
		      struct layout_room *room)
{
	uint32_t n = (uint32_t)s->pieces.n;

	room->busy_bytes = ABSENT64;
	for (uint32_t i = 0, end = 0; i < n; i++) {
		uint64_t busy_bytes;

		end = MAX(end, i);
		while (end < n && s->pieces.v[end].kind != PIECE_UNKNOWN &&
		       sums[end].reach - MIN(s->pieces.v[i].start, sums[end].reach) <
			       room->wanted)
			end++;
		if (sums[end].reach - MIN(s->pieces.v[i].start, sums[end].reach) <
		    room->wanted) {
			i = end; /* the last, or something unknown: on behind it */
			continue;
		}
		busy_bytes = sums[end].busy_bytes - sums[i].busy_bytes;
		if (busy_bytes >= room->busy_bytes)
			continue;
		room->busy_bytes = busy_bytes;
		room->busy = sums[end].busy - sums[i].busy;
		room->first = i;
		room->last = end - 1;
	}
	return room->busy_bytes != ABSENT64;
}

size_t layout_rooms(const struct layout_space *s, struct layout_room *ret, size_t most)
{
	_cleanup_(freep) struct sums *sums = NULL;
	uint64_t holes = 0, wanted = 4096;
	size_t n = 0;

	if (s->n_holes < 2)
		return 0;
	vec_each(&s->pieces, p)
		holes += p->kind == PIECE_FREE ? piece_size(p) : 0;
	while (wanted <= piece_size(&s->pieces.v[s->largest]) && wanted < 1ull << 62)
		wanted <<= 1;
	if (wanted <= holes)
		sums = sums_new(s);
	for (; n < most && wanted <= holes; wanted <<= 1) {
		ret[n].wanted = wanted;
		n += find_room(s, sums, &ret[n]);
	}
	return n;
}
