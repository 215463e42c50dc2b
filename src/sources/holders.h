/* SPDX-License-Identifier: MIT */
/* The scan over all processes: who holds which buffer, by descriptor and by mapping. */
#ifndef SOURCES_HOLDERS_H
#define SOURCES_HOLDERS_H

#include "sources/source.h"

/*
 * Looks at every process below the root and fills holders, processes and, for descriptors
 * of DRM devices, memory regions. `set` says which of SRC_FDINFO, SRC_MAPS and
 * SRC_DRM_FDINFO were asked for. Sets their coverage itself.
 */
void holders_collect(struct snapshot *snap, const struct root *root, unsigned set,
		     struct diag *diag);

#endif
