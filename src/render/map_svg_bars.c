/* SPDX-License-Identifier: MIT */
/* The bars of the SVG: a row of the address space each, to scale. */
#include <inttypes.h>

#include "render/map_svg.h"

#define CELLS 64
#define MOST_ROWS 24
#define LABEL_WIDTH 128
#define BAR_HEIGHT 24
#define BAR_STEP 28
#define BAR_LEFT (SVG_MARGIN + LABEL_WIDTH)
#define BAR_WIDTH (SVG_WIDTH - SVG_MARGIN - BAR_LEFT)
/* Narrower than this a piece gets a mark of MARK_WIDTH, with its neighbours alike. */
#define NARROW 2.0
#define MARK_WIDTH 2.5
#define LETTER_FROM 12.0
/* Pieces named in the tooltip of one mark. */
#define MOST_IN_MARK 8

struct bar {
	struct svg *svg;
	const struct layout_space *space;
	const struct map_grid *grid;
	const struct map_row *row;
	uint64_t last;
};

static double x_of(const struct bar *bar, uint64_t address)
{
	return BAR_LEFT + BAR_WIDTH * ((double)(address - bar->row->start) /
				       (double)map_row_bytes(bar->grid));
}

/* Where the part of a piece that is in this row begins and ends. */
static void extent(const struct bar *bar, const struct piece *p, double *x, double *width)
{
	uint64_t start = MAX(p->start, bar->row->start), last = MIN(p->last, bar->last);

	*x = x_of(bar, start);
	*width = BAR_WIDTH *
		 (((double)(last - start) + 1) / (double)map_row_bytes(bar->grid));
}

static void add_line(struct text *title, const struct bar *bar, const struct piece *p)
{
	const struct map_view *view = bar->svg->view;
	_text_ struct text raw = { 0 };
	char a[24], b[24], size[UNITS_TEXT];

	map_piece_owner(&raw, view, bar->space, p);
	text_printf(&raw, ", %s, %s-%s",
		    units_size(size, piece_size(p), view->look->units),
		    map_address(a, bar->space, p->start),
		    map_address(b, bar->space, p->last));
	if (!piece_is_empty(p)) {
		text_adds(&raw, ", ");
		map_piece_what(&raw, view, p);
	}
	svg_escape(title, raw.v, raw.n);
}

static void rect(struct bar *bar, double x, double width, const char *class)
{
	text_printf(&bar->svg->body,
		    "<rect class=\"%s\" x=\"%.2f\" y=\"%u\" width=\"%.2f\" "
		    "height=\"%u\"/>",
		    class, x, bar->svg->y, width, BAR_HEIGHT);
}

static void put_letter(struct bar *bar, const struct piece *p, double x, double width)
{
	char letter = p->owner == ABSENT32 ? '=' : map_letter(bar->space, p->owner);

	if (width < LETTER_FROM)
		return;
	text_printf(&bar->svg->body,
		    "<text class=\"in %s-in\" x=\"%.2f\" y=\"%u\">%c</text>",
		    svg_class(bar->space, p->owner), x + width / 2, bar->svg->y + 16,
		    letter);
}

static void put_piece(struct bar *bar, const struct piece *p, double x, double width)
{
	struct text *body = &bar->svg->body;
	const char *overlay = svg_overlay(bar->space, p->owner);

	text_adds(body, "<g><title>");
	add_line(body, bar, p);
	text_adds(body, "</title>");
	/* A hair of background between neighbours: two buffers of one owner are two. */
	width = width > 4 ? width - 1 : width;
	rect(bar, x, width, svg_class(bar->space, p->owner));
	if (overlay)
		rect(bar, x, width, overlay);
	if (p->overlaps)
		rect(bar, x, width, "overlap");
	put_letter(bar, p, x, width);
	text_adds(body, "</g>\n");
}

static void put_empty(struct bar *bar, const struct piece *p, double x, double width)
{
	struct text *body = &bar->svg->body;

	text_adds(body, "<g><title>");
	add_line(body, bar, p);
	text_adds(body, "</title>");
	rect(bar, x, width, p->kind == PIECE_FREE ? "free" : "unknown");
	text_adds(body, "</g>\n");
}

/* Neighbours too narrow to be drawn one by one. */
struct mark {
	double x, end;
	uint32_t owner;
	bool is_mixed;
	unsigned n;
	struct text title;
};

static void mark_flush(struct bar *bar, struct mark *mark)
{
	struct text *body = &bar->svg->body;
	double width = MAX(mark->end - mark->x, MARK_WIDTH);

	if (!mark->n)
		return;
	text_adds(body, "<g><title>");
	text_add(body, mark->title.v, mark->title.n);
	if (mark->n > MOST_IN_MARK)
		text_printf(body, "\n… and %u more", mark->n - MOST_IN_MARK);
	text_adds(body, "</title>");
	rect(bar, mark->x, width,
	     mark->is_mixed ? "mixed" : svg_class(bar->space, mark->owner));
	text_adds(body, "</g>\n");
	bar->svg->has_mixed |= mark->is_mixed;
	mark->n = 0;
	mark->is_mixed = false;
	text_clear(&mark->title);
}

static void mark_add(struct bar *bar, struct mark *mark, const struct piece *p, double x,
		     double width)
{
	if (mark->n && x > mark->x + MARK_WIDTH)
		mark_flush(bar, mark);
	if (!mark->n) {
		mark->x = x;
		mark->owner = p->owner;
	}
	mark->is_mixed |= mark->owner != p->owner;
	mark->end = x + width;
	if (mark->n++ >= MOST_IN_MARK)
		return;
	text_adds(&mark->title, mark->title.n ? "\n" : "");
	add_line(&mark->title, bar, p);
}

enum layer {
	LAYER_EMPTY,
	LAYER_PIECES,
	LAYER_MARKS, /* last: nothing may hide them */
	N_LAYERS,
};

static void put_layer(struct bar *bar, enum layer layer)
{
	const struct layout_space *s = bar->space;
	struct mark mark = { .n = 0 };

	for (size_t i = map_first_piece(s, bar->row->start); i < s->pieces.n; i++) {
		const struct piece *p = &s->pieces.v[i];
		double x, width;

		if (p->start > bar->last)
			break;
		if (p->last < bar->row->start)
			continue;
		extent(bar, p, &x, &width);
		if (piece_is_empty(p)) {
			if (layer == LAYER_EMPTY && width > 0.2)
				put_empty(bar, p, x, width);
		} else if (layer == LAYER_PIECES && width >= NARROW) {
			put_piece(bar, p, x, width);
		} else if (layer == LAYER_MARKS && width < NARROW) {
			mark_add(bar, &mark, p, x, width);
		}
	}
	mark_flush(bar, &mark);
	text_fini(&mark.title);
}

/* Where 32 address bits end. */
static void put_high(struct bar *bar)
{
	uint64_t high = (uint64_t)1 << 32;
	unsigned y = bar->svg->y;
	double x;

	if (high < bar->row->start || high > bar->last || high <= bar->space->start)
		return;
	x = x_of(bar, high);
	if (high == bar->row->start)
		text_printf(
			&bar->svg->body,
			"<path class=\"high\" d=\"M%u %uH%u\"><title>4 GiB</title></path>\n",
			SVG_MARGIN, y - 2, SVG_WIDTH - SVG_MARGIN);
	else
		text_printf(
			&bar->svg->body,
			"<path class=\"high\" d=\"M%.2f %uv%u\"><title>4 GiB</title></path>\n",
			x, y - 2, BAR_HEIGHT + 4);
}

static void put_row(struct svg *svg, const struct layout_space *space,
		    const struct map_grid *grid, const struct map_row *row)
{
	struct bar bar = { svg, space, grid, row, map_row_last(grid, row) };
	char address[24], size[UNITS_TEXT];

	if (row->n > 1) {
		text_printf(&svg->body,
			    "<text class=\"d\" x=\"%u\" y=\"%u\">… %" PRIu64
			    " rows, %s: %s</text>\n",
			    BAR_LEFT, svg->y + 16, row->n,
			    units_size(size, row->n * map_row_bytes(grid),
				       svg->view->look->units),
			    row->kind == PIECE_FREE ? "free" : "nothing known");
		svg->y += BAR_STEP;
		return;
	}
	text_printf(&svg->body, "<text class=\"m\" x=\"%u\" y=\"%u\">%s</text>\n",
		    SVG_MARGIN, svg->y + 16, map_address(address, space, row->start));
	for (int layer = 0; layer < N_LAYERS; layer++)
		put_layer(&bar, layer);
	put_high(&bar);
	svg->y += BAR_STEP;
}

void svg_bars(struct svg *svg, const struct layout_space *space)
{
	_cleanup_(map_grid_fini) struct map_grid grid = { 0 };

	map_grid_build(&grid, space, CELLS, MOST_ROWS);
	svg->y += 14;
	for (unsigned i = 0; i < 4; i++) {
		char tick[MAP_TICK];

		map_tick(tick, i * (map_row_bytes(&grid) / 4));
		svg_text(svg, BAR_LEFT + i * BAR_WIDTH / 4, "d", tick);
		text_printf(&svg->body, "<path class=\"tick\" d=\"M%.1f %uv6\"/>\n",
			    BAR_LEFT + i * BAR_WIDTH / 4.0 + 0.5, svg->y + 3);
	}
	svg->y += 11;
	vec_each(&grid.rows, row)
		put_row(svg, space, &grid, row);
}
