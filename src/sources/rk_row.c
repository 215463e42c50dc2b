/* SPDX-License-Identifier: MIT */
/*
 * Rows of /proc/rk_dmabuf/dev and sgt: `%px %-16.16s %-16.16s %10lu KiB`, so 16 or 8 hex
 * digits, then columns at fixed places (formats.md 1.2). Vendor kernels from 5.10 on.
 */
#include "sources/rk_row.h"

#include <endian.h>

#define NAME_WIDTH 16
#define KIB_WIDTH 10

#define EACH_BYTE(b) (0x0101010101010101u * (b))

/* Eight bytes as one number, the first in its lowest byte whatever the machine. */
static inline uint64_t load8(const char *at)
{
	uint64_t word;

	memcpy(&word, at, 8);
	return le64toh(word);
}

/*
 * Eight lower-case hex digits, all at once: long lists are made of pointers, and a branch
 * a digit is what they would cost. A byte's digit is its low half, plus 9 for a letter;
 * the bytes were digits if writing those digits again gives the same bytes.
 */
static bool parse_hex8(const char *at, uint64_t *ret)
{
	uint64_t text = load8(at);
	uint64_t digits = (text & EACH_BYTE(0x0f)) + (text >> 6 & EACH_BYTE(1)) * 9;
	uint64_t letters = (digits + EACH_BYTE(6)) >> 4 & EACH_BYTE(1);

	if (digits & EACH_BYTE(0xf0) ||
	    digits + EACH_BYTE('0') + letters * ('a' - '0' - 10) != text)
		return false;
	digits = __builtin_bswap64(digits);
	digits = (digits | digits >> 4) & 0x00ff00ff00ff00ffu;
	digits = (digits | digits >> 8) & 0x0000ffff0000ffffu;
	*ret = (digits | digits >> 16) & 0xffffffffu;
	return true;
}

/* 8 or 16 lower-case hex digits and a blank; the number of digits, 0 when not. */
static size_t parse_pointer(struct span line, uint64_t *ret)
{
	uint64_t high, low;

	if (line.len < 8 || !parse_hex8(line.at, &high))
		return 0;
	if (line.len == 8 || line.at[8] == ' ') {
		*ret = high;
		return 8;
	}
	if (line.len < 16 || !parse_hex8(line.at + 8, &low) ||
	    (line.len > 16 && line.at[16] != ' '))
		return 0;
	*ret = high << 32 | low;
	return 16;
}

/* A column of 16 without the blanks at its end. */
static struct span trim_column(const char *at)
{
	uint64_t high = load8(at + 8) ^ EACH_BYTE(' '), low = load8(at) ^ EACH_BYTE(' ');
	size_t len = 0;

	if (high)
		len = 16 - (size_t)__builtin_clzll(high) / 8;
	else if (low)
		len = 8 - (size_t)__builtin_clzll(low) / 8;
	return (struct span){ at, len };
}

/* `%10lu KiB` at `at`, then the end, a blank, or a digit column (sgt has no blank). */
static bool parse_size(struct scan *s, struct rk_row *ret)
{
	const char *start = s->at;

	while (s->at < s->end && *s->at == ' ')
		s->at++;
	if (!scan_dec(s, &ret->size_kib) || s->at - start < KIB_WIDTH ||
	    !scan_word(s, " KiB"))
		return false;
	if (!scan_done(s) && *s->at != ' ' && *s->at != '\n')
		return false;
	ret->tail = s->at;
	return true;
}

static bool parse_columns(struct span line, size_t digits, struct rk_row *ret)
{
	const char *name = line.at + digits + 1;
	const char *exporter = name + NAME_WIDTH + 1;
	struct scan s;

	if (line.len < digits + 2 * (NAME_WIDTH + 1) + 1 + KIB_WIDTH + 4)
		return false;
	if (name[NAME_WIDTH] != ' ' || exporter[NAME_WIDTH] != ' ')
		return false;
	s = scan_text(exporter + NAME_WIDTH + 1,
		      (size_t)(line.at + line.len - exporter) - NAME_WIDTH - 1);
	if (!parse_size(&s, ret))
		return false;
	ret->name = trim_column(name);
	ret->exporter = trim_column(exporter);
	ret->in_columns = true;
	return true;
}

/*
 * Digits before a "KiB" found at `unit`; the start of the number, NULL when it is none.
 */
static const char *number_before(struct span line, const char *unit, uint64_t *ret)
{
	const char *end = unit, *start;
	struct scan s;

	while (end > line.at && end[-1] == ' ')
		end--;
	for (start = end; start > line.at && start[-1] >= '0' && start[-1] <= '9';)
		start--;
	s = scan_text(start, (size_t)(end - start));
	if (end == unit || start == line.at || start[-1] != ' ' || !scan_dec(&s, ret))
		return NULL;
	return start;
}

/* Columns are gone: the last size before any address; the exporter is the word before it.
 */
static bool parse_loose(struct span line, size_t digits, struct rk_row *ret)
{
	const char *limit = span_find(line, ": 0x");
	struct span part = line, middle;
	const char *unit, *number, *at;

	if (limit)
		part.len = (size_t)(limit - line.at);
	unit = span_find_last(part, "KiB");
	if (!unit || (unit + 3 < line.at + line.len && unit[3] != ' ' &&
		      unit[3] != '\t' && unit[3] != '\n'))
		return false;
	number = number_before(part, unit, &ret->size_kib);
	if (!number || number < line.at + digits + 1)
		return false;
	middle = span_trim(
		(struct span){ line.at + digits, (size_t)(number - line.at) - digits });
	for (at = middle.at + middle.len; at > middle.at && at[-1] != ' ';)
		at--;
	if (!middle.len || at == middle.at)
		return false;
	ret->exporter = (struct span){ at, (size_t)(middle.at + middle.len - at) };
	ret->name = span_trim((struct span){ middle.at, (size_t)(at - middle.at) });
	ret->tail = unit + 3;
	ret->in_columns = false;
	return true;
}

enum rk_row_result rk_row_parse(struct span line, struct rk_row *ret)
{
	size_t digits = parse_pointer(line, &ret->pointer);

	if (!digits)
		return RK_NOT_ROW;
	if (parse_columns(line, digits, ret) || parse_loose(line, digits, ret))
		return RK_ROW;
	if (line.len < digits + 2 * (NAME_WIDTH + 1) + 1 + KIB_WIDTH + 4)
		return RK_ROW_PART;
	return RK_ROW_BROKEN;
}

bool rk_row_is_header(struct span line, const char *last_word)
{
	static const char *const words[] = { "DMABUF", "NAME", "EXPORT", "SIZE:KiB" };
	struct scan s = scan_text(line.at, line.len);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		scan_blanks(&s);
		if (!span_is(scan_token(&s), words[i]))
			return false;
	}
	scan_blanks(&s);
	return span_is(scan_rest(&s), last_word);
}

static void set_name(struct parse *p, struct buffer *buf, const struct rk_row *row)
{
	if (!span_is(row->name, "(null)"))
		snapshot_set_name(p->snap, buf, row->name, NAME_WIDTH);
}

/* The place of a column's 16 bytes; its words are compared by the caller. */
static struct rk_cached *cached(struct rk_cached *list, const char *column,
				uint64_t words[2])
{
	memcpy(words, column, 16);
	return &list[((words[0] ^ words[1] * 3) * 0x9e3779b97f4a7c15u) >> 58];
}

static bool is_column(const struct rk_cached *c, const uint64_t words[2])
{
	return c->id && c->column[0] == words[0] && c->column[1] == words[1];
}

static void set_name_cached(struct parse *p, struct buffer *buf, const struct rk_row *row,
			    struct rk_cache *cache)
{
	uint64_t words[2];
	struct rk_cached *c = cached(cache->names, row->name.at, words);

	if (is_column(c, words)) {
		buf->name = c->id;
		buf->allocator_pid = c->pid;
		buf->allocator_task = c->task;
		buf->name_is_cut = row->name.len >= NAME_WIDTH;
		buf->task_is_cut = buf->name_is_cut && c->task;
		return;
	}
	set_name(p, buf, row);
	*c = (struct rk_cached){ .column = { words[0], words[1] },
				 .id = buf->name,
				 .pid = buf->allocator_pid,
				 .task = buf->allocator_task };
}

static void set_exporter_cached(struct parse *p, struct buffer *buf,
				const struct rk_row *row, struct rk_cache *cache)
{
	uint64_t words[2];
	struct rk_cached *c = cached(cache->exporters, row->exporter.at, words);

	if (!is_column(c, words))
		*c = (struct rk_cached){ .column = { words[0], words[1] },
					 .id = parse_str(p, row->exporter) };
	buf->exporter = c->id;
}

struct buffer *rk_row_append(struct parse *p, const struct rk_row *row,
			     struct rk_cache *cache)
{
	struct buffer *buf = snapshot_add_buffer(p->snap, p->source);

	buf->pointer = row->pointer;
	buf->size_bytes = product_or_absent(row->size_kib, 1024);
	if (cache && row->in_columns) {
		set_name_cached(p, buf, row, cache);
		set_exporter_cached(p, buf, row, cache);
		return buf;
	}
	set_name(p, buf, row);
	buf->exporter = parse_str(p, row->exporter);
	return buf;
}

struct buffer *rk_row_buffer(struct parse *p, const struct line *line,
			     const struct rk_row *row)
{
	struct buffer *buf = snapshot_by_pointer(p->snap, row->pointer);

	if (!buf)
		return rk_row_append(p, row, NULL);
	if (buf->sources & 1u << p->source) {
		parse_damaged(p, line, line->text, "buffer %.*s is listed twice",
			      (int)strcspn(line->text, " "), line->text);
		return NULL;
	}
	buf->sources |= 1u << p->source;
	return buf;
}
