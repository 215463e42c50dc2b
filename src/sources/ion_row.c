/* SPDX-License-Identifier: MIT */
/*
 * Rows of the ION tables. Names are right-aligned in 16 columns and never cut; a client's
 * is what the process calls itself, up to 15 bytes of anything, newlines too. Numbers are
 * right-aligned in columns of their own that no 15 bytes can imitate, so they are looked
 * for from the left, the name's width first.
 */
#include "sources/ion_heap.h"

#define WIDTH 16

/* A decimal right-aligned in at least `width` columns, with a blank before it. */
static bool column(struct scan *s, unsigned width, uint64_t *ret)
{
	struct scan save = *s;
	const char *start;

	if (scan_word(s, " ")) {
		start = s->at;
		while (s->at < s->end && *s->at == ' ')
			s->at++;
		if (scan_dec(s, ret) && (size_t)(s->at - start) >= width)
			return true;
	}
	*s = save;
	return false;
}

/* ` %d`: a count that an old kernel may print below zero, which is none. */
static bool count(struct scan *s, uint64_t *ret)
{
	struct scan save = *s;
	bool is_negative;

	scan_blanks(s);
	is_negative = scan_word(s, "-");
	if (s->at > save.at && scan_dec(s, ret)) {
		if (is_negative)
			*ret = ABSENT64;
		return true;
	}
	*s = save;
	return false;
}

static struct span trim_left(const char *at, const char *end)
{
	while (at < end && *at == ' ')
		at++;
	return (struct span){ at, (size_t)(end - at) };
}

/* Behind the size: `[ 0xPOINTER] MAPS REFS`, on Allwinner ` | …` behind that. */
static bool parse_orphan(struct scan s, struct ion_row *ret)
{
	struct scan behind = s;
	uint64_t pointer;

	scan_blanks(&behind);
	if (scan_0x(&behind, &pointer))
		s = behind;
	if (!count(&s, &ret->map_count) || !count(&s, &ret->refs))
		return false;
	scan_blanks(&s);
	return scan_done(&s) || *s.at == '|';
}

static bool parse_tail(struct scan s, enum ion_orphans orphans, struct ion_row *ret)
{
	if (orphans == ION_ORPHANS)
		return parse_orphan(s, ret);
	scan_blanks(&s);
	return scan_done(&s);
}

/* `%16.s %8u %16.s %8u %16zu %5d %5d`: allocated by the first process for the second. */
static bool parse_user_orphan(struct span line, struct ion_row *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t user_pid;

	if (line.len < 80)
		return false;
	s.at += WIDTH;
	if (!column(&s, 8, &ret->pid) || scan_left(&s) < 1 + WIDTH)
		return false;
	s.at += 1 + WIDTH;
	if (!column(&s, 8, &user_pid) || !column(&s, WIDTH, &ret->size) ||
	    !count(&s, &ret->map_count) || !count(&s, &ret->refs))
		return false;
	ret->client = trim_left(line.at, line.at + WIDTH);
	return scan_done(&s);
}

static bool parse_columns(struct span line, enum ion_orphans orphans, struct ion_row *ret)
{
	for (size_t width = WIDTH; width + 2 * (WIDTH + 1) <= line.len; width++) {
		struct scan s = scan_text(line.at + width, line.len - width);

		if (*s.at != ' ' || !column(&s, WIDTH, &ret->pid) ||
		    !column(&s, WIDTH, &ret->size) || !parse_tail(s, orphans, ret))
			continue;
		/*
		 * Only what a process calls itself has newlines, and that fits the
		 * column.
		 */
		if (width > WIDTH && memchr(line.at, '\n', width))
			return false;
		ret->client = trim_left(line.at, line.at + width);
		return true;
	}
	return false;
}

/* Blanks were folded: the first two numbers behind the name's first word. */
static bool parse_folded(struct span line, enum ion_orphans orphans, struct ion_row *ret)
{
	struct scan s = scan_text(line.at, line.len);
	const char *start;

	scan_blanks(&s);
	start = s.at;
	for (scan_token(&s); scan_blanks(&s); scan_token(&s)) {
		const char *end = s.at;
		struct scan number = s;

		while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		if (end > start && scan_dec(&number, &ret->pid) && scan_blanks(&number) &&
		    scan_dec(&number, &ret->size) && parse_tail(number, orphans, ret)) {
			ret->client = (struct span){ start, (size_t)(end - start) };
			return true;
		}
	}
	return false;
}

static void clear(struct ion_row *row)
{
	*row = (struct ion_row){
		.pid = ABSENT64, .size = ABSENT64, .refs = ABSENT64, .map_count = ABSENT64
	};
}

bool ion_row_parse(struct span line, enum ion_orphans orphans, bool is_exact,
		   struct ion_row *ret)
{
	clear(ret);
	if (orphans == ION_USER_ORPHANS)
		return parse_user_orphan(line, ret);
	if (parse_columns(line, orphans, ret))
		return true;
	clear(ret);
	return !is_exact && parse_folded(line, orphans, ret);
}

bool ion_leak_parse(struct span line, bool is_hex, struct ion_row *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t pointer;

	clear(ret);
	scan_blanks(&s);
	if (!scan_hex(&s, 1, 16, &pointer) || !scan_blanks(&s))
		return false;
	ret->heap = scan_token(&s);
	if (!ret->heap.len || !scan_blanks(&s))
		return false;
	if (is_hex ? !scan_hex(&s, 1, 16, &ret->size) : !scan_dec(&s, &ret->size))
		return false;
	return count(&s, &ret->refs) && scan_done(&s);
}

bool ion_client_parse(struct span line, struct ion_row *ret)
{
	struct scan s = scan_text(line.at, line.len);

	clear(ret);
	scan_blanks(&s);
	ret->heap = scan_token(&s);
	if (ret->heap.len < 2 || ret->heap.at[--ret->heap.len] != ':')
		return false;
	scan_blanks(&s);
	return scan_dec(&s, &ret->size) &&
	       (scan_done(&s) || *s.at == ',' || *s.at == ' ');
}
