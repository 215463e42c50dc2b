/* SPDX-License-Identifier: MIT */
/* The layout of heaps and address spaces: what belongs to which space. */
#include "analysis/layout_priv.h"

const char *const layout_kind_names[N_LAYOUT_KINDS] = {
	[LAYOUT_PHYSICAL] = "physical",
	[LAYOUT_IOVA] = "iova",
	[LAYOUT_DMA] = "dma",
};

const char *const piece_kind_names[N_PIECE_KINDS] = {
	[PIECE_BUFFER] = "buffer",   [PIECE_CONTIGUOUS] = "contiguous",
	[PIECE_SESSION] = "session", [PIECE_RANGE] = "range",
	[PIECE_BITMAP] = "bitmap",   [PIECE_PADDING] = "padding",
	[PIECE_FREE] = "free",	     [PIECE_UNKNOWN] = "unknown",
};

const char *const layout_bounds_names[] = {
	[BOUNDS_SEEN] = "seen",	    [BOUNDS_GIVEN] = "given",	[BOUNDS_AREA] = "area",
	[BOUNDS_FITTED] = "fitted", [BOUNDS_OFFSET] = "offset", [BOUNDS_DUMP] = "dump",
};

const char *const layout_total_names[] = {
	[TOTAL_UNKNOWN] = "unknown", [TOTAL_GIVEN] = "given", [TOTAL_AREA] = "area",
	[TOTAL_HEAP] = "heap",	     [TOTAL_DUMP] = "dump",
};

const char *const layout_doubt_names[] = {
	[DOUBT_NONE] = "none",
	[DOUBT_PARTIAL] = "partial",
	[DOUBT_NO_COUNTER] = "no-counter",
	[DOUBT_DIFFERS] = "differs",
	[DOUBT_UNPLACED] = "unplaced",
	[DOUBT_SHARED] = "shared",
	[DOUBT_SAMPLE] = "sample",
};

struct builder {
	const struct snapshot *snap;
	const struct layout_request *req;
	VEC(struct draft) drafts;
	uint32_t *by_name[N_LAYOUT_KINDS]; /* string id: index + 1 of its draft */
};

static struct draft new_draft(enum layout_kind kind, uint32_t name)
{
	return (struct draft){
		.bit_bytes = ABSENT64,
		.told_kind = PIECE_BITMAP,
		.space = { .kind = kind,
			   .name = name,
			   .total_bytes = ABSENT64,
			   .counter_bytes = ABSENT64,
			   .maxchunk_bytes = ABSENT64 },
	};
}

static struct draft *draft_of(struct builder *b, enum layout_kind kind, uint32_t name)
{
	uint32_t *slot = &b->by_name[kind][name];

	if (!*slot) {
		*vec_add(&b->drafts) = new_draft(kind, name);
		*slot = (uint32_t)b->drafts.n;
	}
	return &b->drafts.v[*slot - 1];
}

/* An address that is none, no size, or an end that 64 bits do not hold: not placed. */
static bool has_range(uint64_t start, uint64_t size)
{
	return start != ABSENT64 && size && size != ABSENT64 &&
	       size <= UINT64_MAX - start;
}

static void add_item(struct draft *d, struct item item, uint64_t size)
{
	struct layout_space *s = &d->space;

	s->n_listed += item.is_first;
	if (size != ABSENT64)
		s->listed_bytes = sum_or_absent(s->listed_bytes, size);
	if (has_range(item.piece.start, size)) {
		item.piece.last = item.piece.start + size - 1;
		item.piece.owner = ABSENT32;
		*vec_add(&d->items) = item;
		return;
	}
	s->n_unplaced++;
	if (size != ABSENT64)
		s->unplaced_bytes = sum_or_absent(s->unplaced_bytes, size);
}

/* All that a filter leaves out is one owner. */
static const struct owner others = { OWNER_UNKNOWN, ABSENT32, STR_ABSENT };

static struct item buffer_item(const struct builder *b, const struct buffer *buf)
{
	uint32_t index = snapshot_index(b->snap, buf);
	bool is_others = b->req->wanted && !b->req->wanted[index];
	struct item item = { .piece = { .kind = PIECE_BUFFER, .record = index },
			     .is_others = is_others,
			     .is_first = true };

	item.who = is_others ? others : account_owner(b->snap, buf);
	return item;
}

static void take_physical(struct builder *b, const struct buffer *buf)
{
	struct item item = buffer_item(b, buf);
	uint64_t size = buf->size_bytes;
	struct draft *d;

	if (buf->address_start == ABSENT64 && !buf->heap)
		return;
	d = draft_of(b, LAYOUT_PHYSICAL, buf->heap ? buf->heap : buf->exporter);
	d->is_partial |= buf->sources & 1u << SRC_RK_DMA_HEAP &&
			 b->snap->coverage[SRC_RK_DMA_HEAP].status == COVERAGE_PARTIAL;
	if (buf->address_start != ABSENT64 && buf->address_end != ABSENT64 &&
	    buf->address_end >= buf->address_start)
		size = buf->address_end - buf->address_start + 1;
	item.piece.start = buf->address_start;
	add_item(d, item, size);
}

/* The devices of one buffer may each have an address space of their own. */
static void take_segments(struct builder *b, const struct buffer *buf)
{
	struct item item = buffer_item(b, buf);
	uint32_t device = STR_ABSENT;
	struct draft *d;

	if (!buf->n_segments)
		return;
	if (buf->n_attachments == 1)
		device = b->snap->attachments.v[buf->attachments].device;
	d = draft_of(b, LAYOUT_DMA, device);
	for (uint32_t i = 0; i < buf->n_segments; i++) {
		const struct segment *s = &b->snap->segments.v[buf->segments + i];

		item.piece.start = s->address;
		add_item(d, item, s->size_bytes);
		item.is_first = false;
	}
}

static void take_contiguous(struct builder *b)
{
	const struct snapshot *snap = b->snap;

	for (uint32_t i = 0; i < snap->contiguous.n; i++) {
		const struct contiguous *c = &snap->contiguous.v[i];
		struct item item = {
			.piece = { .start = c->address_start,
				   .kind = PIECE_CONTIGUOUS,
				   .record = i },
			.who = { c->owner ? OWNER_NAME : OWNER_UNKNOWN, ABSENT32,
				 c->owner },
			.is_others = b->req->wanted,
			.is_first = true,
		};
		struct draft *d = draft_of(b, LAYOUT_PHYSICAL, c->heap);

		if (item.is_others)
			item.who = others;
		d->is_partial |= snap->coverage[SRC_RK_DMA_HEAP].status ==
				 COVERAGE_PARTIAL;
		add_item(d, item, c->size_bytes);
	}
}

static uint32_t task_of(const struct snapshot *snap, uint32_t pid)
{
	vec_each(&snap->processes, it)
		if (it->pid == pid)
			return it->task;
	return STR_ABSENT;
}

static void take_sessions(struct builder *b)
{
	const struct snapshot *snap = b->snap;

	for (uint32_t i = 0; i < snap->sessions.n; i++) {
		const struct session *s = &snap->sessions.v[i];
		struct item item = {
			.piece = { .kind = PIECE_SESSION, .record = i },
			.is_first = true,
			.who = { OWNER_HOLDER, s->pid, task_of(snap, s->pid) },
			.is_others = b->req->wanted,
		};

		if (item.is_others)
			item.who = others;
		for (uint32_t k = 0; k < s->n_segments; k++) {
			const struct segment *seg = &snap->segments.v[s->segments + k];

			item.piece.start = seg->address;
			add_item(draft_of(b, LAYOUT_IOVA, s->device), item,
				 seg->size_bytes);
		}
	}
}

static void take_ranges(struct builder *b)
{
	const struct coverage *c = &b->snap->coverage[SRC_MM_DUMP];

	vec_each(&b->snap->ranges, r) {
		struct draft *d = draft_of(b, LAYOUT_IOVA, r->space);

		d->is_partial |= c->status == COVERAGE_PARTIAL;
		d->told_kind = PIECE_RANGE;
		d->space.bounds = BOUNDS_DUMP;
		d->space.is_dump = true;
		if (has_range(r->start, r->size))
			*vec_add(&d->told) = (struct told){ r->start,
							    r->start + r->size - 1,
							    r->used };
	}
}

/* All that was found in the draft lies in this area. */
static bool lies_in(const struct draft *d, const struct area_facts *area)
{
	if (!has_range(area->base, area->shown) || !d->items.n)
		return false;
	vec_each(&d->items, it)
		if (it->piece.start < area->base ||
		    it->piece.last - area->base >= area->shown)
			return false;
	return true;
}

static struct draft *match_area(const struct builder *b, const struct area_facts *area)
{
	vec_each(&b->drafts, d)
		if (d->space.kind == LAYOUT_PHYSICAL && !d->has_area &&
		    layout_area_is(b->snap, area, d->space.name))
			return d;
	vec_each(&b->drafts, d)
		if (d->space.kind == LAYOUT_PHYSICAL && !d->has_area && lies_in(d, area))
			return d;
	vec_each(&b->drafts, d)
		if (d->space.kind == LAYOUT_PHYSICAL && !d->has_area &&
		    layout_area_fits(d, b->snap, area))
			return d;
	return NULL;
}

static void use_areas(struct builder *b)
{
	_cleanup_(area_list_fini) struct area_list areas = { 0 };

	layout_areas(&areas, b->snap);
	vec_each(&areas, area) {
		struct draft *d = match_area(b, area);

		if (d && layout_use_area(d, b->snap, area))
			continue;
		/* Nothing to lay it over: a space of its own, if it has a bitmap. */
		*vec_add(&b->drafts) = new_draft(LAYOUT_PHYSICAL, area->name);
		layout_use_area(&b->drafts.v[b->drafts.n - 1], b->snap, area);
	}
}

/* What the heap says of itself; an area's word goes before it. */
static void use_heaps(struct builder *b)
{
	vec_each(&b->drafts, d)
		vec_each(&b->snap->heaps, h) {
			struct layout_space *s = &d->space;

			if (s->kind != LAYOUT_PHYSICAL || h->name != s->name)
				continue;
			if (s->total_bytes == ABSENT64 && h->total_bytes != ABSENT64) {
				s->total_bytes = h->total_bytes;
				s->total_from = TOTAL_HEAP;
			}
			if (s->counter_bytes == ABSENT64)
				s->counter_bytes = h->used_bytes;
		}
}

/*
 * Several rk_dma_heap heaps share one counter, which was taken for the kernel's total
 * when nothing else gave one. If it is what all of them list, each list is complete.
 */
static void use_common_counter(struct builder *b)
{
	uint64_t sum = 0;

	if (b->snap->reported_by != SRC_RK_DMA_HEAP)
		return;
	vec_each(&b->drafts, d)
		if (d->space.kind == LAYOUT_PHYSICAL)
			sum = sum_or_absent(sum, d->space.listed_bytes);
	if (sum != b->snap->reported_bytes || sum == ABSENT64)
		return;
	vec_each(&b->drafts, d)
		if (d->space.kind == LAYOUT_PHYSICAL &&
		    d->space.counter_bytes == ABSENT64 && d->items.n)
			d->space.counter_bytes = d->space.listed_bytes;
}

static void use_given(struct builder *b)
{
	vec_each(&b->drafts, d)
		for (size_t i = 0; i < b->req->n_given; i++) {
			const struct layout_given *g = &b->req->given[i];
			struct layout_space *s = &d->space;

			if (s->kind != LAYOUT_PHYSICAL || s->bounds == BOUNDS_OFFSET ||
			    !s->name ||
			    g->name.len != strings_len(&b->snap->strings, s->name) ||
			    memcmp(g->name.at, snapshot_str(b->snap, s->name),
				   g->name.len))
				continue;
			s->total_bytes = g->size;
			s->total_from = TOTAL_GIVEN;
			if (!has_range(g->base, g->size))
				continue;
			s->bounds = BOUNDS_GIVEN;
			s->start = g->base;
			s->last = g->base + g->size - 1;
		}
}

/* Over all areas: what one heap is, it is at most. */
static void use_meminfo(struct layout *ret, const struct snapshot *snap)
{
	uint32_t name = strings_find(&snap->strings, "cma (meminfo)", 13);

	vec_each(&snap->heaps, h)
		if (name && h->name == name) {
			ret->cma_total = h->total_bytes;
			if (h->total_bytes != ABSENT64 && h->used_bytes <= h->total_bytes)
				ret->cma_free = h->total_bytes - h->used_bytes;
		}
}

/* The addresses a heap was seen at, or is said to have. */
struct extent {
	uint64_t start, last;
	struct draft *draft;
};

static int by_start(const void *x, const void *y)
{
	const struct extent *a = x, *b = y;

	return (a->start > b->start) - (a->start < b->start);
}

/* Two names of one memory: what is a gap in one list may be the other's. */
static void find_shared(struct builder *b)
{
	VEC(struct extent) extents = { 0 };
	struct extent *reach = NULL;

	vec_each(&b->drafts, d) {
		struct extent e = { ABSENT64, 0, d };

		if (d->space.kind != LAYOUT_PHYSICAL || !d->items.n)
			continue;
		vec_each(&d->items, it) {
			e.start = MIN(e.start, it->piece.start);
			e.last = MAX(e.last, it->piece.last);
		}
		if (d->space.bounds != BOUNDS_SEEN) {
			e.start = MIN(e.start, d->space.start);
			e.last = MAX(e.last, d->space.last);
		}
		*vec_add(&extents) = e;
	}
	if (extents.n)
		qsort(extents.v, extents.n, sizeof(*extents.v), by_start);
	vec_each(&extents, e) {
		if (reach && e->start <= reach->last)
			e->draft->is_shared = reach->draft->is_shared = true;
		if (!reach || e->last > reach->last)
			reach = e;
	}
	vec_free(&extents);
}

static const struct snapshot *sort_snap;

static int by_name(const void *x, const void *y)
{
	const struct layout_space *a = x, *b = y;
	const char *p = snapshot_str(sort_snap, a->name),
		   *q = snapshot_str(sort_snap, b->name);
	int r = (a->kind > b->kind) - (a->kind < b->kind);

	if (!r)
		r = p && q ? strcmp(p, q) : !p - !q;
	return r ? r : (int)a->bounds - (int)b->bounds;
}

static void finish(struct layout *ret, struct builder *b)
{
	vec_each(&b->drafts, d) {
		if (d->items.n || d->told.n) {
			layout_finish(d, b->snap);
			*vec_add(&ret->spaces) = d->space;
		}
		vec_free(&d->items);
		vec_free(&d->told);
	}
	sort_snap = b->snap;
	if (ret->spaces.n)
		qsort(ret->spaces.v, ret->spaces.n, sizeof(*ret->spaces.v), by_name);
}

void layout_build(struct layout *ret, const struct snapshot *snap,
		  const struct layout_request *req)
{
	struct builder b = { .snap = snap, .req = req };

	*ret = (struct layout){ .cma_total = ABSENT64, .cma_free = ABSENT64 };
	for (int k = 0; k < N_LAYOUT_KINDS; k++)
		b.by_name[k] =
			mem_alloc((snap->strings.entries.n + 1) * sizeof(*b.by_name[k]));
	snapshot_each_buffer(snap, buf) {
		take_physical(&b, buf);
		take_segments(&b, buf);
	}
	take_contiguous(&b);
	take_sessions(&b);
	take_ranges(&b);
	use_areas(&b);
	use_heaps(&b);
	use_common_counter(&b);
	use_given(&b);
	use_meminfo(ret, snap);
	find_shared(&b);
	finish(ret, &b);
	vec_free(&b.drafts);
	for (int k = 0; k < N_LAYOUT_KINDS; k++)
		free(b.by_name[k]);
}

void layout_fini(struct layout *layout)
{
	vec_each(&layout->spaces, s) {
		vec_free(&s->pieces);
		vec_free(&s->owners);
		vec_free(&s->overlaps);
	}
	vec_free(&layout->spaces);
}
