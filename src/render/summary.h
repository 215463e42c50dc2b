/* SPDX-License-Identifier: MIT */
/* Lines that several reports share: the headline, what could not be seen, an owner's
 * name. */
#ifndef RENDER_SUMMARY_H
#define RENDER_SUMMARY_H

#include <stdio.h>

#include "analysis/account.h"
#include "base/units.h"
#include "model/snapshot.h"

/* How a report is to look; borrowed from the command line. */
struct look {
	FILE *out;
	enum units units;
	unsigned width; /* columns; 0: no limit */
	bool color;
	bool verbose;
};

/* "83948 KiB in 44 buffers": the answer first; then the kernel's own counters. */
void summary_totals(const struct look *look, const struct snapshot *snap);

/* What the report does not stand on: sources denied, damaged, switched off. */
void summary_coverage(const struct look *look, const struct snapshot *snap);

/* "402 allocator@4.0-s", "(kernel only)", … for one line of text. Appends, escaped. */
void summary_owner(struct text *out, const struct snapshot *snap, struct owner owner,
		   bool is_cut);

/* "N buffer" or "N buffers". */
void summary_count(struct text *out, uint64_t n, const char *what);

#endif
