/* SPDX-License-Identifier: MIT */
/* Reading `%4d: %pa..%pa (%10lu KiB)` (formats.md 1.3). */
#include "sources/segment.h"

/* The pad of a line is 65 blanks. */
static void skip_gap(struct scan *s)
{
	while (scan_left(s) >= 8 && !memcmp(s->at, "        ", 8))
		s->at += 8;
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t'))
		s->at++;
}

static const unsigned char hex_value[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* `0x` and exactly 8 or 16 lower-case digits, how many in *digits. */
static bool scan_address(struct scan *s, size_t *digits, uint64_t *ret)
{
	uint64_t value = 0;
	unsigned char digit;
	const char *p;

	if (!scan_word(s, "0x"))
		return false;
	for (p = s->at; p < s->end && (digit = hex_value[(unsigned char)*p]); p++)
		value = value << 4 | (uint64_t)(digit - 1);
	*digits = (size_t)(p - s->at);
	*ret = value;
	s->at = p;
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
