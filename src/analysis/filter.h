/* SPDX-License-Identifier: MIT */
/* Which buffers a report is about. */
#ifndef ANALYSIS_FILTER_H
#define ANALYSIS_FILTER_H

#include "model/snapshot.h"

enum filter_kind {
	FILTER_PID,  /* allocator or holder */
	FILTER_TASK, /* the same, a glob */
	FILTER_NAME,
	FILTER_EXPORTER,
	FILTER_DEVICE, /* globs */
	N_FILTERS,
};

/* Terms of one kind are alternatives, different kinds must all match. */
struct filter_term {
	enum filter_kind kind;
	const char *pattern; /* borrowed */
	uint32_t pid;
};

struct filter {
	VEC(struct filter_term) terms;
	uint64_t min_size; /* bytes; buffers of unknown size do not pass unless it is 0 */
};

bool filter_is_empty(const struct filter *f);

/*
 * One flag for each buffer record, freed by the caller. A buffer whose pid, task, name or
 * devices are not known does not match a term that asks for them.
 */
bool *filter_run(const struct filter *f, const struct snapshot *snap);
void filter_fini(struct filter *f);

#endif
