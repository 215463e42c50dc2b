/* SPDX-License-Identifier: MIT */
/*
 * /proc/rk_dmabuf/size and peak: the kernel's own counters, one line each (formats.md
 * 1.1). Floored, size to KiB, peak to MiB. Both are 0 for ever where the kernel has the
 * files and not CONFIG_RK_DMABUF_DEBUG; that is told as read, judging it is for others.
 *
 * `Total: n KiB` also begins rk_cma, ends rk_memblock and stands in MPP's older form. In
 * saved text those are asked first (rk_cma.c, mpp.c) and leave what is not theirs.
 */
#include "sources/source.h"

struct state {
	bool done;
};

/* `WORD n UNIT` and no more. */
static bool parse_counter(struct span line, const char *word, const char *unit,
			  uint64_t *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t value;

	scan_blanks(&s);
	if (!span_is(scan_token(&s), word))
		return false;
	scan_blanks(&s);
	if (!scan_dec(&s, &value))
		return false;
	scan_blanks(&s);
	if (!span_is(scan_rest(&s), unit))
		return false;
	*ret = value;
	return true;
}

static bool opens_size(struct span line)
{
	uint64_t value;

	return parse_counter(line, "Total:", "KiB", &value);
}

static bool opens_peak(struct span line)
{
	uint64_t value;

	return parse_counter(line, "Peak:", "MiB", &value);
}

static enum line_result take_counter(struct parse *p, const struct line *line,
				     const char *expected, uint64_t value)
{
	struct state *st = p->state;

	if (value == ABSENT64)
		return parse_damaged(p, line, line->text, "expected '%s', got '%s'",
				     expected, diag_quote(line->text, line->len));
	if (p->source == SRC_RK_SIZE)
		snapshot_report(p->snap, SRC_RK_SIZE, value);
	else
		p->snap->peak_bytes = value;
	st->done = true;
	p->records++;
	return LINE_ENDS;
}

static enum line_result take_size(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	const struct state *st = p->state;
	uint64_t kib = ABSENT64;

	if (st->done || (!p->is_exact && !opens_size(text)))
		return LINE_FOREIGN;
	parse_counter(text, "Total:", "KiB", &kib);
	return take_counter(p, line, "Total: <n> KiB", product_or_absent(kib, 1024));
}

static enum line_result take_peak(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	const struct state *st = p->state;
	uint64_t mib = ABSENT64;

	if (st->done || (!p->is_exact && !opens_peak(text)))
		return LINE_FOREIGN;
	parse_counter(text, "Peak:", "MiB", &mib);
	return take_counter(p, line, "Peak: <n> MiB",
			    product_or_absent(mib, (uint64_t)1 << 20));
}

/* An empty file is not "0": nobody has said anything. */
static void end_counter(struct parse *p)
{
	if (p->is_exact && !p->records && !p->skipped) {
		diag_error(p->diag, &(struct place){ .file = p->file },
			   "the file is empty");
		p->skipped++;
	}
}

static const struct node_format format_size = {
	.source = SRC_RK_SIZE,
	.state_size = sizeof(struct state),
	.opens = opens_size,
	.line = take_size,
	.end = end_counter,
};

static const struct node_format format_peak = {
	.source = SRC_RK_PEAK,
	.state_size = sizeof(struct state),
	.opens = opens_peak,
	.line = take_peak,
	.end = end_counter,
};

const struct source source_rk_size = {
	.id = SRC_RK_SIZE,
	.summary = "the kernel's own total of all buffers",
	.paths = { "proc/rk_dmabuf/size" },
	.format = &format_size,
	.options = { "CONFIG_RK_DMABUF_PROCFS", "CONFIG_RK_DMABUF_DEBUG" },
	.remedy =
		"build the kernel with CONFIG_RK_DMABUF_DEBUG=y (Rockchip 5.10 and later)",
};

const struct source source_rk_peak = {
	.id = SRC_RK_PEAK,
	.summary = "the largest total since boot or since it was reset",
	.paths = { "proc/rk_dmabuf/peak" },
	.format = &format_peak,
	.options = { "CONFIG_RK_DMABUF_PROCFS", "CONFIG_RK_DMABUF_DEBUG" },
	.remedy =
		"build the kernel with CONFIG_RK_DMABUF_DEBUG=y (Rockchip 5.10 and later)",
};
