/* SPDX-License-Identifier: MIT */
/*
 * Lines of rk-dma-heap-info, read from their right end because the owner's name comes
 * first and may hold anything (formats.md 2):
 *
 *	Alloc by (%s)	[%pa-%pa]	%pa			v1
 *	Alloc by (%-20s)	[%pa-%pa]	%pa (%lu KiB)	v2, v3
 *	Alloc by (%-20s)	%lx (%lu KiB)			v3, loose pages
 */
#include "sources/rk_dma_heap.h"

#define NAME_PAD 20
#define NAME_MOST 32
/* Two addresses, a size, a number of KiB and what stands around them. */
#define RIGHT_MOST 100

/* A line break of a mail program stands for a blank. */
static size_t skip_gap(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n'))
		s->at++;
	return (size_t)(s->at - start);
}

/* `(N KiB)` and the end; must agree with the bytes. True also when there is none (v1). */
static bool parse_kib(struct scan *s, uint64_t bytes, bool *has_kib)
{
	uint64_t kib;

	skip_gap(s);
	*has_kib = scan_word(s, "(");
	if (*has_kib && (!scan_dec(s, &kib) || !skip_gap(s) || !scan_word(s, "KiB)") ||
			 kib != bytes >> 10))
		return false;
	skip_gap(s);
	return scan_done(s);
}

/* `0x` and 8 or 16 digits. */
static bool parse_address(struct scan *s, size_t *digits, uint64_t *ret)
{
	const char *start = s->at;

	if (!scan_0x(s, ret))
		return false;
	*digits = (size_t)(s->at - start) - 2;
	return *digits == 8 || *digits == 16;
}

/* `[start-end]` TAB size; end is the last byte. */
static bool parse_ranged(struct scan s, struct alloc_line *ret)
{
	size_t digits[3];

	if (!scan_word(&s, "[") || !parse_address(&s, &digits[0], &ret->start) ||
	    !scan_word(&s, "-") || !parse_address(&s, &digits[1], &ret->end) ||
	    !scan_word(&s, "]") || !skip_gap(&s) ||
	    !parse_address(&s, &digits[2], &ret->size_bytes) || digits[0] != digits[1] ||
	    digits[0] != digits[2])
		return false;
	return parse_kib(&s, ret->size_bytes, &ret->has_kib) && ret->end >= ret->start &&
	       ret->end - ret->start + 1 == ret->size_bytes;
}

static bool parse_pages(struct scan s, struct alloc_line *ret)
{
	ret->start = ret->end = ABSENT64;
	return scan_hex(&s, 1, 16, &ret->size_bytes) && ret->size_bytes != ABSENT64 &&
	       parse_kib(&s, ret->size_bytes, &ret->has_kib) && ret->has_kib;
}

/* The name lies between `(` and the `)` before `at`. */
static bool take_name(const char *name, const char *at, bool is_padded,
		      struct alloc_line *ret)
{
	size_t len;

	while (at > name && (at[-1] == ' ' || at[-1] == '\t' || at[-1] == '\n'))
		at--;
	if (at == name || at[-1] != ')')
		return false;
	len = (size_t)(at - 1 - name);
	/* A newline cannot stand behind the 32nd byte: these are two lines. */
	if ((len > NAME_MOST && memchr(name, '\n', len)) ||
	    (is_padded && ret->has_kib && len < NAME_PAD))
		return false;
	ret->name = (struct span){ name, len };
	/* Blanks up to the 20th are padding; v1 has none, a paste may fold them. */
	while (ret->name.len && ret->name.at[ret->name.len - 1] == ' ' &&
	       len <= NAME_PAD && (ret->has_kib || !is_padded))
		ret->name.len--;
	return true;
}

/* Where the size of a page line begins: before the last `(`, behind the last `)`. */
static const char *find_pages(struct span line)
{
	const char *at = span_find_last(line, " (");

	if (!at)
		return NULL;
	while (at > line.at && at[-1] != ' ' && at[-1] != '\t')
		at--;
	return at;
}

/*
 * The next line belongs to this one when its newline would be inside the name, or, once,
 * when a mail program may have folded the line.
 */
static bool may_go_on(struct scan rest, bool is_exact)
{
	return scan_left(&rest) < NAME_MOST ||
	       (!is_exact && scan_left(&rest) < NAME_MOST + RIGHT_MOST &&
		!memchr(rest.at, '\n', scan_left(&rest)));
}

enum alloc_result alloc_parse(struct span line, bool is_exact, struct alloc_line *ret)
{
	struct scan s = scan_text(line.at, line.len);
	const char *name, *at;
	bool is_padded;

	scan_blanks(&s);
	if (!scan_word(&s, "Alloc by ("))
		return ALLOC_BROKEN;
	/* Where the tabs are left, so are the blanks of the padding. */
	is_padded = is_exact || memchr(line.at, '\t', line.len);
	name = s.at;
	at = span_find_last((struct span){ name, scan_left(&s) }, "[0x");
	if (at && parse_ranged(scan_text(at, (size_t)(s.end - at)), ret) &&
	    take_name(name, at, is_padded, ret))
		return ALLOC_WHOLE;
	at = find_pages((struct span){ name, scan_left(&s) });
	if (at && parse_pages(scan_text(at, (size_t)(s.end - at)), ret) &&
	    take_name(name, at, is_padded, ret))
		return ALLOC_WHOLE;
	return may_go_on(s, is_exact) ? ALLOC_PART : ALLOC_BROKEN;
}

bool alloc_parse_total(struct span line, struct alloc_total *ret)
{
	struct scan s = scan_text(line.at, line.len);
	bool has_kib;

	return scan_word(&s, "Total : ") && scan_0x(&s, &ret->bytes) &&
	       ret->bytes != ABSENT64 && parse_kib(&s, ret->bytes, &has_kib);
}
