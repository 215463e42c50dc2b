/* SPDX-License-Identifier: MIT */
/*
 * A snapshot as a JSON document, written and read record by record: 100,000 buffers never
 * stand in memory as JSON. Loading what was saved gives the same snapshot, and saving
 * that gives the same bytes. A document may come from a stranger; what is not right about
 * it is said with FILE:LINE:COL, and nothing is loaded then.
 */
#ifndef STORE_SNAPSHOT_JSON_H
#define STORE_SNAPSHOT_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/reader.h"
#include "model/snapshot.h"

#define SNAPSHOT_VERSION 1

/* One record a line, lists in a stable order. 0 or -errno of the stream. */
int snapshot_save(const struct snapshot *snap, FILE *out) _must_check_;

/*
 * Reads the rest of `reader`, which stays the caller's. NULL with *error set and the
 * reason printed: -EBADMSG damaged, cut short or no snapshot, -EPROTO a version this
 * program does not know, -EFBIG too many records, -EIO and friends from reading.
 */
struct snapshot *snapshot_load(struct reader *reader, const char *file, struct diag *diag,
			       int *error);

/*
 * Do these first bytes of a file (some KiB of it) begin a snapshot or another JSON
 * document of ours? Saved kernel text never looks like it.
 */
bool snapshot_json_starts(const char *bytes, size_t len);

#endif
