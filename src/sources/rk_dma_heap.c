/* SPDX-License-Identifier: MIT */
/*
 * rk-dma-heap-info of RV1103/RV1106: dma-bufs with physical range and devices, and what
 * the heap gave away without one (formats.md 2). Three generations: v1 without padding
 * and KiB, v2, and v3 with loose pages. One text for all heaps, a total at its end.
 *
 * Names are hostile. Any bytes, also `)`, tabs and newlines, stand inside `Alloc by (…)`,
 * so such a line is read from its right end, and joined while it has none. A name of 32
 * bytes cannot hold a whole right end (36 at least); the short end of v3's page lines
 * (14) fits, but not behind the padding to 20 that comes with it.
 */
#include <errno.h>

#include "sources/rk_dma_heap.h"

enum place_in_text {
	OUTSIDE,    /* before a header, or behind a contiguous block */
	WANT_ALLOC, /* behind a dma-buf's inode */
	WANT_TITLE,
	DEVICES,
	BEHIND_BODY, /* another body of the same inode may follow */
	WANT_CONTIGUOUS,
	LOST, /* in a block whose first lines were lost and reported */
	ENDED,
};

struct state {
	enum place_in_text at;
	uint32_t heap, first_heap; /* strings */
	bool many_heaps;
	uint64_t ino;
	uint32_t buffer;
	bool has_buffer; /* devices go to it */
	uint64_t n_devices;
	uint32_t twins[16]; /* buffers whose inode number another one has, too */
	unsigned n_twins;
	struct {
		uint64_t ino;
		unsigned headers; /* seen so far */
	} repeats[16];		  /* inodes with more than one header */
	unsigned n_repeats;
	unsigned header, body; /* number among those of this inode, from 1 */
};

static bool opens(struct span line)
{
	struct alloc_total total;

	line = span_trim(line);
	if (span_starts(line, "dma-heap:<"))
		return span_find(line, "> -dmabuf") || span_find(line, "> -non dmabuf");
	return alloc_parse_total(line, &total);
}

/* No end of the device list came: a signal stopped the kernel, or the text is cut. */
static void settle_block(struct parse *p, const struct line *line)
{
	struct state *st = p->state;

	if (st->at == DEVICES || st->at == WANT_TITLE) {
		if (st->has_buffer) {
			struct buffer *buf = &p->snap->buffers.v[st->buffer];

			buf->has_attachments = false;
			buf->n_attachments = 0;
		}
		parse_warning(p, line, line->text,
			      "the list before this line breaks off at inode "
			      "%llu: its devices are not known, others may be missing",
			      (unsigned long long)st->ino);
		p->skipped++;
	} else if (st->at == WANT_ALLOC || st->at == WANT_CONTIGUOUS) {
		parse_damaged(p, line, line->text, "expected 'Alloc by (', got '%s'",
			      diag_quote(line->text, line->len));
	}
	st->has_buffer = false;
	st->at = OUTSIDE;
}

static void take_heap(struct parse *p, struct span name)
{
	struct state *st = p->state;

	st->heap = parse_str(p, name);
	snapshot_heap(p->snap, st->heap);
	if (!st->first_heap)
		st->first_heap = st->heap;
	else if (st->first_heap != st->heap)
		st->many_heaps = true;
}

/* Which header of its inode number is this? Hardly ever another than the first. */
static unsigned header_number(struct parse *p)
{
	struct state *st = p->state;
	const struct buffer *buf = snapshot_by_ino(p->snap, st->ino);

	if (!buf || !(buf->sources & 1u << p->source))
		return 1;
	for (unsigned i = 0; i < st->n_repeats; i++)
		if (st->repeats[i].ino == st->ino)
			return ++st->repeats[i].headers;
	if (st->n_repeats == ARRAY_SIZE(st->repeats))
		return 0;
	st->repeats[st->n_repeats].ino = st->ino;
	return st->repeats[st->n_repeats++].headers = 2;
}

/*
 * `dma-heap:<NAME> -dmabuf` TAB `i_ino = N`. A buffer that the heap does not know (any
 * more) leaves its first half without an end, and the next header runs on behind it.
 */
static enum line_result take_header(struct parse *p, const struct line *line)
{
	struct scan s = scan_text(line->text, line->len);
	struct state *st = p->state;

	settle_block(p, line);
	scan_blanks(&s);
	while (scan_word(&s, "dma-heap:<")) {
		struct span rest = { s.at, scan_left(&s) };
		const char *end = span_find(rest, "> -");

		if (!end)
			break;
		take_heap(p, (struct span){ s.at, (size_t)(end - s.at) });
		s.at = end + strlen("> -");
		if (scan_word(&s, "non dmabuf")) {
			scan_blanks(&s);
			if (!scan_done(&s))
				break;
			st->at = WANT_CONTIGUOUS;
			return LINE_TAKEN;
		}
		if (!scan_word(&s, "dmabuf"))
			break;
		scan_blanks(&s);
		if (scan_word(&s, "i_ino = ")) {
			if (!scan_dec(&s, &st->ino) || (scan_blanks(&s), !scan_done(&s)))
				break;
			st->at = WANT_ALLOC;
			st->header = header_number(p);
			st->body = 0;
			return LINE_TAKEN;
		}
		parse_warning(p, line, line->text,
			      "a buffer of this heap is not described");
		p->skipped++;
		if (scan_done(&s))
			return LINE_TAKEN;
	}
	st->at = LOST;
	return parse_damaged(p, line, s.at,
			     "expected 'dma-heap:<NAME> -dmabuf' and an inode, "
			     "got '%s'",
			     diag_quote(line->text, line->len));
}

/* Is this record, found by its inode number, the buffer of this line? */
static bool is_same(const struct buffer *buf, const struct alloc_line *alloc)
{
	if (buf->address_start != ABSENT64 && buf->address_start != alloc->start)
		return false;
	if (buf->size_bytes == ABSENT64)
		return true;
	return buf->size_is_exact ? buf->size_bytes == alloc->size_bytes :
				    buf->size_bytes >> 10 == alloc->size_bytes >> 10;
}

/*
 * Inode numbers may repeat (before 5.19), and the kernel then prints every body of that
 * number behind every header of it. The physical range tells them apart. The devices are
 * the header's, not the body's; both lists run alike as far as is known, so the first
 * body gets those of the first header, and such buffers are marked ambiguous. NULL: too
 * many.
 */
static struct buffer *find_buffer(struct parse *p, const struct alloc_line *alloc)
{
	struct state *st = p->state;
	struct buffer *buf = snapshot_by_ino(p->snap, st->ino);

	if (!buf || is_same(buf, alloc))
		return snapshot_need_ino(p->snap, st->ino, p->source);
	for (unsigned i = 0; i < st->n_twins; i++) {
		struct buffer *twin = &p->snap->buffers.v[st->twins[i]];

		if (twin->ino == st->ino && is_same(twin, alloc))
			return twin;
	}
	if (st->n_twins == ARRAY_SIZE(st->twins))
		return NULL;
	buf->is_ambiguous = true;
	buf = snapshot_add_buffer(p->snap, p->source);
	buf->ino = st->ino;
	buf->is_ambiguous = true;
	st->twins[st->n_twins++] = snapshot_index(p->snap, buf);
	return buf;
}

/* v1 prints the task that allocated; later ones the buffer's name, which may be anything.
 */
static void set_name(struct parse *p, struct buffer *buf, const struct alloc_line *alloc)
{
	if (span_is(alloc->name, "(null)") ||
	    (buf->name != STR_ABSENT && !buf->name_is_cut))
		return;
	snapshot_set_name(p->snap, buf, alloc->name, 0);
	if (!alloc->has_kib && buf->allocator_task == STR_ABSENT)
		buf->allocator_task = buf->name;
}

static enum line_result take_buffer(struct parse *p, const struct line *line,
				    const struct alloc_line *alloc)
{
	struct state *st = p->state;
	struct buffer *buf = find_buffer(p, alloc);

	st->at = WANT_TITLE;
	st->n_devices = 0;
	st->body++;
	st->has_buffer = false;
	if (!buf) {
		st->at = LOST;
		return parse_damaged(p, line, line->text,
				     "too many buffers with inode %llu",
				     (unsigned long long)st->ino);
	}
	st->buffer = snapshot_index(p->snap, buf);
	st->has_buffer = !buf->has_attachments && st->body == st->header;
	if (buf->address_start != ABSENT64)
		return LINE_TAKEN; /* the same body behind another header */
	buf->size_bytes = alloc->size_bytes;
	buf->size_is_exact = true;
	buf->address_start = alloc->start;
	buf->address_end = alloc->end;
	buf->heap = st->heap;
	if (buf->exporter == STR_ABSENT)
		buf->exporter = st->heap; /* only such buffers are listed */
	set_name(p, buf, alloc);
	p->records++;
	return LINE_TAKEN;
}

static enum line_result take_contiguous(struct parse *p, const struct alloc_line *alloc)
{
	struct state *st = p->state;

	*vec_add(&p->snap->contiguous) = (struct contiguous){
		.heap = st->heap,
		.owner = span_is(alloc->name, "(null)") ? STR_ABSENT :
							  parse_str(p, alloc->name),
		.address_start = alloc->start,
		.address_end = alloc->end,
		.size_bytes = alloc->size_bytes,
	};
	st->at = OUTSIDE;
	p->records++;
	return LINE_TAKEN;
}

static enum line_result lost_alloc(struct parse *p, const struct line *line)
{
	struct state *st = p->state;

	if (!p->is_trial)
		st->at = st->at == WANT_CONTIGUOUS || st->at == OUTSIDE ? OUTSIDE : LOST;
	return parse_damaged(p, line, line->text + line->len,
			     "expected a header, then owner, range and size, got '%s'",
			     diag_quote(line->text, line->len));
}

static enum line_result take_alloc(struct parse *p, const struct line *line)
{
	struct state *st = p->state;
	bool wants_range = st->at == WANT_ALLOC || st->at == WANT_CONTIGUOUS, has_range;
	struct alloc_line alloc;

	switch (alloc_parse((struct span){ line->text, line->len }, p->is_exact,
			    &alloc)) {
	case ALLOC_WHOLE:
		break;
	case ALLOC_PART:
		if (!p->last_try)
			return LINE_HOLD;
		/* fall through */
	case ALLOC_BROKEN:
		return lost_alloc(p, line);
	}
	has_range = alloc.start != ABSENT64;
	if (wants_range && !has_range) /* a name that looks like the end of the line */
		return p->last_try ? lost_alloc(p, line) : LINE_HOLD;
	if (st->at == WANT_CONTIGUOUS ||
	    (!has_range && (st->at == OUTSIDE || st->at == BEHIND_BODY)))
		return take_contiguous(p, &alloc);
	if (st->at == WANT_ALLOC || (has_range && st->at == BEHIND_BODY))
		return take_buffer(p, line, &alloc);
	if (st->at == LOST)
		return LINE_TAKEN;
	settle_block(p, line);
	return lost_alloc(p, line);
}

static enum line_result take_count(struct parse *p, const struct line *line, uint64_t n)
{
	struct state *st = p->state;

	if (st->at == DEVICES && n != st->n_devices)
		parse_warning(p, line, line->text, "%llu devices are listed",
			      (unsigned long long)st->n_devices);
	st->at = st->at == DEVICES ? BEHIND_BODY : OUTSIDE;
	st->has_buffer = false;
	return LINE_TAKEN;
}

/* In the list of devices; FOREIGN: it is something else. */
static enum line_result take_device(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len }, device = span_trim(text);
	struct state *st = p->state;
	struct scan s;

	s = scan_text(device.at, device.len);
	scan_token(&s);
	if (!device.len || (p->is_exact ? !span_starts(text, "\t\t") : !scan_done(&s)))
		return LINE_FOREIGN;
	st->n_devices++;
	if (st->has_buffer)
		snapshot_attach(p->snap, &p->snap->buffers.v[st->buffer],
				parse_str(p, device));
	return LINE_TAKEN;
}

static enum line_result take_total(struct parse *p, const struct line *line,
				   const struct alloc_total *total)
{
	struct state *st = p->state;

	settle_block(p, line);
	st->at = ENDED;
	/* Of all heaps together. */
	if (st->first_heap && !st->many_heaps)
		snapshot_heap(p->snap, st->first_heap)->used_bytes = total->bytes;
	snapshot_report(p->snap, SRC_RK_DMA_HEAP, total->bytes);
	return LINE_ENDS;
}

/* Lines that have their place: behind an allocation. */
static enum line_result take_detail(struct parse *p, const struct line *line,
				    struct span text)
{
	struct state *st = p->state;
	struct scan s = scan_text(text.at, text.len);
	uint64_t n;

	if (span_is(text, "Attached Devices:") && st->at == LOST)
		return LINE_TAKEN;
	if (span_is(text, "Attached Devices:") && st->at == WANT_TITLE) {
		st->at = DEVICES;
		st->n_devices = 0;
		if (st->has_buffer)
			snapshot_attach_none(p->snap, &p->snap->buffers.v[st->buffer]);
		return LINE_TAKEN;
	}
	if (st->at == BEHIND_BODY && scan_word(&s, "i_ino = ") && scan_dec(&s, &n) &&
	    scan_done(&s)) {
		st->ino = n;
		st->at = WANT_ALLOC;
		return LINE_TAKEN;
	}
	/* A fold between size and KiB leaves the latter alone. */
	if (!p->is_exact && st->at != DEVICES && span_starts(text, "(") &&
	    span_find(text, " KiB)"))
		return LINE_TAKEN;
	if (st->at != DEVICES && st->at != LOST)
		return LINE_FOREIGN;
	if (scan_word(&s, "Total ") && scan_dec(&s, &n) &&
	    scan_word(&s, " devices attached") && scan_done(&s))
		return take_count(p, line, n);
	return take_device(p, line);
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = span_trim((struct span){ line->text, line->len });
	const struct state *st = p->state;
	struct alloc_total total;

	if (st->at == ENDED)
		return text.len ? LINE_FOREIGN : LINE_TAKEN;
	if (span_starts(text, "Alloc by ("))
		return take_alloc(p, line);
	if (span_starts(text, "dma-heap:<"))
		return take_header(p, line);
	if (!text.len)
		return LINE_TAKEN;
	if (alloc_parse_total(text, &total))
		return take_total(p, line, &total);
	return take_detail(p, line, text);
}

static void end(struct parse *p)
{
	struct line none = { .text = "", .number = 0 };
	const struct state *st = p->state;

	if (st->at == ENDED)
		return;
	settle_block(p, &none);
	diag_warning(p->diag, &(struct place){ .file = p->file },
		     "the list of the heaps has no total at its end: it is cut");
	p->skipped++;
}

static const struct node_format format = {
	.source = SRC_RK_DMA_HEAP,
	.state_size = sizeof(struct state),
	.opens = opens,
	.line = take_line,
	.end = end,
};

#define POOLS "sys/kernel/rk_dma_heap/rk_total_pools_kb"

/* What all page pools keep; a heap's own where there is but one heap. */
static void read_pools(struct snapshot *snap, const struct root *root,
		       size_t heaps_before)
{
	_text_ struct text text = { 0 };
	uint64_t kib;
	uint32_t name;

	if (root_read(root, POOLS, ROOT_RECORD, &text) < 0 ||
	    !scan_only_dec(text.v, text.n, &kib) ||
	    product_or_absent(kib, 1024) == ABSENT64)
		return;
	name = snap->heaps.n == heaps_before + 1 ?
		       snap->heaps.v[heaps_before].name :
		       strings_adds(&snap->strings, "rk_dma_heap");
	snapshot_heap(snap, name)->pool_bytes = kib * 1024;
}

static int collect(struct snapshot *snap, const struct root *root, struct diag *diag)
{
	const struct source *source = &source_rk_dma_heap;
	size_t heaps_before = snap->heaps.n;
	int result = -ENOENT;

	for (size_t i = 0; source->paths[i] && strcmp(source->paths[i], POOLS); i++) {
		int r = parse_node(snap, root, source->paths[i], &format, diag);

		/* "Denied" says more than "the other name is not there either". */
		if (r == 0 || result == -ENOENT)
			result = r;
		if (r == 0)
			break;
	}
	read_pools(snap, root, heaps_before);
	return result;
}

const struct source source_rk_dma_heap = {
	.id = SRC_RK_DMA_HEAP,
	.summary =
		"RV1103/RV1106 heaps: buffers with physical range, contiguous allocations",
	.paths = { "proc/rk_dma_heap/dma_heap_info", "proc/rk_dma_heap/rk-dma-heap-info",
		   "sys/kernel/debug/rk_dma_heap/dma_heap_info", POOLS },
	.format = &format,
	.collect = collect,
	.options = { "CONFIG_DMABUF_RK_HEAPS", "CONFIG_DMABUF_RK_HEAPS_DEBUG" },
	.remedy = "build the kernel with CONFIG_DMABUF_RK_HEAPS_DEBUG=y (RV1103, RV1106)",
};
