/* SPDX-License-Identifier: MIT */
/* Lines of /proc/PID/maps that may be mappings of a dma-buf (formats.md 6.5). */
#ifndef SOURCES_MAPS_H
#define SOURCES_MAPS_H

#include "sources/source.h"

struct mapping {
	uint64_t start, end, offset;
	uint64_t ino;
	uint32_t dev_major, dev_minor;
	struct span path; /* as printed: a newline is \012 */
};

/*
 * Reads `start-end perms offset major:minor inode path`. False when it is no such line or
 * its numbers cannot be.
 */
bool maps_parse(struct span line, struct mapping *ret);

/* "/dmabuf:NAME" (5.3 and later) or "anon_inode:dmabuf…" (before, and vendors'). */
bool maps_looks_like_dmabuf(struct span path);

/* "anon_inode:dmabuf": all buffers share one inode, which therefore tells nothing. */
bool maps_shares_inode(struct span path);

#endif
