/* SPDX-License-Identifier: MIT */
/* Reading `%4d: %pa..%pa (%10lu KiB)` (formats.md 1.3). */
#include "sources/segment.h"

static void skip_gap(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t'))
		s->at++;
}

/* `0x` and exactly 8 or 16 digits, how many in *digits. */
static bool scan_address(struct scan *s, size_t *digits, uint64_t *ret)
{
	const char *start = s->at;

	if (!scan_0x(s, ret))
		return false;
	*digits = (size_t)(s->at - start) - 2;
	return *digits == 8 || *digits == 16;
}

/* The printed size is floored; the range tells the bytes where both agree. */
static bool take_size(struct segment_line *seg, uint64_t number, bool is_kib)
{
	uint64_t span = seg->end - seg->start + 1;

	seg->size_bytes = is_kib ? product_or_absent(number, 1024) : number;
	if (seg->size_bytes == ABSENT64)
		return false;
	seg->is_exact = !is_kib;
	if (seg->has_address && seg->end >= seg->start && span &&
	    (is_kib ? span >> 10 == number : span == number)) {
		seg->size_bytes = span;
		seg->is_exact = true;
	}
	return true;
}

static bool scan_parts(struct scan *s, struct segment_line *ret)
{
	size_t digits, end_digits;
	uint64_t number;
	bool is_kib;

	skip_gap(s);
	if (!scan_dec(s, &ret->index) || !scan_word(s, ":"))
		return false;
	skip_gap(s);
	if (!scan_address(s, &digits, &ret->start) || !scan_word(s, "..") ||
	    !scan_address(s, &end_digits, &ret->end) || digits != end_digits)
		return false;
	ret->has_address = ret->start != (digits == 8 ? UINT32_MAX : UINT64_MAX);
	skip_gap(s);
	if (!scan_word(s, "("))
		return false;
	skip_gap(s);
	if (!scan_dec(s, &number))
		return false;
	skip_gap(s);
	is_kib = scan_word(s, "KiB");
	return (is_kib || scan_word(s, "Bytes")) && scan_word(s, ")") &&
	       take_size(ret, number, is_kib);
}

bool segment_scan(struct scan *s, struct segment_line *ret)
{
	struct scan save = *s;

	if (scan_parts(s, ret))
		return true;
	*s = save;
	return false;
}

bool segment_parse(struct span text, struct segment_line *ret)
{
	struct scan s = scan_text(text.at, text.len);

	if (!segment_scan(&s, ret))
		return false;
	skip_gap(&s);
	return scan_done(&s);
}

/* Longest segment without its padding: 20 digits of index and of size, two addresses. */
#define PART_MOST 128

bool segment_is_part(struct span text)
{
	struct scan s = scan_text(text.at, text.len);
	uint64_t index;

	skip_gap(&s);
	if (scan_done(&s))
		return true;
	if (!scan_dec(&s, &index) || !scan_word(&s, ":") || scan_left(&s) > PART_MOST)
		return false;
	for (; s.at < s.end; s.at++)
		if (!*s.at || !strchr("0123456789abcdefx.( KiBytes\t\n", *s.at))
			return false;
	return true;
}
