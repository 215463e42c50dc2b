/* SPDX-License-Identifier: MIT */
/* The `show` report: everything known of one buffer. */
#ifndef RENDER_SHOW_H
#define RENDER_SHOW_H

#include "render/summary.h"

void show_text(const struct look *look, const struct snapshot *snap,
	       const struct buffer *buf);

/* `indices` into snap->buffers. 0 or -errno of the stream. */
int show_json(FILE *out, const struct snapshot *snap, const uint32_t *indices, size_t n);

#endif
