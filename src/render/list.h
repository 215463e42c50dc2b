/* SPDX-License-Identifier: MIT */
/* The `list` report: totals, then rows by group or by buffer. */
#ifndef RENDER_LIST_H
#define RENDER_LIST_H

#include "render/summary.h"

struct list_request {
	enum account_by by;
	enum account_sort sort;
	uint64_t top; /* rows at most; ABSENT64: all */
};

/* What is no dma-buf but belongs to the picture: sessions, heaps, ION, RGA, DRM. */
void list_extras(const struct look *look, const struct snapshot *snap);

void list_text(const struct look *look, const struct snapshot *snap,
	       const struct list_request *req);

/* 0 or -errno of the stream. */
int list_json(FILE *out, const struct snapshot *snap, const struct list_request *req);

/* Indices of the buffers in the order of a sort key; freed by the caller. */
uint32_t *list_order(const struct snapshot *snap, enum account_sort sort, size_t *ret_n);

/* "fb000000.gpu×2 display-subsystem", `-` for none, `?` for not known; escaped. */
void list_devices(struct text *out, const struct snapshot *snap,
		  const struct buffer *buf);

/* "1234 player fd 3,7", "map"; one after the other; escaped. */
void list_holders(struct text *out, const struct snapshot *snap,
		  const struct buffer *buf);

#endif
