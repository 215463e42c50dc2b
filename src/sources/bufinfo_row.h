/* SPDX-License-Identifier: MIT */
/* Header and rows of dma_buf/bufinfo in every generation (formats.md 6.1). */
#ifndef SOURCES_BUFINFO_ROW_H
#define SOURCES_BUFINFO_ROW_H

#include "base/scan.h"

/* What follows size, flags, mode and count. The name always ends the row. */
enum bufinfo_columns {
	BUFINFO_UNKNOWN,  /* no header and no row seen so far */
	BUFINFO_PLAIN,	  /* exporter: up to 5.2 */
	BUFINFO_INO,	  /* exporter, ino, name or nothing: 5.3 to 5.19, Rockchip 4.19 */
	BUFINFO_INO_NAME, /* the same, "<none>" where there is no name: 6.0 on */
	BUFINFO_QCOM,	  /* exporter, name: Qualcomm 4.14 */
	BUFINFO_QCOM_INO, /* exporter, name, ino, name again: later Qualcomm */
};

struct bufinfo_row {
	uint64_t size_bytes, refs, flags, mode;
	uint64_t ino;		      /* ABSENT64 in a layout without it */
	struct span exporter, name;   /* name: empty when there is none */
	enum bufinfo_columns columns; /* the layout, also where it had to be guessed */
	const char *wrong_at; /* BUFINFO_BROKEN: where, and what should be there */
	const char *expected;
};

enum bufinfo_result {
	BUFINFO_ROW,
	BUFINFO_PART, /* begins like a row and stops too early */
	BUFINFO_BROKEN,
	BUFINFO_NOT_ROW,
};

struct bufinfo_form {
	enum bufinfo_columns columns;
	bool is_exact; /* one TAB between the fields, as the kernel prints it */
	bool is_whole; /* nothing will be joined to it: a missing name is no name */
};

enum bufinfo_result bufinfo_row_parse(struct span line, const struct bufinfo_form *form,
				      struct bufinfo_row *ret);

/* The header line, or the parts of it that a mail program made. */
struct bufinfo_header {
	char words[64]; /* a blank behind each */
	unsigned n;
	enum bufinfo_columns columns; /* BUFINFO_UNKNOWN as long as it is not whole */
};

/* Add a line to it; false, and nothing changes, when that is no header any more. */
bool bufinfo_header_add(struct bufinfo_header *header, struct span line);

#endif
