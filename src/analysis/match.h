/* SPDX-License-Identifier: MIT */
/* Which buffer of one snapshot is which of another. */
#ifndef ANALYSIS_MATCH_H
#define ANALYSIS_MATCH_H

#include "model/snapshot.h"

struct match {
	uint32_t *partner; /* for each old buffer record: new index, ABSENT32: none */
	bool *taken;	   /* for each new buffer record: is a partner */
	uint64_t by_look;  /* pairs made without inode or pointer */
};

/* The rule is in diff.h. */
void match_run(struct match *ret, const struct snapshot *old, const struct snapshot *new);
void match_fini(struct match *m);

/*
 * What buffers of one look share across snapshots: a key of name, exporter and size as
 * the narrowest source shows them (16 characters, whole KiB).
 */
uint64_t match_look(const struct snapshot *snap, const struct buffer *buf);

#endif
