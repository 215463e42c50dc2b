/* SPDX-License-Identifier: MIT */
/* The fixed part that rows of /proc/rk_dmabuf/dev and sgt share (formats.md 1.2, 1.3). */
#ifndef SOURCES_RK_ROW_H
#define SOURCES_RK_ROW_H

#include "sources/source.h"

struct rk_row {
	uint64_t pointer;
	struct span name, exporter; /* trailing blanks removed */
	uint64_t size_kib;
	const char *tail; /* right behind "KiB" */
	bool in_columns;  /* the spans are the beginnings of 16 bytes each */
};

/*
 * What the last columns stood for. The same few names and exporters fill long lists; a
 * column of 16 bytes is two words to compare, which is cheaper than to look it up.
 */
#define RK_CACHED 64

struct rk_cached {
	uint64_t column[2];
	uint32_t id;	    /* string; 0: this place is free */
	uint32_t pid, task; /* of a name: the allocator it tells */
};

struct rk_cache {
	struct rk_cached names[RK_CACHED], exporters[RK_CACHED];
};

enum rk_row_result {
	RK_ROW,	       /* a row */
	RK_ROW_PART,   /* begins like one and stops too early */
	RK_ROW_BROKEN, /* begins like one, cannot be one */
	RK_NOT_ROW,
};

/*
 * Columns decide: name and exporter may hold blanks, or, since any process may set a
 * name, newlines and "12 KiB". Only where the columns do not fit (a paste that expanded
 * tabs or folded blanks) the row is taken apart from its right end.
 */
enum rk_row_result rk_row_parse(struct span line, struct rk_row *ret);

/* The header line, whose last word tells dev from sgt; blanks may have been folded. */
bool rk_row_is_header(struct span line, const char *last_word);

/*
 * The buffer of a row, made when new; NULL when this source has listed the pointer
 * already (reported). The text of an absent name, "(null)", becomes an absent name.
 */
struct buffer *rk_row_buffer(struct parse *p, const struct line *line,
			     const struct rk_row *row);

/* The same for a pointer that is known to be new. */
struct buffer *rk_row_append(struct parse *p, const struct rk_row *row,
			     struct rk_cache *cache);

#endif
