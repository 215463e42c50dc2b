/* SPDX-License-Identifier: MIT */
/* One record a buffer: matching lists that share no key (formats.md 9). */
#ifndef MODEL_JOIN_H
#define MODEL_JOIN_H

#include "model/snapshot.h"

/*
 * Fold together records of one buffer that different sources made. Inode and pointer have
 * joined what shares one of them already; rk_dmabuf has no inode and the others have no
 * pointer, so those are aligned by order, size, name and exporter. Every look-alike pair
 * is folded, so that totals never count a buffer twice; where several look alike and
 * their numbers differ, the pairs are marked ambiguous.
 */
void join_buffers(struct snapshot *snap);

struct join_keys {
	const uint64_t *v;
	size_t n;
};

/*
 * Longest common subsequence of two key sequences, as few changes as possible. Writes for
 * each a[i] the index of its partner in b, or ABSENT32. False (nothing written) when more
 * than `most` insertions and deletions lie between them.
 */
bool join_align(struct join_keys a, struct join_keys b, unsigned most, uint32_t *partner);

#endif
