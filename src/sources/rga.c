/* SPDX-License-Identifier: MIT */
/*
 * rkrga/mm_session: every buffer that Rockchip's 2D engine has imported (formats.md 5.1),
 * in procfs or debugfs with the same text. Its pointers are hashed, so they join nothing.
 * No name of any process stands in it. The tgid is read through a session that may be
 * freed already: what cannot be one becomes "not known".
 */
#include "sources/source.h"

/* PID_MAX_LIMIT on 64-bit kernels. */
#define PID_MOST 4194304

struct state {
	size_t at; /* index of the open block's record */
	bool is_open;
	bool is_lost; /* the open block's first line was lost, and so is the rest */
	uint64_t wild_tgids;
};

struct handle {
	uint64_t handle, refs, tgid;
};

/* The literal, any blank of which may be a tab or a line break, or several. */
static bool word(struct scan *s, const char *literal)
{
	struct scan t = *s;

	for (; *literal; literal++) {
		if (*literal != ' ') {
			if (scan_done(&t) || *t.at != *literal)
				return false;
			t.at++;
			continue;
		}
		if (scan_done(&t) || !strchr(" \t\n", *t.at) || !*t.at)
			return false;
		while (!scan_done(&t) && (*t.at == ' ' || *t.at == '\t' || *t.at == '\n'))
			t.at++;
	}
	*s = t;
	return true;
}

/* An int or long as %d prints it; below 0 it is not known. */
static bool scan_signed(struct scan *s, uint64_t *ret)
{
	bool is_negative = scan_word(s, "-");

	if (!scan_dec(s, ret))
		return false;
	if (is_negative)
		*ret = ABSENT64;
	return true;
}

/* %p: digits, or a word in brackets. */
static bool skip_pointer(struct scan *s)
{
	const char *start = s->at;

	while (!scan_done(s) && !strchr(", \t\n", *s->at))
		s->at++;
	return s->at > start;
}

static bool at_end(struct scan *s)
{
	scan_blanks(s);
	return scan_done(s);
}

static bool parse_handle(struct span line, struct handle *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t flag;

	return word(&s, "handle = ") && scan_dec(&s, &ret->handle) &&
	       word(&s, " refcount = ") && scan_signed(&s, &ret->refs) &&
	       word(&s, " mm_flag = ") && scan_0x(&s, &flag) && word(&s, " tgid = ") &&
	       scan_signed(&s, &ret->tgid) && at_end(&s);
}

static bool opens(struct span line)
{
	struct handle handle;

	line = span_trim(line);
	return span_is(line, "rga_mm dump:") || parse_handle(line, &handle);
}

static bool begins(struct span line)
{
	return span_is(span_trim(line), "rga_mm dump:");
}

/* 63 of them. */
static bool is_rule(struct span line, char c)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] != c)
			return false;
	return line.len >= 40;
}

/* `sgt = 0x…, size = n, map_core = 0x…` */
static bool parse_mapped(struct scan *s, uint64_t *size)
{
	uint64_t core;

	return word(s, "sgt = 0x") && skip_pointer(s) && word(s, ", size = ") &&
	       scan_signed(s, size) && word(s, ", map_core = ") && scan_0x(s, &core) &&
	       at_end(s);
}

/* No separator stands between the iova's digits and sgt. */
static bool parse_dma_buf(struct scan s, struct rga *ret)
{
	uint64_t iova, size;

	if (!word(&s, "dma_buf = ") || !skip_pointer(&s) || !word(&s, ", iova = ") ||
	    !scan_0x(&s, &iova) || (word(&s, ", "), !parse_mapped(&s, &size)))
		return false;
	ret->iova = iova;
	ret->size_bytes = size;
	return true;
}

static bool parse_user(struct scan s, struct rga *ret)
{
	uint64_t va, size;

	if (!word(&s, "va = ") || !scan_0x(&s, &va) || !word(&s, ", pages = 0x") ||
	    !skip_pointer(&s) || !word(&s, ", size = ") || !scan_signed(&s, &size) ||
	    !at_end(&s))
		return false;
	ret->size_bytes = size;
	return true;
}

static bool parse_user_mapped(struct scan s, struct rga *ret)
{
	uint64_t iova, offset, size;

	if (!word(&s, "iova = ") || !scan_0x(&s, &iova) || !word(&s, ", offset = ") ||
	    !scan_0x(&s, &offset) || !word(&s, ", ") || !parse_mapped(&s, &size))
		return false;
	ret->iova = iova;
	ret->size_bytes = size;
	return true;
}

static bool parse_address(struct scan s)
{
	uint64_t pa;

	return (word(&s, "is contiguous, pa = ") || word(&s, "pa = ")) &&
	       scan_0x(&s, &pa) && at_end(&s);
}

static const char *kind_of(struct span line)
{
	static const char *const kinds[][2] = {
		{ "dma_buffer:", "dma-buf" },
		{ "virtual address:", "user" },
		{ "physical address:", "physical" },
		{ "Illegal external buffer!", "invalid" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (span_is(line, kinds[i][0]))
			return kinds[i][1];
	return NULL;
}

static enum line_result take_handle(struct parse *p, const struct handle *handle)
{
	struct state *st = p->state;
	bool is_pid = handle->tgid && handle->tgid <= PID_MOST;

	st->at = p->snap->rga.n;
	st->is_open = true;
	st->is_lost = false;
	st->wild_tgids += !is_pid;
	*vec_add(&p->snap->rga) = (struct rga){
		.handle = handle->handle,
		.refs = handle->refs,
		.tgid = is_pid ? handle->tgid : ABSENT64,
		/* What has no mapping prints nothing more. */
		.kind = strings_adds(&p->snap->strings, "invalid"),
		.iova = ABSENT64,
		.size_bytes = ABSENT64,
	};
	p->records++;
	return LINE_TAKEN;
}

/* A line of the open block. */
static enum line_result take_detail(struct parse *p, const struct line *line,
				    struct span text)
{
	struct scan s = scan_text(text.at, text.len);
	struct rga *rga = &p->snap->rga.v[((struct state *)p->state)->at];
	const char *kind = kind_of(text);

	if (kind) {
		rga->kind = strings_adds(&p->snap->strings, kind);
		return LINE_TAKEN;
	}
	if (parse_dma_buf(s, rga) || parse_user(s, rga) || parse_user_mapped(s, rga) ||
	    parse_address(s))
		return LINE_TAKEN;
	/* Long ones are wrapped by mail programs. */
	if (!p->is_exact && !p->last_try && span_find(text, " = ") &&
	    !memchr(text.at, '\n', text.len))
		return LINE_HOLD;
	if (!span_find(text, " = "))
		return LINE_FOREIGN;
	return parse_damaged(p, line, text.at,
			     "expected a buffer's addresses and size, got '%s'",
			     diag_quote(text.at, text.len));
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = span_trim((struct span){ line->text, line->len });
	struct scan s = scan_text(text.at, text.len);
	struct state *st = p->state;
	struct handle handle;
	uint64_t count;

	if (parse_handle(text, &handle))
		return take_handle(p, &handle);
	if (span_starts(text, "handle = ")) {
		st->is_open = false;
		st->is_lost = true;
		return parse_damaged(p, line, text.at,
				     "expected a handle with its counts, got '%s'",
				     diag_quote(text.at, text.len));
	}
	if (is_rule(text, '-')) {
		st->is_open = st->is_lost = false;
		return LINE_TAKEN;
	}
	if (st->is_open && text.len)
		return take_detail(p, line, text);
	if (st->is_lost && (kind_of(text) || span_find(text, " = ")))
		return LINE_TAKEN;
	if (is_rule(text, '=') || span_is(text, "rga_mm dump:") ||
	    (word(&s, "buffer count = ") && scan_dec(&s, &count) && scan_done(&s)))
		return LINE_TAKEN;
	return text.len || p->is_exact ? LINE_FOREIGN : LINE_TAKEN;
}

static void end(struct parse *p)
{
	struct place place = { .file = p->file };
	const struct state *st = p->state;

	if (st->wild_tgids)
		diag_warning(p->diag, &place,
			     "%llu buffer%s a tgid that cannot be one: the driver "
			     "reads it through sessions that are freed already",
			     (unsigned long long)st->wild_tgids,
			     st->wild_tgids == 1 ? " has" : "s have");
	if (st->is_open) {
		diag_warning(p->diag, &place,
			     "the last buffer breaks off: the list is cut");
		p->skipped++;
	}
}

static const struct node_format format = {
	.source = SRC_RGA,
	.state_size = sizeof(struct state),
	.opens = opens,
	.begins = begins,
	.line = take_line,
	.end = end,
};

const struct source source_rga = {
	.id = SRC_RGA,
	.summary = "buffers imported by Rockchip's 2D engine",
	.paths = { "proc/rkrga/mm_session", "sys/kernel/debug/rkrga/mm_session" },
	.format = &format,
	.options = { "CONFIG_ROCKCHIP_RGA_PROC_FS", "CONFIG_ROCKCHIP_RGA_DEBUG_FS" },
	.remedy =
		"build the kernel with CONFIG_ROCKCHIP_RGA_PROC_FS=y (Rockchip kernels)",
};
