/* SPDX-License-Identifier: MIT */
/* What a buffer is called, and what a snapshot can know at all. */
#ifndef MODEL_IDENTITY_H
#define MODEL_IDENTITY_H

#include "model/snapshot.h"

#define BUFFER_ID_TEXT 24

/*
 * The name a buffer goes by in reports and on the command line: "i" and its inode, else
 * "p" and its kernel pointer in hex, else "n" and its place in the list. Two buffers can
 * share an inode on kernels before 5.19, whose inode numbers repeat.
 */
const char *buffer_id(const struct snapshot *snap, const struct buffer *buf,
		      char out[BUFFER_ID_TEXT]);

/* Sources that list buffers, that name holders. */
#define SOURCES_OF_BUFFERS                                                         \
	(1u << SRC_RK_BUFFERS | 1u << SRC_RK_DEV | 1u << SRC_RK_SGT |              \
	 1u << SRC_BUFINFO | 1u << SRC_SYSFS | 1u << SRC_FDINFO | 1u << SRC_MAPS | \
	 1u << SRC_RK_DMA_HEAP)
#define SOURCES_OF_HOLDERS (1u << SRC_FDINFO | 1u << SRC_MAPS)

/* Was any source of this set (1 << source_id) read, wholly or in part? */
bool snapshot_covers_any(const struct snapshot *snap, uint32_t set);

/* False: no list of buffers was read, so having none means nothing. */
bool snapshot_knows_buffers(const struct snapshot *snap);
/* False: nobody looked for holders, so having none means nothing. */
bool snapshot_knows_holders(const struct snapshot *snap);

#endif
