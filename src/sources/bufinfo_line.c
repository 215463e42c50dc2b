/* SPDX-License-Identifier: MIT */
/* Telling the lines of dma_buf/bufinfo apart. */
#include "sources/bufinfo_line.h"

#include "base/cleanup.h"

/*
 * The shortest fence lines there can be. A name has room for 31 bytes, one of them the
 * newline and one the TAB before the fence: it can hold a whole line of the old form with
 * the shortest of all names, and none of the form with a sequence number (5.19 on).
 */
static const struct {
	const char *label;
	size_t len, least;
} fences[] = {
	{ "write fence:", 12, 30 },	{ "read fence:", 11, 30 },
	{ "kernel fence:", 13, 30 },	{ "bookkeep fence:", 15, 30 },
	{ "Exclusive fence:", 16, 27 }, { "Shared fence:", 13, 27 },
};

/* One folded by a mail program is longer than anything a name could forge. */
#define FENCE_FOLDED 40

/* The length is known when this is compiled, so this costs no call. */
#define is_literal(span, text) \
	((span).len == sizeof(text) - 1 && !memcmp((span).at, text, sizeof(text) - 1))

bool bufinfo_fence_ends(struct span text)
{
	static const char word[] = "signalled";
	size_t len = sizeof(word) - 1;

	return text.len >= len && !memcmp(text.at + text.len - len, word, len);
}

static enum bufinfo_kind kind_of_fence(struct span text, bool is_exact)
{
	bool ends = bufinfo_fence_ends(text);

	if (!ends && (is_exact || text.len < FENCE_FOLDED))
		return BUFINFO_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(fences); i++) {
		if (text.len < fences[i].least ||
		    memcmp(text.at, fences[i].label, fences[i].len))
			continue;
		return ends ? BUFINFO_FENCE : BUFINFO_FENCE_PART;
	}
	return BUFINFO_OTHER;
}

static enum bufinfo_kind kind_of_total(struct scan s, struct bufinfo_line *ret)
{
	if (!scan_word(&s, "Total ") || !scan_dec(&s, &ret->n))
		return BUFINFO_OTHER;
	if (scan_word(&s, " devices attached") && scan_done(&s))
		return BUFINFO_DEVICES_TOTAL;
	if (scan_word(&s, " objects, ") && scan_dec(&s, &ret->bytes) &&
	    scan_word(&s, " bytes") && scan_done(&s))
		return BUFINFO_OBJECTS_TOTAL;
	return BUFINFO_OTHER;
}

static enum bufinfo_kind kind_of_text(struct span text, bool is_exact,
				      struct bufinfo_line *ret)
{
	switch (*text.at) {
	case 'A':
		return is_literal(text, "Attached Devices:") ? BUFINFO_ATTACHED :
							       BUFINFO_OTHER;
	case 'T':
		return kind_of_total(scan_text(text.at, text.len), ret);
	default:
		if (is_literal(text, "ERROR locking buffer object: skipping"))
			return BUFINFO_LOCKED;
		return kind_of_fence(text, is_exact);
	}
}

/* Text at the margin. */
static enum bufinfo_kind kind_of_margin(struct span text, bool is_exact,
					struct bufinfo_line *ret)
{
	struct bufinfo_header header = { .n = 0 };

	switch (*text.at) {
	case '0' ... '9':
		return BUFINFO_DIGITS;
	case 'D':
		return is_literal(text, "Dma-buf Objects:") ? BUFINFO_TITLE :
							      BUFINFO_OTHER;
	case 'T':
		return kind_of_total(scan_text(text.at, text.len), ret);
	case 's':
		return bufinfo_header_add(&header, text) ? BUFINFO_HEADER : BUFINFO_OTHER;
	default:
		return is_exact ? BUFINFO_OTHER : kind_of_text(text, is_exact, ret);
	}
}

void bufinfo_tell(struct span line, bool is_exact, struct bufinfo_line *ret)
{
	struct span text = line;

	if (!is_exact)
		text = span_trim(line);
	else if (line.len > 1 && *line.at == '\t')
		text.at++, text.len--;
	ret->text = text;
	if (!text.len) {
		ret->kind = BUFINFO_BLANK;
	} else if (text.at == line.at) {
		ret->kind = kind_of_margin(text, is_exact, ret);
	} else {
		ret->kind = kind_of_text(text, is_exact, ret);
		if (ret->kind == BUFINFO_OTHER ||
		    (is_exact && ret->kind >= BUFINFO_DEVICES_TOTAL))
			ret->kind = BUFINFO_INDENTED;
	}
}
