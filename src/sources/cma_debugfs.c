/* SPDX-License-Identifier: MIT */
/*
 * Debugfs cma/AREA/: size, use, largest free piece and bitmap of each CMA area, in pages
 * (formats.md 3.2). Never touches `alloc` and `free`, which do what they say.
 *
 * From 6.18 an area may have several ranges; `bitmap` and `base_pfn` beside them are then
 * those of the first. Each range becomes a record AREA/N of its own with base and bitmap
 * and without numbers, which are the area's as a whole.
 */
#include "sources/cma.h"

/* 16 GiB of 4 KiB pages, a bit each, in decimal words. */
#define BITMAP_LIMIT ((size_t)2 << 20)
#define ORDER_MOST 30

/* Decimal 32-bit words; a lost word would shift all behind it, so the bitmap goes as a
 * whole. */
static void read_bitmap(struct cma_read *c, const char *dir, uint32_t *first, uint32_t *n)
{
	_text_ struct text path = { 0 }, text = { 0 };
	struct snapshot *snap = c->snap;
	size_t before = snap->bitmap.n;
	const char *start;
	struct scan s;
	int r;

	text_printf(&path, "%s/bitmap", dir);
	r = root_read(c->root, path.v, BITMAP_LIMIT, &text);
	if (r < 0) {
		c->skipped += root_exists(c->root, path.v);
		return;
	}
	s = scan_text(text.v, text.n);
	for (;;) {
		uint64_t word;

		while (!scan_done(&s) && (*s.at == ' ' || *s.at == '\n'))
			s.at++;
		if (scan_done(&s))
			return;
		start = s.at;
		if (!scan_dec(&s, &word) || word > UINT32_MAX)
			break;
		cma_add_word(snap, first, n, (uint32_t)word);
	}
	cma_damaged(c, path.v, (size_t)(start - text.v), "decimal words of 32 bits");
	snap->bitmap.n = before;
	*n = 0;
}

static uint64_t bit_pages(uint64_t order)
{
	return order <= ORDER_MOST ? (uint64_t)1 << order : ABSENT64;
}

static void read_range(struct cma_read *c, const char *dir, const char *name,
		       uint64_t order)
{
	uint32_t id = strings_adds(&c->snap->strings, name), first = 0, n = 0;
	uint64_t base = cma_number(c, dir, "base_pfn");
	struct area *area;

	read_bitmap(c, dir, &first, &n);
	area = snapshot_area(c->snap, id, c->source);
	area->base = base;
	area->bit_bytes = bit_pages(order);
	area->words = first;
	area->n_words = n;
}

/* True when the area has more than one; then they are read. */
static bool read_ranges(struct cma_read *c, const char *dir, const char *name,
			uint64_t order)
{
	_text_ struct text path = { 0 }, ranges = { 0 }, full = { 0 };
	size_t n = 0;

	text_printf(&path, "%s/ranges", dir);
	if (root_list(c->root, path.v, &ranges) < 0)
		return false;
	list_each(&ranges, range)
		n += *range != '\0';
	if (n < 2)
		return false;
	list_each(&ranges, range) {
		text_clear(&path);
		text_clear(&full);
		text_printf(&path, "%s/ranges/%s", dir, range);
		text_printf(&full, "%s/%s", name, range);
		read_range(c, path.v, full.v, order);
	}
	return true;
}

static void read_area(struct cma_read *c, const char *dir, const char *name)
{
	uint64_t total = cma_number(c, dir, "count"), used = cma_number(c, dir, "used");
	uint64_t order = cma_number(c, dir, "order_per_bit");
	uint64_t maxchunk = cma_number(c, dir, "maxchunk");
	struct area *area;

	if (total == ABSENT64 && used == ABSENT64)
		return;
	if (total != ABSENT64 && used != ABSENT64 && used > total) {
		cma_damaged(c, dir, 0, "no more pages used than there are");
		used = ABSENT64;
	}
	if (order != ABSENT64 && order > ORDER_MOST)
		cma_damaged(c, dir, 0, "an order below 31 in order_per_bit");
	/* Added first, so that it comes before its ranges. */
	snapshot_area(c->snap, strings_adds(&c->snap->strings, name), c->source);
	if (!read_ranges(c, dir, name, order))
		read_range(c, dir, name, order);
	area = snapshot_area(c->snap, strings_adds(&c->snap->strings, name), c->source);
	area->total_bytes = total;
	area->used_bytes = used;
	area->maxchunk_bytes = maxchunk;
	area->bit_bytes = bit_pages(order);
	c->records++;
}

#define CMA "sys/kernel/debug/cma/"

static int collect(struct snapshot *snap, const struct root *root, struct diag *diag)
{
	struct cma_read c = { snap, root, diag, SRC_CMA_DEBUGFS, 0, 0 };

	return cma_read_areas(&c, "sys/kernel/debug/cma", read_area);
}

const struct source source_cma_debugfs = {
	.id = SRC_CMA_DEBUGFS,
	.summary = "CMA areas with their bitmap and largest free piece",
	.paths = { CMA "*/count", CMA "*/used", CMA "*/maxchunk", CMA "*/order_per_bit",
		   CMA "*/base_pfn", CMA "*/bitmap", CMA "*/ranges/*/base_pfn",
		   CMA "*/ranges/*/bitmap" },
	.collect = collect,
	.options = { "CONFIG_CMA_DEBUGFS" },
	.needs_root = true,
	.remedy = "build the kernel with CONFIG_CMA_DEBUGFS=y and mount debugfs",
};
