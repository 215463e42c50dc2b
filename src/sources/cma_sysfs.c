/* SPDX-License-Identifier: MIT */
/*
 * /sys/kernel/mm/cma/AREA/: size and use of each CMA area in pages, world-readable
 * (formats.md 3.3). Kernels before 6.12 or so have running totals only: what was
 * allocated since boot less what was released is taken for what is in use, where both
 * are there.
 */
#include "sources/cma.h"

static uint64_t used_pages(struct cma_read *c, const char *dir, uint64_t total)
{
	uint64_t available = cma_number(c, dir, "available_pages");
	uint64_t allocated, released;

	if (total != ABSENT64 && available != ABSENT64) {
		if (available <= total)
			return total - available;
		cma_damaged(c, dir, 0, "no more pages available than there are");
		return ABSENT64;
	}
	allocated = cma_number(c, dir, "alloc_pages_success");
	released = cma_number(c, dir, "release_pages_success");
	if (allocated == ABSENT64 || released == ABSENT64 || released > allocated ||
	    (total != ABSENT64 && allocated - released > total))
		return ABSENT64;
	return allocated - released;
}

static void read_area(struct cma_read *c, const char *dir, const char *name)
{
	uint64_t total = cma_number(c, dir, "total_pages");
	uint64_t used = used_pages(c, dir, total);
	struct area *area;

	if (total == ABSENT64 && used == ABSENT64)
		return;
	area = snapshot_area(c->snap, strings_adds(&c->snap->strings, name), c->source);
	area->total_bytes = total;
	area->used_bytes = used;
	c->records++;
}

#define CMA "sys/kernel/mm/cma/"

static int collect(struct snapshot *snap, const struct root *root, struct diag *diag)
{
	struct cma_read c = { snap, root, diag, SRC_CMA_SYSFS, 0, 0 };

	return cma_read_areas(&c, "sys/kernel/mm/cma", read_area);
}

const struct source source_cma_sysfs = {
	.id = SRC_CMA_SYSFS,
	.summary = "CMA areas: size and use",
	.paths = { CMA "*/total_pages", CMA "*/available_pages",
		   CMA "*/alloc_pages_success", CMA "*/release_pages_success" },
	.collect = collect,
	.options = { "CONFIG_CMA_SYSFS" },
	.remedy = "build the kernel with CONFIG_CMA_SYSFS=y (5.13 and later)",
};
