/* SPDX-License-Identifier: MIT */
/*
 * /proc/mpp_service/sessions-summary: what each video session has mapped (formats.md 4).
 * The rows of a session come before its identity. 4.19 has nothing but the encoder
 * tables, and Rockchip's guide shows one line a device that no stored kernel prints.
 *
 * A row's size is that of the buffer's first segment, and the pid is the thread's that
 * opened the device. An encoder's table holds up to 8 bytes a cell that the program
 * chose, newlines included: too few for any line that is believed here, each of which is
 * longer and has no `|` in it; a table is believed only below its line of dashes.
 */
#include "sources/mpp.h"
#include "sources/segment.h"

enum place_in_text {
	OUTSIDE,
	ROWS, /* behind the title: rows, then the identity */
	WANT_DEVICE,
	WANT_MEMORY,
	WANT_TABLE, /* behind dashes */
	WANT_CELLS, /* behind the table's header */
};

struct state {
	enum place_in_text at;
	uint32_t segments, n_segments; /* of the session whose identity comes */
	uint64_t next;		       /* index of the next row */
	uint64_t sum;	 /* of the rows; ABSENT64: not all are known exactly */
	bool in_unused;	 /* the index began again: the second list */
	unsigned n_bars; /* of the table's header */
};

static bool opens(struct span line)
{
	struct mpp_line parsed;

	switch (mpp_line_parse(line, &parsed)) {
	case MPP_TITLE:
	case MPP_IDENTITY:
	case MPP_TABLE:
		return true;
	case MPP_DEVICE_ALONE:
	case MPP_DEVICE_TOTAL:
		return mpp_is_device(parsed.device);
	default:
		return false;
	}
}

/* A device's name alone may be anything; only with what follows it is a session. */
static bool begins(struct span line)
{
	struct mpp_line parsed;
	enum mpp_kind kind = mpp_line_parse(line, &parsed);

	return kind != MPP_DEVICE_ALONE && kind != MPP_IDENTITY;
}

static struct session *add_session(struct parse *p)
{
	struct session *session = vec_add(&p->snap->sessions);

	*session = (struct session){
		.kind = strings_adds(&p->snap->strings, "mpp"),
		.pid = ABSENT32,
		.index = ABSENT32,
		.memory_bytes = ABSENT64,
	};
	p->records++;
	return session;
}

/* The session before this line is not complete. */
static void settle(struct parse *p, const struct line *line)
{
	struct state *st = p->state;

	if (st->at == ROWS)
		parse_damaged(p, line, line->text,
			      "%u rows before this line have no session", st->n_segments);
	else if (st->at == WANT_DEVICE || st->at == WANT_MEMORY)
		parse_damaged(p, line, line->text, "expected the session's %s, got '%s'",
			      st->at == WANT_DEVICE ? "device" : "memory",
			      diag_quote(line->text, line->len));
	st->at = OUTSIDE;
}

static enum line_result take_title(struct parse *p, const struct line *line)
{
	struct state *st = p->state;

	settle(p, line);
	*st = (struct state){ .at = ROWS };
	return LINE_TAKEN;
}

/* An empty slot that keeps a stale pointer: nothing is mapped there. */
static bool is_stale(const struct segment_line *seg)
{
	return !seg->start && !seg->size_bytes;
}

static enum line_result take_row(struct parse *p, const struct line *line,
				 const struct segment_line *seg)
{
	struct state *st = p->state;

	if (st->at != ROWS) {
		if (!p->is_exact)
			return LINE_FOREIGN;
		return parse_damaged(p, line, line->text, "a row outside a session: '%s'",
				     diag_quote(line->text, line->len));
	}
	/* The list of unused slots follows without a word; empty slots have no row. */
	if (seg->index < st->next && !st->in_unused)
		st->in_unused = true;
	else if (seg->index < st->next)
		parse_warning(p, line, line->text, "row %llu follows row %llu",
			      (unsigned long long)seg->index,
			      (unsigned long long)st->next - 1);
	st->next = seg->index + 1;
	if (is_stale(seg))
		return LINE_TAKEN;
	snapshot_add_segment(p->snap, &st->segments, &st->n_segments, segment_of(seg));
	st->sum = seg->is_exact ? sum_or_absent(st->sum, seg->size_bytes) : ABSENT64;
	return LINE_TAKEN;
}

static enum line_result take_identity(struct parse *p, const struct line *line,
				      const struct mpp_line *parsed)
{
	struct state *st = p->state;
	struct session *session;

	if (st->at != ROWS) {
		settle(p, line);
		st->n_segments = 0;
		st->sum = ABSENT64;
	}
	session = add_session(p);
	session->pid = (uint32_t)parsed->pid;
	session->index = (uint32_t)parsed->index;
	session->segments = st->segments;
	session->n_segments = st->n_segments;
	st->n_segments = 0;
	st->at = WANT_DEVICE;
	return LINE_TAKEN;
}

static struct session *last_session(const struct parse *p)
{
	return &p->snap->sessions.v[p->snap->sessions.n - 1];
}

/* MiB, floored; the rows tell the bytes where they are all known and agree. */
static enum line_result take_memory(struct parse *p, const struct mpp_line *parsed)
{
	struct state *st = p->state;
	bool agrees = st->sum != ABSENT64 && st->sum >> 20 == parsed->bytes >> 20;

	last_session(p)->memory_bytes = agrees ? st->sum : parsed->bytes;
	st->at = OUTSIDE;
	return LINE_TAKEN;
}

/* Of the session just named, or all that is printed of one without DMA (and in 4.19). */
static enum line_result take_cells(struct parse *p, const struct line *line)
{
	struct state *st = p->state;
	struct span device;
	uint64_t index;

	if (mpp_count_bars(line) < st->n_bars && line->len < 1024 && !p->last_try)
		return LINE_HOLD;
	if (!p->is_trial)
		st->at = OUTSIDE;
	if (!mpp_cells_parse((struct span){ line->text, line->len }, &index, &device))
		return parse_damaged(p, line, line->text,
				     "expected the cells of a table, got '%s'",
				     diag_quote(line->text, line->len));
	st->at = OUTSIDE;
	if (p->snap->sessions.n && last_session(p)->index == index && p->records)
		return LINE_TAKEN;
	add_session(p)->index = (uint32_t)index;
	last_session(p)->device = parse_str(p, device);
	return LINE_TAKEN;
}

static enum line_result take_device_total(struct parse *p, const struct mpp_line *parsed)
{
	uint32_t device = parse_str(p, parsed->device);
	struct session *session = add_session(p);

	session->device = device;
	session->memory_bytes = parsed->bytes;
	return LINE_TAKEN;
}

/* Lines that only mean something behind another. */
static enum line_result take_other(struct parse *p, const struct line *line,
				   struct span text)
{
	struct state *st = p->state;
	struct segment_line seg;

	if (segment_parse(text, &seg))
		return take_row(p, line, &seg);
	if (st->at == ROWS && !p->is_exact && !p->last_try && text.len &&
	    segment_is_part(text))
		return LINE_HOLD;
	if (st->at == ROWS && span_find(text, ": 0x")) {
		st->sum = ABSENT64;
		return parse_damaged(p, line, line->text, "expected a row, got '%s'",
				     diag_quote(text.at, text.len));
	}
	return text.len || p->is_exact ? LINE_FOREIGN : LINE_TAKEN;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	struct mpp_line parsed;

	if (st->at == WANT_CELLS)
		return take_cells(p, line);
	switch (mpp_line_parse(text, &parsed)) {
	case MPP_TITLE:
		return take_title(p, line);
	case MPP_IDENTITY:
		return take_identity(p, line, &parsed);
	case MPP_DEVICE:
		if (st->at != WANT_DEVICE)
			return LINE_FOREIGN;
		last_session(p)->device = parse_str(p, parsed.device);
		st->at = WANT_MEMORY;
		return LINE_TAKEN;
	case MPP_MEMORY:
		return st->at == WANT_MEMORY ? take_memory(p, &parsed) : LINE_FOREIGN;
	case MPP_DASHES:
		settle(p, line);
		st->at = WANT_TABLE;
		return LINE_TAKEN;
	case MPP_TABLE:
		if (p->is_exact && st->at != WANT_TABLE)
			return LINE_FOREIGN;
		settle(p, line);
		st->n_bars = mpp_count_bars(line);
		st->at = WANT_CELLS;
		return LINE_TAKEN;
	case MPP_DEVICE_TOTAL:
		return take_device_total(p, &parsed);
	case MPP_DEVICE_ALONE:
		return p->last_try || memchr(text.at, '\n', text.len) ? LINE_FOREIGN :
									LINE_HOLD;
	case MPP_OTHER:
		break;
	}
	return take_other(p, line, text);
}

static void end(struct parse *p)
{
	struct line none = { .text = "" };

	settle(p, &none);
}

static const struct node_format format = {
	.source = SRC_MPP,
	.state_size = sizeof(struct state),
	.opens = opens,
	.begins = begins,
	.line = take_line,
	.end = end,
};

const struct source source_mpp = {
	.id = SRC_MPP,
	.summary = "video codec sessions: what each has mapped",
	.paths = { "proc/mpp_service/sessions-summary" },
	.format = &format,
	.options = { "CONFIG_ROCKCHIP_MPP_PROC_FS" },
	.remedy =
		"build the kernel with CONFIG_ROCKCHIP_MPP_PROC_FS=y (Rockchip kernels)",
};
