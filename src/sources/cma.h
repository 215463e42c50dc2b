/* SPDX-License-Identifier: MIT */
/*
 * What the readers of CMA areas share (formats.md 3): files of one decimal, and the page
 * size, for debugfs and sysfs count in pages and name no unit.
 */
#ifndef SOURCES_CMA_H
#define SOURCES_CMA_H

#include "sources/source.h"

/* Reading the areas of one source. Areas hold pages until cma_finish(). */
struct cma_read {
	struct snapshot *snap;
	const struct root *root;
	struct diag *diag;
	enum source_id source;
	uint64_t records, skipped;
};

typedef void (*cma_visit_fn)(struct cma_read *c, const char *dir, const char *name);

/*
 * Visit `dir`/NAME for every area, then turn pages into bytes and count into the
 * coverage. 0, or -errno when `dir` cannot be listed.
 */
int cma_read_areas(struct cma_read *c, const char *dir, cma_visit_fn visit);

/* The decimal in DIR/FILE; ABSENT64 when there is no such file, or when it was lost. */
uint64_t cma_number(struct cma_read *c, const char *dir, const char *file);

/* A file is not what it should be: say so and count it. */
void cma_damaged(struct cma_read *c, const char *path, size_t at, const char *expected);

/* One word of the bitmap; *first and *n become the area's range. */
void cma_add_word(struct snapshot *snap, uint32_t *first, uint32_t *n, uint32_t word);

#endif
