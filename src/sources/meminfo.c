/* SPDX-License-Identifier: MIT */
/*
 * /proc/meminfo: CmaTotal and CmaFree, over all CMA areas (formats.md 3.3). They become a
 * heap record "cma (meminfo)", and only where no other source has told an area's size: it
 * would be the same memory a second time. The rest of the file says nothing of dma-bufs.
 */
#include "sources/source.h"

struct state {
	uint64_t total, free;
	bool has_total, has_free;
};

/* `KEY:      n kB` */
static bool parse_kb(struct span line, struct span *key, uint64_t *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t kb;

	scan_blanks(&s);
	*key = scan_token(&s);
	if (key->len < 2 || key->at[key->len - 1] != ':')
		return false;
	key->len--;
	scan_blanks(&s);
	if (!scan_dec(&s, &kb))
		return false;
	scan_blanks(&s);
	*ret = product_or_absent(kb, 1024);
	return span_is(scan_rest(&s), "kB") && *ret != ABSENT64;
}

static bool opens(struct span line)
{
	struct span key;
	uint64_t value;

	return parse_kb(line, &key, &value) &&
	       (span_is(key, "MemTotal") || span_is(key, "CmaTotal"));
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len }, key;
	struct state *st = p->state;
	uint64_t value;

	if (parse_kb(text, &key, &value)) {
		if (span_is(key, "CmaTotal")) {
			st->total = value;
			st->has_total = true;
			p->records++;
		} else if (span_is(key, "CmaFree")) {
			st->free = value;
			st->has_free = true;
		}
		return LINE_TAKEN;
	}
	text = span_trim(text);
	if (span_starts(text, "CmaTotal:") || span_starts(text, "CmaFree:"))
		return parse_damaged(p, line, line->text,
				     "expected a number and kB, got '%s'",
				     diag_quote(text.at, text.len));
	/* A few have no unit; what vendors add may have any form. */
	if (p->is_exact ? memchr(text.at, ':', text.len) != NULL :
			  span_starts(text, "HugePages_"))
		return LINE_TAKEN;
	return LINE_FOREIGN;
}

static void end(struct parse *p)
{
	const struct state *st = p->state;
	struct heap *heap;

	vec_each(&p->snap->areas, it)
		if (it->total_bytes != ABSENT64)
			return;
	if (!st->has_total || !st->total)
		return;
	heap = snapshot_heap(p->snap, strings_adds(&p->snap->strings, "cma (meminfo)"));
	heap->total_bytes = st->total;
	if (st->has_free && st->free <= st->total)
		heap->used_bytes = st->total - st->free;
}

static const struct node_format format = {
	.source = SRC_MEMINFO,
	.state_size = sizeof(struct state),
	.opens = opens,
	.line = take_line,
	.end = end,
};

const struct source source_meminfo = {
	.id = SRC_MEMINFO,
	.summary = "size and use of all CMA areas together",
	.paths = { "proc/meminfo" },
	.format = &format,
	.options = { "CONFIG_CMA" },
	.remedy = "build the kernel with CONFIG_CMA=y for its numbers on CMA",
};
