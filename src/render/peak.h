/* SPDX-License-Identifier: MIT */
/*
 * The `peak` report: the largest total, the total now, and what happened while CMD ran.
 */
#ifndef RENDER_PEAK_H
#define RENDER_PEAK_H

#include "render/summary.h"

/* What the kernel's counters are worth. */
enum peak_counters {
	PEAK_COUNTED,
	PEAK_NOT_COUNTED, /* both read 0 for ever: the kernel option is off */
	PEAK_UNCERTAIN,	  /* both read 0, and nothing tells whether that is true */
	PEAK_ABSENT,	  /* this kernel keeps no peak, or it was not read */
};

struct peak_reset {
	bool was_asked;
	int error; /* 0: done; -errno */
	uint64_t old_bytes, new_bytes;
};

/* A command that was watched. Sizes are totals; ABSENT64 where not known. */
struct peak_watch {
	char *const *argv;
	enum source_id source; /* where the totals are from */
	uint64_t interval_ns, duration_ns;
	uint64_t samples, missed;
	uint64_t before_bytes, after_bytes;
	uint64_t highest_bytes, highest_at_ns;
	int exit_status; /* -1: ended by a signal */
	int signal;	 /* 0: ended by itself */
};

struct peak_report {
	const struct snapshot *snap;
	enum peak_counters counters;
	struct totals totals;
	bool is_live;
	struct peak_reset reset;
	const struct peak_watch *watch; /* NULL: no command */
};

/* Everything but `reset` and `watch`, from a snapshot that stays the caller's. */
void peak_report_init(struct peak_report *report, const struct snapshot *snap);

/* The largest total: the counter's, absent where it does not count. */
uint64_t peak_bytes(const struct peak_report *report);

/* Remarks that belong to the numbers, each ended by a NUL as in a list. */
void peak_notes(const struct peak_report *report, const struct look *look,
		struct text *out);

void peak_text(const struct look *look, const struct peak_report *report);
/* 0 or -errno of the stream. */
int peak_json(const struct look *look, const struct peak_report *report);

#endif
