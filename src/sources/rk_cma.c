/* SPDX-License-Identifier: MIT */
/*
 * /proc/rk_cma/AREA and /proc/rk_dma_heap/alloc_bitmap: size, use and bitmap of a CMA
 * area (formats.md 3.1).
 *
 * In saved text the first line is that of rk_dmabuf/size, and rk_memblock ends with one
 * alike: this format is asked before size, keeps `Total:` when ` Used:` follows, passes
 * memblock by, and leaves the rest. No name of any process stands in these nodes.
 */
#include <errno.h>

#include "sources/cma.h"
#include "sources/segment.h"

enum place_in_text {
	START,
	WANT_USED,
	WORDS,
	MEMBLOCK,
};

struct state {
	enum place_in_text at;
	uint32_t area; /* index */
	uint32_t words, n_words;
	bool bad_words;
};

/* ` WORD n KiB` and no more; bytes. */
static bool parse_kib(struct span line, const char *word, uint64_t *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t kib;

	scan_blanks(&s);
	if (!span_is(scan_token(&s), word))
		return false;
	scan_blanks(&s);
	if (!scan_dec(&s, &kib))
		return false;
	scan_blanks(&s);
	*ret = product_or_absent(kib, 1024);
	return span_is(scan_rest(&s), "KiB") && *ret != ABSENT64;
}

/* memblock's first line: its segments stand alone, sgt's and MPP's never begin so. */
static bool is_memblock(struct span line)
{
	struct segment_line seg;

	return segment_parse(line, &seg) && seg.index == 0;
}

static bool opens(struct span line)
{
	uint64_t bytes;

	return parse_kib(line, "Total:", &bytes) || parse_kib(line, "Used:", &bytes) ||
	       is_memblock(line);
}

/* The file's name; the heap's for its own bitmap; in saved text there is none. */
static uint32_t area_name(struct parse *p)
{
	struct span dir = parse_path_part(p, 1), file = parse_path_part(p, 2);
	struct snapshot *snap = p->snap;
	char name[32];
	unsigned n = 1;

	if (span_is(dir, "rk_dma_heap") && snap->heaps.n == 1)
		return snap->heaps.v[0].name;
	if (span_is(dir, "rk_dma_heap"))
		return parse_str(p, dir);
	if (p->path)
		return parse_str(p, file);
	vec_each(&snap->areas, it)
		n += it->source == SRC_RK_CMA;
	snprintf(name, sizeof(name), n == 1 ? "cma" : "cma %u", n);
	return strings_adds(&snap->strings, name);
}

static struct area *open_area(struct parse *p)
{
	struct state *st = p->state;
	struct area *area = snapshot_area(p->snap, area_name(p), p->source);

	st->area = (uint32_t)(area - p->snap->areas.v);
	return area;
}

static enum line_result take_used(struct parse *p, const struct line *line, uint64_t used)
{
	struct state *st = p->state;
	struct area *area = &p->snap->areas.v[st->area];

	st->at = WORDS;
	if (area->total_bytes != ABSENT64 && used > area->total_bytes)
		return parse_damaged(p, line, line->text, "more is used than there is");
	area->used_bytes = used;
	p->records++;
	return LINE_TAKEN;
}

/* `Total:` in saved text: ours when ` Used:` follows, maybe behind an empty line. */
static enum line_result take_first_saved(struct parse *p, const struct line *line)
{
	struct span first = { line->text, line->len }, rest = { "", 0 };
	const char *newline = memchr(line->text, '\n', line->len);
	uint64_t total, used;
	struct state *st = p->state;

	if (is_memblock(first)) {
		p->source = N_SOURCES;
		st->at = MEMBLOCK;
		return LINE_TAKEN;
	}
	if (parse_kib(first, "Used:", &used)) {
		open_area(p);
		return take_used(p, line, used);
	}
	if (newline) {
		first.len = (size_t)(newline - first.at);
		rest.len = line->len - first.len;
		rest.at = newline;
		while (rest.len &&
		       (*rest.at == '\n' || *rest.at == ' ' || *rest.at == '\t'))
			rest.at++, rest.len--;
	}
	if (!parse_kib(first, "Total:", &total) || p->last_try)
		return LINE_FOREIGN;
	if (!rest.len)
		return LINE_HOLD;
	if (!parse_kib(rest, "Used:", &used))
		return LINE_FOREIGN;
	open_area(p)->total_bytes = total;
	return take_used(p, line, used);
}

static enum line_result take_first(struct parse *p, const struct line *line)
{
	struct state *st = p->state;
	uint64_t total;

	if (!p->is_exact)
		return take_first_saved(p, line);
	if (!parse_kib((struct span){ line->text, line->len }, "Total:", &total))
		return LINE_FOREIGN;
	open_area(p)->total_bytes = total;
	st->at = WANT_USED;
	return LINE_TAKEN;
}

/* Upper-case words of 8 digits, at most 8 a line. False: it is no such line. */
static bool take_words(struct parse *p, struct span line)
{
	struct scan s = scan_text(line.at, line.len);
	struct state *st = p->state;
	uint64_t words[8];
	unsigned n = 0;

	for (scan_blanks(&s); !scan_done(&s); scan_blanks(&s)) {
		struct span token = scan_token(&s);
		struct scan digits = scan_text(token.at, token.len);

		if (n == ARRAY_SIZE(words) || token.len != 8 ||
		    !scan_hex(&digits, 8, 8, &words[n++]))
			return false;
		for (size_t i = 0; i < token.len; i++)
			if (token.at[i] > 'F')
				return false;
	}
	for (unsigned i = 0; i < n; i++)
		cma_add_word(p->snap, &st->words, &st->n_words, (uint32_t)words[i]);
	return true;
}

static enum line_result take_memblock(struct span line)
{
	struct segment_line seg;
	uint64_t bytes;

	if (parse_kib(line, "Total:", &bytes))
		return LINE_ENDS;
	return !line.len || segment_parse(line, &seg) ? LINE_TAKEN : LINE_FOREIGN;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	uint64_t used;

	switch (st->at) {
	case START:
		return take_first(p, line);
	case WANT_USED:
		if (parse_kib(text, "Used:", &used))
			return take_used(p, line, used);
		return LINE_FOREIGN;
	case MEMBLOCK:
		return take_memblock(span_trim(text));
	case WORDS:
		break;
	}
	if (take_words(p, text))
		return LINE_TAKEN;
	/* Without one line the words behind it would stand for the wrong places. */
	st->bad_words |= p->is_exact;
	return LINE_FOREIGN;
}

/*
 * What one bit stands for is not printed. Where something is in use it is the used bytes
 * over the set bits, else the smallest power of two with which the words cover the area.
 */
static uint64_t bit_bytes(const struct snapshot *snap, const struct area *area,
			  const uint32_t *words, uint32_t n_words)
{
	uint64_t page = snap->page_bytes == ABSENT64 ? 4096 : snap->page_bytes;
	uint64_t most = 32 * (uint64_t)n_words, set = 0, found = ABSENT64;

	for (uint32_t i = 0; i < n_words; i++)
		set += (uint64_t)__builtin_popcount(words[i]);
	for (uint64_t bit = page; bit <= area->total_bytes && bit < UINT64_MAX / 2;
	     bit *= 2) {
		uint64_t bits = (area->total_bytes - 1) / bit + 1;

		if (bits > most || bits <= most - 32)
			continue;
		if (set && area->used_bytes == product_or_absent(set, bit))
			return bit;
		if (found == ABSENT64)
			found = bit;
	}
	return found;
}

static void end(struct parse *p)
{
	struct state *st = p->state;
	struct area *area;

	if (p->is_exact && st->at == START && !p->skipped) {
		diag_error(p->diag, &(struct place){ .file = p->file },
			   "the file is empty");
		p->skipped++;
	}
	if (!st->n_words)
		return;
	area = &p->snap->areas.v[st->area];
	if (!st->bad_words && area->total_bytes != ABSENT64)
		area->bit_bytes = bit_bytes(p->snap, area, p->snap->bitmap.v + st->words,
					    st->n_words);
	if (area->bit_bytes == ABSENT64) {
		p->snap->bitmap.n = st->words;
		diag_warning(p->diag, &(struct place){ .file = p->file },
			     "the bitmap does not fit the area; it is left out");
		p->skipped++;
		return;
	}
	area->words = st->words;
	area->n_words = st->n_words;
}

static const struct node_format format = {
	.source = SRC_RK_CMA,
	.repeats = true,
	.state_size = sizeof(struct state),
	.opens = opens,
	.line = take_line,
	.end = end,
};

#define AREAS "proc/rk_cma"
#define HEAP_BITMAP "proc/rk_dma_heap/alloc_bitmap"

static int collect(struct snapshot *snap, const struct root *root, struct diag *diag)
{
	_text_ struct text names = { 0 }, path = { 0 };
	int r = root_list(root, AREAS, &names), result = r < 0 ? r : -ENOENT;

	list_each(&names, name) {
		text_clear(&path);
		text_printf(&path, "%s/%s", AREAS, name);
		r = parse_node(snap, root, path.v, &format, diag);
		if (!r || result == -ENOENT)
			result = r;
	}
	r = parse_node(snap, root, HEAP_BITMAP, &format, diag);
	return !r || result == -ENOENT ? r : result;
}

const struct source source_rk_cma = {
	.id = SRC_RK_CMA,
	.summary = "CMA areas with their bitmap",
	.paths = { AREAS "/*", HEAP_BITMAP },
	.format = &format,
	.collect = collect,
	.options = { "CONFIG_RK_CMA_PROCFS" },
	.remedy = "build the kernel with CONFIG_RK_CMA_PROCFS=y (Rockchip kernels)",
};
