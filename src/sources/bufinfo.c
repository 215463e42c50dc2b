/* SPDX-License-Identifier: MIT */
/*
 * dma_buf/bufinfo in debugfs: every buffer with its inode, references, devices
 * (formats.md 6.1). Mainline since 3.10 under CONFIG_DEBUG_FS, root only; the inode
 * number came with 5.3, "<none>" for a missing name with 6.0.
 *
 * Any process may put up to 31 bytes of its choice into a name, newlines included, and
 * the name ends the row. What fits is "\n\tAttached Devices:\n\tx", or one forged total,
 * but never a row, and never a device list together with the total that would end it. So
 * the text between the row and the last "Attached Devices:" of a block, fences at its end
 * left out, is name; a total standing there is name too; and what cannot be settled by
 * the line itself is held until the real "Attached Devices:" comes. A whole fence line of
 * the old form (up to 5.16) at the end of a name is the one thing that cannot be told:
 * the name then comes out without it.
 */
#include "sources/bufinfo_block.h"
#include "sources/bufinfo_line.h"

/* No row is longer, joined or not; it bounds what a lost line end can swallow. */
#define ROW_MOST 512

struct state {
	struct bufinfo_block block;
	enum bufinfo_columns columns;
	struct bufinfo_header header;
	bool has_rows, has_total;
	bool is_row_held; /* LINE_HOLD was said of a row, else of a part of a name */
	uint64_t total_objects, total_bytes;
};

static bool begins(struct span line)
{
	struct bufinfo_line told;

	bufinfo_tell(line, false, &told);
	return told.kind == BUFINFO_TITLE || told.kind == BUFINFO_HEADER;
}

static bool opens(struct span line)
{
	struct bufinfo_form form = { .columns = BUFINFO_UNKNOWN, .is_whole = true };
	struct bufinfo_row row;

	if (!line.len)
		return false;
	if (*line.at >= '0' && *line.at <= '9')
		return bufinfo_row_parse(line, &form, &row) == BUFINFO_ROW;
	return (*line.at == 'D' || *line.at == 's') && begins(line);
}

static struct span span_of(const struct line *line)
{
	return (struct span){ line->text, line->len };
}

static void note_total(struct state *st, const struct bufinfo_line *told)
{
	st->has_total = true;
	st->total_objects = told->n;
	st->total_bytes = told->bytes;
}

static enum line_result take_total(struct parse *p, const struct bufinfo_line *told)
{
	struct state *st = p->state;

	block_cut(p, &st->block);
	note_total(st, told);
	return p->is_exact ? LINE_TAKEN : LINE_ENDS;
}

/* A device at the margin, where a paste lost all indentation. */
static bool looks_like_device(struct span text)
{
	bool is_marked = false;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i], lower = c | 0x20;

		if (lower >= 'a' && lower <= 'z')
			continue;
		if (!c || !strchr("0123456789.-_:,", c))
			return false;
		is_marked = true;
	}
	return is_marked && text.at[text.len - 1] != ':';
}

/* Nothing that came later made it a part of the name. */
static enum line_result take_unsettled(struct parse *p, const struct bufinfo_line *told)
{
	struct state *st = p->state;
	bool in_name = st->block.in == BUFINFO_IN_NAME;

	st->block.name_is_done = true;
	switch (told->kind) {
	case BUFINFO_BLANK:
		return p->is_exact && !in_name ? LINE_FOREIGN : LINE_TAKEN;
	case BUFINFO_DEVICES_TOTAL:
		/* A paste left the list out: what is attached is not known. */
		block_cut(p, &st->block);
		return p->is_exact ? LINE_FOREIGN : LINE_TAKEN;
	case BUFINFO_OBJECTS_TOTAL:
		/* Should rows follow, then it was part of a name after all. */
		note_total(st, told);
		return LINE_TAKEN;
	default:
		/* What belongs to a lost row goes with it. */
		return p->is_exact && in_name && st->block.buffer == ABSENT32 ?
			       LINE_TAKEN :
			       LINE_FOREIGN;
	}
}

/* A line inside a block that has no place there: part of the name, if anything. */
static enum line_result take_stray(struct parse *p, const struct line *line,
				   const struct bufinfo_line *told)
{
	struct state *st = p->state;

	if (block_fits(p, &st->block, span_of(line))) {
		st->is_row_held = false;
		return p->last_try ? take_unsettled(p, told) : LINE_HOLD;
	}
	if (told->kind == BUFINFO_OBJECTS_TOTAL)
		return take_total(p, told);
	return take_unsettled(p, told);
}

static enum line_result take_in_block(struct parse *p, const struct line *line,
				      const struct bufinfo_line *told)
{
	struct bufinfo_block *block = &((struct state *)p->state)->block;
	bool in_devices = block->in == BUFINFO_IN_DEVICES;

	switch (told->kind) {
	case BUFINFO_FENCE:
	case BUFINFO_FENCE_PART:
		block_keep(block, span_of(line), false);
		block->fence_is_open = told->kind == BUFINFO_FENCE_PART;
		return LINE_TAKEN;
	case BUFINFO_INDENTED:
		if (in_devices)
			return block_device(p, block, line, told->text);
		break;
	case BUFINFO_DEVICES_TOTAL:
		if (in_devices)
			return block_total(p, block, line, told->n);
		break;
	case BUFINFO_DIGITS:
	case BUFINFO_OTHER:
		if (in_devices && !p->is_exact && looks_like_device(told->text))
			return block_device(p, block, line, told->text);
		break;
	default:
		break;
	}
	if (block->fence_is_open && bufinfo_fence_ends(told->text)) {
		block->fence_is_open = false;
		return LINE_TAKEN;
	}
	return take_stray(p, line, told);
}

static enum line_result take_header(struct parse *p, struct span text)
{
	struct state *st = p->state;

	/* Behind rows it begins another dump. */
	if (st->has_rows || st->header.n || !bufinfo_header_add(&st->header, text))
		return LINE_FOREIGN;
	st->columns = st->header.columns;
	return LINE_TAKEN;
}

static enum line_result take_between(struct parse *p, const struct line *line,
				     const struct bufinfo_line *told)
{
	struct state *st = p->state;

	switch (told->kind) {
	case BUFINFO_BLANK:
		return LINE_TAKEN;
	case BUFINFO_TITLE:
		return st->has_rows || st->header.n ? LINE_FOREIGN : LINE_TAKEN;
	case BUFINFO_HEADER:
		return take_header(p, told->text);
	case BUFINFO_LOCKED:
		return parse_damaged(p, line, line->text,
				     "the kernel left out a buffer that was locked");
	case BUFINFO_OBJECTS_TOTAL:
		return take_total(p, told);
	case BUFINFO_FENCE:
	case BUFINFO_FENCE_PART:
		/* Of a block that lost its row: said once, at its list of devices. */
		return LINE_TAKEN;
	default:
		if (p->is_exact)
			block_lost(&st->block);
		else if (st->header.n && !st->has_rows &&
			 bufinfo_header_add(&st->header, told->text)) {
			st->columns = st->header.columns;
			return LINE_TAKEN;
		}
		return LINE_FOREIGN;
	}
}

static enum line_result hold_row(struct parse *p)
{
	struct state *st = p->state;

	st->is_row_held = true;
	return LINE_HOLD;
}

static enum line_result take_row(struct parse *p, const struct line *line,
				 struct bufinfo_row *row)
{
	struct state *st = p->state;
	bool has_names = st->header.n && st->columns == BUFINFO_INO;

	/* Up to 5.19 a buffer without a name has nothing there, so this is one's name. */
	if (!has_names && row->name.len == 6 && !memcmp(row->name.at, "<none>", 6))
		row->name.len = 0;
	st->columns = row->columns;
	st->has_rows = true;
	st->has_total = false;
	return block_row(p, &st->block, line, row);
}

/* A line that begins with digits. */
static enum line_result take_digits(struct parse *p, const struct line *line,
				    const struct bufinfo_line *told)
{
	struct state *st = p->state;
	bool may_hold = !p->last_try && line->has_end;
	struct bufinfo_form form = { .columns = st->columns,
				     .is_exact = p->is_exact,
				     .is_whole = !may_hold };
	struct bufinfo_row row;
	enum bufinfo_result r = bufinfo_row_parse(span_of(line), &form, &row);

	if (r == BUFINFO_ROW) {
		/* A paste without a header: maybe five columns, maybe a folded row. */
		if (row.columns == BUFINFO_PLAIN && !st->columns && !p->is_exact &&
		    may_hold)
			return hold_row(p);
		return take_row(p, line, &row);
	}
	if (st->block.in != BUFINFO_NO_BLOCK && block_fits(p, &st->block, span_of(line)))
		return take_in_block(p, line, told);
	if (r == BUFINFO_NOT_ROW)
		return st->block.in == BUFINFO_NO_BLOCK ? take_between(p, line, told) :
							  take_in_block(p, line, told);
	if (r == BUFINFO_PART && may_hold &&
	    (!p->is_exact || st->columns == BUFINFO_QCOM_INO))
		return hold_row(p);
	block_cut(p, &st->block);
	block_lost(&st->block);
	if (r == BUFINFO_PART)
		return parse_damaged(p, line, line->text + line->len,
				     "row cut short: '%s'",
				     diag_quote(line->text, line->len));
	return parse_damaged(p, line, row.wrong_at, "expected %s, got '%s'", row.expected,
			     diag_quote(row.wrong_at,
					(size_t)(line->text + line->len - row.wrong_at)));
}

static enum line_result take_one(struct parse *p, const struct line *line)
{
	struct state *st = p->state;
	struct bufinfo_line told;

	bufinfo_tell(span_of(line), p->is_exact, &told);
	if (told.kind == BUFINFO_DIGITS)
		return take_digits(p, line, &told);
	if (told.kind == BUFINFO_ATTACHED)
		return block_devices(p, &st->block, line);
	return st->block.in == BUFINFO_NO_BLOCK ? take_between(p, line, &told) :
						  take_in_block(p, line, &told);
}

static enum bufinfo_result parse_joined(struct parse *p, const struct line *line,
					bool is_whole, struct bufinfo_row *ret)
{
	struct state *st = p->state;
	struct bufinfo_form form = { .columns = st->columns,
				     .is_exact = p->is_exact,
				     .is_whole = is_whole };
	enum bufinfo_result r = bufinfo_row_parse(span_of(line), &form, ret);

	/* Without a header only an inode number proves that they belong together. */
	if (r == BUFINFO_ROW && !st->columns &&
	    (ret->columns == BUFINFO_PLAIN || ret->columns >= BUFINFO_QCOM))
		return BUFINFO_BROKEN;
	return r;
}

/* A row and what a mail program, or on Qualcomm a name, put on the next line. */
static enum line_result take_joined_row(struct parse *p, const struct line *line,
					struct span tail)
{
	struct state *st = p->state;
	struct bufinfo_form form = { .columns = st->columns, .is_exact = p->is_exact };
	struct bufinfo_line told;
	struct bufinfo_row row;
	enum bufinfo_result r;

	bufinfo_tell(tail, p->is_exact, &told);
	if (bufinfo_row_parse(tail, &form, &row) == BUFINFO_ROW)
		return LINE_FOREIGN;
	/* What is folded off is words, and maybe the padding before them. */
	if (!p->is_exact && told.kind != BUFINFO_OTHER && told.kind != BUFINFO_DIGITS &&
	    told.kind != BUFINFO_BLANK &&
	    (told.kind != BUFINFO_INDENTED || *told.text.at < '0' || *told.text.at > '9'))
		return LINE_FOREIGN;
	r = parse_joined(p, line, false, &row);
	if (r == BUFINFO_PART && line->len <= ROW_MOST)
		return LINE_HOLD;
	return r == BUFINFO_ROW ? take_row(p, line, &row) : LINE_FOREIGN;
}

/* Held lines, `head` bytes of them, and the one behind. */
static enum line_result take_joined(struct parse *p, const struct line *line, size_t head)
{
	struct state *st = p->state;
	struct line last = { .text = line->text + head + 1,
			     .len = line->len - head - 1,
			     .number = line->number,
			     .has_end = line->has_end };
	struct bufinfo_line told;

	if (st->is_row_held)
		return take_joined_row(p, line, span_of(&last));
	bufinfo_tell(span_of(&last), p->is_exact, &told);
	if (told.kind == BUFINFO_ATTACHED || told.kind == BUFINFO_FENCE) {
		block_keep(&st->block, (struct span){ line->text, head }, true);
		return take_one(p, &last);
	}
	return block_fits(p, &st->block, span_of(line)) ? LINE_HOLD : LINE_FOREIGN;
}

/* Held lines that nothing followed: a row without a name, or each for itself. */
static enum line_result take_apart(struct parse *p, const struct line *line)
{
	struct state *st = p->state;
	const char *at = line->text, *end = at + line->len;
	enum line_result result = LINE_FOREIGN;
	struct bufinfo_row row;

	if (st->is_row_held && parse_joined(p, line, true, &row) == BUFINFO_ROW)
		return take_row(p, line, &row);

	while (at <= end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		struct line one = { .text = at,
				    .len = (size_t)((nl ? nl : end) - at),
				    .number = line->number,
				    .has_end = true };
		enum line_result r = take_one(p, &one);

		if (result == LINE_FOREIGN || r == LINE_ENDS)
			result = r;
		at += one.len + 1;
	}
	return result;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	/* Only what was held has newlines in it. */
	if (unlikely(p->is_trial || p->last_try)) {
		const char *nl = memrchr(line->text, '\n', line->len);

		if (nl && p->last_try)
			return take_apart(p, line);
		if (nl)
			return take_joined(p, line, (size_t)(nl - line->text));
	}
	return take_one(p, line);
}

/* Holds what was read, in this part of the dump and those before, against its total. */
static void compare_total(struct parse *p, struct text *detail)
{
	const struct state *st = p->state;
	uint64_t n = 0, bytes = 0;

	vec_each(&p->snap->buffers, buf) {
		if (!(buf->sources & 1u << SRC_BUFINFO))
			continue;
		n++;
		bytes = sum_or_absent(bytes, buf->size_bytes);
	}
	if (n == st->total_objects && bytes == st->total_bytes)
		return;
	text_printf(detail,
		    "%llu buffers of %llu bytes were read, the list's own total is "
		    "%llu of %llu",
		    (unsigned long long)n, (unsigned long long)bytes,
		    (unsigned long long)st->total_objects,
		    (unsigned long long)st->total_bytes);
}

static void end(struct parse *p)
{
	struct state *st = p->state;
	_text_ struct text detail = { 0 };

	block_cut(p, &st->block);
	if (st->has_total) {
		snapshot_report(p->snap, SRC_BUFINFO, st->total_bytes);
		compare_total(p, &detail);
	} else {
		text_adds(&detail, "the list ends without its total, it may be cut");
	}
	if (st->block.n_cut)
		text_printf(&detail, "%sthe devices of %llu buffer%s are missing",
			    detail.n ? "; " : "", (unsigned long long)st->block.n_cut,
			    st->block.n_cut == 1 ? "" : "s");
	if (detail.n)
		snapshot_cover(p->snap, SRC_BUFINFO, COVERAGE_PARTIAL, detail.v);
	block_fini(&st->block);
}

static const struct node_format format = {
	.source = SRC_BUFINFO,
	.state_size = sizeof(struct state),
	.opens = opens,
	.begins = begins,
	.line = take_line,
	.end = end,
};

const struct source source_bufinfo = {
	.id = SRC_BUFINFO,
	.summary = "all buffers: inode, references, exact size, attached devices",
	.paths = { "sys/kernel/debug/dma_buf/bufinfo" },
	.format = &format,
	.options = { "CONFIG_DEBUG_FS" },
	.needs_root = true,
	.remedy = "mount debugfs (mount -t debugfs none /sys/kernel/debug), run as root; "
		  "the kernel needs CONFIG_DEBUG_FS=y",
};
