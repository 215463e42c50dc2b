/* SPDX-License-Identifier: MIT */
/*
 * /proc/rk_dmabuf/sgt: where the pieces of a buffer are mapped (formats.md 1.3). A row as
 * in dev with the first segment glued to it, the others on lines of their own; buffers
 * without a cached mapping are left out by the kernel.
 *
 * A name is cut at 16 bytes here, newlines included: too short for a segment line (33)
 * and for a row, so it can break its own row and forge no other.
 */
#include "sources/rk_row.h"
#include "sources/segment.h"

struct state {
	uint32_t buffer; /* index of the last row's buffer */
	bool has_buffer; /* ... which takes segments */
	uint64_t kib;	 /* its size by the row */
	uint64_t next;	 /* index of the segment that comes next */
	uint64_t sum;	 /* of its segments; ABSENT64: not all of them are exact */
	bool dropping;	 /* the last row was lost, and so are the lines behind it */
	bool has_header;
};

static bool opens(struct span line)
{
	struct segment_line seg;
	struct rk_row row;

	if (rk_row_is_header(line, "SGLIST"))
		return true;
	return rk_row_parse(line, &row) == RK_ROW &&
	       segment_parse((struct span){ row.tail,
					    (size_t)(line.at + line.len - row.tail) },
			     &seg);
}

static bool begins(struct span line)
{
	return rk_row_is_header(line, "SGLIST");
}

/* All pieces known to the byte, and together what the row says: so that is the size. */
static void end_buffer(struct parse *p)
{
	struct state *st = p->state;
	struct buffer *buf;

	if (st->has_buffer && st->sum != ABSENT64 && st->sum >> 10 == st->kib) {
		buf = &p->snap->buffers.v[st->buffer];
		if (!buf->size_is_exact) {
			buf->size_bytes = st->sum;
			buf->size_is_exact = true;
		}
	}
	st->has_buffer = st->dropping = false;
}

/* dev was read a moment earlier: is this still the buffer it listed there? */
static bool same_buffer(const struct parse *p, const struct buffer *buf,
			const struct rk_row *row)
{
	size_t len = strings_len(&p->snap->strings, buf->exporter);
	const char *exporter = snapshot_str(p->snap, buf->exporter);

	if (buf->size_bytes != ABSENT64 && buf->size_bytes >> 10 != row->size_kib)
		return false;
	if (!exporter)
		return true;
	/* Others give it whole, this node its first 16 bytes without blanks at their end.
	 */
	for (len = MIN(len, (size_t)16); len && exporter[len - 1] == ' ';)
		len--;
	return len == row->exporter.len && !memcmp(exporter, row->exporter.at, len);
}

static void add_segment(struct parse *p, const struct segment_line *seg)
{
	struct state *st = p->state;
	struct buffer *buf = &p->snap->buffers.v[st->buffer];

	snapshot_add_segment(p->snap, &buf->segments, &buf->n_segments, segment_of(seg));
	st->next = seg->index + 1;
	st->sum = seg->is_exact ? sum_or_absent(st->sum, seg->size_bytes) : ABSENT64;
}

static enum line_result take_row(struct parse *p, const struct line *line,
				 const struct rk_row *row, const struct segment_line *seg)
{
	struct state *st = p->state;
	struct buffer *buf = snapshot_by_pointer(p->snap, row->pointer);

	end_buffer(p);
	st->dropping = true;
	if (buf && !(buf->sources & 1u << p->source) && !same_buffer(p, buf, row)) {
		if (p->is_trial)
			return LINE_DAMAGED;
		parse_warning(p, line, line->text,
			      "%.*s is another buffer than before: its address was used "
			      "again between two reads; its segments are left out",
			      (int)strcspn(line->text, " "), line->text);
		p->skipped++;
		return LINE_DAMAGED;
	}
	buf = rk_row_buffer(p, line, row);
	if (!buf)
		return LINE_DAMAGED;
	st->dropping = false;
	st->buffer = snapshot_index(p->snap, buf);
	st->has_buffer = true;
	st->kib = row->size_kib;
	st->sum = 0;
	add_segment(p, seg);
	p->records++;
	return LINE_TAKEN;
}

static enum line_result lost_row(struct parse *p, const struct line *line, const char *at)
{
	struct state *st = p->state;

	if (!p->is_trial) {
		end_buffer(p);
		st->dropping = true;
	}
	return parse_damaged(p, line, at,
			     "expected columns and a first segment, got '%s'",
			     diag_quote(line->text, line->len));
}

static enum line_result row_line(struct parse *p, const struct line *line,
				 const struct rk_row *row)
{
	struct span tail = { row->tail, (size_t)(line->text + line->len - row->tail) };
	const struct state *st = p->state;
	struct segment_line seg;

	if (segment_parse(tail, &seg) && seg.index == 0)
		return take_row(p, line, row, &seg);
	if (p->is_exact)
		return lost_row(p, line, row->tail);
	if (segment_is_part(tail) && (st->has_header || span_trim(tail).len))
		return p->last_try ? lost_row(p, line, row->tail) : LINE_HOLD;
	/* A row of dev whose header was not saved. */
	if (!span_find(tail, ": 0x"))
		return LINE_FOREIGN;
	return lost_row(p, line, row->tail);
}

static enum line_result segment_of_buffer(struct parse *p, const struct line *line,
					  const struct segment_line *seg)
{
	struct state *st = p->state;

	if (st->dropping) {
		p->skipped += !p->is_trial;
		return LINE_TAKEN;
	}
	if (!st->has_buffer || seg->index < st->next) {
		if (!p->is_exact)
			return LINE_FOREIGN;
		return parse_damaged(p, line, line->text,
				     "segment %llu does not belong here",
				     (unsigned long long)seg->index);
	}
	if (seg->index > st->next)
		st->sum = ABSENT64; /* the lost one was reported where it stood */
	if (seg->index > st->next && !p->skipped)
		parse_warning(p, line, line->text,
			      "segments before number %llu are missing",
			      (unsigned long long)seg->index);
	add_segment(p, seg);
	return LINE_TAKEN;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	struct segment_line seg;
	struct rk_row row;

	switch (rk_row_parse(text, &row)) {
	case RK_ROW:
		return row_line(p, line, &row);
	case RK_ROW_PART:
		if (!p->last_try)
			return LINE_HOLD;
		/* fall through */
	case RK_ROW_BROKEN:
		return lost_row(p, line, line->text + line->len);
	case RK_NOT_ROW:
		break;
	}
	if (segment_parse(text, &seg))
		return segment_of_buffer(p, line, &seg);
	if (!span_trim(text).len)
		return LINE_TAKEN;
	if (rk_row_is_header(text, "SGLIST")) {
		st->has_header = true;
		end_buffer(p);
		return LINE_TAKEN;
	}
	if (!p->is_exact && !p->last_try && st->has_buffer && segment_is_part(text))
		return LINE_HOLD;
	if (p->is_exact && span_find(text, ": 0x"))
		return parse_damaged(p, line, line->text + line->len,
				     "expected a segment, got '%s'",
				     diag_quote(text.at, text.len));
	return LINE_FOREIGN;
}

static const struct node_format format = {
	.source = SRC_RK_SGT,
	.state_size = sizeof(struct state),
	.opens = opens,
	.begins = begins,
	.line = take_line,
	.end = end_buffer,
};

const struct source source_rk_sgt = {
	.id = SRC_RK_SGT,
	.summary = "IOVA segments of buffers with a cached mapping",
	.paths = { "proc/rk_dmabuf/sgt" },
	.format = &format,
	.options = { "CONFIG_RK_DMABUF_PROCFS", "CONFIG_DEBUG_FS" },
	.remedy =
		"build the kernel with CONFIG_RK_DMABUF_PROCFS=y (Rockchip 5.10 and later, "
		"or kernel/ of this project)",
};
