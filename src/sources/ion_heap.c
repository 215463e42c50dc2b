/* SPDX-License-Identifier: MIT */
/*
 * The format of all ION nodes that are more than one number. A heap's list: its own lines
 * (Rockchip 3.0: in front), a header, a row a client, a rule of dashes, a row an orphan,
 * a rule, totals, a rule, its own lines again. An orphan is a buffer whose handle was
 * freed while its descriptor lives on, as gralloc does it; that alone is no leak.
 *
 * A process calls itself what it likes, in 15 bytes: too few for a rule, a total, or the
 * two numbers of a row, so none of these can be forged; a name with a newline breaks its
 * row, and the row is joined again.
 */
#include "sources/ion_heap.h"

enum mode {
	UNKNOWN, /* no header so far */
	CLIENTS,
	ORPHANS,
	FREE, /* between the tables and behind them */
	LEAK,
	BITMAP,
	CLIENT,
};

struct state {
	enum mode mode;
	enum ion_orphans orphans;
	uint32_t heap; /* string, out of the path */
	uint64_t unit; /* of a size */
	bool is_hex;
	uint32_t pid; /* the client whose list it is, out of the path */
	bool has_rows, has_rule, has_total, has_pool;
	struct ion_bitmap bitmap;
};

/* The kernel's rules are 49 or 52 long; the Pixel 3a's has text glued to it. */
#define RULE_LEAST 40
/* A broken row's first part: a name that ends in a newline, in its column. */
#define NAME_COLUMN 16
#define ROW_LEAST 50

static bool words_are(struct span line, const char *words)
{
	struct scan s = scan_text(line.at, line.len);

	while (*words) {
		size_t len = strcspn(words, " ");
		struct span word;

		scan_blanks(&s);
		word = scan_token(&s);
		if (word.len != len || memcmp(word.at, words, len))
			return false;
		words += len + (words[len] == ' ');
	}
	scan_blanks(&s);
	return scan_done(&s);
}

static bool is_rule(struct span line)
{
	size_t n = 0;

	while (n < line.len && line.at[n] == '-')
		n++;
	return n >= RULE_LEAST;
}

/* The header that says what the node is. */
static enum mode mode_of(struct span line, struct state *ret)
{
	struct span heap;

	ret->unit = 1;
	ret->is_hex = false;
	if (words_are(line, "client pid size"))
		return CLIENTS;
	if (words_are(line, "buffer heap size ref cnt")) {
		ret->is_hex = true;
		return LEAK;
	}
	if (ion_bitmap_title(line, &heap))
		return BITMAP;
	line = span_trim(line);
	if (span_starts(line, "heap_name:") && span_find(line, "size_in_bytes"))
		return CLIENT;
	ret->unit = 1024;
	if (words_are(line, "client pid size(K)"))
		return CLIENTS;
	if (words_are(line, "buffer heap size(K) ref_count"))
		return LEAK;
	return UNKNOWN;
}

static bool opens(struct span line)
{
	struct state unused;
	enum mode mode;

	/* Whose sizes a client's list gives is told by its path only. */
	if (!line.len || line.len > 256 ||
	    (*line.at != ' ' && line.at[line.len - 1] != ':' && *line.at != 'c' &&
	     *line.at != 'b'))
		return false;
	mode = mode_of(line, &unused);
	return mode != UNKNOWN && mode != CLIENT;
}

static uint32_t fit32(uint64_t value)
{
	return value < ABSENT32 ? (uint32_t)value : ABSENT32;
}

static void add_row(struct parse *p, const struct ion_row *row, bool is_orphaned)
{
	struct state *st = p->state;
	uint32_t heap = row->heap.len ? parse_str(p, row->heap) : st->heap;
	uint32_t client = row->client.at ? parse_str(p, row->client) : STR_ABSENT;

	*vec_add(&p->snap->ion) = (struct ion){
		.heap = heap,
		.client = client,
		.pid = st->mode == CLIENT ? st->pid : fit32(row->pid),
		.map_count = fit32(row->map_count),
		.refs = fit32(row->refs),
		.size_bytes = product_or_absent(row->size, st->unit),
		.orphaned = is_orphaned,
	};
	st->has_rows = true;
	p->records++;
}

/* `total orphaned`, `total ` and `deferred free`, right-aligned in 16 columns. */
static bool parse_total(struct span line, uint64_t *total)
{
	struct scan s = scan_text(line.at, line.len);
	struct span word;
	uint64_t value;

	scan_blanks(&s);
	word = scan_token(&s);
	scan_blanks(&s);
	if (span_is(word, "deferred") ? !scan_word(&s, "free ") : !span_is(word, "total"))
		return false;
	if (span_is(word, "total") && scan_word(&s, "orphaned "))
		word.len = 0;
	scan_blanks(&s);
	if (!scan_dec(&s, &value))
		return false;
	scan_blanks(&s);
	if (scan_done(&s) && span_is(word, "total"))
		*total = value;
	return scan_done(&s);
}

/* `4 order 8 highmem pages in uncached pool = 4194304 total`, in bytes. */
static bool parse_pool(struct span line, uint64_t *bytes)
{
	const char *order = span_find(line, " order "),
		   *end = span_find_last(line, " pool = ");
	struct scan s;

	if (!order || !end || end < order)
		return false;
	end += strlen(" pool = ");
	s = scan_text(end, (size_t)(line.at + line.len - end));
	return scan_dec(&s, bytes) && scan_word(&s, " total");
}

static void add_pool(struct parse *p, uint64_t bytes)
{
	struct state *st = p->state;
	struct heap *heap;

	if (!st->heap)
		return;
	heap = snapshot_heap(p->snap, st->heap);
	heap->pool_bytes = sum_or_absent(st->has_pool ? heap->pool_bytes : 0, bytes);
	st->has_pool = true;
}

/* Lines between and behind the tables: totals, pools, and what a vendor likes to add. */
static enum line_result take_free(struct parse *p, struct span text)
{
	struct state *st = p->state;
	uint64_t bytes = ABSENT64;

	if (span_is(span_trim(text),
		    "orphaned allocations (info is from last known client):")) {
		st->mode = ORPHANS;
		st->orphans = ION_ORPHANS;
	} else if (!st->has_total && parse_total(text, &bytes)) {
		if (bytes == ABSENT64)
			return LINE_TAKEN;
		st->has_total = true;
		if (st->heap)
			snapshot_heap(p->snap, st->heap)->used_bytes = bytes;
		p->records++;
	} else if (parse_pool(text, &bytes)) {
		add_pool(p, bytes);
	} else if (!p->is_exact && text.len && !is_rule(text) &&
		   !parse_total(text, &bytes)) {
		return LINE_FOREIGN;
	}
	return LINE_TAKEN;
}

/* A line of a table that is no row: the first part of one, or damage. */
static enum line_result take_part(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	const char *nl = memrchr(line->text, '\n', line->len);
	struct span tail;
	struct ion_row row;

	/* Nothing that continues a name is a rule or a row of its own. */
	if (nl) {
		tail = (struct span){ nl + 1, (size_t)(text.at + text.len - nl) - 1 };
		if (is_rule(tail) || ion_row_parse(tail, ION_NO_ORPHANS, true, &row) ||
		    ion_row_parse(tail, ION_ORPHANS, true, &row))
			return LINE_FOREIGN;
	}
	if (!p->is_exact && !line->len)
		return LINE_TAKEN;
	if (!p->last_try && line->has_end && line->len < ROW_LEAST + NAME_COLUMN &&
	    (p->is_exact || line->len <= NAME_COLUMN))
		return LINE_HOLD;
	if (!p->is_exact && !span_trim(text).len)
		return LINE_TAKEN;
	if (!p->is_exact && line->len < ROW_LEAST)
		return LINE_FOREIGN;
	return parse_damaged(p, line, line->text,
			     "expected client, pid and size, got '%s'",
			     diag_quote(line->text, line->len));
}

static enum line_result take_row(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	bool in_orphans = st->mode == ORPHANS;
	struct ion_row row;

	if (ion_row_parse(text, in_orphans ? st->orphans : ION_NO_ORPHANS, p->is_exact,
			  &row)) {
		if (row.pid >= ABSENT32)
			return parse_damaged(p, line, line->text,
					     "pid %llu is out of range",
					     (unsigned long long)row.pid);
		add_row(p, &row, in_orphans);
		return LINE_TAKEN;
	}
	if (in_orphans && words_are(text, "client pid user user_pid size mcnt rcnt")) {
		st->orphans = ION_USER_ORPHANS;
		return LINE_TAKEN;
	}
	if (!p->is_exact && opens(text))
		return LINE_FOREIGN;
	return take_part(p, line);
}

static enum line_result take_table(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;

	if (!is_rule(text))
		return take_row(p, line);
	/* The rule right below the header belongs to it. */
	if (st->mode == ORPHANS || st->has_rows || st->has_rule)
		st->mode = FREE;
	st->has_rule = true;
	return LINE_TAKEN;
}

static enum line_result take_list(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	struct ion_row row;
	bool is_row = st->mode == LEAK ? ion_leak_parse(text, st->is_hex, &row) :
					 ion_client_parse(text, &row);

	if (is_row) {
		add_row(p, &row, st->mode == LEAK);
		return LINE_TAKEN;
	}
	if (!span_trim(text).len || is_rule(text))
		return LINE_TAKEN;
	if (!p->is_exact && *text.at != ' ')
		return LINE_FOREIGN;
	return parse_damaged(p, line, line->text, "expected heap and size, got '%s'",
			     diag_quote(text.at, text.len));
}

/* The last component of the path, without what follows the heap's name in it. */
static uint32_t heap_of_path(struct parse *p, const char *suffix)
{
	const char *name = p->path ? strrchr(p->path, '/') : NULL;
	size_t len = name ? strlen(++name) : 0, cut = strlen(suffix);

	if (!len)
		return STR_ABSENT;
	if (len > cut && !strcmp(name + len - cut, suffix))
		len -= cut;
	return parse_str(p, (struct span){ name, len });
}

/* `PID-N`, or on 3.0 the number alone. */
static uint32_t pid_of_path(const struct parse *p)
{
	const char *name = p->path ? strrchr(p->path, '/') : NULL;
	struct scan s = scan_text(name ? name + 1 : "", name ? strlen(name + 1) : 0);
	uint64_t pid;

	return scan_dec(&s, &pid) && (scan_done(&s) || *s.at == '-') ? fit32(pid) :
								       ABSENT32;
}

static enum line_result take_header(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len }, name;
	struct state *st = p->state;

	st->mode = mode_of(text, st);
	if (!st->heap)
		st->heap = heap_of_path(p, "");
	if (st->mode == BITMAP) {
		st->bitmap.base = ABSENT64;
		st->bitmap.name = heap_of_path(p, "-bitmap");
		if (!st->bitmap.name && ion_bitmap_title(text, &name))
			st->bitmap.name = parse_str(p, name);
	} else if (st->mode == CLIENT) {
		st->pid = pid_of_path(p);
	}
	if (st->mode != UNKNOWN)
		return LINE_TAKEN;
	/* A heap may have lines of its own in front. */
	return p->is_exact ? take_free(p, text) : LINE_FOREIGN;
}

static enum line_result take_line(struct parse *p, const struct line *line)
{
	struct state *st = p->state;

	switch (st->mode) {
	case UNKNOWN:
		return take_header(p, line);
	case CLIENTS:
	case ORPHANS:
		return take_table(p, line);
	case LEAK:
	case CLIENT:
		return take_list(p, line);
	case BITMAP:
		return ion_bitmap_line(p, &st->bitmap, line);
	case FREE:
		break;
	}
	return take_free(p, (struct span){ line->text, line->len });
}

static void end(struct parse *p)
{
	struct state *st = p->state;

	if (st->mode == BITMAP)
		ion_bitmap_end(p, &st->bitmap);
	if (st->mode != UNKNOWN || !p->path || !strstr(p->path, "/heaps/"))
		return;
	diag_error(p->diag, &(struct place){ .file = p->file },
		   "holds no list of clients");
	p->skipped++;
}

const struct node_format ion_format = {
	.source = SRC_ION,
	.repeats = true,
	.state_size = sizeof(struct state),
	.opens = opens,
	.line = take_line,
	.end = end,
};
