/* SPDX-License-Identifier: MIT */
/* Facts of one process that are worth knowing once it holds or allocated a buffer. */
#ifndef SOURCES_PROCESS_H
#define SOURCES_PROCESS_H

#include "sources/source.h"

/*
 * Fill task, start, resident size and limit of open files of processes.v[index] from
 * proc/PID/{stat,limits}; what cannot be read stays absent.
 */
void process_read(struct snapshot *snap, const struct root *root, uint32_t index);

/*
 * Add a record for each allocator named by a buffer that is among these living processes
 * (ascending), so that one without a record is known to be gone.
 */
void process_read_allocators(struct snapshot *snap, const struct root *root,
			     const struct pids *alive);

#endif
