/* SPDX-License-Identifier: MIT */
/* Memory a process has on a GPU, by fdinfo of its DRM descriptors (formats.md 5.3). */
#ifndef SOURCES_DRM_FDINFO_H
#define SOURCES_DRM_FDINFO_H

#include "model/snapshot.h"

/*
 * Takes one fdinfo text of a process (index, or ABSENT32): a record for each memory
 * region of a client that was not seen before. Descriptors are duplicated and passed on,
 * the client they lead to is counted once. Values that cannot be read are counted as
 * skipped in the coverage; nothing else in it is touched.
 */
void drm_fdinfo_take(struct snapshot *snap, uint32_t process, struct span text);

#endif
