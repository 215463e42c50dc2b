/* SPDX-License-Identifier: MIT */
/* One space of a layout: allocations sorted, gaps judged, sums. */
#include "analysis/layout_priv.h"

/* Overlaps named one by one. */
#define MOST_OVERLAPS 16

#define COMPARE(x, y) ((x) < (y) ? -1 : (x) > (y))

static int by_address(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	int r = COMPARE(a->piece.start, b->piece.start);

	if (!r)
		r = -COMPARE(a->piece.last, b->piece.last);
	if (!r)
		r = COMPARE(a->piece.kind, b->piece.kind);
	return r ? r : COMPARE(a->piece.record, b->piece.record);
}

static int compare_owners(const struct item *a, const struct item *b)
{
	int r = COMPARE(a->is_others, b->is_others);

	if (!r)
		r = COMPARE(a->who.kind, b->who.kind);
	if (!r)
		r = COMPARE(a->who.pid, b->who.pid);
	return r ? r : COMPARE(a->who.task, b->who.task);
}

static const struct item *sort_items;

static int by_owner(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	int r = compare_owners(&sort_items[a], &sort_items[b]);

	return r ? r : COMPARE(a, b);
}

static const struct layout_owner *sort_owners;

static int by_bytes(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	int r = -COMPARE(sort_owners[a].bytes, sort_owners[b].bytes);

	return r ? r : COMPARE(a, b);
}

/* Owners get the largest first; the items' numbers follow. */
static void rank_owners(struct draft *d)
{
	struct layout_space *s = &d->space;
	size_t n = s->owners.n;
	_cleanup_(freep) uint32_t *order = mem_alloc((n + 1) * sizeof(*order));
	_cleanup_(freep) uint32_t *rank = mem_alloc((n + 1) * sizeof(*rank));
	_cleanup_(freep) struct layout_owner *ranked =
		mem_alloc((n + 1) * sizeof(*ranked));

	if (!n)
		return;
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	sort_owners = s->owners.v;
	qsort(order, n, sizeof(*order), by_bytes);
	for (uint32_t i = 0; i < n; i++) {
		rank[order[i]] = i;
		ranked[i] = s->owners.v[order[i]];
	}
	memcpy(s->owners.v, ranked, n * sizeof(*ranked));
	vec_each(&d->items, it)
		it->piece.owner = rank[it->piece.owner];
}

static void find_owners(struct draft *d)
{
	_cleanup_(freep) uint32_t *order = mem_alloc((d->items.n + 1) * sizeof(*order));
	const struct item *before = NULL;

	if (!d->items.n)
		return;
	for (uint32_t i = 0; i < d->items.n; i++)
		order[i] = i;
	sort_items = d->items.v;
	qsort(order, d->items.n, sizeof(*order), by_owner);
	for (size_t i = 0; i < d->items.n; i++) {
		struct item *it = &d->items.v[order[i]];
		struct layout_owner *owner;

		if (!before || compare_owners(before, it))
			*vec_add(&d->space.owners) = (struct layout_owner){
				.who = it->who,
				.is_others = it->is_others,
			};
		before = it;
		it->piece.owner = (uint32_t)d->space.owners.n - 1;
		owner = &d->space.owners.v[it->piece.owner];
		owner->bytes = sum_or_absent(owner->bytes, piece_size(&it->piece));
		owner->count += it->is_first;
	}
	rank_owners(d);
}

/* Bounds that do not hold what was found there are not believed. */
static void settle_bounds(struct draft *d)
{
	struct layout_space *s = &d->space;
	uint64_t start = ABSENT64, last = 0;

	vec_each(&d->items, it) {
		start = MIN(start, it->piece.start);
		last = MAX(last, it->piece.last);
	}
	vec_each(&d->told, it) {
		start = MIN(start, it->start);
		last = MAX(last, it->last);
	}
	if (s->bounds == BOUNDS_DUMP && d->is_partial)
		s->bounds = BOUNDS_SEEN;
	if (s->bounds == BOUNDS_DUMP)
		s->total_from = TOTAL_DUMP, s->total_bytes = last - start + 1;
	if (s->bounds != BOUNDS_SEEN && s->bounds != BOUNDS_DUMP &&
	    (start < s->start || last > s->last)) {
		s->is_refuted = true;
		s->bounds = BOUNDS_SEEN;
		s->total_bytes = ABSENT64;
		s->total_from = TOTAL_UNKNOWN;
	}
	if (s->bounds == BOUNDS_SEEN || s->bounds == BOUNDS_DUMP) {
		s->start = start;
		s->last = last;
	}
}

static enum layout_doubt judge(const struct draft *d)
{
	const struct layout_space *s = &d->space;

	if (d->is_partial)
		return DOUBT_PARTIAL;
	if (d->told.n)
		return DOUBT_NONE;
	if (s->kind != LAYOUT_PHYSICAL)
		return DOUBT_SAMPLE;
	if (s->counter_bytes == ABSENT64)
		return DOUBT_NO_COUNTER;
	if (s->counter_bytes != s->listed_bytes)
		return DOUBT_DIFFERS;
	if (d->is_shared)
		return DOUBT_SHARED;
	return s->n_unplaced ? DOUBT_UNPLACED : DOUBT_NONE;
}

static void add_piece(struct layout_space *s, uint64_t start, uint64_t last,
		      enum piece_kind kind)
{
	if (start <= last)
		*vec_add(&s->pieces) =
			(struct piece){ start, last, kind, ABSENT32, ABSENT32, false };
}

/*
 * A gap that the bitmap calls used. An allocation takes whole bits, so the rest of a bit
 * that it reaches into is lost with it; what lies beyond is in use by somebody else.
 */
static void add_used(struct draft *d, uint64_t start, uint64_t last, uint32_t before)
{
	struct layout_space *s = &d->space;
	uint64_t bit = d->bit_bytes, into;

	into = bit == ABSENT64 ? 0 : (start - d->bit_base) % bit;
	if (into) {
		uint64_t end = last - start < bit - into ? last :
							   start + (bit - into) - 1;

		add_piece(s, start, end, PIECE_PADDING);
		s->pieces.v[s->pieces.n - 1].owner = before;
		if (end == last)
			return;
		start = end + 1;
	}
	add_piece(s, start, last, d->told_kind);
}

/* What lies between allocations; `told_at` walks along. */
static void add_gap(struct draft *d, uint64_t start, uint64_t last, size_t *told_at)
{
	struct layout_space *s = &d->space;
	uint32_t before = s->pieces.n ? s->pieces.v[s->pieces.n - 1].owner : ABSENT32;
	bool is_free = s->doubt == DOUBT_NONE && !d->told.n;

	while (*told_at < d->told.n && d->told.v[*told_at].last < start)
		++*told_at;
	for (size_t i = *told_at; i < d->told.n && d->told.v[i].start <= last; i++) {
		const struct told *t = &d->told.v[i];
		uint64_t end = MIN(t->last, last);

		if (t->start > start) {
			add_piece(s, start, t->start - 1, PIECE_UNKNOWN);
			start = t->start;
		}
		if (t->used)
			add_used(d, start, end, before);
		else
			add_piece(s, start, end, PIECE_FREE);
		if (end == last)
			return;
		start = end + 1;
	}
	add_piece(s, start, last, is_free ? PIECE_FREE : PIECE_UNKNOWN);
}

static void note_overlap(struct layout_space *s, uint32_t with, uint32_t piece)
{
	struct piece *a = &s->pieces.v[with], *b = &s->pieces.v[piece];
	uint64_t bytes = MIN(a->last, b->last) - b->start + 1;

	/* Sessions that import one buffer, devices with spaces of their own. */
	if (s->kind != LAYOUT_PHYSICAL && a->start == b->start && a->last == b->last)
		return;
	a->overlaps = b->overlaps = true;
	s->n_overlaps++;
	s->overlap_bytes = sum_or_absent(s->overlap_bytes, bytes);
	if (s->overlaps.n < MOST_OVERLAPS)
		*vec_add(&s->overlaps) = (struct layout_overlap){ with, piece, bytes };
}

/* All pieces in address order, none missing between start and last. */
static void lay_out(struct draft *d)
{
	struct layout_space *s = &d->space;
	uint64_t next = s->start;  /* first address not covered yet */
	uint32_t reach = ABSENT32; /* the piece that ends before it */
	size_t told_at = 0;

	vec_each(&d->items, it) {
		if (it->piece.start > next)
			add_gap(d, next, it->piece.start - 1, &told_at);
		*vec_add(&s->pieces) = it->piece;
		if (it->piece.start < next && reach != ABSENT32)
			note_overlap(s, reach, (uint32_t)s->pieces.n - 1);
		if (it->piece.last >= next) {
			next = it->piece.last + 1;
			reach = (uint32_t)s->pieces.n - 1;
		}
	}
	if (next <= s->last)
		add_gap(d, next, s->last, &told_at);
}

static int by_start(const void *x, const void *y)
{
	const struct told *a = x, *b = y;
	int r = COMPARE(a->start, b->start);

	return r ? r : COMPARE(a->used, b->used);
}

static void sort_told(struct told_list *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_start);
}

/*
 * What of a free range no used one covers; `used` is in order, without overlaps, and `at`
 * walks along.
 */
static void add_free(struct told_list *ret, const struct told_list *used, size_t *at,
		     struct told t)
{
	while (*at < used->n && used->v[*at].last < t.start)
		++*at;
	for (size_t i = *at; i < used->n && used->v[i].start <= t.last; i++) {
		const struct told *u = &used->v[i];

		if (u->start > t.start)
			*vec_add(ret) = (struct told){ t.start, u->start - 1, false };
		t.start = u->last + 1;
	}
	if (t.start <= t.last)
		*vec_add(ret) = t;
}

static bool is_settled(const struct told_list *list)
{
	for (size_t i = 1; i < list->n; i++)
		if (list->v[i].start <= list->v[i - 1].last)
			return false;
	return true;
}

/* A dump may be damaged: of ranges that overlap the used one is believed. */
static void settle_told(struct draft *d)
{
	_cleanup_(told_list_fini) struct told_list used = { 0 }, all = { 0 };
	uint64_t next = 0;
	size_t at = 0;

	sort_told(&d->told);
	if (is_settled(&d->told))
		return;
	vec_each(&d->told, it) {
		struct told t = { MAX(it->start, next), it->last, true };

		if (!it->used || t.start > t.last)
			continue;
		*vec_add(&used) = t;
		*vec_add(&all) = t;
		next = t.last + 1;
	}
	next = 0;
	vec_each(&d->told, it) {
		struct told t = { MAX(it->start, next), it->last, false };

		if (it->used || t.start > t.last)
			continue;
		add_free(&all, &used, &at, t);
		next = t.last + 1;
	}
	vec_free(&d->told);
	d->told = all;
	all = (struct told_list){ 0 };
	sort_told(&d->told);
}

/* Bytes that are listed although the bitmap calls them free. */
static uint64_t conflict(const struct draft *d)
{
	uint64_t sum = 0, next = 0;
	size_t at = 0;

	if (d->told_kind != PIECE_BITMAP)
		return 0;
	vec_each(&d->items, it) {
		uint64_t start = MAX(it->piece.start, next);

		while (at < d->told.n && d->told.v[at].last < start)
			at++;
		for (size_t i = at; i < d->told.n && d->told.v[i].start <= it->piece.last;
		     i++)
			if (!d->told.v[i].used && it->piece.last >= start)
				sum += MIN(d->told.v[i].last, it->piece.last) -
				       MAX(d->told.v[i].start, start) + 1;
		if (it->piece.last >= next)
			next = it->piece.last + 1;
	}
	return sum;
}

void layout_finish(struct draft *d, const struct snapshot *snap)
{
	struct layout_space *s = &d->space;
	uint64_t page = snap->page_bytes;

	if (page == ABSENT64 || page < 512 || page > 1 << 20 || page & (page - 1))
		page = 4096;
	if (d->items.n)
		qsort(d->items.v, d->items.n, sizeof(*d->items.v), by_address);
	settle_bounds(d);
	settle_told(d);
	find_owners(d);
	s->doubt = judge(d);
	lay_out(d);
	s->conflict_bytes = conflict(d);
	layout_count(d, page);
}
