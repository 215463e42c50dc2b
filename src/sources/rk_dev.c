/* SPDX-License-Identifier: MIT */
/*
 * /proc/rk_dmabuf/dev: every buffer with the devices attached to it (formats.md 1.2).
 * Rockchip kernels from 5.10, CONFIG_RK_DMABUF_PROCFS; world-readable. The name is the
 * allocating process only with CONFIG_RK_DMABUF_DEBUG, else "(null)".
 */
#include "sources/rk_row.h"

#include <inttypes.h>

/* Rows on successive lines: the buffer of the first, behind `first`, and its line. */
struct run {
	size_t row;
	uint64_t line;
};

struct state {
	uint32_t buffer; /* index of the last row's buffer */
	size_t row_len;	 /* of the last row; 0: none a wrapped line could continue */
	/*
	 * No source before knew a pointer: rows are appended without a look for theirs,
	 * and one listed twice is found when all are there (see end()).
	 */
	bool has_begun, appends;
	uint32_t first;	      /* index of the first row's buffer */
	VEC(struct run) runs; /* where the rows appended stand */
	struct rk_cache cache;
};

/* Mail programs fold at 65 to 80 columns. */
#define WRAP_LEAST 60
#define WRAP_MOST 100

static bool opens(struct span line)
{
	struct rk_row row;

	if (rk_row_is_header(line, "AttachedDevices"))
		return true;
	if (rk_row_parse(line, &row) != RK_ROW)
		return false;
	line.len -= (size_t)(row.tail - line.at);
	line.at = row.tail;
	return !span_find(line, ": 0x");
}

static bool begins(struct span line)
{
	return rk_row_is_header(line, "AttachedDevices");
}

static void add_devices(struct parse *p, struct buffer *buf, struct scan s)
{
	for (;;) {
		struct span device;

		while (s.at < s.end && (*s.at == ' ' || *s.at == '\n' || *s.at == '\t'))
			s.at++;
		device.at = s.at;
		while (s.at < s.end && *s.at != ' ' && *s.at != '\n' && *s.at != '\t')
			s.at++;
		device.len = (size_t)(s.at - device.at);
		if (!device.len)
			return;
		snapshot_attach(p->snap, buf, parse_str(p, device));
	}
}

/*
 * Device names: letters, digits and a little punctuation, at least one of it or a
 * digit.
 */
static bool looks_like_devices(struct span line)
{
	struct scan s = scan_text(line.at, line.len);

	for (;;) {
		bool marked = false;
		struct span word;

		scan_blanks(&s);
		word = scan_token(&s);
		if (!word.len)
			return true;
		for (size_t i = 0; i < word.len; i++) {
			unsigned char c = (unsigned char)word.at[i], lower = c | 0x20;

			if (lower >= 'a' && lower <= 'z')
				continue;
			if (!strchr("0123456789.-_:,", c) || !c)
				return false;
			marked = true;
		}
		if (!marked || word.at[word.len - 1] == ':')
			return false;
	}
}

static void begin(const struct snapshot *snap, struct state *st)
{
	st->has_begun = st->appends = true;
	st->first = (uint32_t)snap->buffers.n;
	snapshot_each_buffer(snap, buf)
		st->appends &= buf->pointer == ABSENT64;
}

/* Rows mostly follow each other: only where they do not, a line number is kept. */
static void note_line(const struct snapshot *snap, struct state *st, uint64_t line)
{
	size_t row = snap->buffers.n - 1 - st->first;

	if (st->runs.n) {
		const struct run *last = &st->runs.v[st->runs.n - 1];

		if (line - last->line == row - last->row)
			return;
	}
	*vec_add(&st->runs) = (struct run){ row, line };
}

/* A list that was read in one go cannot have a buffer twice: the second row is lost. */
static void end(struct parse *p)
{
	struct state *st = p->state;
	size_t rows = p->snap->buffers.n - st->first, run = 0;

	if (!st->appends || !st->runs.v || !snapshot_has_pointer_twins(p->snap))
		rows = 0;
	for (size_t i = 0; i < rows; i++) {
		struct buffer *buf = &p->snap->buffers.v[st->first + i];
		struct line line = { .text = "" };

		while (run + 1 < st->runs.n && st->runs.v[run + 1].row <= i)
			run++;
		if (snapshot_by_pointer(p->snap, buf->pointer) == buf)
			continue;
		line.number = st->runs.v[run].line + (i - st->runs.v[run].row);
		buf->is_merged = true;
		p->records--;
		parse_damaged(p, &line, line.text,
			      "buffer %016" PRIx64 " is listed twice", buf->pointer);
	}
	vec_free(&st->runs);
}

static enum line_result take_row(struct parse *p, const struct line *line,
				 const struct rk_row *row)
{
	struct state *st = p->state;
	struct buffer *buf;

	if (!st->has_begun)
		begin(p->snap, st);
	st->row_len = 0;
	buf = st->appends ? rk_row_append(p, row, &st->cache) :
			    rk_row_buffer(p, line, row);
	if (st->appends)
		note_line(p->snap, st, line->number);
	if (!buf)
		return LINE_DAMAGED;
	snapshot_attach_none(p->snap, buf);
	add_devices(p, buf,
		    scan_text(row->tail, (size_t)(line->text + line->len - row->tail)));
	st->buffer = snapshot_index(p->snap, buf);
	st->row_len = line->len;
	p->records++;
	return LINE_TAKEN;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	struct rk_row row;

	switch (rk_row_parse(text, &row)) {
	case RK_ROW:
		return take_row(p, line, &row);
	case RK_ROW_PART:
		if (!p->last_try)
			return LINE_HOLD;
		/* fall through */
	case RK_ROW_BROKEN:
		st->row_len = 0;
		return parse_damaged(p, line, line->text + line->len,
				     "row cut short or not in columns: '%s'",
				     diag_quote(text.at, text.len));
	case RK_NOT_ROW:
		break;
	}
	if (!span_trim(text).len || rk_row_is_header(text, "AttachedDevices"))
		return LINE_TAKEN;
	if (!p->is_exact && st->row_len >= WRAP_LEAST && st->row_len <= WRAP_MOST &&
	    looks_like_devices(text)) {
		add_devices(p, &p->snap->buffers.v[st->buffer],
			    scan_text(text.at, text.len));
		return LINE_TAKEN;
	}
	st->row_len = 0;
	return LINE_FOREIGN;
}

static const struct node_format format = {
	.source = SRC_RK_DEV,
	.state_size = sizeof(struct state),
	.opens = opens,
	.begins = begins,
	.line = take_line,
	.end = end,
};

const struct source source_rk_dev = {
	.id = SRC_RK_DEV,
	.summary = "all buffers: allocator, exporter, size, attached devices",
	.paths = { "proc/rk_dmabuf/dev" },
	.format = &format,
	.options = { "CONFIG_RK_DMABUF_PROCFS", "CONFIG_DEBUG_FS" },
	.remedy =
		"build the kernel with CONFIG_RK_DMABUF_PROCFS=y (Rockchip 5.10 and later, "
		"or kernel/ of this project)",
};
