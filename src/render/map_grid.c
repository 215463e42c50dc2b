/* SPDX-License-Identifier: MIT */
/* A space cut into rows of cells, for drawing. */
#include "render/map_priv.h"

#define LEAST_CELL 4096
/* Empty rows in a row that are worth folding. */
#define FOLD_FROM 3
/* With fewer rows that show something the drawing says too little. */
#define FEW_ROWS 4

uint64_t map_row_last(const struct map_grid *grid, const struct map_row *row)
{
	uint64_t last;

	if (__builtin_mul_overflow(map_row_bytes(grid), row->n, &last) ||
	    __builtin_add_overflow(last - 1, row->start, &last))
		return UINT64_MAX;
	return last;
}

/* Rows from `at` on that lie in this one empty piece. */
static uint64_t rows_in(const struct piece *p, uint64_t at, uint64_t row_bytes)
{
	if (!piece_is_empty(p) || p->start > at || p->last < at)
		return 0;
	return (p->last - at + 1) / row_bytes;
}

/* False: more than `most` rows. */
static bool cut(struct map_grid *grid, const struct layout_space *space, unsigned most,
		bool folds)
{
	uint64_t row_bytes = map_row_bytes(grid), at = space->start & ~(row_bytes - 1);
	size_t i = 0;

	grid->rows.n = 0;
	for (;;) {
		uint64_t n = 0;

		while (i + 1 < space->pieces.n && space->pieces.v[i].last < at)
			i++;
		if (folds)
			n = rows_in(&space->pieces.v[i], at, row_bytes);
		if (n < FOLD_FROM)
			n = 1;
		if (grid->rows.n == most)
			return false;
		*vec_add(&grid->rows) =
			(struct map_row){ at, n, space->pieces.v[i].kind };
		if (space->last - at < n * row_bytes)
			return true;
		at += n * row_bytes;
	}
}

static unsigned rows_with_something(const struct map_grid *grid,
				    const struct layout_space *space)
{
	uint64_t row_bytes = map_row_bytes(grid), before = UINT64_MAX;
	unsigned n = 0;

	vec_each(&space->pieces, p) {
		uint64_t first = p->start / row_bytes, last = p->last / row_bytes;

		if (piece_is_empty(p))
			continue;
		if (first == before)
			first++;
		if (last >= first)
			n += (unsigned)MIN(last - first + 1, (uint64_t)FEW_ROWS);
		before = last;
		if (n >= FEW_ROWS)
			break;
	}
	return n;
}

void map_grid_build(struct map_grid *ret, const struct layout_space *space,
		    unsigned cells, unsigned most)
{
	*ret = (struct map_grid){ .cell_bytes = LEAST_CELL, .cells = cells };
	while (!cut(ret, space, most, false))
		ret->cell_bytes <<= 1;
	if (ret->cell_bytes == LEAST_CELL || rows_with_something(ret, space) >= FEW_ROWS)
		return;
	ret->cell_bytes = LEAST_CELL;
	while (!cut(ret, space, most, true))
		ret->cell_bytes <<= 1;
}

void map_grid_fini(struct map_grid *grid)
{
	vec_free(&grid->rows);
}

static void put(struct map_cell *cell, const struct piece *p)
{
	if (p->kind == PIECE_UNKNOWN)
		cell->is_unknown = true;
	if (piece_is_empty(p)) {
		cell->is_partly = true;
		return;
	}
	cell->is_shared |= cell->is_taken && cell->owner != p->owner;
	cell->is_taken = true;
	cell->owner = p->owner;
}

size_t map_first_piece(const struct layout_space *space, uint64_t start)
{
	size_t low = 0, high = space->pieces.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (space->pieces.v[mid].start < start)
			low = mid + 1;
		else
			high = mid;
	}
	while (low && (space->pieces.v[low - 1].last >= start ||
		       space->pieces.v[low - 1].overlaps))
		low--;
	return low;
}

void map_row_cells(const struct map_grid *grid, const struct map_row *row,
		   const struct layout_space *space, struct map_cell *cells)
{
	uint64_t size = grid->cell_bytes, row_last = map_row_last(grid, row);

	for (unsigned c = 0; c < grid->cells; c++) {
		uint64_t start = row->start + c * size;

		cells[c] = (struct map_cell){ .owner = ABSENT32 };
		cells[c].is_outside = start > space->last ||
				      start + (size - 1) < space->start;
	}
	for (size_t i = map_first_piece(space, row->start); i < space->pieces.n; i++) {
		const struct piece *p = &space->pieces.v[i];
		uint64_t from, to;

		if (p->start > row_last)
			break;
		if (p->last < row->start)
			continue;
		from = (MAX(p->start, row->start) - row->start) / size;
		to = (MIN(p->last, row_last) - row->start) / size;
		for (uint64_t c = from; c <= to; c++)
			put(&cells[c], p);
	}
}

void map_tick(char out[MAP_TICK], uint64_t bytes)
{
	static const char units[] = " KMGTPE";
	unsigned unit = 0;

	while (bytes && !(bytes % 1024) && unit < 6) {
		bytes /= 1024;
		unit++;
	}
	snprintf(out, MAP_TICK, "+%u%.*s", (unsigned)bytes, unit ? 1 : 0, units + unit);
}
