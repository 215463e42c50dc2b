/* SPDX-License-Identifier: MIT */
/* What is new, gone and changed between two snapshots. Pure: no I/O, no printing. */
#ifndef ANALYSIS_DIFF_H
#define ANALYSIS_DIFF_H

#include "analysis/account.h"
#include "model/snapshot.h"

enum change_field { CHANGE_NAME, CHANGE_REFS, CHANGE_DEVICES, CHANGE_HOLDERS, N_CHANGES };
extern const char *const change_field_names[N_CHANGES];

/* One field of a buffer that both snapshots have; indices into their buffers. */
struct change {
	uint32_t old_buffer, new_buffer;
	enum change_field field;
};

/* Buffers of one owner, exporter and size. */
struct diff_group {
	struct owner owner; /* strings of the snapshot that `from_new` tells */
	uint32_t exporter;  /* the same */
	bool from_new;
	uint64_t size_bytes; /* of each; ABSENT64 */
	uint64_t new_buffers, new_bytes, gone_buffers, gone_bytes;
	int64_t net_bytes;
	uint64_t key;
};

struct diff {
	const struct snapshot *old, *new; /* borrowed */
	VEC(uint32_t) added, gone;	  /* buffer indices, in list order */
	VEC(struct change) changed;
	VEC(struct diff_group) groups; /* largest growth first, then by name */
	uint64_t unchanged;	       /* buffers in both */
	uint64_t by_look;	       /* of those, matched without inode or pointer */
	int64_t net_bytes, net_buffers;
	bool lists;	  /* both list their buffers; else net_bytes is of the counters */
	bool knows_bytes; /* net_bytes is known at all */
};

/* Why two snapshots should not be compared. */
enum diff_order {
	DIFF_IN_ORDER,	 /* OLD is earlier, or nothing speaks against it */
	DIFF_OTHER_BOOT, /* the boot ids differ: no identity survives */
	DIFF_SWAPPED,	 /* same boot, OLD is the later one */
};
enum diff_order diff_order(const struct snapshot *old, const struct snapshot *new);

/* Time between them in ns; ABSENT64 when it is not known. */
uint64_t diff_elapsed_ns(const struct snapshot *old, const struct snapshot *new);

/*
 * The same buffer: the same inode with the same size and exporter (inode numbers repeat
 * on kernels before 5.19); else the same pointer with the same name, exporter and size,
 * since pointers are reused at once. Where the two have no such key in common,
 * look-alikes are paired by number.
 */
void diff_run(struct diff *ret, const struct snapshot *old, const struct snapshot *new);
void diff_fini(struct diff *diff);

#endif
