/* SPDX-License-Identifier: MIT */
/* Which mappings are dma-bufs: candidates are gathered first and judged when all are
 * seen. */
#ifndef SOURCES_MAPPINGS_H
#define SOURCES_MAPPINGS_H

#include "sources/source.h"

struct candidate {
	uint64_t ino, length, end_offset; /* end_offset: offset + length in the buffer */
	uint32_t pid;
	uint32_t dev_major, dev_minor;
	size_t name; /* in `names`, + 1; 0: unnamed */
};

struct device_id {
	uint32_t major, minor;
};

struct mappings {
	VEC(struct candidate) candidates;
	VEC(struct device_id) trusted;	/* shown to be the dma-buf file system */
	VEC(struct device_id) ordinary; /* carry files of other names */
	uint64_t unidentified; /* mappings whose inode tells nothing (before 5.3) */
	struct text names;     /* each followed by a NUL */
	struct device_id last; /* ordinary device seen last, to skip the search */
};

void mappings_init(struct mappings *m);
void mappings_fini(struct mappings *m);
void mappings_trust_device(struct mappings *m, uint32_t major, uint32_t minor);

/* Read proc/PID/maps. 0 or -errno of opening it. */
int mappings_scan(struct mappings *m, const struct root *root, uint32_t pid);

/* Judge the candidates and add the holders. Returns how many mappings are dma-bufs. */
uint64_t mappings_settle(struct mappings *m, struct snapshot *snap,
			 const struct root *root);

#endif
