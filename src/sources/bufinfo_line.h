/* SPDX-License-Identifier: MIT */
/* What a line of dma_buf/bufinfo looks like, before its place decides what it is. */
#ifndef SOURCES_BUFINFO_LINE_H
#define SOURCES_BUFINFO_LINE_H

#include "sources/bufinfo_row.h"

enum bufinfo_kind {
	BUFINFO_BLANK,
	BUFINFO_ATTACHED, /* "Attached Devices:" */
	BUFINFO_FENCE,
	BUFINFO_FENCE_PART, /* folded */
	BUFINFO_LOCKED,	    /* the kernel left out a buffer */
	BUFINFO_INDENTED,
	BUFINFO_DEVICES_TOTAL, /* n */
	BUFINFO_OBJECTS_TOTAL, /* n, bytes */
	BUFINFO_TITLE,
	BUFINFO_HEADER,
	BUFINFO_DIGITS, /* maybe a row */
	BUFINFO_OTHER,
};

struct bufinfo_line {
	enum bufinfo_kind kind;
	struct span text; /* without indentation */
	uint64_t n, bytes;
};

/* `is_exact`: indentation is one TAB; else any white space, or none at all. */
void bufinfo_tell(struct span line, bool is_exact, struct bufinfo_line *ret);

/* Does the text end as a fence line does? */
bool bufinfo_fence_ends(struct span text);

#endif
