/* SPDX-License-Identifier: MIT */
/* The `diff` report. */
#ifndef RENDER_DIFF_H
#define RENDER_DIFF_H

#include "analysis/diff.h"
#include "render/summary.h"

void diff_text(const struct look *look, const struct diff *diff);
/* 0 or -errno of the stream. */
int diff_json(FILE *out, const struct diff *diff);

/* One field of a changed buffer, in words; escaped. */
void diff_value(struct text *out, const struct snapshot *snap, const struct buffer *buf,
		enum change_field field);

#endif
