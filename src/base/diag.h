/* SPDX-License-Identifier: MIT */
/*
 * Messages to people, on standard error, with severity and place. Whoever has the
 * context prints, once; everyone above only passes -errno on.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"

enum severity {
	DIAG_NOTE,    /* how to see more; silent with -q */
	DIAG_WARNING, /* worked around */
	DIAG_ERROR,   /* this datum is lost */
};

/* Where in the input. `line` and `column` count from 1; 0 means "not known". */
struct place {
	const char *file;
	uint64_t line;
	uint64_t column;
};

struct diag {
	FILE *out;	  /* borrowed; NULL: count only */
	bool quiet;	  /* -q: errors only */
	bool verbose;	  /* -v: no cap, and notes for the curious */
	unsigned n[3];	  /* by severity */
	unsigned in_file; /* messages with a place printed for `file` so far */
	const char *file; /* borrowed, compared by pointer */
};

/* Messages with a place shown for one file before the rest is only counted. */
#define DIAG_PER_FILE 10

/*
 * place may be NULL. Arguments that came from input must have been escaped
 * (diag_quote()). The message ends without a newline.
 */
void diag_at(struct diag *diag, enum severity sev, const struct place *place,
	     const char *fmt, ...) _printf_(4, 5);

#define diag_error(diag, place, ...) diag_at(diag, DIAG_ERROR, place, __VA_ARGS__)
#define diag_warning(diag, place, ...) diag_at(diag, DIAG_WARNING, place, __VA_ARGS__)
#define diag_note(diag, place, ...) diag_at(diag, DIAG_NOTE, place, __VA_ARGS__)

/* Says how many messages the cap held back, for the file now being read. */
void diag_end_file(struct diag *diag);

/*
 * Input text, escaped and cut to a readable length, for one message. The result lives
 * in one of four static buffers used in turn.
 */
const char *diag_quote(const char *bytes, size_t len);

#endif
