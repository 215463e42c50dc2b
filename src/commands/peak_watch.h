/* SPDX-License-Identifier: MIT */
/* The largest total while a command runs. */
#ifndef COMMANDS_PEAK_WATCH_H
#define COMMANDS_PEAK_WATCH_H

#include "base/root.h"
#include "render/peak.h"

/* Where totals come from: the first node of these that can be told to count. */
#define WATCH_SOURCES                                                                 \
	(1u << SRC_RK_SIZE | 1u << SRC_RK_DEV | 1u << SRC_BUFINFO | 1u << SRC_SYSFS | \
	 1u << SRC_RK_DMA_HEAP)

struct sampler {
	const struct root *root;
	enum source_id source;
	uint64_t first_bytes; /* what choosing it has shown */
};

/* Choose among the sources in `set`. -ENODATA: none of them can be read. */
int sampler_choose(struct sampler *s, const struct root *root, unsigned set);

/* The total now, ABSENT64 when it could not be read. */
uint64_t sampler_read(const struct sampler *s);

/*
 * Run a command, given in ret->argv, and sample each ret->interval_ns on a grid that does
 * not drift. 0 or -errno of starting it.
 */
int watch_command(const struct sampler *s, struct peak_watch *ret);

#endif
