/* SPDX-License-Identifier: MIT */
/*
 * ion/heaps/NAME-bitmap of Rockchip's 3.10 kernel: which pages of a CMA heap are taken. A
 * row a MiB, the highest first, its eight words high to low, one bit a page of 4 KiB.
 */
#include "sources/ion_heap.h"

#define MIB ((uint64_t)1 << 20)
#define WORDS 8
#define BIT_BYTES (MIB / (WORDS * 32))

bool ion_bitmap_title(struct span line, struct span *heap)
{
	static const char title[] = " Heap bitmap:";
	size_t len = sizeof(title) - 1;

	line = span_trim(line);
	if (line.len <= len || memcmp(line.at + line.len - len, title, len))
		return false;
	*heap = (struct span){ line.at, line.len - len };
	return true;
}

/* `0003M@0x10200000: ` and eight words. */
static bool parse_row(struct span line, struct ion_bitmap_row *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t mib, word;

	if (!scan_dec(&s, &mib) || !scan_word(&s, "M@") || !scan_0x(&s, &ret->address) ||
	    !scan_word(&s, ":"))
		return false;
	for (int i = WORDS - 1; i >= 0; i--) {
		if (!scan_blanks(&s) || !scan_hex(&s, 8, 8, &word))
			return false;
		ret->words[i] = (uint32_t)word;
	}
	scan_blanks(&s);
	return mib && scan_done(&s);
}

static bool parse_size(struct span line, struct ion_bitmap *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t mib, base;

	if (!scan_word(&s, "Heap size: ") || !scan_dec(&s, &mib) ||
	    !scan_word(&s, "M, Heap base: ") || !scan_0x(&s, &base))
		return false;
	scan_blanks(&s);
	if (!scan_done(&s))
		return false;
	ret->size_mib = mib;
	ret->base = base;
	return true;
}

enum line_result ion_bitmap_line(struct parse *p, struct ion_bitmap *map,
				 const struct line *line)
{
	struct span text = span_trim((struct span){ line->text, line->len });
	struct ion_bitmap_row row;

	if (parse_row(text, &row)) {
		*vec_add(&map->rows) = row;
		return LINE_TAKEN;
	}
	if (parse_size(text, map))
		return p->is_exact ? LINE_TAKEN : LINE_ENDS;
	if (!text.len)
		return LINE_TAKEN;
	if (span_find(text, "M@0x"))
		return parse_damaged(p, line, line->text,
				     "expected a row of a bitmap, got '%s'",
				     diag_quote(text.at, text.len));
	return LINE_FOREIGN;
}

/* Rows into their places; false when one is missing, twice there or out of the heap. */
static bool place_rows(struct parse *p, const struct ion_bitmap *map, uint32_t first)
{
	_cleanup_(freep) bool *seen = mem_alloc(map->rows.n + 1);

	if (map->rows.n != map->size_mib)
		return false;
	vec_each(&map->rows, row) {
		/* Below the base this is larger than any heap. */
		uint64_t offset = row->address - map->base, at = offset / MIB;

		if (offset % MIB || at >= map->rows.n || seen[at])
			return false;
		seen[at] = true;
		memcpy(&p->snap->bitmap.v[first + at * WORDS], row->words,
		       sizeof(row->words));
	}
	return true;
}

void ion_bitmap_end(struct parse *p, struct ion_bitmap *map)
{
	uint32_t first = (uint32_t)p->snap->bitmap.n, n = (uint32_t)map->rows.n * WORDS;
	struct area *area;
	uint64_t used = 0;

	if (map->base == ABSENT64) {
		p->skipped++;
		vec_free(&map->rows);
		return;
	}
	area = snapshot_area(p->snap, map->name, SRC_ION);
	area->base = map->base;
	area->total_bytes = product_or_absent(map->size_mib, MIB);
	vec_reserve(&p->snap->bitmap, p->snap->bitmap.n + n);
	p->snap->bitmap.n += n;
	if (place_rows(p, map, first)) {
		for (uint32_t i = 0; i < n; i++)
			used += (uint64_t)__builtin_popcount(
				p->snap->bitmap.v[first + i]);
		area->bit_bytes = BIT_BYTES;
		area->used_bytes = used * BIT_BYTES;
		area->words = first;
		area->n_words = n;
		p->records++;
	} else {
		p->snap->bitmap.n = first;
		p->skipped++;
		diag_error(p->diag, &(struct place){ .file = p->file },
			   "the bitmap's rows do not make up its %llu MiB",
			   (unsigned long long)map->size_mib);
	}
	vec_free(&map->rows);
}
