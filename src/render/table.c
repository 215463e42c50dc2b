/* SPDX-License-Identifier: MIT */
/* Tables for people. */
#include "render/table.h"

#include <inttypes.h>

#include "base/escape.h"
#include "base/scan.h"

#define GAP 2
/* A cut column keeps at least this much, or it says nothing. */
#define LEAST_WIDTH 8

struct cell {
	size_t at;
	uint32_t len;
	uint32_t columns; /* on the terminal */
	enum style style;
};

struct table {
	const struct column *columns;
	size_t n;
	struct text text;
	VEC(struct cell) cells;
};

static const char *const style_code[N_STYLES] = {
	[STYLE_DIM] = "\033[2m",
	[STYLE_BOLD] = "\033[1m",
	[STYLE_GROWN] = "\033[31m",
	[STYLE_SHRUNK] = "\033[32m",
};

struct table *table_new(const struct column *columns, size_t n)
{
	struct table *t = mem_alloc(sizeof(*t));

	t->columns = columns;
	t->n = n;
	return t;
}

void table_free(struct table *t)
{
	text_fini(&t->text);
	vec_free(&t->cells);
	free(t);
}

/* The cell is what was added to the text from `at` on. */
static void end_cell(struct table *t, size_t at, enum style style)
{
	*vec_add(&t->cells) = (struct cell){
		.at = at,
		.len = (uint32_t)(t->text.n - at),
		.columns = (uint32_t)escape_width(t->text.v + at, t->text.n - at),
		.style = style,
	};
}

void table_cell(struct table *t, const char *raw, size_t len, enum style style)
{
	size_t at = t->text.n;

	escape_terminal(&t->text, raw, len);
	end_cell(t, at, style);
}

void table_escaped(struct table *t, const struct text *text)
{
	size_t at = t->text.n;

	text_add(&t->text, text->v, text->n);
	end_cell(t, at, STYLE_PLAIN);
}

void table_styled(struct table *t, const char *text, enum style style)
{
	table_cell(t, text, strlen(text), style);
}

void table_text(struct table *t, const char *text)
{
	table_styled(t, text, STYLE_PLAIN);
}

void table_number(struct table *t, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	table_text(t, value == ABSENT64 ? "-" : text);
}

void table_size(struct table *t, uint64_t bytes, enum units units)
{
	char text[UNITS_TEXT];

	table_text(t, bytes == ABSENT64 ? "-" : units_size(text, bytes, units));
}

void table_str(struct table *t, const struct strings *pool, uint32_t id)
{
	if (id && !strings_len(pool, id))
		table_text(t, "\"\""); /* empty, which is not absent */
	else if (id)
		table_cell(t, strings_get(pool, id), strings_len(pool, id), STYLE_PLAIN);
	else
		table_text(t, "-");
}

size_t table_rows(const struct table *t)
{
	return t->cells.n / t->n;
}

/* How wide each column gets; the widest flexible one gives way first. */
static void fit(const struct table *t, unsigned *widths, unsigned width)
{
	unsigned total = 0;

	for (size_t c = 0; c < t->n; c++) {
		widths[c] = (unsigned)escape_width(t->columns[c].title,
						   strlen(t->columns[c].title));
		for (size_t i = c; i < t->cells.n; i += t->n)
			widths[c] = MAX(widths[c], t->cells.v[i].columns);
		total += widths[c] + (c ? GAP : 0);
	}
	while (width && total > width) {
		size_t widest = t->n;
		unsigned second = LEAST_WIDTH, cut;

		for (size_t c = 0; c < t->n; c++)
			if (t->columns[c].flexible && widths[c] > LEAST_WIDTH &&
			    (widest == t->n || widths[c] > widths[widest]))
				widest = c;
		if (widest == t->n)
			return;
		for (size_t c = 0; c < t->n; c++)
			if (c != widest && t->columns[c].flexible &&
			    widths[c] < widths[widest])
				second = MAX(second, widths[c]);
		cut = MIN(total - width, MAX(widths[widest] - second, 1u));
		widths[widest] -= cut;
		total -= cut;
	}
}

/* As many bytes as fill `columns`; says how many columns that is. */
static size_t cut_at(const char *text, size_t len, unsigned columns, unsigned *used)
{
	size_t at = 0, n;
	uint32_t code;

	*used = 0;
	while (at < len) {
		unsigned w;

		n = escape_utf8_decode(text + at, len - at, &code);
		w = n ? escape_columns(code) : 1;
		if (*used + w > columns)
			break;
		*used += w;
		at += n ? n : 1;
	}
	return at;
}

struct piece {
	const char *text;
	size_t len;
	unsigned columns;
	enum style style;
	const struct column *column;
	bool last, color;
};

static void put(FILE *out, struct piece p, unsigned width)
{
	const char *mark = "";

	if (p.columns > width) {
		p.len = cut_at(p.text, p.len, width - 1, &p.columns);
		p.columns++;
		mark = "…";
	}
	if (p.column->right)
		fprintf(out, "%*s", (int)(width - p.columns), "");
	style_begin(out, p.style, p.color);
	fwrite(p.text, 1, p.len, out);
	fputs(mark, out);
	style_end(out, p.style, p.color);
	if (!p.column->right && !p.last)
		fprintf(out, "%*s", (int)(width - p.columns), "");
	fputs(p.last ? "\n" : "  ", out);
}

void table_print(const struct table *t, FILE *out, unsigned width, bool color)
{
	_cleanup_(freep) unsigned *widths = mem_alloc(t->n * sizeof(*widths));

	if (!t->n)
		return;
	fit(t, widths, width);
	for (size_t c = 0; c < t->n; c++) {
		const char *title = t->columns[c].title;
		struct piece p = {
			.text = title,
			.len = strlen(title),
			.columns = (unsigned)escape_width(title, strlen(title)),
			.style = STYLE_DIM,
			.column = &t->columns[c],
			.last = c + 1 == t->n,
			.color = color,
		};

		put(out, p, widths[c]);
	}
	for (size_t i = 0; i < t->cells.n; i++) {
		const struct cell *cell = &t->cells.v[i];
		struct piece p = {
			.text = t->text.v + cell->at,
			.len = cell->len,
			.columns = cell->columns,
			.style = cell->style,
			.column = &t->columns[i % t->n],
			.last = (i + 1) % t->n == 0,
			.color = color,
		};

		put(out, p, widths[i % t->n]);
	}
}

void style_begin(FILE *out, enum style style, bool color)
{
	if (color && style_code[style])
		fputs(style_code[style], out);
}

void style_end(FILE *out, enum style style, bool color)
{
	if (color && style_code[style])
		fputs("\033[0m", out);
}
