/* SPDX-License-Identifier: MIT */
/* What the renderings of a layout share: rows of cells, letters, sentences. */
#ifndef RENDER_MAP_PRIV_H
#define RENDER_MAP_PRIV_H

#include "render/map.h"

/* One row of the drawing, or `n` rows alike that were folded into one. */
struct map_row {
	uint64_t start;
	uint64_t n;
	enum piece_kind kind; /* of folded rows */
};

struct map_grid {
	uint64_t cell_bytes;
	unsigned cells; /* in a row */
	VEC(struct map_row) rows;
};

/*
 * Cells as small as they may be for the space to take at most `most` rows; when then
 * nearly all is empty, empty rows are folded and the cells are smaller still.
 */
void map_grid_build(struct map_grid *ret, const struct layout_space *space,
		    unsigned cells, unsigned most);
void map_grid_fini(struct map_grid *grid);

static inline uint64_t map_row_bytes(const struct map_grid *grid)
{
	return grid->cell_bytes * grid->cells;
}

/* Last address of a row (of all that it stands for). */
uint64_t map_row_last(const struct map_grid *grid, const struct map_row *row);

/* What is in one cell. */
struct map_cell {
	uint32_t owner; /* ABSENT32: nobody listed */
	bool is_taken;
	bool is_shared;	 /* several owners */
	bool is_partly;	 /* not all of it is taken */
	bool is_unknown; /* some of it */
	bool is_outside; /* of the space, wholly */
};

/* The cells of one row that is not folded; `cells` has room for grid->cells. */
void map_row_cells(const struct map_grid *grid, const struct map_row *row,
		   const struct layout_space *space, struct map_cell *cells);

/* The first piece that may reach to `start` or beyond: all before it end before. */
size_t map_first_piece(const struct layout_space *space, uint64_t start);

/* `+512K`: where in a row something lies. */
#define MAP_TICK 16
void map_tick(char out[MAP_TICK], uint64_t bytes);

/* "54%" of what is in use. */
#define MAP_SHARE 16
void map_share(char out[MAP_SHARE], const struct layout_space *space, uint64_t bytes);

/* The letter of an owner: A to Z by rank, + beyond, * for what a filter left out. */
char map_letter(const struct layout_space *space, uint32_t owner);
/* Owners that have a colour and a letter of their own. */
#define MAP_LETTERS 26u

/* "812 rkipc", "thread 3964", "not listed"; escaped for a terminal. */
void map_owner(struct text *out, const struct map_view *view,
	       const struct layout_space *space, uint32_t owner);
/* The same of a piece, with a word for pieces that have no owner. */
void map_piece_owner(struct text *out, const struct map_view *view,
		     const struct layout_space *space, const struct piece *piece);
/* What is in a piece: "buffer i5655", "free". */
void map_piece_what(struct text *out, const struct map_view *view,
		    const struct piece *piece);

/* "0x02800000", as wide as the last address of the space needs. */
const char *map_address(char out[24], const struct layout_space *space, uint64_t address);

/* "IOVA of fdbd0000.rkvenc-core: 23 MiB in use, what is free is not known" */
void map_headline(struct text *out, const struct map_view *view,
		  const struct layout_space *space);
/* What the drawing shows and what it does not, a sentence a line. */
void map_notes(struct text *out, const struct map_view *view,
	       const struct layout_space *space);
/* Under this title: "4 MiB: 12 KiB in 3 pieces between … and …: npu 12 KiB", a line
 * each. */
#define MAP_ROOMS 4
#define MAP_ROOMS_TITLE "The least that is in the way of a larger allocation:"
void map_rooms(struct text *out, const struct map_view *view,
	       const struct layout_space *space);

/* Indices of the largest holes, largest first; how many, at most `most`. */
size_t map_holes(const struct layout_space *space, uint32_t *ret, size_t most);

#endif
