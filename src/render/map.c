/* SPDX-License-Identifier: MIT */
/* A layout as text: rows of cells, a legend, the largest holes. */
#include "render/map.h"

#include <inttypes.h>

#include "base/escape.h"
#include "render/map_priv.h"
#include "render/table.h"

/* Columns where the width is not known or not limited. */
#define DEFAULT_WIDTH 100
#define MOST_ROWS 24
#define MOST_HOLES 8
#define INDENT 2

/* Colours of the owners in turn, of a 256-colour terminal; the SVG has the same. */
static const unsigned char palette[] = { 214, 74, 36, 227, 25, 166, 175, 250 };

/* What a run of cells looks like. */
enum ink {
	INK_NONE,
	INK_DIM,
	INK_BOLD,
	INK_OWNER, /* and up: the palette */
};

struct glyph {
	char letter;
	unsigned ink;
};

static struct glyph glyph_of(const struct layout_space *space,
			     const struct map_cell *cell)
{
	char letter;

	if (cell->is_outside)
		return (struct glyph){ ' ', INK_NONE };
	if (!cell->is_taken)
		return (struct glyph){ cell->is_unknown ? '?' : '.', INK_DIM };
	if (cell->is_shared)
		return (struct glyph){ '#', INK_BOLD };
	if (cell->owner == ABSENT32)
		return (struct glyph){ cell->is_partly ? '-' : '=', INK_BOLD };
	letter = map_letter(space, cell->owner);
	if (letter == '+' || letter == '*')
		return (struct glyph){ letter, INK_BOLD };
	if (cell->is_partly)
		letter = (char)(letter + ('a' - 'A'));
	return (struct glyph){ letter, INK_OWNER + cell->owner % ARRAY_SIZE(palette) };
}

static void ink_begin(FILE *out, unsigned ink)
{
	if (ink == INK_DIM)
		fputs("\033[2m", out);
	else if (ink == INK_BOLD)
		fputs("\033[1m", out);
	else if (ink >= INK_OWNER)
		fprintf(out, "\033[48;5;%u;38;5;%um", palette[ink - INK_OWNER],
			palette[ink - INK_OWNER] == 25 ? 15 : 16);
}

static void put_glyphs(FILE *out, const struct glyph *glyphs, unsigned n, bool color)
{
	unsigned ink = INK_NONE;

	while (n && glyphs[n - 1].letter == ' ')
		n--;
	for (unsigned i = 0; i < n; i++) {
		if (color && glyphs[i].ink != ink) {
			if (ink != INK_NONE)
				fputs("\033[0m", out);
			ink = glyphs[i].ink;
			ink_begin(out, ink);
		}
		fputc(glyphs[i].letter, out);
	}
	if (color && ink != INK_NONE)
		fputs("\033[0m", out);
	fputc('\n', out);
}

static void put_ruler(FILE *out, const struct map_grid *grid, size_t label)
{
	unsigned step = MAX(grid->cells / 4, 8u);

	fprintf(out, "%*s", (int)(INDENT + label + 2), "");
	for (unsigned c = 0; c < grid->cells; c += step) {
		char text[MAP_TICK];

		map_tick(text, c * grid->cell_bytes);
		fprintf(out, c + step < grid->cells ? "%-*s" : "%.*s", (int)step, text);
	}
	fputc('\n', out);
}

static void put_folded(const struct map_view *view, const struct map_grid *grid,
		       const struct map_row *row, size_t label)
{
	char a[UNITS_TEXT];

	fprintf(view->look->out, "%*s%*s  (%" PRIu64 " rows, %s: %s)\n", INDENT, "",
		(int)label, "...", row->n,
		units_size(a, row->n * map_row_bytes(grid), view->look->units),
		row->kind == PIECE_FREE ? "free" : "nothing known");
}

static void put_drawing(const struct map_view *view, const struct layout_space *space)
{
	FILE *out = view->look->out;
	unsigned width = view->look->width ? view->look->width : DEFAULT_WIDTH,
		 cells = 16;
	_cleanup_(freep) struct map_cell *row_cells = NULL;
	_cleanup_(freep) struct glyph *glyphs = NULL;
	_cleanup_(map_grid_fini) struct map_grid grid = { 0 };
	char address[24];
	size_t label = strlen(map_address(address, space, space->last));

	while (cells < 256 && INDENT + label + 2 + cells * 2 <= width)
		cells *= 2;
	map_grid_build(&grid, space, cells,
		       view->look->verbose ? 3 * MOST_ROWS : MOST_ROWS);
	row_cells = mem_alloc(cells * sizeof(*row_cells));
	glyphs = mem_alloc(cells * sizeof(*glyphs));
	put_ruler(out, &grid, label);
	vec_each(&grid.rows, row) {
		if (row->n > 1) {
			put_folded(view, &grid, row, label);
			continue;
		}
		map_row_cells(&grid, row, space, row_cells);
		for (unsigned c = 0; c < cells; c++)
			glyphs[c] = glyph_of(space, &row_cells[c]);
		fprintf(out, "%*s%s  ", INDENT, "",
			map_address(address, space, row->start));
		put_glyphs(out, glyphs, cells, view->look->color);
	}
}

/* Words in lines that fit, the following ones indented. */
static void put_wrapped(const struct look *look, size_t indent, const char *text,
			size_t len)
{
	size_t width = look->width ? look->width : DEFAULT_WIDTH, column = indent, at = 0;
	bool is_item = len > 2 && !memcmp(text, "- ", 2);

	fprintf(look->out, "%*s", (int)indent, "");
	while (at < len) {
		size_t n = strcspn(text + at, " \n"), columns;

		n = MIN(n, len - at);
		columns = escape_width(text + at, n);
		if (column > indent && column + 1 + columns > width) {
			column = indent + (is_item ? 2 : 0);
			fprintf(look->out, "\n%*s", (int)column, "");
		} else if (at) {
			fputc(' ', look->out);
			column++;
		}
		fwrite(text + at, 1, n, look->out);
		column += columns;
		at += n + 1;
	}
	fputc('\n', look->out);
}

static void put_lines(const struct look *look, const struct text *text)
{
	for (const char *at = text->v; at && *at;) {
		size_t n = strcspn(at, "\n");

		put_wrapped(look, INDENT, at, n);
		at += n + (at[n] == '\n');
	}
}

static void put_legend_rows(const struct map_view *view, const struct layout_space *space,
			    struct table *t)
{
	size_t most = view->look->verbose ? space->owners.n :
					    MIN(space->owners.n, MAP_LETTERS);

	for (uint32_t i = 0; i < most; i++) {
		const struct layout_owner *o = &space->owners.v[i];
		char letter[2] = { map_letter(space, i), 0 }, share[MAP_SHARE];
		_text_ struct text name = { 0 };

		table_text(t, letter);
		table_size(t, o->bytes, view->look->units);
		table_number(t, o->count);
		map_share(share, space, o->bytes);
		table_text(t, share);
		map_owner(&name, view, space, i);
		table_escaped(t, &name);
	}
}

/* What in the drawing is in use and has no owner. */
static void put_unlisted(const struct map_view *view, const struct layout_space *space,
			 struct table *t)
{
	uint64_t bytes = 0, n = 0;

	vec_each(&space->pieces, p)
		if (p->kind == PIECE_RANGE || p->kind == PIECE_BITMAP) {
			bytes += piece_size(p);
			n++;
		}
	if (!n)
		return;
	table_text(t, "=");
	table_size(t, bytes, view->look->units);
	table_number(t, n);
	table_text(t, "");
	table_text(t, space->kind == LAYOUT_PHYSICAL ?
			      "(not listed: pages in use by others)" :
			      "(in use; the node names nobody)");
}

static void put_legend(const struct map_view *view, const struct layout_space *space)
{
	static const char key[] = "Capitals fill their cell, small letters a part of it; "
				  "# several owners, . free, ? not known.";
	static const struct column columns[] = {
		{ " ", false, false },	  { "SIZE", true, false },
		{ "COUNT", true, false }, { "SHARE", true, false },
		{ "OWNER", false, true },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	const struct look *look = view->look;

	put_legend_rows(view, space, t);
	put_unlisted(view, space, t);
	fputc('\n', look->out);
	table_print(t, look->out, look->width, look->color);
	if (space->owners.n > MAP_LETTERS && !look->verbose)
		fprintf(look->out, "+  … and %zu more owners; -v shows them\n",
			space->owners.n - MAP_LETTERS);
	put_wrapped(look, 0, key, strlen(key));
}

static void put_neighbour(struct text *out, const struct map_view *view,
			  const struct layout_space *space, const struct piece *p)
{
	char size[UNITS_TEXT];

	text_printf(out, "%s ", units_size(size, piece_size(p), view->look->units));
	map_piece_owner(out, view, space, p);
}

static void put_holes(const struct map_view *view, const struct layout_space *space)
{
	static const struct column columns[] = {
		{ "HOLE AT", false, false },
		{ "SIZE", true, false },
		{ "BELOW IT", false, true },
		{ "ABOVE IT", false, true },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	uint32_t holes[MOST_HOLES];
	size_t n = map_holes(space, holes, MOST_HOLES);
	char address[24];

	if (!n)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct piece *p = &space->pieces.v[holes[i]];

		table_text(t, map_address(address, space, p->start));
		table_size(t, piece_size(p), view->look->units);
		for (int side = -1; side <= 1; side += 2) {
			_text_ struct text owner = { 0 };
			size_t at = holes[i] + (size_t)side;

			if (at < space->pieces.n)
				put_neighbour(&owner, view, space, &space->pieces.v[at]);
			else
				text_adds(&owner,
					  layout_is_bounded(space) ? "(the end)" : "?");
			table_escaped(t, &owner);
		}
	}
	fputc('\n', view->look->out);
	table_print(t, view->look->out, view->look->width, view->look->color);
	if (space->n_holes > n)
		fprintf(view->look->out, "… and %" PRIu64 " smaller holes\n",
			space->n_holes - n);
}

static void put_rooms(const struct map_view *view, const struct layout_space *space)
{
	_text_ struct text lines = { 0 };

	map_rooms(&lines, view, space);
	if (!lines.n)
		return;
	fputs("\n" MAP_ROOMS_TITLE "\n", view->look->out);
	put_lines(view->look, &lines);
}

static void put_pieces(const struct map_view *view, const struct layout_space *space)
{
	static const struct column columns[] = {
		{ "ADDRESS", false, false }, { "TO", false, false },
		{ "SIZE", true, false },     { "OWNER", false, true },
		{ "WHAT", false, true },
	};
	_cleanup_(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	char a[24];

	vec_each(&space->pieces, p) {
		_text_ struct text owner = { 0 }, what = { 0 };

		table_text(t, map_address(a, space, p->start));
		table_text(t, map_address(a, space, p->last));
		table_size(t, piece_size(p), view->look->units);
		map_piece_owner(&owner, view, space, p);
		table_escaped(t, &owner);
		map_piece_what(&what, view, p);
		table_escaped(t, &what);
	}
	fputc('\n', view->look->out);
	table_print(t, view->look->out, view->look->width, view->look->color);
}

static void put_space(const struct map_view *view, const struct layout_space *space)
{
	const struct look *look = view->look;
	_text_ struct text headline = { 0 }, notes = { 0 };

	map_headline(&headline, view, space);
	style_begin(look->out, STYLE_BOLD, look->color);
	fputs(headline.v, look->out);
	style_end(look->out, STYLE_BOLD, look->color);
	fputc('\n', look->out);
	map_notes(&notes, view, space);
	put_lines(look, &notes);
	fputc('\n', look->out);
	put_drawing(view, space);
	put_legend(view, space);
	put_holes(view, space);
	put_rooms(view, space);
	if (look->verbose)
		put_pieces(view, space);
}

void map_text(const struct map_view *view)
{
	bool first = true;

	vec_each(&view->layout->spaces, space) {
		if (!first)
			fputc('\n', view->look->out);
		first = false;
		put_space(view, space);
	}
	summary_coverage(view->look, view->snap);
}
