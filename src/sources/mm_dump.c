/* SPDX-License-Identifier: MIT */
/*
 * Debugfs dri/N/mm_dump: used and free ranges of a display driver's address space
 * (formats.md 5.2). Rockchip's counts in bytes, v3d's in pages of 4 KiB, and neither says
 * so: Rockchip's starts and sizes are whole pages, while v3d leaves out page 0 and so
 * starts at 1. What fits neither rule for sure is taken for bytes, and the coverage says
 * so.
 */
#include <errno.h>

#include "sources/source.h"

#define PAGE 4096

struct state {
	size_t first; /* of this node's ranges */
	bool is_started, is_lost;
	uint64_t used, free; /* sums; ABSENT64: too large */
};

struct row {
	uint64_t start, size;
	bool used;
};

/* `0x%016llx-0x%016llx: %llu: used`, the end exclusive. */
static bool parse_row(struct span line, struct row *ret)
{
	struct scan s = scan_text(line.at, line.len);
	uint64_t end;

	scan_blanks(&s);
	if (!scan_word(&s, "0x") || !scan_hex(&s, 16, 16, &ret->start) ||
	    !scan_word(&s, "-0x") || !scan_hex(&s, 16, 16, &end) ||
	    !scan_word(&s, ": ") || !scan_dec(&s, &ret->size) || !scan_word(&s, ": "))
		return false;
	ret->used = scan_word(&s, "used");
	if (!ret->used && !scan_word(&s, "free"))
		return false;
	scan_blanks(&s);
	/* A space of all 64 bits ends at 0. */
	return scan_done(&s) && end - ret->start == ret->size &&
	       (end >= ret->start || !end);
}

static bool parse_total(struct span line, uint64_t *total, uint64_t *used, uint64_t *rest)
{
	struct scan s = scan_text(line.at, line.len);

	scan_blanks(&s);
	if (!scan_word(&s, "total: ") || !scan_dec(&s, total) ||
	    !scan_word(&s, ", used ") || !scan_dec(&s, used) ||
	    !scan_word(&s, " free ") || !scan_dec(&s, rest))
		return false;
	scan_blanks(&s);
	return scan_done(&s);
}

static bool opens(struct span line)
{
	struct row row;

	return parse_row(line, &row);
}

static void start(struct parse *p)
{
	struct state *st = p->state;

	if (!st->is_started)
		st->first = p->snap->ranges.n;
	st->is_started = true;
}

static uint32_t space_name(struct parse *p)
{
	struct span minor = parse_path_part(p, 4);

	if (!minor.len)
		return strings_adds(&p->snap->strings, "mm_dump");
	return strings_add(&p->snap->strings, minor.at, minor.len);
}

static enum line_result take_row(struct parse *p, const struct row *row)
{
	struct state *st = p->state;

	*vec_add(&p->snap->ranges) = (struct range){
		.space = space_name(p),
		.start = row->start,
		.size = row->size,
		.used = row->used,
	};
	if (row->used)
		st->used = sum_or_absent(st->used, row->size);
	else
		st->free = sum_or_absent(st->free, row->size);
	p->records++;
	return LINE_TAKEN;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct span text = span_trim((struct span){ line->text, line->len });
	struct state *st = p->state;
	uint64_t total, used, rest;
	struct row row;

	start(p);
	if (parse_row(text, &row))
		return take_row(p, &row);
	if (parse_total(text, &total, &used, &rest)) {
		if (!st->is_lost && (used != st->used || rest != st->free))
			parse_warning(p, line, line->text,
				      "the ranges do not add up to this");
		return LINE_ENDS;
	}
	if (!span_starts(text, "0x"))
		return LINE_FOREIGN;
	st->is_lost = true;
	return parse_damaged(p, line, line->text,
			     "expected a range, its length and its use, got "
			     "'%s'",
			     diag_quote(text.at, text.len));
}

/* Anything that is no whole page cannot be bytes. */
static bool counts_pages(const struct snapshot *snap, size_t first)
{
	for (size_t i = first; i < snap->ranges.n; i++)
		if (snap->ranges.v[i].start % PAGE || snap->ranges.v[i].size % PAGE)
			return true;
	return false;
}

static void end(struct parse *p)
{
	const struct state *st = p->state;
	struct snapshot *snap = p->snap;

	if (!st->is_started || st->first == snap->ranges.n)
		return;
	if (!counts_pages(snap, st->first)) {
		if (!p->path)
			snapshot_cover(snap, p->source, COVERAGE_OK,
				       "the unit is not told; taken for bytes");
		return;
	}
	for (size_t i = st->first; i < snap->ranges.n; i++) {
		struct range *range = &snap->ranges.v[i];

		range->start = product_or_absent(range->start, PAGE);
		range->size = product_or_absent(range->size, PAGE);
	}
}

static const struct node_format format = {
	.source = SRC_MM_DUMP,
	.state_size = sizeof(struct state),
	.opens = opens,
	.line = take_line,
	.end = end,
};

#define DRI "sys/kernel/debug/dri"

struct seen {
	VEC(uint32_t) names; /* strings: `name` of devices already read */
};

/* One device has a folder for each of its nodes; newer kernels add one by its name. */
static bool is_again(struct snapshot *snap, struct seen *seen, const struct text *name)
{
	uint32_t id;

	if (!name->n)
		return false;
	id = strings_add(&snap->strings, name->v, name->n);
	vec_each(&seen->names, it)
		if (*it == id)
			return true;
	*vec_add(&seen->names) = id;
	return false;
}

static int read_device(struct snapshot *snap, const struct root *root, const char *minor,
		       struct seen *seen, struct diag *diag)
{
	_text_ struct text path = { 0 }, name = { 0 };
	size_t before = snap->ranges.n;
	struct span driver;
	int r;

	text_printf(&path, DRI "/%s/mm_dump", minor);
	if (!root_exists(root, path.v))
		return -ENOENT;
	text_clear(&path);
	text_printf(&path, DRI "/%s/name", minor);
	if (root_read(root, path.v, ROOT_RECORD, &name) == 0 &&
	    is_again(snap, seen, &name))
		return 0;
	text_clear(&path);
	text_printf(&path, DRI "/%s/mm_dump", minor);
	r = parse_node(snap, root, path.v, &format, diag);
	driver = (struct span){ name.v ? name.v : "", name.n };
	if (r == 0 && snap->ranges.n > before && !span_starts(driver, "rockchip") &&
	    !span_starts(driver, "v3d"))
		snapshot_cover(
			snap, SRC_MM_DUMP, snap->coverage[SRC_MM_DUMP].status,
			"the unit is not told; taken for bytes unless no whole pages");
	return r;
}

static int collect(struct snapshot *snap, const struct root *root, struct diag *diag)
{
	_text_ struct text names = { 0 };
	struct seen seen = { 0 };
	int r = root_list(root, DRI, &names), result = r < 0 ? r : -ENOENT;

	list_each(&names, name) {
		r = read_device(snap, root, name, &seen, diag);
		if (!r || result == -ENOENT)
			result = r;
	}
	vec_free(&seen.names);
	return result;
}

const struct source source_mm_dump = {
	.id = SRC_MM_DUMP,
	.summary = "used and free ranges of a display driver's address space",
	.paths = { DRI "/*/mm_dump", DRI "/*/name" },
	.format = &format,
	.collect = collect,
	.options = { "CONFIG_DEBUG_FS" },
	.needs_root = true,
	.remedy = "mount debugfs; the node is Rockchip's and v3d's",
};
