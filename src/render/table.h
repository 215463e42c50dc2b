/* SPDX-License-Identifier: MIT */
/*
 * A table for people: columns as wide as they need, the flexible ones cut to fit the
 * terminal, numbers to the right. Cells are escaped on the way in: nothing in them can
 * move the cursor or forge a column.
 */
#ifndef RENDER_TABLE_H
#define RENDER_TABLE_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/strings.h"
#include "base/units.h"

enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_GROWN,  /* red: more than before */
	STYLE_SHRUNK, /* green */
	N_STYLES,
};

struct column {
	const char *title;
	bool right;
	bool flexible; /* may be cut when the terminal is narrow */
};

struct table;

/* The columns are borrowed. */
struct table *table_new(const struct column *columns, size_t n);
void table_free(struct table *table);
DEFINE_CLEANUP(struct table *, table_free)

/* The next cell, row by row. `raw` text from the input is escaped here. */
void table_cell(struct table *table, const char *raw, size_t len, enum style style);
/* Text that was escaped before, piece by piece. */
void table_escaped(struct table *table, const struct text *text);
void table_text(struct table *table, const char *text);
void table_styled(struct table *table, const char *text, enum style style);
void table_number(struct table *table, uint64_t value); /* `-` when ABSENT64 */
void table_size(struct table *table, uint64_t bytes,
		enum units units); /* `-` when ABSENT64 */
/* A pooled string; `-` when absent. */
void table_str(struct table *table, const struct strings *pool, uint32_t id);

size_t table_rows(const struct table *table);
/* width 0: as wide as it comes. */
void table_print(const struct table *table, FILE *out, unsigned width, bool color);

/* Text in a style, for lines that are no table; plain when !color. */
void style_begin(FILE *out, enum style style, bool color);
void style_end(FILE *out, enum style style, bool color);

#endif
