/* SPDX-License-Identifier: MIT */
/* Lines of sessions-summary (formats.md 4). */
#ifndef SOURCES_MPP_H
#define SOURCES_MPP_H

#include "sources/source.h"

enum mpp_kind {
	MPP_TITLE,    /* session iova range dump: */
	MPP_IDENTITY, /* session: pid=3964 index=11 */
	MPP_DEVICE,   /* device: fdbd0000.rkvenc-core */
	MPP_MEMORY,   /* memory: 23 MiB */
	MPP_DASHES,
	MPP_TABLE,	  /* | session|  device|   width| */
	MPP_DEVICE_TOTAL, /* fdc38100.rkvdec-core Total: 699760 KiB, maybe on two lines */
	MPP_DEVICE_ALONE, /* the first of these two lines */
	MPP_OTHER,
};

struct mpp_line {
	uint64_t pid, index;
	uint64_t bytes;
	struct span device;
};

/* What a line is; fields that belong to its kind are set. */
enum mpp_kind mpp_line_parse(struct span line, struct mpp_line *ret);

/* `fdc38100.rkvdec-core`: an address, a dot, a name. */
bool mpp_is_device(struct span name);

/* The first two cells of `|      11|  RKVENC|…`. */
bool mpp_cells_parse(struct span line, uint64_t *index, struct span *device);
unsigned mpp_count_bars(const struct line *line);

#endif
