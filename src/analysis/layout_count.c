/* SPDX-License-Identifier: MIT */
/* What the pieces of a space add up to: used, free, the largest hole, who is in the way. */
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
		if (p->last >= LAYOUT_HIGH && s->bounds != BOUNDS_OFFSET) {
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

static bool is_better(const struct layout_block *a, const struct layout_block *b)
{
	if (a->merged_bytes != b->merged_bytes)
		return a->merged_bytes > b->merged_bytes;
	return a->size_bytes < b->size_bytes;
}

size_t layout_blocks(const struct layout_space *s, struct layout_block *ret, size_t most)
{
	uint32_t left = ABSENT32; /* the hole before */
	size_t n = 0;

	for (uint32_t i = 0; i < s->pieces.n; i++) {
		const struct piece *p = &s->pieces.v[i];
		struct layout_block block;
		size_t at;

		if (p->kind == PIECE_UNKNOWN)
			left = ABSENT32;
		if (p->kind != PIECE_FREE)
			continue;
		if (left == ABSENT32 || left + 1 == i) {
			left = i;
			continue;
		}
		block = (struct layout_block){
			.first = left + 1,
			.last = i - 1,
			.size_bytes = p->start - s->pieces.v[left].last - 1,
			.merged_bytes = p->last - s->pieces.v[left].start + 1,
		};
		left = i;
		if (block.merged_bytes <= piece_size(&s->pieces.v[s->largest]))
			continue;
		for (at = n; at && is_better(&block, &ret[at - 1]); at--)
			if (at < most)
				ret[at] = ret[at - 1];
		if (at < most) {
			ret[at] = block;
			n += n < most;
		}
	}
	return n;
}
