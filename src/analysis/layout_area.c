/* SPDX-License-Identifier: MIT */
/* CMA areas under a layout: which heap they are, where they begin, what their bitmap
 * tells. */
#include "analysis/layout_priv.h"

/* Old kernels put it before the name of the debugfs directory. */
static struct span area_name(const struct snapshot *snap, uint32_t name)
{
	struct span span = { snapshot_str(snap, name),
			     strings_len(&snap->strings, name) };

	if (span.at && span_starts(span, "cma-")) {
		span.at += 4;
		span.len -= 4;
	}
	return span;
}

static bool is_same_name(const struct snapshot *snap, uint32_t a, uint32_t b)
{
	struct span x = area_name(snap, a), y = area_name(snap, b);

	return x.at && y.at && x.len == y.len && !memcmp(x.at, y.at, x.len);
}

bool layout_area_is(const struct snapshot *snap, const struct area_facts *area,
		    uint32_t heap)
{
	return is_same_name(snap, area->name, heap);
}

static uint64_t bits_of(uint64_t total, uint64_t bit)
{
	return total / bit + (total % bit != 0);
}

/*
 * A range of a multi-range area has a bitmap and no size: zeros at its very end may be
 * bits that stand for nothing, so it is taken to end with the last one set.
 */
static uint64_t bits_shown(const struct snapshot *snap, const struct area_facts *area)
{
	uint64_t n = (uint64_t)area->n_words * 32;

	if (area->total != ABSENT64)
		return MIN(n, bits_of(area->total, area->bit_bytes));
	while (n && !(snap->bitmap.v[area->words + (n - 1) / 32] >> ((n - 1) % 32) & 1))
		n--;
	return n;
}

static void add_facts(struct area_facts *to, const struct area *from)
{
	bool is_based = from->base != ABSENT64 && to->base == ABSENT64;

	if (from->n_words && (!to->n_words || is_based)) {
		to->words = from->words;
		to->n_words = from->n_words;
		to->bit_bytes = from->bit_bytes;
		if (from->used_bytes != ABSENT64)
			to->used = from->used_bytes;
	}
	if (to->base == ABSENT64)
		to->base = from->base;
	if (to->total == ABSENT64)
		to->total = from->total_bytes;
	if (to->used == ABSENT64)
		to->used = from->used_bytes;
	if (to->maxchunk == ABSENT64)
		to->maxchunk = from->maxchunk_bytes;
}

/* How much memory is shown: by the bitmap, which may cover a part only, else by the size.
 */
static void measure(const struct snapshot *snap, struct area_facts *area)
{
	bool is_sane = area->n_words && area->n_words < 1u << 26 && area->bit_bytes &&
		       area->bit_bytes < 1ull << 32;

	if (area->base != ABSENT64 && area->base >= 1ull << 62)
		area->base = ABSENT64;
	if (area->total != ABSENT64 && (area->total >= 1ull << 60 || !area->total))
		area->total = ABSENT64;
	if (is_sane)
		area->n_bits = bits_shown(snap, area);
	area->shown = area->total;
	if (area->n_bits)
		area->shown = MIN(area->total, area->n_bits * area->bit_bytes);
}

/* One area has up to three nodes; two areas of one name differ in size. */
static struct area_facts *find_facts(struct area_list *list, const struct snapshot *snap,
				     const struct area *area)
{
	vec_each(list, it)
		if (is_same_name(snap, it->name, area->name) &&
		    (it->total == area->total_bytes || it->total == ABSENT64 ||
		     area->total_bytes == ABSENT64))
			return it;
	return NULL;
}

void layout_areas(struct area_list *ret, const struct snapshot *snap)
{
	vec_each(&snap->areas, area) {
		struct area_facts *facts = find_facts(ret, snap, area);

		if (area->words > snap->bitmap.n ||
		    area->n_words > snap->bitmap.n - area->words)
			continue;
		if (!facts) {
			facts = vec_add(ret);
			*facts = (struct area_facts){
				.name = area->name,
				.base = ABSENT64,
				.total = ABSENT64,
				.used = ABSENT64,
				.maxchunk = ABSENT64,
				.bit_bytes = ABSENT64,
			};
		}
		add_facts(facts, area);
	}
	vec_each(ret, facts)
		measure(snap, facts);
}

/* A bitmap as counts: how many bits are set before each one. */
struct bits {
	const uint32_t *words;
	uint64_t n;
	uint32_t *before; /* owned */
};

static bool is_set(const struct bits *bits, uint64_t i)
{
	return bits->words[i / 32] >> (i % 32) & 1;
}

static void bits_init(struct bits *ret, const struct snapshot *snap,
		      const struct area_facts *area)
{
	uint64_t n = area->n_bits;

	*ret = (struct bits){ .words = snap->bitmap.v + area->words, .n = n };
	ret->before = mem_alloc((n + 1) * sizeof(*ret->before));
	for (uint64_t i = 0; i < n; i++)
		ret->before[i + 1] = ret->before[i] + is_set(ret, i);
}

static void bits_fini(struct bits *bits)
{
	free(bits->before);
}

/* With this base, does each allocation begin on a bit, and are all bits of it set? */
static bool base_fits(const struct draft *d, const struct bits *bits, uint64_t base,
		      uint64_t bit)
{
	vec_each(&d->items, it) {
		uint64_t first, last;

		if (it->piece.start < base || (it->piece.start - base) % bit)
			return false;
		first = (it->piece.start - base) / bit;
		last = (it->piece.last - base) / bit;
		if (last >= bits->n ||
		    bits->before[last + 1] - bits->before[first] != last + 1 - first)
			return false;
	}
	return true;
}

/* The one base at which everything listed lies on bits that are set; ABSENT64: none,
 * several. */
static uint64_t fit_base(const struct draft *d, const struct bits *bits, uint64_t bit)
{
	uint64_t lowest = ABSENT64, found = ABSENT64;

	vec_each(&d->items, it)
		lowest = MIN(lowest, it->piece.start);
	for (uint64_t i = 0; i < bits->n && i <= lowest / bit; i++) {
		if (!is_set(bits, i) || !base_fits(d, bits, lowest - i * bit, bit))
			continue;
		if (found != ABSENT64)
			return ABSENT64;
		found = lowest - i * bit;
	}
	return found;
}

/* Runs of equal bits, from `base`. */
static void tell(struct draft *d, const struct bits *bits, uint64_t base, uint64_t bit)
{
	for (uint64_t i = 0, end; i < bits->n; i = end) {
		bool used = is_set(bits, i);
		uint64_t last;

		for (end = i + 1; end < bits->n && is_set(bits, end) == used;)
			end++;
		last = MIN(base + end * bit - 1, d->space.last);
		*vec_add(&d->told) = (struct told){ base + i * bit, last, used };
	}
}

static bool lay_bitmap(struct draft *d, const struct snapshot *snap,
		       const struct area_facts *area)
{
	_cleanup_(bits_fini) struct bits bits = { 0 };
	struct layout_space *s = &d->space;
	uint64_t base = area->base;

	bits_init(&bits, snap, area);
	if (base != ABSENT64) {
		s->bounds = BOUNDS_AREA;
	} else if (!d->items.n) {
		base = 0;
		s->bounds = BOUNDS_OFFSET;
	} else {
		base = fit_base(d, &bits, area->bit_bytes);
		if (base == ABSENT64)
			return false;
		s->bounds = BOUNDS_FITTED;
	}
	s->start = base;
	s->last = base + area->shown - 1;
	d->bit_bytes = area->bit_bytes;
	d->bit_base = base;
	tell(d, &bits, base, area->bit_bytes);
	return true;
}

bool layout_use_area(struct draft *d, const struct snapshot *snap,
		     const struct area_facts *area)
{
	struct layout_space *s = &d->space;

	d->has_area = true;
	s->total_bytes = area->total;
	s->total_from = area->total == ABSENT64 ? TOTAL_UNKNOWN : TOTAL_AREA;
	s->counter_bytes = area->used;
	s->maxchunk_bytes = area->maxchunk;
	if (area->n_bits)
		return lay_bitmap(d, snap, area);
	if (area->base != ABSENT64 && area->shown != ABSENT64) {
		s->bounds = BOUNDS_AREA;
		s->start = area->base;
		s->last = area->base + area->shown - 1;
	}
	return true;
}

bool layout_area_fits(const struct draft *d, const struct snapshot *snap,
		      const struct area_facts *area)
{
	_cleanup_(bits_fini) struct bits bits = { 0 };

	if (!area->n_bits || area->base != ABSENT64 || !d->items.n ||
	    area->used != d->space.listed_bytes)
		return false;
	bits_init(&bits, snap, area);
	return fit_base(d, &bits, area->bit_bytes) != ABSENT64;
}
