/* SPDX-License-Identifier: MIT */
/* Sums by owner, task, exporter, device, holder, size or heap. Pure: no I/O, no printing.
 */
#ifndef ANALYSIS_ACCOUNT_H
#define ANALYSIS_ACCOUNT_H

#include "model/snapshot.h"

enum account_by {
	BY_OWNER,
	BY_BUFFER,
	BY_TASK,
	BY_EXPORTER,
	BY_DEVICE,
	BY_HOLDER,
	BY_SIZE,
	BY_HEAP,
	N_BY,
};
extern const char *const account_by_names[N_BY];
/* -1 when there is no such grouping. */
int account_by_name(const char *name);

/* Whom a buffer is put down to when rows are grouped by owner. */
enum owner_kind {
	OWNER_ALLOCATOR, /* the process its name tells */
	OWNER_HOLDER,	 /* unnamed: the one process that holds it */
	OWNER_SHARED,	 /* unnamed, several hold it */
	OWNER_NAME,	 /* holders not known; the name, which is no process's */
	OWNER_KERNEL,	 /* unnamed, and no process holds it although all were asked */
	OWNER_UNKNOWN,
};

struct owner {
	enum owner_kind kind;
	uint32_t pid;  /* ABSENT32 */
	uint32_t task; /* string */
};

/*
 * The owner of a buffer. A task that a 16-character column cut is completed from the
 * process of that pid where that was seen and fits.
 */
struct owner account_owner(const struct snapshot *snap, const struct buffer *buf);

/*
 * Were all processes' descriptors and mappings looked at? Only then "held by nobody"
 * means held by the kernel.
 */
bool account_sees_holders(const struct snapshot *snap);

struct account_group {
	uint64_t key_a, key_b; /* identity within one grouping */
	struct owner owner;    /* by owner, task and holder */
	uint32_t text;	       /* string: exporter, device or heap; absent: unknown */
	uint64_t size_class;   /* by size: bytes of each; ABSENT64 */
	uint64_t buffers, bytes;
	uint64_t unsized;  /* buffers of unknown size, not in `bytes` */
	uint32_t exporter; /* the only one; absent: several or unknown */
	bool many_exporters;
};

struct account {
	VEC(struct account_group) groups;
	bool overlaps; /* one buffer may be in several groups: they do not add up */
};

enum account_sort { SORT_SIZE, SORT_COUNT, SORT_NAME, SORT_PID };

/* `wanted`: which buffers count, by index; NULL: all. Groups come sorted by bytes,
 * largest first. */
void account_run(struct account *ret, const struct snapshot *snap, enum account_by by,
		 const bool *wanted);
void account_sort(struct account *account, const struct snapshot *snap,
		  enum account_sort sort);
void account_fini(struct account *account);

#endif
